"""``land.parcel.official-area``: a warning where documents and geometry differ; ``…-positive``: no area of nothing."""

import pytest

from tests.cadastres.land.registrar import Registrar, box, forming


@pytest.mark.parametrize(
    ("official", "warned"), [(1600.0, False), (1615.0, False), (1617.0, True), (1583.0, True), (None, False)]
)
def test_a_difference_beyond_one_percent_is_a_warning(
    registrar: Registrar, official: float | None, warned: bool
) -> None:
    """1600 m² computed in the projected system; the document's figure is kept whatever it is."""
    done = registrar.perform(forming(box(0, 0, 40, 40), official_area=official), "2016-01-01")
    assert ("land.parcel.official-area" in {v.rule for v in done.warnings}) is warned
    assert registrar.said(done.features[-1], "2016-01-01")["official_area"] == official


def test_areas_are_measured_in_the_projected_system(registrar: Registrar) -> None:
    """The same 1600 m² would be more than 6000 in Web Mercator at this latitude."""
    done = registrar.perform(forming(box(0, 0, 40, 40), official_area=6400.0), "2016-01-01")
    (found,) = [v for v in done.warnings if v.rule == "land.parcel.official-area"]
    assert found.amount == pytest.approx(6400 / 1600 - 1)


@pytest.mark.parametrize("official", [0.0, -1.0])
def test_an_official_area_is_positive(registrar: Registrar, official: float) -> None:
    """Zero and less are refused."""
    command = forming(box(0, 0, 40, 40), official_area=official)
    assert registrar.broken(command, "2016-01-01") == {"land.parcel.official-area-positive"}
