"""OpenStreetMap extracts: every row accepted, accepted with its defect, or refused with its reason."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import pyogrio
import pytest
import shapely

from data.demo import demo_extract
from data.loaders.osm import READERS, OsmCity, read_osm
from data.loaders.pbf import Reference, read_extent, read_extract
from data.loaders.source import BadFile
from tests.city import REAL_DATA
from tests.osm_file import OsmFile, block_of

GK25 = 3879
BUILDING = "real_estate.building"
NOT_IN_ALMATY = {"environment.protected_site", "urban_planning.network_line"}
"""What nobody had drawn on the map of 2012."""

STREET = "address.street"
X, Y = 24.94, 60.17
"""A place in the centre of Helsinki."""


def box(west: float, south: float, size: float = 0.0005) -> list[tuple[float, float]]:
    """Return the corners of a box beside the place, degrees."""
    x, y = X + west, Y + south
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


@pytest.fixture(scope="module")
def helsinki() -> OsmCity:
    """The extract of the demo city."""
    return read_osm(demo_extract(), GK25)


def _codes(city: OsmCity, layer: str, key: str) -> list[tuple[str, str]]:
    return [(d.code, d.outcome.value) for d in city.layers[layer].defects if d.key == key]


def _told(city: OsmCity, layer: str, reference: str) -> dict[str, object]:
    found = [f for f in city.layers[layer].features if f.attributes["external_reference"] == reference]
    assert len(found) == 1
    return dict(found[0].attributes)


def _small(tmp_path: Path, file: OsmFile) -> OsmCity:
    return read_osm(file.write(tmp_path / "small.osm.pbf"), GK25)


@pytest.mark.parametrize("layer", [layer.name for layer in READERS])
def test_counts_add_up(helsinki: OsmCity, layer: str) -> None:
    """Rows read are the rows accepted, accepted with a defect and refused; features are made of the former two."""
    rows = helsinki.layers[layer]
    assert rows.read == rows.accepted + rows.accepted_with_defect + rows.refused
    assert sum(feature.rows for feature in rows.features) == rows.accepted + rows.accepted_with_defect
    assert rows.read > 0 or layer == "environment.protected_site", "the centre of Helsinki has none"
    told = {d.key: d.outcome.value for d in rows.defects}
    assert list(told.values()).count("refused") == rows.refused
    assert list(told.values()).count("accepted-with-defect") == rows.accepted_with_defect


@pytest.mark.filterwarnings("ignore")  # GDAL warns of rings that the extract's edge cuts
def test_buildings_are_those_that_gdal_sees(helsinki: OsmCity) -> None:
    """GDAL's own reader of the format finds no building that is not read, and whole ones have the same area."""
    columns = ["osm_id", "osm_way_id", "building"]
    frame = pyogrio.read_dataframe(demo_extract(), layer="multipolygons", columns=columns, on_invalid="ignore")
    frame = frame[frame["building"].notna() & ~frame["building"].isin(["no", "entrance"])].to_crs(GK25)
    expected = {
        f"relation/{relation}" if isinstance(relation, str) else f"way/{way}": area
        for relation, way, area in zip(frame["osm_id"], frame["osm_way_id"], frame.area, strict=True)
    }
    rows = helsinki.layers[BUILDING]
    flawed = {d.key for d in rows.defects}
    found = {str(f.attributes["external_reference"]): f.geometry.area for f in rows.features}
    assert expected.keys() <= found.keys() | flawed
    assert len(expected) > 400
    whole = expected.keys() - flawed
    assert {key: found[key] for key in whole} == pytest.approx({key: expected[key] for key in whole}, abs=0.5)


def test_geometries_are_valid_and_of_the_layer_s_kind(helsinki: OsmCity) -> None:
    """Whatever was mended, nothing invalid or of another kind gets through."""
    for rows in helsinki.layers.values():
        shapes = [f.geometry for f in rows.features]
        assert {shape.geom_type for shape in shapes} <= {rows.layer.geometry.wkt}
        assert all(shape.is_valid and not shape.is_empty for shape in shapes)


