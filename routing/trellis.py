"""The hidden Markov model of map matching: which way somebody took, where a receiver's fixes are off by some metres.

After Newson and Krumm, *Hidden Markov map matching through noise and sparseness* (ACM SIGSPATIAL GIS 2009): that a fix
lies d metres from the place on the way where it was taken is as likely as a normal distribution says (their formula 1),
``exp(-d²/2σ²)``; that two fixes, D metres apart in a straight line, are R metres apart along the ways, is as likely as
an exponential one says (formula 2), ``exp(-|D - R|/β)``. The likeliest sequence of places is Viterbi's.

Here a place is on an arc, so it knows which way it is passed; going back in the middle of a way is not as likely as
going on (:data:`ABOUT`). Distances along the ways are Dijkstra's, on the ways around a few fixes at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.network import Graph, Ints
from routing.snapping import WayIndex

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

SLACK: Final = 500.0
"""Metres by which a way between two fixes may be longer than twice the straight line."""

ABOUT: Final = 8.0
"""Turning about counts as so many σ of way."""

BACK: Final = 2.0
"""Going back by so many σ on the arc where one is counts as standing still."""

_BLOCK: Final = 40
"""Steps of which the ways around are looked at together."""

_KEPT: Final = 24
"""Blocks whose ways are kept: a longer track has those of its beginning looked at again in the end."""

_LEAST: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Habits:
    """What the model takes for granted.

    Attributes:
        noise: σ, by how much fixes are off [m].
        detour: β, by how much ways differ from straight lines [m].
        fastest: nobody is faster [m/s].
    """

    noise: float
    detour: float
    fastest: float


@dataclass(frozen=True, slots=True)
class States:
    """Where a fix may have been taken.

    Attributes:
        arcs: one each; gone: metres of it that are passed by then; away: metres from the fix.
    """

    arcs: Places
    gone: Floats
    away: Floats


@dataclass(frozen=True, slots=True)
class Step:
    """From one fix to the next: metres in a straight line, and seconds, NaN where no times are known."""

    straight: float
    seconds: float

    def longest(self, habits: Habits) -> float:
        """Return how long a way between the two may be [m]."""
        far = 2 * self.straight + SLACK
        return far if np.isnan(self.seconds) else min(far, habits.fastest * self.seconds + 4 * habits.noise)


@dataclass(frozen=True, slots=True)
class Run:
    """A sequence of places that hangs together.

    Attributes:
        first: which fix it begins with; states: which state each fix has.
        arcs: all that are passed, in order, from the arc of the first place to that of the last.
        length: of the way from the first place to the last [m].
    """

    first: int
    states: tuple[int, ...]
    arcs: tuple[int, ...]
    length: float


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is moved on: a graph, an index of its ways, and whether each arc is passed."""

    graph: Graph
    index: WayIndex
    passed: npt.NDArray[np.bool_]


