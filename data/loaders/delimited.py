"""CSV with a column of WKT (or of ``x`` and ``y``), separated by comma, semicolon or tab."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from data.loaders.source import BadFile, Batch, Cell, Geometries, SourceOptions, no_rows, refused_file, require_complete
from data.loaders.wellknown import from_wkt
from gis.text import Text

SUFFIXES: Final = (".csv", ".tsv", ".txt")

_WKT = re.compile(r"wkt|geom|geometry|the_geom|wkb_geometry|shape", re.IGNORECASE)
_X = re.compile(r"x|lon|lng|longitude|easting", re.IGNORECASE)
_Y = re.compile(r"y|lat|latitude|northing", re.IGNORECASE)
_BLOCK = 4 << 20
_CHUNK = 1 << 16
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class DelimitedFile:
    """A CSV file; all its columns are read as bytes and decoded by whoever needs them."""

    path: Path
    separator: str
    header: tuple[str, ...]
    geometry: tuple[str, ...]
    encoding: str
    crs: str | None = None
    count: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The attributes: what is no geometry."""
        return tuple(name for name in self.header if name not in self.geometry)

    def batches(self, _: int) -> Iterator[Batch]:
        """Read it from the start, in blocks of some megabytes."""
        stray: list[Cell] = []
        read = 0
        try:
            with pc.open_csv(self.path, **self._options(stray)) as reader:
                for record in reader:
                    passed, stray[:] = tuple(stray), []
                    yield self._batch(record, read, passed)
                    read += record.num_rows + len(passed)
        except (pa.ArrowException, OSError) as error:
            raise refused_file(self.path, error) from None
        if stray:
            yield self._batch(_no_rows(self.header), read, tuple(stray))
        require_complete(self.path, None, read + len(stray))

    def _options(self, stray: list[Cell]) -> dict[str, Any]:
        def note(row: Any) -> str:
            number = row.number - 1 if row.number else 0
            stray.append(Cell(number, row.actual_columns, row.expected_columns, row.text or ""))
            return "skip"

        names = list(self.header)
        return {
            "read_options": pc.ReadOptions(block_size=_BLOCK, use_threads=False, column_names=names, skip_rows=1),
            "parse_options": pc.ParseOptions(
                delimiter=self.separator, newlines_in_values=True, invalid_row_handler=note
            ),
            "convert_options": pc.ConvertOptions(
                column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=True, null_values=[""]
            ),
        }

    def _batch(self, record: Any, read: int, stray: tuple[Cell, ...]) -> Batch:
        passed = {cell.row for cell in stray}
        free = (n for n in range(read + 1, read + record.num_rows + len(stray) + 1) if n not in passed)
        rows = np.fromiter(free, dtype=np.int64, count=record.num_rows)
        geometries, broken = self._geometries(record)
        return Batch(rows, {n: record.column(n) for n in self.columns}, geometries, broken, stray)

    def _geometries(self, record: Any) -> tuple[Geometries, dict[int, str]]:
        texts = [_plain(record.column(n)) for n in self.geometry]
        if len(texts) == 1:
            return from_wkt(texts[0])
        pairs = [_point(x, y) for x, y in zip(*texts, strict=True)]
        return from_wkt(pairs)


def open_delimited(path: Path, options: SourceOptions) -> DelimitedFile:
    """Open a CSV file.

    Raises:
        EmptyFile: nothing follows its header.
        BadFile: no header, or no column that could be its geometry.
    """
    encoding = options.encoding or "utf-8"
    separator, names = _header(path, encoding)
    shape = [n for n in names if _WKT.fullmatch(n)][:1] or [n for p in (_X, _Y) for n in names if p.fullmatch(n)]
    if len(shape) not in {1, 2} or len(set(names)) != len(names) or (len(shape) == 1 and not _WKT.fullmatch(shape[0])):
        raise BadFile(_NO_SHAPE.filled(file=path.name, columns=", ".join(names)), file=str(path), columns=names)
    return DelimitedFile(path, separator, tuple(names), tuple(shape), encoding)


def _header(path: Path, encoding: str) -> tuple[str, list[str]]:
    with path.open("rb") as file:
        raw = file.readline(1 << 20)
        if not any(chunk.strip() for chunk in iter(lambda: file.read(_CHUNK), b"")):
            raise no_rows(path)
    line = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace").strip("\r\n")
    separator = max(_SEPARATORS, key=line.count)
    names = next(csv.reader([line], delimiter=separator), [])
    return separator, [name.strip() for name in names]


def _no_rows(header: tuple[str, ...]) -> pa.RecordBatch:
    return pa.record_batch({n: pa.array([], pa.binary()) for n in header})


def _plain(column: pa.Array) -> list[str | None]:
    return [None if value is None else value.decode("latin-1").strip() or None for value in column.to_pylist()]


def _point(x: str | None, y: str | None) -> str | None:
    return None if x is None or y is None else f"POINT ({x.replace(',', '.')} {y.replace(',', '.')})"


_NO_SHAPE = Text(
    kk="{file} файлында геометрия бағаны жоқ (WKT; немесе x пен y), не бағандары қайталанады: {columns}.",
    ru="В файле {file} нет столбца геометрии (WKT; или x и y) либо столбцы повторяются: {columns}.",
    en="The file {file} has no column of geometry (WKT; or x and y), or its columns repeat: {columns}.",
)