def test_attributes_are_declared_and_listed(helsinki: OsmCity) -> None:
    """Features say exactly the declared fields, with values from the closed lists, and nothing required is missing."""
    for rows in helsinki.layers.values():
        declared = [f.name for f in rows.layer.fields]
        listed = {f.name: f.values for f in rows.layer.fields if f.values}
        needed = {f.name for f in rows.layer.fields if f.required}
        for feature in rows.features:
            assert list(feature.attributes) == declared
            assert all(feature.attributes[name] in (None, *values) for name, values in listed.items())
            assert all(feature.attributes[name] is not None for name in needed)


def test_reading_is_deterministic(helsinki: OsmCity) -> None:
    """The same file gives the same features, byte for byte, in the same order."""
    again = read_osm(demo_extract(), GK25)
    for name, rows in helsinki.layers.items():
        assert [shapely.to_wkb(f.geometry) for f in rows.features] == [
            shapely.to_wkb(f.geometry) for f in again.layers[name].features
        ]
        assert [f.attributes for f in rows.features] == [f.attributes for f in again.layers[name].features]


def test_names_in_each_language(tmp_path: Path) -> None:
    """Names go to the languages that the map names; the name of the place stays as it is."""
    file = OsmFile()
    names = {"name": "Қала", "name__kk": "Қала", "name__ru": "Город", "name__en": "City", "name__sv": "Stad"}
    file.way(1, box(0, 0), closed=True, building="yes", **names)
    file.way(2, box(0.001, 0), closed=True, building="yes", name="Talo", int_name="House")
    city = _small(tmp_path, file)
    first, second = _told(city, BUILDING, "way/1"), _told(city, BUILDING, "way/2")
    assert [first[k] for k in ("name", "name_kk", "name_ru", "name_en")] == ["Қала", "Қала", "Город", "City"]
    assert [second[k] for k in ("name", "name_kk", "name_ru", "name_en")] == ["Talo", None, None, "House"]


def test_bare_multipolygon_gives_its_shape_to_the_outer_way(tmp_path: Path) -> None:
    """An old-style multipolygon, tagged on its outer way, has its hole; the inner way, untagged, is no building."""
    file = OsmFile()
    file.way(1, box(0, 0, 0.0009), closed=True, building="yes")
    file.way(2, box(0.0003, 0.0003, 0.0003), closed=True)
    file.relations[9] = ([(1, "outer"), (2, "inner")], {"type": "multipolygon"})
    rows = _small(tmp_path, file).layers[BUILDING]
    assert (rows.read, rows.accepted) == (1, 1)
    assert shapely.get_num_interior_rings(shapely.get_geometry(rows.features[0].geometry, 0)) == 1
    assert rows.features[0].attributes["external_reference"] == "way/1"


def test_member_of_a_relation_is_a_thing_of_its_own(tmp_path: Path) -> None:
    """A house in the yard of a ring of houses, tagged on its own, is read beside the ring."""
    file = OsmFile()
    file.way(1, box(0, 0, 0.0009), closed=True)
    file.way(2, box(0.0003, 0.0003, 0.0003), closed=True, building="house")
    file.relations[9] = ([(1, "outer"), (2, "inner")], {"type": "multipolygon", "building": "apartments"})
    rows = _small(tmp_path, file).layers[BUILDING]
    assert {f.attributes["external_reference"] for f in rows.features} == {"relation/9", "way/2"}


@pytest.mark.parametrize(
    ("points", "closed", "expected"),
    [
        (box(0, 0), True, []),
        ([box(0, 0)[i] for i in (0, 2, 1, 3)], True, [("geometry-mended", "accepted-with-defect")]),
        (box(0, 0)[:3], False, [("not-an-area", "refused")]),
        ([(X, Y), (X + 0.001, Y), (X, Y)], True, [("geometry-mended", "refused"), ("nothing-left", "refused")]),
    ],
    ids=["sound", "bow-tie", "open", "collapsed"],
)
def test_quirks_of_outlines(
    tmp_path: Path, points: Sequence[tuple[float, float]], closed: bool, expected: list[tuple[str, str]]
) -> None:
    """A self-crossing outline is mended and told; an open or collapsed one is refused."""
    file = OsmFile()
    file.way(1, points, closed=closed, building="yes")
    city = _small(tmp_path, file)
    assert _codes(city, BUILDING, "way/1") == expected
    assert city.layers[BUILDING].read == 1


