"""IIN and BIN: the 12 digits that identify a person or an organisation of Kazakhstan.

The last digit is a check digit: the sum of the first 11, weighted 1 to 11, modulo 11; where that gives 10, the same
with the weights 3 to 11, 1, 2; where that gives 10 too, there is no such number.

IIN (a natural person): year, month and day of birth, 2 digits each; the seventh digit tells century and sex (1, 2 the
19th, 3, 4 the 20th, 5, 6 the 21st; odd is male). BIN (an organisation): year and month of registration; the fifth digit
tells the kind (4 resident, 5 non-resident, 6 joint enterprise of sole traders), the sixth the part (0 head, 1 branch,
2 representative office, 3 farm). What the remaining digits mean is not published.

A refusal quotes single digits, never the number: it identifies somebody. The numbers in the examples are made up.

>>> parse_iin("010203 500 018")
IIN(digits='010203500018', birth_date=datetime.date(2001, 2, 3), male=True)
>>> parse_bin("010140000014")
BIN(digits='010140000014', year=1, month=1, kind='resident', part='head')
>>> parse_iin("010203500017")
Traceback (most recent call last):
    ...
cadastres.real_estate.identity_number.InvalidCheckDigit: The last digit is 7; by the others it must be 8.
>>> parse_iin("01020350001")
Traceback (most recent call last):
    ...
cadastres.real_estate.identity_number.InvalidLength: 11 digits; an IIN or BIN has 12.
>>> parse_iin("010203900013")
Traceback (most recent call last):
    ...
cadastres.real_estate.identity_number.InvalidComponent: The seventh digit is 9; it tells the century and is 1 to 6.
>>> parse_iin("010230500015")
Traceback (most recent call last):
    ...
cadastres.real_estate.identity_number.InvalidComponent: The first digits give 2001-02-30 as the date of birth; \
there is no such day.
>>> parse_bin("010170000018")
Traceback (most recent call last):
    ...
cadastres.real_estate.identity_number.InvalidComponent: The fifth digit is 7; of a BIN it is 4, 5 or 6.
>>> require_born(parse_iin("010203500018"), date(1901, 2, 3))
Traceback (most recent call last):
    ...
cadastres.real_estate.identity_number.WrongCentury: By the number the year of birth is 2001, by the document 1901; \
they must agree.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from gis.errors import BadRequest
from gis.text import Text

LENGTH: Final = 12

_FIRST: Final = range(1, LENGTH)
_SECOND: Final = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_CENTURIES: Final = {1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000}
_KINDS: Final = {"4": "resident", "5": "non-resident", "6": "sole-traders"}
_PARTS: Final = {"0": "head", "1": "branch", "2": "representative-office", "3": "farm"}


class InvalidIdentityNumber(BadRequest):
    """A text that is neither an IIN nor a BIN."""

    code = "invalid-identity-number"
    rule = "real_estate.party.identity-number"


class InvalidFormat(InvalidIdentityNumber):
    """It has characters other than digits."""

    code = "invalid-identity-number-format"


class InvalidLength(InvalidIdentityNumber):
    """It has not 12 digits."""

    code = "invalid-identity-number-length"


class InvalidComponent(InvalidIdentityNumber):
    """A position says what can't be: a day that there is not, a century or a kind that is not in use."""

    code = "invalid-identity-number-component"


class InvalidCheckDigit(InvalidIdentityNumber):
    """The last digit does not agree with the others."""

    code = "invalid-identity-number-check-digit"


class WrongCentury(InvalidIdentityNumber):
    """The date of birth in the number is not the one in the document."""

    code = "identity-number-against-birth-date"


@dataclass(frozen=True, slots=True)
class IIN:
    """Individual identification number: 12 digits, the date of birth and the sex that they tell."""

    digits: str
    birth_date: date
    male: bool


@dataclass(frozen=True, slots=True)
class BIN:
    """Business identification number.

    Attributes:
        digits: the 12 digits.
        year: of registration, two digits.
        month: of registration.
        kind: resident, non-resident or sole-traders.
        part: head, branch, representative-office or farm.
    """

    digits: str
    year: int
    month: int
    kind: str
    part: str


def parse_iin(number: str) -> IIN:
    """Read an IIN.

    Raises:
        InvalidFormat: characters other than digits and blanks.
        InvalidLength: not 12 digits.
        InvalidComponent: no such century, or no such day.
        InvalidCheckDigit: the last digit is wrong, or the others allow none.
    """
    digits = compact(number)
    century = _CENTURIES.get(int(digits[6]))
    if century is None:
        raise InvalidComponent(_CENTURY.filled(digit=digits[6]))
    year, month, day = century + int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    try:
        born = date(year, month, day)
    except ValueError:
        shown = f"{year}-{month:02d}-{day:02d}"
        raise InvalidComponent(_NO_DAY.filled(day=shown)) from None
    _require_check_digit(digits)
    return IIN(digits, born, int(digits[6]) % 2 == 1)


def parse_bin(number: str) -> BIN:
    """Read a BIN.

    Raises:
        InvalidIdentityNumber: as :func:`parse_iin`; a month, a kind or a part that there is not.
    """
    digits = compact(number)
    month = int(digits[2:4])
    if not 1 <= month <= 12:
        raise InvalidComponent(_NO_MONTH.filled(month=digits[2:4]))
    if digits[4] not in _KINDS:
        raise InvalidComponent(_KIND.filled(digit=digits[4]))
    if digits[5] not in _PARTS:
        raise InvalidComponent(_PART.filled(digit=digits[5]))
    _require_check_digit(digits)
    return BIN(digits, int(digits[:2]), month, _KINDS[digits[4]], _PARTS[digits[5]])


