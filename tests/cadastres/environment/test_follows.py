"""Zones are what their source and their parameter row make of them, at every moment (invariant 43)."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import shapely

from cadastres.environment.derivation import buffered
from cadastres.environment.model import FACILITY, WATER_REACH
from cadastres.environment.verbs import Change
from cadastres.environment.zone_model import ZONE_PARAMETER
from gis import drafts
from gis.edit import Put
from gis.errors import Conflict, RuleBroken
from gis.record import Write, at
from tests.cadastres.environment.naturalist import SANITARY, STRIP, UTILITY, ZONE, Naturalist, area, bank, line

CHANNEL = (
    (6, 0), (13, 8), (17, 20), (31, 48), (46, 51), (71, 54), (83, 57), (82, 72), (75, 90), (63, 95), (36, 88), (27, 83),
    (14, 63), (7, 44), (2, 23), (0, 6), (6, 0),
)  # fmt: skip
"""The course of a real channel round a pond [m]."""


def test_a_zone_is_the_buffer_of_its_line(nature: Naturalist) -> None:
    """A power line gets the zone of its voltage, counted from its outermost wires."""
    row = nature.row("electricity", 10.0, over=1.0, upto=20.0, no_building=True, regime_en="No building.")
    wire = nature.wire(line((0, 0), (300, 0)), voltage=10_000.0, half_width=1.5)
    zone = nature.zone(UTILITY, wire, "2020-01-01")
    assert zone is not None
    assert zone.geometry.area == pytest.approx(300 * 23 + 3.1416 * 11.5**2, rel=0.002)
    assert zone.attributes["parameter_id"] == row
    assert (zone.attributes["no_building"], zone.attributes["regime_en"]) == (True, "No building.")


def test_a_voltage_without_a_row_has_no_zone(nature: Naturalist) -> None:
    """What no row holds for gets none; a row entered later brings it, from its own day on."""
    nature.row("electricity", 10.0, over=1.0, upto=20.0)
    wire = nature.wire(line((0, 0), (300, 0)), voltage=110_000.0)
    assert nature.zone(UTILITY, wire, "2020-01-01") is None
    nature.row("electricity", 20.0, "2018-01-01", over=35.0, upto=110.0)
    assert nature.zone(UTILITY, wire, "2017-12-31") is None
    assert nature.width(UTILITY, wire, "2018-01-01") == 20.0


def test_a_moved_line_takes_its_zone_along(nature: Naturalist) -> None:
    """From the day of the move on the zone lies around the new line; before, around the old one."""
    nature.row("electricity", 10.0, over=1.0, upto=20.0)
    wire = nature.wire(line((0, 0), (300, 0)))
    nature.rewire(wire, "2021-01-01", line((0, 0), (150, 60), (300, 0)))
    before, after = nature.zone(UTILITY, wire, "2020-12-31"), nature.zone(UTILITY, wire, "2021-01-01")
    assert before is not None
    assert after is not None
    assert before.geometry.area < after.geometry.area
    assert shapely.contains(after.geometry, line((150, 60), (151, 60)))
    assert len(nature.zones(UTILITY, wire)) == 1


def test_a_small_closed_channel_has_a_zone_without_a_hole(nature: Naturalist) -> None:
    """A channel that runs round a pond: all within the width is in the zone, the pond's middle too."""
    nature.row("water_protection_zone", 120.0)
    ring = bank(*CHANNEL)
    reach = nature.reach(ring, water_class="canal", measured_from="axis")
    zone = nature.zone(ZONE, reach, "2020-01-01")
    assert zone is not None
    pieces = [shapely.LineString(each).buffer(120.0) for each in pairwise(shapely.get_coordinates(ring))]
    assert zone.geometry.area == pytest.approx(shapely.union_all(pieces).area, rel=0.002)
    assert zone.geometry.covers(shapely.Polygon(shapely.get_coordinates(ring)))


