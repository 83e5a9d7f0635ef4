"""From rows of the street layers to the graph: ends that meet become nodes, what refers to segments becomes arcs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from psycopg import Connection

from gis.instant import Reading
from gis.layer import Layer
from gis.streets import Streets
from routing.network import (
    ALL_MODES,
    DAYS,
    FIXTURES,
    KINDS,
    QUARTERS,
    Closures,
    Column,
    Floats,
    Graph,
    Ids,
    Ints,
    Speeds,
    Turns,
    modes_of,
)
from routing.reading import (
    Closing,
    Restriction,
    Rows,
    Told,
    encodings,
    read_closings,
    read_features,
    read_restrictions,
    read_speeds,
)

_MILLIMETRES: Final = 1000.0


def read_graph(connection: Connection, streets: Streets, reading: Reading) -> Graph:
    """Read the graph whole.

    Args:
        connection: in a transaction of one snapshot, the one in which ``reading`` was settled.
        streets: the layers.
        reading: where.
    """
    lines = [streets.lines[kind] for kind in KINDS]
    points = [streets.points[kind] for kind in FIXTURES]
    graph = assemble(
        read_features(connection, lines, encodings(lines), reading),
        read_features(connection, points, encodings(points), reading),
        streets,
        reading,
    )
    speeding = Speeding(graph).with_live(read_speeds(connection, streets.speeds, reading))
    return graph.replaced(
        turns=turns_of(graph, read_restrictions(connection, streets.turns, reading)),
        closures=closures_of(graph, read_closings(connection, streets.closures, reading)),
        speeds=speeding.with_daily(read_speeds(connection, streets.daily_speeds, reading)).speeds,
    )


def assemble(lines: Rows, points: Rows, streets: Streets, reading: Reading) -> Graph:
    """Make the graph of lines and of what stands at their ends; without turns, closures and speeds."""
    firsts, lasts = end_points(lines)
    keys, inverse, xy = _nodes(np.concatenate([firsts, lasts]))
    u, v = inverse[: len(lines)], inverse[len(lines) :]
    lonlat = np.zeros((len(keys), 2), dtype=np.float32)
    lonlat[v], lonlat[u] = lines.ends[:, 2:], lines.ends[:, :2]
    places = points.courses[points.offsets[:-1]]
    return Graph(
        xy=xy,
        lonlat=lonlat,
        u=u,
        v=v,
        length=lengths(lines),
        kind=lines.kind,
        feature_id=lines.feature_id,
        attributes=lines.attributes,
        codes=codes_of(streets.lines[kind] for kind in KINDS),
        course_offsets=lines.offsets,
        courses=lines.courses,
        reading=reading,
        changeset=reading.changeset,
        hours={**lines.hours, **points.hours},
        fixture_kind=points.kind,
        fixture_node=NodeIndex(xy).of(places),
        fixture_id=points.feature_id,
        fixture_xy=places,
        fixture_attributes=points.attributes,
        fixture_codes=codes_of(streets.points[kind] for kind in FIXTURES),
        layers={kind: layer.name for kind, layer in (*streets.lines.items(), *streets.points.items())},
    )


def codes_of(layers: Iterable[Layer]) -> dict[str, tuple[str, ...]]:
    """Return the closed lists of the columns that layers have together."""
    return {name: each.values for name, each in encodings(layers).items() if each.values}


def end_points(lines: Rows) -> tuple[Floats, Floats]:
    """Return the first and the last coordinates of lines."""
    return lines.courses[lines.offsets[:-1]], lines.courses[lines.offsets[1:] - 1]


def lengths(lines: Rows) -> Floats:
    """Return the lengths of lines in the plane [m]."""
    if not len(lines):
        return np.zeros(0)
    steps = np.hypot(*np.diff(lines.courses, axis=0).T)
    run = np.concatenate([np.zeros(1), np.cumsum(steps)])
    return np.asarray(run[lines.offsets[1:] - 1] - run[lines.offsets[:-1]], dtype=np.float64)


def node_keys(xy: Floats) -> Ids:
    """Return whole millimetres of coordinates as one number each; ends of lines with the same number are one node."""
    rounded = np.rint(np.asarray(xy, dtype=np.float64).reshape(-1, 2) * _MILLIMETRES).astype(np.int64)
    # The plane's coordinates stay far below 2 ** 35 mm, the circumference of the Earth; the product may wrap round, but
    # no two places of one city wrap onto one another.
    return np.asarray(rounded[:, 0] * np.int64(2**36) + rounded[:, 1], dtype=np.int64)


def _nodes(ends: Floats) -> tuple[Ids, Ints, Floats]:
    keys, firsts, inverse = np.unique(node_keys(ends), return_index=True, return_inverse=True)
    # In the order in which they first come, so that neighbours in the layers are neighbours in memory.
    order = np.argsort(firsts, kind="stable")
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return keys[order], rank[inverse.ravel()], ends[firsts[order]]


class NodeIndex:
    """Finds nodes by their coordinates."""

    def __init__(self, xy: Floats) -> None:
        """Index nodes."""
        keys = node_keys(xy)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def of(self, places: Floats) -> Ints:
        """Return the node at each place, -1 where there is none."""
        wanted = node_keys(places)
        if not len(self._keys):
            return np.full(len(wanted), -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[at] == wanted, self._order[at], -1).astype(np.int32)


def nodes_of(graph: Graph) -> NodeIndex:
    """Return the index of a graph's nodes, made once for graphs that share them."""
    known: NodeIndex = graph.__dict__.get("node_index") or NodeIndex(graph.xy)
    graph.__dict__["node_index"] = known
    return known


