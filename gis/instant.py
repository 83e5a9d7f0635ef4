"""Points and spans on the two axes of time, and the one builder of a reader's FROM clause.

Valid time is when a thing is so in law or in the world; recorded time is when the register said so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import AsyncConnection, Connection, sql

from gis.draft import Overlay
from gis.errors import BadRequest, Unavailable
from gis.layer import Layer
from gis.schema import table_columns, twin_name
from gis.text import Text

_NEAR = timedelta(days=1)
"""How far back of now a valid time still counts as the present, where the tail index answers fastest."""


@dataclass(frozen=True, slots=True)
class Instant:
    """What a reader asks for: a point on each axis; ``None`` means now, and the last committed changeset.

    A draft lies over the register as it was known at the recorded instant.
    """

    valid: datetime | None = None
    recorded: datetime | None = None
    draft: Overlay | None = None

    def __post_init__(self) -> None:
        """Refuse times without an offset."""
        for axis in (self.valid, self.recorded):
            if axis is not None and axis.tzinfo is None:
                raise BadRequest(_NAIVE.filled(value=axis.isoformat()))


@dataclass(frozen=True, slots=True)
class Head:
    """The last committed changeset: its number (0 when there is none), recorded instant, and the database's clock."""

    changeset: int
    recorded: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """An :class:`Instant` settled against the head of the register; the same reading gives the same content for ever.

    Attributes:
        valid: the point on the valid axis.
        recorded: the point on the recorded axis, never later than the head's.
        changeset: the head's number when it was settled.
        live: the recorded instant is the head's: rows not yet closed are exactly those to be read.
        present: moreover the valid time is about now or later, so that few rows of bounded validity matter.
        overlay: the draft that lies over the register, if any.
        keyed: few features are wanted, by their keys.
    """

    valid: datetime
    recorded: datetime
    changeset: int
    live: bool
    present: bool
    overlay: Overlay | None = None
    keyed: bool = False

    @property
    def parameters(self) -> dict[str, datetime | int]:
        """Named parameters that :func:`versions_at` binds."""
        drafted = {} if self.overlay is None else {"draft": self.overlay.draft_id}
        return {"valid": self.valid, "recorded": self.recorded, **drafted}

    def overlaid(self, layer: Layer) -> bool:
        """Tell whether a draft changes anything in a layer."""
        return self.overlay is not None and self.overlay.touches(layer)


HEAD = """
SELECT number, recorded, clock_timestamp() FROM
  (SELECT number, recorded FROM qala.changeset ORDER BY number DESC LIMIT 1) AS last
UNION ALL
SELECT 0, '1970-01-01Z'::timestamptz, clock_timestamp() WHERE NOT EXISTS (SELECT FROM qala.changeset)
"""
"""Reads the head of the register. An empty register has the head (0, the epoch)."""


def read_head(connection: Connection) -> Head:
    """Read the last committed changeset."""
    row = connection.execute(HEAD).fetchone()
    return _head(row)


async def read_head_async(connection: AsyncConnection) -> Head:
    """Read the last committed changeset."""
    row = await (await connection.execute(HEAD)).fetchone()
    return _head(row)


def settle(instant: Instant, head: Head) -> Reading:
    """Settle what was asked against the register's head.

    Raises:
        BadRequest: the recorded instant lies after the last changeset; the register can't know what it will say.
    """
    valid = instant.valid or head.now
    recorded = head.recorded if instant.recorded is None else instant.recorded
    if recorded > head.recorded:
        raise BadRequest(
            _UNKNOWN_FUTURE.filled(value=recorded.isoformat(), last=head.recorded.astimezone(UTC).isoformat()),
            parameter="recorded-at",
            last=head.recorded.isoformat(),
        )
    live = recorded == head.recorded
    return Reading(valid, recorded, head.changeset, live, live and valid >= head.now - _NEAR, instant.draft)


def versions_at(layer: Layer, reading: Reading, *, prefix: str = "") -> sql.Composed:
    """Return a FROM item ``(...) AS v``: the versions of a layer in force at a reading, abolished ones left out.

    Every reader goes through it. Its columns are those of the layer's table. Conditions put on ``v`` outside (envelope,
    feature id, attributes) reach the indexes inside. The statement binds the named parameters of
    :attr:`Reading.parameters`, their names behind ``prefix`` where one statement has two readings.
    """
    return sql.SQL("({}) AS v").format(sql.SQL(" UNION ALL ").join(arms_at(layer, reading, prefix=prefix)))


