"""How long it takes, where a metric minimises more than time: ways that are shunned or unknown are dearer than long."""

from weakref import WeakKeyDictionary

import numpy as np

from routing.metric import Metric, Terminal
from routing.network import INF, Graph
from routing.route import Snapped
from routing.skeleton import Weights
from routing.snapping import access_seconds, along_edge, terminals

_kept: WeakKeyDictionary[Metric, tuple[Weights, Weights, Metric]] = WeakKeyDictionary()


def timed(metric: Metric) -> Metric:
    """Return a metric over the same ways that minimises time alone [ms]; SciPy answers it.

    It is kept as long as the other one is, and made anew where that has changed.
    """
    weights, turns = metric.weights, metric.turns
    known = _kept.get(metric)
    if known is not None and known[0] is weights and known[1] is turns:
        return known[2]
    times = np.rint(np.nan_to_num(metric.seconds.astype(np.float64) * 1000, posinf=INF - 1, nan=INF - 1))
    passed = np.where(weights < INF, np.minimum(times, INF - 1), INF).astype(np.uint32)
    made = Metric(metric.skeleton, passed, metric.seconds, metric.delays, turns=turns, approach=metric.approach)
    _kept[metric] = (weights, turns, made)
    return made


def seconds_between(graph: Graph, metric: Metric, start: Snapped, end: Snapped) -> float:
    """Return how long the cheapest way from one place to another takes [s]; infinite where none leads there."""
    direct = along_edge(metric, start, end)
    found = metric.path(terminals(graph, metric, start), terminals(graph, metric, end, reverse=True))
    if direct is not None and (found is None or direct.cost <= found.cost):
        spent = _run(metric, direct.arc, direct.share, to_end=direct.to_end) if direct.share else 0.0
        return spent + access_seconds(metric, direct.start, direct.end)
    if found is None:
        return float("inf")
    first, last = found.start.spot or start, found.end.spot or end
    spent = float(metric.seconds[found.arcs].sum(dtype=np.float64)) + float(found.turned.sum()) / 1000.0
    spent += access_seconds(metric, first, last)
    return spent + _part(metric, first, found.start, to_end=True) + _part(metric, last, found.end, to_end=False)


def _part(metric: Metric, spot: Snapped, terminal: Terminal, *, to_end: bool) -> float:
    """Return how long the part of a way takes that lies before a place, or with ``to_end`` behind it."""
    if terminal.arc < 0:
        return 0.0
    before = spot.along if terminal.arc % 2 == 0 else 1.0 - spot.along
    return _run(metric, terminal.arc, 1.0 - before if to_end else before, to_end=to_end)


def _run(metric: Metric, arc: int, share: float, *, to_end: bool) -> float:
    delay = float(metric.delays[arc])
    return (float(metric.seconds[arc]) - delay) * share + (delay if to_end else 0.0)
