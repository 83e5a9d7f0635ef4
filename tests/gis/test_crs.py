"""Coordinate systems: axis order, names, boxes, own systems, areas. Oracles: closed formulas, PROJ itself, shapely."""

import doctest
import math

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box, wkt

from gis import bbox, crs
from gis.bbox import BadBbox, Box, parse_bbox, split_at_antimeridian, storage_bbox, storage_windows
from gis.crs import (
    CRS84,
    BadSystem,
    Crs,
    NoTransformation,
    OwnSystem,
    UnknownCrs,
    geodesic_area,
    known_epsg,
    offered,
    parse_crs,
    require_deliverable,
    require_projected_metre,
    spatial_ref_sys_row,
    system_crs,
    system_row,
    transformation,
    transformer,
)
from gis.database import connect
from tests.city import City

QAZTRF_WKT = """
PROJCRS["QazTRF-23 / UTM zone 43N",
  BASEGEOGCRS["QazTRF-23",
    DATUM["Qazaqstan Terrestrial Reference Frame 2023",
      ELLIPSOID["GRS 1980", 6378137, 298.257222101, LENGTHUNIT["metre", 1]]],
    PRIMEM["Greenwich", 0, ANGLEUNIT["degree", 0.0174532925199433]]],
  CONVERSION["UTM zone 43N",
    METHOD["Transverse Mercator", ID["EPSG", 9807]],
    PARAMETER["Latitude of natural origin", 0, ANGLEUNIT["degree", 0.0174532925199433]],
    PARAMETER["Longitude of natural origin", 75, ANGLEUNIT["degree", 0.0174532925199433]],
    PARAMETER["Scale factor at natural origin", 0.9996, SCALEUNIT["unity", 1]],
    PARAMETER["False easting", 500000, LENGTHUNIT["metre", 1]],
    PARAMETER["False northing", 0, LENGTHUNIT["metre", 1]]],
  CS[Cartesian, 2],
    AXIS["northing (N)", north, ORDER[1], LENGTHUNIT["metre", 1]],
    AXIS["easting (E)", east, ORDER[2], LENGTHUNIT["metre", 1]]]
"""
QAZTRF = OwnSystem(990001, "QazTRF-23 / UTM zone 43N", QAZTRF_WKT, (0.0, 0.0, 0.0))
ALMATY = (76.945, 43.238)
ABOUT_ALMATY = st.tuples(st.floats(76.5, 77.3), st.floats(43.0, 43.6))


class _City:
    def __init__(self, system: crs.System) -> None:
        self.system = system


def test_doctests_hold() -> None:
    """The module's examples hold."""
    assert doctest.testmod(crs).failed == 0


@pytest.mark.parametrize(
    ("name", "srid", "swap"),
    [
        ("http://www.opengis.net/def/crs/EPSG/0/4326", 4326, True),
        ("https://www.opengis.net/def/crs/EPSG/9.9.1/4326", 4326, True),
        ("urn:ogc:def:crs:EPSG::4326", 4326, True),
        ("urn:ogc:def:crs:EPSG:6.9:4326", 4326, True),
        ("urn:x-ogc:def:crs:EPSG::4326", 4326, True),
        ("[EPSG:4326]", 4326, True),
        ("EPSG:4326", 4326, False),
        ("epsg:4326", 4326, False),
        ("http://www.opengis.net/gml/srs/epsg.xml#4326", 4326, False),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326, False),
        ("http://www.opengis.net/def/crs/OGC/0/CRS84h", 4326, False),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326, False),
        ("urn:ogc:def:crs:OGC::CRS84", 4326, False),
        ("[OGC:CRS84]", 4326, False),
        ("CRS:84", 4326, False),
        ("http://www.opengis.net/def/crs/EPSG/0/3879", 3879, True),
        ("urn:ogc:def:crs:EPSG::3857", 3857, False),
        ("urn:ogc:def:crs:EPSG::32643", 32643, False),
        ("urn:ogc:def:crs:EPSG::2154", 2154, False),
    ],
)
def test_name_decides_the_axis_order(name: str, srid: int, swap: bool) -> None:
    """GeoServer's table: EPSG:n and epsg.xml#n are x, y; URN and URI follow the authority."""
    read = parse_crs(name)
    assert (read.srid, read.swap) == (srid, swap)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "4326",
        "WGS84",
        "EPSG:",
        "EPSG:0",
        "EPSG:999999",
        "EPSG:5773",  # heights
        "EPSG:4978",  # geocentric
        "urn:ogc:def:crs:EPSG:4326",
        "http://www.opengis.net/def/crs/EPSG/0/4326/",
        "http://example.org/def/crs/EPSG/0/4326",
        "EPSG:4326'; DROP TABLE x",
        "EPSG:٤٣٢٦",
        "QALA:990001",
        "x" * 100_000,
    ],
)
def test_unknown_name_is_refused_with_the_accepted_forms(name: str) -> None:
    """The refusal is short and shows how to write it right."""
    with pytest.raises(UnknownCrs, match="urn:ogc:def:crs:EPSG::4326") as refusal:
        parse_crs(name)
    assert len(str(refusal.value)) < 1000


