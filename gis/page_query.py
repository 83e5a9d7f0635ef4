"""Pages as SQL: which features, in the order of their key, each written by a row expression.

One statement answers one page. Nothing here parses a feature.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from psycopg import sql

from gis.bbox import Box, Window
from gis.instant import Reading, arms_at, laid_over
from gis.layer import Field, Layer, VersionField

_SINGLE_PRECISION: Final = 2.0**-22


@dataclass(frozen=True, slots=True)
class Span:
    """Moments of valid time, both included; ``None`` is open."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Which features, and which of them make this page.

    Attributes:
        windows: places in storage that a feature must intersect one of (:func:`gis.bbox.storage_windows`); ``None``
            asks for no place, an empty tuple for one that lies nowhere.
        srid: of the windows: the city's system.
        ids: only these features.
        equals: values of properties, typed as their fields.
        span: instead of the reading's valid time: each feature's last version that is valid at some moment of it.
        after: key of the last feature already seen.
        offset: features to leave out beyond those.
        limit: features on the page.
    """

    windows: tuple[Window, ...] | None = None
    srid: int = 0
    ids: tuple[int, ...] | None = None
    equals: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = None
    after: int | None = None
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Form:
    """How a feature is written.

    Attributes:
        name: tells one form from another.
        row: text of one feature, an expression over the columns of ``v`` without parameters of its own.
        separator: between two features.
    """

    name: str
    row: sql.Composable = field(compare=False)
    separator: str = ","


def page_statement(
    layer: Layer, reading: Reading, query: PageQuery, row: sql.Composable, *, separator: str = ","
) -> sql.Composed:
    """Return the statement of a page: one row of (bytes, count, first key, last key, revision of the draft).

    Args:
        layer: whose features.
        reading: point on both axes.
        query: which features; :func:`parameters` binds its values.
        row: text of one feature, an expression over the columns of ``v`` without parameters of its own.
        separator: between two features.
    """
    return sql.SQL(_PAGE).format(
        revision=sql.SQL(_REVISION if reading.overlaid(layer) else "NULL::bigint"),
        row=row,
        limit=sql.Placeholder("limit"),
        offset=sql.Placeholder("offset"),
        separator=sql.Literal(separator),
        selection=_selection(layer, reading, query),
    )


_PAGE = """
SELECT string_agg({row}, {separator}), count(*), min(feature_id), max(feature_id), {revision}
FROM ({selection} LIMIT {limit} OFFSET {offset}) AS v
"""
_REVISION = "(SELECT revision FROM qala.draft WHERE draft_id = %(draft)s)"


def more_statement(layer: Layer, reading: Reading, query: PageQuery) -> sql.Composed:
    """Return the statement that tells whether any feature follows ``query.after``, or any at all."""
    selection = _selection(layer, reading, query)
    return sql.SQL("SELECT EXISTS ({} LIMIT 1)").format(selection)


def count_statement(layer: Layer, reading: Reading, query: PageQuery) -> sql.Composed:
    """Return the statement that counts all features of a query, whatever page it asks for."""
    whole = replace(query, after=None)
    arms = [_arm(layer, arm, whole, sql.SQL("v.feature_id")) for arm in _sources(layer, reading, whole)]
    whole_arms = sql.SQL(" UNION ALL ").join(sql.SQL("({})").format(arm) for arm in arms)
    return sql.SQL("SELECT count(*) FROM ({}) AS v").format(whole_arms)


def parameters(reading: Reading, query: PageQuery) -> dict[str, object]:
    """Return the values that both statements bind."""
    bound: dict[str, object] = {**reading.parameters, "limit": query.limit, "offset": query.offset}
    bound |= {"after": query.after, "ids": list(query.ids or ()), "srid": query.srid}
    bound |= {f"property_{name}": value for name, value in query.equals.items()}
    if query.span is not None:
        bound |= {"start": query.span.start, "end": query.span.end}
    for number, window in enumerate(query.windows or ()):
        bound |= _window_parameters(number, window)
    return bound


def property_value(declared: Field | VersionField) -> sql.Composable:
    """Return the expression of a property over the columns of ``v``."""
    return sql.SQL(declared.sql) if isinstance(declared, VersionField) else sql.Identifier("v", declared.name)


def _selection(layer: Layer, reading: Reading, query: PageQuery) -> sql.Composed:
    """Return the rows in the order of their key; each arm finds its first ones by itself."""
    arms = [_arm(layer, arm, query, sql.SQL("v.*")) for arm in _sources(layer, reading, query)]
    if len(arms) == 1:
        return arms[0]
    first = sql.SQL(" UNION ALL ").join(
        sql.SQL("({} LIMIT {} + {})").format(arm, sql.Placeholder("limit"), sql.Placeholder("offset")) for arm in arms
    )
    return sql.SQL("SELECT v.* FROM ({}) AS v ORDER BY v.feature_id").format(first)


def _arm(layer: Layer, source: sql.Composed, query: PageQuery, columns: sql.SQL) -> sql.Composed:
    conditions = [*_places(query), *_keys(query), *_equalities(layer, query)]
    form = _VERSIONS if query.span is None else _LAST_VERSIONS
    return sql.SQL(form).format(
        columns=columns,
        source=source,
        conditions=sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true"),
    )


_VERSIONS = "SELECT {columns} FROM ({source}) AS v WHERE {conditions} ORDER BY v.feature_id"
_LAST_VERSIONS = """SELECT DISTINCT ON (v.feature_id) {columns} FROM ({source}) AS v WHERE {conditions}
  ORDER BY v.feature_id, lower(v.valid) DESC NULLS LAST"""


def _sources(layer: Layer, reading: Reading, query: PageQuery) -> tuple[sql.Composed, ...]:
    if query.span is None:
        return arms_at(layer, reading)
    form = _WITHIN_LIVE if reading.live else _WITHIN_PAST
    return laid_over(layer, (form,), _WITHIN_DRAFT, {}, overlaid=reading.overlaid(layer))


_WITHIN_LIVE = """SELECT {columns} FROM {table} AS t WHERE upper_inf(recorded) AND recorded @> 'infinity'::timestamptz
  AND valid && tstzrange(%(start)s, %(end)s, '[]') AND NOT abolished{fence}"""
_WITHIN_PAST = """SELECT {columns} FROM {table} AS t WHERE recorded @> %(recorded)s
  AND valid && tstzrange(%(start)s, %(end)s, '[]') AND NOT abolished{fence}"""
_WITHIN_DRAFT = """SELECT {columns} FROM {table} AS t WHERE draft_id = {draft}
  AND valid && tstzrange(%(start)s, %(end)s, '[]') AND NOT abolished"""


def _keys(query: PageQuery) -> list[sql.Composable]:
    after = [] if query.after is None else [sql.SQL("v.feature_id > %(after)s")]
    return [*after, *([] if query.ids is None else [sql.SQL("v.feature_id = ANY(%(ids)s::bigint[])")])]


def _equalities(layer: Layer, query: PageQuery) -> list[sql.Composable]:
    declared = {f.name: f for f in layer.properties}
    return [
        sql.SQL("{} = {}").format(property_value(declared[name]), sql.Placeholder(f"property_{name}"))
        for name in query.equals
    ]


def _places(query: PageQuery) -> list[sql.Composable]:
    if query.windows is None:
        return []
    tests = [_intersects(number, window) for number, window in enumerate(query.windows)]
    return [sql.SQL("(") + sql.SQL(" OR ").join(tests) + sql.SQL(")")] if tests else [sql.SQL("false")]


def _intersects(number: int, window: Window) -> sql.Composed:
    """Return the test against one window: the index finds candidates, GEOS sees only those not plainly inside."""
    form = _TOUCHING if _core(window) is None else _WITHIN_OR_TOUCHING
    exact = "{bounds}" if window.outline is None else "ST_GeomFromText({outline}, {srid})"
    return sql.SQL(form.replace("{exact}", exact)).format(
        bounds=_envelope(f"bounds_{number}"),
        core=_envelope(f"core_{number}"),
        outline=sql.Placeholder(f"outline_{number}"),
        srid=sql.Placeholder("srid"),
    )


_TOUCHING = "(v.geom && {bounds} AND ST_Intersects(v.geom, {exact}))"
# A CASE, because the planner would make of an OR two searches of the index.
_WITHIN_OR_TOUCHING = """(v.geom && {bounds}
  AND CASE WHEN v.geom @ {core} THEN true ELSE ST_Intersects(v.geom, {exact}) END)"""


def _envelope(name: str) -> sql.Composed:
    corners = sql.SQL(", ").join(sql.Placeholder(f"{name}_{axis}") for axis in Box._fields)
    return sql.SQL("ST_MakeEnvelope({}, {})").format(corners, sql.Placeholder("srid"))


def _window_parameters(number: int, window: Window) -> dict[str, object]:
    boxes = {f"bounds_{number}": window.bounds, f"core_{number}": _core(window)}
    bound: dict[str, object] = {
        f"{name}_{axis}": value for name, box in boxes.items() if box for axis, value in box._asdict().items()
    }
    return bound if window.outline is None else bound | {f"outline_{number}": window.wkt}


def _core(window: Window) -> Box | None:
    """Return a box wholly inside a window; ``None`` where it is too small or too bent to have one.

    PostGIS compares boxes in single precision, rounded outwards: two units in the last place must stay between them.
    """
    inner = window.bounds if window.outline is None else _inscribed(window.outline)
    x = max(abs(inner.min_x), abs(inner.max_x)) * _SINGLE_PRECISION
    y = max(abs(inner.min_y), abs(inner.max_y)) * _SINGLE_PRECISION
    box = Box(inner.min_x + x, inner.min_y + y, inner.max_x - x, inner.max_y - y)
    return box if box.min_x < box.max_x and box.min_y < box.max_y else None


def _inscribed(outline: tuple[tuple[float, float], ...]) -> Box:
    """Return the box between the four sides of a ring that starts at its south-western corner."""
    side = len(outline) // 4
    south, east, north, west = (outline[n * side : (n + 1) * side + 1] for n in range(4))
    return Box(max(x for x, _ in west), max(y for _, y in south), min(x for x, _ in east), min(y for _, y in north))


def shape(query: PageQuery) -> tuple[object, ...]:
    """Return all of a query that its statement's text depends on."""
    windows = None if query.windows is None else tuple((w.outline is None, _core(w) is None) for w in query.windows)
    return (windows, query.ids is None, tuple(query.equals), query.span is None, query.after is None)
