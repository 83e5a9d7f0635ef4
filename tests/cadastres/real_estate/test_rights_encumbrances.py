"""Encumbrances: arrest, pledge with rank and consent, discharge."""

from fractions import Fraction

import pytest

from cadastres.real_estate.rights_verbs import Consent, Correction, CorrectRight, Discharge, NewRight, RegisterRight
from cadastres.real_estate.rights_verbs import Transfer as Sale
from gis.act import Command
from gis.edit import Put
from gis.record import NOWHERE, Write
from tests.cadastres.real_estate.notary import FORMED, HOLDER, RIGHT, Notary, to

ARREST = "real_estate.right.not-under-arrest"
CONSENT = "real_estate.right.pledgee-consents"


@pytest.mark.parametrize("kind", ["arrest", "prohibition"])
def test_nothing_under_arrest_is_disposed_of(notary: Notary, kind: str) -> None:
    """Neither whole nor in part, nor pledged, nor leased, nor dated back; once it is lifted all is free."""
    buyer, bank = notary.person(), notary.bank()
    unit, (right,) = notary.owned(notary.person())
    (arrest,) = notary.register(unit, NewRight(kind=kind))
    sales = [Sale(right=right, to=(to(buyer),)), Sale(right=right, to=(to(buyer, "1/2"),))]
    grants = [RegisterRight(unit=unit, rights=(NewRight(kind=k, holder=bank),)) for k in ("pledge", "lease")]
    commands: list[Command] = [*sales, *grants]
    for command in commands:
        assert notary.broken(command, "2018-01-01") == {ARREST}
    assert notary.broken(sales[0], "2016-06-01") == {ARREST}
    notary.discharge(arrest)
    assert notary.broken(sales[0], "2019-01-01") == set()


def test_an_arrest_of_one_share_leaves_the_others_free(notary: Notary) -> None:
    """What encumbers one right concerns its holder alone."""
    unit, (one, other) = notary.owned(notary.person(), notary.person())
    notary.register(unit, NewRight(kind="arrest", on_right=one))
    assert notary.broken(Sale(right=one, to=(to(notary.person()),)), "2018-01-01") == {ARREST}
    assert notary.broken(Sale(right=other, to=(to(notary.person()),)), "2018-01-01") == set()


def test_a_correction_does_not_get_past_an_arrest(notary: Notary) -> None:
    """Another holder put in by way of a correction is a disposal like any other."""
    unit, (right,) = notary.owned(notary.person())
    notary.register(unit, NewRight(kind="arrest"))
    opened = notary.timeline(right)[0].changeset
    assert opened is not None
    command = CorrectRight(corrections=(Correction(right=right, holder=notary.person()),), cites=opened)
    assert notary.broken(command, "2018-01-01") == {ARREST}


def test_a_pledged_right_is_sold_only_with_consent(notary: Notary) -> None:
    """The consent must be to a disposal and be there on the day; it serves one sale."""
    unit, (right,) = notary.owned(notary.person())
    pledge = notary.pledge(unit, notary.bank())
    sale = Sale(right=right, to=(to(notary.person(), "1/2"),))
    assert notary.broken(sale, "2018-01-01") == {CONSENT}
    notary.consent(pledge, "furtherPledge")
    assert notary.broken(sale, "2018-01-01") == {CONSENT}
    notary.consent(pledge, day="2018-02-01")
    assert notary.broken(sale, "2018-01-01") == {CONSENT}
    assert notary.broken(sale, "2018-02-01") == set()
    assert notary.broken(Sale(right=right, to=(to(notary.person()),)), "2018-03-01") == {CONSENT}
    notary.discharge(pledge, "2018-04-01")
    assert notary.broken(Sale(right=right, to=(to(notary.person()),)), "2018-04-01") == set()


