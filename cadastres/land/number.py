"""Cadastral number of a parcel: region, district, accounting quarter (учётный квартал), serial.

Basis: order of the Minister of Justice No. 156 of 06.05.2013. A number has 2 digits of region (oblast or city), 3 of
district, 3 of quarter and a serial of 3 digits or more. Its first parts say where the parcel was when the number was
given and keep saying so when districts are reorganised.

Three spellings are in use and all are read: parted by hyphens or colons, parted by blanks, joined. Stored is the
joined, *compact* one; :func:`format` gives the one that people read.

>>> compact(" 20:315:094:111 ")
'20315094111'
>>> format("20315094111")
'20-315-094-111'
>>> parse("010170041505")
CadastralNumber(region='01', district='017', quarter='004', serial=1505)

What could be read in two ways is settled so:

* The first 8 digits of a joined number are its prefix, all others its serial; so 11 digits and 12 never collide.
* A serial is a number: ``0111`` and ``111`` are one parcel, written ``111``; up to 3 digits it is filled with zeros.
* Where parts are parted, the separators must stand at the parts' ends. Joining them blindly would read
  ``20-315-94-1111`` as quarter 941; it is refused instead.

>>> validate("20-315-94-1111")
Traceback (most recent call last):
    ...
cadastres.land.number.InvalidComponent: In '20-315-94-1111' the quarter is '94'; it must have 3 digits.
>>> validate("20-315-094-11")
Traceback (most recent call last):
    ...
cadastres.land.number.InvalidLength: '20-315-094-11' has 10 digits; a cadastral number has 11 to 14: 20-315-094-111.
>>> validate("20-315-094-111A")
Traceback (most recent call last):
    ...
cadastres.land.number.InvalidFormat: 'A' in '20-315-094-111A' does not belong there; write digits only: 20-315-094-111.
>>> validate("20-315-094-000")
Traceback (most recent call last):
    ...
cadastres.land.number.InvalidComponent: In '20-315-094-000' the serial is '000'; serials start at 1.
>>> is_valid("20:313:003:057:1/А"), is_valid("20:313:003:057")
(False, True)
"""

import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from gis.errors import BadRequest
from gis.text import Text

SEPARATOR: Final = "-"
"""What stands between the parts in the spelling that people read."""

_WIDTHS: Final = {"region": 2, "district": 3, "quarter": 3}
_PREFIX: Final = sum(_WIDTHS.values())
_SERIAL_DIGITS: Final = range(3, 6 + 1)
_ENDS: Final = tuple(itertools.accumulate(_WIDTHS.values()))
_LENGTHS: Final = range(_PREFIX + _SERIAL_DIGITS[0], _PREFIX + _SERIAL_DIGITS[-1] + 1)

_LONGEST_TEXT: Final = 80

LARGEST_SERIAL: Final[int] = 10 ** _SERIAL_DIGITS[-1] - 1
"""Largest serial in one quarter; more digits are a slip of the pen."""

# Every dash that a word processor makes of a hyphen, and the colon. Blanks are found by Unicode's own property.
_SEPARATORS: Final = re.compile("[-:\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}\N{FULLWIDTH COLON}\\s]+")


class InvalidNumber(BadRequest):
    """A text that is no cadastral number."""

    code = "invalid-cadastral-number"


class InvalidFormat(InvalidNumber):
    """It has characters, or separators in places, that a cadastral number has not."""

    code = "invalid-cadastral-number-format"


class InvalidLength(InvalidNumber):
    """It has too few digits or too many."""

    code = "invalid-cadastral-number-length"


class InvalidComponent(InvalidNumber):
    """One of its parts can't be."""

    code = "invalid-cadastral-number-component"


@dataclass(frozen=True, slots=True, order=True)
class CadastralNumber:
    """A cadastral number in its parts; ``str()`` gives the compact spelling.

    Attributes:
        region: oblast or city of republican significance, 2 digits.
        district: district or city of oblast significance, 3 digits.
        quarter: accounting quarter inside the district, 3 digits.
        serial: parcel inside the quarter, from 1.
    """

    region: str
    district: str
    quarter: str
    serial: int

    @property
    def quarter_code(self) -> str:
        """Compact code of the quarter: what all its parcels' numbers begin with."""
        return self.region + self.district + self.quarter

    def spelled(self, separator: str = SEPARATOR) -> str:
        """Return the number with ``separator`` between its parts."""
        return separator.join((self.region, self.district, self.quarter, _serial_text(self.serial)))

    def __str__(self) -> str:
        return self.spelled("")


