"""Numbers of buildings, premises and their units follow the parcel's, in the same changeset; old ones stay findable."""

import pytest

from cadastres.land.verbs import AdjustBoundary, Part
from cadastres.real_estate.model import BUILDING as BUILDINGS
from cadastres.real_estate.premises_verbs import MergePremises
from gis import store
from gis.database import connect
from tests.cadastres.real_estate.estate import BUILDING, PREMISES, QUARTER, UNIT, Land, area
from tests.city import City

OLD = f"{QUARTER}001"


@pytest.fixture
def land(empty_city: City) -> Land:
    """An empty register."""
    return Land(empty_city)


def test_split_renumbers_buildings_premises_and_units(land: Land) -> None:
    """Two houses keep serial and letter on their parts, their flats and units follow; the old numbers find them."""
    parcel = land.parcel(0, 40)
    west = land.building(area(5, 15, 5, 15), OLD, f"{OLD}:1/А")
    east = land.building(area(25, 35, 5, 15), OLD, f"{OLD}:2")
    flat = land.premises(west, f"{OLD}:1/А:7")
    house_unit = land.unit(f"{OLD}:2", ("building", east))
    flat_unit = land.unit(f"{OLD}:1/А:7", ("premises", flat))
    land.split(parcel, 20)
    one, other = f"{QUARTER}002", f"{QUARTER}003"
    day = "2022-01-01"
    assert land.said(BUILDING, [west, east], "building_number", day) == [f"{one}:1/А", f"{other}:2"]
    assert land.said(PREMISES, [flat], "premises_number", day) == [f"{one}:1/А:7"]
    assert land.said(UNIT, [house_unit, flat_unit], "unit_number", day) == [f"{other}:2", f"{one}:1/А:7"]
    assert land.said(BUILDING, [west], "building_number", "2021-12-31") == [f"{OLD}:1/А"]
    assert {r["opened_by"] for r in land.rows(UNIT, day)} == {land.changesets()}
    with connect(land.city.register.database.reader) as connection:
        assert store.find(connection, BUILDINGS, "building_number", f"{OLD}:1/А") == west


def test_merge_gives_a_second_building_the_next_serial(land: Land) -> None:
    """Both parcels had a building 1: on the merged parcel one of them keeps the serial, the other gets the next."""
    one, other = land.parcel(0, 40), land.parcel(40, 80)
    west = land.building(area(5, 15, 5, 15), OLD, f"{OLD}:1/А")
    east = land.building(area(45, 55, 5, 15), f"{QUARTER}002", f"{QUARTER}002:1/А")
    land.merge(one, other)
    new = f"{QUARTER}003"
    numbers = land.said(BUILDING, [west, east], "building_number", "2022-01-01")
    assert numbers == [f"{new}:1/А", f"{new}:2/А"]


def test_moved_boundary_renumbers_what_changes_sides(land: Land) -> None:
    """A house on ground that goes to the neighbour takes a serial never issued there, and back its own again."""
    one, other = land.parcel(0, 40), land.parcel(40, 80)
    house = land.building(area(36, 39, 5, 15), OLD, f"{OLD}:1")
    land.building(area(60, 70, 5, 15), f"{QUARTER}002", f"{QUARTER}002:1")
    for day, at in (("2022-01-01", 35.5), ("2023-01-01", 40.0)):
        parts = {one: Part(geometry=area(0, at)), other: Part(geometry=area(at, 80))}
        land.perform(AdjustBoundary(parcels=parts), day)
    numbers = [land.said(BUILDING, [house], "building_number", f"{year}-06-01")[0] for year in (2021, 2022, 2023)]
    assert numbers == [f"{OLD}:1", f"{QUARTER}002:2", f"{OLD}:1"]


def test_archived_parcel_leaves_the_building_its_number(land: Land) -> None:
    """The parcel's number is gone from the building, its own stays: by it the building is known."""
    parcel = land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), OLD, f"{OLD}:1")
    land.archive(parcel)
    assert land.said(BUILDING, [house], "parcel_number", "2022-01-01") == [None]
    assert land.said(BUILDING, [house], "building_number", "2022-01-01") == [f"{OLD}:1"]


def test_premises_numbered_otherwise_are_left_alone(land: Land) -> None:
    """Premises whose number never extended their building's keep it; so does a unit named otherwise."""
    parcel = land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), OLD, f"{OLD}:1")
    flat = land.premises(house, "X-17")
    unit = land.unit("Y-4", ("building", house))
    land.split(parcel, 20)
    assert land.said(BUILDING, [house], "building_number", "2022-01-01") == [f"{QUARTER}002:1"]
    assert land.said(PREMISES, [flat], "premises_number", "2022-01-01") == ["X-17"]
    assert land.said(UNIT, [unit], "unit_number", "2022-01-01") == ["Y-4"]


def test_a_merger_entered_late_is_renumbered_with_its_building(land: Land) -> None:
    """Flats merged before the day on which their building was renumbered: the new flat and its unit follow then."""
    parcel = land.parcel(0, 40)
    house = land.building(area(5, 15, 5, 15), OLD, f"{OLD}:1")
    flats = [land.premises(house, f"{OLD}:1:{serial}") for serial in (1, 2)]
    owner = land.party("Ann")
    for serial, flat in enumerate(flats, 1):
        land.right(land.unit(f"{OLD}:1:{serial}", ("premises", flat)), "ownership", [owner], (1, 1))
    land.split(parcel, 20, day="2023-01-01")
    land.perform(MergePremises(premises=tuple(flats)), "2022-01-01")
    for day, number in (("2022-06-01", f"{OLD}:1:3"), ("2023-06-01", f"{QUARTER}002:1:3")):
        assert [row["premises_number"] for row in land.rows(PREMISES, day)] == [number]
        assert [row["unit_number"] for row in land.rows(UNIT, day)] == [number]
