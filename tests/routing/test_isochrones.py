"""Isochrones against every point of the network, asked one by one."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from scipy.spatial import KDTree

from gis.errors import BadRequest
from routing.isochrones import LONGEST, Isochrone, counted, isochrones
from routing.metric import Metric
from routing.network import INF, Graph
from routing.route import Snapped
from tests.routing.bent_town import cost_between, graph_of, metric_of, scattered, town, weights_of

STEP = 6.0


def everywhere(graph: Graph) -> list[Snapped]:
    """Return a place every few metres of every way."""
    found = []
    for edge in range(graph.edges):
        line = shapely.LineString(graph.course(edge))
        for along in np.linspace(0, 1, int(line.length / STEP) + 2)[1:-1]:
            point = line.interpolate(along, normalized=True)
            found.append(Snapped(asked=(point.x, point.y), point=(point.x, point.y), away=0, edge=edge, along=along))
    return found


def check(found: Isochrone, reached: shapely.MultiPoint, others: shapely.MultiPoint) -> None:
    """Hold an area against sampled points; what is reached of a way may end between two of them."""
    assert found.area.is_valid
    assert found.area.covers(reached)
    inside = np.array([(p.x, p.y) for p in others.geoms if found.area.covers(p)]).reshape(-1, 2)
    if len(inside):
        nearest, _ = KDTree(shapely.get_coordinates(reached)).query(inside)
        assert np.max(nearest) <= found.tolerance + 2 * STEP


@pytest.mark.parametrize(
    ("seed", "turned", "inward"), [(1, False, False), (2, False, True), (3, True, False), (4, True, True)]
)
def test_areas_hold_what_is_reached_and_little_else(seed: int, turned: bool, inward: bool) -> None:
    """Sampled everywhere: what is reached lies inside, what is not lies outside but for the tolerance."""
    graph = town(seed, 5)
    metric = metric_of(graph, weights_of(graph, seed), turned=turned)
    limits = [45.0, 20.0, 80.0]
    places = scattered(graph, metric, 2, seed)
    areas = isochrones(graph, metric, places, limits, inward=inward, width=16)
    points = everywhere(graph)
    costs = [min(_cost(graph, metric, place, point, inward=inward) for place in places) for point in points]
    assert [area.limit for area in areas] == sorted(limits)
    for area in areas:
        # Shares of a way's cost are rounded to milliseconds at places.
        sure = [p.point for p, cost in zip(points, costs, strict=True) if cost <= area.limit * 1000 - 2]
        others = [p.point for p, cost in zip(points, costs, strict=True) if cost > area.limit * 1000 + 2]
        assert sure
        check(area, shapely.MultiPoint(sure), shapely.MultiPoint(others))
    for smaller, larger in pairwise(areas):
        assert larger.area.buffer(1e-6).covers(smaller.area)


def _cost(graph: Graph, metric: Metric, place: Snapped, point: Snapped, *, inward: bool) -> int:
    return cost_between(graph, metric, point, place) if inward else cost_between(graph, metric, place, point)


def test_a_way_reached_in_part_counts_exactly_so_far_and_blocks_stay_holes() -> None:
    """An area ends where the time does."""
    square = [(0.0, 0.0), (300.0, 0.0), (300.0, 300.0), (0.0, 300.0), (0.0, 0.0)]
    graph = graph_of([[(-1000.0, 0.0), (0.0, 0.0)], *([a, b] for a, b in pairwise(square))])
    metric = metric_of(graph, np.repeat(np.rint(graph.length * 1000).astype(np.uint32), 2))
    place = Snapped(asked=(-400, 0), point=(-400.0, 0.0), away=0, edge=0, along=0.6)
    short, long = isochrones(graph, metric, [place], [250.0, 2000.0], width=20)
    assert short.area.covers(shapely.LineString([(-650, 0), (-150, 0)]))
    west, south, east, north = short.area.bounds
    assert (west, south) >= (-650 - short.tolerance, -short.tolerance)
    assert (east, north) <= (-150 + short.tolerance, short.tolerance)
    assert not short.area.geoms[0].interiors
    assert len(long.area.geoms) == len(long.area.geoms[0].interiors) == 1
    hole = shapely.Polygon(long.area.geoms[0].interiors[0])
    assert hole.covers(shapely.Polygon(square).buffer(-long.tolerance))


def test_minutes_are_minutes_however_dear_a_way_is() -> None:
    """A way that is shunned costs more than it takes."""
    graph = graph_of([[(0.0, 0.0), (600.0, 0.0)]])
    seconds = np.full(2, 600.0)
    metric = metric_of(graph, np.full(2, 1_800_000, dtype=np.uint32), seconds)
    place = Snapped(asked=(0, 0), point=(0.0, 0.0), away=0, edge=0, along=0.0)
    (area,) = isochrones(graph, metric, [place], [600])
    assert area.area.covers(shapely.LineString([(0, 0), (600, 0)]))


def test_who_reaches_a_place_is_not_who_is_reached_from_it() -> None:
    """One-way streets tell the two apart."""
    graph = graph_of([[(0.0, 0.0), (500.0, 0.0)], [(500.0, 0.0), (1000.0, 0.0)]])
    metric = metric_of(graph, np.array([50_000, INF, 50_000, INF], dtype=np.uint32))
    clinic = Snapped(asked=(500, 0), point=(500.0, 0.0), away=0, edge=0, along=1.0)
    (outward,), (inward,) = (isochrones(graph, metric, [clinic], [60], inward=way) for way in (False, True))
    patients = [(100.0, 5.0), (300.0, -5.0), (700.0, 0.0)]
    assert counted([outward, inward], patients) == [1, 2]
    assert counted([outward], []) == [0]


@pytest.mark.parametrize("limits", [[], [0], [-5], [float("nan")], [LONGEST + 1], [60] * 20])
def test_limits_that_are_no_times_are_refused(limits: list[float]) -> None:
    """None, too many, or no time at all."""
    graph = graph_of([[(0.0, 0.0), (500.0, 0.0)]])
    metric = metric_of(graph, np.full(2, 1000, dtype=np.uint32))
    with pytest.raises(BadRequest) as refusal:
        isochrones(graph, metric, scattered(graph, metric, 1, 1), limits)
    assert refusal.value.code == "bad-isochrone-limits"


@pytest.mark.parametrize("points", [[(1.0, float("nan"))], [1.0, 2.0, 3.0], [[(1, 2, 3)]]])
def test_points_that_are_no_places_are_refused(points: object) -> None:
    """Not a number, or not pairs."""
    area = Isochrone(limit=1, area=shapely.MultiPolygon(), tolerance=1)
    with pytest.raises(BadRequest) as refusal:
        counted([area], points)  # type: ignore[arg-type]
    assert refusal.value.code == "bad-points"
