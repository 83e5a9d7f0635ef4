"""Alternatives against all ways that there are in small towns."""

from itertools import combinations, pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest

from gis.errors import QalaError
from routing.alternatives import MOST, Alternative, Measures, alternatives
from routing.metric import Metric, Terminal
from routing.network import INF, Graph
from routing.snapping import terminals
from tests.routing.bent_town import graph_of, metric_of, scattered, town, weights_of


def drawn(graph: Graph, weights: Any) -> "nx.DiGraph[int]":
    """Return the network as networkx keeps it; of parallel arcs the cheapest."""
    network: nx.DiGraph[int] = nx.DiGraph()
    for arc in sorted(np.flatnonzero(weights < INF).tolist(), key=lambda arc: -int(weights[arc])):
        network.add_edge(int(graph.tail[arc]), int(graph.head[arc]), weight=int(weights[arc]), arc=arc)
    return network


def check(network: "nx.DiGraph[int]", graph: Graph, weights: Any, offered: list[Alternative], asked: Measures) -> None:
    """Hold ways that are offered against what each measure means, to the letter."""
    best = offered[0].found
    costs = dict(nx.all_pairs_dijkstra_path_length(network))
    for other in offered[1:]:
        arcs = other.found.arcs
        nodes = [int(graph.tail[arcs[0]]), *graph.head[arcs].tolist()]
        assert (graph.head[arcs[:-1]] == graph.tail[arcs[1:]]).all()
        assert other.found.cost == weights[arcs].sum() <= (1 + asked.stretch) * best.cost
        assert len(set(nodes)) == len(nodes)
        spent = np.concatenate([[0], np.cumsum(weights[arcs].astype(int))])
        for i, j in combinations(range(len(nodes)), 2):
            if spent[j] - spent[i] <= asked.optimal * best.cost:
                assert costs[nodes[i]][nodes[j]] == spent[j] - spent[i]
    for one, other in combinations(offered, 2):
        common = np.isin(one.found.arcs // 2, other.found.arcs // 2)
        assert weights[one.found.arcs[common]].sum() <= asked.overlap * best.cost


@pytest.mark.parametrize("seed", range(5))
def test_alternatives_are_what_their_measures_say(seed: int) -> None:
    """Cost, overlap and local optimality are reckoned anew, stretch by stretch."""
    graph = town(seed, 5)
    weights = weights_of(graph, seed)
    metric, network = metric_of(graph, weights), drawn(graph, weights)
    asked = Measures(stretch=0.5, overlap=0.6, optimal=0.2)
    chance, offers = np.random.default_rng(seed), 0
    for start, end in chance.integers(0, graph.nodes, (12, 2)).tolist():
        offered = alternatives(graph, metric, [Terminal(start)], [Terminal(end)], count=3, measures=asked)
        if start not in network or end not in network or not nx.has_path(network, start, end):
            assert not offered
        elif start != end:
            assert offered[0].found.cost == nx.dijkstra_path_length(network, start, end)
            check(network, graph, weights, offered, asked)
            offers += len(offered) - 1
    assert offers > 0


@pytest.mark.parametrize("seed", range(5, 8))
def test_one_is_found_wherever_one_goes_over_a_single_arc(seed: int) -> None:
    """Nothing that is admissible is missed."""
    graph = town(seed, 4)
    weights = weights_of(graph, seed)
    metric, network = metric_of(graph, weights), drawn(graph, weights)
    asked = Measures(stretch=0.4, overlap=0.5, optimal=0.0)
    for start, end in np.random.default_rng(seed).integers(0, graph.nodes, (15, 2)).tolist():
        offered = alternatives(graph, metric, [Terminal(start)], [Terminal(end)], count=1, measures=asked)
        if start != end and offered:
            assert (len(offered) > 1) == _exists(network, weights, offered[0], (start, end), asked)


def _exists(network: Any, weights: Any, best: Alternative, ends: tuple[int, int], asked: Measures) -> bool:
    start, end = ends
    first, last = nx.single_source_dijkstra_path(network, start), nx.single_source_dijkstra_path(network.reverse(), end)
    own = set((best.found.arcs // 2).tolist())
    for u, v in network.edges:
        path = [*first[u], *reversed(last[v])] if u in first and v in last else [u, u]
        arcs = [network[a][b]["arc"] for a, b in pairwise(path)] if len(set(path)) == len(path) else []
        if arcs and weights[arcs].sum() <= int(best.found.cost * (1 + asked.stretch)):
            shared = sum(int(weights[arc]) for arc in arcs if arc // 2 in own)
            if shared <= asked.overlap * best.found.cost:
                return True
    return False


def test_turns_are_paid_for_and_told() -> None:
    """What a way costs is what its arcs, turns and ends cost."""
    graph = town(9)
    metric = metric_of(graph, weights_of(graph, 9), turned=True)
    places, offers = scattered(graph, metric, 20, 9), 0
    for start, end in pairwise(places):
        starts, ends = terminals(graph, metric, start), terminals(graph, metric, end, reverse=True)
        offered = alternatives(graph, metric, starts, ends, measures=Measures(stretch=0.5))
        offers += len(offered[1:])
        for found in (each.found for each in offered[1:]):
            own = int(metric.weights[found.arcs].sum()) + int(found.turned.sum())
            assert found.cost == own + found.start.cost + found.end.cost
            assert len(found.turned) == len(found.arcs) + 1
    assert offers > 3


def test_two_ways_round_a_block_are_both_offered() -> None:
    """The plainest case, with its figures."""
    ways = [[(0, 0), (100, 0)], [(100, 0), (150, 60), (200, 0)], [(100, 0), (150, -70), (200, 0)], [(200, 0), (300, 0)]]
    graph = graph_of(ways)
    metric: Metric = metric_of(graph, np.repeat(np.rint(graph.length * 1000), 2).astype(np.uint32))
    offered = alternatives(graph, metric, [Terminal(0)], [Terminal(3)])
    assert [each.found.arcs.tolist() for each in offered] == [[0, 2, 6], [0, 4, 6]]
    assert offered[1].stretch == pytest.approx((graph.length[2] - graph.length[1]) / (200 + graph.length[1]), abs=1e-4)
    assert offered[1].shared == pytest.approx(200 / (200 + graph.length[1]), abs=1e-4)


@pytest.mark.parametrize("named", [{"stretch": -0.1}, {"overlap": 1.5}, {"optimal": float("nan")}])
def test_measures_that_are_no_shares_are_refused(named: dict[str, float]) -> None:
    """A share is between nothing and all."""
    with pytest.raises(QalaError) as refusal:
        Measures(**named)
    assert refusal.value.code == "bad-alternative-measures"


@pytest.mark.parametrize("count", [-1, MOST + 1])
def test_a_number_of_alternatives_beyond_reason_is_refused(count: int) -> None:
    """None is a number, minus one is not."""
    graph = graph_of([[(0.0, 0.0), (500.0, 0.0)]])
    metric = metric_of(graph, np.full(2, 1000, dtype=np.uint32))
    with pytest.raises(QalaError) as refusal:
        alternatives(graph, metric, [Terminal(0)], [Terminal(1)], count=count)
    assert refusal.value.code == "bad-alternative-measures"
