"""Pages of features, written by the database.

One statement answers one page: its row expression says in which format, its key (``feature_id``) where the next page
begins. Nothing here parses a feature.

A page is read optimistically: the reader remembers where the layer stood (:class:`gis.freshness.LayerHead`), sends the
page for it, and looks at the head once more afterwards. If a changeset came in between, the page is read again, at last
in a snapshot of its own. So a page costs no transaction, and still never mixes two states.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection, AsyncCursor, IsolationLevel, sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg_pool import AsyncConnectionPool

from gis.bbox import Box, Window
from gis.freshness import LayerHead, read_layer_head, settle_layer
from gis.instant import Instant, Reading, arms_at
from gis.layer import Field, Layer, VersionField

BATCH: Final = 2000
"""Features in one batch of a long answer: some megabytes at most."""

_OPTIMISTIC = 3
_MOST_TEXTS = 500
_SINGLE_PRECISION = 2.0**-22


@dataclass(frozen=True, slots=True)
class Span:
    """Moments of valid time, both included; ``None`` is open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Which features, and which of them make this page.

    Attributes:
        windows: places in storage that a feature must intersect one of (:func:`gis.bbox.storage_windows`); ``None``
            asks for no place, an empty tuple for one that lies nowhere.
        srid: of the windows: the city's system.
        ids: only these features.
        equals: values of properties, typed as their fields.
        span: instead of the reading's valid time: each feature's last version that is valid at some moment of it.
        after: key of the last feature already seen.
        offset: features to leave out beyond those.
        limit: features on the page.
    """

    windows: tuple[Window, ...] | None = None
    srid: int = 0
    ids: tuple[int, ...] | None = None
    equals: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = None
    after: int | None = None
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Form:
    """How a feature is written.

    Attributes:
        name: tells one form from another.
        row: text of one feature, an expression over the columns of ``v`` without parameters of its own.
        separator: between two features.
    """

    name: str
    row: sql.Composable = field(compare=False)
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Page:
    """One page as the database wrote it.

    Attributes:
        body: the rows, separated as asked.
        count: how many there are.
        last: key of the last of them.
        more: another page follows.
        reading: the point on both axes that it shows; with it, the next page follows without gap or repetition.
        head: where the layer stood.
    """

    body: bytes
    count: int
    last: int | None
    more: bool
    reading: Reading
    head: LayerHead


def page_statement(
    layer: Layer, reading: Reading, query: PageQuery, row: sql.Composable, *, separator: str = ","
) -> sql.Composed:
    """Return the statement of a page: one row of (bytes, count, last key, whether more follows).

    Args:
        layer: whose features.
        reading: point on both axes.
        query: which features; :func:`parameters` binds its values.
        row: text of one feature, an expression over the columns of ``v`` without parameters of its own.
        separator: between two features.
    """
    return sql.SQL(_PAGE).format(
        row=row,
        limit=sql.Placeholder("limit"),
        offset=sql.Placeholder("offset"),
        separator=sql.Literal(separator),
        selection=_selection(layer, reading, query),
    )


# One row more than the page holds is selected, but not rendered: it tells that another page follows. The rendered line
# is named once only: the planner flattens the levels, and each mention would render it again.
_PAGE = """
SELECT string_agg(line, {separator}), least(count(*), {limit}), max(feature_id) FILTER (WHERE place <= {limit}),
  count(*) > {limit}
FROM (SELECT v.feature_id, v.place, CASE WHEN v.place <= {limit} THEN {row} END AS line
      FROM (SELECT v.*, row_number() OVER () AS place
            FROM ({selection} LIMIT {limit} + 1 OFFSET {offset}) AS v) AS v) AS page
