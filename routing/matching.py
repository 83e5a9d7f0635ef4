"""Which way a track was taken: fixes of a receiver put onto the graph (:mod:`routing.trellis` tells how).

A track is split where its fixes are too far apart in time or place, or where no way leads on; each split is told, and
so is each fix that was left out. Coordinates are in the city's projected system, easting before northing [m].
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import shapely

from gis.errors import BadRequest, TooLarge
from gis.text import Text
from routing.metric import Metric
from routing.network import INF, Graph
from routing.route import Snapped
from routing.snapping import WayIndex, lines_of, snap
from routing.trellis import Floats, Ground, Habits, Places, Run, States, Step, Trellis

NOISE: Final = 10.0
"""By how much a receiver among houses is off [m], one σ along either axis, unless something else is told."""

LEAST_NOISE, MOST_NOISE = 1.0, 100.0

GAP: Final = 300.0
"""Seconds without a fix that split a track."""

LEAP: Final = 3_000.0
"""Metres without a fix that split a track."""

FASTEST: Final = 70.0
"""Metres a second; what seems faster is a jump."""

MOST_FIXES: Final = 50_000

_RADIUS: Final = 5.0
"""Ways are looked for within so many σ of a fix, and :data:`_MORE` metres."""

_MORE: Final = 20.0

_EDGES: Final = 12
"""Nearest ways of a fix that are looked at."""

_TOGETHER: Final = 500
"""Fixes for which ways are looked for at once."""

_TOUCH: Final = 0.01
"""A way of which less [m] is passed at the begin or end of a stretch isn't passed."""

_DETOUR: Final = 1.0
"""β in σ."""

_STILL: Final = 2.0
"""Fixes nearer to the one before than so many σ tell nothing of the way."""

Left = Literal["still", "duplicate", "outlier", "off-network"]
"""Why a fix was left out: it stands where the one before it stood; it is of the same instant; no way leads there and on
in so little time; no way that may be passed is near."""

Split = Literal["gap", "jump", "off-network", "no-way"]
"""Why a track was split: a long time without a fix, or the receiver off; farther than one gets in the time; away from
all ways; or no way leads from where it was to where it then is."""


class BadTrack(BadRequest):
    """A track that can't be read: too few fixes, coordinates that are no numbers, times of some or without zone."""

    code = "bad-track"


class TrackTooLong(TooLarge):
    """More fixes than one track may have."""

    code = "track-too-long"


@dataclass(frozen=True, slots=True)
class Fix:
    """Where somebody was: x east, y north [m], and when, with its offset from UTC; all fixes have a time or none.

    Fixes of different parts don't hang together: between them the receiver was off.
    """

    x: float
    y: float
    moment: datetime | None = None
    part: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A fix on the graph.

    Attributes:
        fix: its place in the track as given.
        place: where it was put; ``None`` where it wasn't.
        left: why it says nothing of the way, if it doesn't; one that stands still is put where the one before it was.
    """

    fix: int
    place: Snapped | None
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """A part of a track that hangs together.

    Attributes:
        first, last: its fixes, by their places in the track as given.
        start, end: where it begins and ends.
        arcs: of the graph, in order; where the stretch begins or ends at a node, those that are passed.
        length: metres.
    """

    first: int
    last: int
    start: Snapped
    end: Snapped
    arcs: tuple[int, ...]
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Where a track was split: between which fixes, why, how far apart they are [m], and how long [s], if known."""

    before: int
    after: int
    why: Split
    metres: float
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """A track on the graph.

    Attributes:
        placed: all fixes, as given.
        stretches: in order of time; breaks: between them.
        off: root of the mean square of the distances between fixes and their places [m].
        reordered: how many fixes were given later than one that is of a later time.
    """

    placed: tuple[Placed, ...]
    stretches: tuple[Stretch, ...]
    breaks: tuple[Break, ...]
    off: float
    reordered: int


def match(graph: Graph, index: WayIndex, metric: Metric, track: Sequence[Fix], noise: float = NOISE) -> Match:
    """Return the likeliest way of a track over arcs that the metric lets pass.

    Args:
        graph: what is moved on.
        index: of its ways.
        metric: tells what may be passed, and in which direction.
        track: at least two fixes. They are put into the order of their times.
        noise: by how much a fix is off [m], one σ.

    Raises:
        BadTrack: the track can't be read, or the noise is none.
        TrackTooLong: more fixes than :data:`MOST_FIXES`.
        OffNetwork: no way that may be passed is near any fix.
    """
    if not LEAST_NOISE <= noise <= MOST_NOISE:
        raise BadTrack(_BAD_NOISE.filled(given=noise, least=round(LEAST_NOISE), most=round(MOST_NOISE)))
    return _Matching(graph, index, metric, _Track(track), noise).done()


