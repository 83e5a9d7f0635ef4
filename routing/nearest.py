"""Which of many crews is at an incident first: found by one search from the incident, against the ways.

Crews move. One whose heading or way is known is put onto that way, and goes on in its direction or turns about first;
where it can't come from there, it is put onto another way near it.
Times are compared, over the ways that the metric lets pass, however much they are shunned.
Coordinates are in the city's projected system, easting before northing [m].
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from gis.errors import BadRequest, TooLarge
from gis.text import Text
from routing.metric import Metric
from routing.network import INF, Graph, Ids
from routing.route import Snapped
from routing.snapping import (
    LIMIT,
    NoPlace,
    OffNetwork,
    WayIndex,
    along_edge,
    leading,
    lines_of,
    on_edge,
    passed,
    snap,
    terminals,
)
from routing.timed import timed

Floats = npt.NDArray[np.float64]
Lines = npt.NDArray[np.object_]

ABOUT: Final = 20.0
"""Seconds to turn about."""

MOST: Final = 10_000
"""Crews that are compared at once."""

_AGAINST: Final = 60.0
"""Metres that a way which leads elsewhere than a crew is heading may be nearer and still isn't the one it is on."""

_SIDE: Final = 100.0
"""Degrees off the heading from which on a direction is against it."""

_TRIED: Final = 8
"""Ways near a crew that are tried, where it doesn't come from the one that fits its heading best."""

_Way = tuple[float, bool, Snapped | None]
_NONE: Final[_Way] = (math.inf, False, None)

Reason = Literal["off-network", "apart", "no-way", "too-late"]


class BadCrews(BadRequest):
    """Crews, their headings or what is asked of them that can't be understood."""

    code = "bad-crews"


class TooManyCrews(TooLarge):
    """More crews than are compared at once."""

    code = "too-many-crews"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Somebody who might come.

    Attributes:
        key: what the asker calls it.
        place: easting, northing [m].
        heading: degrees clockwise from grid north in which it moves; ``None`` where it stands, or nobody knows.
        way: feature of the way on which it is, if that is known.
        ready: seconds until it can set off.
    """

    key: str
    place: tuple[float, float]
    heading: float | None = None
    way: int | None = None
    ready: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A crew that comes.

    Attributes:
        rank: from 1; those who come at the same time share it, in the order in which they were given.
        place: where it was put.
        seconds: until it is there, what it needs to be ready among them.
        turns: whether it turns about first.
    """

    rank: int
    crew: Crew
    place: Snapped
    seconds: float
    turns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A crew that doesn't come, and why.

    Attributes:
        reason: ``off-network``: it is near no way that may be passed; ``apart``: no way whatever joins it to the
            incident; ``no-way``: one-way streets or closures keep it from there; ``too-late``: it takes longer than
            asked for.
        statement: the same for people.
    """

    crew: Crew
    reason: Reason
    statement: Text


@dataclass(frozen=True, slots=True)
class Nearest:
    """Crews that come, the first first, and all that don't."""

    arrivals: tuple[Arrival, ...]
    absent: tuple[Absent, ...]


def nearest(
    graph: Graph,
    index: WayIndex,
    metric: Metric,
    incident: Snapped,
    crews: Sequence[Crew],
    *,
    count: int = 5,
    within: float = math.inf,
    limit: float = LIMIT,
) -> Nearest:
    """Return the crews that are at an incident first.

    Args:
        graph: what is moved on.
        index: of its ways.
        metric: how they move.
        incident: where to.
        crews: at least one.
        count: how many are wanted; those who come at the same time as the last of them are told too.
        within: seconds after which nobody is wanted.
        limit: how far a crew may be from a way [m].

    Raises:
        BadCrews: no crew, or one that can't be understood; a count or time that is none.
        TooManyCrews: more than :data:`MOST`.
    """
    _check(crews, count, within)
    search = _Search(graph, index, timed(metric), incident, limit)
    come: list[tuple[Crew, Snapped, float, bool]] = []
    absent = []
    for crew in crews:
        found = search.arrival(crew)
        if isinstance(found, Absent):
            absent.append(found)
        elif found[2] > within:
            absent.append(Absent(crew=crew, reason="too-late", statement=_TOO_LATE.filled(seconds=round(found[2]))))
        else:
            come.append(found)
    come.sort(key=lambda each: each[2])
    return Nearest(tuple(_ranked(come, count)), tuple(absent))


