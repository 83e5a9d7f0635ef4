"""What is reached within a time, or from where a place is reached within it: areas, and what lies in them.

A way that is reached in part counts exactly as far as it is reached: what passing it costs is spread evenly along it,
but for what is spent where it ends. What lies between a place and its way is gone first, or last.
Minutes are minutes: of the ways that the metric lets pass the fastest count, however much they are shunned.
Coordinates are in the city's projected system, easting before northing [m].
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon

from gis.errors import BadRequest
from gis.text import Text
from routing.contours import REACH, Lattice, surroundings
from routing.metric import Metric
from routing.network import INF, Graph
from routing.route import Snapped
from routing.snapping import off_way, spots, terminals
from routing.timed import timed

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

WIDTH: Final = 20.0
"""How far from a reached way an area goes at most [m], where it isn't too large for that."""

LONGEST: Final = 24 * 3600.0
"""The greatest limit [s]."""

MOST_LIMITS: Final = 12

_LEAST: Final = 1e-6
"""Milliseconds; a way costs at least so much, or no share of it could be told."""


class BadLimits(BadRequest):
    """Limits of time that make no isochrone."""

    code = "bad-isochrone-limits"


class BadPoints(BadRequest):
    """Points that are no pairs of finite coordinates."""

    code = "bad-points"


@dataclass(frozen=True, slots=True, kw_only=True)
class Isochrone:
    """One area.

    Attributes:
        limit: seconds.
        area: around all that is reached; each lies in the next, holes are what isn't reached.
        tolerance: no point of it is farther from what is reached [m]; a way that isn't reached may lie in it so near.
    """

    limit: float
    area: MultiPolygon
    tolerance: float


def isochrones(
    graph: Graph,
    metric: Metric,
    places: Sequence[Snapped],
    limits: Sequence[float],
    *,
    inward: bool = False,
    width: float = WIDTH,
) -> list[Isochrone]:
    """Return the areas reached from the nearest of some places, or with ``inward`` those that reach one of them.

    Args:
        graph: what is moved on.
        metric: who moves.
        places: at least one.
        limits: seconds, in any order; the answer has them in order, each once.
        inward: whether to come from the area to a place.
        width: metres that an area goes beyond a reached way at most; more where the area is very large.

    Raises:
        BadLimits: no limit, too many, or one that is no time up to :data:`LONGEST`.
    """
    asked = _checked(limits)
    latest = asked[-1] * 1000.0
    spread = _Spread(graph, timed(metric), [_begun(place) for place in places], latest, inward=inward)
    tips = [spread.tips(limit * 1000.0) for limit in asked]
    points, costs = spread.vertices()
    if not len(tips[-1]):
        return [Isochrone(limit=limit, area=MultiPolygon(), tolerance=width) for limit in asked]
    lattice = Lattice.under(np.concatenate([points[costs <= latest], tips[-1]]), max(width, 0.1) / REACH)
    points, costs = spread.closer(lattice.side, points, costs)
    areas = surroundings(lattice, _growing(points, costs, asked, tips))
    return [
        Isochrone(limit=limit, area=area, tolerance=lattice.side * REACH)
        for limit, area in zip(asked, areas, strict=True)
    ]


def counted(found: Sequence[Isochrone], points: npt.ArrayLike) -> list[int]:
    """Return how many points, shape (n, 2), lie in each area.

    Raises:
        BadPoints: something is no pair of finite coordinates.
    """
    given = np.asarray(points, dtype=np.float64)
    given = given.reshape(-1, 2) if given.size == 0 else given
    if given.ndim != 2 or given.shape[1] != 2 or not np.isfinite(given).all():
        raise BadPoints(_NO_POINTS)
    return [int(shapely.contains_xy(each.area, given[:, 0], given[:, 1]).sum()) for each in found]


def _checked(limits: Sequence[float]) -> list[float]:
    if not limits or len(limits) > MOST_LIMITS:
        raise BadLimits(_HOW_MANY.filled(most=MOST_LIMITS, given=len(limits)), given=len(limits), most=MOST_LIMITS)
    for limit in limits:
        if not 0 < limit <= LONGEST:
            raise BadLimits(_NO_LIMIT.filled(most=round(LONGEST), given=limit), given=str(limit), most=LONGEST)
    return sorted(set(limits))


