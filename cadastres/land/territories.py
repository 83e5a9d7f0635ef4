"""What a registrar does with territories that lie over parcels: quarters, zones, reservations.

Geometries are in the city's projected system, x east, y north, metres. A territory ends by
:class:`cadastres.land.verbs.Archive`; for a reservation that act is its release (:class:`Release`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from cadastres.land import number, partition, story
from cadastres.land.model import PARCEL, QUARTER, RESERVATION, ZONE
from cadastres.land.verbs import Attributes, complete, ended
from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Version, Write

ZoneKind = Literal["category", "permitted-use", "functional"]

SETS: Final[dict[str, str]] = {
    "category": "category",
    "permitted-use": "permitted_use",
    "functional": "functional_zone",
}
"""The field that a zone of each kind sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormQuarter:
    """Form an accounting quarter.

    Attributes:
        code: in any spelling.
        geometry: its area.
    """

    code: str
    geometry: MultiPolygon
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "land.quarter.form"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return nothing: the rules look at the neighbours."""
        return Needs()

    def decide(self, case: Case) -> Outcome:
        """Return the quarter.

        Raises:
            InvalidNumber: the code is no quarter's.
        """
        said = {**complete(QUARTER, self.attributes), "code": number.parse_quarter(self.code)}
        return Outcome((Write(QUARTER.name, -1, case.act.period, self.geometry, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Set a land category, a permitted use or a functional zone for a territory.

    Attributes:
        kind: what the zone sets.
        code: the category, use or functional zone, by the city's classifier.
        parcels: also give the category or use to every parcel that lies in the zone on the act's legal date.
    """

    kind: ZoneKind
    code: str
    geometry: MultiPolygon
    parcels: bool = False
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "land.zone.form"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the parcels in the zone, where they are to be changed."""
        return Needs(areas=((PARCEL.name, self.geometry),) if self._changes_parcels else ())

    def decide(self, case: Case) -> Outcome:
        """Return the zone, and the parcels with what it sets."""
        said = {**complete(ZONE, self.attributes), "kind": self.kind, SETS[self.kind]: self.code}
        zone = Write(ZONE.name, -1, case.act.period, self.geometry, said)
        return Outcome((zone, *(self._changed(case) if self._changes_parcels else ())))

    @property
    def _changes_parcels(self) -> bool:
        return self.parcels and self.kind != "functional"

    def _changed(self, case: Case) -> Iterator[Write]:
        """Yield the parcels in the zone with what it sets, for as long as the register knows them."""
        name = SETS[self.kind]
        widened = self.geometry.buffer(case.profile.tolerances.linear)
        for parcel in case.all_current(PARCEL.name):
            if widened.covers(parcel.geometry):
                for version in _from(case, parcel):
                    said = {**version.attributes, name: self.code}
                    yield Write(PARCEL.name, version.feature_id, version.valid, version.geometry, said)


def _from(case: Case, parcel: Version) -> Iterator[Version]:
    """Yield a feature's versions from the act's legal date on; the first one's part before it is left out."""
    for version in case.timeline(PARCEL.name, parcel.feature_id):
        period = version.valid.intersection(case.act.period)
        if period is not None and not version.abolished:
            yield Version(version.feature_id, period, version.geometry, version.attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Reserve land for the state's needs: no parcel is granted there before release.

    Attributes:
        attributes: ``purpose`` (needed), ``regulation``, ``until``.
    """

    geometry: MultiPolygon
    attributes: Attributes
    verb: ClassVar[str] = "land.reservation.reserve"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return nothing: land may be reserved whatever lies on it."""
        return Needs()

    def decide(self, case: Case) -> Outcome:
        """Return the reservation."""
        said = complete(RESERVATION, self.attributes)
        return Outcome((Write(RESERVATION.name, -1, case.act.period, self.geometry, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Release reserved land, whole or in part.

    Attributes:
        reservation: its feature id.
        geometry: what is released; all of it without one.
    """

    reservation: int
    geometry: BaseGeometry | None = None
    verb: ClassVar[str] = "land.reservation.release"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the reservation."""
        return Needs(features={RESERVATION.name: frozenset({self.reservation})})

    def decide(self, case: Case) -> Outcome:
        """Return the reservation's end, or what is left of it.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: it was changed or ended after the legal date.
        """
        told = story.chapters(case, RESERVATION.name, [self.reservation])
        left = self._left(told[0].versions[0], case.profile.tolerances.linear)
        if left.is_empty:
            return Outcome((ended(case, RESERVATION.name, told[0].versions[0]),))
        return Outcome(tuple(_shrunk(told, left)))

    def _left(self, version: Version, tolerance: float) -> MultiPolygon:
        if self.geometry is None:
            return MultiPolygon()
        rest = partition.polygons(version.geometry.difference(self.geometry))
        return MultiPolygon([part for part in rest if not partition.is_thin(part, tolerance)])


def _shrunk(told: Sequence[story.Chapter], left: MultiPolygon) -> Iterator[Write]:
    for chapter in told:
        version: Version = chapter.versions[0]
        said: dict[str, Any] = dict(version.attributes)
        yield Write(RESERVATION.name, version.feature_id, chapter.period, left, said)
