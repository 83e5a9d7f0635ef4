"""Units: of what they are made, when they are in force, and what may be registered on them."""

import pytest

from cadastres.land.verbs import Archive
from cadastres.real_estate.rights_verbs import FormUnit, NewRight, RegisterRight, UnitObject
from gis.edit import Put
from gis.errors import RuleBroken
from gis.record import NOWHERE, Write
from tests.cadastres.real_estate.notary import UNIT, Notary, owning


def test_a_unit_takes_the_number_of_its_main_object(notary: Notary) -> None:
    """A parcel's number; an object that is not in force, or has no number, makes no unit."""
    parcel = notary.parcel()
    unit = notary.unit(parcel=parcel)
    number = notary.said(parcel, "2016-01-01", "land.parcel")["cadastral_number"]
    assert notary.said(unit, "2016-01-01", UNIT)["unit_number"] == number
    for objects in ((UnitObject("parcel", 999_999),), ()):
        assert notary.broken(FormUnit(objects=objects), "2016-01-01") == {"real_estate.unit.object-numbered"}
    early = FormUnit(objects=(UnitObject("parcel", notary.parcel()),))
    assert notary.broken(early, "2015-06-01") == {"real_estate.unit.object-numbered"}


def test_an_object_is_in_one_unit(notary: Notary) -> None:
    """A parcel that has a unit can't be put into a second one."""
    parcel, other = notary.parcel(), notary.parcel()
    notary.unit(parcel=parcel)
    both = FormUnit(objects=(UnitObject("parcel", other), UnitObject("parcel", parcel)))
    assert notary.broken(both, "2016-01-01") == {"real_estate.unit.object-in-one-unit"}
    assert notary.broken(FormUnit(objects=both.objects[:1]), "2016-01-01") == set()


def test_a_unit_has_parts(notary: Notary) -> None:
    """A unit of nothing is refused, and one can't lose its last part."""
    act = notary.act("2017-01-01")
    bare = {"unit_number": "91001001999", "type": "basicPropertyUnit"}
    assert notary.broken(Put((Write(UNIT, -1, act.period, NOWHERE, bare),)), "2017-01-01") == {
        "real_estate.unit.has-parts"
    }


def test_no_right_on_a_unit_not_yet_formed_or_archived(notary: Notary) -> None:
    """The unit is formed in 2016 and ends in 2019."""
    owner = notary.person()
    unit = notary.unit()
    command = RegisterRight(unit=unit, rights=(owning(owner),))
    assert notary.broken(command, "2015-06-01") == {"real_estate.unit.in-force"}
    assert notary.broken(RegisterRight(unit=999_999, rights=(owning(owner),)), "2017-01-01") == {
        "real_estate.unit.in-force"
    }
    assert notary.broken(command, "2016-01-01") == set()


def test_a_parcel_with_rights_cannot_just_end(notary: Notary) -> None:
    """What rights stand on does not disappear under them."""
    parcel = notary.parcel()
    notary.unit([owning(notary.person())], parcel=parcel)
    with pytest.raises(RuleBroken):
        notary.perform(Archive(feature=parcel), "2018-01-01")
    assert notary.said(parcel, "2018-01-01", "land.parcel")


def test_unknown_holders_are_named(notary: Notary) -> None:
    """A lease to nobody is refused, a servitude for all is not."""
    unit, _ = notary.owned(notary.person())
    lease = RegisterRight(unit=unit, rights=(NewRight(kind="lease"),))
    assert notary.broken(lease, "2017-01-01") == {"real_estate.right.has-holder"}
    assert notary.broken(RegisterRight(unit=unit, rights=(NewRight(kind="servitude"),)), "2017-01-01") == set()
