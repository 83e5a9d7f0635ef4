"""History: versions of a feature, changesets, and what changed between two points of either axis."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import Connection, sql
from psycopg.rows import dict_row

from gis.geojson import feature_row
from gis.instant import Reading, versions_at
from gis.layer import Layer

Kind = Literal["created", "changed", "retired"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One feature that is not the same at two readings.

    Attributes:
        kind: ``created`` (only in the later), ``retired`` (only in the earlier) or ``changed``.
        before: the earlier version as GeoJSON text, ``None`` where there is none.
        after: the later one.
        changed: names of what differs: attributes, and ``geometry``.
    """

    feature_id: int
    kind: Kind
    before: str | None
    after: str | None
    changed: Sequence[str]


def diff(
    connection: Connection, layer: Layer, earlier: Reading, later: Reading, *, after: int = 0, limit: int = 1000
) -> list[Difference]:
    """Return what differs in a layer between two readings, by feature id.

    Args:
        connection: a reader's.
        layer: the layer.
        earlier: one point on both axes.
        later: the other.
        after: last feature id of the page before.
        limit: most features to return.
    """
    statement = sql.SQL(_DIFF).format(
        earlier=versions_at(layer, earlier, prefix="earlier_"),
        later=versions_at(layer, later, prefix="later_"),
        as_earlier=_source(layer, earlier, "earlier_"),
        as_later=_source(layer, later, "later_"),
        feature=feature_row(layer),
        changed=changed_columns(layer),
    )
    parameters = {
        **{f"earlier_{k}": v for k, v in earlier.parameters.items()},
        **{f"later_{k}": v for k, v in later.parameters.items()},
        "after": after,
        "limit": limit,
    }
    return [Difference(*row) for row in connection.execute(statement, parameters)]


# Versions that both readings share need no comparison, and only what differs is written out. A draft's own versions
# were opened by no changeset (0); their numbers may be those of versions that the register has by now.
_DIFF = """
WITH different AS (
  SELECT feature_id, a.version AS earlier, b.version AS later,
    CASE WHEN a.version IS NULL OR b.version IS NULL THEN '{{}}'::text[] ELSE {changed} END AS changed
  FROM (SELECT v.* FROM {earlier} WHERE v.feature_id > %(after)s) AS a
  FULL JOIN (SELECT v.* FROM {later} WHERE v.feature_id > %(after)s) AS b USING (feature_id)
  WHERE a.version IS NULL OR b.version IS NULL
    OR ((a.version, a.opened_by) <> (b.version, b.opened_by) AND {changed} <> '{{}}')
  ORDER BY feature_id LIMIT %(limit)s
)
SELECT feature_id, CASE WHEN earlier IS NULL THEN 'created' WHEN later IS NULL THEN 'retired' ELSE 'changed' END,
  (SELECT {feature} FROM {as_earlier} WHERE v.feature_id = d.feature_id AND v.version = d.earlier),
  (SELECT {feature} FROM {as_later} WHERE v.feature_id = d.feature_id AND v.version = d.later), changed
FROM different AS d ORDER BY feature_id
"""


def _source(layer: Layer, reading: Reading, prefix: str) -> sql.Composed:
    """Return the FROM item in which a version that a reading shows is found by its key."""
    if reading.overlaid(layer):
        return versions_at(layer, reading, prefix=prefix)
    return sql.SQL("{} AS v").format(sql.Identifier(layer.schema, layer.table))


def changed_columns(layer: Layer) -> sql.Composed:
    """Return the names of what differs between the versions ``a`` and ``b``, as an array of text."""
    compared = [*([("geometry", "geom")] if layer.spatial else []), *((f.name, f.name) for f in layer.fields)]
    cases = [
        sql.SQL("CASE WHEN a.{column} IS DISTINCT FROM b.{column} THEN {name} END").format(
            column=sql.Identifier(column), name=sql.Literal(name)
        )
        for name, column in compared
    ]
    return sql.SQL("array_remove(ARRAY[{}]::text[], NULL)").format(sql.SQL(", ").join(cases))


def feature_versions(connection: Connection, layer: Layer, feature_id: int, recorded: datetime) -> list[dict[str, Any]]:
    """Return all versions of a feature that the register had recorded by an instant, closed ones included.

    Each row has version, valid_from, valid_to, recorded_from, recorded_to (``None`` where it was not closed by then),
    abolished, opened_by, and ``feature``, its GeoJSON text.
    """
    statement = sql.SQL(_VERSIONS).format(table=sql.Identifier(layer.schema, layer.table), feature=feature_row(layer))
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, {"id": feature_id, "recorded": recorded}).fetchall()


_VERSIONS = """
SELECT version, lower(valid) AS valid_from, upper(valid) AS valid_to, lower(recorded) AS recorded_from,
  CASE WHEN upper(recorded) <= %(recorded)s THEN upper(recorded) END AS recorded_to, abolished, opened_by,
  {feature} AS feature
FROM {table} AS v WHERE feature_id = %(id)s AND lower(recorded) <= %(recorded)s
ORDER BY lower(recorded), lower(valid) NULLS FIRST
"""


def changesets(connection: Connection, *, after: int = 0, limit: int = 100) -> Iterator[Mapping[str, Any]]:
    """Yield changesets in order of their numbers: number, recorded, verb, role, reason, source, layers, hash.

    The actor is left out: who works at the register is nobody's business but the auditor's.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        yield from cursor.execute(_CHANGESETS, {"after": after, "limit": limit})


_CHANGESETS = """
SELECT number, recorded, verb, role, reason, source_kind, source_number, source_acceptance, source_submission,
  source_recordation, encode(source_file_hash, 'hex') AS source_file_hash, layers, encode(hash, 'hex') AS hash
FROM qala.changeset WHERE number > %(after)s ORDER BY number LIMIT %(limit)s
"""


def changed_features(
    connection: Connection, number: int, withheld: Collection[str] = frozenset()
) -> list[Mapping[str, Any]]:
    """Return what one changeset opened and closed: layer, feature_id, version, event (``opened`` or ``closed``).

    Args:
        connection: a reader's.
        number: the changeset's.
        withheld: names of layers whose rows are left out.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        return list(cursor.execute(_CHANGED_FEATURES, {"number": number, "withheld": list(withheld)}))


_CHANGED_FEATURES = """
SELECT layer, feature_id, version, CASE event WHEN 'o' THEN 'opened' ELSE 'closed' END AS event
FROM qala.ledger WHERE changeset = %(number)s AND layer <> ALL(%(withheld)s) ORDER BY layer, feature_id, version, event
"""
