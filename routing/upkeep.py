"""A graph kept in step with the register: what changesets and legal dates moved is read anew, and nothing else.

Edges and nodes keep their numbers. A way that is gone becomes a hole; one that is new, or whose ends moved, comes last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
from psycopg import Connection, sql

from gis.instant import Reading
from gis.layer import Layer
from gis.schema import twin_name
from gis.streets import Streets
from routing.assembly import NodeIndex, Speeding, closures_of, end_points, lengths, nodes_of, turns_of
from routing.network import FIXTURES, KINDS, Column, Floats, Graph, Ids
from routing.reading import (
    Encoding,
    Rows,
    encodings,
    read_closings,
    read_features,
    read_restrictions,
    read_speeds,
)

Touched = Mapping[str, Sequence[int]]
"""Ids of features by layer's name."""


def touched_since(
    connection: Connection, streets: Streets, known: Reading, now: Reading, until: datetime | None
) -> dict[str, list[int]]:
    """Return what changesets and legal dates touched between two readings.

    Args:
        connection: in the transaction in which ``now`` was settled.
        streets: the layers.
        known: the earlier reading.
        now: the later one.
        until: the first legal date after the earlier one, as it was known then; ``None`` where there was none.
    """
    names = [layer.name for layer in _watched(streets)]
    span = {"after": known.changeset, "until": now.changeset, "names": names}
    found: dict[str, set[int]] = {}
    for layer, feature in connection.execute(_WRITTEN, span, binary=True).fetchall():
        found.setdefault(layer, set()).add(feature)
    # What was written since may have brought dates that have passed already; that is touched as it is.
    if until is not None and now.valid >= until:
        dates = {**now.parameters, "known": known.valid, "now": now.valid}
        for layer in _watched(streets):
            rows = connection.execute(_dates(layer, now, *_PASSED), dates, binary=True).fetchall()
            found.setdefault(layer.name, set()).update(feature for (feature,) in rows)
    return {name: sorted(ids) for name, ids in found.items() if ids}


def next_date(connection: Connection, streets: Streets, reading: Reading) -> datetime | None:
    """Return the first legal date after a reading at which a version of the street layers begins or ends.

    That is told as it is known at the reading, a draft that lies over it included.
    """
    arms = sql.SQL(" UNION ALL ").join(_dates(layer, reading, *_NEXT) for layer in _watched(streets))
    dates = {**reading.parameters, "now": reading.valid}
    row = connection.execute(sql.SQL("SELECT min(date) FROM ({}) AS dates").format(arms), dates).fetchone()
    return None if row is None else row[0]


def _dates(layer: Layer, reading: Reading, live: str, past: str, proposed: str) -> sql.Composed:
    """Return that of three statements which a reading needs, and with a draft that about what it proposes too."""
    arms = [_of(layer, live if reading.live else past)]
    if reading.overlaid(layer):
        arms.append(sql.SQL(proposed).format(table=sql.Identifier(layer.schema, twin_name(layer))))
    return sql.SQL(" UNION ALL ").join(sql.SQL("({})").format(arm) for arm in arms)


def _watched(streets: Streets) -> list[Layer]:
    return [layer for layer in streets.layers if layer is not streets.norms]


def _of(layer: Layer, statement: str) -> sql.Composed:
    return sql.SQL(statement).format(table=sql.Identifier(layer.schema, layer.table))


_WRITTEN: Final = """
SELECT DISTINCT layer, feature_id FROM qala.ledger
WHERE changeset > %(after)s AND changeset <= %(until)s AND layer = ANY(%(names)s)
"""

_PASSED_OF: Final = """
SELECT feature_id FROM {{table}} WHERE {condition} AND (
  (lower(valid) > %(known)s AND lower(valid) <= %(now)s) OR (upper(valid) > %(known)s AND upper(valid) <= %(now)s))
"""

_NEXT_OF: Final = """
SELECT min(date) AS date FROM {{table}}, LATERAL (VALUES (lower(valid)), (upper(valid))) AS bounds (date)
WHERE {condition} AND date > %(now)s
"""

_AS_RECORDED: Final = "recorded @> %(recorded)s"
_OF_DRAFT: Final = "draft_id = %(draft)s"

_PASSED: Final = (
    """
SELECT feature_id FROM {table} WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished
  AND lower(valid) > %(known)s AND lower(valid) <= %(now)s
UNION
SELECT feature_id FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > %(known)s
  AND (upper(valid) <= %(now)s OR (lower(valid) > %(known)s AND lower(valid) <= %(now)s))
""",
    _PASSED_OF.format(condition=_AS_RECORDED),
    _PASSED_OF.format(condition=_OF_DRAFT),
)
"""Features of which a version began or ended: as they are known now, as they were, and as a draft proposes."""

