"""``qala import terrain.tif``: a raster of heights (GeoTIFF, SRTM's .hgt, zipped or not) as an edition of the terrain.

Nothing is resampled. Cells that the source lacks are filled from around them and remembered as filled, with a doubt:
half the range of the heights along the rim of their gap.
"""

from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from cadastres.urban_planning.city3d_model import CITY_OBJECT
from data.loaders.source import BadFile, MissingCrs
from gis.act import Act
from gis.bulk import Bulk, bulk
from gis.errors import Conflict
from gis.profile import CityProfile, Extent
from gis.register import Register
from gis.terrain import Raster, blocks
from gis.text import Text

VERB: Final = "urban_planning.terrain.import"
SUFFIXES: Final = (".tif", ".tiff", ".hgt", ".hgt.zip")

SRTM_ACCURACY: Final = 16.0
"""Metres: the mission's absolute error of heights, of nine in ten (SRTM, version 2.1)."""

SRTM_SYSTEM: Final = "EPSG:5773"
"""EGM96 height: what SRTM's heights count from."""

_LOWEST, _HIGHEST = -500.0, 9000.0


class BadRaster(BadFile):
    """A raster that is no terrain of the city."""

    code = "bad-raster"


@dataclass(frozen=True, kw_only=True)
class TerrainRequest:
    """What to bring in.

    Attributes:
        file: the raster.
        act: who, why, by which source; the terrain is valid from its date on.
        accuracy: metres, nine of ten heights are no farther off; SRTM's own for its files, else not known.
        nodata: value of cells without height, where the file does not say.
        crs: the raster's system (``EPSG:n``), where the file does not say.
    """

    file: Path
    act: Act
    accuracy: float | None = None
    nodata: float | None = None
    crs: str | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class TerrainReport:
    """What was brought in: cells, those of them that the source lacked, the range of heights [m]."""

    name: str
    crs: str
    cells: int
    voids: int
    lowest: float
    highest: float
    accuracy: float | None
    changeset: int | None

    def summary(self) -> dict[str, Any]:
        """Return it as JSON members."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def told(self) -> Text:
        """Return it in one sentence."""
        return _TOLD.filled(**self.summary())


@dataclass(frozen=True)
class _Read:
    heights: Raster
    void: np.ndarray[Any, np.dtype[np.bool_]]
    srid: int
    vertical: str | None
    corner: tuple[float, float]
    cell: tuple[float, float]
    bounds: tuple[float, float, float, float]


def import_terrain(register: Register, request: TerrainRequest) -> TerrainReport:
    """Bring a raster in as one changeset.

    Raises:
        BadRaster: no raster of one band, turned, of no heights, nothing but voids, or not of the city.
        MissingCrs: it does not say its system, and the operator neither; likewise :class:`BadRaster` for nodata.
        Conflict: the same file was brought in before.
        Forbidden: the act's role may not load.
    """
    read = _read(request, register.profile)
    heights, doubts = filled(read.heights, read.void)
    srtm = ".hgt" in request.file.name.lower()
    report = TerrainReport(
        request.file.name, f"EPSG:{read.srid}", heights.size, int(read.void.sum()), float(heights.min()),
        float(heights.max()), request.accuracy or (SRTM_ACCURACY if srtm else None), None,
    )  # fmt: skip
    if request.dry_run:
        return report
    return replace(report, changeset=_record(register, request, read, (heights, doubts), report))


def _record(
    register: Register, request: TerrainRequest, read: _Read, rasters: tuple[Raster, Raster], report: TerrainReport
) -> int:
    with request.file.open("rb") as file:
        digest = file_digest(file, "sha256").digest()
    act = replace(request.act, source=replace(request.act.source, file_hash=digest))
    with bulk(register, act, [CITY_OBJECT.name]) as under_way:
        if under_way.connection.execute(_KNOWN, (digest,)).fetchone() is not None:
            raise Conflict(_TWICE.filled(file=request.file.name), file=request.file.name)
        terrain_id = _stored(under_way, rasters)
        recorded = under_way.record(VERB)
        vertical = read.vertical or (SRTM_SYSTEM if report.accuracy == SRTM_ACCURACY else None)
        bound = (
            terrain_id, report.name, act.valid_from, recorded.number, digest, read.srid, vertical, report.accuracy,
            *read.corner, *read.cell, *reversed(read.heights.shape), report.voids, *read.bounds,
        )  # fmt: skip
        under_way.connection.execute(_TERRAIN, bound)
    if register.heads is not None:
        register.heads.append(recorded.number, recorded.hash)
    return recorded.number


def _stored(under_way: Bulk, rasters: tuple[Raster, Raster]) -> int:
    row = under_way.connection.execute("SELECT nextval('qala.terrain_id')").fetchone()
    terrain_id = int(row[0]) if row else 0
    with under_way.connection.cursor() as cursor, cursor.copy(_BLOCKS) as copy:
        for block in blocks(*rasters):
            copy.write_row((terrain_id, *block))
    return terrain_id


def filled(heights: Raster, void: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[Raster, Raster]:
    """Return heights without gaps, and for each cell by how much its height may be off on account of the filling [m].

    The doubt of a filled cell is half the range of the heights around its gap, at least a metre; of a measured one 0.
    """
    doubts: Raster = np.zeros(heights.shape, dtype=np.float32)
    if not void.any():
        return heights, doubts
    from rasterio.fill import fillnodata  # noqa: PLC0415  (its libraries take long to load)
    from scipy import ndimage  # noqa: PLC0415  (likewise)

    reach = float(max(heights.shape))
    complete: Raster = fillnodata(heights.copy(), mask=(~void).astype(np.uint8), max_search_distance=reach)
    gaps, _ = ndimage.label(void, structure=np.ones((3, 3)))
    for number, window in enumerate(ndimage.find_objects(gaps), start=1):
        wider = tuple(slice(max(0, s.start - 1), s.stop + 1) for s in window)
        gap = gaps[wider] == number
        rim = heights[wider][ndimage.binary_dilation(gap, np.ones((3, 3), dtype=bool)) & ~void[wider]]
        doubts[wider][gap] = max(1.0, float(np.ptp(rim)) / 2) if rim.size else _HIGHEST
    return complete, doubts


def _read(request: TerrainRequest, profile: CityProfile) -> _Read:
    import rasterio  # noqa: PLC0415  (its libraries take long to load)

    file = request.file
    try:
        with rasterio.open(_path(file)) as source:
            return _checked(source, request, profile)
    except (rasterio.errors.RasterioError, BadZipFile, OSError) as error:
        raise BadRaster(_BROKEN.filled(file=file.name, reason=str(error)[:200]), file=file.name) from None


def _path(file: Path) -> str:
    """Return what GDAL opens: of a zip the one .hgt in it."""
    if not file.is_file():
        raise BadRaster(_BROKEN.filled(file=file, reason="no such file"), file=str(file))
    if file.suffix.lower() != ".zip":
        return str(file)
    with ZipFile(file) as archive:
        inside = [name for name in archive.namelist() if name.lower().endswith((".hgt", ".tif", ".tiff"))]
    if len(inside) != 1:
        raise BadRaster(_BROKEN.filled(file=file.name, reason=f"{len(inside)} rasters in the archive"), file=file.name)
    return f"/vsizip/{file.resolve()}/{inside[0]}"


def _checked(source: Any, request: TerrainRequest, profile: CityProfile) -> _Read:
    from rasterio.warp import transform_bounds  # noqa: PLC0415  (its libraries take long to load)

    name, placed = request.file.name, source.transform
    if source.count != 1 or placed.b or placed.d or placed.a <= 0 or placed.e >= 0:
        raise BadRaster(_FORM.filled(file=name, bands=source.count), file=name)
    system, vertical = _system(source, request)
    bounds = transform_bounds(system, "EPSG:4326", *source.bounds)
    if not _meets(bounds, profile.extent):
        facts = {"file": name, "crs": system.to_string(), "city": profile.name.en, "found": _shown(bounds)}
        raise BadRaster(_ELSEWHERE.filled(**facts, extent=_shown(profile.extent)), **facts)
    nodata = request.nodata if request.nodata is not None else source.nodata
    if nodata is None:
        raise BadRaster(_NO_NODATA.filled(file=name), file=name)
    heights: Raster = source.read(1).astype(np.float32)
    void = ~np.isfinite(heights) | (heights == np.float32(nodata))
    _require_heights(heights, void, name)
    srid = int(CRS.from_user_input(system).to_epsg() or 0)
    return _Read(heights, void, srid, vertical, (placed.c, placed.f), (placed.a, -placed.e), bounds)


def _system(source: Any, request: TerrainRequest) -> tuple[CRS, str | None]:
    """Return the plane part of a raster's system, and the name of its heights' where it says so.

    Raises:
        MissingCrs: nobody says it, or it is none that EPSG lists.
    """
    whole = _said(source, request)
    if whole is None:
        raise MissingCrs(_NO_CRS.filled(file=request.file.name), file=request.file.name)
    vertical = None
    if whole.is_compound:
        whole, below = whole.sub_crs_list
        vertical = f"EPSG:{below.to_epsg()}" if below.to_epsg() else below.name
    if whole.to_epsg() is None or not (whole.is_projected or whole.is_geographic):
        raise MissingCrs(_NO_CRS.filled(file=request.file.name), file=request.file.name)
    return whole, vertical


def _said(source: Any, request: TerrainRequest) -> CRS | None:
    """Return the system that the operator names, else the file; GDAL knows best which code a GeoTIFF's keys mean."""
    try:
        if request.crs:
            return CRS.from_user_input(request.crs)
        whole = CRS.from_user_input(source.crs.to_wkt()) if source.crs else None
    except CRSError:
        return None
    code = None if whole is None or whole.is_compound else source.crs.to_epsg()
    return CRS.from_epsg(code) if code else whole


