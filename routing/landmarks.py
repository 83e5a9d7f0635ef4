"""Named things beside a route by which one finds one's way: buildings, shops, stops, houses with a number.

Who has them gives them (:class:`Landmarks`): routing reads no cadastre.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

Point = tuple[float, float]
"""Easting, northing [m]."""

Side = Literal["left", "right", "ahead", "behind"]

KINDS: Final = (
    "stop", "station", "shop", "pharmacy", "hospital", "school", "kindergarten", "university", "bank", "cafe", "hotel",
    "theatre", "museum", "library", "park", "monument", "mosque", "church", "market", "building", "object", "address",
)  # fmt: skip
"""What a landmark is, those that one sees or hears from afar first; a kind that is none of them is an ``object``."""

REACH: Final = 30.0
"""How far from the way [m] a thing still is a landmark of a place on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A thing that can be named.

    Attributes:
        kind: one of :data:`KINDS`.
        point: where it stands, or the nearest place of it.
        names: as the register has them: ``name``, ``name_kk``, ``name_ru``, ``name_en``; of an address, those of its
            street.
        number: of a house, for an address.
    """

    kind: str
    point: Point
    names: Mapping[str, str | None] = field(default_factory=dict)
    number: str | None = None

    @property
    def tellable(self) -> bool:
        """Whether there is anything to call it by."""
        return bool(self.number) if self.kind == "address" else any(self.names.values())


class Landmarks(Protocol):
    """Who knows named things near places."""

    def __call__(self, points: Sequence[Point], within: float) -> Sequence[Iterable[Landmark]]:
        """Return what stands within so many metres of each point, in the points' order; all points at once."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A landmark as it lies to one who passes."""

    landmark: Landmark
    side: Side
    away: float


def none(points: Sequence[Point], within: float) -> Sequence[Iterable[Landmark]]:  # noqa: ARG001 - is a Landmarks
    """Know of no landmark."""
    return [()] * len(points)


def beside(found: Iterable[Landmark], point: Point, bearing: float) -> tuple[Beside, ...]:
    """Return landmarks as they lie to one who looks along a bearing [degrees], the most telling first."""
    lying = [
        Beside(landmark, side(point, landmark.point, bearing), math.dist(point, landmark.point))
        for landmark in found
        if landmark.tellable
    ]
    return tuple(sorted(lying, key=lambda it: (_rank(it.landmark.kind), it.away)))


def _rank(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else KINDS.index("object")


def side(point: Point, thing: Point, bearing: float) -> Side:
    """Return on which side a thing lies of one who looks along a bearing [degrees, clockwise from grid north].

    >>> side((0, 0), (5, 1), 0.0), side((0, 0), (0.5, 9), 0.0)
    ('right', 'ahead')
    """
    to = math.degrees(math.atan2(thing[0] - point[0], thing[1] - point[1]))
    turn = (to - bearing + 180) % 360 - 180
    if abs(turn) <= 30:
        return "ahead"
    if abs(turn) >= 150:
        return "behind"
    return "right" if turn > 0 else "left"