def arms_at(layer: Layer, reading: Reading, *, prefix: str = "") -> tuple[sql.Composed, ...]:
    """Return the same versions as disjoint SELECTs.

    An ORDER BY with a LIMIT reaches the indexes of an arm, but never those behind a UNION ALL.
    """
    forms = _KEYED if reading.keyed else _PRESENT if reading.present else _LIVE if reading.live else _PAST
    values: dict[str, sql.Composable] = {
        "valid": sql.Placeholder(f"{prefix}valid"),
        "recorded": sql.Placeholder(f"{prefix}recorded"),
    }
    return laid_over(layer, forms, _PROPOSED, values, prefix=prefix, overlaid=reading.overlaid(layer))


def laid_over(
    layer: Layer,
    forms: Iterable[str],
    proposed: str,
    values: Mapping[str, sql.Composable],
    *,
    prefix: str = "",
    overlaid: bool,
) -> tuple[sql.Composed, ...]:
    """Return the SELECTs of a layer's versions; where a draft lies over them, without those of the features it touches.

    The draft's own versions are then the last SELECT. A form is filled with ``columns``, ``table`` (whose alias is
    ``t``), ``fence``, and ``values``.
    """
    columns = sql.SQL(", ").join(map(sql.Identifier, table_columns(layer)))
    draft = sql.SQL("{}::bigint").format(sql.Placeholder(f"{prefix}draft"))
    common = {**values, "columns": columns if overlaid else sql.SQL("*"), "draft": draft}
    fence = sql.SQL(_FENCE).format(draft=draft) if overlaid else sql.SQL("")
    table, twin = sql.Identifier(layer.schema, layer.table), sql.Identifier(layer.schema, twin_name(layer))
    arms = tuple(sql.SQL(form).format(table=table, fence=fence, **common) for form in forms)
    return (*arms, sql.SQL(proposed).format(table=twin, **common)) if overlaid else arms


# The tail (nothing closed, nothing bounded) has a partial index as small as a plain table's; the rows of bounded
# validity that still matter are found by their end. The planner has no statistics of either condition: it would AND the
# tail's index of starts, or look for bounded rows among all versions that ever lay in the place. So the starts are no
# index condition (coalesce; an unbounded start counts as passed), and OFFSET 0 keeps the place out of the second arm.
_PRESENT = (
    """
  SELECT {columns} FROM {table} AS t WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished
    AND coalesce(lower(valid) <= {valid}, true){fence}""",
    """
  SELECT * FROM (
    SELECT {columns} FROM {table} AS t WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > {valid}
      AND coalesce(lower(valid) <= {valid}, true) AND NOT abolished{fence} OFFSET 0) AS ending""",
)

_LIVE = (
    """
  SELECT {columns} FROM {table} AS t WHERE upper_inf(recorded) AND recorded @> 'infinity'::timestamptz
    AND valid @> {valid} AND NOT abolished{fence}""",
)

_PAST = (
    """
  SELECT {columns} FROM {table} AS t WHERE recorded @> {recorded} AND valid @> {valid} AND NOT abolished{fence}""",
)

# Few features are found by their keys. A plan made without sight of the values would take the ranges for more telling
# than the key, and look at every version that ever was in force then: so they are no index condition.
_KEYED = (
    """
  SELECT {columns} FROM {table} AS t
  WHERE coalesce(recorded @> {recorded}, false) AND coalesce(valid @> {valid}, false) AND NOT abolished{fence}""",
)

_PROPOSED = """
  SELECT {columns} FROM {table} AS t WHERE draft_id = {draft} AND valid @> {valid} AND NOT abolished"""

# A scalar subquery can't be turned into a join: the planner, who has no idea how little a draft touches, would walk the
# whole layer to make one.
_FENCE = """
    AND (SELECT true FROM qala.draft_feature AS f
         WHERE f.draft_id = {draft} AND f.feature_id = t.feature_id LIMIT 1) IS NULL"""


def _head(row: tuple[int, datetime, datetime] | None) -> Head:
    if row is None:
        raise Unavailable("the register's table of changesets can't be read")
    return Head(*row)


_NAIVE = Text(
    kk="«{value}» уақытында белдеу көрсетілмеген; дұрысы, мысалы: 2024-03-01T00:00:00+05:00.",
    ru="Во времени «{value}» нет смещения от UTC; верно, например: 2024-03-01T00:00:00+05:00.",
    en="The time '{value}' has no offset from UTC; right would be, for example, 2024-03-01T00:00:00+05:00.",
)
_UNKNOWN_FUTURE = Text(
    kk="recorded-at={value} соңғы өзгерістер жинағынан ({last}) кейін; {last} немесе одан ертерек уақытты беріңіз.",
    ru="recorded-at={value} позже последнего набора изменений ({last}); задайте {last} или раньше.",
    en="recorded-at={value} is later than the last changeset ({last}); ask for {last} or earlier.",
)
