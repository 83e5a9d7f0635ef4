"""The registration code of an address (РКА): 16 digits that mean nothing and are never given to another address.

A code comes with the act, as the state's address register gave it. Where the act brings none, this register issues one
of a series of its own. The series is this register's convention, not the law's: the city's code from its profile
(``numbers."address.address".codes.series``), six digits of the day on which the act was taken up, a serial. Nobody may
read a meaning out of a code; the day is there so that a series stays short.

The verbs are those of other identifiers' modules: :func:`compact`, :func:`format`.

>>> compact("0201 3000 4521 7789")
'0201300045217789'
"""

import re
import unicodedata
from datetime import date
from typing import Final

from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.text import Text

DIGITS: Final = 16
"""How many digits a code has."""

RULE: Final = "address.address.rka"
"""The rule that a wrong code breaks."""

_SCHEME: Final = "address.address"
_SERIES: Final = "series"
_LONGEST_TEXT: Final = 80
_SEPARATORS: Final = re.compile("[-\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}\\s]+")


class InvalidRka(BadRequest):
    """A text that is no registration code of an address."""

    code = "invalid-rka"


class SeriesExhausted(BadRequest):
    """The series has no code left, or the city has no series; the act must bring the code."""

    code = "no-rka-series"


def compact(rka: str) -> str:
    """Return the stored spelling: 16 digits alone.

    Raises:
        InvalidRka: characters that are no digits, or too few digits or too many; it names the rule.
    """
    visible = "".join(c for c in rka[: _LONGEST_TEXT + 1] if unicodedata.category(c) != "Cf")
    digits = _SEPARATORS.sub("", visible)
    stray = re.sub("[0-9]", "", digits)
    if stray:
        raise _refusal(_STRAY, rka, stray=stray[:20])
    if len(digits) != DIGITS:
        raise _refusal(_LENGTH, rka, count=len(digits))
    return digits


def format(rka: str) -> str:  # noqa: A001 - each identifier's module has this verb
    """Return the spelling that people read: groups of four.

    Raises:
        InvalidRka: as :func:`compact`.

    >>> format("0201300045217789")
    '0201 3000 4521 7789'
    """
    digits = compact(rka)
    return " ".join(digits[i : i + 4] for i in range(0, DIGITS, 4))


def series(profile: CityProfile, day: date) -> str:
    """Return what the codes begin with that this register issues on a day.

    Raises:
        SeriesExhausted: the profile names no series, or one that leaves no digit for a serial.
    """
    scheme = profile.numbers.get(_SCHEME)
    code = scheme.codes.get(_SERIES, "") if scheme else ""
    prefix = f"{code}{day:%y%m%d}"
    if not code or len(prefix) >= DIGITS:
        raise SeriesExhausted(_NO_SERIES.filled(city=profile.id), city=profile.id)
    return prefix


def next_number(prefix: str, last: str | None) -> str:
    """Return the code that follows the last one of a series.

    Args:
        prefix: the series, as :func:`series` gives it.
        last: the greatest code ever issued in it; ``None`` where there is none. The caller holds the series' lock.

    Raises:
        SeriesExhausted: the series is used up.

    >>> next_number("991261123", None), next_number("991261123", "9912611230000041")
    ('9912611230000001', '9912611230000042')
    """
    serial = 1 if last is None else int(last.removeprefix(prefix)) + 1
    width = DIGITS - len(prefix)
    if serial >= 10**width:
        raise SeriesExhausted(_USED_UP.filled(prefix=prefix), series=prefix)
    return f"{prefix}{serial:0{width}d}"


def _refusal(text: Text, rka: str, **facts: object) -> InvalidRka:
    shown = rka[:_LONGEST_TEXT]
    return InvalidRka(text.filled(rka=shown, digits=DIGITS, **facts), rka=shown, rule=RULE, **facts)


_LENGTH = Text(
    kk=f"[{RULE}] МТК (РКА) «{{rka}}» ішінде {{count}} цифр бар; онда дәл {{digits}} цифр болуы тиіс.",
    ru=f"[{RULE}] В РКА «{{rka}}» цифр: {{count}}; должно быть ровно {{digits}}.",
    en=f"[{RULE}] The address code (RCA) '{{rka}}' has {{count}} digits; it must have exactly {{digits}}.",
)
_STRAY = Text(
    kk=f"[{RULE}] МТК (РКА) «{{rka}}» ішіндегі «{{stray}}» артық; ол {{digits}} цифрдан ғана тұрады.",
    ru=f"[{RULE}] «{{stray}}» в РКА «{{rka}}» — лишнее; он состоит только из цифр, числом {{digits}}.",
    en=f"[{RULE}] '{{stray}}' does not belong in the address code (RCA) '{{rka}}'; it is {{digits}} digits only.",
)
_NO_SERIES = Text(
    kk='{city} профилінде МТК (РКА) сериясы жоқ: [numbers."address.address".codes] series; кодты актіде көрсетіңіз.',
    ru='В профиле {city} нет серии РКА: [numbers."address.address".codes] series; назовите РКА в акте.',
    en='The profile {city} has no series of RCA: [numbers."address.address".codes] series; name the code in the act.',
)
_USED_UP = Text(
    kk="{prefix} сериясында бос МТК (РКА) қалмады; кодты актіде көрсетіңіз.",
    ru="В серии {prefix} не осталось свободных РКА; назовите РКА в акте.",
    en="The series {prefix} has no RCA left; name the code in the act.",
)
