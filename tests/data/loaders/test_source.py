"""Opening files: every format reads the same, and what is broken is refused as a whole with its reason."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from data.loaders.source import (
    BadFile,
    Batch,
    EmptyFile,
    MissingCrs,
    RowSource,
    SourceOptions,
    UnknownEncoding,
    UnknownFileCrs,
    open_source,
    system_of,
)

pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")

NAMES = ["Жол", "Көше <&>", "été"]


def _frame(crs: int | None = 3879) -> gpd.GeoDataFrame:
    shapes = [shapely.box(25_496_500 + 50 * i, 6_673_000, 25_496_540 + 50 * i, 6_673_040) for i in range(3)]
    return gpd.GeoDataFrame({"name": NAMES, "area": [1600, 1600, 1600]}, geometry=shapes, crs=crs)


def _written(frame: gpd.GeoDataFrame, path: Path) -> Path:
    match path.suffix:
        case ".parquet":
            frame.to_parquet(path)
        case ".csv":
            frame.to_wkt().to_csv(path, index=False)
        case ".geojson":
            pyogrio.write_dataframe(frame.to_crs(4326), path)
        case _:
            pyogrio.write_dataframe(frame, path)
    return path


def _batches(
    path: Path, layer: str | None = None, encoding: str | None = None, crs: str | None = None
) -> tuple[RowSource, list[Batch]]:
    source = open_source(path, SourceOptions(layer, encoding, crs))
    return source, list(source.batches(2))


def _texts(batches: list[Batch], column: str) -> list[str]:
    raw = (value for batch in batches for value in batch.columns[column].cast(pa.binary()).to_pylist())
    return [value.decode() for value in raw]


def _shapes(batches: list[Batch]) -> list[BaseGeometry]:
    return [shape for batch in batches for shape in batch.geometries]


FORMATS = [".geojson", ".gpkg", ".shp", ".gml", ".fgb", ".parquet", ".csv"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_rows(tmp_path: Path, suffix: str) -> None:
    """Names, ordinals, coordinate system and geometries are those that were written."""
    frame = _frame()
    _, batches = _batches(_written(frame, tmp_path / f"parcels{suffix}"), crs="EPSG:3879")
    by_name = dict(zip(_texts(batches, "name"), _shapes(batches), strict=True))
    assert sorted(by_name) == sorted(NAMES)
    assert [int(row) for batch in batches for row in batch.rows] == [1, 2, 3]
    expected = frame.to_crs(4326) if suffix == ".geojson" else frame
    for name, shape in zip(expected["name"], expected.geometry, strict=True):
        assert shapely.hausdorff_distance(shape, by_name[name]) < 1e-6


@pytest.mark.parametrize("suffix", FORMATS[:-1])
def test_every_format_but_csv_says_its_system(tmp_path: Path, suffix: str) -> None:
    """The system is the one that was written."""
    path = _written(_frame(), tmp_path / f"parcels{suffix}")
    source = open_source(path, SourceOptions())
    assert system_of(source, SourceOptions(), path.name) == (4326 if suffix == ".geojson" else 3879)


def test_gml_with_latitude_first_comes_out_longitude_first(tmp_path: Path) -> None:
    """Axis order is settled when the file is opened: the URN of EPSG:4326 puts latitude first on the wire."""
    path = tmp_path / "parcels.gml"
    pyogrio.write_dataframe(_frame().to_crs(4326), path)
    assert "60." in path.read_text(encoding="utf-8").split("posList>")[1][:4]
    _, batches = _batches(path)
    west, south, _, _ = _shapes(batches)[0].bounds
    assert 24 < west < 26
    assert 59 < south < 61


@pytest.mark.parametrize("suffix", [".shp", ".csv", ".gpkg"])
def test_a_file_without_system_must_be_told_one(tmp_path: Path, suffix: str) -> None:
    """Without --crs it is refused; with it the operator's word counts."""
    path = _written(_frame(None), tmp_path / f"parcels{suffix}")
    source = open_source(path, SourceOptions())
    with pytest.raises(MissingCrs, match="--crs EPSG:"):
        system_of(source, SourceOptions(), path.name)
    assert system_of(source, SourceOptions(crs="EPSG:3879"), path.name) == 3879


