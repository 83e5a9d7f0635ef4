"""Pages of features, written by the database.

Its key (``feature_id``) says where the next page begins. A page is read optimistically: the reader remembers where the
layer stood (:class:`gis.freshness.LayerHead`), sends the page for it, and looks at the head once more afterwards. If a
changeset came in between, the page is read again, at last in a snapshot of its own. So a page costs no transaction, and
still never mixes two states.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from psycopg import AsyncConnection, AsyncCursor, IsolationLevel, sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg_pool import AsyncConnectionPool

from gis.bbox import Box
from gis.errors import Conflict
from gis.freshness import LayerHead, settle_layer
from gis.instant import Instant, Reading
from gis.layer import Layer
from gis.layer_clock import LayerClock
from gis.page_query import (
    Form,
    PageQuery,
    Span,
    count_statement,
    more_statement,
    page_statement,
    parameters,
    property_value,
    shape,
)
from gis.readers import delivering, long_answer
from gis.signposts import Signposts
from gis.text import Text

__all__ = [
    "BATCH",
    "Form",
    "Page",
    "PageQuery",
    "PageReader",
    "Span",
    "count_statement",
    "page_statement",
    "parameters",
    "property_value",
    "with_bytes",
]

BATCH: Final = 2000
"""Features in one batch of a long answer: some megabytes at most."""

_OPTIMISTIC = 3
_MOST_TEXTS = 500
_LOCAL = 3000.0
"""Metres: the side of a place with some thousands of features at most."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as the database wrote it.

    Attributes:
        body: the rows, separated as asked.
        count: how many there are.
        last: key of the last of them.
        more: another page follows.
        reading: the point on both axes that it shows, and the draft with the revision that it shows; with it, the next
            page follows without gap or repetition.
        head: where the layer stood.
    """

    body: bytes
    count: int
    last: int | None
    more: bool
    reading: Reading
    head: LayerHead


class PageReader:
    """Reads pages of one layer.

    Args:
        pool: autocommit connections of a login that may read the layer.
        layer: whose features.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], layer: Layer) -> None:
        self.layer = layer
        self._pool = pool
        self._clock = LayerClock(layer)
        self._known: LayerHead | None = None
        self._texts: dict[tuple[object, ...], bytes] = {}
        self._signposts = Signposts()

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
        instant = Instant(reading.valid, reading.recorded, reading.overlay)
        async with self._pool.connection() as connection, _snapshot(connection):
            settled = settle_layer(instant, await self._look(connection))
            statement = count_statement(self.layer, settled, query)
            row = await (await connection.execute(statement, parameters(settled, query), prepare=False)).fetchone()
        return 0 if row is None else int(row[0])

    async def pages(self, first: Page, query: PageQuery, form: Form) -> AsyncIterator[Page]:
        """Yield the pages after the first until ``query.limit`` features are out, all at the first page's reading.

        Each is a short transaction of its own. An error ends the iteration by being raised: the answer must break.

        Raises:
            Conflict: the draft was edited meanwhile, so that the pages would not fit each other.
        """
        shown = first.reading
        instant = Instant(shown.valid, shown.recorded, shown.overlay)
        left, page = query.limit - first.count, first
        while page.more and left > 0:
            batch = replace(query, after=page.last, offset=0, limit=min(left, BATCH))
            page = await self.page(instant, batch, form)
            if page.reading.overlay != shown.overlay:
                raise Conflict(_EDITED, draft=shown.overlay and shown.overlay.name)
            left -= page.count
            yield page

    def _remembered(self, instant: Instant) -> LayerHead | None:
        """Return the head as last seen, unless what is asked depends on the clock or on later changesets."""
        known = self._known
        if known is None or instant.recorded is None:
            return known
        return known if instant.valid is not None and instant.recorded <= known.register else None

    async def _look(self, connection: AsyncConnection) -> LayerHead:
        self._known = await self._clock.look(connection)
        return self._known

    async def _in_snapshot(self, connection: AsyncConnection, instant: Instant, query: PageQuery, form: Form) -> Page:
        async with _snapshot(connection):
            return await self._fetch(connection, instant, await self._look(connection), query, form)

    async def _fetch(
        self, connection: AsyncConnection, instant: Instant, head: LayerHead, query: PageQuery, form: Form
    ) -> Page:
        reading = settle_layer(instant, head)
        cursor = with_bytes(connection)
        near = self._signposts.shortened(reading, query)
        text = self._text(reading, near, form)
        with delivering(), long_answer(connection):
            await cursor.execute(text, parameters(reading, near), prepare=_has_one_plan(near))
        row = await cursor.fetchone()
        shown = _as_read(reading, row)
        if row is None or row[1] == 0:
            return Page(b"", 0, None, more=False, reading=shown, head=head)
        body, count, first, last, _ = row
        self._signposts.put(reading, query, first, last, count)
        following = replace(near, after=last, offset=0, limit=1)
        more = count == query.limit and await self._follows(cursor, reading, following)
        return Page(body, count, last, more, shown, head)

    async def _follows(self, cursor: AsyncCursor[Any], reading: Reading, query: PageQuery) -> bool:
        """Tell whether another page follows a full one; far cheaper than to number the rows of every page."""
        text = self._text(reading, query, None)
        await cursor.execute(text, parameters(reading, query), prepare=_has_one_plan(query))
        row = await cursor.fetchone()
        return bool(row and row[0])

    def _text(self, reading: Reading, query: PageQuery, form: Form | None) -> bytes:
        """Return a statement's text, composed once: that of a page, or without a form that of what follows it."""
        key = (form and form.name, reading.live, reading.present, reading.overlaid(self.layer), *shape(query))
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            text = self._texts[key] = self._statement(reading, query, form).as_bytes(None)
        return text

    def _statement(self, reading: Reading, query: PageQuery, form: Form | None) -> sql.Composed:
        if form is None:
            return more_statement(self.layer, reading, query)
        return page_statement(self.layer, reading, query, form.row, separator=form.separator)


