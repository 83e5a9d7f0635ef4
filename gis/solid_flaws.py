"""What is wrong with a solid, face by face and with the place: nothing is repaired.

The demands are those of ISO 19107 on GM_Solid: faces are plane and simple, each edge of a shell belongs to exactly two
faces that run along it in opposite directions, faces look outwards, and meet nowhere but along their edges.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.solid import Face, Points, Shell, Solid, Triangles, face_vector, on_plane, shell_volume, triangulated, volume

OPEN_EDGE: Final = "open-edge"
SHARED_EDGE: Final = "shared-edge"
INVERTED_FACE: Final = "inverted-face"
INSIDE_OUT: Final = "inside-out"
DEGENERATE_FACE: Final = "degenerate-face"
SELF_CROSSING_FACE: Final = "self-crossing-face"
CROSSING_FACES: Final = "crossing-faces"
NOT_PLANAR: Final = "not-planar"

OPENING: Final = frozenset({OPEN_EDGE, SHARED_EDGE, DEGENERATE_FACE})
"""Flaws with which a solid has no inside, and so no volume."""

_LEAST_AREA: Final = 1e-6
"""Square metres; a face of less is none."""

_WHOLE: Final = -1


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw.

    Attributes:
        code: what is wrong.
        shell, face: where, counted from 0; the face is -1 where the shell as a whole is meant.
        place: a point of it: x, y, z [m].
        amount: how far off, in metres, where that can be told.
    """

    code: str
    shell: int
    face: int
    place: tuple[float, float, float]
    amount: float | None = None


def flaws(solid: Solid, tolerance: float) -> list[Flaw]:
    """Return every flaw of a solid; two points nearer than ``tolerance`` [m] to a plane lie on it."""
    return [flaw for i, shell in enumerate(solid.shells) for flaw in _of_shell(solid.vertices, shell, i, tolerance)]


def is_closed(found: Iterable[Flaw]) -> bool:
    """Tell whether a solid with these flaws has an inside."""
    return not any(flaw.code in OPENING for flaw in found)


def _of_shell(vertices: Points, shell: Shell, number: int, tolerance: float) -> Iterator[Flaw]:
    same = _same_places(vertices, shell)
    of_faces = [flaw for i, face in enumerate(shell) for flaw in _of_face(vertices, face, (number, i), tolerance)]
    edges = _Edges(vertices, [tuple(tuple(same[i] for i in ring) for ring in face) for face in shell], number)
    of_edges = [*edges.open(), *edges.shared()]
    turned = edges.inverted()
    yield from (*of_faces, *of_edges, *turned)
    if not of_edges and not turned and is_closed(of_faces):
        yield from _inside_out(vertices, shell, number)
    yield from _crossings(vertices, shell, number, tolerance)


def _same_places(vertices: Points, shell: Shell) -> dict[int, int]:
    """Return for each vertex of a shell the first one that stands in the same place."""
    first: dict[tuple[float, ...], int] = {}
    used = sorted({i for face in shell for ring in face for i in ring})
    return {i: first.setdefault(tuple(vertices[i].tolist()), i) for i in used}


def _at(point: Points) -> tuple[float, float, float]:
    x, y, z = (round(float(v), 3) for v in point)
    return x, y, z


def _of_face(vertices: Points, face: Face, where: tuple[int, int], tolerance: float) -> Iterator[Flaw]:
    points = vertices[list(face[0])]
    size, vector = 0.0, points[0]
    if all(_is_ring(vertices[list(ring)]) for ring in face):
        vector = face_vector(vertices, face)
        size = math.hypot(*vector.tolist())
    if size < _LEAST_AREA:
        yield Flaw(DEGENERATE_FACE, *where, _at(points[0]))
    elif len(face) > 1 or len(points) > 3:
        yield from _uneven(vertices, face, where, vector / size, tolerance)


def _uneven(vertices: Points, face: Face, where: tuple[int, int], normal: Points, tolerance: float) -> Iterator[Flaw]:
    """Yield a face that crosses itself, or whose points lie off its plane."""
    points = vertices[[i for ring in face for i in ring]]
    if not _is_simple(vertices, face):
        yield Flaw(SELF_CROSSING_FACE, *where, _at(points[0]))
        return
    off = np.abs((points - points.mean(axis=0)) @ normal)
    if off.max() > tolerance:
        yield Flaw(NOT_PLANAR, *where, _at(points[int(off.argmax())]), float(off.max()))


def _is_ring(points: Points) -> bool:
    """Tell whether a ring has at least three points, none of them twice in a row."""
    rows = points.tolist()
    return len(rows) > 2 and all(a != b for a, b in zip(rows, rows[1:] + rows[:1], strict=True))


def _is_simple(vertices: Points, face: Face) -> bool:
    axes = on_plane(vertices, face)
    if axes is None:
        return False
    rings = [vertices[list(ring)][:, axes[:2]] for ring in face]
    return bool(shapely.Polygon(rings[0], rings[1:]).is_valid)


