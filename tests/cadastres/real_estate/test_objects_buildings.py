"""Buildings: registered on their parcel with a number, numbered, changed, demolished; or refused with the rule."""

from datetime import date

import pytest
import shapely
from shapely import MultiPolygon

from cadastres.land.verbs import AdjustBoundary, Part
from cadastres.real_estate.number import InvalidLetter
from cadastres.real_estate.premises_verbs import EndPremises, FormPremises
from cadastres.real_estate.verbs import ChangeBuilding, DemolishBuilding, NumberBuilding, RegisterBuilding
from gis.errors import BadRequest
from tests.cadastres.real_estate.estate import BUILDING, HOLDER, PART, QUARTER, RIGHT, UNIT, Land, area
from tests.city import City

P1 = f"{QUARTER}001"
DAY = "2021-01-01"


@pytest.fixture
def land(empty_city: City) -> Land:
    """An empty register."""
    return Land(empty_city)


def standing(west: float, east: float, letter: str = "", **said: object) -> RegisterBuilding:
    """Return the command that registers a building."""
    return RegisterBuilding(footprint=MultiPolygon([area(west, east, 5, 15)]), letter=letter, attributes=said)


def test_buildings_are_numbered_in_series_on_their_parcel(land: Land) -> None:
    """Serials follow one another on a parcel, a Latin letter becomes Cyrillic, what is ended frees no number."""
    land.parcel(0, 40)
    one = land.perform(standing(2, 10, "a", wall_material="brick", year_of_construction=2019), DAY).features[-1]
    other = land.perform(standing(12, 20), DAY).features[-1]
    assert land.said(BUILDING, [one, other], "building_number", DAY) == [f"{P1}:1/А", f"{P1}:2"]
    assert land.said(BUILDING, [one, other], "parcel_number", DAY) == [P1, P1]
    assert land.row(BUILDING, one, DAY)["designation"] == "А"
    land.perform(DemolishBuilding(building=other), "2022-01-01")
    third = land.perform(standing(12, 20), "2023-01-01").features[-1]
    assert land.said(BUILDING, [third], "building_number", "2023-01-01") == [f"{P1}:3"]


def test_a_building_on_two_parcels_is_numbered_where_most_of_it_stands(land: Land) -> None:
    """It may stand on several parcels; the one under most of it gives the number."""
    land.parcel(0, 40)
    land.parcel(40, 80)
    house = land.perform(standing(37, 60), DAY).features[-1]
    assert land.said(BUILDING, [house], "building_number", DAY) == [f"{QUARTER}002:1"]


def test_a_building_beyond_its_parcels_is_not_registered(land: Land) -> None:
    """More than the tolerance beyond registered land is refused, with the place; so is a footprint moved there."""
    land.parcel(0, 40)
    assert land.broken(standing(35, 42), DAY) == {("real_estate.building.on-parcel", -1, None): 1}
    assert land.broken(standing(100, 110), DAY) == {("real_estate.building.on-parcel", -1, None): 1}
    house = land.perform(standing(30, 40.005), DAY).features[-1]
    moved = ChangeBuilding(building=house, footprint=MultiPolygon([area(35, 50, 5, 15)]))
    assert land.broken(moved, "2022-01-01") == {("real_estate.building.on-parcel", house, None): 1}


def test_a_letter_must_be_one(land: Land) -> None:
    """A Latin letter without a Cyrillic twin is refused with what would be right."""
    land.parcel(0, 40)
    with pytest.raises(InvalidLetter, match="Cyrillic"):
        land.perform(standing(2, 10, "Z"), DAY)


def test_a_building_registered_back_follows_its_parcel(land: Land) -> None:
    """Registered for a day before a split on record, a building bears each parcel's number in its time."""
    parcel = land.parcel(0, 40)
    land.split(parcel, 20, day="2022-01-01")
    house = land.perform(standing(25, 35, "Б"), DAY).features[-1]
    numbers = [land.said(BUILDING, [house], "building_number", day)[0] for day in ("2021-06-01", "2022-06-01")]
    assert numbers == [f"{P1}:1/Б", f"{QUARTER}003:1/Б"]


def test_an_imported_building_gets_its_number_once(land: Land) -> None:
    """A footprint drawn from a map is numbered by its own act; a second number is refused."""
    land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), P1)
    land.perform(NumberBuilding(building=house, letter="А"), DAY)
    assert land.said(BUILDING, [house], "building_number", DAY) == [f"{P1}:1/А"]
    again = NumberBuilding(building=house, letter="Б")
    assert land.broken(again, "2022-01-01") == {("real_estate.building.numbered-once", house, None): 1}


