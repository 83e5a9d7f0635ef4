"""Versions at a reading, found by a key: what documents and stories are gathered from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

import shapely
from psycopg import Connection, sql

from gis.instant import Reading, laid_over, versions_at
from gis.layer import Layer
from gis.record import NOWHERE, Version
from gis.store import period_of

ID: Final = "feature_id"

_texts: dict[tuple[str, str, bool], bytes] = {}


def by_key(reading: Reading) -> Reading:
    """Return the same reading in the form that goes by a key's index.

    The present's own form looks at every version that will end, which is right for a place and wasteful for a key.
    """
    return replace(reading, live=False, present=False)


def versions(
    connection: Connection, layer: Layer, reading: Reading, values: Iterable[object], key: str = ID
) -> list[Version]:
    """Return a layer's versions in force at a reading that have one of the values in a key field, by feature id."""
    wanted = sorted({value for value in values if value is not None}, key=str)
    if not wanted:
        return []
    rows = connection.execute(_text(layer, key, reading), {**reading.parameters, "wanted": wanted}).fetchall()
    names = [field.name for field in layer.fields]
    return [
        Version(
            row[0],
            period_of(row[3]),
            NOWHERE if row[4] is None else shapely.from_wkb(bytes(row[4])),
            dict(zip(names, row[5:], strict=True)),
            version=row[1],
            changeset=row[2],
        )
        for row in rows
    ]


def _text(layer: Layer, key: str, reading: Reading) -> bytes:
    known = (layer.name, key, reading.overlaid(layer))
    if known not in _texts:
        _texts[known] = _statement(layer, key, by_key(reading)).as_bytes(None)
    return _texts[known]


def _statement(layer: Layer, key: str, reading: Reading) -> sql.Composed:
    return sql.SQL(
        "SELECT v.feature_id, v.version, v.opened_by, v.valid, {geometry}, {fields} FROM {versions} "
        "WHERE v.{key} = ANY(%(wanted)s) ORDER BY v.feature_id, lower(v.valid) NULLS FIRST"
    ).format(
        geometry=sql.SQL("ST_AsEWKB(v.geom)" if layer.spatial else "NULL"),
        fields=sql.SQL(", ").join(sql.Identifier("v", field.name) for field in layer.fields),
        versions=versions_at(layer, reading),
        key=sql.Identifier(key),
    )


Beginning = tuple[datetime | None, int]
"""From when a feature is in force in law (``None``: unbounded), and the changeset that first registered it.

It is 0 where only a draft has the feature.
"""


def beginnings(connection: Connection, layer: Layer, reading: Reading, ids: Iterable[int]) -> dict[int, Beginning]:
    """Return when features began, as known at a reading; those unknown then are left out."""
    arms = laid_over(layer, (_KNOWN,), _PROPOSED, {}, overlaid=reading.overlaid(layer))
    statement = sql.SQL(_BEGINNINGS).format(versions=sql.SQL(" UNION ALL ").join(arms))
    rows = connection.execute(statement, {**reading.parameters, "ids": sorted(set(ids))}).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


_BEGINNINGS: Final = """
SELECT feature_id,
  CASE WHEN bool_or(lower_inf(valid) AND there) THEN NULL ELSE min(lower(valid)) FILTER (WHERE there) END,
  coalesce(min(nullif(opened_by, 0)), 0)
FROM ({versions}) AS known
GROUP BY feature_id
"""
_KNOWN: Final = """
  SELECT feature_id, valid, opened_by, recorded @> %(recorded)s::timestamptz AND NOT abolished{fence} AS there
  FROM {table} AS t WHERE feature_id = ANY(%(ids)s) AND lower(recorded) <= %(recorded)s"""
_PROPOSED: Final = """
  SELECT feature_id, valid, opened_by, NOT abolished AS there
  FROM {table} AS t WHERE draft_id = {draft} AND feature_id = ANY(%(ids)s)"""
