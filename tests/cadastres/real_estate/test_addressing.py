"""Addresses given to objects: one primary each, levels that agree, given and taken away once."""

from typing import Any

import pytest

from cadastres.real_estate.addressing import GiveAddress, TakeAddress
from cadastres.real_estate.premises_verbs import SplitPremises
from cadastres.real_estate.verbs import DemolishBuilding
from gis.edit import Put
from gis.errors import BadRequest
from tests.cadastres.real_estate.estate import ADDRESS, ADDRESSING, QUARTER, Land, area
from tests.city import City

DAY = "2021-01-01"


@pytest.fixture
def land(empty_city: City) -> Land:
    """A register with one parcel."""
    return Land(empty_city)


def address(land: Land, number: str, level: str | None = None, parent: int | None = None) -> int:
    """Register an address."""
    said: dict[str, Any] = {"locator_designator": number, "locator_level": level, "parent_address_id": parent}
    return land.put(ADDRESS, area(5, 6).centroid, position_specification="building", **said)


def told(land: Land, day: str) -> list[tuple[int, int, bool]]:
    """Return the addresses given: object, address, primary."""
    return sorted((r["object_id"], r["address_id"], r["is_primary"]) for r in land.rows(ADDRESSING, day))


def test_an_object_has_one_primary_address(land: Land) -> None:
    """A new primary address makes the former a further one; a plain write of a second primary is refused."""
    parcel = land.parcel(0, 40)
    first, second = address(land, "1"), address(land, "2")
    land.perform(GiveAddress(address=first, object_id=parcel, kind="parcel"), DAY)
    land.perform(GiveAddress(address=second, object_id=parcel, kind="parcel"), "2022-01-01")
    assert told(land, "2021-06-01") == [(parcel, first, True)]
    assert told(land, "2022-01-01") == sorted([(parcel, first, False), (parcel, second, True)])
    third = address(land, "3")
    said: dict[str, Any] = {"address_id": third, "object_id": parcel, "object_kind": "parcel", "is_primary": True}
    plain = Put((land.new(-1, ADDRESSING, day="2022-06-01", **said),))
    assert {rule for rule, *_ in land.broken(plain, "2022-06-01")} == {"real_estate.addressing.one-primary"}


def test_an_address_is_given_once_and_taken_away_once(land: Land) -> None:
    """Given again, or taken away where it is not, is refused; what was taken away can be given anew."""
    parcel, home = land.parcel(0, 40), address(land, "1")
    give, take = GiveAddress(address=home, object_id=parcel, kind="parcel"), TakeAddress(address=home, object_id=parcel)
    assert land.broken(take, DAY) == {("real_estate.addressing.given-before", parcel, None): 1}
    land.perform(give, DAY)
    assert land.broken(give, "2021-02-01") == {("real_estate.addressing.not-twice", parcel, None): 1}
    land.perform(take, "2021-03-01")
    assert told(land, "2021-03-01") == []
    land.perform(give, "2021-04-01")
    assert told(land, "2021-04-01") == [(parcel, home, True)]
    with pytest.raises(BadRequest):
        land.perform(GiveAddress(address=home + 999, object_id=parcel, kind="parcel"), DAY)


def test_levels_of_addresses_and_objects_agree(land: Land) -> None:
    """A flat's address is given to premises only, a house's to a parcel or building only, each by its own kind."""
    parcel = land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), f"{QUARTER}001", f"{QUARTER}001:1")
    flat = land.premises(house, f"{QUARTER}001:1:1")
    home = address(land, "1")
    unit = address(land, "1", "unitLevel", home)
    level = "real_estate.addressing.level"
    assert {r for r, *_ in land.broken(GiveAddress(address=unit, object_id=house, kind="building"), DAY)} == {level}
    assert {r for r, *_ in land.broken(GiveAddress(address=home, object_id=flat, kind="premises"), DAY)} == {level}
    for wanted, feature, kind in ((home, house, "building"), (home, parcel, "parcel"), (unit, flat, "premises")):
        said: dict[str, Any] = {"address_id": wanted, "object_id": feature, "object_kind": kind, "is_primary": True}
        land.put(ADDRESSING, day=DAY, **said)
    wrong: dict[str, Any] = {"address_id": home, "object_id": house, "object_kind": "parcel", "is_primary": False}
    plain = Put((land.new(-1, ADDRESSING, day="2022-01-01", **wrong),))
    assert {r for r, *_ in land.broken(plain, "2022-01-01")} == {"real_estate.addressing.kind"}


def test_a_flat_has_its_own_address(land: Land) -> None:
    """Two flats can't have one address; the house and its parcel can."""
    land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), f"{QUARTER}001", f"{QUARTER}001:1")
    one, other = (land.premises(house, f"{QUARTER}001:1:{i}") for i in (1, 2))
    unit = address(land, "1", "unitLevel", address(land, "1"))
    land.perform(GiveAddress(address=unit, object_id=one, kind="premises"), DAY)
    second = GiveAddress(address=unit, object_id=other, kind="premises")
    assert {r for r, *_ in land.broken(second, DAY)} == {"real_estate.addressing.one-premises"}


def test_addresses_end_with_their_object_and_go_to_its_successor(land: Land) -> None:
    """A demolished building's addresses end with it; a split flat's goes to the first part."""
    land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), f"{QUARTER}001", f"{QUARTER}001:1")
    other = land.building(area(25, 35, 5, 15), f"{QUARTER}001", f"{QUARTER}001:2")
    flat = land.premises(house, f"{QUARTER}001:1:1")
    home = address(land, "1")
    unit = address(land, "1", "unitLevel", home)
    land.perform(GiveAddress(address=home, object_id=other, kind="building"), DAY)
    land.perform(GiveAddress(address=unit, object_id=flat, kind="premises"), DAY)
    land.perform(DemolishBuilding(building=other), "2022-01-01")
    parts = land.perform(SplitPremises(premises=flat, parts=({}, {})), "2022-01-01")
    assert told(land, "2022-01-01") == [(parts.features[-1], unit, True)]