def test_what_the_extract_cut_off_is_told(tmp_path: Path) -> None:
    """A way that lacks nodes is taken with the defect; one that lacks all is refused; neither is lost."""
    file = OsmFile()
    file.way(1, [*box(0, 0), (X - 0.0002, Y + 0.0002)], closed=True, building="yes")
    file.way(2, box(0.001, 0), closed=True, building="yes")
    del file.nodes[104]
    for node in range(200, 204):
        del file.nodes[node]
    city = _small(tmp_path, file)
    assert _codes(city, BUILDING, "way/1") == [("cut-at-edge", "accepted-with-defect")]
    assert _codes(city, BUILDING, "way/2") == [("geometry-not-built", "refused")]
    assert city.layers[BUILDING].read == 2


def test_point_is_no_footprint_and_no_entrance_a_building(tmp_path: Path) -> None:
    """A building drawn as a point is refused; an entrance is no building but marks an address."""
    file = OsmFile()
    file.nodes[1] = (X, Y, {"building": "yes"})
    entrance = {"building": "entrance", "addr:housenumber": "7 b", "addr:street": "Testikatu"}
    file.nodes[2] = (X + 0.001, Y, entrance)
    city = _small(tmp_path, file)
    assert _codes(city, BUILDING, "node/1") == [("not-an-area", "refused")]
    assert city.layers[BUILDING].read == 1
    assert _told(city, "address.address", "node/2")["position_specification"] == "entrance"


def test_values_not_understood_are_told(tmp_path: Path) -> None:
    """Nonsense in a tag empties its field and is on record; half storeys are let fall."""
    file = OsmFile()
    file.way(1, box(0, 0), closed=True, building="yes", building__levels="many", height="12 m", start_date="1923-05")
    file.way(2, box(0.001, 0), closed=True, building="yes", building__levels="3.5", landuse="swimming in money")
    city = _small(tmp_path, file)
    told = _told(city, BUILDING, "way/1")
    values = [told[k] for k in ("number_of_floors_above_ground", "height_above_ground", "year_of_construction")]
    assert values == [None, 12.0, 1923]
    assert _codes(city, BUILDING, "way/1") == [("value-not-understood", "accepted-with-defect")]
    assert _told(city, BUILDING, "way/2")["number_of_floors_above_ground"] == 3
    assert _told(city, "urban_planning.land_use", "way/2")["hilucs_land_use"] == "6_6_NotKnownUse"


def test_stretches_of_one_street_are_one_feature(tmp_path: Path) -> None:
    """Stretches of one name near each other are one street; a namesake far away is another; nameless ones stay."""
    file = OsmFile()
    file.way(1, [(X, Y), (X + 0.001, Y)], highway="residential", name="Abai")
    file.way(2, [(X + 0.001, Y), (X + 0.002, Y)], highway="primary", name="Abai", name__en="Abai Street")
    file.way(3, [(X, Y + 0.02), (X + 0.001, Y + 0.02)], highway="residential", name="Abai")
    file.way(4, [(X, Y + 0.001), (X + 0.001, Y + 0.001)], highway="residential")
    file.way(5, [(X, Y + 0.002), (X + 0.001, Y + 0.002)], highway="footway")
    city = _small(tmp_path, file)
    told = _told(city, STREET, "way/1;way/2")
    assert (told["functional_class"], told["name_en"]) == ("firstClass", "Abai Street")
    assert [f.attributes["external_reference"] for f in city.layers[STREET].features] == [
        "way/1;way/2", "way/3", "way/4",
    ]  # fmt: skip
    assert city.layers[STREET].read == 4


def test_extent_of_header_or_of_nodes(tmp_path: Path) -> None:
    """Where an extract lies is told by its header, or by its nodes where the header does not."""
    file = OsmFile()
    file.way(1, box(0, 0, 0.01), closed=True, building="yes")
    assert read_extent(file.write(tmp_path / "small.osm.pbf")) == pytest.approx((X, Y, X + 0.01, Y + 0.01))
    assert read_extent(demo_extract()) == pytest.approx((24.935176, 60.164155, 24.953415, 60.179113), abs=1e-5)


