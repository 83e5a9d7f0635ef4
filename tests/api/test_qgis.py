"""QGIS from Debian, headless, loads layers by WFS and by OGC API: count, fields, geometry, CRS."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from pyproj import Transformer

from data.catalogue import LAYERS
from tests.city import FURNISHED, ORIGIN, square

pytestmark = pytest.mark.qgis

_SCRIPT = Path(__file__).parent / "qgis_client.py"
Look = Callable[..., list[dict[str, Any]]]
Seen = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def look(qgis_python: str, tmp_path_factory: pytest.TempPathFactory) -> Look:
    """Let QGIS look at layers: (provider, uri, field to order by)."""
    home = tmp_path_factory.mktemp("qgis")
    env = {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

    def ask(*layers: tuple[str, str, str]) -> list[dict[str, Any]]:
        command = [qgis_python, str(_SCRIPT)]
        told = subprocess.run(
            command, input=json.dumps(layers), env=env, check=False, capture_output=True, text=True, timeout=300
        )
        assert told.stdout, told.stderr[-2000:]
        found: list[dict[str, Any]] = json.loads(told.stdout[told.stdout.index("[") :])
        return found

    return ask


def _wfs(address: str, name: str, label: str = "", srs: str = "EPSG:3879") -> tuple[str, str, str]:
    uri = f"pagingEnabled='true' srsname='{srs}' typename='{name}' url='{address}/wfs' version='auto'"
    return "WFS", uri, label


def _oapif(address: str, name: str, label: str = "") -> tuple[str, str, str]:
    return "OAPIF", f"typename='{name}' url='{address}/ogc'", label


_SYSTEMS = ("EPSG:3879", "EPSG:4326", "EPSG:3857")


@pytest.fixture(scope="module")
def by_wfs(look: Look, live_server: str) -> Seen:
    """What QGIS sees of each layer by WFS, and of the addresses in each offered system."""
    labels = {"land.parcel": "cadastral_number"}
    layers = {name: _wfs(live_server, name.replace(".", ":"), labels.get(name, "")) for name in LAYERS.mapped}
    points = {srs: _wfs(live_server, "address:address", srs=srs) for srs in _SYSTEMS}
    asked = layers | points
    return dict(zip(asked, look(*asked.values()), strict=True))


@pytest.fixture(scope="module")
def by_ogc_api(look: Look, live_server: str) -> Seen:
    """What QGIS sees of each layer by OGC API Features."""
    return dict(zip(LAYERS.mapped, look(*(_oapif(live_server, name) for name in LAYERS.mapped)), strict=True))


def _is_in_helsinki(x: float, y: float, crs: str) -> bool:
    longitude, latitude = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    return bool(24.9 < longitude < 25.0 and 60.1 < latitude < 60.2)


@pytest.mark.parametrize("name", LAYERS.mapped)
def test_every_layer_by_wfs(by_wfs: Seen, name: str) -> None:
    """Valid, whole, with every declared field, in the city's own system."""
    layer, told = LAYERS[name], by_wfs[name]
    assert told["valid"], told
    assert told["count"] == FURNISHED.get(name, 1)
    assert {p.name for p in layer.properties} <= set(told["fields"])
    assert told["crs"] == "EPSG:3879"
    assert shapely.from_wkt(told["geometry"][0]).geom_type in {layer.geometry.wkt, f"Multi{layer.geometry.wkt}"}


def test_parcels_by_wfs(by_wfs: Seen) -> None:
    """Every square is where it was written, and fields have their types."""
    told = by_wfs["land.parcel"]
    shapes = [shapely.from_wkt(wkt) for wkt in told["geometry"]]
    assert all(shapely.equals(shape, square(i % 5, i // 5)) for i, shape in enumerate(shapes))
    assert told["values"][:2] == ["91001001001", "91001001002"]
    assert told["fields"]["official_area"] == "double"


@pytest.mark.parametrize("srs", _SYSTEMS)
def test_a_point_by_wfs_is_not_in_the_sea(by_wfs: Seen, srs: str) -> None:
    """In each offered system the address stands in the centre of Helsinki; with swapped axes it would be in the sea."""
    point = shapely.from_wkt(by_wfs[srs]["geometry"][0])
    assert by_wfs[srs]["crs"] == srs
    assert _is_in_helsinki(point.x, point.y, srs)


@pytest.mark.parametrize("name", LAYERS.mapped)
def test_every_layer_by_ogc_api(by_ogc_api: Seen, name: str) -> None:
    """Valid, whole, with every declared field."""
    layer, told = LAYERS[name], by_ogc_api[name]
    assert told["valid"], told
    assert told["count"] == FURNISHED.get(name, 1)
    assert {f.name for f in layer.fields if f.required} <= set(told["fields"])
    assert shapely.from_wkt(told["geometry"][0]).geom_type in {layer.geometry.wkt, f"Multi{layer.geometry.wkt}"}


def test_a_point_by_ogc_api_is_not_in_the_sea(by_ogc_api: Seen) -> None:
    """Whatever system QGIS asks for, the address stands where it was written."""
    told = by_ogc_api["address.address"]
    point = shapely.from_wkt(told["geometry"][0])
    assert _is_in_helsinki(point.x, point.y, told["crs"])
    expected = Transformer.from_crs(3879, told["crs"], always_xy=True).transform(*ORIGIN)
    assert (point.x, point.y) == pytest.approx(expected, rel=1e-9, abs=1e-6)
