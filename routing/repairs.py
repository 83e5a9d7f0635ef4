"""What to repair first: how many people each repair would give a way, or a shorter one.

Trips come from whoever asks: pairs of places, or homes and the nearest of several clinics, each with its people. For
each trip ways are looked for as if nothing barred; what bars them are the candidates, alone and, where several stand on
one way, together. Each is made good in the graph, its arcs are priced anew, and all trips are asked again: what is told
is measured, not guessed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from gis.text import Text
from routing.approach import approach
from routing.findings import Finding, findings
from routing.matrices import costs_between
from routing.mending import mended, repairable, work_told
from routing.metric import Metric, Terminal
from routing.network import INF, Graph, Ids
from routing.pricing import price
from routing.profile import Profile
from routing.reasons import gain_told, listed, object_named
from routing.route import Snapped
from routing.router import Router
from routing.snapping import terminals
from routing.why import bare, lengths, relaxed

MOST: Final = 100
"""Repairs that are measured; those that stand in most people's way first."""

MOST_TOGETHER: Final = 4
"""Objects that are repaired together at most."""

WORTH: Final = (0.0, 300.0)
"""Metres of detour for which one rather does without a repair; ways are looked for with each."""

_ROUNDS: Final = 4
"""How often ways are looked for anew beside those found."""

