"""Redmond's OpenSidewalks: wheelchair routes keep the limits, and what is named on shorter ways bars them."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.catalogue import STREETS
from data.loaders.opensidewalks import import_opensidewalks
from data.loaders.request import ImportRequest
from routing.findings import Finding
from routing.network import INF, Graph
from routing.presets import PRESETS
from routing.profile import Profile
from routing.route import Route, Snapped
from routing.router import Router
from routing.why import Asked, arcs_of, explain
from tests.city import REAL_DATA
from tests.registers import Cities
from tests.routing.cures import cured
from tests.routing.plain_streets import NOON, THINGS, plain
from tests.routing.scalar_pricing import Teller

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

EDGES = REAL_DATA / "accessibility" / "opensidewalks-redmond.edges.geojson"
CHAIR = PRESETS["wheelchair-manual"]
PAIRS = 200


@pytest.fixture(scope="module")
def router(fresh_city: Cities) -> Router:
    """Return a router over the data set as the loader brings it in."""
    city = fresh_city("redmond")
    import_opensidewalks(city.register, ImportRequest(file=EDGES, layer="", act=city.act("2023-08-08")))
    return Router(city.register, STREETS)


def places(graph: Graph, profile: Profile, router: Router) -> list[tuple[Snapped, Snapped]]:
    """Draw pairs of places that somebody on foot could get between."""
    passed = router.metric(graph, PRESETS["foot"], NOON).weights.reshape(-1, 2).min(axis=1) < INF
    ends = (graph.u[passed], graph.v[passed])
    _, group = connected_components(coo_array((np.ones(passed.sum()), ends), shape=(graph.nodes, graph.nodes)).tocsr())
    usable = router.metric(graph, profile, NOON).weights.reshape(-1, 2).max(axis=1) < INF
    edges = np.flatnonzero(usable & (group[graph.u] == np.bincount(group).argmax())).tolist()
    chance = Random(7)
    drawn = [[chance.choice(edges) for _ in range(2)] for _ in range(PAIRS)]
    return [(snapped(graph, start), snapped(graph, end)) for start, end in drawn]


def snapped(graph: Graph, edge: int) -> Snapped:
    """Return the middle of a way."""
    point = tuple(graph.course(edge).mean(axis=0).tolist())
    return Snapped(asked=point, point=point, away=0.0, edge=edge, along=0.5)


def numbered(graph: Graph, finding: Finding) -> Finding:
    """Return a finding with the number that its object has among the plain rows."""
    place = graph.edge_of.get(finding.feature_id)
    return replace(finding, feature_id=THINGS + graph.fixture_of[finding.feature_id] if place is None else place)


def passed(teller: Teller, arcs: list[int]) -> list[bool]:
    """Tell which arcs are passed, by the plain pricing."""
    return [teller.price(arc >> 1, forward=arc % 2 == 0)[0] is not None for arc in arcs]


def test_routes_keep_the_limits_and_every_shorter_way_is_barred_by_what_is_named(router: Router) -> None:
    """200 pairs: no kerb, slope or step beyond the limits; what is named bars, and made good bars no more."""
    graph = router.graph()
    streets, told, routes = plain(graph), 0, 0
    teller = Teller(streets, CHAIR, NOON, router.clock)
    for start, end in places(graph, CHAIR, router):
        why = explain(router, graph, Asked(profile=CHAIR, departure=NOON), start, end)
        if why.route is not None:
            routes += 1
            assert keeps(why.route)
            assert all(passed(teller, arcs_of(graph, why.route)[0]))
        for way in why.rejected:
            arcs, _ = arcs_of(graph, way.route)
            open_ones = passed(teller, arcs)
            assert way.obstacles or (why.route is not None and way.route.seconds >= why.route.seconds - 1)
            assert way.barred is not all(open_ones)
            if way.barred:
                told += 1
                named = [obstacle.finding for obstacle in way.obstacles]
                barred = {arc for finding in named for arc in finding.arcs}
                assert barred == {arc for arc, is_open in zip(arcs, open_ones, strict=True) if not is_open}
                better = cured(streets, [numbered(graph, each) for each in named])
                assert all(passed(replace(teller, streets=better), arcs))
    assert routes > PAIRS / 2
    assert told > PAIRS / 10


def keeps(route: Route) -> bool:
    """Tell whether a route passes no kerb, slope or step beyond the limits, by what its pieces say."""
    for piece in route.pieces:
        rise = float(str(piece.attributes.get("incline") or 0)) * (1 if piece.forward else -1)
        if piece.kind == "steps" or not -0.1 <= rise <= 0.08:
            return False
    ends = zip(route.pieces, route.pieces[1:], strict=False)
    return not any(
        fixture.attributes.get("kerb") in {"raised", "rolled"} and "crossing" in {before.kind, after.kind}
        for before, after in ends
        for fixture in before.fixtures
    )