def _begun(place: Snapped) -> Snapped:
    """Return a place on its own way alone, unless that is an island: an area shows where one-way streets end."""
    island = place.outward is not None and place.inward is not None
    return place if island else replace(place, outward=None, inward=None)


class _Spread:
    """At what cost [ms] the ways are reached that are reached at all, be it in part.

    Of each of them: what has been spent when it is entered at its begin and at its end, and what passing it costs from
    there; inward: what there is still to spend when it is left.
    """

    def __init__(self, graph: Graph, metric: Metric, places: Sequence[Snapped], latest: float, *, inward: bool) -> None:
        starts = [each for place in places for each in terminals(graph, metric, place, reverse=inward)]
        begun = metric.begun(starts, int(latest), reverse=inward)
        reached = (begun <= latest) & (metric.weights < INF)
        whole = reached[::2] | reached[1::2]
        own = [spot for place in places for spot in spots(place, reverse=inward)]
        whole[[spot.edge for spot in own]] = True
        self.trace = _Trace(graph, np.flatnonzero(whole))
        arcs = 2 * self.trace.edges + (0, 1)[inward], 2 * self.trace.edges + (1, 0)[inward]
        held = [metric.held(arc) for arc in arcs]
        self.first, self.last = (
            np.where(reached[arc], begun[arc] + (spent if inward else 0), np.inf)
            for arc, spent in zip(arcs, held, strict=True)
        )
        self.onward, self.back = (
            np.where(metric.weights[arc] < INF, np.maximum(metric.weights[arc] - spent, _LEAST), np.inf)
            for arc, spent in zip(arcs, held, strict=True)
        )
        ranks = np.searchsorted(self.trace.edges, [spot.edge for spot in own]).tolist()
        self.places = [(rank, spot, float(off_way(metric, spot))) for rank, spot in zip(ranks, own, strict=True)]

    def vertices(self) -> tuple[Floats, Floats]:
        """Return all vertices and at what cost each is reached."""
        return self.trace.vertices, self._costs(self.trace.ranks, self.trace.shares)

    def closer(self, side: float, points: Floats, costs: Floats) -> tuple[Floats, Floats]:
        """Return vertices and as many points between them that none are farther apart than ``side``."""
        between, ranks, shares = self.trace.between(side)
        return np.concatenate([points, between]), np.concatenate([costs, self._costs(ranks, shares)])

    def _costs(self, ranks: Places, shares: Floats) -> Floats:
        """Return at what cost points at shares of edges are reached; NaN or infinite where they aren't."""
        with np.errstate(invalid="ignore"):
            onward = self.first[ranks] + shares * self.onward[ranks]
            back = self.last[ranks] + (1 - shares) * self.back[ranks]
        costs: Floats = np.fmin(onward, back)
        for rank, place, access in self.places:
            if 0.0 < place.along < 1.0:
                at = np.flatnonzero(ranks == rank)
                costs[at] = np.fmin(costs[at], access + self._beside(rank, shares[at] - place.along))
        return costs

    def _beside(self, rank: int, away: Floats) -> Floats:
        """Return what it costs to get from a place to points of its own edge without leaving it."""
        with np.errstate(invalid="ignore"):
            costs: Floats = np.where(away > 0, away * self.onward[rank], -away * self.back[rank])
        return np.where(away == 0, 0.0, costs)

    def tips(self, limit: float) -> Floats:
        """Return the points at which edges cease to be reached, and the places."""
        with np.errstate(invalid="ignore"):
            begins = np.where(self.first <= limit, np.minimum((limit - self.first) / self.onward, 1), -1)
            ends = np.where(self.last <= limit, 1 - np.minimum((limit - self.last) / self.back, 1), 2)
        apart = begins < ends
        here, there = np.flatnonzero(apart & (begins >= 0)), np.flatnonzero(apart & (ends <= 1))
        own = [
            (rank, share)
            for rank, place, access in self.places
            if access <= limit
            for share in self._own_tips(rank, place.along, limit - access)
        ]
        ranks = np.concatenate([here, there, np.array([rank for rank, _ in own], dtype=np.int64)])
        return self.trace.points_at(ranks, np.concatenate([begins[here], ends[there], [share for _, share in own]]))

    def _own_tips(self, rank: int, along: float, limit: float) -> tuple[float, float, float]:
        farthest, nearest = along + limit / float(self.onward[rank]), along - limit / float(self.back[rank])
        return along, min(farthest, 1.0), max(nearest, 0.0)


