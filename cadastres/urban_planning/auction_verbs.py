"""What a clerk does with land auctions: plan a lot, announce its auction, register bidders, take bids.

What comes of it stands in :mod:`cadastres.urban_planning.auction_award`. Bids are taken under the bidders' numbers; who
they are stands in the closed schema. Sums are whole tenge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from cadastres.land import story
from cadastres.land.model import PARCEL
from cadastres.land.verbs import complete
from cadastres.real_estate import standing
from cadastres.real_estate.rights_model import PARTY, UNIT_PART
from cadastres.real_estate.verbs import pieces_of, writes_of
from cadastres.urban_planning.auction_model import (
    ANNOUNCED,
    AUCTION,
    AUCTION_BID,
    AUCTION_LOT,
    AUCTION_PARTICIPANT,
    CANCELLED,
    PLANNED,
)
from cadastres.urban_planning.construction_verbs import steady
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import NOWHERE, Period, Version, Write
from gis.text import Text

Attributes = Mapping[str, Any]

GIVEN: Final = ("lot_number", "state", "parcel_id", "parcel_number")
"""Fields of a lot that the register gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLot:
    """Plan a lot over a free or reserved parcel; the register issues its number.

    Attributes:
        parcel: its feature id.
        attributes: the right offered, its term, prices, step, deposit, purpose.
        area: what of the parcel is offered; all of it without one.
    """

    parcel: int
    attributes: Attributes = field(default_factory=dict)
    area: MultiPolygon | None = None
    verb: ClassVar[str] = "urban_planning.auction-lot.plan"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the parcel, its units and its lots."""
        return Needs(
            features={PARCEL.name: frozenset({self.parcel})},
            related=((UNIT_PART.name, "object_id", self.parcel), (AUCTION_LOT.name, "parcel_id", self.parcel)),
        )

    def further(self, case: Case) -> Needs:
        """Return the rights on the parcel's units, and the numbers of lots issued on it."""
        rights = standing.estate(case, units_of(case, self.parcel))
        return Needs(features=rights.features, related=rights.related, numbers=self._series(case))

    def decide(self, case: Case) -> Outcome:
        """Return the lot.

        Raises:
            BadRequest: the parcel is not in force on the legal date.
        """
        parcel = story.current(case, PARCEL.name, [self.parcel])[0]
        said = {
            **complete(AUCTION_LOT, _own(self.attributes)),
            "lot_number": self._number(case),
            "state": PLANNED,
            "parcel_id": self.parcel,
            "parcel_number": parcel.attributes["cadastral_number"],
        }
        return Outcome((Write(AUCTION_LOT.name, -1, case.act.period, self.area or _whole(parcel.geometry), said),))

    def _series(self, case: Case) -> tuple[tuple[str, str, str], ...]:
        numbers = {str(v.attributes["cadastral_number"]) for v in case.timeline(PARCEL.name, self.parcel)}
        return tuple((AUCTION_LOT.name, "lot_number", f"{number}-") for number in sorted(numbers))

    def _number(self, case: Case) -> str:
        ((layer, name, prefix),) = self._series(case)
        issued = case.issued.get((layer, name, prefix), ())
        return f"{prefix}{int(issued[-1].removeprefix(prefix)) + 1 if issued else 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLot:
    """Change the terms of a planned lot; those of an announced one stand."""

    lot: int
    attributes: Attributes
    verb: ClassVar[str] = "urban_planning.auction-lot.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the lot."""
        return Needs(features={AUCTION_LOT.name: frozenset({self.lot})})

    def decide(self, case: Case) -> Outcome:
        """Return the lot with its new terms.

        Raises:
            BadRequest: it is not planned on the legal date.
        """
        pieces = in_state(case, AUCTION_LOT.name, self.lot, PLANNED)
        return Outcome(tuple(writes_of(AUCTION_LOT.name, pieces, _own(self.attributes))))


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawLot:
    """Take a planned lot back; its parcel is free for other acts."""

    lot: int
    verb: ClassVar[str] = "urban_planning.auction-lot.withdraw"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the lot."""
        return Needs(features={AUCTION_LOT.name: frozenset({self.lot})})

    def decide(self, case: Case) -> Outcome:
        """Return the lot, withdrawn.

        Raises:
            BadRequest: it is not in force on the legal date.
        """
        pieces = steady(case, AUCTION_LOT.name, self.lot)
        return Outcome(tuple(writes_of(AUCTION_LOT.name, pieces, {"state": CANCELLED, "parcel_id": None})))


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Announce the auction of a planned lot on the act's legal day.

    Attributes:
        lot: its feature id.
        kind: english or dutch.
        bids_deadline: until when bids are taken.
        held: when the winner is declared.
        place: where.
    """

    lot: int
    kind: str
    bids_deadline: datetime
    held: datetime
    place: str
    verb: ClassVar[str] = "urban_planning.auction.announce"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the lot and its auctions."""
        return Needs(features={AUCTION_LOT.name: frozenset({self.lot})}, related=((AUCTION.name, "lot_id", self.lot),))

    def decide(self, case: Case) -> Outcome:
        """Return the auction, and the lot, announced.

        Raises:
            BadRequest: the lot is not in force on the legal date.
        """
        said = {
            **complete(AUCTION, {}),
            "lot_id": self.lot,
            "kind": self.kind,
            "state": ANNOUNCED,
            "announced": case.profile.legal_day(case.act.valid_from),
            "bids_deadline": self.bids_deadline,
            "held": self.held,
            "place": self.place,
        }
        pieces = in_state(case, AUCTION_LOT.name, self.lot, PLANNED)
        auction = Write(AUCTION.name, -1, case.act.period, NOWHERE, said)
        return Outcome((auction, *writes_of(AUCTION_LOT.name, pieces, {"state": ANNOUNCED})))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParticipant:
    """Register a buyer for an auction under a number.

    Attributes:
        auction: its feature id.
        party: feature id of the buyer.
        bidder_number: under which the buyer bids; each stands once in an auction.
        deposit_paid: [KZT].
    """

    auction: int
    party: int
    bidder_number: int
    deposit_paid: int
    verb: ClassVar[str] = "urban_planning.auction.register-participant"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the auction, the buyer and the participants there are."""
        return Needs(
            features={AUCTION.name: frozenset({self.auction}), PARTY.name: frozenset({self.party})},
            related=((AUCTION_PARTICIPANT.name, "auction_id", self.auction),),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the participant.

        Raises:
            BadRequest: the auction is not in force on the legal date.
            RuleBroken: the buyer is not known.
        """
        pieces_of(case, AUCTION.name, self.auction)
        standing.require_party(case, self.party)
        said = {
            "auction_id": self.auction,
            "bidder_number": self.bidder_number,
            "party_id": self.party,
            "deposit_paid": self.deposit_paid,
        }
        return Outcome((Write(AUCTION_PARTICIPANT.name, -1, case.act.period, NOWHERE, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """Take a bid; it stands from the moment at which it was received.

    Attributes:
        auction: its feature id.
        bidder_number: who bids.
        amount: [KZT].
        received: when; on the act's legal day.
    """

    auction: int
    bidder_number: int
    amount: int
    received: datetime
    verb: ClassVar[str] = "urban_planning.auction.bid"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the auction and all bids in it; so bids wait for each other."""
        return Needs(
            features={AUCTION.name: frozenset({self.auction})},
            related=((AUCTION_BID.name, "auction_id", self.auction),),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the bid; whether it is high enough, in time and a bidder's, the rules say.

        Raises:
            BadRequest: it was received on another day than the act's, or the auction is not in force then.
        """
        pieces_of(case, AUCTION.name, self.auction)
        day, legal = (case.profile.legal_day(moment) for moment in (self.received, case.act.valid_from))
        if day != legal:
            raise BadRequest(_OTHER_DAY.filled(day=day, legal=legal), received=self.received.isoformat())
        said = {
            "auction_id": self.auction,
            "bidder_number": self.bidder_number,
            "amount": self.amount,
            "received": self.received,
        }
        return Outcome((Write(AUCTION_BID.name, -1, Period(self.received, None), NOWHERE, said),))


def in_state(case: Case, layer: str, feature_id: int, state: str) -> Sequence[Version]:
    """Return a feature's pieces from the legal date on, all in a state; or refuse."""
    pieces = steady(case, layer, feature_id)
    there = str(pieces[0].attributes["state"])
    if there != state:
        raise BadRequest(_STATE.filled(layer=layer, id=feature_id, state=there, right=state), state=there)
    return pieces


def units_of(case: Case, parcel: int) -> set[int]:
    """Return the units of which a parcel is a part on the legal date."""
    return {v.attributes["unit_id"] for v in case.related(UNIT_PART.name, "object_id", parcel)}


def _whole(geometry: BaseGeometry) -> MultiPolygon:
    return MultiPolygon([geometry]) if isinstance(geometry, Polygon) else MultiPolygon()


def _own(attributes: Attributes) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name not in GIVEN}


_STATE = Text(
    kk="{layer} қабатының {id} нысаны «{state}» күйінде; бұл әрекет «{right}» күйінде ғана жасалады.",
    ru="Объект {id} слоя {layer} в состоянии «{state}»; это действие возможно только в состоянии «{right}».",
    en="Feature {id} of {layer} is in the state '{state}'; this act is for the state '{right}' only.",
)
_OTHER_DAY = Text(
    kk="Ұсыныс {day} күні қабылданған, ал әрекет {legal} күнінен күшіне енеді; екеуі бір күн болуы тиіс.",
    ru="Предложение принято {day}, а действие вступает в силу {legal}; это должен быть один день.",
    en="The bid was received on {day}, but the act takes effect on {legal}; both must be one day.",
)
