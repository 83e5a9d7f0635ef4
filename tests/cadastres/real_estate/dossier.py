"""A small estate under test: parcels, a house, flats with rooms, units with rights and holders, addresses."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.real_estate.subject import Subject, find
from gis.act import Act
from gis.edit import Put
from gis.instant import Instant, Reading, read_head, settle
from gis.record import NOWHERE, Write
from gis.recording import Recorded
from tests.city import ORIGIN, City

QUARTER = "91001002"
PARCEL = f"{QUARTER}001"
HOUSE = f"{PARCEL}:1/А"
FLAT = f"{HOUSE}:1"
FROM = "2016-01-01"
OWNER = "Әбілқайырұлы Ғалымжан Өмірбекұлы"
IIN = "880101300010"


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle in metres from a free place near the tests' origin."""
    x, y = ORIGIN[0] + 2000, ORIGIN[1] + 2000
    return shapely.box(x + west, y + south, x + east, y + north)


def many(*polygons: shapely.Polygon) -> shapely.MultiPolygon:
    """Return a MultiPolygon."""
    return shapely.MultiPolygon(polygons)


RIGHT = {
    "category": "right",
    "kind": "ownership",
    "share_numerator": 1,
    "share_denominator": 1,
    "share_check": True,
    "holding": "sole",
    "party_required": True,
    "registered": True,
    "excludes_others": False,
}
FLAT_1 = {
    "premises_number": FLAT,
    "building_id": "@house",
    "designation": "1",
    "floor": 1,
    "current_use": "residential",
    "total_area": 48.0,
    "living_area": 30.0,
    "number_of_rooms": 2,
}
PLEDGE = {
    "category": "restriction",
    "kind": "pledge",
    "share_check": False,
    "rank": 1,
    "party_required": True,
    "registered": True,
    "excludes_others": False,
}


@dataclass
class Dossier:
    """An estate, its features' ids by name, and short cuts to change it."""

    city: City
    ids: dict[str, int] = field(default_factory=dict)

    def write(
        self,
        *writes: tuple[str, str, BaseGeometry, dict[str, Any]],
        day: str = FROM,
        ending: tuple[str, ...] = (),
        **facts: str,
    ) -> Recorded:
        """Write features by name, new or known, as one act; an attribute ``"@name"`` is that feature's id.

        Those named by ``ending`` are abolished from the day on.
        """
        act = self.city.act(day, **facts)
        new = {name: -1 - i for i, (name, *_) in enumerate(w for w in writes if w[0] not in self.ids)}
        known = {**self.ids, **new}
        made = tuple(replace(self._made(known, act, *write), abolished=write[0] in ending) for write in writes)
        done = self.city.register.perform(Put(made), act)
        self.ids |= {name: done.features[i] for name, i in new.items()}
        return done

    def _made(
        self, known: dict[str, int], act: Act, name: str, layer: str, geometry: BaseGeometry, values: dict[str, Any]
    ) -> Write:
        said = {k: known[v[1:]] if isinstance(v, str) and v.startswith("@") else v for k, v in values.items()}
        return Write(layer, known[name], act.period, geometry, said)

    def end(self, layer: str, name: str, day: str, values: dict[str, Any]) -> Recorded:
        """Abolish a feature without geometry from a day on."""
        return self.write((name, layer, NOWHERE, values), day=day, ending=(name,))

    def reading(self, valid: datetime | None = None, recorded: datetime | None = None) -> Reading:
        """Settle an instant."""
        with self.city.register.reading() as connection:
            return settle(Instant(valid, recorded), read_head(connection))

    def subject(self, number: str, reading: Reading | None = None) -> Subject:
        """Find by number."""
        with self.city.register.reading() as connection:
            return find(connection, number, reading or self.reading(), self.city.profile)


def opened(city: City) -> Dossier:
    """Fill an empty city with the estate."""
    dossier = Dossier(city)
    _grounds(dossier)
    _house(dossier)
    _rights(dossier)
    return dossier


def _grounds(dossier: Dossier) -> None:
    plots = {1: box(0, 0, 42, 55), 2: box(42, 0, 80, 55), 3: box(0, 55, 80, 90), 4: box(-40, 0, 0, 90)}
    dossier.write(
        ("quarter", "land.quarter", many(box(-100, -100, 400, 400)), {"code": QUARTER}),
        *(
            (
                f"parcel {n}",
                "land.parcel",
                shape,
                {
                    "cadastral_number": f"{QUARTER}{n:03d}",
                    "official_area": round(shape.area),
                    "category": "2",
                    "permitted_use": "apartment_housing",
                    "purpose_kk": "көппәтерлі тұрғын үйге қызмет көрсету үшін",
                    "purpose_ru": "для обслуживания многоквартирного жилого дома",
                    "divisible": True,
                },
            )
            for n, shape in plots.items()
        ),
    )