@pytest.mark.parametrize("srid", [4326, 3857, 3879, 2154, 32643, 4258, 3067, 31467, 2193, 27700, 7415])
def test_every_spelling_leads_back_to_itself(srid: int) -> None:
    """URI and URN of a system read as the same system, and a canonical name reads as itself."""
    named = system_crs(srid)
    assert parse_crs(named.uri) == named
    assert parse_crs(named.urn).uri == named.uri
    assert parse_crs(named.urn).swap == named.swap == named.is_northing_first
    for name in (named.uri, named.urn, f"EPSG:{srid}", f"http://www.opengis.net/gml/srs/epsg.xml#{srid}"):
        assert parse_crs(name).srs_name == name


def test_crs84_has_a_urn() -> None:
    """CRS84's URN keeps its version."""
    assert CRS84.urn == "urn:ogc:def:crs:OGC:1.3:CRS84"
    assert parse_crs(CRS84.urn).srs_name == CRS84.urn
    assert not CRS84.is_northing_first
    assert CRS84.is_geographic


@pytest.mark.parametrize(
    "srid",
    [
        4326,
        4258,
        3857,
        3879,
        3067,
        2154,
        32643,
        28413,
        31467,
        2193,
        27700,
        5514,
        3031,
        3995,
        32661,
        5041,
        5042,
        2180,
        2048,
    ],
)
def test_swap_agrees_with_proj(srid: int) -> None:
    """PROJ's own normalisation for display swaps exactly where we say that the authority puts y first."""
    definition = pyproj.CRS.from_epsg(srid)
    area = definition.area_of_use
    assert area is not None
    longitude, latitude = area.west * 0.4 + area.east * 0.6, area.south * 0.35 + area.north * 0.65
    x, y = pyproj.Transformer.from_crs(4326, definition, always_xy=True).transform(longitude, latitude)
    first, second = pyproj.Transformer.from_crs(4326, definition).transform(latitude, longitude)
    assert not math.isclose(first, second)
    swapped = (first, second) == pytest.approx((y, x))
    assert swapped or (first, second) == pytest.approx((x, y))
    assert system_crs(srid).swap == swapped


def test_known_codes_are_those_of_maps() -> None:
    """Heights, geocentric systems and numbers that EPSG lacks have no place on a map."""
    assert [known_epsg(code) for code in (4326, 3879, 7415, 5773, 4978, 0, -1, 123456)] == [True] * 3 + [False] * 5


def test_offered_systems_are_named_once() -> None:
    """CRS84 comes first, the city's own is there, nothing twice."""
    assert [c.uri.rsplit("/", 1)[1] for c in offered(3879)] == ["CRS84", "4326", "3857", "3879"]
    assert [c.srid for c in offered(3857)] == [4326, 4326, 3857]
    assert offered(QAZTRF)[-1].own is QAZTRF


def test_delivery_is_in_what_the_database_knows() -> None:
    """A system beyond spatial_ref_sys is refused before any SQL fails."""
    assert require_deliverable(CRS84, {4326}) is CRS84
    with pytest.raises(UnknownCrs, match="2193"):
        require_deliverable(system_crs(2193), {4326})


@given(ABOUT_ALMATY)
def test_own_system_agrees_with_the_utm_zone(place: tuple[float, float]) -> None:
    """QazTRF-23 by WKT2 lies within a decimetre of WGS 84's UTM zone: only the ellipsoids differ."""
    x, y = transformer(4326, 32643).transform(*place)
    own_x, own_y = transformer(32643, QAZTRF).transform(x, y)
    assert math.hypot(own_x - x, own_y - y) < 0.1
    assert transformer(QAZTRF, 32643).transform(own_x, own_y) == pytest.approx((x, y), abs=1e-4)
    assert transformer(QAZTRF, 4326).transform(own_x, own_y) == pytest.approx(place, abs=1e-9)


