"""Cadastral numbers of buildings and premises: extensions of the parcel's number.

A building's number is its parcel's, a colon, the building's serial on the parcel and, after a slash, its letter (литер):
``20313003057:1/А``. That of premises adds a colon and their serial in the building: ``20313003057:1/А:5``.

The form of a building's number is seen in use; order of the Minister of Justice No. 156 of 06.05.2013 parts objects
into primary and secondary ones. How serials run, and the form of premises' numbers, are this register's own convention:
the order's text on them is not confirmed. Serials are never used again on their parcel or in their building.

The parcel's part is read in any spelling that :mod:`cadastres.land.number` reads. A letter that looks alike in both
scripts is Cyrillic, whichever keyboard it came from; it is stored as a capital.

>>> compact_building("20:313:003:057:1/a")
'20313003057:1/А'
>>> parse_building("20313003057:1/А").spelled(parcels.SEPARATOR)
'20-313-003-057:1/А'
>>> compact_premises(" 20-313-003-057:1/А : 05 ")
'20313003057:1/А:5'
>>> parse_building("20-313-003-057")
Traceback (most recent call last):
    ...
cadastres.real_estate.number.InvalidBuildingNumber: '20-313-003-057' is no number of a building; one is 20-313-003-057:1/А: the parcel, the building, its letter.
>>> parse_building("20-313-003-057:1/Z")
Traceback (most recent call last):
    ...
cadastres.real_estate.number.InvalidLetter: 'Z' is no building's letter; one has Cyrillic letters, then digits if any: А, Б, Г1.
"""  # noqa: E501 - a doctest shows a message as it is

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from cadastres.land import number as parcels
from gis.errors import BadRequest
from gis.text import Text

_LONGEST: Final = 80
_LARGEST: Final = 99_999
_SEPARATOR: Final = "[-:\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}\N{FULLWIDTH COLON}\\s]+"
_BUILDING: Final = re.compile(rf"(?P<parcel>.+?){_SEPARATOR}(?P<serial>[0-9]{{1,5}})\s*(?:/\s*(?P<letter>[^\s/:-]+))?")
_PREMISES: Final = re.compile(rf"(?P<building>.+?){_SEPARATOR}(?P<serial>[0-9]{{1,5}})")
_LETTER: Final = re.compile("[А-ЯЁӘҒҚҢӨҰҮҺІ]{1,3}[0-9]{0,3}")
_TWINS: Final = str.maketrans("ABCEHIKMOPTXY", "АВСЕНІКМОРТХУ")


class InvalidBuildingNumber(BadRequest):
    """A text that is no number of a building."""

    code = "invalid-building-number"


class InvalidPremisesNumber(BadRequest):
    """A text that is no number of premises."""

    code = "invalid-premises-number"


class InvalidLetter(BadRequest):
    """A text that is no letter of a building."""

    code = "invalid-building-letter"


@dataclass(frozen=True, slots=True, order=True)
class BuildingNumber:
    """Number of a building in its parts; ``str()`` gives the compact spelling.

    Attributes:
        parcel: number of the parcel on which it was registered.
        serial: building on the parcel, from 1.
        letter: литер; empty where it has none.
    """

    parcel: parcels.CadastralNumber
    serial: int
    letter: str = ""

    def spelled(self, separator: str = "") -> str:
        """Return the number with ``separator`` between the parts of the parcel's."""
        return f"{self.parcel.spelled(separator)}:{self.serial}" + (f"/{self.letter}" if self.letter else "")

    def __str__(self) -> str:
        return self.spelled()


@dataclass(frozen=True, slots=True, order=True)
class PremisesNumber:
    """Number of premises in its parts; ``str()`` gives the compact spelling."""

    building: BuildingNumber
    serial: int

    def spelled(self, separator: str = "") -> str:
        """Return the number with ``separator`` between the parts of the parcel's."""
        return f"{self.building.spelled(separator)}:{self.serial}"

    def __str__(self) -> str:
        return self.spelled()


def parse_building(text: str) -> BuildingNumber:
    """Read a building's number.

    Raises:
        InvalidBuildingNumber: it has not the parts of one.
        InvalidLetter: its letter is none.
        InvalidNumber: the parcel's part is no cadastral number.
    """
    found = _BUILDING.fullmatch(text.strip()[:_LONGEST])
    if found is None or not _is_parcel(found["parcel"]) or not int(found["serial"]):
        raise InvalidBuildingNumber(_NO_BUILDING.filled(number=text[:_LONGEST]), number=text[:_LONGEST])
    return BuildingNumber(parcels.parse(found["parcel"]), int(found["serial"]), letter(found["letter"] or ""))