def _house(dossier: Dossier) -> None:
    district = {"level": "cityDistrict", "name_kk": "Медеу ауданы", "name_ru": "Медеуский район", "name": "Medeu"}
    street = {
        "name_kk": "Қабанбай батыр көшесі",
        "name_ru": "улица Кабанбай батыра",
        "name_en": "Kabanbay Batyr street",
    }
    house = {
        "building_number": HOUSE,
        "designation": "А",
        "parcel_number": PARCEL,
        "condition_of_construction": "functional",
        "current_use": "collectiveResidence",
        "number_of_floors_above_ground": 5,
        "year_of_construction": 1987,
        "total_area": 2450.5,
        "living_area": 1630.25,
        "volume": 9800.0,
        "wear": 23.0,
    }
    x, y = box(20, 20, 21, 21).centroid.coords[0]
    line = shapely.MultiLineString([[(x - 100, y - 30), (x + 100, y - 30)]])
    dossier.write(
        ("district", "address.admin_unit", many(box(-200, -200, 500, 500)), district),
        ("street", "address.street", line, {**street, "admin_unit_id": "@district"}),
        ("house", "real_estate.building", many(box(8, 12, 34, 26)), house),
        ("shed", "real_estate.building", many(box(30, 40, 38, 46)), {**house, "building_number": f"{PARCEL}:2/Б",
         "designation": "Б", "current_use": "ancillary", "number_of_floors_above_ground": 1}),
    )  # fmt: skip
    site = {"street_id": "@street", "admin_unit_id": "@district", "position_specification": "building"}
    dossier.write(
        ("address", "address.address", shapely.Point(x, y), {
            **site, "locator_designator": "15", "rka": "0201300000000015"}),
        ("flat", "real_estate.premises", NOWHERE, FLAT_1),
        ("flat 2", "real_estate.premises", NOWHERE, {
            "premises_number": f"{HOUSE}:2", "building_id": "@house", "designation": "2", "floor": 1,
            "current_use": "residential", "total_area": 61.4}),
    )  # fmt: skip
    rooms = [
        ("living", box(9, 13, 13, 18)), ("living", box(13, 13, 16, 16)), ("kitchen", box(13, 16, 16, 18)),
        ("bathroom", box(16, 13, 18, 15)), ("corridor", box(16, 15, 18, 18)),
    ]  # fmt: skip
    dossier.write(
        ("flat address", "address.address", shapely.Point(x, y), {
            **site, "locator_designator": "1", "locator_level": "unitLevel", "parent_address_id": "@address",
            "rka": "0201300000000123"}),
        *((f"room {i}", "real_estate.room", shape, {
            "premises_id": "@flat", "designation": str(i + 1), "room_use": use, "area": shape.area})
          for i, (use, shape) in enumerate(rooms)),
    )  # fmt: skip
    tie = {"is_primary": True}
    dossier.write(
        ("tie 1", "real_estate.addressing", NOWHERE, {
            **tie, "address_id": "@address", "object_id": "@house", "object_kind": "building"}),
        ("tie 2", "real_estate.addressing", NOWHERE, {
            **tie, "address_id": "@flat address", "object_id": "@flat", "object_kind": "premises"}),
    )  # fmt: skip


def _rights(dossier: Dossier) -> None:
    person = {"party_type": "naturalPerson", "iin_bin": IIN, "name": OWNER, "birth_date": date(1988, 1, 1)}
    bank = {"party_type": "nonNaturalPerson", "iin_bin": "980140000015", "name": "«Қала Банкі» АҚ"}
    dossier.write(
        ("owner", "personal.party", NOWHERE, person),
        ("bank", "personal.party", NOWHERE, bank),
        ("unit", "real_estate.unit", NOWHERE, {"unit_number": FLAT, "type": "basicPropertyUnit"}),
        ("part", "real_estate.unit_part", NOWHERE, {
            "unit_id": "@unit", "object_id": "@flat", "object_kind": "premises"}),
        ("right", "real_estate.right", NOWHERE, {**RIGHT, "unit_id": "@unit"}),
        ("holder", "personal.holder", NOWHERE, {"right_id": "@right", "party_id": "@owner"}),
        kind="sale-contract", number="K-77/2016",
    )  # fmt: skip
    dossier.write(
        ("pledge", "real_estate.right", NOWHERE, {**PLEDGE, "unit_id": "@unit", "on_right_id": "@right"}),
        ("pledgee", "personal.holder", NOWHERE, {"right_id": "@pledge", "party_id": "@bank"}),
        day="2017-03-01", kind="pledge-contract", number="З-5",
    )  # fmt: skip