class _Edges:
    """The edges of one shell: which faces run along each, and in which direction."""

    def __init__(self, vertices: Points, faces: Sequence[Face], number: int) -> None:
        self._vertices, self._faces, self._number = vertices, faces, number
        self._along: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
        for i, face in enumerate(faces):
            for ring in face:
                for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                    if a != b:
                        self._along[min(a, b), max(a, b)].append((i, a < b))

    def _flaw(self, code: str, face: int, edge: tuple[int, int]) -> Flaw:
        middle = (self._vertices[edge[0]] + self._vertices[edge[1]]) / 2
        return Flaw(
            code, self._number, face, _at(middle), float(np.linalg.norm(np.diff(self._vertices[list(edge)], axis=0)))
        )

    def open(self) -> Iterator[Flaw]:
        """Yield edges that belong to one face alone."""
        for edge, faces in self._along.items():
            if len(faces) == 1:
                yield self._flaw(OPEN_EDGE, faces[0][0], edge)

    def shared(self) -> Iterator[Flaw]:
        """Yield edges that belong to more than two faces, of each face one."""
        for edge, faces in self._along.items():
            if len(faces) > 2:
                yield self._flaw(SHARED_EDGE, faces[-1][0], edge)

    def inverted(self) -> list[Flaw]:
        """Return the faces that look to the other side than most of those with which they hang together."""
        turned = self._turned()
        return [
            Flaw(INVERTED_FACE, self._number, i, _at(self._vertices[list(self._faces[i][0])].mean(axis=0)))
            for i in sorted(turned)
        ]

    def _turned(self) -> set[int]:
        neighbours: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        for faces in self._along.values():
            if len(faces) == 2 and faces[0][0] != faces[1][0]:
                (a, forth), (b, back) = faces
                neighbours[a].append((b, forth == back))
                neighbours[b].append((a, forth == back))
        turned: set[int] = set()
        seen: dict[int, bool] = {}
        for start in range(len(self._faces)):
            if start not in seen:
                turned |= self._minority(start, neighbours, seen)
        return turned

    def _minority(self, start: int, neighbours: dict[int, list[tuple[int, bool]]], seen: dict[int, bool]) -> set[int]:
        """Walk over the faces that hang together with one; return those of the rarer direction."""
        sides: tuple[set[int], set[int]] = ({start}, set())
        seen[start] = False
        queue = [start]
        while queue:
            face = queue.pop()
            for other, differs in neighbours[face]:
                if other not in seen:
                    seen[other] = seen[face] ^ differs
                    sides[seen[other]].add(other)
                    queue.append(other)
        return min(sides, key=len)


def _inside_out(vertices: Points, shell: Shell, number: int) -> Iterator[Flaw]:
    """Yield a shell whose faces all look the wrong way: the outer one inwards, a hollow's away from it."""
    if (shell_volume(vertices, shell) < 0) == (number == 0):
        yield Flaw(INSIDE_OUT, number, _WHOLE, _at(vertices[list(shell[0][0])].mean(axis=0)))


def _crossings(vertices: Points, shell: Shell, number: int, tolerance: float) -> Iterator[Flaw]:
    """Yield each face that another one crosses or touches otherwise than along its edges."""
    triangles, owners = triangulated(vertices, shell)
    told: set[int] = set()
    for i, j, place in _meetings(vertices, triangles, owners, tolerance):
        face = max(int(owners[i]), int(owners[j]))
        if face not in told:
            told.add(face)
            yield Flaw(CROSSING_FACES, number, face, _at(place))


def _meetings(
    vertices: Points, triangles: Triangles, owners: npt.NDArray[np.int64], tolerance: float
) -> Iterator[tuple[int, int, Points]]:
    corners = vertices[triangles]
    if not len(corners):
        return
    pairs, diagonals = _near(corners, owners), _diagonals(triangles, owners)
    for turn in range(3):
        a, b = corners[pairs[:, 0], turn], corners[pairs[:, 0], (turn + 1) % 3]
        hit, places = _pierced(a, b, corners[pairs[:, 1]], diagonals[pairs[:, 1]], tolerance)
        for k in np.flatnonzero(hit):
            yield int(pairs[k, 0]), int(pairs[k, 1]), places[k]
    yield from _overlaps(corners, pairs[pairs[:, 0] < pairs[:, 1]], tolerance)


