"""Which ways are joined to the rest: ways on an island are near a place and still lead nowhere."""

from collections import deque
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from routing.metric import Metric
from routing.network import INF, Graph
from routing.skeleton import Skeleton

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a network hangs together.

    Attributes:
        leaves: of each edge, whether one gets from it to the greatest part of the network.
        comes: whether one gets to it from there.
    """

    leaves: Flags
    comes: Flags


_KEPT: Final = 8
"""Ways of passing one skeleton of which the parts are kept."""

_last: WeakKeyDictionary[Metric, tuple[object, object, Parts]] = WeakKeyDictionary()
_kept: WeakKeyDictionary[Skeleton, deque[tuple[Flags, Parts]]] = WeakKeyDictionary()


def parts(graph: Graph, metric: Metric) -> Parts:
    """Return what hangs together for whoever moves: by what the metric passes, or, for who walks, on the map.

    They are kept as long as the metric's skeleton is, for whoever passes the same arcs of it.
    """
    last = _last.get(metric)
    if last is None or last[0] is not metric.weights or last[1] is not graph.feature_id:
        last = _last[metric] = metric.weights, graph.feature_id, _parts(graph, metric)
    return last[2]


def _parts(graph: Graph, metric: Metric) -> Parts:
    passed = metric.weights < INF if metric.approach.joined else np.repeat(graph.feature_id >= 0, 2)
    kept = _kept.setdefault(metric.skeleton, deque(maxlen=_KEPT))
    for known, found in tuple(kept):
        if np.array_equal(known, passed):
            return found
    made = _found(graph, passed)
    kept.append((passed, made))
    return made


def _found(graph: Graph, passed: Flags) -> Parts:
    arcs = np.flatnonzero(passed)
    ones = np.ones(len(arcs), dtype=np.int8)
    links = coo_array((ones, (graph.tail[arcs], graph.head[arcs])), shape=(graph.nodes, graph.nodes)).tocsr()
    _, group = connected_components(links, directed=True, connection="strong")
    sizes = np.bincount(group, weights=np.bincount(graph.tail[arcs], minlength=graph.nodes))
    root = int(np.flatnonzero(group == int(np.argmax(sizes)))[0])
    to, fro = _reached(links.T.tocsr(), root), _reached(links, root)
    onward, back = passed[::2], passed[1::2]
    return Parts(
        leaves=(onward & to[graph.v]) | (back & to[graph.u]),
        comes=(onward & fro[graph.u]) | (back & fro[graph.v]),
    )


def _reached(links: csr_array, root: int) -> Flags:
    found = np.zeros(links.shape[0], dtype=bool)
    found[breadth_first_order(links, root, return_predecessors=False)] = True
    return found