def test_own_system_has_names_under_its_own_authority() -> None:
    """The city's own system is asked for as QALA:n, its axis order taken from its WKT."""
    named = parse_crs("QALA:990001", QAZTRF)
    assert (named.srid, named.swap, named.system) == (990001, False, QAZTRF)
    assert parse_crs("urn:ogc:def:crs:QALA::990001", QAZTRF).swap
    assert parse_crs(named.uri, QAZTRF).swap
    with pytest.raises(UnknownCrs):
        parse_crs("QALA:990002", QAZTRF)


def test_own_system_makes_a_row_that_postgis_can_read() -> None:
    """The row fits the table and leads to the same coordinates."""
    row = spatial_ref_sys_row(_City(QAZTRF))
    assert row is not None
    assert (row.srid, row.auth_name, row.auth_srid) == (990001, "QALA", 990001)
    assert len(row.srtext) <= 2048
    for definition in (row.srtext, row.proj4text):
        from_row = pyproj.Transformer.from_crs(4326, definition, always_xy=True).transform(*ALMATY)
        assert from_row == pytest.approx(transformer(4326, QAZTRF).transform(*ALMATY), abs=1e-3)


def test_epsg_system_needs_no_row() -> None:
    """PostGIS lists EPSG codes itself; a row can still be made for one it lacks."""
    assert spatial_ref_sys_row(_City(3879)) is None
    assert system_row(3879)[:3] == (3879, "EPSG", 3879)
    assert "GK25" in system_row(3879).srtext


def test_bound_wkt_carries_its_own_tie() -> None:
    """A WKT2 whose base datum PROJ knows needs no to_wgs84."""
    plain = pyproj.CRS.from_epsg(32643).to_wkt()
    system = OwnSystem(990002, "WGS 84 zone 43", plain)
    assert transformer(system, 32643).transform(650000, 4790000) == pytest.approx((650000, 4790000))
    assert system_row(system).srtext == system.compact_wkt


@pytest.mark.parametrize(
    ("srid", "text", "tie", "reason"),
    [
        (43, QAZTRF_WKT, (0, 0, 0), "990000"),
        (999001, QAZTRF_WKT, (0, 0, 0), "998999"),
        (990001, QAZTRF_WKT, (), "to_wgs84"),
        (990001, QAZTRF_WKT, (1, 2), "2 numbers"),
        (990001, "PROJCRS[", (), "can't be read"),
        (990001, "", (), "can't be read"),
        (990001, pyproj.CRS.from_epsg(4326).to_wkt(), (), "metres"),
        (990001, pyproj.CRS.from_epsg(2222).to_wkt(), (), "metres"),
        (990001, pyproj.CRS.from_epsg(3857).to_wkt(), (), "Web Mercator"),
        (990001, QAZTRF_WKT.replace("zone 43N", "zone " + "4" * 2000), (0, 0, 0), "2048"),
    ],
)
def test_unusable_own_system_is_refused(srid: int, text: str, tie: tuple[float, ...], reason: str) -> None:
    """Each reason is named: number, tie, syntax, unit, Web Mercator, length."""
    with pytest.raises(BadSystem, match=reason):
        OwnSystem(srid, "x", text, tie)


def test_ballpark_transformation_is_refused() -> None:
    """A datum that PROJ can't tie to WGS 84 (here: an engineer's sphere) gives an error, not hundreds of metres."""
    with pytest.raises(NoTransformation, match="ballpark"):
        transformer(4035, 4326)


def test_accuracy_and_missing_grids_are_told() -> None:
    """Pulkovo 1942 to WGS 84 is known to metres only; WGS 84 to its UTM zone is exact."""
    assert transformation(4326, 32643).accuracy == 0
    old = transformation(28413, 32643)
    assert old.accuracy is None or old.accuracy >= 0.5


@pytest.mark.parametrize("srid", [4326, 3857, 2222])
def test_measuring_system_must_be_metric(srid: int) -> None:
    """Degrees, feet and Web Mercator measure nothing."""
    with pytest.raises(BadSystem):
        require_projected_metre(srid)


def test_geodesic_area_is_that_of_the_ellipsoid() -> None:
    """A hectare in UTM at Almaty is about a hectare on the ground, and the same by longitudes and by Web Mercator."""
    x, y = transformer(4326, 32643).transform(*ALMATY)
    square = box(x, y, x + 100, y + 100)
    area = geodesic_area(square, 32643)
    assert area == pytest.approx(10_002, abs=3)
    ring = [transformer(32643, 4326).transform(*point) for point in square.exterior.coords]
    expected = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(Polygon(ring))[0])
    assert area == pytest.approx(expected, rel=1e-9)
    assert geodesic_area(square, QAZTRF) == pytest.approx(area, rel=1e-6)
    mercator = Polygon([transformer(32643, 3857).transform(*point) for point in square.exterior.coords])
    assert mercator.area > 18_000
    assert geodesic_area(mercator, 3857) == pytest.approx(area, rel=1e-6)


