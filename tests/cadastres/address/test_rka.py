"""The registration code of an address: its form, its series, and that it is never another's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastres.address import number
from cadastres.address.formation import AbolishAddress, ChangeAddress, FormAddress
from cadastres.address.verbs import NotChangedSo
from gis.edit import Put
from gis.errors import Conflict
from gis.record import Write
from tests.cadastres.address.clerk import Clerk, point

ADDRESS = "address.address"
CODE = "0201300045217789"


@given(st.text("0123456789", min_size=16, max_size=16), st.sampled_from(["", " ", "-", "\u00a0", "\u2013"]))
def test_every_spelling_is_one_code(digits: str, separator: str) -> None:
    """Groups of any separator come to the same sixteen digits, and back."""
    spelled = separator.join(digits[i : i + 4] for i in range(0, 16, 4))
    assert number.compact(spelled) == digits
    assert number.compact(number.format(digits)) == digits


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("020130004521778", "15"),
        ("02013000452177890", "17"),
        ("", "0"),
        ("O201300045217789", "'O'"),
        ("٠201300045217789", "'٠'"),
    ],
)
def test_wrong_codes_say_why(desk: Clerk, code: str, told: str) -> None:
    """The refusal names the rule and what is wrong, in each language."""
    street = desk.street()
    with pytest.raises(number.InvalidRka) as refused:
        desk.do(FormAddress(designator="1", street=street, geometry=point(0), rka=code))
    assert refused.value.data["rule"] == number.RULE
    assert refused.value.status == 400
    assert told in refused.value.in_language("en")
    assert all(number.RULE in refused.value.in_language(language) for language in ("kk", "ru", "en"))


def test_a_code_of_another_length_is_refused(desk: Clerk) -> None:
    """By whatever way it comes."""
    said = {"locator_designator": "1", "position_specification": "building", "rka": CODE[:15]}
    act = desk.city.act()
    found = desk.refused(Put((Write(ADDRESS, -1, act.period, point(0), said),)))
    assert found["address.address.rka"] == [CODE[:15]]


def test_codes_are_issued_in_series(clerk: Clerk) -> None:
    """Without a code in the act the register issues the next of its own series of the day."""
    street = clerk.street()
    codes = [clerk.said(ADDRESS, clerk.address(n, street=street), "2020-06-01")["rka"] for n in ("1", "2", "3")]
    prefix = number.series(clerk.city.profile, date(2020, 6, 1))
    assert prefix == "920200601"
    assert codes == [f"{prefix}000000{i}" for i in (1, 2, 3)]
    given_by_hand = clerk.address("4", street=street, rka=f"{prefix}0000007")
    assert clerk.said(ADDRESS, given_by_hand, "2020-06-01")["rka"].endswith("07")
    assert clerk.said(ADDRESS, clerk.address("5", street=street), "2020-06-01")["rka"].endswith("08")


def test_no_two_clerks_get_one_code(clerk: Clerk) -> None:
    """Of many at once each gets a code of its own."""
    street = clerk.street()
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: clerk.address(str(n), street=street), range(1, 13)))
    assert len({clerk.said(ADDRESS, i, "2020-06-01")["rka"] for i in made}) == 12


def test_a_code_is_never_given_again(clerk: Clerk) -> None:
    """Not even after its address was abolished."""
    street = clerk.street()
    address = clerk.address("1", street=street, rka=CODE)
    clerk.do(AbolishAddress(address=address), "2021-01-01")
    with pytest.raises(Conflict) as refused:
        clerk.address("1", "2022-01-01", street=street, rka=CODE)
    assert refused.value.data["feature_id"] == address


def test_a_code_stays(clerk: Clerk) -> None:
    """An address that has a code keeps it; one without may get one."""
    street = clerk.street()
    address = clerk.address("1", street=street, rka=CODE)
    clerk.do(ChangeAddress(address=address, attributes={"locator_designator": "1А"}), "2021-01-01")
    changed = clerk.on(ADDRESS, address, "2021-01-01")
    assert changed is not None
    assert changed.attributes["rka"] == CODE
    act = clerk.city.act("2022-01-01")
    for other in ("0201300045217790", None):
        write = Write(ADDRESS, address, act.period, changed.geometry, {**changed.attributes, "rka": other})
        assert "address.address.rka-kept" in clerk.refused(Put((write,)), "2022-01-01")
    bare = {**changed.attributes, "rka": None, "locator_designator": "9"}
    made = clerk.do(Put((Write(ADDRESS, -1, act.period, point(90), bare),)), "2022-01-01").features[-1]
    coded = Write(ADDRESS, made, act.period, point(90), {**bare, "rka": "0201300045217790"})
    assert clerk.do(Put((coded,)), "2022-01-01").number


def test_an_address_without_a_code_is_given_one(clerk: Clerk) -> None:
    """In any spelling, once, and none that another address ever had; the rest of what is said of it stays."""
    taken = clerk.address("1", street=clerk.street(), rka=CODE)
    said = {**clerk.said(ADDRESS, taken, "2020-06-01"), "rka": None, "locator_designator": "9"}
    bare = clerk.do(Put((Write(ADDRESS, -1, clerk.city.act("2020-06-01").period, point(90), said),)), "2020-06-01")
    address = bare.features[-1]
    with pytest.raises(Conflict):
        clerk.do(ChangeAddress(address=address, attributes={"rka": CODE}), "2021-01-01")
    with pytest.raises(number.InvalidRka):
        clerk.do(ChangeAddress(address=address, attributes={"rka": CODE[1:]}), "2021-01-01")
    clerk.do(ChangeAddress(address=address, attributes={"rka": "0201 3000 4521 7790"}), "2021-01-01")
    assert clerk.said(ADDRESS, address, "2021-01-01") == {**said, "rka": "0201300045217790"}
    assert clerk.said(ADDRESS, address, "2020-12-31")["rka"] is None
    for day in ("2020-09-01", "2022-01-01"):
        with pytest.raises(NotChangedSo):
            clerk.do(ChangeAddress(address=address, attributes={"rka": "0201300045217791"}), day)
