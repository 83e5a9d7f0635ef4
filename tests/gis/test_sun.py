"""The sun and what lies in its shadow, against published and hand-made figures."""

import random
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate, translate

from cadastres.urban_planning import city3d_analysis
from cadastres.urban_planning.city3d_analysis import Reach
from cadastres.urban_planning.city3d_scene import Body, block_shape
from gis.earth import Globe, centred, local_frame
from gis.errors import BadRequest
from gis.solid import faces_of, prism, triangulated
from gis.sun import Sun, grid_north, shadow, suns
from gis.text import LANGUAGES

UTM13 = 32613


def test_the_sun_stands_where_its_algorithm_was_published_to_stand() -> None:
    """The worked example of Reda and Andreas (2004): Golden, Colorado, 17 October 2003, 12:30:30 local time."""
    x, y = Globe(UTM13).system, 0.0
    east, north = _plane(-105.1786, 39.742476)
    (sun,) = suns([datetime(2003, 10, 17, 12, 30, 30, tzinfo=timezone(timedelta(hours=-7)))], east, north, UTM13)
    assert (x, y) == (UTM13, 0.0)
    assert sun.azimuth == pytest.approx(194.34024, abs=0.01)
    assert sun.elevation == pytest.approx(90 - 50.11162, abs=0.01)


def _plane(longitude: float, latitude: float) -> tuple[float, float]:
    from pyproj import Transformer  # noqa: PLC0415 - the oracle's own way to the plane

    x, y = Transformer.from_crs(4326, UTM13, always_xy=True).transform(longitude, latitude)
    return x, y


def test_true_north_leans_towards_the_middle_of_the_zone() -> None:
    """By the convergence of meridians, about (λ - λ₀) sin φ; nothing on the central meridian (105° W)."""
    assert grid_north(-105.0, 40.0, UTM13) == pytest.approx(0, abs=1e-6)
    assert grid_north(-103.0, 40.0, UTM13) == pytest.approx(-2 * np.sin(np.radians(40)), abs=0.01)
    assert grid_north(-107.0, 40.0, UTM13) == pytest.approx(2 * np.sin(np.radians(40)), abs=0.01)


def test_at_night_there_is_no_shadow_to_ask_for() -> None:
    """The sun below the horizon says so; asking for its shadow is a mistake."""
    (sun,) = suns([datetime(2026, 1, 1, 7, tzinfo=UTC)], *_plane(-105, 40), UTM13)
    assert not sun.up
    with pytest.raises(ValueError, match="without sun"):
        shadow(np.zeros((1, 3, 3)), sun, 0.0)


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 45), (90, 30), (135, 12), (200.5, 60), (315, 5)])
def test_a_convex_block_throws_the_hull_of_its_two_outlines(azimuth: float, elevation: float) -> None:
    """The floor, and the roof moved away from the sun by the height over the tangent."""
    outline = shapely.Polygon([(0, 0), (20, 2), (24, 15), (5, 18)])
    (solid,) = prism(outline, 100, 130)
    triangles, _ = triangulated(solid.vertices, list(faces_of(solid)))
    sun = Sun(azimuth, elevation, azimuth)
    reach = 30 / np.tan(np.radians(elevation))
    away = np.radians(azimuth + 180)
    moved = shapely.transform(outline, lambda p: p + np.array([reach * np.sin(away), reach * np.cos(away)]))
    expected = shapely.union(outline, moved).convex_hull
    found = shadow(solid.vertices[triangles], sun, 100.0)
    assert found.symmetric_difference(expected).area < 1e-3 * expected.area


def test_a_hill_shortens_the_shadow() -> None:
    """On ground ten metres higher, twenty of thirty metres are left to throw one."""
    (solid,) = prism(shapely.box(0, 0, 10, 10), 0, 30)
    triangles, _ = triangulated(solid.vertices, list(faces_of(solid)))
    low, high = (shadow(solid.vertices[triangles], Sun(180, 45, 180), ground) for ground in (0.0, 10.0))
    assert low.bounds[3] == pytest.approx(40)
    assert high.bounds[3] == pytest.approx(30)


def _blocks(count: int) -> list[Body]:
    """Return blocks of an L's outline, turned anyhow, on a square of 300 metres."""
    dice, found = random.Random(22), []
    for number in range(count):
        x, y, a, b = dice.uniform(-150, 150), dice.uniform(-150, 150), dice.uniform(8, 40), dice.uniform(8, 25)
        corners = [(0, 0), (a, 0), (a, b / 2), (a / 2, b / 2), (a / 2, b), (0, b)]
        outline = translate(rotate(shapely.Polygon(corners), dice.uniform(0, 360)), x, y)
        shape = block_shape(prism(outline, 0, dice.uniform(3, 60)))
        found.append(Body("b", number, 1, str(number), "Building", shape, outline, "height"))
    return found


@pytest.mark.parametrize(("azimuth", "elevation"), [(95, 3), (140, 25), (200.5, 50), (270, 12)])
def test_what_is_shaded_is_what_all_the_shadows_cover(azimuth: float, elevation: float) -> None:
    """By far fewer bodies and faces than there are: of an area to a hundredth of a per cent, of points each."""
    bodies, sun = _blocks(60), Sun(azimuth, elevation, azimuth)
    reach, everything = Reach(bodies, 0.5), shapely.union_all([shadow(b.triangles, sun, 0.5) for b in bodies])
    lot = rotate(shapely.box(-30, -20, 30, 20), 33)
    expected = lot.intersection(everything).area / lot.area
    assert reach.share(lot, sun) == pytest.approx(expected, abs=1e-4)
    points = [shapely.Point(x, y) for x in range(-200, 201, 40) for y in range(-200, 201, 40)]
    assert [reach.share(p, sun) for p in points] == [float(everything.intersects(p)) for p in points]


def test_a_question_that_would_take_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the work that it may take, with the way out in three languages."""
    monkeypatch.setattr(city3d_analysis, "MOST_WORK", 1000)
    reach = Reach(_blocks(60), 0.0)
    with pytest.raises(BadRequest) as refused:
        reach.share(shapely.box(-30, -20, 30, 20), Sun(140, 25, 140))
    assert all("minutes" in refused.value.in_language(language) for language in LANGUAGES)


def test_earth_centred_coordinates_are_those_of_proj() -> None:
    """To a tenth of a millimetre, from the sea to above the roofs."""
    from pyproj import Transformer  # noqa: PLC0415 - the oracle

    points = np.array([[76.9, 43.25, 850.0], [24.95, 60.17, -3.0], [-105.18, 39.74, 1830.0]])
    expected = np.column_stack(Transformer.from_crs(4979, 4978, always_xy=True).transform(*points.T))
    assert np.abs(centred(points) - expected).max() < 1e-4
    frame = local_frame(76.9, 43.25)
    assert np.allclose(frame.T @ frame, np.eye(3))
    assert (centred(points[:1] + np.array([0, 0, 100])) - centred(points[:1])) @ frame == pytest.approx(
        np.array([[0, 0, 100]]), abs=1e-6
    )