def _ranked(come: Sequence[tuple[Crew, Snapped, float, bool]], count: int) -> Iterator[Arrival]:
    rank, before = 0, -1.0
    for number, (crew, place, seconds, turns) in enumerate(come, 1):
        rank = rank if seconds == before else number
        if rank > count:
            return
        yield Arrival(rank=rank, crew=crew, place=place, seconds=seconds, turns=turns)
        before = seconds


class _Search:
    """What is left to the incident from everywhere."""

    def __init__(self, graph: Graph, index: WayIndex, metric: Metric, incident: Snapped, limit: float) -> None:
        self.graph, self.index, self.metric, self.limit = graph, index, metric, limit
        self.incident, self.ends = incident, terminals(graph, metric, incident, reverse=True)
        self.left = metric.begun(self.ends, reverse=True)

    @cached_property
    def from_nodes(self) -> npt.NDArray[np.uint32]:
        """What is left from each node, by whichever arc one goes on."""
        return self.metric.reach(self.ends, reverse=True)

    @cached_property
    def parts(self) -> npt.NDArray[np.int32]:
        """Which part of the network each node is in, whatever the direction of the ways."""
        arcs = np.flatnonzero(self.metric.weights < INF)
        ones = np.ones(len(arcs), dtype=np.int8)
        shape = (self.graph.nodes, self.graph.nodes)
        joined = csr_array((ones, (self.graph.tail[arcs], self.graph.head[arcs])), shape=shape)
        found: npt.NDArray[np.int32] = connected_components(joined, directed=False)[1]
        return found

    def arrival(self, crew: Crew) -> tuple[Crew, Snapped, float, bool] | Absent:
        """Return where a crew is, when it is there, and whether it turns about first; or why it isn't."""
        try:
            likely = self._likely(crew)
        except OffNetwork as refusal:
            return Absent(crew=crew, reason="off-network", statement=refusal.message)
        for place in self._tried(crew, likely):
            cost, turns, spot = min(self._ways(crew, place), default=_NONE, key=lambda way: way[:2])
            if cost < INF and spot is not None:
                return crew, spot, cost / 1000.0 + crew.ready, turns
        apart = self.parts[self.graph.u[likely[0].edge]] != self.parts[self.graph.u[self.incident.edge]]
        return Absent(crew=crew, reason="apart" if apart else "no-way", statement=_APART if apart else _NO_WAY)

    def _tried(self, crew: Crew, likely: Sequence[Snapped]) -> Iterator[Snapped]:
        """Yield where a crew may be, and at last also the nearest way that leads on."""
        if crew.heading is not None or crew.way is not None:
            yield from likely
        yield leading(self.graph, self.index, self.metric, likely[0], self.limit)

    def _ways(self, crew: Crew, place: Snapped) -> Iterator[_Way]:
        """Yield how a crew might come from a place: the time, whether it turns about first, and where it was put."""
        for terminal in terminals(self.graph, self.metric, place):
            left = self.from_nodes[terminal.node] if terminal.arc < 0 else self.left[terminal.arc]
            spot = terminal.spot or place
            turns = terminal.arc >= 0 and self._against(crew, spot, terminal.arc)
            if left < INF:
                yield float(left) + terminal.cost + turns * ABOUT * 1000.0, turns, spot
        direct = along_edge(self.metric, place, self.incident)
        if direct is not None:
            turns = direct.share > 0 and self._against(crew, direct.start, direct.arc)
            yield direct.cost + turns * ABOUT * 1000.0, turns, direct.start

    def _likely(self, crew: Crew) -> list[Snapped]:
        """Return where a crew may be: on the way it says, else on those near it, by how well they fit its heading."""
        edge = None if crew.way is None else self.graph.edge_of.get(crew.way)
        if edge is not None and passed(np.array([edge]), self.metric.weights).size:
            own = on_edge(self.graph, edge, crew.place)
            if own.away <= self.limit:
                return [own]
        nearest = snap(self.graph, self.index, self.metric.weights, crew.place, self.limit)
        if crew.heading is None:
            return [nearest]
        radius = min(nearest.away + _AGAINST, self.limit)
        point = shapely.Point(crew.place)
        near = np.sort(passed(self.index.near(self.graph, point, radius), self.metric.weights))
        lines = lines_of(self.graph, near)
        runs, away = (np.asarray(told(lines, point)) for told in (shapely.line_locate_point, shapely.distance))
        off = self._off_heading(crew.heading, near, lines, runs)
        order = near[np.argsort(away + off, kind="stable")][:_TRIED]
        return [on_edge(self.graph, int(edge), crew.place) for edge in order]

    def _off_heading(self, heading: float, edges: Ids, lines: Lines, runs: Floats) -> Floats:
        """Return how far ways lead off a heading, as metres: none if they do, :data:`_AGAINST` if against it."""
        onward = _angles(heading, lines, runs)
        weights = self.metric.weights
        least = np.minimum(
            np.where(weights[2 * edges] < INF, onward, 180.0),
            np.where(weights[2 * edges + 1] < INF, 180 - onward, 180.0),
        )
        metres: Floats = _AGAINST * (1 - np.cos(np.radians(least))) / 2
        return metres

    def _against(self, crew: Crew, place: Snapped, arc: int) -> bool:
        if crew.heading is None:
            return False
        lines = lines_of(self.graph, np.array([place.edge]))
        onward = float(_angles(crew.heading, lines, np.array([place.along * lines[0].length]))[0])
        return (180 - onward if arc % 2 else onward) > _SIDE


