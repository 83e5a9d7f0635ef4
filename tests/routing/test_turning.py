"""Turns cost and are forbidden as an edge-based search by brute force finds."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.hierarchy import Hierarchy
from routing.metric import Metric, Terminal
from routing.network import INF, MODES, Graph, Turns
from routing.turning import FACTORS, SECONDS, turn_kinds, turning
from tests.routing.drawn import cheapest, graph_of, restricted_graphs

MODE: Final = "car"


def turn_cost(graph: Graph, a: int, b: int) -> int:
    """Return what turning from one arc into another costs, by the definition."""
    turns = graph.turns
    rows = np.flatnonzero((turns.from_arc == a) & (turns.to_arc == b))
    if any(not turns.except_modes[row] & (1 << MODES.index(MODE)) for row in rows):
        return INF
    if graph.kind[a >> 1] or graph.kind[b >> 1]:
        return 0
    kind = int(turn_kinds(graph, np.array([a]), np.array([b]))[0])
    return round(SECONDS[kind] * FACTORS[MODE] * 1000)


def by_brute_force(graph: Graph, weights: Any, source: int) -> dict[int, int]:
    """Return what reaching each node costs: every arc is a state, every turn a step."""

    def following(state: int) -> Iterator[tuple[int, int]]:
        for b in graph.arcs_from(int(graph.head[state])).tolist():
            turn = turn_cost(graph, state, b)
            if weights[b] < INF and turn < INF:
                yield b, int(weights[b]) + turn

    begun = {b: int(weights[b]) for b in graph.arcs_from(source).tolist() if weights[b] < INF}
    reached = cheapest(begun, following)
    costs = {source: 0}
    for arc, cost in reached.items():
        node = int(graph.head[arc])
        costs[node] = min(cost, costs.get(node, INF))
    return costs


def held(graph: Graph, weights: Any) -> None:
    """Hold all pairs of nodes against brute force."""
    made = turning(graph)
    costs = made.costs(graph.turns, MODE)
    swift = Metric(made.skeleton, weights, turns=costs, hierarchy=Hierarchy(made.skeleton))
    for metric in (swift, Metric(made.skeleton, weights, turns=costs)):
        for source in range(graph.nodes):
            told = by_brute_force(graph, weights, source)
            expected = [told.get(node, INF) for node in range(graph.nodes)]
            assert metric.reach([Terminal(source)]).tolist() == expected
            assert metric.matrix([source], list(range(graph.nodes)))[0].tolist() == expected
            for target in range(graph.nodes):
                found = metric.path([Terminal(source)], [Terminal(target)])
                assert (INF if found is None else found.cost) == expected[target]
                if found is not None:
                    spent = int(metric.weights[found.arcs].sum() + found.turned.sum())
                    assert spent == found.cost


@settings(max_examples=30)
@given(restricted_graphs())
def test_every_pair_costs_what_brute_force_finds(drawn: tuple[Graph, Any]) -> None:
    """With restrictions from which some modes are excepted."""
    held(*drawn)


@settings(max_examples=40)
@given(restricted_graphs(), st.data())
def test_who_comes_by_an_arc_is_held_to_what_it_forbids(drawn: tuple[Graph, Any], data: st.DataObject) -> None:
    """From having passed one arc to beginning another."""
    graph, weights = drawn
    made = turning(graph)
    metric = Metric(made.skeleton, weights, turns=made.costs(graph.turns, MODE))
    arcs = st.integers(0, max(0, 2 * graph.edges - 1))
    for a, b in data.draw(st.lists(st.tuples(arcs, arcs), max_size=4 if graph.edges else 0)):
        found = metric.path([Terminal(int(graph.head[a]), 0, a)], [Terminal(int(graph.tail[b]), 0, b)])
        assert (INF if found is None else found.cost) == _between(graph, weights, a, b)


def _between(graph: Graph, weights: Any, a: int, b: int) -> int:
    """Return what lies between having passed one arc and beginning another."""

    def following(state: int) -> Iterator[tuple[int, int]]:
        for c in graph.arcs_from(int(graph.head[state % 1000])).tolist():
            turn = turn_cost(graph, state % 1000, c)
            if c == b:
                yield 10_000, turn
            if weights[c] < INF and turn < INF:
                yield c, int(weights[c]) + turn

    # The arc that was passed is a state of its own: coming by it again costs.
    return cheapest({a + 1000: 0}, following).get(10_000, INF)


def crossroads() -> Graph:
    """Four streets that meet at node 0: east, north, west, south of it."""
    return graph_of([(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)], [(0, 1), (0, 2), (0, 3), (0, 4)], [0, 0, 0, 0])


def test_left_costs_more_than_right_and_round_the_most() -> None:
    """Traffic keeps to the right."""
    graph, weights = crossroads(), np.full(8, 1000)
    made = turning(graph)
    metric = Metric(made.skeleton, weights, turns=made.costs(graph.turns, MODE))
    # From the south, by arc 7 to the crossroads, on by arc 0 east, 2 north, 4 west, 6 back south.
    spent = [metric.path([Terminal(0, 0, 7)], [Terminal(0, 0, arc)]) for arc in (0, 2, 4, 6)]
    assert [None if found is None else found.cost for found in spent] == [2000, 0, 5000, 20000]


def test_a_removed_street_leaves_its_crossing_as_if_it_had_never_been() -> None:
    """Its hole neither costs nor counts."""
    graph = crossroads()
    ids = graph.feature_id.copy()
    ids[1] = -1
    weights = np.full(8, 1000, dtype=np.uint32)
    weights[2:4] = INF
    held(graph.replaced(feature_id=ids), weights)


def test_a_new_restriction_at_a_crossing_needs_no_other_nodes() -> None:
    """It is a matter of weights, and heeded at once."""
    graph = crossroads()
    turns = Turns(
        from_arc=np.array([7], dtype=np.int32),
        to_arc=np.array([2], dtype=np.int32),
        except_modes=np.zeros(1, dtype=np.uint8),
        feature_id=np.ones(1, dtype=np.int64),
        hours=(None,),
    )
    banned = graph.replaced(turns=turns)
    made, other = turning(graph), turning(banned)
    assert np.array_equal(made.skeleton.tail, other.skeleton.tail)
    metric = Metric(made.skeleton, np.full(8, 1000), turns=made.costs(turns, MODE))
    straight = metric.path([Terminal(4)], [Terminal(2)])
    assert straight is not None
    # Right into the dead end in the east, round there, and right again.
    assert straight.cost == 4000 + 2000 + 20000 + 2000
