"""Other ways than the cheapest that are worth offering.

An alternative goes over a chosen arc: the cheapest way to it, and from it. What makes it admissible are the three
measures of Abraham, Delling, Goldberg and Werneck (*Alternative Routes in Road Networks*, 2010): it shares little with
each way already offered; it costs little more than the cheapest; and it is locally optimal, each stretch of it up to a
given cost being itself a cheapest way, so that it has no needless detours. Arcs that lie on many cheapest ways both
from the start and to the end (plateaus) are looked at first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gis.errors import BadRequest
from gis.text import Text
from routing.metric import Found, Metric, Terminal
from routing.network import INF, Graph

Costs = npt.NDArray[np.int64]

MOST: Final = 5
"""Alternatives that are offered at most."""

_LOOKED_AT: Final = 60
"""Ways that are followed in search of them."""


class BadMeasures(BadRequest):
    """Measures by which nothing can be an alternative."""

    code = "bad-alternative-measures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What is admissible.

    Attributes:
        stretch: by what share of the cheapest way's cost it may cost more.
        overlap: what share of the cheapest way's cost may be spent on ways shared with any one other that is offered.
        optimal: stretches that cost up to this share of the cheapest way's cost must be cheapest ways.
    """

    stretch: float = 0.25
    overlap: float = 0.7
    optimal: float = 0.25

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        for name, value, most in (
            ("stretch", self.stretch, 10),
            ("overlap", self.overlap, 1),
            ("optimal", self.optimal, 1),
        ):
            if not 0 <= value <= most:
                raise BadMeasures(_NO_SHARE.filled(name=name, given=value, most=most), name=name, given=str(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A way that is offered; the first one is the cheapest.

    Attributes:
        found: the way.
        stretch: by what share it costs more than the cheapest.
        shared: what share of the cheapest way's cost it spends on the same edges as the way it shares most with.
    """

    found: Found
    stretch: float
    shared: float


def alternatives(
    graph: Graph,
    metric: Metric,
    starts: Sequence[Terminal],
    ends: Sequence[Terminal],
    *,
    count: int = 2,
    measures: Measures | None = None,
) -> list[Alternative]:
    """Return the cheapest way and up to ``count`` others; nothing where no way leads there.

    Raises:
        BadMeasures: a count that isn't from 0 to :data:`MOST`.
    """
    if not 0 <= count <= MOST:
        raise BadMeasures(_HOW_MANY.filled(most=MOST, given=count), most=MOST, given=count)
    best = metric.path(starts, ends)
    if best is None:
        return []
    offered = [Alternative(found=best, stretch=0.0, shared=0.0)]
    if count == 0 or len(best.arcs) == 0:
        return offered
    search = _Search(graph, metric, starts, ends, best, measures or Measures())
    for found in search.candidates():
        shared = max(search.shared(found, other.found) for other in offered)
        if shared <= search.measures.overlap:
            offered.append(Alternative(found=found, stretch=found.cost / max(best.cost, 1) - 1, shared=shared))
            if len(offered) > count:
                break
    return offered


class _Search:
    """What is spent before and after each arc, and the ways over arcs."""

    def __init__(
        self,
        graph: Graph,
        metric: Metric,
        starts: Sequence[Terminal],
        ends: Sequence[Terminal],
        best: Found,
        measures: Measures,
    ) -> None:
        self.graph, self.metric, self.starts, self.ends = graph, metric, starts, ends
        self.best, self.measures = best, measures
        self.most = int(best.cost * (1 + measures.stretch))
        self.weights: Costs = metric.weights.astype(np.int64)
        self.before: Costs = metric.begun(starts, self.most).astype(np.int64)
        self.after: Costs = metric.begun(ends, self.most, reverse=True).astype(np.int64)
        self.through = self.before + self.weights + self.after

    def candidates(self) -> Iterator[Found]:
        """Yield ways that are admissible but for what they share, those over great plateaus first."""
        looked_at = np.zeros(len(self.weights), dtype=bool)
        looked_at[self.best.arcs] = looked_at[self.best.arcs ^ 1] = True
        left = _LOOKED_AT
        for arc in self._by_plateau(looked_at).tolist():
            found = None if looked_at[arc] else self._over(arc)
            if found is None:
                continue
            # Over another of its arcs one would go this way too, where that is no dearer.
            looked_at[found.arcs[self.through[found.arcs] == self.through[arc]]] = True
            if self._simple(found) and self._locally_optimal(found, arc):
                yield found
            left -= 1
            if not left:
                return

    def _by_plateau(self, known: npt.NDArray[np.bool_]) -> Costs:
        """Return the arcs over which a way isn't too dear, by its cost less that of the plateau that they lie on."""
        arcs = np.flatnonzero((self.through <= self.most) & (self.weights < INF) & ~known)
        costs, groups = np.unique(self.through[arcs], return_inverse=True)
        plateaus = np.bincount(groups, weights=self.weights[arcs], minlength=len(costs))
        worth = costs[groups] - plateaus[groups]
        return arcs[np.lexsort((arcs, self.before[arcs], worth))]

    def _over(self, arc: int) -> Found | None:
        """Return the cheapest way over an arc."""
        tail, head = int(self.graph.tail[arc]), int(self.graph.head[arc])
        there = self.metric.path(self.starts, [Terminal(tail, 0, arc)])
        on = self.metric.path([Terminal(head, 0, arc)], self.ends)
        if there is None or on is None:
            return None
        arcs = np.concatenate([there.arcs, [arc], on.arcs])
        turned = np.concatenate([there.turned, on.turned])
        return Found(there.cost + int(self.weights[arc]) + on.cost, arcs, there.start, on.end, turned)

    def _simple(self, found: Found) -> bool:
        """Tell whether a way comes by no place twice."""
        nodes = np.append(self.graph.tail[found.arcs], self.graph.head[found.arcs[-1]])
        ends = (found.start.arc // 2, found.end.arc // 2)
        return len(np.unique(nodes)) == len(nodes) and not np.isin(found.arcs // 2, [e for e in ends if e >= 0]).any()

    def _locally_optimal(self, found: Found, over: int) -> bool:
        """Tell whether all stretches over an arc, up to the cost for which that is asked, are cheapest ways.

        The rest of the way, before the arc and behind it, is cheapest anyway.
        """
        arcs, at = found.arcs, int(np.flatnonzero(found.arcs == over)[0])
        beside = self.measures.optimal * self.best.cost - int(self.weights[over])
        if beside < 0:
            return True
        first = int(np.argmax(self.before[over] - self.before[arcs[: at + 1]] <= beside))
        last = at + int(np.flatnonzero(self.after[over] - self.after[arcs[at:]] <= beside)[-1])
        cost, starts, ends = found.cost, self.starts, self.ends
        if first > 0:
            arc = int(arcs[first - 1])
            cost, starts = cost - self._spent(arc), [Terminal(int(self.graph.head[arc]), 0, arc)]
        if last + 1 < len(arcs):
            arc = int(arcs[last + 1])
            cost, ends = cost - self._left(arc), [Terminal(int(self.graph.tail[arc]), 0, arc)]
        cheapest = self.metric.path(starts, ends)
        return cheapest is not None and cheapest.cost == cost

    def _spent(self, arc: int) -> int:
        return int(self.before[arc] + self.weights[arc])

    def _left(self, arc: int) -> int:
        return int(self.after[arc] + self.weights[arc])

    def shared(self, found: Found, other: Found) -> float:
        """Return what share of the cheapest way's cost a way spends on edges that another passes too."""
        common = np.isin(found.arcs // 2, other.arcs // 2)
        return float(self.weights[found.arcs[common]].sum() / max(self.best.cost, 1))


_NO_SHARE = Text(
    kk="«{name}» 0 мен {most} аралығындағы үлес болуы керек, {given} берілді.",
    ru="«{name}» должно быть долей от 0 до {most}, дано: {given}.",
    en="'{name}' must be a share from 0 to {most}, {given} was given.",
)
_HOW_MANY = Text(
    kk="Балама жолдардың саны 0 мен {most} аралығында болуы керек, {given} берілді.",
    ru="Число запасных путей должно быть от 0 до {most}, дано: {given}.",
    en="The number of alternatives must be from 0 to {most}, {given} was given.",
)