def _as_read(reading: Reading, row: tuple[Any, ...] | None) -> Reading:
    """Return the reading with the revision of the draft that the page shows."""
    if reading.overlay is None or row is None or row[4] is None:
        return reading
    return replace(reading, overlay=replace(reading.overlay, revision=row[4]))


def with_bytes(connection: AsyncConnection) -> AsyncCursor[Any]:
    """Return a cursor that hands text on as the server sent it, undecoded."""
    cursor = connection.cursor()
    cursor.adapters.register_loader("text", _Bytes)
    return cursor


class _Bytes(Loader):
    """Hands text on as the server sent it."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


def _has_one_plan(query: PageQuery) -> bool:
    """Tell whether the best way in is known for sure, so that the plan may be made once and for all.

    It is the order of the key where nothing is asked but the next page, and the spatial index in a small place.
    Anywhere else the planner must know the values: a large place with a small limit is best walked in order of the key.
    """
    if query.windows is None:
        return query.ids is None and not query.equals and query.span is None
    return bool(query.windows) and all(_side(w.bounds) <= _LOCAL for w in query.windows)


def _side(box: Box) -> float:
    return max(box.max_x - box.min_x, box.max_y - box.min_y)


@asynccontextmanager
async def _snapshot(connection: AsyncConnection) -> AsyncIterator[None]:
    """Show one state of the register to all statements inside."""
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    try:
        async with connection.transaction():
            yield
    finally:
        await connection.set_isolation_level(None)


_EDITED = Text(
    kk="Оқу кезінде жобаны біреу өзгертті; басынан қайта оқыңыз.",
    ru="Пока шло чтение, черновик изменили; прочтите его сначала.",
    en="The draft was edited while it was being read; read it again from the beginning.",
)
