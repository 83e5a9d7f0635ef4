"""What a registrar does with premises: form, change, split, merge, end them, draw their rooms.

Parts of a split and the child of a merge are new premises with new numbers; what is registered on the old ones goes
over to them by the follower of rights, or the act is refused. Premises have no geometry of their own; their rooms have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from shapely import Polygon

from cadastres.land.verbs import complete
from cadastres.real_estate import guards, number, object_guards
from cadastres.real_estate.model import BUILDING, PREMISES, ROOM
from cadastres.real_estate.remaining import begin, live, remaining
from cadastres.real_estate.verbs import pieces_of, writes_of
from gis.act import Case, Needs, Outcome, Succession
from gis.profile import CityProfile
from gis.record import Period, Version, Write

Attributes = Mapping[str, Any]

_GIVEN: Final = ("premises_number", "building_id")
_INHERITED: Final = ("floor", "current_use")
_SUMMED: Final = ("total_area", "living_area", "number_of_rooms")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPremises:
    """Form premises in a building; the register issues their number.

    Attributes:
        building: its feature id.
        attributes: what the act says of them; ``current_use`` is required.
    """

    building: int
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "real_estate.premises.form"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the building."""
        return Needs(features={BUILDING.name: frozenset({self.building})})

    def further(self, case: Case) -> Needs:
        """Return the numbers issued in it."""
        return Needs(numbers=_series(case, self.building))

    def decide(self, case: Case) -> Outcome:
        """Return the new premises.

        Raises:
            BadRequest: the building is not in force on the legal date.
            RuleBroken: it has no number.
        """
        return Outcome(tuple(_formed(case, self.building, [_own(self.attributes)])))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePremises:
    """Change what is on record of premises; later states on record keep what they say of the rest."""

    premises: int
    attributes: Attributes
    verb: ClassVar[str] = "real_estate.premises.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the premises."""
        return Needs(features={PREMISES.name: frozenset({self.premises})})

    def decide(self, case: Case) -> Outcome:
        """Return them as they become.

        Raises:
            BadRequest: they are not in force on the legal date.
        """
        pieces = pieces_of(case, PREMISES.name, self.premises)
        return Outcome(tuple(writes_of(PREMISES.name, pieces, _own(self.attributes))))


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPremises:
    """Split premises into several; their rooms end with them and are drawn anew.

    Attributes:
        premises: feature id.
        parts: what the act says of each part; floor and use are the old ones' unless said.
    """

    premises: int
    parts: tuple[Attributes, ...]
    verb: ClassVar[str] = "real_estate.premises.split"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the premises and their rooms."""
        return _needs([self.premises])

    def further(self, case: Case) -> Needs:
        """Return their building and the numbers issued in it."""
        return _further(case, [self.premises])

    def decide(self, case: Case) -> Outcome:
        """Return the old premises' end and the parts.

        Raises:
            RuleBroken: fewer than two parts.
        """
        if len(self.parts) < 2:
            raise object_guards.refusal(object_guards.SEVERAL, self.premises, str(len(self.parts)))
        old = _only(case, self.premises)
        said = [{**_inherited([old]), **_own(part)} for part in self.parts]
        return _succeed(case, "split", [old], said)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePremises:
    """Merge premises of one building into one; rooms go over to the new premises.

    Attributes:
        premises: feature ids, two or more.
        attributes: what the act says of the new ones; areas are added up unless said.
    """

    premises: tuple[int, ...]
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "real_estate.premises.merge"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the premises and their rooms."""
        return _needs(self.premises)

    def further(self, case: Case) -> Needs:
        """Return their building and the numbers issued in it."""
        return _further(case, self.premises)

    def decide(self, case: Case) -> Outcome:
        """Return the old premises' end and the new ones.

        Raises:
            RuleBroken: fewer than two, or they lie in several buildings.
        """
        old = [_only(case, i) for i in self.premises]
        if len(set(self.premises)) < 2 or len({v.attributes["building_id"] for v in old}) != 1:
            raise object_guards.refusal(object_guards.SEVERAL, self.premises[0] if self.premises else 0)
        said = {**_inherited(old), **_summed(old), **_own(self.attributes)}
        return _succeed(case, "merge", old, [said])


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPremises:
    """End premises without a successor; their rooms and addresses end with them, rights must be closed before."""

    premises: int
    verb: ClassVar[str] = "real_estate.premises.end"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the premises and their rooms."""
        return _needs([self.premises])

    def decide(self, case: Case) -> Outcome:
        """Return their end.

        Raises:
            BadRequest: they are not in force on the legal date.
        """
        old = pieces_of(case, PREMISES.name, self.premises)[0]
        return Outcome((_ended(case, PREMISES.name, [old]), *_rooms_ended(case, [self.premises])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One room of a floor plan: its outline in the city's system, its use, its designation, its area by survey (m²)."""

    outline: Polygon
    use: str
    designation: str | None = None
    area: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRooms:
    """Draw the rooms of premises; those drawn before end."""

    premises: int
    rooms: tuple[Room, ...]
    verb: ClassVar[str] = "real_estate.room.draw"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the premises and their rooms."""
        return _needs([self.premises])

    def decide(self, case: Case) -> Outcome:
        """Return the new rooms in place of the old.

        Raises:
            BadRequest: the premises are not in force on the legal date.
        """
        told = pieces_of(case, PREMISES.name, self.premises)
        period = Period(case.act.valid_from, told[-1].valid.end)
        drawn = (
            Write(ROOM.name, -1 - i, period, room.outline, _said_of_room(self.premises, room))
            for i, room in enumerate(self.rooms)
        )
        return Outcome((*_rooms_ended(case, [self.premises]), *drawn))


def _said_of_room(premises: int, room: Room) -> dict[str, Any]:
    return {"premises_id": premises, "designation": room.designation, "room_use": room.use, "area": room.area}


def _needs(premises: Sequence[int]) -> Needs:
    rooms = tuple((ROOM.name, "premises_id", i) for i in premises)
    return Needs(features={PREMISES.name: frozenset(premises)}, related=rooms)


def _further(case: Case, premises: Sequence[int]) -> Needs:
    versions = (case.current(PREMISES.name, i) for i in premises)
    buildings = sorted({v.attributes["building_id"] for v in versions if v is not None})
    numbers = tuple(key for building in buildings for key in _series(case, building))
    return Needs(features={BUILDING.name: frozenset(buildings)}, numbers=numbers)


def _series(case: Case, building: int) -> tuple[tuple[str, str, str], ...]:
    """Return the series of a building's premises, as :class:`gis.act.Needs` asks for it."""
    version = case.current(BUILDING.name, building)
    own = None if version is None else version.attributes["building_number"]
    return () if own is None else ((PREMISES.name, "premises_number", f"{own}:"),)


