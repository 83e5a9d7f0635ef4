"""``land.parcel.in-quarter`` and ``land.parcel.quarter-known``: a parcel lies in the quarter that its number names."""

import pytest

from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import Registrar, box, forming, many


@pytest.mark.parametrize(("east", "refused"), [(400.0, False), (400.009, False), (400.02, True), (500.0, True)])
def test_a_parcel_stays_in_its_quarter(registrar: Registrar, east: float, refused: bool) -> None:
    """Reaching out by less than the tolerance is nothing."""
    broken = registrar.broken(forming(box(380, 0, east, 40)), "2016-01-01")
    assert broken == ({"land.parcel.in-quarter"} if refused else set())


def test_the_number_says_which_quarter(registrar: Registrar) -> None:
    """A parcel that lies in one quarter with the number of another is refused."""
    registrar.quarter(box(400, 0, 800, 400), code="91001002")
    there = box(410, 0, 450, 40)
    assert registrar.broken(forming(there), "2016-01-01") == {"land.parcel.in-quarter"}
    assert registrar.broken(forming(there, quarter="91001002"), "2016-01-01") == set()


def test_an_unknown_quarter_is_a_warning(registrar: Registrar) -> None:
    """The register may not have a quarter yet, or not at that time."""
    cases = (("91001009", "2016-01-01", True), ("91001001", "2014-01-01", True), ("91001001", "2016-01-01", False))
    for place, (quarter, day, warned) in enumerate(cases):
        area = box(40 * place, 0, 40 * place + 40, 40)
        done = registrar.perform(forming(area, quarter=quarter), day)
        assert ("land.parcel.quarter-known" in {v.rule for v in done.warnings}) is warned


def test_every_version_is_held_against_the_quarter_of_its_time(registrar: Registrar) -> None:
    """A parcel inside the quarter's later, wider boundary is refused for the time before."""
    quarter = registrar.quarter(box(400, 0, 800, 400), code="91001002")
    period = registrar.act("2018-01-01").period
    wider = Write("land.quarter", quarter, period, many(box(400, 0, 900, 400)), {"code": "91001002"})
    registrar.perform(Put((wider,)), "2018-01-01")
    command = forming(box(810, 0, 850, 40), quarter="91001002")
    assert registrar.broken(command, "2017-01-01") == {"land.parcel.in-quarter"}
    assert registrar.broken(command, "2018-01-01") == set()
