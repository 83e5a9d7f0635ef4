"""Staging: what an act proposes, laid out as rows beside the register before anything is written.

For each layer a temporary table holds the *whole* live timeline of every touched feature as it would stand after the
act. Its column ``_state``, a name that no attribute can have, tells

* ``new``: a version to be opened,
* ``kept``: a live version that stays,
* ``closed``: a live version to be closed.

Rules, and later the write, read the relations made from it: :func:`proposed`, :func:`kept`, and both, :func:`after`. A
single act and a bulk load go the same way.
"""

import re
import secrets
from collections.abc import Container, Iterable, Mapping, Sequence

import shapely
from psycopg import Connection, sql
from psycopg.types.range import Range

from gis.layer import Layer, Layers
from gis.record import Period, Timeline, Version

_VERSION_COLUMNS = ("feature_id", "version", "valid", "abolished")
_SALT_BYTES = 16


def staged(layer: Layer) -> sql.Identifier:
    """Name of a layer's staging table."""
    return sql.Identifier("pg_temp", _name(layer))


def _name(layer: Layer) -> str:
    return f"{layer.schema}__{layer.table}"


def columns(layer: Layer) -> list[str]:
    """Columns of a version that an act decides, in staging and register alike."""
    special = [name for name, there in (("geom", layer.spatial), ("salt", layer.salted)) if there]
    return [*_VERSION_COLUMNS, *special, *(f.name for f in layer.fields)]


def column_list(layer: Layer, prefix: str = "") -> sql.Composed:
    """Return :func:`columns` as SQL."""
    names = (sql.Identifier(prefix, c) if prefix else sql.Identifier(c) for c in columns(layer))
    return sql.SQL(", ").join(names)


def prepare(connection: Connection, layers: Iterable[Layer]) -> None:
    """Create the staging tables that a session still lacks; they empty themselves at the end of each transaction.

    Only those that are needed: each one costs a little at every commit of the session.
    """
    wanted = list(layers)
    names = [f"pg_temp.{_name(layer)}" for layer in wanted]
    known = connection.execute("SELECT to_regclass(n) IS NOT NULL FROM unnest(%s::text[]) AS n", (names,)).fetchall()
    for layer, (there,) in zip(wanted, known, strict=True):
        if not there:
            connection.execute(
                sql.SQL(_CREATE).format(
                    staged=staged(layer),
                    columns=column_list(layer),
                    table=sql.Identifier(layer.schema, layer.table),
                )
            )


def clear(connection: Connection, layers: Iterable[Layer]) -> None:
    """Empty a session's staging tables between two steps of one transaction."""
    names = [f"pg_temp.{_name(layer)}" for layer in layers]
    there = connection.execute("SELECT n FROM unnest(%s::text[]) AS n WHERE to_regclass(n) IS NOT NULL", (names,))
    for (name,) in there.fetchall():
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(*name.split("."))))


_CREATE = """
CREATE TEMPORARY TABLE {staged} ON COMMIT DELETE ROWS AS
  SELECT {columns}, 'new'::text AS _state FROM {table} WITH NO DATA
"""


def index(connection: Connection, layer: Layer) -> None:
    """Index and analyse a staging table that was filled with many rows; the indexes go with :func:`drop_indexes`."""
    name = _name(layer)
    targets = (("place", "USING gist (geom)"), ("feature", "(feature_id)"))
    for suffix, target in targets if layer.spatial else targets[1:]:
        connection.execute(
            sql.SQL("CREATE INDEX {index} ON {staged} " + target).format(
                index=sql.Identifier(f"{name}_{suffix}"), staged=staged(layer)
            )
        )
    connection.execute(sql.SQL("ANALYZE {staged}").format(staged=staged(layer)))


def drop_indexes(connection: Connection, layer: Layer) -> None:
    """Drop what :func:`index` made, in the same transaction or a later one."""
    name = _name(layer)
    for suffix in ("place", "feature"):
        connection.execute(sql.SQL("DROP INDEX IF EXISTS {i}").format(i=sql.Identifier("pg_temp", f"{name}_{suffix}")))


def stage(
    connection: Connection,
    layer: Layer,
    srid: int,
    before: Mapping[int, Timeline],
    after: Mapping[int, Timeline],
    last_versions: Mapping[int, int],
) -> None:
    """Stage timelines.

    Args:
        connection: inside a transaction, after :func:`prepare`.
        layer: their layer.
        srid: of the city's projected system.
        before: live timelines by feature as the register holds them.
        after: the same features' timelines as they would stand; versions without number are new.
        last_versions: the highest version number ever given to each feature.
    """
    rows = [
        row
        for fid, timeline in after.items()
        for row in _rows(before.get(fid, ()), timeline, last_versions.get(fid, 0))
    ]
    names = columns(layer)
    target = sql.SQL("COPY {staged} ({columns}, _state) FROM STDIN").format(
        staged=staged(layer), columns=column_list(layer)
    )
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        for version, state in rows:
            copy.write_row((*(_value(layer, version, name, srid) for name in names), state))


