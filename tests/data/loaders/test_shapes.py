"""Checks of geometries: each defect by its name and place, in any company, and nothing repaired."""

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from data.loaders.defects import Weight
from data.loaders.shapes import Shaped, Shaper
from data.loaders.source import Batch
from data.profiles import find
from gis.crs import transformer
from gis.layer import Field, FieldType, GeometryKind, Layer
from gis.text import Text

TITLE = Text(kk="т", ru="т", en="t")
HELSINKI = find("helsinki")
X, Y = 25_496_500.0, 6_673_000.0


def _layer(kind: GeometryKind, *, z: bool = False) -> Layer:
    field = Field(name="name", type=FieldType.STRING, title=TITLE)
    return Layer(name="test.thing", title=TITLE, description=TITLE, geometry=kind, z=z, fields=(field,))


def _batch(*shapes: BaseGeometry | None) -> Batch:
    column = np.empty(len(shapes), dtype=object)
    column[:] = shapes
    return Batch(np.arange(1, len(shapes) + 1), {}, column)


def _shaped(
    *shapes: BaseGeometry | None, kind: GeometryKind = GeometryKind.POLYGON, system: int = 3879, z: bool = False
) -> Shaped:
    return Shaper(_layer(kind, z=z), HELSINKI, system).shape(_batch(*shapes))


def _codes(shaped: Shaped) -> dict[int, list[str]]:
    return {i: [f.kind.code for f in shaped.flaws if f.index == i] for i in range(len(shaped.geometries))}


def _at(*points: tuple[float, float]) -> Polygon:
    return Polygon([(X + x, Y + y) for x, y in points])


SQUARE = _at((0, 0), (40, 0), (40, 40), (0, 40))
BOW_TIE = _at((0, 0), (40, 40), (40, 0), (0, 40))
SPIKE = _at((0, 0), (40, 0), (40, 40), (40, 80), (40, 40), (0, 40))
FLAT = _at((0, 0), (40, 0), (80, 0), (0, 0))
TWICE = Polygon(SQUARE.exterior.coords, [SQUARE.exterior.coords])
HOLE_OUTSIDE = Polygon(SQUARE.exterior.coords, [shapely.affinity.translate(SQUARE, 100).exterior.coords])
NESTED_HOLES = Polygon(
    SQUARE.exterior.coords,
    [_at((5, 5), (35, 5), (35, 35), (5, 35)).exterior.coords, _at((10, 10), (20, 10), (20, 20)).exterior.coords],
)
TWO_PARTS = MultiPolygon([SQUARE, shapely.affinity.translate(SQUARE, 100)])
with np.errstate(invalid="ignore"):
    NAN = Polygon([(X, Y), (X + 40, Y), (float("nan"), Y + 40)])
    INFINITE = Polygon([(X, Y), (X + 40, Y), (float("inf"), Y + 40)])


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (None, "geometry-missing"),
        (Polygon(), "geometry-empty"),
        (Point(X, Y), "wrong-geometry-type"),
        (shapely.LineString([(X, Y), (X, Y + 1)]), "wrong-geometry-type"),
        (shapely.GeometryCollection([SQUARE]), "wrong-geometry-type"),
        (TWO_PARTS, "several-parts"),
        (NAN, "coordinates-not-finite"),
        (INFINITE, "coordinates-not-finite"),
        (BOW_TIE, "self-crossing"),
        (SPIKE, "self-crossing"),
        (FLAT, "self-crossing"),
        (TWICE, "duplicate-rings"),
        (HOLE_OUTSIDE, "hole-outside-shell"),
        (NESTED_HOLES, "hole-outside-shell"),
        (shapely.affinity.translate(SQUARE, 3e6), "out-of-place"),
        (shapely.affinity.translate(SQUARE, 1e30), "out-of-place"),
        (Polygon([(y, x) for x, y in SQUARE.exterior.coords]), "axes-swapped"),
    ],
)
def test_a_defect_is_named_and_the_rows_around_it_pass(shape: BaseGeometry | None, code: str) -> None:
    """One refusal, at its row; neighbours come through untouched."""
    shaped = _shaped(SQUARE, shape, SQUARE)
    assert _codes(shaped) == {0: [], 1: [code], 2: []}
    assert [g is None for g in shaped.geometries] == [False, True, False]
    assert shaped.geometries[0].equals_exact(SQUARE, 0.0)