@dataclass(frozen=True, slots=True)
class _Ban:
    origin: int
    target: int
    except_modes: int
    feature_id: int
    hours: str | None


def turns_of(graph: Graph, restrictions: Sequence[Restriction]) -> Turns:
    """Return the turns that restrictions forbid; those that name what isn't in the graph forbid nothing."""
    places = np.array([(r.x, r.y) for r in restrictions], dtype=np.float64).reshape(-1, 2)
    vias = nodes_of(graph).of(places).tolist() if len(places) else []
    bans = [ban for each, via in zip(restrictions, vias, strict=True) if via >= 0 for ban in _bans(graph, each, via)]
    return Turns(
        from_arc=np.array([ban.origin for ban in bans], dtype=np.int32),
        to_arc=np.array([ban.target for ban in bans], dtype=np.int32),
        except_modes=np.array([ban.except_modes for ban in bans], dtype=np.uint8),
        feature_id=np.array([ban.feature_id for ban in bans], dtype=np.int64),
        hours=tuple(ban.hours for ban in bans),
        restrictions=tuple(restrictions),
    )


def _bans(graph: Graph, restriction: Restriction, via: int) -> list[_Ban]:
    origin, target = graph.edge_of.get(restriction.origin), graph.edge_of.get(restriction.target)
    if origin is None or target is None:
        return []
    leaving = [int(arc) for arc in graph.arcs_from(via) if graph.feature_id[arc >> 1] >= 0]
    arriving = [arc ^ 1 for arc in leaving if arc >> 1 == origin]
    wanted = {arc for arc in leaving if arc >> 1 == target}
    if not restriction.restriction.startswith("only_"):
        banned = wanted
    elif wanted:
        banned = {arc for arc in leaving if KINDS[graph.kind[arc >> 1]] == "street"} - wanted
    else:
        banned = set()
    modes = modes_of([name.strip() for name in (restriction.except_modes or "").split(",")])
    return [_Ban(a, b, modes, restriction.feature_id, restriction.hours) for a in arriving for b in sorted(banned)]


