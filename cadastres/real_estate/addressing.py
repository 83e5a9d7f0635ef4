"""Addresses given to parcels, buildings and premises, and taken away from them."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from cadastres.address.model import ADDRESS
from cadastres.real_estate import object_guards
from cadastres.real_estate.estates import OBJECTS
from cadastres.real_estate.model import ADDRESSING
from cadastres.real_estate.remaining import live, remaining
from cadastres.real_estate.verbs import pieces_of, writes_of
from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Period, Timeline, Write

ObjectKind = Literal["parcel", "building", "premises"]
_LAYERS = {kind: layer for layer, (kind, _) in OBJECTS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAddress:
    """Give an address to an object.

    Attributes:
        address: feature id of the address.
        object_id: feature id of the parcel, the building or the premises.
        kind: which of these it is.
        primary: whether it is the object's main address from now on; the one that was becomes a further one.
    """

    address: int
    object_id: int
    kind: ObjectKind
    primary: bool = True
    verb: ClassVar[str] = "real_estate.addressing.give"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the address, the object, and the addresses that it has."""
        return Needs(
            features={ADDRESS.name: frozenset({self.address}), _LAYERS[self.kind]: frozenset({self.object_id})},
            related=((ADDRESSING.name, "object_id", self.object_id),),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the new entry, and the former primary address as a further one.

        Raises:
            BadRequest: the address or the object is not in force on the legal date.
            RuleBroken: the object has this address already.
        """
        pieces_of(case, ADDRESS.name, self.address)
        pieces_of(case, _LAYERS[self.kind], self.object_id)
        entries = given(case, self.object_id)
        if any(pieces[0].attributes["address_id"] == self.address for pieces in entries.values()):
            raise object_guards.refusal(object_guards.NOT_GIVEN_TWICE, self.object_id)
        said = {
            "address_id": self.address,
            "object_id": self.object_id,
            "object_kind": self.kind,
            "is_primary": self.primary,
        }
        former = [write for pieces in entries.values() for write in _demoted(pieces)] if self.primary else []
        return Outcome((*former, Write(ADDRESSING.name, -1, case.act.period, attributes=said)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAddress:
    """Take an address away from an object.

    Attributes:
        address: feature id of the address.
        object_id: feature id of the object.
    """

    address: int
    object_id: int
    verb: ClassVar[str] = "real_estate.addressing.take"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the addresses that the object has."""
        return Needs(related=((ADDRESSING.name, "object_id", self.object_id),))

    def decide(self, case: Case) -> Outcome:
        """Return the entry's end.

        Raises:
            RuleBroken: the object does not have this address on the legal date.
        """
        for feature_id, pieces in given(case, self.object_id).items():
            first = pieces[0]
            if first.attributes["address_id"] == self.address and first.valid.contains(case.act.valid_from):
                period = Period(case.act.valid_from, None)
                return Outcome(
                    (Write(ADDRESSING.name, feature_id, period, attributes=first.attributes, abolished=True),)
                )
        raise object_guards.refusal(object_guards.GIVEN_BEFORE, self.object_id)


def given(case: Case, object_id: int) -> dict[int, Timeline]:
    """Return the addresses that an object has at some moment from the legal date on."""
    loaded = sorted(case.timelines.get(ADDRESSING.name, {}).items())
    told = ((i, live(remaining(timeline, case.act.valid_from))) for i, timeline in loaded)
    return {i: pieces for i, pieces in told if pieces and pieces[0].attributes["object_id"] == object_id}


def _demoted(pieces: Timeline) -> list[Write]:
    primary = [piece for piece in pieces if piece.attributes["is_primary"]]
    return list(writes_of(ADDRESSING.name, primary, {"is_primary": False}))
