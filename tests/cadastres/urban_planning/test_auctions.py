"""Land auctions: lots, announcement, participants, bids, award, contract; and many bidders at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
import shapely

from cadastres.land.territories import Release, Reserve
from cadastres.land.verbs import Archive
from cadastres.real_estate.rights_verbs import FormUnit, NewRight, RegisterRight, UnitObject
from cadastres.urban_planning.auction_award import Award, CallOff, Conclude
from cadastres.urban_planning.auction_verbs import ChangeLot, PlanLot, RegisterParticipant, WithdrawLot
from gis.act import Command
from gis.edit import Put
from gis.errors import BadRequest, QalaError
from gis.record import NOWHERE, Period, Write
from tests.cadastres.real_estate.notary import owning, timelines_of
from tests.cadastres.urban_planning.builder import AUCTION, BID, LOT, TERMS, Builder

PART = "real_estate.unit_part"


def test_a_lot_is_numbered_on_its_parcel(builder: Builder) -> None:
    """Lots of a parcel are numbered one after another, and none bears a number twice."""
    lot, parcel = builder.lot()
    number = builder.said("land.parcel", parcel, "2018-01-01")["cadastral_number"]
    builder.perform(WithdrawLot(lot=lot), "2018-02-01")
    again, _ = builder.lot("2018-03-01", parcel)
    numbers = [builder.said(LOT, i, "2018-03-01")["lot_number"] for i in (lot, again)]
    assert numbers == [f"{number}-1", f"{number}-2"]
    geometry = timelines_of(builder.notary.city, LOT, [again])[again][0].geometry
    assert geometry.equals(builder.notary.timeline(parcel, "land.parcel")[0].geometry)


def test_steps_of_lots_and_auctions(builder: Builder) -> None:
    """What is out of order is refused by the verb, and by the rules where a writer goes round the verb."""
    auction, lot, _ = builder.auction()
    assert builder.broken(WithdrawLot(lot=lot), "2018-02-10") == {"urban_planning.auction-lot.step-order"}
    with pytest.raises(BadRequest):
        builder.perform(ChangeLot(lot=lot, attributes={"deposit": 1}), "2018-02-10")
    with pytest.raises(BadRequest):
        builder.perform(Conclude(auction=auction), "2018-03-05")
    said = {**builder.said(AUCTION, auction, "2018-02-10"), "state": "concluded"}
    put = Put((Write(AUCTION, auction, builder.notary.act("2018-03-05").period, NOWHERE, said),))
    assert "urban_planning.auction.step-order" in builder.broken(put, "2018-03-05")


def test_an_auction_is_announced_in_time(builder: Builder) -> None:
    """Fifteen days before it is held; the day counts, not the hour."""
    lot, _ = builder.lot()
    hasty = builder.announcing(lot, closes="2018-02-14", held="2018-02-15")
    assert builder.details(hasty, "2018-02-01") == {"urban_planning.auction.notice-given": "14 / 15"}
    late = builder.announcing(lot, closes="2018-02-15", held="2018-02-16")
    assert builder.broken(late, "2018-02-01") == set()


@pytest.mark.parametrize(
    "terms",
    [
        {"starting_price": 0},
        {"step": 0},
        {"deposit": -1},
        {"minimum_price": 1_000_001},
        {"lease_term": 12},
        {"right_offered": "lease"},
        {"right_offered": "lease", "lease_term": 0},
    ],
)
def test_terms_of_a_lot_make_sense(builder: Builder, terms: dict[str, object]) -> None:
    """Sums above zero, a term with a lease and with nothing else."""
    command = PlanLot(parcel=builder.notary.parcel(), attributes={**TERMS, **terms})
    assert builder.broken(command, "2018-01-01") == {"urban_planning.auction-lot.terms"}


def test_a_parcel_is_in_one_lot(builder: Builder) -> None:
    """A parcel on offer can't be put up again."""
    _, parcel = builder.lot()
    again = PlanLot(parcel=parcel, attributes=TERMS)
    assert builder.broken(again, "2018-01-10") == {"urban_planning.auction-lot.once"}


