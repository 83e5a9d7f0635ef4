"""GeoParquet through Arrow: the primary geometry column, in WKB, of any 1.x file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.loaders.source import BadFile, Batch, SourceOptions, refused_file, require_complete
from data.loaders.wellknown import from_wkb
from gis.text import Text

SUFFIXES: Final = (".parquet", ".geoparquet")


@dataclass(frozen=True)
class ParquetFile:
    """A GeoParquet file."""

    path: Path
    columns: tuple[str, ...]
    geometry: str
    crs: str | None
    count: int
    encoding: str = "utf-8"

    def batches(self, size: int) -> Iterator[Batch]:
        """Read it from the start."""
        read = 0
        try:
            with pq.ParquetFile(self.path) as file:
                for record in file.iter_batches(size, columns=[*self.columns, self.geometry]):
                    rows = np.arange(read + 1, read + record.num_rows + 1, dtype=np.int64)
                    read += record.num_rows
                    geometries, broken = from_wkb(record.column(self.geometry))
                    yield Batch(rows, {n: record.column(n) for n in self.columns}, geometries, broken)
        except (pa.ArrowException, OSError) as error:
            raise refused_file(self.path, error) from None
        require_complete(self.path, self.count, read)


def open_parquet(path: Path, _: SourceOptions) -> ParquetFile:
    """Open a GeoParquet file.

    Raises:
        BadFile: no Parquet, or Parquet without the ``geo`` metadata, or geometry in another encoding than WKB.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, count = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise refused_file(path, error) from None
    geo = _geo(path, schema)
    primary = str(geo.get("primary_column", "geometry"))
    column = geo.get("columns", {}).get(primary, {})
    if column.get("encoding") != "WKB" or primary not in schema.names:
        raise BadFile(_NOT_GEO.filled(file=path.name), file=str(path))
    names = tuple(n for n in schema.names if n != primary and not pa.types.is_nested(schema.field(n).type))
    return ParquetFile(path, names, primary, _crs(column), count)


def _geo(path: Path, schema: pa.Schema) -> dict[str, Any]:
    raw = (schema.metadata or {}).get(b"geo")
    try:
        geo = json.loads(raw) if raw else None
    except ValueError:
        geo = None
    if not isinstance(geo, dict):
        raise BadFile(_NOT_GEO.filled(file=path.name), file=str(path))
    return geo


def _crs(column: dict[str, Any]) -> str | None:
    """Return the column's system: PROJJSON; where the member is missing it is OGC:CRS84, where it is null unknown."""
    if "crs" not in column:
        return "OGC:CRS84"
    return json.dumps(column["crs"]) if column["crs"] else None


_NOT_GEO = Text(
    kk="{file} — GeoParquet емес: геометрия бағанының WKB сипаттамасы (geo метадеректері) жоқ.",
    ru="{file} — не GeoParquet: нет описания столбца геометрии в WKB (метаданные geo).",
    en="{file} is no GeoParquet: it does not describe a geometry column in WKB (metadata 'geo').",
)