def parse(number: str) -> CadastralNumber:
    """Read a cadastral number in any of its spellings.

    Raises:
        InvalidFormat: foreign characters, misplaced separators, or the number of a building or premises on the parcel.
        InvalidLength: too few digits or too many.
        InvalidComponent: a part of the wrong width, a region or serial of zeros.
    """
    digits = _digits(number, len(_WIDTHS) + 1)
    if len(digits) not in _LENGTHS:
        raise _refusal(InvalidLength, _LENGTH, number, count=len(digits), low=_LENGTHS[0], high=_LENGTHS[-1])
    region, district, quarter = _prefix(digits, number)
    serial = int(digits[_PREFIX:])
    if not serial:
        raise _refusal(InvalidComponent, _SERIAL, number, serial=digits[_PREFIX:])
    return CadastralNumber(region, district, quarter, serial)


def compact(number: str) -> str:
    """Return the stored spelling: digits alone, the serial with no more zeros in front than 3 digits need.

    Raises:
        InvalidNumber: as :func:`parse`.
    """
    return str(parse(number))


def format(number: str, separator: str = SEPARATOR) -> str:  # noqa: A001 - each identifier's module has this verb
    """Return the spelling that people read.

    Raises:
        InvalidNumber: as :func:`parse`.

    >>> format("20 315 094 111", ":")
    '20:315:094:111'
    """
    return parse(number).spelled(separator)


def validate(number: str) -> str:
    """Return the compact spelling of a valid number.

    Raises:
        InvalidNumber: as :func:`parse`.
    """
    return compact(number)


def is_valid(number: str) -> bool:
    """Tell whether a text is a cadastral number.

    >>> is_valid("20–315–094–111"), is_valid("2.0315094111E+10")
    (True, False)
    """
    try:
        parse(number)
    except InvalidNumber:
        return False
    return True


def parse_quarter(code: str) -> str:
    """Return the compact code of an accounting quarter, given in any spelling.

    Raises:
        InvalidNumber: not 8 digits in parts of 2, 3 and 3.

    >>> parse_quarter("20-315-094")
    '20315094'
    """
    digits = _digits(code, len(_WIDTHS))
    if len(digits) != _PREFIX:
        raise _refusal(InvalidLength, _QUARTER_LENGTH, code, count=len(digits))
    return "".join(_prefix(digits, code))


def format_quarter(code: str, separator: str = SEPARATOR) -> str:
    """Return the code of an accounting quarter as people read it.

    >>> format_quarter("20315094")
    '20-315-094'
    """
    return separator.join(_prefix(parse_quarter(code), code))


def next_number(quarter_code: str, last_serial: int) -> str:
    """Return the compact number that follows the last one ever issued in a quarter.

    Args:
        quarter_code: the quarter, in any spelling.
        last_serial: the largest serial ever issued there, archived parcels' included; 0 where there is none. The caller
            holds the lock under which it was read.

    Raises:
        InvalidNumber: no such quarter code, a negative serial, or the quarter has no serial left.

    >>> next_number("20-315-094", 111), next_number("20-315-094", 999)
    ('20315094112', '203150941000')
    """
    code = parse_quarter(quarter_code)
    if not 0 <= last_serial < LARGEST_SERIAL:
        raise _refusal(InvalidComponent, _EXHAUSTED, format_quarter(code), serial=last_serial, largest=LARGEST_SERIAL)
    return code + _serial_text(last_serial + 1)


def _serial_text(serial: int) -> str:
    return str(serial).zfill(_SERIAL_DIGITS[0])


def _digits(number: str, parts: int) -> str:
    """Return the digits of a number that may be parted into so many parts.

    Fewer groups than parts may stand joined, but a separator elsewhere than at a part's end is refused.
    """
    if len(number) > _LONGEST_TEXT:
        raise _refusal(InvalidFormat, _STRAY, number, stray=number[_LONGEST_TEXT:])
    groups = _groups(number)
    if len(groups) > parts:
        raise _refusal(InvalidFormat, _TOO_MANY, number, count=len(groups), parts=parts)
    if len(groups) == parts:
        _check_widths(groups, number)
    ends = itertools.accumulate(len(group) for group in groups[:-1])
    if not all(end in _ENDS for end in ends):
        raise _refusal(InvalidFormat, _MISPLACED, number)
    return "".join(groups)


def _groups(number: str) -> list[str]:
    """Return the runs of ASCII digits between separators; invisible characters are passed over."""
    visible = "".join(character for character in number if unicodedata.category(character) != "Cf")
    groups = [group for group in _SEPARATORS.split(visible) if group]
    stray = re.sub("[0-9]", "", "".join(groups))
    if stray:
        raise _refusal(InvalidFormat, _STRAY, number, stray=stray)
    return groups


def _check_widths(groups: list[str], number: str) -> None:
    for (part, width), group in zip(_WIDTHS.items(), groups, strict=False):
        if len(group) != width:
            raise _refusal(InvalidComponent, _WIDTH_OF[part], number, value=group, width=width)


