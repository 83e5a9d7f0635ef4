"""Crews: who comes first, who turns about, and who doesn't come and why."""

import math

import numpy as np
import pytest

from gis.errors import QalaError
from routing.approach import Approach
from routing.metric import Metric
from routing.nearest import ABOUT, MOST, Crew, Nearest, nearest
from routing.network import INF, Graph
from routing.route import Snapped
from routing.skeleton import Skeleton
from routing.snapping import WayIndex
from tests.routing.bent_town import cost_between, graph_of, metric_of, scattered, town, weights_of

LINE = [[(0.0, 0.0), (1000.0, 0.0)], [(1000.0, 0.0), (2000.0, 0.0)], [(0.0, 900.0), (500.0, 900.0)]]
TEN = 100_000
"""Milliseconds for each kilometre at 10 m/s."""


def asked(weights: list[int], *crews: Crew, **more: float) -> Nearest:
    """Ask for crews on a street of two segments, for an incident 1500 m along it; another street is apart."""
    graph = graph_of(LINE)
    incident = Snapped(asked=(1500, 0), point=(1500.0, 0.0), away=0, edge=1, along=0.5)
    metric = metric_of(graph, np.array(weights, dtype=np.uint32))
    return nearest(graph, WayIndex(graph), metric, incident, crews, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("seed", "turned"), [(1, False), (2, True)])
def test_crews_come_when_a_search_of_their_own_says(seed: int, turned: bool) -> None:
    """One search backward finds what forty forward find."""
    graph = town(seed)
    metric = metric_of(graph, weights_of(graph, seed), turned=turned)
    incident = scattered(graph, metric, 1, seed)[0]
    places = scattered(graph, metric, 40, seed + 1, 5000.0)
    crews = [Crew(key=str(n), place=place.asked, ready=float(n % 3)) for n, place in enumerate(places)]
    costs = [cost_between(graph, metric, place, incident) for place in places]
    expected = sorted((cost / 1000 + n % 3, n) for n, cost in enumerate(costs) if cost < INF)
    found = nearest(graph, WayIndex(graph), metric, incident, crews, count=7, limit=5000)
    assert [(arrival.seconds, int(arrival.crew.key)) for arrival in found.arrivals] == expected[:7]
    assert [int(absent.crew.key) for absent in found.absent] == [n for n, cost in enumerate(costs) if cost >= INF]


def test_a_moving_crew_goes_on_or_turns_about() -> None:
    """Whichever is sooner."""
    crews = [
        Crew(key="towards", place=(500, 3), heading=90),
        Crew(key="away", place=(500, -3), heading=265),
        Crew(key="beyond", place=(1700, 0), heading=80),
    ]
    found = asked([TEN] * 6, *crews)
    told = {arrival.crew.key: (arrival.seconds, arrival.turns) for arrival in found.arrivals}
    assert told == {"towards": (100.0, False), "away": (100.0 + ABOUT, True), "beyond": (20.0 + ABOUT, True)}


def test_a_heading_tells_which_of_two_carriageways_a_crew_is_on() -> None:
    """So does the way that the crew itself reports."""
    graph = graph_of([[(0.0, 0.0), (1000.0, 0.0)], [(1000.0, 0.0), (990.0, 15.0), (0.0, 15.0), (0.0, 0.0)]])
    metric = metric_of(graph, np.array([TEN, INF, TEN, INF], dtype=np.uint32))
    incident = Snapped(asked=(700, 0), point=(700.0, 0.0), away=0, edge=0, along=0.7)
    crews = [Crew(key="west", place=(600.0, 5.0), heading=270), Crew(key="way", place=(600.0, 5.0), way=2)]
    crews += [Crew(key="east", place=(600.0, 10.0), heading=90), Crew(key="parked", place=(600.0, 5.0))]
    found = nearest(graph, WayIndex(graph), metric, incident, crews)
    edges = {arrival.crew.key: arrival.place.edge for arrival in found.arrivals}
    assert edges == {"west": 1, "way": 1, "east": 0, "parked": 0}
    assert [arrival.crew.key for arrival in found.arrivals] == ["east", "parked", "west", "way"]


def test_crews_that_come_at_once_share_their_rank() -> None:
    """Nobody is left out for being named later."""
    crews = [Crew(key=key, place=place) for key, place in (("a", (1400, 0)), ("b", (1600, 0)), ("c", (900, 0)))]
    found = asked([TEN] * 6, *crews, count=1)
    assert [(arrival.rank, arrival.crew.key) for arrival in found.arrivals] == [(1, "a"), (1, "b")]


