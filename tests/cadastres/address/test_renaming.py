"""A street gets another name: it stays the same street, its addresses stay, the old name is not forgotten."""

from dataclasses import replace
from datetime import date

import pytest

from cadastres.address.verbs import ChangePlace, NotChangedSo, NothingChanged, Rename
from gis.act import Case, Needs, Outcome
from gis.database import connect
from gis.edit import Put
from gis.profile import CityProfile
from gis.record import Write
from tests.cadastres.address.clerk import ABAY, LENIN, SATPAYEV, Clerk

STREET, ADDRESS = "address.street", "address.address"


def _rename(street: int, names: dict[str, str] = ABAY) -> Rename:
    return Rename(layer=STREET, place=street, names=names)


def test_old_name_stays_findable(clerk: Clerk) -> None:
    """From the day of the act on the street bears the new name and the old one is its alias; before, not yet."""
    street = clerk.street(LENIN)
    clerk.do(_rename(street), "2021-01-01")
    assert clerk.said(STREET, street, "2020-12-31")["name_kk"] == "Ленин көшесі"
    assert clerk.said(STREET, street, "2021-01-01")["name"] == "Абай даңғылы"
    assert clerk.aliases(street, "2020-12-31") == []
    assert clerk.aliases(street, "2021-01-01") == [("Ленин көшесі", "Улица Ленина")]


def test_only_the_name_that_changes_becomes_an_alias(clerk: Clerk) -> None:
    """A name that stays in one language is no former name."""
    street = clerk.street(LENIN)
    clerk.do(_rename(street, {"name_kk": "Абай көшесі", "name_ru": "Улица Ленина"}))
    assert clerk.aliases(street, "2022-01-01") == [("Ленин көшесі", None)]


def test_twice_renamed_and_named_back(clerk: Clerk) -> None:
    """Every name once borne stays an alias, each once."""
    street = clerk.street(LENIN)
    clerk.do(_rename(street, ABAY), "2021-01-01")
    clerk.do(_rename(street, SATPAYEV), "2022-01-01")
    clerk.do(_rename(street, ABAY), "2023-01-01")
    names = [("Абай даңғылы", "Проспект Абая"), ("Ленин көшесі", "Улица Ленина"), ("Сәтбаев көшесі", "Улица Сатпаева")]
    assert clerk.aliases(street, "2023-06-01") == names


def test_addresses_keep_their_codes_and_spell_the_new_name(clerk: Clerk) -> None:
    """Rule 35: the same address, the same code, the new name on it; one spelled in Russian stays Russian."""
    street = clerk.street(LENIN)
    first, second = clerk.address("1", street=street), clerk.address("2", street=street)
    act = clerk.city.act("2020-07-01")
    before = clerk.said(ADDRESS, second, "2020-07-01")
    point = clerk.on(ADDRESS, second, "2020-07-01")
    assert point is not None
    russian = {**before, "thoroughfare_name": "Улица Ленина"}
    clerk.do(Put((Write(ADDRESS, second, act.period, point.geometry, russian),)), "2020-07-01")
    codes = [clerk.said(ADDRESS, i, "2020-07-01")["rka"] for i in (first, second)]
    clerk.do(_rename(street), "2021-01-01")
    after = [clerk.said(ADDRESS, i, "2021-01-01") for i in (first, second)]
    assert [a["rka"] for a in after] == codes
    assert [a["street_id"] for a in after] == [street, street]
    assert [a["thoroughfare_name"] for a in after] == ["Абай даңғылы", "Проспект Абая"]
    assert clerk.said(ADDRESS, first, "2020-12-31")["thoroughfare_name"] == "Ленин көшесі"


