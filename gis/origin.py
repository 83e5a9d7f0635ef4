"""By which act a version came in.

A later act that changes part of a version's time records what is left of it anew, as it was. What opened that remainder
is the later act, but what it says was set by the earlier one, which is the one to be named of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from psycopg import Connection, sql

from gis.layer import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The act by which a version came in: the source of the changeset that set what it says.

    Attributes:
        changeset: its number; 0 where a draft proposes the version.
    """

    changeset: int
    kind: str | None
    number: str | None
    acceptance: date | None


Key = tuple[int, int, int]
"""A version: the number of its layer, its feature id, its own number."""


def setters(connection: Connection, layers: Mapping[int, Layer], versions: Iterable[Key]) -> dict[Key, Origin]:
    """Return by which act each version of the register came in, where it may not be the one that opened it.

    It is the first that said the same for all of its time, with nothing else said in between. A feature's first version
    is no remainder, and is not looked up.

    Args:
        connection: of a login that may read the layers.
        layers: by the numbers that the keys have.
        versions: in the register, not proposed by a draft.
    """
    asked: dict[int, list[tuple[int, int]]] = {}
    for layer, feature_id, version in versions:
        if version > 1:
            asked.setdefault(layer, []).append((feature_id, version))
    if not asked:
        return {}
    arms = sql.SQL(" UNION ALL ").join(_arm(layers[number], number) for number in asked)
    bound = {f"ids_{number}": [feature_id for feature_id, _ in keys] for number, keys in asked.items()}
    bound |= {f"versions_{number}": [version for _, version in keys] for number, keys in asked.items()}
    rows = connection.execute(sql.SQL(_SETTERS).format(arms=arms), bound).fetchall()
    return {
        (layer, feature_id, version): Origin(changeset=changeset, kind=kind, number=act, acceptance=accepted)
        for layer, feature_id, version, changeset, kind, act, accepted in rows
    }


def _arm(layer: Layer, number: int) -> sql.Composed:
    said = [*(("geom",) if layer.spatial else ()), "abolished", *(f.name for f in layer.fields)]
    rows = (sql.SQL(", ").join(sql.Identifier(row, name) for name in said) for row in ("o", "v"))
    return sql.SQL(_ARM).format(
        number=sql.Literal(number),
        table=sql.Identifier(layer.schema, layer.table),
        ids=sql.Placeholder(f"ids_{number}"),
        versions=sql.Placeholder(f"versions_{number}"),
        alike=sql.SQL("({}) IS NOT DISTINCT FROM ({})").format(*(sql.SQL("ROW({})").format(row) for row in rows)),
    )


_SETTERS: Final = """
SELECT l.layer, l.feature_id, l.version, l.changeset, c.source_kind, c.source_number, c.source_acceptance
FROM ({arms}) AS l LEFT JOIN qala.changeset AS c ON c.number = l.changeset
"""

# Changesets are numbered in the order in which they were recorded: what an earlier one opened was known before.
_ARM: Final = """
SELECT {number} AS layer, v.feature_id, v.version, coalesce(e.changeset, v.opened_by) AS changeset
FROM unnest({ids}::bigint[], {versions}::integer[]) AS a (feature_id, version)
JOIN {table} AS v USING (feature_id, version)
CROSS JOIN LATERAL (
  SELECT min(k.opened_by) FILTER (WHERE k.alike AND k.valid @> v.valid AND k.opened_by > k.otherwise) AS changeset
  FROM (
    SELECT o.opened_by, o.valid, o.alike, coalesce(max(o.opened_by) FILTER (WHERE NOT o.alike) OVER (), 0) AS otherwise
    FROM (
      SELECT o.opened_by, o.valid, {alike} AS alike FROM {table} AS o
      WHERE o.feature_id = v.feature_id AND o.opened_by < v.opened_by AND o.valid && v.valid OFFSET 0
    ) AS o
  ) AS k
) AS e
"""
