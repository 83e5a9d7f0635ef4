"""Where features come from: lineage followed back to the beginning, as far as the register ever recorded it.

Lineage that was withdrawn since belongs to it: a story tells what was said as well as what became of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from psycopg import Connection
from psycopg.rows import class_row

from gis.layer import Layer

ALWAYS: Final = datetime.max.replace(tzinfo=UTC)
"""Until when the life of the subject itself concerns its story."""


@dataclass(frozen=True, slots=True)
class Kinship:
    """One parent and one child by an act.

    Attributes:
        since: legal moment of the act.
        opened_by: its changeset.
    """

    layer: str
    kind: str
    parent: int
    child: int
    since: datetime
    opened_by: int


@dataclass(frozen=True, slots=True)
class Line:
    """Features with their ancestors.

    Attributes:
        until: until when each one's life is that of the line: an ancestor's, until its descendant began.
        kinships: the acts by which they descend, with all parents and children of each act; and what the features
            themselves became.
    """

    until: Mapping[int, datetime]
    kinships: tuple[Kinship, ...]

    @property
    def relatives(self) -> set[int]:
        """Parents and children in the same acts that are not of the line."""
        return {i for k in self.kinships for i in (k.parent, k.child)} - self.until.keys()


def line(connection: Connection, layer: Layer, seeds: Mapping[int, datetime], recorded: datetime) -> Line:
    """Return features of a layer with all that they come from.

    Args:
        connection: the public login's or the confidant's.
        layer: whose lineage.
        seeds: features, each with the moment until which its life concerns the story.
        recorded: what was recorded later is left out.
    """
    asked = {"layer": layer.name, "recorded": recorded, "ids": sorted(seeds)}
    found = _kinships(connection, _LINE, asked)
    until = _untils(seeds, found)
    own = [k for k in found if any(k.since <= until[i] for i in (k.parent, k.child) if i in until)]
    if not own:
        return Line(until, ())
    acts = {"acts": sorted({k.opened_by for k in own})}
    sides = {"parents": sorted({k.parent for k in own}), "children": sorted({k.child for k in own})}
    return Line(until, tuple(_kinships(connection, _OF_ACTS, asked | acts | sides)))


def _kinships(connection: Connection, statement: str, asked: Mapping[str, object]) -> list[Kinship]:
    with connection.cursor(row_factory=class_row(Kinship)) as cursor:
        return cursor.execute(statement.encode(), asked).fetchall()


def _untils(seeds: Mapping[int, datetime], found: Iterable[Kinship]) -> dict[int, datetime]:
    """Return until when each feature of a line concerns it: by several ways down, the longest."""
    above: dict[int, list[Kinship]] = {}
    for kinship in found:
        above.setdefault(kinship.child, []).append(kinship)
    until, pending = dict(seeds), list(seeds)
    while pending:
        child = pending.pop()
        for kinship in above.get(child, ()):
            end = min(kinship.since, until[child])
            if kinship.parent not in until or until[kinship.parent] < end:
                until[kinship.parent] = end
                pending.append(kinship.parent)
    return until


_LINE: Final = """
WITH RECURSIVE ancestor (id) AS (
  SELECT unnest(%(ids)s::bigint[])
  UNION
  SELECT l.parent FROM ancestor JOIN qala.lineage AS l ON l.child = ancestor.id
  WHERE l.layer = %(layer)s AND lower(l.recorded) <= %(recorded)s
)
SELECT l.layer, l.kind, l.parent, l.child, coalesce(lower(l.valid), '0001-01-02 UTC') AS since, l.opened_by
FROM ancestor JOIN qala.lineage AS l ON l.child = ancestor.id
WHERE l.layer = %(layer)s AND lower(l.recorded) <= %(recorded)s
UNION
SELECT l.layer, l.kind, l.parent, l.child, coalesce(lower(l.valid), '0001-01-02 UTC') AS since, l.opened_by
FROM ancestor JOIN qala.lineage AS l ON l.parent = ancestor.id
WHERE l.layer = %(layer)s AND lower(l.recorded) <= %(recorded)s
"""
_OF_ACTS: Final = """
SELECT DISTINCT l.layer, l.kind, l.parent, l.child, coalesce(lower(l.valid), '0001-01-02 UTC') AS since, l.opened_by
FROM qala.lineage AS l
WHERE (l.parent = ANY(%(parents)s) OR l.child = ANY(%(children)s)) AND l.opened_by = ANY(%(acts)s)
  AND l.layer = %(layer)s AND lower(l.recorded) <= %(recorded)s
ORDER BY l.opened_by, l.parent, l.child
"""