def test_geodesic_area_counts_parts_and_holes_however_they_turn() -> None:
    """Holes are taken off and parts added, clockwise or not."""
    outer, hole = box(600_000, 4_790_000, 600_100, 4_790_100), box(600_020, 4_790_020, 600_040, 4_790_040)
    both = Polygon(outer.exterior.coords, [hole.exterior.coords])
    turned = Polygon(list(outer.exterior.coords)[::-1], [hole.exterior.coords])
    expected = geodesic_area(outer, 32643) - geodesic_area(hole, 32643)
    assert geodesic_area(both, 32643) == pytest.approx(expected)
    assert geodesic_area(turned, 32643) == pytest.approx(expected)
    assert geodesic_area(MultiPolygon([both, box(0, 0, 1, 1).buffer(-2)]), 32643) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("76.8,43.2,77.0,43.3", CRS84.uri, (76.8, 43.2, 77.0, 43.3)),
        ("43.2,76.8,43.3,77.0", "urn:ogc:def:crs:EPSG::4326", (76.8, 43.2, 77.0, 43.3)),
        ("76.8,43.2,77.0,43.3", "EPSG:4326", (76.8, 43.2, 77.0, 43.3)),
        ("76.8,43.2,0,77.0,43.3,900", CRS84.uri, (76.8, 43.2, 77.0, 43.3)),
        ("43.2,76.8,0,43.3,77.0,900", "urn:ogc:def:crs:EPSG::4326", (76.8, 43.2, 77.0, 43.3)),
        (" 1e1, .5 ,+11, 2.", CRS84.uri, (10, 0.5, 11, 2)),
        ("-200,-100,200,100", CRS84.uri, (-180, -90, 180, 90)),
        ("170,-10,190,10", CRS84.uri, (170, -10, -170, 10)),
        ("177,-20,-178,-16", CRS84.uri, (177, -20, -178, -16)),
    ],
)
def test_bbox_reads_into_x_and_y(text: str, name: str, expected: tuple[float, ...]) -> None:
    """Axis order, heights, spelling of numbers, the globe's edges and the antimeridian are settled in one place."""
    assert parse_bbox(text, parse_crs(name)) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,3,x", "1,2,3,", "nan,0,1,1", "0,0,inf,1", "1e999,0,1,1",
        "1_0,0,20,1", "0,2,1,1", "0,95,1,99", "1 2 3 4", "0x1,0,2,1",
    ],
)  # fmt: skip
def test_bad_bbox_is_refused(text: str) -> None:
    """Not numbers, not enough, not finite, upside down, off the globe."""
    with pytest.raises(BadBbox):
        parse_bbox(text, CRS84)


def test_projected_bbox_can_not_cross_the_antimeridian() -> None:
    """West of east is a mistake where x is in metres."""
    with pytest.raises(BadBbox, match="lower corner"):
        parse_bbox("500000,0,400000,1", parse_crs("EPSG:32643"))


def test_antimeridian_box_is_two() -> None:
    """One piece on each side."""
    assert split_at_antimeridian(Box(177, -20, -178, -16)) == (Box(177, -20, 180, -16), Box(-180, -20, -178, -16))
    assert split_at_antimeridian(Box(1, 2, 3, 4)) == (Box(1, 2, 3, 4),)


def test_antimeridian_box_reaches_storage_on_both_sides() -> None:
    """Fiji's map grid holds points both west and east of the antimeridian."""
    windows = storage_windows(Box(177, -20, -178, -16), CRS84, 32760)
    x, y = transformer(4326, 32760).transform(178.4, -18.1)
    assert any(wkt.loads(w.wkt).covers(box(x, y, x + 1, y + 1)) for w in windows)


