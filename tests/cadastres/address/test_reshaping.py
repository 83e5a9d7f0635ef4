"""Streets merge and split: successors are known, addresses go to them with their codes, in one changeset."""

from collections.abc import Mapping
from typing import Any

import pytest

from cadastres.address.formation import ChangeAddress
from cadastres.address.reshaping import MergePlaces, NotAMember, NotReshaped, Portion, SplitPlace
from cadastres.address.verbs import Nameless, Rename
from cadastres.land.story import LaterChange
from gis.database import connect
from gis.lineage import descents
from tests.cadastres.address.clerk import ABAY, LENIN, SATPAYEV, Clerk, area, line, point

STREET, ADDRESS = "address.street", "address.address"


def _merge(*streets: int, names: Mapping[str, str] = ABAY, **said: Any) -> MergePlaces:
    return MergePlaces(layer=STREET, places=streets, names=names, **said)


def _kin(clerk: Clerk, street: int) -> set[tuple[int, int, str]]:
    with connect(clerk.city.register.database.reader) as connection:
        return {(d.parent, d.child, d.kind) for d in descents(connection, street, "infinity")}


def test_merged_streets_leave_one_successor(clerk: Clerk) -> None:
    """Both end, the successor has both lines, bears the new name, and both old names find it."""
    one, other = clerk.street(LENIN, street_type="street"), clerk.street(SATPAYEV, y=5.0, street_type="street")
    houses = [clerk.address("1", street=one), clerk.address("2", street=other)]
    codes = [clerk.said(ADDRESS, i, "2020-06-01")["rka"] for i in houses]
    done = clerk.do(_merge(one, other), "2021-01-01")
    heir = done.features[-1]
    assert [clerk.on(STREET, i, "2021-01-01") for i in (one, other)] == [None, None]
    merged = clerk.on(STREET, heir, "2021-01-01")
    assert merged is not None
    assert merged.geometry.length == pytest.approx(800.0)
    assert merged.attributes["street_type"] == "street"
    assert clerk.aliases(heir, "2021-01-01") == [("Ленин көшесі", "Улица Ленина"), ("Сәтбаев көшесі", "Улица Сатпаева")]
    assert _kin(clerk, heir) == {(one, heir, "merge"), (other, heir, "merge")}
    told = [clerk.said(ADDRESS, i, "2021-01-01") for i in houses]
    assert [(a["street_id"], a["thoroughfare_name"]) for a in told] == [(heir, "Абай даңғылы")] * 2
    assert [a["rka"] for a in told] == codes
    assert clerk.said(ADDRESS, houses[0], "2020-12-31")["street_id"] == one


def test_a_street_takes_another_in(clerk: Clerk) -> None:
    """It stays itself with its own name and addresses; the other's name, and the other's old names, find it now."""
    small, main = clerk.street(LENIN), clerk.street(ABAY, y=5.0)
    clerk.do(Rename(layer=STREET, place=small, names=SATPAYEV), "2020-03-01")
    own, moved = clerk.address("1", street=main), clerk.address("2", street=small)
    clerk.do(MergePlaces(layer=STREET, places=(small,), into=main), "2021-01-01")
    assert clerk.said(STREET, main, "2021-01-01")["name_kk"] == "Абай даңғылы"
    assert [clerk.said(ADDRESS, i, "2021-01-01")["street_id"] for i in (own, moved)] == [main, main]
    assert clerk.aliases(main, "2021-01-01") == [("Ленин көшесі", "Улица Ленина"), ("Сәтбаев көшесі", "Улица Сатпаева")]
    assert _kin(clerk, main) == {(small, main, "absorb")}


def test_numbers_that_clash_are_listed(clerk: Clerk) -> None:
    """Houses of one number on both streets stand in the way, each named; renumbered, the act goes through."""
    one, other = clerk.street(LENIN), clerk.street(SATPAYEV, y=5.0)
    clerk.address("1", street=one)
    clerk.address("3", street=one)
    twin = clerk.address("1", street=other)
    assert clerk.refused(_merge(one, other)) == {"address.address.unique": ["Абай даңғылы 1"]}
    clerk.do(ChangeAddress(address=twin, attributes={"locator_designator": "1А"}), "2020-12-01")
    assert clerk.do(_merge(one, other), "2021-01-01").features