def test_a_retroactive_renaming_reaches_to_the_next_one(clerk: Clerk) -> None:
    """An act found late puts a name between two others; what the register said before stays on record."""
    street = clerk.street(LENIN)
    clerk.do(_rename(street, SATPAYEV), "2022-01-01")
    clerk.do(_rename(street, ABAY), "2021-01-01")
    names = [clerk.said(STREET, street, day)["name_kk"] for day in ("2020-06-01", "2021-06-01", "2022-06-01")]
    assert names == ["Ленин көшесі", "Абай даңғылы", "Сәтбаев көшесі"]
    with connect(clerk.city.register.database.reader) as connection:
        row = connection.execute("SELECT count(*) FROM address.street WHERE NOT upper_inf(recorded)").fetchone()
    assert row is not None
    assert row[0] >= 1


def test_an_alias_ends_where_the_street_does(clerk: Clerk) -> None:
    """Renaming in the past of a street that has ended since leaves no alias without its street."""
    from cadastres.address.verbs import AbolishPlace  # noqa: PLC0415 - beside its only use

    street = clerk.street(LENIN)
    clerk.do(AbolishPlace(layer=STREET, place=street), "2022-01-01")
    clerk.do(_rename(street), "2021-01-01")
    assert clerk.aliases(street, "2021-06-01") == [("Ленин көшесі", "Улица Ленина")]
    assert clerk.aliases(street, "2022-01-01") == []


def test_the_same_name_again_is_refused(clerk: Clerk) -> None:
    """An act that changes nothing is a slip."""
    street = clerk.street(ABAY)
    with pytest.raises(NothingChanged):
        clerk.do(_rename(street))


def test_a_name_does_not_vanish(clerk: Clerk) -> None:
    """Whoever writes a new name over an old one without its alias is refused."""
    street = clerk.street(LENIN)
    before = clerk.on(STREET, street, "2020-06-01")
    assert before is not None
    act = clerk.city.act("2021-01-01")
    said = {**before.attributes, **ABAY, "name": ABAY["name_kk"]}
    found = clerk.refused(Put((Write(STREET, street, act.period, before.geometry, said),)))
    assert sorted(map(str, found["address.place.old-name-kept"])) == ["Ленин көшесі", "Улица Ленина"]
    with pytest.raises(NotChangedSo):
        clerk.do(ChangePlace(layer=STREET, place=street, attributes={"name_kk": "Абай"}))


def test_kind_and_unit_change_by_their_own_verb(clerk: Clerk) -> None:
    """What is not a name changes without an alias."""
    street = clerk.street(street_type="street")
    clerk.do(ChangePlace(layer=STREET, place=street, attributes={"street_type": "avenue"}))
    assert clerk.said(STREET, street, "2021-01-01")["street_type"] == "avenue"
    assert clerk.said(STREET, street, "2020-12-31")["street_type"] == "street"
    assert clerk.aliases(street, "2021-06-01") == []


class _Twice:
    """Two renamings of one street in one act: the follower must come to rest."""

    verb = "address.street.rename"

    def __init__(self, street: int) -> None:
        self.street = street

    def needs(self, profile: CityProfile) -> Needs:
        """Return what the first needs."""
        return _rename(self.street).needs(profile)

    def decide(self, case: Case) -> Outcome:
        """Return both: one name for a year, another from then on."""
        first, second = _rename(self.street, ABAY).decide(case), _rename(self.street, SATPAYEV).decide(case)
        later = case.profile.midnight(date(2022, 1, 1))
        moved = [replace(w, valid=replace(w.valid, start=later)) for w in second.writes if w.layer == STREET]
        alias = next(w for w in second.writes if w.layer != STREET)
        both = {**alias.attributes, "name": "Абай даңғылы", "name_kk": "Абай даңғылы", "name_ru": "Проспект Абая"}
        return first + Outcome((*moved, replace(alias, feature_id=-2, attributes=both)))


def test_two_names_in_one_act(clerk: Clerk) -> None:
    """Each address spells the name of its time."""
    street = clerk.street(LENIN)
    address = clerk.address("1", street=street)
    clerk.do(_Twice(street), "2021-01-01")
    spelled = [clerk.said(ADDRESS, address, day)["thoroughfare_name"] for day in ("2021-06-01", "2022-06-01")]
    assert spelled == ["Абай даңғылы", "Сәтбаев көшесі"]
