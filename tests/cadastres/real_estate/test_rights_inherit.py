"""Inheritance: several heirs at once, by shares of what the testator held."""

from fractions import Fraction

from cadastres.real_estate.rights_verbs import Inherit, NewRight, RegisterRight
from tests.cadastres.real_estate.notary import Notary, to


def test_heirs_share_what_was_held(notary: Notary) -> None:
    """A half of one flat and a whole other: an heir of a third takes a sixth and a third."""
    dead, spouse, heirs = notary.person(), notary.person(), [notary.person(), notary.person()]
    flat, rights = notary.owned(dead, spouse)
    house, (sole,) = notary.owned(dead)
    shares = (to(heirs[0], "1/3"), to(heirs[1], "2/3"))
    notary.inherit(dead, [rights[0], sole], *shares, day="2018-03-01", died="2018-03-01")
    assert notary.held(flat, "2018-03-01") == {
        spouse: Fraction(1, 2),
        heirs[0]: Fraction(1, 6),
        heirs[1]: Fraction(1, 3),
    }
    assert notary.held(house, "2018-03-01") == {heirs[0]: Fraction(1, 3), heirs[1]: Fraction(2, 3)}
    assert notary.held(house, "2018-02-28") == {dead: 1}


def test_heirs_take_all(notary: Notary) -> None:
    """Shares of an estate that leave something over, or hand out more than there is, are refused."""
    dead = notary.person()
    _, (right,) = notary.owned(dead)
    for parts in (("1/3", "1/3"), ("2/3", "2/3")):
        heirs = tuple(to(notary.person(), part) for part in parts)
        command = Inherit(testator=dead, rights=(right,), heirs=heirs)
        assert notary.broken(command, "2018-01-01") == {"real_estate.right.heirs-take-all"}


def test_only_what_the_testator_held(notary: Notary) -> None:
    """Neither another's right, nor that of a family to which he belonged, before his share is set apart."""
    dead, spouse, heir = notary.person(), notary.person(), notary.person()
    notary.end(dead, "2018-01-01")
    _, (others,) = notary.owned(spouse)
    _, (joint,) = notary.owned(notary.family(dead, spouse))
    for right in (others, joint):
        command = Inherit(testator=dead, rights=(right,), heirs=(to(heir),))
        assert notary.broken(command, "2018-01-01") == {"real_estate.right.testator-holds"}


def test_the_day_of_death_must_be_known(notary: Notary) -> None:
    """On record, or named by the act; and no later than the act takes effect."""
    dead = notary.person()
    _, (right,) = notary.owned(dead)
    command = Inherit(testator=dead, rights=(right,), heirs=(to(notary.person()),))
    assert notary.broken(command, "2018-01-01") == {"real_estate.party.death-known"}
    notary.end(dead, "2018-06-01")
    assert notary.broken(command, "2018-01-01") == {"real_estate.party.death-known"}
    assert notary.broken(command, "2018-06-01") == set()


def test_an_estate_goes_over_encumbered(notary: Notary) -> None:
    """Neither pledge nor arrest stops what passes by law, and both stay on the heirs' shares."""
    dead, bank, heirs = notary.person(), notary.bank(), (notary.person(), notary.person())
    unit, (right,) = notary.owned(dead)
    notary.pledge(unit, bank, on_right=right)
    notary.perform(RegisterRight(unit=unit, rights=(NewRight(kind="arrest"),)), "2017-06-01")
    new = notary.inherit(dead, [right], to(heirs[0], "1/2"), to(heirs[1], "1/2"), day="2018-01-01", died="2018-01-01")
    pledged = {notary.said(i, "2018-01-01")["on_right_id"] for i in notary.on_unit(unit, "2018-01-01", "pledge")}
    assert pledged == set(new[:2])
    assert len(notary.on_unit(unit, "2018-01-01", "arrest")) == 1
