"""One graph with all that is made for it: hierarchies, metrics, the index of its ways; brought up to date in place.

A metric is brought up to date when it is next asked for, so that a change waits for none that nobody asks for. Where
new ways come, the hierarchy can't follow: SciPy answers, exactly, until a thread has built another.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import shapely

from routing.approach import approach
from routing.hierarchy import Hierarchy
from routing.hours import Clock
from routing.metric import Metric
from routing.network import INF, KINDS, Graph, Ids
from routing.paces import holds_live
from routing.pricing import price
from routing.profile import Profile
from routing.shelf import Shelf
from routing.skeleton import Skeleton, Weights
from routing.snapping import WayIndex
from routing.turning import Turning, turning
from routing.upkeep import Step

METRICS: Final = 16
"""Metrics that are kept for one graph, the last used ones."""

_STALE: Final = 1_000
"""Ways that the index looks at one by one before it is made anew."""

_SMALL: Final = 30_000
"""A hierarchy over fewer nodes is built in less than a second, which whoever asks first may wait."""

_MOST_TOLD: Final = 50_000
"""Features of which is kept what the register says."""

Tell = Callable[[str, float], None]
"""Hears what is being done, and the share that is done, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoid:
    """What is not to be passed, whatever the profile.

    Attributes:
        polygons: areas in the city's projected system; ways that touch one.
        feature_ids: ways, or what stands at a node, which then isn't passed.
    """

    polygons: tuple[shapely.Geometry, ...] = ()
    feature_ids: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.polygons or self.feature_ids)


NOTHING: Final = Avoid()


@dataclass(slots=True)
class _Entry:
    metric: Metric
    profile: Profile
    moment: datetime
    avoid: Avoid
    barred: Ids
    late: Ids = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Edges whose price it hasn't followed."""
    revised: bool = False
    """Whether what is avoided may be elsewhere."""
    turned: bool = False
    """Whether its turns may cost otherwise."""

    @property
    def behind(self) -> bool:
        """Whether it isn't what the graph is."""
        return bool(len(self.late)) or self.revised or self.turned


