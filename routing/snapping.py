"""Places put onto the graph: the nearest point of a way that may be passed, and how a search sets off from there.

A place in the course of a way has a terminal at each end that is come to from it, at the share of the way's cost that
lies between; what is spent at what stands at an end counts where that end is come to. Two places on one way may be
joined without leaving it. Whatever lies between a place and its way is paid for by the metre, at either end of a trip.

Where the nearest way leads nowhere, being an island or a dead end of one-way streets, a place has a second spot: on the
nearest way that is joined to the rest. A search takes the cheaper of both, so that two places on one island still meet.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from gis.errors import BadRequest, QalaError
from gis.text import Text
from routing.metric import Metric, Terminal
from routing.network import INF, Graph, Ids
from routing.parts import parts
from routing.route import Snapped
from routing.skeleton import Weights

LIMIT: Final = 400.0
"""Metres within which a place is put onto a way where nothing else is asked for."""

FARTHEST: Final = 5_000.0
"""The farthest limit that may be asked for [m]."""

_FIRST: Final = 25.0
"""Metres within which a way is looked for at first; then four times as far, and so on."""


class OffNetwork(QalaError):
    """No way that the asker may pass is near enough; ``data["away"]`` tells how far the nearest is, where one is."""

    code = "off-network"
    status = 422


class NoPlace(BadRequest):
    """Coordinates or a limit that are no finite numbers."""

    code = "no-place"


class WayIndex:
    """Finds the ways of a graph by place.

    It is made once for a graph's courses; where few of them change, ``without`` and ``added`` ways are laid over it.
    """

    def __init__(self, graph: Graph) -> None:
        """Index all ways."""
        self._tree = shapely.STRtree(lines_of(graph, np.arange(graph.edges)))
        self._count = graph.edges
        self._changed: npt.NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def changed(self, edges: Sequence[int]) -> "WayIndex":
        """Return an index that looks at the courses of these edges themselves; it shares the rest."""
        other = object.__new__(WayIndex)
        other._tree, other._count = self._tree, self._count
        other._changed = np.union1d(self._changed, np.asarray(edges, dtype=np.int64))
        return other

    @property
    def stale(self) -> int:
        """How many edges it has to look at itself."""
        return len(self._changed)

    def near(self, graph: Graph, area: shapely.Geometry, within: float = 0.0) -> Ids:
        """Return the edges that come so near [m] to an area, holes among them."""
        found = self._tree.query(area, predicate="dwithin", distance=within).astype(np.int64)
        if not len(self._changed):
            return found
        away = shapely.distance(lines_of(graph, self._changed), area)
        return np.concatenate([np.setdiff1d(found, self._changed), self._changed[away <= within]])


def lines_of(graph: Graph, edges: Ids) -> npt.NDArray[np.object_]:
    """Return the courses of edges as drawn."""
    first, last = graph.course_offsets[edges], graph.course_offsets[np.asarray(edges) + 1]
    counts = last - first
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    lines: npt.NDArray[np.object_] = shapely.linestrings(
        graph.courses[np.repeat(first, counts) + within], indices=np.repeat(np.arange(len(counts)), counts)
    )
    return lines


def passable(weights: Weights) -> npt.NDArray[np.bool_]:
    """Tell of each edge whether it is passed one way at least."""
    return np.asarray((weights.reshape(-1, 2) < INF).any(axis=1))


@dataclass(frozen=True, slots=True)
class _Radii:
    limit: float

    def __iter__(self) -> Iterator[float]:
        radius = min(_FIRST, self.limit)
        while radius < self.limit:
            yield radius
            radius *= 4
        yield self.limit


def snap(graph: Graph, index: WayIndex, weights: Weights, place: tuple[float, float], limit: float = LIMIT) -> Snapped:
    """Return a place on the nearest way that is passed.

    Args:
        graph: the network.
        index: of its ways.
        weights: of its arcs; ways that are passed neither way are overlooked.
        place: in the city's projected system [m].
        limit: how far off the way may be [m].

    Raises:
        NoPlace: coordinates or limit that are no finite numbers.
        OffNetwork: no such way is near enough.
    """
    if not all(map(math.isfinite, (*place, limit))) or limit < 0:
        raise NoPlace(_NO_PLACE.filled(x=place[0], y=place[1], limit=limit))
    found = _within(graph, index, weights, place, limit)
    if found is None:
        raise _off(graph, index, weights, place, limit)
    return found


def _within(
    graph: Graph, index: WayIndex, weights: Weights, place: tuple[float, float], limit: float
) -> Snapped | None:
    point = shapely.Point(place)
    for radius in _Radii(limit):
        found = _nearest(graph, passed(index.near(graph, point, radius), weights), point)
        if found is not None and found.away <= radius:
            return found
    return None


def placed(graph: Graph, index: WayIndex, metric: Metric, place: tuple[float, float], limit: float = LIMIT) -> Snapped:
    """Return a place on the nearest way that is passed, and beside on one that leads on, where that doesn't.

    Arguments and errors as :func:`snap`.
    """
    return leading(graph, index, metric, snap(graph, index, metric.weights, place, limit), limit)


def leading(graph: Graph, index: WayIndex, metric: Metric, found: Snapped, limit: float = LIMIT) -> Snapped:
    """Return a place with the nearest way that is joined to the rest within the limit, where its own isn't."""
    joined = parts(graph, metric)
    if joined.leaves[found.edge] and joined.comes[found.edge]:
        return found
    free = np.repeat(joined.leaves & joined.comes & passable(metric.weights), 2)
    other = _within(graph, index, np.where(free, np.uint32(0), np.uint32(INF)), found.asked, limit)
    outward, inward = (None if ways[found.edge] else other for ways in (joined.leaves, joined.comes))
    return replace(found, outward=outward, inward=inward)


