"""Files of the city in three dimensions: ``qala import city.city.json``, ``qala import terrain.tif``, and out again.

An OpenSidewalks graph, ``qala import city.edges.geojson``, goes the same way, for it names its layers itself too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from data.exports.cityjson import CityJsonRequest, export_cityjson
from data.loaders import cityjson, terrain
from data.loaders.cityjson_source import import_cityjson
from data.loaders.opensidewalks import SUFFIXES as OPENSIDEWALKS
from data.loaders.opensidewalks import OpenSidewalksReport, import_opensidewalks
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress
from data.loaders.terrain import TerrainReport, TerrainRequest, import_terrain
from gis.errors import BadRequest
from gis.instant import Instant
from gis.register import Register
from gis.text import Text

CITYJSON: Final = "cityjson"
"""Stands in the place of a layer's name: ``qala export cityjson city.city.json``."""


def speaks_for_itself(file: Path) -> bool:
    """Tell whether a file is of a kind that needs no layer named: CityJSON, OpenSidewalks, or a raster of heights."""
    return _ends(file, (*cityjson.SUFFIXES, *OPENSIDEWALKS, *terrain.SUFFIXES))


def bring_in(
    register: Register,
    request: ImportRequest,
    heights: tuple[float | None, float | None],
    tell: Callable[[Progress], None],
) -> ImportReport | TerrainReport | OpenSidewalksReport:
    """Bring in a file that :func:`speaks_for_itself`; ``heights`` are a raster's accuracy [m] and nodata value.

    Raises:
        BadRequest: the file is of another kind.
    """
    if _ends(request.file, cityjson.SUFFIXES):
        return import_cityjson(register, request, tell)
    if _ends(request.file, OPENSIDEWALKS):
        return import_opensidewalks(register, request, tell)
    if not _ends(request.file, terrain.SUFFIXES):
        known = ", ".join((*cityjson.SUFFIXES, *OPENSIDEWALKS, *terrain.SUFFIXES))
        raise BadRequest(_NO_LAYER.filled(file=request.file.name, known=known), file=request.file.name)
    accuracy, nodata = heights
    asked = TerrainRequest(
        file=request.file, act=request.act, accuracy=accuracy, nodata=nodata, crs=request.crs, dry_run=request.dry_run
    )
    return import_terrain(register, asked)


def export_city(register: Register, file: Path, instant: Instant) -> dict[str, Any]:
    """Write the city as CityJSON; return what is told of it."""
    count, reading = export_cityjson(register, file, CityJsonRequest(instant))
    times = {"datetime": reading.valid.isoformat(), "recorded_at": reading.recorded.isoformat()}
    return {"layer": CITYJSON, "file": str(file), "objects": count, **times}


def _ends(file: Path, suffixes: tuple[str, ...]) -> bool:
    return file.name.lower().endswith(suffixes)


_NO_LAYER: Final = Text(
    kk="{file} файлы үшін қабатты атаңыз (qala import ҚАБАТ ФАЙЛ); қабатсыз тек мыналар енгізіледі: {known}.",
    ru="Для файла {file} назовите слой (qala import СЛОЙ ФАЙЛ); без слоя вносятся только: {known}.",
    en="Name the layer for the file {file} (qala import LAYER FILE); without a layer only these go in: {known}.",
)
