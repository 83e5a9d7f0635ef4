"""Rules of plans and zones, each with what breaks it and what does not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cadastres.urban_planning.verbs import AmendPlan, BringIntoForce, DrawZones, EndPlan
from gis.edit import Put
from gis.record import Period, Write
from tests.cadastres.land.registrar import box, many
from tests.cadastres.urban_planning.planner import PLAN, TERRITORY, ZONE, Planner, drawing, drawn, named

ONE = "urban_planning.plan.one-in-force"


def test_one_plan_of_a_type_is_in_force(planner: Planner) -> None:
    """A plan that reaches beyond the new one's territory is not ended by it, and stands in its way until amended."""
    former = planner.in_force(box(0, 0, 1000, 1000), "2010-01-01")
    new = planner.draw_up(box(500, 0, 1500, 1000))
    planner.adopt(new)
    assert planner.broken(BringIntoForce(plan=new), "2021-01-01") == {ONE}
    planner.amend(former, box(0, 0, 500, 1000), "2021-01-01")
    assert planner.broken(BringIntoForce(plan=new), "2021-01-01") == set()
    assert planner.broken(AmendPlan(plan=new, territory=many(box(499.9, 0, 1500, 1000))), "2022-01-01") == {ONE}


def test_plans_may_share_a_boundary_and_types_may_lie_over_each_other(planner: Planner) -> None:
    """A neighbour within the tolerance, and a detailed plan inside, break nothing."""
    general = planner.in_force(box(0, 0, 1000, 1000), "2010-01-01")
    planner.in_force(box(999.995, 0, 2000, 1000), "2010-01-01")
    inside = planner.in_force(box(0, 0, 100, 100), "2011-01-01", plan_type="detailed_plan", upper_plan_id=general)
    assert planner.steps(inside)[-1] == ("2011-01-01", "legalForce")


def test_two_plans_brought_into_force_at_once_are_told_apart_by_time(planner: Planner) -> None:
    """A plan may not reach back into its predecessor's time, which a later successor alone may end."""
    former = planner.in_force(day="2010-01-01")
    period = Period(planner.act("2005-01-01").valid_from, planner.act("2012-01-01").valid_from)
    said = named(process_step_general="legalForce", ordinance_reference="1") | {"ordinance_date": None}
    said["ordinance_date"] = planner.act("2004-01-01").source.acceptance
    early = Write(PLAN, -1, period, many(TERRITORY), said)
    assert planner.broken(Put((early,)), "2005-01-01") == {ONE}
    assert planner.steps(former)[-1][1] == "legalForce"


def test_zones_of_a_plan_do_not_overlap(planner: Planner) -> None:
    """In one plan they don't; zones of two plans may."""
    plan, variant = planner.draw_up(), planner.draw_up()
    planner.zones(plan, drawn(box(0, 0, 100, 100)), drawn(box(100, 0, 200, 100), "industrial"))
    over = DrawZones(plan=plan, zones=(drawn(box(90, 0, 110, 50), "recreation"),))
    assert planner.broken(over, "2020-01-01") == {"urban_planning.zoning-element.no-overlap"}
    assert planner.broken(DrawZones(plan=variant, zones=over.zones), "2020-01-01") == set()


def test_a_zone_lies_in_its_plans_territory(planner: Planner) -> None:
    """Neither may a zone be drawn outside, nor the territory be drawn back from under a zone."""
    plan = planner.draw_up(box(0, 0, 100, 100))
    rule = "urban_planning.zoning-element.within-plan"
    assert planner.broken(DrawZones(plan=plan, zones=(drawn(box(50, 0, 100.1, 50)),)), "2020-01-01") == {rule}
    planner.zones(plan, drawn(box(50, 0, 100.004, 50)))
    assert planner.broken(AmendPlan(plan=plan, territory=many(box(0, 0, 90, 100))), "2021-01-01") == {rule}
    assert planner.broken(AmendPlan(plan=plan, territory=many(box(0, 0, 200, 100))), "2021-01-01") == set()


