"""The demo city's registered houses: official addresses, numbers, particulars, flats with floor plans.

The houses stand on the map; all else about them is made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import Final

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from cadastres.address.formation import AbolishAddress, FormAddress
from cadastres.land.partition import multipolygon
from cadastres.real_estate.addressing import GiveAddress, ObjectKind
from cadastres.real_estate.premises_verbs import DrawRooms, FormPremises, Room
from cadastres.real_estate.verbs import ChangeBuilding, NumberBuilding
from data.demo_office import AKIMAT, SURVEY, Deed, Office
from gis.record import Version

_PLAN: Final = (
    ("living", 0.0, 0.55, 0.6, 1.0),
    ("living", 0.6, 0.55, 1.0, 1.0),
    ("corridor", 0.0, 0.4, 1.0, 0.55),
    ("kitchen", 0.0, 0.0, 0.45, 0.4),
    ("bathroom", 0.45, 0.0, 0.7, 0.4),
    ("storage", 0.7, 0.0, 1.0, 0.4),
)
"""Use and corners of a flat's rooms, in shares of the side of the square in which it lies."""

_WIDEST: Final = 9.0
"""Side of the largest flat [m]."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A house to be registered.

    Attributes:
        street, house: its address on the map.
        day: of its registration.
        flats: uses of its premises, one on each floor.
        drawn: how many of them get a floor plan.
        addressed: how many of them get an address.
    """

    street: str
    house: str
    day: str
    material: str
    year: int
    floors: int
    flats: Sequence[str] = ()
    drawn: int = 0
    addressed: int = 0

    @property
    def surveyed(self) -> str:
        """The day of its survey, a week after its registration: on one day the second act would correct the first."""
        return (date.fromisoformat(self.day) + timedelta(days=7)).isoformat()


PLOTS: Final = (
    Plot("Bulevardi", "13", "2019-09-02", "brick", 1911, 5, ("residential", "residential", "office"), 2, 2),
    Plot("Kalevankatu", "13", "2019-10-07", "brick", 1926, 5, ("residential", "residential", "residential"), 1, 1),
    Plot("Eerikinkatu", "5", "2019-11-04", "monolithic_concrete", 1961, 4, ("residential", "residential"), 1, 0),
    Plot("Kalevankatu", "9", "2019-12-02", "stone", 1898, 3),
)


@dataclass(frozen=True)
class House:
    """A registered house.

    Attributes:
        parcel, building: as the map has them.
        flats: feature ids of its premises.
    """

    parcel: Version
    building: Version
    flats: Sequence[int] = field(default_factory=tuple)


def register_houses(office: Office, district: int) -> list[House]:
    """Register the houses, in the order of :data:`PLOTS`."""
    return [_register(office, plot, district) for plot in PLOTS]


def _register(office: Office, plot: Plot, district: int) -> House:
    """Replace the map's address by an official one, number the house, form its flats, enter what was surveyed."""
    mapped = office.address(plot.street, plot.house)
    parcel = office.parcel_at(mapped)
    building = office.building_on(parcel)
    address = _address(office, plot, mapped, district)
    numbered = NumberBuilding(building=building.feature_id, letter="А")
    office.perform(Deed(plot.day, numbered, "House numbered", SURVEY))
    _give(office, plot, address, building.feature_id, "building")
    if not plot.flats:
        _give(office, plot, address, parcel.feature_id, "parcel")
    flats = [_flat(office, plot, building, address, i) for i in range(len(plot.flats))]
    office.perform(Deed(plot.surveyed, _surveyed(plot, building), "House surveyed", SURVEY))
    return House(parcel, building, flats)


def _give(office: Office, plot: Plot, address: int, feature: int, kind: ObjectKind) -> None:
    given = GiveAddress(address=address, object_id=feature, kind=kind)
    office.perform(Deed(plot.day, given, "Address given", AKIMAT))


def _address(office: Office, plot: Plot, mapped: Version, district: int) -> int:
    abolished = AbolishAddress(address=mapped.feature_id)
    office.perform(Deed(plot.day, abolished, "Address of the map gives way to the official one", AKIMAT))
    point = shapely.Point(mapped.geometry.coords[0])
    street = office.streets[plot.street]
    official = FormAddress(designator=plot.house, street=street, admin_unit=district, geometry=point)
    return office.one(Deed(plot.day, official, "Official address", AKIMAT))


def _surveyed(plot: Plot, building: Version) -> ChangeBuilding:
    area = round(building.geometry.area * plot.floors * 0.85, 1)
    said = {
        "wall_material": plot.material,
        "year_of_construction": plot.year,
        "number_of_floors_above_ground": plot.floors,
        "number_of_floors_below_ground": 1,
        "total_area": area,
        "living_area": round(area * 0.6, 1),
        "volume": round(building.geometry.area * plot.floors * 3.2),
        "wear": 20.0,
    }
    return ChangeBuilding(building=building.feature_id, attributes=said)


def _flat(office: Office, plot: Plot, building: Version, address: int, i: int) -> int:
    """Form the premises of a floor; draw and address them where the plot says so."""
    rooms = floor_plan(building.geometry)
    living = [room.area or 0.0 for room in rooms if room.use == "living"]
    said = {
        "designation": str(i + 1),
        "floor": i + 1,
        "current_use": plot.flats[i],
        "total_area": round(sum(room.area or 0.0 for room in rooms), 2),
        "living_area": round(sum(living), 2),
        "number_of_rooms": len(living),
    }
    formed = FormPremises(building=building.feature_id, attributes=said)
    flat = office.one(Deed(plot.day, formed, "Premises formed", SURVEY))
    if i < plot.drawn:
        office.perform(Deed(plot.day, DrawRooms(premises=flat, rooms=rooms), "Floor plan", SURVEY))
    if i < plot.addressed:
        own = FormAddress(designator=str(i + 1), parent=address)
        _give(office, plot, office.one(Deed(plot.day, own, "Address of a flat", AKIMAT)), flat, "premises")
    return flat


def floor_plan(footprint: BaseGeometry) -> tuple[Room, ...]:
    """Return the rooms of a made-up square flat at the widest place of a building."""
    radius = shapely.maximum_inscribed_circle(multipolygon(footprint), tolerance=0.1)
    side = min(radius.length * sqrt(2.0) * 0.95, _WIDEST)
    x, y = (ordinate - side / 2 for ordinate in radius.coords[0])

    def corner(east: float, north: float) -> tuple[float, float]:
        return round(x + side * east, 2), round(y + side * north, 2)

    outlines = [(use, shapely.box(*corner(w, s), *corner(e, n))) for use, w, s, e, n in _PLAN]
    return tuple(_room(i + 1, use, outline) for i, (use, outline) in enumerate(outlines))


def _room(number: int, use: str, outline: Polygon) -> Room:
    return Room(outline=outline, use=use, designation=str(number), area=round(outline.area, 2))