def _angles(heading: float, lines: Lines, runs: Floats) -> Floats:
    """Return by how many degrees, up to 180, lines lead off a heading where one has come so far along them [m]."""
    steps = np.minimum(1.0, shapely.length(lines) / 10)
    behind, ahead = (shapely.line_interpolate_point(lines, np.maximum(runs + way, 0)) for way in (-steps, steps))
    east, north = (each(ahead) - each(behind) for each in (shapely.get_x, shapely.get_y))
    angles: Floats = np.abs((np.degrees(np.arctan2(east, north)) - heading + 180) % 360 - 180)
    return angles


def _check(crews: Sequence[Crew], count: int, within: float) -> None:
    if not crews or count < 1 or not within > 0:
        raise BadCrews(_NOTHING_ASKED)
    if len(crews) > MOST:
        raise TooManyCrews(_TOO_MANY.filled(most=MOST, given=len(crews)), most=MOST, given=len(crews))
    for crew in crews:
        if not all(map(math.isfinite, crew.place)):
            raise NoPlace(_NO_PLACE.filled(key=crew.key), crew=crew.key)
        if not (crew.heading is None or 0 <= crew.heading <= 360) or not 0 <= crew.ready < math.inf:
            raise BadCrews(_BAD_CREW.filled(key=crew.key), crew=crew.key)


_NOTHING_ASKED = Text(
    kk="Кемінде бір экипаж, бірден кем емес сан және нөлден артық уақыт керек.",
    ru="Нужны хотя бы один экипаж, количество не меньше одного и время больше нуля.",
    en="At least one crew, a count of at least one and a time above zero are needed.",
)
_TOO_MANY = Text(
    kk="Бір сұрауда ең көбі {most} экипаж салыстырылады, {given} берілді.",
    ru="В одном запросе сравнивается не больше {most} экипажей, дано: {given}.",
    en="At most {most} crews are compared at once, {given} were given.",
)
_NO_PLACE = Text(
    kk="«{key}» экипажының координаталары шекті сандар емес.",
    ru="Координаты экипажа «{key}» — не конечные числа.",
    en="The coordinates of crew '{key}' are no finite numbers.",
)
_BAD_CREW = Text(
    kk="«{key}» экипажы: бағыт 0 мен 360 градус аралығында, дайындалу уақыты нөл немесе оң секунд болуы керек.",
    ru="Экипаж «{key}»: направление должно быть от 0 до 360 градусов, время готовности — не меньше нуля секунд.",
    en="Crew '{key}': its heading must be from 0 to 360 degrees, the time until it is ready zero seconds or more.",
)
_APART = Text(
    kk="Экипаж тұрған жер мен оқиға орны жол желісінің өзара байланыспаған бөліктерінде.",
    ru="Экипаж и место происшествия находятся в не связанных между собой частях сети.",
    en="The crew and the incident are in parts of the network that nothing joins.",
)
_NO_WAY = Text(
    kk="Біржақты көшелер немесе жабық жолдар кесірінен экипаж оқиға орнына жете алмайды.",
    ru="Экипаж не может доехать до места: мешают одностороннее движение или закрытые участки.",
    en="One-way streets or closures keep the crew from the incident.",
)
_TOO_LATE = Text(
    kk="Экипаж {seconds} секундтан кейін ғана жетеді, бұл сұралған уақыттан кеш.",
    ru="Экипаж прибудет только через {seconds} с, это позже запрошенного.",
    en="The crew would arrive after {seconds} s only, later than asked for.",
)
