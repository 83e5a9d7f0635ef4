"""What a planner does with plans and zones."""

from typing import Any

import pytest

from cadastres.urban_planning.verbs import (
    AdoptPlan,
    BringIntoForce,
    ChangeZone,
    DrawZones,
    EndPlan,
    RemoveZone,
    WrongStep,
)
from gis.errors import BadRequest
from tests.cadastres.land.registrar import box, many
from tests.cadastres.urban_planning.planner import LINE, PLAN, ZONE, Planner, drawn


def test_a_plan_goes_through_its_steps(planner: Planner) -> None:
    """Drawn up, adopted by its ordinance, brought into force, ended: each from its own day."""
    plan = planner.draw_up()
    planner.adopt(plan)
    planner.force(plan)
    planner.end(plan, "2025-06-01")
    assert planner.steps(plan) == [
        ("2020-01-01", "elaboration"),
        ("2020-06-01", "adoption"),
        ("2021-01-01", "legalForce"),
        ("2025-06-01", "ended"),
    ]
    assert str(planner.said(plan, "2021-01-01", PLAN)["ordinance_date"]) == "2020-06-01"
    assert planner.said(plan, "2025-06-01", PLAN) == {}


def test_no_step_is_taken_out_of_order(planner: Planner) -> None:
    """What is not adopted can't take force, what is in force can't be adopted again."""
    plan = planner.draw_up()
    with pytest.raises(WrongStep):
        planner.force(plan)
    planner.adopt(plan)
    with pytest.raises(WrongStep):
        planner.perform(AdoptPlan(plan=plan), "2020-07-01")
    planner.force(plan)
    with pytest.raises(WrongStep):
        planner.perform(BringIntoForce(plan=plan), "2022-01-01")
    assert [step for _, step in planner.steps(plan)] == ["elaboration", "adoption", "legalForce"]


def test_zones_and_lines_bear_their_plans_step(planner: Planner) -> None:
    """A zone drawn at any step takes force, and ends, with its plan; so does a line of the plan, and no other line."""
    plan = planner.draw_up()
    early = planner.zones(plan, drawn(box(0, 0, 100, 100)))[0]
    red = planner.line((0, 200), (100, 200), plan=plan)
    own = planner.line((0, 300), (100, 300))
    planner.adopt(plan)
    planner.force(plan)
    late = planner.zones(plan, drawn(box(100, 0, 200, 100)), day="2022-01-01")[0]
    planner.end(plan, "2025-06-01")
    steps = planner.steps(plan)
    assert planner.steps(early, ZONE) == steps
    assert planner.steps(red, LINE) == steps
    assert planner.steps(late, ZONE) == [("2022-01-01", "legalForce"), ("2025-06-01", "ended")]
    assert planner.steps(own, LINE) == [("2020-01-01", "legalForce")]


def test_a_zone_drawn_back_in_time_bears_each_step_of_then(planner: Planner) -> None:
    """An act dated before the plan took force gives the zone the steps that the plan had since."""
    plan = planner.draw_up()
    planner.adopt(plan)
    planner.force(plan)
    zone = planner.zones(plan, drawn(box(0, 0, 100, 100)), day="2020-03-01")[0]
    assert planner.steps(zone, ZONE) == [
        ("2020-03-01", "elaboration"),
        ("2020-06-01", "adoption"),
        ("2021-01-01", "legalForce"),
    ]


def test_a_new_plan_replaces_its_predecessor(planner: Planner) -> None:
    """From its day on the former plan and its zones have ended; a detailed plan follows from the new one."""
    former = planner.in_force(day="2010-01-01")
    zone = planner.zones(former, drawn(box(0, 0, 100, 100)), day="2010-01-01")[0]
    detailed = planner.in_force(box(0, 0, 300, 300), "2012-01-01", plan_type="detailed_plan", upper_plan_id=former)
    new = planner.draw_up()
    planner.adopt(new)
    planner.force(new)
    assert planner.steps(former)[-1] == ("2021-01-01", "ended")
    assert planner.steps(zone, ZONE)[-1] == ("2021-01-01", "ended")
    assert planner.said(detailed, "2020-12-31", PLAN)["upper_plan_id"] == former
    assert planner.said(detailed, "2021-01-01", PLAN)["upper_plan_id"] == new