def test_a_wrong_heir_under_a_pledge_is_corrected_without_consent(notary: Notary) -> None:
    """While the bank's pledge stands and after its discharge alike; whoever it was, the pledge stays where it was."""
    testator, wrong, heir, spouse = (notary.person() for _ in range(4))
    unit, (right, _) = notary.owned(testator, spouse)
    pledge = notary.pledge(unit, notary.bank())
    (inherited,) = notary.inherit(testator, [right], to(wrong), day="2018-01-01", died="2017-12-01")
    erred = notary.timeline(inherited)[0].changeset or 0
    put = Correction(right=inherited, holder=heir)
    assert notary.broken(CorrectRight(corrections=(put,), cites=erred), "2018-01-01") == set()
    assert notary.held(unit, "2018-01-01") == {heir: Fraction(1, 2), spouse: Fraction(1, 2)}
    assert notary.said(pledge, "2018-06-01")
    notary.discharge(pledge)
    again = notary.timeline(inherited)[0].changeset or 0
    back = CorrectRight(corrections=(Correction(right=inherited, holder=wrong),), cites=again)
    assert notary.broken(back, "2018-01-01") == set()


def test_wrong_shares_under_a_pledge_are_corrected_without_consent(notary: Notary) -> None:
    """One gains what the other loses, both by the entry that erred."""
    one, other = notary.person(), notary.person()
    unit, (less, more) = notary.owned(one, other)
    notary.pledge(unit, notary.bank())
    erred = notary.timeline(less)[0].changeset or 0
    right = (Correction(right=less, share=Fraction(1, 3)), Correction(right=more, share=Fraction(2, 3)))
    assert notary.broken(CorrectRight(corrections=right, cites=erred), FORMED) == set()
    assert notary.held(unit, "2018-01-01") == {one: Fraction(1, 3), other: Fraction(2, 3)}


def _another_holder(notary: Notary, right: int, day: str, corrects: int | None) -> Put:
    """Return rows that give a right to somebody else, said to correct a changeset."""
    (row,) = notary.rows(HOLDER, "right_id", right)
    period, buyer = notary.act(day).period, notary.person()
    writes = [Write(HOLDER, row, period, NOWHERE, {"right_id": right, "party_id": buyer})]
    if corrects is not None:
        writes.append(Write(RIGHT, right, period, NOWHERE, {**notary.said(right, day), "corrects": corrects}))
    return Put(tuple(writes))


def test_who_only_says_that_he_corrects_needs_consent(notary: Notary) -> None:
    """The changeset must have made the entry, and the citation be new: rows that cite anything else are a disposal."""
    unit, (right,) = notary.owned(notary.person())
    erred = notary.timeline(right)[0].changeset or 0
    pledge = notary.pledge(unit, notary.bank())
    pledged = notary.timeline(pledge)[0].changeset or 0
    for cited in (None, 1, pledged, 10**9):
        assert notary.broken(_another_holder(notary, right, "2018-01-01", cited), "2018-01-01") == {CONSENT}
    notary.correct(Correction(right=right, attributes={"description": "entered anew"}), cites=erred, day=FORMED)
    for cited in (None, erred):
        assert notary.broken(_another_holder(notary, right, "2018-01-01", cited), "2018-01-01") == {CONSENT}
    ended = Write(RIGHT, right, notary.act("2018-01-01").period, NOWHERE, notary.said(right, FORMED), abolished=True)
    assert CONSENT in notary.broken(Put((ended,)), "2018-01-01")
    assert CONSENT in notary.broken(Sale(right=right, to=(to(notary.person()),)), "2018-01-01")


def test_a_consent_may_lapse(notary: Notary) -> None:
    """After its last day it serves nobody."""
    unit, (right,) = notary.owned(notary.person())
    pledge = notary.pledge(unit, notary.bank())
    until = notary.act("2017-12-01").source.acceptance
    notary.perform(Consent(right=pledge, consents_to="disposal", until=until), "2017-06-01")
    sale = Sale(right=right, to=(to(notary.person()),))
    assert notary.broken(sale, "2017-12-01") == {CONSENT}
    assert notary.broken(sale, "2017-11-30") == set()


def test_consent_belongs_to_a_pledge(notary: Notary) -> None:
    """There is none to a lease, and none before the pledge."""
    unit, _ = notary.owned(notary.person())
    (lease,) = notary.register(unit, NewRight(kind="lease", holder=notary.person()))
    pledge = notary.pledge(unit, notary.bank())
    rule = {"real_estate.consent.to-a-pledge"}
    assert notary.broken(Consent(right=lease, consents_to="disposal"), "2018-01-01") == rule
    assert notary.broken(Consent(right=pledge, consents_to="disposal"), "2016-06-01") == rule


