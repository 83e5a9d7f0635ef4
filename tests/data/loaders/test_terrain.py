"""Terrain: heights as another library reads them, voids filled and told, wrong rasters refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer
from scipy.ndimage import map_coordinates

from data.loaders.source import BadFile, MissingCrs
from data.loaders.terrain import TerrainReport, TerrainRequest, filled, import_terrain
from gis.errors import Conflict, QalaError
from gis.instant import Instant, read_head, settle
from gis.terrain import GroundHeight, Terrain
from tests.city import ORIGIN, REAL_DATA, City

WEST, NORTH = ORIGIN[0] - 3000, ORIGIN[1] + 3000


def _hills() -> np.ndarray[Any, Any]:
    rows, columns = np.mgrid[0:300, 0:300]
    return np.asarray(50 + 10 * np.sin(columns / 17) + 8 * np.cos(rows / 23), dtype=np.float32)


@pytest.fixture
def raster(tmp_path: Path) -> Callable[..., Path]:
    """Write a GeoTIFF of 300 by 300 cells of 20 m over the centre of Helsinki."""

    def write(heights: np.ndarray[Any, Any] | None = None, **facts: Any) -> Path:
        file = tmp_path / str(facts.pop("name", "ground.tif"))
        values = _hills() if heights is None else heights
        kept = {"crs": "EPSG:3879", "nodata": -9999.0, "transform": Affine(20, 0, WEST, 0, -20, NORTH), **facts}
        with rasterio.open(
            file, "w", driver="GTiff", width=300, height=300, count=1, dtype="float32", **kept
        ) as target:
            target.write(values, 1)
        return file

    return write


def _brought(city: City, file: Path, day: str = "2020-01-01", **facts: Any) -> TerrainReport:
    return import_terrain(city.register, TerrainRequest(file=file, act=city.act(day), **facts))


def _heights(city: City, points: np.ndarray[Any, Any], instant: Instant | None = None) -> list[GroundHeight]:
    with city.register.reading() as connection:
        reading = settle(instant or Instant(), read_head(connection))
        return Terrain(connection, reading, city.profile.system).heights(points)


def test_heights_between_cells_are_those_of_another_library(empty_city: City, raster: Callable[..., Path]) -> None:
    """Bilinear, across the seams of the stored blocks."""
    _brought(empty_city, raster(), accuracy=0.5)
    chance = np.random.default_rng(3)
    points = np.column_stack([WEST + 20 + chance.random(500) * 5960, NORTH - 20 - chance.random(500) * 5960])
    cells = np.array([(NORTH - points[:, 1]) / 20 - 0.5, (points[:, 0] - WEST) / 20 - 0.5])
    expected = map_coordinates(_hills().astype(float), cells, order=1)
    found = _heights(empty_city, points)
    assert np.abs([g.height - e for g, e in zip(found, expected, strict=True) if g.height is not None]).max() < 1e-3
    assert {(g.uncertainty, g.filled, g.terrain) for g in found} == {(0.5, False, "ground.tif")}


def test_off_the_raster_there_is_no_height(empty_city: City, raster: Callable[..., Path]) -> None:
    """Nothing is made up beyond its edge."""
    _brought(empty_city, raster())
    (off, on) = _heights(empty_city, np.array([[WEST - 1, NORTH - 100], [WEST + 1, NORTH - 1]]))
    assert (off.height, off.terrain) == (None, None)
    assert on.height is not None
    assert on.uncertainty is None


def test_voids_are_filled_and_flagged(empty_city: City, raster: Callable[..., Path]) -> None:
    """With a doubt as great as half of what the ground rises around the gap."""
    heights = _hills()
    heights[100:110, 100:110] = -9999
    report = _brought(empty_city, raster(heights), accuracy=1.0)
    assert (report.cells, report.voids) == (90_000, 100)
    inside, outside = _heights(
        empty_city, np.array([[WEST + 105 * 20, NORTH - 105 * 20], [WEST + 50 * 20, NORTH - 50 * 20]])
    )
    around = np.concatenate([heights[99, 99:111], heights[110, 99:111], heights[99:111, 99], heights[99:111, 110]])
    assert inside.filled
    assert inside.height is not None
    assert around.min() <= inside.height <= around.max()
    assert inside.uncertainty == pytest.approx(np.hypot(1.0, max(1.0, np.ptp(around) / 2)), abs=0.01)
    assert (outside.filled, outside.uncertainty) == (False, 1.0)


def test_what_was_measured_is_never_touched() -> None:
    """Filling changes the gaps alone."""
    void = np.random.default_rng(1).random((300, 300)) < 0.2
    heights, doubts = filled(_hills(), void)
    assert (heights[~void] == _hills()[~void]).all()
    assert ((doubts > 0) == void).all()


def test_a_later_edition_is_laid_over_an_earlier_one(empty_city: City, raster: Callable[..., Path]) -> None:
    """On both axes: what the register said before it knew is what it says of that day for ever."""
    _brought(empty_city, raster(name="old.tif"))
    with empty_city.register.reading() as connection:
        before = read_head(connection).recorded
    _brought(empty_city, raster(_hills() + 5, name="new.tif"), "2022-01-01")
    point = np.array([[ORIGIN[0], ORIGIN[1]]])
    old, new = empty_city.profile.midnight, Instant()
    told = [
        _heights(empty_city, point, instant)[0].terrain
        for instant in (
            new,
            Instant(valid=old(empty_city.act("2021-01-01").source.acceptance)),
            Instant(recorded=before),
        )
    ]
    assert told == ["new.tif", "old.tif", "old.tif"]


def test_the_same_file_goes_in_once(empty_city: City, raster: Callable[..., Path]) -> None:
    """A second time it is refused, and nothing is written."""
    file = raster()
    first = _brought(empty_city, file)
    with pytest.raises(Conflict):
        _brought(empty_city, file)
    with empty_city.register.reading() as connection:
        assert read_head(connection).changeset == first.changeset


@pytest.mark.parametrize(
    ("facts", "refusal", "words"),
    [
        ({"crs": None}, MissingCrs, "does not say its coordinate system"),
        ({"crs": "EPSG:32643"}, BadFile, "lies off the city"),
        ({"nodata": None}, BadFile, "does not say the value of cells without height"),
        ({"nodata": -1.0, "low": True}, BadFile, "Check nodata"),
        ({"empty": True}, BadFile, "has no height at all"),
        ({"transform": Affine(20, 0, WEST, 0, 20, NORTH)}, BadFile, "lies north up"),
    ],
)
def test_a_raster_that_is_no_terrain_of_the_city_is_refused(
    empty_city: City, raster: Callable[..., Path], facts: dict[str, Any], refusal: type[QalaError], words: str
) -> None:
    """With what is wrong and what would be right; nothing is written."""
    heights = _hills()
    if facts.pop("low", False):
        heights[0, 0] = -9999
    if facts.pop("empty", False):
        heights[:] = -9999
    with pytest.raises(refusal, match=words):
        _brought(empty_city, raster(heights, **facts))
    with empty_city.register.reading() as connection:
        assert connection.execute("SELECT count(*) FROM qala.terrain_block").fetchone() == (0,)


def test_a_file_that_is_none_is_refused(empty_city: City, tmp_path: Path) -> None:
    """A text called .tif, and a file that is not there."""
    file = tmp_path / "ground.tif"
    file.write_text("no raster", encoding="utf-8")
    for path in (file, tmp_path / "nowhere.tif"):
        with pytest.raises(BadFile):
            _brought(empty_city, path)


@pytest.mark.realdata
def test_srtm_around_almaty(fresh_city: Callable[[str], City]) -> None:
    """All four tiles as they are delivered: their voids counted by GDAL, a peak and the city where they should be."""
    city = fresh_city("almaty")
    for name in ("N43E076", "N43E077", "N42E076", "N42E077"):
        file = REAL_DATA / "almaty" / f"{name}.hgt.zip"
        report = _brought(city, file)
        with rasterio.open(f"/vsizip/{file}/{name}.hgt") as source:
            assert report.voids == int((source.read(1) == source.nodata).sum())
    to_city = Transformer.from_crs(4326, city.profile.srid, always_xy=True)
    square, medeu = (to_city.transform(*place) for place in ((76.9457, 43.2383), (77.0589, 43.1575)))
    found = _heights(city, np.array([square, medeu]))
    assert found[0].height == pytest.approx(900, abs=40)
    assert found[1].height == pytest.approx(1700, abs=80)
    assert {g.vertical_system for g in found} == {"EPSG:5773"}
    assert all(g.uncertainty is not None and g.uncertainty >= 16 for g in found)
