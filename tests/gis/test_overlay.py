"""Overlays equal brute force: at random instants of both axes, with a draft, at every edge, singly and all at once."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from cadastres.urban_planning.building_envelope import parcel_envelope
from cadastres.urban_planning.line_model import REGULATION_LINE
from cadastres.urban_planning.plan_model import IN_FORCE, STEP_FIELD
from gis import drafts
from gis.coverage import Statistics
from gis.edit import Put
from gis.instant import Instant, read_head
from gis.overlay import NoArea, Overlaps
from gis.overlay_blocks import Blocks
from gis.record import Period, Write
from gis.recording import Recorded
from tests.city import City
from tests.gis.restricted import (
    AREA,
    LINE,
    POINT,
    RESTRICTIONS,
    TOLERANCE,
    World,
    at,
    box,
    overlap,
    restricted,
    same,
    told,
    union,
)

QUESTIONS = int(os.environ.get("QALA_TEST_EXTRACTS", "1000"))
DRAFT = "variant"
DAYS = [f"{year}-{month:02d}-01" for year in (2019, 2020, 2021, 2022) for month in (1, 4, 7, 10)]


def random_shape(random: np.random.Generator, name: str) -> BaseGeometry:
    """Return a shape of a layer somewhere over the parcels: blobs with holes, several parts, crooked lines, points."""
    x, y = random.uniform(-20, 260, 2)
    if name == POINT.name:
        return shapely.Point(at(x, y))
    if name == LINE.name:
        steps = random.uniform(-60, 60, (5, 2)).cumsum(axis=0)
        return shapely.LineString([at(x, y), *(at(x + dx, y + dy) for dx, dy in steps)])
    blob: BaseGeometry = shapely.Point(at(x, y)).buffer(random.uniform(5, 60), quad_segs=int(random.integers(1, 30)))
    if random.random() < 0.4:
        blob = blob.difference(shapely.Point(at(x + 2, y)).buffer(random.uniform(1, 15)))
    other = box(x + 70, y, x + 70 + random.uniform(1, 50), y + random.uniform(1, 50))
    parts = union([blob, other]) if random.random() < 0.3 else blob
    return shapely.MultiPolygon([part for part in shapely.get_parts(parts).tolist() if part.area > 0.01])


@pytest.fixture(scope="module")
def world(fresh_city: Callable[[str], City]) -> Iterator[World]:
    """Parcels and restrictions that were set, moved, limited and proposed at random, the same in every run."""
    made, random = World(restricted(fresh_city("helsinki"))), np.random.default_rng(20250914)
    parcels = [made.put(PARCEL.name, _parcel(random, n), "2019-01-01") for n in range(36)]
    placed: list[tuple[str, int]] = []
    for number in range(90):
        name = (AREA, LINE, POINT)[number % 3].name
        start, end = sorted(random.choice(len(DAYS), 2, replace=False))
        known = [i for kind, i in placed if kind == name]
        feature = int(random.choice(known)) if known and random.random() < 0.4 else -1
        until = DAYS[end] if random.random() < 0.4 else None
        placed.append((name, made.put(name, random_shape(random, name), DAYS[start], until, feature)))
    for parcel in parcels[:6]:
        made.put(PARCEL.name, _parcel(random, 40 + parcel % 6), "2021-01-01", None, parcel)
    drafts.opened(made.city.register, DRAFT, "A variant", actor="planner", role="registrar")
    for number in range(15):
        name = (AREA, LINE, POINT)[number % 3].name
        known = [i for kind, i in placed if kind == name]
        feature = int(random.choice(known)) if random.random() < 0.5 else -1
        made.propose(DRAFT, name, random_shape(random, name), DAYS[int(random.integers(0, 8))], feature)
    made.propose(DRAFT, PARCEL.name, _parcel(random, 3), "2020-01-01", parcels[3])
    yield made
    made.city.register.close()


def _parcel(random: np.random.Generator, number: int) -> shapely.Polygon:
    x, y = number % 6 * 40, number // 6 * 40
    corners = [(x, y), (x + 40, y), (x + 40, y + 40), (x, y + 40)]
    return shapely.Polygon([at(*(np.asarray(corner) + random.uniform(-3, 3, 2))) for corner in corners])


def instants(world: World, count: int) -> Iterator[tuple[int, Instant]]:
    """Yield parcels at random instants of both axes: a third with a draft, a few of now."""
    random = np.random.default_rng(7)
    city = world.city
    ids = sorted({row[0] for row in world.rows[PARCEL.name]})
    with city.register.reading() as connection:
        head, overlay = read_head(connection), drafts.overlay(connection, drafts.find(connection, DRAFT))
    for number in range(count):
        valid = city.act(DAYS[int(random.integers(len(DAYS)))]).valid_from if number % 5 else None
        recorded = world.recorded[int(random.integers(36, len(world.recorded)))] if number % 3 else head.recorded
        draft = overlay if number % 3 == 0 else None
        yield int(random.choice(ids)), Instant(valid or head.now, recorded, draft)


def test_equals_brute_force_at_random_instants(world: World) -> None:
    """A thousand parcels at random (valid, recorded), a third with a draft: the same features, the same amounts."""
    overlaps, lying = Overlaps(RESTRICTIONS, PARCEL), 0
    for parcel, instant in instants(world, QUESTIONS):
        assert instant.valid is not None
        assert instant.recorded is not None
        drafted = instant.draft is not None
        with world.city.register.reading() as connection:
            ground = overlaps.on(connection, instant, parcel, TOLERANCE)
        outline = world.in_force(PARCEL.name, instant.valid, instant.recorded, drafted=drafted).get(parcel)
        assert (ground is None) == (outline is None)
        if ground is None or outline is None:
            continue
        expected = world.lying(outline, instant.valid, instant.recorded, drafted=drafted)
        assert same(told(ground), expected, outline.area), (parcel, instant)
        shares = [o.share for o in ground.overlaps if o.laid.layer == AREA.name]
        assert shares == pytest.approx(
            [o.amount / outline.area for o in ground.overlaps if o.share is not None], abs=1e-9
        )
        lying += len(expected)
    assert lying > QUESTIONS  # the world is not an empty one


def test_places_are_the_common_parts(world: World) -> None:
    """Asked for geometries, the answer has those whose measures it tells."""
    overlaps = Overlaps(RESTRICTIONS, PARCEL)
    for parcel, instant in instants(world, 60):
        with world.city.register.reading() as connection:
            ground = overlaps.on(connection, instant, parcel, TOLERANCE, places=True)
        for one in () if ground is None else ground.overlaps:
            assert one.place is not None
            measure = {AREA.name: one.place.area, LINE.name: one.place.length, POINT.name: 1.0}[one.laid.layer]
            assert measure == pytest.approx(one.amount, abs=1e-6)


@pytest.mark.parametrize(("size", "workers", "drafted"), [(4, 1, False), (4, 2, True), (3000, 1, True)])
def test_all_at_once_equal_one_by_one(world: World, size: int, workers: int, drafted: bool) -> None:
    """Blocks of any size, by one connection or two: each parcel in force once, with what lies on it."""
    register, overlaps = world.city.register, Overlaps(RESTRICTIONS, PARCEL)
    with register.reading() as connection:
        overlay = drafts.overlay(connection, drafts.find(connection, DRAFT)) if drafted else None
    for day in ("2020-05-01", "2021-08-01"):
        instant = Instant(world.city.act(day).valid_from, None, overlay)
        grounds = list(_blocks(world, instant, size).grounds(workers))
        expected = world.in_force(PARCEL.name, world.city.act(day).valid_from, world.recorded[-1], drafted=drafted)
        assert sorted(ground.feature_id for ground in grounds) == sorted(expected)
        for ground in grounds:
            with register.reading() as connection:
                alone = overlaps.on(connection, instant, ground.feature_id, TOLERANCE)
            assert same(told(ground), told(alone), ground.area)


def _blocks(world: World, instant: Instant, size: int, shape: BaseGeometry | None = None) -> Blocks:
    return Blocks(
        connecting=world.city.register.reading,
        instant=instant,
        srid=world.city.profile.srid,
        tolerance=TOLERANCE,
        subject=PARCEL,
        shown=("cadastral_number",),
        layers=() if shape is not None else RESTRICTIONS,
        shape=shape,
        size=size,
    )


def test_what_a_shape_lies_on(world: World) -> None:
    """The reverse question equals brute force, for areas, lines and points that are in no layer."""
    random = np.random.default_rng(3)
    valid = world.city.act("2021-06-01").valid_from
    parcels = world.in_force(PARCEL.name, valid, world.recorded[-1])
    for number in range(45):
        shape = random_shape(random, (AREA, LINE, POINT)[number % 3].name)
        found = {g.feature_id: g.overlaps[0].amount for g in _blocks(world, Instant(valid), 5, shape).grounds()}
        expected = {i: amount for i, outline in parcels.items() if (amount := overlap(outline, shape))}
        assert found == pytest.approx(expected, abs=1e-6)


def test_coverage_counts_what_lies_twice_once(world: World) -> None:
    """The area covered is that of the union, the count that of the features."""
    register, city = world.city.register, world.city
    valid = city.act("2021-06-01").valid_from
    statistics = Statistics(
        connecting=register.reading, instant=Instant(valid), srid=city.profile.srid, tolerance=TOLERANCE
    )
    parcels = world.in_force(PARCEL.name, valid, world.recorded[-1])
    areas = world.in_force(AREA.name, valid, world.recorded[-1])
    found = {one.feature_id: one for one in statistics.coverage(PARCEL, [AREA])}
    assert found.keys() == parcels.keys()
    for parcel, outline in parcels.items():
        lying = [outline.intersection(shape) for shape in areas.values() if overlap(outline, shape)]
        covered = sum(one.amount for one in found[parcel].covered)
        assert covered == pytest.approx(union(lying).area if lying else 0.0, abs=1e-6)
        assert sum(one.count for one in found[parcel].covered) == len(lying)


def test_what_is_near(world: World) -> None:
    """Features within a distance of a shape, or of any feature of a layer, with the distance to the nearest."""
    city = world.city
    valid = city.act("2021-06-01").valid_from
    statistics = Statistics(
        connecting=city.register.reading, instant=Instant(valid), srid=city.profile.srid, tolerance=TOLERANCE
    )
    parcels = world.in_force(PARCEL.name, valid, world.recorded[-1])
    points = world.in_force(POINT.name, valid, world.recorded[-1])
    expected = {i: d for i, outline in parcels.items() if (d := min(map(outline.distance, points.values()))) <= 30}
    assert {one.feature_id: one.distance for one in statistics.near_layer(PARCEL, POINT, 30)} == pytest.approx(expected)
    place = next(iter(points.values()))
    close = {i: d for i, outline in parcels.items() if (d := outline.distance(place)) <= 55}
    assert {one.feature_id: one.distance for one in statistics.near(PARCEL, place, 55)} == pytest.approx(close)


GROUND = box(0, 0, 40, 40)
_AROUND = box(-50, -50, 90, 90).exterior.coords


@pytest.mark.parametrize(
    ("name", "shape", "amount"),
    [
        ("area", shapely.MultiPolygon([box(40, 0, 80, 40)]), None),
        ("area", shapely.MultiPolygon([box(40 - 0.008, 0, 80, 40)]), None),
        ("area", shapely.MultiPolygon([box(40 - 0.02, 0, 80, 40)]), 0.8),
        ("area", shapely.MultiPolygon([GROUND]), 1600.0),
        ("area", shapely.MultiPolygon([shapely.Polygon(_AROUND, [GROUND.exterior.coords])]), None),
        ("area", shapely.MultiPolygon([shapely.Polygon(_AROUND, [box(10, 10, 20, 20).exterior.coords])]), 1500.0),
        ("area", shapely.MultiPolygon([box(0, 0, 1, 1), box(39, 39, 50, 50)]), 2.0),
        ("line", shapely.LineString([at(0, -10), at(0, 50)]), None),
        ("line", shapely.LineString([at(0.003, -10), at(0.003, 50)]), None),
        ("line", shapely.LineString([at(0, 0), at(40, 0), at(40, 40), at(0, 40)]), None),
        ("line", shapely.LineString([at(-10, 20), at(50, 20)]), 40.0),
        ("line", shapely.LineString([at(0, 0), at(0, 20), at(20, 20)]), 40.0),
        ("line", shapely.LineString([at(-20, 20), at(0, 20)]), None),
        ("point", shapely.Point(at(40, 20)), None),
        ("point", shapely.Point(at(39.997, 20)), None),
        ("point", shapely.Point(at(20, 20)), 1.0),
    ],
)
def test_edge_cases(bare: World, name: str, shape: BaseGeometry, amount: float | None) -> None:
    """Along an edge, through a hole, in several parts, along the boundary: mere touch is no restriction."""
    bare.numbers += 1  # each case has a place of its own
    ground, shape = (affinity.translate(one, 1000 * bare.numbers) for one in (GROUND, shape))
    parcel = bare.put(PARCEL.name, ground)
    feature = bare.put(f"test_restrictions.{name}", shape)
    with bare.city.register.reading() as connection:
        alone = Overlaps(RESTRICTIONS, PARCEL).on(connection, Instant(), parcel, TOLERANCE)
    expected = {} if amount is None else {(f"test_restrictions.{name}", feature): pytest.approx(amount, abs=1e-6)}
    assert told(alone) == expected
    blocks = {one.feature_id: told(one) for one in _blocks(bare, Instant(), 10).grounds()}
    assert blocks[parcel] == expected


@pytest.fixture(scope="module")
def bare(fresh_city: Callable[[str], City]) -> Iterator[World]:
    """A register with nothing in it yet."""
    made = World(restricted(fresh_city("helsinki")))
    yield made
    made.city.register.close()


def test_an_act_between_two_blocks_changes_nothing(fresh_city: Callable[[str], City]) -> None:
    """What is recorded while a long answer goes out is no part of it."""
    world = World(restricted(fresh_city("helsinki")))
    for number in range(6):
        world.put(PARCEL.name, box(number * 40, 0, number * 40 + 40, 40))
    world.put(AREA.name, shapely.MultiPolygon([box(0, 0, 240, 20)]))
    grounds = _blocks(world, Instant(), 1).grounds()
    first = next(grounds)
    world.put(AREA.name, shapely.MultiPolygon([box(0, 0, 240, 40)]))
    world.put(PARCEL.name, box(0, 100, 40, 140))
    assert [len(ground.overlaps) for ground in [first, *grounds]] == [1] * 6
    world.city.register.close()


def test_the_act_named_is_the_one_in_force_on_the_day(fresh_city: Callable[[str], City]) -> None:
    """What a later act left of a version is still by the act that set it; what was set anew is by the one that did."""
    world = World(restricted(fresh_city("helsinki")))
    parcel = world.put(PARCEL.name, box(0, 0, 40, 40))
    wide, narrow = (shapely.MultiPolygon([box(0, 0, 40, height)]) for height in (40, 20))
    first = _decided(world, "A", wide, "2020-01-01")
    feature = first.features[-1]
    _decided(world, "B", narrow, "2022-01-01", None, feature)
    _decided(world, "C", narrow, "2021-01-01", "2021-03-01", feature)  # splits what is A's in two
    told = {day: _acts(world, parcel, day) for day in ("2020-06-01", "2021-02-01", "2021-06-01", "2022-06-01")}
    assert told == {"2020-06-01": "A", "2021-02-01": "C", "2021-06-01": "A", "2022-06-01": "B"}
    before = first.recorded
    _decided(world, "D", wide, "2021-01-01", "2021-03-01", feature)  # sets again what C had replaced
    assert [_acts(world, parcel, day) for day in ("2020-06-01", "2021-02-01", "2021-06-01")] == ["A", "D", "A"]
    assert _acts(world, parcel, "2022-06-01", before) == "A"
    world.city.register.close()


def _decided(
    world: World, number: str, shape: BaseGeometry, day: str, until: str | None = None, i: int = -1
) -> Recorded:
    """Set an area by an act of a number."""
    act = world.city.act(day, number=number)
    period = Period(act.valid_from, None if until is None else world.city.act(until).valid_from)
    return world.city.register.perform(Put((Write(AREA.name, i, period, shape, {"kind": "zone"}),)), act)


def _acts(world: World, parcel: int, day: str, recorded: datetime | None = None) -> str | None:
    """Return the number of the one act told on a day, which both forms must agree upon."""
    instant = Instant(world.city.act(day).valid_from, recorded)
    with world.city.register.reading() as connection:
        ground = Overlaps(RESTRICTIONS, PARCEL).on(connection, instant, parcel, TOLERANCE)
    assert ground is not None
    (alone,), ((together,),) = ground.overlaps, [g.overlaps for g in _blocks(world, instant, 10).grounds()]
    assert alone.laid == together.laid
    return alone.laid.origin.number


def test_an_envelope_names_the_act_of_the_day(fresh_city: Callable[[str], City]) -> None:
    """What bars building on a day is by the act that drew it, not by the one that drew it anew from a later day."""
    made = fresh_city("helsinki")
    city = City(replace(made.register, rules=(), followers=()), made.profile)
    parcel = city.put(PARCEL.name, box(0, 0, 40, 60), cadastral_number="91001001001")
    said = {"line_kind": "red_line", "building_side": "left", STEP_FIELD: IN_FORCE}
    line = -1
    for number, day, y in (("A", "2020-01-01", 5), ("B", "2022-01-01", 9)):
        act, drawn = city.act(day, number=number), shapely.MultiLineString([[at(-5, y), at(45, y)]])
        written = city.register.perform(Put((Write(REGULATION_LINE.name, line, act.period, drawn, said),)), act)
        line = written.features.get(-1, line)
    told = []
    for day in ("2021-01-01", "2023-01-01"):
        with city.register.reading() as connection:
            instant = Instant(city.act(day).valid_from)
            found = parcel_envelope(connection, instant, city.register.layers, parcel, city.profile)
        assert found is not None
        told += [(taken.cause.overlap.laid.origin.number, round(taken.area.area)) for taken in found.found.taken]
    assert told == [("A", 200), ("B", 360)]
    city.register.close()


def test_a_draft_has_no_act_and_leaves_the_acts_of_the_rest(fresh_city: Callable[[str], City]) -> None:
    """What a draft proposes has none; a version that it keeps as it was is still by the act that set it."""
    world = World(restricted(fresh_city("helsinki")))
    parcel = world.put(PARCEL.name, box(0, 0, 40, 40))
    wide, narrow = (shapely.MultiPolygon([box(0, 0, 40, height)]) for height in (40, 20))
    feature = _decided(world, "A", wide, "2020-01-01").features[-1]
    _decided(world, "B", narrow, "2022-01-01", None, feature)
    drafts.opened(world.city.register, DRAFT, "A variant", actor="planner", role="registrar")
    world.propose(DRAFT, AREA.name, wide, "2023-01-01", feature)
    with world.city.register.reading() as connection:
        overlay = drafts.overlay(connection, drafts.find(connection, DRAFT))
        numbers = []
        for day in ("2021-01-01", "2024-01-01"):
            instant = Instant(world.city.act(day).valid_from, None, overlay)
            ground = Overlaps(RESTRICTIONS, PARCEL).on(connection, instant, parcel, TOLERANCE)
            assert ground is not None
            numbers += [one.laid.origin.number for one in ground.overlaps]
    assert numbers == ["A", None]
    world.city.register.close()


def test_an_empty_register_has_nothing(fresh_city: Callable[[str], City]) -> None:
    """No parcels, no blocks; a parcel under nothing has no overlaps; one that never was is not there."""
    world = World(restricted(fresh_city("helsinki")))
    assert list(_blocks(world, Instant(), 10).grounds()) == []
    parcel = world.put(PARCEL.name, GROUND)
    overlaps = Overlaps(RESTRICTIONS, PARCEL)
    with world.city.register.reading() as connection:
        assert told(overlaps.on(connection, Instant(), parcel, TOLERANCE)) == {}
        assert overlaps.on(connection, Instant(), parcel + 999, TOLERANCE) is None
        assert overlaps.on(connection, Instant(world.city.act("2010-01-01").valid_from), parcel, TOLERANCE) is None
    world.city.register.close()


def test_only_areas_are_laid_on() -> None:
    """A layer of lines or points is refused in three languages."""
    with pytest.raises(NoArea) as refused:
        Overlaps(RESTRICTIONS, LINE)
    assert all(LINE.name in refused.value.in_language(language) for language in ("kk", "ru", "en"))
