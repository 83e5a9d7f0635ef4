"""The application over a small register, served on the loopback."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator

import httpx2
import pytest
import shapely

from cadastres.land.model import PARCEL
from gis import store
from gis.edit import Put
from gis.record import NOWHERE, Write
from tests.api.office import Office, opened_office
from tests.api.server import serving
from tests.city import ORIGIN, City, square

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
    put("environment.water_body", block, water_type="standingWater")
    put("environment.green_area", block, green_area_type="park")
    return small_city


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