def _diagonals(triangles: Triangles, owners: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which sides of triangles are not edges of their face but cuts through it."""
    sides = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1)
    known = {(int(o), int(a), int(b)) for o, side in zip(owners, sides, strict=True) for a, b in side}
    cut = [[(int(o), int(b), int(a)) in known for a, b in side] for o, side in zip(owners, sides, strict=True)]
    return np.array(cut, dtype=np.bool_)


def _near(corners: Points, owners: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return both ways round the pairs of triangles of different faces whose boxes meet."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    pairs = shapely.STRtree(boxes).query(boxes).T
    a, b = pairs.T
    kept = (owners[a] != owners[b]) & (low[a, 2] <= high[b, 2]) & (low[b, 2] <= high[a, 2])
    return np.asarray(pairs[kept], dtype=np.int64)


def _pierced(
    a: Points, b: Points, corners: Points, diagonals: npt.NDArray[np.bool_], tolerance: float
) -> tuple[npt.NDArray[np.bool_], Points]:
    """Tell which segments meet the inside of their triangle, farther than the tolerance from its edges, and where."""
    origin, first, second = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(first, second)
    size = np.linalg.norm(normal, axis=1)
    way = b - a
    with np.errstate(divide="ignore", invalid="ignore"):
        along = ((origin - a) * normal).sum(axis=1) / (way * normal).sum(axis=1)
        places = a + along[:, None] * way
        slack = tolerance / np.linalg.norm(way, axis=1)
        hit = (along >= -slack) & (along <= 1 + slack) & (size > 0)
        hit &= _depth(places, corners, normal / size[:, None], diagonals, tolerance) > 2 * tolerance
        # Two cuts may meet in a corner of their face, which lies on its edge all the same.
        hit &= np.linalg.norm(corners - places[:, None], axis=2).min(axis=1) > 2 * tolerance
        upright = np.abs((way * normal).sum(axis=1)) > 1e-3 * size * np.linalg.norm(way, axis=1)
    return hit & upright, places


def _depth(
    points: Points, corners: Points, normals: Points, diagonals: npt.NDArray[np.bool_], tolerance: float
) -> npt.NDArray[np.float64]:
    """Return how far inside the edges of its triangle's face each point lies [m]; below zero outside the triangle."""
    depths = []
    for turn in range(3):
        edge = corners[:, (turn + 1) % 3] - corners[:, turn]
        inward = np.cross(normals, edge) / np.linalg.norm(edge, axis=1)[:, None]
        depth = ((points - corners[:, turn]) * inward).sum(axis=1)
        depths.append(np.where(diagonals[:, turn] & (depth >= -tolerance), np.inf, depth))
    deepest: npt.NDArray[np.float64] = np.min(depths, axis=0)
    return deepest


def _overlaps(corners: Points, pairs: npt.NDArray[np.int64], tolerance: float) -> Iterator[tuple[int, int, Points]]:
    """Yield triangles of one plane that lie over each other."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sizes = np.linalg.norm(normals, axis=1)
    units = normals / np.where(sizes > 0, sizes, 1)[:, None]
    a, b = pairs.T
    off = np.abs(((corners[b] - corners[a][:, :1]) * units[a][:, None]).sum(axis=2)).max(axis=1)
    for i, j in pairs[(off < tolerance) & (sizes[a] > 0) & (sizes[b] > 0)]:
        axes = [k for k in range(3) if k != int(np.argmax(np.abs(units[i])))]
        common = shapely.Polygon(corners[i][:, axes]).intersection(shapely.Polygon(corners[j][:, axes]))
        if not common.buffer(-tolerance).is_empty:
            yield int(i), int(j), corners[j].mean(axis=0)


def surface_flaws(vertices: Points, faces: Sequence[Face], tolerance: float) -> list[Flaw]:
    """Return what is wrong with single faces that bound nothing."""
    return [flaw for i, face in enumerate(faces) for flaw in _of_face(vertices, face, (0, i), tolerance)]


def gaps(shell: Shell, vertices: Points) -> list[tuple[int, ...]] | None:
    """Return the rings along which a shell lacks faces, so run that a face in each would look outwards.

    ``None`` where the edges that belong to one face alone make no clean rings.
    """
    same = _same_places(vertices, shell)
    runs = [(same[a], same[b]) for f in shell for r in f for a, b in zip(r, r[1:] + r[:1], strict=True)]
    known = {(a, b) for a, b in runs if a != b}
    lacking = {(b, a) for a, b in known if (b, a) not in known}
    onward = dict(lacking)
    if len(onward) != len(lacking):
        return None
    return _rings(onward)


def _rings(onward: dict[int, int]) -> list[tuple[int, ...]] | None:
    rings = []
    while onward:
        start, point = onward.popitem()
        ring = [start]
        while point != start:
            ring.append(point)
            if point not in onward:
                return None
            point = onward.pop(point)
        rings.append(tuple(ring))
    return rings


def closed_volume(solid: Solid) -> float | None:
    """Return the volume [m³] that a solid would have were each ring along which it lacks faces closed by one face.

    ``None`` where that can't be told. Nothing is added to the solid itself.
    """
    whole: list[Shell] = []
    for shell in solid.shells:
        lacking = gaps(shell, solid.vertices)
        if lacking is None:
            return None
        whole.append((*shell, *((ring,) for ring in lacking)))
    return volume(Solid(solid.vertices, tuple(whole)))
