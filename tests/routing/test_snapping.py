"""Places are put onto the nearest way that is passed, and whoever can't get on is told why and how far."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.approach import Approach
from routing.metric import Metric, Terminal
from routing.network import INF, Graph
from routing.pieces import cut
from routing.skeleton import Skeleton
from routing.snapping import NoPlace, OffNetwork, WayIndex, along_edge, snap, terminals
from routing.unreached import unreachable
from tests.routing.drawn import graph_of, priced_graphs


def placed(graph: Graph, metric: Metric, place: tuple[float, float], limit: float = 50.0) -> Any:
    """Put a place onto a graph."""
    return snap(graph, WayIndex(graph), metric.weights, place, limit)


@settings(max_examples=80)
@given(priced_graphs(), st.tuples(st.floats(-3, 8), st.floats(-3, 8)))
def test_the_nearest_way_that_is_passed_is_taken(drawn: tuple[Graph, Any], place: tuple[float, float]) -> None:
    """As shapely measures it over all of them."""
    graph, weights = drawn
    metric = Metric(Skeleton.plain(graph), weights)
    passed = [e for e in range(graph.edges) if min(weights[2 * e], weights[2 * e + 1]) < INF]
    away = [shapely.LineString(graph.course(e)).distance(shapely.Point(place)) for e in passed]
    if not passed:
        with pytest.raises(OffNetwork):
            placed(graph, metric, place)
        return
    found = placed(graph, metric, place)
    assert found.edge in passed
    assert found.away == pytest.approx(min(away), abs=1e-9)
    assert shapely.Point(found.point).distance(shapely.Point(place)) == pytest.approx(found.away, abs=1e-9)
    on = shapely.line_interpolate_point(shapely.LineString(graph.course(found.edge)), found.along, normalized=True)
    assert on.distance(shapely.Point(found.point)) < 1e-9


def test_a_place_too_far_off_is_told_the_distance() -> None:
    """In three languages; beyond all reason, that there is nothing."""
    graph = graph_of([(0, 0), (100, 0)], [(0, 1)])
    metric = Metric(Skeleton.plain(graph), np.full(2, 1000))
    with pytest.raises(OffNetwork) as refused:
        placed(graph, metric, (50, 700))
    assert refused.value.data["away"] == 700.0
    assert all("700" in told for told in refused.value.message.as_dict().values())
    with pytest.raises(OffNetwork):
        placed(graph, metric, (1e7, 1e7))
    for wrong in ((float("nan"), 0.0), (float("inf"), 0.0)):
        with pytest.raises(NoPlace):
            placed(graph, metric, wrong)


@settings(max_examples=80)
@given(priced_graphs(), st.data())
def test_from_the_middle_of_a_way_it_costs_the_share_that_is_left(
    drawn: tuple[Graph, Any], data: st.DataObject
) -> None:
    """As if each place were a node of its own that parts its way in two."""
    graph, weights = drawn
    weights = np.where(weights < INF, weights // 8 * 8, INF).astype(np.uint32)
    passed = [e for e in range(graph.edges) if min(weights[2 * e], weights[2 * e + 1]) < INF and graph.length[e]]
    if not passed:
        return
    metric = Metric(Skeleton.plain(graph), weights)
    spots = [_between(graph, data.draw(st.sampled_from(passed)), data.draw(st.integers(1, 7)) / 8) for _ in range(2)]
    start, end = (placed(graph, metric, spot) for spot in spots)
    found = metric.path(terminals(graph, metric, start), terminals(graph, metric, end, reverse=True))
    direct = along_edge(metric, start, end)
    best = min(INF if found is None else found.cost, INF if direct is None else direct[0])
    assert best == _parted(graph, weights, start, end)


def _between(graph: Graph, edge: int, share: float) -> tuple[float, float]:
    x, y = (graph.course(edge)[0] + (graph.course(edge)[1] - graph.course(edge)[0]) * share).tolist()
    return x, y


def _parted(graph: Graph, weights: Any, start: Any, end: Any) -> int:
    """Return the cost in a graph where both places are nodes."""
    ends, costs = np.column_stack([graph.u, graph.v]).tolist(), [(int(a), int(b)) for a, b in weights.reshape(-1, 2)]
    xy = [*graph.xy.tolist(), list(start.point), list(end.point)]
    for node, place in ((graph.nodes, start), (graph.nodes + 1, end)):
        if 0 < place.along < 1:
            pieces = [(place.along, int(graph.u[place.edge]), True), (1 - place.along, int(graph.v[place.edge]), False)]
        else:
            pieces = [(0.0, int((graph.u if place.along <= 0 else graph.v)[place.edge]), True)]
        for share, at, first in pieces:
            ends.append([at, node])
            onward, back = (weights[2 * place.edge], weights[2 * place.edge + 1])
            pair = [INF if int(w) >= INF else round(int(w) * share) for w in (onward, back)]
            costs.append((0, 0) if len(pieces) == 1 else tuple(pair if first else pair[::-1]))  # type: ignore[arg-type]
    if start.edge == end.edge:
        share = end.along - start.along
        pair = [INF if int(w) >= INF else round(int(w) * abs(share)) for w in weights.reshape(-1, 2)[start.edge]]
        # Both at one spot are there already, whichever way the edge is passed.
        pair = pair if share else [0, 0]
        ends.append([graph.nodes, graph.nodes + 1])
        costs.append(tuple(pair if share >= 0 else pair[::-1]))  # type: ignore[arg-type]
    drawn = graph_of(xy, ends)
    found = Metric(Skeleton.plain(drawn), np.array(costs, dtype=np.uint32).ravel()).path(
        [Terminal(graph.nodes)], [Terminal(graph.nodes + 1)]
    )
    return INF if found is None else found.cost


def test_who_can_not_get_there_is_told_why_and_how_near_he_gets() -> None:
    """Apart from the start; barred on the way; a one-way trap."""
    spots = [(0, 0), (100, 0), (200, 0), (300, 0), (900, 0), (1000, 0)]
    graph = graph_of(spots, [(0, 1), (1, 2), (2, 3), (4, 5)])
    cases = {
        "apart": ([1, 1, 1, 1, 1, 1, 1, 1], (950.0, 0.0), 650.0),
        "barred": ([1, 1, INF, INF, 1, 1, 1, 1], (250.0, 0.0), 150.0),
        "one-way": ([1, 1, INF, 1, 1, 1, 1, 1], (250.0, 0.0), 150.0),
    }
    for why, (weights, goal, away) in cases.items():
        driven = Approach(joined=True)
        metric = Metric(Skeleton.plain(graph), np.array(weights, dtype=np.uint32), approach=driven)
        start, end = placed(graph, metric, (50, 0)), placed(graph, metric, goal)
        assert metric.path(terminals(graph, metric, start), terminals(graph, metric, end, reverse=True)) is None
        refused = unreachable(graph, metric, start, end)
        assert (refused.data["why"], refused.data["away"]) == (why, away)
        assert all(refused.message.as_dict().values())


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=6, unique=True), st.data())
def test_a_part_of_a_course_is_as_long_as_its_share(course: list[tuple[int, int]], data: st.DataObject) -> None:
    """And begins and ends where shapely puts it."""
    begin, end = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
    line = shapely.LineString(course)
    part = shapely.LineString(cut(np.array(course, dtype=np.float64), begin, end))
    assert part.length == pytest.approx((end - begin) * line.length, abs=1e-6)
    for place, share in ((part.coords[0], begin), (part.coords[-1], end)):
        assert shapely.line_interpolate_point(line, share, normalized=True).distance(shapely.Point(place)) < 1e-6
