"""Opening a file: which format, which coordinate system, which columns; its rows come in batches.

Formats are known by their suffix, and the file must be what its suffix says. Everything is read in batches of Arrow
columns, so that a file of any size needs the memory of one batch.
"""

import codecs
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.loaders.defects import Flaw
from gis.crs import OWN_SRIDS, OwnSystem, System, parse_crs
from gis.errors import BadRequest, QalaError
from gis.text import Text

BATCH = 8192
"""Rows in a batch."""

Geometries = npt.NDArray[np.object_]


class BadFile(BadRequest):
    """A file that can't be read, or is not what it should be."""

    code = "bad-file"


class EmptyFile(BadFile):
    """A file without rows: more likely a failed export than a city without land."""

    code = "empty-file"


class MissingCrs(BadFile):
    """A file that does not say in which coordinate system it is."""

    code = "missing-crs"


class UnknownFileCrs(BadFile):
    """A file whose coordinate system is not known."""

    code = "unknown-file-crs"


class UnknownEncoding(BadFile):
    """An encoding of texts that there is not."""

    code = "unknown-encoding"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text that is no row: what was found where one should be."""

    row: int
    found: int
    expected: int
    text: str


@dataclass(frozen=True)
class Batch:
    """Some rows of a file.

    Attributes:
        rows: their ordinals in the file, from 1.
        columns: their attributes; text may hold bytes that are no UTF-8.
        geometries: shapely geometries, ``x, y`` in the file's system; ``None`` where there is none or it is broken.
        broken: why a geometry can't be read, by index.
        not_rows: what stood between them and is no row.
        flaws: what the format's own reader found in them.
    """

    rows: npt.NDArray[np.int64]
    columns: dict[str, pa.Array]
    geometries: Geometries
    broken: Mapping[int, str | Text] = field(default_factory=dict)
    not_rows: tuple[Cell, ...] = ()
    flaws: tuple[Flaw, ...] = ()


class RowSource(Protocol):
    """An open file of some format."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its attribute columns."""
        ...

    @property
    def crs(self) -> str | None:
        """What it says of its coordinate system (any name or WKT that PROJ reads)."""
        ...

    @property
    def count(self) -> int | None:
        """How many rows it says it has, where it says so."""
        ...

    @property
    def encoding(self) -> str:
        """Encoding of the bytes in its text columns."""
        ...

    def batches(self, size: int) -> Iterator[Batch]:
        """Read it from the start."""
        ...


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the operator says of a file that the file does not say itself."""

    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    own: OwnSystem | None = None


def open_source(path: Path, options: SourceOptions) -> RowSource:
    """Open a file by its suffix.

    Raises:
        BadFile: missing, of an unknown suffix, or not what the suffix says.
        EmptyFile: it has no rows.
        UnknownEncoding: the operator names an encoding that there is not.
    """
    from data.loaders import delimited, parquet, vector  # noqa: PLC0415 - they build on this module

    if not path.is_file():
        raise BadFile(_MISSING.filled(file=path), file=str(path))
    if path.stat().st_size == 0:
        raise no_rows(path)
    openers: dict[str, Callable[[Path, SourceOptions], RowSource]] = {
        **dict.fromkeys(vector.DRIVERS, vector.open_vector),
        **dict.fromkeys(delimited.SUFFIXES, delimited.open_delimited),
        **dict.fromkeys(parquet.SUFFIXES, parquet.open_parquet),
    }
    opener = openers.get(path.suffix.lower())
    if opener is None:
        raise BadFile(_SUFFIX.filled(file=path.name, known=", ".join(openers)), file=str(path))
    source = opener(path, replace(options, encoding=text_encoding(options.encoding)))
    if source.count == 0:
        raise no_rows(path)
    return source


def text_encoding(name: str | None) -> str | None:
    """Return an encoding's usual name; ``None`` for ``None``.

    Raises:
        UnknownEncoding: there is no such encoding of texts.
    """
    if name is None:
        return None
    try:
        "".encode(name)  # codecs of another kind (base64) are refused here, too
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise UnknownEncoding(_NO_ENCODING.filled(name=name[:80]), encoding=name[:80]) from None


def no_rows(file: Path) -> EmptyFile:
    """Return the refusal of a file without rows."""
    return EmptyFile(_EMPTY.filled(file=file.name), file=str(file))


def system_of(source: RowSource, options: SourceOptions, file: str) -> System:
    """Return the coordinate system of a file: what the operator says, else what the file says.

    Raises:
        MissingCrs: neither says.
        UnknownFileCrs: what is said is not known.
    """
    if options.crs is not None:
        return _operators(options.crs, options.own)
    if not source.crs:
        raise MissingCrs(_NO_CRS.filled(file=file), file=file)
    try:
        crs = CRS.from_user_input(source.crs)
    except CRSError:
        raise UnknownFileCrs(_BAD_CRS.filled(file=file, crs=source.crs[:200]), crs=source.crs[:200]) from None
    return _system(crs, source.crs, file)


def _operators(name: str, own: OwnSystem | None) -> System:
    return parse_crs(name if ":" in name else f"EPSG:{name}", own).system


def _system(crs: CRS, said: str, file: str) -> System:
    if crs.to_authority(min_confidence=90) == ("OGC", "CRS84"):
        return 4326
    code = crs.to_epsg(min_confidence=70)
    if code is not None:
        return int(code)
    try:
        return OwnSystem(OWN_SRIDS[-1], crs.name, crs.to_wkt())
    except QalaError:
        raise UnknownFileCrs(_BAD_CRS.filled(file=file, crs=said[:200]), crs=said[:200]) from None


def refused_file(file: Path, reason: object) -> BadFile:
    """Return the refusal of a file that its format's reader can't make out."""
    text = " ".join(str(reason).split()).partition("; It might help")[0].rstrip(".;")[:300]
    return BadFile(_BROKEN.filled(file=file.name, reason=text), file=str(file), reason=text)


def require_complete(file: Path, said: int | None, read: int) -> None:
    """Refuse a file that ended early, or has no row.

    Raises:
        BadFile: it says that it has more (or fewer) rows than could be read.
        EmptyFile: it has none.
    """
    if said is not None and said >= 0 and said != read:
        raise BadFile(_CUT.filled(file=file.name, said=said, read=read), file=str(file), said=said, read=read)
    if read == 0:
        raise no_rows(file)


_MISSING = Text(
    kk="{file} файлы жоқ.",
    ru="Файла {file} нет.",
    en="There is no file {file}.",
)
_EMPTY = Text(
    kk="{file} файлында бірде-бір жол жоқ.",
    ru="В файле {file} нет ни одной строки.",
    en="The file {file} has no rows.",
)
_NO_ENCODING = Text(
    kk="«{name}» кодтауы жоқ; дұрысы, мысалы: utf-8, cp1251.",
    ru="Кодировки «{name}» нет; верно, например: utf-8, cp1251.",
    en="There is no encoding '{name}'; right would be, for example, utf-8 or cp1251.",
)
_SUFFIX = Text(
    kk="{file} файлының түрі белгісіз; қабылданатындары: {known}.",
    ru="Вид файла {file} неизвестен; принимаются: {known}.",
    en="The kind of the file {file} is not known; accepted are: {known}.",
)
_NO_CRS = Text(
    kk="{file} файлында координаттар жүйесі көрсетілмеген; оны айтыңыз, мысалы --crs EPSG:32643.",
    ru="В файле {file} не указана система координат; назовите её, например --crs EPSG:32643.",
    en="The file {file} does not say in which coordinate system it is; say it, for example --crs EPSG:32643.",
)
_BAD_CRS = Text(
    kk="{file} файлының координаттар жүйесі белгісіз: {crs}. Дұрысын айтыңыз, мысалы --crs EPSG:32643.",
    ru="Система координат файла {file} неизвестна: {crs}. Назовите верную, например --crs EPSG:32643.",
    en="The coordinate system of the file {file} is not known: {crs}. Say the right one, for example --crs EPSG:32643.",
)
_BROKEN = Text(
    kk="{file} файлы оқылмайды: {reason}.",
    ru="Файл {file} не читается: {reason}.",
    en="The file {file} can't be read: {reason}.",
)
_CUT = Text(
    kk="{file} файлы бүлінген: {said} жол бар делінген, оқылғаны — {read}. Толық файлды беріңіз.",
    ru="Файл {file} повреждён: заявлено строк {said}, прочитано {read}. Дайте целый файл.",
    en="The file {file} is damaged: it says that it has {said} rows, {read} could be read. Give the whole file.",
)
