"""Vector files through GDAL (pyogrio): GeoJSON, GeoPackage, Shapefile, GML, FlatGeobuf."""

import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.loaders.source import BadFile, Batch, SourceOptions, UnknownFileCrs, refused_file, require_complete
from data.loaders.wellknown import from_wkb
from gis.text import Text

DRIVERS: Final = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".gml": "GML",
    ".fgb": "FlatGeobuf",
}
"""GDAL's driver by suffix."""

_HEAD = 65_536


@dataclass(frozen=True)
class VectorFile:
    """A file that GDAL reads."""

    path: Path
    layer: str
    columns: tuple[str, ...]
    crs: str | None
    count: int | None
    encoding: str
    native_encoding: str | None

    def batches(self, size: int) -> Iterator[Batch]:
        """Read it from the start; a file that ends early is refused."""
        read = 0
        with _refusing(self.path):
            for record in self._records(size):
                rows = np.arange(read + 1, read + record.num_rows + 1, dtype=np.int64)
                read += record.num_rows
                yield _batch(rows, record, self.columns)
        require_complete(self.path, self.count, read)

    def _records(self, size: int) -> Iterator[Any]:
        options: dict[str, Any] = {"encoding": self.native_encoding} if self.native_encoding else {}
        options |= {"layer": self.layer, "use_pyarrow": True, "batch_size": size}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL mutters about is found again, row by row
            with _gdal().open_arrow(self.path, **options) as (_, reader):
                yield from reader


def open_vector(path: Path, options: SourceOptions) -> VectorFile:
    """Open a file that GDAL reads.

    Raises:
        BadFile: broken, not what its suffix says, several layers of which none was named.
    """
    driver = DRIVERS[path.suffix.lower()]
    _inspect_text(path, driver, options)
    native = _shapefile_encoding(path, options.encoding) if driver == "ESRI Shapefile" else None
    with _refusing(path), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = _layer(path, options.layer)
        info = _gdal().read_info(path, layer=layer, force_feature_count=True)
    if info["driver"] != driver:
        raise BadFile(_OTHER_KIND.filled(file=path.name, found=info["driver"], expected=driver), file=str(path))
    columns = tuple(str(name) for name in info["fields"])
    own = "utf-8" if native else (options.encoding or "utf-8")
    count = int(info["features"])
    return VectorFile(path, layer, columns, info["crs"], count if count >= 0 else None, own, native)


def _gdal() -> Any:
    """Return pyogrio, which takes a second to load."""
    import pyogrio  # noqa: PLC0415

    return pyogrio


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except BadFile:
        raise
    except (pa.ArrowInvalid, OSError, ValueError, RuntimeError) as error:  # GDAL's own are RuntimeErrors
        raise refused_file(path, error) from None


def _layer(path: Path, wanted: str | None) -> str:
    layers = [str(name) for name, kind in _gdal().list_layers(path) if kind is not None]
    if wanted in layers or (wanted is None and len(layers) == 1):
        return wanted or layers[0]
    raise BadFile(_LAYERS.filled(file=path.name, layers=", ".join(layers) or "—"), file=str(path), layers=layers)


def _batch(rows: Any, record: Any, names: tuple[str, ...]) -> Batch:
    shape = next((n for n in reversed(record.schema.names) if n not in names), None)
    wkb = record.column(shape) if shape else pa.nulls(record.num_rows, pa.binary())
    geometries, broken = from_wkb(wkb)
    return Batch(rows, {n: record.column(n) for n in names}, geometries, broken)


def _inspect_text(path: Path, driver: str, options: SourceOptions) -> None:
    if driver == "GML" and re.search(rb"<!\s*(DOCTYPE|ENTITY)", _ends(path)[0]):
        raise refused_file(path, "DOCTYPE")
    if driver == "GeoJSON" and options.crs is None:
        for system in (each for end in _ends(path) for each in _named_systems(end.decode("utf-8", "replace"))):
            _require_known(path, system)


def _ends(path: Path) -> tuple[bytes, bytes]:
    """Return the beginning and the end of a file: where what it says of itself as a whole stands."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(_HEAD, path.stat().st_size - _HEAD))
        return head, file.read()


def _named_systems(text: str) -> Iterator[dict[str, Any]]:
    """Yield the members ``crs`` (GeoJSON 2008, 3) in a piece of a file."""
    for found in re.finditer(r'"crs"\s*:\s*(?=\{)', text):
        with suppress(ValueError, RecursionError):
            system, _ = json.JSONDecoder().raw_decode(text, found.end())
            if isinstance(system.get("properties"), dict) and "type" in system:
                yield system


def _require_known(path: Path, system: dict[str, Any]) -> None:
    """Refuse a coordinate system that PROJ does not know: GDAL silently takes each of them for WGS 84."""
    facts = system["properties"]
    name = f"EPSG:{facts.get('code')}" if system["type"] == "EPSG" else str(facts.get("name", json.dumps(system)))
    try:
        CRS.from_user_input(name)
    except CRSError:
        if not name.endswith("CRS84"):
            raise UnknownFileCrs(_JSON_CRS.filled(file=path.name, crs=name[:200]), crs=name[:200]) from None


def _shapefile_encoding(path: Path, said: str | None) -> str | None:
    """Return the encoding for GDAL to read a Shapefile's table in.

    Without a ``.cpg`` and without a language byte GDAL takes Latin-1 and makes Cyrillic nonsense of it, silently.
    """
    if said is not None:
        return said
    table = path.with_suffix(".dbf")
    declared = any(path.with_suffix(suffix).is_file() for suffix in (".cpg", ".CPG"))
    if declared or not table.is_file() or _language_byte(table):
        return None
    return "UTF-8"


def _language_byte(table: Path) -> int:
    with table.open("rb") as file:
        head = file.read(32)
    return head[29] if len(head) == 32 else 0


_LAYERS = Text(
    kk="{file} файлында бірнеше қабат бар немесе аталған қабат жоқ; --source-layer арқылы біреуін таңдаңыз: {layers}.",
    ru="В файле {file} несколько слоёв или нет названного; выберите один через --source-layer: {layers}.",
    en="The file {file} has several layers, or lacks the one named; choose one by --source-layer: {layers}.",
)
_OTHER_KIND = Text(
    kk="{file} файлының ішінде {found} бар, ал жалғауы бойынша {expected} болуы тиіс.",
    ru="В файле {file} содержится {found}, а по расширению должен быть {expected}.",
    en="The file {file} holds {found}; by its suffix it should be {expected}.",
)
_JSON_CRS = Text(
    kk="{file} файлының координаттар жүйесі белгісіз: {crs}. Дұрысы: urn:ogc:def:crs:EPSG::32643.",
    ru="Система координат файла {file} неизвестна: {crs}. Верно, например: urn:ogc:def:crs:EPSG::32643.",
    en="The coordinate system of the file {file} is not known: {crs}. Right would be urn:ogc:def:crs:EPSG::32643.",
)