def test_an_attribute_without_bearing_leaves_the_zone(nature: Naturalist) -> None:
    """No version of a zone is made where nothing about it changes."""
    nature.row("electricity", 10.0, over=1.0, upto=20.0)
    wire = nature.wire(line((0, 0), (300, 0)))
    nature.rewire(wire, "2021-01-01", designation="L-7")
    assert [len(t) for t in nature.zones(UTILITY, wire).values()] == [1]


def test_a_line_out_of_use_has_no_zone(nature: Naturalist) -> None:
    """A line that is taken out of service, and one that ends, lose their zones that day."""
    nature.row("electricity", 10.0, over=1.0, upto=20.0)
    wire = nature.wire(line((0, 0), (300, 0)))
    nature.rewire(wire, "2021-01-01", current_status="decommissioned")
    assert nature.width(UTILITY, wire, "2020-12-31") == 10.0
    assert nature.zone(UTILITY, wire, "2021-01-01") is None
    nature.rewire(wire, "2022-01-01", current_status="functional")
    assert nature.width(UTILITY, wire, "2022-01-01") == 10.0
    assert nature.zone(UTILITY, wire, "2021-06-01") is None


def test_a_row_of_another_width_redraws_its_class(nature: Naturalist) -> None:
    """A class's zones change on the day on which its row does; other classes' do not."""
    third = nature.row("sanitary", 300.0, class_key="III")
    nature.row("sanitary", 50.0, class_key="V")
    mill, bakery = nature.works(area(0, 0, 50, 50), "III"), nature.works(area(500, 0, 520, 20), "V")
    nature.change(ZONE_PARAMETER.name, third, "2022-01-01", width=400.0)
    assert [nature.width(SANITARY, mill, day) for day in ("2021-12-31", "2022-01-01")] == [300.0, 400.0]
    assert [len(t) for t in nature.zones(SANITARY, bakery).values()] == [1]


def test_a_row_that_ends_takes_its_zones_along(nature: Naturalist) -> None:
    """After a row's last day its class has no zone, until another row begins."""
    nature.row("sanitary", 300.0, "2010-01-01", class_key="III", until="2020-01-01")
    mill = nature.works(area(0, 0, 50, 50), "III")
    assert nature.width(SANITARY, mill, "2019-12-31") == 300.0
    assert nature.zone(SANITARY, mill, "2020-01-01") is None
    nature.row("sanitary", 250.0, "2021-01-01", class_key="III")
    assert nature.zone(SANITARY, mill, "2020-06-01") is None
    assert nature.width(SANITARY, mill, "2021-01-01") == 250.0


def test_works_that_end_lose_their_zone(nature: Naturalist) -> None:
    """A zone ends with what it lies around."""
    nature.row("sanitary", 300.0, class_key="III")
    mill = nature.works(area(0, 0, 50, 50), "III")
    nature.end(FACILITY.name, mill, "2022-01-01")
    assert nature.width(SANITARY, mill, "2021-12-31") == 300.0
    assert nature.zone(SANITARY, mill, "2022-01-01") is None


def test_a_reach_has_zone_and_strip(nature: Naturalist) -> None:
    """Both widths come from rows by class, and count from the water's edge where the line is an axis."""
    nature.row("water_protection_zone", 500.0)
    nature.row("water_protection_strip", 35.0)
    reach = nature.reach(bank((0, 0), (1000, 0)), measured_from="axis", half_width=8.0)
    zone, strip = nature.zone(ZONE, reach, "2020-01-01"), nature.zone(STRIP, reach, "2020-01-01")
    assert zone is not None
    assert strip is not None
    assert strip.geometry.bounds[3] - strip.geometry.bounds[1] == pytest.approx(86.0)
    assert zone.geometry.bounds[3] - zone.geometry.bounds[1] == pytest.approx(1016.0)
    assert not zone.attributes["established"]