_NEXT: Final = (
    """
(SELECT lower(valid) AS date FROM {table} WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished
  AND lower(valid) > %(now)s ORDER BY lower(valid) LIMIT 1)
UNION ALL
(SELECT upper(valid) FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > %(now)s
  ORDER BY upper(valid) LIMIT 1)
UNION ALL
(SELECT min(lower(valid)) FROM {table} WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > %(now)s
  AND lower(valid) > %(now)s)
""",
    _NEXT_OF.format(condition=_AS_RECORDED),
    _NEXT_OF.format(condition=_OF_DRAFT),
)
"""Dates to come, by the same three."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What a graph became.

    Attributes:
        graph: the new one.
        edges: those whose price may differ, new ones among them.
        grown: there are new edges; searches need another skeleton.
        coursed: edges that run otherwise, new ones among them.
        retold: ids of features of which something was written.
    """

    graph: Graph
    edges: Ids
    grown: bool = False
    coursed: Ids = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    retold: frozenset[int] = frozenset()


def advanced(connection: Connection, streets: Streets, graph: Graph, reading: Reading, touched: Touched) -> Step:
    """Bring a graph to a later reading.

    Args:
        connection: in a transaction of one snapshot, the one in which ``reading`` was settled.
        streets: the layers.
        graph: as it was.
        reading: where it is wanted.
        touched: all that may have changed in between.
    """
    return _Revision(connection, streets, graph, reading, touched).step()


