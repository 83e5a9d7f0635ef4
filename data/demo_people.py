"""The demo city's parties: nobody who lives. Names say that they are samples; the numbers are made up but valid."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from cadastres.real_estate.identity_number import check_digit
from cadastres.real_estate.parties import FormGroup, Membership, RegisterParty
from data.demo_office import STATEMENT, Deed, Office

_DAY: Final = "2020-01-13"
_CENTURY: Final = {19: 3, 20: 5}


@dataclass(frozen=True, slots=True)
class People:
    """Parties and groups, by their ids."""

    husband: int
    wife: int
    family: int
    elder: int
    heir: int
    heiress: int
    buyer: int
    neighbour: int
    owners: int
    bank: int
    other_bank: int
    tenant: int
    state: int


def sample_iin(born: date, *, male: bool) -> str:
    """Return a made-up IIN of a day of birth: the greatest serial that has a check digit.

    >>> sample_iin(date(1975, 3, 14), male=True)
    '750314399993'
    """
    return _with_check(f"{born:%y%m%d}{_CENTURY[born.year // 100] + (not male)}", 4)


def sample_bin(year: int, month: int) -> str:
    """Return a made-up BIN of a resident registered in a month.

    >>> sample_bin(2004, 9)
    '040940999997'
    """
    return _with_check(f"{year % 100:02d}{month:02d}40", 5)


def _with_check(prefix: str, width: int) -> str:
    numbers = (f"{prefix}{serial}" for serial in range(10**width - 1, 0, -1))
    return next(f"{number}{check}" for number in numbers if (check := check_digit(number)) is not None)


def register_people(office: Office) -> People:
    """Register persons, organisations, the State, a family and a group of co-owners."""
    husband = _person(office, "Образцов Образец Образцович", date(1975, 3, 14))
    wife = _person(office, "Образцова Проба Примеровна", date(1978, 8, 2), male=False)
    elder = _person(office, "Үлгі Үлгіұлы", date(1941, 5, 9))
    heir = _person(office, "Мысал Үлгіұлы", date(1968, 11, 30))
    heiress = _person(office, "Сынақ Үлгіқызы", date(1972, 1, 19), male=False)
    buyer = _person(office, "Примеров Пример", date(1990, 6, 21))
    neighbour = _person(office, "Мысалова Анкета", date(1985, 12, 5), male=False)
    bank = _organisation(office, "«Үлгі Банк» АҚ", 2004, 9)
    other_bank = _organisation(office, "АО «Банк Образец»", 1998, 2)
    tenant = _organisation(office, "ТОО «Образец Аренда»", 2012, 4)
    state = _register(office, RegisterParty(party_type="state", name="Мемлекет (үлгі)"))
    family = FormGroup(group_type="family", members=(Membership(party=husband), Membership(party=wife)))
    owners = FormGroup(
        group_type="baunitGroup",
        members=(Membership(party=buyer, share=Fraction(1, 3)), Membership(party=neighbour, share=Fraction(2, 3))),
        name="Үлгі үйінің иелері",
    )
    return People(
        husband=husband, wife=wife, family=office.one(Deed("2020-01-14", family, "Family", STATEMENT)),
        elder=elder, heir=heir, heiress=heiress, buyer=buyer, neighbour=neighbour,
        owners=office.one(Deed("2020-01-14", owners, "Co-owners", STATEMENT)),
        bank=bank, other_bank=other_bank, tenant=tenant, state=state,
    )  # fmt: skip


def _person(office: Office, name: str, born: date, *, male: bool = True) -> int:
    number = sample_iin(born, male=male)
    return _register(office, RegisterParty(party_type="naturalPerson", name=name, iin_bin=number))


def _organisation(office: Office, name: str, year: int, month: int) -> int:
    founded, number = date(year, month, 1), sample_bin(year, month)
    command = RegisterParty(party_type="nonNaturalPerson", name=name, iin_bin=number, birth_date=founded)
    return _register(office, command)


def _register(office: Office, command: RegisterParty) -> int:
    return office.one(Deed(_DAY, command, "Party registered", STATEMENT))
