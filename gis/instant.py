"""Points and spans on the two axes of time, and the one builder of a reader's FROM clause.

Valid time is when a thing is so in law or in the world; recorded time is when the register said so.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import AsyncConnection, Connection, sql

from gis.errors import BadRequest, Unavailable
from gis.layer import Layer
from gis.text import Text

_NEAR = timedelta(days=1)
"""How far back of now a valid time still counts as the present, where the tail index answers fastest."""


@dataclass(frozen=True, slots=True)
class Instant:
    """What a reader asks for: a point on each axis; ``None`` means now, and the last committed changeset."""

    valid: datetime | None = None
    recorded: datetime | None = None
    draft: str | None = None

    def __post_init__(self) -> None:
        """Refuse times without an offset, and drafts, which this register does not keep."""
        for axis in (self.valid, self.recorded):
            if axis is not None and axis.tzinfo is None:
                raise BadRequest(_NAIVE.filled(value=axis.isoformat()))
        if self.draft is not None:
            raise BadRequest(_NO_DRAFTS.filled(value=self.draft), parameter="draft")


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
    """

    valid: datetime
    recorded: datetime
    changeset: int
    live: bool
    present: bool

    @property
    def parameters(self) -> dict[str, datetime]:
        """Named parameters that :func:`versions_at` binds."""
        return {"valid": self.valid, "recorded": self.recorded}


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
    return Reading(valid, recorded, head.changeset, live, live and valid >= head.now - _NEAR)


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
    forms = _PRESENT if reading.present else _LIVE if reading.live else _PAST
    values: dict[str, sql.Composable] = {
        "table": sql.Identifier(layer.schema, layer.table),
        "valid": sql.Placeholder(f"{prefix}valid"),
        "recorded": sql.Placeholder(f"{prefix}recorded"),
    }
    return tuple(sql.SQL(form).format(**values) for form in forms)


# The tail (nothing closed, nothing bounded) has a partial index as small as a plain table's; the rows of bounded
# validity that still matter are found by their end. The planner has no statistics of either condition: it would AND the
# tail's index of starts, or look for bounded rows among all versions that ever lay in the place. So the starts are no
# index condition (coalesce; an unbounded start counts as passed), and OFFSET 0 keeps the place out of the second arm.
_PRESENT = (
    """
  SELECT * FROM {table} WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished
    AND coalesce(lower(valid) <= {valid}, true)""",
    """
  SELECT * FROM (
    SELECT * FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > {valid}
      AND coalesce(lower(valid) <= {valid}, true) AND NOT abolished OFFSET 0) AS ending""",
)

_LIVE = (
    """
  SELECT * FROM {table} WHERE upper_inf(recorded) AND recorded @> 'infinity'::timestamptz
    AND valid @> {valid} AND NOT abolished""",
)

_PAST = (
    """
  SELECT * FROM {table} WHERE recorded @> {recorded} AND valid @> {valid} AND NOT abolished""",
)


def _head(row: tuple[int, datetime, datetime] | None) -> Head:
    if row is None:
        raise Unavailable("the register's table of changesets can't be read")
    return Head(*row)


_NAIVE = Text(
    kk="«{value}» уақытында белдеу көрсетілмеген; дұрысы, мысалы: 2024-03-01T00:00:00+05:00.",
    ru="Во времени «{value}» нет смещения от UTC; верно, например: 2024-03-01T00:00:00+05:00.",
    en="The time '{value}' has no offset from UTC; right would be, for example, 2024-03-01T00:00:00+05:00.",
)
_NO_DRAFTS = Text(
    kk="«{value}» жобасы жоқ: бұл тізілім әзірше жобаларды жүргізбейді; draft параметрін алып тастаңыз.",
    ru="Черновика «{value}» нет: этот регистр пока не ведёт черновиков; уберите параметр draft.",
    en="There is no draft '{value}': this register does not keep drafts; leave the parameter draft out.",
)
_UNKNOWN_FUTURE = Text(
    kk="recorded-at={value} соңғы өзгерістер жинағынан ({last}) кейін; {last} немесе одан ертерек уақытты беріңіз.",
    ru="recorded-at={value} позже последнего набора изменений ({last}); задайте {last} или раньше.",
    en="recorded-at={value} is later than the last changeset ({last}); ask for {last} or earlier.",
)
