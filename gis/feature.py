"""One feature at a point on both axes, with its write token and its neighbours in time: one probe of its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool

from gis.draft import Overlay
from gis.instant import Instant, laid_over, read_head_async, settle
from gis.layer import Layer
from gis.pages import Form, with_bytes
from gis.readers import delivering
from gis.record import Period

_MOST_TEXTS = 100


@dataclass(frozen=True, slots=True)
class Sight:
    """What the register says of a feature at a point on both axes.

    Attributes:
        at: the point of valid time that was looked at.
        recorded: when the register first recorded the feature.
        token: the last changeset that wrote to the feature, whatever the point looked at: the write token; of a
            feature that a draft touches, minus the draft's revision that did so last.
        version: number of the version in force; ``None`` where none is.
        body: that version, as its form writes it.
        before: when the nearest version before the point was in force; its start may be unbounded.
        after: when the nearest one after it comes into force.
    """

    at: datetime
    recorded: datetime
    token: int
    version: int | None
    body: bytes | None
    before: Period | None
    after: datetime | None


class FeatureReader:
    """Looks at single features of one layer.

    Args:
        pool: autocommit connections of a login that may read the layer.
        layer: whose features.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], layer: Layer) -> None:
        self._pool = pool
        self._layer = layer
        self._texts: dict[object, bytes] = {}

    async def look(self, feature_id: int, instant: Instant, form: Form) -> Sight | None:
        """Look at a feature; ``None`` where it was never registered.

        Raises:
            BadRequest: the recorded instant lies after the register's last changeset.
        """
        bound = _bound(feature_id, instant.recorded, instant.draft) | {"valid": instant.valid}
        async with self._pool.connection() as connection:
            if instant.recorded is not None:
                settle(instant, await read_head_async(connection))
            cursor = with_bytes(connection)
            with delivering():
                row = await (await cursor.execute(self._sight(form, instant.draft), bound, prepare=True)).fetchone()
        if row is None or row[1] is None:
            return None
        at, recorded, token, version, body, start, end, after = row
        before = None if end is None else Period(start, end)
        return Sight(at, recorded, token, version, body, before, after)

    async def periods(
        self, feature_id: int, recorded: datetime | None, overlay: Overlay | None = None
    ) -> Sequence[Period]:
        """Return when a feature is in force, as the register knew it at an instant, or knows it now."""
        text = self._text("periods", _PERIODS, overlay)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(text, _bound(feature_id, recorded, overlay))
            return [Period(start, end) for start, end in await cursor.fetchall()]

    def _sight(self, form: Form, overlay: Overlay | None) -> bytes:
        return self._text(form.name, _SIGHT, overlay, form.row)

    def _text(self, name: str, form: str, overlay: Overlay | None, row: sql.Composable | None = None) -> bytes:
        overlaid = overlay is not None and overlay.touches(self._layer)
        key = (name, overlaid)
        if key not in self._texts:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            arms = laid_over(self._layer, (_REGISTERED,), _PROPOSED, {}, overlaid=overlaid)
            self._texts[key] = (
                sql.SQL(form)
                .format(
                    versions=sql.SQL(" UNION ALL ").join(arms),
                    token=sql.SQL(_LAST_EDIT if overlaid else _LAST_WRITE),
                    row=row or sql.SQL("NULL"),
                )
                .as_bytes(None)
            )
        return self._texts[key]


def _bound(feature_id: int, recorded: datetime | None, overlay: Overlay | None) -> dict[str, object]:
    drafted = {} if overlay is None else {"draft": overlay.draft_id}
    return {"id": feature_id, "recorded": recorded, **drafted}


# A feature has few versions, all under one key; those on record at the instant, abolished ones aside, are marked.
_REGISTERED: Final = """
  SELECT {columns}, NOT abolished AND CASE WHEN %(recorded)s::timestamptz IS NULL THEN upper_inf(recorded)
                                  ELSE recorded @> %(recorded)s::timestamptz END AS there
  FROM {table} AS t WHERE feature_id = %(id)s{fence}"""
_PROPOSED: Final = """
  SELECT {columns}, NOT abolished AS there FROM {table} AS t WHERE draft_id = {draft} AND feature_id = %(id)s"""

_LAST_WRITE: Final = "max(greatest(v.opened_by, v.closed_by))"
_LAST_EDIT: Final = """coalesce((SELECT -revision FROM qala.draft_feature
    WHERE draft_id = %(draft)s AND feature_id = %(id)s), max(greatest(v.opened_by, v.closed_by)))"""

_SIGHT: Final = """
SELECT clock.moment, min(lower(v.recorded)), {token},
  max(v.version) FILTER (WHERE v.there AND v.valid @> clock.moment),
  max(CASE WHEN v.there AND v.valid @> clock.moment THEN {row} END),
  max(lower(v.valid)) FILTER (WHERE v.there AND upper(v.valid) <= clock.moment),
  max(upper(v.valid)) FILTER (WHERE v.there AND upper(v.valid) <= clock.moment),
  min(lower(v.valid)) FILTER (WHERE v.there AND lower(v.valid) > clock.moment)
FROM (SELECT coalesce(%(valid)s::timestamptz, now()) AS moment) AS clock
LEFT JOIN ({versions}) AS v ON true
GROUP BY clock.moment
"""

_PERIODS: Final = """
SELECT lower(period), upper(period) FROM (
  SELECT unnest(range_agg(v.valid)) AS period FROM ({versions}) AS v WHERE v.there) AS periods
ORDER BY 1 NULLS FIRST
"""
