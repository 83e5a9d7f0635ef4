"""A street ends only when no address hangs on it."""

from cadastres.address.formation import AbolishAddress
from cadastres.address.verbs import AbolishPlace, Rename
from gis.edit import Put
from gis.record import Write
from tests.cadastres.address.clerk import ABAY, LENIN, SATPAYEV, Clerk, area, line

STREET, ADDRESS = "address.street", "address.address"
RULE = "address.place.no-live-addresses"


def test_a_street_with_addresses_stays(clerk: Clerk) -> None:
    """The refusal counts them and names their numbers; those that ended don't count."""
    street = clerk.street()
    houses = [clerk.address(n, street=street) for n in ("1", "2", "3")]
    clerk.do(AbolishAddress(address=houses[0]), "2021-01-01")
    found = clerk.refused(AbolishPlace(layer=STREET, place=street), "2021-06-01")
    assert found[RULE] == ["2: 2, 3"]
    assert clerk.on(STREET, street, "2021-06-01") is not None
    for house in houses[1:]:
        clerk.do(AbolishAddress(address=house), "2021-03-01")
    clerk.do(AbolishPlace(layer=STREET, place=street), "2021-06-01")
    assert clerk.on(STREET, street, "2021-06-01") is None
    assert clerk.on(STREET, street, "2021-05-31") is not None


def test_so_do_places_and_units(clerk: Clerk) -> None:
    """The same holds for whatever else addresses hang on."""
    place = clerk.place({"name_kk": "Самал", "name_ru": "Самал"}, area(0, 0, 200, 200))
    unit = clerk.unit({"name_kk": "Медеу ауданы", "name_ru": "Медеуский район"}, area(0, 0, 900, 900))
    clerk.address("1", named_place=place, admin_unit=unit)
    for layer, feature in (("address.named_place", place), ("address.admin_unit", unit)):
        assert clerk.refused(AbolishPlace(layer=layer, place=feature))[RULE] == ["1: 1"]


def test_its_old_names_end_with_it(clerk: Clerk) -> None:
    """An alias of nothing is no alias."""
    street = clerk.street(LENIN)
    clerk.do(Rename(layer=STREET, place=street, names=ABAY), "2021-01-01")
    clerk.do(AbolishPlace(layer=STREET, place=street), "2022-01-01")
    assert clerk.aliases(street, "2021-06-01") == [("Ленин көшесі", "Улица Ленина")]
    assert clerk.aliases(street, "2022-01-01") == []


def test_a_successor_is_named(clerk: Clerk) -> None:
    """Moving the addresses of a street that ends, without saying what succeeds it, is refused."""
    street, other = clerk.street(LENIN), clerk.street(SATPAYEV, y=50)
    house = clerk.address("1", street=street)
    version = clerk.on(ADDRESS, house, "2020-06-01")
    assert version is not None
    period = clerk.city.act("2021-01-01").period
    names = {**LENIN, "name": "Ленин көшесі"}
    silently = Put((
        Write(STREET, street, period, line(), names, abolished=True),
        Write(ADDRESS, house, period, version.geometry, {**version.attributes, "street_id": other}),
    ))  # fmt: skip
    assert clerk.refused(silently) == {"address.street.successor-named": [str(house)]}
