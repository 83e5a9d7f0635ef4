"""The course of a line: drawn between two nodes, cut at one, turned round; what it says follows its course.

Plane geometry in the city's projected system, metres. Nothing is mutated.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

_ALONG: Final = (("depth_from", "depth_to"), ("invert_from", "invert_to"))
"""What a line says of its two ends and runs evenly between them."""


def between(line: BaseGeometry, begin: BaseGeometry, end: BaseGeometry) -> LineString:
    """Return a line whose first and last vertex are drawn to two points."""
    return drawn(line, begin, end)


def drawn(line: BaseGeometry, begin: BaseGeometry | None, end: BaseGeometry | None) -> LineString:
    """Return a line with its first, its last or both vertices drawn to points; ``None`` leaves one where it is."""
    corners = shapely.get_coordinates(line)
    if begin is not None:
        corners[0] = shapely.get_coordinates(begin)[0]
    if end is not None:
        corners[-1] = shapely.get_coordinates(end)[0]
    kept = np.ones(len(corners), dtype=bool)
    kept[1:] = (np.diff(corners, axis=0) != 0).any(axis=1)
    return LineString(corners[kept] if kept.sum() > 1 else corners)


def nearest(line: BaseGeometry, place: Point) -> Point:
    """Return the point of a line that is nearest to a place."""
    return Point(line.interpolate(line.project(place)).coords[0])


def cut(line: BaseGeometry, node: BaseGeometry) -> tuple[LineString, LineString]:
    """Return the two parts of a line before and after a node on it; both have the node for an end.

    >>> [part.wkt for part in cut(LineString([(0, 0), (10, 0)]), Point(4, 0))]
    ['LINESTRING (0 0, 4 0)', 'LINESTRING (4 0, 10 0)']
    """
    whole = LineString(line.coords)
    at = whole.project(Point(node.coords[0]))
    before, after = substring(whole, 0, at), substring(whole, at, whole.length)
    return drawn(_line(before), None, node), drawn(_line(after), node, None)


def _line(part: BaseGeometry) -> LineString:
    """Return a part as a line, one of no length where nothing lies before or after the node."""
    corners = shapely.get_coordinates(part)
    return LineString(corners if len(corners) > 1 else np.repeat(corners, 2, axis=0))


def turned(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line says when it runs the other way."""
    ends = (("from_node", "to_node"), *_ALONG)
    swapped = {one: said[other] for pair in ends for one, other in (pair, pair[::-1])}
    return {**said, **swapped}


def parted(said: Mapping[str, Any], share: float, node: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the two parts of a line say: each its own end, depths in proportion to ``share`` of the length."""
    middle = {pair: _at(said[pair[0]], said[pair[1]], share) for pair in _ALONG}
    first = {**said, "to_node": node, **{pair[1]: middle[pair] for pair in _ALONG}}
    second = {**said, "from_node": node, **{pair[0]: middle[pair] for pair in _ALONG}}
    return first, second


def _at(begin: float | None, end: float | None, share: float) -> float | None:
    """Return a value between two, rounded to millimetres; unknown where one of them is."""
    return None if begin is None or end is None else round(begin + (end - begin) * share, 3)
