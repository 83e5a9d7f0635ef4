"""The buildable envelope of a piece of ground: what is left after everything that keeps buildings off it.

Plane geometry alone, in a projected system, metres. What restricts is handed over as values, each with a cause of the
caller's own kind, and the answer tells of each cause how much it takes and how much it alone takes.

*Lines.* A line with a side bars the ground on its other side, as far as that hangs together with the line: the ground
is cut along it, and each part whose edge along the line faces the barred side is taken. Where a line ends inside the
ground it is prolonged straight on. A line that does not enter the ground by more than T/2 takes nothing.

*Setbacks.* A distance from some edges takes every point that is nearer to them, within the area for which it is set.

*Ceilings.* Of several that lie over one place the lowest holds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Generic, Literal, TypeVar

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

Cause = TypeVar("Cause")
Side = Literal["left", "right"]
Edge = Literal["front", "side", "rear"]

ROUNDING: Final = 32
"""Segments to a quarter of a circle around the corner of a setback, which falls short by 0.0003 of the distance."""

_HAIR: Final = 1e-6
"""Far below any tolerance, far above the noise of doubles at ten million metres."""

_AGAINST: Final = -0.5
"""Cosine: an edge is a rear one when it looks away from every street by more than 120 degrees."""

_SMALL: Final = 0.1
"""Share of all that is front below which a front edge does not tell where the street is."""


@dataclass(frozen=True, slots=True)
class Barred(Generic[Cause]):
    """An area on which nothing may be built."""

    cause: Cause
    area: BaseGeometry


@dataclass(frozen=True, slots=True)
class SidedLine(Generic[Cause]):
    """A line on one side of which one may build, looking along it as it is drawn."""

    cause: Cause
    line: BaseGeometry
    side: Side


@dataclass(frozen=True, slots=True)
class Setback(Generic[Cause]):
    """A distance to be kept from edges of the ground.

    Attributes:
        edges: lines from which it is measured.
        distance: metres.
        within: the area for which it is set.
    """

    cause: Cause
    edges: BaseGeometry
    distance: float
    within: BaseGeometry


@dataclass(frozen=True, slots=True)
class Ceiling(Generic[Cause]):
    """The greatest height [m above the ground] on an area."""

    cause: Cause
    area: BaseGeometry
    height: float


@dataclass(frozen=True, slots=True)
class Taken(Generic[Cause]):
    """What a cause takes of the ground.

    Attributes:
        area: where.
        alone: m² that nothing else takes: what would be gained without it.
    """

    cause: Cause
    area: MultiPolygon
    alone: float


@dataclass(frozen=True, slots=True)
class Block(Generic[Cause]):
    """Where one may build, and how high.

    Attributes:
        height: metres above the ground; ``None`` where nothing sets it.
        cause: what sets it.
    """

    area: Polygon
    height: float | None
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class Envelope(Generic[Cause]):
    """What may be built on a piece of ground, and what took the rest."""

    ground: BaseGeometry
    blocks: tuple[Block[Cause], ...]
    taken: tuple[Taken[Cause], ...]

    @property
    def area(self) -> float:
        """What may be built on [m²]."""
        return float(sum(block.area.area for block in self.blocks))


def envelope(
    ground: BaseGeometry,
    *,
    barred: Iterable[Barred[Cause]] = (),
    lines: Iterable[SidedLine[Cause]] = (),
    setbacks: Iterable[Setback[Cause]] = (),
    ceilings: Iterable[Ceiling[Cause]] = (),
    tolerance: float,
) -> Envelope[Cause]:
    """Return what may be built on a piece of ground; parts nowhere wider than the tolerance are nothing."""
    takings = [
        *((b.cause, b.area.intersection(ground)) for b in barred),
        *((line.cause, behind(ground, line.line, line.side, tolerance)) for line in lines),
        *((s.cause, _set_back(ground, s)) for s in setbacks),
    ]
    found = [(cause, area) for cause, area in takings if _wide(area, tolerance)]
    free = ground.difference(unary_union([area for _, area in found]))
    return Envelope(ground, tuple(_blocks(free, ceilings, tolerance)), tuple(_told(found)))


def behind(ground: BaseGeometry, line: BaseGeometry, side: Side, tolerance: float) -> BaseGeometry:
    """Return the part of the ground that lies on the barred side of a line."""
    taken = [_cut_off(part, line, side, tolerance) for part in shapely.get_parts(ground).tolist()]
    return unary_union([area for area in taken if not area.is_empty])


def edges(ground: BaseGeometry, neighbours: Sequence[BaseGeometry], nearness: float) -> dict[Edge, BaseGeometry]:
    """Return the edges of a parcel by kind.

    What adjoins no other parcel is front: a street, or other land in common use. Of the rest, what looks away from
    every street is rear and all else is side: a corner parcel has no rear, nor has one without a front.

    Args:
        ground: the parcel.
        neighbours: other parcels around.
        nearness: two parcels adjoin where they are no farther apart [m].
    """
    near = unary_union([n for n in neighbours if n.distance(ground) <= nearness]).buffer(nearness)
    parted = [(segment, _adjoining(segment, near, nearness)) for segment in _segments(ground.boundary)]
    front = [segment.difference(shared.buffer(_HAIR)) for segment, shared in parted]
    least = _SMALL * sum(f.length for f in front)
    facing = [_outward(ground, s) for (s, _), f in zip(parted, front, strict=True) if f.length > least]
    kinds: dict[Edge, list[BaseGeometry]] = {"front": front, "side": [], "rear": []}
    for segment, shared in parted:
        normal = _outward(ground, segment)
        away = bool(facing) and max(float(normal @ street) for street in facing) < _AGAINST
        kinds["rear" if away else "side"].append(shared)
    return {kind: _lines(unary_union(found)) for kind, found in kinds.items()}


def _adjoining(segment: LineString, near: BaseGeometry, nearness: float) -> BaseGeometry:
    """Return the part of an edge that adjoins a neighbour; the stub that only reaches around its corner does not."""
    parts = shapely.get_parts(segment.intersection(near)).tolist()
    least = min(2 * nearness, segment.length * (1 - _HAIR))
    return unary_union([part for part in parts if part.length > least])


def _outward(ground: BaseGeometry, segment: LineString) -> Any:
    (ax, ay), (bx, by) = segment.coords
    normal = np.array((by - ay, ax - bx)) / segment.length
    middle = np.array(((ax + bx) / 2, (ay + by) / 2))
    inside = ground.contains(shapely.Point(middle + normal * min(segment.length, 1.0) * 1e-3))
    return -normal if inside else normal


def _segments(lines: BaseGeometry) -> Iterator[LineString]:
    for part in shapely.get_parts(lines).tolist():
        for a, b in pairwise(shapely.get_coordinates(part)):
            if not np.array_equal(a, b):
                yield LineString((a, b))


def _lines(geometry: BaseGeometry) -> BaseGeometry:
    return unary_union([p for p in shapely.get_parts(geometry).tolist() if isinstance(p, LineString)])


def _set_back(ground: BaseGeometry, setback: Setback[Any]) -> BaseGeometry:
    if setback.distance <= 0 or setback.edges.is_empty:
        return Polygon()
    nearer = setback.edges.buffer(setback.distance, quad_segs=ROUNDING)
    return nearer.intersection(ground).intersection(setback.within)


def _cut_off(ground: Polygon, line: BaseGeometry, side: Side, tolerance: float) -> BaseGeometry:
    core = ground.buffer(-tolerance / 2, quad_segs=2)
    whole = shapely.line_merge(line, directed=True)
    drawn = [part for part in shapely.get_parts(whole).tolist() if part.intersects(core)]
    if not drawn:
        return Polygon()
    cuts = unary_union([ground.boundary, *(_prolonged(part, ground) for part in drawn)])
    pieces = [piece for piece in polygonize(cuts) if ground.contains(piece.representative_point())]
    return unary_union([piece for piece in pieces if _is_behind(piece, drawn, side, tolerance)])


def _prolonged(line: LineString, ground: Polygon) -> LineString:
    """Return a line whose ends that lie inside the ground go straight on until they are outside."""
    points = shapely.get_coordinates(line)
    west, south, east, north = ground.bounds
    reach = east - west + north - south
    ends = [(points[0], points[0] - points[1]), (points[-1], points[-1] - points[-2])]
    first, last = (
        [end + direction / np.hypot(*direction) * reach] if ground.covers(shapely.Point(end)) else []
        for end, direction in ends
    )
    return LineString([*first, *points, *last])


def _is_behind(piece: Polygon, lines: Sequence[LineString], side: Side, tolerance: float) -> bool:
    """Tell whether the edge of a piece along the lines lies, for the most part, on their barred side."""
    barred = sum(_facing(piece, line, side, tolerance) for line in lines)
    return barred > 0


def _facing(piece: Polygon, line: LineString, side: Side, tolerance: float) -> float:
    """Return the length of a piece's edge on the barred side of a line, less that on its other side."""
    total = 0.0
    for segment in _segments(line):
        if not segment.dwithin(piece, tolerance / 100):
            continue
        along = piece.boundary.intersection(segment.buffer(tolerance / 100, cap_style="flat"))
        for part in _segments(_lines(along)):
            total += _sign(piece, part, segment, side) * part.length
    return total


