"""The cadastral number: every spelling means one number, and nothing else is taken for one."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastres.land import number
from cadastres.land.number import (
    CadastralNumber,
    InvalidComponent,
    InvalidFormat,
    InvalidLength,
    InvalidNumber,
    compact,
    format_quarter,
    is_valid,
    next_number,
    parse,
    parse_quarter,
    validate,
)
from gis.text import LANGUAGES

NUMBERS = st.builds(
    CadastralNumber,
    region=st.integers(1, 99).map("{:02}".format),
    district=st.integers(0, 999).map("{:03}".format),
    quarter=st.integers(0, 999).map("{:03}".format),
    serial=st.integers(1, number.LARGEST_SERIAL),
)
SEPARATORS = st.sampled_from(["-", ":", " ", "–", "—", "−", "‑", " - ", "\N{NO-BREAK SPACE}", "\t", "："])


def test_doctests_hold() -> None:
    """The module's examples, failures included, say what happens."""
    assert doctest.testmod(number).failed == 0


@given(NUMBERS, st.lists(SEPARATORS, min_size=3, max_size=3), st.integers(0, 7), st.sampled_from(["", " ", "\ufeff"]))
def test_every_spelling_reads_as_the_same_number(
    cadastral: CadastralNumber, separators: list[str], kept: int, edge: str
) -> None:
    """Any separators at the ends of any of the parts, or none, give the same number."""
    parts = [cadastral.region, cadastral.district, cadastral.quarter, f"{cadastral.serial:03}"]
    chosen = [separator if kept & 1 << i else "" for i, separator in enumerate(separators)]
    spelled = edge + "".join(part + separator for part, separator in zip(parts, [*chosen, ""], strict=True)) + edge
    assert parse(spelled) == cadastral
    assert compact(spelled) == "".join(parts)
    assert number.format(spelled) == "-".join(parts)


@given(NUMBERS)
def test_formatting_and_compacting_undo_each_other(cadastral: CadastralNumber) -> None:
    """The two spellings of a number lead back to it."""
    assert parse(str(cadastral)) == parse(number.format(str(cadastral))) == cadastral
    assert validate(number.format(str(cadastral))) == str(cadastral)


@given(NUMBERS, NUMBERS)
def test_two_numbers_never_share_a_compact_spelling(one: CadastralNumber, other: CadastralNumber) -> None:
    """The stored spelling can be the key of what was ever issued."""
    assert (str(one) == str(other)) == (one == other)


@given(st.text(alphabet="0123456789-: –A/.", max_size=20) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises anything but the declared refusals, and what is read has the digits that were written."""
    if is_valid(text):
        digits = "".join(c for c in text if c in "0123456789")
        assert digits.startswith(parse(text).quarter_code)
        assert int(digits[8:]) == parse(text).serial
    else:
        with pytest.raises(InvalidNumber) as refusal:
            parse(text)
        assert all(refusal.value.in_language(language) for language in LANGUAGES)


def test_padded_serial_is_the_same_parcel() -> None:
    """A 12-digit spelling with a zero in front of the serial does not make a second parcel."""
    assert compact("203150940111") == compact("20-315-094-0111") == "20315094111"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", InvalidLength),
        ("20-315-094", InvalidLength),
        ("2031509411", InvalidLength),
        ("203150941111111", InvalidLength),
        ("20-315-94-1111", InvalidComponent),
        ("2-315-094-111", InvalidComponent),
        ("20-3150-94-111", InvalidComponent),
        ("00-315-094-111", InvalidComponent),
        ("20-315-094-000", InvalidComponent),
        ("203-15094111", InvalidFormat),
        ("20-315-0941-11", InvalidComponent),
        ("20:313:003:057:1", InvalidFormat),
        ("20:313:003:057:1/А", InvalidFormat),
        ("20.315.094.111", InvalidFormat),
        ("20315094111.0", InvalidFormat),
        ("2.0315094111E+10", InvalidFormat),
        ("٢٠٣١٥٠٩٤١١١", InvalidFormat),
        ("2031509411²", InvalidFormat),
        ("75118000AA0002", InvalidFormat),
        ("1" * 10_000, InvalidFormat),
        ("20-315-094-111'; DROP TABLE land.parcel", InvalidFormat),
    ],
)
def test_refusal_is_of_the_right_kind(text: str, kind: type[InvalidNumber]) -> None:
    """What is wrong decides which refusal comes, and its message stays short."""
    with pytest.raises(kind) as refusal:
        parse(text)
    assert type(refusal.value) is kind
    assert len(str(refusal.value)) < 300


def test_refusal_speaks_three_languages() -> None:
    """The same refusal names the part that is wrong in Kazakh, Russian and English."""
    with pytest.raises(InvalidComponent) as refusal:
        parse("20-315-94-1111")
    assert "есептік орамның коды «94»" in refusal.value.in_language("kk")
    assert "код учётного квартала «94»" in refusal.value.in_language("ru")
    assert "the quarter is '94'" in refusal.value.in_language("en")


@given(NUMBERS.filter(lambda n: n.serial < number.LARGEST_SERIAL))
def test_next_number_follows_in_the_same_quarter(cadastral: CadastralNumber) -> None:
    """The next serial is one more, its quarter the same, in whatever spelling the quarter was given."""
    following = parse(next_number(format_quarter(cadastral.quarter_code), cadastral.serial))
    assert following.quarter_code == cadastral.quarter_code
    assert following.serial == cadastral.serial + 1
    assert following > cadastral


def test_first_number_of_a_quarter_is_one() -> None:
    """A quarter without parcels begins at 001."""
    assert next_number("20315094", 0) == "20315094001"


@pytest.mark.parametrize("last", [-1, number.LARGEST_SERIAL, 10**9])
def test_no_number_after_the_last(last: int) -> None:
    """A full quarter, or a serial that can't have been, is refused with the bounds."""
    with pytest.raises(InvalidComponent, match="1 to 999999"):
        next_number("20-315-094", last)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("20-315-094-111", InvalidFormat),
        ("2031509", InvalidLength),
        ("20-315-94", InvalidComponent),
        ("00-315-094", InvalidComponent),
        ("203-15094", InvalidFormat),
    ],
)
def test_quarter_code_is_checked(code: str, kind: type[InvalidNumber]) -> None:
    """A quarter's code has exactly its three parts."""
    with pytest.raises(kind):
        parse_quarter(code)


def test_prefix_of_a_parcel_is_its_quarter() -> None:
    """Rule 4 compares these two."""
    assert parse("20:315:094:111").quarter_code == parse_quarter("20 315 094")
