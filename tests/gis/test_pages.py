"""Pages of features against brute force: at every point of both axes, in any place, while others write."""

import asyncio
import itertools
import json
import random
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
import shapely
from psycopg import AsyncConnection
from psycopg.types.range import Range
from psycopg_pool import AsyncConnectionPool
from shapely.geometry.base import BaseGeometry

from gis.bbox import Box, Window, storage_windows
from gis.crs import CRS84, transformer
from gis.database import connect
from gis.edit import Put
from gis.feature import FeatureReader, Sight
from gis.geojson import feature_row
from gis.instant import Instant
from gis.layer import Layer
from gis.page_query import count_statement, parameters
from gis.pages import Form, Page, PageQuery, PageReader, Span
from gis.record import Period, Write
from tests.city import ORIGIN, City, square

LAYER = "land.reservation"
NOW = datetime.now(UTC)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Row:
    """One version as the table holds it."""

    feature_id: int
    version: int
    valid: Range[datetime]
    recorded: Range[datetime]
    abolished: bool
    geometry: BaseGeometry


def _layer(city: City) -> Layer:
    return city.register.layers[LAYER]


def _form(layer: Layer) -> Form:
    return Form("geojson", feature_row(layer))


@asynccontextmanager
async def _pool(city: City) -> AsyncIterator[AsyncConnectionPool[AsyncConnection]]:
    async with AsyncConnectionPool(
        city.register.database.reader, min_size=1, max_size=2, open=False, kwargs={"autocommit": True}
    ) as pool:
        yield pool


def _read(city: City, work: Callable[[PageReader], Coroutine[Any, Any, _Answer]]) -> _Answer:
    async def run() -> _Answer:
        async with _pool(city) as pool:
            return await work(PageReader(pool, _layer(city)))

    return asyncio.run(run())


def _ids(page: Page) -> list[tuple[int, int]]:
    features = json.loads(b"[" + page.body + b"]")
    assert len(features) == page.count
    return [(each["id"], each["properties"]["version"]) for each in features]


def _rows(city: City) -> list[Row]:
    with connect(city.register.database.reader) as reader:
        found = reader.execute(
            "SELECT feature_id, version, valid, recorded, abolished, ST_AsBinary(geom) FROM land.reservation"
        ).fetchall()
    return [Row(i, n, valid, known, gone, shapely.from_wkb(bytes(g))) for i, n, valid, known, gone, g in found]


def _expected(rows: list[Row], valid: datetime, recorded: datetime) -> list[Row]:
    there = [r for r in rows if not r.abolished and valid in r.valid and recorded in r.recorded]
    return sorted(there, key=lambda r: r.feature_id)


