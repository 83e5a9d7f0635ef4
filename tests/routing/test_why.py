"""Explanations name the very objects that bar a shorter way, and a plain pricing agrees."""

from dataclasses import replace
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gis.text import Text
from routing.hours import Clock
from routing.network import Graph
from routing.norms import Norm
from routing.presets import PRESETS
from routing.profile import Profile
from routing.route import Snapped
from routing.why import Asked, Explanation, arcs_of, explain
from tests.routing.cures import cured
from tests.routing.plain_router import PlainRouter
from tests.routing.plain_streets import NOON, Closing, Streets, Thing, Way, scattered
from tests.routing.scalar_pricing import Teller

CLOCK = Clock(zone=ZoneInfo("Asia/Almaty"))
CHAIR, FOOT = PRESETS["wheelchair-manual"], PRESETS["foot"]


def passed(streets: Streets, profile: Profile, arcs: list[int]) -> bool:
    """Tell whether all arcs are passed, by the plain pricing."""
    teller = Teller(streets, profile, NOON, CLOCK)
    return all(teller.price(arc >> 1, forward=arc % 2 == 0)[0] is not None for arc in arcs)


def explained(streets: Streets, profile: Profile, start: int, end: int, **options: Any) -> tuple[Explanation, Graph]:
    """Explain the way between two nodes."""
    graph, router = streets.graph(), PlainRouter(CLOCK)
    ends = [snapped(graph, node) for node in (start, end)]
    return explain(router, graph, Asked(profile=profile, departure=NOON), *ends, **options), graph


def snapped(graph: Graph, node: int) -> Snapped:
    """Return a node as a place."""
    edge = int(graph.arcs_from(node)[0]) >> 1
    point = tuple(graph.xy[node].tolist())
    return Snapped(asked=point, point=point, away=0.0, edge=edge, along=0.0 if graph.u[edge] == node else 1.0)


@pytest.mark.parametrize("seed", range(15))
def test_what_is_named_bars_and_nothing_else_does(seed: int) -> None:
    """Made good, all that is named lets the shorter way be passed; with one object left as it is, it is not."""
    chance = Random(seed)
    streets = scattered(seed, nodes=18, ways=60, things=20)
    strict = replace(CHAIR, unknown=chance.choice(["accept", "penalise", "bar"]), unknowns=(("surface", "accept"),))
    start, end = chance.sample(sorted({way.u for way in streets.ways} & {way.v for way in streets.ways}), 2)
    told, graph = explained(streets, strict, start, end)
    if told.route is not None:
        assert passed(streets, strict, arcs_of(graph, told.route)[0])
    for way in told.rejected:
        arcs, _ = arcs_of(graph, way.route)
        assert way.barred is not passed(streets, strict, arcs)
        assert told.route is None or way.route.length < told.route.length + 0.01
        if way.barred:
            named = [obstacle.finding for obstacle in way.obstacles]
            assert passed(cured(streets, named), strict, arcs)
            for spared in named:
                others = [each for each in named if each is not spared]
                same = [each for each in others if each.feature_id == spared.feature_id and each.kind == spared.kind]
                if not same:
                    assert not passed(cured(streets, others), strict, arcs), spared


STREETS = Streets(
    [
        Way("footway", 0, 1, 50, {"footway": "sidewalk", "surface": "asphalt", "incline": 0.0}),
        Way("crossing", 1, 2, 10, {"surface": "asphalt", "incline": 0.0, "smoothness": "good"}),
        Way("footway", 2, 3, 50, {"footway": "sidewalk", "surface": "asphalt", "incline": 0.12}),
        Way("footway", 0, 3, 400, {"footway": "sidewalk", "surface": "asphalt"}),
    ],
    [Thing("kerb", 1, {"kerb": "raised", "height": 0.15}), Thing("kerb", 2, {"kerb": "flush"})],
)
NORM = Norm(
    feature_id=1,
    code="СП РК 3.06-101-2012",
    edition="2012*",
    clause="4.3",
    object_kind="kerb",
    attribute="height",
    at_least=None,
    at_most=0.04,
    condition=None,
    confirmed=False,
    statement=Text(kk="…", ru="…", en="…"),
)


def test_the_shorter_way_is_told_with_object_value_limit_and_clause() -> None:
    """A kerb of 15 cm and a slope of 12 %: both on the way of 110 m that a chair can't take."""
    told, _ = explained(STREETS, CHAIR, 0, 3, norms=[NORM])
    assert told.route is not None
    assert told.route.length == 400
    way = told.rejected[0]
    assert way.route.length == 110
    found = {(each.finding.kind, each.finding.attribute): each for each in way.obstacles}
    kerb, slope = found["kerb", "height"], found["footway", "incline"]
    assert (kerb.finding.value, kerb.finding.limit, kerb.norms[0].norm.clause) == (0.15, 0.03, "4.3")
    assert (slope.finding.value, slope.finding.limit) == (0.12, 0.08)
    broken = Text(kk="СП РК 3.06-101-2012 (2012*), 4.3-тармақ", ru="СП РК 3.06-101-2012 (2012*), п. 4.3", en="")
    assert kerb.sentence.ru == f"Бордюр № 1000000: высота 0,15 м, предел 0,03 м (нарушена норма: {broken.ru})"
    assert kerb.sentence.kk == f"Жиектас №1000000: биіктігі 0,15 м, ал шек 0,03 м (мына норма бұзылған: {broken.kk})"
    assert "110 m (3 min) instead of 400 m (8 min)" in way.sentence.en


def test_what_is_unknown_of_the_way_taken_is_told_with_what_was_made_of_it() -> None:
    """The slope of the long way isn't known: it counts as longer, or bars, as the asker says."""
    told, _ = explained(STREETS, CHAIR, 0, 3)
    doubts = {(doubt.attribute, doubt.treated) for doubt in told.doubts}
    assert ("incline", "penalise") in doubts
    strict = replace(CHAIR, unknowns=(("incline", "bar"), ("smoothness", "accept"), *CHAIR.unknowns))
    none, _ = explained(STREETS, strict, 0, 3)
    assert none.route is None
    assert none.refusal is not None
    assert any(each.finding.unknown for way in none.rejected for each in way.obstacles)


def test_a_closure_and_a_broken_lift_are_named_to_who_walks() -> None:
    """Both are on the straight way; the detour has neither."""
    ways = [Way("footway", n, n + 1, 50, {"footway": "footway"}) for n in range(3)]
    ways.append(Way("footway", 0, 3, 500, {"footway": "footway"}))
    streets = Streets(ways, [Thing("lift", 1, {"status": "out_of_order"})], [Closing(way=2, hours="10:00-20:00")])
    told, graph = explained(streets, FOOT, 0, 3)
    named = {(each.finding.kind, each.finding.attribute) for way in told.rejected for each in way.obstacles}
    assert named == {("lift", "status"), ("closure", "hours")}
    assert told.route is not None
    assert arcs_of(graph, told.route)[0] == [6]
    assert all(told.sentences[0].as_dict().values())


def test_where_nothing_is_shorter_that_is_said() -> None:
    """Without limits the way is the same."""
    told, _ = explained(Streets(STREETS.ways[3:] + STREETS.ways[:1]), CHAIR, 0, 3)
    assert not told.rejected
    assert told.sentences[0].en == "Even without limits no way is shorter."
    assert told.route is not None
