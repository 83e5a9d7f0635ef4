"""``land.parcel.number``: the rule and the number's module say the same."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadastres.land import number
from cadastres.land.rules import NUMBER
from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import PARCEL, Registrar, box

PATTERN = re.search(r"!~ '(.*)'", NUMBER.sql or "")


@given(st.from_regex(r"[0-9]{9,16}|[0-9]{2}-[0-9]{3}-[0-9]{3}-[0-9]{3}", fullmatch=True))
@example("91001001000")
@example("910010010111")
@example("00001001001")
@example("91001001000001")
def test_the_pattern_takes_exactly_the_stored_spellings(text: str) -> None:
    """What matches is a valid number in its stored spelling, and all such match."""
    assert PATTERN is not None
    stored = number.is_valid(text) and number.compact(text) == text
    assert bool(re.fullmatch(PATTERN.group(1).strip("^$"), text)) is stored


@pytest.mark.parametrize("text", ["91-001-001-001", "9100100101", "ABC", "91001001000"])
def test_other_spellings_are_refused(registrar: Registrar, text: str) -> None:
    """Whoever writes: the register stores one spelling."""
    write = Write(PARCEL, -1, registrar.act("2016-01-01").period, box(0, 0, 40, 40), {"cadastral_number": text})
    assert "land.parcel.number" in registrar.broken(Put((write,)), "2016-01-01")
