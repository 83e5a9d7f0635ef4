"""A file of addresses to be found: CSV in, the same rows out with what was found behind them, none dropped."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.address.answers import label
from cadastres.address.search import LONGEST, Found
from gis.errors import BadRequest, TooLarge
from gis.text import Language, Text

PATH: Final = "/address/batch"
BATCH: Final = ("column", "encoding", "delimiter", "report", "datetime", "recorded-at", "draft")
"""Parameters of the batch."""

MOST_ROWS: Final = 100_000
LARGEST_FILE: Final = 64 * 1024 * 1024
LARGER_BODY: Final = (re.compile(PATH), LARGEST_FILE)
"""Where a body may be larger than elsewhere, and its bound in bytes."""

COLUMNS: Final = ("address", "q", "адрес", "мекенжай", "мекен-жай", "text")
"""Headings of the column that holds the addresses, where none is named."""

ADDED: Final = (
    "qala_status", "qala_score", "qala_address_id", "qala_rka", "qala_label", "qala_house", "qala_flat",
    "qala_matched", "qala_standing", "qala_lon", "qala_lat",
)  # fmt: skip
"""Columns that the answer adds behind those of the file."""

STATUSES: Final = ("found", "part", "none", "bad")
"""``found``: all that was written; ``part``: the street or the house only; ``none``; ``bad``: no text to look for."""

_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


class BadTable(BadRequest):
    """A file that is no table of addresses."""

    code = "bad-table"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its cells as they came, and the text to look for, ``None`` where there is none."""

    cells: list[str]
    text: str | None


@dataclass
class Table:
    """A file read whole: rows are few and short; what is found goes out as it comes."""

    header: list[str]
    rows: list[Row]
    delimiter: str
    report: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def bad(self) -> int:
        """Rows without a text to look for."""
        return sum(row.text is None for row in self.rows)

    def totals(self) -> dict[str, int]:
        """Return how many rows there are of each status; they add up to ``rows``."""
        return {"rows": len(self.rows), **{status: self.counts[status] for status in STATUSES}}


def table_of(content: bytes, asked: Mapping[str, str]) -> Table:
    """Read a file.

    Args:
        content: its bytes.
        asked: ``column``, ``encoding``, ``delimiter`` and ``report``, each where it is given.

    Raises:
        BadTable: the encoding is none or another, there is no header, the column is missing, or nothing follows.
        TooLarge: more than 100 000 rows.
    """
    text = _decoded(content, asked.get("encoding"))
    first = text.lstrip("\r\n").partition("\n")[0]
    if not first.strip():
        raise BadTable(_EMPTY)
    delimiter = _delimiter(asked.get("delimiter"), first)
    lines = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter)
    try:
        header = [cell.strip() for cell in next(lines)]
        place = _column(header, asked.get("column"))
        rows = list(_rows(lines, place, len(header)))
    except csv.Error as error:
        raise BadTable(_NO_CSV.filled(line=lines.line_num, reason=error), line=lines.line_num) from None
    if not rows:
        raise BadTable(_EMPTY)
    return Table(header, rows, delimiter, _reported(asked.get("report")))


async def written(
    table: Table, found: AsyncIterator[Sequence[Found | None]], language: Language
) -> AsyncIterator[bytes]:
    """Yield the answer chunk by chunk; the last line is the report where one was asked for."""
    yield _lines([[*table.header, *ADDED]], table.delimiter)
    done = 0
    async for chunk in found:
        rows = table.rows[done : done + len(chunk)]
        done += len(chunk)
        yield _lines(
            [_answered(table, row, each, language) for row, each in zip(rows, chunk, strict=True)], table.delimiter
        )
    if table.report:
        told = " ".join(f"{name}={count}" for name, count in table.totals().items())
        yield f"# {told}\r\n".encode()


def _answered(table: Table, row: Row, found: Found | None, language: Language) -> list[str]:
    if row.text is None or found is None:
        status = "bad" if row.text is None else "none"
        table.counts[status] += 1
        return [*row.cells, status, *[""] * (len(ADDED) - 1)]
    status = "found" if found.complete and found.address_id is not None else "part"
    table.counts[status] += 1
    shown = label(found.names, found.house, found.flat, language)
    values = (
        status, found.score, found.address_id, found.rka, shown, found.house, found.flat, found.matched, found.standing,
        _degrees(found.longitude), _degrees(found.latitude),
    )  # fmt: skip
    return [*row.cells, *("" if value is None else str(value) for value in values)]


def _degrees(value: float | None) -> str | None:
    return None if value is None else f"{value:.7f}"


