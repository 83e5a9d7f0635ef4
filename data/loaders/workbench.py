"""The workbench of one load: temporary tables beside the register, in which a file's rows are compared with it.

``load_row`` holds the rows as read, ``load_fate`` what becomes of each: ``new``, ``changed``, ``unchanged`` or
``refused``. All comparisons are set-based; nothing of it outlives the load.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import shapely
from psycopg import Connection, sql

from data.columns import ARROW
from data.loaders.shapes import Shaped
from data.loaders.source import Batch
from data.loaders.values import Valued
from gis.layer import Field, FieldType, Layer
from gis.schema import issued_name
from gis.staging import column_list, staged

_TABLES = ("load_row", "load_fate", "load_number", "load_quarter", "load_write")


@dataclass(frozen=True, slots=True)
class Party:
    """Who a feature is: its row in the file, its key there or in an earlier edition, what becomes of the row."""

    row: int | None = None
    key: str | None = None
    state: str | None = None

    @property
    def is_written(self) -> bool:
        """The file brings something new of it."""
        return self.state in {"new", "changed"}


@dataclass
class Workbench:
    """Temporary tables of one load of one layer.

    Attributes:
        dataset: whose editions are compared.
        filled: the fields that the file fills.
        constants: fields that the mapping fills with one value.
        issued: the field that gets a number of the city's own, if any.
        valid_from: from which rows without a date of their own are valid.
    """

    connection: Connection
    layer: Layer
    srid: int
    dataset: str
    filled: Sequence[Field]
    constants: Mapping[str, Any]
    issued: str | None
    valid_from: datetime
    _copying: sql.Composed = field(init=False)

    def __post_init__(self) -> None:
        """Compose the COPY once."""
        names = [sql.Identifier(n) for n in ("_row", "_key", "_content", "_from", "_quarter", "geom")]
        names += [sql.Identifier(f.name) for f in self.filled]
        self._copying = sql.SQL("COPY pg_temp.load_row ({}) FROM STDIN (FORMAT csv)").format(sql.SQL(", ").join(names))

    @contextmanager
    def set_up(self) -> Iterator[None]:
        """Create the tables, and clear them away whatever happens."""
        self._clear()
        self._run(_ROWS, fields=_typed(self.filled))
        try:
            yield
        finally:
            if not self.connection.broken and not self.connection.closed:
                self._clear()

    def _clear(self) -> None:
        for name in _TABLES:
            self.connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier("pg_temp", name)))

    def copy(self, batches: Iterable[memoryview]) -> None:
        """Copy rows in, as :meth:`lines` makes them."""
        with self.connection.cursor() as cursor, cursor.copy(self._copying) as copy:
            for lines in batches:
                copy.write(lines)

    def lines(
        self, batch: Batch, shaped: Shaped, valued: Valued, digests: list[bytes], refused: set[int]
    ) -> memoryview:
        """Return a batch as CSV; of refused rows only ordinal and key are kept."""
        live = np.ones(len(batch.rows), dtype=bool)
        live[list(refused)] = False
        shapes = shapely.set_srid(shaped.geometries, self.srid)
        shapes[~live] = None
        wkb = shapely.to_wkb(shapes, hex=True, include_srid=True, output_dimension=3 if self.layer.z else 2)
        content = ["\\x" + d.hex() if ok else None for d, ok in zip(digests, live, strict=True)]
        columns: list[pa.Array] = [
            pa.array(batch.rows),
            pa.array(valued.keys, pa.string()),
            pa.array(content, pa.string()),
            pa.array(valued.valid_from, ARROW[FieldType.INSTANT]),
            pa.array(valued.quarters, pa.string()),
            pa.array(wkb, pa.string()),
        ]
        columns += [pa.array(valued.fields[f.name], ARROW[f.type], mask=~live) for f in self.filled]
        sink = pa.BufferOutputStream()
        table = pa.table(columns, names=[str(i) for i in range(len(columns))])
        pc.write_csv(table, sink, pc.WriteOptions(include_header=False))
        return memoryview(sink.getvalue())

    def repeated_keys(self) -> Iterator[tuple[str, list[int], int]]:
        """Yield (key, rows, how many different contents) of keys that stand at several rows."""
        self.connection.execute("ANALYZE pg_temp.load_row")
        yield from self.connection.execute(_REPEATED_KEYS)

    def repeated_numbers(self, number: Field) -> Iterator[tuple[str, list[int]]]:
        """Yield (number, rows) of an identifier that several rows give."""
        yield from self._run(_REPEATED_NUMBERS, number=sql.Identifier(number.name))

    def forget(self, rows: Iterable[int]) -> None:
        """Refuse rows before they are compared with the register."""
        self.connection.execute("UPDATE pg_temp.load_row SET _content = NULL WHERE _row = ANY(%s)", (sorted(rows),))

    def compare(self) -> None:
        """Compare with what earlier editions brought; new rows get their feature ids."""
        self.connection.execute(_FATE, {"layer": self.layer.name, "dataset": self.dataset})
        self.connection.execute("CREATE INDEX ON pg_temp.load_fate (feature_id); ANALYZE pg_temp.load_fate")

    def issued_to_others(self, number: Field) -> Iterator[tuple[int, str | None, str, int]]:
        """Yield (row, key, number, feature) where a row brings a number that is another feature's."""
        table = sql.Identifier(self.layer.schema, issued_name(self.layer, number))
        yield from self._run(_ISSUED, number=sql.Identifier(number.name), issued=table)

    def edited_since(self) -> Iterator[tuple[int, str, int, int]]:
        """Yield (row, key, feature, changeset) of changed rows whose feature an act has changed since."""
        yield from self._run(_EDITED, table=self._table)

    def refuse(self, rows: Iterable[int]) -> None:
        """Refuse rows after the comparison."""
        self.connection.execute("UPDATE pg_temp.load_fate SET state = 'refused' WHERE _row = ANY(%s)", (sorted(rows),))

    def stage(self) -> None:
        """Lay new and changed rows into the layer's staging table."""
        fields: dict[str, sql.Composable] = {f.name: sql.Identifier("r", f.name) for f in self.filled}
        fields |= {name: _constant(self.layer.field(name), value) for name, value in self.constants.items()}
        join = sql.SQL("")
        if self.issued is not None:
            fields[self.issued] = sql.Identifier("n", self.issued)
            join = sql.SQL(" JOIN pg_temp.load_number AS n USING (_row)")
        self._stage_new(fields, join)
        self._stage_changed(fields)

    def _stage_new(self, fields: Mapping[str, sql.Composable], join: sql.Composable) -> None:
        values = [fields.get(f.name, sql.SQL("NULL")) for f in self.layer.fields]
        self._run(
            _STAGE_NEW,
            {"valid_from": self.valid_from},
            staged=staged(self.layer),
            columns=column_list(self.layer),
            values=sql.SQL(", ").join(values),
            join=join,
        )

    def _stage_changed(self, fields: Mapping[str, sql.Composable]) -> None:
        kept = {name: value for name, value in fields.items() if name != self.issued}
        values = [kept.get(f.name, sql.Identifier("c", f.name)) for f in self.layer.fields]
        with writes(self.connection, self.layer) as current:
            joined = sql.SQL(", ").join(values)
            self._run(_CHANGED, {"valid_from": self.valid_from}, values=joined, current=current)

    def absent(self) -> list[tuple[str, int]]:
        """Return (key, feature) of what earlier editions brought, is in force and is not in this file."""
        bound = {"layer": self.layer.name, "dataset": self.dataset, "valid_from": self.valid_from}
        return list(self._run(_ABSENT, bound, table=self._table))

    def stage_archived(self, features: Sequence[int]) -> None:
        """Abolish features from the act's date on."""
        with writes(self.connection, self.layer) as current:
            values = sql.SQL(", ").join(sql.Identifier("c", f.name) for f in self.layer.fields)
            bound = {"valid_from": self.valid_from, "features": list(features)}
            self._run(_ARCHIVED, bound, values=values, current=current)

    def parties(self, features: Iterable[int]) -> dict[int, Party]:
        """Return who features are: in this file, or in an earlier edition."""
        rows = self.connection.execute(_PARTIES, {"features": sorted(set(features)), "layer": self.layer.name})
        return {feature: Party(*facts) for feature, *facts in rows}

    def features(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the features of those rows that bring something new."""
        bound = {"rows": list(rows)}
        return dict(self.connection.execute(_FEATURES, bound).fetchall())

    def rewritten(self) -> list[int]:
        """Return the registered features that the file changes."""
        found = self.connection.execute("SELECT feature_id FROM pg_temp.load_fate WHERE state = 'changed'")
        return [feature for (feature,) in found]

    def refused_rows(self) -> frozenset[int]:
        """Return the rows that were refused."""
        found = self.connection.execute("SELECT _row FROM pg_temp.load_fate WHERE state = 'refused'")
        return frozenset(row for (row,) in found)

    def has_staged(self, layer: Layer) -> bool:
        """Tell whether anything of a layer would be opened or closed."""
        found = sql.SQL("SELECT FROM {} WHERE _state <> 'kept' LIMIT 1").format(staged(layer))
        return self.connection.execute(found).fetchone() is not None

    def tally(self) -> dict[str, int]:
        """Count rows by fate."""
        return dict(self.connection.execute("SELECT state, count(*) FROM pg_temp.load_fate GROUP BY 1").fetchall())

    def standing_defects(self, healed: Sequence[int]) -> set[int]:
        """Return the unchanged rows whose feature has a defect on record, but for those healed now."""
        return {row for (row,) in self.connection.execute(_STANDING, {"healed": list(healed)})}

    def remember(self, changeset: int, archived: Sequence[int]) -> None:
        """Note which feature each row became, under its content hash."""
        bound = {"layer": self.layer.name, "dataset": self.dataset, "changeset": changeset, "archived": list(archived)}
        self.connection.execute(_REMEMBER, bound)
        self.connection.execute(_REMEMBER_ARCHIVED, bound)

    @property
    def _table(self) -> sql.Identifier:
        return sql.Identifier(self.layer.schema, self.layer.table)

    def _run(self, statement: str, bound: Mapping[str, Any] | None = None, /, **parts: sql.Composable) -> Any:
        cursor = self.connection.execute(sql.SQL(statement).format(**parts), bound)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def writes(connection: Connection, layer: Layer) -> Iterator[sql.Composed]:
    """Collect writes of registered features in ``load_write`` and lay the timelines they make into staging.

    A write covers its feature from ``start`` on: versions wholly before stay, one that reaches over is cut, all later
    ones are closed.

    Yields:
        A lateral relation ``c`` for a query over ``w``: the live version that the feature has at ``w.start``, or its
        last.
    """
    connection.execute(sql.SQL(_WRITES).format(fields=_typed(layer.fields)))
    yield sql.SQL(_CURRENT).format(table=sql.Identifier(layer.schema, layer.table))
    _stage_writes(connection, layer)


def _stage_writes(connection: Connection, layer: Layer) -> None:
    parts = {
        "staged": staged(layer),
        "columns": column_list(layer),
        "live": column_list(layer, "v"),
        "fields": sql.Composed([sql.SQL(", ") + sql.Identifier("v", f.name) for f in layer.fields]),
        "written": sql.Composed([sql.SQL(", ") + sql.Identifier("w", f.name) for f in layer.fields]),
        "table": sql.Identifier(layer.schema, layer.table),
    }
    for statement in (_STAGE_LIVE, _STAGE_CUT, _STAGE_WRITTEN):
        connection.execute(sql.SQL(statement).format(**parts))


def _typed(fields: Iterable[Field]) -> sql.Composed:
    return sql.Composed([sql.SQL(", {} {}").format(sql.Identifier(f.name), sql.SQL(f.type.sql)) for f in fields])


def _constant(declared: Field, value: Any) -> sql.Composable:
    return sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(declared.type.sql))


_ROWS = """
CREATE TEMPORARY TABLE load_row (
  _row bigint, _key text, _content bytea, _from timestamptz, _quarter text, geom geometry {fields}
);
CREATE TEMPORARY TABLE load_fate (_row bigint, _key text, feature_id bigint, changeset bigint, state text)
"""
_REPEATED_KEYS = """
SELECT _key, array_agg(_row ORDER BY _row), count(DISTINCT _content) FROM pg_temp.load_row
WHERE _content IS NOT NULL GROUP BY _key HAVING count(*) > 1
"""
_REPEATED_NUMBERS = """
SELECT {number}, array_agg(_row ORDER BY _row) FROM pg_temp.load_row
WHERE _content IS NOT NULL AND {number} IS NOT NULL GROUP BY {number} HAVING count(*) > 1
"""
_FATE = """
INSERT INTO pg_temp.load_fate
SELECT r._row, r._key,
  CASE WHEN r._content IS NULL THEN NULL ELSE coalesce(i.feature_id, nextval('qala.feature_id')) END, i.changeset,
  CASE WHEN r._content IS NULL THEN 'refused' WHEN i.feature_id IS NULL THEN 'new'
       WHEN i.content_hash = r._content THEN 'unchanged' ELSE 'changed' END
FROM pg_temp.load_row AS r
LEFT JOIN qala.imported AS i ON i.layer = %(layer)s AND i.dataset = %(dataset)s AND i.source_key = r._key
"""
_ISSUED = """
SELECT r._row, r._key, i.value, i.feature_id FROM pg_temp.load_row AS r JOIN pg_temp.load_fate AS f USING (_row)
JOIN {issued} AS i ON i.value = r.{number} WHERE f.state IN ('new', 'changed') AND i.feature_id <> f.feature_id
"""
_EDITED = """
WITH changed AS MATERIALIZED (SELECT * FROM pg_temp.load_fate WHERE state = 'changed')
SELECT c._row, c._key, c.feature_id, live.changeset FROM changed AS c CROSS JOIN LATERAL (
  SELECT max(v.opened_by) AS changeset FROM {table} AS v WHERE v.feature_id = c.feature_id AND upper_inf(v.recorded)
) AS live
WHERE live.changeset > c.changeset ORDER BY 1
"""
_STAGE_NEW = """
INSERT INTO {staged} ({columns}, _state)
SELECT f.feature_id, 1, tstzrange(coalesce(r._from, %(valid_from)s), NULL), false, r.geom, {values}, 'new'
FROM pg_temp.load_fate AS f JOIN pg_temp.load_row AS r USING (_row){join} WHERE f.state = 'new'
"""
_CURRENT = """
CROSS JOIN LATERAL (
  SELECT * FROM {table} AS v WHERE v.feature_id = w.feature_id AND upper_inf(v.recorded)
  ORDER BY v.valid @> w.start DESC, upper(v.valid) DESC NULLS FIRST LIMIT 1
) AS c
"""
_WRITES = """
DROP TABLE IF EXISTS pg_temp.load_write;
CREATE TEMPORARY TABLE load_write (feature_id bigint, start timestamptz, abolished boolean, geom geometry {fields});
"""
_CHANGED = """
INSERT INTO pg_temp.load_write
SELECT w.feature_id, w.start, false, r.geom, {values} FROM (
  SELECT f._row, f.feature_id, coalesce(r._from, %(valid_from)s::timestamptz) AS start
  FROM pg_temp.load_fate AS f JOIN pg_temp.load_row AS r USING (_row) WHERE f.state = 'changed'
) AS w JOIN pg_temp.load_row AS r USING (_row) {current}
"""
_ARCHIVED = """
INSERT INTO pg_temp.load_write
SELECT w.feature_id, w.start, true, c.geom, {values}
FROM (SELECT unnest(%(features)s::bigint[]) AS feature_id, %(valid_from)s::timestamptz AS start) AS w {current}
"""
_STAGE_LIVE = """
INSERT INTO {staged} ({columns}, _state)
SELECT {live}, CASE WHEN upper_inf(v.valid) OR upper(v.valid) > w.start THEN 'closed' ELSE 'kept' END
FROM pg_temp.load_write AS w JOIN {table} AS v USING (feature_id) WHERE upper_inf(v.recorded)
"""
_STAGE_CUT = """
INSERT INTO {staged} ({columns}, _state)
SELECT v.feature_id, 1 + (SELECT max(version) FROM {table} AS a WHERE a.feature_id = w.feature_id),
  tstzrange(lower(v.valid), w.start), v.abolished, v.geom {fields}, 'new'
FROM pg_temp.load_write AS w JOIN {table} AS v USING (feature_id)
WHERE upper_inf(v.recorded) AND v.valid @> w.start AND (lower_inf(v.valid) OR lower(v.valid) < w.start)
"""
_STAGE_WRITTEN = """
INSERT INTO {staged} ({columns}, _state)
SELECT w.feature_id,
  1 + coalesce(s.version, (SELECT max(version) FROM {table} AS a WHERE a.feature_id = w.feature_id)),
  tstzrange(w.start, NULL), w.abolished, w.geom {written}, 'new'
FROM pg_temp.load_write AS w LEFT JOIN {staged} AS s ON s.feature_id = w.feature_id AND s._state = 'new'
"""
_ABSENT = """
SELECT i.source_key, i.feature_id FROM qala.imported AS i
WHERE i.layer = %(layer)s AND i.dataset = %(dataset)s
  AND NOT EXISTS (SELECT FROM pg_temp.load_row AS r WHERE r._key = i.source_key)
  AND EXISTS (
    SELECT FROM {table} AS v WHERE v.feature_id = i.feature_id AND upper_inf(v.recorded) AND NOT v.abolished
      AND v.valid @> %(valid_from)s
  )
ORDER BY i.source_key
"""
_PARTIES = """
SELECT asked.feature_id, f._row, coalesce(f._key, i.source_key), f.state
FROM unnest(%(features)s::bigint[]) AS asked (feature_id)
LEFT JOIN pg_temp.load_fate AS f USING (feature_id)
LEFT JOIN qala.imported AS i ON i.layer = %(layer)s AND i.feature_id = asked.feature_id
"""
_STANDING = """
SELECT f._row FROM pg_temp.load_fate AS f WHERE f.state = 'unchanged' AND f.feature_id IN (
  SELECT unnest(ARRAY[feature_id, other_id]) FROM qala.violation
  WHERE upper_inf(recorded) AND violation_id <> ALL(%(healed)s::bigint[]))
"""
_FEATURES = """
SELECT _row, feature_id FROM pg_temp.load_fate WHERE _row = ANY(%(rows)s) AND state IN ('new', 'changed')
"""
_REMEMBER = """
INSERT INTO qala.imported (layer, dataset, source_key, feature_id, content_hash, changeset)
SELECT %(layer)s, %(dataset)s, f._key, f.feature_id, r._content, %(changeset)s
FROM pg_temp.load_fate AS f JOIN pg_temp.load_row AS r USING (_row) WHERE f.state IN ('new', 'changed')
ON CONFLICT (layer, dataset, source_key)
DO UPDATE SET content_hash = excluded.content_hash, changeset = excluded.changeset
"""
# An archived row's hash is emptied: should the row come back, it is a change.
_REMEMBER_ARCHIVED = """
UPDATE qala.imported SET content_hash = '', changeset = %(changeset)s
WHERE layer = %(layer)s AND dataset = %(dataset)s AND feature_id = ANY(%(archived)s)
"""
