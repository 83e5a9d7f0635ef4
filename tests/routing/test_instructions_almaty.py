"""Routes over the streets of a real city, with all their slips: told in three languages, grammatically, to the end."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest
from lxml import etree

from data.catalogue import STREETS
from data.city import BuildReport
from data.landmarks import RegisterLandmarks
from gis.errors import QalaError
from gis.text import LANGUAGES
from routing.instructions import told as tell
from routing.manoeuvres import detail_for
from routing.network import Graph
from routing.presets import PRESETS
from routing.route import Route
from routing.router import Router
from routing.ssml import ssml
from routing.telling import manoeuvres_of
from tests.city import City
from tests.routing.agreement import faults

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

WHEN = datetime(2025, 5, 12, 9, tzinfo=UTC)


def some_route(router: Router, graph: Graph, profile: str, chance: Random) -> Route:
    """Return a route between two nodes drawn by lot, at the first try that has one."""
    while True:
        start = graph.xy[chance.randrange(len(graph.xy))]
        end = graph.xy[chance.choice(np.flatnonzero(np.hypot(*(graph.xy - start).T) < 4000).tolist())]
        try:
            route = router.route(graph, PRESETS[profile], (start[0], start[1]), (end[0], end[1]), WHEN)
        except QalaError:
            continue
        if route.length > 500:
            return route


def test_routes_of_almaty_are_told(built_city: Callable[[str], tuple[City, BuildReport]]) -> None:
    """Four routes for each of five askers: no fault of grammar, no leg lost, speech as long as the text."""
    city, _ = built_city("almaty")
    router, chance = Router(city.register, STREETS), Random(5)
    graph = router.graph()
    for profile in ("foot", "wheelchair-electric", "blind", "bicycle", "car"):
        for _ in range(4):
            route = some_route(router, graph, profile, chance)
            done = manoeuvres_of(route, RegisterLandmarks(city.register, route.reading))
            for language in LANGUAGES:
                told = tell(route, done, language, detail_for(route.profile))
                texts = [*told.lines, *(step.alert.text for step in told.steps if step.alert)]
                assert [fault for text in texts for fault in faults(text, language)] == []
                assert sum(step.manoeuvre.distance for step in told.steps) == pytest.approx(route.length)
                spoken = "".join(etree.fromstring(ssml(told).encode()).itertext()).split()
                assert spoken == " ".join([told.summary.text, *told.lines]).split()
    city.register.close()
