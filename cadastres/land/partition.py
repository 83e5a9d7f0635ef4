"""Plane geometry of boundaries: cutting, joining and snapping areas so that neighbours share identical vertices.

Everything is in the city's projected system, metres. ``tolerance`` is the profile's linear tolerance T: what is nowhere
wider than T is nothing, and two points nearer than T are one.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

Coordinates = npt.NDArray[np.float64]
"""Rows of x, y."""

MICROMETRE: Final = 1e-6
"""Far below any tolerance, far above the noise of doubles at ten million metres."""


def eroded(area: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Return an area shrunk by half the tolerance: empty when it is nowhere wider than the tolerance."""
    return area.buffer(-tolerance / 2, quad_segs=2)


def is_thin(area: BaseGeometry, tolerance: float) -> bool:
    """Tell whether an area is nowhere wider than the tolerance; points and lines are thin."""
    return area.is_empty or eroded(area, tolerance).is_empty


def overlap(one: BaseGeometry, other: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Return where two areas overlap; empty unless their intersection is somewhere wider than the tolerance.

    >>> overlap(shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2), 0.01).area
    2.0
    >>> overlap(shapely.box(0, 0, 2, 2), shapely.box(1.995, 0, 3, 2), 0.01).is_empty
    True
    """
    common = one.intersection(other)
    return Polygon() if is_thin(common, tolerance) else common


def difference(one: BaseGeometry, other: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Return where two areas are not the same; empty when that is nowhere wider than the tolerance."""
    apart = one.symmetric_difference(other)
    return Polygon() if is_thin(apart, tolerance) else apart


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """Return the polygons of which an area consists."""
    parts = shapely.get_parts(geometry).tolist()
    return [part for part in parts if isinstance(part, Polygon)]


def multipolygon(area: BaseGeometry) -> MultiPolygon:
    """Return an area as a MultiPolygon."""
    return MultiPolygon(polygons(area))


def snapped(area: Polygon, references: Sequence[BaseGeometry], tolerance: float) -> Polygon:
    """Return an area drawn to the boundaries of references that it misses by no more than the tolerance.

    Vertices go to the references' vertices first, then to their edges; edges go through the references' vertices. Left
    as it is where that would break it.
    """
    moved = area
    for reference in references:
        moved = _sound(shapely.snap(moved, reference, tolerance), moved)
    rings = [ring for reference in references for ring in _rings(reference)]
    return _sound(shapely.transform(moved, lambda points: _to_edges(points, rings, tolerance)), moved)


def _sound(attempt: Polygon, otherwise: Polygon) -> Polygon:
    return attempt if attempt.is_valid and not attempt.is_empty else otherwise


def _rings(area: BaseGeometry) -> list[LineString]:
    return [LineString(ring.coords) for part in polygons(area) for ring in (part.exterior, *part.interiors)]


def _to_edges(points: Coordinates, rings: Sequence[LineString], tolerance: float) -> Coordinates:
    """Return points with those near a ring, but on none, moved onto the nearest one."""
    if not rings:
        return points
    tree = shapely.STRtree(rings)
    dots = np.asarray(shapely.points(points))
    dot, ring = tree.query_nearest(dots, max_distance=tolerance, all_matches=False)
    nearest = shapely.get_coordinates(shapely.shortest_line(tree.geometries[ring], dots[dot]))[::2]
    off = np.hypot(*(points[dot] - nearest).T) > MICROMETRE
    moved = points.copy()
    moved[dot[off]] = nearest[off]
    return moved


def cut(area: Polygon, line: BaseGeometry, tolerance: float) -> list[Polygon]:
    """Cut an area along a line; one polygon, the area itself, when the line doesn't divide it.

    The line's ends and crossings within the tolerance of a vertex or of the boundary are drawn to it; what hangs over
    outside or ends inside is passed over. Neighbouring parts share identical vertices; all others are the area's own.
    Parts come in order of their westmost, then southmost point.
    """
    drawn = shapely.snap(line, area, tolerance)
    ends = [_drawn(end, area, tolerance) for end in _ends(drawn)]
    boundary = shapely.snap(area.boundary, MultiPoint(ends), MICROMETRE)
    network = unary_union([boundary, *_reaching(drawn, ends)])
    faces = [face for face in polygonize(shapely.get_parts(network)) if area.contains(face.representative_point())]
    return sorted(faces, key=lambda face: (face.bounds[:2], face.area))


def _lines(geometry: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(geometry).tolist() if isinstance(part, LineString)]


def _ends(geometry: BaseGeometry) -> list[Point]:
    return [Point(line.coords[i]) for line in _lines(geometry) for i in (0, -1)]


def _drawn(end: Point, area: Polygon, tolerance: float) -> Point:
    """Return the end on the boundary where it is within the tolerance of it; else the end itself."""
    ring = min((area.exterior, *area.interiors), key=end.distance)
    return ring.interpolate(ring.project(end)) if 0 < end.distance(ring) <= tolerance else end


def _reaching(geometry: BaseGeometry, ends: Sequence[Point]) -> list[LineString]:
    """Return the lines with their ends moved to where they were drawn."""
    moved = []
    for i, line in enumerate(_lines(geometry)):
        first, last = ends[2 * i], ends[2 * i + 1]
        moved.append(LineString([first.coords[0], *line.coords[1:-1], last.coords[0]]))
    return moved


def joined(areas: Sequence[Polygon], tolerance: float) -> BaseGeometry:
    """Return the union of areas: a Polygon when they hang together along edges.

    Cracks and holes between them that are nowhere wider than the tolerance are closed.
    """
    matched: list[Polygon] = []
    for area in areas:
        matched.append(snapped(area, matched, tolerance))
    united = unary_union(matched)
    return _without_cracks(united, matched, tolerance) if isinstance(united, Polygon) else united


def _without_cracks(area: Polygon, parts: Sequence[Polygon], tolerance: float) -> Polygon:
    """Close holes that no part had and that are nowhere wider than the tolerance."""
    own = [Polygon(ring) for part in parts for ring in part.interiors]
    kept = [
        ring
        for ring in area.interiors
        if not is_thin(Polygon(ring), tolerance) or any(hole.intersects(Polygon(ring)) for hole in own)
    ]
    return Polygon(area.exterior, kept)