def test_a_lot_lies_on_its_parcel(builder: Builder) -> None:
    """A lot may be part of a parcel, never more than it."""
    parcel = builder.notary.parcel()
    whole = builder.notary.timeline(parcel, "land.parcel")[0].geometry
    wide = PlanLot(parcel=parcel, attributes=TERMS, area=shapely.MultiPolygon([whole.buffer(1)]))
    assert builder.broken(wide, "2018-01-01") == {"urban_planning.auction-lot.on-parcel"}
    part = PlanLot(parcel=parcel, attributes=TERMS, area=shapely.MultiPolygon([whole.buffer(-1)]))
    assert builder.broken(part, "2018-01-01") == set()


def test_land_on_offer_is_not_ended(builder: Builder) -> None:
    """A parcel can't be archived under an open lot; it can once the lot is withdrawn."""
    lot, parcel = builder.lot()
    assert builder.broken(Archive(feature=parcel), "2018-02-01") == {"register.reference.in-force"}
    builder.perform(WithdrawLot(lot=lot), "2018-02-01")
    assert builder.broken(Archive(feature=parcel), "2018-03-01") == set()


@pytest.mark.parametrize("kind", ["ownership", "permanentUse", "lease"])
def test_granted_land_is_no_lot(builder: Builder, kind: str) -> None:
    """Land that somebody owns, uses or leases is not put up, nor granted to anybody while it is on offer."""
    notary = builder.notary
    granted = NewRight(kind=kind, holder=notary.person())
    parcel = notary.parcel()
    notary.unit([granted], parcel=parcel)
    assert builder.broken(PlanLot(parcel=parcel, attributes=TERMS), "2018-01-01") == {
        "urban_planning.auction-lot.free-land"
    }
    _, offered = builder.lot()
    unit = FormUnit(objects=(UnitObject("parcel", offered),), rights=(granted,))
    assert "urban_planning.auction-lot.free-land" in builder.broken(unit, "2018-02-01")
    bare = notary.unit(parcel=notary.parcel())
    _, free = builder.lot(parcel=_parcel(builder, bare))
    assert free
    late = RegisterRight(unit=bare, rights=(granted,))
    assert "urban_planning.auction-lot.free-land" in builder.broken(late, "2018-02-01")


def _parcel(builder: Builder, unit: int) -> int:
    (part,) = builder.notary.rows(PART, "unit_id", unit)
    return int(builder.said(PART, part, "2018-01-01")["object_id"])


def test_reserved_land_is_sold_only_after_release(builder: Builder) -> None:
    """It may be announced and awarded while reserved; the contract waits for the release (invariant 41)."""
    auction, _, parcel = builder.auction()
    ground = shapely.box(*builder.notary.timeline(parcel, "land.parcel")[0].geometry.bounds)
    reserve = Reserve(geometry=shapely.MultiPolygon([ground]), attributes={"purpose": "аукцион"})
    reservation = builder.perform(reserve, "2017-01-01").features[-1]
    buyer = builder.bidder(auction, 1)
    builder.perform(builder.bidding(auction, 1, 1_000_000), "2018-02-20")
    builder.perform(Award(auction=auction), "2018-03-02")
    assert builder.broken(Conclude(auction=auction), "2018-03-10") == {"urban_planning.auction-lot.released"}
    builder.perform(Release(reservation=reservation), "2018-03-09")
    builder.perform(Conclude(auction=auction), "2018-03-10")
    assert _owner(builder, parcel, "2018-03-10") == {buyer: 1}


def test_times_of_an_auction_follow_each_other(builder: Builder) -> None:
    """Bids close after the announcement, the auction is held after that."""
    lot, _ = builder.lot()
    times = {"urban_planning.auction.times"}
    assert builder.broken(builder.announcing(lot, closes="2018-03-03", held="2018-03-02"), "2018-02-01") == times
    assert builder.broken(builder.announcing(lot, closes="2018-02-01", held="2018-03-02"), "2018-02-01") == times


def test_a_lot_has_one_running_auction(builder: Builder) -> None:
    """A second auction of an announced lot is refused by the verb, and by the rule where it is gone round."""
    auction, lot, _ = builder.auction()
    with pytest.raises(BadRequest):
        builder.perform(builder.announcing(lot), "2018-02-02")
    twin = Write(
        AUCTION, -1, builder.notary.act("2018-02-01").period, NOWHERE, builder.said(AUCTION, auction, "2018-02-01")
    )
    assert builder.broken(Put((twin,)), "2018-02-01") == {"urban_planning.auction.one-running"}


