"""The graph follows the register change by change, and answers as one that is read anew."""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np
import pytest
import shapely

from data.catalogue import STREETS
from gis.drafts import opened, overlay
from gis.edit import Put
from gis.instant import Instant
from gis.record import NOWHERE, Period, Write
from routing.kept import NOTHING, Avoid
from routing.metric import Terminal
from routing.network import INF, KINDS, Graph
from routing.presets import PRESETS
from routing.router import Router
from routing.turning import street_degrees
from tests.cadastres.urban_planning.surveyor import Surveyor
from tests.city import City
from tests.routing.grid_town import NOON, Town, at, swept

PROFILES = ("foot", "wheelchair-manual", "blind")


@pytest.fixture(scope="module")
def town(small_city: City) -> Town:
    """A small town in a register of its own."""
    return Town(small_city, 9, random.Random(5)).build()


def held(router: Router, *names: str) -> None:
    """Hold what a router keeps against one that reads all anew, and against SciPy."""
    anew = Router(router.register, STREETS)
    graph, fresh = router.graph(), anew.graph()
    mine, theirs = by_feature(graph), by_feature(fresh)
    assert mine.keys() == theirs.keys()
    chance = random.Random(1)
    for name in names:
        metric = router.metric(graph, PRESETS[name], NOON)
        again = anew.metric(fresh, PRESETS[name], NOON)
        edges = np.array([(mine[feature], theirs[feature]) for feature in sorted(mine)])
        assert np.array_equal(metric.weights.reshape(-1, 2)[edges[:, 0]], again.weights.reshape(-1, 2)[edges[:, 1]])
        nodes = [chance.randrange(graph.nodes) for _ in range(40)]
        costs = swept(graph, metric.weights, nodes)
        for row, source in enumerate(nodes):
            target = chance.randrange(graph.nodes)
            found = metric.path([Terminal(source)], [Terminal(target)])
            assert (np.inf if found is None else found.cost) == costs[row, target]


def by_feature(graph: Graph) -> dict[int, int]:
    """Return the edges that are no holes."""
    return dict(graph.edge_of)


def test_after_two_hundred_changes_routes_cost_what_scipy_finds_without_a_rebuild(town: Town) -> None:
    """Attributes, courses and what stands at nodes, ten changes an act."""
    router = Router(town.city.register, STREETS)
    first = router.graph()
    kept = router.kept(first)
    metrics = [router.metric(first, PRESETS[name], NOON) for name in PROFILES]
    for _ in range(20):
        town.change(10)
        router.graph()
    held(router, *PROFILES)
    assert [router.metric(router.graph(), PRESETS[name], NOON) for name in PROFILES] == metrics
    assert all(metric.accelerated for metric in metrics)
    assert (kept.rebuilds, kept.settled()) == (0, True)


def test_turns_stay_right_without_a_rebuild(town: Town) -> None:
    """A car's costs follow changed courses and a new restriction, as if all were read anew."""
    router = Router(town.city.register, STREETS)
    first = router.graph()
    metric = router.metric(first, PRESETS["car"], NOON)
    restrict(town, first)
    town.change(8)
    graph = router.graph()
    assert len(graph.turns.from_arc)
    assert router.metric(graph, PRESETS["car"], NOON) is metric
    anew = Router(town.city.register, STREETS)
    fresh = anew.graph()
    again = anew.metric(fresh, PRESETS["car"], NOON)
    places = [Terminal(node) for node in range(0, graph.nodes, 7)]
    assert np.array_equal(
        metric.matrix([[p] for p in places], [[p] for p in places]),
        again.matrix([[p] for p in places], [[p] for p in places]),
    )
    assert metric.accelerated
    assert router.kept(graph).rebuilds == 0


