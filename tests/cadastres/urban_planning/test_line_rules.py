"""Lines of urban regulation: their verbs, and the record of buildings that cross them."""

import pytest
import shapely

from cadastres.urban_planning.line_verbs import MoveLine, SetBack
from gis.edit import Put
from gis.errors import BadRequest
from gis.record import Period, Write
from gis.rules import Violation
from tests.cadastres.land.registrar import box, many
from tests.cadastres.land.registrar import line as planner_line
from tests.cadastres.urban_planning.planner import BUILDING, LINE, Planner, setting

CROSSED = "urban_planning.regulation-line.crossed"


def test_a_building_that_crosses_is_recorded(planner: Planner) -> None:
    """When the line comes, and when the building comes: recorded with the length inside, never refused."""
    old = planner.building(box(0, 0, 10, 10))
    red = planner.line((-50, 4), (50, 4))
    new = planner.building(box(20, 0, 30, 20), "2021-01-01")
    planner.building(box(40, 4, 50, 20), "2021-01-01")
    assert planner.on_record(CROSSED) == [(old, red, pytest.approx(10.0)), (new, red, pytest.approx(10.0))]


def test_what_is_recorded_is_told_and_allowed(planner: Planner) -> None:
    """Asked before, the rules tell of the crossing as a violation to be recorded, with its place."""
    planner.building(box(0, 0, 10, 10))
    found: list[Violation] = planner.may(setting((-50, 4), (50, 4)), "2020-01-01")
    assert [(v.rule, v.severity) for v in found] == [(CROSSED, "recorded")]
    assert found[0].place is not None
    assert found[0].place.length == pytest.approx(10.0)
    assert planner.on_record(CROSSED) == []


def test_a_crossing_is_healed(planner: Planner) -> None:
    """By moving the line, by moving the building, by demolition, by cancelling the line."""
    moved, demolished = planner.building(box(0, 0, 10, 10)), planner.building(box(20, 0, 30, 10))
    away = planner.building(box(40, 0, 50, 10))
    red, other = planner.line((-50, 4), (35, 4)), planner.line((35, 4), (60, 4))
    assert [row[0] for row in planner.on_record(CROSSED)] == [moved, demolished, away]
    planner.building(box(0, 5, 10, 10), "2021-01-01", moved)
    assert [row[0] for row in planner.on_record(CROSSED)] == [demolished, away]
    planner.cancel(other, "2021-02-01")
    assert [row[0] for row in planner.on_record(CROSSED)] == [demolished]
    planner.move(red, (-50, -1), (35, -1), day="2021-03-01")
    assert planner.on_record(CROSSED) == []


def test_a_crossing_that_grows_or_shrinks_is_recorded_anew(planner: Planner) -> None:
    """The record tells how long the line runs inside the building now; an act that changes nothing leaves it."""
    house = planner.building(box(0, 0, 10, 10))
    red = planner.line((-50, 4), (50, 4))
    for side in (12.0, 6.0, 6.0):
        planner.building(box(0, 0, side, 10), f"2021-01-{int(side):02d}", house)
        assert planner.on_record(CROSSED) == [(house, red, pytest.approx(side))]


def test_an_old_crossing_is_not_forgotten_by_an_edit_of_the_past(planner: Planner) -> None:
    """A correction of a time long gone leaves the crossing of today on record."""
    house = planner.building(box(0, 0, 10, 2), "2000-01-01")
    planner.building(box(0, 0, 10, 10), "2010-01-01", house)
    red = planner.line((-50, 4), (50, 4))
    act = planner.act("2020-05-01")
    past = Period(planner.act("2002-01-01").valid_from, planner.act("2003-01-01").valid_from)
    said = {"condition_of_construction": "functional", "number_of_floors_above_ground": 1}
    planner.city.register.perform(Put((Write(BUILDING, house, past, many(box(0, 0, 10, 2)), said),)), act)
    assert planner.on_record(CROSSED) == [(house, red, pytest.approx(10.0))]


def test_only_lines_in_force_that_bar_are_crossed(planner: Planner) -> None:
    """Neither a line of a plan in elaboration, nor one with building on both sides, nor one that only touches."""
    house = planner.building(box(0, 0, 10, 10))
    plan = planner.draw_up(box(-100, -100, 100, 100))
    red = planner.line((-50, 4), (50, 4), plan=plan)
    planner.line((-50, 5), (50, 5), line_kind="other", building_side="both")
    planner.line((-50, 10), (50, 10))
    planner.line((-50, 0.004), (50, 0.004))
    assert planner.on_record(CROSSED) == []
    planner.adopt(plan)
    planner.force(plan)
    assert planner.on_record(CROSSED) == [(house, red, pytest.approx(10.0))]
    planner.end(plan, "2025-01-01")
    assert planner.on_record(CROSSED) == []


def test_a_building_line_stands_back_from_its_red_line(planner: Planner) -> None:
    """Every point of it lies at the offset, on the side on which one may build, around a corner too."""
    red = planner.line((0, 0), (100, 0), (100, 100), building_side="left")
    line = planner.perform(SetBack(behind=red, offset=6.0), "2020-02-01").features[-1]
    drawn, expected = planner.area(line, "2020-02-01", LINE), planner_line((0, 6), (94, 6), (94, 100))
    assert shapely.hausdorff_distance(drawn, expected) < 1e-6
    said = planner.said(line, "2020-02-01", LINE)
    assert (said["line_kind"], said["offset_distance"], said["building_side"]) == ("building_line", 6.0, "left")


def test_no_building_line_behind_a_line_without_a_side(planner: Planner) -> None:
    """A line with building on both sides has no behind; an offset is above zero."""
    both = planner.line((0, 0), (100, 0), line_kind="other", building_side="both")
    red = planner.line((0, 50), (100, 50))
    for line, offset in ((both, 5.0), (red, 0.0), (red, -5.0)):
        with pytest.raises(BadRequest):
            planner.perform(SetBack(behind=line, offset=offset), "2020-02-01")


def test_an_offset_is_not_negative(planner: Planner) -> None:
    """However the line comes in."""
    red = planner.line((0, 50), (100, 50))
    moved = MoveLine(line=red, attributes={"offset_distance": -1.0})
    assert planner.broken(moved, "2021-01-01") == {"urban_planning.regulation-line.offset"}
