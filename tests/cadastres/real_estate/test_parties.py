"""Parties: persons, organisations, the State, groups; who they are, since when, and who holds what."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadastres.real_estate.identity_number import InvalidIdentityNumber, check_digit, parse_bin, parse_iin
from cadastres.real_estate.parties import ChangeParty, FormGroup, Membership, RegisterParty
from cadastres.real_estate.party_rules import IDENTITY_NUMBER
from cadastres.real_estate.rights_verbs import FormUnit, NewRight, RegisterRight, UnitObject
from gis.edit import Put
from gis.errors import BadRequest, Conflict
from gis.record import NOWHERE, Period, Write
from tests.cadastres.real_estate.notary import HOLDER, Notary, iin, owning, share, to

PARTY, MEMBER = "personal.party", "personal.member"


def _put(notary: Notary, layer: str, feature: int = -1, **said: Any) -> set[str]:
    act = notary.act("2017-01-01")
    return notary.broken(Put((Write(layer, feature, act.period, NOWHERE, said),)), "2017-01-01")


def _register(notary: Notary, name: str, **facts: Any) -> set[str]:
    command = RegisterParty(**{"party_type": "naturalPerson", "name": name, **facts})
    return notary.broken(command, "2017-01-01")


def test_a_person_is_in_force_since_birth(notary: Notary) -> None:
    """Registered in 2017, born in 1980: a right of 2016 finds its holder."""
    number = iin(date(1980, 5, 17))
    command = RegisterParty(party_type="naturalPerson", name="  Тестова   Айгерім ", iin_bin=number)
    party = notary.perform(command, "2017-01-01").features[-1]
    said = notary.said(party, "2016-01-01", PARTY)
    assert (said["name"], said["birth_date"]) == ("Тестова Айгерім", date(1980, 5, 17))
    assert notary.unit([owning(party)])


def test_names(notary: Notary) -> None:
    """Empty ones and words of two scripts are refused; which letter is told, the name is not."""
    assert _register(notary, "   ") == {"real_estate.party.named"}
    assert _register(notary, "Иванoв Тест") == {"real_estate.party.one-script"}
    command = RegisterParty(party_type="naturalPerson", name="Иванoв Тест")
    (found,) = notary.may(command, "2017-01-01")
    assert found.detail == "'o' (U+006F, Latin)"
    assert _register(notary, "Smith Әлия") == set()


def test_wrong_numbers_are_refused_with_the_reason(notary: Notary) -> None:
    """By the check digit, by the century, by the kind of party."""
    number = iin(date(1980, 5, 17))
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    for facts in ({"iin_bin": wrong}, {"iin_bin": number, "birth_date": date(1880, 5, 17)}):
        with pytest.raises(InvalidIdentityNumber) as refused:
            _register(notary, "Тестов Тест", **facts)
        assert number[:6] not in str(refused.value)
    with pytest.raises(InvalidIdentityNumber):
        _register(notary, "ТОО Тест", party_type="nonNaturalPerson", iin_bin=number)


def test_a_number_belongs_to_one_party(notary: Notary) -> None:
    """Whoever writes it."""
    number = iin(date(1980, 5, 17))
    assert _register(notary, "Тестов Тест", iin_bin=number) == set()
    assert _register(notary, "Тестов Другой", iin_bin=number) == {"real_estate.party.number-unique"}
    assert _register(notary, "Тестов Другой", iin_bin=f"{number[:6]} {number[6:]}") == {
        "real_estate.party.number-unique"
    }


@pytest.mark.parametrize(
    "said",
    [
        {"party_type": "naturalPerson"},
        {"party_type": "naturalPerson", "name": "Тест", "group_type": "family"},
        {"party_type": "naturalPerson", "name": "Тест", "birth_date": date(2000, 1, 1), "end_date": date(1999, 1, 1)},
    ],
)
def test_fields_of_a_party(notary: Notary, said: dict[str, Any]) -> None:
    """A name is needed; what is a group's is no person's; nobody dies before birth."""
    assert _put(notary, PARTY, **said) == {"real_estate.party.fields"}


_DIGITS = st.text("0123456789", min_size=11, max_size=11)
_DATED = st.builds(
    lambda born, century, serial: f"{born:%y%m%d}{century}{serial:04d}",
    st.dates(date(1900, 1, 1), date(1999, 12, 31)),
    st.integers(0, 9),
    st.integers(0, 9999),
)
_BINS = st.from_regex("[0-9]{2}(0[1-9]|1[0-3])[3-7][0-4][0-9]{5}", fullmatch=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(first=st.one_of(_DIGITS, _DATED, _BINS), slip=st.integers(0, 2), natural=st.booleans())
def test_the_database_knows_wrong_numbers_as_the_module_does(
    notary: Notary, first: str, slip: int, natural: bool
) -> None:
    """The rule in SQL and the module agree on every number, whatever wrote it."""
    number = first + str(((check_digit(first) or 0) + (slip == 2)) % 10)
    born: date | None = None
    try:
        if natural:
            born = parse_iin(number).birth_date
        else:
            parse_bin(number)
        valid = True
    except InvalidIdentityNumber:
        valid = False
    said = {"party_type": "naturalPerson" if natural else "nonNaturalPerson", "name": "Тест", "iin_bin": number}
    act = notary.act("2017-01-01")
    put = Put((Write(PARTY, -1, act.period, NOWHERE, {**said, "birth_date": born}),))
    found = {violation.rule for violation in notary.may(put, "2017-01-01")}
    assert found == (set() if valid else {IDENTITY_NUMBER.id})


def test_no_right_before_birth_or_after_death(notary: Notary) -> None:
    """Neither since before the holder was born, nor begun after he died; what he held stays his."""
    child = notary.person(born="2014-02-01")
    act = notary.act("2013-01-01")
    unit, (right,) = notary.owned(notary.person())
    early = {"right_id": right, "party_id": child}
    found = notary.may(Put((Write(HOLDER, -1, Period(act.valid_from), NOWHERE, early),)), "2013-01-01")
    assert "real_estate.party.exists" in {violation.rule for violation in found}
    dead = notary.person()
    flat, _ = notary.owned(dead)
    notary.end(dead, "2018-01-01")
    gift = RegisterRight(unit=unit, rights=(NewRight(kind="lease", holder=dead),))
    assert notary.broken(gift, "2018-01-02") == {"real_estate.party.exists"}
    assert notary.broken(gift, "2017-12-01") == set()
    assert notary.held(flat, "2019-01-01") == {dead: 1}


def test_an_unborn_party_is_not_registered(notary: Notary) -> None:
    """A birth after the act's own date is a slip."""
    with pytest.raises(BadRequest):
        _register(notary, "Тестов Тест", birth_date=date(2018, 1, 1))