def test_a_further_pledge_needs_consent(notary: Notary) -> None:
    """Of the earlier pledgee; and it is used up."""
    unit, _ = notary.owned(notary.person())
    pledge = notary.pledge(unit, notary.bank())
    further = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=notary.bank(), rank=2),))
    assert notary.broken(further, "2018-01-01") == {"real_estate.right.further-pledge-consents"}
    notary.consent(pledge, "furtherPledge")
    assert notary.broken(further, "2018-01-01") == set()
    third = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=notary.bank(), rank=3),))
    assert notary.broken(third, "2018-06-01") == {"real_estate.right.further-pledge-consents"}


def test_a_pledge_on_a_pledge_needs_a_rank(notary: Notary) -> None:
    """The first takes rank 1 by itself; a second must say its own."""
    unit, _ = notary.owned(notary.person())
    pledge = notary.pledge(unit, notary.bank())
    assert notary.said(pledge, "2018-01-01")["rank"] == 1
    notary.consent(pledge, "furtherPledge")
    bare = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=notary.bank()),))
    assert notary.broken(bare, "2018-01-01") == {"real_estate.right.pledge-ranked"}


def test_ranks_of_pledges_are_unique(notary: Notary) -> None:
    """On the unit and on a share of it alike; shares of different owners are different things."""
    unit, (one, other) = notary.owned(notary.person(), notary.person())
    notary.pledge(unit, notary.bank(), on_right=one)
    notary.pledge(unit, notary.bank(), on_right=other)
    assert len(notary.on_unit(unit, "2018-01-01", "pledge")) == 2
    for pledge in notary.on_unit(unit, "2018-01-01", "pledge"):
        notary.consent(pledge, "furtherPledge")
    again = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=notary.bank(), rank=1, on_right=one),))
    whole = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=notary.bank(), rank=1),))
    for command in (again, whole):
        assert notary.broken(command, "2018-01-01") == {"real_estate.right.pledge-rank-unique"}


def test_an_encumbrance_stays_on_its_unit(notary: Notary) -> None:
    """It can't encumber a right on another unit, nor another encumbrance."""
    unit, (right,) = notary.owned(notary.person())
    _, (elsewhere,) = notary.owned(notary.person())
    pledge = notary.pledge(unit, notary.bank(), on_right=right)
    for thing in (elsewhere, pledge):
        command = RegisterRight(unit=unit, rights=(NewRight(kind="arrest", on_right=thing),))
        assert notary.broken(command, "2018-01-01") == {"real_estate.right.encumbers-own-unit"}


def test_discharge_ends_all_that_belongs_to_it(notary: Notary) -> None:
    """The pledge, its holder's row and its consents; the owner is free."""
    unit, (right,) = notary.owned(notary.person())
    pledge = notary.pledge(unit, notary.bank())
    notary.consent(pledge)
    notary.discharge(pledge)
    assert notary.said(pledge, "2018-12-31")
    assert notary.said(pledge, "2019-01-01") == {}
    assert notary.holder(pledge, "2019-01-01") == 0
    assert notary.broken(Sale(right=right, to=(to(notary.person()),)), "2019-01-01") == set()
    assert notary.broken(Discharge(right=pledge), "2019-06-01") == {"real_estate.right.in-force"}


def test_ownership_cannot_be_discharged(notary: Notary) -> None:
    """It is transferred, not dropped."""
    _, (right,) = notary.owned(notary.person())
    assert notary.broken(Discharge(right=right), "2018-01-01") == {"real_estate.right.no-ownerless"}


def test_a_pledge_is_assigned_to_another_bank(notary: Notary) -> None:
    """It keeps its rank; no consent to a further pledge is asked for."""
    unit, _ = notary.owned(notary.person())
    first = notary.pledge(unit, notary.bank())
    notary.consent(first, "furtherPledge")
    second = notary.pledge(unit, notary.bank(), rank=2, day="2017-07-01")
    bank = notary.bank()
    (new,) = notary.transfer(second, to(bank))
    assert notary.said(new, "2018-01-01")["rank"] == 2
    assert notary.holder(new, "2018-01-01") == bank
