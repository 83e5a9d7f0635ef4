"""``qala bench drafts``: what a draft costs who reads pages through it, and its adoption beside a bulk load."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, Final

import numpy as np
import shapely
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from api.bench.city import BenchCity, Tell
from api.bench.parcels import parcels
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from cadastres.land.model import PARCEL, QUARTER
from gis import drafts, staging
from gis.act import Act, Source
from gis.bbox import Box, Window
from gis.bulk import Bulk, bulk
from gis.database import Database, connect
from gis.errors import Unavailable
from gis.geojson import feature_row
from gis.instant import Instant
from gis.layer import Layer
from gis.pages import Form, PageQuery, PageReader
from gis.readers import reader_pool
from gis.record import Period
from gis.register import Register
from gis.store import new_ids

CHANGES: Final = 5000
"""Changes in each draft."""

_PAGES: Final = 60
_SIDE: Final = 900.0
_AMENDED: Final = "amended"
_GROWN: Final = "grown"


@dataclass(frozen=True)
class Bed:
    """A register of a made-up city without its last parcels; one draft adds them, another amends some of the rest."""

    city: BenchCity

    @cached_property
    def register(self) -> Register:
        """The register, empty or filled."""
        profile = self.city.profile.model_copy(update={"id": f"bench_drafts_{self.city.count}"})
        return self.city.installation.open(profile)

    def ensure(self, tell: Tell) -> None:
        """Fill it and open the drafts, unless that was done before."""
        with connect(self.register.database.owner) as connection:
            if connection.execute("SELECT to_regclass('public.bench_complete') IS NOT NULL").fetchone() == (True,):
                return
            tell(f"loading {self.city.count} parcels and two drafts of {CHANGES} changes")
            self._fill()
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.bench_complete ()")

    def _fill(self) -> None:
        shapes, numbers = self.rows
        base = self.city.count - CHANGES
        with bulk(self.register, self.act, [QUARTER.name, PARCEL.name]) as load:
            _copy(load, QUARTER, self._quarters())
            ids = _copy(
                load, PARCEL, [(s, {"cadastral_number": n}) for s, n in zip(shapes[:base], numbers, strict=False)]
            )
            load.record("bench.fill")
        chosen = np.random.default_rng(7).permutation(base)[:CHANGES].tolist()
        self._propose(_AMENDED, [(ids[i], shapes[i], numbers[i]) for i in chosen])
        self._propose(_GROWN, [(None, *row) for row in self.grown])

    def _propose(self, name: str, rows: Sequence[tuple[int | None, shapely.Geometry, str]]) -> None:
        draft = drafts.opened(self.register, name, name, actor="bench", role="operator")
        with bulk(self.register, self.act, [PARCEL.name], draft) as load:
            known = [(i, s, n) for i, s, n in rows if i is not None]
            _copy(load, PARCEL, [(s, _said(n)) for _, s, n in known], ids=[i for i, _, _ in known])
            _copy(load, PARCEL, [(s, _said(n)) for i, s, n in rows if i is None])
            load.propose("bench.propose")

    @cached_property
    def rows(self) -> tuple[Sequence[shapely.Geometry], list[str]]:
        """Shapes and numbers of all parcels."""
        block, serial = self.city.net.numbering
        numbers = [f"{self._prefix}{b + 1:03d}{s:03d}" for b, s in zip(block, serial, strict=True)]
        return list(parcels(self.city.net)), numbers

    @property
    def grown(self) -> list[tuple[shapely.Geometry, str]]:
        """The last parcels, which one draft adds."""
        shapes, numbers = self.rows
        return list(zip(shapes[-CHANGES:], numbers[-CHANGES:], strict=True))

    @cached_property
    def act(self) -> Act:
        """The operator's, of a day past."""
        profile = self.register.profile
        day = datetime(2024, 1, 1, tzinfo=profile.zone).date()
        source = Source(kind="data-delivery", number="bench", acceptance=day, submission=day, recordation=day)
        return Act(actor="bench", role="registrar", reason="bench", source=source, valid_from=profile.midnight(day))

    @property
    def _prefix(self) -> str:
        return "".join(self.register.profile.numbers["land.parcel"].codes.values())

    def _quarters(self) -> list[tuple[shapely.Geometry, Mapping[str, Any]]]:
        shapes = np.array(self.rows[0])
        block, _ = self.city.net.numbering
        whole = ((b, shapely.coverage_union_all(shapes[block == b])) for b in np.unique(block))
        many = ((b, shapely.MultiPolygon([s]) if isinstance(s, shapely.Polygon) else s) for b, s in whole)
        return [(s, {"code": f"{self._prefix}{b + 1:03d}"}) for b, s in many]


def _said(number: str) -> dict[str, Any]:
    return {"cadastral_number": number, "address": "bench"}


def _copy(
    load: Bulk, layer: Layer, rows: Sequence[tuple[shapely.Geometry, Mapping[str, Any]]], ids: Sequence[int] = ()
) -> list[int]:
    """Stage features that are in force from the act's date on; the first version of each goes, where it has one."""
    given = list(ids) or new_ids(load.connection, len(rows))
    if ids:
        staged, table = staging.staged(layer), sql.Identifier(layer.schema, layer.table)
        names = {"staged": staged, "columns": staging.column_list(layer), "table": table}
        load.connection.execute(sql.SQL(_CLOSED).format(**names), (given,))
    placed = shapely.set_srid([shape for shape, _ in rows], load.register.profile.srid)
    written = shapely.to_wkb(placed, hex=True, include_srid=True).tolist()
    valid = staging.range_of(Period(load.act.valid_from, None))
    with load.copying(layer) as copy:
        for feature_id, wkb, (_, said) in zip(given, written, rows, strict=True):
            values = (said.get(f.name) for f in layer.fields)
            copy.write_row((feature_id, 2 if ids else 1, valid, False, wkb, *values, "new"))
    return given


