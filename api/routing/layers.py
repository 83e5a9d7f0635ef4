"""Answers as files that desktop clients open straight from their address: FlatGeobuf and GeoPackage, in WGS 84."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import pyogrio
import shapely
from shapely.geometry import shape

from api.routing.answers import Document

_DRIVERS: Final = {"fgb": "FlatGeobuf", "gpkg": "GPKG"}


def vector_file(features: Iterable[Document], form: str, layer: str) -> bytes:
    """Return GeoJSON features as a file.

    Args:
        features: of one kind of geometry; longitude and latitude.
        form: ``fgb`` or ``gpkg``.
        layer: its name.
    """
    listed = list(features)
    shapes = [shape(feature["geometry"]) for feature in listed]
    names = list(dict.fromkeys(name for feature in listed for name in feature["properties"]))
    columns = [_column([feature["properties"].get(name) for feature in listed]) for name in names]
    target = io.BytesIO()
    pyogrio.raw.write(
        target,
        geometry=np.array(shapely.to_wkb(shapes), dtype=object),
        field_data=columns,
        fields=np.array(names, dtype=object),
        layer=layer,
        driver=_DRIVERS[form],
        geometry_type=_kind([one.geom_type for one in shapes]),
        crs="EPSG:4326",
    )
    return target.getvalue()


def _kind(kinds: Sequence[str]) -> str:
    return kinds[0] if len(set(kinds)) == 1 else "Unknown"


def _column(values: Sequence[Any]) -> Any:
    """Return a column of one type: whole numbers, numbers, or texts, an absent value told as such."""
    known = [value for value in values if value is not None]
    if known and len(known) == len(values) and all(isinstance(value, bool) for value in known):
        return np.array(values, dtype=bool)
    if (
        known
        and all(isinstance(value, int) and not isinstance(value, bool) for value in known)
        and len(known) == len(values)
    ):
        return np.array(values, dtype=np.int64)
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return np.array([np.nan if value is None else float(value) for value in values])
    return np.array([None if value is None else str(value) for value in values], dtype=object)
