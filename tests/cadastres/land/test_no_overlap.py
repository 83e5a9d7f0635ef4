"""``land.parcel.no-overlap``: no two parcels overlap by more than the tolerance at any moment."""

import pytest
import shapely
from shapely.affinity import rotate, translate

from cadastres.land import overlaps
from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import PARCEL, Registrar, box, forming

RULE = overlaps.PARCELS.id


def test_an_overlap_is_refused_with_its_place(registrar: Registrar) -> None:
    """The answer names both parcels, how much they overlap and where."""
    standing = registrar.form(box(0, 0, 40, 40))
    found = [v for v in registrar.may(forming(box(30, 0, 70, 40)), "2017-01-01") if v.rule == RULE]
    assert [(v.other_id, v.severity) for v in found] == [(standing, "error")]
    assert found[0].amount == pytest.approx(400.0)
    assert found[0].place is not None
    assert found[0].place.equals(box(30, 0, 40, 40))


@pytest.mark.parametrize(("depth", "refused"), [(0.0, False), (0.009, False), (0.011, True), (1.0, True)])
def test_the_tolerance_is_the_width_of_the_common_strip(registrar: Registrar, depth: float, refused: bool) -> None:
    """A strip narrower than 1 cm is no overlap, however long; a wider one is."""
    registrar.perform(Put((_written(registrar, box(0, 0, 40, 40), 1),)), "2016-01-01")
    write = Put((_written(registrar, box(40 - depth, 0, 80, 40), 2),))
    assert (RULE in registrar.broken(write, "2016-01-01")) is refused


def test_a_parcel_inside_another_is_an_overlap(registrar: Registrar) -> None:
    """Containment counts, with or without a common boundary; so does the very same area."""
    registrar.form(box(0, 0, 40, 40))
    for area in (box(10, 10, 20, 20), box(0, 0, 20, 40), box(0, 0, 40, 40), box(-10, -10, 50, 50)):
        assert RULE in {v.rule for v in registrar.may(forming(area), "2017-01-01")}


def test_neighbours_may_touch_and_meet_in_t_junctions(registrar: Registrar) -> None:
    """Common edges, corners and T-junctions are no overlaps, askew as they may lie."""
    turned = [
        rotate(box(w, s, e, n), 17.3, origin=box(0, 0, 400, 400).centroid)
        for w, s, e, n in ((100, 100, 140, 140), (140, 90, 180, 125), (140, 125, 180, 150), (60, 140, 100, 180))
    ]
    assert [registrar.broken(forming(area), "2016-01-01") for area in turned] == [set()] * len(turned)


def test_every_moment_counts(registrar: Registrar) -> None:
    """A neighbour that comes only later, or one that has gone since, is met at its own time."""
    gone = registrar.form(box(0, 0, 40, 40), "2016-01-01")
    registrar.archive(gone, "2018-01-01")
    registrar.form(box(0, 0, 40, 40), "2020-01-01")
    for day, refused in (("2017-06-01", True), ("2018-01-01", True), ("2021-01-01", True)):
        assert (RULE in registrar.broken(forming(box(0, 0, 20, 40)), day)) is refused
    act = registrar.act("2018-01-01")
    between = Write(
        PARCEL,
        -1,
        type(act.period)(act.valid_from, registrar.act("2020-01-01").valid_from),
        box(0, 0, 20, 40),
        {"cadastral_number": "91001001900"},
    )
    assert registrar.broken(Put((between,)), "2018-01-01") == set()


def test_siblings_of_one_act_are_met_as_well(registrar: Registrar) -> None:
    """Two parcels of one act that overlap each other are refused."""
    writes = (_written(registrar, box(0, 0, 40, 40), 1, -1), _written(registrar, box(20, 0, 60, 40), 2, -2))
    assert registrar.broken(Put(writes), "2016-01-01") == {RULE}


def test_a_new_version_meets_the_older_part_of_a_sibling(registrar: Registrar) -> None:
    """Where a sibling keeps an earlier version, the new parcel is held against that too."""
    first = registrar.form(box(0, 0, 40, 40), "2016-01-01")
    shrunk = _written(registrar, box(0, 0, 20, 40), 1, first, "2020-01-01")
    second = _written(registrar, box(20, 0, 60, 40), 2, -1, "2018-01-01")
    assert RULE in registrar.broken(Put((shrunk, second)), "2020-01-01")
    late = _written(registrar, box(20, 0, 60, 40), 2, -1, "2020-01-01")
    assert registrar.broken(Put((shrunk, late)), "2020-01-01") == set()


def test_all_live_neighbours_are_met_not_only_siblings(registrar: Registrar) -> None:
    """A moved boundary that would run into a third parcel is refused, though the act doesn't name it."""
    registrar.form(box(0, 0, 40, 40))
    right = registrar.form(box(40, 0, 80, 40))
    registrar.form(box(80, 0, 120, 40))
    write = _written(registrar, translate(box(40, 0, 80, 40), 5, 0), 2, right, "2018-01-01")
    assert RULE in registrar.broken(Put((write,)), "2018-01-01")


def _written(
    registrar: Registrar, area: shapely.Polygon, serial: int, feature: int = -1, day: str = "2016-01-01"
) -> Write:
    number = {"cadastral_number": f"91001001{serial:03d}"}
    return Write(PARCEL, feature, registrar.act(day).period, area, number)