class Kept:
    """A graph that is kept.

    Attributes:
        graph: as it is now; never changed, but replaced.
        rebuilds: hierarchies that were built after the first.
    """

    def __init__(self, graph: Graph, clock: Clock, *, background: bool = True, shelf: Shelf | None = None) -> None:
        """Make nothing yet.

        Args:
            graph: what is kept.
            clock: the city's.
            background: whether hierarchies are built in a thread of their own, but for the first.
            shelf: where their orders are kept; nowhere, where that is left out.
        """
        self.graph, self.rebuilds = graph, 0
        self._background, self._shelf = background, shelf
        self.lock = threading.RLock()
        self._clock = clock
        self._turning: Turning | None = None
        self._turns_late = False
        self._skeletons: dict[bool, Skeleton] = {}
        self._hierarchies: dict[bool, Hierarchy] = {}
        self._entries: OrderedDict[tuple[Any, ...], _Entry] = OrderedDict()
        self._index: WayIndex | None = None
        self._told: dict[int, Mapping[str, object]] = {}
        self._signs: tuple[tuple[object, ...], object, dict[str, str]] = ((None,) * 3, None, {})
        """Doors at a minute, and the very lists of hours they were told for."""
        self._builder: threading.Thread | None = None
        self._built = {False}

    # What is made for it.

    def prepare(self, like: "Kept | None" = None, *, wait: bool = True) -> None:
        """Build the hierarchy of the nodes as they are; take that of another graph if it has the same, and its index.

        Args:
            like: the other graph.
            wait: until it stands; else it is built in the background, where that is done.
        """
        lent = None if like is None else like.lent()
        index = None if like is None else like.lent_index(self.graph)
        with self.lock:
            self._index = self._index or index
            mine = self._skeleton(turned=False)
            if lent is not None and alike(mine, lent.skeleton):
                self._skeletons[False], self._hierarchies[False] = lent.skeleton, lent
            elif wait or not self._background:
                self._hierarchies[False] = Hierarchy(mine, self._shelf)
            else:
                self._build()

    def lent(self) -> Hierarchy | None:
        """Return the hierarchy of the nodes as they are, if it stands."""
        with self.lock:
            return self._hierarchies.get(False)

    def lent_index(self, graph: Graph) -> WayIndex | None:
        """Return the index of the ways, if it is made and another graph's ways run the same."""
        with self.lock:
            own = self.graph
            same = self._index is not None and all(
                np.array_equal(one, other)
                for one, other in ((own.course_offsets, graph.course_offsets), (own.courses, graph.courses))
            )
            return self._index if same else None

    def index(self) -> WayIndex:
        """Return the index of the ways."""
        with self.lock:
            if self._index is None or self._index.stale > _STALE:
                self._index = WayIndex(self.graph)
            return self._index

    def metric(self, profile: Profile, moment: datetime, avoid: Avoid = NOTHING) -> Metric:
        """Return the metric of a profile at a moment, made where it isn't kept."""
        with self.lock:
            if profile.turns and self._turns_late:
                self._returned()
            key = self._key(profile, moment, avoid)
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = self._entered(profile, moment, avoid)
            # Of the same signature, but perhaps not much longer: live speeds hold a while only.
            entry.moment = moment
            if entry.behind:
                self._bring(entry)
            self._entries.move_to_end(key)
            while len(self._entries) > METRICS:
                self._entries.popitem(last=False)
            return entry.metric

    def _entered(self, profile: Profile, moment: datetime, avoid: Avoid) -> _Entry:
        skeleton, hierarchy = self._skeleton(turned=profile.turns), self._hierarchy(turned=profile.turns)
        priced = price(self.graph, profile, moment, clock=self._clock)
        barred = barred_edges(self.graph, self.index, avoid)
        metric = Metric(
            skeleton,
            _without(priced.weights, np.arange(self.graph.edges), barred),
            priced.seconds,
            priced.delays,
            turns=self._turn_costs(profile, moment),
            hierarchy=hierarchy,
            approach=approach(profile),
        )
        return _Entry(metric, profile, moment, avoid, barred)

    def _turn_costs(self, profile: Profile, moment: datetime) -> Weights | None:
        if not profile.turns or self._turning is None:
            return None
        hours = self.graph.turns.hours
        applies = np.array([self._clock.door(each, moment) != "closed" for each in hours], dtype=bool)
        return self._turning.costs(self.graph.turns, profile.mode, applies)

    def _skeleton(self, *, turned: bool) -> Skeleton:
        if turned not in self._skeletons:
            if turned:
                self._turning = turning(self.graph)
                self._skeletons[True] = self._turning.skeleton
            else:
                self._skeletons[False] = Skeleton.plain(self.graph)
        return self._skeletons[turned]

    def _hierarchy(self, *, turned: bool) -> Hierarchy | None:
        """Return the hierarchy; ``None`` while it is being built.

        That with turns takes several times as long, so nobody waits for it where others may ask meanwhile.
        """
        skeleton = self._skeleton(turned=turned)
        if turned not in self._hierarchies and self._builder is None:
            if not self._background or skeleton.nodes < _SMALL:
                self._hierarchies[turned] = Hierarchy(skeleton, self._shelf)
                self._built.add(turned)
            else:
                self._build()
        return self._hierarchies.get(turned)

    # What a moment is to a price.

    def _key(self, profile: Profile, moment: datetime, avoid: Avoid) -> tuple[Any, ...]:
        return profile, avoid, *self._signature(profile, moment)

    def _signature(self, profile: Profile, moment: datetime) -> tuple[Any, ...]:
        """Return what of a moment prices depend on: two moments of the same signature have the same prices."""
        graph, closures = self.graph, self.graph.closures
        at = moment.timestamp()
        spans = int((closures.begins <= at).sum()), int((closures.ends <= at).sum())
        speeds: tuple[Any, ...] = ()
        if profile.live and (graph.speeds.daily.size or graph.speeds.live.size):
            live = holds_live(graph, moment, datetime.now(UTC))
            speeds = (live, self._clock.kind_of_day(moment), self._clock.quarter(moment))
        return spans, self._doors(moment), speeds

    def _doors(self, moment: datetime) -> tuple[str, ...]:
        graph = self.graph
        lists = graph.hours, graph.closures.hours, graph.turns.hours
        told = {*graph.hours.values(), *graph.closures.hours, *graph.turns.hours} - {None}
        if not told:
            return ()
        minute = moment.replace(second=0, microsecond=0)
        known, at, doors = self._signs
        if at != minute or any(one is not other for one, other in zip(known, lists, strict=True)):
            doors = {str(each): self._clock.door(each, moment) for each in told}
            self._signs = (lists, minute, doors)
        return tuple(doors[str(each)] for each in sorted(map(str, told)))

    # Keeping step.

    def take(self, step: Step) -> None:
        """Become what a step made of the graph; called with the lock held."""
        before, self.graph = self.graph, step.graph
        for feature in step.retold:
            self._told.pop(feature, None)
        if len(step.coursed) and self._index is not None:
            self._index = self._index.changed(step.coursed.tolist())
        if step.grown:
            self._grow()
        else:
            self._retune(step, turned=_turn_otherwise(before, step))
        if self._background:
            self._build()

    def _grow(self) -> None:
        """Begin anew with new skeletons: metrics are made again when they are asked for."""
        self._entries.clear()
        self._skeletons.clear()
        self._hierarchies.clear()
        self._turning, self._turns_late = None, False
        self._skeleton(turned=False)

    def _retune(self, step: Step, *, turned: bool) -> None:
        """Note what each metric has to follow; drop those whose moment live speeds don't tell of any more, or now do.

        Of these not only what the step touched costs otherwise.
        """
        self._turns_late |= turned and self._turning is not None
        entries, self._entries = self._entries, OrderedDict()
        for known, entry in entries.items():
            key = self._key(entry.profile, entry.moment, entry.avoid)
            if known[-1] and known[-1] != key[-1]:
                continue
            entry.late = np.union1d(entry.late, step.edges)
            entry.revised |= bool(len(step.coursed) or step.retold)
            entry.turned |= turned and entry.profile.turns
            self._entries[key] = entry

    def _returned(self) -> None:
        """Make the turns anew; where their skeleton is another, so are metrics with turns."""
        before, self._turning, self._turns_late = self._turning, turning(self.graph), False
        if before is not None and alike(before.skeleton, self._turning.skeleton):
            return
        self._skeletons[True] = self._turning.skeleton
        self._hierarchies.pop(True, None)
        for key in [key for key, entry in self._entries.items() if entry.profile.turns]:
            del self._entries[key]

    def _bring(self, entry: _Entry) -> None:
        """Let a metric follow the graph."""
        edges = entry.late
        if entry.revised and entry.avoid:
            barred = barred_edges(self.graph, self.index, entry.avoid)
            edges = np.union1d(edges, np.setxor1d(barred, entry.barred))
            entry.barred = barred
        if len(edges):
            priced = price(self.graph, entry.profile, entry.moment, edges.astype(np.int32), clock=self._clock)
            arcs = np.column_stack([2 * edges, 2 * edges + 1]).ravel()
            weights = _without(priced.weights, edges, entry.barred)
            entry.metric.update(arcs, weights, priced.seconds, priced.delays)
        costs = self._turn_costs(entry.profile, entry.moment) if entry.turned else None
        if costs is not None:
            entry.metric.turn(costs)
        entry.late, entry.revised, entry.turned = edges[:0], False, False

    # Building in the background.

    def _missing(self) -> bool | None:
        for turned in (False, True):
            if turned in self._skeletons and turned not in self._hierarchies:
                return turned
        return None

    def _build(self) -> None:
        if self._builder is None and self._missing() is not None:
            self._builder = threading.Thread(target=self._rebuild, name="hierarchy", daemon=True)
            self._builder.start()

    def _rebuild(self) -> None:
        try:
            while self._rebuilt():
                pass
        except BaseException:
            # Whoever asks next has it tried again; meanwhile SciPy answers.
            with self.lock:
                self._builder = None
            raise

    def _rebuilt(self) -> bool:
        """Build one hierarchy that is missing; ``False`` where none is."""
        with self.lock:
            turned = self._missing()
            if turned is None:
                self._builder = None
                return False
            skeleton = self._skeletons[turned]
        hierarchy = Hierarchy(skeleton, self._shelf)
        with self.lock:
            if self._skeletons.get(turned) is skeleton:
                self._adopt(hierarchy, turned=turned)
        hierarchy.prepare()
        return True

    def _adopt(self, hierarchy: Hierarchy, *, turned: bool) -> None:
        self._hierarchies[turned] = hierarchy
        self.rebuilds += turned in self._built
        self._built.add(turned)
        for entry in self._entries.values():
            if entry.metric.skeleton is hierarchy.skeleton:
                entry.metric.adopt(hierarchy)

    def settled(self, timeout: float = 60.0) -> bool:
        """Wait until no hierarchy is being built; tell whether that is so."""
        builder = self._builder
        if builder is not None:
            builder.join(timeout)
        return self._builder is None

    # What the register says of its features.

    def told(
        self, graph: Graph, ids: Ids, read: Callable[[list[int]], Mapping[int, Mapping[str, object]]]
    ) -> Mapping[int, Any]:
        """Return the attributes of features at the reading of a graph, read where they aren't known yet.

        Who still holds an earlier graph is told what was said then, of which nothing is kept.
        """
        with self.lock:
            known = self._told if self.graph is graph else {}
            found = {feature: known[feature] for feature in ids.tolist() if feature in known}
        missing = [feature for feature in ids.tolist() if feature not in found]
        fresh = read(missing) if missing else {}
        with self.lock:
            if len(self._told) > _MOST_TOLD:
                self._told.clear()
            if self.graph is graph:
                self._told.update(fresh)
        return {**found, **fresh}


