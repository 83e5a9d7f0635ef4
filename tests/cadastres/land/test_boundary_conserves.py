"""``land.parcel.boundary-conserves``: a moved boundary keeps the parcels' common territory."""

import pytest
from shapely import Polygon

from gis.errors import BadRequest
from tests.cadastres.land.registrar import Registrar, adjusting, box

RULE = "land.parcel.boundary-conserves"


def _pair(registrar: Registrar) -> tuple[int, int]:
    return registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))


def test_neighbours_give_and_take(registrar: Registrar) -> None:
    """Both keep their numbers and get a new version from the day on."""
    left, right = _pair(registrar)
    registrar.adjust({left: box(0, 0, 43, 40), right: box(43, 0, 80, 40)})
    assert registrar.area(left, "2020-01-01").equals(box(0, 0, 43, 40))
    assert registrar.area(left, "2019-12-31").equals(box(0, 0, 40, 40))
    numbers = [registrar.said(i, "2020-01-01")["cadastral_number"] for i in (left, right)]
    assert numbers == ["91001001001", "91001001002"]


@pytest.mark.parametrize("right_area", [box(43, 0, 81, 40), box(43, 0, 79, 40), box(44, 0, 80, 40)])
def test_land_lost_or_made_is_refused(registrar: Registrar, right_area: Polygon) -> None:
    """More, less, or a gap between: the union must be what it was."""
    left, right = _pair(registrar)
    assert RULE in registrar.broken(adjusting({left: box(0, 0, 43, 40), right: right_area}), "2020-01-01")


def test_an_allocation_act_may_add_land(registrar: Registrar) -> None:
    """With a land-allocation act one parcel alone may grow; other rules still hold."""
    left, right = _pair(registrar)
    with pytest.raises(BadRequest, match="at least two different parcels"):
        registrar.perform(adjusting({right: box(40, 0, 84, 40)}), "2020-01-01")
    assert registrar.broken(adjusting({right: box(40, 0, 84, 40)}, allocation=True), "2020-01-01") == set()
    overrun = adjusting({left: box(-4, 0, 44, 40)}, allocation=True)
    assert "land.parcel.no-overlap" in registrar.broken(overrun, "2021-01-01")


def test_new_boundaries_are_drawn_to_the_old_ones(registrar: Registrar) -> None:
    """Coordinates that were rounded on their way miss the old corners by millimetres and are drawn to them."""
    left, right = _pair(registrar)
    registrar.adjust({left: box(0.003, -0.004, 42, 40.004), right: box(42.004, 0, 79.996, 40)})
    assert registrar.area(left, "2020-01-01").equals(box(0, 0, 42, 40))
    assert registrar.area(right, "2020-01-01").equals(box(42, 0, 80, 40))
