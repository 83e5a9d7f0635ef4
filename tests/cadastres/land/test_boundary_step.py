"""``land.parcel.boundary-step``: a boundary's point that one act moves too far is a warning."""

import pytest
from shapely import Point

from tests.cadastres.land.registrar import Registrar, adjusting, box

RULE = "land.parcel.boundary-step"


@pytest.mark.parametrize(("step", "warned"), [(4.9, False), (5.1, True)])
def test_a_step_beyond_the_citys_limit_is_a_warning(registrar: Registrar, step: float, warned: bool) -> None:
    """The profile's limit is five metres; the warning says how far and where, and does not forbid."""
    left, right = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    command = adjusting({left: box(0, 0, 40 + step, 40), right: box(40 + step, 0, 80, 40)})
    done = registrar.perform(command, "2020-01-01")
    found = [v for v in done.warnings if v.rule == RULE]
    assert bool(found) is warned
    assert all(v.severity == "warning" and v.amount == pytest.approx(step) for v in found)
    assert all(isinstance(v.place, Point) for v in found)
