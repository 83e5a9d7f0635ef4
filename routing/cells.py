"""Cells of a network: parts that few nodes join to the rest, so that a large matrix goes by way of those few.

A hierarchy's order cuts the network along few nodes, again and again. What lies below its uppermost nodes falls into
cells; a cell's gates are the uppermost nodes next to it. Who comes from elsewhere enters by a gate, so a cost is the
least, over the gates of the target's cell, of the cost to the gate and of that from there: both are costs in the whole
network, and sums of whole numbers are exact. From each place only gates are searched for instead of every target.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.network import INF, Ids, Ints
from routing.skeleton import Skeleton, Weights

SHARE: Final = 32
"""A cell has at most one in so many of a network's nodes."""

LEAST: Final = 20_000
"""Pairs from which on it pays to go by way of gates."""

_AT_ONCE: Final = 1 << 16

Costs = Callable[[Ints, Ints], Weights]
"""Returns what getting from each of some nodes to each of others costs [ms], INF where no way leads."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """The cells of a skeleton.

    Attributes:
        cell: of each node, -1 where it is above them.
        offsets, nodes: those of cell ``c`` are ``nodes[offsets[c]:offsets[c + 1]]``: its gates.
    """

    cell: Ints
    offsets: Ids
    nodes: Ints

    @classmethod
    def of(cls, skeleton: Skeleton, order: Ids) -> "Cells":
        """Return those that an order makes: its nodes from the first that is contracted to the uppermost."""
        rank = np.empty(skeleton.nodes, dtype=np.int64)
        rank[order] = np.arange(skeleton.nodes)
        above = _above(rank[skeleton.tail], rank[skeleton.head], skeleton.nodes)
        cell, count = _labelled(above, max(skeleton.nodes // SHARE, 1))
        cell = cell[rank]
        inner, outer = cell[skeleton.tail], cell[skeleton.head]
        # Arcs may lead one way only, but a gate is one whichever way it is passed.
        out, into = (inner >= 0) & (outer < 0), (inner < 0) & (outer >= 0)
        pairs = np.unique(
            np.column_stack([
                np.concatenate([inner[out], outer[into]]),
                np.concatenate([skeleton.head[out], skeleton.tail[into]]),
            ]),
            axis=0,
        )  # fmt: skip
        offsets = np.searchsorted(pairs[:, 0], np.arange(count + 1))
        return cls(cell=cell, offsets=offsets, nodes=pairs[:, 1].astype(np.int32))

    def gates(self, cell: int) -> Ints:
        """Return the gates of a cell."""
        return self.nodes[self.offsets[cell] : self.offsets[cell + 1]]

    def between(self, costs: Costs, sources: Ints, targets: Ints) -> Weights:
        """Return what ``costs`` would, searching less."""
        begins, ends = self.cell[sources], self.cell[targets]
        cells, above = np.unique(ends[ends >= 0]).tolist(), np.flatnonzero(ends < 0)
        stops = np.unique(np.concatenate([targets[above], *map(self.gates, cells)]))
        reached = costs(sources, stops)
        found = np.empty((len(sources), len(targets)), dtype=np.uint32)
        found[:, above] = reached[:, np.searchsorted(stops, targets[above])]
        by_stop = np.ascontiguousarray(reached.T)
        for cell in cells:
            rows, columns, gates = np.flatnonzero(begins == cell), np.flatnonzero(ends == cell), self.gates(cell)
            onward = costs(gates, targets[columns])
            found[:, columns] = _through(by_stop[np.searchsorted(stops, gates)], onward).T
            found[np.ix_(rows, columns)] = costs(sources[rows], targets[columns])
        return found


def _through(before: Weights, onward: Weights) -> Weights:
    """Return the least sums over gates, shape (targets, sources); two INF together still fit."""
    least = np.full((onward.shape[1], before.shape[1]), INF, dtype=np.uint32)
    sums = np.empty_like(least)
    for gate, rest in zip(before, onward, strict=True):
        np.add(gate, rest[:, None], out=sums)
        np.minimum(least, sums, out=least)
    return least


def _above(one: Ids, other: Ids, nodes: int) -> "array[int]":
    """Return by rank the node that each hangs below in the tree of eliminations (after J. W. H. Liu), or -1."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    apart = low != high
    pairs = np.unique(high[apart] * nodes + low[apart])
    above, highest = array("i", [-1]) * nodes, array("i", range(nodes))
    for upper, lower in _read(pairs, nodes):
        node = lower
        while (known := highest[node]) != upper:
            highest[node] = upper
            if known == node:
                above[node] = upper
                break
            node = known
    return above


def _read(pairs: Ids, nodes: int) -> Iterator[tuple[int, int]]:
    """Yield pairs in order, few at once: as numbers of Python's they would take many times the memory."""
    for first in range(0, len(pairs), _AT_ONCE):
        part = pairs[first : first + _AT_ONCE]
        yield from zip((part // nodes).tolist(), (part % nodes).tolist(), strict=True)


def _labelled(above: "array[int]", most: int) -> tuple[npt.NDArray[np.int32], int]:
    """Return by rank the cell of each node, -1 where more than so many hang below it; and how many cells there are."""
    sizes = array("i", [1]) * len(above)
    for node, upper in enumerate(above):
        if upper >= 0:
            sizes[upper] += sizes[node]
    cell, count = array("i", [-1]) * len(above), 0
    for node in range(len(above) - 1, -1, -1):
        if sizes[node] > most:
            continue
        upper = above[node]
        if upper < 0 or cell[upper] < 0:
            cell[node], count = count, count + 1
        else:
            cell[node] = cell[upper]
    return np.array(cell, dtype=np.int32), count
