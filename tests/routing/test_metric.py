"""Searches over graphs drawn at random cost what SciPy finds, whoever answers: hierarchy or sweep."""

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.hierarchy import ACCELERATED, Hierarchy
from routing.metric import BadWeights, Metric, Terminal
from routing.network import INF, Graph
from routing.skeleton import Skeleton
from tests.routing.drawn import graph_of, priced_graphs
from tests.routing.grid_town import swept


def both(graph: Graph, weights: Any) -> list[Metric]:
    """Return a metric that a hierarchy answers and one that is swept."""
    skeleton = Skeleton.plain(graph)
    swift = Metric(skeleton, weights, hierarchy=Hierarchy(skeleton))
    assert swift.accelerated == (ACCELERATED and graph.edges > 0)
    return [swift, Metric(skeleton, weights)]


def held(metric: Metric, graph: Graph, costs: Any) -> None:
    """Hold all pairs of nodes against costs: paths, their arcs, the matrix, and the sweep either way."""
    nodes = range(graph.nodes)
    matrix = metric.matrix(list(nodes), list(nodes))
    for source in nodes:
        assert np.array_equal(np.where(np.isfinite(costs[source]), costs[source], INF), matrix[source])
        assert np.array_equal(metric.reach([Terminal(source)]), matrix[source])
        assert np.array_equal(metric.reach([Terminal(source)], reverse=True), matrix[:, source])
        for target in nodes:
            found = metric.path([Terminal(source)], [Terminal(target)])
            assert (np.inf if found is None else found.cost) == costs[source, target]
            if found is not None:
                walked = [source, *graph.head[found.arcs].tolist()]
                assert walked[-1] == target
                assert graph.tail[found.arcs].tolist() == walked[:-1]
                assert metric.weights[found.arcs].sum() == found.cost


@settings(max_examples=60)
@given(priced_graphs())
def test_every_pair_costs_what_scipy_finds(drawn: tuple[Graph, Any]) -> None:
    """Whatever the graph: loops, parallel ways, islands, ways of no cost, ways that nobody passes."""
    graph, weights = drawn
    costs = swept(graph, weights, range(graph.nodes))
    for metric in both(graph, weights):
        held(metric, graph, costs)


@settings(max_examples=40)
@given(priced_graphs(), st.data())
def test_changed_weights_count_as_if_they_had_been_there_from_the_start(
    drawn: tuple[Graph, Any], data: st.DataObject
) -> None:
    """After several changes of a few arcs or many."""
    graph, weights = drawn
    metrics = both(graph, weights)
    for _ in range(3):
        arcs = np.array(data.draw(st.lists(st.integers(0, max(0, len(weights) - 1)), unique=True)), dtype=np.int64)
        arcs = arcs[: len(weights)]
        fresh = np.array([data.draw(st.sampled_from([0, 5, 700, INF])) for _ in arcs], dtype=np.uint32)
        weights = weights.copy()
        weights[arcs] = fresh
        for metric in metrics:
            metric.update(arcs, fresh, fresh / 1000, np.zeros(len(arcs)))
    costs = swept(graph, weights, range(graph.nodes))
    for metric in metrics:
        held(metric, graph, costs)


@settings(max_examples=40)
@given(priced_graphs(), st.data())
def test_of_several_terminals_the_best_pair_counts(drawn: tuple[Graph, Any], data: st.DataObject) -> None:
    """With what each costs by itself."""
    graph, weights = drawn
    spot = st.builds(Terminal, st.integers(0, graph.nodes - 1), st.integers(0, 50))
    starts, ends = (data.draw(st.lists(spot, min_size=1, max_size=3)) for _ in range(2))
    costs = swept(graph, weights, range(graph.nodes))
    best = min(a.cost + costs[a.node, b.node] + b.cost for a in starts for b in ends)
    for metric in both(graph, weights):
        found = metric.path(starts, ends)
        assert (np.inf if found is None else found.cost) == best
        assert metric.matrix([starts], [ends])[0, 0] == min(best, INF)
        reached = metric.reach(starts)
        assert all(reached[n] == min(*(s.cost + costs[s.node, n] for s in starts), INF) for n in range(graph.nodes))


def test_nobody_is_let_past_a_limit() -> None:
    """Whom the limit stops is not reached."""
    graph = graph_of([(0, 0), (1, 0), (2, 0)], [(0, 1), (1, 2)])
    metric = Metric(Skeleton.plain(graph), np.full(4, 1000))
    assert metric.reach([Terminal(0)], 1500).tolist() == [0, 1000, INF]


@pytest.mark.parametrize("wrong", [[1.0, float("nan")], [-1, 2], [float("-inf"), 1]])
def test_weights_that_are_no_times_are_refused(wrong: list[float]) -> None:
    """Not a number, or less than nothing."""
    skeleton = Skeleton.plain(graph_of([(0, 0), (1, 0)], [(0, 1)]))
    with pytest.raises(BadWeights) as refused:
        Metric(skeleton, np.array(wrong))
    assert all(refused.value.message.as_dict().values())


def test_threads_ask_while_weights_change_and_never_hear_nonsense() -> None:
    """Every answer is one that some state of the weights gives."""
    side = 15
    spots = [(c, r) for r in range(side) for c in range(side)]
    ends = [(n, n + 1) for n, (c, _) in enumerate(spots) if c + 1 < side]
    ends += [(n, n + side) for n, (_, r) in enumerate(spots) if r + 1 < side]
    graph = graph_of(spots, ends)
    metric = both(graph, np.full(2 * graph.edges, 10, dtype=np.uint32))[0]
    heard: list[int] = []

    def ask() -> None:
        for _ in range(150):
            found = metric.path([Terminal(0)], [Terminal(graph.nodes - 1)])
            heard.append(-1 if found is None else found.cost)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    every = np.arange(2 * graph.edges)
    for cost in range(11, 41):
        metric.update(every, np.full(len(every), cost), np.full(len(every), cost / 1000), np.zeros(len(every)))
    for thread in threads:
        thread.join()
    steps = 2 * (side - 1)
    assert len(heard) == 600
    assert set(heard) <= {steps * cost for cost in range(10, 41)}
