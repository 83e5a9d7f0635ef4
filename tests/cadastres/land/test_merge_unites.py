"""``land.parcel.merge-unites``: parcels that adjoin along edges become one, which is their union."""

import pytest
import shapely

from cadastres.land.verbs import Merge, NotAdjoining
from gis.act import Case, Needs, Outcome, Succession
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Write
from tests.cadastres.land.registrar import PARCEL, QUARTER, Registrar, box, line

RULE = "land.parcel.merge-unites"


def test_the_child_is_the_union(registrar: Registrar) -> None:
    """Three adjoining parcels become one polygon with a new number; the parents end."""
    parcels = [registrar.form(box(40 * i, 0, 40 * i + 40, 40)) for i in range(3)]
    child = registrar.merge(*parcels)
    assert registrar.area(child, "2019-01-01").equals(box(0, 0, 120, 40))
    assert registrar.said(child, "2019-01-01")["cadastral_number"] == "91001001004"
    assert [registrar.said(i, "2019-01-01") for i in parcels] == [{}, {}, {}]


@pytest.mark.parametrize("other", [box(40, 40, 80, 80), box(41, 0, 80, 40), box(200, 200, 240, 240)])
def test_parcels_that_do_not_adjoin_are_refused(registrar: Registrar, other: shapely.Polygon) -> None:
    """A common corner is not enough, nor is being near."""
    parcels = (registrar.form(box(0, 0, 40, 40)), registrar.form(other))
    with pytest.raises(NotAdjoining, match="91-001-001-001, 91-001-001-002"):
        registrar.merge(*parcels)


def test_one_parcel_or_the_same_twice_is_no_merge(registrar: Registrar) -> None:
    """Two different parcels at least."""
    parcel = registrar.form(box(0, 0, 40, 40))
    for parcels in ((parcel,), (parcel, parcel)):
        with pytest.raises(BadRequest, match="at least two different parcels"):
            registrar.merge(*parcels)


def test_cracks_within_the_tolerance_are_closed(registrar: Registrar) -> None:
    """Parents whose edges part by millimetres leave no crack in the child."""
    one, other = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    top, bottom = registrar.split(one, line((-1, 20), (40.006, 20.0)))
    child = registrar.merge(top, bottom, other)
    area = registrar.area(child, "2019-01-01")
    assert len(shapely.get_parts(area)) == 1
    assert shapely.get_num_interior_rings(area) == 0
    assert area.area == pytest.approx(3200, abs=0.01)


def test_a_child_that_is_not_the_union_is_refused(registrar: Registrar) -> None:
    """Whoever writes the succession, the rule compares parents and child."""
    parcels = (registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40)))
    assert RULE in registrar.broken(_Forged(parcels, box(0, 0, 80, 39)), "2019-01-01")
    assert registrar.broken(_Forged(parcels, box(0, 0, 80, 40)), "2019-01-01") == set()


class _Forged(Merge):
    """A merge whose child is somebody's own idea."""

    def __init__(self, parcels: tuple[int, ...], area: shapely.Polygon) -> None:
        """Keep the area."""
        super().__init__(parcels=parcels, quarter=QUARTER)
        object.__setattr__(self, "_area", area)

    __slots__ = ("_area",)

    def needs(self, profile: CityProfile) -> Needs:
        """Return the parcels."""
        return Needs(features={PARCEL: frozenset(self.parcels)})

    def decide(self, case: Case) -> Outcome:
        """Return the parents' end and the forged child."""
        parents = [v for i in self.parcels if (v := case.current(PARCEL, i)) is not None]
        ends = [Write(PARCEL, v.feature_id, case.act.period, v.geometry, v.attributes, abolished=True) for v in parents]
        said = {"cadastral_number": "91001001009"}
        birth = Write(PARCEL, -1, case.act.period, object.__getattribute__(self, "_area"), said)
        return Outcome((*ends, birth), (Succession(PARCEL, "merge", self.parcels, (-1,)),))
