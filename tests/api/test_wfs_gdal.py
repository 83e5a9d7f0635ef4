"""GDAL as a client of the WFS: it lists and reads every layer, pages by itself, and puts points where they belong."""

from collections.abc import Iterator

import pyogrio
import pytest
import shapely
from pyproj import Transformer

from data.catalogue import LAYERS
from gis.layer import FieldType
from tests.city import FURNISHED, ORIGIN, square

pytestmark = pytest.mark.qgis

_READ_AS = {
    FieldType.STRING: "object",
    FieldType.INTEGER: "int64",
    FieldType.NUMBER: "float64",
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "datetime64[D]",
    FieldType.INSTANT: "datetime64[ms]",
}


@pytest.fixture
def _page_of_ten() -> Iterator[None]:
    pyogrio.set_gdal_config_options({"OGR_WFS_PAGE_SIZE": "10"})
    yield
    pyogrio.set_gdal_config_options({"OGR_WFS_PAGE_SIZE": None})


@pytest.fixture(scope="module")
def source(live_server: str) -> str:
    """How GDAL is told of the service."""
    return f"WFS:{live_server}/wfs"


def test_every_layer_is_listed(source: str) -> None:
    """With its kind of geometry."""
    found = {str(name): kind for name, kind in pyogrio.list_layers(source)}
    assert sorted(found) == sorted(name.replace(".", ":") for name in LAYERS.mapped)
    assert all(found[name.replace(".", ":")] == layer.geometry.wkt for name, layer in LAYERS.mapped.items())


@pytest.mark.parametrize("name", LAYERS.mapped)
def test_every_layer_is_read(source: str, name: str) -> None:
    """All fields in their types, all features, in the city's own system."""
    info = pyogrio.read_info(source, layer=name.replace(".", ":"))
    told = dict(zip(info["fields"], info["dtypes"], strict=True))
    declared = {p.name: _READ_AS[p.type] for p in LAYERS[name].properties}
    assert {key: str(told[key]) for key in declared} == declared
    assert info["crs"] == "EPSG:3879"
    read = pyogrio.read_dataframe(source, layer=name.replace(".", ":"))
    assert len(read) == FURNISHED.get(name, 1)
    assert read.geometry.is_valid.all()


def test_the_point_is_not_in_the_sea(source: str) -> None:
    """The address stands in the centre of Helsinki; swapped it would be in the Indian Ocean."""
    (point,) = pyogrio.read_dataframe(source, layer="address:address").geometry
    assert (point.x, point.y) == ORIGIN
    longitude, latitude = Transformer.from_crs(3879, 4326, always_xy=True).transform(point.x, point.y)
    assert (24.9 < longitude < 25.0, 60.1 < latitude < 60.2) == (True, True)


def test_texts_and_shapes_are_those_that_were_written(source: str) -> None:
    """Squares stay squares, and markup in a text survives."""
    read = pyogrio.read_dataframe(source, layer="land:parcel").sort_values("cadastral_number", ignore_index=True)
    assert read.address[24] == "Testikatu 25 <&\"'> Қала"
    assert all(shapely.equals(read.geometry[i], square(i % 5, i // 5)) for i in range(25))


@pytest.mark.usefixtures("_page_of_ten")
def test_pages_of_its_own(source: str) -> None:
    """A page size of 10 makes three requests and no feature twice."""
    read = pyogrio.read_dataframe(source, layer="land:parcel")
    assert (len(read), read.gml_id.nunique()) == (25, 25)


def test_a_box(source: str) -> None:
    """GDAL sends its box in the order that the system's name stands for."""
    read = pyogrio.read_dataframe(source, layer="land:parcel", bbox=square(1, 1).buffer(-1).bounds)
    assert list(read.cadastral_number) == ["91001001007"]


def test_a_condition(source: str) -> None:
    """What the service does not understand GDAL does itself."""
    read = pyogrio.read_dataframe(source, layer="land:parcel", where="cadastral_number = '91001001007'")
    assert list(read.cadastral_number) == ["91001001007"]
