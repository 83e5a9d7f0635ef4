"""Parcels that came in with a defect on record can be worked on; no act makes it worse."""

import shapely

from cadastres.land.verbs import Archive
from gis import staging
from gis.bulk import bulk
from gis.database import connect
from gis.store import new_ids
from tests.cadastres.land.registrar import PARCEL, QUARTER, Registrar, adjusting, box, line

RULE = "land.parcel.no-overlap"
LEFT, RIGHT = box(0, 0, 41, 40), box(40, 0, 80, 40)


def _legacy(registrar: Registrar) -> tuple[int, int]:
    """Load two parcels that overlap by a strip of one metre, the defect taken on record."""
    register = registrar.city.register
    layer, act = register.layers[PARCEL], registrar.act("2016-01-01")
    with bulk(register, act, [PARCEL]) as loading:
        ids = new_ids(loading.connection, 2)
        with loading.copying(layer) as copy:
            for serial, (feature_id, area) in enumerate(zip(ids, (LEFT, RIGHT), strict=True), 1):
                wkb = shapely.to_wkb(shapely.set_srid(area, registrar.city.profile.srid), hex=True, include_srid=True)
                said = {"feature_id": feature_id, "version": 1, "valid": staging.range_of(act.period), "geom": wkb,
                        "abolished": False, "cadastral_number": f"{QUARTER}{serial:03d}"}  # fmt: skip
                copy.write_row((*(said.get(name) for name in staging.columns(layer)), "new"))
        defects = [v for v in loading.check() if v.severity == "error"]
        assert [v.rule for v in defects] == [RULE]
        loading.record("test.load", defects=defects)
    return ids[0], ids[1]


def _on_record(registrar: Registrar) -> list[tuple[frozenset[int], float]]:
    with connect(registrar.city.register.database.reader) as connection:
        rows = connection.execute(
            "SELECT feature_id, other_id, amount FROM qala.violation WHERE upper_inf(recorded) ORDER BY amount"
        ).fetchall()
    return [(frozenset((one, other)), round(amount, 3)) for one, other, amount in rows]


def test_a_split_hands_the_defect_to_the_children(registrar: Registrar) -> None:
    """Both children of the left parcel lie over the right one as their parent did: a warning, on record for each."""
    left, right = _legacy(registrar)
    children = registrar.split(left, line((-1, 10), (42, 10)), "2018-01-01")
    standing = _on_record(registrar)
    assert (frozenset((children[0], right)), 10.0) in standing or (frozenset((children[1], right)), 10.0) in standing
    assert sum(amount for pair, amount in standing if pair & set(children)) == 40.0


def test_a_merge_takes_over_what_its_parents_had(registrar: Registrar) -> None:
    """Split and merged again, the overlap is what it was: tolerated."""
    left, right = _legacy(registrar)
    children = registrar.split(left, line((-1, 10), (42, 10)), "2018-01-01")
    child = registrar.merge(*children, day="2019-01-01")
    assert (frozenset((child, right)), 40.0) in _on_record(registrar)


def test_merging_the_two_heals_it(registrar: Registrar) -> None:
    """Once both are one parcel there is nothing to overlap from that day on."""
    child = registrar.merge(*_legacy(registrar), day="2019-01-01")
    assert registrar.area(child, "2019-01-01").equals(box(0, 0, 80, 40))


def test_no_act_makes_it_worse(registrar: Registrar) -> None:
    """A boundary moved farther over the neighbour is refused, one that lessens the overlap is welcome."""
    left, right = _legacy(registrar)
    worse = adjusting({left: box(0, 0, 42, 40)}, allocation=True)
    better = adjusting({left: box(0, 0, 40.5, 40)}, allocation=True)
    assert registrar.broken(worse, "2018-01-01") == {RULE}
    done = registrar.perform(better, "2018-01-01")
    assert {v.severity for v in done.warnings if v.rule == RULE} == {"warning"}
    assert registrar.broken(worse, "2019-01-01") == {RULE}
    registrar.perform(Archive(feature=right), "2020-01-01")