def test_day_is_that_of_the_newest_edit(tmp_path: Path) -> None:
    """The extract's day is when its newest element was edited."""
    file = OsmFile(timestamp=1_331_658_463)
    file.way(1, box(0, 0), closed=True, building="yes")
    extract = read_extract(file.write(tmp_path / "small.osm.pbf"), ["building"])
    assert extract.day is not None
    assert extract.day.isoformat() == "2012-03-13T17:07:43+00:00"
    assert [str(e.reference) for e in extract.elements] == [str(Reference("way", 1))]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is no extract at all, but a text",
        b'{"type": "FeatureCollection", "features": []}',
        b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7f",
        block_of("OSMData", zlib.compress(b"\xff" * 100)),
        block_of("OSMData", b"not packed"),
        block_of("OSMData", zlib.compress(b"\x00" * 200_000_000, 9)),
    ],
    ids=["empty", "text", "geojson", "truncated", "nonsense", "not-zlib", "bomb"],
)
def test_what_is_no_extract_is_refused(tmp_path: Path, content: bytes) -> None:
    """Broken files are refused with what would be right, never with a traceback."""
    path = tmp_path / "broken.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=r"broken\.osm\.pbf"):
        read_osm(path, GK25)


def test_truncated_extract_is_refused(tmp_path: Path) -> None:
    """An extract that ends in the middle is refused whole."""
    path = tmp_path / "half.osm.pbf"
    path.write_bytes(demo_extract().read_bytes()[:100_000])
    with pytest.raises(BadFile, match="middle of a block"):
        read_osm(path, GK25)


def test_extract_without_a_city_is_refused(tmp_path: Path) -> None:
    """A sound extract in which nothing is built makes no register."""
    with pytest.raises(BadFile, match="no buildings"):
        read_osm(OsmFile(nodes={1: (X, Y, {"amenity": "bench"})}).write(tmp_path / "bench.osm.pbf"), GK25)


@pytest.mark.realdata
def test_almaty_of_2012_adds_up() -> None:
    """An old extract with its quirks: at least 8 000 buildings, every row accounted for."""
    city = read_osm(REAL_DATA / "almaty" / "almaty-2012.osm.pbf", 32643)
    assert len(city.layers[BUILDING].features) >= 8000
    for rows in city.layers.values():
        assert rows.read == rows.accepted + rows.accepted_with_defect + rows.refused
        assert rows.features or rows.layer.name in NOT_IN_ALMATY


def _node(file: OsmFile, node_id: int, point: tuple[float, float], **tags: str) -> None:
    file.nodes[node_id] = (*point, {key.replace("__", ":"): value for key, value in tags.items()})


def test_one_address_told_by_many_is_one(tmp_path: Path) -> None:
    """A house, its entrance and a shop with one address are one feature at the house; far away it is another."""
    said = {"addr__street": "Katu", "addr__housenumber": "5"}
    file = OsmFile()
    _node(file, 901, (X, Y + 0.0002), shop="books", addr__postcode="00100", **said)
    file.way(1, box(0, 0), closed=True, building="yes", **{**said, "addr__street": "katu"})
    _node(file, 902, (X + 0.02, Y), shop="books", **said)
    _node(file, 903, (X, Y), amenity="cafe", **{**said, "addr__housenumber": "7"})
    rows = _small(tmp_path, file).layers["address.address"]
    told = {(f.attributes["locator_designator"], f.attributes["external_reference"], f.rows) for f in rows.features}
    assert told == {("5", "way/1;node/901", 2), ("5", "node/902", 1), ("7", "node/903", 1)}
    first = next(f for f in rows.features if f.rows == 2)
    assert first.attributes["post_code"] == "00100"
    assert (rows.read, rows.accepted) == (4, 4)


def test_blocks_and_places(tmp_path: Path) -> None:
    """A block stands in its own field; an address may hang on a square; a suburb drawn as a point has no area."""
    file = OsmFile()
    _node(file, 901, (X, Y), addr__housenumber="12/1 к2", addr__place="Tori")
    _node(file, 902, (X, Y), place="suburb", name="Kaupunginosa")
    file.way(1, box(0, 0), closed=True, place="square", name="Tori")
    city = _small(tmp_path, file)
    told = _told(city, "address.address", "node/901")
    assert (told["locator_designator"], told["locator_block"], told["thoroughfare_name"]) == ("12/1", "2", "Tori")
    assert _told(city, "address.named_place", "way/1")["place_type"] == "square"
    assert _codes(city, "address.named_place", "node/902") == [("not-an-area", "refused")]
