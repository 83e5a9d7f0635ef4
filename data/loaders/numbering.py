"""Numbers in files: those that a file brings are read in any spelling; for foreign ones the city issues its own.

A file's own division (a French section, a German Flur) becomes the city's accounting quarters: their territory is
derived from their parcels, their codes are issued one after the other, and so are the parcels' serials in each.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cadastres.land import number
from cadastres.land.model import PARCEL, QUARTER
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile, NationalReference
from gis.text import Text

READERS: Final[Mapping[tuple[str, str], Callable[[str], str]]] = {
    (PARCEL.name, "cadastral_number"): number.compact,
    (QUARTER.name, "code"): number.parse_quarter,
}
"""How each identifier is read, by layer and field: any spelling in, the stored one out."""

NUMBERED: Final = PARCEL
"""The layer whose foreign rows get numbers of the city's own."""

NUMBER_FIELD: Final = "cadastral_number"

_QUARTERS: Final = 999


class NoNumbers(BadRequest):
    """The profile does not say how the city's numbers begin, or they have run out."""

    code = "no-numbers"


def reference_form(layer: Layer, field: str, profile: CityProfile) -> NationalReference | None:
    """Return the form of the national numbers in a field, where the city's profile has one."""
    return profile.national_reference if (layer.name, field) == (PARCEL.name, "national_reference") else None


def district(profile: CityProfile) -> str:
    """Return what every quarter code of the city begins with: region (2 digits) and district (3).

    Raises:
        NoNumbers: the profile does not say.
    """
    scheme = profile.numbers.get(PARCEL.name)
    codes = scheme.codes if scheme else {}
    if not {"region", "district"} <= codes.keys():
        raise NoNumbers(_NO_CODES.filled(city=profile.id))
    return codes["region"] + codes["district"]


def new_quarters(names: Iterable[str], issued: Sequence[str], start: str) -> dict[str, str]:
    """Give each new quarter the next free code, in the order of the names.

    Args:
        names: as the file calls them.
        issued: all codes ever issued under ``start``.
        start: region and district.

    Raises:
        NoNumbers: the district has 999 quarters already.
    """
    last = max((int(code.removeprefix(start)) for code in issued), default=0)
    named = sorted(set(names))
    if last + len(named) > _QUARTERS:
        raise NoNumbers(_FULL.filled(start=start, most=_QUARTERS))
    return {name: f"{start}{last + i:03d}" for i, name in enumerate(named, 1)}


@dataclass
class Serials:
    """The serials of quarters, issued one after the other.

    Attributes:
        last: the largest serial ever issued, by quarter code.
    """

    last: dict[str, int]

    def numbers(self, quarters: Iterable[str]) -> Iterator[str]:
        """Yield the next number of each quarter asked for."""
        for quarter in quarters:
            serial = self.last.get(quarter, 0)
            yield number.next_number(quarter, serial)
            self.last[quarter] = serial + 1


_NO_CODES = Text(
    kk='{city} профилінде нөмірлердің облыс пен аудан кодтары жоқ: [numbers."land.parcel".codes] region, district.',
    ru='В профиле {city} нет кодов области и района для номеров: [numbers."land.parcel".codes] region, district.',
    en='The profile {city} lacks the codes of numbers: [numbers."land.parcel".codes] region, district.',
)
_FULL = Text(
    kk="{start} ауданында жаңа орам коды қалмады (ең көбі {most}).",
    ru="В районе {start} не осталось кодов кварталов (их не больше {most}).",
    en="District {start} has no quarter code left ({most} is the most).",
)
