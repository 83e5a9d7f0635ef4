"""Matrices against one search for each pair."""

from itertools import chain

import numpy as np
import pytest

from gis.errors import QalaError
from routing.matrices import MOST_PLACES, Block, costs_between, matrix
from routing.network import INF
from routing.route import Snapped
from tests.routing.bent_town import cost_between, graph_of, metric_of, scattered, town, weights_of


@pytest.mark.parametrize(("seed", "turned"), [(1, False), (2, True)])
def test_each_pair_costs_what_one_search_finds(seed: int, turned: bool) -> None:
    """Places on one way and places at one spot among them."""
    graph = town(seed)
    metric = metric_of(graph, weights_of(graph, seed), turned=turned)
    sources, targets = scattered(graph, metric, 25, seed), scattered(graph, metric, 20, seed + 1)
    targets += sources[:5]
    costs = costs_between(graph, metric, sources, targets)
    expected = [[cost_between(graph, metric, one, other) for other in targets] for one in sources]
    assert costs.tolist() == expected
    assert INF in chain.from_iterable(expected)


def test_a_large_matrix_comes_in_blocks_of_rows() -> None:
    """Together they are the whole."""
    graph = town(3)
    metric = metric_of(graph, weights_of(graph, 3))
    places = scattered(graph, metric, 23, 3)
    blocks = list(matrix(graph, metric, places, places, at_once=100))
    assert [(block.first, len(block.costs)) for block in blocks] == [(n, 4) for n in range(0, 20, 4)] + [(20, 3)]
    whole = np.concatenate([block.costs for block in blocks])
    assert (whole == costs_between(graph, metric, places, places)).all()


def test_what_is_not_reached_is_null() -> None:
    """Never a large number."""
    block = Block(0, np.array([[1500, INF]], dtype=np.uint32))
    assert block.seconds() == [[1.5, None]]


@pytest.mark.parametrize(("sources", "targets", "code"), [
    (0, 1, "empty-matrix"), (1, 0, "empty-matrix"), (1, MOST_PLACES + 1, "matrix-too-large"),
])  # fmt: skip
def test_empty_and_boundless_matrices_are_refused(sources: int, targets: int, code: str) -> None:
    """The bound is told."""
    graph = graph_of([[(0.0, 0.0), (500.0, 0.0)]])
    metric = metric_of(graph, np.full(2, 1000, dtype=np.uint32))
    place = Snapped(asked=(0, 0), point=(0.0, 0.0), away=0, edge=0, along=0.0)
    with pytest.raises(QalaError) as refusal:
        matrix(graph, metric, [place] * sources, [place] * targets)
    assert refusal.value.code == code
