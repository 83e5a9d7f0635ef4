"""Transfers: whole and by exact share, to one and to several, and what encumbers a right goes with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from fractions import Fraction
from threading import Barrier

import pytest

from cadastres.land.story import LaterChange
from cadastres.real_estate.rights_verbs import NewRight, Transfer
from gis.errors import BadRequest, QalaError
from tests.cadastres.real_estate.notary import Notary, to

_DAY = date(2020, 1, 1)


def test_the_whole_goes_to_one(notary: Notary) -> None:
    """The seller's right ends on the day, the buyer's begins; the past stays."""
    seller, buyer = notary.person(), notary.person()
    unit, (right,) = notary.owned(seller)
    (new,) = notary.transfer(right, to(buyer))
    assert notary.held(unit, "2017-12-31") == {seller: 1}
    assert notary.held(unit, "2018-01-01") == {buyer: 1}
    assert notary.said(right, "2018-01-01") == {}
    assert notary.said(new, "2018-01-01")["holding"] == "sole"


def test_an_exact_share_goes_and_the_rest_stays(notary: Notary) -> None:
    """A third of a half is a sixth; the seller keeps a third."""
    one, other, buyer = (notary.person() for _ in range(3))
    unit, rights = notary.owned(one, other)
    notary.transfer(rights[0], to(buyer, "1/6"))
    assert notary.held(unit, "2018-01-01") == {one: Fraction(1, 3), other: Fraction(1, 2), buyer: Fraction(1, 6)}
    assert notary.said(rights[0], "2018-01-01")["holding"] == "shared"


def test_several_buyers_at_once(notary: Notary) -> None:
    """Three buyers take thirds, and nothing is left."""
    buyers = [notary.person() for _ in range(3)]
    unit, (right,) = notary.owned(notary.person())
    notary.transfer(right, *(to(buyer, "1/3") for buyer in buyers))
    assert notary.held(unit, "2018-01-01") == dict.fromkeys(buyers, Fraction(1, 3))


def test_a_sliver_left_is_warned_of(notary: Notary) -> None:
    """A thousandth that the seller keeps by a slip is recorded, and told of; a hundredth is nobody's concern."""
    unit, (right,) = notary.owned(notary.person())
    slip = Transfer(right=right, to=(to(notary.person(), "666/1000"), to(notary.person(), "333/1000")))
    (told,) = notary.perform(slip, "2018-01-01").warnings
    assert (told.rule, told.feature_id, told.detail) == ("real_estate.right.sliver", right, "1/1000")
    assert sorted(notary.held(unit, "2018-01-01").values()) == [Fraction(part, 1000) for part in (1, 333, 666)]
    assert notary.perform(Transfer(right=right, to=(to(notary.person()),)), "2018-06-01").warnings == []
    _, (other,) = notary.owned(notary.person())
    meant = Transfer(right=other, to=(to(notary.person(), "99/100"),))
    assert notary.perform(meant, "2018-01-01").warnings == []


def test_a_family_buys_jointly(notary: Notary) -> None:
    """One right, held by the group."""
    family = notary.family(notary.person(), notary.person())
    unit, (right,) = notary.owned(notary.person())
    (new,) = notary.transfer(right, to(family))
    assert notary.held(unit, "2018-01-01") == {family: 1}
    assert notary.said(new, "2018-01-01")["holding"] == "family"


@pytest.mark.parametrize("parts", [("3/4",), ("1/3", "1/3")])
def test_nobody_sells_more_than_he_holds(notary: Notary, parts: tuple[str, ...]) -> None:
    """Neither to one nor to several together; nothing is written."""
    unit, rights = notary.owned(notary.person(), notary.person())
    before = notary.held(unit, "2018-01-01")
    command = Transfer(right=rights[0], to=tuple(to(notary.person(), part) for part in parts))
    assert notary.broken(command, "2018-01-01") == {"real_estate.right.holds-enough"}
    assert notary.held(unit, "2018-01-01") == before


