"""Loading: live timelines of features, by id and by place, as values.

Where a draft lies over the register, the features that it touches are loaded as it would have them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import shapely
from psycopg import Connection, sql
from psycopg.types.range import Range
from shapely.geometry.base import BaseGeometry

from gis.draft import Overlay
from gis.instant import laid_over
from gis.layer import Layer
from gis.record import NOWHERE, Period, Timeline, Version
from gis.schema import issued_name, twin_name


def timelines(
    connection: Connection, layer: Layer, feature_ids: Iterable[int], overlay: Overlay | None = None
) -> dict[int, Timeline]:
    """Return the live versions of features, abolished ones included; unknown ids are left out."""
    wanted = sorted(set(feature_ids))
    return _read(connection, layer, _LIVE, {"ids": wanted}, overlay) if wanted else {}


def timelines_at(
    connection: Connection, layer: Layer, feature_ids: Iterable[int], changeset: int
) -> dict[int, Timeline]:
    """Return the versions of features that were live when a changeset had been recorded."""
    return _read(connection, layer, _LIVE_AT, {"ids": sorted(set(feature_ids)), "changeset": changeset}, None)


_LIVE: Final = "SELECT {selected} FROM {table} AS t WHERE upper_inf(recorded) AND feature_id = ANY(%(ids)s){fence}"
_LIVE_AT: Final = (
    "SELECT {selected} FROM {table} AS t WHERE feature_id = ANY(%(ids)s) AND opened_by <= %(changeset)s "
    "AND coalesce(closed_by > %(changeset)s, true){fence}"
)
_DRAFTED: Final = "SELECT {selected} FROM {table} AS t WHERE draft_id = {draft} AND feature_id = ANY(%(ids)s)"


def _read(
    connection: Connection, layer: Layer, form: str, values: Mapping[str, object], overlay: Overlay | None
) -> dict[int, Timeline]:
    fields = (sql.SQL(", ") + sql.Identifier(f.name) for f in layer.fields)
    selected = sql.SQL("feature_id, version, opened_by, valid, abolished, {}{}").format(
        sql.SQL("ST_AsEWKB(geom)" if layer.spatial else "NULL"), sql.SQL("").join(fields)
    )
    rows = _rows(connection, layer, (form, _DRAFTED), {"selected": selected}, values, overlay)
    rows.sort(key=lambda row: (row[0], row[3].lower is not None, row[3].lower))
    return _grouped(layer, rows)


def _rows(
    connection: Connection,
    layer: Layer,
    forms: tuple[str, str],
    parts: Mapping[str, sql.Composable],
    values: Mapping[str, object],
    overlay: Overlay | None,
) -> list[tuple[Any, ...]]:
    """Return the rows that a form finds in the register, and those of the draft that the other finds in its table."""
    overlaid = overlay is not None and overlay.touches(layer)
    drafted = {} if overlay is None else {"draft": overlay.draft_id}
    arms = laid_over(layer, forms[:1], forms[1], parts, overlaid=overlaid)
    return connection.execute(sql.SQL(" UNION ALL ").join(arms), {**values, **drafted}).fetchall()


def in_place(
    connection: Connection, layer: Layer, place: BaseGeometry, srid: int, overlay: Overlay | None = None
) -> dict[int, Timeline]:
    """Return the whole live timelines of the features that intersect a place (projected system) at some moment."""
    values = {"place": shapely.to_wkb(place), "srid": srid}
    rows = _rows(connection, layer, (_IN_PLACE, _DRAFTED_IN_PLACE), {}, values, overlay)
    return timelines(connection, layer, [row[0] for row in rows], overlay)


_IN_PLACE: Final = """
SELECT DISTINCT feature_id FROM {table} AS t CROSS JOIN (SELECT ST_GeomFromWKB(%(place)s, %(srid)s)) AS sought (place)
WHERE recorded @> 'infinity'::timestamptz AND geom && sought.place AND ST_Intersects(geom, sought.place){fence}
"""
_DRAFTED_IN_PLACE: Final = """
SELECT DISTINCT feature_id FROM {table} AS t CROSS JOIN (SELECT ST_GeomFromWKB(%(place)s, %(srid)s)) AS sought (place)
WHERE draft_id = {draft} AND geom && sought.place AND ST_Intersects(geom, sought.place)
"""


def related(
    connection: Connection, layer: Layer, field: str, values: Iterable[int | str], overlay: Overlay | None = None
) -> dict[int, Timeline]:
    """Return the whole live timelines of the features that have one of the values in a key field at some moment."""
    parts = {"field": sql.Identifier(layer.field(field).name)}
    rows = _rows(connection, layer, (_RELATED, _DRAFTED_RELATED), parts, {"values": list(values)}, overlay)
    return timelines(connection, layer, [row[0] for row in rows], overlay)


_RELATED: Final = """
SELECT DISTINCT feature_id FROM {table} AS t WHERE {field} = ANY(%(values)s) AND upper_inf(recorded){fence}
"""
_DRAFTED_RELATED: Final = """
SELECT DISTINCT feature_id FROM {table} AS t WHERE draft_id = {draft} AND {field} = ANY(%(values)s)
"""


def last_versions(
    connection: Connection, layer: Layer, feature_ids: Iterable[int], overlay: Overlay | None = None
) -> dict[int, int]:
    """Return the highest version number ever given to each feature, closed versions included."""
    values = {"ids": sorted(set(feature_ids))}
    return dict(_rows(connection, layer, (_LAST, _DRAFTED_LAST), {}, values, overlay))


_LAST: Final = "SELECT feature_id, max(version) FROM {table} AS t WHERE feature_id = ANY(%(ids)s){fence} GROUP BY 1"
_DRAFTED_LAST: Final = """
SELECT feature_id, greatest(max(t.version), max(f.last_version))
FROM {table} AS t JOIN qala.draft_feature AS f USING (draft_id, feature_id)
WHERE draft_id = {draft} AND feature_id = ANY(%(ids)s) GROUP BY 1
"""


def tokens(
    connection: Connection, layer: Layer, feature_ids: Iterable[int], overlay: Overlay | None = None
) -> dict[int, int]:
    """Return each feature's write token: its last changeset, or minus the revision in which a draft touched it last."""
    values = {"ids": sorted(set(feature_ids))}
    return dict(_rows(connection, layer, (_TOKENS, _DRAFTED_TOKENS), {}, values, overlay))


