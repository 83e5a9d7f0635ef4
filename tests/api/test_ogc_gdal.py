"""GDAL as a client of the OGC API: it lists and reads every layer, and puts points where they belong."""

import pyogrio
import pytest
import shapely

from data.catalogue import LAYERS
from tests.city import FURNISHED, ORIGIN, square

pytestmark = pytest.mark.qgis


@pytest.fixture(scope="module")
def source(live_server: str) -> str:
    """How GDAL is told of the service."""
    return f"OAPIF:{live_server}/ogc"


def test_every_layer_is_listed(source: str) -> None:
    """Under its own name, with its kind of geometry."""
    found = {str(name): str(kind) for name, kind in pyogrio.list_layers(source)}
    assert found == {name: layer.geometry.wkt for name, layer in LAYERS.mapped.items()}


@pytest.mark.parametrize("name", LAYERS.mapped)
def test_every_layer_is_read(source: str, name: str) -> None:
    """All features with all fields, in the city's own system."""
    read = pyogrio.read_dataframe(source, layer=name)
    assert {declared.name for declared in LAYERS[name].properties} <= set(read.columns)
    assert len(read) == FURNISHED.get(name, 1)
    assert read.crs.to_epsg() == 3879
    assert read.geometry.is_valid.all()


def test_the_point_is_not_in_the_sea(source: str) -> None:
    """The address stands in the centre of Helsinki; swapped it would be far from any land."""
    point = pyogrio.read_dataframe(source, layer="address.address").geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx(ORIGIN, abs=0.01)


def test_a_box_is_pushed_down(source: str) -> None:
    """A box in the layer's own system finds what it meets."""
    inside = square(1, 1).buffer(-5)
    read = pyogrio.read_dataframe(source, layer="land.parcel", bbox=inside.bounds)
    assert list(read["cadastral_number"]) == ["91001001007"]
    assert shapely.equals_exact(read.geometry.iloc[0].normalize(), square(1, 1).normalize(), 0.002)
