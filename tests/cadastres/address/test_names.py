"""What a name may be."""

from dataclasses import replace

import pytest
import shapely

from cadastres.address.verbs import FormPlace, Nameless
from gis.edit import Put
from gis.record import NOWHERE, Write
from tests.cadastres.address.clerk import ABAY, Clerk, line
from tests.city import ORIGIN, City

STREET = "address.street"


def _street(**names: str | None) -> FormPlace:
    return FormPlace(layer=STREET, names={**ABAY, **names}, geometry=line())


@pytest.mark.parametrize("lacking", ["name_kk", "name_ru"])
def test_official_names(desk: Clerk, lacking: str) -> None:
    """Kazakhstan asks for both; the refusal names the one that lacks."""
    found = desk.refused(_street(**{lacking: None}))
    assert [str(detail)[:7] for detail in found["address.name.official"]] == [lacking]


def test_official_names_elsewhere(clerk: Clerk, empty_city: City) -> None:
    """A city whose profile asks for none takes a name in the language of the place; no name at all is no street."""
    there = shapely.MultiLineString([[ORIGIN, (ORIGIN[0] + 100, ORIGIN[1])]])
    plain = FormPlace(layer=STREET, names={"name": "Mannerheimintie"}, geometry=there)
    assert empty_city.register.perform(plain, empty_city.act()).features
    with pytest.raises(Nameless):
        clerk.do(FormPlace(layer=STREET, names={}, geometry=line()))
    # A carriageway of the map that has no name is no named street.
    nameless = Write(STREET, -1, clerk.city.act().period, line(), {"external_reference": "way/1"})
    assert clerk.do(Put((nameless,))).features
    assert "address.name.official" in clerk.refused(Put((replace(nameless, attributes={}),)))


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0", "—", "«»", "..."])
def test_blank_names(desk: Clerk, blank: str) -> None:
    """Blanks and marks alone are no name."""
    assert "name_ru" in str(desk.refused(_street(name_ru=blank))["address.name.blank"])


@pytest.mark.parametrize(
    ("field", "name", "told"),
    [
        ("name_ru", "Улица Aбая", "«Aбая»: A (U+0041)"),
        ("name_ru", "Переулок Сандыктаc", "«Сандыктаc»: c (U+0063)"),
        ("name_kk", "Əуезов көшесі", "«Əуезов»: Ə (U+018F)"),
        ("name_kk", "Шahар көшесі", "(U+0061)"),
        ("name_en", "Аbay avenue", "«Аbay»: А (U+0410)"),
    ],
)
def test_mixed_scripts(desk: Clerk, field: str, name: str, told: str) -> None:
    """A word of two scripts is refused, and the letter that is foreign to the word is named."""
    found = desk.refused(_street(**{field: name}))
    assert told in str(found["address.name.one-script"])


@pytest.mark.parametrize("name", ["XXI ғасыр көшесі", "IT-парк көшесі", "28-ші шағын аудан", "Nurly Tau"])
def test_words_of_their_own_script(clerk: Clerk, name: str) -> None:
    """Latin and Cyrillic words may stand side by side."""
    assert clerk.do(_street(name_kk=name)).features


@pytest.mark.parametrize(
    ("name", "letter"), [("Київ көшесі", "U+0457"), ("Ўзбек көшесі", "U+040E"), ("Zürich", "U+00FC")]
)
def test_kazakh_alphabet(desk: Clerk, name: str, letter: str) -> None:
    """A Kazakh name has no letter of another alphabet."""
    assert letter in str(desk.refused(_street(name_kk=name))["address.name.kazakh-alphabet"])


def test_every_kazakh_letter_is_good(clerk: Clerk) -> None:
    """All forty-two, small and capital."""
    alphabet = "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя"
    assert clerk.do(_street(name_kk=alphabet)).features


def test_the_rules_hold_for_aliases_too(desk: Clerk) -> None:
    """A name that people search by is written as carefully."""
    street = desk.street()
    act = desk.city.act()
    said = {"place_id": street, "kind": "variant", "name": "Aбайка"}
    alias = Write("address.alias", -1, act.period, NOWHERE, said)
    assert set(desk.refused(Put((alias,)))) == {"address.name.one-script"}