def spots(place: Snapped, *, reverse: bool = False) -> tuple[Snapped, ...]:
    """Return where one may set off from a place, or with ``reverse`` arrive: on its own way first."""
    other = place.inward if reverse else place.outward
    return (place,) if other is None else (place, other)


def passed(edges: Ids, weights: Weights) -> Ids:
    """Return those of some edges that are passed one way at least."""
    return edges[(weights[2 * edges] < INF) | (weights[2 * edges + 1] < INF)]


def _nearest(graph: Graph, edges: Ids, point: shapely.Point) -> Snapped | None:
    if not len(edges):
        return None
    edges = np.sort(edges)
    away = shapely.distance(lines_of(graph, edges), point)
    return on_edge(graph, int(edges[np.argmin(away)]), (point.x, point.y))


def on_edge(graph: Graph, edge: int, place: tuple[float, float]) -> Snapped:
    """Return a place on a given edge."""
    line, point = lines_of(graph, np.array([edge]))[0], shapely.Point(place)
    run = float(shapely.line_locate_point(line, point))
    on = shapely.line_interpolate_point(line, run)
    along = run / line.length if line.length else 0.0
    away = float(shapely.distance(line, point))
    return Snapped(asked=place, point=(on.x, on.y), away=away, edge=edge, along=min(max(along, 0.0), 1.0))


def _off(graph: Graph, index: WayIndex, weights: Weights, place: tuple[float, float], limit: float) -> OffNetwork:
    """Return the refusal, with the distance of the nearest way even where that is far beyond what may be asked for."""
    x, y = place
    point = shapely.Point(place)
    for radius in _Radii(max(FARTHEST, limit)):
        found = _nearest(graph, passed(index.near(graph, point, radius), weights), point)
        if found is not None:
            facts = {"away": round(found.away, 1), "nearest": [round(each, 3) for each in found.point]}
            message = _TOO_FAR.filled(away=math.ceil(found.away), limit=round(limit))
            return OffNetwork(message, asked=[x, y], limit=limit, **facts)
    return OffNetwork(_NOWHERE.filled(limit=round(max(FARTHEST, limit))), asked=[x, y], limit=limit)


def terminals(graph: Graph, metric: Metric, place: Snapped, *, reverse: bool = False) -> tuple[Terminal, ...]:
    """Return from where a search sets off from a place, or with ``reverse`` where one to it arrives."""
    return tuple(
        terminal
        for spot in spots(place, reverse=reverse)
        for terminal in _terminals(graph, metric, spot, reverse=reverse)
    )