def _lines(rows: Sequence[Sequence[str]], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


def _rows(lines: Iterator[list[str]], place: int, width: int) -> Iterator[Row]:
    """Yield the rows; a row of another width keeps its cells but names no address."""
    count = 0
    for cells in lines:
        if not cells:
            continue
        count += 1
        if count > MOST_ROWS:
            raise TooLarge(_MANY.filled(most=MOST_ROWS), most=MOST_ROWS)
        text = cells[place].strip() if len(cells) == width else ""
        fits = 0 < len(text) <= LONGEST
        yield Row(_squared(cells, width), text if fits else None)


def _squared(cells: list[str], width: int) -> list[str]:
    """Return as many cells as the header has; what is more stands in the last."""
    if len(cells) > width:
        return [*cells[: width - 1], " ".join(cells[width - 1 :])]
    return cells + [""] * (width - len(cells))


def _decoded(content: bytes, encoding: str | None) -> str:
    name = encoding or "utf-8"
    try:
        known = codecs.lookup(name).name
        return content.decode("utf-8-sig" if known == "utf-8" else known)
    except (LookupError, ValueError) as error:
        place = getattr(error, "start", None)
        if place is None:
            raise BadTable(_NO_ENCODING.filled(name=name[:40]), parameter="encoding") from None
        line = content.count(b"\n", 0, place) + 1
        raise BadTable(_OTHER_ENCODING.filled(name=name, line=line), parameter="encoding", line=line) from None


def _delimiter(asked: str | None, first: str) -> str:
    if asked is None:
        return max(_DELIMITERS.values(), key=first.count)
    if asked not in _DELIMITERS:
        listed = ", ".join(_DELIMITERS)
        raise BadTable(_NO_DELIMITER.filled(text=asked[:40], known=listed), parameter="delimiter")
    return _DELIMITERS[asked]


def _column(header: list[str], asked: str | None) -> int:
    lowered = [name.lower() for name in header]
    for wanted in COLUMNS if asked is None else (asked.strip().lower(),):
        if wanted in lowered:
            return lowered.index(wanted)
    if asked is None and len(header) == 1:
        return 0
    listed = ", ".join(header)[:500]
    raise BadTable(
        _NO_COLUMN.filled(asked=(asked or "address")[:80], header=listed), parameter="column", columns=header
    )


def _reported(asked: str | None) -> bool:
    if asked not in {None, "true", "false"}:
        raise BadTable(_NO_REPORT.filled(text=str(asked)[:40]), parameter="report")
    return asked == "true"


_EMPTY = Text(
    kk="Файл бос: бірінші жолда баған атаулары, одан кейін мекенжайлар болуы тиіс.",
    ru="Файл пуст: в первой строке должны стоять названия столбцов, за ней адреса.",
    en="The file is empty: its first line must hold the names of its columns, addresses must follow.",
)
_NO_CSV = Text(
    kk="{line}-жол CSV ретінде оқылмайды ({reason}); тырнақшаларды тексеріңіз.",
    ru="Строка {line} не читается как CSV ({reason}); проверьте кавычки.",
    en="Line {line} can't be read as CSV ({reason}); check its quotes.",
)
_MANY = Text(
    kk="Файлда {most} жолдан көп; оны бөліп жіберіңіз.",
    ru="В файле больше {most} строк; разделите его.",
    en="The file has more than {most} rows; split it.",
)
_NO_ENCODING = Text(
    kk="«{name}» кодтауы белгісіз; дұрысы, мысалы: utf-8 немесе cp1251.",
    ru="Кодировка «{name}» неизвестна; верно, например: utf-8 или cp1251.",
    en="The encoding '{name}' is not known; right would be, for example, utf-8 or cp1251.",
)
_OTHER_ENCODING = Text(
    kk="{line}-жол {name} кодтауында емес; кодтауды encoding параметрінде көрсетіңіз, мысалы: cp1251.",
    ru="Строка {line} не в кодировке {name}; укажите кодировку параметром encoding, например: cp1251.",
    en="Line {line} is not in the encoding {name}; name the right one by the parameter encoding, for example cp1251.",
)
_NO_DELIMITER = Text(
    kk="delimiter=«{text}» жарамайды; мыналар болады: {known}.",
    ru="delimiter=«{text}» не годится; можно: {known}.",
    en="delimiter='{text}' can't be used; allowed: {known}.",
)
_NO_COLUMN = Text(
    kk="«{asked}» бағаны жоқ; файлдағы бағандар: {header}. Мекенжайлар бағанын column параметрінде атаңыз.",
    ru="Столбца «{asked}» нет; в файле столбцы: {header}. Назовите столбец с адресами параметром column.",
    en="There is no column '{asked}'; the file has: {header}. Name the column of addresses by the parameter column.",
)
_NO_REPORT = Text(
    kk="report=«{text}» жарамайды; true немесе false керек.",
    ru="report=«{text}» не годится; нужно true или false.",
    en="report='{text}' can't be used; true or false is needed.",
)
