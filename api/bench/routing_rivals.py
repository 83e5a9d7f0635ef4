"""Rivals in searching ways: networkx beside us, igraph in the rivals' environment, both over the very same weights."""

import subprocess
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gis.errors import Unavailable
from routing.metric import Metric, Terminal
from routing.network import INF, Graph

_IGRAPH: Final = Path(__file__).with_name("igraph_paths.py")
_SLOW: Final = 12
"""Pairs that networkx is asked for in one measurement, the first ones."""

Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Searched:
    """A graph with its weights, and the pairs of nodes between which ways are sought."""

    graph: Graph
    metric: Metric
    pairs: Pairs

    @cached_property
    def arcs(self) -> tuple[Any, Any, Any]:
        """Tails, heads and weights of the arcs that are passed; of parallel ones the cheapest."""
        usable = np.flatnonzero(self.metric.weights < INF)
        order = usable[np.argsort(self.metric.weights[usable], kind="stable")]
        keys = self.graph.tail[order].astype(np.int64) * self.graph.nodes + self.graph.head[order]
        _, first = np.unique(keys, return_index=True)
        chosen = order[first]
        return self.graph.tail[chosen], self.graph.head[chosen], self.metric.weights[chosen]

    @cached_property
    def networkx(self) -> Any:
        """The same as networkx has it."""
        import networkx as nx  # noqa: PLC0415 - only the bench needs it

        made: Any = nx.DiGraph()
        made.add_nodes_from(range(self.graph.nodes))
        made.add_weighted_edges_from(zip(*(each.tolist() for each in self.arcs), strict=True))
        return made

    def by_networkx(self) -> float:
        """Return the median time of its quickest search with a path, from both ends [ms]."""
        import networkx as nx  # noqa: PLC0415 - only the bench needs it

        graph = self.networkx
        return timed(self.pairs[:_SLOW], lambda a, b: nx.bidirectional_dijkstra(graph, a, b))

    def by_igraph(self, programs: Path, folder: Path) -> float:
        """Return the median time of igraph's search with a path [ms].

        Raises:
            Unavailable: it failed.
        """
        place = folder / "igraph.arcs"
        tails, heads, weights = self.arcs
        with place.open("wb") as file:
            for column in ([self.graph.nodes, len(tails), len(self.pairs)], tails, heads, weights, self.pairs.ravel()):
                array("q", np.asarray(column).tolist()).tofile(file)
        done = subprocess.run(
            [str(programs / "python"), str(_IGRAPH), str(place)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unavailable(f"igraph failed: {done.stderr.strip()[-400:]}")
        return float(done.stdout)


def timed(pairs: Pairs, search: Callable[[int, int], object]) -> float:
    """Return the median time of a search between pairs [ms]."""
    spent: list[float] = []
    for source, target in pairs.tolist():
        begun = time.perf_counter()
        search(source, target)
        spent.append(time.perf_counter() - begun)
    return median(spent) * 1000


def joined_pairs(metric: Metric, nodes: Sequence[int], count: int, seed: int = 7) -> Pairs:
    """Return so many random pairs of nodes between which there is a way."""
    random = np.random.default_rng(seed)
    found: list[tuple[int, int]] = []
    while len(found) < count:
        source, target = (int(each) for each in random.choice(nodes, 2))
        if source != target and metric.path([Terminal(source)], [Terminal(target)]) is not None:
            found.append((source, target))
    return np.array(found, dtype=np.int64)