def test_who_may_take_part(builder: Builder) -> None:
    """With the whole deposit, before bids close, once, under a number of one's own; nobody is named."""
    auction, _, _ = builder.auction()
    party = builder.bidder(auction, 7)
    rule = "urban_planning.auction.participant"

    def refused(party: int, number: int, deposit: int, day: str) -> dict[str, str | None]:
        command = RegisterParticipant(auction=auction, party=party, bidder_number=number, deposit_paid=deposit)
        return builder.details(command, day)

    other = builder.notary.person()
    assert refused(other, 8, 99_999, "2018-02-10") == {rule: "deposit 99999 / 100000 KZT"}
    assert refused(other, 8, 100_000, "2018-03-02") == {rule: "closed"}
    assert refused(other, 7, 100_000, "2018-02-10") == {rule: "twice"}
    assert refused(party, 9, 100_000, "2018-02-10") == {rule: "twice"}
    assert refused(other, 8, 100_000, "2018-02-10") == {}


def test_who_may_bid_and_when(builder: Builder) -> None:
    """A registered bidder, from registration on, while the auction stands, before bids close."""
    auction, _, _ = builder.auction()
    builder.bidder(auction, 1)
    rule = "urban_planning.auction.bidder-registered"
    assert builder.details(builder.bidding(auction, 2, 1_000_000), "2018-02-20") == {rule: "bidder 2"}
    early = builder.bidding(auction, 1, 1_000_000, day="2018-02-09")
    assert builder.details(early, "2018-02-09") == {rule: "bidder 1"}
    late = builder.bidding(auction, 1, 1_000_000, second=6 * 3600, day="2018-03-01")
    assert builder.details(late, "2018-03-01") == {rule: "closed"}
    with pytest.raises(BadRequest):
        builder.perform(builder.bidding(auction, 1, 1_000_000), "2018-02-21")
    last = builder.bidding(auction, 1, 1_000_000, second=6 * 3600 - 1, day="2018-03-01")
    assert builder.broken(last, "2018-03-01") == set()
    builder.perform(CallOff(auction=auction), "2018-03-01")
    assert "urban_planning.auction.bidder-registered" in builder.broken(
        builder.bidding(auction, 1, 2_000_000, 6 * 3600 - 1, "2018-03-01"), "2018-03-01"
    )


def test_bids_rise_by_steps(builder: Builder) -> None:
    """The first at the starting price, each next at least a step above the last; whose it is makes no difference."""
    auction, _, _ = builder.auction()
    for number in (1, 2):
        builder.bidder(auction, number)
    rule = "urban_planning.auction.bid-price"
    assert builder.details(builder.bidding(auction, 1, 999_999), "2018-02-20") == {rule: "999999 / 1000000 KZT"}
    builder.perform(builder.bidding(auction, 1, 1_000_000, 1), "2018-02-20")
    low = builder.bidding(auction, 2, 1_049_999, 2)
    assert builder.details(low, "2018-02-20") == {rule: "1049999 / 1050000 KZT"}
    assert builder.broken(builder.bidding(auction, 2, 1_050_000, 3), "2018-02-20") == set()


def test_a_dutch_auction_ends_with_its_first_bid(builder: Builder) -> None:
    """The price falls by steps to the minimum; who first agrees has the lot, and nobody bids after him."""
    auction, _, _ = builder.auction("dutch", minimum_price=800_000)
    builder.bidder(auction, 1)
    rule = "urban_planning.auction.bid-price"
    for amount in (1_050_000, 750_000, 970_000):
        assert set(builder.details(builder.bidding(auction, 1, amount), "2018-02-20")) == {rule}
    builder.perform(builder.bidding(auction, 1, 900_000, 1), "2018-02-20")
    assert set(builder.details(builder.bidding(auction, 1, 850_000, 2), "2018-02-20")) == {rule}
    builder.perform(Award(auction=auction), "2018-03-02")
    assert builder.said(AUCTION, auction, "2018-03-03")["winning_price"] == 900_000


def test_no_bid_is_put_before_another(builder: Builder) -> None:
    """A bid dated before one that stands is refused, even one of a fitting price."""
    auction, _, _ = builder.auction()
    builder.bidder(auction, 1)
    builder.perform(builder.bidding(auction, 1, 1_500_000, 60), "2018-02-20")
    back = builder.bidding(auction, 1, 1_000_000, 30)
    assert builder.broken(back, "2018-02-20") == {"urban_planning.auction.bids-in-turn"}


