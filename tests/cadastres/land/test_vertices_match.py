"""``land.parcel.vertices-match``: near misses on a common boundary are a warning, T-junctions are not."""

import pytest
from shapely import Polygon

from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import PARCEL, Registrar, box, line
from tests.city import ORIGIN

RULE = "land.parcel.vertices-match"


def _shape(*points: tuple[float, float]) -> Polygon:
    return Polygon([(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in points])


@pytest.mark.parametrize(
    ("area", "amount"),
    [
        pytest.param(box(40, 0, 80, 40), None, id="shared vertices"),
        pytest.param(box(40, 10, 80, 30), None, id="T-junctions"),
        pytest.param(_shape((40, 0.004), (80, 0), (80, 40), (40, 40)), 0.004, id="a corner 4 mm beside a corner"),
        pytest.param(_shape((40.006, 10), (80, 10), (80, 30), (40, 30)), 0.006, id="a corner 6 mm off the edge"),
        pytest.param(box(40.02, 10, 80, 30), None, id="a gap wider than the tolerance"),
    ],
)
def test_near_misses_are_warnings(registrar: Registrar, area: Polygon, amount: float | None) -> None:
    """The warning says how far the vertex is off, and where."""
    standing = registrar.form(box(0, 0, 40, 40))
    write = Write(PARCEL, -1, registrar.act("2017-01-01").period, area, {"cadastral_number": "91001001100"})
    done = registrar.perform(Put((write,)), "2017-01-01")
    found = [v for v in done.warnings if v.rule == RULE]
    assert [v.amount for v in found] == ([] if amount is None else [pytest.approx(amount, abs=1e-6)])
    assert all({v.feature_id, v.other_id} == {standing, done.features[-1]} for v in found)


def test_a_split_leaves_its_neighbours_with_t_junctions_and_no_warning(registrar: Registrar) -> None:
    """The cut's ends lie on the neighbours' edges to the micrometre."""
    parent = registrar.form(box(0, 0, 40, 40))
    for area in (box(40, 0, 80, 40), box(0, 40, 40, 80)):
        registrar.form(area)
    children = registrar.split(parent, line((3, -1), (41.3, 37.7)))
    assert len(children) == 2
