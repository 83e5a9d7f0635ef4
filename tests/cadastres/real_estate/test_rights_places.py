"""Where rights apply: land that can't be private, areas of servitudes, exclusive uses."""

from datetime import date

import shapely

from cadastres.land.verbs import AdjustBoundary, Part
from cadastres.real_estate.rights_verbs import FormUnit, NewRight, RegisterRight, UnitObject
from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import many
from tests.cadastres.real_estate.notary import Notary, owning

INSIDE = "real_estate.right-area.inside-unit"
EXCLUSIVE = "real_estate.right.exclusive"


def test_no_private_ownership_where_the_law_bars_it(notary: Notary) -> None:
    """Forest can be the State's, not a person's; nor may owned land become forest; nor common land be owned."""
    owner = notary.person()
    forest, common = notary.parcel(category="5"), notary.parcel(permitted_use="common_use")
    for parcel in (forest, common):
        command = FormUnit(objects=(UnitObject("parcel", parcel),), rights=(owning(owner),))
        assert notary.broken(command, "2016-01-01") == {"real_estate.right.not-private"}
    state = NewRight(kind="stateOwnership", holder=notary.bank())
    assert notary.unit([state], parcel=forest)
    plain = notary.parcel(category="2")
    notary.unit([owning(owner)], parcel=plain)
    act = notary.act("2018-01-01")
    was = notary.timeline(plain, "land.parcel")[0]
    put = Put((Write("land.parcel", plain, act.period, was.geometry, {**was.attributes, "category": "6"}),))
    assert notary.broken(put, "2018-01-01") == {"real_estate.right.not-private"}


def _servitude(notary: Notary, area: shapely.Polygon) -> NewRight:
    return NewRight(kind="servitude", holder=notary.person(), area=many(shapely.box(*area.bounds)))


def test_a_servitude_lies_inside_its_parcel(notary: Notary) -> None:
    """Within the tolerance; and the parcel may not later be drawn in from under it."""
    parcel = notary.parcel()
    unit = notary.unit([owning(notary.person())], parcel=parcel)
    ground = notary.timeline(parcel, "land.parcel")[0].geometry
    west, south, east, north = ground.bounds
    beyond = _servitude(notary, shapely.box(west, south, west + 5, south - 1))
    assert notary.broken(RegisterRight(unit=unit, rights=(beyond,)), "2017-01-01") == {INSIDE}
    touching = _servitude(notary, shapely.box(west - 0.004, south, west + 5, north))
    assert notary.broken(RegisterRight(unit=unit, rights=(touching,)), "2017-01-01") == set()
    smaller = shapely.box(west + 4, south, east, north)
    assert isinstance(smaller, shapely.Polygon)
    adjust = AdjustBoundary(parcels={parcel: Part(geometry=smaller)}, allocation=True)
    assert INSIDE in notary.broken(adjust, "2018-01-01")


def test_a_servitude_of_a_whole_parcel_needs_no_area(notary: Notary) -> None:
    """Without an area it applies to all of the unit."""
    unit = notary.unit([owning(notary.person())])
    assert len(notary.register(unit, NewRight(kind="servitude", holder=notary.person()))) == 1


def test_exclusive_uses_do_not_coincide(notary: Notary) -> None:
    """Two leases at once are refused, one after the other not, and two that say they share are not."""
    unit, _ = notary.owned(notary.person())
    tenant = notary.person()
    notary.register(unit, NewRight(kind="lease", holder=tenant, until=date(2018, 1, 1)))
    second = RegisterRight(unit=unit, rights=(NewRight(kind="lease", holder=notary.person()),))
    assert notary.broken(second, "2017-06-01") == {EXCLUSIVE}
    shared = NewRight(kind="lease", holder=notary.person(), excludes_others=False)
    assert notary.broken(RegisterRight(unit=unit, rights=(shared,)), "2017-06-01") == set()
    assert notary.broken(second, "2018-01-01") == set()


def test_exclusive_areas_may_lie_side_by_side(notary: Notary) -> None:
    """Two exclusive servitudes on two halves are no conflict, on overlapping parts they are."""
    parcel = notary.parcel()
    unit = notary.unit([owning(notary.person())], parcel=parcel)
    west, south, east, north = notary.timeline(parcel, "land.parcel")[0].geometry.bounds
    middle = (west + east) / 2

    def use(left: float, right: float) -> RegisterRight:
        area = many(shapely.box(left, south, right, north))
        return RegisterRight(unit=unit, rights=(NewRight(kind="servitude", excludes_others=True, area=area),))

    assert notary.broken(use(west, middle), "2017-01-01") == set()
    assert notary.broken(use(middle - 1, east), "2017-01-01") == {EXCLUSIVE}
    assert notary.broken(use(middle, east), "2017-01-01") == set()