def closures_of(graph: Graph, closings: Sequence[Closing]) -> Closures:
    """Return closures; those of what isn't in the graph close nothing, but are kept."""
    return Closures(
        feature_id=np.array([c.feature_id for c in closings], dtype=np.int64),
        edge=np.array([graph.edge_of.get(c.closed_id, -1) for c in closings], dtype=np.int32),
        fixture=np.array([graph.fixture_of.get(c.closed_id, -1) for c in closings], dtype=np.int32),
        modes=np.array([_closed_to(c.modes) for c in closings], dtype=np.uint8),
        begins=np.array([c.begins for c in closings], dtype=np.float64),
        ends=np.array([c.ends for c in closings], dtype=np.float64),
        hours=tuple(c.hours for c in closings),
        closings=tuple(closings),
    )


def _closed_to(modes: str | None) -> int:
    return modes_of([name.strip() for name in modes.split(",")]) if modes and modes.strip() else ALL_MODES


class Speeding:
    """Speeds of a graph's arcs as they are told for its segments."""

    def __init__(self, graph: Graph) -> None:
        """Take up what the graph has, made as long as its arcs are many."""
        self._edge_of, arcs = graph.edge_of, 2 * graph.edges
        known = graph.speeds
        self._live = np.full(arcs, np.nan, dtype=np.float32)
        self._live[: len(known.live)] = known.live
        self._daily = np.full((len(DAYS), arcs), -1, dtype=np.int32)
        self._daily[:, : known.daily.shape[1]] = known.daily
        self._known, self._added = known.profiles, list[Column]()
        self._rows: dict[str, int] = {}

    def with_live(self, told: Sequence[Told], segments: Sequence[int] = ()) -> "Speeding":
        """Forget the live speeds of segments and take up those that are told."""
        self._live[self._arcs(segments)] = np.nan
        arcs, those = self._placed(told)
        self._live[arcs] = [each.speed for each in those]
        return self

    def with_daily(self, told: Sequence[Told], segments: Sequence[int] = ()) -> "Speeding":
        """Forget the usual speeds of segments and take up those that are told."""
        self._daily[:, self._arcs(segments)] = -1
        arcs, those = self._placed(told)
        days = [DAYS.index(each.days) for each in those]
        self._daily[days, arcs] = [self._row(each.course) for each in those]
        return self

    @property
    def speeds(self) -> Speeds:
        """What they are now; courses that no segment has any more are left out, once they are the greater part."""
        profiles, daily = self._known, self._daily
        if self._added:
            profiles = np.concatenate([profiles.reshape(-1, QUARTERS), self._added]).astype(np.float32)
        used = np.zeros(len(profiles), dtype=bool)
        used[daily[daily >= 0]] = True
        if 2 * np.count_nonzero(used) < len(profiles):
            places = np.append(np.cumsum(used) - 1, -1)
            profiles, daily = profiles[used], places[daily].astype(np.int32)
        return Speeds(live=self._live, daily=daily, profiles=profiles)

    def _arcs(self, segments: Sequence[int]) -> Ids:
        edges = np.array([self._edge_of[s] for s in segments if s in self._edge_of], dtype=np.int64)
        return np.concatenate([2 * edges, 2 * edges + 1])

    def _placed(self, told: Sequence[Told]) -> tuple[list[int], list[Told]]:
        those = [each for each in told if each.segment in self._edge_of]
        return [2 * self._edge_of[each.segment] + (not each.forward) for each in those], those

    def _row(self, course: str) -> int:
        """Return the place of a day's course among the profiles; equal ones share it."""
        if course not in self._rows:
            day = _day(course)
            self._rows[course] = self._places.setdefault(day.tobytes(), len(self._known) + len(self._added))
            if self._rows[course] == len(self._known) + len(self._added):
                self._added.append(day)
        return self._rows[course]

    @cached_property
    def _places(self) -> dict[bytes, int]:
        """Places of courses by what they say."""
        return {day.tobytes(): place for place, day in enumerate(self._known)}


def _day(course: str) -> Column:
    """Return a day's speeds; what can't be read as 96 numbers is unknown."""
    try:
        values = np.array([np.nan if each is None else each for each in json.loads(course)], dtype=np.float32)
    except (TypeError, ValueError):
        return np.full(QUARTERS, np.nan, dtype=np.float32)
    return values if values.shape == (QUARTERS,) else np.full(QUARTERS, np.nan, dtype=np.float32)
