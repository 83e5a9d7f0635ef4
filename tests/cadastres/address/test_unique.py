"""No two addresses in force read alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cadastres.address.formation import AbolishAddress, ChangeAddress, FormAddress
from gis.database import connect
from gis.errors import QalaError
from tests.cadastres.address.clerk import ABAY, SATPAYEV, Clerk, area, point

RULE = "address.address.unique"


@pytest.mark.parametrize("again", ["12А", "12а", "12A", "12 А"])
def test_the_same_number_is_refused_however_it_is_written(desk: Clerk, again: str) -> None:
    """Case, blanks and letters that look alike don't make another number."""
    street = desk.street()
    desk.address("12А", street=street)
    assert list(desk.refused(FormAddress(designator=again, street=street, geometry=point(1)))) == [RULE]


def test_what_makes_a_number_another(clerk: Clerk) -> None:
    """Another street, another block, another flat, another house's flat, another microdistrict."""
    street, other = clerk.street(ABAY), clerk.street(SATPAYEV, y=100)
    named = {"Самал": 0, "Алмалы": 100}
    places = [clerk.place({"name_kk": n, "name_ru": n}, area(x, 0, x + 99, 99)) for n, x in named.items()]
    houses = [clerk.address("12", street=street), clerk.address("12", street=street, block="1"),
              clerk.address("12", street=other), *(clerk.address("12", named_place=p) for p in places)]  # fmt: skip
    flats = [clerk.address("12", parent=house) for house in houses[:2]]
    assert len({*houses, *flats}) == 7
    same_flat = FormAddress(designator="12", parent=houses[0])
    assert set(clerk.refused(same_flat)) == {RULE}


def test_a_number_is_free_after_its_address_ended(clerk: Clerk) -> None:
    """From the day of its end on, and not a day before."""
    street = clerk.street()
    address = clerk.address("12", street=street)
    clerk.do(AbolishAddress(address=address), "2021-01-01")
    early = FormAddress(designator="12", street=street, geometry=point(1))
    assert RULE in clerk.refused(early, "2020-12-31")
    assert clerk.address("12", "2021-01-01", street=street) > address


def test_a_change_may_not_make_two_alike(clerk: Clerk) -> None:
    """Renumbering a house to its neighbour's number is refused, and names the neighbour."""
    street = clerk.street()
    clerk.address("12", street=street)
    second = clerk.address("14", street=street)
    found = clerk.refused(ChangeAddress(address=second, attributes={"locator_designator": "12"}))
    assert found == {RULE: ["Абай даңғылы 12"]}


def test_two_clerks_one_number(clerk: Clerk) -> None:
    """Of two who give one number at once, with codes of their own and points far apart, exactly one is recorded."""
    street = clerk.street()

    def give(code: int) -> bool:
        try:
            clerk.address("12", street=street, geometry=point(code % 2 * 5000.0), rka=f"02013000452{code:05d}")
        except QalaError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        for code in (0, 2, 4, 6):
            assert sorted(pool.map(give, (code, code + 1))) == [False, True]
            clerk.do(AbolishAddress(address=_of_number_12(clerk)), "2020-06-01")


def _of_number_12(clerk: Clerk) -> int:
    with connect(clerk.city.register.database.reader) as connection:
        row = connection.execute(
            "SELECT feature_id FROM address.address WHERE upper_inf(recorded) AND NOT abolished ORDER BY 1 DESC LIMIT 1"
        ).fetchone()
    assert row is not None
    return int(row[0])