def _sign(piece: Polygon, part: LineString, segment: LineString, side: Side) -> float:
    """Return 1 where a piece lies on the barred side of a segment, -1 on the other, 0 where its edge runs across."""
    (ax, ay), (bx, by) = segment.coords
    along = np.array((bx - ax, by - ay)) / segment.length
    direction = np.subtract(part.coords[1], part.coords[0]) / part.length
    if abs(float(along @ direction)) < 0.99:
        return 0.0
    left = np.array((-along[1], along[0]))
    middle = np.mean(part.coords, axis=0)
    step = min(part.length, 1.0) * 1e-3
    on_left = piece.contains(shapely.Point(middle + left * step))
    on_right = piece.contains(shapely.Point(middle - left * step))
    if on_left == on_right:
        return 0.0
    return 1.0 if on_left == (side == "right") else -1.0


def _blocks(free: BaseGeometry, ceilings: Iterable[Ceiling[Cause]], tolerance: float) -> Iterator[Block[Cause]]:
    left = free
    by_height: Callable[[Ceiling[Cause]], float] = lambda ceiling: ceiling.height  # noqa: E731 - typed for mypy
    for ceiling in sorted(ceilings, key=by_height):
        for part in _areas(left.intersection(ceiling.area), tolerance):
            yield Block(part, ceiling.height, ceiling.cause)
        left = left.difference(ceiling.area)
    for part in _areas(left, tolerance):
        yield Block(part, None, None)


def _areas(area: BaseGeometry, tolerance: float) -> list[Polygon]:
    parts = [part for part in shapely.get_parts(area).tolist() if isinstance(part, Polygon)]
    return [part for part in parts if _wide(part, tolerance)]


def _told(found: Sequence[tuple[Cause, BaseGeometry]]) -> Iterator[Taken[Cause]]:
    for number, (cause, area) in enumerate(found):
        others = unary_union([other for i, (_, other) in enumerate(found) if i != number])
        parts = [part for part in shapely.get_parts(area).tolist() if isinstance(part, Polygon)]
        yield Taken(cause, MultiPolygon(parts), float(area.difference(others).area))


def _wide(area: BaseGeometry, tolerance: float) -> bool:
    return not area.is_empty and not area.buffer(-tolerance / 2, quad_segs=2).is_empty
