"""Sidewalks that only a tag of their street tells of, made footways of their own beside it, flagged as inferred.

At a junction the arms of streets stand around the node; between two neighbouring arms lies a corner. Sidewalks on both
sides of a corner meet there. Across an arm that has a corner on each side a crossing leads from one to the other; where
somebody on foot uses an arm itself, or a footway ends at the node, the corners are tied to the node. So whoever could
go somewhere along the streets still can, and does not walk on the carriageway any more: it is closed to them there.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, STREET_SEGMENT
from data.loaders import osm_streets_values as values
from data.loaders.osm_streets_crossings import Told, half_width
from data.loaders.osm_streets_file import Place
from data.loaders.osm_streets_lines import Line, ending_at
from data.loaders.osm_streets_tagging import Said

BESIDE: Final = 1.5
"""How far beyond the edge of the carriageway the axis of a sidewalk is taken to lie [m]."""

_SIDES: Final[Mapping[str, tuple[str, ...]]] = {"both": ("left", "right"), "left": ("left",), "right": ("right",)}
_OTHER: Final = {"left": "right", "right": "left"}
_MITRE: Final = 3.0
"""A corner lies at most so many times as far from its node as a sidewalk from its street."""

_PASSED_ON: Final = (
    "name", "name_kk", "name_ru", "name_en", "street_id", "incline", "incline_source", "lit", "bridge", "tunnel",
    "level", "checked_on",
)  # fmt: skip
"""What a sidewalk shares with its street."""


@dataclass(slots=True)
class _Arm:
    """A street at a node, seen from there.

    Attributes:
        line: its index; begins: whether it is drawn from the node.
        bearing: direction in which it leaves [rad, anticlockwise from east].
        reach: from its axis to that of its sidewalk [m].
        left, right: whether it has one on the side, looking away from the node.
    """

    line: int
    begins: bool
    bearing: float
    reach: float
    left: bool
    right: bool

    @property
    def bare(self) -> bool:
        """Whether people on foot use the street itself."""
        return not (self.left or self.right)


@dataclass(slots=True)
class _Node:
    """A node at which sidewalks meet or end.

    Attributes:
        arms: anticlockwise.
        corners: where the corner after each arm lies; ``None`` where no sidewalk comes there.
    """

    place: Place
    arms: Sequence[_Arm]
    corners: list[Place | None] = field(default_factory=list)

    def end_of(self, line: int, side: str, *, begins: bool) -> Place | None:
        """Return where the sidewalk on a side, as the line is drawn, ends here."""
        n = next(i for i, arm in enumerate(self.arms) if arm.line == line and arm.begins is begins)
        outward = side if begins else _OTHER[side]
        return self.corners[n if outward == "left" else n - 1]


def make_sidewalks(lines: list[Line], told: Sequence[Told], made: Mapping[str, int]) -> dict[str, int]:
    """Add the sidewalks that tags tell of, and what joins them, to the lines.

    Args:
        lines: of all ways; those of streets with sidewalks are closed to people on foot, unless a tag says otherwise.
        told: what stands at nodes.
        made: lines of the nodes that are crossings already.

    Returns:
        ``made``, with the nodes that became crossings here.
    """
    sides = {i: _SIDES[str(line.said["sidewalk"])] for i, line in enumerate(lines) if _has_sidewalk(line)}
    if not sides:
        return dict(made)
    ending = ending_at(lines)
    places = {place for i in sides for place in lines[i].ends}
    nodes = {place: _node(place, lines, ending[place], sides) for place in sorted(places)}
    crossed = {
        each.place: each for each in told if each.layer is CROSSING and each.meaning.said and each.place in nodes
    }
    signals = {each.place for each in told if each.layer.name.endswith("traffic_signal") and each.place in nodes}
    added = [line for i in sides for line in _beside(lines[i], i, sides[i], nodes)]
    found = dict(made)
    for place, node in nodes.items():
        on_foot = any(lines[i].layer is not STREET_SEGMENT for i, _ in ending[place])
        ties = _Ties(node, lines, crossed.get(place), signalled=place in signals, on_foot=on_foot)
        joined = list(ties.lines())
        if ties.crossing is not None and ties.crossing.reference not in found and joined:
            found[ties.crossing.reference] = len(lines) + len(added)
        added += joined
    for i in sides:
        lines[i].said = {**lines[i].said, "foot": lines[i].said.get("foot") or "no"}
    lines += added
    return found


def _has_sidewalk(line: Line) -> bool:
    return line.layer is STREET_SEGMENT and line.said.get("sidewalk") in _SIDES


def _node(
    place: Place, lines: Sequence[Line], ending: Sequence[tuple[int, bool]], sides: Mapping[int, Sequence[str]]
) -> _Node:
    streets = [(i, begins) for i, begins in ending if lines[i].layer is STREET_SEGMENT]
    arms = sorted((_arm(lines[i], i, begins, sides.get(i, ())) for i, begins in streets), key=lambda a: a.bearing)
    node = _Node(place, arms)
    node.corners = [_corner(node, n) for n in range(len(arms))]
    return node


def _arm(line: Line, index: int, begins: bool, sides: Sequence[str]) -> _Arm:  # noqa: FBT001 - which end it is
    (x1, y1), (x2, y2) = line.places[:2] if begins else line.places[:-3:-1]
    left, right = ("left", "right") if begins else ("right", "left")
    bearing = math.atan2(y2 - y1, x2 - x1)
    return _Arm(index, begins, bearing, half_width(line) + BESIDE, left in sides, right in sides)


def _corner(node: _Node, n: int) -> Place | None:
    """Return the corner between an arm and the next, anticlockwise; at a dead end the sides stay apart."""
    arm, other = node.arms[n], node.arms[(n + 1) % len(node.arms)]
    if not (arm.left or other.right):
        return None
    reach = max(each.reach for each, there in ((arm, arm.left), (other, other.right)) if there)
    if len(node.arms) == 1:
        return None
    between = (other.bearing - arm.bearing) % math.tau
    bearing, away = arm.bearing + between / 2, reach / max(abs(math.sin(between / 2)), 1 / _MITRE)
    return _off(node.place, bearing, away)


def _off(place: Place, bearing: float, away: float) -> Place:
    return round(place[0] + away * math.cos(bearing), 3), round(place[1] + away * math.sin(bearing), 3)


def _beside(line: Line, index: int, sides: Sequence[str], nodes: Mapping[Place, _Node]) -> Iterator[Line]:
    begin, end = line.ends
    away = half_width(line) + BESIDE
    for side in sides:
        first, last = nodes[begin].end_of(index, side, begins=True), nodes[end].end_of(index, side, begins=False)
        beside = _offset(line.places, away if side == "left" else -away)
        course = _distinct([first or beside[0], *beside[1:-1], last or beside[-1]])
        if len(course) > 1 and course[0] != course[-1]:
            yield Line(FOOTWAY, _said(line, side), course, line.tags)
            yield from _dead_ends(line, side, (course[0], first), (course[-1], last))


def _dead_ends(line: Line, side: str, *ends: tuple[Place, Place | None]) -> Iterator[Line]:
    """Tie the ends of a sidewalk to the nodes of dead ends, which have no corners."""
    for (place, corner), node in zip(ends, line.ends, strict=True):
        if corner is None:
            yield Line(FOOTWAY, _said(line, side), (place, node), line.tags)


def _said(line: Line, side: str) -> Said:
    tags, own = line.tags, {name: line.said.get(name) for name in _PASSED_ON}
    said: Said = {**own, "footway": "sidewalk", "inferred": True, "external_reference": line.said["external_reference"]}
    for prefix in ("sidewalk", "sidewalk:both", f"sidewalk:{side}"):
        told = {key.removeprefix(f"{prefix}:"): value for key, value in tags.items() if key.startswith(f"{prefix}:")}
        found = {"surface": values.surface(told, {}), "width": values.metres(told, "width", {}, bound=50.0)}
        said |= {name: value for name, value in found.items() if value is not None}
    return said


def _offset(course: Sequence[Place], away: float) -> list[Place]:
    """Return a course so far to the left of another [m], vertex by vertex."""
    bearings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(course)]
    found = []
    for i, place in enumerate(course):
        before, after = bearings[max(i - 1, 0)], bearings[min(i, len(bearings) - 1)]
        turn = (after - before + math.pi) % math.tau - math.pi
        reach = away / max(math.cos(turn / 2), 1 / _MITRE)
        found.append(_off(place, before + turn / 2 + math.pi / 2, reach))
    return found


def _distinct(course: Sequence[Place]) -> tuple[Place, ...]:
    return tuple(course[:1]) + tuple(b for a, b in pairwise(course) if a != b)


@dataclass(slots=True)
class _Ties:
    """What joins the sidewalks at a node.

    Attributes:
        crossing: the crossing that the map tells of at the node.
        signalled: whether signals stand there.
        on_foot: whether a footway or a crossing ends there.
    """

    node: _Node
    of: Sequence[Line]
    crossing: Told | None
    signalled: bool
    on_foot: bool

    def lines(self) -> Iterator[Line]:
        """Yield crossings from corner to corner, and ties from corners to the node, as they are needed."""
        arms, corners = self.node.arms, self.node.corners
        if len(arms) == 1:
            return
        if len(arms) > 2:
            yield from self._across()
        if self.on_foot or self.crossing is not None or any(arm.bare for arm in arms) or self._ends():
            for n, corner in enumerate(corners):
                if corner is not None:
                    yield self._tie(corner, arms[n])

    def _ends(self) -> bool:
        """Whether, at a bend, a sidewalk ends that does not go on behind it."""
        arms = self.node.arms
        return any(arm.left != arms[(n + 1) % len(arms)].right for n, arm in enumerate(arms))

    def _across(self) -> Iterator[Line]:
        for n, arm in enumerate(self.node.arms):
            before, after = self.node.corners[n - 1], self.node.corners[n]
            if before is not None and after is not None and before != after:
                yield self._crossing(self.of[arm.line], (before, after))

    def _tie(self, corner: Place, arm: _Arm) -> Line:
        line = self.of[arm.line]
        if self.crossing is not None or len(self.node.arms) > 2:
            return self._crossing(line, (corner, self.node.place))
        side = "left" if arm.begins else "right"
        return Line(FOOTWAY, _said(line, side), (corner, self.node.place), line.tags)

    def _crossing(self, line: Line, course: tuple[Place, Place]) -> Line:
        own = {name: line.said.get(name) for name in ("street_id", "lit", "level", "checked_on")}
        said: Said = {**own, "inferred": True, "external_reference": line.said["external_reference"]}
        if self.signalled:
            said["signals"] = True
        if self.crossing is not None and self.crossing.meaning.said is not None:
            said |= {name: value for name, value in self.crossing.meaning.said.items() if value is not None}
        return Line(CROSSING, said, course, line.tags)