@given(ABOUT_ALMATY, st.floats(0.0005, 0.2), st.floats(0.0005, 0.2), st.floats(0, 1), st.floats(0, 1))
def test_window_holds_exactly_what_the_box_holds(
    corner: tuple[float, float], width: float, height: float, u: float, v: float
) -> None:
    """A point inside the box lies in the window's outline, and one clearly outside does not."""
    asked = Box(corner[0], corner[1], corner[0] + width, corner[1] + height)
    (window,) = storage_windows(asked, CRS84, 32643)
    to_storage = transformer(4326, 32643)
    figure = wkt.loads(window.wkt)
    x, y = to_storage.transform(asked.min_x + u * width, asked.min_y + v * height)
    assert figure.distance(box(x, y, x, y)) < 0.5
    assert window.bounds.min_x - 0.5 <= x <= window.bounds.max_x + 0.5
    x, y = to_storage.transform(asked.max_x + 0.0001, asked.min_y + v * height)
    assert not figure.covers(box(x, y, x, y).centroid)


@pytest.mark.parametrize("storage", [3879, 32643, 2154, QAZTRF])
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("-180,-90,180,90", CRS84.uri),
        ("-90,-180,90,180", "urn:ogc:def:crs:EPSG::4326"),
        ("-20037508.34,-20037508.34,20037508.34,20037508.34", "EPSG:3857"),
        ("-1e9,-1e9,1e9,1e9", "EPSG:3857"),
    ],
)
def test_box_around_the_world_holds_the_city(storage: crs.System, text: str, name: str) -> None:
    """A zoomed-out map still finds everything, in finite coordinates."""
    places = {3879: (24.94, 60.17), 32643: ALMATY, 2154: (2.34, 48.89), QAZTRF: ALMATY}
    x, y = transformer(4326, storage).transform(*places[storage])
    named = parse_crs(name)
    boxes = storage_bbox(parse_bbox(text, named), named, storage)
    assert all(math.isfinite(value) for b in boxes for value in b)
    assert any(b.min_x < x < b.max_x and b.min_y < y < b.max_y for b in boxes)


def test_box_beyond_the_reach_of_storage_is_nowhere() -> None:
    """A box in America asks nothing of a register in Almaty."""
    assert storage_windows(Box(-100, 30, -90, 40), CRS84, 32643) == ()


def test_box_in_the_storage_system_stays_as_it_is() -> None:
    """No transformation, no outline but the box."""
    asked = Box(25_490_000, 6_670_000, 25_500_000, 6_680_000)
    (window,) = storage_windows(asked, parse_crs("EPSG:3879"), 3879)
    assert window.bounds == asked
    assert window.outline is None
    assert wkt.loads(window.wkt).equals(box(*asked))


def test_swapped_axes_are_noticed() -> None:
    """A box that meets the city only when turned round was written in the wrong order."""
    city = Box(76.55, 43.0, 77.3, 43.6)
    assert bbox.looks_swapped(Box(43.2, 76.8, 43.3, 77.0), city)
    assert not bbox.looks_swapped(Box(76.8, 43.2, 77.0, 43.3), city)
    assert not bbox.looks_swapped(Box(10, 10, 11, 11), city)


def test_point_in_helsinki_is_not_in_the_sea() -> None:
    """Senate Square in EPSG:3879: a northing of 6.67 million metres, written first under the authority's name."""
    x, y = transformer(4326, 3879).transform(24.9522, 60.1695)
    assert x == pytest.approx(25_497_350, abs=200)
    assert y == pytest.approx(6_672_700, abs=500)
    named: Crs = parse_crs("urn:ogc:def:crs:EPSG::3879")
    assert parse_bbox(f"{y},{x},{y + 1},{x + 1}", named) == pytest.approx((x, y, x + 1, y + 1))


def test_own_system_works_in_the_database(empty_city: City) -> None:
    """PostGIS, given the row, carries points into the city's own system as we do, and back."""
    shifted = OwnSystem(990003, "QazTRF-23, shifted", QAZTRF_WKT, (23.57, -140.95, -79.8, 0, 0.35, 0.79, -0.22))
    with connect(empty_city.register.database.owner, autocommit=False) as connection:
        for system in (QAZTRF, shifted):
            connection.execute("INSERT INTO spatial_ref_sys VALUES (%s, %s, %s, %s, %s)", system_row(system))
            there = "ST_Transform(ST_SetSRID(ST_Point(%s, %s), 4326), %s)"
            x, y, back = connection.execute(
                f"SELECT ST_X(p), ST_Y(p), ST_AsText(ST_Transform(p, 4326), 6) FROM {there} AS p",
                (*ALMATY, system.srid),
            ).fetchone() or (0, 0, "")
            assert (x, y) == pytest.approx(transformer(4326, system).transform(*ALMATY), abs=1e-3)
            assert back == f"POINT({ALMATY[0]} {ALMATY[1]})"
        connection.rollback()
