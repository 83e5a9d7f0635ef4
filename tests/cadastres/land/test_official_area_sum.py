"""``land.parcel.official-area-sum``: official areas before and after an act agree to 0.1 %."""

import pytest

from cadastres.land.verbs import AdjustBoundary, Merge, Part, Split
from tests.cadastres.land.registrar import QUARTER, Registrar, box, line

RULE = "land.parcel.official-area-sum"
HALVES = (box(0, 0, 20, 40), box(20, 0, 40, 40))


@pytest.mark.parametrize(("areas", "refused"), [((800.0, 801.5), False), ((800.0, 801.7), True), ((700, 898), True)])
def test_a_splits_areas_add_up(registrar: Registrar, areas: tuple[float, float], refused: bool) -> None:
    """1600 m² become 1601.5 (0.09 %): taken; 1601.7 (0.11 %): refused."""
    parent = registrar.form(box(0, 0, 40, 40), official_area=1600.0)
    parts = [Part(geometry=g, attributes={"official_area": a}) for g, a in zip(HALVES, areas, strict=True)]
    command = Split(parcel=parent, quarter=QUARTER, parts=tuple(parts))
    assert registrar.broken(command, "2018-01-01") == ({RULE} if refused else set())


def test_a_merges_area_is_the_sum_unless_the_act_says_otherwise(registrar: Registrar) -> None:
    """By default it is added up; a figure that differs by more than 0.1 % is refused."""
    parcels = tuple(registrar.form(box(40 * i, 0, 40 * i + 40, 40), official_area=1600.5) for i in range(2))
    wrong = Merge(parcels=parcels, quarter=QUARTER, attributes={"official_area": 3300.0})
    assert registrar.broken(wrong, "2019-01-01") == {RULE}
    assert registrar.said(registrar.merge(*parcels), "2019-01-01")["official_area"] == 3201.0


def test_a_moved_boundarys_areas_are_the_registrars(registrar: Registrar) -> None:
    """Official areas stay unless new ones are given; given ones must add up."""
    ids = [registrar.form(box(40 * i, 0, 40 * i + 40, 40), official_area=1600.0) for i in range(2)]
    moved = dict(zip(ids, (box(0, 0, 41, 40), box(41, 0, 80, 40)), strict=True))
    registrar.adjust(moved)
    assert [registrar.said(i, "2020-01-01")["official_area"] for i in ids] == [1600.0, 1600.0]
    for areas, refused in (((1640.0, 1560.0), False), ((1640.0, 1600.0), True)):
        parts = {i: Part(geometry=moved[i], attributes={"official_area": a}) for i, a in zip(ids, areas, strict=True)}
        assert registrar.broken(AdjustBoundary(parcels=parts), "2021-01-01") == ({RULE} if refused else set())


def test_a_splits_official_area_is_apportioned_exactly(registrar: Registrar) -> None:
    """Without figures the parent's official area, not the computed one, is shared out by computed area."""
    parent = registrar.form(box(0, 0, 40, 40), official_area=1000.0)
    children = registrar.split(parent, line((10, -1), (15, 41)))
    areas = [registrar.said(i, "2018-01-01")["official_area"] for i in children]
    computed = [registrar.area(i, "2018-01-01").area for i in children]
    assert sum(areas) == 1000.0
    assert areas[0] / areas[1] == pytest.approx(computed[0] / computed[1], rel=1e-4)


def test_unknown_areas_stay_unknown(registrar: Registrar) -> None:
    """A parent without an official area has children without one: no computed area takes its place."""
    children = registrar.split(registrar.form(box(0, 0, 40, 40)), line((10, -1), (15, 41)))
    assert [registrar.said(i, "2018-01-01")["official_area"] for i in children] == [None, None]
