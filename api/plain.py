"""The register's own values as JSON, where they stand among the facts of a refusal."""

from collections.abc import Callable
from datetime import date
from typing import Any

from shapely.geometry.base import BaseGeometry

from api.violations import on_globe
from gis.crs import System
from gis.record import Period, Version


def encoder(system: System) -> Callable[[object], Any]:
    """Return what ``json.dumps`` takes as ``default``.

    Args:
        system: the city's projected system, from which geometries go into longitude and latitude.
    """

    def plain(value: object) -> Any:
        if isinstance(value, Version):
            return _feature(value)
        if isinstance(value, BaseGeometry):
            return on_globe(value, system)
        if isinstance(value, Period):
            return {"from": value.start, "to": value.end}
        return _scalar(value)

    return plain


def _feature(version: Version) -> dict[str, Any]:
    """Return a version as a GeoJSON feature, its facts named as readers of a layer see them."""
    facts = {
        "version": version.version,
        "changeset": version.changeset,
        "valid_from": version.valid.start,
        "valid_to": version.valid.end,
        "abolished": version.abolished,
    }
    properties = {**facts, **version.attributes}
    return {"type": "Feature", "id": version.feature_id, "geometry": version.geometry, "properties": properties}


def _scalar(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