def _history(city: City, seed: int, acts: int = 25, features: int = 12) -> list[datetime]:
    """Write a random history around now: versions past, present and to come, bounded on either side, abolished."""
    chance = random.Random(seed)
    ids: dict[int, int] = {}
    recorded: list[datetime] = []
    for _ in range(acts):
        writes = []
        for feature in chance.sample(range(features), chance.randint(1, 4)):
            days = sorted(chance.sample(range(-400, 400), 2))
            start = None if chance.random() < 0.2 else NOW + timedelta(days=days[0])
            end = None if chance.random() < 0.5 else NOW + timedelta(days=days[1])
            side, place = chance.uniform(5, 60), square(feature % 4, feature // 4)
            around = shapely.MultiPolygon(
                [shapely.box(*place.bounds[:2], place.bounds[0] + side, place.bounds[1] + side)]
            )
            name = {"purpose": f"{feature} \"<&'\\ Қала\n"}
            given = ids.get(feature, -1 - feature)
            writes.append(Write(LAYER, given, Period(start, end), around, name, chance.random() < 0.15))
        done = city.register.perform(Put(tuple(writes)), city.act("2020-01-01"))
        ids.update({-1 - given: real for given, real in done.features.items()})
        recorded.append(done.recorded)
    return recorded


@pytest.fixture(scope="module")
def storied(fresh_city: Callable[[str], City]) -> tuple[City, list[datetime], list[Row]]:
    """A city with a random history, the instants at which it was recorded, and all its versions."""
    city = fresh_city("helsinki")
    recorded = _history(city, seed=20)
    return city, recorded, _rows(city)


Storied = tuple[City, list[datetime], list[Row]]


def test_pages_equal_brute_force_on_both_axes(storied: Storied) -> None:
    """At any point of both axes a page holds exactly the versions that the table says were in force and on record."""
    city, recorded, rows = storied
    days = [NOW + timedelta(days=d, hours=1) for d in range(-450, 450, 60)]

    async def work(reader: PageReader) -> None:
        for valid, known in itertools.product(days, recorded[::4] + recorded[-1:]):
            page = await reader.page(Instant(valid, known), PageQuery(), _form(reader.layer))
            assert _ids(page) == [(r.feature_id, r.version) for r in _expected(rows, valid, known)]

    _read(city, work)


def test_the_present_is_read_at_the_last_boundary(storied: Storied) -> None:
    """By default a page shows what the table says of now, though its reading is pinned to what changed last."""
    city, recorded, rows = storied
    page = _read(city, lambda reader: reader.page(Instant(), PageQuery(), _form(reader.layer)))
    expected = [(r.feature_id, r.version) for r in _expected(rows, datetime.now(UTC), recorded[-1])]
    assert _ids(page) == expected
    assert page.reading.valid <= page.head.now
    assert page.reading.recorded == recorded[-1]
    bounds = {b for r in rows if r.recorded.upper is None for b in (r.valid.lower, r.valid.upper) if b}
    assert page.reading.valid == max(b for b in bounds if b <= page.head.now)


def test_pages_follow_by_key_and_by_offset(storied: Storied) -> None:
    """Pages of any size, by key or by offset, add up to the whole, and only the last says that nothing follows."""
    city, recorded, rows = storied
    instant = Instant(NOW + timedelta(days=10), recorded[-3])
    whole = [(r.feature_id, r.version) for r in _expected(rows, NOW + timedelta(days=10), recorded[-3])]
    assert len(whole) >= 4

    async def work(reader: PageReader) -> None:
        for limit in range(1, len(whole) + 2):
            by_key: list[tuple[int, int]] = []
            page = await reader.page(instant, PageQuery(limit=limit), _form(reader.layer))
            by_key += _ids(page)
            while page.more:
                page = await reader.page(instant, PageQuery(limit=limit, after=page.last), _form(reader.layer))
                by_key += _ids(page)
            assert by_key == whole
            offsets = [*range(0, len(whole) + limit, limit)] * 2
            random.Random(limit).shuffle(offsets)
            for offset in offsets:
                page = await reader.page(instant, PageQuery(limit=limit, offset=offset), _form(reader.layer))
                assert _ids(page) == whole[offset : offset + limit]
                assert page.more == (offset + limit < len(whole))

    _read(city, work)


def test_places_are_exact(storied: Storied) -> None:
    """A feature is found by a box if and only if it intersects it, however close the edge, in any coordinate system."""
    city, recorded, rows = storied
    there = _expected(rows, NOW, recorded[-1])
    chance = random.Random(7)

    async def work(reader: PageReader) -> None:
        for _ in range(150):
            target = chance.choice(there).geometry.bounds
            x, y = (
                target[2] + chance.choice((-1, 1)) * 10 ** chance.uniform(-4, 1.5),
                chance.uniform(target[1], target[3]),
            )
            side = 10 ** chance.uniform(-1, 2.5)
            box = Box(x, y, x + side, y + side)
            query = PageQuery(windows=(Window(box),), srid=city.profile.srid)
            page = await reader.page(Instant(NOW, recorded[-1]), query, _form(reader.layer))
            expected = [r.feature_id for r in there if r.geometry.intersects(shapely.box(*box))]
            assert [i for i, _ in _ids(page)] == expected

    _read(city, work)


def test_places_in_degrees_have_curved_sides(storied: Storied) -> None:
    """A box in degrees finds what lies in its figure in storage, and not all that lies in the box around that."""
    city, recorded, rows = storied
    there = _expected(rows, NOW, recorded[-1])
    west, south = transformer(city.profile.system, 4326).transform(ORIGIN[0] - 20, ORIGIN[1] - 20)
    chance = random.Random(3)

    async def work(reader: PageReader) -> None:
        for _ in range(60):
            x, y = west + chance.uniform(0, 0.003), south + chance.uniform(0, 0.002)
            box = Box(x, y, x + 10 ** chance.uniform(-6, -2), y + 10 ** chance.uniform(-6, -2))
            windows = storage_windows(box, CRS84, city.profile.system)
            query = PageQuery(windows=windows, srid=city.profile.srid)
            page = await reader.page(Instant(NOW, recorded[-1]), query, _form(reader.layer))
            figures = [shapely.from_wkt(window.wkt) for window in windows]
            expected = [r.feature_id for r in there if any(r.geometry.intersects(figure) for figure in figures)]
            assert [i for i, _ in _ids(page)] == expected

    _read(city, work)


def test_a_span_shows_each_features_last_version_in_it(storied: Storied) -> None:
    """For a span of valid time each feature comes once, as its last version valid at some moment of the span."""
    city, recorded, rows = storied
    spans = [
        (NOW + timedelta(days=a) if a else None, NOW + timedelta(days=b) if b else None)
        for a, b in ((-300, -100), (-50, 60), (None, -100), (100, None))
    ]

    async def work(reader: PageReader) -> None:
        for (start, end), known in itertools.product(spans, (recorded[5], recorded[-1])):
            query = PageQuery(span=Span(start, end))
            page = await reader.page(Instant(None, known), query, _form(reader.layer))
            assert _ids(page) == _last_within(rows, start, end, known)

    _read(city, work)


def _last_within(
    rows: list[Row], start: datetime | None, end: datetime | None, known: datetime
) -> list[tuple[int, int]]:
    last: dict[int, Row] = {}
    for row in rows:
        begins_late = end is not None and row.valid.lower is not None and row.valid.lower > end
        ended_before = start is not None and row.valid.upper is not None and row.valid.upper <= start
        if row.abolished or begins_late or ended_before or known not in row.recorded:
            continue
        before = last.get(row.feature_id)
        if before is None or _start(before) < _start(row):
            last[row.feature_id] = row
    return sorted((i, row.version) for i, row in last.items())


def _start(row: Row) -> float:
    return float("-inf") if row.valid.lower is None else row.valid.lower.timestamp()


def test_count_and_equality(storied: Storied) -> None:
    """Features are found by the exact value of a property and counted whatever the page; SQL in a value is a value."""
    city, recorded, rows = storied
    there = _expected(rows, NOW, recorded[-1])
    instant = Instant(NOW, recorded[-1])

    async def work(reader: PageReader) -> None:
        page = await reader.page(instant, PageQuery(limit=1), _form(reader.layer))
        assert await reader.count(page.reading, PageQuery(limit=1)) == len(there)
        name = json.loads(page.body)["properties"]["purpose"]
        found = await reader.page(instant, PageQuery(equals={"purpose": name}), _form(reader.layer))
        assert _ids(found) == _ids(page)
        for hostile in ("' OR true --", "'; DROP TABLE land.reservation; --", "%(valid)s", "{0}", name + "\\"):
            none = await reader.page(instant, PageQuery(equals={"purpose": hostile}), _form(reader.layer))
            assert none.count == 0

    _read(city, work)


def test_nothing_is_found_nowhere(storied: Storied) -> None:
    """A place that lies outside of the system's reach finds nothing, instead of everything."""
    city, recorded, _ = storied
    query = PageQuery(windows=(), srid=city.profile.srid)
    page = _read(city, lambda reader: reader.page(Instant(NOW, recorded[-1]), query, _form(reader.layer)))
    assert (page.count, page.body, page.more) == (0, b"", False)


def test_one_feature_and_its_neighbours_in_time(storied: Storied) -> None:
    """Each feature, at any point, shows the version in force and the nearest ones before and after."""
    city, recorded, rows = storied

    async def work(reader: PageReader) -> None:
        async with _pool(city) as pool:
            features = FeatureReader(pool, reader.layer)
            for known, days in itertools.product((recorded[8], recorded[-1]), (-350, -20, 0, 130)):
                valid = NOW + timedelta(days=days, hours=1)
                for feature_id in {r.feature_id for r in rows}:
                    sight = await features.look(feature_id, Instant(valid, known), _form(reader.layer))
                    assert sight is not None
                    periods = await features.periods(feature_id, known)
                    _compare(sight, periods, [r for r in rows if r.feature_id == feature_id], valid, known)
            assert await features.look(10**9, Instant(), _form(reader.layer)) is None

    _read(city, work)


def _compare(sight: Sight, periods: Sequence[Period], rows: list[Row], valid: datetime, known: datetime) -> None:
    on_record = [r for r in rows if known in r.recorded and not r.abolished]
    here = [r for r in on_record if valid in r.valid]
    assert sight.version == (here[0].version if here else None)
    assert (sight.body is None) == (not here)
    for moment in (valid, *(bound for r in rows for bound in (r.valid.lower, r.valid.upper) if bound)):
        assert any(p.contains(moment) for p in periods) == any(moment in r.valid for r in on_record)
    before = [r.valid.upper for r in on_record if r.valid.upper is not None and r.valid.upper <= valid]
    after = [r.valid.lower for r in on_record if r.valid.lower is not None and r.valid.lower > valid]
    assert (sight.before.end if sight.before else None) == max(before, default=None)
    assert sight.after == min(after, default=None)
    assert sight.recorded == min(r.recorded.lower for r in rows if r.recorded.lower)


def test_pages_stay_at_one_state_while_others_write(fresh_city: Callable[[str], City]) -> None:
    """However others write between two pages, all pages together show one state: none repeated, missed or mixed."""
    city = fresh_city("helsinki")
    act = city.act("2020-01-01")
    places = [shapely.MultiPolygon([square(i % 20, i // 20)]) for i in range(60)]
    writes = tuple(Write(LAYER, -1 - i, act.period, place, {"purpose": "0"}) for i, place in enumerate(places))
    ids = sorted(city.register.perform(Put(writes), act).features.values())
    done = threading.Event()
    writer = threading.Thread(target=_keep_writing, args=(city, ids, places, done))
    writer.start()

    async def work(reader: PageReader) -> None:
        for _ in range(12):
            form = _form(reader.layer)
            first = await reader.page(Instant(), PageQuery(limit=7), form)
            seen = json.loads(b"[" + first.body + b"]")
            async for page in reader.pages(first, PageQuery(limit=1000), form):
                seen += json.loads(b"[" + page.body + b"]")
            assert [each["id"] for each in seen] == ids
            assert len({each["properties"]["purpose"] for each in seen}) == 1

    try:
        _read(city, work)
    finally:
        done.set()
        writer.join()


def _keep_writing(city: City, ids: list[int], places: list[shapely.MultiPolygon], done: threading.Event) -> None:
    """Change all features at once, over and over; each state has one purpose only."""
    for state in itertools.count(1):
        if done.is_set():
            return
        act = city.act("2020-01-01")
        pairs = zip(ids, places, strict=True)
        writes = tuple(Write(LAYER, i, act.period, place, {"purpose": str(state)}) for i, place in pairs)
        city.register.perform(Put(writes), act)


def test_counting_binds_what_paging_binds(small_city: City) -> None:
    """The count of a query runs with the same parameters as its page, on every path of reading."""
    layer = small_city.register.layers["land.parcel"]

    async def run() -> int:
        async with _pool(small_city) as pool, pool.connection() as connection:
            page = await PageReader(pool, layer).page(Instant(), PageQuery(limit=3), _form(layer))
            query = PageQuery(equals={"category": "2"}, limit=3)
            statement = count_statement(layer, page.reading, query)
            row = await (await connection.execute(statement, parameters(page.reading, query))).fetchone()
            return int(row[0]) if row else -1

    assert asyncio.run(run()) == 25