def test_metrics_that_nobody_asks_for_follow_when_they_are_asked_for(town: Town) -> None:
    """Through several changes at once, with places to avoid and with turns; meanwhile they cost nobody any time."""
    router = Router(town.city.register, STREETS)
    first = router.graph()
    x, y = first.xy.mean(axis=0)
    avoid = Avoid(polygons=(shapely.box(x - 80, y - 80, x + 80, y + 80),), feature_ids=(town.ids["footway"][3],))
    asked = [("foot", NOTHING), ("wheelchair-manual", avoid), ("car", avoid)]
    metrics = [router.metric(first, PRESETS[name], NOON, places) for name, places in asked]
    known, graph = [metric.weights for metric in metrics], first
    for _ in range(4):
        town.change(10)
        graph = router.graph()
    assert all(metric.weights is weights for metric, weights in zip(metrics, known, strict=True))
    anew = Router(town.city.register, STREETS)
    fresh = anew.graph()
    mine, theirs = by_feature(graph), by_feature(fresh)
    edges = np.array([(mine[feature], theirs[feature]) for feature in sorted(mine)])
    nodes = range(0, graph.nodes, 5)
    for (name, places), weights in zip(asked, known, strict=True):
        metric = router.metric(graph, PRESETS[name], NOON, places)
        again = anew.metric(fresh, PRESETS[name], NOON, places)
        assert np.array_equal(metric.weights.reshape(-1, 2)[edges[:, 0]], again.weights.reshape(-1, 2)[edges[:, 1]])
        assert np.array_equal(metric.matrix(nodes, nodes), again.matrix(nodes, nodes))
        assert not np.array_equal(metric.weights, weights)
        assert metric.accelerated
    assert router.kept(graph).rebuilds == 0


def restrict(town: Town, graph: Graph) -> None:
    """Forbid a turn at a crossing where three streets meet at least."""
    node = int(np.flatnonzero(street_degrees(graph) >= 3)[0])
    one, other = [int(arc) for arc in graph.arcs_from(node) if KINDS[graph.kind[arc >> 1]] == "street"][:2]
    said = {
        "from_segment": int(graph.feature_id[one >> 1]),
        "to_segment": int(graph.feature_id[other >> 1]),
        "restriction": "no_left_turn",
    }
    town.city.put("urban_planning.turn_restriction", shapely.Point(graph.xy[node]), **cast("Any", said))


def test_a_new_way_counts_at_once_and_a_removed_one_no_longer(town: Town) -> None:
    """SciPy answers until the hierarchy stands again."""
    router = Router(town.city.register, STREETS)
    first = router.graph()
    router.metric(first, PRESETS["foot"], NOON)
    short = town.city.put(
        "urban_planning.footway", town.line((0, 0), (8, 8)), footway="path", incline=0.0, surface="asphalt"
    )
    graph = router.graph()
    assert (graph.edges, graph.nodes) == (first.edges + 1, first.nodes)
    route = router.route(graph, PRESETS["foot"], at(0, 0), at(8, 8), NOON)
    assert [piece.feature_id for piece in route.pieces] == [short]
    assert router.kept(graph).settled()
    assert router.kept(graph).rebuilds == 1
    held(router, "foot")
    surveyor = Surveyor(town.city)
    surveyor.retire(STREETS.lines["footway"], short, day="2022-01-01")
    gone = router.graph()
    assert short not in gone.edge_of
    assert gone.edges == graph.edges
    assert short not in {p.feature_id for p in router.route(gone, PRESETS["foot"], at(0, 0), at(8, 8), NOON).pieces}
    held(router, "foot")
    assert router.kept(gone).rebuilds == 1