Tell = Callable[[str, float], None]
Costs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A trip that people make.

    Attributes:
        start: put onto the graph by the profile's metric; ends: likewise; the nearest of them is gone to.
        people: how many, or how often.
    """

    start: Snapped
    ends: tuple[Snapped, ...]
    people: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What is gained when some objects are made good together.

    Attributes:
        findings: the objects and what is wrong with them.
        opened: people who have no way now and would have one.
        shortened: people whose way would take less.
        saved: seconds that the latter save in all, as their profile counts them.
        sentence: all that for a reader.
    """

    findings: tuple[Finding, ...]
    opened: float
    shortened: float
    saved: float
    sentence: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Repairs by what they help, the most helpful first.

    Attributes:
        repairs: those that help anybody.
        people: of all trips; barred: of those that have no way now.
        unrepairable: what else stands in the way, that no builder can change.
        measured: how many repairs were; left: candidates beyond the bound.
    """

    repairs: tuple[Repair, ...]
    people: float
    barred: float
    unrepairable: tuple[Finding, ...]
    measured: int
    left: int


def programme(
    router: Router,
    graph: Graph,
    profile: Profile,
    departure: datetime,
    trips: Sequence[Trip],
    *,
    most: int = MOST,
    tell: Tell = lambda _step, _share: None,
) -> Programme:
    """Return what to repair first.

    Args:
        router: the city's.
        graph: of :meth:`Router.graph`.
        profile: for whom.
        departure: when they travel.
        trips: theirs.
        most: how many repairs to measure.
        tell: hears of progress.
    """
    work = _Work(router, graph, profile, departure, trips)
    before = work.costs()
    candidates, unrepairable = work.candidates()
    chosen = [found for _, found in sorted(candidates, key=lambda each: -each[0])[:most]]
    repairs = []
    for number, found in enumerate(chosen):
        tell("measuring", number / len(chosen))
        repairs.append(work.measured(found, before))
    people = np.array([trip.people for trip in trips], dtype=float)
    useful = [repair for repair in repairs if repair.opened > 0 or repair.saved > 0]
    return Programme(
        repairs=tuple(sorted(useful, key=lambda each: (-each.opened, -each.saved, len(each.findings)))),
        people=float(people.sum()),
        barred=float(people[before >= INF].sum()),
        unrepairable=unrepairable,
        measured=len(chosen),
        left=max(0, len(candidates) - most),
    )


_Bundle = tuple[Finding, ...]
_Weighed = tuple[float, _Bundle]


class _Work:
    """Trips over one graph, whose prices are changed and put back."""

    def __init__(
        self, router: Router, graph: Graph, profile: Profile, departure: datetime, trips: Sequence[Trip]
    ) -> None:
        self.graph, self.departure, self.trips, self.clock = graph, departure, trips, router.clock
        self.profile = replace(profile, turns=False)
        metric = router.metric(graph, self.profile, departure)
        self._hierarchy = router.kept(graph).lent()
        self._skeleton = metric.skeleton
        self.metric = self._metric(metric.weights)
        self._starts = {trip.start: None for trip in trips}
        self._ends = {end: None for trip in trips for end in trip.ends}

    def _metric(self, weights: npt.NDArray[np.uint32]) -> Metric:
        own = self._hierarchy is not None and self._hierarchy.skeleton is self._skeleton
        hierarchy = self._hierarchy if own else None
        return Metric(self._skeleton, weights.copy(), hierarchy=hierarchy, approach=approach(self.profile))

    def costs(self) -> Costs:
        """Return what each trip costs now [ms]."""
        rows = {place: n for n, place in enumerate(self._starts)}
        columns = {place: n for n, place in enumerate(self._ends)}
        matrix = costs_between(self.graph, self.metric, list(rows), list(columns)).astype(np.int64)
        return np.array(
            [min(int(matrix[rows[trip.start], columns[end]]) for end in trip.ends) for trip in self.trips],
            dtype=np.int64,
        )

    def measured(self, found: _Bundle, before: Costs) -> Repair:
        """Make objects good, ask all trips again, and put everything back."""
        after_graph, edges = mended(self.graph, self.profile, found)
        arcs = np.column_stack([2 * edges, 2 * edges + 1]).ravel()
        known = self.metric.weights[arcs].copy()
        self._put(arcs, price(after_graph, self.profile, self.departure, edges.tolist(), clock=self.clock).weights)
        after = self.costs()
        self._put(arcs, known)
        return self._told(found, before, np.minimum(after, before))

    def _put(self, arcs: Ids, weights: npt.NDArray[np.uint32]) -> None:
        seconds = weights.astype(np.float32) / np.float32(1000)
        self.metric.update(arcs, weights, seconds, np.zeros_like(seconds))

    def _told(self, found: _Bundle, before: Costs, after: Costs) -> Repair:
        people = np.array([trip.people for trip in self.trips], dtype=float)
        opens = (before >= INF) & (after < INF)
        shortens = (before < INF) & (after < before)
        saved = float((people * (before - after) / 1000)[shortens].sum())
        gain = {"opened": float(people[opens].sum()), "shortened": float(people[shortens].sum()), "saved": saved}
        works = [_WORK.filled(object=object_named(each.kind, each.feature_id), work=work_told(each)) for each in found]
        sentence = _SENTENCE.filled(works=listed(works), gain=gain_told(**gain))
        return Repair(findings=found, sentence=sentence, **gain)

    def candidates(self) -> tuple[list[_Weighed], tuple[Finding, ...]]:
        """Return what stands in the way of trips, with the people whose way it is, and what no builder can change."""
        free = price(bare(self.graph), relaxed(self.profile), self.departure, clock=self.clock).weights
        long = lengths(self.graph)
        counted: dict[tuple[object, ...], _Weighed] = {}
        final: dict[tuple[object, ...], Finding] = {}
        for worth in WORTH:
            burdened = long + np.where(self.metric.weights >= INF, round(worth * 1000), 0)
            weights = np.where(free < INF, burdened, INF).astype(np.uint32)
            for _ in range(_ROUNDS):
                found = self._on_the_way(weights)
                bars = [each for _, bundle in found for each in bundle]
                hopeless = [each for each in bars if not repairable(each)]
                for key, weighed in _bundles(found).items():
                    counted[key] = max(weighed, counted.get(key, weighed), key=lambda each: each[0])
                final |= {each.key: each for each in hopeless}
                # Once nothing hopeless is in the way, other ways are looked for than those found.
                for each in hopeless or bars:
                    weights[list(each.arcs)] = INF
                if not bars:
                    break
        return list(counted.values()), tuple(final.values())

    def _on_the_way(self, weights: npt.NDArray[np.uint32]) -> list[_Weighed]:
        """Return, for the trips that have a shorter way without limits, their people and what bars it."""
        metric = self._metric(weights)
        ways = [(trip.people, self._barred_arcs(metric, trip)) for trip in self.trips]
        every = sorted({arc for _, arcs in ways for arc in arcs})
        told = findings(self.graph, self.profile, self.departure, self.clock, every)
        by_arc: dict[int, list[Finding]] = {}
        for finding in told:
            for arc in finding.arcs if finding.effect == "bars" else ():
                by_arc.setdefault(arc, []).append(finding)
        found = []
        for people, arcs in ways:
            own = {finding.key: finding for arc in arcs for finding in by_arc.get(arc, [])}
            if own:
                found.append((people, tuple(own.values())))
        return found

    def _barred_arcs(self, metric: Metric, trip: Trip) -> list[int]:
        starts = terminals(self.graph, metric, trip.start)
        ends: list[Terminal] = []
        for end in trip.ends:
            ends += terminals(self.graph, metric, end, reverse=True)
        found = metric.path(starts, ends)
        if found is None:
            return []
        arcs = [*found.arcs.tolist(), *(each.arc for each in (found.start, found.end) if each.arc >= 0)]
        return [arc for arc in arcs if self.metric.weights[arc] >= INF]


def _bundles(found: Iterable[_Weighed]) -> dict[tuple[object, ...], _Weighed]:
    """Return what is repaired at one object, or on one way together, with the people of all trips concerned."""
    counted: dict[tuple[object, ...], _Weighed] = {}
    for people, bars in found:
        if not all(map(repairable, bars)):
            continue
        objects: dict[int, list[Finding]] = {}
        for each in bars:
            objects.setdefault(each.feature_id, []).append(each)
        bundles = [_ordered(own) for own in objects.values()]
        if 1 < len(objects) <= MOST_TOGETHER:
            bundles.append(_ordered(bars))
        for bundle in bundles:
            key = tuple(each.key for each in bundle)
            counted[key] = (counted.get(key, (0.0, bundle))[0] + people, bundle)
    return counted


def _ordered(found: Iterable[Finding]) -> _Bundle:
    """Return findings in an order of their own, each once, whatever arcs they were found on."""
    plain = {each.key: each for each in found}
    return tuple(sorted(plain.values(), key=lambda each: (each.feature_id, each.attribute)))


_WORK: Final = Text(kk="{object}: {work}", ru="{object}: {work}", en="{object}: {work}")
_SENTENCE: Final = Text(kk="{works}. {gain}", ru="{works}. {gain}", en="{works}. {gain}")
