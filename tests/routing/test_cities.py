"""Almaty and Helsinki as loaded: every profile's routes cost what SciPy finds, also after two hundred changes."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from cadastres.urban_planning.street_verbs import Alter, ChangeStreets
from data.catalogue import STREETS
from data.city import BuildReport
from routing.metric import Metric, Terminal
from routing.network import INF, KINDS, Graph
from routing.presets import PRESETS
from routing.router import Router
from tests.city import City
from tests.routing.grid_town import NOON

pytestmark = pytest.mark.slow

SOURCES, TARGETS = 20, 25
CHANGED = 200


def held(router: Router, graph: Graph, chance: random.Random) -> None:
    """Hold five hundred pairs of each profile against SciPy over the same weights."""
    for profile in PRESETS.values():
        metric = router.metric(graph, profile, NOON)
        assert router.kept(graph).settled(600.0)
        assert metric.accelerated
        passed = np.flatnonzero(metric.weights < INF)
        sources, targets = (
            [int(graph.tail[arc]) for arc in chance.choices(passed.tolist(), k=count)] for count in (SOURCES, TARGETS)
        )
        plain = Metric(metric.skeleton, metric.weights, turns=metric.turns)
        expected = plain.matrix(sources, targets)
        assert np.array_equal(metric.matrix(sources, targets), expected)
        for row, source in enumerate(sources):
            for column, target in enumerate(targets):
                found = metric.path([Terminal(source)], [Terminal(target)])
                assert (INF if found is None else found.cost) == expected[row, column]


@pytest.mark.parametrize("name", [pytest.param("almaty", marks=pytest.mark.realdata), "demo"])
def test_five_hundred_pairs_of_each_profile_before_and_after_two_hundred_changes(
    built_city: Callable[[str], tuple[City, BuildReport]], name: str
) -> None:
    """Without the hierarchies being built anew."""
    city, _ = built_city(name)
    router, chance = Router(city.register, STREETS), random.Random(4)
    graph = router.graph()
    held(router, graph, chance)
    changed = chance.sample(range(graph.edges), CHANGED)
    for first in range(0, CHANGED, 25):
        changes = [
            Alter(
                layer=STREETS.lines[KINDS[int(graph.kind[edge])]],
                feature=int(graph.feature_id[edge]),
                attributes={"foot": chance.choice(["no", "yes"]), "surface": chance.choice(["gravel", "asphalt"])},
            )
            for edge in changed[first : first + 25]
        ]
        city.register.perform(ChangeStreets(changes=tuple(changes)), city.act("2021-01-01"))
        router.graph()
    graph = router.graph()
    held(router, graph, chance)
    assert router.kept(graph).rebuilds == 0
