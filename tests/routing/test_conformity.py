"""Objects held against norms: what is broken, what only a condition saves, and what nobody knows."""

from dataclasses import replace
from typing import Any

import pytest
import shapely

from data.loaders.accessibility_norms import BUNDLED
from data.loaders.accessibility_norms import read_norms as read_file
from gis.text import Text
from routing.conformity import Conformity, area_conformity, route_conformity
from routing.hours import Clock
from routing.norms import Norm, judge
from routing.presets import PRESETS
from routing.snapping import WayIndex
from tests.routing.plain_router import PlainRouter
from tests.routing.plain_streets import NOON, THINGS, Streets, Thing, Way
from tests.routing.test_why import snapped

KAZAKH = "СП РК 3.06-101-2012"


def norms() -> tuple[Norm, ...]:
    """Return the bundled norms."""
    names = ("code", "edition", "clause", "object_kind", "attribute", "at_least", "at_most", "condition")
    rows: list[dict[str, Any]] = [dict(row) for row in read_file(BUNDLED)]
    return tuple(
        Norm(
            feature_id=number,
            confirmed=row["confirmed"],
            statement=Text(kk=row["statement_kk"], ru=row["statement_ru"], en=row["statement_en"]),
            **{name: row[name] or None for name in names},  # type: ignore[arg-type]
        )
        for number, row in enumerate(rows)
    )


@pytest.mark.parametrize(
    ("kind", "known", "attribute", "verdict"),
    [
        ("ramp", {"incline": 0.04}, "incline", "met"),
        ("ramp", {"incline": -0.07, "rise": 0.5}, "incline", "conditional"),
        ("ramp", {"incline": 0.07, "rise": 1.2}, "incline", "broken"),
        ("ramp", {"incline": 0.12}, "incline", "broken"),
        ("ramp", {}, "incline", "unknown"),
        ("kerb", {"kerb": "raised"}, "height", "broken"),
        ("kerb", {"kerb": "lowered"}, "height", "met"),
        ("kerb", {"kerb": "rolled"}, "height", "unknown"),
        ("kerb", {"kerb": "raised", "height": 0.03}, "height", "met"),
        ("barrier", {"barrier": "door", "width": 0.8}, "width", "broken"),
    ],
)
def test_an_object_is_judged_by_what_is_known_of_it(
    kind: str, known: dict[str, Any], attribute: str, verdict: str
) -> None:
    """By the Kazakh rows; a ramp of 7 % will do in cramped conditions if it rises no more than 0.8 m."""
    found = {(each.norm.code, each.norm.attribute): each for each in judge(kind, known, norms())}
    assert found[KAZAKH, attribute].verdict == verdict


def test_a_norm_for_doors_says_nothing_of_gates() -> None:
    """Its condition doesn't hold."""
    assert judge("barrier", {"barrier": "gate", "width": 0.5}, norms()) == ()


STREETS = Streets(
    [
        Way("footway", 0, 1, 100, {"footway": "sidewalk", "incline": 0.02, "cross_slope": 0.01, "width": 2.5}),
        Way("ramp", 1, 2, 100, {"incline": 0.12}),
        Way("footway", 2, 3, 100, {"footway": "sidewalk"}),
        Way("street", 3, 4, 100, {"highway": "residential"}),
    ],
    [Thing("lift", 1, {"status": "out_of_order", "door_width": 1.0}), Thing("kerb", 3, {"kerb": "raised"})],
)


def wrong(found: Conformity) -> list[int]:
    """Return the objects with something broken."""
    return [each.feature_id for each in found.broken]


def test_everything_in_an_area_is_held_against_the_norms() -> None:
    """A lift out of order, a ramp too steep, a kerb too high; in half of the area only the first two."""
    graph = STREETS.graph()
    kazakh = [norm for norm in norms() if norm.code == KAZAKH]
    whole = area_conformity(graph, WayIndex(graph), None, kazakh)
    assert wrong(whole) == [THINGS, 1, THINGS + 1]
    assert whole.without_norm == 1
    assert whole.counts == {"broken": 3, "conditional": 0, "unknown": 1, "met": 1}
    half = area_conformity(graph, WayIndex(graph), shapely.box(-10, -10, 150, 10), kazakh)
    assert wrong(half) == [THINGS, 1]
    assert whole.broken[0].sentence.ru == f"Лифт № {THINGS}: Не работает."


def test_a_route_is_held_against_the_norms_object_by_object() -> None:
    """Somebody walks over the ramp; its clause is cited."""
    graph, router = replace(STREETS, things=STREETS.things[1:]).graph(), PlainRouter(Clock())
    foot = PRESETS["foot"]
    metric = router.metric(graph, foot, NOON)
    route = router.joined(graph, metric, foot, snapped(graph, 0), snapped(graph, 3), NOON)
    found = route_conformity(route, norms())
    ramp = next(each for each in found.held if each.kind == "ramp")
    assert "4.3.2.30" in {each.norm.clause for each in ramp.judgements if each.verdict == "broken"}
    assert ramp in found.broken
