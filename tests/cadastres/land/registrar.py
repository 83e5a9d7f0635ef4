"""A registrar at work in a register under test: quarters, parcels and acts in few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from cadastres.land.territories import FormQuarter, Release, Reserve, Zone, ZoneKind
from cadastres.land.verbs import AdjustBoundary, Archive, Form, Merge, Part, Split
from gis.act import Act, Command
from gis.database import connect
from gis.errors import RuleBroken
from gis.record import Timeline, at
from gis.recording import Recorded
from gis.rules import Violation
from gis.store import timelines
from tests.city import ORIGIN, City

QUARTER = "91001001"
PARCEL, ZONE, RESERVATION = "land.parcel", "land.zone", "land.reservation"
SIDE = 40.0


def box(west: float, south: float, east: float, north: float) -> Polygon:
    """Return a rectangle in metres from the tests' origin."""
    x, y = ORIGIN
    return shapely.box(x + west, y + south, x + east, y + north)


def line(*points: tuple[float, float]) -> LineString:
    """Return a line through points in metres from the tests' origin."""
    x, y = ORIGIN
    return LineString([(x + east, y + north) for east, north in points])


def many(*polygons: Polygon) -> MultiPolygon:
    """Return a MultiPolygon."""
    return MultiPolygon(polygons)


@dataclass(frozen=True)
class Registrar:
    """Short cuts for the land cadastre's verbs; every act is dated by the day given."""

    city: City

    def act(self, day: str) -> Act:
        """Return an act of a day."""
        return self.city.act(day)

    def perform(self, command: Command, day: str, expected: Mapping[int, int] | None = None) -> Recorded:
        """Record an act."""
        return self.city.register.perform(command, self.act(day), expected)

    def may(self, command: Command, day: str) -> list[Violation]:
        """Ask without writing."""
        return list(self.city.register.may(command, self.act(day)))

    def broken(self, command: Command, day: str) -> set[str]:
        """Return the ids of the rules by which an act is refused; empty when it is recorded."""
        try:
            self.perform(command, day)
        except RuleBroken as refused:
            return {v.rule for v in refused.data["violations"]}
        return set()

    def quarter(self, geometry: Polygon | None = None, day: str = "2015-01-01", code: str = QUARTER) -> int:
        """Form a quarter, of 400 by 400 metres unless told."""
        area = many(geometry or box(0, 0, 400, 400))
        return self.perform(FormQuarter(code=code, geometry=area), day).features[-1]

    def form(self, geometry: Polygon, day: str = "2016-01-01", **attributes: Any) -> int:
        """Form a parcel."""
        return self.perform(forming(geometry, **attributes), day).features[-1]

    def split(self, parcel: int, cut: BaseGeometry, day: str = "2018-01-01") -> list[int]:
        """Split a parcel along a line; return its children."""
        done = self.perform(Split(parcel=parcel, quarter=QUARTER, line=cut), day)
        return [done.features[i] for i in sorted(done.features, reverse=True)]

    def merge(self, *parcels: int, day: str = "2019-01-01", **attributes: Any) -> int:
        """Merge parcels; return the child."""
        return self.perform(Merge(parcels=parcels, quarter=QUARTER, attributes=attributes), day).features[-1]

    def adjust(self, areas: Mapping[int, Polygon], day: str = "2020-01-01") -> Recorded:
        """Move a boundary."""
        return self.perform(adjusting(areas), day)

    def archive(self, feature: int, day: str, layer: str = PARCEL) -> Recorded:
        """End a feature."""
        return self.perform(Archive(feature=feature, layer=layer), day)

    def reserve(self, *areas: Polygon, day: str = "2017-01-01") -> int:
        """Reserve land."""
        return self.perform(Reserve(geometry=many(*areas), attributes={"purpose": "road"}), day).features[-1]

    def release(self, reservation: int, day: str, area: BaseGeometry | None = None) -> Recorded:
        """Release reserved land."""
        return self.perform(Release(reservation=reservation, geometry=area), day)

    def zone(
        self, kind: ZoneKind, code: str, *areas: Polygon, day: str = "2017-01-01", parcels: bool = False
    ) -> Recorded:
        """Zone a territory."""
        return self.perform(Zone(kind=kind, code=code, geometry=many(*areas), parcels=parcels), day)

    def timeline(self, feature: int, layer: str = PARCEL) -> Timeline:
        """Return a feature's live versions."""
        with connect(self.city.register.database.reader) as connection:
            return timelines(connection, self.city.register.layers[layer], [feature])[feature]

    def area(self, feature: int, day: str, layer: str = PARCEL) -> BaseGeometry:
        """Return a feature's geometry on a day."""
        version = at(self.timeline(feature, layer), self.act(day).valid_from)
        assert version is not None
        assert not version.abolished
        return version.geometry

    def said(self, feature: int, day: str, layer: str = PARCEL) -> Mapping[str, Any]:
        """Return a feature's attributes on a day; empty when it is not in force."""
        version = at(self.timeline(feature, layer), self.act(day).valid_from)
        return {} if version is None or version.abolished else version.attributes


def forming(geometry: Polygon, quarter: str = QUARTER, **attributes: Any) -> Form:
    """Return the command that forms a parcel."""
    return Form(quarter=quarter, geometry=geometry, attributes=attributes)


def adjusting(areas: Mapping[int, Polygon], *, allocation: bool = False) -> AdjustBoundary:
    """Return the command that moves a boundary."""
    return AdjustBoundary(parcels={i: Part(geometry=area) for i, area in areas.items()}, allocation=allocation)