def test_a_zone_drawn_by_hand_is_refused(nature: Naturalist) -> None:
    """A derived zone that is not what its source makes of it can't be written."""
    nature.row("sanitary", 300.0, class_key="III")
    mill = nature.works(area(0, 0, 50, 50), "III")
    zone = nature.zone(SANITARY, mill, "2020-01-01")
    assert zone is not None
    period = nature.city.act("2020-01-01").period
    bigger = Write(SANITARY, zone.feature_id, period, area(-400, -400, 400, 400), zone.attributes)
    assert nature.broken(Put((bigger,)), "2020-01-01") == {"environment.zone.follows-source"}
    wider = Write(SANITARY, zone.feature_id, period, zone.geometry, {**zone.attributes, "width": 100.0})
    assert nature.broken(Put((wider,)), "2020-01-01") == {"environment.zone.follows-source"}


def test_two_zones_around_one_source_are_refused(nature: Naturalist) -> None:
    """A source has one zone of a kind at a time."""
    nature.row("sanitary", 300.0, class_key="III")
    mill = nature.works(area(0, 0, 50, 50), "III")
    zone = nature.zone(SANITARY, mill, "2020-01-01")
    assert zone is not None
    again = Write(SANITARY, -1, zone.valid, zone.geometry, zone.attributes)
    with pytest.raises(RuleBroken) as refused:
        nature.perform(Put((again,)), "2020-01-01")
    assert {v.rule for v in refused.value.data["violations"]} == {"environment.zone.one-per-source"}


def test_zones_follow_in_a_draft_and_come_with_it(nature: Naturalist) -> None:
    """A bank moved in a draft has its zone moved there alone; adopted, the register has both."""
    nature.row("water_protection_zone", 500.0)
    reach = nature.reach(bank((0, 0), (1000, 0)))
    register, act = nature.city.register, nature.city.act("2021-01-01")
    draft = drafts.opened(register, "bank", "The bank moves", actor="a", role="registrar", valid_from=act.valid_from)
    proposing = drafts.proposing(nature.city.profile, draft, actor="a", role="registrar", reason="try")
    moved = Change(layer=WATER_REACH.name, feature=reach, geometry=bank((0, 200), (1000, 200)))
    register.perform(moved, proposing, draft=draft.draft_id)
    before = nature.zone(ZONE, reach, "2022-01-01")
    assert before is not None
    with register.reading() as connection:
        edited = drafts.find(connection, "bank")
    drafts.adopt(register, edited, act)
    after = nature.zone(ZONE, reach, "2022-01-01")
    assert after is not None
    assert after.geometry.bounds[1] - before.geometry.bounds[1] == pytest.approx(200.0)


def test_a_width_and_lines_changed_at_once(nature: Naturalist) -> None:
    """Writers of lines and of their width at the same time leave each zone with a width that holds on each day."""
    row = nature.row("sanitary", 100.0, class_key="III")
    works = [nature.works(area(2000.0 * i, 0, 2000.0 * i + 50, 50), "III") for i in range(4)]

    def widen(number: int) -> None:
        nature.change(ZONE_PARAMETER.name, row, f"20{20 + number}-01-01", width=100.0 + number)

    def move(number: int) -> None:
        east = 2000.0 * number
        nature.change(FACILITY.name, works[number], "2020-06-01", area(east, 0, east + 60, 60))

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(task, i) for i in range(4) for task in (widen, move)]
    failed = [future.exception() for future in done if future.exception() is not None]
    assert not [error for error in failed if not isinstance(error, Conflict)]
    for day in ("2019-06-01", "2021-06-01", "2025-01-01"):
        version = at(nature.timeline(ZONE_PARAMETER.name, row), nature.day(day))
        assert version is not None
        for source in works:
            zone = nature.zone(SANITARY, source, day)
            there = at(nature.timeline(FACILITY.name, source), nature.day(day))
            assert zone is not None
            assert there is not None
            assert zone.attributes["width"] == version.attributes["width"]
            assert zone.geometry.equals(buffered(there.geometry, version.attributes["width"]))