def barred_edges(graph: Graph, index: Callable[[], WayIndex], avoid: Avoid) -> Ids:
    """Return the edges that somebody who avoids something doesn't pass, in order."""
    found: list[Any] = [np.zeros(0, dtype=np.int64)]
    for feature in avoid.feature_ids:
        if feature in graph.edge_of:
            found.append(np.array([graph.edge_of[feature]]))
        elif (fixture := graph.fixture_of.get(feature, -1)) >= 0 and graph.fixture_node[fixture] >= 0:
            found.append(graph.arcs_from(int(graph.fixture_node[fixture])) >> 1)
    found += [index().near(graph, polygon) for polygon in avoid.polygons]
    return np.unique(np.concatenate(found)).astype(np.int64)


def _without(weights: Weights, edges: Ids, barred: Ids) -> Weights:
    """Return the weights of some edges with those that are barred."""
    if not len(barred):
        return weights
    other = weights.copy()
    other.reshape(-1, 2)[np.isin(edges, barred)] = INF
    return other


def alike(one: Skeleton, other: Skeleton) -> bool:
    """Tell whether two skeletons have the same nodes and arcs."""
    return np.array_equal(one.tail, other.tail) and np.array_equal(one.head, other.head)


def _turn_otherwise(before: Graph, step: Step) -> bool:
    """Tell whether a step may have changed which turns there are, or what they cost."""
    graph = step.graph
    same = graph.turns is before.turns and graph.feature_id is before.feature_id
    return not same or bool((graph.kind[step.coursed] == KINDS.index("street")).any())