class _Track:
    """Fixes in the order of their times."""

    def __init__(self, fixes: Sequence[Fix]) -> None:
        if len(fixes) < 2:
            raise BadTrack(_TOO_FEW.filled(given=len(fixes)))
        if len(fixes) > MOST_FIXES:
            raise TrackTooLong(_TOO_LONG.filled(most=MOST_FIXES, given=len(fixes)), most=MOST_FIXES)
        self.xy = np.array([(fix.x, fix.y) for fix in fixes], dtype=np.float64)
        bad = np.flatnonzero(~np.isfinite(self.xy).all(axis=1))
        if len(bad):
            raise BadTrack(_NO_NUMBERS.filled(fix=int(bad[0]) + 1), fix=int(bad[0]))
        times = [_seconds(i, fix.moment) for i, fix in enumerate(fixes)]
        self.times = np.array(times, dtype=np.float64)
        unknown = np.flatnonzero(np.isnan(self.times))
        if 0 < len(unknown) < len(fixes):
            raise BadTrack(_SOME_TIMES.filled(fix=int(unknown[0]) + 1), fix=int(unknown[0]))
        self.parts = [fix.part for fix in fixes]
        self.order: list[int] = np.argsort(self.times, kind="stable").tolist()
        self.rank = {fix: rank for rank, fix in enumerate(self.order)}
        self.mean = self.xy.copy()
        self._joined = np.ones(len(fixes))
        self.reordered = int((np.maximum.accumulate(self.times) > self.times).sum())

    def metres(self, one: int, other: int) -> float:
        """Return how far two fixes are apart."""
        return float(np.hypot(*(self.mean[one] - self.mean[other])))

    def join(self, one: int, other: int) -> None:
        """Take another fix of the same place into the mean of one: it lies nearer to where they were taken."""
        self._joined[one] += 1
        self.mean[one] += (self.xy[other] - self.mean[one]) / self._joined[one]

    def seconds(self, one: int, other: int) -> float:
        """Return how long one fix is after another; NaN where no times are known."""
        return float(self.times[other] - self.times[one])

    def jump(self, one: int, other: int, noise: float) -> bool:
        """Tell whether nobody gets from one fix to another in the time between them."""
        seconds = self.seconds(one, other)
        return self.metres(one, other) > (LEAP if math.isnan(seconds) else FASTEST * seconds + 4 * noise)

    def apart(self, one: int, other: int, noise: float) -> Split | None:
        """Tell why a fix doesn't continue another, if it doesn't."""
        if self.parts[one] != self.parts[other]:
            return "gap"
        if self.jump(one, other, noise):
            return "jump"
        return "gap" if self.seconds(one, other) > GAP or self.metres(one, other) > LEAP else None


def _seconds(place: int, moment: datetime | None) -> float:
    """Return an instant in seconds: two local times of one zone can't be subtracted over a change of its offset."""
    if moment is None:
        return math.nan
    if moment.tzinfo is None:
        raise BadTrack(_NAIVE.filled(fix=place + 1, value=moment.isoformat()), fix=place)
    return moment.timestamp()


