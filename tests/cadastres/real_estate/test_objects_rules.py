"""Rules on what is said of buildings and premises: one right value, one wrong one each."""

from datetime import date, timedelta
from typing import Any

import pytest
from shapely import MultiPolygon

from cadastres.real_estate.premises_verbs import FormPremises
from cadastres.real_estate.verbs import ChangeBuilding, RegisterBuilding
from gis.edit import Put
from gis.errors import BadRequest
from gis.record import Write
from tests.cadastres.real_estate.estate import BUILDING, PREMISES, QUARTER, Land, area
from tests.city import City

P1 = f"{QUARTER}001"
DAY = "2021-01-01"
TOMORROW = date.today() + timedelta(days=2)  # noqa: DTZ011 - two days on are tomorrow in every zone


@pytest.fixture(scope="module")
def land(small_city: City) -> Land:
    """A register with parcels and a house on the first."""
    return Land(small_city)


@pytest.fixture(scope="module")
def house(land: Land) -> int:
    """A house of five floors, registered."""
    said = {"number_of_floors_above_ground": 5, "number_of_floors_below_ground": 1}
    command = RegisterBuilding(footprint=MultiPolygon([area(5, 35, 5, 35)]), attributes=said)
    return land.perform(command, DAY).features[-1]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("areas", {"total_area": 100.0, "living_area": 100.1}),
        ("areas", {"total_area": 100.0, "useful_area": 101.0}),
        ("areas", {"total_area": 0.0}),
        ("areas", {"volume": -1.0}),
        ("areas", {"height_above_ground": 0.0}),
        ("floors", {"number_of_floors_above_ground": 0}),
        ("floors", {"number_of_floors_below_ground": -1}),
        ("wear", {"wear": 100.5}),
        ("wear", {"wear": -0.1}),
        ("surveyed", {"survey_date": TOMORROW}),
        ("surveyed", {"year_of_construction": TOMORROW.year + 1}),
        ("surveyed", {"year_of_construction": 2020, "survey_date": date(2019, 12, 31)}),
    ],
)
def test_characteristics_of_buildings(land: Land, house: int, rule: str, said: dict[str, Any]) -> None:
    """What can't be is refused by the rule's id."""
    broken = land.broken(ChangeBuilding(building=house, attributes=said), DAY)
    assert broken == {(f"real_estate.building.{rule}", house, None): 1}


def test_right_characteristics_pass(land: Land, house: int) -> None:
    """Values at the bounds are right; a footprint never numbered is not judged."""
    said = {
        "total_area": 100.0, "living_area": 100.0, "useful_area": 100.0, "wear": 100.0, "volume": 300.0,
        "survey_date": date(2020, 12, 31), "year_of_construction": 2020, "wall_material": "brick",
    }  # fmt: skip
    assert land.perform(ChangeBuilding(building=house, attributes=said), DAY).warnings == []
    drawn = land.put(BUILDING, MultiPolygon([area(45, 50)]), condition_of_construction="functional", wear=150.0)
    assert land.row(BUILDING, drawn, DAY)["wear"] == 150.0
    with pytest.raises(BadRequest, match="bricks"):
        land.perform(ChangeBuilding(building=house, attributes={"wall_material": "bricks"}), DAY)


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"total_area": 50.0, "living_area": 51.0}, "areas"),
        ({"total_area": -1.0}, "areas"),
        ({"number_of_rooms": -1}, "areas"),
        ({"floor": 6}, "floor"),
        ({"floor": -2}, "floor"),
        ({"floor": -1, "total_area": 50.0, "living_area": 50.0, "number_of_rooms": 0}, None),
    ],
)
def test_characteristics_of_premises(land: Land, house: int, said: dict[str, Any], rule: str | None) -> None:
    """Areas that can't be are refused; a floor that the house has not is a warning."""
    command = FormPremises(building=house, attributes={"current_use": "residential", **said})
    found = land.city.register.may(command, land.act(DAY))
    told = [(v.rule, v.severity) for v in found]
    severity = "error" if rule == "areas" else "warning"
    assert told == ([] if rule is None else [(f"real_estate.premises.{rule}", severity)])


def test_numbers_that_do_not_agree_are_noted(land: Land, house: int) -> None:
    """A loaded building whose number names another parcel, premises whose number names another building: warnings."""
    said = {"condition_of_construction": "functional", "parcel_number": f"{QUARTER}002"}
    for number in (f"{QUARTER}009:1/А", "7-A"):
        act = land.act(DAY)
        write = land.new(-1, BUILDING, MultiPolygon([area(45, 50, 5, 9)]), DAY, building_number=number, **said)
        found = land.city.register.may(_put(write), act)
        assert [(v.rule, v.severity) for v in found] == [("real_estate.building.number", "warning")]
    other = land.new(-1, PREMISES, day=DAY, building_id=house, premises_number="7-17", current_use="office")
    found = land.city.register.may(_put(other), land.act(DAY))
    assert [(v.rule, v.severity) for v in found] == [("real_estate.premises.number", "warning")]


def _put(write: Write) -> Put:
    return Put((write,))
