"""An environmental registrar at work in a register under test: banks, lines, works and acts in few words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely import LineString, MultiLineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from cadastres.environment.model import FACILITY, WATER_REACH
from cadastres.environment.verbs import Change, End, Enter
from cadastres.environment.zone_model import ZONE_PARAMETER
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE
from gis.act import Command
from gis.edit import Put
from gis.errors import RuleBroken
from gis.record import NOWHERE, Timeline, Version, Write, at
from gis.recording import Recorded
from gis.rules import Violation
from gis.store import related, timelines
from tests.city import ORIGIN, City

ZONE = "environment.water_protection_zone"
STRIP = "environment.water_protection_strip"
UTILITY = "environment.utility_zone"
SANITARY = "environment.sanitary_zone"


def line(*points: tuple[float, float]) -> LineString:
    """Return a line through points in metres from the tests' origin."""
    x, y = ORIGIN
    return LineString([(x + east, y + north) for east, north in points])


def bank(*points: tuple[float, float]) -> MultiLineString:
    """Return a bank through points in metres from the tests' origin."""
    return MultiLineString([line(*points)])


def area(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """Return a rectangle in metres from the tests' origin."""
    x, y = ORIGIN
    return MultiPolygon([shapely.box(x + west, y + south, x + east, y + north)])


@dataclass(frozen=True)
class Naturalist:
    """Short cuts for the environmental cadastre's verbs; every act is dated by the day given."""

    city: City

    def perform(self, command: Command, day: str) -> Recorded:
        """Record an act."""
        return self.city.register.perform(command, self.city.act(day))

    def broken(self, command: Command, day: str) -> set[str]:
        """Return the ids of the rules by which an act is refused; empty when it is recorded."""
        try:
            self.perform(command, day)
        except RuleBroken as refused:
            return {v.rule for v in refused.data["violations"]}
        return set()

    def warned(self, command: Command, day: str) -> list[Violation]:
        """Ask without writing."""
        return list(self.city.register.may(command, self.city.act(day)))

    def enter(self, layer: str, day: str, geometry: BaseGeometry = NOWHERE, **said: Any) -> int:
        """Enter a feature; return its id."""
        return self.perform(entering(layer, geometry, **said), day).features[-1]

    def row(self, kind: str, width: float, day: str = "2010-01-01", class_key: str = "any", **said: Any) -> int:
        """Enter a parameter row."""
        until = said.pop("until", None)
        attributes = {"zone_kind": kind, "class_key": class_key, "width": width, "confirmed": True, **said}
        end = None if until is None else self.day(until)
        command = Enter(layer=ZONE_PARAMETER.name, attributes=attributes, until=end)
        return self.perform(command, day).features[-1]

    def change(self, layer: str, feature: int, day: str, geometry: BaseGeometry | None = None, **said: Any) -> Recorded:
        """Change a feature from a day on."""
        return self.perform(Change(layer=layer, feature=feature, geometry=geometry, attributes=said), day)

    def end(self, layer: str, feature: int, day: str) -> Recorded:
        """End a feature."""
        return self.perform(End(layer=layer, feature=feature), day)

    def reach(self, geometry: MultiLineString, day: str = "2015-01-01", **said: Any) -> int:
        """Enter a reach of a river's bank."""
        attributes = {"water_class": "river", "measured_from": "shoreline", **said}
        return self.enter(WATER_REACH.name, day, geometry, **attributes)

    def works(self, geometry: MultiPolygon, hazard_class: str, day: str = "2015-01-01", **said: Any) -> int:
        """Enter works."""
        return self.enter(FACILITY.name, day, geometry, hazard_class=hazard_class, **said)

    def wire(self, geometry: LineString, day: str = "2015-01-01", voltage: float = 10_000.0, **said: Any) -> int:
        """Lay a power line with its nodes; return the line's id."""
        period = self.city.act(day).period
        functional = {"utility_network_type": "electricity", "current_status": "functional"}
        ends = [shapely.Point(geometry.coords[0]), shapely.Point(geometry.coords[-1])]
        nodes = [
            Write(NETWORK_NODE.name, -2 - i, period, end, {**functional, "node_kind": kind})
            for i, (end, kind) in enumerate(zip(ends, ("source", "consumer"), strict=True))
        ]
        attributes = {
            **functional,
            "from_node": -2,
            "to_node": -3,
            "flow_direction": "inDirection",
            "voltage": voltage,
            **said,
        }
        put = Put((*nodes, Write(NETWORK_LINE.name, -1, period, geometry, attributes)))
        return self.perform(put, day).features[-1]

    def rewire(self, wire: int, day: str, geometry: LineString | None = None, **said: Any) -> Recorded:
        """Change a power line from a day on."""
        return self.perform(Change(layer=NETWORK_LINE.name, feature=wire, geometry=geometry, attributes=said), day)

    def timeline(self, layer: str, feature: int) -> Timeline:
        """Return a feature's live versions."""
        with self.city.register.reading() as connection:
            return timelines(connection, self.city.register.layers[layer], [feature])[feature]

    def zones(self, layer: str, source: int) -> dict[int, Timeline]:
        """Return the zones around a source."""
        with self.city.register.reading() as connection:
            return related(connection, self.city.register.layers[layer], "source_id", [source])

    def zone(self, layer: str, source: int, day: str) -> Version | None:
        """Return the zone around a source on a day."""
        found = [at(t, self.day(day)) for t in self.zones(layer, source).values()]
        live = [v for v in found if v is not None and not v.abolished]
        assert len(live) <= 1
        return live[0] if live else None

    def width(self, layer: str, source: int, day: str) -> float | None:
        """Return the width of the zone around a source on a day."""
        zone = self.zone(layer, source, day)
        return None if zone is None else zone.attributes["width"]

    def day(self, day: str) -> datetime:
        """Return a day's midnight in the city."""
        return self.city.act(day).valid_from


def entering(layer: str, geometry: BaseGeometry = NOWHERE, **said: Any) -> Enter:
    """Return the command that enters a feature."""
    return Enter(layer=layer, geometry=geometry, attributes=said)
