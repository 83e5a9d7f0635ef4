"""Drafts: who asks for one sees it, nobody else does; edited, compared, checked, adopted, shared and inverted."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import psycopg
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection, Connection, sql
from psycopg_pool import AsyncConnectionPool

from gis import drafts, staging, store
from gis.access import Look
from gis.act import Act, Case, Needs, Outcome
from gis.audit import verify
from gis.bbox import Box, Window
from gis.bulk import bulk
from gis.change import Change
from gis.database import connect
from gis.edit import Put
from gis.errors import BadRequest, Conflict, Forbidden, RuleBroken
from gis.feature import FeatureReader
from gis.geojson import feature_row
from gis.history import diff
from gis.instant import Instant, Reading, arms_at, read_head, settle
from gis.layer import Layer
from gis.pages import Form, PageQuery, PageReader, Span
from gis.profile import CityProfile
from gis.record import Period, Version, Write
from gis.schema import table_columns, twin_name
from gis.tile_cache import LayerTiles, TileCache
from tests.city import City, square
from tests.gis.test_mvt import drawn, tile_at

LAYER = "land.reservation"
PARCEL = "land.parcel"
_Answer = TypeVar("_Answer")


def _many(column: int, row: int = 0, side: float = 40.0) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([square(column, row, side)])


def _opened(city: City, name: str = "north-gate", role: str = "planner", day: str = "2021-01-01") -> drafts.Draft:
    valid_from = city.act(day).valid_from
    return drafts.opened(city.register, name, "North gate", actor="planner-1", role=role, valid_from=valid_from)


def _now(city: City, draft: drafts.Draft) -> drafts.Draft:
    with city.register.reading() as connection:
        return drafts.find(connection, draft.name)


def _laid(city: City, draft: drafts.Draft) -> drafts.Overlay:
    with city.register.reading() as connection:
        return drafts.overlay(connection, draft)


def _act(city: City, draft: drafts.Draft, role: str = "planner", day: str | None = None) -> Act:
    since = None if day is None else city.act(day).valid_from
    return drafts.proposing(city.profile, draft, actor="planner-1", role=role, reason="try", valid_from=since)


def _edit(city: City, draft: drafts.Draft, *writes: Write, role: str = "planner", **tokens: Any) -> drafts.Proposed:
    return city.register.perform(Put(writes), _act(city, draft, role), tokens.get("expected"), draft=draft.draft_id)


def _reservation(city: City, draft: drafts.Draft, feature: int, column: int, **said: Any) -> Write:
    return Write(LAYER, feature, Period(draft.valid_from, None), _many(column), said)


@pytest.fixture
def drafted(empty_city: City) -> tuple[City, drafts.Draft, dict[str, int]]:
    """A register of three reservations, and a draft that changes one, ends another, leaves the third, and adds one."""
    city = empty_city
    ids = {name: city.put(LAYER, _many(n), purpose=name) for n, name in enumerate(("moved", "ended", "left"))}
    draft = _opened(city)
    ended = replace(_reservation(city, draft, ids["ended"], 1, purpose="ended"), abolished=True)
    moved = _reservation(city, draft, ids["moved"], 5, purpose="moved")
    done = _edit(city, draft, moved, ended, _reservation(city, draft, -1, 7, purpose="new"))
    return city, _now(city, draft), ids | {"new": done.features[-1]}


def _seen(connection: Connection, layer: Layer, reading: Reading) -> dict[int, str]:
    arms = sql.SQL(" UNION ALL ").join(arms_at(layer, reading))
    return dict(
        connection.execute(sql.SQL("SELECT feature_id, purpose FROM ({}) AS v").format(arms), reading.parameters)
    )


def test_a_draft_shows_only_to_who_asks_for_it(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """Through the draft its own; without it the register; before its legal date the register in both cases."""
    city, draft, ids = drafted
    layer = city.register.layers[LAYER]
    with connect(city.register.database.reader) as connection:
        head = read_head(connection)
        plain = _seen(connection, layer, settle(Instant(), head))
        laid = _seen(connection, layer, settle(Instant(draft=draft.laid()), head))
        earlier = Instant(datetime(2020, 6, 1, tzinfo=UTC), None, draft.laid())
        before = _seen(connection, layer, settle(earlier, head))
    assert plain == before == {ids["moved"]: "moved", ids["ended"]: "ended", ids["left"]: "left"}
    assert laid == {ids["moved"]: "moved", ids["left"]: "left", ids["new"]: "new"}


def test_layers_that_a_draft_leaves_alone_cost_nothing(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """Their statement is the same, letter for letter."""
    city, draft, _ = drafted
    with connect(city.register.database.reader) as connection:
        head = read_head(connection)
    readings = [settle(Instant(draft=overlay), head) for overlay in (None, draft.laid())]
    parcels, reservations = ({str(arms_at(city.register.layers[n], r)) for r in readings} for n in (PARCEL, LAYER))
    assert (len(parcels), len(reservations)) == (1, 2)


def test_a_twin_has_the_columns_of_its_layer(empty_city: City) -> None:
    """In every layer, those that readers name, and two of its own."""
    with connect(empty_city.register.database.owner) as connection:
        rows = connection.execute(
            "SELECT table_schema, table_name, array_agg(column_name::text ORDER BY ordinal_position) "
            "FROM information_schema.columns GROUP BY 1, 2"
        ).fetchall()
    columns = {(schema, table): names for schema, table, names in rows}
    for layer in empty_city.register.layers.values():
        assert set(columns[layer.schema, layer.table]) == set(table_columns(layer)), layer.name
        twin = columns[layer.schema, twin_name(layer)]
        assert set(twin) == {*table_columns(layer), "draft_id", "proposed"}, layer.name


@asynccontextmanager
async def _pool(city: City) -> AsyncIterator[AsyncConnectionPool[AsyncConnection]]:
    conninfo = city.register.database.reader
    async with AsyncConnectionPool(conninfo, min_size=1, max_size=2, open=False, kwargs={"autocommit": True}) as pool:
        yield pool


def _asked(
    city: City, work: Callable[[AsyncConnectionPool[AsyncConnection], Layer, Form], Coroutine[Any, Any, _Answer]]
) -> _Answer:
    layer = city.register.layers[LAYER]

    async def run() -> _Answer:
        async with _pool(city) as pool:
            return await work(pool, layer, Form("geojson", feature_row(layer)))

    return asyncio.run(run())


def _queries(city: City, ids: dict[str, int]) -> Iterator[tuple[PageQuery, set[str]]]:
    everywhere = Window(Box(*_many(0).buffer(1000).bounds))
    new_place, old_place = (Window(Box(*square(column, 0).buffer(-1).bounds)) for column in (5, 0))
    whole = {"moved", "left", "new"}
    srid = city.profile.srid
    yield PageQuery(), whole
    yield PageQuery(windows=(everywhere,), srid=srid), whole
    yield PageQuery(windows=(new_place,), srid=srid), {"moved"}
    yield PageQuery(windows=(old_place,), srid=srid), set()
    yield PageQuery(ids=(ids["ended"], ids["new"])), {"new"}
    yield PageQuery(equals={"purpose": "new"}), {"new"}
    yield PageQuery(after=ids["moved"], limit=1), {"left"}
    yield PageQuery(offset=1, limit=5), whole - {"moved"}
    yield PageQuery(span=Span(datetime(2020, 2, 1, tzinfo=UTC), None)), whole | {"ended"}
    yield PageQuery(span=Span(datetime(2022, 2, 1, tzinfo=UTC), None)), whole


def test_pages_show_the_draft(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """By key, place, id, value, offset and span; every page tells the revision it shows, and counts agree."""
    city, draft, ids = drafted

    async def read(pool: AsyncConnectionPool[AsyncConnection], layer: Layer, form: Form) -> None:
        reader = PageReader(pool, layer)
        for query, expected in _queries(city, ids):
            page = await reader.page(Instant(draft=draft.laid()), query, form)
            told = {feature["properties"]["purpose"] for feature in json.loads(f"[{page.body.decode()}]")}
            assert told == expected, query
            assert page.reading.overlay == draft.laid()
            if query.after is None and not query.offset:
                assert await reader.count(page.reading, query) == len(expected)
            plain = await reader.page(Instant(), query, form)
            assert plain.body != page.body or not expected or query.span is not None

    _asked(city, read)


def test_a_long_answer_breaks_when_the_draft_is_edited(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """Its pages would not fit each other."""
    city, draft, ids = drafted

    async def read(pool: AsyncConnectionPool[AsyncConnection], layer: Layer, form: Form) -> None:
        reader = PageReader(pool, layer)
        query = PageQuery(limit=1)
        first = await reader.page(Instant(draft=draft.laid()), query, form)
        rest = reader.pages(first, replace(query, limit=10), form)
        _edit(city, draft, _reservation(city, draft, ids["new"], 8, purpose="new"))
        with pytest.raises(Conflict):
            await anext(rest)

    _asked(city, read)


def test_one_feature_shows_the_draft_and_its_token(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """What the draft touches has its revision for a token, below zero; the rest the register's changeset."""
    city, draft, ids = drafted

    async def look(pool: AsyncConnectionPool[AsyncConnection], layer: Layer, form: Form) -> dict[str, Any]:
        reader = FeatureReader(pool, layer)
        sights = {name: await reader.look(i, Instant(draft=draft.laid()), form) for name, i in ids.items()}
        assert await reader.look(ids["new"], Instant(), form) is None
        periods = await reader.periods(ids["ended"], None, draft.laid())
        assert [p.end for p in periods] == [draft.valid_from]
        return sights

    sights = _asked(city, look)
    assert {name: sight.token for name, sight in sights.items()} == {"moved": -1, "ended": -1, "left": 3, "new": -1}
    assert {name for name, sight in sights.items() if sight.version is None} == {"ended"}
    assert json.loads(sights["moved"].body)["properties"]["changeset"] == 0


