"""``land.parcel.not-degenerate``: a parcel is somewhere wider than the tolerance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon
from shapely.affinity import rotate

from cadastres.land import partition
from tests.cadastres.land.registrar import Registrar, box, forming

RULE = "land.parcel.not-degenerate"


@pytest.mark.parametrize(("width", "refused"), [(0.009, True), (0.011, False)])
def test_a_sliver_is_refused(registrar: Registrar, width: float, refused: bool) -> None:
    """Forty metres long, but nowhere a centimetre wide."""
    assert (RULE in registrar.broken(forming(box(0, 0, 40, width)), "2016-01-01")) is refused


def test_a_frame_thinner_than_the_tolerance_is_refused(registrar: Registrar) -> None:
    """Holes don't hide a sliver: the frame is long, its wall is not a centimetre."""
    wall = box(0, 0, 40, 40).difference(box(0.008, 0.008, 39.992, 39.992))
    assert isinstance(wall, Polygon)
    assert RULE in registrar.broken(forming(wall), "2016-01-01")


@given(st.floats(0.001, 0.1), st.floats(0, 180))
def test_thin_is_what_no_circle_of_the_tolerance_fits_into(width: float, angle: float) -> None:
    """The measure does not depend on how a strip lies."""
    strip = rotate(box(0, 0, 30, width), angle)
    if abs(width - 0.01) > 1e-4:
        assert partition.is_thin(strip, 0.01) is (width < 0.01)
