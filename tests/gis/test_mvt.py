"""Vector tiles against independent oracles: pyproj for places, shapely for shapes, counting by hand for counts."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import mapbox_vector_tile
import psycopg
import pytest
import shapely
from psycopg import Connection
from pyproj import Transformer
from shapely.geometry import shape

from gis.instant import Instant, Reading, read_head, settle
from gis.layer import Layer
from gis.mvt import BUFFER, DRAWN_ZOOM, EXTENT, Tile, place_of, tile_statement
from tests.city import ORIGIN, City, square

_MERCATOR = Transformer.from_crs(3879, 3857, always_xy=True)
_WORLD = 40075016.685578488

Features = list[dict[str, Any]]


def tile_at(x: float, y: float, zoom: int) -> Tile:
    """Return the tile of a zoom in which a place of the city's system lies."""
    east, north = _MERCATOR.transform(x, y)
    return Tile(zoom, *(math.floor(v * 2**zoom) for v in (0.5 + east / _WORLD, 0.5 - north / _WORLD)))


def in_tile(geometry: shapely.Geometry, tile: Tile) -> shapely.Geometry:
    """Carry a geometry of the city's system to units of a tile, rows counted downward, by pyproj alone."""
    side = 2**tile.zoom * EXTENT

    def carry(xs: Any, ys: Any) -> tuple[Any, Any]:
        east, north = _MERCATOR.transform(xs, ys)
        return (0.5 + east / _WORLD) * side - tile.column * EXTENT, (0.5 - north / _WORLD) * side - tile.row * EXTENT

    return shapely.transform(geometry, lambda places: shapely.get_coordinates(shapely.points(*carry(*places.T))))


@pytest.fixture
def reader(small_city: City) -> Iterator[Connection]:
    """A connection of the public login."""
    with psycopg.connect(small_city.register.database.reader, autocommit=True) as connection:
        yield connection


def drawn(connection: Connection, city: City, layer: Layer, tile: Tile, reading: Reading | None = None) -> Features:
    """Return a tile's features, decoded by another library, rows counted downward."""
    reading = reading or settle(Instant(), read_head(connection))
    place = place_of(tile, city.profile.system, city.profile.srid)
    if place is None:
        return []
    values = {**place.parameters, **reading.parameters}
    row = connection.execute(tile_statement(layer, reading, tile), values, binary=True).fetchone()
    if row is None or not row[0]:
        return []
    decoded = mapbox_vector_tile.decode(row[0], default_options={"y_coord_down": True})
    features: Features = decoded[layer.name]["features"]
    return features