class Around:
    """The ways around some fixes, and the shortest between their ends."""

    def __init__(self, ground: Ground, states: Sequence[States], reach: float) -> None:
        """Take the arcs that lie within ``reach`` metres of the states' arcs, as a square."""
        graph = ground.graph
        own = np.concatenate([each.arcs for each in states])
        begin, end = graph.tail[own], graph.head[own]
        ends = graph.xy[np.concatenate([begin, end])]
        low, high = ends.min(axis=0) - reach, ends.max(axis=0) + reach
        edges = np.sort(ground.index.near(graph, shapely.box(*low, *high)))
        arcs = np.column_stack([2 * edges, 2 * edges + 1]).ravel()
        arcs = arcs[ground.passed[arcs]]
        self._nodes = np.unique(np.concatenate([graph.tail[arcs], graph.head[arcs], begin, end]))
        self._arcs, self._matrix = self._least(graph, arcs)
        self._sources = np.unique(end)
        self._metres, self._before = dijkstra(
            self._matrix, indices=self._places(self._sources), limit=reach, return_predecessors=True
        )

    def _places(self, nodes: Ints | Places) -> Places:
        return np.searchsorted(self._nodes, nodes)

    def _least(self, graph: Graph, arcs: Places) -> tuple[Places, csr_array]:
        """Keep the shortest arc of those that join the same nodes."""
        lengths = np.maximum(graph.length[arcs // 2], _LEAST)
        begin, end = self._places(graph.tail[arcs]), self._places(graph.head[arcs])
        order = np.lexsort((lengths, end, begin))
        count = len(self._nodes)
        pairs = begin[order] * count + end[order]
        kept = order[np.flatnonzero(np.diff(pairs, prepend=-1))]
        offsets = np.concatenate([[0], np.cumsum(np.bincount(begin[kept], minlength=count))])
        return arcs[kept], csr_array((lengths[kept], end[kept], offsets), shape=(count, count))

    def metres(self, begin: Ints, end: Ints) -> Floats:
        """Return the length of the shortest way from nodes (heads of the states' arcs) to nodes; infinite if none."""
        rows = np.searchsorted(self._sources, begin)
        found: Floats = self._metres[rows[:, None], self._places(end)[None, :]]
        return found

    def way(self, begin: int, end: int) -> list[int]:
        """Return the arcs of that way."""
        before = self._before[np.searchsorted(self._sources, begin)]
        at, source = int(np.searchsorted(self._nodes, end)), int(np.searchsorted(self._nodes, begin))
        arcs: list[int] = []
        while at != source:
            previous = int(before[at])
            first, last = self._matrix.indptr[previous : previous + 2].tolist()
            arcs.append(int(self._arcs[first + np.searchsorted(self._matrix.indices[first:last], at)]))
            at = previous
        return arcs[::-1]


class Trellis:
    """The likeliest places of a track's fixes."""

    def __init__(self, ground: Ground, habits: Habits, states: Sequence[States], steps: Sequence[Step]) -> None:
        """Prepare for a track.

        Args:
            ground: what is moved on.
            habits: of the receiver and whoever carries it.
            states: where each fix may have been taken, at least one place each.
            steps: between fixes, one fewer.
        """
        self.ground, self.graph, self.habits = ground, ground.graph, habits
        self.states, self.steps = states, steps
        self._arounds: dict[int, Around] = {}

    def runs(self) -> list[Run]:
        """Return the runs of fixes that hang together, in order; each fix is in one."""
        scores = [self._emitted(0)]
        chosen: list[Places | None] = [None]
        for i, step in enumerate(self.steps):
            come = scores[-1][:, None] - np.abs(self._ways(i) - step.straight) / self.habits.detour
            best = come.argmax(axis=0)
            reached = come[best, np.arange(len(best))]
            hangs = bool(np.isfinite(reached).any())
            scores.append(self._emitted(i + 1) + (reached if hangs else 0.0))
            chosen.append(best if hangs else None)
        return self._told(scores, chosen)

    def _emitted(self, fix: int) -> Floats:
        """Return the logarithm of how likely the fix is from each of its places (formula 1)."""
        likely: Floats = -0.5 * (self.states[fix].away / self.habits.noise) ** 2
        return likely

    def _around(self, step: int) -> Around:
        """Return the ways around a step and those near it; the last few are kept."""
        block = step // _BLOCK
        if block not in self._arounds:
            if len(self._arounds) >= _KEPT:
                self._arounds.pop(next(iter(self._arounds)))
            first, last = block * _BLOCK, min(block * _BLOCK + _BLOCK, len(self.steps))
            reach = max(each.longest(self.habits) for each in self.steps[first:last])
            self._arounds[block] = Around(self.ground, self.states[first : last + 1], reach)
        return self._arounds[block]

    def _ways(self, step: int) -> Floats:
        """Return the metres along the ways from each place to each; infinite where that is too far."""
        begin, end, noise = self.states[step], self.states[step + 1], self.habits.noise
        left = self.graph.length[begin.arcs // 2] - begin.gone
        between = self._around(step).metres(self.graph.head[begin.arcs], self.graph.tail[end.arcs])
        ways: Floats = left[:, None] + between + end.gone[None, :]
        turned = begin.arcs[:, None] == (end.arcs ^ 1)[None, :]
        ways = np.where(turned, np.abs(left[:, None] - end.gone[None, :]) + ABOUT * noise, ways)
        onward = end.gone[None, :] - begin.gone[:, None]
        stays = (begin.arcs[:, None] == end.arcs[None, :]) & (onward >= -BACK * noise)
        ways = np.where(stays, np.maximum(onward, 0.0), ways)
        return np.where(ways <= self.steps[step].longest(self.habits), ways, np.inf)

    def _told(self, scores: Sequence[Floats], chosen: Sequence[Places | None]) -> list[Run]:
        """Go back from the likeliest ends."""
        runs: list[Run] = []
        picked: list[int] = []
        for i in range(len(scores) - 1, -1, -1):
            picked = picked or [int(scores[i].argmax())]
            come = chosen[i]
            if come is not None:
                picked.append(int(come[picked[-1]]))
                continue
            runs.append(self._run(i, picked[::-1]))
            picked = []
        return runs[::-1]

    def _run(self, first: int, path: Sequence[int]) -> Run:
        """Return the arcs of a path through the states of the fixes from ``first`` on."""
        lengths = self.graph.length
        arcs, metres = [int(self.states[first].arcs[path[0]])], 0.0
        gone = farthest = float(self.states[first].gone[path[0]])
        for step, place in enumerate(path[1:], first):
            states, before = self.states[step + 1], arcs[-1]
            arc, there = int(states.arcs[place]), float(states.gone[place])
            left = float(lengths[before // 2]) - farthest
            if arc == before and there >= gone - BACK * self.habits.noise:
                metres += max(there - farthest, 0.0)
                gone, farthest = there, max(there, farthest)
                continue
            if arc == before ^ 1:
                metres += abs(left - there)
            else:
                way = self._around(step).way(int(self.graph.head[before]), int(self.graph.tail[arc]))
                arcs += way
                metres += left + float(lengths[np.array(way, dtype=np.int64) // 2].sum()) + there
            arcs.append(arc)
            gone = farthest = there
        return Run(first, tuple(path), tuple(arcs), metres)
