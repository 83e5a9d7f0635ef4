"""Addresses of houses, entrances and flats: on what they hang, and what follows when that changes."""

import pytest

from cadastres.address.formation import AbolishAddress, ChangeAddress, FormAddress, Nowhere
from cadastres.address.verbs import NotChangedSo, NothingChanged
from gis.errors import BadRequest
from tests.cadastres.address.clerk import ABAY, LENIN, SATPAYEV, Clerk, area, point

ADDRESS = "address.address"


def test_an_address_hangs_on_a_street(clerk: Clerk) -> None:
    """It spells the street's name as the plate has it."""
    street = clerk.street(ABAY)
    said = clerk.said(ADDRESS, clerk.address("12А", street=street, block="2"), "2020-06-01")
    assert (said["street_id"], said["thoroughfare_name"]) == (street, "Абай даңғылы")
    assert (said["locator_designator"], said["locator_block"], said["locator_level"]) == ("12А", "2", "siteLevel")


def test_an_address_hangs_on_a_named_place_or_a_unit(clerk: Clerk) -> None:
    """Where there are no streets, houses are numbered by the microdistrict, or by the settlement."""
    place = clerk.place({"name_kk": "Самал-2", "name_ru": "Самал-2"}, area(0, 0, 200, 200))
    unit = clerk.unit({"name_kk": "Медеу ауданы", "name_ru": "Медеуский район"}, area(0, 0, 900, 900))
    on_place = clerk.said(ADDRESS, clerk.address("1", named_place=place, admin_unit=unit), "2020-06-01")
    on_unit = clerk.said(ADDRESS, clerk.address("1", admin_unit=unit), "2020-06-01")
    assert (on_place["named_place_id"], on_place["admin_unit_id"]) == (place, unit)
    assert (on_unit["named_place_id"], on_unit["admin_unit_id"]) == (None, unit)


def test_an_address_hangs_on_something_that_is_there(clerk: Clerk) -> None:
    """Nothing, something that never was, something not yet in force: each is refused."""
    street = clerk.street(day="2021-01-01")
    with pytest.raises(Nowhere):
        clerk.address("1")
    with pytest.raises(Nowhere):
        clerk.do(FormAddress(designator="1", street=street))
    with pytest.raises(BadRequest):
        clerk.address("1", street=999_999)
    with pytest.raises(BadRequest):
        clerk.address("1", "2020-06-01", street=street)


def test_a_flat_hangs_on_a_house(clerk: Clerk) -> None:
    """A flat has its house's street and point; flats don't hang on flats, nor a house on anything."""
    street = clerk.street()
    house = clerk.address("5", street=street)
    flat = clerk.address("17", parent=house)
    said, version = clerk.said(ADDRESS, flat, "2020-06-01"), clerk.on(ADDRESS, flat, "2020-06-01")
    assert version is not None
    assert version.geometry.equals(point(5))
    assert (said["street_id"], said["parent_address_id"], said["locator_level"]) == (street, house, "unitLevel")
    assert said["rka"] != clerk.said(ADDRESS, house, "2020-06-01")["rka"]
    below_flat = FormAddress(designator="18", parent=flat)
    assert set(clerk.refused(below_flat)) == {"address.address.level"}
    house_on_house = FormAddress(designator="19", parent=house, level="siteLevel")
    assert set(clerk.refused(house_on_house)) == {"address.address.level"}
    homeless_flat = FormAddress(designator="20", street=street, geometry=point(20), level="unitLevel")
    assert set(clerk.refused(homeless_flat)) == {"address.address.level"}


def test_flats_follow_their_house(clerk: Clerk) -> None:
    """When a house is moved to another street its entrances and flats go with it, in the same act."""
    one, other = clerk.street(ABAY), clerk.street(SATPAYEV, y=100)
    house = clerk.address("5", street=one)
    entrance = clerk.address("1", parent=house, level="accessLevel")
    flat = clerk.address("17", parent=entrance)
    code = clerk.said(ADDRESS, flat, "2020-06-01")["rka"]
    clerk.do(ChangeAddress(address=house, attributes={"street_id": other, "locator_designator": "7"}), "2021-01-01")
    told = [clerk.said(ADDRESS, i, "2021-01-01") for i in (house, entrance, flat)]
    assert [said["street_id"] for said in told] == [other] * 3
    assert [said["thoroughfare_name"] for said in told] == ["Сәтбаев көшесі"] * 3
    assert [said["locator_designator"] for said in told] == ["7", "1", "17"]
    assert told[2]["rka"] == code
    assert clerk.said(ADDRESS, flat, "2020-12-31")["street_id"] == one


def test_an_address_changes(clerk: Clerk) -> None:
    """Number, block, post code, point; not the code, not the name that is the street's; not to what it is."""
    address = clerk.address("5", street=clerk.street(LENIN))
    clerk.do(ChangeAddress(address=address, attributes={"locator_block": "1"}, geometry=point(6)), "2021-01-01")
    version = clerk.on(ADDRESS, address, "2021-01-01")
    assert version is not None
    assert version.geometry.equals(point(6))
    assert version.attributes["locator_block"] == "1"
    assert version.attributes["thoroughfare_name"] == "Ленин көшесі"
    for field in ("rka", "thoroughfare_name"):
        with pytest.raises(NotChangedSo):
            clerk.do(ChangeAddress(address=address, attributes={field: "1"}), "2021-06-01")
    with pytest.raises(NothingChanged):
        clerk.do(ChangeAddress(address=address, attributes={"locator_block": "1"}), "2021-06-01")


def test_a_house_ends_with_its_flats_or_after_them(clerk: Clerk) -> None:
    """Flats stand in the way unless the act ends them too."""
    house = clerk.address("5", street=clerk.street())
    flats = [clerk.address(n, parent=house) for n in ("1", "2")]
    assert set(clerk.refused(AbolishAddress(address=house))) == {"register.reference.in-force"}
    clerk.do(AbolishAddress(address=house, with_flats=True), "2021-01-01")
    assert [clerk.on(ADDRESS, i, "2021-01-01") for i in (house, *flats)] == [None] * 3
    assert clerk.on(ADDRESS, flats[0], "2020-12-31") is not None
