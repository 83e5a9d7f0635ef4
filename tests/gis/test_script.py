"""Scripts of names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.script import is_blank, stray_letter

CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
LATIN = "abcdefghijklmnopqrstuvwxyzäğı"


@given(st.text(CYRILLIC, min_size=3, max_size=12), st.sampled_from(LATIN), st.integers(0, 12))
def test_a_latin_letter_in_a_cyrillic_word(word: str, letter: str, place: int) -> None:
    """Wherever it stands it is found and named."""
    mixed = word[:place] + letter + word[place:]
    found = stray_letter(f"ЖШС {mixed} №1")
    assert found is not None
    assert (found.letter, found.script) == (letter, "Latin")


@given(st.lists(st.one_of(st.text(CYRILLIC, min_size=1), st.text(LATIN, min_size=1)), max_size=6))
def test_words_of_one_script_each(words: list[str]) -> None:
    """Latin words beside Cyrillic ones are no mistake."""
    assert stray_letter(" ".join(words)) is None


@pytest.mark.parametrize("text", ["Іле́", "й", "ё-моё", "O'Brien", "«Nomad-Нур» 2-қабат", "Жақсы2go"])
def test_what_is_no_mistake(text: str) -> None:
    """Accents, decomposed letters, hyphens and digits part words or belong to any script."""
    assert stray_letter(unicodedata.normalize("NFD", text)) is None


def test_other_scripts_are_told() -> None:
    """A Greek letter in a Cyrillic word is neither."""
    found = stray_letter("Αстана")
    assert found is not None
    assert found.script == "Greek"


@pytest.mark.parametrize(("text", "blank"), [("", True), (" \t\u00a0", True), ("—", True), ("7", False), ("Ә", False)])
def test_blank(text: str, blank: bool) -> None:
    """Nothing to read is no name."""
    assert is_blank(text) is blank
