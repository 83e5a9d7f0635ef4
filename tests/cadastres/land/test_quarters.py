"""``land.quarter.no-overlap``, ``land.quarter.holds-its-parcels``, ``land.quarter.code``."""

import pytest

from cadastres.land.number import InvalidNumber
from cadastres.land.territories import FormQuarter
from cadastres.land.verbs import Archive
from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import Registrar, box, many

QUARTER = "land.quarter"


def test_quarters_do_not_overlap(registrar: Registrar) -> None:
    """Side by side is well, one over another is not."""
    beside = FormQuarter(code="91-001-002", geometry=many(box(400, 0, 800, 400)))
    over = FormQuarter(code="91-001-003", geometry=many(box(390, 0, 400, 400)))
    assert registrar.broken(beside, "2016-01-01") == set()
    assert registrar.broken(over, "2016-01-01") == {"land.quarter.no-overlap"}


def test_a_quarter_holds_its_parcels(registrar: Registrar) -> None:
    """A boundary that leaves a parcel outside, or the quarter's end while parcels live, is refused."""
    quarter = 1
    parcel = registrar.form(box(0, 0, 40, 40))
    period = registrar.act("2018-01-01").period
    shrunk = Put((Write(QUARTER, quarter, period, many(box(20, 0, 400, 400)), {"code": "91001001"}),))
    assert registrar.broken(shrunk, "2018-01-01") == {"land.quarter.holds-its-parcels"}
    end = Archive(feature=quarter, layer=QUARTER)
    assert registrar.broken(end, "2018-01-01") == {"land.quarter.holds-its-parcels"}
    registrar.archive(parcel, "2017-01-01")
    assert registrar.broken(shrunk, "2018-01-01") == set()
    assert registrar.broken(end, "2019-01-01") == set()


def test_a_code_is_stored_joined(registrar: Registrar) -> None:
    """Any spelling is read; what is no code is refused by verb and rule alike."""
    made = registrar.quarter(box(400, 0, 800, 400), code="91:001:002")
    assert registrar.said(made, "2016-01-01", QUARTER)["code"] == "91001002"
    with pytest.raises(InvalidNumber):
        registrar.quarter(box(800, 0, 900, 400), code="91-1-2")
    write = Write(QUARTER, -1, registrar.act("2016-01-01").period, many(box(800, 0, 900, 400)), {"code": "91-1-2"})
    assert registrar.broken(Put((write,)), "2016-01-01") == {"land.quarter.code"}
