"""GML as the database writes it: coordinates, ids, names of systems, texts."""

import math
from collections.abc import Iterator

import pytest
import shapely
from lxml import etree
from psycopg import Connection, sql

from gis.crs import parse_crs, transformer
from gis.database import connect
from gis.gml import NAMESPACE, feature, gml_id, member, value
from gis.layer import Field, FieldType, GeometryKind, Layer
from gis.text import Text
from tests.city import City, square

_GML = f"{{{NAMESPACE}}}"
_ID = f"{_GML}id"
_OWN = "urn:ogc:def:crs:EPSG::3879"


def _layer(kind: GeometryKind = GeometryKind.POLYGON, *, z: bool = False) -> Layer:
    text = Text(kk="", ru="", en="")
    fields = (
        Field(name="name", type=FieldType.STRING, title=text),
        Field(name="height", type=FieldType.NUMBER, title=text),
        Field(name="kind", type=FieldType.STRING, title=text, values=("a", "b")),
    )
    return Layer(name="test.thing", title=text, description=text, geometry=kind, z=z, fields=fields)


@pytest.fixture(scope="module")
def connection(small_city: City) -> Iterator[Connection]:
    """The public login."""
    with connect(small_city.register.database.reader) as opened:
        yield opened


def _written(
    connection: Connection,
    geometry: shapely.Geometry,
    name: str | None = "x",
    height: float | None = None,
    srs: str = _OWN,
    layer: Layer | None = None,
) -> etree._Element:
    layer = layer or _layer()
    expression = feature(layer, parse_crs(srs), 3879)
    row = sql.SQL(
        "SELECT 7 AS feature_id, 2 AS version, 3 AS opened_by, tstzrange('2020-01-01Z', NULL) AS valid,"
        " tstzrange('2020-01-02Z', NULL) AS recorded, ST_SetSRID(%(wkb)s::geometry, 3879) AS geom,"
        " ST_Transform(ST_SetSRID(%(wkb)s::geometry, 3879), 4326) AS geom_4326,"
        " %(name)s::text AS name, %(height)s::float8 AS height, 'a'::text AS kind"
    )
    statement = sql.SQL("SELECT {} FROM ({}) AS v").format(expression, row)
    found = connection.execute(statement, {"wkb": shapely.to_wkb(geometry), "name": name, "height": height}).fetchone()
    assert found is not None
    return etree.fromstring(f'<root xmlns:test="urn:x-qala:test:1" xmlns:gml="{NAMESPACE}">{found[0]}</root>')[0]


def _positions(element: etree._Element) -> list[list[tuple[float, ...]]]:
    lists = []
    for tag in ("pos", "posList"):
        for found in element.iter(_GML + tag):
            numbers = [float(number) for number in (found.text or "").split()]
            size = int(found.get("srsDimension", "2"))
            lists.append([tuple(numbers[i : i + size]) for i in range(0, len(numbers), size)])
    return lists


@pytest.mark.parametrize(
    ("srs", "swapped"),
    [
        ("urn:ogc:def:crs:EPSG::3879", True),
        ("http://www.opengis.net/def/crs/EPSG/0/3879", True),
        ("EPSG:3879", False),
        ("http://www.opengis.net/gml/srs/epsg.xml#3879", False),
        ("urn:ogc:def:crs:EPSG::32635", False),
    ],
)
def test_axis_order_follows_the_name_of_the_system(connection: Connection, srs: str, swapped: bool) -> None:
    """URN and URI give the authority's order (northing first in EPSG:3879), short names x before y."""
    written = _written(connection, square(0, 0), srs=srs)
    crs = parse_crs(srs)
    expected = [transformer(3879, crs.srid).transform(x, y) for x, y in square(0, 0).exterior.coords]
    expected = [(y, x) for x, y in expected] if swapped else expected
    (ring,) = _positions(written)
    assert all(math.dist(a, b) < 0.001 for a, b in zip(ring, expected, strict=True))
    assert [e.get("srsName") for e in written.iter(f"{_GML}Polygon")] == [crs.srs_name]


