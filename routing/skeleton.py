"""Nodes and arcs as they are searched: a graph's own, or those of a graph in which turns cost."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from routing.network import INF, Floats, Graph, Ids, Ints

Weights = npt.NDArray[np.uint32]


class Sparse:
    """The arcs of a skeleton as a sparse matrix, in one direction; of parallel arcs the cheapest counts."""

    def __init__(self, nodes: int, first: Ints, last: Ints) -> None:
        """Order the arcs from ``first`` to ``last`` nodes."""
        self.nodes = nodes
        keys: Ids = first.astype(np.int64) * nodes + last
        self.order = np.argsort(keys, kind="stable").astype(np.int32)
        ordered = keys[self.order]
        self.groups = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)])
        self.pairs = ordered[self.groups]
        self.columns = (self.pairs % max(nodes, 1)).astype(np.int32)
        counts = np.bincount(self.pairs // max(nodes, 1), minlength=nodes)
        self.offsets = np.concatenate([np.zeros(1, dtype=np.int32), np.cumsum(counts, dtype=np.int32)])

    def costs(self, weights: Weights) -> Floats:
        """Return what each pair of neighbours costs; infinite where no arc is passed."""
        if not len(self.order):
            return np.zeros(0)
        least = np.minimum.reduceat(weights[self.order], self.groups)
        return np.where(least >= INF, np.inf, least.astype(np.float64))

    def cheapest(self, weights: Weights, path: Ints) -> Ids:
        """Return the cheapest arcs along a path of nodes."""
        pairs = path[:-1].astype(np.int64) * self.nodes + path[1:]
        at = np.searchsorted(self.pairs, pairs)
        ends = np.append(self.groups[1:], len(self.order))
        return np.array(
            [self._least(weights, first, last) for first, last in zip(self.groups[at], ends[at], strict=True)],
            dtype=np.int64,
        )

    def _least(self, weights: Weights, first: int, last: int) -> int:
        arcs = self.order[first:last]
        return int(arcs[np.argmin(weights[arcs])])


@dataclass(frozen=True, kw_only=True, eq=False)
class Ports:
    """Where a search from or to a node of the graph begins or ends: ``places[offsets[n]:offsets[n + 1]]``."""

    offsets: Ids
    places: Ints

    def of(self, node: int) -> Ints:
        """Return those of one node."""
        return self.places[self.offsets[node] : self.offsets[node + 1]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Skeleton:
    """Nodes and arcs as they are searched.

    The first ``2m`` arcs are the graph's, though they may meet at other nodes than there: where turns cost, a junction
    is several nodes, joined by arcs of their own.

    Attributes:
        nodes: how many; lonlat: where they are, degrees.
        tail, head: of each arc.
        arcs: how many of the arcs are the graph's.
        departures, arrivals: where a search from or to a node of the graph begins or ends; ``None`` where nodes are the
            graph's own.
    """

    nodes: int
    lonlat: npt.NDArray[np.float32]
    tail: Ints
    head: Ints
    arcs: int
    departures: Ports | None = field(default=None)
    arrivals: Ports | None = field(default=None)

    @cached_property
    def onward(self) -> Sparse:
        """The arcs as they are passed."""
        return Sparse(self.nodes, self.tail, self.head)

    @cached_property
    def backward(self) -> Sparse:
        """The arcs against the way they are passed."""
        return Sparse(self.nodes, self.head, self.tail)

    @classmethod
    def plain(cls, graph: Graph) -> "Skeleton":
        """Return a graph's own nodes and arcs."""
        return cls(nodes=graph.nodes, lonlat=graph.lonlat, tail=graph.tail, head=graph.head, arcs=2 * graph.edges)
