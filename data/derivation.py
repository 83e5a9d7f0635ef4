"""The land cadastre of a city known by its map alone: quarters, parcels and zones derived, without legal meaning."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from cadastres.address.model import ADDRESS, NAMED_PLACE, STREET
from cadastres.environment.model import GREEN_AREA, WATER_BODY
from cadastres.land.model import PARCEL, QUARTER, ZONE
from cadastres.land.number import next_number
from cadastres.real_estate.model import BUILDING
from cadastres.urban_planning.model import LAND_USE
from data import uses
from data.coast import sea
from data.loaders.osm import Feature, OsmCity
from data.parcelling import Areas, Quarter, city_limit, coverage, parcelled
from gis.layer import Layer
from gis.profile import CityProfile

NOBODYS_REGION: Final = "99"
NOBODYS_DISTRICT: Final = 999
"""Codes that no oblast and no district has: derived numbers can't be taken for real ones."""

_SMALLEST_ZONE: Final = 500.0
_QUARTERS_IN_DISTRICT: Final = 999

Features = dict[str, list[Feature]]
Ids = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is known of every plot before it is numbered: the main building on it (index), its zone, its address."""

    building: Sequence[int]
    zone: Sequence[str | None]
    address: Sequence[str | None]


def complete_city(osm: OsmCity, profile: CityProfile) -> Features:
    """Return the features of all layers by layer name: those of the map, and those derived from it.

    Addresses name their street or named place by its index among its layer's features; the register's id takes its
    place when both are written.
    """
    read: Features = {name: list(rows.features) for name, rows in osm.layers.items()}
    buildings, waters = read[BUILDING.name], read[WATER_BODY.name]
    limit = city_limit([f.geometry for f in buildings] + [line for line, _ in osm.streets])
    waters += _sea(osm, limit)
    surfaces = [f.geometry for f in waters]
    quarters = parcelled(osm.streets, osm.railways, surfaces, [f.geometry for f in buildings], limit)
    zones = _zones(read, profile)
    plots = np.array([plot for quarter in quarters for plot in quarter.plots], dtype=object)
    below = _plots_below(buildings, plots)
    ground = _Ground(
        _main_buildings(buildings, below, len(plots)), _zones_of(plots, zones), _addresses_on(plots, read[ADDRESS.name])
    )
    numbered = list(_numbered(quarters, profile))
    parcels = [
        _parcel(plot, number, i, ground, buildings, profile) for i, (plot, number) in enumerate(_plots_of(numbered))
    ]
    return {
        **read,
        QUARTER.name: [_quarter(quarter, code) for quarter, code, _ in numbered],
        PARCEL.name: parcels,
        ZONE.name: zones,
        ADDRESS.name: list(_hung(read[ADDRESS.name], read[STREET.name], read[NAMED_PLACE.name])),
        BUILDING.name: [_standing(f, parcels, k) for f, k in zip(buildings, below.tolist(), strict=True)],
    }


def _said(layer: Layer, **values: Any) -> dict[str, Any]:
    return {f.name: values.get(f.name) for f in layer.fields}


def _sea(osm: OsmCity, limit: Polygon) -> list[Feature]:
    area = sea(osm.coastlines, limit)
    said = _said(WATER_BODY, water_type="sea", origin="natural", external_reference="natural=coastline")
    return [] if area.is_empty else [Feature(area, said, rows=0)]


def _numbered(quarters: Sequence[Quarter], profile: CityProfile) -> Iterator[tuple[Quarter, str, list[str]]]:
    """Yield the quarters with their codes and their plots' numbers."""
    scheme = profile.numbers.get(PARCEL.name)
    codes = scheme.codes if scheme else {}
    region, district = codes.get("region", NOBODYS_REGION), int(codes.get("district", NOBODYS_DISTRICT))
    for i, quarter in enumerate(quarters):
        full, serial = divmod(i, _QUARTERS_IN_DISTRICT)
        code = f"{region}{district - full:03d}{serial + 1:03d}"
        yield quarter, code, [next_number(code, last) for last in range(len(quarter.plots))]


def _plots_of(numbered: Sequence[tuple[Quarter, str, list[str]]]) -> Iterator[tuple[Polygon, str]]:
    for quarter, _, numbers in numbered:
        yield from zip(quarter.plots, numbers, strict=True)


def _quarter(quarter: Quarter, code: str) -> Feature:
    return Feature(quarter.area, _said(QUARTER, code=code, derived=True), rows=0)


def _parcel(
    plot: Polygon, number: str, index: int, ground: _Ground, buildings: Sequence[Feature], profile: CityProfile
) -> Feature:
    main = buildings[ground.building[index]] if ground.building[index] >= 0 else None
    footprint = main.geometry.area if main else 0.0
    use = uses.permitted_use(ground.zone[index], main.attributes if main else None, footprint)
    said = _said(
        PARCEL,
        cadastral_number=number,
        label=str(int(number[8:])),
        category=uses.known(profile, "land_category", uses.SETTLEMENT),
        permitted_use=uses.known(profile, "permitted_use", use),
        official_area=round(plot.area, 1),
        divisible=True,
        address=ground.address[index],
        derived=True,
    )
    return Feature(plot, said, rows=0)


