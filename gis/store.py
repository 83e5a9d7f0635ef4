"""Loading: live timelines of features, by id and by place, as values."""

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from psycopg import Connection, sql
from psycopg.types.range import Range
from shapely.geometry.base import BaseGeometry

from gis.layer import Layer
from gis.record import NOWHERE, Period, Timeline, Version
from gis.schema import issued_name


def timelines(connection: Connection, layer: Layer, feature_ids: Iterable[int]) -> dict[int, Timeline]:
    """Return the live versions of features, abolished ones included; unknown ids are left out."""
    wanted = sorted(set(feature_ids))
    if not wanted:
        return {}
    return _grouped(layer, connection.execute(_select(layer), (wanted,)).fetchall())


def in_place(connection: Connection, layer: Layer, place: BaseGeometry, srid: int) -> dict[int, Timeline]:
    """Return the whole live timelines of the features that intersect a place (projected system) at some moment."""
    located = sql.SQL(_IN_PLACE).format(table=sql.Identifier(layer.schema, layer.table))
    rows = connection.execute(located, {"place": shapely.to_wkb(place), "srid": srid}).fetchall()
    return timelines(connection, layer, [row[0] for row in rows])


_IN_PLACE = """
SELECT DISTINCT feature_id FROM {table} CROSS JOIN (SELECT ST_GeomFromWKB(%(place)s, %(srid)s)) AS sought (place)
WHERE recorded @> 'infinity'::timestamptz AND geom && sought.place AND ST_Intersects(geom, sought.place)
"""


def related(connection: Connection, layer: Layer, field: str, values: Iterable[int | str]) -> dict[int, Timeline]:
    """Return the whole live timelines of the features that have one of the values in a key field at some moment."""
    statement = sql.SQL("SELECT DISTINCT feature_id FROM {} WHERE {} = ANY(%s) AND upper_inf(recorded)").format(
        sql.Identifier(layer.schema, layer.table), sql.Identifier(layer.field(field).name)
    )
    rows = connection.execute(statement, (list(values),)).fetchall()
    return timelines(connection, layer, [row[0] for row in rows])


def last_versions(connection: Connection, layer: Layer, feature_ids: Iterable[int]) -> dict[int, int]:
    """Return the highest version number ever given to each feature, closed versions included."""
    statement = sql.SQL("SELECT feature_id, max(version) FROM {} WHERE feature_id = ANY(%s) GROUP BY 1").format(
        sql.Identifier(layer.schema, layer.table)
    )
    return dict(connection.execute(statement, (sorted(set(feature_ids)),)).fetchall())


def tokens(connection: Connection, layer: Layer, feature_ids: Iterable[int]) -> dict[int, int]:
    """Return each feature's last changeset: its write token."""
    statement = sql.SQL(
        "SELECT feature_id, max(greatest(opened_by, closed_by)) FROM {} WHERE feature_id = ANY(%s) GROUP BY 1"
    ).format(sql.Identifier(layer.schema, layer.table))
    return dict(connection.execute(statement, (sorted(set(feature_ids)),)).fetchall())


def issued(connection: Connection, layer: Layer, field: str, prefix: str) -> Sequence[str]:
    """Return all values ever issued under a prefix, shortest first, then in order."""
    statement = sql.SQL(
        "SELECT value FROM {} WHERE value >= %(prefix)s AND value < %(end)s AND starts_with(value, %(prefix)s) "
        'ORDER BY length(value), value COLLATE "C"'
    ).format(sql.Identifier(layer.schema, issued_name(layer, layer.field(field))))
    rows = connection.execute(statement, {"prefix": prefix, "end": prefix + "\U0010ffff"}).fetchall()
    return [row[0] for row in rows]


def find(connection: Connection, layer: Layer, identifier: str, value: str) -> int | None:
    """Return the feature to which an identifier was ever issued."""
    statement = sql.SQL("SELECT feature_id FROM {} WHERE value = %s").format(
        sql.Identifier(layer.schema, issued_name(layer, layer.field(identifier)))
    )
    row = connection.execute(statement, (value,)).fetchone()
    return None if row is None else int(row[0])


def new_ids(connection: Connection, count: int) -> list[int]:
    """Take feature ids from the register's one sequence."""
    rows = connection.execute("SELECT nextval('qala.feature_id') FROM generate_series(1, %s)", (count,)).fetchall()
    return [row[0] for row in rows]


def _select(layer: Layer) -> sql.Composed:
    return sql.SQL(
        "SELECT feature_id, version, opened_by, valid, abolished, {geometry}, {fields} FROM {table} "
        "WHERE upper_inf(recorded) AND feature_id = ANY(%s) ORDER BY feature_id, lower(valid) NULLS FIRST"
    ).format(
        geometry=sql.SQL("ST_AsEWKB(geom)" if layer.spatial else "NULL"),
        fields=sql.SQL(", ").join(sql.Identifier(f.name) for f in layer.fields),
        table=sql.Identifier(layer.schema, layer.table),
    )


def _grouped(layer: Layer, rows: Sequence[tuple[Any, ...]]) -> dict[int, Timeline]:
    grouped: dict[int, list[Version]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(_version(layer, row))
    return {feature_id: tuple(versions) for feature_id, versions in grouped.items()}


def _version(layer: Layer, row: tuple[Any, ...]) -> Version:
    feature_id, version, changeset, valid, abolished, geometry, *values = row
    names = [f.name for f in layer.fields]
    return Version(
        feature_id,
        period_of(valid),
        NOWHERE if geometry is None else shapely.from_wkb(bytes(geometry)),
        dict(zip(names, values, strict=True)),
        abolished,
        version,
        changeset,
    )


def period_of(span: Range[Any]) -> Period:
    """Return a PostgreSQL range as a period."""
    return Period(span.lower, span.upper)