def test_those_who_do_not_come_are_told_with_the_reason() -> None:
    """Each reason there is."""
    crews = [
        Crew(key="trapped", place=(1800, 0)),
        Crew(key="apart", place=(200, 900)),
        Crew(key="far", place=(200, 400)),
        Crew(key="late", place=(10, 0)),
        Crew(key="comes", place=(1300, 0)),
    ]
    found = asked([TEN, TEN, TEN, INF, TEN, TEN], *crews, within=60, limit=100)
    assert [arrival.crew.key for arrival in found.arrivals] == ["comes"]
    told = {absent.crew.key: absent.reason for absent in found.absent}
    assert told == {"trapped": "no-way", "apart": "apart", "far": "off-network", "late": "too-late"}
    assert all(all(absent.statement.as_dict().values()) for absent in found.absent)


@pytest.mark.parametrize(
    ("crews", "more", "code"),
    [
        ([], {}, "bad-crews"),
        ([Crew(key="a", place=(0, 0))], {"count": 0}, "bad-crews"),
        ([Crew(key="a", place=(0, 0))], {"within": math.nan}, "bad-crews"),
        ([Crew(key="a", place=(0, 0), heading=400)], {}, "bad-crews"),
        ([Crew(key="a", place=(0, 0), ready=-1)], {}, "bad-crews"),
        ([Crew(key="a", place=(math.nan, 0))], {}, "no-place"),
        ([Crew(key="a", place=(0, 0))] * (MOST + 1), {}, "too-many-crews"),
    ],
)
def test_what_can_not_be_understood_is_refused(crews: list[Crew], more: dict[str, float], code: str) -> None:
    """Each with what would be right."""
    with pytest.raises(QalaError) as refusal:
        asked([TEN] * 6, *crews, **more)
    assert refusal.value.code == code


def test_a_crew_at_the_incident_is_there_at_once() -> None:
    """Wherever it is heading."""
    graph: Graph = graph_of(LINE)
    metric = metric_of(graph, np.full(6, TEN, dtype=np.uint32))
    incident = Snapped(asked=(1500, 0), point=(1500.0, 0.0), away=0, edge=1, along=0.5)
    found = nearest(graph, WayIndex(graph), metric, incident, [Crew(key="a", place=(1500, 0), heading=270)])
    assert found.arrivals[0].seconds == 0


def test_a_crew_is_not_lost_for_its_heading() -> None:
    """Heading along a stub that leads away for ever, it comes by the street that it has reached already."""
    graph = graph_of([*LINE, [(600.0, 4.0), (600.0, 400.0)]])
    weights = np.array([TEN] * 6 + [TEN, INF], dtype=np.uint32)
    incident = Snapped(asked=(1500, 0), point=(1500.0, 0.0), away=0, edge=1, along=0.5)
    crews = [Crew(key=str(heading), place=(600, 6), heading=heading) for heading in (0, 90, 180, 270)]
    crews.append(Crew(key="told", place=(600, 6), way=4))
    metric = metric_of(graph, weights)
    found = nearest(graph, WayIndex(graph), metric, incident, crews, limit=100)
    told = {arrival.crew.key: (arrival.seconds, arrival.turns) for arrival in found.arrivals}
    assert told == {
        "0": (90, False),
        "90": (90, False),
        "180": (90, False),
        "270": (90 + ABOUT, True),
        "told": (90, False),
    }
    assert {arrival.place.edge for arrival in found.arrivals} == {0}
    assert not found.absent


def test_a_crew_far_off_the_ways_is_not_there_before_one_that_is_near() -> None:
    """Its way to the street is told with the rest."""
    graph = graph_of(LINE)
    metric = Metric(Skeleton.plain(graph), np.full(6, TEN, dtype=np.uint32), approach=Approach(pace=0.36))
    incident = Snapped(asked=(1500, 20), point=(1500.0, 0.0), away=20, edge=1, along=0.5)
    crews = [Crew(key="off", place=(1490, 400)), Crew(key="near", place=(1000, 0))]
    found = nearest(graph, WayIndex(graph), metric, incident, crews, limit=500)
    told = {arrival.crew.key: arrival.seconds for arrival in found.arrivals}
    assert told == {"near": pytest.approx(50 + 7.2), "off": pytest.approx(1 + 144 + 7.2)}
    assert [arrival.crew.key for arrival in found.arrivals] == ["near", "off"]
