"""Solids: volumes held against another library, and every flaw found on the face that has it."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from gis.solid import Shell, Solid, faces_of, footprint, prism, triangulated, volume
from gis.solid_flaws import closed_volume, flaws, surface_flaws
from tests.city3d import CUBE, cube

T = 0.01
FAR = np.array([85_000, 447_000])


def test_a_cube_has_no_flaws_and_its_volume() -> None:
    """Ten by ten by ten metres, far from the origin."""
    solid = cube()
    assert flaws(solid, T) == []
    assert volume(solid) == pytest.approx(1000.0, rel=1e-9)


@given(
    st.lists(st.floats(5, 40), min_size=4, max_size=14),
    st.floats(0.5, 300),
    st.floats(0.1, 0.9),
)
def test_volumes_agree_with_another_library(radii: list[float], height: float, hollow: float) -> None:
    """Star-shaped blocks with a court, their faces with holes: trimesh says the same to a thousandth and far better."""
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None]
    court = ring[::-1] * hollow
    outline = shapely.Polygon(ring + FAR, [court + FAR])
    (solid,) = prism(outline, 12.5, 12.5 + height)
    triangles, _ = triangulated(solid.vertices, list(faces_of(solid)))
    other = trimesh.Trimesh(solid.vertices - solid.vertices[0], triangles, process=False)
    assert other.is_watertight
    assert volume(solid) == pytest.approx(other.volume, rel=1e-6)
    assert volume(solid) == pytest.approx(outline.area * height, rel=1e-6)


def test_a_face_that_lacks_is_told_by_its_neighbours() -> None:
    """The four walls around a missing roof; the volume is still that of the cube once the gap is closed."""
    solid = cube(lacking=1)
    found = flaws(solid, T)
    assert [flaw.code for flaw in found] == ["open-edge"] * 4
    assert {flaw.face for flaw in found} == {1, 2, 3, 4}
    assert all(flaw.place[2] == 10.0 for flaw in found)
    assert closed_volume(solid) == pytest.approx(1000.0)


def test_a_face_turned_round_is_the_one_told() -> None:
    """The other five agree with each other."""
    faces = list(CUBE)
    faces[3] = (faces[3][0][::-1],)
    (flaw,) = flaws(Solid(cube().vertices, (tuple(faces),)), T)
    assert (flaw.code, flaw.face) == ("inverted-face", 3)


def test_a_shell_that_looks_inwards_is_inside_out() -> None:
    """As a whole: no single face is to blame."""
    turned: Shell = tuple((face[0][::-1],) for face in CUBE)
    (flaw,) = flaws(Solid(cube().vertices, (turned,)), T)
    assert (flaw.code, flaw.face) == ("inside-out", -1)


def test_faces_that_cross_are_told() -> None:
    """Two cubes, half a side apart, in one shell."""
    vertices = np.concatenate([cube().vertices, cube().vertices + np.array([5, 5, 5])])
    second: Shell = tuple(tuple(tuple(i + 8 for i in ring) for ring in face) for face in CUBE)
    found = flaws(Solid(vertices, ((*CUBE, *second),)), T)
    assert {flaw.code for flaw in found} == {"crossing-faces"}


def test_faces_that_lie_upon_each_other_are_told() -> None:
    """A second roof over the first shares its edges, and covers it."""
    found = {flaw.code for flaw in flaws(Solid(cube().vertices, ((*CUBE, CUBE[1]),)), T)}
    assert {"shared-edge", "crossing-faces"} <= found


def test_bent_thin_and_twisted_faces_are_told() -> None:
    """Single surfaces are held to the same as faces of solids."""
    points = np.array([[0, 0, 0], [10, 0, 0], [10, 10, 0.5], [0, 10, 0], [20, 0, 0], [7, 6, 0]], dtype=float)
    faces = [((0, 1, 2, 3),), ((0, 1, 4),), ((0, 1, 3, 5),), ((0, 1, 5, 3),)]
    found = surface_flaws(points, faces, T)
    assert [(flaw.code, flaw.face) for flaw in found] == [
        ("not-planar", 0),
        ("degenerate-face", 1),
        ("self-crossing-face", 2),
    ]
    assert found[0].amount is not None
    assert 0.05 < found[0].amount < 0.5


def test_a_concave_face_with_a_hole_is_cut_into_its_area() -> None:
    """Neither more nor less, and every triangle looks where the face does."""
    outline = shapely.Polygon(
        [(0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)], [[(2, 2), (2, 6), (6, 6), (6, 2)]]
    )
    (solid,) = prism(outline, 0, 3)
    triangles, owners = triangulated(solid.vertices, list(faces_of(solid)))
    corners = solid.vertices[triangles]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    assert areas[owners == 1].sum() == pytest.approx(outline.area)
    assert areas[owners == 0].sum() == pytest.approx(-outline.area)
    assert (areas[owners == 1] > 0).all()
    assert footprint(solid.vertices, faces_of(solid)).equals(outline)


def test_walls_follow_the_outline() -> None:
    """Each wall of a block stands on one side of its outline."""
    (solid,) = prism(shapely.box(0, 0, 4, 3), 0, 2)
    lengths = [
        np.linalg.norm(solid.vertices[a] - solid.vertices[b])
        for f in solid.shells[0][2:]
        for a, b in pairwise(f[0][:2])
    ]
    assert sorted(map(float, lengths)) == [3.0, 3.0, 4.0, 4.0]


def test_a_gable_of_five_corners_is_no_flaw() -> None:
    """Where a face of five corners is cut up, two cuts may meet in one of them, at which its neighbours' edges end."""
    plan = [(0.0, 0.0), (12.0, 0.0), (12.0, 8.0), (0.0, 8.0)]
    vertices = np.array([(*p, 0.0) for p in plan] + [(*p, 6.0) for p in plan] + [(0.0, 4.0, 9.0), (12.0, 4.0, 9.0)])
    faces = ((3, 2, 1, 0), (0, 1, 5, 4), (1, 2, 6, 9, 5), (2, 3, 7, 6), (3, 0, 4, 8, 7), (4, 5, 9, 8), (6, 7, 8, 9))
    for turn in range(5):
        turned = tuple(face[turn % len(face) :] + face[: turn % len(face)] for face in faces)
        house = Solid(vertices, (tuple((face,) for face in turned),))
        assert flaws(house, 0.01) == []
        assert volume(house) == pytest.approx(12 * 8 * 6 + 12 * 8 * 3 / 2)