def test_a_detailed_plan_lies_inside_its_general_plan(planner: Planner) -> None:
    """Not outside when it is drawn, nor when the General Plan shrinks."""
    general = planner.in_force(day="2010-01-01")
    rule = "urban_planning.plan.within-upper"
    outside = drawing(box(900, 0, 1100, 100), "detailed_plan", upper_plan_id=general)
    assert planner.broken(outside, "2020-01-01") == {rule}
    planner.draw_up(box(900, 0, 1000, 100), plan_type="detailed_plan", upper_plan_id=general)
    shrunk = AmendPlan(plan=general, territory=many(box(0, 0, 950, 1000)))
    assert planner.broken(shrunk, "2021-01-01") == {rule}


def test_a_new_general_plan_must_hold_the_detailed_plans_that_follow(planner: Planner) -> None:
    """A successor with a smaller territory is refused while a detailed plan would be left outside."""
    former = planner.in_force(box(0, 0, 1000, 1000), "2010-01-01")
    planner.in_force(box(900, 0, 1000, 100), "2011-01-01", plan_type="detailed_plan", upper_plan_id=former)
    planner.amend(former, box(0, 0, 1000, 500), "2015-01-01")
    new = planner.draw_up(box(0, 0, 1000, 500))
    planner.amend(new, box(0, 50, 1000, 500), "2020-02-01")
    planner.adopt(new)
    assert ONE in planner.broken(BringIntoForce(plan=new), "2021-01-01")
    planner.amend(new, box(0, 0, 1000, 500), "2020-08-01")
    assert planner.broken(BringIntoForce(plan=new), "2021-01-01") == set()


@pytest.mark.parametrize(
    ("upper", "lower", "broken"),
    [
        ("general_plan", "detailed_plan", False),
        ("general_plan", "building_project", False),
        ("detailed_plan", "building_project", False),
        ("detailed_plan", "detailed_plan", True),
        ("building_project", "detailed_plan", True),
        ("detailed_plan", "general_plan", True),
    ],
)
def test_an_upper_plan_is_of_a_higher_type(planner: Planner, upper: str, lower: str, broken: bool) -> None:
    """General plan, detailed plan, building project: each names only what stands above it."""
    above = planner.draw_up(plan_type=upper)
    found = planner.broken(drawing(box(0, 0, 100, 100), lower, upper_plan_id=above), "2020-01-01")
    assert found == ({"urban_planning.plan.upper-rank"} if broken else set())


def test_the_upper_plan_of_a_plan_in_force_is_in_force(planner: Planner) -> None:
    """A detailed plan can't take force before its General Plan, nor stay when that ends."""
    general = planner.draw_up()
    detailed = planner.draw_up(box(0, 0, 100, 100), plan_type="detailed_plan", upper_plan_id=general)
    planner.adopt(detailed)
    assert planner.broken(BringIntoForce(plan=detailed), "2021-01-01") == {"urban_planning.plan.upper-in-force"}
    planner.adopt(general)
    planner.force(general)
    planner.force(detailed)
    assert planner.broken(EndPlan(plan=general), "2022-01-01") == {"register.reference.in-force"}


def test_a_detailed_plan_in_force_should_name_its_general_plan(planner: Planner) -> None:
    """A warning: the General Plan may not be in the register yet."""
    plan = planner.draw_up(plan_type="detailed_plan")
    planner.adopt(plan)
    found = planner.may(BringIntoForce(plan=plan), "2021-01-01")
    assert [(v.rule, v.severity) for v in found] == [("urban_planning.plan.upper-named", "warning")]


