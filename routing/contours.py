"""Areas around points of the plane, drawn on a grid: what isochrones are made of.

A lattice is laid under the points; from each of its nodes the distance to the nearest marked node is told exactly, as
Felzenszwalb and Huttenlocher do it, one axis after the other; the line of equal distance is then followed through the
squares (marching squares, with the distance linear along a square's side). Areas for growing sets of points lie in one
another, holes stay holes, and rings never touch.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from shapely import MultiPolygon

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
_Field = npt.NDArray[np.uint8]

LEVEL: Final = 2.75
"""How far from the marked nodes the line is drawn, in sides of a square."""

REACH: Final = 4.0
"""No point of an area is farther from the points that it surrounds, in sides of a square: :data:`LEVEL`, half a
diagonal by which a point is moved onto its node, and half a side by which a distance that isn't linear can be missed.

A line of which every point has a point of the set within half a side of it lies in the area whole: from it to a corner
of its square are at most √2 sides, from its point to the node √½."""

MOST: Final = 800
"""Squares along either axis; where that isn't enough, they grow."""

_MARGIN: Final = 5
_FAR: Final = np.uint8(200)
_CAP: Final = np.uint8(14)
"""Squared distances beyond are all one: that of no neighbour of a node within :data:`LEVEL` is greater."""

_STEPS: Final = {
    1: ("BL",), 2: ("RB",), 3: ("RL",), 4: ("TR",), 5: ("BL", "TR"), 6: ("TB",), 7: ("TL",),
    8: ("LT",), 9: ("BT",), 10: ("RB", "LT"), 11: ("RT",), 12: ("LR",), 13: ("BR",), 14: ("LB",),
}  # fmt: skip
"""From which side of a square to which the line runs, with the inside on its left, by the corners that lie inside: 1 at
the bottom left, 2 bottom right, 4 top right, 8 top left. Two corners across are kept apart."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """Nodes at equal distances: ``side`` metres, the first at ``(left, bottom)``, so many columns and rows."""

    left: float
    bottom: float
    side: float
    columns: int
    rows: int

    @classmethod
    def under(cls, points: Floats, side: float) -> "Lattice":
        """Lay a lattice under points, with a margin; its side is greater than asked for where there'd be too many."""
        low, high = (np.array([end(points[:, 0]), end(points[:, 1])]) for end in (np.min, np.max))
        side = max(side, float((high - low).max()) / MOST)
        columns, rows = (np.ceil((high - low) / side).astype(int) + 1 + 2 * _MARGIN).tolist()
        left, bottom = (low - _MARGIN * side).tolist()
        return cls(left, bottom, side, columns, rows)

    def nearest(self, points: Floats) -> Places:
        """Return the node that is nearest to each point, counted along the rows."""
        column = np.rint((points[:, 0] - self.left) / self.side).astype(np.int64)
        row = np.rint((points[:, 1] - self.bottom) / self.side).astype(np.int64)
        return row * self.columns + column


def surroundings(lattice: Lattice, added: Iterable[Floats]) -> Iterator[MultiPolygon]:
    """Yield for each set of points, together with all before it, the area around it.

    The points lie on the lattice's inside, as :meth:`Lattice.under` makes it.
    """
    marked = np.full((lattice.rows, lattice.columns), _FAR, np.uint8)
    for points in added:
        marked.reshape(-1)[lattice.nearest(points)] = 0
        yield _area(lattice, _squares(marked))


def _squares(marked: _Field) -> _Field:
    """Return the squared distance [sides²] from each node to the nearest marked one, exact up to the cap."""
    return np.minimum(_lower(_lower(marked, 1), 0), _CAP)


def _lower(field: _Field, axis: int) -> _Field:
    """Return the least of the field's values and their neighbours' along an axis, each raised by its squared way."""
    lowest, raised = field.copy(), np.empty_like(field)
    here, there = np.moveaxis(lowest, axis, 0), np.moveaxis(raised, axis, 0)
    for steps in range(1, math.isqrt(int(_CAP)) + 1):
        np.add(field, np.uint8(steps * steps), out=raised)
        np.minimum(here[steps:], there[:-steps], out=here[steps:])
        np.minimum(here[:-steps], there[steps:], out=here[:-steps])
    return lowest