_TOKENS: Final = """
SELECT feature_id, max(greatest(opened_by, closed_by)) FROM {table} AS t
WHERE feature_id = ANY(%(ids)s){fence} GROUP BY 1
"""
_DRAFTED_TOKENS: Final = """
SELECT DISTINCT feature_id, -f.revision FROM qala.draft_feature AS f JOIN {table} AS t USING (draft_id, feature_id)
WHERE draft_id = {draft} AND feature_id = ANY(%(ids)s)
"""


def issued(
    connection: Connection, layer: Layer, field: str, prefix: str, overlay: Overlay | None = None
) -> Sequence[str]:
    """Return all values ever issued under a prefix, or proposed by the draft, shortest first, then in order."""
    values = {"prefix": prefix, "end": prefix + "\U0010ffff"}
    arms = _IDENTIFIERS.format(condition="value >= %(prefix)s AND value < %(end)s AND starts_with(value, %(prefix)s)")
    rows = _values(connection, layer, field, arms, values, overlay)
    return sorted({row[0] for row in rows}, key=lambda value: (len(value), value))


def find(
    connection: Connection, layer: Layer, identifier: str, value: str, overlay: Overlay | None = None
) -> int | None:
    """Return the feature to which an identifier was ever issued, else that to which the draft gives it."""
    arms = _IDENTIFIERS.format(condition="value = %(value)s")
    rows = _values(connection, layer, identifier, arms, {"value": value}, overlay)
    return int(rows[0][1]) if rows else None


_IDENTIFIERS: Final = "SELECT DISTINCT value, feature_id FROM {{source}} AS known WHERE {condition}"
_DRAFTED_IDENTIFIERS: Final = (
    "(SELECT {field} AS value, feature_id FROM {table} WHERE draft_id = %(draft)s AND proposed)"
)


def _values(
    connection: Connection,
    layer: Layer,
    field: str,
    form: str,
    values: Mapping[str, object],
    overlay: Overlay | None,
) -> list[tuple[str, int]]:
    """Return (value, feature id) of identifiers, those issued first."""
    declared = layer.field(field)
    sources: list[sql.Composable] = [sql.Identifier(layer.schema, issued_name(layer, declared))]
    if overlay is not None and overlay.touches(layer):
        names = {"field": sql.Identifier(field), "table": sql.Identifier(layer.schema, twin_name(layer))}
        sources.append(sql.SQL(_DRAFTED_IDENTIFIERS).format(**names))
        values = {**values, "draft": overlay.draft_id}
    return [
        row for source in sources for row in connection.execute(sql.SQL(form).format(source=source), values).fetchall()
    ]


def new_ids(connection: Connection, count: int) -> list[int]:
    """Take feature ids from the register's one sequence."""
    rows = connection.execute("SELECT nextval('qala.feature_id') FROM generate_series(1, %s)", (count,)).fetchall()
    return [row[0] for row in rows]


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
