"""What a draft would change: feature by feature and span by span against the register, and in figures by layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from psycopg import Connection, sql

from gis.draft import Draft
from gis.draft_edit import twin
from gis.geojson import DECIMALS_DEGREES, feature_row
from gis.history import changed_columns
from gis.instant import Reading
from gis.layer import Layer
from gis.record import Period
from gis.register import Register
from gis.store import period_of

Kind = Literal["created", "changed", "retired"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a draft proposes for one feature over one span of valid time.

    Attributes:
        kind: ``created`` (in force in the draft only), ``retired`` (in the register only) or ``changed``.
        valid: the span.
        before: the register's version as GeoJSON text, coordinates in CRS84; ``None`` where none is in force.
        after: the draft's.
        changed: names of what differs: attributes, and ``geometry``; none where one side has nothing.
        size_before: area [m²] of the register's version, length [m] of a line; ``None`` for points and where there is
            none. In the city's projected system.
        size_after: the same of the draft's.
        unlike: area [m²] that one of both covers and the other does not; ``None`` but for areas.
        difference: that area as GeoJSON geometry text in CRS84, where it was asked for.
    """

    layer: str
    feature_id: int
    kind: Kind
    valid: Period
    before: str | None
    after: str | None
    changed: Sequence[str]
    size_before: float | None
    size_after: float | None
    unlike: float | None
    difference: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """What a draft does to one layer: features by kind, and sizes of those whose change has no end in time.

    Sizes are areas [m²] or lengths [m]; ``None`` for points and layers without geometry.
    """

    layer: str
    created: int
    changed: int
    retired: int
    size_before: float | None
    size_after: float | None


def compare(
    connection: Connection,
    register: Register,
    draft: Draft,
    reading: Reading | None = None,
    *,
    layer: str,
    after: int = 0,
    limit: int = 1000,
    difference: bool = False,
) -> list[Comparison]:
    """Return what a draft proposes in a layer, by feature id and time; what it leaves as it is does not show.

    Args:
        connection: of a login that may read the layer.
        register: the register.
        draft: the draft.
        reading: the register to compare with is that of its recorded instant; by default as it is now.
        layer: name of the layer.
        after: last feature id of the page before.
        limit: most features of a page; each may have several spans.
        difference: tell the place of the difference too.

    Raises:
        NotFound: there is no such layer.
    """
    declared = register.layers[layer]
    statement = sql.SQL(_COMPARE).format(
        **_names(declared, reading),
        feature=feature_row(declared),
        sizes=_sizes(declared, ("before", "after")),
        unlike=_unlike(declared, "ST_Area(d.shape)"),
        difference=_unlike(declared, f"ST_AsGeoJSON(ST_Transform(d.shape, 4326), {DECIMALS_DEGREES})")
        if difference
        else sql.SQL("NULL::text"),
        shape=_shape(declared),
    )
    rows = connection.execute(statement, _bound(draft, layer, reading) | {"after": after, "limit": limit}).fetchall()
    return [Comparison(layer, row[0], row[1], period_of(row[2]), *row[3:]) for row in rows]


def last_of_page(connection: Connection, draft: Draft, *, layer: str, after: int = 0, limit: int = 1000) -> int | None:
    """Return the last feature of a full page of a comparison, behind which it goes on; ``None`` where it ends."""
    bound = {"draft": draft.draft_id, "layer": layer, "after": after, "rows": limit + 1}
    rows = connection.execute(_PAGE, bound).fetchall()
    return int(rows[-2][0]) if len(rows) > limit else None


_PAGE: Final = """
SELECT feature_id FROM qala.draft_feature
WHERE draft_id = %(draft)s AND layer = %(layer)s AND feature_id > %(after)s ORDER BY feature_id LIMIT %(rows)s
"""


def totals(connection: Connection, register: Register, draft: Draft, reading: Reading | None = None) -> list[Total]:
    """Return what a draft does to each public layer that it touches, in figures."""
    layers = [register.layers[name] for name in draft.layers]
    return [_total(connection, layer, draft, reading) for layer in layers if layer.public]


def _total(connection: Connection, layer: Layer, draft: Draft, reading: Reading | None) -> Total:
    statement = sql.SQL(_TOTAL).format(**_names(layer, reading), sizes=_sizes(layer, ("before", "after")))
    bound = _bound(draft, layer.name, reading) | {"after": 0, "limit": None}
    row = connection.execute(statement, bound).fetchone() or (0, 0, 0, None, None)
    return Total(layer.name, *row)


def _bound(draft: Draft, layer: str, reading: Reading | None) -> dict[str, object]:
    known = None if reading is None or reading.live else reading.recorded
    return {"draft": draft.draft_id, "layer": layer, "recorded": known}


def _names(layer: Layer, reading: Reading | None) -> dict[str, sql.Composable]:
    live = reading is None or reading.live
    known = "upper_inf(r.recorded)" if live else "r.recorded @> %(recorded)s::timestamptz"
    table = sql.Identifier(layer.schema, layer.table)
    spans = sql.SQL(_SPANS).format(table=table, twin=twin(layer), known=sql.SQL(known), changed=changed_columns(layer))
    return {"spans": spans, "table": table, "twin": twin(layer)}