def _rows(before: Timeline, after: Timeline, last: int) -> list[tuple[Version, str]]:
    kept = {v.version for v in after if v.version is not None}
    rows = [(v, "closed") for v in before if v.version not in kept]
    number = last
    for version in after:
        if version.version is None:
            number += 1
            rows.append((_numbered(version, number), "new"))
        else:
            rows.append((version, "kept"))
    return rows


def _numbered(version: Version, number: int) -> Version:
    return Version(version.feature_id, version.valid, version.geometry, version.attributes, version.abolished, number)


def _value(layer: Layer, version: Version, column: str, srid: int) -> object:
    match column:
        case "feature_id":
            return version.feature_id
        case "version":
            return version.version
        case "valid":
            return range_of(version.valid)
        case "abolished":
            return version.abolished
        case "geom":
            return wkb_hex(version, layer, srid)
        case "salt":
            return secrets.token_bytes(_SALT_BYTES)
        case _:
            return version.attributes.get(column)


def wkb_hex(version: Version, layer: Layer, srid: int) -> str:
    """Return a version's geometry as hexadecimal EWKB, in the layer's dimension."""
    geometry = shapely.set_srid(version.geometry, srid)
    return str(shapely.to_wkb(geometry, hex=True, include_srid=True, output_dimension=3 if layer.z else 2))


def range_of(period: Period) -> Range[object]:
    """Return a period as a PostgreSQL range."""
    return Range(period.start, period.end, "[)")


def proposed(layer: Layer) -> sql.Composed:
    """Relation of the versions that the act opens."""
    return sql.SQL("(SELECT {columns} FROM {staged} WHERE _state = 'new')").format(
        columns=column_list(layer), staged=staged(layer)
    )


def unclear(layer: Layer) -> sql.Composed:
    """Relation of what the act opens, without what :mod:`gis.screening` found clear of each other."""
    return sql.SQL(
        "(SELECT {columns} FROM {staged} WHERE _state = 'new' AND (feature_id, version) IN "
        "(SELECT feature_id, version FROM pg_temp.unclear WHERE layer = {layer}))"
    ).format(columns=column_list(layer), staged=staged(layer), layer=sql.Literal(layer.name))


def after(layer: Layer) -> sql.Composed:
    """Relation of all live versions as they would stand after the act, abolished ones included.

    A join does not reach the indexes behind its union; where that matters, a statement joins :func:`proposed`,
    :func:`staying` and :func:`untouched` one by one.
    """
    return _standing(layer, sql.SQL("_state <> 'closed'"))


def kept(layer: Layer) -> sql.Composed:
    """Relation of the live versions that the act leaves as they are: :func:`after` without :func:`proposed`."""
    return _standing(layer, sql.SQL("_state = 'kept'"))


def staying(layer: Layer) -> sql.Composed:
    """Relation of what stays of the features that the act touches."""
    return sql.SQL("(SELECT {columns} FROM {staged} WHERE _state = 'kept')").format(
        columns=column_list(layer), staged=staged(layer)
    )


def untouched(layer: Layer) -> sql.Composed:
    """Relation of the live versions of all features that the act does not touch; joins reach the table's indexes.

    ``NOT IN`` is a hashed subplan; as an anti-join it could be put before the join on place.
    """
    return sql.SQL(
        "(SELECT {columns} FROM {table} WHERE upper_inf(recorded) AND recorded @> 'infinity'::timestamptz "
        "AND feature_id NOT IN (SELECT feature_id FROM {staged}))"
    ).format(columns=column_list(layer), staged=staged(layer), table=sql.Identifier(layer.schema, layer.table))


def _standing(layer: Layer, states: sql.SQL) -> sql.Composed:
    return sql.SQL("(SELECT {columns} FROM {staged} WHERE {states} UNION ALL SELECT * FROM {untouched} AS u)").format(
        columns=column_list(layer), staged=staged(layer), states=states, untouched=untouched(layer)
    )


_RELATION = re.compile(r"\{(proposed|unclear|kept|staying|untouched|after):([a-z0-9_.]+)\}")
_RELATIONS = {
    "proposed": proposed,
    "unclear": unclear,
    "kept": kept,
    "staying": staying,
    "untouched": untouched,
    "after": after,
}


def with_relations(statement: str, layers: Layers, screened: Container[str] = ()) -> sql.Composed:
    """Replace ``{proposed:layer}``, ``{after:layer}`` and the others by their relations.

    Nothing of a layer that was not screened is clear: its ``{unclear:layer}`` are all that are proposed.
    """
    parts = _RELATION.split(statement)
    composed: list[sql.Composable] = [sql.SQL(parts[0])]
    for kind, name, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        relation = proposed if kind == "unclear" and name not in screened else _RELATIONS[kind]
        composed += [relation(layers[name]), sql.SQL(text)]
    return sql.Composed(composed)


def relations(statement: str) -> Sequence[str]:
    """Names of the layers whose relations a statement reads."""
    return sorted({name for _, name in _RELATION.findall(statement)})
