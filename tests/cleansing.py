"""A test's register made as good as new: what the test wrote is taken out, faster than a database is copied."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql
from psycopg.errors import DatabaseError

_LARGE = 1 << 20
"""Bytes from which any table is truncated: fewer rows are deleted faster than a table's files are made anew."""

_TABLES = """
SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1, 2
"""

_WRITTEN = """
SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)' AND pg_relation_size(c.oid) > 0
"""

_SHAPE = """
SELECT (SELECT array[count(*), max(oid::bigint)] FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_'),
       (SELECT array[count(*), max(oid::bigint)] FROM pg_proc),
       (SELECT md5(string_agg(tgrelid::text || tgname || tgenabled::text, ',' ORDER BY oid)) FROM pg_trigger),
       (SELECT md5(string_agg(relname || coalesce(relacl::text, ''), ',' ORDER BY oid)) FROM pg_class
        WHERE relnamespace::regnamespace::text !~ '^pg_'),
       (SELECT md5(string_agg(nspname || coalesce(nspacl::text, ''), ',' ORDER BY oid)) FROM pg_namespace
        WHERE nspname !~ '^pg_t')
"""

_ANEW = """
SELECT pg_relation_size(%(table)s::regclass) > %(large)s OR EXISTS (SELECT FROM pg_attribute
WHERE attrelid = %(table)s::regclass AND attname = 'geom' AND NOT attisdropped)
"""

_SEQUENCES = "SELECT schemaname, sequencename, last_value, start_value FROM pg_sequences ORDER BY 1, 2"

Name = tuple[str, str]


@dataclass(frozen=True)
class Pristine:
    """What an empty register holds.

    Attributes:
        shape: fingerprint of tables, functions, triggers and grants; a register that lost it is not cleansed.
        empty: tables without rows; kept: fingerprints of the others' rows.
        sequences: the last number that each has given.
    """

    shape: tuple[Any, ...]
    empty: tuple[Name, ...]
    kept: dict[Name, str]
    sequences: tuple[tuple[Any, ...], ...]

    @classmethod
    def of(cls, connection: Connection) -> "Pristine":
        """Describe a register to which nothing was written yet."""
        tables: list[Any] = connection.execute(_TABLES).fetchall()
        filled = _filled(connection, tables)
        kept = {name: _rows(connection, name) for name in filled}
        empty = tuple(name for name in tables if name not in kept)
        return cls(_shape(connection), empty, kept, tuple(connection.execute(_SEQUENCES).fetchall()))

    def restore(self, connection: Connection) -> bool:
        """Take out what was written, and tell whether the register is now as it was; it takes a superuser."""
        try:
            if self.shape != _shape(connection) or any(_rows(connection, n) != rows for n, rows in self.kept.items()):
                return False
            connection.execute("SET session_replication_role = replica")
            for name in _filled(connection, self.empty):
                connection.execute(_emptying(connection, name))
            self._rewind(connection)
        except DatabaseError:
            return False
        return True

    def _rewind(self, connection: Connection) -> None:
        moved = set(connection.execute(_SEQUENCES).fetchall()) - set(self.sequences)
        last = {row[:2]: row[2] for row in self.sequences}
        for schema, name, _, start in moved:
            value = last[schema, name]
            connection.execute(
                "SELECT setval(%s::regclass, %s, %s)", [f"{schema}.{name}", value or start, value is not None]
            )


def _shape(connection: Connection) -> tuple[Any, ...]:
    return tuple(connection.execute(_SHAPE).fetchone() or ())


def _filled(connection: Connection, tables: Iterable[Name]) -> list[Name]:
    """Return those of some tables that have rows; a table to which nothing was written has no file to look into."""
    written = set(connection.execute(_WRITTEN).fetchall())
    names = [name for name in tables if name in written]
    if not names:
        return []
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(i), sql.Identifier(*name))
        for i, name in enumerate(names)
    ]
    return [names[row[0]] for row in connection.execute(sql.SQL(" UNION ALL ").join(asked))]


def _rows(connection: Connection, name: Name) -> str:
    """Return a fingerprint of a table's rows; of the reference systems, of those that are ours."""
    own = sql.SQL("WHERE srid > 900000" if name[1] == "spatial_ref_sys" else "")
    statement = sql.SQL("SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {} AS t {}")
    row = connection.execute(statement.format(sql.Identifier(*name), own)).fetchone()
    return str(row[0] if row else "")


def _emptying(connection: Connection, name: Name) -> sql.Composed:
    """Return how to empty a table. Where geometries were deleted, the index would still tell of their extent."""
    row = connection.execute(_ANEW, {"table": ".".join(name), "large": _LARGE}).fetchone()
    anew = row is not None and row[0]
    return sql.SQL("TRUNCATE {} CASCADE" if anew else "DELETE FROM {}").format(sql.Identifier(*name))
