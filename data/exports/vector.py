"""A layer into a vector file: GeoPackage, GeoJSON, FlatGeobuf or GeoParquet.

Rows come from one statement, hence from one state of the register, through a cursor; memory stays that of one batch.
The file appears under its name when it is whole.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import Connection, sql

from data.columns import ARROW
from gis.crs import Crs, OwnSystem, parse_crs, pyproj_crs, require_deliverable, system_crs
from gis.database import connect
from gis.errors import BadRequest
from gis.instant import Instant, Reading, read_head, settle, versions_at
from gis.layer import FieldType, Layer, VersionField
from gis.register import Register
from gis.text import Text

DRIVERS: Final = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
}
"""Format by suffix."""

BATCH = 8192
_GEOMETRY = "geometry"


class BadExport(BadRequest):
    """A file that can't be written: of an unknown suffix, or where nothing can be written."""

    code = "bad-export"


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """What to write, and where.

    Attributes:
        layer: name of the layer.
        file: the suffix says the format.
        instant: point on both axes of time; by default now, as the register knows it.
        crs: name of the coordinate system; by default the city's own, for GeoJSON always lon/lat (RFC 7946).
    """

    layer: str
    file: Path
    instant: Instant = field(default_factory=Instant)
    crs: str | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many features, as of which point of both axes, in which system."""

    count: int
    reading: Reading
    crs: Crs


def export_layer(
    register: Register, request: ExportRequest, progress: Callable[[int], None] = lambda _: None
) -> Exported:
    """Write a layer into a file; ``progress`` is told how many features are written.

    Raises:
        BadExport: unknown suffix, or the folder can't be written.
        BadRequest: an unknown coordinate system, or a recorded instant after the last changeset.
    """
    layer, driver = register.layers.mapped[request.layer], _driver(request.file)
    with connect(register.database.reader, autocommit=False) as connection:
        crs = _crs(register, request, driver, connection)
        reading = settle(request.instant, read_head(connection))
        rows = _Rows(layer, reading, crs, connection, progress)
        _written(rows, request.file, driver)
    return Exported(rows.count, reading, crs)


def _driver(file: Path) -> str:
    driver = DRIVERS.get(file.suffix.lower())
    if driver is None:
        raise BadExport(_SUFFIX.filled(file=file.name, known=", ".join(DRIVERS)), file=str(file))
    return driver


def _crs(register: Register, request: ExportRequest, driver: str, connection: Connection) -> Crs:
    if driver == "GeoJSON":
        return system_crs(4326)
    if request.crs is None:
        return system_crs(register.profile.system)
    known = {srid for (srid,) in connection.execute("SELECT srid FROM spatial_ref_sys")}
    system = register.profile.system
    return require_deliverable(parse_crs(request.crs, system if isinstance(system, OwnSystem) else None), known)


def _written(rows: "_Rows", file: Path, driver: str) -> None:
    part = file.with_name(f".{file.stem}.part{file.suffix}")
    try:
        if driver == "Parquet":
            _write_parquet(rows, part)
        else:
            _write_gdal(rows, part, driver)
        part.replace(file)
    except OSError as error:
        raise BadExport(_UNWRITABLE.filled(file=file, reason=error.strerror or error), file=str(file)) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@dataclass
class _Rows:
    """The features to be written, as Arrow batches."""

    layer: Layer
    reading: Reading
    crs: Crs
    connection: Connection
    progress: Callable[[int], None]
    count: int = 0

    @property
    def schema(self) -> pa.Schema:
        """Columns of the file: the feature's id, its properties, its shape."""
        columns = [pa.field("feature_id", ARROW[FieldType.INTEGER])]
        columns += [pa.field(p.name, ARROW[p.type]) for p in self.layer.properties]
        return pa.schema([*columns, pa.field(_GEOMETRY, pa.binary())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the features in order of their ids."""
        schema = self.schema
        with self.connection.cursor(name="export") as cursor:
            cursor.execute(self._select(), {**self.reading.parameters, "srid": self.crs.srid})
            while rows := cursor.fetchmany(BATCH):
                columns = [pa.array(values, schema.types[i]) for i, values in enumerate(zip(*rows, strict=True))]
                yield pa.record_batch(columns, schema=schema)
                self.count += len(rows)
                self.progress(self.count)

    def _select(self) -> sql.Composed:
        columns = [
            sql.SQL(p.sql) if isinstance(p, VersionField) else sql.Identifier("v", p.name)
            for p in self.layer.properties
        ]
        return sql.SQL(_SELECT).format(
            columns=sql.SQL(", ").join(columns), versions=versions_at(self.layer, self.reading)
        )

    @property
    def description(self) -> str:
        """What the file says of itself: title, both times, who must be named."""
        times = f"valid {self.reading.valid.isoformat()}, recorded {self.reading.recorded.isoformat()}"
        return "; ".join([self.layer.title.en, times, *self.layer.attribution])


_SELECT = """
SELECT v.feature_id, {columns}, ST_AsBinary(ST_Transform(v.geom, %(srid)s)) FROM {versions} ORDER BY v.feature_id
"""


def _write_gdal(rows: _Rows, file: Path, driver: str) -> None:
    import pyogrio  # noqa: PLC0415  (it takes a second to load)

    kind = rows.layer.geometry.wkt + (" Z" if rows.layer.z else "")
    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(rows.schema, rows.batches()),
            file,
            layer=rows.layer.name,
            driver=driver,
            geometry_name=_GEOMETRY,
            geometry_type=kind,
            crs=pyproj_crs(rows.crs.system).to_wkt(),
            layer_options={"DESCRIPTION": rows.description} | ({"RFC7946": "YES"} if driver == "GeoJSON" else {}),
        )
    except pyogrio.errors.DataSourceError as error:
        raise OSError(str(error)) from None


def _write_parquet(rows: _Rows, file: Path) -> None:
    column = {
        "encoding": "WKB",
        "geometry_types": [rows.layer.geometry.wkt + (" Z" if rows.layer.z else "")],
        "crs": pyproj_crs(rows.crs.system).to_json_dict(),
    }
    geo: dict[str, Any] = {"version": "1.0.0", "primary_column": _GEOMETRY, "columns": {_GEOMETRY: column}}
    metadata = {"geo": json.dumps(geo), "description": rows.description}
    with pq.ParquetWriter(file, rows.schema.with_metadata(metadata)) as writer:
        for batch in rows.batches():
            writer.write_batch(batch.replace_schema_metadata(metadata))


_SUFFIX = Text(
    kk="{file} файлының түрі белгісіз; мына түрлерде жазылады: {known}.",
    ru="Вид файла {file} неизвестен; пишутся: {known}.",
    en="The kind of the file {file} is not known; written are: {known}.",
)
_UNWRITABLE = Text(
    kk="{file} файлы жазылмады: {reason}.",
    ru="Файл {file} не записан: {reason}.",
    en="The file {file} was not written: {reason}.",
)
