"""The demo city's administrative units, a microdistrict and streets with official names: what its address clerks did.

The units' boundaries, codes and names are made up, like the street's new name.
"""

from dataclasses import dataclass
from typing import Final

import shapely
from shapely import MultiPolygon

from cadastres.address.model import ADMIN_UNIT, NAMED_PLACE, STREET
from cadastres.address.names import Names
from cadastres.address.reshaping import MoveBoundaries
from cadastres.address.verbs import ChangeKato, ChangePlace, FormPlace, Rename
from cadastres.land.model import QUARTER
from data.demo_office import AKIMAT, Deed, Office, Tale, in_force
from gis.instant import Instant

RENAMED: Final = "Kalevankatu"
"""The street that gets another name."""

NEW_NAMES: Final = {
    "name": "Ystävyydenkatu",
    "name_kk": "Достық көшесі",
    "name_ru": "улица Дружбы",
    "name_en": "Friendship Street",
}

_OFFICIAL: Final = (
    ("2019-07-15", "Bulevardi", "Бульвар көшесі", "улица Бульварная"),
    ("2019-07-15", "Eerikinkatu", "Эрик көшесі", "улица Эрика"),
    ("2019-07-16", "Kalevankatu", "Калева көшесі", "улица Калевы"),
    ("2019-07-17", "Mannerheimintie", "Маннергейм даңғылы", "проспект Маннергейма"),
    ("2019-07-18", "Alvar Aallon katu", "Алвар Аалто көшесі", "улица Алвара Аалто"),
)
_SHIFT: Final = 40.0
"""How far the districts' boundary moves [m]."""


@dataclass(frozen=True, slots=True)
class Units:
    """The city and its two districts, by their ids."""

    city: int
    west: int
    east: int


def form_units(office: Office) -> Units:
    """Form the city, two districts and a microdistrict, and give streets their official names."""
    whole, west, east = _areas(office, 0.0)
    city = _form(
        office, ADMIN_UNIT.name, _names("Хельсинки қаласы", "город Хельсинки", "City of Helsinki"), whole,
        {"level": "city", "kato": "910000000"},
    )  # fmt: skip
    districts = [
        _form(office, ADMIN_UNIT.name, said, area, {"level": "cityDistrict", "kato": kato, "parent_id": city})
        for said, area, kato in (
            (_names("Батыс ауданы", "Западный район", "Western District"), west, "910010000"),
            (_names("Шығыс ауданы", "Восточный район", "Eastern District"), east, "910020000"),
        )
    ]
    units = Units(city, *districts)
    _form_microdistrict(office, units)
    for day, street, kk, ru in _OFFICIAL:
        named = {"name": street, "name_kk": kk, "name_ru": ru}
        command = Rename(layer=STREET.name, place=office.streets[street], names=named)
        office.perform(Deed(day, command, "Official names", AKIMAT))
    said = {"street_type": "avenue", "admin_unit_id": units.west}
    avenue = ChangePlace(layer=STREET.name, place=office.streets["Mannerheimintie"], attributes=said)
    office.perform(Deed("2019-07-22", avenue, "Kind of the street", AKIMAT))
    return units


def reform(office: Office, units: Units) -> Tale:
    """Rename a street, move the districts' boundary, change a code."""
    command = Rename(layer=STREET.name, place=office.streets[RENAMED], names=NEW_NAMES)
    yield Deed("2022-04-04", command, "Street renamed", AKIMAT)
    _, west, east = _areas(office, _SHIFT)
    moved = MoveBoundaries(layer=ADMIN_UNIT.name, areas={units.west: west, units.east: east})
    yield Deed("2022-05-16", moved, "Boundary of the districts moved", AKIMAT)
    yield Deed("2022-06-08", ChangeKato(unit=units.east, kato="910030000"), "Reform of the codes", AKIMAT)


def _names(kk: str, ru: str, en: str) -> Names:
    return {"name_kk": kk, "name_ru": ru, "name_en": en}


def _form(office: Office, layer: str, named: Names, area: MultiPolygon, said: dict[str, object]) -> int:
    command = FormPlace(layer=layer, names=named, geometry=area, attributes=said)
    return office.one(Deed("2019-07-01", command, f"{named['name_en']} formed", AKIMAT))


def _form_microdistrict(office: Office, units: Units) -> None:
    home = office.parcel_at(office.address("Alvar Aallon katu", "5"))
    west, south, east, north = (round(bound) for bound in home.geometry.buffer(60.0).bounds)
    area = MultiPolygon([shapely.box(west, south, east, north)])
    named = _names("Үлгі шағын ауданы", "микрорайон Образцовый", "Sample Microdistrict")
    _form(office, NAMED_PLACE.name, named, area, {"place_type": "microdistrict", "admin_unit_id": units.west})


def _areas(office: Office, shift: float) -> tuple[MultiPolygon, MultiPolygon, MultiPolygon]:
    """Return the city's area and those of its districts, whose common boundary is shifted eastward [m]."""
    quarters = [v.geometry for v in in_force(office.connection, QUARTER, Instant()).values()]
    west, south, east, north = (round(bound) for bound in shapely.total_bounds(quarters).tolist())
    middle = (west + east) // 2 + shift
    boxes = ((west, south, east, north), (west, south, middle, north), (middle, south, east, north))
    whole, left, right = (MultiPolygon([shapely.box(*bounds)]) for bounds in boxes)
    return whole, left, right
