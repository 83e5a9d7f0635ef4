"""The office of the demo city's registrars: made-up acts through the register's verbs, and what the acts look up."""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from psycopg import Connection, sql
from shapely.geometry.base import BaseGeometry

from cadastres.address.model import ADDRESS, STREET
from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING
from cadastres.real_estate.rights_model import RIGHT
from gis import store
from gis.act import Act, Command, Source
from gis.instant import Instant, read_head, settle, versions_at
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Version, at
from gis.recording import Recorded
from gis.register import Register

AKIMAT: Final = "akimat-decision"
CONTRACT: Final = "contract"
COURT: Final = "court-decision"
STATEMENT: Final = "application"
SURVEY: Final = "survey"
SALE: Final = "sale-contract"
CORRECTION: Final = "correction"
PLEDGE_CONTRACT: Final = "pledge-contract"
INHERITANCE: Final = "inheritance-certificate"


@dataclass(frozen=True, slots=True)
class Deed:
    """One made-up act.

    Attributes:
        day: of legal force of its source (ISO 8601).
        since: from when it is so in law, where that is not the same day.
    """

    day: str
    command: Command
    reason: str
    kind: str = CONTRACT
    since: str | None = None


Tale = Generator[Deed, Recorded, None]
"""What happens to one thing over the years: yields deeds, and is told what each made."""


def sample_act(profile: CityProfile, serial: int, deed: Deed) -> Act:
    """Return a deed as an act, whose source is ``SAMPLE-`` and a serial."""
    day = date.fromisoformat(deed.day)
    source = Source(
        kind=deed.kind,
        number=f"SAMPLE-{serial:03d}",
        acceptance=day,
        submission=day + timedelta(days=3),
        recordation=day + timedelta(days=10),
    )
    return Act(
        actor="sample-registrar",
        role="registrar",
        reason=f"{deed.reason} (sample act)",
        source=source,
        valid_from=profile.midnight(date.fromisoformat(deed.since) if deed.since else day),
    )


def in_force(connection: Connection, layer: Layer, instant: Instant) -> Mapping[int, Version]:
    """Return a layer's features in force at a moment, in order of their ids."""
    reading = settle(instant, read_head(connection))
    statement = sql.SQL("SELECT v.feature_id FROM {}").format(versions_at(layer, reading))
    ids = [row[0] for row in connection.execute(statement, reading.parameters)]
    timelines = store.timelines(connection, layer, ids)
    found = ((i, at(timeline, reading.valid)) for i, timeline in sorted(timelines.items()))
    return {i: version for i, version in found if version is not None}


@dataclass
class Office:
    """The registrars at work.

    Attributes:
        connection: the public login's, to look things up.
        serial: of the last act.
    """

    register: Register
    connection: Connection
    serial: int

    def perform(self, deed: Deed) -> Recorded:
        """Record a deed."""
        self.serial += 1
        return self.register.perform(deed.command, sample_act(self.register.profile, self.serial, deed))

    def one(self, deed: Deed) -> int:
        """Record a deed and return the id of its first new feature."""
        return self.perform(deed).features[-1]

    def tell(self, tales: Iterable[Tale]) -> None:
        """Record the deeds of several tales, interwoven in the order of their days."""
        told = [(next(tale), i, tale) for i, tale in enumerate(tales)]
        while told:
            deed, i, tale = min(told, key=lambda each: (each[0].day, each[1]))
            told.remove((deed, i, tale))
            try:
                told.append((tale.send(self.perform(deed)), i, tale))
            except StopIteration:
                continue

    def rights(self, done: Recorded) -> list[int]:
        """Return the ids of the rights that a deed made, in the order in which it says them."""
        made = store.timelines(self.connection, RIGHT, list(done.features.values()))
        return [i for _, i in sorted(done.features.items(), reverse=True) if i in made]

    @cached_property
    def streets(self) -> Mapping[str, int]:
        """Ids of the map's streets by the name on the plate."""
        found = in_force(self.connection, STREET, Instant())
        return {str(v.attributes["name"]): i for i, v in found.items() if v.attributes["name"]}

    def address(self, street: str, house: str) -> Version:
        """Return the map's address of a house."""
        return next(
            v
            for v in self._addresses.values()
            if (v.attributes["thoroughfare_name"], v.attributes["locator_designator"]) == (street, house)
        )

    def parcel_at(self, place: Version) -> Version:
        """Return the parcel on which a point lies."""
        return next(v for v in self._parcels.values() if v.geometry.covers(place.geometry))

    def building_on(self, parcel: Version) -> Version:
        """Return the largest building of a parcel."""
        number = parcel.attributes["cadastral_number"]
        standing = [v for v in self._buildings.values() if v.attributes["parcel_number"] == number]
        return max(standing, key=lambda v: v.geometry.area)

    @cached_property
    def walls(self) -> list[BaseGeometry]:
        """Footprints of all buildings."""
        return [v.geometry for v in self._buildings.values()]

    @cached_property
    def _addresses(self) -> Mapping[int, Version]:
        return in_force(self.connection, ADDRESS, Instant())

    @cached_property
    def _parcels(self) -> Mapping[int, Version]:
        return in_force(self.connection, PARCEL, Instant())

    @cached_property
    def _buildings(self) -> Mapping[int, Version]:
        return in_force(self.connection, BUILDING, Instant())