def _prefix(digits: str, number: str) -> tuple[str, str, str]:
    region, district, quarter = digits[:2], digits[2:5], digits[5:_PREFIX]
    if not int(region):
        raise _refusal(InvalidComponent, _REGION, number, region=region)
    return region, district, quarter


def _refusal(kind: type[InvalidNumber], text: Text, number: str, **values: object) -> InvalidNumber:
    shown = {name: str(value)[:20] for name, value in values.items()}
    return kind(text.filled(number=number[:_LONGEST_TEXT], **shown), number=number[:_LONGEST_TEXT], **shown)


_STRAY = Text(
    kk="«{number}» ішіндегі «{stray}» артық; тек цифрларды жазыңыз: 20-315-094-111.",
    ru="«{stray}» в «{number}» — лишнее; пишите только цифры: 20-315-094-111.",
    en="'{stray}' in '{number}' does not belong there; write digits only: 20-315-094-111.",
)
_TOO_MANY = Text(
    kk="«{number}» ішінде {count} бөлік бар; ең көбі {parts} болуы тиіс. Ғимараттың нөмірі учаскенің нөмірі емес.",
    ru="В «{number}» частей {count}; должно быть не больше {parts}. Номер здания — не номер участка.",
    en="'{number}' has {count} parts; {parts} is the most. The number of a building is not that of its parcel.",
)
_MISPLACED = Text(
    kk="«{number}» ішіндегі бөлгіш бөліктің соңында тұрған жоқ; бөліктері 2, 3, 3 және 3+ цифр: 20-315-094-111.",
    ru="Разделитель в «{number}» стоит не в конце части; части имеют 2, 3, 3 и от 3 цифр: 20-315-094-111.",
    en="A separator in '{number}' is not at a part's end; the parts have 2, 3, 3 and 3+ digits: 20-315-094-111.",
)
_LENGTH = Text(
    kk="«{number}» ішінде {count} цифр бар; кадастрлық нөмірде {low}–{high} цифр болады: 20-315-094-111.",
    ru="В «{number}» цифр: {count}; в кадастровом номере их от {low} до {high}: 20-315-094-111.",
    en="'{number}' has {count} digits; a cadastral number has {low} to {high}: 20-315-094-111.",
)
_QUARTER_LENGTH = Text(
    kk="«{number}» ішінде {count} цифр бар; есептік орамның кодында 8 цифр болады: 20-315-094.",
    ru="В «{number}» цифр: {count}; в коде учётного квартала их 8: 20-315-094.",
    en="'{number}' has {count} digits; the code of a quarter has 8: 20-315-094.",
)
_REGION = Text(
    kk="«{number}» ішінде облыстың (қаланың) коды «{region}»; кодтар 01-ден басталады.",
    ru="В «{number}» код области (города) «{region}»; коды начинаются с 01.",
    en="In '{number}' the region is '{region}'; regions start at 01.",
)
_SERIAL = Text(
    kk="«{number}» ішінде реттік нөмір «{serial}»; реттік нөмірлер 1-ден басталады.",
    ru="В «{number}» порядковый номер «{serial}»; порядковые номера начинаются с 1.",
    en="In '{number}' the serial is '{serial}'; serials start at 1.",
)
_EXHAUSTED = Text(
    kk="{number} орамында {serial} нөмірінен кейін нөмір берілмейді; реттік нөмірлер 1–{largest} аралығында.",
    ru="В квартале {number} после номера {serial} следующего нет; порядковые номера лежат в пределах 1–{largest}.",
    en="In quarter {number} no serial follows {serial}; serials lie within 1 to {largest}.",
)
_WIDTH_OF: Final = {
    "region": Text(
        kk="«{number}» ішінде облыстың (қаланың) коды «{value}»; онда {width} цифр болуы тиіс.",
        ru="В «{number}» код области (города) «{value}»; в нём должно быть цифр: {width}.",
        en="In '{number}' the region is '{value}'; it must have {width} digits.",
    ),
    "district": Text(
        kk="«{number}» ішінде ауданның коды «{value}»; онда {width} цифр болуы тиіс.",
        ru="В «{number}» код района «{value}»; в нём должно быть цифр: {width}.",
        en="In '{number}' the district is '{value}'; it must have {width} digits.",
    ),
    "quarter": Text(
        kk="«{number}» ішінде есептік орамның коды «{value}»; онда {width} цифр болуы тиіс.",
        ru="В «{number}» код учётного квартала «{value}»; в нём должно быть цифр: {width}.",
        en="In '{number}' the quarter is '{value}'; it must have {width} digits.",
    ),
}
