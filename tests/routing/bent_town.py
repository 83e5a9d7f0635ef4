"""A town drawn at random: bent ways on a jittered grid, one-way and closed ones, loops, twins, and an island."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from gis.instant import Reading
from routing.hierarchy import Hierarchy
from routing.metric import Metric
from routing.network import INF, Graph
from routing.route import Snapped
from routing.skeleton import Skeleton
from routing.snapping import WayIndex, along_edge, leading, snap, terminals
from routing.turning import turning

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIDE = 120.0


def graph_of(courses: Sequence[Any], kind: int = 0) -> Graph:
    """Return the graph of lines that join where their ends are the same; features are numbered from 1."""
    drawn = [np.asarray(course, dtype=np.float64).reshape(-1, 2) for course in courses]
    places = {place: n for n, place in enumerate(dict.fromkeys(tuple(c[i]) for c in drawn for i in (0, -1)))}
    xy = np.array(list(places), dtype=np.float64)
    count = len(drawn)
    return Graph(
        xy=xy,
        lonlat=(xy / 1e5).astype(np.float32),
        u=np.array([places[tuple(course[0])] for course in drawn], dtype=np.int32),
        v=np.array([places[tuple(course[-1])] for course in drawn], dtype=np.int32),
        length=np.array([np.hypot(*np.diff(course, axis=0).T).sum() for course in drawn]),
        kind=np.full(count, kind, dtype=np.uint8),
        feature_id=np.arange(1, count + 1, dtype=np.int64),
        attributes={},
        codes={},
        course_offsets=np.cumsum([0, *map(len, drawn)], dtype=np.int64),
        courses=np.concatenate(drawn),
        reading=Reading(NOON, NOON, 1, live=True, present=True),
    )


def town(seed: int, size: int = 6) -> Graph:
    """Draw a town of so many squares a side, and a small island beside it."""
    chance = np.random.default_rng(seed)
    spots = {(c, r): np.array([c, r]) * SIDE + chance.uniform(-30, 30, 2) for c in range(size) for r in range(size)}
    links = [((c, r), (c + dc, r + dr)) for c, r in spots for dc, dr in ((1, 0), (0, 1)) if (c + dc, r + dr) in spots]
    links = [link for link in links if chance.random() < 0.9]
    courses = [_bent(chance, spots[one], spots[other]) for one, other in links]
    courses.append(_bent(chance, *(spots[place] for place in links[0])))
    begin = spots[links[1][0]]
    courses.append([begin, begin + np.array([20, 35]), begin + np.array([-20, 35]), begin])
    island = [np.array([-3 * SIDE, y]) for y in (0.0, 90.0, 200.0)]
    return graph_of([*courses, *pairwise(island)])


def _bent(chance: np.random.Generator, one: Any, other: Any) -> Any:
    middle = (one + other) / 2 + chance.uniform(-25, 25, 2)
    return [one, middle, other] if chance.random() < 0.6 else [one, other]


def weights_of(graph: Graph, seed: int) -> Any:
    """Return random times of arcs [ms]: a fifth of the ways one way only, a few closed."""
    chance = np.random.default_rng(seed)
    speeds = chance.uniform(1.0, 12.0, graph.edges)
    weights = np.repeat(np.rint(graph.length / speeds * 1000).astype(np.uint32), 2)
    one_way = np.flatnonzero(chance.random(graph.edges) < 0.2)
    weights[2 * one_way + chance.integers(0, 2, len(one_way))] = INF
    closed = np.flatnonzero(chance.random(graph.edges) < 0.03)
    weights[2 * closed] = weights[2 * closed + 1] = INF
    return weights


def metric_of(graph: Graph, weights: Any, seconds: Any = None, *, turned: bool = False) -> Metric:
    """Return a metric, with the turns of a car or without."""
    if not turned:
        skeleton = Skeleton.plain(graph)
        return Metric(skeleton, weights, seconds, hierarchy=Hierarchy(skeleton))
    turns = turning(graph)
    costs = turns.costs(graph.turns, "car")
    return Metric(turns.skeleton, weights, seconds, turns=costs, hierarchy=Hierarchy(turns.skeleton))


def scattered(graph: Graph, metric: Metric, count: int, seed: int, limit: float = 60.0) -> list[Snapped]:
    """Return places here and there on ways that are passed, some of them at nodes; with those that lead on so near."""
    chance, index = np.random.default_rng(seed), WayIndex(graph)
    low, high = graph.xy.min(axis=0), graph.xy.max(axis=0)
    free = [tuple(place.tolist()) for place in chance.uniform(low, high, (count - count // 5, 2))]
    nodes = [tuple(graph.xy[n].tolist()) for n in chance.integers(0, graph.nodes, count // 5)]
    snapped = [snap(graph, index, metric.weights, place, 5000.0) for place in (*free, *nodes)]
    return [leading(graph, index, metric, place, limit) for place in snapped]


def cost_between(graph: Graph, metric: Metric, start: Snapped, end: Snapped) -> int:
    """Return what one search from place to place finds [ms], INF where there is no way."""
    if start.edge == end.edge and start.along == end.along:
        return 0
    found = metric.path(terminals(graph, metric, start), terminals(graph, metric, end, reverse=True))
    direct = along_edge(metric, start, end)
    return min(INF if found is None else found.cost, INF if direct is None else direct[0])
