"""The sea beside a coastal city, of which OpenStreetMap draws only the shore: land on its left, water on its right."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

_ASIDE: Final = 0.5
"""How far from the shore [m] it is asked what lies there; shores are drawn far coarser."""

_REACH: Final = 50.0
"""A shore that ends nearer than this [m] to the limit was cut off there."""

_STEP: Final = 20.0
"""How often along the shore [m] it is asked."""


def sea(coastlines: Sequence[BaseGeometry], limit: Polygon) -> MultiPolygon:
    """Return the sea inside a limit; empty where no shore crosses it.

    Args:
        coastlines: LineStrings, water on their right (OSM wiki, natural=coastline); projected system, metres.
        limit: the area looked at, in the same system.
    """
    inside = [part for line in coastlines for part in shapely.get_parts(line.intersection(limit))]
    shores = [part for part in inside if isinstance(part, LineString) and part.length > 0]
    if not shores:
        return MultiPolygon()
    shores = [_reaching(shore, limit) for shore in shores]
    network = shapely.union_all([*shores, limit.boundary])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))
    tree = shapely.STRtree(faces)
    votes = _votes(tree, shores, -_ASIDE) - _votes(tree, shores, _ASIDE)
    return MultiPolygon([face for face, vote in zip(faces, votes.tolist(), strict=True) if vote > 0])


def _reaching(shore: LineString, limit: Polygon) -> LineString:
    """Lead the ends of a shore that was cut off on to the limit."""
    points = list(shore.coords)
    for end, place in ((0, points[0]), (-1, points[-1])):
        last = shapely.Point(place)
        if 0 < last.distance(limit.boundary) <= _REACH:
            bound = shapely.shortest_line(last, limit.boundary).coords[-1]
            points = [bound, *points] if end == 0 else [*points, bound]
    return LineString(points)


def _votes(
    faces: shapely.STRtree, shores: Sequence[LineString], aside: float
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Count for each face how often it lies beside the shore: left of it for a positive distance, else right."""
    beside = [shapely.Point(*place) for shore in shores for place in _places(shore, aside)]
    found = faces.query(beside, predicate="intersects")[1]
    return np.bincount(found, minlength=len(faces.geometries)).astype(np.int64)


def _places(shore: LineString, aside: float) -> list[tuple[float, float]]:
    points = shapely.get_coordinates(shapely.segmentize(shore, _STEP))
    along = np.diff(points, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    whole = length > 0
    across = np.column_stack([-along[whole, 1], along[whole, 0]]) / length[whole, None]
    middles = (points[:-1][whole] + points[1:][whole]) / 2
    return [(float(x), float(y)) for x, y in middles + across * aside]
