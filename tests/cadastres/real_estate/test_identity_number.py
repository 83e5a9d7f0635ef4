"""IIN and BIN: check digits, what the positions mean, and the reason of each refusal. All numbers are made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastres.real_estate import identity_number as numbers

FIRST_ELEVEN = st.text("0123456789", min_size=11, max_size=11)


def _by_the_book(digits: str) -> int | None:
    """Return the check digit as the order of steps describes it, weight by weight."""
    total = 0
    for place in range(1, 12):
        total += place * int(digits[place - 1])
    if total % 11 == 10:
        total = 0
        weight = 3
        for digit in digits:
            total += weight * int(digit)
            weight = 1 if weight == 11 else weight + 1
    return None if total % 11 == 10 else total % 11


@given(FIRST_ELEVEN)
def test_check_digit(digits: str) -> None:
    """Agrees with a reckoning of its own; numbers that need the second row of weights, or allow none, are met too."""
    assert numbers.check_digit(digits) == _by_the_book(digits)


def test_both_rows_of_weights_and_none() -> None:
    """All three cases there are."""
    found = {(_first(f"{n:011d}"), numbers.check_digit(f"{n:011d}") is None) for n in range(20_000)}
    assert {(True, False), (False, False), (False, True)} <= found


def _first(digits: str) -> bool:
    return sum(place * int(digit) for place, digit in enumerate(digits, 1)) % 11 != 10


@given(st.dates(date(1800, 1, 1), date(2099, 12, 31)), st.booleans(), st.integers(0, 9999))
def test_an_iin_tells_birth_and_sex(born: date, male: bool, serial: int) -> None:
    """Written down, read back; any other day of birth is refused."""
    century = 2 * (born.year // 100 - 18) + (1 if male else 2)
    digits = f"{born:%y%m%d}{century}{serial:04d}"
    check = numbers.check_digit(digits)
    if check is None:
        return
    read = numbers.parse_iin(f"{digits[:6]} {digits[6:]}{check}")
    assert (read.birth_date, read.male) == (born, male)
    numbers.require_born(read, born)
    with pytest.raises(numbers.WrongCentury):
        numbers.require_born(read, born.replace(year=born.year - 100, day=min(born.day, 28)))


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("01020350001", numbers.InvalidLength),
        ("0102035000180", numbers.InvalidLength),
        ("", numbers.InvalidLength),
        ("01020350001A", numbers.InvalidFormat),
        ("010203500018\u0660", numbers.InvalidFormat),
        ("010203500017", numbers.InvalidCheckDigit),
        ("010203000017", numbers.InvalidComponent),
        ("010203700016", numbers.InvalidComponent),
        ("011303500012", numbers.InvalidComponent),
        ("010200500012", numbers.InvalidComponent),
        ("010229500012", numbers.InvalidComponent),
    ],
)
def test_wrong_iins(number: str, refusal: type[numbers.InvalidIdentityNumber]) -> None:
    """Each with its reason in three languages, none of which quotes the number."""
    with pytest.raises(refusal) as refused:
        numbers.parse_iin(number)
    told = [refused.value.in_language(language) for language in ("kk", "ru", "en")]
    assert len(set(told)) == 3
    assert not number or all(number not in text for text in told)


@pytest.mark.parametrize(
    ("number", "place"), [("011340000012", "month"), ("010170000018", "kind"), ("010144000016", "part")]
)
def test_wrong_bins(number: str, place: str) -> None:
    """A month, a kind, a part that there is not."""
    with pytest.raises(numbers.InvalidComponent):
        numbers.parse_bin(number)
    assert place


@given(st.integers(1, 12), st.sampled_from("456"), st.sampled_from("0123"), st.integers(0, 99_999))
def test_a_bin_tells_month_kind_and_part(month: int, kind: str, part: str, serial: int) -> None:
    """Written down, read back."""
    digits = f"21{month:02d}{kind}{part}{serial:05d}"
    check = numbers.check_digit(digits)
    if check is None:
        return
    read = numbers.parse_bin(f"{digits}{check}")
    assert (read.year, read.month) == (21, month)
    assert read.kind == {"4": "resident", "5": "non-resident", "6": "sole-traders"}[kind]
    assert read.part == ("head", "branch", "representative-office", "farm")[int(part)]
