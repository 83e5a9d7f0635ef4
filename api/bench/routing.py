"""``qala bench routing``: ways, matrices and areas over raw networks, beside networkx, igraph and SciPy."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from api.bench.rivals import install
from api.bench.routing_city import SINCE, RawCity
from api.bench.routing_fresh import Freshness
from api.bench.routing_rivals import Searched, joined_pairs, timed
from api.bench.table import ROUNDS, Line, Result, Target, rounds_of, run
from data.catalogue import STREETS
from gis.errors import Unavailable
from gis.instant import Instant
from routing.hierarchy import Hierarchy
from routing.isochrones import isochrones
from routing.matrices import costs_between
from routing.metric import Metric, Terminal
from routing.network import INF, Graph
from routing.presets import PRESETS
from routing.route import Snapped
from routing.router import Router
from routing.shelf import Shelf
from routing.skeleton import Skeleton
from routing.snapping import passable
from routing.sweep import Sweep

DATA: Final = Path(__file__).parents[3] / "shared" / "data"
SMALL: Final = DATA / "almaty" / "almaty-2012.osm.pbf"
LARGE: Final = DATA / "porto" / "porto.osm.pbf"

PAIRS: Final = 200
MATRIX: Final = 1_000
_FOOT: Final = PRESETS["foot"]
_CAR: Final = PRESETS["car"]


def measure(
    tell: Callable[[str], None], *, small: Path = SMALL, large: Path = LARGE, rounds: int = ROUNDS, only: str = ""
) -> list[Result]:
    """Build what is missing and measure.

    Args:
        tell: hears what is being done.
        small: an extract (PBF) for the lines beside slow rivals.
        large: another, for which the ceilings hold: 300 000 nodes.
        rounds: alternating rounds.
        only: part of the names of the lines wanted.
    """
    cities = [RawCity.of(small), RawCity.of(large)]
    with ExitStack() as stack:
        stack.enter_context(cities[0].installation.running())
        programs = install(cities[0].home, tell)
        beds = []
        for city in cities:
            city.ensure(tell)
            stack.callback(city.register.close)
            beds.append(Bed(city, programs, tell))
        wanted = [line for bed in beds for line in _beside(bed)] + list(_bounded(beds[-1]))
        return run((rounds_of(line, rounds) for line in wanted if only in line.name), tell)


@dataclass
class Bed:
    """A city with its graph and what is asked of it; each is made when a line first needs it."""

    city: RawCity
    programs: Path
    tell: Callable[[str], None]
    _days: Iterator[int] = field(default_factory=lambda: count(1))
    _shades: Iterator[int] = field(default_factory=lambda: count(1))

    @cached_property
    def router(self) -> Router:
        """Its router."""
        return Router(self.city.register, STREETS, shelf=Shelf(self.city.home / "routing"))

    @cached_property
    def graph(self) -> Graph:
        """The streets as they are."""
        self.tell(f"reading the streets of {self.city.name}")
        return self.router.graph()

    @cached_property
    def moment(self) -> datetime:
        """When everybody sets off."""
        return datetime.now(UTC)

    @cached_property
    def searched(self) -> Searched:
        """Pairs that can be walked between."""
        metric = self.router.metric(self.graph, _FOOT, self.moment)
        return Searched(self.graph, metric, joined_pairs(metric, range(self.graph.nodes), PAIRS))

    @cached_property
    def turned(self) -> Searched:
        """Pairs that can be driven between, with what turns cost."""
        self.tell("building the hierarchy with turns")
        metric = self.router.metric(self.graph, _CAR, self.moment)
        self.router.kept(self.graph).settled(1800.0)
        return Searched(self.graph, metric, joined_pairs(metric, range(self.graph.nodes), PAIRS))

    def paths(self) -> float:
        """Return the median time of a way on foot [ms]."""
        return _asked(self.searched.metric, self.searched)

    def driven(self) -> float:
        """Return the median time of a way by car [ms]."""
        return _asked(self.turned.metric, self.turned)

    def networkx(self) -> float:
        """Return networkx's median time [ms]."""
        return self.searched.by_networkx()

    def igraph(self) -> float:
        """Return igraph's median time [ms]."""
        return self.searched.by_igraph(self.programs, self.city.home)

    def own(self) -> float:
        """Return how long somebody with limits of his own waits for his first way [ms]."""
        profile = replace(PRESETS["wheelchair-manual"], max_incline_up=0.08 + next(self._shades) * 1e-6)
        return _took(lambda: self._first(profile))

    def again(self) -> float:
        """Return how long for the next ones [ms]."""
        profile = replace(PRESETS["wheelchair-manual"], max_incline_up=0.0801)
        self._first(profile)
        return median(_took(lambda: self._first(profile)) for _ in range(PAIRS))

    def _first(self, profile: Any) -> object:
        metric = self.router.metric(self.graph, profile, self.moment)
        source, target = self.searched.pairs[0].tolist()
        return metric.path([Terminal(source)], [Terminal(target)])

    def _long_ago(self) -> Instant:
        day = self.city.profile.midnight(SINCE) + timedelta(days=30 + next(self._days))
        return Instant(valid=day)

    def past(self) -> float:
        """Return how long the first way on a past day takes [ms]."""
        return _took(lambda: _asked(self._metric_at(self._long_ago()), self.searched, 1))

    def past_again(self) -> float:
        """Return the median time of later ones [ms]."""
        return _asked(self._past_metric, self.searched)

    @cached_property
    def _past_metric(self) -> Metric:
        return self._metric_at(self._long_ago())

    def _metric_at(self, instant: Instant) -> Metric:
        return self.router.metric(self.router.graph(instant), _FOOT, self.moment)

    @cached_property
    def spare(self) -> Metric:
        """A metric that the bench may spoil."""
        skeleton, metric = Skeleton.plain(self.graph), self.searched.metric
        return Metric(skeleton, metric.weights, metric.seconds, metric.delays, hierarchy=Hierarchy(skeleton))

    def all_weights(self) -> float:
        """Return how long other weights for all arcs take [ms]."""
        metric = self.spare
        arcs, fresh = np.arange(2 * self.graph.edges), _others(metric.weights)
        return _took(lambda: metric.update(arcs, fresh, metric.seconds, metric.delays))

    def some_weights(self) -> float:
        """Return how long other weights for a hundred edges take [ms]."""
        metric, random = self.spare, np.random.default_rng(3)
        spent = []
        for _ in range(20):
            edges = random.choice(self.graph.edges, 100, replace=False)
            arcs = np.concatenate([2 * edges, 2 * edges + 1])
            fresh = _others(metric.weights[arcs])
            spent.append(_took(lambda: metric.update(arcs, fresh, metric.seconds[arcs], metric.delays[arcs])))  # noqa: B023
        return median(spent)

    def matrix(self) -> float:
        """Return how long a matrix takes [ms]."""
        random = np.random.default_rng(5)
        places = [int(node) for node in random.choice(self.graph.nodes, MATRIX)]
        return _took(lambda: self.searched.metric.matrix(places, places))

    def matrix_of_places(self) -> float:
        """Return how long one between places in the course of ways takes [ms]."""
        random, metric = np.random.default_rng(5), self.searched.metric
        edges = random.choice(np.flatnonzero(passable(metric.weights)), MATRIX)
        places = [
            _within(self.graph, int(edge), along) for edge, along in zip(edges, random.random(MATRIX), strict=True)
        ]
        return _took(lambda: costs_between(self.graph, metric, places, places))

    def area(self) -> float:
        """Return how long the area of a quarter of an hour's walk takes [ms]."""
        x, y = self.graph.xy[self.searched.pairs[0, 0]].tolist()
        metric = self.searched.metric
        place = self.router.snap(self.graph, metric, (x, y))
        return median(_took(lambda: isochrones(self.graph, metric, [place], [900.0])) for _ in range(5))

    def swept(self) -> float:
        """Return how long SciPy takes to reach all from there [ms], its matrix made beforehand."""
        sparse, metric = self.searched.metric.skeleton.onward, self.searched.metric
        sweep = Sweep(sparse=sparse, costs=sparse.costs(metric.weights))
        source = int(self.searched.pairs[0, 0])
        return median(_took(lambda: sweep.reach([(source, 0.0)])) for _ in range(5))

    def fresh(self) -> float:
        """Return how long a change that was recorded waits to count, with eight clients asking [ms]."""
        return Freshness(self.router, self.graph, self.moment).measure(self.searched)

    def memory(self) -> float:
        """Return the memory of a process with eight profiles' metrics [MB].

        Raises:
            Unavailable: it failed.
        """
        command = [sys.executable, "-m", "api.bench.routing_memory", str(self.city.extract), str(self.city.home)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unavailable(f"the measurement of memory failed: {done.stderr.strip()[-400:]}")
        return float(done.stdout)


def _within(graph: Graph, edge: int, along: float) -> Snapped:
    """Return a place in the course of a way."""
    one, other = graph.xy[graph.u[edge]], graph.xy[graph.v[edge]]
    x, y = (one + (other - one) * along).tolist()
    return Snapped(asked=(x, y), point=(x, y), away=0.0, edge=edge, along=along)


def _took(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _asked(metric: Metric, searched: Searched, pairs: int = PAIRS) -> float:
    return timed(searched.pairs[:pairs], lambda a, b: metric.path([Terminal(a)], [Terminal(b)]))


def _others(weights: Any) -> Any:
    """Return other weights; nobody passes where nobody did."""
    return np.where(weights >= INF, INF, weights % 100_000 + 1).astype(np.uint32)


def _beside(bed: Bed) -> Iterator[Line]:
    def rate(work: Callable[[], float]) -> Callable[[], float]:
        return lambda: 1000 / work()

    yield Line(
        name=f"{bed.city.name}: ways with their paths, present day",
        contenders={"qala": rate(bed.paths), "networkx": rate(bed.networkx), "igraph": rate(bed.igraph)},
        targets=(Target(("networkx",), 100), Target(("igraph",), 20)),
    )


def _bounded(bed: Bed) -> Iterator[Line]:
    def line(name: str, work: Callable[[], float], ceiling: float, unit: str = "ms") -> Line:
        kept: list[float] = []

        def noted() -> float:
            kept.append(work())
            return kept[-1]

        return Line(
            name=f"{bed.city.name}: {name}",
            contenders={"qala": noted},
            unit=f" {unit}",
            bound=(unit, lambda: median(kept), ceiling),
        )

    yield line("a way on foot with its path", bed.paths, 0.3)
    yield line("a way by car, with what turns cost", bed.driven, 1.0)
    yield line("the first way with limits never seen before", bed.own, 80.0)
    yield line("the next ways with them", bed.again, 1.0)
    yield line("the first way on a past day", bed.past, 15_000.0)
    yield Line(
        name=f"{bed.city.name}: later ways on a past day",
        contenders={"qala": bed.past_again, "present": bed.paths},
        targets=(Target(("present",), 1.3, at_least=False),),
        unit=" ms",
    )
    yield line("new weights for the whole network", bed.all_weights, 60.0)
    yield line("new weights for 100 edges", bed.some_weights, 5.0)
    yield line(f"a matrix of {MATRIX} by {MATRIX}", bed.matrix, 600.0)
    yield line(f"a matrix of {MATRIX} by {MATRIX} places between nodes", bed.matrix_of_places, 600.0)
    yield Line(
        name=f"{bed.city.name}: the area of 15 minutes' walk",
        contenders={"qala": bed.area, "SciPy one to all": bed.swept},
        targets=(Target(("SciPy one to all",), 3.0, at_least=False),),
        unit=" ms",
    )
    yield line("a recorded change counts, eight clients asking", bed.fresh, 1_000.0)
    yield line("memory with eight profiles", bed.memory, 1_500.0, "MB")