def _plots_below(buildings: Sequence[Feature], plots: Areas) -> Ids:
    """Return for each building the plot (index) on which most of it stands; -1 where there is none."""
    shapes = np.array([f.geometry for f in buildings], dtype=object)
    below = np.full(len(shapes), -1, dtype=np.int64)
    if not len(plots) or not len(shapes):
        return below
    building, plot = shapely.STRtree(plots).query(shapes, predicate="intersects")
    share = shapely.area(shapely.intersection(shapes[building], plots[plot]))
    for k in np.lexsort((-plot, share)).tolist():
        if share[k] > 0:
            below[building[k]] = plot[k]
    return below


def _main_buildings(buildings: Sequence[Feature], below: Ids, plots: int) -> list[int]:
    """Return for each plot the largest building that stands on it; -1 where there is none."""
    main = [-1] * plots
    for i in sorted(range(len(buildings)), key=lambda i: (buildings[i].geometry.area, -i)):
        if below[i] >= 0:
            main[below[i]] = i
    return main


def _standing(building: Feature, parcels: Sequence[Feature], below: int) -> Feature:
    number = parcels[below].attributes["cadastral_number"] if below >= 0 else None
    return Feature(building.geometry, {**building.attributes, "parcel_number": number}, building.rows)


def _zones(read: Features, profile: CityProfile) -> list[Feature]:
    """Return functional zones: of places that two uses claim, the smaller one's."""
    claims = [(f, uses.zone_of_land_use(f.attributes)) for f in read[LAND_USE.name]]
    claims += [(f, uses.zone_of_green_area(f.attributes)) for f in read[GREEN_AREA.name]]
    claims = [(f, code) for f, code in claims if uses.known(profile, "functional_zone", code)]
    claims.sort(key=lambda claim: claim[0].geometry.area)
    zones = []
    for (feature, code), area in zip(claims, coverage([f.geometry for f, _ in claims]), strict=True):
        parts = [p for p in shapely.get_parts(area).tolist() if isinstance(p, Polygon)]
        if sum(part.area for part in parts) >= _SMALLEST_ZONE:
            name = feature.attributes["name"] or feature.attributes["external_reference"]
            said = _said(ZONE, kind="functional", functional_zone=code, name=name, derived=True)
            zones.append(Feature(MultiPolygon(parts), said, rows=0))
    return zones


def _zones_of(plots: Areas, zones: Sequence[Feature]) -> list[str | None]:
    """Return the functional zone at the middle of each plot."""
    found: list[str | None] = [None] * len(plots)
    tree = shapely.STRtree([zone.geometry for zone in zones])
    for plot, zone in zip(*tree.query(shapely.point_on_surface(plots), predicate="intersects").tolist(), strict=True):
        found[plot] = zones[zone].attributes["functional_zone"]
    return found


def _addresses_on(plots: Areas, addresses: Sequence[Feature]) -> list[str | None]:
    """Return each plot's address: of several, the first in order of street and number."""
    found: list[str | None] = [None] * len(plots)
    spelled = [(_spelled(f.attributes), f.geometry) for f in addresses if f.attributes["thoroughfare_name"]]
    spelled.sort(key=lambda pair: _natural(pair[0]), reverse=True)
    tree = shapely.STRtree(plots)
    for address, plot in zip(*tree.query([p for _, p in spelled], predicate="intersects").tolist(), strict=True):
        found[plot] = spelled[address][0]
    return found


def _spelled(said: Mapping[str, Any]) -> str:
    return f"{said['thoroughfare_name']} {said['locator_designator']}"


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that puts house 9 before house 10."""
    runs = ("".join(run) for _, run in groupby(text, str.isdecimal))
    return [(int(run), "") if run.isdecimal() else (-1, run) for run in runs]


def _hung(addresses: Sequence[Feature], streets: Sequence[Feature], places: Sequence[Feature]) -> Iterator[Feature]:
    """Yield addresses with the index of the nearest street of their street's name; else of the nearest such place."""
    street_names, place_names = _by_name(streets), _by_name(places)
    for address in addresses:
        name = _folded(address.attributes["thoroughfare_name"])
        street = _nearest(address, streets, street_names.get(name, ()))
        place = None if street is not None else _nearest(address, places, place_names.get(name, ()))
        said = {**address.attributes, "street_id": street, "named_place_id": place}
        yield replace(address, attributes=said)


def _by_name(named: Sequence[Feature]) -> Mapping[str, Sequence[int]]:
    """Return the indices of features by name, in whichever language."""
    by_name: dict[str, list[int]] = {}
    for i, feature in enumerate(named):
        for name in {_folded(feature.attributes[key]) for key in ("name", "name_kk", "name_ru", "name_en")} - {""}:
            by_name.setdefault(name, []).append(i)
    return by_name


def _nearest(address: Feature, features: Sequence[Feature], same: Sequence[int]) -> int | None:
    return min(same, key=lambda i: (features[i].geometry.distance(address.geometry), i), default=None)


def _folded(name: str | None) -> str:
    return " ".join((name or "").casefold().split())
