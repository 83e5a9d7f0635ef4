"""One way of pricing a skeleton's arcs, and the searches over it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gis.errors import BadRequest
from gis.text import Text
from routing.approach import NONE, Approach
from routing.cells import LEAST
from routing.hierarchy import Hierarchy
from routing.network import INF, Ids, Ints
from routing.route import Snapped
from routing.skeleton import Ports, Skeleton, Weights
from routing.sweep import Sweep, as_weights

_MANY: Final = 2_000
"""From so many changed arcs on, a metric is customised anew: that costs less than going from arc to arc."""


class BadWeights(BadRequest):
    """Weights that are no times: not a number, or less than nothing."""

    code = "bad-weights"


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where a search begins or ends.

    Attributes:
        node: of the graph.
        cost: what is spent between the place and the node [ms].
        arc: the one by which the node is come to from the place, or left towards it; -1 where the place is the node.
        spot: where the place is put onto the graph for it, where that is told.
    """

    node: int
    cost: int = 0
    arc: int = -1
    spot: Snapped | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The cheapest way.

    Attributes:
        cost: with that of both terminals [ms].
        arcs: of the graph, in order, between the two nodes.
        start, end: the terminals that it joins.
        turned: milliseconds spent turning before the first arc and after each; empty where nothing tells.
    """

    cost: int
    arcs: Ids
    start: Terminal
    end: Terminal
    turned: Ids = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


Times = npt.NDArray[np.float32]

Place = int | Sequence[Terminal]
"""A node, or the terminals of a place."""


def checked(weights: npt.ArrayLike) -> Weights:
    """Return weights as whole milliseconds.

    Raises:
        BadWeights: one is not a number or negative.
    """
    given = np.asarray(weights)
    if given.dtype == np.uint32:
        capped: Weights = np.minimum(given, np.uint32(INF))
        return capped
    bad = np.flatnonzero(~(given >= 0))
    if len(bad):
        raise BadWeights(_NO_WEIGHT.filled(arc=int(bad[0]), value=given[bad[0]]), arc=int(bad[0]))
    return as_weights(np.rint(given))


class Metric:
    """Weights over a skeleton.

    Any number of threads may ask; one at a time is let into the hierarchy, and none while it is brought up to date.

    Attributes:
        weights: of the graph's arcs [ms], :data:`routing.network.INF` where nobody passes.
        seconds: how long they take; delays: the part of it that is spent at what stands at their ends.
        approach: how one gets from places to ways.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        weights: npt.ArrayLike,
        seconds: npt.ArrayLike | None = None,
        delays: npt.ArrayLike | None = None,
        *,
        turns: Weights | None = None,
        hierarchy: Hierarchy | None = None,
        approach: Approach = NONE,
        by_time: bool = True,
    ) -> None:
        """Price a skeleton.

        Args:
            skeleton: what is searched.
            weights: of the graph's arcs [ms].
            seconds: how long they take; as long as they cost, where that is left out.
            delays: the part of it that is spent at what stands at their ends; none, where that is left out.
            turns: of the skeleton's other arcs.
            hierarchy: the skeleton's, where it stands.
            approach: how one gets from places to ways; at no cost, where that is left out.
            by_time: whether weights are times, however dear; else they are lengths [mm].

        Raises:
            BadWeights: a weight is not a number or negative.
        """
        self.skeleton, self.approach, self._by_time = skeleton, approach, by_time
        self._turns = np.zeros(0, dtype=np.uint32) if turns is None else turns
        self._lock = threading.RLock()
        self._sweeps: dict[bool, Sweep] = {}
        self._fast: Any = None
        self._hierarchy: Hierarchy | None = None
        cost = checked(weights)
        times = np.asarray(cost / 1000.0 if seconds is None else seconds, dtype=np.float32)
        held = np.zeros(len(cost), dtype=np.float32) if delays is None else np.asarray(delays, dtype=np.float32)
        self._set(cost, times, held)
        if hierarchy is not None:
            self.adopt(hierarchy)

    def _set(self, weights: Weights, seconds: Times, delays: Times) -> None:
        self.weights, self.seconds, self.delays = weights, seconds, delays
        self._all = np.concatenate([weights, self._turns]) if len(self._turns) else weights

    @property
    def off(self) -> float:
        """What a metre between a place and its way costs, in what weights are."""
        return 1000.0 * (self.approach.pace if self._by_time else 1.0)

    def held(self, arcs: Ids) -> Ids:
        """Return what part of arcs' weights is spent where they end; the rest is spread along them."""
        seconds, delays = (each[arcs].astype(np.float64) for each in (self.seconds, self.delays))
        if not self._by_time or not delays.any():
            return np.zeros(len(arcs), dtype=np.int64)
        shares = np.divide(delays, seconds, out=np.zeros(len(arcs)), where=seconds > 0)
        return np.rint(self.weights[arcs] * np.minimum(shares, 1.0)).astype(np.int64)

    @property
    def accelerated(self) -> bool:
        """Whether a hierarchy answers."""
        return self._fast is not None

    @property
    def turns(self) -> Weights:
        """What turns cost [ms]; empty where none does."""
        return self._turns

    def adopt(self, hierarchy: Hierarchy) -> None:
        """Search by a hierarchy from now on; it must be that of this skeleton."""
        with self._lock:
            if hierarchy.accelerated:
                self._fast, self._hierarchy = hierarchy.customised(self._all), hierarchy

    def update(self, arcs: Ids, weights: npt.ArrayLike, seconds: npt.ArrayLike, delays: npt.ArrayLike) -> None:
        """Change what some arcs of the graph cost."""
        with self._lock:
            fresh = _with(self.weights, arcs, checked(weights))
            times = _with(self.seconds, arcs, np.asarray(seconds, dtype=np.float32))
            held = _with(self.delays, arcs, np.asarray(delays, dtype=np.float32))
            self._become(fresh, times, held, self._turns, arcs)

    def turn(self, turns: Weights) -> None:
        """Change what the skeleton's other arcs cost."""
        with self._lock:
            self._become(self.weights, self.seconds, self.delays, turns)

    def _become(
        self, weights: Weights, seconds: Times, delays: Times, turns: Weights, among: Ids | None = None
    ) -> None:
        """Take up other weights; ``among`` says which may differ, where that is known."""
        before, self._turns = self._all, turns
        self._set(weights, seconds, delays)
        if among is None or len(among) > len(before) // 8:
            changed = np.flatnonzero(before != self._all)
        else:
            changed = among[before[among] != self._all[among]]
        if not len(changed):
            return
        self._sweeps.clear()
        if self._fast is not None and len(changed) < _MANY:
            self._fast.update_weights(changed.astype(np.uint32), self._all[changed])
        elif self._fast is not None:
            self._fast.customize(self._all)

    def path(self, starts: Sequence[Terminal], ends: Sequence[Terminal]) -> Found | None:
        """Return the cheapest way from one of some terminals to one of others, or ``None`` where there is none."""
        if not starts or not ends:
            return None
        with self._lock:
            found = self._by_sweep(starts, ends) if self._fast is None else self._by_hierarchy(starts, ends)
        return None if found is None or found.cost >= INF else found

    def _by_hierarchy(self, starts: Sequence[Terminal], ends: Sequence[Terminal]) -> Found | None:
        """Ask first what each pair costs, where there are several: telling a path takes far longer than its cost."""
        entries, exits = self._entries(starts), self._exits(ends)
        (start, origin), (end, target) = entries[0], exits[0]
        if len(entries) * len(exits) > 1:
            nodes = [np.array([node for _, node in each], dtype=np.int32) for each in (entries, exits)]
            spent = [np.array([terminal.cost for terminal, _ in each], dtype=np.int64) for each in (entries, exits)]
            costs = self._costs(*nodes) + spent[0][:, None] + spent[1]
            row, column = divmod(int(np.argmin(costs)), len(exits))
            (start, origin), (end, target) = entries[row], exits[column]
        cost, _, arcs = self._fast.query(origin, target)
        if cost >= INF:
            return None
        return self._found(start.cost + cost + end.cost, np.array(arcs, dtype=np.int64), start, end)

    def _by_sweep(self, starts: Sequence[Terminal], ends: Sequence[Terminal]) -> Found | None:
        entries, exits = self._entries(starts), self._exits(ends)
        costs, before = self._sweep().path([(node, start.cost) for start, node in entries])
        end, last = min(exits, key=lambda pair: costs[pair[1]] + pair[0].cost)
        if not np.isfinite(costs[last]):
            return None
        nodes = _walked(before, last, self.skeleton.nodes)
        start = min((s for s, node in entries if node == nodes[0]), key=lambda s: s.cost)
        arcs = self.skeleton.onward.cheapest(self._all, np.array(nodes, dtype=np.int32))
        return self._found(round(costs[last]) + end.cost, arcs, start, end)

    def _found(self, cost: int, arcs: Ids, start: Terminal, end: Terminal) -> Found:
        """Tell turns from arcs of the graph."""
        if not len(self._turns):
            return Found(cost, arcs, start, end)
        own = arcs < self.skeleton.arcs
        turned = np.zeros(int(own.sum()) + 1, dtype=np.int64)
        np.add.at(turned, np.cumsum(own)[~own], self._all[arcs[~own]])
        return Found(cost, arcs[own], start, end, turned)

    def _entries(self, terminals: Sequence[Terminal]) -> list[tuple[Terminal, int]]:
        """Return where searches from terminals begin."""
        return self._placed(terminals, self.skeleton.head, self.skeleton.departures)

    def _exits(self, terminals: Sequence[Terminal]) -> list[tuple[Terminal, int]]:
        """Return where searches to terminals end."""
        return self._placed(terminals, self.skeleton.tail, self.skeleton.arrivals)

    def _placed(self, terminals: Sequence[Terminal], by_arc: Ints, ports: Ports | None) -> list[tuple[Terminal, int]]:
        if ports is None:
            return [(terminal, terminal.node) for terminal in terminals]
        found = []
        for terminal in terminals:
            places = ports.of(terminal.node).tolist() if terminal.arc < 0 else [int(by_arc[terminal.arc])]
            found += [(terminal, place) for place in places]
        return found

    def matrix(self, sources: Sequence[Place], targets: Sequence[Place]) -> Weights:
        """Return what getting from each source to each target costs [ms], INF where there is no way; shape (s, t).

        Ways along a single edge on which two places lie are not among those looked at: see :mod:`routing.snapping`.
        """
        entries, exits = (
            [self._entries(_terminals(place)) for place in sources],
            [self._exits(_terminals(place)) for place in targets],
        )
        first, last = _Pins(entries), _Pins(exits)
        with self._lock:
            costs = self._costs(first.nodes, last.nodes)
        onward = np.ascontiguousarray(first.least(costs).T)
        return np.ascontiguousarray(last.least(onward).T)

    def _costs(self, sources: Ints, targets: Ints) -> Weights:
        if self._fast is None:
            return as_weights(self._sweep().matrix(sources, targets))
        if self._hierarchy is None or len(sources) * len(targets) < LEAST:
            return self._each(sources, targets)
        return self._hierarchy.cells.between(self._each, sources, targets)

    def _each(self, sources: Ints, targets: Ints) -> Weights:
        """Search from each source for each target."""
        if not len(sources) or not len(targets):
            return np.zeros((len(sources), len(targets)), dtype=np.uint32)
        found = self._fast.distances_many_to_many(sources.astype(np.uint32), targets.astype(np.uint32))
        return np.asarray(found, dtype=np.uint32).reshape(len(sources), len(targets))

    def reach(self, starts: Sequence[Terminal], limit: int = INF, *, reverse: bool = False) -> Weights:
        """Return what reaching each node of the graph costs [ms], INF beyond the limit.

        Args:
            starts: where from; with ``reverse`` where to.
            limit: [ms].
            reverse: whether to sweep against the arcs: what getting from each node to the terminals costs.
        """
        costs = self._reached(starts, limit, reverse=reverse)
        ports = self.skeleton.departures if reverse else self.skeleton.arrivals
        return costs if ports is None else np.minimum.reduceat(costs[ports.places], ports.offsets[:-1])

    def begun(self, starts: Sequence[Terminal], limit: int = INF, *, reverse: bool = False) -> Weights:
        """Return what has been spent when each arc of the graph is begun [ms], INF beyond the limit.

        With ``reverse``: what there is still to spend when it has been passed. Where turns cost, that of the turn into
        the arc (or out of it) is spent by then, which no cost of a node can tell.
        """
        ends = self.skeleton.head if reverse else self.skeleton.tail
        return self._reached(starts, limit, reverse=reverse)[ends[: self.skeleton.arcs]]

    def _reached(self, starts: Sequence[Terminal], limit: int, *, reverse: bool) -> Weights:
        placed = self._exits(starts) if reverse else self._entries(starts)
        with self._lock:
            sweep = self._sweep(reverse=reverse)
        return as_weights(sweep.reach([(node, terminal.cost) for terminal, node in placed], float(limit)))

    def _sweep(self, *, reverse: bool = False) -> Sweep:
        if reverse not in self._sweeps:
            sparse = self.skeleton.backward if reverse else self.skeleton.onward
            self._sweeps[reverse] = Sweep(sparse=sparse, costs=sparse.costs(self._all))
        return self._sweeps[reverse]


