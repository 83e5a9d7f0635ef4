"""How fresh a layer is: what an answer's ETag, its paging cursor and its optimistic reads hang on.

The content of a layer at "now" changes for two reasons only: a changeset wrote to it, or a legal date passed. Both are
probes of an index, so that an unchanged answer is recognised without being made again.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from psycopg import sql

from gis.instant import Head, Instant, Reading, settle
from gis.layer import Layer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LayerHead:
    """Where a layer stands.

    Attributes:
        changeset: the last changeset that wrote to it; 0 when there is none.
        recorded: that changeset's instant; the epoch when there is none. What the register says of the layer is the
            same from then on up to ``register``.
        register: the instant of the register's last changeset, whatever it wrote to.
        boundary: the last moment up to ``now`` at which a version of the live record came into force or ceased to be
            so; what is valid at the boundary is what is valid now.
        now: the moment for which ``boundary`` was sought.
    """

    changeset: int
    recorded: datetime
    register: datetime
    boundary: datetime
    now: datetime

    def same_as(self, other: "LayerHead") -> bool:
        """Tell whether between the two looks nothing was written to the layer and no legal date passed in it."""
        return (self.changeset, self.boundary) == (other.changeset, other.boundary)


def head_statement(layer: Layer) -> sql.Composed:
    """Return the statement that reads a :class:`LayerHead`; parameter ``now`` may be null for the database's clock."""
    return sql.SQL(_HEAD).format(table=sql.Identifier(layer.schema, layer.table), now=sql.Placeholder("now"))


def settle_layer(instant: Instant, head: LayerHead) -> Reading:
    """Settle what was asked against one layer's head, so that writes to other layers change nothing here.

    A reading of the present is pinned to the layer's last changeset and last boundary, the same until either moves. A
    draft's legal dates are not among the boundaries: with one laid over, the present is pinned to the last quarter of
    an hour, since the legal days of every zone begin at one.

    Raises:
        BadRequest: the recorded instant lies after the register's last changeset.
    """
    asked = settle(instant, Head(head.changeset, head.register, head.now))
    if asked.recorded < head.recorded:
        return replace(asked, live=False, present=False)
    valid = _present(instant, head) if instant.valid is None else instant.valid
    return replace(
        asked, valid=valid, recorded=head.recorded, live=True, present=asked.present or valid >= head.boundary
    )


def _present(instant: Instant, head: LayerHead) -> datetime:
    if instant.draft is None:
        return head.boundary
    now = datetime.now(UTC)
    return max(head.boundary, now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0))


# Every bounded version that matters still is found by its end; of those already ended only the last end counts. The
# planner can't know how few they are: a LIMIT that it can't read makes it walk the index of ends.
_HEAD = """
SELECT changeset, coalesce((SELECT recorded FROM qala.changeset WHERE number = changeset), 'epoch'),
  coalesce((SELECT recorded FROM qala.changeset ORDER BY number DESC LIMIT 1), 'epoch'),
  greatest('epoch',
    (SELECT lower(valid) FROM {table}
     WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished AND lower(valid) <= clock.now
     ORDER BY lower(valid) DESC LIMIT 1),
    (SELECT upper(valid) FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) <= clock.now
     ORDER BY upper(valid) DESC LIMIT 1),
    (SELECT max(start) FROM
       (SELECT lower(valid) AS start FROM {table}
        WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > clock.now
        ORDER BY upper(valid) LIMIT (SELECT 2147483647)) AS bounded
     WHERE start <= clock.now)),
  clock.now
FROM (SELECT coalesce({now}::timestamptz, clock_timestamp()) AS now OFFSET 0) AS clock,
  (SELECT greatest(0, (SELECT max(opened_by) FROM {table}),
                   (SELECT max(closed_by) FROM {table} WHERE closed_by IS NOT NULL)) AS changeset OFFSET 0) AS last
"""
