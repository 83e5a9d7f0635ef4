"""Fills the bench's register by set-based statements, past the engine's verbs: a city in minutes instead of days."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import psycopg
import shapely
from psycopg import Connection, sql

from api.bench.parcels import Net, parcels
from cadastres.land.model import PARCEL
from gis.database import connect
from gis.instant import Instant, read_head, settle, versions_at
from gis.layer import Layer
from gis.pages import property_value
from gis.register import Register

PLAIN: Final = "plain_parcel"
"""Table of the parcels in force now, with the properties that every interface shows: what rivals read."""

BARE: Final = "bare_parcel"
"""The same parcels with the columns of the layer's own table: what bare SQL reads to write the same bytes."""

_HISTORY = Path(__file__).with_name("history.sql")
_COMPLETE = "SELECT to_regclass('public.bench_complete') IS NOT NULL"


def build(register: Register, net: Net, tell: Callable[[str], None]) -> None:
    """Fill an empty register with a made-up city and its history, and make the plain copy; once.

    Args:
        register: of a database that belongs to the bench.
        net: shape of the city.
        tell: hears what is being done.
    """
    with connect(register.database.owner) as connection:
        if connection.execute(_COMPLETE).fetchone() == (True,):
            return
        tell(f"making {net.count} parcels")
        _copy_net(connection, register, net)
        tell("ten acts on each parcel")
        with without_indexes(connection, register.database.owner, PARCEL, tell):
            connection.execute(_HISTORY.read_text(encoding="utf-8"))
        tell("plain copies of the parcels in force")
        _copy_plain(connection)
        connection.execute("DROP TABLE bench_parcel, bench_quarter")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CREATE TABLE public.bench_complete ()")


def _copy_net(connection: Connection, register: Register, net: Net) -> None:
    shapes = parcels(net)
    block, serial = net.numbering
    prefix = "".join(register.profile.numbers["land.parcel"].codes.values())
    places = range(1, net.count + 1)
    numbers = (f"{prefix}{b + 1:03d}{s:03d}" for b, s in zip(block, serial, strict=True))
    _copy(connection, register, "bench_parcel", zip(places, numbers, shapes, strict=True))
    blocks = np.unique(block)
    quarters = (_whole(shapely.coverage_union_all(shapes[block == b])) for b in blocks)
    codes = (f"{prefix}{b + 1:03d}" for b in blocks)
    places = range(net.count + 1, net.count + 1 + len(blocks))
    _copy(connection, register, "bench_quarter", zip(places, codes, quarters, strict=True))


def _whole(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def _copy(
    connection: Connection, register: Register, table: str, rows: Iterable[tuple[int, str, shapely.Geometry]]
) -> None:
    name = sql.Identifier(table)
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    connection.execute(sql.SQL("CREATE UNLOGGED TABLE {} (place bigint, number text, geom geometry)").format(name))
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
        for place, number, shape in rows:
            placed = shapely.set_srid(shape, register.profile.srid)
            copy.write_row((place, number, shapely.to_wkb(placed, hex=True, include_srid=True)))


@contextmanager
def without_indexes(connection: Connection, owner: str, layer: Layer, tell: Callable[[str], None]) -> Iterator[None]:
    """Drop a layer's indexes and constraints, and build them again, two at a time, from the definitions they had.

    The triggers, which look at each new row beside the others of its feature, sleep meanwhile: the constraints that are
    built again see all rows.
    """
    table = sql.Identifier(layer.schema, layer.table)
    connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
    indexes = connection.execute(_INDEXES, (layer.schema, layer.table)).fetchall()
    constraints = connection.execute(_CONSTRAINTS, (table.as_string(),)).fetchall()
    for name, _ in constraints:
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table, sql.Identifier(name)))
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(layer.schema, name)))
    yield
    connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
    tell("indexing")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda index: _run(owner, index[1]), indexes))
    for name, definition in constraints:
        tell(f"indexing: {name}")
        added = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(table, sql.Identifier(name))
        connection.execute(added + sql.SQL(definition))


_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = %s AND tablename = %s AND indexname NOT IN (SELECT conname FROM pg_constraint)
ORDER BY indexname ~ 'history' DESC
"""
_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype IN ('p', 'x') ORDER BY contype
"""


def _run(conninfo: str, statement: str) -> None:
    with connect(conninfo) as connection:
        connection.execute("SET max_parallel_maintenance_workers = 0")
        connection.execute(statement.encode())


def _copy_plain(connection: Connection) -> None:
    """Copy what the register says now, twice, and index it by key and place."""
    shown = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(property_value(f), sql.Identifier(f.name)) for f in PARCEL.properties
    )
    _copy_live(connection, PLAIN, "id", sql.SQL("v.feature_id AS id, {}, v.geom").format(shown))
    _copy_live(connection, BARE, "feature_id", sql.SQL("v.*"))


def _copy_live(connection: Connection, table: str, key: str, columns: sql.Composable) -> None:
    reading = settle(Instant(), read_head(connection))
    name = sql.Identifier(table)
    statement = sql.SQL("CREATE TABLE {} AS SELECT {} FROM {} ORDER BY v.feature_id").format(
        name, columns, versions_at(PARCEL, reading)
    )
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
    # Statements that define can't bind; the client puts the values in.
    psycopg.ClientCursor(connection).execute(statement, reading.parameters)
    for index in ("ALTER TABLE {} ADD PRIMARY KEY ({})", "CREATE INDEX ON {} USING gist (geom)"):
        connection.execute(sql.SQL(index).format(name, sql.Identifier(key)))
    connection.execute(sql.SQL("GRANT SELECT ON {} TO PUBLIC").format(name))
