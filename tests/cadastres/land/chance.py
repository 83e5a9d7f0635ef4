"""A registrar who does whatever comes to mind, for tests that ask whether the rules hold whatever is done."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import shapely
from shapely import LineString, Polygon

from cadastres.land import partition
from cadastres.land.verbs import AdjustBoundary, Merge, Part, Split
from gis.act import Command
from gis.database import connect
from gis.errors import BadRequest, Conflict, RuleBroken
from gis.record import Version, at
from gis.store import timelines
from tests.city import City

PARCEL = "land.parcel"
START = date(2015, 1, 1)
LAST = date(2025, 1, 1)


@dataclass
class Chance:
    """A registrar who does whatever comes to mind, in whatever order of dates.

    Attributes:
        features: ids of all parcels there ever were; what comes of an act is added.
        retroactive: share of the acts that are dated somewhere in the past.
        since: the earliest day for an act.
    """

    city: City
    dice: random.Random
    quarter: str
    features: list[int]
    retroactive: float = 0.3
    since: date = START
    today: date = START
    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def act(self) -> None:
        """Try one act, mostly dated after the last, sometimes long before."""
        day = self._day()
        live = self._live(day)
        make = self.dice.choice([self._split, self._split, self._merge, self._adjust])
        command = make(live)
        if command is None:
            return
        try:
            recorded = self.city.register.perform(command, self.city.act(day.isoformat()))
        except (RuleBroken, BadRequest, Conflict) as refusal:
            self.refused.append(f"{command.verb}: {refusal}")
            return
        self.features += recorded.features.values()
        self.done.append(command.verb)

    def _day(self) -> date:
        if self.dice.random() < self.retroactive:
            return self.since + timedelta(days=self.dice.randint(0, max(1, (self.today - self.since).days)))
        self.today = min(self.today + timedelta(days=self.dice.randint(1, 60)), LAST)
        return self.today

    def _live(self, day: date) -> dict[int, Version]:
        moment = self.city.profile.midnight(day)
        with connect(self.city.register.database.reader) as connection:
            found = timelines(connection, self.city.register.layers[PARCEL], self.features)
        there = {i: at(timeline, moment) for i, timeline in found.items()}
        return {i: v for i, v in there.items() if v is not None and not v.abolished}

    def _split(self, live: Mapping[int, Version]) -> Command | None:
        parcel = self.dice.choice(list(live))
        return Split(parcel=parcel, quarter=self.quarter, line=self._line(live[parcel]))

    def _line(self, parcel: Version) -> LineString:
        """Return a line through the parcel, from beyond one side to beyond another."""
        centre = parcel.geometry.representative_point()
        reach = parcel.geometry.length
        x, y = self.dice.uniform(-1, 1), self.dice.uniform(-1, 1)
        return LineString([(centre.x - reach * x, centre.y - reach * y), (centre.x + reach * x, centre.y + reach * y)])

    def _merge(self, live: Mapping[int, Version]) -> Command | None:
        pair = self._neighbours(live)
        return Merge(parcels=pair, quarter=self.quarter) if pair else None

    def _adjust(self, live: Mapping[int, Version]) -> Command | None:
        """Give a slice of one parcel to its neighbour."""
        pair = self._neighbours(live)
        if pair is None:
            return None
        taker, giver = (_area(live[i]) for i in pair)
        parts = partition.cut(giver, self._line(live[pair[1]]), 0.01)
        for slice_ in parts:
            grown = partition.joined([taker, slice_], 0.01)
            rest = shapely.union_all([part for part in parts if part is not slice_])
            if isinstance(grown, Polygon) and isinstance(rest, Polygon) and not rest.is_empty:
                return AdjustBoundary(parcels={pair[0]: Part(geometry=grown), pair[1]: Part(geometry=rest)})
        return None

    def _neighbours(self, live: Mapping[int, Version]) -> tuple[int, int] | None:
        one = self.dice.choice(list(live))
        beside = [
            i
            for i, v in live.items()
            if i != one and v.geometry.boundary.intersection(live[one].geometry.boundary).length > 1
        ]
        return (one, self.dice.choice(beside)) if beside else None


def _area(version: Version) -> Polygon:
    assert isinstance(version.geometry, Polygon)
    return version.geometry
