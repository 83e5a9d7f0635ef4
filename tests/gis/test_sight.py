"""Lines of sight against the plain geometry of a box."""

import random

import numpy as np
import shapely

from gis.sight import first_meeting
from gis.solid import Points, faces_of, prism, triangulated


def _box() -> Points:
    (solid,) = prism(shapely.box(0, 0, 20, 10), 0, 15)
    return solid.vertices[triangulated(solid.vertices, list(faces_of(solid)))[0]]


def _entered(start: Points, end: Points) -> float:
    """Return where a line enters the box, by the slabs of its three axes; infinite where it does not."""
    low, high = np.array([0, 0, 0.0]), np.array([20, 10, 15.0])
    way = end - start
    first, last = (low - start) / way, (high - start) / way
    enter, leave = np.minimum(first, last).max(), np.maximum(first, last).min()
    if enter > leave or leave < 0 or enter > 1:
        return np.inf
    return float(enter) if enter > 0 else float(leave)


def test_lines_meet_a_box_where_its_slabs_say() -> None:
    """A thousand lines from anywhere to anywhere."""
    chance = random.Random(7)
    triangles = _box()
    met = 0
    for _ in range(1000):
        start, end = (
            np.array([chance.uniform(-20, 40), chance.uniform(-20, 30), chance.uniform(-5, 25)]) for _ in "ab"
        )
        expected = _entered(start, end)
        found = first_meeting(start, end, triangles)
        if expected <= 1:
            met += 1
        assert (np.isinf(found) and not expected < 1) or abs(found - expected) < 1e-9
    assert met > 200


def test_nothing_stands_in_an_empty_scene() -> None:
    """The line is free."""
    assert np.isinf(first_meeting(np.zeros(3), np.ones(3), np.zeros((0, 3, 3))))
