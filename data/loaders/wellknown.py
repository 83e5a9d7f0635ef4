"""Geometries from well-known binary and text, each that can't be read with its reason."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.errors import GEOSException

from data.loaders.source import Geometries


def from_wkb(column: pa.Array) -> tuple[Geometries, dict[int, str]]:
    """Read a column of WKB: geometries, and why some can't be read, by index."""
    return _read(column.to_numpy(zero_copy_only=False), shapely.from_wkb)


def from_wkt(texts: list[str | None]) -> tuple[Geometries, dict[int, str]]:
    """Read WKT: geometries, and why some can't be read, by index."""
    return _read(np.array(texts, dtype=object), shapely.from_wkt)


def _read(raw: Geometries, reader: Callable[..., Any]) -> tuple[Geometries, dict[int, str]]:
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        geometries = reader(raw, on_invalid="ignore")
    present = np.array([value is not None for value in raw], dtype=bool)
    suspect = np.flatnonzero(present & shapely.is_missing(geometries))
    return geometries, {int(i): _reason(raw[i], reader) for i in suspect}


def _reason(raw: object, reader: Callable[..., Any]) -> str:
    try:
        reader(raw)
    except (GEOSException, ValueError, TypeError) as error:
        return str(error).split("Exception: ")[-1].strip().rstrip(".")
    return "?"
