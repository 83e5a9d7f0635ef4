"""Addresses are found as people write them, by names old and new, at any point of both axes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import shapely

from cadastres.address.model import STREET
from cadastres.address.verbs import Rename
from gis.database import connect
from gis.errors import BadRequest
from gis.instant import Instant
from tests.cadastres.address.town import Town, built
from tests.city import ORIGIN, City


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> Iterator[Town]:
    """The town of these tests; nothing is written to it after it is built."""
    city = fresh_city("helsinki")
    yield built(city)
    city.register.close()


WRITTEN = [
    # as on record, in both languages
    ("улица Абая Кунанбаева, 12", "abai", "12"),
    ("Абай Құнанбаев көшесі, 12", "abai", "12"),
    # abbreviated, with every marker of a house
    ("ул. Абая Кунанбаева д.12", "abai", "12"),
    ("ул Абая Кунанбаева, дом 12А", "abai", "12А"),
    ("Абай Құнанбаев көш., 12 үй", "abai", "12"),
    ("Абай Құнанбаев к-сі 12/1", "abai", "12/1"),
    ("пр-т Победы, 7", "jenis", "7"),
    ("Жеңіс даң. 7-үй", "jenis", "7"),
    ("пер. Мира 120", "lane", "120"),
    # a block in any of its spellings
    ("ул. Абая Кунанбаева 12 к2", "abai", "12 корпус 2"),
    ("ул. Абая Кунанбаева 12к2", "abai", "12 корпус 2"),
    ("ул. Абая Кунанбаева, 12, корп. 2", "abai", "12 корпус 2"),
    # reordered
    ("12/1 Абая Кунанбаева улица", "abai", "12/1"),
    ("Кунанбаева Абая 12", "abai", "12"),
    ("Құнанбаев Абай көшесі, 12", "abai", "12"),
    # Latin: the alphabets of 2021 and 2018, and everyday ones
    ("Abai Qūnanbaev köşesı 12", "abai", "12"),
    ("Abaı Qunanbaev kóshesi 12", "abai", "12"),
    ("ulitsa Abaya Kunanbaeva 12", "abai", "12"),
    ("Zhenis dangyly 7", "jenis", "7"),
    ("Jeñıs dañğyly 7", "jenis", "7"),
    ("12 Kanysh Satpaev street", "satpaev", "12"),
    # case, ё and look-alike letters of the other script
    ("УЛИЦА АБАЯ КУНАНБАЕВА 12", "abai", "12"),
    ("аБАЙ қҰНАНБАЕВ кӨШЕСІ 12", "abai", "12"),
    ("улица Aбaя Кунaнбaевa 12a", "abai", "12А"),
    # one slip of the hand
    ("улица Абая Кунанбева 12", "abai", "12"),
    ("улица Аабя Кунанбаева 12", "abai", "12"),
    ("проспкт Победы 7", "jenis", "7"),
    ("пер. Мриа 7", "lane", "7"),
    # numbers in names
    ("ул. 8 Марта 12", "womens", "12"),
    ("8 Марта, 7", "womens", "7"),
    ("улица Е-623 7", "sixth", "7"),
    ("ул. Е623, д. 7", "sixth", "7"),
    ("ул. e 623 7", "sixth", "7"),
    ("мкр. Самал-2, 15", "samal", "15"),
    ("Самал 2, үй 15", "samal", "15"),
    ("Самал-2 ш/а 15", "samal", "15"),
    # the surname alone, an initial
    ("Сатпаева 12", "satpaev", "12"),
    ("ул. К. Сатпаева 12", "satpaev", "12"),
    # the city, a district, a post code, a country's worth of commas
    ("г. Хельсинки, ул. Абая Кунанбаева, д. 12", "abai", "12"),
    ("Хельсинки Абая Кунанбаева 12", "abai", "12"),
    ("010000, Хельсинки қаласы, Есіл ауданы, Жеңіс даңғылы, 7", "jenis", "7"),
]


@pytest.mark.parametrize(("text", "street", "house"), WRITTEN)
def test_the_right_address_is_first(town: Town, text: str, street: str, house: str) -> None:
    """Whatever the script, the order and the abbreviations."""
    found = town.first(text)
    assert (found.address_id, found.complete) == (town.houses[street, house], True)


def test_the_kind_of_street_tells_two_of_one_name_apart(town: Town) -> None:
    """Абай is a street and an avenue: the kind that is written decides."""
    assert town.first("проспект Абая 12").place_id == town.places["abai_avenue"]
    assert town.first("Абай даңғылы 12").place_id == town.places["abai_avenue"]


def test_a_flat_is_found_in_its_house(town: Town) -> None:
    """In either order of the marker, and by a hyphen; a flat that is not there leaves the house."""
    for text in ("ул. Абая Кунанбаева 12, кв. 7", "Абай Құнанбаев көшесі 12 үй 7 пәтер", "Абая Кунанбаева 12-7"):
        assert town.first(text).address_id == town.houses["abai", "12-7"], text
    house = town.first("ул. Абая Кунанбаева 12 кв 99")
    assert (house.address_id, house.complete) == (town.houses["abai", "12"], False)


def test_a_former_name_finds_the_street_and_says_so(town: Town) -> None:
    """Whoever remembers Lenin avenue finds it under its new name."""
    found = town.first("проспект Ленина 7")
    assert found.address_id == town.houses["jenis", "7"]
    assert (found.matched, found.standing) == ("проспект Ленина", "former")
    assert found.names[2] == "проспект Победы"


def test_a_street_is_found_without_a_house(town: Town) -> None:
    """And one whose house is not there, with the houses whose number begins like it behind."""
    street = town.first("улица Каныша Сатпаева")
    assert (street.place_id, street.address_id, street.complete) == (town.places["satpaev"], None, True)
    answer = town.find("ул. Каныша Сатпаева 12Б").found
    assert (answer[0].place_id, answer[0].address_id, answer[0].complete) == (town.places["satpaev"], None, False)
    like = {each.address_id for each in answer[1:] if each.place_id == town.places["satpaev"]}
    assert like == {town.houses["satpaev", n] for n in ("12", "12А", "12/1", "12 корпус 2")}


def test_a_renamed_street_is_found_by_both_names_at_their_times(fresh_city: Callable[[str], City]) -> None:
    """Before the act took effect the new name was unknown; afterwards the old one is former."""
    city = fresh_city("helsinki")
    town = built(city)
    before = town.find("улица Каныша Сатпаева 7").reading
    with connect(city.register.database.reader) as connection:
        row = connection.execute("SELECT max(recorded) FROM qala.changeset").fetchone()
    known = row[0] if row else None
    _rename(town, "satpaev", "Мұхтар Әуезов көшесі", "улица Мухтара Ауэзова", "2022-06-01")
    now = town.first("ул. Мухтара Ауэзова 7")
    assert (now.address_id, now.standing) == (town.houses["satpaev", "7"], "current")
    old = town.first("улица Каныша Сатпаева 7")
    assert (old.address_id, old.matched, old.standing) == (now.address_id, "улица Каныша Сатпаева", "former")
    then = town.first("улица Каныша Сатпаева 7", Instant(valid=datetime(2021, 1, 1, tzinfo=UTC)))
    assert then.standing == "current"
    assert not town.find("ул. Мухтара Ауэзова 7", Instant(valid=datetime(2021, 1, 1, tzinfo=UTC))).found
    assert not town.find("ул. Мухтара Ауэзова 7", Instant(before.valid, known)).found
    assert town.first("улица Каныша Сатпаева 7", Instant(before.valid, known)).standing == "current"
    city.register.close()


def _rename(town: Town, street: str, kk: str, ru: str, day: str) -> None:
    command = Rename(layer=STREET.name, place=town.places[street], names={"name_kk": kk, "name_ru": ru})
    town.city.register.perform(command, town.city.act(day))


def test_many_texts_are_answered_as_each_alone(town: Town) -> None:
    """A batch gives the first answer of each search, in order, and nothing for what is nowhere."""
    texts = [text for text, _, _ in WRITTEN] + ["улица Несуществующая 5", "", "12"]
    alone = [town.find(text, limit=1).found for text in texts]
    expected = [each[0].address_id if each else None for each in alone]
    assert [each.address_id if each else None for each in town.located(texts)] == expected


def test_of_two_answers_alike_the_nearer_is_first(fresh_city: Callable[[str], City]) -> None:
    """Two streets of one name: the one beside the asker."""
    city = fresh_city("helsinki")
    streets = []
    for east in (0.0, 9000.0):
        line = shapely.MultiLineString([[(ORIGIN[0] + east, ORIGIN[1]), (ORIGIN[0] + east + 90, ORIGIN[1])]])
        kk, ru = "Бірлік көшесі", "улица Бирлик"
        streets.append(city.put("address.street", line, name=kk, name_kk=kk, name_ru=ru))
    town = Town(city)
    for street, east in zip(streets, (0.0, 9000.0), strict=True):
        found = town.find("улица Бирлик", near=(ORIGIN[0] + east, ORIGIN[1] + 50)).found
        assert found[0].place_id == street
        assert found[0].distance == pytest.approx(50.0)
        assert len(found) == 2
    city.register.close()


@pytest.mark.parametrize(
    "text",
    [
        "%' OR 1=1 --",
        "%%%___",
        "\\",
        "'",
        "улица \x00 Абая",
        "🏠 12",
        "а" * 10_000,
        "1 " * 150,
        "//--,,..",
        "к к к 1 1 1",
    ],
)
def test_hostile_texts_find_nothing_and_break_nothing(town: Town, text: str) -> None:
    """Wildcards, quotes, NULs and ten thousand letters are but letters."""
    answer = town.find(text)
    assert all(0 <= each.score <= 1 for each in answer.found)


def test_the_record_of_a_later_moment_is_refused(town: Town) -> None:
    """Nobody can ask what the register will know."""
    with pytest.raises(BadRequest):
        town.find("улица Абая", Instant(recorded=datetime(2999, 1, 1, tzinfo=UTC)))