def test_the_highest_bid_wins(builder: Builder) -> None:
    """Not before the auction is held; another winner is refused, and a higher bid entered afterwards too."""
    auction, lot, _ = builder.auction()
    for number in (1, 2):
        builder.bidder(auction, number)
    builder.perform(builder.bidding(auction, 1, 1_000_000, 1), "2018-02-20")
    builder.perform(builder.bidding(auction, 2, 1_200_000, 2), "2018-02-20")
    with pytest.raises(BadRequest):
        builder.perform(Award(auction=auction), "2018-03-01")
    said = {**builder.said(AUCTION, auction, "2018-02-20"), "state": "awarded", "winning_bidder": 1}
    since = Period(builder.instant("2018-03-02", 11), None)
    for price in (1_000_000, 1_200_000):
        put = Put((Write(AUCTION, auction, since, NOWHERE, said | {"winning_price": price}),))
        assert builder.broken(put, "2018-03-02") == {"urban_planning.auction.award-to-highest"}
    builder.perform(Award(auction=auction), "2018-03-02")
    assert builder.said(AUCTION, auction, "2018-03-02", 10)["state"] == "announced"
    awarded = builder.said(AUCTION, auction, "2018-03-02", 11)
    assert (awarded["state"], awarded["winning_bidder"], awarded["winning_price"]) == ("awarded", 2, 1_200_000)
    late = builder.bidding(auction, 1, 1_300_000, 3, "2018-03-01")
    assert builder.broken(late, "2018-03-01") == {"urban_planning.auction.award-to-highest"}
    assert builder.said(LOT, lot, "2018-03-03")["state"] == "announced"


def test_an_auction_without_bids_is_void(builder: Builder) -> None:
    """Its lot is planned again, and may be announced anew."""
    auction, lot, _ = builder.auction()
    builder.perform(Award(auction=auction), "2018-03-02")
    assert builder.said(AUCTION, auction, "2018-03-03")["state"] == "void"
    assert builder.said(LOT, lot, "2018-03-03")["state"] == "planned"
    again = builder.announcing(lot, closes="2018-04-01", held="2018-04-02")
    assert builder.broken(again, "2018-03-04") == set()


def test_a_winner_who_does_not_conclude_leaves_the_lot_free(builder: Builder) -> None:
    """The auction is void from that day; who won it stays on record."""
    auction, lot, _ = builder.auction()
    builder.bidder(auction, 1)
    builder.perform(builder.bidding(auction, 1, 1_000_000), "2018-02-20")
    builder.perform(Award(auction=auction), "2018-03-02")
    builder.perform(CallOff(auction=auction, void=True), "2018-03-20")
    assert [builder.said(AUCTION, auction, day)["state"] for day in ("2018-03-19", "2018-03-20")] == ["awarded", "void"]
    assert builder.said(LOT, lot, "2018-03-20")["state"] == "planned"


def _owner(builder: Builder, parcel: int, day: str, kind: str = "ownership") -> dict[int, int]:
    (unit,) = {builder.said(PART, i, day)["unit_id"] for i in builder.notary.rows(PART, "object_id", parcel)}
    return {holder: int(share) for holder, share in builder.notary.held(unit, day, kind).items()}


def test_the_contract_registers_ownership_in_one_act(builder: Builder) -> None:
    """A parcel without a unit becomes one, the winner its owner; the lot lets go of the parcel."""
    auction, lot, parcel, buyer = builder.sold()
    assert _owner(builder, parcel, "2018-03-10") == {buyer: 1}
    assert builder.said(AUCTION, auction, "2018-03-10")["state"] == "concluded"
    said = builder.said(LOT, lot, "2018-03-10")
    assert (said["state"], said["parcel_id"]) == ("sold", None)
    (part,) = builder.notary.rows(PART, "object_id", parcel)
    made = {
        builder.notary.timeline(i, layer)[-1].changeset for i, layer in ((part, PART), (lot, LOT), (auction, AUCTION))
    }
    assert len(made) == 1