def parse_premises(text: str) -> PremisesNumber:
    """Read the number of premises.

    Raises:
        InvalidPremisesNumber: it has not the parts of one.
        InvalidLetter: the building's letter is none.
    """
    found = _PREMISES.fullmatch(text.strip()[:_LONGEST])
    try:
        building = parse_building(found["building"]) if found else None
    except InvalidBuildingNumber:
        building = None
    if found is None or building is None or not int(found["serial"]):
        raise InvalidPremisesNumber(_NO_PREMISES.filled(number=text[:_LONGEST]), number=text[:_LONGEST])
    return PremisesNumber(building, int(found["serial"]))


def letter(text: str) -> str:
    """Return a building's letter as it is stored: Cyrillic capitals, then digits if any; empty stays empty.

    Raises:
        InvalidLetter: it has other characters.

    >>> letter("a"), letter(" г1 "), letter("")
    ('А', 'Г1', '')
    """
    folded = text.strip().upper().translate(_TWINS)
    if folded and not _LETTER.fullmatch(folded):
        raise InvalidLetter(_NO_LETTER.filled(letter=text[:_LONGEST]), letter=text[:_LONGEST])
    return folded


def compact_building(text: str) -> str:
    """Return the stored spelling of a building's number."""
    return str(parse_building(text))


def compact_premises(text: str) -> str:
    """Return the stored spelling of premises' number."""
    return str(parse_premises(text))


def next_building(parcel: str, issued: Iterable[str], mark: str = "") -> str:
    """Return the compact number that follows all that were ever issued on a parcel.

    Args:
        parcel: the parcel's number.
        issued: every building's number ever issued on it.
        mark: the building's letter.

    Raises:
        InvalidNumber: the parcel's number is none, or the parcel has no serial left.

    >>> next_building("20313003057", ["20313003057:1/А", "20313003057:7"], "Б")
    '20313003057:8/Б'
    """
    serial = _next((n.serial for n in map(parse_building, issued)), parcel)
    return str(BuildingNumber(parcels.parse(parcel), serial, letter(mark)))


def next_premises(building: str, issued: Iterable[str]) -> str:
    """Return the compact number that follows all that were ever issued in a building.

    >>> next_premises("20313003057:1/А", ["20313003057:1/А:9", "20313003057:1/А:10"])
    '20313003057:1/А:11'
    """
    serial = _next((n.serial for n in map(parse_premises, issued)), building)
    return str(PremisesNumber(parse_building(building), serial))


def _next(serials: Iterable[int], place: str) -> int:
    serial = max(serials, default=0) + 1
    if serial > _LARGEST:
        raise BadRequest(_EXHAUSTED.filled(place=place, largest=_LARGEST), place=place)
    return serial


def moved(building: str, parcel: str, issued: Iterable[str]) -> str:
    """Return a building's number on another parcel: serial and letter stay if the serial was never issued there.

    >>> moved("20313003057:1/А", "20313003060", [])
    '20313003060:1/А'
    >>> moved("20313003057:1/А", "20313003060", ["20313003060:1/Б"])
    '20313003060:2/А'
    """
    told = list(issued)
    kept = replace(parse_building(building), parcel=parcels.parse(parcel))
    taken = {parse_building(other).serial for other in told}
    return next_building(parcel, told, kept.letter) if kept.serial in taken else str(kept)


def parcel_of(building: str) -> str:
    """Return the compact number of the parcel in a stored building's number; the text itself where it has none."""
    return building.partition(":")[0]


def _is_parcel(text: str) -> bool:
    return parcels.is_valid(text)


_NO_BUILDING = Text(
    kk="«{number}» — ғимараттың нөмірі емес; дұрысы, мысалы: 20-313-003-057:1/А — учаске, ғимарат, оның литері.",
    ru="«{number}» — не номер здания; верно, например: 20-313-003-057:1/А — участок, здание, его литер.",
    en="'{number}' is no number of a building; one is 20-313-003-057:1/А: the parcel, the building, its letter.",
)
_NO_PREMISES = Text(
    kk="«{number}» — үй-жайдың нөмірі емес; дұрысы, мысалы: 20-313-003-057:1/А:5 — ғимараттың нөмірі мен үй-жай.",
    ru="«{number}» — не номер помещения; верно, например: 20-313-003-057:1/А:5 — номер здания и помещение.",
    en="'{number}' is no number of premises; one is 20-313-003-057:1/А:5: the building's number, the premises.",
)
_NO_LETTER = Text(
    kk="«{letter}» — ғимараттың литері емес; литер кирилл әріптерінен, қажет болса цифрлардан тұрады: А, Б, Г1.",
    ru="«{letter}» — не литер здания; литер состоит из букв кириллицы и, если нужно, цифр: А, Б, Г1.",
    en="'{letter}' is no building's letter; one has Cyrillic letters, then digits if any: А, Б, Г1.",
)
_EXHAUSTED = Text(
    kk="{place} ішінде реттік нөмірлер таусылды; олар 1–{largest} аралығында.",
    ru="В {place} порядковые номера исчерпаны; они лежат в пределах 1–{largest}.",
    en="In {place} no serial is left; serials lie within 1 to {largest}.",
)
