"""Numbers for rows that bring foreign ones: their quarters, found by place or derived from the rows, and serials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from cadastres.land.model import PARCEL, QUARTER
from data.loaders.numbering import NUMBER_FIELD, Serials, district, new_quarters
from data.loaders.workbench import Workbench, writes
from gis import store
from gis.profile import CityProfile
from gis.schema import issued_name
from gis.staging import column_list, staged


@dataclass(frozen=True)
class Quarters:
    """Issues numbers on a workbench, after its rows were compared with the register.

    Attributes:
        derived: the file names the rows' quarters; otherwise they are looked up by place.
    """

    bench: Workbench
    profile: CityProfile
    derived: bool

    def settle(self) -> None:
        """Find every row's quarter; new ones get a code and an id."""
        self.bench.connection.execute(_TABLES)
        if self.derived:
            self._know_derived()
        else:
            self._run(_BY_PLACE, table=_TABLE)
            self._run(_KNOW_PLACES, table=_TABLE)

    def unsettled(self) -> list[tuple[int, str]]:
        """Return (row, key) of new rows without a quarter."""
        return self.bench.connection.execute(_UNSETTLED).fetchall()

    def issue(self) -> None:
        """Give every new row the next number of its quarter, in the order of the file."""
        rows = self.bench.connection.execute(_TO_NUMBER).fetchall()
        issued = sql.Identifier(PARCEL.schema, issued_name(PARCEL, PARCEL.field(NUMBER_FIELD)))
        last = dict(self._run(_LAST_SERIALS, {"codes": sorted({code for _, code in rows})}, issued=issued))
        numbers = Serials(last).numbers(code for _, code in rows)
        target = "COPY pg_temp.load_number FROM STDIN"
        with self.bench.connection.cursor() as cursor, cursor.copy(target) as copy:
            for (row, _), number in zip(rows, numbers, strict=True):
                copy.write_row((row, number))
        self.bench.connection.execute("ANALYZE pg_temp.load_number")

    def stage(self) -> None:
        """Lay new quarters into staging, and old ones that must grow for their new parcels."""
        if not self.derived:
            return
        fields = {"code": sql.SQL("q.code"), "name": sql.SQL("q._quarter"), "derived": sql.SQL("true")}
        values = sql.SQL(", ").join(fields.get(f.name, sql.SQL("NULL")) for f in QUARTER.fields)
        bound = {"valid_from": self.bench.valid_from, "linear": self.profile.tolerances.linear}
        self._run(_STAGE_NEW, bound, staged=staged(QUARTER), columns=column_list(QUARTER), values=values)
        with writes(self.bench.connection, QUARTER) as current:
            kept = sql.SQL(", ").join(sql.Identifier("c", f.name) for f in QUARTER.fields)
            self._run(_GROWN, bound, table=_TABLE, current=current, values=kept)

    def emptied(self) -> list[int]:
        """Return, and forget, the new quarters all of whose parcels were refused."""
        return [feature for (feature,) in self.bench.connection.execute(_EMPTIED)]

    def remember(self, changeset: int) -> int:
        """Note the derived quarters under the names that the file gives them; return how many are new."""
        bound = {"dataset": self.bench.dataset, "changeset": changeset, "layer": QUARTER.name}
        return self.bench.connection.execute(_REMEMBER, bound).rowcount

    def _know_derived(self) -> None:
        bound = {"dataset": self.bench.dataset, "layer": QUARTER.name}
        known = self._run(_KNOWN, bound, table=_TABLE)
        names = {name for (name,) in self.bench.connection.execute(_NAMES)}
        start = district(self.profile)
        issued = store.issued(self.bench.connection, QUARTER, "code", start)
        codes = new_quarters(names - {name for name, _, _ in known}, issued, start)
        ids = store.new_ids(self.bench.connection, len(codes))
        rows = [(*row, False) for row in known if row[0] in names]
        rows += [(name, feature_id, code, True) for (name, code), feature_id in zip(codes.items(), ids, strict=True)]
        self._copy(rows)

    def _copy(self, rows: Sequence[tuple[str, int, str, bool]]) -> None:
        target = "COPY pg_temp.load_quarter FROM STDIN"
        with self.bench.connection.cursor() as cursor, cursor.copy(target) as copy:
            for row in rows:
                copy.write_row(row)

    def _run(self, statement: str, bound: Mapping[str, object] | None = None, /, **parts: sql.Composable) -> Any:
        cursor = self.bench.connection.execute(sql.SQL(statement).format(**parts), bound)
        return cursor.fetchall() if cursor.description else []


_TABLE = sql.Identifier(QUARTER.schema, QUARTER.table)

