"""What a registrar does with lines of networks: lay, move, turn round, split at a new node, end.

A line is drawn from node to node: its ends go to the nodes that the act names, else to nodes of its network within the
tolerance, else new nodes are made there. Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import shapely
from shapely import LineString, Point

from cadastres.land import story
from cadastres.land.verbs import Attributes, complete, ended
from cadastres.urban_planning import network_course as course
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE, OPERABLE
from gis.act import Case, Needs, Outcome, Succession, missing
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Version, Write
from gis.text import Text

REACH: Final = 5.0
"""Whoever lays a line keeps others from laying one nearer than this [m] meanwhile: norms don't ask for more in depth
or between pipes, and wider ones are checked by the same rules afterwards."""

SNAP: Final = 1.0
"""A line's end is drawn to a node that the act names if it is within this [m]; farther off, one of both is wrong."""

LINE, NODE = NETWORK_LINE.name, NETWORK_NODE.name


class OffNode(BadRequest):
    """A point that is too far from the node or line that the act names."""

    code = "off-the-network"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How one end of a line is connected.

    Attributes:
        node: the node, by its feature id; none is found by place.
        kind: of the node that is made where there is none.
    """

    node: int | None = None
    kind: str = "junction"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayLine:
    """Lay a line, with the nodes at its ends where there are none.

    Attributes:
        network: kind of network.
        geometry: its course, in the direction of flow.
        begin, end: how its ends are connected.
    """

    network: str
    geometry: LineString
    begin: End = field(default_factory=End)
    end: End = field(default_factory=End)
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.network_line.lay"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the nodes named, and those about."""
        named = frozenset(end.node for end in (self.begin, self.end) if end.node is not None)
        return Needs(features={NODE: named}, areas=((NODE, self.geometry.buffer(REACH)),))

    def decide(self, case: Case) -> Outcome:
        """Return the line and its new nodes.

        Raises:
            BadRequest: a node that it names is not in force on the legal date.
            OffNode: it begins or ends too far from the node that it names.
        """
        said = _laid({**self.attributes, "utility_network_type": self.network})
        corners = shapely.get_coordinates(self.geometry)
        ends = [
            node_at(case, end, Point(corners[at]), said, new)
            for end, at, new in ((self.begin, 0, -2), (self.end, -1, -3))
        ]
        said |= {"from_node": ends[0].feature_id, "to_node": ends[1].feature_id}
        drawn = course.between(self.geometry, ends[0].geometry, ends[1].geometry)
        line = Write(LINE, -1, case.act.period, drawn, said)
        return Outcome((line, *(write for write in ends if isinstance(write, Write))))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """Give a line another course between its nodes.

    Attributes:
        line: its feature id.
        geometry: the new course; its ends are drawn to the line's nodes.
    """

    line: int
    geometry: LineString
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.network_line.move"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the line, and what lies about its new course."""
        return Needs(features={LINE: frozenset({self.line})}, areas=((NODE, self.geometry.buffer(REACH)),))

    def decide(self, case: Case) -> Outcome:
        """Return the line as it runs from the legal date on.

        Raises:
            BadRequest: it is not in force on the legal date.
            OffNode: the new course begins or ends too far from the line's nodes.
            LaterChange: its course changes, or it ends, after the legal date.
        """
        told = story.chapters(case, LINE, [self.line])
        before = told[0].versions[0].geometry
        ends = [Point(corner) for corner in (before.coords[0], before.coords[-1])]
        for end, corner in zip(ends, (self.geometry.coords[0], self.geometry.coords[-1]), strict=True):
            _require_near(end, Point(corner), self.line)
        drawn = course.between(self.geometry, *ends)
        return Outcome(
            tuple(
                Write(LINE, self.line, c.period, drawn, {**c.versions[0].attributes, **self.attributes}) for c in told
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLine:
    """Turn a line round: what was said to flow one way flows the other."""

    line: int
    verb: ClassVar[str] = "urban_planning.network_line.turn"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the line."""
        return Needs(features={LINE: frozenset({self.line})})

    def decide(self, case: Case) -> Outcome:
        """Return the line turned round; errors as :meth:`MoveLine.decide`."""
        told = story.chapters(case, LINE, [self.line])
        turned = shapely.reverse(told[0].versions[0].geometry)
        return Outcome(
            tuple(Write(LINE, self.line, c.period, turned, course.turned(c.versions[0].attributes)) for c in told)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitLine:
    """Split a line at a node, so that others can be connected there.

    Attributes:
        line: its feature id.
        place: where: within :data:`SNAP` of the line.
        end: the node there, or the kind of the one to be made.
        node: what is said of the node that is made.
    """

    line: int
    place: Point
    end: End = field(default_factory=End)
    node: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.network_line.split"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the line, and the nodes about the place."""
        named = frozenset() if self.end.node is None else frozenset({self.end.node})
        return Needs(features={LINE: frozenset({self.line}), NODE: named}, areas=((NODE, self.place.buffer(REACH)),))

    def decide(self, case: Case) -> Outcome:
        """Return the line's end, the two lines that succeed it, and the node between them.

        Raises:
            BadRequest: the line or the node is not in force on the legal date.
            OffNode: the place is not on the line, or is one of its ends.
            LaterChange: the line's course changes, or it ends, after the legal date.
        """
        told = story.chapters(case, LINE, [self.line])
        parent = told[0].versions[0]
        whole = parent.geometry
        place = course.nearest(whole, self.place)
        _require_near(place, self.place, self.line)
        node = node_at(case, self.end, place, {**parent.attributes, **self.node}, -3)
        parts = course.cut(whole, node.geometry)
        if min(part.length for part in parts) <= case.profile.tolerances.linear:
            raise OffNode(_AT_END.filled(line=self.line), line=self.line)
        births = [write for chapter in told for write in _halves(chapter, parts, node.feature_id)]
        made = (node,) if isinstance(node, Write) else ()
        succession = Succession(LINE, "split", (self.line,), (-1, -2))
        return Outcome((ended(case, LINE, parent), *made, *births), (succession,))


def _halves(chapter: story.Chapter, parts: Sequence[LineString], node: int) -> Iterator[Write]:
    share = parts[0].length / (parts[0].length + parts[1].length)
    halves = course.parted(chapter.versions[0].attributes, share, node)
    for new, part, said in zip((-1, -2), parts, halves, strict=True):
        yield Write(LINE, new, chapter.period, part, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveNode:
    """Move a node; the lines that end at it follow.

    Attributes:
        node: its feature id.
        place: where it stands from the legal date on.
    """

    node: int
    place: Point
    verb: ClassVar[str] = "urban_planning.network_node.move"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the node and its lines."""
        lines = tuple((LINE, end, self.node) for end in ("from_node", "to_node"))
        return Needs(features={NODE: frozenset({self.node})}, related=lines)

    def further(self, case: Case) -> Needs:
        """Return what lies about the courses that the lines come to take."""
        courses = [write.geometry for line in self._lines(case) for write in self._followed(case, line)]
        return Needs(areas=tuple((NODE, course.buffer(REACH)) for course in courses))

    def decide(self, case: Case) -> Outcome:
        """Return the node and its lines where they come to be.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: it or one of its lines moves, or ends, after the legal date.
        """
        moved = [
            Write(NODE, self.node, c.period, self.place, c.versions[0].attributes)
            for c in story.chapters(case, NODE, [self.node])
        ]
        return Outcome((*moved, *(write for line in self._lines(case) for write in self._followed(case, line))))

    def _lines(self, case: Case) -> list[Version]:
        return [v for v in case.all_current(LINE) if self.node in {v.attributes["from_node"], v.attributes["to_node"]}]

    def _followed(self, case: Case, line: Version) -> Iterator[Write]:
        told = story.chapters(case, LINE, [line.feature_id])
        begin, end = (line.attributes[name] == self.node for name in ("from_node", "to_node"))
        drawn = course.drawn(line.geometry, self.place if begin else None, self.place if end else None)
        for chapter in told:
            yield Write(LINE, line.feature_id, chapter.period, drawn, chapter.versions[0].attributes)


def node_at(case: Case, end: End, place: Point, line: Mapping[str, Any], new: int) -> Version | Write:
    """Return the node at which a line ends: the one named, else one of its network at the place, else a new one.

    Args:
        case: with the nodes about the place.
        end: what the act says.
        place: where the line ends.
        line: what is said of the line: a new node is of its network, status and operator.
        new: id of a new node within the act.

    Raises:
        BadRequest: the node named is not in force on the legal date.
        OffNode: it is too far from the place.
    """
    if end.node is not None:
        named = case.current(NODE, end.node)
        if named is None:
            raise missing(NODE, end.node, case.act.valid_from)
        _require_near(named.geometry, place, end.node)
        return named
    tolerance = case.profile.tolerances.linear
    there = [
        v
        for v in case.all_current(NODE)
        if v.attributes["utility_network_type"] == line["utility_network_type"]
        and v.geometry.distance(place) <= tolerance
    ]
    return (
        min(there, key=lambda v: (v.geometry.distance(place), v.feature_id))
        if there
        else _made(case, end, place, line, new)
    )


def _made(case: Case, end: End, place: Point, line: Mapping[str, Any], new: int) -> Write:
    taken = {f.name: line[f.name] for f in NETWORK_NODE.fields if line.get(f.name) is not None}
    taken |= {"node_kind": end.kind, "lets_through": taken.get("lets_through", True) if end.kind in OPERABLE else None}
    said = complete(NETWORK_NODE, {**taken, "designation": None, "external_reference": None})
    return Write(NODE, new, case.act.period, place, said)


def _laid(attributes: Attributes) -> dict[str, Any]:
    usual = {"current_status": "functional", "flow_direction": "bothDirections"}
    return complete(NETWORK_LINE, {**usual, **attributes})


def _require_near(place: Any, drawn: Point, feature: int) -> None:
    distance = place.distance(drawn)
    if distance > SNAP:
        raise OffNode(_OFF.filled(feature=feature, distance=round(distance, 2), snap=SNAP), feature_id=feature)


_OFF = Text(
    kk="Сызылған нүкте {feature} нысанынан {distance} м қашық; {snap} м шегінде болуы тиіс.",
    ru="Нарисованная точка в {distance} м от объекта {feature}; должна быть в пределах {snap} м.",
    en="The point drawn is {distance} m from feature {feature}; it must be within {snap} m.",
)
_AT_END = Text(
    kk="{line} сызығының шетінде бөлетін ештеңе жоқ: бөлу орны сызықтың ішінде болуы тиіс.",
    ru="На конце линии {line} делить нечего: место раздела должно лежать внутри линии.",
    en="At the end of line {line} there is nothing to split: the place must lie inside the line.",
)
