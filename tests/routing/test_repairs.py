"""What a programme of repairs promises is what routes over the repaired streets really gain."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.findings import findings
from routing.hours import Clock
from routing.mending import mended, repairable
from routing.network import INF, Graph
from routing.presets import PRESETS
from routing.pricing import price
from routing.repairs import Programme, Trip, programme
from tests.routing.cures import cured
from tests.routing.plain_router import PlainRouter
from tests.routing.plain_streets import CLOSINGS, NOON, Closing, Streets, Thing, Way, scattered
from tests.routing.scalar_pricing import Teller
from tests.routing.test_why import snapped

CHAIR = PRESETS["wheelchair-manual"]
GOOD = {"footway": "sidewalk", "surface": "asphalt", "smoothness": "good", "incline": 0.0}


def asked(streets: Streets, trips: list[tuple[int, list[int], float]]) -> tuple[Programme, Graph]:
    """Ask for a programme for trips between nodes."""
    graph = streets.graph()
    given = [
        Trip(start=snapped(graph, start), ends=tuple(snapped(graph, end) for end in ends), people=people)
        for start, ends, people in trips
    ]
    return programme(PlainRouter(Clock()), graph, CHAIR, NOON, given), graph


def times(graph: Graph, trips: list[tuple[int, list[int], float]]) -> list[float]:
    """Return what trips cost [ms], all prices made anew and searched by SciPy."""
    weights = price(graph, CHAIR, NOON).weights
    passed = np.flatnonzero(weights < INF)
    order = passed[np.argsort(-weights[passed].astype(np.int64), kind="stable")]
    table = np.full((graph.nodes, graph.nodes), np.inf)
    table[graph.tail[order], graph.head[order]] = weights[order]
    costs = dijkstra(csr_array(np.where(np.isfinite(table), table, 0)))
    return [float(min(costs[start, end] for end in ends)) for start, ends, _ in trips]


@pytest.mark.parametrize("seed", range(6))
def test_gains_are_those_of_routing_anew_over_repaired_streets(seed: int) -> None:
    """For each repair: who gets a way, whose way is shorter, and by how much in all."""
    chance, streets = Random(seed), scattered(seed, nodes=16, ways=45, things=14)
    nodes = sorted({way.u for way in streets.ways} & {way.v for way in streets.ways})
    trips = [
        (start, chance.sample([n for n in nodes if n != start], 2), float(chance.randint(1, 9))) for start in nodes
    ]
    told, graph = asked(streets, trips)
    before = times(graph, trips)
    assert told.measured > 0
    assert told.barred == sum(trip[2] for trip, cost in zip(trips, before, strict=True) if np.isinf(cost))
    for repair in told.repairs:
        after = times(mended(graph, CHAIR, repair.findings)[0], trips)
        pairs = [(trip[2], *costs) for trip, *costs in zip(trips, before, after, strict=True)]
        assert repair.opened == sum(people for people, old, new in pairs if np.isinf(old) and np.isfinite(new))
        assert repair.shortened == sum(people for people, old, new in pairs if new < old < np.inf)
        assert repair.saved == pytest.approx(
            sum(people * (old - new) / 1000 for people, old, new in pairs if new < old < np.inf)
        )
        assert all(repairable(finding) for finding in repair.findings)


TOWN = Streets(
    [
        Way("footway", 0, 1, 100, GOOD),
        Way("crossing", 1, 2, 10, {**GOOD}),
        Way("footway", 2, 3, 100, GOOD),
        Way("steps", 0, 3, 50, {"step_count": 10}),
        Way("footway", 3, 4, 100, GOOD),
        Way("footway", 3, 5, 100, GOOD),
    ],
    [Thing("kerb", 1, {"kerb": "raised"}), Thing("kerb", 2, {"kerb": "flush"})],
    [Closing(way=5)],
)


def test_the_repair_that_gives_most_people_a_way_comes_first() -> None:
    """Ten people live at one end and the clinic is at the other: a kerb, or steps, keep them from it."""
    told, graph = asked(TOWN, [(0, [4], 10.0), (2, [4], 5.0), (0, [5], 1.0)])
    works = {(each.findings[0].kind, each.findings[0].attribute): each for each in told.repairs}
    assert set(works) == {("kerb", "kerb"), ("steps", "steps")}
    assert (told.people, told.barred) == (16.0, 11.0)
    assert [each.opened for each in told.repairs] == [10.0, 10.0]
    assert [(each.feature_id, each.attribute) for each in told.unrepairable] == [(CLOSINGS, "modes")]
    kerb = works["kerb", "kerb"]
    assert kerb.sentence.ru.startswith("Бордюр № 1000000: понизить бордюр. Путь появится у 10 человек")
    assert Teller(cured(TOWN, list(kerb.findings)), CHAIR, NOON, Clock()).price(1, forward=True)[0] is not None
    assert price(mended(graph, CHAIR, kerb.findings)[0], CHAIR, NOON).weights[2] < INF


def test_two_obstacles_on_one_way_are_told_together() -> None:
    """Neither alone opens anything."""
    streets = Streets(TOWN.ways[:3], [Thing("kerb", 1, {"kerb": "raised"}), Thing("kerb", 2, {"kerb": "raised"})])
    told, _ = asked(streets, [(0, [3], 3.0)])
    (together,) = told.repairs
    assert len(together.findings) == 2
    assert together.opened == 3.0


def test_who_lives_and_works_on_one_way_has_a_way() -> None:
    """Down a slope that is too steep to come back up: no trip over the ends of the way leads there."""
    graph = Streets([Way("footway", 0, 1, 100, {**GOOD, "incline": 0.09})]).graph()
    above, below = (replace(snapped(graph, 0), along=along) for along in (0.8, 0.2))
    trips = [Trip(start=above, ends=(below,), people=2.0), Trip(start=below, ends=(above,), people=3.0)]
    told = programme(PlainRouter(Clock()), graph, CHAIR, NOON, trips)
    assert (told.people, told.barred) == (5.0, 3.0)
    assert [(each.findings[0].attribute, each.opened) for each in told.repairs] == [("incline", 3.0)]


def test_a_kerb_that_nobody_recorded_where_a_footway_ends_is_made_good_there_alone() -> None:
    """At the street, not at the crossing at the footway's other end."""
    known = {**GOOD, "width": 2.0, "cross_slope": 0.0}
    ways = [Way("crossing", 0, 1, 10, known), Way("footway", 1, 2, 50, known), Way("street", 2, 3, 50, known)]
    graph, strict = Streets(ways).graph(), replace(CHAIR, unknown="bar", unknowns=())
    (found,) = findings(graph, strict, NOON, Clock(), [2])
    assert (found.kind, found.attribute, found.effect, found.unknown) == ("footway", "kerb", "bars", True)
    better, touched = mended(graph, strict, [found])
    assert touched.tolist() == [0, 1, 2]
    assert (price(better, strict, NOON).weights < INF).tolist() == [False, False, True, True, True, True]