def test_differences_and_tiles_show_the_draft(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """A draft is compared with the register by the same diff as two dates, and drawn by the same tiles."""
    city, draft, ids = drafted
    layer = city.register.layers[LAYER]
    with connect(city.register.database.reader) as connection:
        head = read_head(connection)
        plain, laid = (settle(Instant(draft=overlay), head) for overlay in (None, draft.laid()))
        found = {d.feature_id: (d.kind, list(d.changed)) for d in diff(connection, layer, plain, laid)}
        place = shapely.centroid(square(7, 0))
        tile = tile_at(place.x, place.y, 18)
        features = drawn(connection, city, layer, tile, laid)
        assert not drawn(connection, city, layer, tile, plain)

    async def remembered() -> tuple[bytes, bytes]:
        tiles = LayerTiles(layer, city.profile, TileCache())
        async with _pool(city) as pool, pool.connection() as reader:
            before = (await tiles.tile(reader, tile, Instant())).body
            return before, (await tiles.tile(reader, tile, Instant(draft=draft.laid()))).body

    assert [f["id"] for f in features] == [ids["new"]]
    assert [bool(body) for body in asyncio.run(remembered())] == [False, True]
    assert found == {
        ids["moved"]: ("changed", ["geometry"]),
        ids["ended"]: ("retired", []),
        ids["new"]: ("created", []),
    }


def test_two_people_edit_one_draft(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """The second, who has not seen the first's edit, is refused with both sides."""
    city, draft, ids = drafted
    _edit(city, draft, _reservation(city, draft, ids["moved"], 9, purpose="first"), expected={ids["moved"]: -1})
    with pytest.raises(Conflict) as refused:
        _edit(city, draft, _reservation(city, draft, ids["moved"], 10, purpose="second"), expected={ids["moved"]: -1})
    assert refused.value.data["stale"][ids["moved"]]["current"] == "1-draft-2"
    assert _now(city, draft).revision == 2


def test_comparison_tells_sizes_and_differences(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """Each change with its span, both sides and their areas; totals by layer; where they differ, on request."""
    city, draft, ids = drafted
    grown = Write(LAYER, ids["left"], Period(draft.valid_from, None), _many(2, 0, 60.0), {"purpose": "left"})
    _edit(city, draft, grown)
    draft = _now(city, draft)
    with city.register.reading() as connection:
        found = {
            c.feature_id: c for c in drafts.compare(connection, city.register, draft, layer=LAYER, difference=True)
        }
        page = drafts.compare(connection, city.register, draft, layer=LAYER, after=ids["moved"], limit=1)
        (total,) = drafts.totals(connection, city.register, draft)
    left = found[ids["left"]]
    before, after = _many(2), _many(2, 0, 60.0)
    assert (left.kind, left.changed, left.valid) == ("changed", ["geometry"], Period(draft.valid_from, None))
    assert (left.size_before, left.size_after) == (before.area, after.area)
    assert left.unlike == pytest.approx(before.symmetric_difference(after).area)
    assert json.loads(left.difference or "")["type"] in {"Polygon", "MultiPolygon"}
    assert [c.feature_id for c in page] == [ids["ended"]]
    assert {i: found[i].kind for i in found} == {
        ids["moved"]: "changed",
        ids["ended"]: "retired",
        ids["left"]: "changed",
        ids["new"]: "created",
    }
    assert (total.created, total.changed, total.retired) == (1, 2, 1)
    assert total.size_after == pytest.approx(1600 * 2 + after.area)
    assert found[ids["ended"]].after is None
    assert found[ids["new"]].before is None


def test_rules_warn_in_a_draft_and_refuse_its_adoption(empty_city: City) -> None:
    """Two parcels may overlap in a draft; it can't be adopted like that, and nothing of it is written."""
    city = empty_city
    city.put("land.quarter", _many(0, 0, 400.0), code="91001001")
    city.put(PARCEL, square(0, 0), cadastral_number="91001001001")
    draft = _opened(city, role="registrar")
    valid = Period(draft.valid_from, None)
    first = _edit(city, draft, Write(PARCEL, -1, valid, square(1, 0), {"cadastral_number": "91001001002"}))
    over = Write(PARCEL, -1, valid, square(1, 0, 39.0), {"cadastral_number": "91001001003"})
    done = _edit(city, draft, over)
    assert not [v for v in first.warnings if v.severity == "error"]
    assert "land.parcel.no-overlap" in {v.rule for v in done.warnings}
    assert "land.parcel.no-overlap" in {v.rule for v in drafts.check(city.register, draft)}
    with pytest.raises(RuleBroken) as refused:
        drafts.adopt(city.register, draft, city.act("2021-05-01"))
    assert {v.rule for v in refused.value.data["violations"]} >= {"land.parcel.no-overlap"}
    with city.register.reading() as connection:
        assert connection.execute("SELECT count(*) FROM land.parcel").fetchone() == (1,)
        assert read_head(connection).changeset == 2
    drafts.revert(city.register, draft, actor="p", role="planner", reason="overlaps", features=[done.features[-1]])
    assert drafts.adopt(city.register, draft, city.act("2021-05-01")).number == 3


def test_a_planner_proposes_what_is_public_only(empty_city: City) -> None:
    """And adopts nothing; a bank may not even open a draft."""
    draft = _opened(empty_city)
    party = Write(
        "personal.party", -1, Period(draft.valid_from, None), attributes={"party_type": "naturalPerson", "name": "A"}
    )
    with pytest.raises(Forbidden):
        _edit(empty_city, draft, party)
    _edit(empty_city, draft, _reservation(empty_city, draft, -1, 0, purpose="x"))
    with pytest.raises(Forbidden):
        drafts.adopt(empty_city.register, draft, replace(empty_city.act(), role="planner"))
    with pytest.raises(Forbidden):
        _opened(empty_city, "other", role="bank")


def test_persons_in_a_draft_show_after_a_logged_look_only(empty_city: City) -> None:
    """The public login can't enter the table; the confidant sees nothing unless the look stands in the log."""
    draft = _opened(empty_city, role="registrar")
    said = {"party_type": "naturalPerson", "name": "Ann"}
    done = _edit(empty_city, draft, Write("personal.party", -1, Period(), attributes=said), role="registrar")
    layer, overlay = empty_city.register.layers["personal.party"], _laid(empty_city, draft)
    wanted = [done.features[-1]]
    with empty_city.register.reading() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        store.timelines(connection, layer, wanted, overlay)
    with connect(empty_city.register.database.confidant) as connection:
        assert store.timelines(connection, layer, wanted, overlay) == {}
    look = Look(actor="r", role="registrar", reason="case", subject="draft")
    with empty_city.register.confiding(look) as connection:
        assert store.timelines(connection, layer, wanted, overlay)[wanted[0]][0].attributes["name"] == "Ann"
    with connect(empty_city.register.database.owner) as connection:
        kept = connection.execute("SELECT writes::text FROM qala.draft_step").fetchall()
    assert kept == [("[]",)]


@dataclass(frozen=True)
class _Relying:
    """Writes, in sight of another feature."""

    writes: tuple[Write, ...]
    other: int
    verb: str = "register.put"

    def needs(self, _: CityProfile) -> Needs:
        return Needs(features={LAYER: frozenset({self.other, *(w.feature_id for w in self.writes)})})

    def decide(self, _: Case) -> Outcome:
        return Outcome(self.writes)


def test_what_an_edit_relied_on_counts(empty_city: City) -> None:
    """A feature that an edit looked up and the register changed since stands in the way until the draft is rebased."""
    city = empty_city
    one, other = city.put(LAYER, _many(0), purpose="a"), city.put(LAYER, _many(1), purpose="b")
    draft = _opened(city)
    command = _Relying((_reservation(city, draft, one, 3, purpose="a"),), other)
    city.register.perform(command, _act(city, draft), draft=draft.draft_id)
    city.put(LAYER, _many(1), "2022-01-01", other, purpose="c")
    with city.register.writing() as connection:
        (found,) = drafts.conflicts(connection, city.register, _now(city, draft))
    with pytest.raises(drafts.DraftConflict):
        drafts.adopt(city.register, draft, city.act("2022-01-01"))
    drafts.rebase(city.register, draft, actor="p", role="planner", reason="seen")
    assert (found.feature_id, found.kind, found.clashes) == (other, "relied", ())
    assert drafts.adopt(city.register, draft, city.act("2022-01-01")).number == 4


def test_a_number_issued_meanwhile_to_another(empty_city: City) -> None:
    """The draft's feature can't have it any more, and the conflict names both."""
    city = empty_city
    city.put("land.quarter", _many(0, 0, 400.0), code="91001001")
    draft = _opened(city, role="registrar")
    number = {"cadastral_number": "91001001001"}
    done = _edit(city, draft, Write(PARCEL, -1, Period(draft.valid_from, None), square(0, 0), number))
    taken = city.put(PARCEL, square(3, 0), cadastral_number="91001001001")
    with pytest.raises(drafts.DraftConflict) as refused:
        drafts.adopt(city.register, draft, city.act("2022-01-01"))
    (found,) = refused.value.data["conflicts"]
    assert (found.feature_id, found.kind, found.number, found.other) == (
        done.features[-1],
        "number",
        "91001001001",
        taken,
    )


def test_a_link_opens_one_draft_and_can_be_taken_back(empty_city: City) -> None:
    """Only its newest secret does; who asks with a wrong one learns nothing."""
    draft, other = _opened(empty_city), _opened(empty_city, "other")
    old = drafts.share(empty_city.register, draft)
    secret = drafts.share(empty_city.register, draft)
    with empty_city.register.reading() as connection:
        assert drafts.by_link(connection, draft.name, secret).draft_id == draft.draft_id
        for name, wrong in ((draft.name, old), (other.name, secret), ("none", secret)):
            with pytest.raises(drafts.NoDraft):
                drafts.by_link(connection, name, wrong)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT link_hash FROM qala.draft")
    drafts.unshare(empty_city.register, draft)
    with empty_city.register.reading() as connection, pytest.raises(drafts.NoDraft):
        drafts.by_link(connection, draft.name, secret)


def test_a_withdrawn_draft_is_closed(drafted: tuple[City, drafts.Draft, dict[str, int]]) -> None:
    """It can be neither read, edited, shared, adopted nor withdrawn again, and its name stays taken."""
    city, draft, ids = drafted
    drafts.withdraw(city.register, draft)
    refused: tuple[Callable[[], object], ...] = (
        lambda: _laid(city, draft),
        lambda: _edit(city, draft, _reservation(city, draft, ids["new"], 8, purpose="new")),
        lambda: drafts.share(city.register, draft),
        lambda: drafts.adopt(city.register, draft, city.act("2022-01-01")),
        lambda: drafts.withdraw(city.register, draft),
    )
    for ask in refused:
        with pytest.raises(drafts.DraftClosed):
            ask()
    with pytest.raises(Conflict):
        _opened(city)


def test_bad_names_and_empty_drafts_are_refused(empty_city: City) -> None:
    """A name is one word of an address; what proposes nothing can't be adopted."""
    for name in ("", "North", "a b", "-a", "a--b", "a" * 61):
        with pytest.raises(BadRequest):
            _opened(empty_city, name)
    draft = _opened(empty_city)
    with pytest.raises(BadRequest):
        drafts.adopt(empty_city.register, draft, empty_city.act())


def test_what_a_draft_makes_and_ends_is_left_out(empty_city: City) -> None:
    """A feature that would never be in force is not recorded, nor its number issued."""
    city = empty_city
    city.put("land.quarter", _many(0, 0, 400.0), code="91001001")
    draft = _opened(city, role="registrar")
    valid = Period(draft.valid_from, None)
    made = Write(PARCEL, -1, valid, square(0, 0), {"cadastral_number": "91001001001"})
    done = _edit(
        city,
        draft,
        made,
        replace(made, feature_id=-2, geometry=square(2, 0), attributes={"cadastral_number": "91001001002"}),
    )
    _edit(city, draft, replace(made, feature_id=done.features[-1], abolished=True))
    drafts.adopt(city.register, draft, city.act("2022-01-01"))
    with city.register.reading() as connection:
        assert connection.execute("SELECT feature_id FROM land.parcel").fetchall() == [(done.features[-2],)]
        assert connection.execute("SELECT value FROM land.parcel_cadastral_number_issued").fetchall() == [
            ("91001001002",)
        ]


def _content(city: City) -> list[tuple[Any, ...]]:
    with city.register.reading() as connection:
        return connection.execute(
            "SELECT cadastral_number, version, valid, abolished, ST_AsBinary(geom), official_area FROM land.parcel "
            "WHERE upper_inf(recorded) ORDER BY 1, 2"
        ).fetchall()


def test_adoption_records_what_a_bulk_load_records(fresh_city: Callable[[str], City]) -> None:
    """The same rows, by way of a draft or straight away: the same content, under one changeset, audited clean."""
    contents = []
    for by_draft in (False, True):
        city = fresh_city("helsinki")
        city.put("land.quarter", _many(0, 0, 400.0), code="91001001")
        draft = _opened(city, role="registrar") if by_draft else None
        with bulk(city.register, city.act("2021-01-01"), [PARCEL], draft) as loading:
            _stage(city, loading.copying, store.new_ids(loading.connection, 60))
            assert not [v for v in loading.check() if v.severity == "error"]
            if draft is None:
                loading.record("test.load")
            else:
                loading.propose("test.load")
        if draft is not None:
            drafts.adopt(city.register, draft, city.act("2021-01-01"))
        contents.append(_content(city))
        with connect(city.register.database.owner) as connection:
            findings = list(verify(connection, city.register.layers.values(), None))
        assert findings == []
    assert len(contents[0]) == 60
    assert contents[0] == contents[1]


def _stage(city: City, copying: Callable[[Layer], Any], ids: list[int]) -> None:
    layer = city.register.layers[PARCEL]
    valid = staging.range_of(city.act("2021-01-01").period)
    with copying(layer) as copy:
        for n, i in enumerate(ids):
            said = {"cadastral_number": f"91001001{n + 1:03d}", "official_area": 1600.0}
            version = Version(i, Period(), square(n % 10, n // 10), said)
            wkb = staging.wkb_hex(version, layer, city.profile.srid)
            copy.write_row((i, 1, valid, False, wkb, *(said.get(f.name) for f in layer.fields), "new"))


def test_a_changeset_is_inverted(empty_city: City) -> None:
    """What it opened is taken back over the same time; what was changed since by others stays, or stands in the way."""
    city = empty_city
    kept, made_at = city.put(LAYER, _many(0), purpose="before"), "2021-01-01"
    act = city.act(made_at)
    changed = Write(LAYER, kept, act.period, _many(0), {"purpose": "after"})
    done = city.register.perform(Put((changed, Write(LAYER, -1, act.period, _many(4), {"purpose": "made"}))), act)
    city.put(LAYER, _many(0), "2021-01-01", kept, purpose="after", regulation="later")
    draft = drafts.invert(city.register, done.number, "back", "Back", actor="p", role="planner")
    drafts.adopt(city.register, draft, city.act("2022-01-01"))
    with city.register.reading() as connection:
        reading = settle(Instant(datetime(2021, 6, 1, tzinfo=UTC)), read_head(connection))
        seen = _seen(connection, city.register.layers[LAYER], reading)
        timeline = store.timelines(connection, city.register.layers[LAYER], [kept])[kept]
    assert seen == {kept: "before"}
    assert timeline[-1].attributes["regulation"] == "later"
    city.put(LAYER, _many(0), "2021-01-01", kept, purpose="third")
    with pytest.raises(drafts.DraftConflict):
        drafts.invert(city.register, done.number, "back-again", "Back", actor="p", role="planner")
    with city.register.reading() as connection, pytest.raises(drafts.NoDraft):
        drafts.find(connection, "back-again")


_DAYS = st.lists(st.integers(0, 3), min_size=6, max_size=6)


def _timeline(contents: list[int]) -> tuple[Version, ...]:
    """Return a timeline that says something else every day; 0 is nothing, 3 is abolished."""
    first = datetime(2020, 1, 1, tzinfo=UTC)
    return tuple(
        Version(5, Period(first + timedelta(n), first + timedelta(n + 1)), _many(c), {"purpose": str(c)}, c == 3)
        for n, c in enumerate(contents)
        if c
    )


@given(_DAYS, _DAYS, _DAYS)
def test_changes_are_values(one: list[int], two: list[int], three: list[int]) -> None:
    """They add up, cancel out with their inverse, and come back from JSON as they went."""
    steps = [Change.between(LAYER, _timeline(a), _timeline(b)) for a, b in ((one, two), (two, three))]
    whole = Change.between(LAYER, _timeline(one), _timeline(three))
    assert _told(steps[0] + steps[1]) == _told(whole)
    assert not steps[0] + steps[0].inverted()
    assert _told(whole.inverted().inverted()) == _told(whole)


def _told(change: Change) -> list[tuple[Any, ...]]:
    return [
        (t.feature_id, day, *(None if v is None else (v.attributes, v.abolished) for v in (t.before, t.after)))
        for t in change.turns
        for day in _days_of(t.valid)
    ]


def _days_of(period: Period) -> list[int]:
    first = datetime(2020, 1, 1, tzinfo=UTC)
    return [n for n in range(6) if period.contains(first + timedelta(n))]


def test_a_change_goes_through_json(empty_city: City) -> None:
    """Geometry, moments and types survive; what is no change is refused."""
    change = Change.between(LAYER, _timeline([1, 1, 2, 0, 0, 3]), _timeline([2, 1, 0, 1, 0, 3]))
    assert Change.from_json(change.to_json(), empty_city.register.layers).to_json() == change.to_json()
    for text in ("", "{}", '[{"layer": "land.reservation"}]', "[1]"):
        with pytest.raises(BadRequest):
            Change.from_json(text or "x", empty_city.register.layers)