@pytest.mark.parametrize(
    ("srs", "latitude_first"),
    [
        ("urn:ogc:def:crs:EPSG::4326", True),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", True),
        ("EPSG:4326", False),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", False),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", False),
    ],
)
def test_degrees_in_the_order_of_their_name(connection: Connection, srs: str, latitude_first: bool) -> None:
    """Helsinki lies at 60° north and 25° east, whichever comes first."""
    written = _written(connection, square(0, 0), srs=srs)
    first, second = _positions(written)[0][0]
    assert (round(first), round(second)) == ((60, 25) if latitude_first else (25, 60))
    assert next(written.iter(f"{_GML}Polygon")).get("srsName") == srs


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [
        (GeometryKind.MULTIPOLYGON, shapely.MultiPolygon([square(0, 0), square(2, 0), square(4, 4)])),
        (GeometryKind.MULTILINESTRING, shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 4), (5, 6)]])),
    ],
)
def test_ids_of_parts_are_unique(connection: Connection, kind: GeometryKind, geometry: shapely.Geometry) -> None:
    """Every part of a collection has an id of its own, as xs:ID demands."""
    written = _written(connection, geometry, layer=_layer(kind))
    ids = [element.get(_ID) for element in written.iter() if element.get(_ID)]
    assert len(ids) == len(set(ids)) == 2 + len(geometry.geoms)  # type: ignore[attr-defined]
    assert len(_positions(written)) == len(geometry.geoms)  # type: ignore[attr-defined]


def test_holes_and_heights_are_kept(connection: Connection) -> None:
    """A ring inside a ring, and the third coordinate, arrive."""
    holed = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]])
    assert len(_positions(_written(connection, holed))) == 2
    raised = shapely.LineString([(0, 1, 5), (2, 3, 6)])
    written = _written(connection, raised, layer=_layer(GeometryKind.LINESTRING, z=True))
    assert _positions(written) == [[(1.0, 0.0, 5.0), (3.0, 2.0, 6.0)]]


@pytest.mark.parametrize("text", ["<&>\"'", "]]>", "a\r\nb\tc", "Қала — город", "<land:parcel/>", "&amp;", "𝄞"])
def test_texts_survive(connection: Connection, text: str) -> None:
    """What XML can carry is read back as it was."""
    written = _written(connection, square(0, 0), name=text)
    assert written.findtext("{urn:x-qala:test:1}name") == text


@pytest.mark.parametrize("character", [chr(c) for c in (*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)])
def test_characters_that_xml_lacks_are_left_out(connection: Connection, character: str) -> None:
    """A control character in a text breaks no document."""
    written = _written(connection, square(0, 0), name=f"a{character}<b")
    assert written.findtext("{urn:x-qala:test:1}name") == "a<b"


@pytest.mark.parametrize(
    ("number", "spelled"), [(1.5, "1.5"), (math.inf, "INF"), (-math.inf, "-INF"), (math.nan, "NaN"), (0.1, "0.1")]
)
def test_numbers_are_spelled_as_xml_schema_wants(connection: Connection, number: float, spelled: str) -> None:
    """xs:double knows INF and NaN, not Infinity."""
    assert _written(connection, square(0, 0), height=number).findtext("{urn:x-qala:test:1}height") == spelled


def test_missing_values_are_left_out(connection: Connection) -> None:
    """A property without a value has no element; times carry their offset."""
    written = _written(connection, square(0, 0), name=None)
    names = [etree.QName(child).localname for child in written]
    assert names == ["version", "changeset", "valid_from", "begin_lifespan_version", "kind", "geom"]
    assert written.findtext("{urn:x-qala:test:1}valid_from") == "2020-01-01T00:00:00+00:00"


def test_only_asked_properties(connection: Connection) -> None:
    """Beside those that no feature may lack."""
    statement = member(_layer(), parse_crs(_OWN), 3879, only={"name"}).as_string(connection)
    assert "test:name" in statement
    assert "test:version" in statement
    assert "test:height" not in statement
    assert "test:geom" not in statement


def test_value_of_an_unknown_property(connection: Connection) -> None:
    """The declaration is the only list of properties."""
    with pytest.raises(KeyError):
        value(_layer(), "nothing", parse_crs(_OWN), 3879)


def test_gml_id() -> None:
    """The id names layer and feature."""
    assert gml_id(_layer(), 12) == "test.thing.12"