"""


def count_statement(layer: Layer, reading: Reading, query: PageQuery) -> sql.Composed:
    """Return the statement that counts all features of a query, whatever page it asks for."""
    whole = replace(query, after=None)
    arms = [_arm(layer, arm, whole, sql.SQL("v.feature_id")) for arm in _sources(layer, reading, whole)]
    whole_arms = sql.SQL(" UNION ALL ").join(sql.SQL("({})").format(arm) for arm in arms)
    return sql.SQL("SELECT count(*) FROM ({}) AS v").format(whole_arms)


def parameters(reading: Reading, query: PageQuery) -> dict[str, object]:
    """Return the values that both statements bind."""
    bound: dict[str, object] = {**reading.parameters, "limit": query.limit, "offset": query.offset}
    bound |= {"after": query.after, "ids": list(query.ids or ()), "srid": query.srid}
    bound |= {f"property_{name}": value for name, value in query.equals.items()}
    if query.span is not None:
        bound |= {"start": query.span.start, "end": query.span.end}
    for number, window in enumerate(query.windows or ()):
        bound |= _window_parameters(number, window)
    return bound


def property_value(declared: Field | VersionField) -> sql.Composable:
    """Return the expression of a property over the columns of ``v``."""
    return sql.SQL(declared.sql) if isinstance(declared, VersionField) else sql.Identifier("v", declared.name)


def _selection(layer: Layer, reading: Reading, query: PageQuery) -> sql.Composed:
    """Return the rows in the order of their key; each arm finds its first ones by itself."""
    arms = [_arm(layer, arm, query, sql.SQL("v.*")) for arm in _sources(layer, reading, query)]
    if len(arms) == 1:
        return arms[0]
    first = sql.SQL(" UNION ALL ").join(
        sql.SQL("({} LIMIT {} + {} + 1)").format(arm, sql.Placeholder("limit"), sql.Placeholder("offset"))
        for arm in arms
    )
    return sql.SQL("SELECT v.* FROM ({}) AS v ORDER BY v.feature_id").format(first)


def _arm(layer: Layer, source: sql.Composed, query: PageQuery, columns: sql.SQL) -> sql.Composed:
    conditions = [*_places(query), *_keys(query), *_equalities(layer, query)]
    form = _VERSIONS if query.span is None else _LAST_VERSIONS
    return sql.SQL(form).format(
        columns=columns,
        source=source,
        conditions=sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true"),
    )


_VERSIONS = "SELECT {columns} FROM ({source}) AS v WHERE {conditions} ORDER BY v.feature_id"
_LAST_VERSIONS = """SELECT DISTINCT ON (v.feature_id) {columns} FROM ({source}) AS v WHERE {conditions}
  ORDER BY v.feature_id, lower(v.valid) DESC NULLS LAST"""


def _sources(layer: Layer, reading: Reading, query: PageQuery) -> tuple[sql.Composed, ...]:
    if query.span is None:
        return arms_at(layer, reading)
    form = _WITHIN_LIVE if reading.live else _WITHIN_PAST
    return (sql.SQL(form).format(table=sql.Identifier(layer.schema, layer.table)),)


_WITHIN_LIVE = """SELECT * FROM {table} WHERE upper_inf(recorded) AND recorded @> 'infinity'::timestamptz
  AND valid && tstzrange(%(start)s, %(end)s, '[]') AND NOT abolished"""
_WITHIN_PAST = """SELECT * FROM {table} WHERE recorded @> %(recorded)s
  AND valid && tstzrange(%(start)s, %(end)s, '[]') AND NOT abolished"""


def _keys(query: PageQuery) -> list[sql.Composable]:
    after = [] if query.after is None else [sql.SQL("v.feature_id > %(after)s")]
    return [*after, *([] if query.ids is None else [sql.SQL("v.feature_id = ANY(%(ids)s::bigint[])")])]


def _equalities(layer: Layer, query: PageQuery) -> list[sql.Composable]:
    declared = {f.name: f for f in layer.properties}
    return [
        sql.SQL("{} = {}").format(property_value(declared[name]), sql.Placeholder(f"property_{name}"))
        for name in query.equals
    ]


def _places(query: PageQuery) -> list[sql.Composable]:
    if query.windows is None:
        return []
    tests = [_intersects(number, window) for number, window in enumerate(query.windows)]
    return [sql.SQL("(") + sql.SQL(" OR ").join(tests) + sql.SQL(")")] if tests else [sql.SQL("false")]


def _intersects(number: int, window: Window) -> sql.Composed:
    """Return the test against one window: the index finds candidates, GEOS sees only those not plainly inside."""
    form = _TOUCHING if _core(window) is None else _WITHIN_OR_TOUCHING
    exact = "{bounds}" if window.outline is None else "ST_GeomFromText({outline}, {srid})"
    return sql.SQL(form.replace("{exact}", exact)).format(
        bounds=_envelope(f"bounds_{number}"),
        core=_envelope(f"core_{number}"),
        outline=sql.Placeholder(f"outline_{number}"),
        srid=sql.Placeholder("srid"),
    )


_TOUCHING = "(v.geom && {bounds} AND ST_Intersects(v.geom, {exact}))"
# A CASE, because the planner would make of an OR two searches of the index.
_WITHIN_OR_TOUCHING = """(v.geom && {bounds}
  AND CASE WHEN v.geom @ {core} THEN true ELSE ST_Intersects(v.geom, {exact}) END)"""


def _envelope(name: str) -> sql.Composed:
    corners = sql.SQL(", ").join(sql.Placeholder(f"{name}_{axis}") for axis in Box._fields)
    return sql.SQL("ST_MakeEnvelope({}, {})").format(corners, sql.Placeholder("srid"))


def _window_parameters(number: int, window: Window) -> dict[str, object]:
    boxes = {f"bounds_{number}": window.bounds, f"core_{number}": _core(window)}
    bound: dict[str, object] = {
        f"{name}_{axis}": value for name, box in boxes.items() if box for axis, value in box._asdict().items()
    }
    return bound if window.outline is None else bound | {f"outline_{number}": window.wkt}


def _core(window: Window) -> Box | None:
    """Return a box wholly inside a window; ``None`` where it is too small or too bent to have one.

    PostGIS compares boxes in single precision, rounded outwards: two units in the last place must stay between them.
    """
    inner = window.bounds if window.outline is None else _inscribed(window.outline)
    x = max(abs(inner.min_x), abs(inner.max_x)) * _SINGLE_PRECISION
    y = max(abs(inner.min_y), abs(inner.max_y)) * _SINGLE_PRECISION
    box = Box(inner.min_x + x, inner.min_y + y, inner.max_x - x, inner.max_y - y)
    return box if box.min_x < box.max_x and box.min_y < box.max_y else None


def _inscribed(outline: tuple[tuple[float, float], ...]) -> Box:
    """Return the box between the four sides of a ring that starts at its south-western corner."""
    side = len(outline) // 4
    south, east, north, west = (outline[n * side : (n + 1) * side + 1] for n in range(4))
    return Box(max(x for x, _ in west), max(y for _, y in south), min(x for x, _ in east), min(y for _, y in north))


class PageReader:
    """Reads pages of one layer.

    Args:
        pool: autocommit connections of a login that may read the layer.
        layer: whose features.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], layer: Layer) -> None:
        self.layer = layer
        self._pool = pool
        self._known: LayerHead | None = None
        self._texts: dict[tuple[object, ...], bytes] = {}

    async def head(self) -> LayerHead:
        """Look where the layer stands."""
        async with self._pool.connection() as connection:
            return await self._look(connection)

    async def page(self, instant: Instant, query: PageQuery, form: Form) -> Page:
        """Return one page.

        Raises:
            BadRequest: the recorded instant lies after the register's last changeset.
        """
        async with self._pool.connection() as connection:
            known = self._remembered(instant) or await self._look(connection)
            for _ in range(_OPTIMISTIC):
                page = await self._fetch(connection, instant, known, query, form)
                if not page.reading.live:
                    return page
                seen = await self._look(connection)
                if seen.same_as(known):
                    return replace(page, head=seen)
                known = seen
            return await self._in_snapshot(connection, instant, query, form)

    async def count(self, reading: Reading, query: PageQuery) -> int:
        """Count the features of a query at the reading of a page already read."""
        instant = Instant(reading.valid, reading.recorded)
        async with self._pool.connection() as connection, _snapshot(connection):
            settled = settle_layer(instant, await self._look(connection))
            statement = count_statement(self.layer, settled, query)
            row = await (await connection.execute(statement, parameters(settled, query), prepare=False)).fetchone()
        return 0 if row is None else int(row[0])

    async def pages(self, first: Page, query: PageQuery, form: Form) -> AsyncIterator[Page]:
        """Yield the pages after the first until ``query.limit`` features are out, all at the first page's reading.

        Each is a short transaction of its own. An error ends the iteration by being raised: the answer must break.
        """
        instant = Instant(first.reading.valid, first.reading.recorded)
        left, page = query.limit - first.count, first
        while page.more and left > 0:
            batch = replace(query, after=page.last, offset=0, limit=min(left, BATCH))
            page = await self.page(instant, batch, form)
            left -= page.count
            yield page

    def _remembered(self, instant: Instant) -> LayerHead | None:
        """Return the head as last seen, unless what is asked depends on the clock or on later changesets."""
        known = self._known
        if known is None or instant.recorded is None:
            return known
        return known if instant.valid is not None and instant.recorded <= known.register else None

    async def _look(self, connection: AsyncConnection) -> LayerHead:
        self._known = await read_layer_head(connection, self.layer)
        return self._known

    async def _in_snapshot(self, connection: AsyncConnection, instant: Instant, query: PageQuery, form: Form) -> Page:
        async with _snapshot(connection):
            return await self._fetch(connection, instant, await self._look(connection), query, form)

    async def _fetch(
        self, connection: AsyncConnection, instant: Instant, head: LayerHead, query: PageQuery, form: Form
    ) -> Page:
        reading = settle_layer(instant, head)
        cursor = with_bytes(connection)
        # Never prepared: a plan made without knowing the place would be the wrong one for large places.
        await cursor.execute(self._text(reading, query, form), parameters(reading, query), prepare=False)
        body, count, last, more = await cursor.fetchone() or (None, 0, None, False)
        return Page(body or b"", count, last, more, reading, head)

    def _text(self, reading: Reading, query: PageQuery, form: Form) -> bytes:
        key = (form.name, reading.live, reading.present, *_shape(query))
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            statement = page_statement(self.layer, reading, query, form.row, separator=form.separator)
            text = self._texts[key] = statement.as_bytes(None)
        return text


def with_bytes(connection: AsyncConnection) -> AsyncCursor[Any]:
    """Return a cursor that hands text on as the server sent it, undecoded."""
    cursor = connection.cursor()
    cursor.adapters.register_loader("text", _Bytes)
    return cursor


class _Bytes(Loader):
    """Hands text on as the server sent it."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


@asynccontextmanager
async def _snapshot(connection: AsyncConnection) -> AsyncIterator[None]:
    """Show one state of the register to all statements inside."""
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    try:
        async with connection.transaction():
            yield
    finally:
        await connection.set_isolation_level(None)


def _shape(query: PageQuery) -> tuple[object, ...]:
    """Return all of a query that its statement's text depends on."""
    windows = None if query.windows is None else tuple((w.outline is None, _core(w) is None) for w in query.windows)
    return (windows, query.ids is None, tuple(query.equals), query.span is None, query.after is None)
