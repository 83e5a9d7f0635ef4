"""Dijkstra's search by SciPy over a skeleton: what is reached, and every answer that a hierarchy can't give yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.network import INF, Floats, Ints
from routing.skeleton import Sparse, Weights

_AT_ONCE: Final = 16
"""Sources of a matrix that are swept at once: each takes 8 bytes for every node."""

Start = tuple[int, float]
"""A node and what being there has cost [ms]."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweep:
    """A sparse matrix with its costs."""

    sparse: Sparse
    costs: Floats

    def reach(self, starts: Sequence[Start], limit: float = np.inf) -> Floats:
        """Return what reaching each node costs; infinite beyond the limit."""
        if not starts:
            return np.full(self.sparse.nodes, np.inf)
        found = dijkstra(self._with_source(starts), indices=[self.sparse.nodes], limit=limit)
        return np.asarray(found[0, : self.sparse.nodes], dtype=np.float64)

    def path(self, starts: Sequence[Start]) -> tuple[Floats, Ints]:
        """Return what reaching each node costs, and the node before it; the source's number is the count of nodes."""
        matrix = self._with_source(starts)
        found, before = dijkstra(matrix, indices=[self.sparse.nodes], return_predecessors=True)
        return np.asarray(found[0], dtype=np.float64), np.asarray(before[0], dtype=np.int32)

    def matrix(self, sources: Ints, targets: Ints) -> Floats:
        """Return what getting from each source to each target costs."""
        if not len(sources) or not len(targets):
            return np.full((len(sources), len(targets)), np.inf)
        graph = self._matrix(self.sparse.offsets, self.sparse.columns, self.costs)
        parts = [sources[first : first + _AT_ONCE] for first in range(0, len(sources), _AT_ONCE)]
        return np.concatenate([dijkstra(graph, indices=part)[:, targets] for part in parts])

    def _with_source(self, starts: Sequence[Start]) -> "csr_array[Any, Any]":
        """Return the matrix with one more node, from which each start is reached at its cost."""
        least: dict[int, float] = {}
        for node, cost in starts:
            least[node] = min(cost, least.get(node, np.inf))
        own = self.sparse
        return self._matrix(
            np.append(own.offsets, own.offsets[-1] + len(least)).astype(np.int32),
            np.concatenate([own.columns, np.array(sorted(least), dtype=np.int32)]),
            np.concatenate([self.costs, np.array([least[node] for node in sorted(least)], dtype=np.float64)]),
        )

    @staticmethod
    def _matrix(offsets: Ints, columns: Ints, costs: Floats) -> "csr_array[Any, Any]":
        size = len(offsets) - 1
        return csr_array((costs, columns, offsets), shape=(size, size))


def as_weights(costs: npt.ArrayLike) -> Weights:
    """Return costs as whole milliseconds, :data:`routing.network.INF` where they are infinite or beyond it."""
    return np.minimum(np.asarray(costs, dtype=np.float64), INF).astype(np.uint32)