def test_a_draft_is_a_graph_of_its_own(town: Town) -> None:
    """What it proposes is passed in it alone, and what it ends is not."""
    router, register = Router(town.city.register, STREETS), town.city.register
    draft = opened(register, "short-cut", "Short cut", actor="planner-1", role="planner", valid_from=NOON)
    act = replace(town.city.act("2021-01-01"), role="planner")
    proposed = Write("urban_planning.footway", -1, act.period, town.line((1, 0), (7, 8)), {"footway": "path"})
    register.perform(Put((proposed,)), act, draft=draft.draft_id)
    with register.reading() as connection:
        laid = overlay(connection, draft)
    now, then = router.graph(), router.graph(Instant(draft=laid))
    (way,) = then.edge_of.keys() - now.edge_of.keys()
    route = router.route(then, PRESETS["foot"], at(1, 0), at(7, 8), NOON)
    assert [piece.feature_id for piece in route.pieces] == [way]
    assert len(router.route(now, PRESETS["foot"], at(1, 0), at(7, 8), NOON).pieces) > 1


def test_what_closes_opens_and_slows_counts_at_once(town: Town) -> None:
    """A closure to walkers for an hour of the day, and a speed told for one direction of a street."""
    router = Router(town.city.register, STREETS)
    first = router.graph()
    walked = first.edge_of[town.ids["footway"][0]]
    cost = router.metric(first, PRESETS["foot"], NOON).weights[2 * walked]
    closure = {"closed_id": town.ids["footway"][0], "modes": "foot", "hours": "11:00-13:00"}
    town.city.put("urban_planning.closure", shapely.LineString(first.course(walked)), **cast("Any", closure))
    shut = router.graph()
    assert router.metric(shut, PRESETS["foot"], NOON).weights[2 * walked] == INF
    later = router.metric(shut, PRESETS["foot"], NOON + timedelta(hours=3))
    assert later.weights[2 * walked] == cost < INF
    street = next(e for e in town.ids["street_segment"] if first.known(first.edge_of[e]).get("one_way") in {None, "no"})
    edge = shut.edge_of[street]
    now = datetime.now(UTC)
    before = router.metric(shut, PRESETS["car"], now).seconds[[2 * edge, 2 * edge + 1]]
    speed = {"segment_id": street, "direction": "backward", "speed": 3.0}
    town.city.put("urban_planning.street_speed", NOWHERE, **cast("Any", speed))
    told = router.graph()
    after = router.metric(told, PRESETS["car"], now).seconds[[2 * edge, 2 * edge + 1]]
    assert after[0] == before[0]
    assert after[1] > before[1]
    held(router, "foot")


def test_the_past_is_a_graph_of_its_own(town: Town) -> None:
    """A way of 2023 is not there in 2022, and not known before it was recorded."""
    router = Router(town.city.register, STREETS)
    steps: list[str] = []
    zone = town.city.profile.zone
    long_ago = Instant(valid=datetime(2022, 6, 1, tzinfo=zone))
    bridge = town.city.put("urban_planning.footway", town.line((0, 8), (8, 0)), "2023-01-01", footway="path")
    past = router.graph(long_ago, lambda step, _: steps.append(step))
    assert bridge not in past.edge_of
    assert bridge in router.graph().edge_of
    assert steps[0] == "reading"
    assert steps[-1] == "ready"
    assert router.graph(long_ago) is past
    with town.city.register.reading() as connection:
        recorded = connection.execute("SELECT recorded FROM qala.changeset ORDER BY number DESC LIMIT 1").fetchone()
    assert recorded is not None
    town.city.put("urban_planning.footway", town.line((0, 8), (8, 1)), "2023-01-01", footway="path")
    known = router.graph(Instant(recorded=recorded[0]))
    assert known.feature_id[known.feature_id >= 0].size == router.graph().feature_id.size - 1


def test_a_legal_date_that_passes_counts(town: Town) -> None:
    """A way that ends at a moment is gone after it, though nothing is written."""
    router = Router(town.city.register, STREETS)
    soon = datetime.now(UTC) + timedelta(seconds=2)
    act = town.city.act("2021-01-01")
    write = Write(
        "urban_planning.footway", -1, Period(act.period.start, soon), town.line((0, 0), (5, 5)), {"footway": "path"}
    )
    way = town.city.register.perform(Put((write,)), act).features[-1]
    before = router.graph()
    assert way in before.edge_of
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 0.2)
    after = router.graph()
    assert way not in after.edge_of
    assert after.changeset == before.changeset


