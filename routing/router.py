"""Routes over the register's streets, as they are now, were, or would be: the one object that others ask.

A question about the present first asks the database, cheaply, whether the register moved on or a legal date has passed;
only then is anything read. Any number of threads may ask.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from psycopg import Connection

from gis.errors import Unavailable
from gis.instant import Instant, Reading, read_head, settle
from gis.register import Register
from gis.streets import Streets
from routing.assembly import read_graph
from routing.hours import Clock
from routing.kept import NOTHING, Avoid, Kept, Tell
from routing.metric import Found, Metric
from routing.network import FIXTURES, KINDS, Graph, Ids
from routing.pieces import Teller
from routing.profile import Profile
from routing.reading import read_told
from routing.route import Route, Snapped
from routing.shelf import Shelf
from routing.snapping import LIMIT, WayIndex, along_edge, placed, terminals
from routing.unreached import unreachable
from routing.upkeep import advanced, next_date, touched_since

__all__ = ["NOTHING", "Avoid", "Router"]

GRAPHS: Final = 4
"""Graphs that are kept, the present one aside."""

_KEPT: Final = "kept"
"""Under this name a graph knows what is made for it: both are forgotten together."""

BULK: Final = 0.2
"""Where changes touch a greater share of the ways, or more of them are holes, all are read anew."""


class _Standing:
    """A graph that is kept, for which instant, and until when it holds if nothing is written."""

    def __init__(self, instant: Instant) -> None:
        self.instant, self.lock = instant, threading.Lock()
        self.kept: Kept | None = None
        self.until: datetime | None = None

    def holds(self, changeset: int, now: datetime) -> bool:
        """Tell whether it still is what the register says."""
        if self.kept is None:
            return False
        passed = self.instant.valid is None and self.until is not None and now >= self.until
        written = self.instant.recorded is None and self.kept.graph.changeset != changeset
        return not (passed or written)


class Router:
    """Routes in one city.

    Args:
        register: the city's.
        streets: its layers.
        background: whether hierarchies are built in a thread of their own when new ways came, and that with turns.
        shelf: where orders of hierarchies are kept from one process to the next; nowhere, where that is left out.
    """

    _shelf: Shelf | None = None

    def __init__(
        self, register: Register, streets: Streets, *, background: bool = True, shelf: Shelf | None = None
    ) -> None:
        self.register, self.streets = register, streets
        self.clock = Clock(zone=register.profile.zone, workdays=register.profile.workdays)
        self._background, self._shelf = background, shelf
        self._lock = threading.Lock()
        self._standing: OrderedDict[Instant, _Standing] = OrderedDict()

    # Graphs.

    def graph(self, instant: Instant = Instant(), tell: Tell | None = None) -> Graph:  # noqa: B008 - a frozen value
        """Return the graph of an instant, in step with the register.

        Args:
            instant: on both axes of time, with a draft laid over or without.
            tell: hears of progress where the graph must be read first.

        Raises:
            BadRequest: a recorded instant later than the register's last changeset.
            Unavailable: the register can't be read.
        """
        standing = self._stand(instant)
        with self.register.reading() as connection:
            tick = _tick(connection)
        kept = standing.kept
        if kept is None or not standing.holds(*tick):
            with standing.lock, self.register.reading() as connection:
                kept = self._brought(connection, standing, tell or _silent)
        graph = kept.graph
        graph.__dict__.setdefault(_KEPT, kept)
        return graph

    def _stand(self, instant: Instant) -> _Standing:
        with self._lock:
            standing = self._standing.setdefault(instant, _Standing(instant))
            self._standing.move_to_end(instant)
            others = [each for each in self._standing if each != Instant()]
            for each in others[: max(0, len(others) - GRAPHS)]:
                del self._standing[each]
            return standing

    def _brought(self, connection: Connection, standing: _Standing, tell: Tell) -> Kept:
        """Read a graph, or what changed of it."""
        with _snapshot(connection):
            head, kept = read_head(connection), standing.kept
            if kept is not None and standing.holds(head.changeset, head.now):
                return kept
            reading = settle(standing.instant, head)
            if kept is None or not self._advance(connection, kept, reading, standing.until):
                kept = standing.kept = self._read(connection, reading, tell, again=kept is not None)
            standing.until = next_date(connection, self.streets, reading)
            return kept

    def _advance(self, connection: Connection, kept: Kept, reading: Reading, until: datetime | None) -> bool:
        """Bring a graph up to date; ``False`` where so much changed that it must be read whole."""
        touched = touched_since(connection, self.streets, kept.graph.reading, reading, until)
        most = BULK * max(kept.graph.edges, 1000)
        if sum(map(len, touched.values())) > most or np.count_nonzero(kept.graph.feature_id < 0) > most:
            return False
        step = advanced(connection, self.streets, kept.graph, reading, touched)
        with kept.lock:
            kept.take(step)
        return True

    def _read(self, connection: Connection, reading: Reading, tell: Tell, *, again: bool) -> Kept:
        tell("reading", 0.0)
        kept = self._keep(read_graph(connection, self.streets, reading))
        tell("ordering", 0.4)
        # Whoever asked before is answered by SciPy meanwhile; who asks for the first time waits.
        kept.prepare(self._like(), wait=not again)
        tell("ready", 1.0)
        return kept

    def _like(self) -> Kept | None:
        """Return the present graph, if it is kept, whose hierarchy others may share."""
        with self._lock:
            present = self._standing.get(Instant())
        return None if present is None else present.kept

    def kept(self, graph: Graph) -> Kept:
        """Return what is made for a graph; for one that isn't kept any more, or was made elsewhere, begin anew."""
        known: Kept | None = graph.__dict__.get(_KEPT)
        if known is None or known.graph.shape != graph.shape:
            known = graph.__dict__[_KEPT] = self._keep(graph)
        return known

    def warm(self, profiles: Sequence[Profile]) -> None:
        """Make now what the first askers would wait for, if there are any streets.

        Raises:
            Unavailable: the register can't be read.
        """
        graph = self.graph()
        if not graph.edges:
            return
        for profile in profiles:
            self.metric(graph, profile, datetime.now(UTC))
        kept = self.kept(graph)
        kept.index()
        hierarchy = kept.lent()
        if hierarchy is not None:
            hierarchy.prepare()

    def _keep(self, graph: Graph) -> Kept:
        return Kept(graph, self.clock, background=self._background, shelf=self._shelf)

    # What is asked of them.

    def metric(self, graph: Graph, profile: Profile, moment: datetime, avoid: Avoid = NOTHING) -> Metric:
        """Return what a graph's arcs cost somebody who sets off at a moment."""
        return self.kept(graph).metric(profile, moment, avoid)

    def index(self, graph: Graph) -> WayIndex:
        """Return the index of a graph's ways."""
        return self.kept(graph).index()

    def snap(self, graph: Graph, metric: Metric, place: tuple[float, float], limit: float = LIMIT) -> Snapped:
        """Put a place [m, projected system] onto the nearest way that the metric passes; see :mod:`routing.snapping`.

        Raises:
            NoPlace: coordinates or limit that are no finite numbers.
            OffNetwork: no such way within the limit [m].
        """
        return placed(graph, self.index(graph), metric, place, limit)

    def route(
        self,
        graph: Graph,
        profile: Profile,
        start: tuple[float, float],
        end: tuple[float, float],
        departure: datetime | None = None,
        avoid: Avoid = NOTHING,
        *,
        limit: float = LIMIT,
    ) -> Route:
        """Return the cheapest way between two places [m, projected system].

        Args:
            graph: of :meth:`graph`.
            profile: whose.
            start: easting, northing.
            end: the same.
            departure: when; now, where ``None``.
            avoid: what is not to be passed.
            limit: how far the places may be from a way [m].

        Raises:
            NoPlace, OffNetwork: as :meth:`snap`.
            Unreachable: no way leads there.
        """
        moment = departure or datetime.now(UTC)
        metric = self.metric(graph, profile, moment, avoid)
        begin, finish = (self.snap(graph, metric, place, limit) for place in (start, end))
        return self.joined(graph, metric, profile, begin, finish, moment)

    def joined(
        self, graph: Graph, metric: Metric, profile: Profile, start: Snapped, end: Snapped, departure: datetime
    ) -> Route:
        """Return the cheapest way between two places put onto the graph; errors as :meth:`route`."""
        direct = along_edge(metric, start, end)
        found = metric.path(terminals(graph, metric, start), terminals(graph, metric, end, reverse=True))
        if direct is not None and (found is None or direct.cost <= found.cost):
            return self._teller(graph, metric).along(profile, departure, direct)
        if found is None:
            raise unreachable(graph, metric, start, end)
        return self.tell(graph, metric, profile, start, end, departure, found)

    def tell(
        self,
        graph: Graph,
        metric: Metric,
        profile: Profile,
        start: Snapped,
        end: Snapped,
        departure: datetime,
        found: Found,
    ) -> Route:
        """Return a way that was found between the terminals of two places as a route."""
        start, end = found.start.spot or start, found.end.spot or end
        return self._teller(graph, metric).route(profile, departure, start, end, found)

    def _teller(self, graph: Graph, metric: Metric) -> Teller:
        kept = self.kept(graph)

        def told(ids: Ids) -> Mapping[int, Any]:
            return kept.told(graph, ids, lambda missing: self._told(graph, missing))

        return Teller(graph, metric, told)

    def _told(self, graph: Graph, ids: list[int]) -> dict[int, Mapping[str, object]]:
        found: dict[int, Mapping[str, object]] = {}
        layers = [*(self.streets.lines[kind] for kind in KINDS), *(self.streets.points[kind] for kind in FIXTURES)]
        with self.register.reading() as connection:
            for layer in layers:
                missing = [feature for feature in ids if feature not in found]
                if missing:
                    found |= read_told(connection, layer, graph.reading, missing)
        return found


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    """Read everything inside as it stands at one moment."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _tick(connection: Connection) -> tuple[int, datetime]:
    row = connection.execute(_TICK, binary=True).fetchone()
    if row is None:
        raise Unavailable("the register's table of changesets can't be read")
    return row[0], row[1]


_TICK: Final = "SELECT coalesce(max(number), 0), clock_timestamp() FROM qala.changeset"


def _silent(_step: str, _share: float) -> None:
    """Tell nobody."""