def test_steps_go_forwards_only(planner: Planner) -> None:
    """However a plan is edited, it never goes back; what is entered in force for the first time may be."""
    plan = planner.in_force(day="2010-01-01")
    said: dict[str, Any] = {**planner.said(plan, "2010-01-01", PLAN), "process_step_general": "elaboration"}
    back = Write(PLAN, plan, planner.act("2015-01-01").period, many(TERRITORY), said)
    assert planner.broken(Put((back,)), "2015-01-01") == {"urban_planning.plan.steps-in-order"}
    early = Write(
        PLAN,
        plan,
        Period(planner.act("2009-01-01").valid_from, planner.act("2010-01-01").valid_from),
        many(TERRITORY),
        said,
    )
    assert planner.broken(Put((early,)), "2015-01-01") == set()


def test_an_adopted_plan_has_its_ordinance(planner: Planner) -> None:
    """Without date and number, or with a date to come, a plan is not adopted."""
    period = planner.act("2010-01-01").period
    day = planner.act("2011-01-01").source.acceptance
    incomplete: tuple[dict[str, Any], ...] = ({}, {"ordinance_date": day, "ordinance_reference": "12"})
    for extra in incomplete:
        write = Write(PLAN, -1, period, many(TERRITORY), named(process_step_general="adoption", **extra))
        assert planner.broken(Put((write,)), "2012-01-01") == {"urban_planning.plan.ordinance"}


@pytest.mark.parametrize(
    "figures",
    [
        {"max_height": 0.0},
        {"max_floors": 0},
        {"max_coverage": 40.0},
        {"min_green_share": -0.1},
        {"max_floor_area_ratio": -1.0},
        {"setback_side": -3.0},
    ],
)
def test_figures_of_plans_and_zones_make_sense(planner: Planner, figures: dict[str, Any]) -> None:
    """Figures out of their range are refused; so is a hash that is none."""
    plan = planner.draw_up()
    zones = DrawZones(plan=plan, zones=(drawn(box(0, 0, 100, 100), **figures),))
    assert planner.broken(zones, "2020-01-01") == {"urban_planning.zoning-element.dimensions"}
    hashed = AmendPlan(plan=plan, attributes={"official_document_hash": "no hash"})
    assert planner.broken(hashed, "2020-01-01") == {"urban_planning.plan.document-hash"}


def test_a_horizon_is_a_year(planner: Planner) -> None:
    """Years from 1900 to 2200 are horizons; what is before or after is a slip of the pen."""
    plan = planner.draw_up(horizon=1900)
    planner.amend(plan, day="2020-02-01", horizon=2200)
    for year in (1899, 2201, 100_000_000_000):
        wrong = AmendPlan(plan=plan, attributes={"horizon": year})
        assert planner.broken(wrong, "2020-03-01") == {"urban_planning.plan.horizon"}


def test_what_is_put_into_a_plan_gets_its_step(planner: Planner) -> None:
    """A zone put by an editor that claims to be in force stands at its plan's step all the same."""
    plan = planner.draw_up()
    said: dict[str, Any] = {"plan_id": plan, "functional_zone": "residential", "process_step_general": "legalForce"}
    zone = planner.city.put(ZONE, many(box(0, 0, 100, 100)), "2020-01-01", **said)
    assert planner.steps(zone, ZONE) == [("2020-01-01", "elaboration")]


def test_plans_brought_into_force_at_once_leave_one(planner: Planner) -> None:
    """Of plans whose territories overlap in part, ordered into force by many at the same time, one takes force."""
    plans = [planner.draw_up(box(10 * i, 0, 1000 + 10 * i, 1000)) for i in range(6)]
    for plan in plans:
        planner.adopt(plan)
    with ThreadPoolExecutor(len(plans)) as pool:
        broken = list(pool.map(lambda plan: planner.broken(BringIntoForce(plan=plan), "2021-01-01"), plans))
    assert sorted(map(len, broken)) == [0, 1, 1, 1, 1, 1]
    assert [planner.steps(plan)[-1][1] for plan in plans].count("legalForce") == 1
