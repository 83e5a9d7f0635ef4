"""Large matrices go by way of gates and cost what SciPy finds, whatever the order that makes the cells."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import cells
from routing.cells import LEAST, Cells
from routing.network import INF, Graph, Ints
from routing.skeleton import Skeleton, Weights
from tests.routing.bent_town import metric_of, town, weights_of
from tests.routing.drawn import priced_graphs
from tests.routing.grid_town import swept


@settings(max_examples=80)
@given(priced_graphs(), st.integers(1, 8), st.randoms(use_true_random=False))
def test_gates_lose_and_add_nothing(drawn: tuple[Graph, Any], share: int, chance: Any) -> None:
    """Any order of the nodes is right, and cells may be large or small."""
    graph, weights = drawn
    costs = np.minimum(swept(graph, weights, range(graph.nodes)), INF).astype(np.uint32)
    order = list(range(graph.nodes))
    chance.shuffle(order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "SHARE", share)
        made = Cells.of(Skeleton.plain(graph), np.array(order, dtype=np.int64))
    sources = np.array([chance.randrange(graph.nodes) for _ in range(6)], dtype=np.int32)
    targets = np.array(sorted({chance.randrange(graph.nodes) for _ in range(6)}), dtype=np.int32)

    def told(one: Ints, other: Ints) -> Weights:
        found: Weights = costs[np.ix_(one, other)]
        return found

    assert np.array_equal(made.between(told, sources, targets), costs[np.ix_(sources, targets)])


@pytest.mark.parametrize("turned", [False, True])
def test_a_large_matrix_costs_what_scipy_finds(turned: bool) -> None:
    """More pairs than are searched one by one, in a town with one-way and closed ways."""
    graph = town(4, 13)
    weights = weights_of(graph, 4)
    nodes = range(graph.nodes)
    swift = metric_of(graph, weights, turned=turned)
    assert len(nodes) ** 2 >= LEAST
    slow = type(swift)(swift.skeleton, weights, turns=swift.turns if turned else None)
    assert (swift.accelerated, slow.accelerated) == (True, False)
    assert np.array_equal(swift.matrix(nodes, nodes), slow.matrix(nodes, nodes))