def _formed(case: Case, building: int, told: Sequence[Attributes]) -> list[Write]:
    """Return new premises of a building; where that is renumbered later, their numbers follow from then on."""
    home = pieces_of(case, BUILDING.name, building)
    own = home[0].attributes["building_number"]
    if own is None:
        raise object_guards.refusal(object_guards.BUILDING_NUMBERED, building)
    issued = list(case.issued.get(_series(case, building)[0], ()))
    writes: list[Write] = []
    for i, said in enumerate(told):
        issued.append(number.next_premises(own, issued))
        serial = number.parse_premises(issued[-1]).serial
        writes += [_in_time(-1 - i, building, said, serial, span) for span in _numbered_spans(home)]
    return writes


def _numbered_spans(home: Sequence[Version]) -> list[Version]:
    """Return the building's pieces, those that adjoin and bear one number as one."""
    found: list[Version] = []
    for piece in home:
        own = piece.attributes["building_number"]
        if found and found[-1].valid.end == piece.valid.start and found[-1].attributes["building_number"] == own:
            span = Period(found[-1].valid.start, piece.valid.end)
            found[-1] = Version(piece.feature_id, span, attributes=piece.attributes)
        else:
            found.append(piece)
    return found


def _in_time(feature: int, building: int, said: Attributes, serial: int, home: Version) -> Write:
    own = f"{home.attributes['building_number']}:{serial}"
    given = {**complete(PREMISES, said), "building_id": building, "premises_number": own}
    return Write(PREMISES.name, feature, home.valid, attributes=given)


def _succeed(case: Case, kind: str, old: Sequence[Version], said: Sequence[Attributes]) -> Outcome:
    parents = tuple(v.feature_id for v in old)
    born = _formed(case, old[0].attributes["building_id"], said)
    children = tuple(dict.fromkeys(write.feature_id for write in born))
    rooms = _rooms_ended(case, parents) if kind == "split" else _rooms_moved(case, parents, children[0])
    ends = [_ended(case, PREMISES.name, [v]) for v in old]
    return Outcome((*ends, *born, *rooms), (Succession(PREMISES.name, kind, parents, children),))


def _only(case: Case, premises: int) -> Version:
    """Return what premises say from the legal date on, if nothing but their number changes later.

    Raises:
        BadRequest: they are not in force on the legal date.
        LaterChange: they end or change afterwards; what their successors would say can't be guessed.
    """
    first = pieces_of(case, PREMISES.name, premises)[0]
    for piece in remaining(case.timeline(PREMISES.name, premises), case.act.valid_from):
        if piece.abolished or _besides_number(piece) != _besides_number(first):
            raise guards.later_change(case, PREMISES.name, piece)
    return first


def _besides_number(piece: Version) -> Attributes:
    return {name: value for name, value in piece.attributes.items() if name != "premises_number"}


def _ended(case: Case, layer: str, pieces: Sequence[Version]) -> Write:
    first, since = pieces[0], Period(begin(pieces, case.act.valid_from), None)
    return Write(layer, first.feature_id, since, first.geometry, first.attributes, abolished=True)


def _rooms(case: Case, premises: Sequence[int]) -> list[Sequence[Version]]:
    told = (live(remaining(timeline, case.act.valid_from)) for timeline in case.timelines.get(ROOM.name, {}).values())
    return [pieces for pieces in told if pieces and pieces[0].attributes["premises_id"] in premises]


def _rooms_ended(case: Case, premises: Sequence[int]) -> list[Write]:
    return [_ended(case, ROOM.name, pieces) for pieces in _rooms(case, premises)]


def _rooms_moved(case: Case, premises: Sequence[int], heir: int) -> list[Write]:
    return [write for pieces in _rooms(case, premises) for write in writes_of(ROOM.name, pieces, {"premises_id": heir})]


def _own(attributes: Attributes) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name not in _GIVEN}


def _inherited(old: Sequence[Version]) -> dict[str, Any]:
    """Return that in which all the old premises agree."""
    values = {name: [v.attributes[name] for v in old] for name in _INHERITED}
    return {name: told[0] for name, told in values.items() if all(value == told[0] for value in told)}


def _summed(old: Sequence[Version]) -> dict[str, Any]:
    told = {name: [v.attributes[name] for v in old] for name in _SUMMED}
    return {name: round(sum(values), 6) for name, values in told.items() if None not in values}