def test_an_ended_right_cannot_be_sold(notary: Notary) -> None:
    """Who has sold it already, or holds it only later, has nothing to sell."""
    _, (right,) = notary.owned(notary.person())
    notary.transfer(right, to(notary.person()))
    again = Transfer(right=right, to=(to(notary.person()),))
    assert notary.broken(again, "2019-01-01") == {"real_estate.right.in-force"}
    assert notary.broken(again, "2015-06-01") == {"real_estate.right.in-force"}


def test_a_sale_dated_before_a_later_one_is_refused(notary: Notary) -> None:
    """The register holds a later sale; the clerk is told of it."""
    _, (right,) = notary.owned(notary.person())
    notary.transfer(right, to(notary.person()))
    with pytest.raises(LaterChange) as refused:
        notary.transfer(right, to(notary.person()), day="2017-01-01")
    assert "2018-01-01" in str(refused.value)


def test_a_part_must_be_formed_first(notary: Notary) -> None:
    """Neither is part of the ground sold, nor leased."""
    unit, (right,) = notary.owned(notary.person())
    area = notary.place()
    sale = Transfer(right=right, to=(to(notary.person()),), area=area)
    assert notary.broken(sale, "2018-01-01") == {"real_estate.right.part-formed-first"}
    assert notary.said(right, "2018-01-01")["share_numerator"] == 1
    assert unit


def test_a_lease_goes_whole(notary: Notary) -> None:
    """It has no share and keeps its term."""
    unit, _ = notary.owned(notary.person())
    tenant, other = notary.person(), notary.person()
    (lease,) = notary.register(unit, NewRight(kind="lease", holder=tenant, until=_DAY))
    for buyers in ((to(other, "1/2"), to(tenant, "1/2")), (to(other, "1/2"),), (to(other), to(tenant)), ()):
        with pytest.raises(BadRequest):
            notary.transfer(lease, *buyers)
    (new,) = notary.transfer(lease, to(other))
    assert notary.holder(new, "2019-12-31") == other
    assert notary.said(new, "2020-01-01") == {}


def test_a_pledge_follows_the_thing(notary: Notary) -> None:
    """Sold by halves, both halves stay pledged to the bank with the same rank; the consent is used up."""
    bank = notary.bank()
    unit, (right,) = notary.owned(notary.person())
    pledge = notary.pledge(unit, bank, on_right=right)
    notary.consent(pledge)
    one, other = notary.transfer(right, to(notary.person(), "1/2"), to(notary.person(), "1/2"))[:2]
    pledges = {
        notary.said(i, "2018-01-01")["on_right_id"]: i for i in notary.on_unit(unit, "2018-01-01", kind="pledge")
    }
    assert set(pledges) == {one, other}
    assert {notary.holder(i, "2018-01-01") for i in pledges.values()} == {bank}
    assert {notary.said(i, "2018-01-01")["rank"] for i in pledges.values()} == {1}
    assert notary.broken(Transfer(right=one, to=(to(notary.person()),)), "2018-06-01") == {
        "real_estate.right.pledgee-consents"
    }


def test_two_notaries_sell_one_share(notary: Notary) -> None:
    """At the same moment to different buyers: exactly one succeeds."""
    unit, (right,) = notary.owned(notary.person())
    commands = [Transfer(right=right, to=(to(notary.person()),)) for _ in range(8)]
    gate = Barrier(len(commands))

    def sell(command: Transfer) -> QalaError | None:
        gate.wait()
        try:
            notary.perform(command, "2018-01-01")
        except QalaError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(commands)) as pool:
        answers = list(pool.map(sell, commands))
    assert answers.count(None) == 1
    assert sum(notary.held(unit, "2018-01-01").values()) == 1


@pytest.mark.parametrize("recipients", [("seller",), ("buyer", "buyer"), ("seller", "buyer")])
def test_nothing_is_sold_to_its_holder_or_twice_to_one(notary: Notary, recipients: tuple[str, ...]) -> None:
    """A sale to oneself says nothing, and a buyer named twice is a slip of the pen."""
    people = {"seller": notary.person(), "buyer": notary.person()}
    unit, (right,) = notary.owned(people["seller"])
    with pytest.raises(BadRequest):
        notary.transfer(right, *(to(people[name], "1/4") for name in recipients))
    assert notary.held(unit, "2018-01-01") == {people["seller"]: 1}