def test_a_right_needs_a_holder(notary: Notary) -> None:
    """An ownership of nobody is refused, and a holder's row can't be taken from under a right."""
    command = FormUnit(objects=(UnitObject("parcel", notary.parcel()),), rights=(NewRight(kind="ownership"),))
    assert notary.broken(command, "2016-01-01") == {"real_estate.right.has-holder"}
    _, (right,) = notary.owned(notary.person())
    (row,) = notary.rows(HOLDER, "right_id", right)
    act = notary.act("2017-01-01")
    said = notary.said(row, "2016-01-01", HOLDER)
    put = Put((Write(HOLDER, row, act.period, NOWHERE, said, abolished=True),))
    assert notary.broken(put, "2017-01-01") == {"real_estate.right.has-holder"}


def test_a_right_has_one_holder(notary: Notary) -> None:
    """A second holder beside the first is refused: they hold by shares, or as a group."""
    _, (right,) = notary.owned(notary.person())
    assert _put(notary, HOLDER, right_id=right, party_id=notary.person()) == {"real_estate.right.one-holder"}


def test_an_unknown_party_holds_nothing(notary: Notary) -> None:
    """A holder that the register does not know is refused."""
    unit = notary.unit()
    command = RegisterRight(unit=unit, rights=(owning(999_999),))
    assert notary.broken(command, "2017-01-01") == {"real_estate.party.known"}


def test_a_group_has_two_members(notary: Notary) -> None:
    """One is no group, nor is one twice."""
    one = Membership(party=notary.person())
    for members in ((one,), (one, one), ()):
        assert notary.broken(FormGroup(group_type="family", members=members), "2017-01-01") == {
            "real_estate.group.members"
        }
    assert notary.family(one.party, notary.person())


def test_shares_of_members_sum_to_one(notary: Notary) -> None:
    """All have one or none has; together they are the whole."""
    one, other = notary.person(), notary.person()

    def forming(*parts: str | None) -> FormGroup:
        shares = [None if part is None else share(part) for part in parts]
        members = tuple(Membership(party=p, share=s) for p, s in zip((one, other), shares, strict=True))
        return FormGroup(group_type="association", members=members)

    for parts in (("1/2", "1/3"), ("1", None), ("2/3", "2/3")):
        assert notary.broken(forming(*parts), "2017-01-01") == {"real_estate.group.shares"}
    assert notary.broken(forming("2/3", "1/3"), "2017-01-01") == set()


def test_a_group_that_holds_is_not_dissolved(notary: Notary) -> None:
    """First its rights go over to the members, then it ends."""
    one, other = notary.person(), notary.person()
    family = notary.family(one, other)
    unit, (right,) = notary.owned(family)
    assert notary.broken_by_end(family, "2019-01-01") == {"register.reference.in-force"}
    notary.transfer(right, to(one, "1/2"), to(other, "1/2"))
    assert notary.broken_by_end(family, "2019-01-01") == set()
    assert notary.said(family, "2019-01-01", PARTY) == {}
    assert set(notary.held(unit, "2019-01-01")) == {one, other}


def test_a_surname_changes(notary: Notary) -> None:
    """From the day on; before it the old one stands. What a party is, does not change."""
    party = notary.person("Тестова Айгерім")
    notary.perform(ChangeParty(party=party, attributes={"name": "Жаңаева Айгерім"}), "2018-01-01")
    names = [notary.said(party, day, PARTY)["name"] for day in ("2017-12-31", "2018-01-01")]
    assert names == ["Тестова Айгерім", "Жаңаева Айгерім"]
    with pytest.raises(BadRequest):
        notary.perform(ChangeParty(party=party, attributes={"party_type": "state"}), "2018-01-01")


def test_the_same_act_twice(notary: Notary) -> None:
    """A second submission is told the changeset of the first."""
    act = notary.act("2017-01-01")
    command = RegisterParty(party_type="state", name="Қазақстан Республикасы")
    done = notary.city.register.perform(command, act)
    with pytest.raises(Conflict) as refused:
        notary.city.register.perform(command, act)
    assert refused.value.data["changeset"] == done.number
