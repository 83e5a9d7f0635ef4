"""Slopes by the terrain: right where the raster can tell, with an honest error, and never invented."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely import LineString

from cadastres.urban_planning.street_model import FOOTWAY, STREET_SEGMENT
from data.loaders.slopes import MOST, derive_slopes, slope
from data.loaders.terrain import TerrainRequest, import_terrain
from gis.edit import Put
from gis.record import Write
from gis.terrain import GroundHeight
from tests.city import ORIGIN, City

WEST, NORTH = ORIGIN[0] - 1000, ORIGIN[1] + 1000
RISE = 0.06
"""How steeply the ground rises to the east."""


def _ground(folder: Path) -> Path:
    """Write a plane of 5 m cells, with a hole in its south."""
    heights = np.tile(20 + RISE * (np.arange(400) * 5 + 2.5), (400, 1)).astype(np.float32)
    heights[300:320, 200:220] = -9999
    file = folder / "plane.tif"
    facts: dict[str, Any] = {"crs": "EPSG:3879", "nodata": -9999.0, "transform": Affine(5, 0, WEST, 0, -5, NORTH)}
    with rasterio.open(file, "w", driver="GTiff", width=400, height=400, count=1, dtype="float32", **facts) as target:
        target.write(heights, 1)
    return file


def _line(x: float, y: float, length: float) -> LineString:
    return LineString([(ORIGIN[0] + x, ORIGIN[1] + y), (ORIGIN[0] + x + length, ORIGIN[1] + y)])


def test_ways_say_what_the_terrain_tells(empty_city: City, tmp_path: Path) -> None:
    """Long enough, on the ground, off the hole; what was measured stays, and the second time nothing changes."""
    register, act = empty_city.register, empty_city.act("2020-01-01")
    ways: dict[str, tuple[LineString, dict[str, Any]]] = {
        "east": (_line(0, 0, 100), {}),
        "west": (_line(0, 50, 100).reverse(), {}),
        "short": (_line(0, 100, 5), {}),
        "bridge": (_line(0, 150, 100), {"bridge": True}),
        "below": (_line(0, 200, 100), {"level": -1}),
        "hole": (_line(0, -550, 100), {}),
        "off": (_line(950, 0, 100), {}),
        "measured": (_line(0, 250, 100), {"incline": 0.01, "incline_source": "measured"}),
    }
    none = dict.fromkeys(f.name for f in FOOTWAY.fields) | {"footway": "footway"}
    writes = [
        Write(FOOTWAY.name, -i, act.period, shape, {**none, **said, "external_reference": name})
        for i, (name, (shape, said)) in enumerate(ways.items(), 1)
    ]
    register.perform(Put(tuple(writes)), act)
    import_terrain(register, TerrainRequest(file=_ground(tmp_path), act=act, accuracy=0.3))
    done = derive_slopes(register, empty_city.act("2020-02-01"))
    statement = "SELECT external_reference, incline, incline_error, incline_source FROM {} WHERE upper_inf(valid)"
    with register.reading() as connection:
        rows = connection.execute(statement.format(FOOTWAY.name) + " AND upper_inf(recorded)").fetchall()
    found = {name: told for name, *told in rows}
    error = np.hypot(0.3, 0.3) / 1.6449 / 100
    assert found["east"] == [pytest.approx(RISE, abs=1e-3), pytest.approx(error, abs=1e-4), "terrain"]
    assert found["west"] == [pytest.approx(-RISE, abs=1e-3), pytest.approx(error, abs=1e-4), "terrain"]
    assert [found[n] for n in ("short", "bridge", "below", "hole", "off")] == [[None] * 3] * 5
    assert found["measured"] == [0.01, None, "measured"]
    assert (done.read, done.told, done.changed) == (8, 2, 2)
    assert done.by_reason == {
        "too-uncertain": 1, "off-the-ground": 2, "void-in-the-raster": 1, "no-terrain": 1, "known-already": 1,
    }  # fmt: skip
    again = derive_slopes(register, empty_city.act("2020-03-01"))
    assert (again.told, again.changed, again.changeset) == (2, 0, None)
    assert STREET_SEGMENT.name in register.layers


def _told(heights: np.ndarray[Any, Any], accuracy: float | None) -> list[GroundHeight]:
    return [GroundHeight(float(h), accuracy, False, "t", "EPSG:5773") for h in heights]


def test_the_error_covers_the_truth() -> None:
    """Of noisy heights over many straight slopes, about two in three lie within one error, and nearly all in three."""
    chance = np.random.default_rng(11)
    ways = np.linspace(0, 200, 2)
    off = []
    for _ in range(400):
        true = chance.uniform(-0.1, 0.1)
        found = slope(_told(true * ways + chance.normal(0, 0.5, 2), 0.5 * 1.6449), ways)
        assert found.incline is not None
        assert found.error is not None
        off.append(abs(found.incline - true) / found.error)
    assert 0.6 < np.mean(np.array(off) < 1) < 0.77
    assert np.mean(np.array(off) < 3) > 0.98


def test_uneven_ground_and_rasters_that_do_not_say() -> None:
    """A way over a hill is not level; without a stated accuracy nothing is told; nor is a cliff a slope."""
    ways = np.linspace(0, 200, 21)
    hill = 10 * np.sin(ways / 200 * np.pi)
    assert slope(_told(hill, 0.1), ways).unknown == "too-uncertain"
    assert slope(_told(0.05 * ways, None), ways).unknown == "accuracy-not-stated"
    assert slope(_told(4 * ways, 0.1), ways).unknown == "too-steep-to-be-true"
    error = slope(_told(0.05 * ways, 0.1), ways).error
    assert error is not None
    assert 0 < error < MOST