def _sizes(layer: Layer, sides: tuple[str, str]) -> sql.Composed:
    """Return the two sizes of a span ``s``; the rows ``a`` and ``b`` are the register's version and the draft's."""
    measure = {1: "ST_Length", 2: "ST_Area"}.get(layer.geometry.dimension)
    rows = zip(sides, ("a", "b"), strict=True)
    parts = (
        "NULL::float8" if measure is None else f"CASE WHEN s.{side} IS NOT NULL THEN {measure}({row}.geom) END"
        for side, row in rows
    )
    return sql.SQL("{}, {}").format(*map(sql.SQL, parts))


def _unlike(layer: Layer, told: str) -> sql.SQL:
    return sql.SQL(told if layer.geometry.dimension == 2 else "NULL::text" if "GeoJSON" in told else "NULL::float8")


def _shape(layer: Layer) -> sql.SQL:
    if layer.geometry.dimension != 2:
        return sql.SQL("NULL::geometry")
    return sql.SQL(
        "CASE WHEN s.before IS NULL THEN b.geom WHEN s.after IS NULL THEN a.geom "
        "ELSE ST_SymDifference(a.geom, b.geom) END"
    )


# A span is where one version that the draft proposes meets one of the register's, or none. Only versions in force are
# numbered: `before` and `after` are null where there is none.
_SPANS: Final = """
page AS (
  SELECT feature_id FROM qala.draft_feature
  WHERE draft_id = %(draft)s AND layer = %(layer)s AND feature_id > %(after)s ORDER BY feature_id LIMIT %(limit)s
), met AS (
  SELECT p.feature_id, r.version AS registered, p.version AS proposed, r.valid * p.valid AS valid
  FROM page JOIN {twin} AS p USING (feature_id) JOIN {table} AS r USING (feature_id)
  WHERE p.draft_id = %(draft)s AND p.proposed AND r.valid && p.valid AND {known}
  UNION ALL
  SELECT p.feature_id, NULL, p.version, span
  FROM page JOIN {twin} AS p USING (feature_id) CROSS JOIN LATERAL unnest(tstzmultirange(p.valid) - coalesce(
    (SELECT range_agg(r.valid) FROM {table} AS r WHERE r.feature_id = p.feature_id AND {known}), '{{}}')) AS span
  WHERE p.draft_id = %(draft)s AND p.proposed
), spans AS MATERIALIZED (
  SELECT m.feature_id, m.registered, m.proposed, m.valid,
    CASE WHEN NOT a.abolished THEN a.version END AS before, CASE WHEN NOT b.abolished THEN b.version END AS after,
    CASE WHEN NOT a.abolished AND NOT b.abolished THEN {changed} ELSE '{{}}'::text[] END AS changed
  FROM met AS m JOIN {twin} AS b ON b.draft_id = %(draft)s AND (b.feature_id, b.version) = (m.feature_id, m.proposed)
  LEFT JOIN {table} AS a ON (a.feature_id, a.version) = (m.feature_id, m.registered)
), told AS (
  SELECT *, CASE WHEN before IS NULL THEN 'created' WHEN after IS NULL THEN 'retired' ELSE 'changed' END AS kind
  FROM spans WHERE (before IS NULL) <> (after IS NULL) OR changed <> '{{}}'
)"""

_COMPARE: Final = """
WITH {spans}
SELECT s.feature_id, s.kind, s.valid,
  (SELECT {feature} FROM {table} AS v WHERE (v.feature_id, v.version) = (s.feature_id, s.before)),
  (SELECT {feature} FROM {twin} AS v
   WHERE v.draft_id = %(draft)s AND (v.feature_id, v.version) = (s.feature_id, s.after)),
  s.changed, {sizes}, {unlike}, {difference}
FROM told AS s JOIN {twin} AS b ON b.draft_id = %(draft)s AND (b.feature_id, b.version) = (s.feature_id, s.proposed)
LEFT JOIN {table} AS a ON (a.feature_id, a.version) = (s.feature_id, s.registered)
CROSS JOIN LATERAL (SELECT {shape} AS shape OFFSET 0) AS d
ORDER BY s.feature_id, lower(s.valid) NULLS FIRST
"""

_TOTAL: Final = """
WITH {spans}, sized AS (
  SELECT s.feature_id, s.kind, s.valid, t.before, t.after
  FROM told AS s JOIN {twin} AS b ON b.draft_id = %(draft)s AND (b.feature_id, b.version) = (s.feature_id, s.proposed)
  LEFT JOIN {table} AS a ON (a.feature_id, a.version) = (s.feature_id, s.registered)
  CROSS JOIN LATERAL (SELECT {sizes}) AS t (before, after)
)
SELECT count(DISTINCT feature_id) FILTER (WHERE kind = 'created'),
  count(DISTINCT feature_id) FILTER (WHERE kind = 'changed'),
  count(DISTINCT feature_id) FILTER (WHERE kind = 'retired'),
  sum(before) FILTER (WHERE upper_inf(valid)), sum(after) FILTER (WHERE upper_inf(valid))
FROM sized
"""