class _Trace:
    """The courses of some edges, vertex by vertex."""

    def __init__(self, graph: Graph, edges: Places) -> None:
        self.edges = edges
        begins, sizes = graph.course_offsets[edges], np.diff(graph.course_offsets)[edges]
        self.firsts = np.cumsum(sizes) - sizes
        self.lasts = self.firsts + sizes - 1
        self.ranks = np.repeat(np.arange(len(edges)), sizes)
        self.vertices = graph.courses[np.arange(len(self.ranks)) + np.repeat(begins - self.firsts, sizes)]
        steps = np.zeros(len(self.vertices))
        steps[1:] = np.hypot(*(self.vertices[1:] - self.vertices[:-1]).T)
        steps[self.firsts] = 0
        gone = np.cumsum(steps)
        gone -= np.repeat(gone[self.firsts], sizes)
        self.steps = steps
        self.shares = gone / np.repeat(np.maximum(gone[self.lasts], 1e-9), sizes)

    def between(self, side: float) -> tuple[Floats, Places, Floats]:
        """Return points between vertices that are farther apart than ``side``: where, ranks and shares of edges."""
        ends = np.flatnonzero(self.steps > side)
        counts = np.ceil(self.steps[ends] / side).astype(np.int64) - 1
        here = np.repeat(ends, counts)
        number = np.arange(len(here)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
        part = number / np.repeat(counts + 1, counts)
        points = self.vertices[here - 1] + part[:, None] * (self.vertices[here] - self.vertices[here - 1])
        shares = self.shares[here - 1] + part * (self.shares[here] - self.shares[here - 1])
        return points, self.ranks[here], shares

    def points_at(self, ranks: Places, shares: Floats) -> Floats:
        """Return the points at shares of edges."""
        found = np.searchsorted(self.ranks + self.shares, ranks + shares, side="right") - 1
        at = np.clip(found, self.firsts[ranks], self.lasts[ranks] - 1)
        low, high = self.shares[at], self.shares[at + 1]
        part = np.clip((shares - low) / np.maximum(high - low, 1e-12), 0, 1)
        placed: Floats = self.vertices[at] + part[:, None] * (self.vertices[at + 1] - self.vertices[at])
        return placed


def _growing(points: Floats, costs: Floats, limits: Sequence[float], tips: Sequence[Floats]) -> Iterator[Floats]:
    """Yield what each limit adds to the one before."""
    for (before, limit), ends in zip(pairwise([-1.0, *limits]), tips, strict=True):
        added = points[(costs > before * 1000.0) & (costs <= limit * 1000.0)]
        yield np.concatenate([added, ends])


_HOW_MANY = Text(
    kk="Изохрона үшін 1-ден {most}-ге дейін уақыт шегі керек, {given} берілді.",
    ru="Для изохрон нужно от 1 до {most} пределов времени, дано: {given}.",
    en="Isochrones take 1 to {most} limits of time, {given} were given.",
)
_NO_LIMIT = Text(
    kk="{given} изохронаның уақыт шегі бола алмайды: секундтар 0-ден артық және {most}-ден аспауы керек.",
    ru="{given} не может быть пределом изохроны: секунд должно быть больше 0 и не больше {most}.",
    en="{given} is no limit of an isochrone: seconds must be above 0 and at most {most}.",
)
_NO_POINTS = Text(
    kk="Нүктелер екі-екіден берілген шекті координаталар болуы керек: шығысқа, содан кейін солтүстікке.",
    ru="Точки должны быть парами конечных координат: на восток, затем на север.",
    en="Points must be pairs of finite coordinates: easting, then northing.",
)
