"""The application over a small register, served on the loopback."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL
from cadastres.urban_planning import street_model, street_point_model, street_state_model
from cadastres.urban_planning.street_verbs import ChangeStreets, Enter
from gis import store
from gis.edit import Put
from gis.layer import Layer
from gis.record import NOWHERE, Write
from tests.api.office import Office, opened_office
from tests.api.server import serving
from tests.city import ORIGIN, City, square
from tests.city3d import EMPTY

QGIS_PYTHON = "/usr/bin/python3"


@pytest.fixture(scope="module")
def furnished_city(small_city: City) -> City:
    """The small city with one feature in each layer beside quarters and parcels."""
    block = shapely.MultiPolygon([square(0, 0), square(2, 2)])
    line = shapely.MultiLineString([[ORIGIN, (ORIGIN[0] + 100, ORIGIN[1] + 50)]])
    put = small_city.put
    put("land.zone", block, kind="category", category="2")
    put("land.reservation", block, purpose="park")
    put("address.admin_unit", block, level="cityDistrict", name_kk="Орталық", name_ru="Центральный", kato="910010000")
    put("address.named_place", block, name_kk="Самал ықшамауданы", name_ru="микрорайон Самал")
    put("address.street", line, functional_class="mainRoad")
    put("address.address", shapely.Point(ORIGIN), locator_designator="1", position_specification="building")
    building = put("real_estate.building", block, condition_of_construction="functional")
    premises = put(
        "real_estate.premises",
        NOWHERE,
        premises_number="91001001001:1/А:1",
        building_id=building,
        current_use="residential",
    )
    put("real_estate.room", square(0, 0, 5.0), premises_id=premises, room_use="living", area=25.0)
    unit = _unit(small_city, "91001001001")
    servitude = put(
        "real_estate.right",
        NOWHERE,
        unit_id=unit,
        category="restriction",
        kind="servitude",
        share_check=False,
        party_required=False,
        registered=True,
        excludes_others=False,
    )
    put("real_estate.right_area", shapely.MultiPolygon([square(0, 0, 4.0)]), right_id=servitude)
    put("urban_planning.land_use", block, hilucs_land_use="5_ResidentialUse")
    put("urban_planning.city_object", block, gml_id="kiosk", object_type="Building", shape=EMPTY)
    plan = put(
        "urban_planning.spatial_plan",
        block,
        plan_type="general_plan",
        title_kk="Бас жоспар",
        title_ru="Генеральный план",
        level_of_spatial_plan="local",
        process_step_general="elaboration",
    )
    put(
        "urban_planning.zoning_element",
        block,
        plan_id=plan,
        functional_zone="residential",
        process_step_general="elaboration",
    )
    put(
        "urban_planning.regulation_line",
        line,
        line_kind="red_line",
        building_side="both",
        process_step_general="legalForce",
    )
    put("environment.water_body", block, water_type="standingWater")
    put("environment.green_area", block, green_area_type="park")
    _works(small_city, block)
    _nature(small_city, block, line)
    _networks(small_city)
    _streets(small_city)
    return small_city


def _nature(city: City, block: shapely.MultiPolygon, line: shapely.MultiLineString) -> None:
    """Put in what the environmental cadastre keeps; zones follow from the parameter rows."""
    put = city.put
    kinds = ("water_protection_zone", "water_protection_strip", "sanitary", "electricity", "water", "gas", "sewer")
    for kind in kinds:
        put("environment.zone_parameter", NOWHERE, zone_kind=kind, class_key="any", width=50.0, confirmed=False)
    put("environment.water_reach", line, water_class="river", measured_from="shoreline")
    put("environment.facility", block, hazard_class="V")
    site = put("environment.protected_site", block, site_kind="botanical_garden")
    put("environment.protected_zone", block, site_id=site, zone_type="strict")
    put("environment.hazard_area", block, hazard_type="mudflow", likelihood="low")
    point = shapely.Point(ORIGIN)
    put("environment.observed_event", point, event_type="mudflow", occurred_at=datetime(2015, 7, 23, tzinfo=UTC))
    put("environment.monitoring_station", point, station_code="A-1", media_monitored="air")


def _networks(city: City) -> None:
    """Put in a water main between two nodes, the first of them in a pumping station."""
    kind: dict[str, Any] = {"utility_network_type": "water", "current_status": "functional"}
    house = city.put("urban_planning.network_structure", square(3, 3, 10.0), structure_kind="pumpingStation", **kind)
    ends = (ORIGIN[0] + 35, ORIGIN[1] + 35), (ORIGIN[0] + 90, ORIGIN[1] + 35)
    begin, end = (
        city.put("urban_planning.network_node", shapely.Point(at), node_kind=what, structure_id=inside, **kind)
        for at, what, inside in zip(ends, ("source", "consumer"), (house, None), strict=True)
    )
    course = shapely.LineString(ends)
    flow: dict[str, Any] = {"flow_direction": "inDirection", "from_node": begin, "to_node": end}
    city.put("urban_planning.network_line", course, **kind, **flow)


def _streets(city: City) -> None:
    """Put in a corner of two streets, of which one is closed, with a way of each other kind, and what stands there."""

    def line(*points: tuple[float, float]) -> shapely.LineString:
        return shapely.LineString([(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in points])

    corner, kerb = (shapely.Point(ORIGIN[0] + x, ORIGIN[1] + 60) for x in (50, 55))
    entered: tuple[tuple[Layer, BaseGeometry, dict[str, Any]], ...] = (
        (street_model.STREET_SEGMENT, line((10, 60), (50, 60)), {"highway": "residential"}),
        (street_model.STREET_SEGMENT, line((50, 60), (50, 90)), {"highway": "service"}),
        (street_model.CROSSING, line((50, 60), (55, 60)), {"markings": "zebra"}),
        (street_model.FOOTWAY, line((55, 60), (70, 60)), {"footway": "sidewalk"}),
        (street_model.STEPS, line((70, 60), (75, 60)), {"step_count": 12}),
        (street_model.RAMP, line((70, 60), (72, 64), (75, 60)), {"incline": 0.08}),
        (street_point_model.KERB, kerb, {"kerb": "lowered"}),
        (street_point_model.LIFT, line((70, 60), (75, 60)).boundary.geoms[1], {"status": "working"}),
        (street_point_model.BARRIER, line((70, 60), (75, 60)).boundary.geoms[0], {"barrier": "bollard"}),
        (street_point_model.TRAFFIC_SIGNAL, corner, {"sound_signals": True}),
        (
            street_state_model.TURN_RESTRICTION,
            corner,
            {"from_segment": -1, "to_segment": -2, "restriction": "no_left_turn"},
        ),
        (street_state_model.CLOSURE, line((50, 60), (50, 90)), {"closed_id": -2, "modes": "car"}),
    )
    changes = tuple(Enter(layer=layer, geometry=place, attributes=said) for layer, place, said in entered)
    city.register.perform(ChangeStreets(changes=changes), city.act())


def _works(city: City, block: shapely.MultiPolygon) -> None:
    """Enter a construction object and an auction lot that was withdrawn."""
    with city.register.reading() as connection:
        parcel = store.find(connection, PARCEL, "cadastral_number", "91001001001")
    purpose = {"purpose_kk": "тұрғын үй", "purpose_ru": "жилой дом"}
    site = {"state": "design", "parcel_id": parcel, "parcel_number": "91001001001", **purpose}
    named = {"lot_number": "91001001002-1", "parcel_number": "91001001002", "state": "cancelled", **purpose}
    terms = {"right_offered": "ownership", "starting_price": 1000, "step": 100, "deposit": 10}
    act = city.act()
    made = (
        Write("urban_planning.construction_object", -1, act.period, block, site),
        Write("urban_planning.auction_lot", -2, act.period, block, {**named, **terms}),
    )
    city.register.perform(Put(made), act)


def _unit(city: City, number: str) -> int:
    """Form a unit of one parcel; return its id."""
    with city.register.reading() as connection:
        parcel = store.find(connection, PARCEL, "cadastral_number", number)
    act = city.act()
    unit = Write("real_estate.unit", -1, act.period, NOWHERE, {"unit_number": number, "type": "basicPropertyUnit"})
    tie = {"unit_id": -1, "object_id": parcel, "object_kind": "parcel"}
    part = Write("real_estate.unit_part", -2, act.period, NOWHERE, tie)
    return city.register.perform(Put((unit, part)), act).features[-1]


@pytest.fixture(scope="module")
def live_server(furnished_city: City) -> Iterator[str]:
    """Address of a server of the small city, without a slash at its end."""
    with serving(furnished_city.register) as server:
        yield server.address


@pytest.fixture(scope="module")
def client(live_server: str) -> Iterator[httpx2.Client]:
    """A client of the live server."""
    with httpx2.Client(base_url=live_server, timeout=60.0) as opened:
        yield opened


@pytest.fixture(scope="module")
def office(fresh_city: Callable[[str], City]) -> Iterator[Office]:
    """A land office with one quarter of 1200 by 1200 metres."""
    with opened_office(fresh_city("helsinki")) as opened:
        yield opened


@pytest.fixture(scope="session")
def qgis_python() -> str:
    """Interpreter that has QGIS; where there is none the test is skipped, in CI it fails."""
    if not _has_qgis():
        if os.environ.get("CI") == "true":
            pytest.fail("QGIS (Debian package python3-qgis) is not installed")
        pytest.skip("QGIS (Debian package python3-qgis) is not installed")
    return QGIS_PYTHON


def _has_qgis() -> bool:
    if shutil.which(QGIS_PYTHON) is None:
        return False
    probe = [QGIS_PYTHON, "-c", "import qgis.core"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0
