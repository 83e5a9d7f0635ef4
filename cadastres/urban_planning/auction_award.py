"""What comes of an auction: the highest bid wins, the contract is entered, or it is called off.

The contract registers the winner's right by the real-estate cadastre's own verbs, in the same changeset.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from cadastres.land.model import PARCEL
from cadastres.real_estate import standing
from cadastres.real_estate.granting import NewRight
from cadastres.real_estate.rights_model import PARTY, RIGHT, UNIT_PART
from cadastres.real_estate.rights_verbs import RegisterRight
from cadastres.real_estate.units import FormUnit, UnitObject
from cadastres.real_estate.verbs import writes_of
from cadastres.urban_planning.auction_model import (
    ANNOUNCED,
    AUCTION,
    AUCTION_BID,
    AUCTION_LOT,
    AUCTION_PARTICIPANT,
    AWARDED,
    CANCELLED,
    CONCLUDED,
    LEASE,
    OWNERSHIP,
    PLANNED,
    SOLD,
    VOID,
)
from cadastres.urban_planning.auction_verbs import in_state, units_of
from cadastres.urban_planning.construction_verbs import steady
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Period, Version, Write
from gis.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Declare the highest bid the winner; where there is no bid, the auction is void and its lot planned again.

    It takes effect no earlier than the auction is held.
    """

    auction: int
    verb: ClassVar[str] = "urban_planning.auction.award"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the auction and its bids."""
        return Needs(
            features={AUCTION.name: frozenset({self.auction})},
            related=((AUCTION_BID.name, "auction_id", self.auction),),
        )

    def further(self, case: Case) -> Needs:
        """Return the lot."""
        return _lots(case, self.auction)

    def decide(self, case: Case) -> Outcome:
        """Return the auction with its winner, or void.

        Raises:
            BadRequest: it is not announced on the legal date, or the legal day is before the auction's.
        """
        pieces = in_state(case, AUCTION.name, self.auction, ANNOUNCED)
        held: datetime = pieces[0].attributes["held"]
        if case.profile.legal_day(held) > case.profile.legal_day(case.act.valid_from):
            raise BadRequest(_NOT_HELD.filled(held=case.profile.legal_day(held)), held=held.isoformat())
        bids = _bids(case, self.auction)
        if not bids:
            return Outcome((*_ended(case, pieces, VOID), *_planned_again(case, pieces[0])))
        top = max(bids, key=lambda bid: int(bid.attributes["amount"])).attributes
        said = {
            "state": AWARDED,
            "winning_bidder": top["bidder_number"],
            "winning_price": top["amount"],
        }
        return Outcome(tuple(_from(writes_of(AUCTION.name, pieces, said), held)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOff:
    """Cancel an announced auction, or declare one void whose winner does not conclude; the lot is planned again.

    Attributes:
        void: the latter.
    """

    auction: int
    void: bool = False

    @property
    def verb(self) -> str:
        """Return the verb of either."""
        return f"urban_planning.auction.{'declare-void' if self.void else 'cancel'}"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the auction."""
        return Needs(features={AUCTION.name: frozenset({self.auction})})

    def further(self, case: Case) -> Needs:
        """Return the lot."""
        return _lots(case, self.auction)

    def decide(self, case: Case) -> Outcome:
        """Return the auction, ended, and the lot, planned.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: its state changes by a later act.
        """
        pieces = steady(case, AUCTION.name, self.auction)
        return Outcome((*_ended(case, pieces, VOID if self.void else CANCELLED), *_planned_again(case, pieces[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclude:
    """Enter the contract with the winner: the right that the lot offers is registered as his, the lot is sold.

    A parcel that is part of no unit becomes one; the State's ownership ends where ownership is sold.
    """

    auction: int
    verb: ClassVar[str] = "urban_planning.auction.conclude"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the auction and its participants."""
        return Needs(
            features={AUCTION.name: frozenset({self.auction})},
            related=((AUCTION_PARTICIPANT.name, "auction_id", self.auction),),
        )

    def further(self, case: Case) -> Needs:
        """Return the lot, its parcel with its units and all rights on them, and the winner."""
        lots = _lots(case, self.auction)
        parcels = sorted(_parcels(case, lots.features[AUCTION_LOT.name]))
        units = {unit for parcel in parcels for unit in units_of(case, parcel)}
        rights = standing.estate(case, units)
        winner = _winner(case, self.auction)
        return Needs(
            features={
                **rights.features,
                **lots.features,
                PARCEL.name: frozenset(parcels),
                PARTY.name: frozenset() if winner is None else frozenset({winner}),
            },
            related=(*rights.related, *((UNIT_PART.name, "object_id", parcel) for parcel in parcels)),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the right, the auction, concluded, and the lot, sold.

        Raises:
            BadRequest: the auction is not awarded on the legal date.
            RuleBroken: the right can't be granted; by the rules, the land is still reserved.
        """
        pieces = in_state(case, AUCTION.name, self.auction, AWARDED)
        lot = in_state(case, AUCTION_LOT.name, pieces[0].attributes["lot_id"], ANNOUNCED)
        granted = _granted(case, lot[0], _winner(case, self.auction) or 0)
        ends = (
            *writes_of(AUCTION.name, pieces, {"state": CONCLUDED}),
            *writes_of(AUCTION_LOT.name, lot, {"state": SOLD, "parcel_id": None}),
        )
        return granted + Outcome(ends)


def _granted(case: Case, lot: Version, winner: int) -> Outcome:
    """Return the right that a lot offers, registered on its parcel's unit."""
    parcel, offered = lot.attributes["parcel_id"], str(lot.attributes["right_offered"])
    term = lot.attributes["lease_term"]
    until = None if term is None else _months_on(case.profile.legal_day(case.act.valid_from), term)
    right = NewRight(kind=offered, holder=winner, until=until)
    units = sorted(units_of(case, parcel))
    if not units:
        kind = "leasedUnit" if offered == LEASE else "basicPropertyUnit"
        return FormUnit(objects=(UnitObject("parcel", parcel),), rights=(right,), type=kind).decide(case)
    freed = _of_the_state(case, units[0]) if offered == OWNERSHIP else ()
    return Outcome(tuple(freed)) + RegisterRight(unit=units[0], rights=(right,)).decide(case)


def _of_the_state(case: Case, unit: int) -> list[Write]:
    """Return the end of the State's ownership of a unit."""
    held = case.related(RIGHT.name, "unit_id", unit)
    return [
        write
        for right in held
        if right.attributes["kind"] == "stateOwnership"
        for write in standing.closed(case, standing.steady(case, right.feature_id))
    ]


def _months_on(day: date, months: int) -> date:
    """Return the day so many months later; the last of its month where that has no such day.

    >>> _months_on(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _bids(case: Case, auction: int) -> list[Version]:
    """Return all bids in an auction, whenever they were received."""
    found = (timeline[-1] for timeline in case.timelines.get(AUCTION_BID.name, {}).values() if timeline)
    return [bid for bid in found if bid.attributes["auction_id"] == auction and not bid.abolished]


def _winner(case: Case, auction: int) -> int | None:
    """Return the party that won an auction on the legal date."""
    version = case.current(AUCTION.name, auction)
    number = None if version is None else version.attributes["winning_bidder"]
    entered = case.related(AUCTION_PARTICIPANT.name, "auction_id", auction)
    return next((v.attributes["party_id"] for v in entered if v.attributes["bidder_number"] == number), None)


def _lots(case: Case, auction: int) -> Needs:
    found = frozenset(v.attributes["lot_id"] for v in case.timeline(AUCTION.name, auction))
    return Needs(features={AUCTION_LOT.name: found})


def _parcels(case: Case, lots: frozenset[int]) -> set[int]:
    named = {v.attributes["parcel_id"] for lot in lots for v in case.timeline(AUCTION_LOT.name, lot)}
    return {parcel for parcel in named if parcel is not None}


def _ended(case: Case, pieces: Sequence[Version], state: str) -> list[Write]:
    since: datetime = pieces[0].attributes["held"] if state == VOID else case.act.valid_from
    return list(_from(writes_of(AUCTION.name, pieces, {"state": state}), since))


def _planned_again(case: Case, auction: Version) -> list[Write]:
    lot = in_state(case, AUCTION_LOT.name, auction.attributes["lot_id"], ANNOUNCED)
    return list(writes_of(AUCTION_LOT.name, lot, {"state": PLANNED}))


def _from(writes: Iterable[Write], since: datetime) -> Iterator[Write]:
    """Yield writes as far as they take effect from a moment on."""
    rest = Period(since, None)
    for write in writes:
        span = write.valid.intersection(rest)
        if span is not None:
            yield replace(write, valid=span)


_NOT_HELD = Text(
    kk="Аукцион {held} күні өтеді; жеңімпаз бұдан ерте анықталмайды.",
    ru="Торги проводятся {held}; раньше победителя не определяют.",
    en="The auction is held on {held}; no winner is declared before.",
)