def test_mergers_that_can_t_be(clerk: Clerk) -> None:
    """One street, one twice, no name, a street renamed later: each is refused."""
    one, other = clerk.street(LENIN), clerk.street(SATPAYEV, y=5.0)
    for streets in ((one,), (one, one)):
        with pytest.raises(NotReshaped):
            clerk.do(_merge(*streets))
    with pytest.raises(Nameless):
        clerk.do(_merge(one, other, names={}))
    clerk.do(Rename(layer=STREET, place=other, names=ABAY), "2022-01-01")
    with pytest.raises(LaterChange):
        clerk.do(_merge(one, other), "2021-01-01")


def _split(street: int, *portions: Portion) -> SplitPlace:
    return SplitPlace(layer=STREET, place=street, portions=portions)


WEST = Portion(geometry=line(0, 0, 200), names=LENIN)
EAST = Portion(geometry=line(0, 200, 400), names=SATPAYEV)


def test_addresses_go_to_the_nearest_part(clerk: Clerk) -> None:
    """Each house goes to the part that it stands by, with its flats, unless the act lists it for another."""
    street = clerk.street(LENIN)
    west, east = (clerk.address(n, street=street, geometry=point(x)) for n, x in (("1", 50), ("2", 350)))
    listed = clerk.address("3", street=street, geometry=point(60))
    flat = clerk.address("7", parent=east)
    portion = Portion(geometry=EAST.geometry, names=SATPAYEV, addresses=(listed,))
    done = clerk.do(_split(street, WEST, portion), "2021-01-01")
    first, second = done.features[-1], done.features[-2]
    streets = [clerk.said(ADDRESS, i, "2021-01-01")["street_id"] for i in (west, east, listed, flat)]
    assert streets == [first, second, second, second]
    spelled = [clerk.said(ADDRESS, i, "2021-01-01")["thoroughfare_name"] for i in (west, east)]
    assert spelled == ["Ленин көшесі", "Сәтбаев көшесі"]
    assert _kin(clerk, street) == {(street, first, "split"), (street, second, "split")}
    assert clerk.on(STREET, street, "2021-01-01") is None
    assert clerk.aliases(first, "2021-01-01") == []
    assert clerk.aliases(second, "2021-01-01") == [("Ленин көшесі", "Улица Ленина")]


def test_splits_that_can_t_be(clerk: Clerk) -> None:
    """One part, parts that leave some of the street out or reach beyond it, a stranger's address: each is refused."""
    street, other = clerk.street(LENIN), clerk.street(ABAY, y=90)
    stranger = clerk.address("1", street=other)
    short, beyond = (Portion(geometry=line(0, 200, end), names=SATPAYEV) for end in (300, 500))
    for portions in ((WEST,), (WEST, short), (WEST, beyond)):
        with pytest.raises(NotReshaped):
            clerk.do(_split(street, *portions))
    with pytest.raises(NotAMember):
        clerk.do(_split(street, WEST, Portion(geometry=EAST.geometry, names=SATPAYEV, addresses=(stranger,))))


def test_a_microdistrict_is_split_by_area(clerk: Clerk) -> None:
    """The parts make up the whole, or the act is refused."""
    place = clerk.place({"name_kk": "Самал", "name_ru": "Самал"}, area(0, 0, 200, 100))
    house = clerk.address("1", named_place=place, geometry=point(150, 50))
    names = [{"name_kk": f"Самал-{n}", "name_ru": f"Самал-{n}"} for n in (1, 2)]
    parts = [
        Portion(geometry=area(0, 0, 100, 100), names=names[0]),
        Portion(geometry=area(100, 0, 200, 100), names=names[1]),
    ]
    bad = Portion(geometry=area(100, 0, 190, 100), names=names[1])
    split = SplitPlace(layer="address.named_place", place=place, portions=(parts[0], bad))
    assert "address.place.boundary-conserves" in clerk.refused(split)
    done = clerk.do(SplitPlace(layer="address.named_place", place=place, portions=tuple(parts)), "2021-01-01")
    assert clerk.said(ADDRESS, house, "2021-01-01")["named_place_id"] == done.features[-2]
