"""Numbers of buildings and premises: whatever is written is read back, and nothing else is taken for one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastres.land.number import CadastralNumber
from cadastres.real_estate import number
from cadastres.real_estate.number import BuildingNumber, InvalidBuildingNumber, InvalidPremisesNumber, PremisesNumber
from gis.errors import BadRequest

digits = st.integers(1, 999).map(lambda n: f"{n:03d}")
parcels = st.builds(
    CadastralNumber, st.integers(1, 99).map(lambda n: f"{n:02d}"), digits, digits, st.integers(1, 99999)
)
letters = st.from_regex(r"([А-ЯӘҒҚҢӨҰҮҺІ]{1,2}[0-9]{0,2})?", fullmatch=True)
buildings = st.builds(BuildingNumber, parcels, st.integers(1, 99999), letters)
premises = st.builds(PremisesNumber, buildings, st.integers(1, 99999))
separators = st.sampled_from(["", "-", ":", " ", "\N{EN DASH}", " - "])


@given(buildings, separators)
def test_building_numbers_are_read_as_they_are_written(one: BuildingNumber, separator: str) -> None:
    """In any spelling of the parcel's part, in small letters too."""
    told = one.spelled(separator)
    assert number.parse_building(told) == number.parse_building(told.lower()) == one
    assert number.compact_building(told) == str(one)
    assert number.parse_building(one.spelled("-")) == one
    assert number.parcel_of(str(one)) == str(one.parcel)


@given(premises, separators)
def test_premises_numbers_are_read_as_they_are_written(one: PremisesNumber, separator: str) -> None:
    """A premises' number extends its building's; the number of a building is never taken for one with a letter."""
    told = one.spelled(separator)
    assert number.parse_premises(told) == one
    with pytest.raises(InvalidBuildingNumber):
        number.parse_building(str(one))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_three_languages(text: str) -> None:
    """No text makes the module fail otherwise than by its own refusal."""
    for parse in (number.parse_building, number.parse_premises):
        found = _read(parse, text)
        if isinstance(found, BadRequest):
            assert all(found.in_language(language) for language in ("kk", "ru", "en"))
        else:
            assert parse(str(found)) == found


def _read(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text)
    except BadRequest as refused:
        return refused


@pytest.mark.parametrize(
    "text", ["", "20-313-003-057", "20-313-003-057:0", "20-313-003-057:1/", "057:1/А", "20-313-003-057:1/А:2"]
)
def test_what_is_no_building_number(text: str) -> None:
    """A parcel's number, a serial of zero, a slash without a letter, premises."""
    with pytest.raises(InvalidBuildingNumber, match="20-313-003-057:1/А"):
        number.parse_building(text)


@pytest.mark.parametrize("text", ["", "20-313-003-057:1/А", "20-313-003-057:1/А:0", "X:1:1"])
def test_what_is_no_premises_number(text: str) -> None:
    """A building's number with a letter, a serial of zero, no parcel."""
    with pytest.raises(InvalidPremisesNumber):
        number.parse_premises(text)


@given(buildings, parcels, st.lists(st.integers(1, 50), max_size=5))
def test_a_moved_building_takes_a_free_serial(one: BuildingNumber, parcel: CadastralNumber, taken: list[int]) -> None:
    """Its own serial if that is free on the new parcel, else one above all; the letter stays."""
    issued = [f"{parcel}:{serial}" for serial in taken]
    found = number.parse_building(number.moved(str(one), str(parcel), issued))
    assert found.serial not in taken
    assert (found.parcel, found.letter) == (parcel, one.letter)
    assert found.serial == one.serial or one.serial in taken


def test_no_serial_is_left() -> None:
    """After the last serial there is none; the refusal says so."""
    with pytest.raises(BadRequest, match="no serial is left"):
        number.next_building("20313003057", ["20313003057:99999"])
