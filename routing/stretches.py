"""A route measured, and parted into stretches: pieces that are told as one, short links between them left out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from routing.landmarks import Point
from routing.manoeuvres import Detail, turn_of
from routing.route import Route
from routing.ways import Way

OBSTACLES: Final = frozenset({"crossing", "steps", "ramp"})
"""Kinds of ways that are passed as such, not along."""

_UNNAMED_TURN: Final = 45.0
"""A way without a name that bends less [degrees] where pieces meet goes on as it is."""
_NAMED_TURN: Final = 60.0
"""As before, for a named street."""
_ISLAND: Final = 10.0
"""What lies between two crossings in one direction and is not longer [m] is an island."""
_ALIGNED: Final = 30.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pieces ``first`` up to ``last``, exclusive, that are told as one.

    Attributes:
        way: what it is called.
        anchor: the piece at which one begins to turn towards it: before the links that lead to it.
        begin: the piece at whose beginning it is told.
        island: it is a crossing with an island.
    """

    first: int
    last: int
    way: Way
    anchor: int
    begin: int
    island: bool = False


@dataclass(frozen=True)
class Course:
    """A route measured: where its pieces begin and in which direction it goes there.

    Attributes:
        route: with one piece at least.
        look: over how many metres a direction is measured.
    """

    route: Route
    look: float

    @cached_property
    def _line(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        line = self.route.course
        steps = np.hypot(*np.diff(line, axis=0).T)
        return line, np.concatenate([[0.0], np.cumsum(steps)])

    @cached_property
    def _starts(self) -> list[float]:
        drawn = [float(np.hypot(*np.diff(piece.course, axis=0).T).sum()) for piece in self.route.pieces]
        return [0.0, *np.cumsum(drawn).tolist()]

    @cached_property
    def along(self) -> list[float]:
        """Metres of the route before each piece, and its length."""
        return [0.0, *np.cumsum([piece.length for piece in self.route.pieces]).tolist()]

    @cached_property
    def times(self) -> list[float]:
        """Seconds until each piece is set out on, and until the end."""
        return [0.0, *np.cumsum([piece.seconds + piece.delay for piece in self.route.pieces]).tolist()]

    def place(self, at: int) -> Point:
        """Return where a piece begins; past the last, where the route ends."""
        pieces = self.route.pieces
        x, y = pieces[at].course[0] if at < len(pieces) else pieces[-1].course[-1]
        return float(x), float(y)

    def before(self, at: int) -> float | None:
        """Return the bearing in which the beginning of a piece is reached."""
        return self._bearing(self._starts[at] - self.look, self._starts[at])

    def after(self, at: int) -> float | None:
        """Return the bearing in which it is left."""
        return self._bearing(self._starts[at], self._starts[at] + self.look)

    def turn(self, anchor: int, at: int) -> float:
        """Return by how much the route turns from before one piece to behind the beginning of another [degrees]."""
        before, after = self.before(anchor), self.after(at)
        return 0.0 if before is None or after is None else turn_of(before, after)

    def length(self, first: int, last: int) -> float:
        """Return how long some pieces are together."""
        return self.along[last] - self.along[first]

    def _bearing(self, start: float, end: float) -> float | None:
        line, measures = self._line
        there = np.clip([start, end], 0.0, measures[-1])
        east, north = (np.diff(np.interp(there, measures, line[:, axis]))[0] for axis in (0, 1))
        return None if east == north == 0 else round(math.degrees(math.atan2(east, north)) % 360, 1)


Told = Callable[[int], Sequence[Any]]
"""Returns the manoeuvres at what stands where a piece begins."""


def stretches_of(course: Course, ways: Sequence[Way], detail: Detail, told: Told) -> list[Stretch]:
    """Part a route.

    Args:
        course: measured.
        ways: what each piece is called.
        detail: how short a link is left out.
        told: what stands in the way and is told interrupts a stretch.
    """
    parted = _with_islands(_parted(course, ways, told), course, told)
    return _linked(parted, course, detail, told)


def _parted(course: Course, ways: Sequence[Way], told: Told) -> list[Stretch]:
    stretches: list[Stretch] = []
    for at, way in enumerate(ways):
        if at and _goes_on(course, ways, at, told):
            stretches[-1] = replace(stretches[-1], last=at + 1)
        else:
            stretches.append(Stretch(at, at + 1, way, at, at))
    return stretches


def _goes_on(course: Course, ways: Sequence[Way], at: int, told: Told) -> bool:
    before, way = ways[at - 1], ways[at]
    if course.route.pieces[at - 1].pushed != course.route.pieces[at].pushed:
        return False
    if way.kind in OBSTACLES or way.noun == "roundabout":
        return before.noun == way.noun and not told(at)
    if before.kind != way.kind or before.noun == "roundabout":
        return False
    turn = abs(course.turn(at, at))
    if way.named or before.named:
        return before.same_street(way) and turn < _NAMED_TURN
    return before.noun == way.noun and turn < _UNNAMED_TURN


def _with_islands(stretches: list[Stretch], course: Course, told: Told) -> list[Stretch]:
    """Make one crossing of two with an island between them."""
    made: list[Stretch] = []
    for stretch in stretches:
        if len(made) >= 2 and _is_island((made[-2], made[-1], stretch), course, told):
            made[-2:] = [replace(made[-2], last=stretch.last, island=True)]
        else:
            made.append(stretch)
    return made


def _is_island(three: tuple[Stretch, Stretch, Stretch], course: Course, told: Told) -> bool:
    before, link, after = three
    crossed = before.way.kind == after.way.kind == "crossing" and link.way.kind not in OBSTACLES
    if not crossed or link.way.named or course.length(link.first, link.last) > _ISLAND:
        return False
    aligned = abs(course.turn(link.first, after.first)) < _ALIGNED
    return aligned and not told(link.first) and not told(after.first)


def _linked(stretches: list[Stretch], course: Course, detail: Detail, told: Told) -> list[Stretch]:
    """Leave short nameless links out: one turns at their beginning towards what they lead to."""
    made: list[Stretch] = []
    anchor: int | None = None
    for stretch in stretches:
        if stretch is not stretches[-1] and _is_link(stretch, course, detail):
            anchor = stretch.first if anchor is None else anchor
            if _stops(told(stretch.last)):
                anchor = None
            continue
        if stretch is stretches[-1] and made and _is_link(stretch, course, detail):
            continue
        begin = stretch.first if anchor is None or told(stretch.first) else anchor
        made.append(replace(stretch, anchor=stretch.first if anchor is None else anchor, begin=begin))
        anchor = None
    return made


def _is_link(stretch: Stretch, course: Course, detail: Detail) -> bool:
    way = stretch.way
    if way.named or way.kind in OBSTACLES or way.noun == "roundabout":
        return False
    return course.length(stretch.first, stretch.last) <= detail.link


def _stops(standing: Sequence[Any]) -> bool:
    """Tell whether what stands there ends a link: a kerb doesn't, one turns towards it."""
    return any(manoeuvre.type != "kerb" for manoeuvre in standing)
