"""KATO codes: nine digits, one unit at a time, changed by reforms on their day."""

from dataclasses import replace
from datetime import date

import pytest

from cadastres.address.verbs import AbolishPlace, ChangeKato, NothingChanged
from gis.classifier import AdministrativeUnit
from gis.text import Text
from tests.cadastres.address.clerk import Clerk, FormPlace, area
from tests.city import City

UNIT = "address.admin_unit"
MEDEU = {"name_kk": "Медеу ауданы", "name_ru": "Медеуский район"}
AUEZOV = {"name_kk": "Әуезов ауданы", "name_ru": "Ауэзовский район"}


@pytest.mark.parametrize("code", ["75111000", "7511100000", "051110000", "75111000А", " "])
def test_a_code_is_nine_digits(desk: Clerk, code: str) -> None:
    """Anything else is refused."""
    form = FormPlace(layer=UNIT, names=MEDEU, geometry=area(0, 0, 9, 9), attributes={"level": "city", "kato": code})
    assert "address.admin_unit.kato" in desk.refused(form)


def test_a_code_is_one_unit_s_at_a_time(clerk: Clerk) -> None:
    """Two can't have it at once; after a reform it may be another's."""
    first = clerk.unit(MEDEU, area(0, 0, 100, 100), kato="751110000")
    second = clerk.unit(AUEZOV, area(100, 0, 200, 100), kato="751210000")
    take = ChangeKato(unit=second, kato="751110000")
    assert clerk.refused(take, "2021-01-01") == {"address.admin_unit.kato-unique": ["751110000"]}
    clerk.do(ChangeKato(unit=first, kato="751310000"), "2021-01-01")
    clerk.do(take, "2021-01-01")
    told = [[clerk.said(UNIT, i, day)["kato"] for i in (first, second)] for day in ("2020-12-31", "2021-01-01")]
    assert told == [["751110000", "751210000"], ["751310000", "751110000"]]


def test_a_reform_found_late_reaches_to_the_next(clerk: Clerk) -> None:
    """A code of the years between two others; the same code again is no act; an ended unit frees its code."""
    unit = clerk.unit(MEDEU, area(0, 0, 100, 100), kato="751110000")
    clerk.do(ChangeKato(unit=unit, kato="751310000"), "2022-01-01")
    clerk.do(ChangeKato(unit=unit, kato="751210000"), "2021-01-01")
    days = ("2020-06-01", "2021-06-01", "2022-06-01")
    assert [clerk.said(UNIT, unit, day)["kato"] for day in days] == ["751110000", "751210000", "751310000"]
    with pytest.raises(NothingChanged):
        clerk.do(ChangeKato(unit=unit, kato="751310000"), "2023-01-01")
    clerk.do(AbolishPlace(layer=UNIT, place=unit), "2023-01-01")
    assert clerk.unit(AUEZOV, area(0, 0, 100, 100), "2023-01-01", kato="751310000") > unit


def test_a_code_is_given_while_it_is_in_force(clerk: Clerk) -> None:
    """A code that the city's profile lists until a reform is refused from the reform on; one that it lacks is not."""
    until = AdministrativeUnit(
        code="751110000", name=Text(kk="Медеу", ru="Медеу", en="Medeu"), valid_from=None, valid_to=date(2021, 1, 1)
    )
    profile = clerk.city.profile.model_copy(update={"administrative": (until,)})
    late = Clerk(City(replace(clerk.city.register, profile=profile), profile))
    said = {"level": "cityDistrict", "kato": "751110000"}
    form = FormPlace(layer=UNIT, names=MEDEU, geometry=area(0, 0, 100, 100), attributes=said)
    assert late.refused(form, "2021-01-01") == {"address.admin_unit.kato-in-force": ["751110000, 2021-01-01"]}
    assert late.unit(MEDEU, area(0, 0, 100, 100), "2020-12-31", kato="751110000")
    assert late.unit(AUEZOV, area(100, 0, 200, 100), "2021-01-01", kato="751210000")
    late.city.register.close()