def compact(number: str) -> str:
    """Return the 12 digits alone; blanks and hyphens between them are no harm.

    Raises:
        InvalidFormat: other characters.
        InvalidLength: not 12 digits.

    >>> compact(" 010203-500-018 ")
    '010203500018'
    """
    digits = re.sub(r"[\s\-]", "", number)
    stray = re.sub("[0-9]", "", digits)
    if stray:
        raise InvalidFormat(_STRAY.filled(stray=stray[:20]))
    if len(digits) != LENGTH:
        raise InvalidLength(_LENGTH.filled(count=len(digits)))
    return digits


def require(digits: str) -> None:
    """Refuse 12 digits that are neither an IIN nor a BIN.

    A BIN's fifth digit is 4 to 6, an IIN's is at most 3: it begins the day of birth.

    Raises:
        InvalidIdentityNumber: as :func:`parse_iin` or :func:`parse_bin`, whichever the digits could be.

    >>> require("010203500018")
    >>> require("010140000014")
    """
    parse = parse_bin if len(digits) == LENGTH and digits[4] in _KINDS else parse_iin
    parse(digits)


def check_digit(digits: str) -> int | None:
    """Return the check digit that the first 11 digits demand; ``None`` where they allow none.

    >>> check_digit("01020350001")
    8
    """
    for weights in (_FIRST, _SECOND):
        remainder = sum(int(digit) * weight for digit, weight in zip(digits[: LENGTH - 1], weights, strict=True)) % 11
        if remainder < 10:
            return remainder
    return None


def require_born(number: IIN, born: date) -> None:
    """Refuse an IIN that tells another date of birth than the document does.

    Raises:
        WrongCentury: names the first part of the date that differs: year, month or day.
    """
    for part in ("year", "month", "day"):
        told, documented = getattr(number.birth_date, part), getattr(born, part)
        if told != documented:
            raise WrongCentury(_OTHER_DAY.filled(part=_PARTS_OF_A_DATE[part], told=told, born=documented), part=part)


def _require_check_digit(digits: str) -> None:
    expected = check_digit(digits)
    if expected is None:
        raise InvalidCheckDigit(_NO_CHECK)
    if int(digits[-1]) != expected:
        raise InvalidCheckDigit(_CHECK.filled(found=digits[-1], expected=expected))


_STRAY = Text(
    kk="«{stray}» артық; ЖСН/БСН тек цифрлардан тұрады.",
    ru="«{stray}» — лишнее; ИИН/БИН состоит только из цифр.",
    en="'{stray}' does not belong there; an IIN or BIN has digits only.",
)
_LENGTH = Text(
    kk="{count} цифр берілген; ЖСН/БСН 12 цифрдан тұрады.",
    ru="Цифр: {count}; в ИИН/БИН их 12.",
    en="{count} digits; an IIN or BIN has 12.",
)
_CENTURY = Text(
    kk="Жетінші цифр — {digit}; ол ғасырды білдіреді және 1-ден 6-ға дейін болады.",
    ru="Седьмая цифра — {digit}; она означает век и бывает от 1 до 6.",
    en="The seventh digit is {digit}; it tells the century and is 1 to 6.",
)
_NO_DAY = Text(
    kk="Алғашқы цифрлар бойынша туған күні {day}; ондай күн жоқ.",
    ru="По первым цифрам дата рождения — {day}; такого дня нет.",
    en="The first digits give {day} as the date of birth; there is no such day.",
)
_NO_MONTH = Text(
    kk="Тіркелген айы — {month}; ай 01-ден 12-ге дейін болады.",
    ru="Месяц регистрации — {month}; месяц бывает от 01 до 12.",
    en="The month of registration is {month}; a month is 01 to 12.",
)
_KIND = Text(
    kk="Бесінші цифр — {digit}; БСН-де ол 4, 5 не 6 болады.",
    ru="Пятая цифра — {digit}; в БИН она 4, 5 или 6.",
    en="The fifth digit is {digit}; of a BIN it is 4, 5 or 6.",
)
_PART = Text(
    kk="Алтыншы цифр — {digit}; БСН-де ол 0, 1, 2 не 3 болады.",
    ru="Шестая цифра — {digit}; в БИН она 0, 1, 2 или 3.",
    en="The sixth digit is {digit}; of a BIN it is 0, 1, 2 or 3.",
)
_CHECK = Text(
    kk="Соңғы цифр — {found}; қалғандары бойынша ол {expected} болуы тиіс.",
    ru="Последняя цифра — {found}; по остальным она должна быть {expected}.",
    en="The last digit is {found}; by the others it must be {expected}.",
)
_NO_CHECK = Text(
    kk="Мұндай нөмір болуы мүмкін емес: алғашқы 11 цифрына бақылау цифры сай келмейді.",
    ru="Такого номера быть не может: к первым 11 цифрам нет контрольной.",
    en="There can be no such number: its first 11 digits allow no check digit.",
)
_OTHER_DAY = Text(
    kk="Нөмір бойынша туған {part} — {told}, құжат бойынша — {born}; екеуі бірдей болуы тиіс.",
    ru="По номеру {part} рождения — {told}, по документу — {born}; они должны совпадать.",
    en="By the number the {part} of birth is {told}, by the document {born}; they must agree.",
)
_PARTS_OF_A_DATE: Final = {
    "year": Text(kk="жылы", ru="год", en="year"),
    "month": Text(kk="айы", ru="месяц", en="month"),
    "day": Text(kk="күні", ru="день", en="day"),
}
