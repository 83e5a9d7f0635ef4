"""What a registrar does with buildings: register, number, change, demolish.

A building is registered on the parcel below it and gets its number there (:mod:`cadastres.real_estate.number`). The
register gives ``parcel_number``, ``building_number`` and ``designation``; an act says the rest.

Geometries are footprints in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

import shapely
from shapely import MultiPolygon

from cadastres.land import partition, story
from cadastres.land.model import PARCEL
from cadastres.land.verbs import complete
from cadastres.real_estate import number, object_guards, renumbering
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.remaining import live, remaining
from gis.act import Case, Needs, Outcome, missing
from gis.profile import CityProfile
from gis.record import Version, Write

Attributes = Mapping[str, Any]

GIVEN: Final = ("parcel_number", "building_number", "designation")
"""Fields that the register itself gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterBuilding:
    """Register a building on its parcel; the register issues its number.

    Attributes:
        footprint: its outline on the ground.
        letter: литер; none leaves the number without one.
    """

    footprint: MultiPolygon
    letter: str = ""
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "real_estate.building.register"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the parcels below."""
        return Needs(areas=((PARCEL.name, self.footprint),))

    def further(self, case: Case) -> Needs:
        """Return the numbers issued on these parcels."""
        return Needs(numbers=renumbering.series(case))

    def decide(self, case: Case) -> Outcome:
        """Return the new building.

        Raises:
            RuleBroken: it does not stand on registered parcels.
            InvalidLetter: the letter is none.
        """
        said = {**complete(BUILDING, {"condition_of_construction": "functional"}), **_own(self.attributes)}
        write = Write(BUILDING.name, -1, case.act.period, self.footprint, said)
        require_on_land(case, write)
        return Outcome(renumbering.along(case, numbered(case, write, self.letter)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberBuilding:
    """Give a number to a building that has none, one drawn from a map, say.

    Attributes:
        building: its feature id.
        letter: литер; none leaves the number without one.
    """

    building: int
    letter: str = ""
    verb: ClassVar[str] = "real_estate.building.number"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the building."""
        return Needs(features={BUILDING.name: frozenset({self.building})})

    def further(self, case: Case) -> Needs:
        """Return the parcels below and the numbers issued on them."""
        return below(case, self.building)

    def decide(self, case: Case) -> Outcome:
        """Return the building with its number.

        Raises:
            RuleBroken: it has a number, or it does not stand on registered parcels.
        """
        first, *later = pieces_of(case, BUILDING.name, self.building)
        if first.attributes["building_number"] is not None:
            raise object_guards.refusal(
                object_guards.NUMBERED_ONCE, self.building, str(first.attributes["building_number"])
            )
        write = _as_write(first, first.attributes)
        require_on_land(case, write)
        named = numbered(case, write, self.letter)
        given = {name: named.attributes[name] for name in GIVEN}
        return Outcome((named, *(_as_write(v, {**v.attributes, **given}) for v in later)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBuilding:
    """Change what is on record of a building: after a survey, a reconstruction, an extension.

    Attributes:
        building: its feature id.
        footprint: its new outline; none leaves it.
        attributes: what changes; later states on record keep what they say of the rest.
    """

    building: int
    footprint: MultiPolygon | None = None
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "real_estate.building.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the building, and the parcels below its new outline."""
        areas = () if self.footprint is None else ((PARCEL.name, self.footprint),)
        return Needs(features={BUILDING.name: frozenset({self.building})}, areas=areas)

    def further(self, case: Case) -> Needs:
        """Return the numbers issued on the parcels below."""
        return Needs() if self.footprint is None else Needs(numbers=renumbering.series(case))

    def decide(self, case: Case) -> Outcome:
        """Return the building as it becomes.

        Raises:
            BadRequest: it is not in force on the legal date.
            RuleBroken: its new outline leaves the registered parcels.
            LaterChange: its outline changes, or it ends, after the legal date.
        """
        changed = _own(self.attributes)
        if self.footprint is None:
            pieces = pieces_of(case, BUILDING.name, self.building)
            return Outcome(tuple(_as_write(v, {**v.attributes, **changed}) for v in pieces))
        told = story.chapters(case, BUILDING.name, [self.building])
        writes = [_drawn(c.versions[0], c, self.footprint, changed) for c in told]
        require_on_land(case, writes[0])
        return Outcome(tuple(w for write in writes for w in renumbering.along(case, write)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DemolishBuilding:
    """End a demolished building; its units and addresses end with it if no right is left on them."""

    building: int
    verb: ClassVar[str] = "real_estate.building.demolish"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the building and what lies in it."""
        return Needs(
            features={BUILDING.name: frozenset({self.building})},
            related=((PREMISES.name, "building_id", self.building),),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the building's end.

        Raises:
            RuleBroken: premises are registered in it, each named; or, by the follower, rights live on its unit.
            LaterChange: its outline changes, or it ends, after the legal date.
        """
        inside = {
            i: timeline
            for i, timeline in case.timelines.get(PREMISES.name, {}).items()
            if _in(case, timeline, self.building)
        }
        if inside:
            numbers = {i: str(timeline[-1].attributes["premises_number"]) for i, timeline in sorted(inside.items())}
            raise object_guards.refusal_of(object_guards.EMPTY_FIRST, self.building, numbers)
        told = story.chapters(case, BUILDING.name, [self.building])
        last = told[0].versions[0]
        said = {**last.attributes, "condition_of_construction": "demolished"}
        return Outcome((Write(BUILDING.name, self.building, case.act.period, last.geometry, said, abolished=True),))


def _in(case: Case, timeline: Sequence[Version], building: int) -> bool:
    pieces = live(remaining(timeline, case.act.valid_from))
    return any(piece.attributes["building_id"] == building for piece in pieces)


def below(case: Case, building: int) -> Needs:
    """Ask for the parcels under a building, and then for the numbers issued on them."""
    ground = shapely.union_all([v.geometry for v in case.timeline(BUILDING.name, building)])
    areas = () if ground.is_empty else ((PARCEL.name, ground),)
    return Needs(areas=areas, numbers=renumbering.series(case))


def pieces_of(case: Case, layer: str, feature: int) -> Sequence[Version]:
    """Return what a feature says from the legal date on, as far as it is in force.

    Raises:
        BadRequest: it is not in force on the legal date.
    """
    if case.current(layer, feature) is None:
        raise missing(layer, feature, case.act.valid_from)
    return live(remaining(case.timeline(layer, feature), case.act.valid_from))


def require_on_land(case: Case, write: Write) -> None:
    """Refuse a building that reaches beyond the parcels in force on the legal date (invariant 14)."""
    ground = shapely.union_all([parcel.geometry for parcel in case.all_current(PARCEL.name)])
    beyond = write.geometry.difference(ground)
    if not partition.is_thin(beyond, case.profile.tolerances.linear):
        raise object_guards.off_land(write.feature_id, beyond)


def numbered(case: Case, write: Write, letter: str) -> Write:
    """Return a building's write with the next number on its parcel, and its letter."""
    parcel = renumbering.number_below(case, write)
    if parcel is None:
        raise object_guards.off_land(write.feature_id, write.geometry)
    issued = case.issued.get((BUILDING.name, "building_number", f"{parcel}:"), ())
    mark = number.letter(letter)
    given = {
        "parcel_number": parcel,
        "building_number": number.next_building(parcel, issued, mark),
        "designation": mark or None,
    }
    return replace(write, attributes={**write.attributes, **given})


def _own(attributes: Attributes) -> dict[str, Any]:
    """Return what an act may say of a building, without what the register gives."""
    return {name: value for name, value in attributes.items() if name not in GIVEN}


def _as_write(piece: Version, said: Attributes) -> Write:
    return Write(BUILDING.name, piece.feature_id, piece.valid, piece.geometry, dict(said))


def _drawn(version: Version, chapter: story.Chapter, footprint: MultiPolygon, changed: Attributes) -> Write:
    said = {**version.attributes, **changed}
    return Write(BUILDING.name, version.feature_id, chapter.period, footprint, said)


def writes_of(layer: str, pieces: Sequence[Version], said: Attributes) -> Iterator[Write]:
    """Yield a feature's pieces with what an act says of it laid over each."""
    return (Write(layer, p.feature_id, p.valid, p.geometry, {**p.attributes, **said}) for p in pieces)