def _area(lattice: Lattice, squares: _Field) -> MultiPolygon:
    """Return where distances are less than :data:`LEVEL`; they are more along the lattice's rim."""
    inside = squares < LEVEL * LEVEL
    crossings, owners, following = _crossings(inside, squares)
    if not len(crossings):
        return MultiPolygon()
    order, starts = _rings(following)
    points = (lattice.left, lattice.bottom) + crossings[order] * lattice.side
    parts, _ = ndimage.label(inside)
    return _assembled(points, starts, np.asarray(parts).reshape(-1)[owners[order[starts[:-1]]]].astype(np.int64))


def _crossings(inside: npt.NDArray[np.bool_], squares: _Field) -> tuple[Floats, Places, Places]:
    """Return where the line crosses sides of squares, on the inside of which node, and what crossing follows each.

    Places are in sides from the lattice's first node.
    """
    width = inside.shape[1]
    across = np.flatnonzero(inside[:, 1:] != inside[:, :-1])
    level_from = across // (width - 1) * width + across % (width - 1)
    upright_from = np.flatnonzero(inside[1:] != inside[:-1])
    begin = np.concatenate([level_from, upright_from])
    end = np.concatenate([level_from + 1, upright_from + width])
    low, high = (np.sqrt(squares.reshape(-1)[nodes], dtype=np.float64) for nodes in (begin, end))
    share = (LEVEL - low) / (high - low)
    places = np.column_stack([begin % width, begin // width]).astype(np.float64)
    places[: len(level_from), 0] += share[: len(level_from)]
    places[len(level_from) :, 1] += share[len(level_from) :]
    owners = np.where(inside.reshape(-1)[begin], begin, end)
    return places, owners, _following(inside, level_from, upright_from)


def _following(inside: npt.NDArray[np.bool_], level_from: Places, upright_from: Places) -> Places:
    """Return for each crossing, level sides before upright ones, the next one along the line."""
    width = inside.shape[1]
    numbers = np.empty((2, inside.size), np.int32)  # read only where it is filled
    numbers[0, level_from] = np.arange(len(level_from))
    numbers[1, upright_from] = np.arange(len(upright_from)) + len(level_from)
    corner = inside.astype(np.uint8)
    cases = corner[:-1, :-1] | corner[:-1, 1:] << 1 | corner[1:, 1:] << 2 | corner[1:, :-1] << 3
    places = np.flatnonzero((cases > 0) & (cases < 15))
    kinds = cases.reshape(-1)[places]
    squares = places // (width - 1) * width + places % (width - 1)
    following = np.full(len(level_from) + len(upright_from), -1, np.int64)
    sides = {"B": (0, 0), "T": (0, width), "L": (1, 0), "R": (1, 1)}
    for case, steps in _STEPS.items():
        chosen = squares[kinds == case]
        for step in steps:
            (axis, offset), (next_axis, next_offset) = sides[step[0]], sides[step[1]]
            following[numbers[axis, chosen + offset]] = numbers[next_axis, chosen + next_offset]
    return following


def _rings(following: Places) -> tuple[Places, Places]:
    """Return the crossings ring by ring, and where each ring starts, with the end of the last."""
    onward = following.tolist()
    seen = bytearray(len(onward))
    order: list[int] = []
    starts = []
    for first in range(len(onward)):
        if seen[first]:
            continue
        starts.append(len(order))
        place = first
        while not seen[place]:
            seen[place] = 1
            order.append(place)
            place = onward[place]
    return np.array(order, np.int64), np.array([*starts, len(order)], np.int64)


def _assembled(points: Floats, starts: Places, parts: Places) -> MultiPolygon:
    """Make polygons of rings: those of one part are its shell, which alone runs anticlockwise, and its holes."""
    sizes = np.diff(starts)
    closed = np.insert(points, starts[1:], points[starts[:-1]], axis=0)
    rings = np.asarray(shapely.linearrings(closed, indices=np.repeat(np.arange(len(sizes)), sizes + 1)))
    shells = shapely.is_ccw(rings)
    holes: dict[int, list[shapely.LinearRing]] = {}
    for part, ring in zip(parts[~shells].tolist(), rings[~shells], strict=True):
        holes.setdefault(part, []).append(ring)
    ordered = sorted(zip(parts[shells].tolist(), rings[shells], strict=True), key=lambda pair: pair[0])
    return MultiPolygon([shapely.Polygon(shell, holes.get(part)) for part, shell in ordered])