_CLOSED: Final = """
INSERT INTO {staged} ({columns}, _state) SELECT {columns}, 'closed' FROM {table} WHERE feature_id = ANY(%s)
"""


def measure(tell: Tell, *, parcels: int = 200_000, rounds: int = ROUNDS, only: str = "") -> list[Result]:
    """Build what is missing and measure each line.

    Args:
        tell: hears what is being done.
        parcels: size of the made-up city.
        rounds: alternating rounds of each line.
        only: part of the names of the lines wanted.
    """
    city = BenchCity.of(parcels)
    with city.installation.running():
        bed = Bed(city)
        bed.ensure(tell)
        try:
            return run((rounds_of(line, rounds) for line in lines(bed, only)), tell)
        finally:
            bed.register.close()


def lines(bed: Bed, only: str = "") -> Iterator[Line]:
    """Yield the lines of the table, or those whose names have ``only`` in them."""
    found = [_page(bed, limit, boxed=boxed) for boxed in (False, True) for limit in (100, 1000)]
    yield from (line for line in (*found, _adoption(bed)) if only in line.name)


def _page(bed: Bed, limit: int, *, boxed: bool) -> Line:
    queries = list(_boxes(bed, limit) if boxed else _keys(bed, limit))
    with bed.register.reading() as connection:
        overlay = drafts.overlay(connection, drafts.find(connection, _AMENDED))
    return Line(
        name=f"a page of {limit} {'in a place' if boxed else 'by key'} with a draft of {CHANGES} changes",
        contenders={
            "qala": lambda: _read(bed, Instant(draft=overlay), queries),
            "without draft": lambda: _read(bed, Instant(), queries),
        },
        targets=(Target(("without draft",), 1.4, at_least=False),),
        unit=" ms",
    )


def _keys(bed: Bed, limit: int) -> Iterator[PageQuery]:
    last = bed.city.count - CHANGES - limit
    for after in np.random.default_rng(3).integers(0, last, _PAGES).tolist():
        yield PageQuery(after=after, limit=limit)


def _boxes(bed: Bed, limit: int) -> Iterator[PageQuery]:
    _, south, _, north = bed.city.net.bounds
    there = south + (north - south) * (1 - 1.1 * CHANGES / bed.city.count)
    boxes = (box for box in bed.city.random_boxes(5, _SIDE * (limit / 500) ** 0.5) if box.max_y < there)
    for box in islice(boxes, _PAGES):
        yield PageQuery(windows=(Window(Box(*box)),), srid=bed.register.profile.srid, limit=limit)


def _read(bed: Bed, instant: Instant, queries: Sequence[PageQuery]) -> float:
    """Return the median milliseconds of a page."""
    form = Form("geojson", feature_row(PARCEL))

    async def timed(reader: PageReader, query: PageQuery) -> float:
        started = time.perf_counter()
        page = await reader.page(instant, query, form)
        if page.count == 0:
            raise Unavailable("a page came back empty")
        return time.perf_counter() - started

    async def all_timed(pool: AsyncConnectionPool[AsyncConnection]) -> float:
        reader = PageReader(pool, PARCEL)
        taken = [await timed(reader, query) for query in (*queries[:5], *queries)]
        return float(np.median(taken[5:])) * 1000

    return asyncio.run(_with_pool(bed.register.database.reader, all_timed))


async def _with_pool(conninfo: str, work: Callable[[AsyncConnectionPool[AsyncConnection]], Awaitable[float]]) -> float:
    async with reader_pool(conninfo, 1) as pool:
        return await work(pool)


def _adoption(bed: Bed) -> Line:
    return Line(
        name=f"adopting {CHANGES} new parcels with all rules",
        contenders={"qala": lambda: _timed(bed, _adopt), "the same in bulk": lambda: _timed(bed, _load)},
        targets=(Target(("the same in bulk",), 3, at_least=False),),
        unit=" s",
    )


def _timed(bed: Bed, work: Callable[[Bed, Register], None]) -> float:
    with _copied(bed) as register:
        started = time.perf_counter()
        work(bed, register)
        return time.perf_counter() - started


@contextmanager
def _copied(bed: Bed) -> Iterator[Register]:
    """Work on a copy of the database, so that the same rows go in each time."""
    bed.register.close()
    source = str(conninfo_to_dict(bed.register.database.owner)["dbname"])
    name = f"{source}_copy"
    with connect(bed.city.installation.cluster.dsn("postgres")) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        connection.execute(drop)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        connection.execute(copy)
        database = bed.register.database
        there = Database(*(make_conninfo(c, dbname=name) for c in (database.owner, *database.logins)))
        register = replace(bed.register, database=there, heads=None)
        try:
            yield register
        finally:
            register.close()
            connection.execute(drop)


def _adopt(bed: Bed, register: Register) -> None:
    with register.reading() as connection:
        draft = drafts.find(connection, _GROWN)
    drafts.adopt(register, draft, bed.act)


def _load(bed: Bed, register: Register) -> None:
    rows = [(shape, _said(number)) for shape, number in bed.grown]
    with bulk(register, bed.act, [PARCEL.name]) as load:
        _copy(load, PARCEL, rows)
        broken = [v for v in load.check() if v.severity == "error"]
        if broken:
            raise Unavailable(f"the bench's own parcels break rules: {broken[:3]}")
        load.record("bench.load")
