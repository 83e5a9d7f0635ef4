"""Surfaces and solids in space: area vectors, volumes, triangles.

Coordinates are metres: x east, y north in a projected system, z up. A face is its outer ring and then its holes, each a
sequence of vertex numbers, not closed; seen from the side to which the face looks, the outer ring runs against the
clock (ISO 19107). A shell is its faces; a solid is its outer shell and then those of its hollows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

Points = npt.NDArray[np.float64]
"""Coordinates, one point a row."""

Triangles = npt.NDArray[np.int64]
"""Vertex numbers, one triangle a row, each against the clock as seen from where its face looks."""

Ring = tuple[int, ...]
Face = tuple[Ring, ...]
Shell = tuple[Face, ...]


@dataclass(frozen=True, slots=True)
class Solid:
    """A solid over a list of vertices."""

    vertices: Points
    shells: tuple[Shell, ...]


def area_vector(points: Points) -> Points:
    """Return the vector whose length is a ring's area [m²] and which points to where its face looks (Newell)."""
    x = y = z = 0.0
    rows = (points - points[0]).tolist()
    for (ax, ay, az), (bx, by, bz) in zip(rows, rows[1:] + rows[:1], strict=True):
        x += ay * bz - az * by
        y += az * bx - ax * bz
        z += ax * by - ay * bx
    return np.array((x / 2, y / 2, z / 2))


def face_vector(vertices: Points, face: Face) -> Points:
    """Return a face's area vector [m²], its holes taken off."""
    total = area_vector(vertices[list(face[0])])
    for hole in face[1:]:
        total = total + area_vector(vertices[list(hole)])
    return total


def volume(solid: Solid) -> float:
    """Return the volume [m³] by the divergence theorem; it means something only of closed shells that look outwards.

    Hollows, whose faces look into them, count with their own sign.
    """
    return float(sum(shell_volume(solid.vertices, shell) for shell in solid.shells))


def shell_volume(vertices: Points, shell: Shell) -> float:
    """Return the volume [m³] within a closed shell; below zero where its faces look inwards."""
    origin = vertices[shell[0][0][0]]
    return float(sum(_under(vertices[list(ring)] - origin) for face in shell for ring in face))


def _under(points: Points) -> float:
    """Return the volume of the cone from the origin over a ring, fanned from its first point."""
    return float((np.cross(points[1:-1], points[2:]) @ points[0]).sum() / 6)


def faces_of(solid: Solid) -> Iterator[Face]:
    """Yield every face of a solid."""
    yield from (face for shell in solid.shells for face in shell)


def on_plane(vertices: Points, face: Face) -> tuple[int, int, int] | None:
    """Return the axes (u, v) onto which a face falls widest, and the side (1 or -1) on which it then looks up.

    ``None`` where the face has no area.
    """
    vector = face_vector(vertices, face)
    along = int(np.argmax(np.abs(vector)))
    if vector[along] == 0:
        return None
    u, v = ((1, 2), (2, 0), (0, 1))[along]
    return u, v, 1 if vector[along] > 0 else -1


def triangulated(vertices: Points, faces: Iterable[Face]) -> tuple[Triangles, npt.NDArray[np.int64]]:
    """Cut faces into triangles; return them, and for each the number of its face. Faces without area give none."""
    known = list(faces)
    cut = [_fan(vertices, face) for face in known]
    harder = [i for i, triangles in enumerate(cut) if triangles is None]
    for i, triangles in zip(harder, _delaunay(vertices, [known[i] for i in harder]), strict=True):
        cut[i] = triangles
    pieces = [np.zeros((0, 3), np.int64) if t is None else t for t in cut]
    owners = np.repeat(np.arange(len(pieces)), [len(p) for p in pieces])
    return np.concatenate([np.zeros((0, 3), np.int64), *pieces]), owners


def _fan(vertices: Points, face: Face) -> Triangles | None:
    """Return a triangle, or a convex ring as a fan; ``None`` for what is harder."""
    ring = face[0]
    if len(face) > 1 or len(ring) < 3:
        return None
    if len(ring) > 3:
        axes = on_plane(vertices, face)
        if axes is None or not _convex(vertices[list(ring)][:, axes[:2]] * np.array([1, axes[2]])):
            return None
    return np.array([(ring[0], ring[i], ring[i + 1]) for i in range(1, len(ring) - 1)], dtype=np.int64)


