"""A clerk of construction and auctions at work in a register under test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import shapely

from cadastres.real_estate.premises_verbs import FormPremises
from cadastres.urban_planning.auction_award import Award, Conclude
from cadastres.urban_planning.auction_verbs import Announce, Bid, PlanLot, RegisterParticipant
from cadastres.urban_planning.construction_acceptance import AcceptObject
from cadastres.urban_planning.construction_equity_verbs import RegisterContract
from cadastres.urban_planning.construction_verbs import EnterObject, Step
from gis.act import Command
from gis.errors import RuleBroken
from gis.record import at
from gis.recording import Recorded
from tests.cadastres.land.registrar import forming
from tests.cadastres.real_estate.notary import Notary, timelines_of

OBJECT, STAGE = "urban_planning.construction_object", "urban_planning.construction_stage"
CONTRACT, HOLDER = "urban_planning.equity_contract", "personal.equity_holder"
LOT, AUCTION, BID = "urban_planning.auction_lot", "urban_planning.auction", "urban_planning.auction_bid"
PARTICIPANT = "personal.auction_participant"

TERMS: Mapping[str, Any] = {
    "right_offered": "ownership",
    "starting_price": 1_000_000,
    "step": 50_000,
    "deposit": 100_000,
    "purpose_kk": "тұрғын үй салу",
    "purpose_ru": "строительство жилого дома",
}


@dataclass
class Builder:
    """Short cuts for the verbs of construction and auctions; every act is dated by the day given."""

    notary: Notary
    serial: Any = field(default_factory=lambda: count(1))

    def perform(self, command: Command, day: str) -> Recorded:
        """Record an act."""
        return self.notary.perform(command, day)

    def broken(self, command: Command, day: str) -> set[str]:
        """Return the ids of the rules by which an act is refused; empty when it is recorded."""
        return self.notary.broken(command, day)

    def details(self, command: Command, day: str) -> dict[str, str | None]:
        """Return what the rules that refuse an act found."""
        try:
            self.perform(command, day)
        except RuleBroken as refused:
            return {v.rule: v.detail for v in refused.data["violations"]}
        return {}

    def instant(self, day: str, hour: int = 0, second: int = 0) -> datetime:
        """Return a moment of a day in the city's zone."""
        midnight = self.notary.city.profile.midnight(date.fromisoformat(day))
        return midnight + timedelta(hours=hour, seconds=second)

    def said(self, layer: str, feature: int, day: str, hour: int = 0) -> Mapping[str, Any]:
        """Return a feature's attributes at a moment; empty when it is not in force."""
        version = at(timelines_of(self.notary.city, layer, [feature])[feature], self.instant(day, hour))
        return {} if version is None or version.abolished else version.attributes

    # Construction

    def entering(self, parcel: int, site: shapely.Polygon, **said: Any) -> EnterObject:
        """Return the command that enters an object."""
        told = {
            "purpose_kk": "көп пәтерлі тұрғын үй",
            "purpose_ru": "многоквартирный жилой дом",
            "planned_area": 1000.0,
            **said,
        }
        return EnterObject(parcel=parcel, site=shapely.MultiPolygon([site]), attributes=told)

    def object(self, day: str = "2018-01-01", **said: Any) -> tuple[int, int, shapely.Polygon]:
        """Enter an object in the middle of a parcel of its own; return it, the parcel and the site."""
        place = self.notary.place()
        parcel = self.perform(forming(place), "2016-01-01").features[-1]
        site = shapely.box(*place.buffer(-4).bounds)
        done = self.perform(self.entering(parcel, site, **said), day)
        return done.features[-1], parcel, site

    def step(self, construction: int, step: str, day: str) -> Recorded:
        """Take a step."""
        return self.perform(stepping(construction, step), day)

    def permitted(self, **said: Any) -> tuple[int, int, shapely.Polygon]:
        """Enter an object and its permit."""
        found = self.object(**said)
        self.step(found[0], "permit", "2018-02-01")
        return found

    def completed(self, **said: Any) -> tuple[int, int, shapely.Polygon]:
        """Bring an object to completion."""
        found = self.permitted(**said)
        self.step(found[0], "begin", "2018-03-01")
        self.step(found[0], "complete", "2019-12-01")
        return found

    def accepted(self, **said: Any) -> tuple[int, int]:
        """Bring an object to acceptance; return it and its building."""
        construction, _, site = self.completed(**said)
        footprint = shapely.MultiPolygon([site])
        done = self.perform(AcceptObject(construction=construction, footprint=footprint, letter="А"), "2020-02-01")
        return construction, done.features[-1]

    def premises(self, building: int, day: str = "2020-03-01") -> int:
        """Form a flat."""
        said = {"current_use": "residential", "total_area": 60.0}
        return self.perform(FormPremises(building=building, attributes=said), day).features[-1]

    def contracting(self, construction: int, **facts: Any) -> RegisterContract:
        """Return the command that registers a contract with somebody new."""
        serial = next(self.serial)
        told = {"premises": f"кв. {serial}", "area": 60.0, "price": 20_000_000, **facts}
        told.setdefault("holder", 0)
        holder = told.pop("holder") or self.notary.person()
        return RegisterContract(construction=construction, number=f"ДДУ-{serial}", holder=holder, **told)

    def contract(self, construction: int, day: str = "2018-04-01", **facts: Any) -> int:
        """Register a contract."""
        return self.perform(self.contracting(construction, **facts), day).features[-1]

    # Auctions

    def lot(self, day: str = "2018-01-01", parcel: int | None = None, **terms: Any) -> tuple[int, int]:
        """Plan a lot on a parcel of its own; return it and the parcel."""
        land = parcel or self.notary.parcel()
        done = self.perform(PlanLot(parcel=land, attributes={**TERMS, **terms}), day)
        return done.features[-1], land

    def announcing(
        self, lot: int, kind: str = "english", closes: str = "2018-03-01", held: str = "2018-03-02"
    ) -> Announce:
        """Return the command that announces an auction."""
        deadline, meeting = self.instant(closes, 18), self.instant(held, 11)
        return Announce(lot=lot, kind=kind, bids_deadline=deadline, held=meeting, place="Almaty, Republic Square 4")

    def auction(self, kind: str = "english", **terms: Any) -> tuple[int, int, int]:
        """Announce an auction of a new lot; return it, the lot and the parcel."""
        lot, parcel = self.lot(**terms)
        return self.perform(self.announcing(lot, kind), "2018-02-01").features[-1], lot, parcel

    def bidder(self, auction: int, number: int, party: int | None = None, day: str = "2018-02-10") -> int:
        """Register a participant; return the party."""
        buyer = party or self.notary.person()
        command = RegisterParticipant(auction=auction, party=buyer, bidder_number=number, deposit_paid=100_000)
        self.perform(command, day)
        return buyer

    def bidding(self, auction: int, number: int, amount: int, second: int = 0, day: str = "2018-02-20") -> Bid:
        """Return a bid, received so many seconds after noon."""
        return Bid(auction=auction, bidder_number=number, amount=amount, received=self.instant(day, 12, second))

    def sold(self, **terms: Any) -> tuple[int, int, int, int]:
        """Hold an auction with one bid to its contract; return it, the lot, the parcel and the buyer."""
        auction, lot, parcel = self.auction(**terms)
        buyer = self.bidder(auction, 1)
        self.perform(self.bidding(auction, 1, 1_000_000), "2018-02-20")
        self.perform(Award(auction=auction), "2018-03-02")
        self.perform(Conclude(auction=auction), "2018-03-10")
        return auction, lot, parcel, buyer


def stepping(construction: int, step: str) -> Step:
    """Return the command of a step."""
    number = "KZ-2018/17" if step == "permit" else None
    return Step(construction=construction, step=step, permit_number=number)
