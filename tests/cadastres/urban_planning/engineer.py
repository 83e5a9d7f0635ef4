"""An engineer's clerk at work in a register under test: lines, nodes and norms in few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import LineString, Point

from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE
from cadastres.urban_planning.network_upkeep import PlaceNode, SetClearance
from cadastres.urban_planning.network_verbs import End, LayLine
from gis.act import Command
from gis.database import connect
from gis.errors import RuleBroken
from gis.instant import Instant, Reading, read_head, settle
from gis.layer import Layer
from gis.record import Timeline, Version, at
from gis.recording import Recorded
from gis.rules import Violation
from gis.store import timelines
from tests.city import ORIGIN, City

LINE, NODE = NETWORK_LINE.name, NETWORK_NODE.name
NORM = "SP RK 3.01-101-2013"


def line(*points: tuple[float, float]) -> LineString:
    """Return a line through points in metres from the tests' origin."""
    x, y = ORIGIN
    return LineString([(x + east, y + north) for east, north in points])


def point(east: float, north: float) -> Point:
    """Return a point in metres from the tests' origin."""
    return Point(ORIGIN[0] + east, ORIGIN[1] + north)


@dataclass(frozen=True)
class Engineer:
    """Short cuts for the networks' verbs; every act is dated by the day given."""

    city: City

    def perform(self, command: Command, day: str = "2020-01-01") -> Recorded:
        """Record an act."""
        return self.city.register.perform(command, self.city.act(day))

    def broken(self, command: Command, day: str = "2020-01-01") -> dict[str, Violation]:
        """Return the violations by which an act is refused, by rule; empty when it is recorded."""
        try:
            self.perform(command, day)
        except RuleBroken as refused:
            return {v.rule: v for v in refused.data["violations"]}
        return {}

    def warned(self, command: Command, day: str = "2020-01-01") -> dict[str, Violation]:
        """Return what the rules say of an act without forbidding it, by rule; nothing is written."""
        found = self.city.register.may(command, self.city.act(day))
        return {v.rule: v for v in found if v.severity == "warning"}

    def node(self, east: float, north: float, kind: str = "junction", network: str = "water", **said: Any) -> int:
        """Place a node."""
        command = PlaceNode(network=network, kind=kind, place=point(east, north), attributes=said)
        return self.perform(command, "2015-01-01").features[-1]

    def lay(
        self, *points: tuple[float, float], network: str = "water", day: str = "2016-01-01", **said: Any
    ) -> Recorded:
        """Lay a line through points."""
        return self.perform(laying(*points, network=network, **said), day)

    def between(self, begin: int, end: int, network: str = "water", day: str = "2016-01-01", **said: Any) -> int:
        """Lay a straight line from node to node."""
        ends = [self.now(NETWORK_NODE, node, day).geometry for node in (begin, end)]
        course = LineString([(p.x, p.y) for p in ends if isinstance(p, Point)])
        command = LayLine(network=network, geometry=course, begin=End(node=begin), end=End(node=end), attributes=said)
        return self.perform(command, day).features[-1]

    def norm(
        self,
        *networks: str,
        horizontal: float | None = None,
        vertical: float | None = None,
        day: str = "2010-01-01",
        confirmed: bool = True,
    ) -> int:
        """Set how near two networks may come."""
        one, other = networks
        command = SetClearance(
            networks=(one, other), horizontal=horizontal, vertical=vertical, basis=NORM, confirmed=confirmed
        )
        return self.perform(command, day).features.get(-1, 0)

    def timeline(self, layer: Layer, feature: int) -> Timeline:
        """Return a feature's live versions."""
        with connect(self.city.register.database.reader) as connection:
            return timelines(connection, layer, [feature])[feature]

    def now(self, layer: Layer, feature: int, day: str = "2030-01-01") -> Version:
        """Return a feature's version on a day."""
        version = at(self.timeline(layer, feature), self.city.act(day).valid_from)
        assert version is not None
        return version

    def said(self, layer: Layer, feature: int, day: str = "2030-01-01") -> Mapping[str, Any]:
        """Return what is said of a feature on a day; nothing when it is not in force."""
        version = self.now(layer, feature, day)
        return {} if version.abolished else version.attributes

    def reading(self, day: str = "2030-01-01") -> Reading:
        """Return the reading of a day as the register knows it now."""
        with connect(self.city.register.database.reader) as connection:
            return settle(Instant(self.city.act(day).valid_from), read_head(connection))


def laying(*points: tuple[float, float], network: str = "water", **said: Any) -> LayLine:
    """Return the command that lays a line through points."""
    return LayLine(network=network, geometry=line(*points), attributes=said)
