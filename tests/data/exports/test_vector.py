"""Exports: what a file holds is what the register said at that point of both axes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from data.exports.vector import BadExport, Exported, ExportRequest, export_layer
from data.loaders.importing import import_file
from data.loaders.request import ImportRequest
from gis.errors import BadRequest
from gis.instant import Instant
from tests.city import City, square

SUFFIXES = [".gpkg", ".geojson", ".fgb", ".parquet"]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _export(
    city: City, file: Path, crs: str | None = None, valid: datetime | None = None, recorded: datetime | None = None
) -> tuple[Exported, gpd.GeoDataFrame]:
    request = ExportRequest(layer="land.parcel", file=file, instant=Instant(valid, recorded), crs=crs)
    done = export_layer(city.register, request)
    frame = gpd.read_parquet(file) if file.suffix == ".parquet" else gpd.read_file(file)
    return done, frame


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_layer_comes_out_whole(small_city: City, tmp_path: Path, suffix: str) -> None:
    """All features, all declared fields, the shapes in place."""
    done, frame = _export(small_city, tmp_path / f"parcels{suffix}")
    layer = small_city.register.layers["land.parcel"]
    assert done.count == len(frame) == 25
    assert {p.name for p in layer.properties} | {"feature_id"} <= set(frame.columns)
    first = frame.sort_values("cadastral_number").iloc[0]
    assert first["address"] == "Testikatu 1 <&\"'> Қала"
    assert frame.crs is not None
    expected = gpd.GeoSeries([square(0, 0)], crs=3879).to_crs(frame.crs.to_wkt()).iloc[0]
    assert shapely.hausdorff_distance(first.geometry, expected) < 1e-6
    assert list(tmp_path.iterdir()) == [tmp_path / f"parcels{suffix}"]


def test_the_system_may_be_chosen(small_city: City, tmp_path: Path) -> None:
    """By its name; GeoJSON is always lon/lat."""
    _, frame = _export(small_city, tmp_path / "p.gpkg", "EPSG:3067")
    assert frame.crs is not None
    assert frame.crs.to_epsg() == 3067
    _, frame = _export(small_city, tmp_path / "p.geojson", "EPSG:3067")
    assert 24 < frame.total_bounds[0] < 26


def test_a_file_tells_any_time_on_both_axes(empty_city: City, tmp_path: Path) -> None:
    """Before and after in law; before and after in the register."""
    feature = empty_city.put("land.parcel", square(0, 0), "2020-01-01", cadastral_number="91001001001")
    with_one, _ = _export(empty_city, tmp_path / "p.gpkg")
    empty_city.put("land.parcel", square(0, 0), "2021-01-01", feature, cadastral_number="91001001001", address="A")
    for valid, address in (("2020-06-01", None), ("2021-06-01", "A")):
        _, frame = _export(empty_city, tmp_path / "p.gpkg", valid=_moment(valid))
        assert list(frame["address"].where(frame["address"].notna(), None)) == [address]
    recorded = with_one.reading.recorded
    _, frame = _export(empty_city, tmp_path / "p.gpkg", valid=_moment("2021-06-01"), recorded=recorded)
    assert frame["address"].isna().all()
    assert _export(empty_city, tmp_path / "p.gpkg", valid=_moment("2019-06-01"))[0].count == 0


def test_what_cannot_be_written_is_refused(small_city: City, tmp_path: Path) -> None:
    """An unknown suffix, a missing folder, an unknown system; no half file stays."""
    for file in ("p.xyz", "no/p.gpkg", "no/p.parquet", "no/p.geojson"):
        with pytest.raises(BadExport):
            _export(small_city, tmp_path / file)
    with pytest.raises(BadRequest):
        _export(small_city, tmp_path / "p.gpkg", "EPSG:1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_export_goes_into_another_register(
    fresh_city: Callable[[str], City], small_city: City, tmp_path: Path, suffix: str
) -> None:
    """All of it; the second time nothing is new."""
    file = tmp_path / f"parcels{suffix}"
    _export(small_city, file)
    other = fresh_city("helsinki")
    request = ImportRequest(layer="land.parcel", file=file, act=other.act(), accept_defects=True)
    first, second = (import_file(other.register, request) for _ in range(2))
    assert (first.new, first.refused) == (25, 0)
    assert (second.unchanged, second.changeset) == (25, None)
