"""A small town for the tests of the search, and short cuts to ask about it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.address.finder import Answer, Finder, Surroundings, search_pool
from cadastres.address.search import Found
from gis.edit import Put
from gis.instant import Instant
from gis.record import NOWHERE, Period, Write
from tests.city import ORIGIN, City

_Answer = TypeVar("_Answer")

STREETS = {
    "abai": ("Абай Құнанбаев көшесі", "улица Абая Кунанбаева"),
    "abai_avenue": ("Абай даңғылы", "проспект Абая"),
    "jenis": ("Жеңіс даңғылы", "проспект Победы"),
    "satpaev": ("Қаныш Сәтбаев көшесі", "улица Каныша Сатпаева"),
    "sixth": ("Е-623 көшесі", "улица Е-623"),
    "womens": ("8 Наурыз көшесі", "улица 8 Марта"),
    "lane": ("Мира тұйық көшесі", "переулок Мира"),
}
HOUSES = ("1", "7", "12", "12А", "12/1", "12 корпус 2", "120")


@dataclass
class Town:
    """The town: its register, and the feature ids of its streets, places and houses."""

    city: City
    places: dict[str, int] = field(default_factory=dict)
    houses: dict[tuple[str, str], int] = field(default_factory=dict)

    def find(self, text: str, instant: Instant | None = None, **options: object) -> Answer:
        """Search the town."""
        return self._asking(lambda finder: finder.find(text, instant or Instant(), **options))  # type: ignore[arg-type]

    def first(self, text: str, instant: Instant | None = None) -> Found:
        """Return the likeliest answer; there must be one."""
        return self.find(text, instant).found[0]

    def around(self, x: float, y: float, **options: object) -> Surroundings:
        """Ask what is near a point."""
        return self._asking(lambda finder: finder.around((x, y), Instant(), **options))  # type: ignore[arg-type]

    def all_around(self, points: Sequence[shapely.Point]) -> list[Surroundings]:
        """Ask what is near each of many points."""

        async def asked(finder: Finder) -> list[Surroundings]:
            return [await finder.around((point.x, point.y), Instant()) for point in points]

        return self._asking(asked)

    def located(self, texts: Sequence[str]) -> list[Found | None]:
        """Search many texts at once."""

        async def gathered(finder: Finder) -> list[Found | None]:
            return [each async for chunk in finder.locate(texts, Instant()) for each in chunk]

        return self._asking(gathered)

    def _asking(self, ask: Callable[[Finder], Awaitable[_Answer]]) -> _Answer:
        async def asked() -> _Answer:
            async with search_pool(self.city.register.database.reader, 2) as pool:
                return await ask(Finder(pool, self.city.profile))

        return asyncio.run(asked())


def built(city: City) -> Town:
    """Build the town: seven streets with seven houses each, a microdistrict, a house of flats, an old name."""
    act = city.act("2020-01-01")
    plan = _Plan(act.period)
    hall = plan.put("address.admin_unit", _area(-500, 3000), **_CITY, **_names("Хельсинки қаласы", "город Хельсинки"))
    for row, (key, names) in enumerate(STREETS.items()):
        line = shapely.MultiLineString([[_at(0, row), _at(len(HOUSES), row)]])
        street = plan.put("address.street", line, key, **_names(*names), admin_unit_id=hall)
        for column, number in enumerate(HOUSES):
            plan.house((key, number), _at(column, row), number, street_id=street)
    estate = _names("Самал-2 шағын ауданы", "микрорайон Самал-2")
    samal = plan.put("address.named_place", _area(500, 300), "samal", **estate)
    plan.house(("samal", "15"), (ORIGIN[0] + 600, ORIGIN[1] + 600), "15", named_place_id=samal)
    home = plan.houses["abai", "12"]
    plan.house(("abai", "12-7"), _at(2, 0), "7", locator_level="unitLevel", parent_address_id=home)
    old = _names("Ленин даңғылы", "проспект Ленина")
    plan.put("address.alias", NOWHERE, place_id=plan.places["jenis"], kind="former", **old)
    ids = city.register.perform(Put(tuple(plan.writes)), act).features
    places = {key: ids[new] for key, new in plan.places.items() if key}
    return Town(city, places, {key: ids[new] for key, new in plan.houses.items()})


@dataclass
class _Plan:
    """What is to be written, under ids of its own below zero."""

    period: Period
    writes: list[Write] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    houses: dict[tuple[str, str], int] = field(default_factory=dict)

    def put(self, layer: str, shape: BaseGeometry, key: str = "", **values: object) -> int:
        new = -1 - len(self.writes)
        self.writes.append(Write(layer, new, self.period, shape, values))
        self.places[key] = new
        return new

    def house(self, key: tuple[str, str], place: tuple[float, float], number: str, **values: object) -> None:
        facts = {"locator_designator": number, "position_specification": "building", **values}
        self.houses[key] = self.put("address.address", shapely.Point(place), "", **facts)


_CITY = {"level": "city", "kato": "910000000"}


def _names(kk: str, ru: str) -> dict[str, str]:
    return {"name": kk, "name_kk": kk, "name_ru": ru}


def _at(column: float, row: float) -> tuple[float, float]:
    return ORIGIN[0] + 25.0 * column, ORIGIN[1] + 60.0 * row


def _area(shift: float, side: float) -> shapely.MultiPolygon:
    """Return a square whose south-western corner lies so many metres from the origin on both axes."""
    x, y = ORIGIN[0] + shift, ORIGIN[1] + shift
    return shapely.MultiPolygon([shapely.box(x, y, x + side, y + side)])