def test_the_states_ownership_goes_over(builder: Builder) -> None:
    """Where the State owned the parcel, its ownership ends the day the winner's begins."""
    notary = builder.notary
    parcel = notary.parcel()
    state = notary.bank("Мемлекет")
    unit = notary.unit([NewRight(kind="stateOwnership", holder=state)], parcel=parcel)
    lot, _ = builder.lot(parcel=parcel)
    auction = builder.perform(builder.announcing(lot), "2018-02-01").features[-1]
    buyer = builder.bidder(auction, 1)
    builder.perform(builder.bidding(auction, 1, 1_000_000), "2018-02-20")
    builder.perform(Award(auction=auction), "2018-03-02")
    builder.perform(Conclude(auction=auction), "2018-03-10")
    assert notary.held(unit, "2018-03-09", "stateOwnership") == {state: 1}
    assert notary.held(unit, "2018-03-10", "stateOwnership") == {}
    assert notary.held(unit, "2018-03-10") == {buyer: 1}


def test_a_lease_lasts_for_its_term(builder: Builder) -> None:
    """A lease of 36 months from the contract's day, and no longer."""
    _, _, parcel, buyer = builder.sold(right_offered="lease", lease_term=36)
    assert _owner(builder, parcel, "2018-03-10", "lease") == {buyer: 1}
    assert _owner(builder, parcel, "2021-03-09", "lease") == {buyer: 1}
    assert _owner(builder, parcel, "2021-03-10", "lease") == {}


def _at_once(builder: Builder, commands: list[Command], day: str) -> int:
    gate = Barrier(len(commands))

    def one(command: Command) -> bool:
        gate.wait()
        try:
            builder.perform(command, day)
        except QalaError:
            return False
        return True

    with ThreadPoolExecutor(len(commands)) as pool:
        return sum(pool.map(one, commands))


def test_bids_at_once_stand_in_one_order(builder: Builder) -> None:
    """Eight bidders at once: of equal bids one stands; of any, what stands rises by steps in the order of receipt."""
    auction, _, _ = builder.auction()
    for number in range(1, 9):
        builder.bidder(auction, number)
    equal: list[Command] = [builder.bidding(auction, n, 1_000_000, n) for n in range(1, 9)]
    assert _at_once(builder, equal, "2018-02-20") == 1
    mixed: list[Command] = [builder.bidding(auction, n, 1_000_000 + 30_000 * n, 60 + n) for n in range(1, 9)]
    assert _at_once(builder, mixed, "2018-02-20") >= 1
    found = timelines_of(builder.notary.city, BID, builder.notary.rows(BID, "auction_id", auction)).values()
    bids = sorted((t[-1].attributes["received"], t[-1].attributes["amount"]) for t in found)
    assert all(low + 50_000 <= high for (_, low), (_, high) in pairwise(bids))


def test_a_lot_and_a_grant_do_not_pass_each_other(builder: Builder) -> None:
    """Put up and granted at the same moment, land is one of the two."""
    for _ in range(3):
        parcel = builder.notary.parcel()
        plan = PlanLot(parcel=parcel, attributes=TERMS)
        grant = FormUnit(objects=(UnitObject("parcel", parcel),), rights=(owning(builder.notary.person()),))
        assert _at_once(builder, [plan, grant], "2018-01-01") == 1
        assert (
            len(builder.notary.rows(LOT, "parcel_id", parcel)) + len(builder.notary.rows(PART, "object_id", parcel))
            == 1
        )


def test_an_award_and_a_last_bid_do_not_pass_each_other(builder: Builder) -> None:
    """Either the bid came first and wins, or it is refused."""
    for _ in range(3):
        auction, _, _ = builder.auction()
        builder.bidder(auction, 1)
        builder.perform(builder.bidding(auction, 1, 1_000_000), "2018-02-20")
        rival = builder.bidding(auction, 1, 1_500_000, 10)
        gate = Barrier(2)

        def one(command: Command, day: str, gate: Barrier = gate) -> bool:
            gate.wait()
            return builder.broken(command, day) == set()

        with ThreadPoolExecutor(2) as pool:
            bid, award = pool.submit(one, rival, "2018-02-20"), pool.submit(one, Award(auction=auction), "2018-03-02")
            stands = bid.result()
            assert award.result()
        assert builder.said(AUCTION, auction, "2018-03-03")["winning_price"] == (1_500_000 if stands else 1_000_000)