def _terminals(graph: Graph, metric: Metric, spot: Snapped, *, reverse: bool) -> Iterator[Terminal]:
    edge, along, access = spot.edge, spot.along, off_way(metric, spot)
    if along <= 0.0 or along >= 1.0:
        yield Terminal(int((graph.u if along <= 0.0 else graph.v)[edge]), access, spot=spot)
        return
    for arc, left in ((2 * edge, 1.0 - along), (2 * edge + 1, along)):
        if metric.weights[arc] < INF:
            node, share = (graph.tail[arc], 1.0 - left) if reverse else (graph.head[arc], left)
            yield Terminal(int(node), access + run(metric, arc, share, to_end=not reverse), arc, spot)


def off_way(metric: Metric, spot: Snapped) -> int:
    """Return what lies between a place and its way costs."""
    return round(spot.away * metric.off)


def access_seconds(metric: Metric, start: Snapped, end: Snapped) -> float:
    """Return how long it takes to come from a place to its way and from a way to the other place."""
    return 0.0 if start.asked == end.asked else (start.away + end.away) * metric.approach.pace


def run(metric: Metric, arc: int, share: float, *, to_end: bool) -> int:
    """Return what a share of an arc costs, and with ``to_end`` what stands where it ends."""
    held = int(metric.held(np.array([arc]))[0]) if metric.delays[arc] > 0 else 0
    return round((int(metric.weights[arc]) - held) * share) + (held if to_end else 0)


class Direct(NamedTuple):
    """A way along a single edge.

    Attributes:
        cost: [ms].
        arc: that is passed.
        start, end: where.
    """

    cost: int
    arc: int
    start: Snapped
    end: Snapped

    @property
    def share(self) -> float:
        """How much of the arc is passed."""
        return abs(self.end.along - self.start.along)

    @property
    def to_end(self) -> bool:
        """Whether the arc is passed to its end."""
        return self.share > 0 and (self.end.along >= 1.0 if self.arc % 2 == 0 else self.end.along <= 0.0)


def along_edge(metric: Metric, start: Snapped, end: Snapped) -> Direct | None:
    """Return the cheapest way from one place to another of the same edge without leaving it.

    ``None`` where they lie on different edges, or the edge isn't passed that way. Who is there already passes nothing.
    """
    pairs = ((one, other) for one in spots(start) for other in spots(end, reverse=True) if one.edge == other.edge)
    found = [direct for pair in pairs if (direct := _direct(metric, *pair)) is not None]
    return min(found, key=lambda direct: direct.cost, default=None)


def _direct(metric: Metric, start: Snapped, end: Snapped) -> Direct | None:
    share = end.along - start.along
    arc = 2 * start.edge + (share < 0)
    if metric.weights[arc] >= INF:
        if share:
            return None
        arc ^= 1
    way = Direct(0, arc, start, end)
    if start.asked == end.asked:
        return way
    spent = run(metric, arc, way.share, to_end=way.to_end) if share else 0
    return way._replace(cost=off_way(metric, start) + spent + off_way(metric, end))


_NO_PLACE = Text(
    kk="({x}; {y}) нүктесі мен {limit} м шегі шектеулі сандар болуы керек, шек теріс болмауы тиіс.",
    ru="Точка ({x}; {y}) и предел {limit} м должны быть конечными числами, предел неотрицателен.",
    en="The point ({x}; {y}) and the limit of {limit} m must be finite numbers, the limit not negative.",
)
_TOO_FAR = Text(
    kk="Өтуге болатын ең жақын жолға дейін {away} м, ал шек {limit} м; жолға жақынырақ нүктені көрсетіңіз.",
    ru="До ближайшего доступного пути {away} м, а предел {limit} м; укажите точку ближе к пути.",
    en="The nearest way that can be passed is {away} m away, the limit is {limit} m; name a point nearer to a way.",
)
_NOWHERE = Text(
    kk="{limit} м төңіректе өтуге болатын жол жоқ; қала ішіндегі нүктені беріңіз.",
    ru="В пределах {limit} м нет ни одного доступного пути; укажите точку в городе.",
    en="There is no way that can be passed within {limit} m; name a point in the city.",
)
