"""A building's parcel number follows the parcel below it, in the same changeset, at every legal moment."""

from datetime import datetime

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from cadastres.land.verbs import AdjustBoundary, Archive, Form, Merge, Part, Split
from cadastres.real_estate.followers import BUILDING_FOLLOWS_PARCEL
from cadastres.real_estate.model import BUILDING
from gis import store
from gis.act import Case, Outcome
from gis.database import connect
from gis.edit import Put
from gis.record import Timeline, Version, Write, at
from tests.city import ORIGIN, City

QUARTER = "91001001"


def area(west: float, east: float, south: float = 0, north: float = 40) -> shapely.Polygon:
    """Return a box beside the origin of the small world, metres."""
    x, y = ORIGIN
    return shapely.box(x + west, y + south, x + east, y + north)


def _said(layer_fields: tuple[str, ...], **values: object) -> dict[str, object]:
    return {name: values.get(name) for name in layer_fields}


PARCEL_FIELDS = tuple(f.name for f in PARCEL.fields)
BUILDING_FIELDS = tuple(f.name for f in BUILDING.fields)


class World:
    """Two adjoining parcels, each with a building, and what a test asks of them."""

    def __init__(self, city: City) -> None:
        """Register both parcels and both buildings from 2020 on."""
        self.city = city
        self.left = self._parcel(area(0, 40), "001")
        self.right = self._parcel(area(40, 80), "002")
        self.west = self.build(area(5, 15, 5, 15), QUARTER + "001")
        self.east = self.build(area(60, 70, 5, 15), QUARTER + "002")

    def _parcel(self, where: shapely.Polygon, serial: str) -> int:
        said = _said(PARCEL_FIELDS, cadastral_number=QUARTER + serial, official_area=where.area, divisible=True)
        return self.city.put(PARCEL.name, where, "2020-01-01", -1, **said)

    def build(self, where: shapely.Polygon, number: str | None, day: str = "2020-01-01", feature: int = -1) -> int:
        """Register a building, or write a new version of one."""
        said = _said(BUILDING_FIELDS, condition_of_construction="functional", parcel_number=number)
        return self.city.put(BUILDING.name, shapely.MultiPolygon([where]), day, feature, **said)

    def number(self, building: int, day: str = "2024-06-01") -> str | None:
        """Return the parcel number that a building has on a day."""
        found = at(self.timeline(building), self.moment(day))
        assert found is not None
        number = found.attributes["parcel_number"]
        return None if number is None else str(number)

    def moment(self, day: str) -> datetime:
        """Return the midnight at which a legal day begins."""
        return self.city.act(day).valid_from

    def timeline(self, building: int) -> Timeline:
        """Return a building's live versions."""
        with connect(self.city.register.database.reader) as connection:
            return store.timelines(connection, BUILDING, [building])[building]


@pytest.fixture
def world(empty_city: City) -> World:
    """Two parcels and two buildings."""
    return World(empty_city)


def test_split_renumbers_each_building_to_its_part(world: World) -> None:
    """After a split each building bears the number of the part on which it stands, from the act's date on."""
    other = world.build(area(25, 35, 5, 15), QUARTER + "001")
    line = shapely.LineString([area(20, 21).exterior.coords[2], area(20, 21, 0, 40).exterior.coords[3]])
    cut = Split(parcel=world.left, quarter=QUARTER, line=line)
    done = world.city.register.perform(cut, world.city.act("2022-01-01"))
    assert {world.number(world.west), world.number(other)} == {QUARTER + "003", QUARTER + "004"}
    assert world.number(world.west, "2021-12-31") == world.number(other, "2021-12-31") == QUARTER + "001"
    assert world.number(world.east) == QUARTER + "002"
    assert {v.changeset for v in world.timeline(world.west)} == {done.number}


def test_merge_renumbers_all_buildings(world: World) -> None:
    """After a merge both buildings bear the new number."""
    merge = Merge(parcels=(world.left, world.right), quarter=QUARTER)
    world.city.register.perform(merge, world.city.act("2022-01-01"))
    assert world.number(world.west) == world.number(world.east) == QUARTER + "003"


def test_moved_boundary_renumbers_what_changes_sides(world: World) -> None:
    """A building that a moved boundary puts mostly on the neighbour's land takes the neighbour's number."""
    between = world.build(area(36, 41, 20, 30), QUARTER + "001")
    parts = {world.left: Part(geometry=area(0, 37)), world.right: Part(geometry=area(37, 80))}
    world.city.register.perform(AdjustBoundary(parcels=parts), world.city.act("2022-01-01"))
    assert world.number(between) == QUARTER + "002"
    assert world.number(world.west) == QUARTER + "001"


