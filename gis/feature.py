"""One feature at a point on both axes, with its write token and its neighbours in time: one probe of its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool

from gis.instant import Instant, read_head_async, settle
from gis.layer import Layer
from gis.pages import Form, with_bytes
from gis.record import Period

_MOST_TEXTS = 100


@dataclass(frozen=True, slots=True)
class Sight:
    """What the register says of a feature.

    Attributes:
        body: the version in force, as its form writes it; ``None`` where none is.
        version: its number.
        valid: when it is in force.
        at: the point of valid time that was looked at.
        token: the last changeset that wrote to the feature, whatever the point looked at: the write token.
        before: when the nearest version before it (or before the point) is in force.
        after: the same for the nearest one after.
        periods: all periods in which the record has the feature in force; empty where it then knew none.
        recorded: when the register first recorded the feature.
    """

    body: bytes | None
    version: int | None
    valid: Period | None
    at: datetime
    token: int
    before: Period | None
    after: Period | None
    periods: Sequence[Period]
    recorded: datetime

    @property
    def etag(self) -> str:
        """The part of an entity tag behind the feature's id: write token and version in force."""
        return f"{self.token}.{self.version}"


class FeatureReader:
    """Looks at single features of one layer.

    Args:
        pool: autocommit connections of a login that may read the layer.
        layer: whose features.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], layer: Layer) -> None:
        self._pool = pool
        self._table = sql.Identifier(layer.schema, layer.table)
        self._texts: dict[str, bytes] = {}

    async def look(self, feature_id: int, instant: Instant, form: Form) -> Sight | None:
        """Look at a feature; ``None`` where it was never registered.

        Raises:
            BadRequest: the recorded instant lies after the register's last changeset.
        """
        bound = {"id": feature_id, "valid": instant.valid, "recorded": instant.recorded}
        async with self._pool.connection() as connection:
            if instant.recorded is not None:
                settle(instant, await read_head_async(connection))
            cursor = with_bytes(connection)
            rows = await (await cursor.execute(self._text(form), bound, prepare=True)).fetchall()
        return _sight(rows) if rows else None

    def _text(self, form: Form) -> bytes:
        if form.name not in self._texts:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            self._texts[form.name] = sql.SQL(_SIGHT).format(table=self._table, row=form.row).as_bytes(None)
        return self._texts[form.name]


_Row = tuple[int, datetime | None, datetime | None, bool, datetime, int, bytes | None, datetime]


def _sight(rows: Sequence[_Row]) -> Sight:
    at, token = rows[0][4], max(row[5] for row in rows)
    there = [row for row in rows if row[3]]
    here = next((row for row in there if row[6] is not None), None)
    spans = [Period(row[1], row[2]) for row in there]
    start, end = (here[1], here[2]) if here else (at, at)
    before = [span for span in spans if start is not None and span.end is not None and span.end <= start]
    after = [span for span in spans if end is not None and span.start is not None and span.start >= end]
    return Sight(
        body=here[6] if here else None,
        version=here[0] if here else None,
        valid=Period(start, end) if here else None,
        at=at,
        token=token,
        before=before[-1] if before else None,
        after=after[0] if after else None,
        periods=spans,
        recorded=min(row[7] for row in rows),
    )


# A feature has few versions, all under one key; those on record at the instant, abolished ones aside, are marked.
_SIGHT: Final = """
SELECT v.version, lower(v.valid), upper(v.valid), v.there, v.moment, greatest(v.opened_by, v.closed_by),
  CASE WHEN v.there AND v.valid @> v.moment THEN {row} END, lower(v.recorded)
FROM (SELECT t.*, clock.moment,
        NOT abolished AND CASE WHEN %(recorded)s::timestamptz IS NULL THEN upper_inf(recorded)
                               ELSE recorded @> %(recorded)s::timestamptz END AS there
      FROM {table} AS t, (SELECT coalesce(%(valid)s::timestamptz, now()) AS moment) AS clock
      WHERE t.feature_id = %(id)s) AS v
ORDER BY lower(v.valid) NULLS FIRST, v.version
"""
