"""A neighbourhood in Almaty with all five kinds of unit, made by the register's own verbs.

One street along a row of parcels, 40 by 40 metres each, west to east: two plain ones of one couple, one under a house
that is a unit by itself, one that is a unit with its house, one under a house with flats, two that are one unit, and
an indivisible one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

import shapely
from shapely import MultiPolygon

from cadastres.address.formation import FormAddress
from cadastres.address.verbs import FormPlace
from cadastres.land.territories import FormQuarter
from cadastres.land.verbs import Form
from cadastres.real_estate.addressing import GiveAddress
from cadastres.real_estate.parties import FormGroup, Membership, RegisterParty
from cadastres.real_estate.premises_verbs import FormPremises
from cadastres.real_estate.rights_verbs import FormUnit, NewRight, UnitObject
from cadastres.real_estate.verbs import RegisterBuilding
from gis.act import Command
from tests.cadastres.real_estate.notary import bin_number, iin
from tests.city import City

X, Y = 655_000.0, 4_790_000.0
"""South-western corner of the row of parcels, EPSG:32643 (x east, y north)."""

QUARTER: Final = "20313003"
FORMED: Final = "2016-01-01"
SIDE: Final = 40.0
LAND: Final = {"category": "2", "permitted_use": "apartment_housing"}
PEOPLE: Final = (
    "Сынақбай Асан",
    "Сынақбаева Әлия",
    "Тексеров Болат",
    "Тексерова Гүлнәр",
    "Мысалов Дәурен",
    "Үлгіұлы Ержан",
)
BANK: Final = "«Сынақ Банкі» АҚ"

Thing = tuple[str, int]


def box(west: float, east: float, south: float = 0.0, north: float = SIDE) -> shapely.Polygon:
    """Return a rectangle in metres from the corner."""
    return shapely.box(X + west, Y + south, X + east, Y + north)


def footprint(west: float, east: float, south: float = 10.0, north: float = 30.0) -> MultiPolygon:
    """Return a building's outline in metres from the corner."""
    return MultiPolygon([box(west, east, south, north)])


def owning(owners: Sequence[int]) -> tuple[NewRight, ...]:
    """Return ownership by equal shares."""
    share = Fraction(1, len(owners))
    return tuple(NewRight(kind="ownership", holder=owner, share=share) for owner in owners)


@dataclass
class Neighbourhood:
    """The neighbourhood's register, and what stands in it by feature id."""

    city: City
    people: list[int] = field(default_factory=list)
    family: int = 0
    bank: int = 0
    formed: datetime | None = None

    def built(self) -> "Neighbourhood":
        """Build it."""
        self._do(FormQuarter(code=QUARTER, geometry=MultiPolygon([box(-100, 600, -100, 200)])))
        self._settle()
        lots = [
            self._do(Form(quarter=QUARTER, geometry=box(SIDE * i, SIDE * (i + 1)), attributes=LAND)) for i in range(7)
        ]
        lots.append(self._do(Form(quarter=QUARTER, geometry=box(280, 320), attributes={**LAND, "divisible": False})))
        houses = [self._do(RegisterBuilding(footprint=footprint(w, w + 15), letter="А")) for w in (90, 130, 170)]
        flats = [self._flat(houses[2], number) for number in "1234"]
        self._own(lots, houses, flats)
        self._address(lots, houses, flats)
        return self

    def _do(self, command: Command, day: str = FORMED) -> int:
        done = self.city.register.perform(command, self.city.act(day))
        self.formed = done.recorded
        return done.features[-1]

    def _settle(self) -> None:
        for year, name in enumerate(PEOPLE, 1960):
            person = RegisterParty(party_type="naturalPerson", name=name, iin_bin=iin(date(year, 5, 17)))
            self.people.append(self._do(person, "2015-01-01"))
        bank = RegisterParty(party_type="nonNaturalPerson", name=BANK, iin_bin=bin_number())
        self.bank = self._do(bank, "2015-01-01")
        members = tuple(Membership(party=person) for person in self.people[-2:])
        self.family = self._do(FormGroup(group_type="family", members=members), "2015-06-01")

    def _flat(self, house: int, number: str) -> int:
        said = {"designation": number, "floor": 1, "current_use": "residential", "total_area": 50.0}
        return self._do(FormPremises(building=house, attributes=said))

    def _unit(self, objects: Iterable[Thing], *owners: int) -> None:
        made_of = tuple(UnitObject(kind, feature) for kind, feature in objects)  # type: ignore[arg-type]
        self._do(FormUnit(objects=made_of, rights=owning(owners)))

    def _own(self, lots: list[int], houses: list[int], flats: list[int]) -> None:
        asan, aliya, bolat, gulnar, *_ = self.people
        self._unit([("parcel", lots[0])], asan, aliya)
        self._unit([("parcel", lots[1])], asan, aliya)
        self._unit([("building", houses[0])], bolat)
        self._unit([("parcel", lots[3]), ("building", houses[1])], self.family)
        self._unit([("premises", flats[0])], gulnar)
        self._unit([("premises", flats[1])], gulnar)
        self._unit([("premises", flats[2]), ("premises", flats[3])], bolat, asan)
        self._unit([("parcel", lots[5]), ("parcel", lots[6])], aliya)
        self._unit([("parcel", lots[7])], asan)

    def _address(self, lots: list[int], houses: list[int], flats: list[int]) -> None:
        names = {"name_kk": "Абай көшесі", "name_ru": "улица Абая"}
        line = shapely.MultiLineString([[(X, Y - 10), (X + 320, Y - 10)]])
        street = self._do(FormPlace(layer="address.street", names=names, geometry=line))
        things: list[Thing] = [("parcel", lots[0]), *(("building", house) for house in houses)]
        given = []
        for number, thing in enumerate(things, 1):
            point = shapely.Point(X + 20 * number, Y - 5)
            given.append(self._do(FormAddress(designator=str(number), street=street, geometry=point)))
            self._give(given[-1], thing)
        for number, flat in enumerate(flats[:2], 1):
            self._give(self._do(FormAddress(designator=str(number), parent=given[-1])), ("premises", flat))

    def _give(self, address: int, thing: tuple[Any, int]) -> None:
        self._do(GiveAddress(address=address, object_id=thing[1], kind=thing[0]))