@pytest.mark.parametrize("zoom", [DRAWN_ZOOM, 16, 18])
def test_shapes_lie_where_pyproj_puts_them(small_city: City, reader: Connection, zoom: int) -> None:
    """Each parcel in reach is drawn once, within a unit of its true place, with its id and fields."""
    layer = small_city.register.layers["land.parcel"]
    tile = tile_at(ORIGIN[0] + 100, ORIGIN[1] + 100, zoom)
    window = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    wanted = {f"91001001{i + 1:03d}": in_tile(square(i % 5, i // 5), tile) for i in range(25)}
    wanted = {number: shapely.intersection(s, window) for number, s in wanted.items()}
    found = {f["properties"]["cadastral_number"]: f for f in drawn(reader, small_city, layer, tile)}
    wanted = {number: cut for number, cut in wanted.items() if shapely.area(cut) > 50}
    assert wanted.keys() <= found.keys()
    for number, geometry in wanted.items():
        assert shapely.hausdorff_distance(geometry, shape(found[number]["geometry"])) < 2
        assert found[number]["id"] > 0
        assert found[number]["properties"]["official_area"] == 1600.0
        assert "national_reference" not in found[number]["properties"]


@pytest.mark.parametrize("zoom", [6, 10, 12])
def test_what_is_too_small_is_counted(small_city: City, reader: Connection, zoom: int) -> None:
    """Below a pixel nothing is dropped: squares where the parcels are, whose counts add up to all of them."""
    layer = small_city.register.layers["land.parcel"]
    middles = [square(i % 5, i // 5).centroid for i in range(25)]
    tiles = {tile_at(middle.x, middle.y, zoom) for middle in middles}
    features = [(tile, f) for tile in tiles for f in drawn(reader, small_city, layer, tile)]
    assert sum(f["properties"]["count"] for _, f in features) == 25
    for tile, feature in features:
        cell = shape(feature["geometry"])
        assert cell.area == 64 * 64
        assert any(shapely.distance(in_tile(middle, tile), cell) < 1 for middle in middles)


def test_squares_are_wound_as_the_format_wants(small_city: City, reader: Connection) -> None:
    """Outer rings run clockwise on the screen (MVT 2.1, 4.3.4.4), so that no renderer takes a square for a hole."""
    layer = small_city.register.layers["land.parcel"]
    for zoom in (10, 16):
        for feature in drawn(reader, small_city, layer, tile_at(ORIGIN[0] + 100, ORIGIN[1] + 100, zoom)):
            ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
            assert ring.is_ccw  # counted downward, as the decoder does here, clockwise turns round


def test_a_large_feature_is_drawn_among_counts(small_city: City, reader: Connection) -> None:
    """A quarter that is some pixels wide keeps its shape and its code where its parcels are only counted."""
    quarters = drawn(reader, small_city, small_city.register.layers["land.quarter"], tile_at(*ORIGIN, 12))
    assert [f["properties"].get("code") for f in quarters] == ["91001001"]


def test_tiles_are_read_on_both_axes(empty_city: City) -> None:
    """A tile of another legal date, or of what the register said before an act, shows what was so then."""
    layer = empty_city.register.layers["land.parcel"]
    first = empty_city.put("land.parcel", square(0, 0), "2020-01-01", cadastral_number="91001001001", address="a")
    with psycopg.connect(empty_city.register.database.reader, autocommit=True) as connection:
        before = read_head(connection)
        empty_city.put("land.parcel", square(0, 0), "2022-01-01", first, cadastral_number="91001001001", address="b")
        after = read_head(connection)

        def told(instant: Instant) -> list[str]:
            features = drawn(connection, empty_city, layer, tile_at(*ORIGIN, 16), settle(instant, after))
            return [feature["properties"]["address"] for feature in features]

        assert told(Instant()) == ["b"]
        assert told(Instant(datetime(2021, 1, 1, tzinfo=UTC))) == ["a"]
        assert told(Instant(recorded=before.recorded)) == ["a"]
        assert told(Instant(datetime(2019, 1, 1, tzinfo=UTC))) == []


def test_points_and_lines(empty_city: City) -> None:
    """Points are counted as points; lines too short to be seen are left out, longer ones drawn."""
    layers = empty_city.register.layers
    empty_city.put("address.address", shapely.Point(ORIGIN), locator_designator="1", position_specification="building")
    line = shapely.MultiLineString([[ORIGIN, (ORIGIN[0] + 30, ORIGIN[1])]])
    empty_city.put("address.street", line, functional_class="mainRoad")
    with psycopg.connect(empty_city.register.database.reader, autocommit=True) as connection:
        counted = drawn(connection, empty_city, layers["address.address"], tile_at(*ORIGIN, 11))
        assert [(f["geometry"]["type"], f["properties"]) for f in counted] == [("Point", {"count": 1})]
        assert drawn(connection, empty_city, layers["address.street"], tile_at(*ORIGIN, 10)) == []
        assert len(drawn(connection, empty_city, layers["address.street"], tile_at(*ORIGIN, 13))) == 1


def test_the_cells_of_a_tile_are_one_range(small_city: City, reader: Connection) -> None:
    """The database's cell of a place lies in the range of exactly the tiles that the place lies in."""
    rows = reader.execute(
        "SELECT tile_cell, ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)) FROM land.parcel"
    ).fetchall()
    for cell, x, y in rows:
        for zoom in range(14):
            tile = tile_at(x, y, zoom)
            first, last = tile.cells
            assert first <= cell <= last
            beside = Tile(zoom, (tile.column + 1) % 2**zoom, tile.row)
            assert zoom == 0 or not beside.cells[0] <= cell <= beside.cells[1]


def test_tiles_beyond_the_citys_reach_are_empty(small_city: City, reader: Connection) -> None:
    """A tile on the other side of the world, and the world's own tile, are answered without a refusal."""
    layer = small_city.register.layers["land.parcel"]
    assert drawn(reader, small_city, layer, Tile(5, 3, 20)) == []
    assert drawn(reader, small_city, layer, Tile(14, 0, 16383)) == []
    assert sum(f["properties"]["count"] for f in drawn(reader, small_city, layer, Tile(0, 0, 0))) == 25