def test_parcel_apart_from_the_change_keeps_the_building_that_is_mostly_its_own(world: World) -> None:
    """A long building that only touches a changed parcel keeps the number of one that lies apart from the change."""
    said = _said(PARCEL_FIELDS, cadastral_number=QUARTER + "003", divisible=True)
    world.city.put(PARCEL.name, area(80, 160), "2020-01-01", -1, **said)
    long = world.build(area(38, 150, 25, 35), QUARTER + "003")
    parts = {world.left: Part(geometry=area(0, 37)), world.right: Part(geometry=area(37, 80))}
    world.city.register.perform(AdjustBoundary(parcels=parts), world.city.act("2022-01-01"))
    archived = world.city.act("2023-01-01")
    world.city.register.perform(Archive(feature=world.left), archived)
    assert world.number(long) == QUARTER + "003"
    assert len(world.timeline(long)) == 1


def test_ground_given_up_leaves_no_number(world: World) -> None:
    """A building on ground that a parcel gave up, and no other took, stands on no parcel."""
    edge = world.build(area(0, 4, 20, 30), QUARTER + "001")
    shrunk = AdjustBoundary(parcels={world.left: Part(geometry=area(4, 40))}, allocation=True)
    world.city.register.perform(shrunk, world.city.act("2022-01-01"))
    assert world.number(edge) is None


def test_archived_parcel_leaves_no_number_and_a_new_one_gives_its_own(world: World) -> None:
    """An archived parcel's buildings lose the number; a parcel formed there later gives them a new one."""
    world.city.register.perform(Archive(feature=world.left), world.city.act("2022-01-01"))
    world.city.register.perform(Form(quarter=QUARTER, geometry=area(0, 40)), world.city.act("2023-01-01"))
    numbers = [world.number(world.west, day) for day in ("2021-06-01", "2022-06-01", "2023-06-01")]
    assert numbers == [QUARTER + "001", None, QUARTER + "003"]


def test_retroactive_split_leaves_a_later_state_of_the_building_alone(world: World) -> None:
    """An act dated back renumbers every later version of a building and keeps what each of them says."""
    world.build(area(5, 18, 5, 15), QUARTER + "001", "2023-01-01", world.west)
    line = shapely.LineString([area(20, 21).exterior.coords[2], area(20, 21).exterior.coords[3]])
    world.city.register.perform(Split(parcel=world.left, quarter=QUARTER, line=line), world.city.act("2021-01-01"))
    told = [(world.number(world.west, day), _area_on(world, day)) for day in ("2020-06-01", "2022-06-01", "2023-06-01")]
    assert told == [(QUARTER + "001", 100.0), (QUARTER + "003", 100.0), (QUARTER + "003", 130.0)]


def _area_on(world: World, day: str) -> float:
    version = at(world.timeline(world.west), world.moment(day))
    assert version is not None
    return version.geometry.area


def test_demolished_building_stays_as_it_was(world: World) -> None:
    """A building abolished before the act is not written again."""
    gone = world.timeline(world.west)[0]
    act = world.city.act("2021-01-01")
    end = Write(BUILDING.name, world.west, act.period, gone.geometry, gone.attributes, abolished=True)
    world.city.register.perform(Put((end,)), act)
    world.city.register.perform(Archive(feature=world.left), world.city.act("2022-01-01"))
    assert [v.attributes["parcel_number"] for v in world.timeline(world.west)] == [QUARTER + "001"] * 2


def test_rest_once_followed(world: World) -> None:
    """Asked again after its own answer, the follower has nothing to add."""
    act = world.city.act("2022-01-01")
    parcel = Version(world.left, act.period, area(0, 40), {"cadastral_number": QUARTER + "001"})
    building = Version(world.west, act.period, area(5, 15, 5, 15), {"parcel_number": QUARTER + "001"})
    case = Case(
        act,
        world.city.profile,
        {PARCEL.name: {world.left: (parcel,)}, BUILDING.name: {world.west: (building,)}},
    )
    ended = Write(PARCEL.name, world.left, act.period, parcel.geometry, parcel.attributes, abolished=True)
    first = BUILDING_FOLLOWS_PARCEL.follow(case, Outcome((ended,)))
    again = BUILDING_FOLLOWS_PARCEL.follow(case, Outcome((ended,)) + first)
    assert [w.attributes["parcel_number"] for w in first.writes] == [None]
    assert again.writes == ()


def most_below(building: BaseGeometry, parcels: list[Version]) -> str | None:
    """Return by brute force the number of the parcel under most of a building."""
    shares = [(-p.geometry.intersection(building).area, str(p.attributes["cadastral_number"])) for p in parcels]
    return min((s for s in shares if s[0] < 0), default=(0.0, None))[1]


def test_equal_shares_go_to_the_first_number(world: World) -> None:
    """A building that stands on two parcels in equal parts takes the smaller number, as brute force says too."""
    half = world.build(area(35, 45, 20, 30), None)
    parts = {world.left: Part(geometry=area(0, 40)), world.right: Part(geometry=area(40, 80))}
    world.city.register.perform(
        AdjustBoundary(parcels={**parts, world.left: Part(geometry=area(0, 40), attributes={"label": "1"})}),
        world.city.act("2022-01-01"),
    )
    with connect(world.city.register.database.reader) as connection:
        live = store.timelines(connection, PARCEL, [world.left, world.right])
    now = [v for timeline in live.values() for v in timeline if v.valid.end is None]
    assert world.number(half) == most_below(area(35, 45, 20, 30), now) == QUARTER + "001"
