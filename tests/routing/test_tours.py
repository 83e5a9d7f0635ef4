"""Tours against every order there is."""

from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest

from gis.errors import QalaError
from routing import tours
from routing.network import INF
from routing.timed import seconds_between
from routing.tours import EXACT, MOST, tour, tour_over
from tests.routing.bent_town import graph_of, metric_of, scattered, town, weights_of


def cheapest(costs: Any, *, closed: bool, first: int | None, last: int | None) -> int:
    """Return what the best of all orders costs."""
    orders = (
        order
        for order in permutations(range(len(costs)))
        if (first is None or order[0] == first) and (last is None or order[-1] == last)
    )
    return min(sum(int(costs[pair]) for pair in pairwise((*o, o[0]) if closed else o)) for o in orders)


@pytest.mark.parametrize("stops", [1, 2, 3, 6])
@pytest.mark.parametrize(
    ("closed", "first", "last"),
    [(True, None, None), (True, 1, None), (False, None, None), (False, 1, None), (False, None, 0), (False, 1, 0)],
)
def test_few_stops_are_visited_in_the_best_order(stops: int, closed: bool, first: int | None, last: int | None) -> None:
    """There and back cost differently."""
    if stops == 1 and first == 1:
        first, last = 0, None
    costs = np.random.default_rng(stops).integers(1, 9999, (stops, stops))
    np.fill_diagonal(costs, 0)
    found = tour(costs, closed=closed, first=first, last=last)
    order = [visit.stop for visit in found.visits]
    assert sorted(order) == list(range(stops))
    assert found.exact
    assert found.cost == sum(int(costs[pair]) for pair in pairwise([*order, order[0]] if closed else order))
    assert found.cost == cheapest(costs, closed=closed, first=(first or 0) if closed else first, last=last)
    assert first in {None, order[0]}
    assert last in {None, order[-1]}


@pytest.mark.parametrize("seed", range(4))
def test_many_stops_are_visited_in_an_order_near_the_best(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the best is known."""
    costs = np.random.default_rng(seed).integers(1, 9999, (EXACT, EXACT))
    best = tour(costs).cost
    monkeypatch.setattr(tours, "EXACT", 2)
    found = tour(costs)
    assert not found.exact
    assert best <= found.cost <= 1.02 * best


def test_stops_around_a_lake_are_visited_round_it() -> None:
    """The best order of sixty stops is plain to see."""
    angles = np.random.default_rng(5).permutation(60) * 2 * np.pi / 60
    places = np.column_stack([np.cos(angles), np.sin(angles)]) * 1000
    costs = np.rint(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) * 1000).astype(np.int64)
    found = tour(costs, closed=False)
    round_it = round(2000 * np.sin(np.pi / 60) * 1000)
    assert found.cost <= 59 * (round_it + 1)


def test_the_timetable_adds_service_to_the_legs() -> None:
    """The plainest case, with its figures."""
    costs = np.array([[0, 1000, 9000], [8000, 0, 2000], [3000, 7000, 0]])
    found = tour(costs, service=[5, 10, 20])
    assert [(v.stop, v.arrival, v.departure) for v in found.visits] == [(0, 0, 5), (1, 6, 16), (2, 18, 38)]
    assert (found.cost, found.seconds) == (6000, 41)


def test_a_tour_over_places_takes_as_long_as_its_legs() -> None:
    """Times are times, though costs decide."""
    graph = town(4)
    weights = weights_of(graph, 4)
    weights[weights == INF] = 30_000
    metric = metric_of(graph, weights, weights / 2000.0, turned=True)
    stops = [place for place in scattered(graph, metric, 30, 4) if place.asked[0] > 0][:15]
    found = tour_over(graph, metric, stops, closed=False, first=3, service=[60] * len(stops))
    order = [visit.stop for visit in found.visits]
    legs = sum(seconds_between(graph, metric, stops[one], stops[other]) for one, other in pairwise(order))
    assert order[0] == 3
    assert found.seconds == pytest.approx(legs + 60 * len(stops))
    assert found.seconds - 60 * len(stops) < found.cost / 1000


def test_stops_that_nothing_joins_are_named() -> None:
    """Every pair of them."""
    costs = np.array([[0, 5, INF], [5, 0, INF], [INF, INF, 0]])
    with pytest.raises(QalaError) as refusal:
        tour(costs)
    assert (refusal.value.code, refusal.value.data["legs"]) == ("no-tour", [[0, 2], [1, 2]])


def test_a_one_way_trap_is_left_for_the_end_of_an_open_trip() -> None:
    """A closed one is refused."""
    costs = np.array([[0, 5, 5], [INF, 0, INF], [5, 5, 0]])
    assert [visit.stop for visit in tour(costs, closed=False).visits][-1] == 1
    with pytest.raises(QalaError) as refusal:
        tour(costs)
    assert refusal.value.data["legs"][0][0] == 1


@pytest.mark.parametrize(
    ("costs", "more", "code"),
    [
        ([], {}, "bad-tour"),
        ([[0, 1]], {}, "bad-tour"),
        ([[0.0]], {}, "bad-tour"),
        ([[0, -1], [1, 0]], {}, "bad-tour"),
        ([[0]], {"first": 1}, "bad-tour"),
        ([[0, 1], [1, 0]], {"last": 1}, "bad-tour"),
        ([[0, 1], [1, 0]], {"first": 1, "last": 1, "closed": False}, "bad-tour"),
        ([[0, 1], [1, 0]], {"service": [1]}, "bad-tour"),
        ([[0, 1], [1, 0]], {"service": [1, float("nan")]}, "bad-tour"),
        (np.zeros((MOST + 1, MOST + 1), dtype=int), {}, "too-many-stops"),
    ],
)
def test_what_makes_no_trip_is_refused(costs: Any, more: dict[str, Any], code: str) -> None:
    """Each with what would be right."""
    with pytest.raises(QalaError) as refusal:
        tour(costs, **more)
    assert refusal.value.code == code


def test_stops_at_one_place_cost_nothing_between_them() -> None:
    """Not even where the way is one-way."""
    graph = graph_of([[(0.0, 0.0), (500.0, 0.0)]])
    metric = metric_of(graph, np.full(2, 50_000, dtype=np.uint32))
    place = scattered(graph, metric, 1, 1)[0]
    assert tour_over(graph, metric, [place] * 4).seconds == 0
