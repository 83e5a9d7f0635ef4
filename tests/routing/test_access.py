"""From door to door: islands, what lies off the ways and what stands at their ends; whatever is asked, it agrees."""

import numpy as np
import pytest
import shapely

from routing.approach import VEHICLE, Approach
from routing.hours import Clock
from routing.isochrones import isochrones
from routing.matrices import costs_between
from routing.metric import Metric
from routing.nearest import Crew, nearest
from routing.network import INF, Graph
from routing.presets import PRESETS
from routing.route import Route, Snapped
from routing.skeleton import Skeleton
from routing.snapping import WayIndex, placed
from routing.timed import seconds_between, timed
from routing.tours import tour_over
from routing.unreached import Unreachable
from tests.routing.bent_town import graph_of
from tests.routing.plain_router import PlainRouter
from tests.routing.plain_streets import NOON, Streets, Thing, Way

ROUTER = PlainRouter(Clock())
STREET = {"highway": "residential"}
FOOTWAY = {"footway": "footway", "surface": "asphalt", "incline": 0.0}
CAR, FOOT = PRESETS["car"], PRESETS["foot"]


def trip(graph: Graph, name: str, *places: tuple[float, float]) -> tuple[Metric, Snapped, Snapped, Route]:
    """Return a route, what was searched and where the places were put."""
    metric = ROUTER.metric(graph, PRESETS[name], NOON)
    start, end = (ROUTER.snap(graph, metric, place) for place in places)
    return metric, start, end, ROUTER.joined(graph, metric, PRESETS[name], start, end, NOON)


def agree(graph: Graph, name: str, *places: tuple[float, float]) -> Route:
    """Hold everything that tells of a trip against the route; return that."""
    metric, start, end, route = trip(graph, name, *places)
    assert costs_between(graph, metric, [start], [end])[0, 0] == route.cost
    assert seconds_between(graph, metric, start, end) == pytest.approx(route.seconds, abs=1e-3)
    tour = tour_over(graph, metric, [start, end], closed=False, first=0, last=1)
    assert tour.cost == route.cost
    assert tour.seconds == pytest.approx(route.seconds, abs=1e-3)
    (first,) = nearest(graph, ROUTER.index(graph), metric, end, [Crew(key="c", place=places[0])]).arrivals
    fastest = costs_between(graph, timed(metric), [start], [end])[0, 0] / 1000
    assert first.seconds == pytest.approx(fastest, abs=2e-3)
    assert fastest <= route.seconds + 2e-3
    (area,) = isochrones(graph, metric, [start], [max(fastest, start.away * metric.approach.pace) + 0.01])
    assert area.area.covers(shapely.Point(route.end.point))
    return route


def lift(seconds: float = 600.0) -> Graph:
    """Return a long footway to a lift, another from there, and a way round."""
    ways = [
        Way("footway", 0, 1, 1000, FOOTWAY),
        Way("footway", 1, 2, 100, FOOTWAY),
        Way("footway", 0, 2, 1190, FOOTWAY),
    ]
    things = [Thing("lift", 1, {"status": "working", "wait": seconds})]
    return Streets(ways, things, places=[(0, 0), (1000, 0), (1000, 100)]).graph()


def test_a_lift_is_waited_for_whole_wherever_one_sets_off() -> None:
    """One metre before it the way round is as long as from farther off."""
    for x in (900.0, 999.0):
        route = agree(lift(), "foot", (x, 0.0), (1000.0, 90.0))
        assert route.cost == pytest.approx(route.seconds * 1000, abs=2)
    assert [piece.feature_id for piece in agree(lift(30.0), "foot", (999.0, 0.0), (1000.0, 90.0)).pieces] == [0, 1]


def test_a_lift_that_is_not_come_to_is_not_waited_for() -> None:
    """From place to place of the way that ends there; nor in an area that ends before it."""
    graph = lift()
    route = agree(graph, "foot", (10.0, 0.0), (990.0, 0.0))
    assert route.seconds == pytest.approx(980 / (5 / 3.6))
    assert route.cost == pytest.approx(route.seconds * 1000, abs=1)
    metric, start, *_ = trip(graph, "foot", (500.0, 0.0), (510.0, 0.0))
    (area,) = isochrones(graph, metric, [start], [60.0])
    assert area.area.bounds[0] == pytest.approx(500 - 60 * 5 / 3.6, abs=area.tolerance)
    assert area.area.bounds[2] == pytest.approx(500 + 60 * 5 / 3.6, abs=area.tolerance)


def test_a_signal_is_waited_for_by_whoever_comes_to_it() -> None:
    """By whatever is asked."""
    ways = [Way("street", 0, 1, 100, STREET), Way("street", 1, 2, 100, STREET)]
    graph = Streets(ways, [Thing("signal", 1, {"cycle": 120.0})], places=[(0, 0), (100, 0), (200, 0)]).graph()
    near, far = (agree(graph, "car", (x, 0.0), (150.0, 0.0)) for x in (99.0, 50.0))
    assert near.seconds > 0.8 * far.seconds
    assert near.pieces[0].delay > 10