def _convex(flat: Points) -> bool:
    """Tell whether a ring, seen from above against the clock, turns left at every point and goes round once."""
    steps = np.roll(flat, -1, axis=0) - flat
    after = np.roll(steps, -1, axis=0)
    turns = steps[:, 0] * after[:, 1] - steps[:, 1] * after[:, 0]
    angles = np.arctan2(turns, (steps * after).sum(axis=1))
    return bool((turns > 0).all() and abs(angles.sum() - 2 * np.pi) < 1e-6)


def _delaunay(vertices: Points, faces: Sequence[Face]) -> Iterator[Triangles | None]:
    planes = [on_plane(vertices, face) for face in faces]
    flat = [None if p is None else _polygon(vertices, f, p) for f, p in zip(faces, planes, strict=True)]
    cut = shapely.constrained_delaunay_triangles(np.array(flat, dtype=object))
    for face, axes, parts in zip(faces, planes, cut, strict=True):
        yield None if axes is None or parts is None else _numbered(vertices, face, axes, parts)


def _polygon(vertices: Points, face: Face, axes: tuple[int, int, int]) -> shapely.Polygon | None:
    """Return a face as it falls onto a plane; ``None`` where its rings cross."""
    rings = [vertices[list(ring)][:, axes[:2]] for ring in face if len(ring) > 2]
    polygon = shapely.Polygon(rings[0], rings[1:]) if rings else None
    return polygon if polygon is not None and polygon.is_valid else None


def _numbered(vertices: Points, face: Face, axes: tuple[int, int, int], parts: shapely.Geometry) -> Triangles:
    """Return triangles of the plane by the numbers of the face's vertices, turned to where the face looks."""
    u, v, side = axes
    numbers = {(vertices[i, u], vertices[i, v]): i for ring in face for i in ring}
    corners = shapely.get_coordinates(shapely.get_parts(parts)).reshape(-1, 4, 2)[:, :3]
    found = np.array([[numbers[tuple(corner)] for corner in triangle] for triangle in corners], dtype=np.int64)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    clockwise = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) * side < 0
    found[clockwise] = found[clockwise][:, ::-1]
    return found


def prism(outline: shapely.Polygon | shapely.MultiPolygon, ground: float, top: float) -> list[Solid]:
    """Return upright blocks over an outline, one over each of its parts, between two heights [m]."""
    parts = outline.geoms if isinstance(outline, shapely.MultiPolygon) else (outline,)
    return [_block(shapely.orient_polygons(part), ground, top) for part in parts if not part.is_empty]


def _block(part: shapely.Polygon, ground: float, top: float) -> Solid:
    rings = [np.array(ring.coords)[:-1, :2] for ring in (part.exterior, *part.interiors)]
    flat = np.concatenate(rings)
    count = len(flat)
    vertices = np.concatenate([np.column_stack([flat, np.full(count, z)]) for z in (ground, top)])
    starts = np.cumsum([0, *(len(ring) for ring in rings)]).tolist()
    numbers = [tuple(range(a, b)) for a, b in pairwise(starts)]
    floor: Face = tuple(ring[::-1] for ring in numbers)
    roof: Face = tuple(tuple(i + count for i in ring) for ring in numbers)
    walls = [
        ((a, b, b + count, a + count),) for ring in numbers for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    ]
    return Solid(vertices, ((floor, roof, *walls),))


def footprint(vertices: Points, faces: Iterable[Face]) -> shapely.MultiPolygon:
    """Return what faces cover as seen from above; empty where all of them stand upright.

    It is gathered on a grid of a millimetre, so that faces that meet leave no slivers.
    """
    flat = [_from_above(vertices, face) for face in faces]
    seen = np.array([p for p in flat if p is not None and p.area > 0], dtype=object)
    if not len(seen):
        return shapely.MultiPolygon()
    whole = shapely.union_all(shapely.make_valid(seen, method="structure"), grid_size=0.001)
    return shapely.MultiPolygon([p for p in shapely.get_parts(whole) if p.geom_type == "Polygon" and p.area > 0])


def _from_above(vertices: Points, face: Face) -> shapely.Polygon | None:
    rings = [vertices[list(ring)][:, :2] for ring in face if len(ring) > 2]
    return shapely.Polygon(rings[0], rings[1:]) if rings else None