def _geojson(path: Path, system: object, *, last: bool = False) -> Path:
    feature = {"type": "Feature", "properties": {"id": "1"}, "geometry": {"type": "Point", "coordinates": [24.9, 60.1]}}
    rest = {"features": [feature] * 3000}
    members = {**rest, "crs": system} if last else {"crs": system, **rest}
    path.write_text(json.dumps({"type": "FeatureCollection", **members}), encoding="utf-8")
    return path


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(
    ("system", "told"),
    [
        ({"type": "name", "properties": {"name": "Moon"}}, "Moon"),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::999999"}}, "EPSG::999999"),
        ({"properties": {"name": "urn:x:EPSG-like:3879"}, "type": "name"}, "EPSG-like"),
        ({"type": "EPSG", "properties": {"code": 999999}}, "EPSG:999999"),
        ({"type": "link", "properties": {"href": "http://x.example/prj", "type": "proj4"}}, "x.example"),
    ],
)
def test_a_geojson_of_unknown_system_is_refused(tmp_path: Path, system: object, told: str, last: bool) -> None:
    """GDAL would take any name that it does not know for WGS 84; the operator's word counts more than the file's."""
    path = _geojson(tmp_path / "moon.geojson", system, last=last)
    with pytest.raises(UnknownFileCrs, match=told):
        open_source(path, SourceOptions())
    options = SourceOptions(crs="EPSG:3879")
    assert system_of(open_source(path, options), options, path.name) == 3879


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("urn:ogc:def:crs:EPSG::3879", 3879),
        ("EPSG:3879", 3879),
        ("http://www.opengis.net/def/crs/EPSG/0/3879", 3879),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("urn:ogc:def:crs:OGC::CRS84", 4326),
        ("CRS84", 4326),
    ],
)
def test_a_geojson_may_name_its_system_in_any_known_way(tmp_path: Path, name: str, code: int) -> None:
    """In the spellings that programs write."""
    path = _geojson(tmp_path / "parcels.geojson", {"type": "name", "properties": {"name": name}})
    assert system_of(open_source(path, SourceOptions()), SourceOptions(), path.name) == code


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("encoding", ["nope", "base64", "a\x00b", ""])
def test_an_encoding_that_there_is_not_is_refused(tmp_path: Path, suffix: str, encoding: str) -> None:
    """Whatever the format, and also a codec that makes no texts."""
    path = _written(_frame(), tmp_path / f"parcels{suffix}")
    with pytest.raises(UnknownEncoding, match="utf-8"):
        open_source(path, SourceOptions(encoding=encoding))


def test_a_local_system_of_a_prj_file_is_kept(tmp_path: Path) -> None:
    """A projected system that EPSG lacks is taken from the file's own description."""
    path = tmp_path / "local.shp"
    local = "+proj=tmerc +lat_0=43 +lon_0=76.95 +x_0=1000 +y_0=2000 +datum=WGS84 +units=m"
    pyogrio.write_dataframe(_frame(None).set_crs(local, allow_override=True), path)
    system = system_of(open_source(path, SourceOptions()), SourceOptions(), path.name)
    assert not isinstance(system, int)
    assert "Transverse Mercator" in system.wkt2 or "Transverse_Mercator" in system.wkt2


@pytest.mark.parametrize("suffix", [*FORMATS, ".xyz"])
def test_an_empty_file_is_refused(tmp_path: Path, suffix: str) -> None:
    """No byte at all."""
    path = tmp_path / f"parcels{suffix}"
    path.touch()
    with pytest.raises(EmptyFile):
        open_source(path, SourceOptions())


@pytest.mark.parametrize("suffix", [*FORMATS, ".xyz"])
def test_a_file_of_noise_is_refused(tmp_path: Path, suffix: str) -> None:
    """Bytes that mean nothing in any format."""
    path = tmp_path / f"parcels{suffix}"
    path.write_bytes(np.random.default_rng(1).bytes(5000))
    with pytest.raises(BadFile, match="parcels"):
        list(open_source(path, SourceOptions()).batches(10))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_without_rows_is_refused(tmp_path: Path, suffix: str) -> None:
    """More likely a failed export than a city without land."""
    frame = _frame().iloc[:0]
    if suffix == ".geojson":
        path = tmp_path / "parcels.geojson"
        path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    else:
        path = _written(frame, tmp_path / f"parcels{suffix}")
    with pytest.raises(EmptyFile, match="has no rows"):
        open_source(path, SourceOptions())


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".gml", ".fgb", ".parquet"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_ends_early_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    """Never half of its rows."""
    many = gpd.GeoDataFrame(
        {"n": range(400)}, geometry=[shapely.box(i, 5, i + 1, 6) for i in range(400)], crs="EPSG:32635"
    )
    path = _written(many, tmp_path / f"whole{suffix}")
    cut = tmp_path / f"cut{suffix}"
    content = path.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadFile):
        list(open_source(cut, SourceOptions()).batches(100))


def test_a_shapefile_cut_in_its_shapes_loses_no_row(tmp_path: Path) -> None:
    """Rows whose shape is gone are still rows."""
    path = _written(_frame(), tmp_path / "parcels.shp")
    path.write_bytes(path.read_bytes()[:250])
    _, batches = _batches(path)
    assert len(_shapes(batches)) == 3
    assert _shapes(batches)[-1] is None


def test_a_file_of_another_kind_than_its_suffix_is_refused(tmp_path: Path) -> None:
    """A GeoPackage that calls itself GeoJSON."""
    path = _written(_frame(), tmp_path / "parcels.gpkg").rename(tmp_path / "parcels.geojson")
    with pytest.raises(BadFile, match="GPKG"):
        open_source(path, SourceOptions())


