"""Zone and strip by the water: one in the other, and neither under what the law sets (invariant 42)."""

import pytest

from cadastres.environment.model import WATER_REACH
from cadastres.environment.verbs import Change, NoSource, SetBoundary, SetWidths
from cadastres.environment.zone_model import ZONE_PARAMETER
from tests.cadastres.environment.naturalist import STRIP, ZONE, Naturalist, area, bank, entering

IN_ZONE = "environment.water_protection_strip.in-zone"
MINIMUM = "environment.water_protection_strip.minimum"
ACT = "Akimat decree No. 12 of 01.03.2021"


def widths(reach: int, zone: float, strip: float | None, basis: str = ACT) -> SetWidths:
    """Return the command that sets a reach's widths."""
    return SetWidths(layer=WATER_REACH.name, feature=reach, zone=zone, strip=strip, basis=basis)


@pytest.fixture
def reach(nature: Naturalist) -> int:
    """A reach of one kilometre where general rows hold: 500 m and 35 m."""
    nature.row("water_protection_zone", 500.0)
    nature.row("water_protection_strip", 35.0)
    return nature.reach(bank((0, 0), (1000, 0)))


def test_widths_of_a_project_go_before_the_general_ones(nature: Naturalist, reach: int) -> None:
    """From the legal day on the zone has the project's width, is marked as set, and names the project's act."""
    nature.perform(widths(reach, 807.5, 100.0), "2021-03-01")
    assert [nature.width(ZONE, reach, day) for day in ("2021-02-28", "2021-03-01")] == [500.0, 807.5]
    assert [nature.width(STRIP, reach, day) for day in ("2021-02-28", "2021-03-01")] == [35.0, 100.0]
    zone = nature.zone(ZONE, reach, "2022-01-01")
    assert zone is not None
    assert (zone.attributes["established"], zone.attributes["legal_basis"]) == (True, ACT)


def test_a_strip_under_its_minimum_is_refused(nature: Naturalist, reach: int) -> None:
    """The minimum is the row's; exactly as much is enough."""
    assert nature.broken(widths(reach, 500.0, 34.99), "2021-03-01") == {MINIMUM}
    assert nature.broken(widths(reach, 500.0, 35.0), "2021-03-01") == set()


def test_a_strip_wider_than_its_zone_is_refused(nature: Naturalist, reach: int) -> None:
    """A strip that reaches out of its zone can't be set."""
    assert nature.broken(widths(reach, 40.0, 41.0), "2021-03-01") == {IN_ZONE}
    assert nature.zone(STRIP, reach, "2022-01-01") is not None


def test_a_strip_without_a_zone_is_refused(nature: Naturalist) -> None:
    """Where no row gives a zone, a row of strips brings none either."""
    nature.reach(bank((0, 0), (1000, 0)))
    strip = entering(
        ZONE_PARAMETER.name, zone_kind="water_protection_strip", class_key="any", width=35.0, confirmed=True
    )
    assert nature.broken(strip, "2016-01-01") == {IN_ZONE}


def test_a_raised_minimum_warns_of_narrower_projects(nature: Naturalist, reach: int) -> None:
    """The project stands until it is revised; what has no project is redrawn."""
    other = nature.reach(bank((0, 5000), (1000, 5000)))
    nature.perform(widths(reach, 500.0, 40.0), "2021-03-01")
    row = next(iter(nature.zones(STRIP, other).values()))[0].attributes["parameter_id"]
    raised = Change(layer=ZONE_PARAMETER.name, feature=row, attributes={"width": 50.0})
    assert {v.rule for v in nature.warned(raised, "2023-01-01")} == {
        "environment.water_protection_strip.under-new-minimum"
    }
    nature.perform(raised, "2023-01-01")
    assert nature.width(STRIP, reach, "2023-01-01") == 40.0
    assert nature.width(STRIP, other, "2023-01-01") == 50.0


def test_widths_need_sense_and_an_act(nature: Naturalist, reach: int) -> None:
    """Nothing below zero, and the act that approved the project is named."""
    assert "environment.source.sound-widths" in nature.broken(widths(reach, -5.0, 35.0), "2021-03-01")
    assert nature.broken(widths(reach, 500.0, 35.0, "  "), "2021-03-01") == {"environment.source.widths-approved"}


def test_a_moved_bank_takes_zone_and_strip_along(nature: Naturalist, reach: int) -> None:
    """A bank that moves moves both; what was so before stays on record."""
    nature.change(WATER_REACH.name, reach, "2021-01-01", bank((0, 200), (1000, 200)))
    before, after = nature.zone(STRIP, reach, "2020-12-31"), nature.zone(STRIP, reach, "2021-01-01")
    assert before is not None
    assert after is not None
    assert after.geometry.bounds[1] - before.geometry.bounds[1] == pytest.approx(200.0)


def test_a_boundary_by_project_is_left_alone(nature: Naturalist, reach: int) -> None:
    """A zone that a project drew does not follow the bank, but ends with it."""
    drawn = area(-600, -600, 1600, 600)
    boundary = SetBoundary(
        zone=ZONE,
        source=reach,
        source_layer=WATER_REACH.name,
        geometry=drawn,
        attributes={"legal_basis": ACT, "width": 600.0},
    )
    nature.perform(boundary, "2021-01-01")
    nature.change(WATER_REACH.name, reach, "2022-01-01", bank((0, 10), (1000, 10)))
    zone = nature.zone(ZONE, reach, "2022-06-01")
    assert zone is not None
    assert zone.geometry.equals(drawn)
    nature.end(WATER_REACH.name, reach, "2023-01-01")
    assert nature.zone(ZONE, reach, "2023-01-01") is None
    assert nature.zone(STRIP, reach, "2023-01-01") is None


def test_a_boundary_needs_a_source_of_its_kind(nature: Naturalist, reach: int) -> None:
    """Around a reach there is no sanitary zone."""
    boundary = SetBoundary(
        zone="environment.sanitary_zone", source=reach, source_layer=WATER_REACH.name, geometry=area(0, 0, 10, 10)
    )
    with pytest.raises(NoSource):
        nature.perform(boundary, "2021-01-01")