_TABLES = sql.SQL("""
CREATE TEMPORARY TABLE load_quarter (_quarter text, feature_id bigint, code text, is_new boolean);
CREATE TEMPORARY TABLE load_number (_row bigint, {number} text)
""").format(number=sql.Identifier(NUMBER_FIELD))
_BY_PLACE = """
UPDATE pg_temp.load_row AS r SET _quarter = q.code FROM {table} AS q, pg_temp.load_fate AS f
WHERE f._row = r._row AND f.state = 'new' AND upper_inf(q.recorded) AND upper_inf(q.valid) AND NOT q.abolished
  AND q.geom && r.geom AND ST_Contains(q.geom, ST_PointOnSurface(r.geom))
"""
_KNOW_PLACES = """
INSERT INTO pg_temp.load_quarter
SELECT q.code, q.feature_id, q.code, false FROM {table} AS q
WHERE upper_inf(q.recorded) AND upper_inf(q.valid) AND NOT q.abolished
"""
_NAMES = """
SELECT DISTINCT r._quarter FROM pg_temp.load_row AS r JOIN pg_temp.load_fate AS f USING (_row)
WHERE f.state IN ('new', 'changed') AND r._quarter IS NOT NULL
"""
_KNOWN = """
SELECT i.source_key, i.feature_id, min(q.code) FROM qala.imported AS i
JOIN {table} AS q USING (feature_id) WHERE i.layer = %(layer)s AND i.dataset = %(dataset)s AND upper_inf(q.recorded)
GROUP BY 1, 2
"""
_UNSETTLED = """
SELECT f._row, f._key FROM pg_temp.load_fate AS f JOIN pg_temp.load_row AS r USING (_row)
WHERE f.state = 'new' AND NOT EXISTS (SELECT FROM pg_temp.load_quarter AS q WHERE q._quarter = r._quarter)
ORDER BY 1
"""
_TO_NUMBER = """
SELECT f._row, q.code FROM pg_temp.load_fate AS f JOIN pg_temp.load_row AS r USING (_row)
JOIN pg_temp.load_quarter AS q USING (_quarter) WHERE f.state = 'new' ORDER BY q.code, f._row
"""
_LAST_SERIALS = """
SELECT left(value, 8), max(substr(value, 9)::bigint) FROM {issued}
WHERE left(value, 8) = ANY(%(codes)s) AND value ~ '^[0-9]{{9,20}}$' GROUP BY 1
"""
_STAGE_NEW = """
INSERT INTO {staged} ({columns}, _state)
SELECT q.feature_id, 1, tstzrange(min(coalesce(r._from, %(valid_from)s)), NULL), false,
  ST_Multi(ST_Union(r.geom)), {values}, 'new'
FROM pg_temp.load_quarter AS q JOIN pg_temp.load_row AS r USING (_quarter) JOIN pg_temp.load_fate AS f USING (_row)
WHERE q.is_new AND f.state IN ('new', 'changed') GROUP BY q.feature_id, q.code, q._quarter
"""
# A derived quarter grows when a parcel of its own lies outside it, in space or in time; it never shrinks.
_GROWN = """
WITH fresh AS MATERIALIZED (
  SELECT q.feature_id, coalesce(r._from, %(valid_from)s::timestamptz) AS start, r.geom
  FROM pg_temp.load_fate AS f JOIN pg_temp.load_row AS r USING (_row) JOIN pg_temp.load_quarter AS q USING (_quarter)
  WHERE f.state IN ('new', 'changed') AND NOT q.is_new
)
INSERT INTO pg_temp.load_write
SELECT w.feature_id, w.start, false, ST_Multi(ST_Union(c.geom, w.geom)), {values} FROM (
  SELECT v.feature_id, min(n.start) AS start, ST_Union(n.geom) AS geom
  FROM fresh AS n JOIN {table} AS v ON v.feature_id = n.feature_id AND upper_inf(v.recorded) AND upper_inf(v.valid)
  WHERE lower(v.valid) > n.start
    OR NOT ST_IsEmpty(ST_Buffer(ST_Difference(n.geom, v.geom), -%(linear)s::float8 / 2))
  GROUP BY 1
) AS w {current}
"""
_EMPTIED = """
DELETE FROM pg_temp.load_quarter AS q WHERE q.is_new AND NOT EXISTS (
  SELECT FROM pg_temp.load_row AS r JOIN pg_temp.load_fate AS f USING (_row)
  WHERE r._quarter = q._quarter AND f.state IN ('new', 'changed')
) RETURNING feature_id
"""
_REMEMBER = """
INSERT INTO qala.imported (layer, dataset, source_key, feature_id, content_hash, changeset)
SELECT %(layer)s, %(dataset)s, _quarter, feature_id, '', %(changeset)s FROM pg_temp.load_quarter WHERE is_new
"""