class _Matching:
    """One track on its way onto the graph."""

    def __init__(self, graph: Graph, index: WayIndex, metric: Metric, track: _Track, noise: float) -> None:
        self.graph, self.track, self.noise = graph, track, noise
        self.ground = Ground(graph, index, metric.weights < INF)
        self.left: dict[int, Left] = {}
        self.places: dict[int, Snapped] = {}
        self.stretches: list[Stretch] = []
        self.breaks: list[Break] = []

    def done(self) -> Match:
        """Put the whole track onto the graph."""
        kept = self._telling(self.track.order)
        states = dict(zip(kept, self._states(kept), strict=True))
        self.left.update((fix, "off-network") for fix in kept if not len(states[fix].arcs))
        self._check_near(kept, states)
        for part in self._parts(kept):
            self._put(part, [states[fix] for fix in part])
        self.breaks.sort(key=lambda each: self.track.rank[each.before])
        return Match(
            placed=tuple(self._all_placed()),
            stretches=tuple(self.stretches),
            breaks=tuple(self.breaks),
            off=math.sqrt(sum(p.away**2 for p in self.places.values()) / max(len(self.places), 1)),
            reordered=self.track.reordered,
        )

    def _telling(self, order: Sequence[int]) -> list[int]:
        """Leave out what tells nothing: fixes of one instant, of a moment elsewhere, and where nobody moved on."""
        kept: list[int] = []
        for place, fix in enumerate(order):
            why = self._tells_nothing(kept[-1], fix, order[place + 1 : place + 2]) if kept else None
            if why is None:
                kept.append(fix)
                continue
            self.left[fix] = why
            if why == "still":
                self.track.join(kept[-1], fix)
        return kept

    def _tells_nothing(self, before: int, fix: int, following: Sequence[int]) -> Left | None:
        track = self.track
        if track.parts[before] != track.parts[fix]:
            return None
        if track.seconds(before, fix) == 0:
            return "duplicate"
        if track.jump(before, fix, self.noise) and any(not track.jump(before, n, self.noise) for n in following):
            return "outlier"
        return "still" if track.metres(before, fix) < _STILL * self.noise else None

    def _states(self, fixes: Sequence[int]) -> list[States]:
        """Return for each fix where it may have been taken; nowhere where no way is near."""
        found: list[States] = []
        for first in range(0, len(fixes), _TOGETHER):
            found += self._states_of(self.track.mean[fixes[first : first + _TOGETHER]])
        return found

    def _states_of(self, xy: Floats) -> list[States]:
        radius = _RADIUS * self.noise + _MORE
        points = np.array([shapely.Point(each) for each in xy.tolist()])
        near = [self.ground.index.near(self.graph, point, radius) for point in points]
        fix: Places = np.repeat(np.arange(len(near)), [len(edges) for edges in near])
        edges, line = np.unique(np.concatenate(near), return_inverse=True)
        lines = lines_of(self.graph, edges)
        away = shapely.distance(points[fix], lines[line])
        usable = (self.ground.passed[2 * edges] | self.ground.passed[2 * edges + 1])[line] & (away <= radius)
        order = np.lexsort((line, away, fix))
        order = order[usable[order]]
        rank = np.arange(len(order)) - np.searchsorted(fix[order], fix[order])
        order = order[rank < _EDGES]
        fix, line, away = fix[order], line[order], away[order]
        run = shapely.line_locate_point(lines[line], points[fix])
        arcs = np.concatenate([2 * edges[line], 2 * edges[line] + 1])
        gone = np.concatenate([run, np.maximum(self.graph.length[edges[line]] - run, 0)])
        fixes, away = np.tile(fix, 2), np.tile(away, 2)
        return [
            States(arcs[own], gone[own], away[own])
            for own in (np.flatnonzero((fixes == i) & self.ground.passed[arcs]) for i in range(len(xy)))
        ]

    def _check_near(self, kept: Sequence[int], states: Mapping[int, States]) -> None:
        """Refuse a track that is nowhere near a way, telling how far from its beginning the nearest is."""
        if any(len(states[fix].arcs) for fix in kept):
            return
        x, y = self.track.mean[kept[0]].tolist()
        radius = _RADIUS * self.noise + _MORE
        snap(self.graph, self.ground.index, np.where(self.ground.passed, 0, INF).astype(np.uint32), (x, y), radius)

    def _parts(self, kept: Sequence[int]) -> Iterator[list[int]]:
        """Yield the fixes that may hang together."""
        part: list[int] = []
        for fix in kept:
            if fix in self.left:
                continue
            why = self.track.apart(part[-1], fix, self.noise) if part else None
            if why is not None:
                self._split(part[-1], fix, why)
                yield part
                part = []
            part.append(fix)
        yield part

    def _split(self, before: int, after: int, why: Split) -> None:
        """Tell of a split; where fixes away from all ways lie between, that is why."""
        between = self.track.order[self.track.rank[before] + 1 : self.track.rank[after]]
        seconds = self.track.seconds(before, after)
        away = any(self.left.get(fix) == "off-network" for fix in between)
        self.breaks.append(
            Break(
                before=before,
                after=after,
                why="off-network" if away else why,
                metres=self.track.metres(before, after),
                seconds=None if math.isnan(seconds) else seconds,
            )
        )

    def _put(self, part: Sequence[int], states: Sequence[States]) -> None:
        steps = [Step(self.track.metres(*pair), self.track.seconds(*pair)) for pair in pairwise(part)]
        habits = Habits(self.noise, _DETOUR * self.noise, FASTEST)
        runs = Trellis(self.ground, habits, states, steps).runs()
        for after in runs[1:]:
            self._split(part[after.first - 1], part[after.first], "no-way")
        for run in runs:
            self._put_run(part, states, run)

    def _put_run(self, part: Sequence[int], states: Sequence[States], run: Run) -> None:
        fixes = part[run.first : run.first + len(run.states)]
        for place, (fix, state) in enumerate(zip(fixes, run.states, strict=True), run.first):
            self.places[fix] = self._snapped(fix, states[place], state)
        if len(fixes) > 1:
            self.stretches.append(self._stretch(fixes, run.arcs, run.length))

    def _snapped(self, fix: int, states: States, state: int) -> Snapped:
        edge, back = divmod(int(states.arcs[state]), 2)
        length = float(self.graph.length[edge])
        gone = length - float(states.gone[state]) if back else float(states.gone[state])
        line = lines_of(self.graph, np.array([edge]))[0]
        at = shapely.line_interpolate_point(line, gone)
        x, y = self.track.xy[fix].tolist()
        along = min(max(gone / length, 0.0), 1.0) if length else 0.0
        return Snapped(asked=(x, y), point=(at.x, at.y), away=float(states.away[state]), edge=edge, along=along)

    def _stretch(self, fixes: Sequence[int], arcs: tuple[int, ...], length: float) -> Stretch:
        start, end = self.places[fixes[0]], self.places[fixes[-1]]
        first, last = arcs[0], arcs[-1]
        left = self.graph.length[first // 2] * (1 - start.along if first % 2 == 0 else start.along)
        gone = self.graph.length[last // 2] * (end.along if last % 2 == 0 else 1 - end.along)
        if len(arcs) > 1 and left < _TOUCH:
            arcs = arcs[1:]
        if len(arcs) > 1 and gone < _TOUCH:
            arcs = arcs[:-1]
        return Stretch(first=fixes[0], last=fixes[-1], start=start, end=end, arcs=arcs, length=length)

    def _all_placed(self) -> list[Placed]:
        """Return all fixes as given; one that stands still is where the one before it was put."""
        placed: dict[int, Placed] = {}
        before: Snapped | None = None
        for fix in self.track.order:
            left = self.left.get(fix)
            if left is None:
                before = self.places[fix]
            placed[fix] = Placed(fix, before if left in {None, "still", "duplicate"} else None, left)
        return [placed[fix] for fix in sorted(placed)]


_BAD_NOISE = Text(
    kk="Қабылдағыштың қателігі {least} мен {most} метр аралығында болуы керек, {given} берілді.",
    ru="Погрешность приёмника должна быть от {least} до {most} метров, дано: {given}.",
    en="The receiver's noise must be from {least} to {most} metres, {given} was given.",
)
_TOO_FEW = Text(
    kk="Трек кемінде екі нүктеден тұруы керек, {given} берілді.",
    ru="В треке должно быть не меньше двух точек, дано: {given}.",
    en="A track needs at least two fixes, {given} were given.",
)
_TOO_LONG = Text(
    kk="Бір тректе ең көбі {most} нүкте болады, {given} берілді: оны бөліп жіберіңіз.",
    ru="В одном треке не больше {most} точек, дано: {given}; отправьте его по частям.",
    en="A track has at most {most} fixes, {given} were given: send it in parts.",
)
_NO_NUMBERS = Text(
    kk="Тректің {fix}-нүктесінің координаталары шекті сандар емес.",
    ru="Координаты точки {fix} трека — не конечные числа.",
    en="The coordinates of fix {fix} of the track are no finite numbers.",
)
_SOME_TIMES = Text(
    kk="Тректің {fix}-нүктесінде уақыт жоқ: уақыт барлық нүктеде болуы керек немесе ешбірінде болмауы керек.",
    ru="У точки {fix} трека нет времени: оно должно быть у всех точек или ни у одной.",
    en="Fix {fix} of the track has no time: either all have one, or none.",
)
_NAIVE = Text(
    kk="Тректің {fix}-нүктесінің уақыты «{value}» белдеусіз берілген: UTC-дан ығысуын қосыңыз, мысалы +05:00.",
    ru="Время точки {fix} трека «{value}» дано без пояса: добавьте смещение от UTC, например +05:00.",
    en="The time of fix {fix} of the track, '{value}', has no zone: add its offset from UTC, such as +05:00.",
)
