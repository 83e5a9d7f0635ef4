"""Run by the rivals' own Python: reads arcs and pairs from a file, prints the median time of a path by igraph [ms]."""

import sys
import time
from array import array
from pathlib import Path
from statistics import median

import igraph

with Path(sys.argv[1]).open("rb") as file:

    def _read(count: int) -> list[int]:
        values = array("q")
        values.fromfile(file, count)
        return values.tolist()

    nodes, arcs, pairs = _read(3)
    tails, heads, weights = (_read(arcs) for _ in range(3))
    ends = _read(2 * pairs)

graph = igraph.Graph(n=nodes, edges=list(zip(tails, heads, strict=True)), directed=True)
spent = []
for source, target in zip(ends[::2], ends[1::2], strict=True):
    begun = time.perf_counter()
    graph.get_shortest_path(source, to=target, weights=weights, output="epath")
    spent.append(time.perf_counter() - begun)
print(median(spent) * 1000)  # noqa: T201 - its answer