def _require_heights(heights: Raster, void: np.ndarray[Any, np.dtype[np.bool_]], name: str) -> None:
    if void.all():
        raise BadRaster(_NOTHING.filled(file=name), file=name)
    low, high = float(heights[~void].min()), float(heights[~void].max())
    if not (low >= _LOWEST and high <= _HIGHEST):
        raise BadRaster(_NO_HEIGHTS.filled(file=name, low=f"{low:g}", high=f"{high:g}"), file=name, low=low, high=high)


def _meets(bounds: tuple[float, float, float, float], extent: Extent) -> bool:
    west, south, east, north = bounds
    return west < extent.east and east > extent.west and south < extent.north and north > extent.south


def _shown(bounds: tuple[float, ...]) -> str:
    return ", ".join(f"{b:.3f}" for b in bounds)


_KNOWN: Final = "SELECT FROM qala.terrain WHERE file_hash = %s"
_BLOCKS: Final = "COPY qala.terrain_block (terrain_id, block_column, block_row, heights, doubts) FROM STDIN"
_TERRAIN: Final = """
INSERT INTO qala.terrain (terrain_id, name, valid_from, changeset, file_hash, srid, vertical_system, accuracy,
  west, north, cell_x, cell_y, width, height, voids, extent)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, ST_MakeEnvelope(%s, %s, %s, %s, 4326))
"""
_TOLD: Final = Text(
    kk="{name}: {cells} ұяшық, биіктігі {lowest}–{highest} м; {voids} ұяшықта биіктік болмаған, олар толтырылып, "
    "белгіленді.",
    ru="{name}: ячеек {cells}, высоты {lowest}–{highest} м; без высоты было {voids}, они заполнены и отмечены.",
    en="{name}: {cells} cells, heights {lowest} to {highest} m; {voids} had none: they were filled and are flagged.",
)
_BROKEN: Final = Text(
    kk="{file} растры оқылмайды: {reason}.",
    ru="Растр {file} не читается: {reason}.",
    en="The raster {file} can't be read: {reason}.",
)
_FORM: Final = Text(
    kk="{file}: биіктіктердің бір арнасы бар, солтүстікке бағытталған растр керек (арнасы: {bands}).",
    ru="{file}: нужен растр высот с одним каналом, ориентированный на север (каналов: {bands}).",
    en="{file}: a raster of heights has one band and lies north up (bands: {bands}).",
)
_NO_CRS: Final = Text(
    kk="{file} растрының координаттар жүйесі көрсетілмеген не EPSG тізімінде жоқ; айтыңыз, мысалы --crs EPSG:4326.",
    ru="Система координат растра {file} не указана или её нет в EPSG; назовите её, например --crs EPSG:4326.",
    en="The raster {file} does not say its coordinate system, or one that EPSG lacks; say it, e.g. --crs EPSG:4326.",
)
_NO_NODATA: Final = Text(
    kk="{file} растрында биіктігі жоқ ұяшықтардың мәні (nodata) көрсетілмеген; айтыңыз, мысалы --nodata -32768.",
    ru="В растре {file} не указано значение ячеек без высоты (nodata); назовите его, например --nodata -32768.",
    en="The raster {file} does not say the value of cells without height (nodata); say it, e.g. --nodata -32768.",
)
_ELSEWHERE: Final = Text(
    kk="{file} растры ({crs}) қаладан тыс жатыр: {found}; {city}: {extent} (бойлық пен ендік). Жүйесін тексеріңіз.",
    ru="Растр {file} ({crs}) лежит вне города: {found}; {city}: {extent} (долгота, широта). Проверьте систему.",
    en="The raster {file} ({crs}) lies off the city: {found}; {city}: {extent} (lon, lat). Check its system.",
)
_NOTHING: Final = Text(
    kk="{file} растрында бірде-бір биіктік жоқ.",
    ru="В растре {file} нет ни одной высоты.",
    en="The raster {file} has no height at all.",
)
_NO_HEIGHTS: Final = Text(
    kk="{file} мәндері {low}…{high}; метрмен берілген биіктіктер −500…9000 аралығында болады. nodata мәнін тексеріңіз.",
    ru="Значения {file} — от {low} до {high}; высоты в метрах лежат от −500 до 9000. Проверьте nodata.",
    en="The values of {file} run from {low} to {high}; heights in metres lie from -500 to 9000. Check nodata.",
)
_TWICE: Final = Text(
    kk="{file} файлы бұрын енгізілген.",
    ru="Файл {file} уже внесён.",
    en="The file {file} was brought in before.",
)
