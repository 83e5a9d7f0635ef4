"""The demo city's building sites and land auctions: one house built and accepted, one behind its schedule, two lots.

Parcels on which the map shows no building are built on or put up for auction. All of it is made up.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import shapely
from shapely import MultiPolygon

from cadastres.land.model import PARCEL
from cadastres.urban_planning.auction_award import Award, Conclude
from cadastres.urban_planning.auction_verbs import Announce, Bid, PlanLot, RegisterParticipant
from cadastres.urban_planning.construction_acceptance import AcceptObject
from cadastres.urban_planning.construction_equity_verbs import EnterFunds, FundRow, ReceivePayment, RegisterContract
from cadastres.urban_planning.construction_verbs import EnterObject, InspectStage, PlannedStage, PlanStages, Step
from data.demo_office import AKIMAT, CONTRACT, STATEMENT, SURVEY, Deed, Office, Tale, in_force
from data.demo_people import People, sample_bin
from gis.instant import Instant
from gis.record import Version

_MARGIN: Final = 4.0
"""How far a house stands from the edges of its parcel [m]."""

_LOT: Final = {
    "right_offered": "ownership",
    "starting_price": 20_000_000,
    "step": 1_000_000,
    "deposit": 2_000_000,
    "purpose_kk": "тұрғын үй салу үшін",
    "purpose_ru": "для строительства жилого дома",
}


def works(office: Office, people: People) -> list[Tale]:
    """Return what happens on building sites and at auctions over the years."""
    free = _free(office)
    return [
        _house_built(free[0], people),
        _house_begun(free[1], people),
        _lot_sold(office, free[2], people),
        _lot_planned(free[3]),
    ]


def _free(office: Office) -> list[Version]:
    """Return parcels on which there is room and no building, the same every time."""
    walls = shapely.STRtree(office.walls)
    parcels = in_force(office.connection, PARCEL, Instant(office.register.profile.midnight(date(2019, 6, 1)))).values()
    later = in_force(office.connection, PARCEL, Instant())
    bare = [
        v
        for v in parcels
        if 400 < v.geometry.area < 6000
        and v.feature_id in later
        and v.geometry.equals(later[v.feature_id].geometry)
        and not len(walls.query(v.geometry, predicate="intersects"))
        and not shapely.buffer(v.geometry, -_MARGIN * 2).is_empty
    ]
    return sorted(bare, key=lambda v: str(v.attributes["cadastral_number"]))


def _site(parcel: Version, margin: float = 0.0) -> MultiPolygon:
    inner = shapely.buffer(parcel.geometry, -margin, join_style="mitre") if margin else parcel.geometry
    return MultiPolygon([part for part in shapely.get_parts(inner) if part.geom_type == "Polygon"])


def _object(name_kk: str, name_ru: str, start: date, end: date, area: float) -> Mapping[str, Any]:
    builder = {"developer_name": "ТОО «Образец Строй»", "developer_bin": sample_bin(2015, 3)}
    planned = {"planned_start": start, "planned_end": end, "planned_floors": 5, "planned_area": area}
    purpose = {"purpose_kk": "көппәтерлі тұрғын үй", "purpose_ru": "многоквартирный жилой дом"}
    return {"name_kk": name_kk, "name_ru": name_ru, "planned_sale_area": area * 0.7, **purpose, **builder, **planned}


def _house_built(parcel: Version, people: People) -> Tale:
    said = _object("Үлгі үй № 1", "Дом-образец № 1", date(2020, 3, 2), date(2021, 8, 31), 1800.0)
    enter = EnterObject(
        parcel=parcel.feature_id, site=_site(parcel), attributes=said, persons={"contractor": people.neighbour}
    )
    made = (yield Deed("2020-01-27", enter, "House designed", STATEMENT)).features[-1]
    yield Deed("2020-02-03", Step(construction=made, step="permit", permit_number="ҮЛГІ-17"), "Permit", AKIMAT)
    yield Deed("2020-03-09", Step(construction=made, step="begin"), "Building begun", STATEMENT)
    yield Deed("2021-09-06", Step(construction=made, step="complete"), "Building complete", STATEMENT)
    accept = AcceptObject(
        construction=made, footprint=_site(parcel, _MARGIN), letter="А", attributes={"number_of_floors_above_ground": 5}
    )
    yield Deed("2021-10-11", accept, "House accepted", SURVEY)


def _house_begun(parcel: Version, people: People) -> Tale:
    """Build a house on the money of two equity holders, slower than planned."""
    said = _object("Үлгі үй № 2", "Дом-образец № 2", date(2024, 4, 1), date(2026, 6, 30), 2400.0)
    enter = EnterObject(parcel=parcel.feature_id, site=_site(parcel), attributes=said)
    made = (yield Deed("2023-10-16", enter, "House designed", STATEMENT)).features[-1]
    stages = (
        PlannedStage(
            stage="foundation", planned_start=date(2024, 4, 1), planned_end=date(2024, 9, 30), planned_cost=90_000_000
        ),
        PlannedStage(
            stage="frame", planned_start=date(2024, 10, 1), planned_end=date(2025, 9, 30), planned_cost=240_000_000
        ),
    )
    planned = yield Deed("2023-11-20", PlanStages(construction=made, stages=stages), "Schedule", STATEMENT)
    yield Deed("2024-02-12", Step(construction=made, step="permit", permit_number="ҮЛГІ-42"), "Permit", AKIMAT)
    yield Deed("2024-04-08", Step(construction=made, step="begin"), "Building begun", STATEMENT)
    funds = (("works", 90_000_000), ("materials", 60_000_000))
    yield Deed(
        "2024-04-15", EnterFunds(construction=made, rows=_quarter(funds), used=False), "Plan of funds", STATEMENT
    )
    for i, holder in enumerate((people.buyer, people.neighbour), start=1):
        contract = RegisterContract(
            construction=made, number=f"ҮЛ-{i}", premises=str(i), area=60.0 + i, price=24_000_000, holder=holder
        )
        signed = yield Deed(f"2024-0{4 + i}-13", contract, "Contract of an equity holder", CONTRACT)
        paid = ReceivePayment(contract=signed.features[-1], amount=12_000_000)
        yield Deed(f"2024-0{4 + i}-27", paid, "Half of the price received", CONTRACT)
    stage = max(planned.features.values()) if -1 not in planned.features else planned.features[-1]
    found = InspectStage(stage=stage, progress=70.0, report="Foundation laid but for the east side")
    yield Deed("2024-09-30", found, "Inspection", SURVEY)
    spent = EnterFunds(construction=made, rows=_quarter((("works", 15_000_000), ("materials", 6_000_000))), used=True)
    yield Deed("2024-10-14", spent, "Funds used", STATEMENT)


def _quarter(articles: tuple[tuple[str, int], ...]) -> tuple[FundRow, ...]:
    start, end = date(2024, 4, 1), date(2024, 9, 30)
    return tuple(FundRow(article=a, period_start=start, period_end=end, amount=amount) for a, amount in articles)


def _lot_sold(office: Office, parcel: Version, people: People) -> Tale:
    plan = PlanLot(parcel=parcel.feature_id, attributes=_LOT)
    lot = (yield Deed("2023-01-16", plan, "Lot planned", AKIMAT)).features[-1]
    zone = office.register.profile.zone
    deadline, held = datetime(2023, 4, 10, 18, tzinfo=zone), datetime(2023, 4, 12, 10, tzinfo=zone)
    announce = Announce(lot=lot, kind="english", bids_deadline=deadline, held=held, place="Үлгі әкімдігі")
    auction = (yield Deed("2023-02-06", announce, "Auction announced", AKIMAT)).features[-1]
    for number, party in ((1, people.buyer), (2, people.tenant)):
        enter = RegisterParticipant(auction=auction, party=party, bidder_number=number, deposit_paid=2_000_000)
        yield Deed(f"2023-03-0{number}", enter, "Participant registered", STATEMENT)
    for hour, (number, amount) in enumerate(((1, 20_000_000), (2, 21_000_000), (1, 23_000_000)), start=9):
        bid = Bid(
            auction=auction, bidder_number=number, amount=amount, received=datetime(2023, 4, 3, hour, tzinfo=zone)
        )
        yield Deed("2023-04-03", bid, "Bid", STATEMENT)
    yield Deed("2023-04-12", Award(auction=auction), "Lot awarded", AKIMAT)
    yield Deed("2023-04-24", Conclude(auction=auction), "Contract of sale", CONTRACT)


def _lot_planned(parcel: Version) -> Tale:
    yield Deed("2025-04-07", PlanLot(parcel=parcel.feature_id, attributes=_LOT), "Lot planned", AKIMAT)