def test_a_doctype_in_gml_is_refused(tmp_path: Path) -> None:
    """Entities have no place in data."""
    path = tmp_path / "bomb.gml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>', encoding="utf-8")
    with pytest.raises(BadFile, match="DOCTYPE"):
        open_source(path, SourceOptions())


def test_of_several_layers_one_must_be_named(tmp_path: Path) -> None:
    """The refusal lists them."""
    path = tmp_path / "city.gpkg"
    pyogrio.write_dataframe(_frame(), path, layer="old")
    pyogrio.write_dataframe(_frame().iloc[:2], path, layer="new", append=True)
    with pytest.raises(BadFile, match="old, new"):
        open_source(path, SourceOptions())
    _, batches = _batches(path, layer="new")
    assert len(_shapes(batches)) == 2


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The path is quoted."""
    with pytest.raises(BadFile, match=r"nowhere\.gpkg"):
        open_source(tmp_path / "nowhere.gpkg", SourceOptions())


def test_a_shapefile_without_code_page_is_not_taken_for_latin(tmp_path: Path) -> None:
    """Cyrillic bytes come through as they are, to be reported; with --encoding they are read."""
    path = tmp_path / "parcels.shp"
    pyogrio.write_dataframe(_frame().assign(name=["Дом", "Путь", "Жол"]), path, encoding="cp1251")
    path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(table)
    _, batches = _batches(path)
    with pytest.raises(UnicodeDecodeError):
        _texts(batches, "name")
    _, batches = _batches(path, encoding="cp1251")
    assert _texts(batches, "name") == ["Дом", "Путь", "Жол"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_separators_are_found(tmp_path: Path, separator: str) -> None:
    """Quoted fields may hold separators and line ends."""
    path = tmp_path / "parcels.csv"
    frame = _frame().to_wkt().assign(name=["a,b;c\td", "two\nlines", 'q"q'])
    frame.to_csv(path, index=False, sep=separator)
    _, batches = _batches(path)
    assert _texts(batches, "name") == ["a,b;c\td", "two\nlines", 'q"q']
    assert [shape.geom_type for shape in _shapes(batches)] == ["Polygon"] * 3


def test_csv_rows_of_wrong_length_are_kept_apart(tmp_path: Path) -> None:
    """They are told with their ordinals; the rows around them keep theirs."""
    path = tmp_path / "parcels.csv"
    path.write_text('wkt,id\n"POINT (1 1)",a\nbroken\n"POINT (2 2)",b,too,many\n"POINT (3 3)",c\n', encoding="utf-8")
    _, batches = _batches(path)
    assert _rows_and_strays(batches) == ([1, 4], [2, 3])
    assert _texts(batches, "id") == ["a", "c"]


def test_csv_may_end_in_rows_of_wrong_length(tmp_path: Path) -> None:
    """The last rows count as well."""
    path = tmp_path / "parcels.csv"
    path.write_text('wkt,id\n"POINT (1 1)",a\nbroken\n', encoding="utf-8")
    assert _rows_and_strays(_batches(path)[1]) == ([1], [2])


def _rows_and_strays(batches: list[Batch]) -> tuple[list[int], list[int]]:
    rows = [int(row) for batch in batches for row in batch.rows]
    return rows, [cell.row for batch in batches for cell in batch.not_rows]


def test_csv_of_x_and_y_gives_points(tmp_path: Path) -> None:
    """Decimal commas as well."""
    path = tmp_path / "points.csv"
    path.write_text("id;lat;lon\na;43,25;76,95\nb;;\n", encoding="utf-8")
    _, batches = _batches(path)
    assert _shapes(batches) == [shapely.Point(76.95, 43.25), None]


def test_csv_without_geometry_is_refused(tmp_path: Path) -> None:
    """Its columns are listed."""
    path = tmp_path / "table.csv"
    path.write_text("id,name\n1,a\n", encoding="utf-8")
    with pytest.raises(BadFile, match="id, name"):
        open_source(path, SourceOptions())


def test_parquet_without_geo_metadata_is_refused(tmp_path: Path) -> None:
    """A table is no map."""
    path = tmp_path / "table.parquet"
    _frame().drop(columns="geometry").to_parquet(path)
    with pytest.raises(BadFile, match="GeoParquet"):
        open_source(path, SourceOptions())


def test_unreadable_geometries_have_their_reason(tmp_path: Path) -> None:
    """A ring that does not close is named as such; nothing is closed for the author."""
    path = tmp_path / "open.csv"
    rows = ['a,"POLYGON ((0 0, 1 0, 1 1, 0 1))"', 'b,"POLYGON ((0 0, 1 0)"', "c,nonsense"]
    path.write_text("\n".join(["id,wkt", *rows, ""]), encoding="utf-8")
    _, (batch,) = _batches(path)
    assert sorted(batch.broken) == [0, 1, 2]
    assert "closed" in str(batch.broken[0])
    assert all(batch.broken.values())