class _Revision:
    """A graph's columns while they are brought up to date: each is copied before it is first written."""

    def __init__(
        self, connection: Connection, streets: Streets, graph: Graph, reading: Reading, touched: Touched
    ) -> None:
        self.connection, self.streets, self.reading = connection, streets, reading
        self.touched = touched
        self.before = self.graph = graph
        self.edges: set[int] = set()
        self.nodes: set[int] = set()
        self.coursed: set[int] = set()

    def step(self) -> Step:
        self._ways()
        self._points()
        self._states()
        grown = self.graph.edges > self.before.edges
        reshaped = grown or self.graph.feature_id is not self.before.feature_id
        self.graph = self.graph.replaced(
            reading=self.reading, changeset=self.reading.changeset, shape=self.graph.shape + reshaped
        )
        return Step(
            graph=self.graph,
            edges=self._repriced(),
            grown=grown,
            coursed=np.array(sorted(self.coursed), dtype=np.int64),
            retold=frozenset(feature for ids in self.touched.values() for feature in ids),
        )

    def _read(self, layers: Mapping[str, Layer], kinds: Sequence[str]) -> tuple[Rows, dict[str, Encoding], list[int]]:
        those = [layers[kind] for kind in kinds]
        columns = encodings(those)
        wanted = [feature for layer in those for feature in self.touched.get(layer.name, ())]
        ids = {layer.name: self.touched.get(layer.name, ()) for layer in those}
        return read_features(self.connection, those, columns, self.reading, ids), columns, wanted

    def _retold(self, rows: Rows, wanted: Sequence[int]) -> dict[int, str]:
        return {**{f: h for f, h in self.graph.hours.items() if f not in set(wanted)}, **rows.hours}

    # Lines.

    def _ways(self) -> None:
        rows, columns, wanted = self._read(self.streets.lines, KINDS)
        if not wanted:
            return
        firsts, lasts = end_points(rows)
        index = nodes_of(self.graph)
        u, v = index.of(firsts), index.of(lasts)
        edge_of = self.graph.edge_of
        known = np.array([edge_of.get(f, -1) for f in rows.feature_id.tolist()], dtype=np.int64)
        same = (known >= 0) & (u >= 0) & (v >= 0)
        same[same] = (self.graph.u[known[same]] == u[same]) & (self.graph.v[known[same]] == v[same])
        kept = set(known[same].tolist())
        gone = [edge for f in wanted if (edge := edge_of.get(f, -1)) >= 0 and edge not in kept]
        self.graph = self.graph.replaced(hours=self._retold(rows, wanted))
        self._dig(gone)
        self._rewrite(rows, columns, np.flatnonzero(same), known[same])
        self._append(rows, columns, np.flatnonzero(~same))

    def _dig(self, edges: Sequence[int]) -> None:
        if edges:
            ids = self.graph.feature_id.copy()
            ids[edges] = -1
            self.graph = self.graph.replaced(feature_id=ids)
            self._touch_edges(edges)

    def _touch_edges(self, edges: Sequence[int]) -> None:
        self.edges.update(edges)
        self.nodes.update(self.graph.u[list(edges)].tolist(), self.graph.v[list(edges)].tolist())

    def _rewrite(self, rows: Rows, columns: Mapping[str, Encoding], places: Ids, edges: Ids) -> None:
        if not len(places):
            return
        self._touch_edges(edges.tolist())
        attributes = {
            name: _written(self.graph.attributes[name], edges, rows.attributes[name][places]) for name in columns
        }
        length = _written(self.graph.length, edges, lengths(rows)[places])
        self.graph = self.graph.replaced(attributes=attributes, length=length)
        moved = [n for n, (at, edge) in enumerate(zip(places, edges, strict=True)) if self._moved(rows, at, edge)]
        if moved:
            self._recourse(rows, places[moved], edges[moved])

    def _moved(self, rows: Rows, at: int, edge: int) -> bool:
        drawn = rows.courses[rows.offsets[at] : rows.offsets[at + 1]]
        return not np.array_equal(drawn, self.graph.course(edge))

    def _recourse(self, rows: Rows, places: Ids, edges: Ids) -> None:
        graph, order = self.graph, np.argsort(edges)
        known, counts, pieces, done = graph.course_offsets, np.diff(graph.course_offsets), [], 0
        for at, edge in zip(places[order], edges[order], strict=True):
            pieces += [graph.courses[done : known[edge]], rows.courses[rows.offsets[at] : rows.offsets[at + 1]]]
            counts[edge], done = len(pieces[-1]), known[edge + 1]
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
        self.graph = graph.replaced(courses=np.concatenate([*pieces, graph.courses[done:]]), course_offsets=offsets)
        self.coursed.update(edges.tolist())

    def _append(self, rows: Rows, columns: Mapping[str, Encoding], places: Ids) -> None:
        if not len(places):
            return
        graph, new = self.graph, np.arange(self.graph.edges, self.graph.edges + len(places))
        firsts, lasts = (ends[places] for ends in end_points(rows))
        xy, lonlat = self._with_nodes(np.concatenate([firsts, lasts]), rows.ends[places])
        index = NodeIndex(xy)
        pieces = [rows.courses[rows.offsets[at] : rows.offsets[at + 1]] for at in places]
        counts = np.cumsum([len(piece) for piece in pieces])
        self.graph = graph.replaced(
            xy=xy,
            lonlat=lonlat,
            u=np.concatenate([graph.u, index.of(firsts)]),
            v=np.concatenate([graph.v, index.of(lasts)]),
            length=np.concatenate([graph.length, lengths(rows)[places]]),
            kind=np.concatenate([graph.kind, rows.kind[places]]),
            feature_id=np.concatenate([graph.feature_id, rows.feature_id[places]]),
            attributes={
                name: np.concatenate([graph.attributes[name], rows.attributes[name][places]]) for name in columns
            },
            course_offsets=np.concatenate([graph.course_offsets, graph.course_offsets[-1] + counts]),
            courses=np.concatenate([graph.courses, *pieces]),
        )
        self._touch_edges(new.tolist())
        self.coursed.update(new.tolist())

    def _with_nodes(self, places: Floats, degrees: Floats) -> tuple[Floats, Column]:
        graph = self.graph
        fresh = np.flatnonzero(nodes_of(graph).of(places) < 0)
        lonlat = np.concatenate([degrees[:, :2], degrees[:, 2:]]).astype(np.float32)
        _, firsts = np.unique(np.round(places[fresh], 3), axis=0, return_index=True)
        chosen = fresh[np.sort(firsts)]
        return np.concatenate([graph.xy, places[chosen]]), np.concatenate([graph.lonlat, lonlat[chosen]])

    # Points.

    def _points(self) -> None:
        rows, columns, wanted = self._read(self.streets.points, FIXTURES)
        if wanted:
            self.graph = self.graph.replaced(hours=self._retold(rows, wanted))
            self._place(rows, columns, wanted)
        elif len(self.graph.xy) > len(self.before.xy):
            self._settle()

    def _place(self, rows: Rows, columns: Mapping[str, Encoding], wanted: Sequence[int]) -> None:
        graph, fixture_of = self.graph, self.graph.fixture_of
        known = np.array([fixture_of.get(f, -1) for f in rows.feature_id.tolist()], dtype=np.int64)
        there, new = np.flatnonzero(known >= 0), np.flatnonzero(known < 0)
        before = [fixture_of[f] for f in wanted if f in fixture_of]
        self._leave(before)
        ids, xy = graph.fixture_id.copy(), graph.fixture_xy.copy()
        ids[before] = -1
        ids[known[there]] = rows.feature_id[there]
        xy[known[there]] = rows.courses[rows.offsets[:-1]][there]
        self.graph = graph.replaced(
            fixture_id=np.concatenate([ids, rows.feature_id[new]]),
            fixture_kind=np.concatenate([graph.fixture_kind, rows.kind[new]]),
            fixture_xy=np.concatenate([xy, rows.courses[rows.offsets[:-1]][new]]),
            fixture_attributes={
                name: np.concatenate([
                    _written(graph.fixture_attributes[name], known[there], rows.attributes[name][there]),
                    rows.attributes[name][new],
                ])
                for name in columns
            },
        )  # fmt: skip
        self._settle()
        self._leave([self.graph.fixture_of[f] for f in rows.feature_id.tolist()])

    def _settle(self) -> None:
        """Find the nodes of all fixtures anew."""
        graph = self.graph
        nodes = nodes_of(graph).of(graph.fixture_xy)
        nodes[graph.fixture_id < 0] = -1
        fresh = np.flatnonzero(nodes[: len(graph.fixture_node)] != graph.fixture_node)
        self.graph = graph.replaced(fixture_node=nodes)
        self.nodes.update(nodes[fresh].tolist())

    def _leave(self, fixtures: Sequence[int]) -> None:
        self.nodes.update(self.graph.fixture_node[list(fixtures)].tolist())

    # What holds on them.

    def _states(self) -> None:
        streets, graph, before = self.streets, self.graph, self.before
        reshaped = graph.feature_id is not before.feature_id
        if reshaped or self._wrote(streets.turns):
            rows: Any = before.turns.restrictions
            if self._wrote(streets.turns):
                rows = read_restrictions(self.connection, streets.turns, self.reading)
            self.graph = self.graph.replaced(turns=turns_of(graph, rows))
        if reshaped or graph.fixture_id is not before.fixture_id or self._wrote(streets.closures):
            rows = before.closures.closings
            if self._wrote(streets.closures):
                rows = read_closings(self.connection, streets.closures, self.reading)
            self.graph = self.graph.replaced(closures=closures_of(graph, rows))
            self._unclose(before)
            self._unclose(self.graph)
        self._speeds()

    def _wrote(self, layer: Layer) -> bool:
        return bool(self.touched.get(layer.name))

    def _unclose(self, graph: Graph) -> None:
        """Note all that closures touch: those to come are few beside those in force."""
        closures = graph.closures
        self.edges.update(closures.edge[closures.edge >= 0].tolist())
        self.nodes.update(graph.fixture_node[closures.fixture[closures.fixture >= 0]].tolist())

    def _speeds(self) -> None:
        graph, live, daily = self.graph, self.streets.speeds, self.streets.daily_speeds
        fresh = graph.feature_id[self.before.edges :].tolist()
        spoken = [self._segments(live) + fresh, self._segments(daily) + fresh]
        if not any(spoken):
            return
        speeding = Speeding(graph)
        for layer, segments, take in zip((live, daily), spoken, (speeding.with_live, speeding.with_daily), strict=True):
            if segments:
                take(read_speeds(self.connection, layer, self.reading, segments), segments)
        self.graph = graph.replaced(speeds=speeding.speeds)
        self.edges.update(graph.edge_of[s] for segments in spoken for s in segments if s in graph.edge_of)

    def _segments(self, layer: Layer) -> list[int]:
        """Return the segments that touched speeds are or ever were of."""
        ids = self.touched.get(layer.name)
        if not ids:
            return []
        return [row[0] for row in self.connection.execute(_of(layer, _SEGMENTS), {"ids": list(ids)}).fetchall()]

    def _repriced(self) -> Ids:
        """Return the edges that were touched, and all that end where one of them or a touched fixture does."""
        graph = self.graph
        around = [graph.arcs_from(node) >> 1 for node in sorted(self.nodes) if node >= 0]
        own = np.array(sorted(self.edges), dtype=np.int64)
        return np.unique(np.concatenate([own, *around]).astype(np.int64))


_SEGMENTS: Final = "SELECT DISTINCT segment_id FROM {table} WHERE feature_id = ANY(%(ids)s)"


def _written(column: Column, places: Ids, values: Column) -> Column:
    """Return a column with other values at some places; itself where nothing differs."""
    if np.array_equal(column[places], values, equal_nan=column.dtype.kind == "f"):
        return column
    other = column.copy()
    other[places] = values
    return other
