"""The nearest address to a point agrees with measuring to every one, and the point's units are named."""

from collections.abc import Callable, Iterator
from random import Random

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gis.database import connect
from gis.edit import Put
from gis.record import Period, Write
from tests.cadastres.address.town import Town, built
from tests.city import ORIGIN, City
from tests.data.loaders.astana import loaded


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> Iterator[Town]:
    """The town of these tests."""
    city = fresh_city("helsinki")
    yield built(city)
    city.register.close()


def test_the_nearest_addresses_are_those_that_brute_force_finds(fresh_city: Callable[[str], City]) -> None:
    """At random points, the same distances in the same order as measuring to each of 150 addresses."""
    city, random = fresh_city("helsinki"), Random(5)
    places = [(ORIGIN[0] + random.uniform(0, 3000), ORIGIN[1] + random.uniform(0, 3000)) for _ in range(150)]
    act = city.act("2020-01-01")
    writes = tuple(_house(-1 - i, act.period, shapely.Point(place)) for i, place in enumerate(places))
    done = city.register.perform(Put(writes), act).features
    ids = {done[-1 - i]: place for i, place in enumerate(places)}
    town = Town(city)
    for _ in range(40):
        at = shapely.Point(ORIGIN[0] + random.uniform(-500, 3500), ORIGIN[1] + random.uniform(-500, 3500))
        measured = sorted((at.distance(shapely.Point(p)), i) for i, p in ids.items())[:7]
        near = town.around(at.x, at.y, limit=7).addresses
        assert [each.address_id for each in near] == [i for _, i in measured]
        assert [each.distance for each in near] == pytest.approx([d for d, _ in measured], abs=1e-6)
    city.register.close()


def test_an_address_that_ends_is_near_until_then(fresh_city: Callable[[str], City]) -> None:
    """One whose validity has an end already is found as long as it lasts, beside those that last."""
    city = fresh_city("helsinki")
    town = built(city)
    ending = city.act("2021-01-01")
    period = Period(ending.valid_from, city.profile.midnight(ending.source.acceptance.replace(year=2999)))
    write = Write(
        "address.address", -1, period, shapely.Point(ORIGIN[0] + 1, ORIGIN[1] + 1),
        {"locator_designator": "999", "position_specification": "building", "street_id": town.places["abai"]},
    )  # fmt: skip
    new = city.register.perform(Put((write,)), ending).features[-1]
    assert town.around(ORIGIN[0] + 1, ORIGIN[1] + 1).addresses[0].address_id == new
    assert town.first("улица Абая Кунанбаева 999").address_id == new
    city.register.close()


def test_flats_do_not_stand_beside_their_house(town: Town) -> None:
    """A flat has its house's point; a walker asks for the house."""
    x, y = ORIGIN[0] + 50.0, ORIGIN[1]
    found = town.around(x, y, limit=3).addresses
    assert found[0].address_id == town.houses["abai", "12"]
    assert found[0].distance == pytest.approx(0.0)
    assert town.houses["abai", "12-7"] not in {each.address_id for each in found}


def test_nothing_lies_beyond_the_radius(town: Town) -> None:
    """The radius is in metres, inclusive of what lies on it."""
    x, y = ORIGIN[0] - 300.0, ORIGIN[1]
    assert not town.around(x, y, radius=299.0).addresses
    assert town.around(x, y, radius=300.0).addresses[0].address_id == town.houses["abai", "1"]


def test_the_units_and_places_around_a_point_are_told(town: Town) -> None:
    """The city, with its code, and the microdistrict."""
    units = town.around(ORIGIN[0] + 600.0, ORIGIN[1] + 600.0).units
    assert [(unit.layer, unit.kato) for unit in units] == [
        ("address.admin_unit", "910000000"),
        ("address.named_place", None),
    ]
    assert units[1].feature_id == town.places["samal"]
    assert not town.around(ORIGIN[0] - 600.0, ORIGIN[1]).units


def test_the_nearest_street_is_told(town: Town) -> None:
    """With its distance to the axis; none beyond the radius."""
    x, y = ORIGIN[0] + 30.0, ORIGIN[1] + 50.0
    street = town.around(x, y).street
    assert street
    assert street.feature_id == town.places["abai_avenue"]
    assert street.distance == pytest.approx(10.0)
    assert town.around(x, y, radius=9.0).street is None


@pytest.mark.realdata
def test_at_a_thousand_points_on_astanas_streets_reverse_agrees_with_brute_force(
    fresh_city: Callable[[str], City],
) -> None:
    """The street, the district and the nearest of 400 addresses along the streets are those that measuring finds."""
    astana, random = loaded(fresh_city("astana")), Random(11)
    town, shapes = Town(astana.city), _shapes(astana.city, "address.street")
    districts = _shapes(astana.city, "address.admin_unit")
    ids, lines = list(shapes), list(shapes.values())
    houses = _along(astana.city, [random.choice(lines) for _ in range(400)], random)
    tree = shapely.STRtree(lines)
    drawn = [random.choice(lines) for _ in range(1000)]
    points = [line.interpolate(random.random() * line.length) for line in drawn]
    for at, around in zip(points, town.all_around(points), strict=True):
        assert around.street
        nearest = {ids[i] for i in tree.query(at, "dwithin", around.street.distance + 1e-6)}
        assert around.street.feature_id in nearest
        assert around.street.distance == pytest.approx(0.0, abs=1e-6)
        best = min(at.distance(point) for point in houses.values())
        assert around.addresses[0].distance == pytest.approx(best, abs=1e-6)
        assert houses[around.addresses[0].address_id].distance(at) == pytest.approx(best, abs=1e-6)
        inside = {i for i, area in districts.items() if area.intersects(at)}
        assert {unit.feature_id for unit in around.units if unit.layer == "address.admin_unit"} == inside
    astana.city.register.close()


def _shapes(city: City, layer: str) -> dict[int, BaseGeometry]:
    with connect(city.register.database.reader) as connection:
        rows = connection.execute(f"SELECT feature_id, ST_AsBinary(geom) FROM {layer}").fetchall()
    return {i: shapely.from_wkb(bytes(shape)) for i, shape in rows}


def _along(city: City, lines: list[BaseGeometry], random: Random) -> dict[int, shapely.Point]:
    """Put an address some metres beside each line, fifty to an act; return them by their ids."""
    places = [line.interpolate(random.random() * line.length) for line in lines]
    points = [shapely.Point(place.x + random.uniform(5, 30), place.y) for place in places]
    ids: dict[int, shapely.Point] = {}
    for first in range(0, len(points), 50):
        act = city.act("2024-02-01")
        writes = tuple(_house(-1 - i, act.period, points[i]) for i in range(first, min(first + 50, len(points))))
        done = city.register.perform(Put(writes), act).features
        ids |= {done[-1 - i]: points[i] for i in range(first, first + len(writes))}
    return ids


def _house(feature_id: int, period: Period, point: shapely.Point) -> Write:
    facts = {"position_specification": "building", "thoroughfare_name": "Сынақ көшесі"}
    return Write("address.address", feature_id, period, point, {**facts, "locator_designator": str(-feature_id)})
