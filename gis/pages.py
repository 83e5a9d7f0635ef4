"""Pages of features, written by the database.

One statement answers one page: its row expression says in which format, its key (``feature_id``) where the next page
begins. Nothing here parses a feature.

A page is read optimistically: the reader remembers where the layer stood (:class:`gis.freshness.LayerHead`), sends the
page for it, and looks at the head once more afterwards. If a changeset came in between, the page is read again, at last
in a snapshot of its own. So a page costs no transaction, and still never mixes two states.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from psycopg import sql

from gis.bbox import Box, Window
from gis.freshness import LayerHead
from gis.instant import Reading, versions_at
from gis.layer import Field, Layer, VersionField

BATCH: Final = 2000
"""Features in one batch of a long answer: some megabytes at most."""

_OPTIMISTIC = 3
_SINGLE_PRECISION = 2.0**-22


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
class Page:
    """One page as the database wrote it.

    Attributes:
        body: the rows, separated as asked.
        count: how many there are.
        last: key of the last of them.
        more: another page follows.
        reading: the point on both axes that it shows; with it, the next page follows without gap or repetition.
        head: where the layer stood.
    """

    body: bytes
    count: int
    last: int | None
    more: bool
    reading: Reading
    head: LayerHead


def page_statement(
    layer: Layer, reading: Reading, query: PageQuery, row: sql.Composable, *, separator: str = ","
) -> sql.Composed:
    """Return the statement of a page: one row of (bytes, count, last key, whether more follows).

    Args:
        layer: whose features.
        reading: point on both axes.
        query: which features; :func:`parameters` binds its values.
        row: text of one feature, an expression over the columns of ``v`` without parameters of its own.
        separator: between two features.
    """
    return sql.SQL(_PAGE).format(
        row=row,
        limit=sql.Placeholder("limit"),
        offset=sql.Placeholder("offset"),
        separator=sql.Literal(separator),
        selection=_selection(layer, reading, query),
    )


# One row more than the page holds is selected, but not rendered: it tells that another page follows. The rendered line
# is named once only: the planner flattens the levels, and each mention would render it again.
_PAGE = """
SELECT string_agg(line, {separator}), least(count(*), {limit}), max(feature_id) FILTER (WHERE place <= {limit}),
  count(*) > {limit}
FROM (SELECT v.feature_id, v.place, CASE WHEN v.place <= {limit} THEN {row} END AS line
      FROM (SELECT v.*, row_number() OVER () AS place
            FROM ({selection} LIMIT {limit} + 1 OFFSET {offset}) AS v) AS v) AS page
"""


def count_statement(layer: Layer, reading: Reading, query: PageQuery) -> sql.Composed:
    """Return the statement that counts all features of a query, whatever page it asks for."""
    selected = _selected(layer, reading, replace(query, after=None), sql.SQL("v.feature_id"))
    return sql.SQL("SELECT count(*) FROM ({}) AS v").format(selected)


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
    order = "v.feature_id" if query.span is None else "v.feature_id, lower(v.valid) DESC NULLS LAST"
    return _selected(layer, reading, query, sql.SQL("v.*")) + sql.SQL(f" ORDER BY {order}")


def _selected(layer: Layer, reading: Reading, query: PageQuery, columns: sql.SQL) -> sql.Composed:
    conditions = [*_places(query), *_keys(query), *_equalities(layer, query)]
    return sql.SQL("SELECT {distinct}{columns} FROM {source} WHERE {conditions}").format(
        distinct=sql.SQL("" if query.span is None else "DISTINCT ON (v.feature_id) "),
        columns=columns,
        source=versions_at(layer, reading) if query.span is None else _versions_within(layer, reading),
        conditions=sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true"),
    )


def _versions_within(layer: Layer, reading: Reading) -> sql.Composed:
    return sql.SQL(_WITHIN_LIVE if reading.live else _WITHIN_PAST).format(
        table=sql.Identifier(layer.schema, layer.table)
    )


_WITHIN_LIVE = """(SELECT * FROM {table} WHERE upper_inf(recorded) AND recorded @> 'infinity'::timestamptz
  AND valid && tstzrange(%(start)s, %(end)s, '[]') AND NOT abolished) AS v"""
_WITHIN_PAST = """(SELECT * FROM {table} WHERE recorded @> %(recorded)s
  AND valid && tstzrange(%(start)s, %(end)s, '[]') AND NOT abolished) AS v"""


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
    exact = "{bounds}" if window.outline is None else "ST_GeomFromText({outline}, {srid})"
    plainly = "v.geom @ {core} OR " if _core(window) else ""
    return sql.SQL(f"(v.geom && {{bounds}} AND ({plainly}ST_Intersects(v.geom, {exact})))").format(
        bounds=_envelope(f"bounds_{number}"),
        core=_envelope(f"core_{number}"),
        outline=sql.Placeholder(f"outline_{number}"),
        srid=sql.Placeholder("srid"),
    )


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
