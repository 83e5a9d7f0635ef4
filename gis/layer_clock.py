"""Where a layer stands, asked of the database each time by the cheapest question that tells.

Nothing about a layer changes between two changesets but by a legal date that passes. So the number of the register's
last changeset and the clock say whether the head that was read before still holds; only where one of them has moved on
is it read anew.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection, sql

from gis.errors import Unavailable
from gis.freshness import LayerHead, head_statement
from gis.layer import Layer


@dataclass(frozen=True, slots=True)
class _Known:
    """A head, the register's last changeset when it was read, and the next legal date that will move it."""

    head: LayerHead
    changeset: int
    until: datetime | None

    def holds(self, changeset: int, now: datetime) -> bool:
        return self.changeset == changeset and self.head.now <= now and (self.until is None or now < self.until)


class LayerClock:
    """Tells where one layer stands."""

    def __init__(self, layer: Layer) -> None:
        """Know nothing yet."""
        self._read = head_statement(layer).as_bytes()
        self._next = sql.SQL(_NEXT).format(table=sql.Identifier(layer.schema, layer.table)).as_bytes()
        self._known: _Known | None = None

    async def look(self, connection: AsyncConnection) -> LayerHead:
        """Return where the layer stands.

        Raises:
            Unavailable: the register's tables can't be read.
        """
        changeset, now = await _one(connection, _TICK)
        if self._known is None or not self._known.holds(changeset, now):
            # Read after the number: what is remembered under a number is never older than it.
            head = LayerHead(*await _one(connection, self._read, {"now": None}))
            (until,) = await _one(connection, self._next, {"now": head.now})
            self._known = _Known(head, changeset, until)
        return self._known.head


async def _one(connection: AsyncConnection, statement: bytes, values: dict[str, object] | None = None) -> Any:
    row = await (await connection.execute(statement, values, binary=True)).fetchone()
    if row is None:
        raise Unavailable("the register's tables can't be read")
    return row


_TICK: Final = b"SELECT coalesce(max(number), 0), clock_timestamp() FROM qala.changeset"

# The last part looks at the versions of bounded validity that have not ended: few, and found by their end.
_NEXT = """
SELECT least(
  (SELECT lower(valid) FROM {table} WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished
     AND lower(valid) > %(now)s ORDER BY lower(valid) LIMIT 1),
  (SELECT upper(valid) FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid)
     AND upper(valid) > %(now)s ORDER BY upper(valid) LIMIT 1),
  (SELECT min(start) FROM (
     SELECT lower(valid) AS start FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid)
       AND upper(valid) > %(now)s ORDER BY upper(valid) LIMIT (SELECT 2147483647)) AS ending
   WHERE start > %(now)s))
"""