def test_a_self_crossing_is_placed_where_it_is() -> None:
    """The place is the crossing, in lon/lat."""
    (flaw,) = _shaped(BOW_TIE).flaws
    assert isinstance(flaw.place, Point)
    expected = transformer(3879, 4326).transform(X + 20, Y + 20)
    assert (flaw.place.x, flaw.place.y) == pytest.approx(expected, abs=1e-9)
    assert flaw.facts["x"] == f"{X + 20:.3f}"


def test_an_unreadable_geometry_keeps_its_reason() -> None:
    """What the format's reader said goes into the report."""
    batch = Batch(np.array([1]), {}, np.array([None], dtype=object), {0: "ring not closed"})
    (flaw,) = Shaper(_layer(GeometryKind.POLYGON), HELSINKI, 3879).shape(batch).flaws
    assert (flaw.kind.code, flaw.facts) == ("geometry-broken", {"reason": "ring not closed"})


def test_repeated_points_are_told_and_kept() -> None:
    """A warning refuses nothing, and nothing is repaired."""
    shape = _at((0, 0), (40, 0), (40, 0), (40, 40), (0, 40))
    shaped = _shaped(shape)
    assert [(f.kind.code, f.kind.weight) for f in shaped.flaws] == [("repeated-points", Weight.WARNING)]
    assert shaped.geometries[0].equals_exact(shape, 0.0)


def test_one_part_is_unwrapped_and_counted() -> None:
    """A MultiPolygon of one part is a polygon."""
    shaped = _shaped(MultiPolygon([SQUARE]), SQUARE)
    assert (shaped.unwrapped, shaped.flaws) == (1, [])
    assert shaped.geometries[0].equals_exact(SQUARE, 0.0)


@pytest.mark.parametrize(
    ("kind", "single"),
    [
        (GeometryKind.MULTIPOLYGON, SQUARE),
        (GeometryKind.MULTILINESTRING, shapely.LineString([(X, Y), (X, Y + 9)])),
    ],
)
def test_a_layer_of_many_parts_takes_one(kind: GeometryKind, single: BaseGeometry) -> None:
    """A single geometry is wrapped."""
    shaped = _shaped(single, kind=kind)
    assert (shaped.geometries[0].geom_type, shaped.unwrapped) == (kind.wkt, 1)
    assert shaped.geometries[0].geoms[0].equals_exact(single, 0.0)


@pytest.mark.parametrize("z", [True, False])
def test_heights_stay_where_the_layer_has_them(z: bool) -> None:
    """Otherwise they are dropped."""
    shaped = _shaped(shapely.force_3d(SQUARE, 17.0), z=z)
    assert bool(shapely.has_z(shaped.geometries[0])) is z
    assert not shaped.flaws


def _globe(*points: tuple[float, float]) -> Polygon:
    return Polygon(points)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (_globe((24.9, 60.2), (24.91, 60.2), (24.91, 60.21)), None),
        (_globe((60.2, 24.9), (60.2, 24.91), (60.21, 24.91)), "axes-swapped"),
        (_globe((190.0, 60.2), (190.1, 60.2), (190.1, 60.3)), "coordinates-out-of-range"),
        (_globe((24.9, 95.2), (24.91, 95.2), (24.91, 95.21)), "coordinates-out-of-range"),
        (_globe((179.9, 60.2), (-179.9, 60.2), (-179.9, 60.3)), "antimeridian"),
        (_globe((76.9, 43.2), (76.91, 43.2), (76.91, 43.21)), "out-of-place"),
    ],
)
def test_places_on_the_globe(shape: Polygon, code: str | None) -> None:
    """Coordinates in degrees: on the globe, near the city, in the right order, not across the date line."""
    shaped = _shaped(shape, system=4326)
    assert _codes(shaped)[0] == ([code] if code else [])


def test_a_place_beside_the_city_is_a_warning() -> None:
    """Within the system's area of use, but outside the profile's extent."""
    (flaw,) = _shaped(_globe((23.0, 60.2), (23.01, 60.2), (23.01, 60.21)), system=4326).flaws
    assert (flaw.kind.code, flaw.kind.weight) == ("outside-extent", Weight.WARNING)


def test_coordinates_go_into_the_citys_system() -> None:
    """The same as PROJ gives for each point."""
    shape = _globe((24.9, 60.2), (24.91, 60.2), (24.91, 60.21))
    shaped = _shaped(shape, system=4326)
    longitudes, latitudes = shape.exterior.xy
    x, y = transformer(4326, 3879).transform(longitudes, latitudes)
    assert list(shaped.geometries[0].exterior.coords) == list(zip(x, y, strict=True))
    assert shaped.origin[0].equals_exact(shape, 0.0)
