"""Rights that are valid though unregistered, and their registration later."""

from cadastres.real_estate.rights_verbs import DeclareUnregistered, NewRight, RegisterDeclared
from tests.cadastres.land.registrar import Registrar, box
from tests.cadastres.real_estate.notary import Notary, owning


def _old_unit(notary: Notary) -> int:
    """Form a unit as of 1990, in a quarter of its own that is as old."""
    registrar = Registrar(notary.city)
    code = f"91002{next(notary.places):03d}"
    west = 1000.0 + 40 * int(code[-3:])
    registrar.quarter(box(west, 0, west + 30, 30), "1990-01-01", code)
    parcel = registrar.form(box(west, 0, west + 20, 20), "1990-01-01", quarter=code)
    return notary.unit(day="1990-01-01", parcel=parcel)


def test_only_old_rights_are_valid_unregistered(notary: Notary) -> None:
    """Ownership since 1990 is, ownership since 2017 is not; a priority interest always is."""
    owner = notary.person(born="1950-01-01")
    command = DeclareUnregistered(unit=_old_unit(notary), rights=(owning(owner),))
    assert notary.broken(command, "1990-01-01") == set()
    young = notary.unit()
    late = DeclareUnregistered(unit=young, rights=(owning(notary.person()),))
    assert notary.broken(late, "2017-01-01") == {"real_estate.right.unregistered"}
    interest = DeclareUnregistered(unit=young, rights=(NewRight(kind="priorityInterest"),))
    assert notary.broken(interest, "2017-01-01") == set()


def test_registered_later(notary: Notary) -> None:
    """From the day of registration on it counts as registered; it was valid all along."""
    unit = _old_unit(notary)
    owner = notary.person(born="1950-01-01")
    done = notary.perform(DeclareUnregistered(unit=unit, rights=(owning(owner),)), "1990-01-01")
    (right,) = notary.made(done)
    notary.perform(RegisterDeclared(right=right), "2018-01-01")
    assert [notary.said(right, day)["registered"] for day in ("2017-12-31", "2018-01-01")] == [False, True]
    assert notary.held(unit, "1995-01-01") == notary.held(unit, "2018-01-01") == {owner: 1}