@pytest.mark.parametrize("ring", [True, False])
def test_who_is_there_already_needs_no_way(ring: bool) -> None:
    """On a street that is passed backward only, whether or not it leads round to the place."""
    ways = [Way("street", 0, 1, 100, {**STREET, "one_way": "backward"}), Way("street", 1, 2, 100, STREET)]
    ways += [Way("street", 2, 0, 100, STREET)] if ring else []
    graph = Streets(ways, places=[(0, 0), (100, 0), (50, 80)]).graph()
    route = agree(graph, "car", (50.0, 3.0), (50.0, 3.0))
    assert (route.cost, route.seconds, route.pieces) == (0, 0.0, ())


def islands(kind: str = "footway") -> Graph:
    """Return ways along a line, and near them two that nothing joins to the rest but to each other."""
    known = FOOTWAY if kind == "footway" else STREET
    ways = [Way(kind, n, n + 1, 200, known) for n in range(3)] + [
        Way(kind, 4, 5, 150, known),
        Way(kind, 5, 6, 150, known),
    ]
    places = [(0, 0), (200, 0), (400, 0), (600, 0), (50, 40), (200, 40), (350, 40)]
    return Streets(ways, places=places).graph()


@pytest.mark.parametrize("name", ["foot", "car", "bicycle"])
def test_a_way_that_nothing_joins_is_no_dead_end(name: str) -> None:
    """From beside it one goes by the next that is joined, as far as it is away; between two places on it, along it."""
    graph = islands("footway" if name == "foot" else "street")
    away = agree(graph, name, (100.0, 38.0), (500.0, 0.0))
    assert (away.start.away, away.start.edge) == (38.0, 0)
    back = agree(graph, name, (500.0, 0.0), (100.0, 38.0))
    assert (back.end.away, back.end.edge) == (38.0, 0)
    own = agree(graph, name, (100.0, 38.0), (300.0, 38.0))
    assert (own.start.away, own.end.away) == (2.0, 2.0)
    assert [piece.feature_id for piece in own.pieces] == [3, 4]
    pace = 3.6 / (5.0 if name == "foot" else VEHICLE)
    assert own.access == pytest.approx(4 * pace)
    assert away.seconds == pytest.approx(away.access + sum(piece.seconds + piece.delay for piece in away.pieces))
    assert away.access == pytest.approx(38 * pace)


def test_what_bars_a_walker_is_told_rather_than_passed_over() -> None:
    """Beside a way that the map joins and he can't leave, he isn't put elsewhere."""
    ways = [
        Way("footway", 0, 1, 100, FOOTWAY),
        Way("steps", 1, 2, 10, {"step_count": 8}),
        Way("footway", 2, 3, 100, FOOTWAY),
    ]
    graph = Streets(ways, places=[(0, 0), (100, 0), (110, 0), (210, 0)]).graph()
    with pytest.raises(Unreachable) as refused:
        trip(graph, "wheelchair-manual", (10.0, 5.0), (200.0, 5.0))
    assert refused.value.data["why"] == "barred"


@pytest.mark.parametrize("inward", [False, True])
def test_an_area_begins_with_the_way_to_the_first_street(inward: bool) -> None:
    """Who is far off has less time left on it."""
    graph = graph_of([[(0.0, 0.0), (1000.0, 0.0)]])
    metric = Metric(Skeleton.plain(graph), np.full(2, 1_000_000, dtype=np.uint32), approach=Approach(pace=1.0))
    place = placed(graph, WayIndex(graph), metric, (500.0, 60.0))
    (area,) = isochrones(graph, metric, [place], [100.0], inward=inward)
    west, _, east, _ = area.area.bounds
    assert west == pytest.approx(460, abs=area.tolerance)
    assert east == pytest.approx(540, abs=area.tolerance)
    assert isochrones(graph, metric, [place], [50.0], inward=inward)[0].area.is_empty


def test_of_one_way_streets_those_are_taken_that_lead_on() -> None:
    """Beside a drive that only leads out of the town, one sets off from the street; to it, one may come."""
    courses = [[(0.0, 0.0), (300.0, 0.0)], [(300.0, 0.0), (600.0, 0.0)], [(300.0, 0.0), (300.0, 90.0)]]
    graph = graph_of(courses)
    weights = np.array([30_000] * 4 + [9_000, INF], dtype=np.uint32)
    metric = Metric(Skeleton.plain(graph), weights, approach=Approach(pace=0.36, joined=True))
    index = WayIndex(graph)
    drive, street = (placed(graph, index, metric, place) for place in ((302.0, 80.0), (500.0, 0.0)))
    costs = costs_between(graph, metric, [drive, street], [drive, street]).tolist()
    assert costs == [[0, 80 * 360 + round(30_000 * 198 / 300)], [20_000 + 8_000 + 720, 0]]