def ending(town: Town, soon: datetime, corner: int) -> int:
    """Enter a way across the town that ends soon."""
    act = town.city.act("2021-01-01")
    course, until = town.line((0, 1), (corner, 5)), Period(act.period.start, soon)
    write = Write("urban_planning.footway", -1, until, course, {"footway": "path"})
    return town.city.register.perform(Put((write,)), act).features[-1]


def wait_for(soon: datetime) -> None:
    """Wait until a moment has passed."""
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 0.2)


def test_a_legal_date_that_passes_counts_in_what_was_recorded_earlier(town: Town) -> None:
    """What the register said then of now, though it says otherwise since."""
    router = Router(town.city.register, STREETS)
    soon = datetime.now(UTC) + timedelta(seconds=2)
    way = ending(town, soon, 6)
    with town.city.register.reading() as connection:
        recorded = connection.execute("SELECT max(recorded) FROM qala.changeset").fetchone()
    assert recorded is not None
    known = Instant(recorded=recorded[0])
    assert way in router.graph(known).edge_of
    Surveyor(town.city).retire(STREETS.lines["footway"], way, day="2022-06-01")
    assert way not in router.graph().edge_of
    assert way in router.graph(known).edge_of
    wait_for(soon)
    assert way not in router.graph(known).edge_of
    assert way not in Router(town.city.register, STREETS).graph(known).edge_of


def test_a_draft_counts_from_the_very_moment_from_which_it_is_valid(town: Town) -> None:
    """And no longer than until it ends."""
    router, register = Router(town.city.register, STREETS), town.city.register
    draft = opened(register, "bollard", "Bollard", actor="planner-1", role="planner", valid_from=NOON)
    start = datetime.now(UTC)
    soon = start + timedelta(seconds=2)
    way = town.ids["street_segment"][0]
    spot = shapely.Point(router.graph().xy[router.graph().u[router.graph().edge_of[way]]])
    act = replace(town.city.act("2021-01-01"), role="planner")
    write = Write("urban_planning.barrier", -1, Period(start, soon), spot, {"barrier": "bollard"})
    register.perform(Put((write,)), act, draft=draft.draft_id)
    with register.reading() as connection:
        laid = Instant(draft=overlay(connection, draft))

    def barred() -> bool:
        graph = router.graph(laid)
        return bool(router.metric(graph, PRESETS["car"], start).weights.reshape(-1, 2)[graph.edge_of[way]].min() >= INF)

    assert barred()
    known = router.graph(laid)
    assert router.graph(laid) is known
    wait_for(soon)
    assert not barred()


def test_a_route_over_an_earlier_graph_is_told_as_it_was_then(town: Town) -> None:
    """And what is kept for later ones stays right."""
    router, surveyor = Router(town.city.register, STREETS), Surveyor(town.city)
    way = surveyor.enter(STREETS.lines["footway"], town.line((1, 1), (7, 7)), surface="asphalt", incline=0.0)
    earlier = router.graph()
    surveyor.alter(STREETS.lines["footway"], way, surface="gravel")
    later = router.graph()
    for known, surface in ((earlier, "asphalt"), (later, "gravel"), (earlier, "asphalt")):
        pieces = router.route(known, PRESETS["foot"], at(1, 1), at(7, 7), NOON).pieces
        assert [piece.attributes["surface"] for piece in pieces] == [surface]
    surveyor.retire(STREETS.lines["footway"], way, day="2020-06-01")


def test_after_very_many_changes_all_is_read_anew(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """And counts at once, as if it had been followed change by change."""
    monkeypatch.setattr("routing.router.BULK", 0.1)
    router = Router(town.city.register, STREETS)
    first = router.graph()
    town.change(130)
    graph = router.graph()
    assert router.kept(graph) is not router.kept(first)
    held(router, *PROFILES)
