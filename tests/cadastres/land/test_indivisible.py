"""``land.parcel.indivisible``: a parcel marked indivisible can't be split."""

import pytest

from cadastres.land.verbs import Split
from tests.cadastres.land.registrar import QUARTER, Registrar, box, line


@pytest.mark.parametrize(("divisible", "refused"), [(False, True), (True, False), (None, False)])
def test_indivisible(registrar: Registrar, divisible: bool | None, refused: bool) -> None:
    """Only the explicit mark forbids; what is unknown doesn't."""
    parcel = registrar.form(box(0, 0, 40, 40), divisible=divisible)
    command = Split(parcel=parcel, quarter=QUARTER, line=line((20, -1), (20, 41)))
    assert registrar.broken(command, "2018-01-01") == ({"land.parcel.indivisible"} if refused else set())


def test_an_indivisible_parcel_may_be_merged(registrar: Registrar) -> None:
    """The mark speaks of splits alone, and goes over to the child."""
    parcels = [registrar.form(box(40 * i, 0, 40 * i + 40, 40), divisible=False) for i in range(2)]
    assert registrar.said(registrar.merge(*parcels), "2019-01-01")["divisible"] is False
