"""The demo city's environment: a shore with its zones, a park under protection, works, a flood plain, a station.

The shore is the map's; widths come from the parameter rows that the engine brings along, most of them unconfirmed. What
lies on the map beside that is made up.
"""

from datetime import UTC, datetime
from typing import Final

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from cadastres.environment.model import (
    FACILITY,
    GREEN_AREA,
    PROTECTED_SITE,
    PROTECTED_ZONE,
    WATER_BODY,
    WATER_REACH,
)
from cadastres.environment.monitoring_model import HAZARD_AREA, MONITORING_STATION, OBSERVED_EVENT
from cadastres.environment.verbs import Enter, LoadParameters, SetWidths
from cadastres.land.model import QUARTER
from data.demo_office import AKIMAT, SURVEY, Deed, Office, Tale, in_force
from data.loaders.parameters import BUNDLED, read_parameters
from gis.instant import Instant

_SHORE: Final = 400.0
"""Length of the reach [m]."""


def nature(office: Office) -> list[Tale]:
    """Return what happens in the environmental cadastre over the years."""
    rows = read_parameters(BUNDLED, office.register.profile)
    city = shapely.union_all([v.geometry for v in in_force(office.connection, QUARTER, Instant()).values()])
    return [_parameters(LoadParameters(rows=rows)), _shore(office, city), _park(office), _works(city), _station(city)]


def _parameters(load: LoadParameters) -> Tale:
    yield Deed("2020-01-20", load, "Parameter rows of protective zones", AKIMAT)


def _shore(office: Office, city: BaseGeometry) -> Tale:
    """Enter a reach of the shore; a project sets its widths, and a later one widens its zone."""
    water = max(in_force(office.connection, WATER_BODY, Instant()).values(), key=lambda v: v.geometry.area)
    line = _stretch(water.geometry, city.centroid)
    said = {"name": "Үлгі жағалауы", "water_class": "lake", "measured_from": "shoreline"}
    reach = Enter(layer=WATER_REACH.name, geometry=line, attributes={**said, "water_body_id": water.feature_id})
    made = (yield Deed("2020-01-22", reach, "Reach of the shore", SURVEY)).features[-1]
    first = SetWidths(layer=WATER_REACH.name, feature=made, zone=100.0, strip=35.0, basis="Жоба (үлгі) № 1")
    yield Deed("2020-02-17", first, "Widths by project", AKIMAT)
    plain = shapely.buffer(line, 60.0, quad_segs=4).difference(water.geometry)
    flood = {"hazard_type": "flood", "likelihood": "medium", "return_period": 100.0}
    area = Enter(layer=HAZARD_AREA.name, geometry=_areas(plain), attributes=flood)
    hazard = (yield Deed("2021-04-12", area, "Flood plain of a hundred years", SURVEY)).features[-1]
    seen = {"event_type": "flood", "hazard_area_id": hazard, "occurred_at": datetime(2022, 4, 9, 6, tzinfo=UTC)}
    event = Enter(layer=OBSERVED_EVENT.name, geometry=line.centroid, attributes={**seen, "magnitude": 0.4})
    yield Deed("2022-04-11", event, "High water", SURVEY)
    wider = SetWidths(layer=WATER_REACH.name, feature=made, zone=300.0, strip=35.0, basis="Жоба (үлгі) № 2")
    yield Deed("2024-10-07", wider, "Zone widened by a new project", AKIMAT)


def _stretch(water: BaseGeometry, near: Point) -> MultiLineString:
    """Return the part of a shore that is nearest to a place, some hundred metres long."""
    shores = [LineString(ring.coords) for part in shapely.get_parts(water) for ring in (part.exterior, *part.interiors)]
    shore = min(shores, key=near.distance)
    middle = shore.project(near)
    steps = [middle + (i - 20) * _SHORE / 40 for i in range(41)]
    points = [shore.interpolate(step % shore.length) for step in steps]
    return MultiLineString([[(round(p.x, 2), round(p.y, 2)) for p in points]])


def _park(office: Office) -> Tale:
    """Put the largest park under protection, with a zone in it."""
    parks = (v for v in in_force(office.connection, GREEN_AREA, Instant()).values() if _is_park(v.attributes))
    park = max(parks, key=lambda v: v.geometry.area).geometry
    named = {"name_kk": "Үлгі ботаникалық бағы", "name_ru": "Ботанический сад «Образец»", "no_building": True}
    founded = {"site_kind": "botanical_garden", "legal_foundation_document": "Үлгі шешім № 7"}
    site = Enter(layer=PROTECTED_SITE.name, geometry=_areas(park), attributes={**named, **founded})
    made = (yield Deed("2021-06-07", site, "Park under protection", AKIMAT)).features[-1]
    inner = shapely.buffer(park, -15.0, quad_segs=4)
    zone = {"site_id": made, "zone_type": "strict", "no_building": True}
    strict = Enter(layer=PROTECTED_ZONE.name, geometry=_areas(inner), attributes=zone)
    yield Deed("2021-06-08", strict, "Zone of strict protection", AKIMAT)


def _is_park(attributes: object) -> bool:
    return isinstance(attributes, dict) and attributes["green_area_type"] == "park"


def _works(city: BaseGeometry) -> Tale:
    """Enter works of the lowest class; their sanitary zone follows."""
    x, y = (round(value) for value in shapely.get_coordinates(shapely.centroid(city))[0])
    yard = MultiPolygon([shapely.box(x - 15, y - 10, x + 15, y + 10)])
    said = {"name_kk": "Үлгі наубайханасы", "name_ru": "Пекарня «Образец»", "hazard_class": "V", "activity": "bakery"}
    yield Deed("2020-11-09", Enter(layer=FACILITY.name, geometry=yard, attributes=said), "Works entered", AKIMAT)


def _station(city: BaseGeometry) -> Tale:
    x, y = (round(value) for value in shapely.get_coordinates(shapely.centroid(city))[0])
    said = {"station_code": "SAMPLE-1", "media_monitored": "air", "name": "Үлгі бекеті"}
    station = Enter(layer=MONITORING_STATION.name, geometry=Point(x + 60, y + 40), attributes=said)
    yield Deed("2021-02-15", station, "Monitoring station", AKIMAT)


def _areas(area: BaseGeometry) -> MultiPolygon:
    return MultiPolygon([part for part in shapely.get_parts(area) if part.geom_type == "Polygon"])