def test_several_plans_are_in_elaboration_at_once(planner: Planner) -> None:
    """Two variants of one territory, each with its zones, beside the plan in force."""
    planner.in_force(day="2010-01-01")
    variants = [planner.draw_up(edition=name) for name in ("A", "B")]
    for variant in variants:
        planner.zones(variant, drawn(box(0, 0, 500, 500)))
        planner.adopt(variant)
    planner.force(variants[1])
    assert [planner.steps(variant)[-1][1] for variant in variants] == ["adoption", "legalForce"]


def test_a_plan_is_amended(planner: Planner) -> None:
    """Territory and attributes change from the act's day on, and the step stays."""
    plan = planner.in_force(day="2010-01-01")
    planner.amend(plan, box(0, 0, 1000, 900), "2022-01-01", horizon=2040)
    said = planner.said(plan, "2022-01-01", PLAN)
    assert (said["horizon"], said["process_step_general"]) == (2040, "legalForce")
    assert planner.area(plan, "2022-01-01", PLAN).area == pytest.approx(900_000.0)
    assert planner.area(plan, "2021-12-31", PLAN).area == pytest.approx(1_000_000.0)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"process_step_general": "obsolete"}, "bring-into-force"),
        ({"process_step_general": "obsolete", "horizon": 2041}, "bring-into-force"),
        ({"plan_id": 1}, "plan_id"),
        ({"plan_type": "detailed_plan"}, "type does not change"),
        ({"horizon": 2040}, "changes nothing"),
        ({}, "changes nothing"),
        ({"title_ru": " \u00a0 "}, "title_ru"),
        ({"title_kk": "а" * 200_000}, "200000 characters"),
    ],
)
def test_what_no_amendment_may_say(planner: Planner, said: dict[str, Any], word: str) -> None:
    """The step, the type, nothing at all, titles to read nothing in: refused in words, and nothing is recorded."""
    plan = planner.draw_up(horizon=2040)
    before = planner.steps(plan)
    with pytest.raises(BadRequest) as refused:
        planner.amend(plan, **said)
    assert word in refused.value.in_language("en")
    assert planner.steps(plan) == before


def test_a_plan_is_not_drawn_up_in_force(planner: Planner) -> None:
    """Nor does the adoption change its type, nor the same territory amend it."""
    with pytest.raises(BadRequest, match="bring-into-force"):
        planner.draw_up(process_step_general="legalForce")
    plan = planner.draw_up()
    with pytest.raises(BadRequest, match="type does not change"):
        planner.perform(AdoptPlan(plan=plan, attributes={"plan_type": "detailed_plan"}), "2020-06-01")
    with pytest.raises(BadRequest, match="changes nothing"):
        planner.amend(plan, box(0, 0, 1000, 1000), "2022-01-01")
    assert [step for _, step in planner.steps(plan)] == ["elaboration"]


def test_a_wrong_step_names_the_plan_in_the_askers_language(planner: Planner) -> None:
    """In Kazakh by its Kazakh title."""
    plan = planner.draw_up()
    with pytest.raises(WrongStep) as refused:
        planner.force(plan)
    assert ["Бас жоспар" in refused.value.in_language("kk"), "Генеральный план" in refused.value.in_language("ru")] == [
        True,
        True,
    ]


def test_a_zone_is_changed_and_removed(planner: Planner) -> None:
    """Its regulation changes from a day on, and it leaves the plan from another."""
    plan = planner.in_force(day="2010-01-01")
    zone = planner.zones(plan, drawn(box(0, 0, 100, 100), max_height=9.0), day="2010-01-01")[0]
    planner.perform(
        ChangeZone(zone=zone, geometry=many(box(0, 0, 50, 50)), attributes={"max_height": 12.0}), "2015-01-01"
    )
    planner.perform(RemoveZone(zone=zone), "2018-01-01")
    assert planner.said(zone, "2014-12-31", ZONE)["max_height"] == 9.0
    assert planner.said(zone, "2015-01-01", ZONE)["max_height"] == 12.0
    assert planner.said(zone, "2018-01-01", ZONE) == {}


def test_zones_of_a_plan_that_is_not_there_are_refused(planner: Planner) -> None:
    """Neither before the plan nor after its end can a zone be drawn."""
    plan = planner.in_force(day="2010-01-01")
    planner.perform(EndPlan(plan=plan), "2015-01-01")
    for day in ("2009-01-01", "2016-01-01"):
        with pytest.raises(BadRequest):
            planner.perform(DrawZones(plan=plan, zones=(drawn(box(0, 0, 1, 1)),)), day)