def test_changes_keep_what_later_states_say(land: Land) -> None:
    """A survey dated back is laid under a later change, which keeps its own; numbers can't be changed by hand."""
    land.parcel(0, 40)
    house = land.perform(standing(2, 10, total_area=80.0, wear=5.0), DAY).features[-1]
    land.perform(ChangeBuilding(building=house, attributes={"wear": 9.0}), "2023-01-01")
    told = {"total_area": 81.5, "building_number": "X", "survey_date": date(2022, 3, 1)}
    land.perform(ChangeBuilding(building=house, attributes=told), "2022-01-01")
    rows = [land.row(BUILDING, house, day) for day in ("2021-06-01", "2022-06-01", "2023-06-01")]
    assert [(r["total_area"], r["wear"]) for r in rows] == [(80.0, 5.0), (81.5, 5.0), (81.5, 9.0)]
    assert {r["building_number"] for r in rows} == {f"{P1}:1"}
    with pytest.raises(BadRequest):
        land.perform(ChangeBuilding(building=house + 1000, attributes={"wear": 1.0}), "2023-01-01")


def test_an_extension_over_to_another_parcel_renumbers(land: Land) -> None:
    """A new outline mostly on the neighbour's land takes the neighbour's number."""
    land.parcel(0, 40)
    land.parcel(40, 80)
    house = land.perform(standing(30, 40), DAY).features[-1]
    land.perform(ChangeBuilding(building=house, footprint=MultiPolygon([area(30, 60, 5, 15)])), "2022-01-01")
    assert land.said(BUILDING, [house], "building_number", "2022-01-01") == [f"{QUARTER}002:1"]
    assert land.said(BUILDING, [house], "building_number", "2021-12-31") == [f"{P1}:1"]


def test_demolition_waits_for_premises_and_rights(land: Land) -> None:
    """Each premises in it is named, then each right on its unit; a unit that keeps its parcel loses only the part."""
    parcel = land.parcel(0, 40)
    house = land.perform(standing(2, 10), DAY).features[-1]
    flat = land.perform(FormPremises(building=house, attributes={"current_use": "residential"}), DAY).features[-1]
    unit = land.unit(f"{P1}:1", ("building", house), day=DAY)
    owned = land.right(unit, "ownership", [land.party("Ann")], (1, 1), day=DAY)
    assert land.broken(DemolishBuilding(building=house)) == {("real_estate.building.empty-first", house, flat): 1}
    land.perform(EndPremises(premises=flat), "2021-06-01")
    assert land.broken(DemolishBuilding(building=house)) == {("real_estate.carrying.closed", unit, owned): 1}
    (part,) = (r["feature_id"] for r in land.rows(PART, DAY))
    (holder,) = (r["feature_id"] for r in land.rows(HOLDER, DAY))
    named = [(HOLDER, holder), (RIGHT, owned), (PART, part), (UNIT, unit)]
    land.record("2021-07-01", [land.ended(layer, i, "2021-07-01") for layer, i in named])
    both = land.unit(P1, ("parcel", parcel), ("building", house), day="2021-08-01")
    land.right(both, "ownership", [land.party("Bob")], (1, 1), day="2021-08-01")
    land.perform(DemolishBuilding(building=house), "2022-01-01")
    assert [r["object_id"] for r in land.rows(PART, "2022-01-01")] == [parcel]
    assert land.rows(BUILDING, "2022-01-01") == []
    assert list(land.held(both, "2022-01-01")) == [("ownership", 1, None, ("Bob",))]


def test_a_building_left_beyond_its_parcels_is_noted(land: Land) -> None:
    """Where a parcel gives ground up from below a building, the act is recorded with a warning that says where."""
    parcel = land.parcel(0, 40)
    house = land.perform(standing(30, 39), DAY).features[-1]
    shrunk = AdjustBoundary(parcels={parcel: Part(geometry=area(0, 36))}, allocation=True)
    warnings = [
        v for v in land.perform(shrunk, "2022-01-01").warnings if v.rule == "real_estate.building.within-parcels"
    ]
    assert [(v.feature_id, v.place is not None and v.place.equals(area(36, 39, 5, 15))) for v in warnings] == [
        (house, True)
    ]
    assert shapely.from_wkb(bytes(land.row(BUILDING, house, "2022-01-01")["wkb"])).area == 90.0