class _Pins:
    """Nodes of several places, each once, and how places are read off them."""

    def __init__(self, places: Sequence[Sequence[tuple[Terminal, int]]]) -> None:
        spread = [(terminal.cost, node) for place in places for terminal, node in place]
        known, where = np.unique(np.array([node for _, node in spread], dtype=np.int64), return_inverse=True)
        self.nodes: Ints = known.astype(np.int32)
        self._where = where.ravel()
        self._costs = np.array([min(cost, INF) for cost, _ in spread], dtype=np.uint32)
        self._counts = np.array([len(place) for place in places], dtype=np.int64)
        self._plain = bool((self._counts == 1).all()) and not self._costs.any()

    def least(self, costs: Weights) -> Weights:
        """Return the least costs of places, where ``costs`` has a row for each node; two INF together still fit."""
        if self._plain:
            return costs[self._where]
        found = np.full((len(self._counts), costs.shape[1]), INF, dtype=np.uint32)
        firsts = np.cumsum(self._counts) - self._counts
        for turn in range(int(self._counts.max(initial=0))):
            some = np.flatnonzero(self._counts > turn)
            at = firsts[some] + turn
            found[some] = np.minimum(found[some], costs[self._where[at]] + self._costs[at, None])
        return found


def _with(column: npt.NDArray[Any], places: Ids, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a column with other values at some places; itself where they are the same: readers share it."""
    if len(places) == len(column) and np.array_equal(places, np.arange(len(column))):
        return values
    if np.array_equal(column[places], values):
        return column
    other = column.copy()
    other[places] = values
    return other


def _terminals(place: Place) -> Sequence[Terminal]:
    return [Terminal(int(place))] if isinstance(place, int | np.integer) else place


def _walked(before: Ints, last: int, source: int) -> list[int]:
    """Return the nodes from the source's first to the last."""
    nodes = [last]
    while before[nodes[-1]] != source:
        nodes.append(int(before[nodes[-1]]))
    return nodes[::-1]


_NO_WEIGHT = Text(
    kk="{arc} доғасының салмағы «{value}»: салмақ нөл немесе оң сан болуы керек, миллисекундпен.",
    ru="Вес дуги {arc} равен «{value}»: он должен быть нулём или положительным числом, в миллисекундах.",
    en="The weight of arc {arc} is '{value}': it must be zero or a positive number, in milliseconds.",
)
