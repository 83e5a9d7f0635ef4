"""The restriction extracts of all parcels as rows, and as files: CSV or GeoPackage."""

import csv
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cadastres.land.model import PARCEL
from cadastres.real_estate.nomenclature import value_text
from data.exports.vector import BadExport
from gis.instant import Instant
from gis.layer import Layer
from gis.overlay import Ground, Overlap
from gis.overlay_blocks import Blocks
from gis.register import Register
from gis.text import LANGUAGES, Language, Text

COLUMNS: Final = (
    "cadastral_number",
    "parcel_id",
    "parcel_area",
    "layer",
    "restriction_id",
    "title",
    "kind",
    "since",
    "until",
    "amount",
    "share",
    "official_area",
    "act",
    "act_date",
    "legal_basis",
    "regime",
)
"""One row for each restriction of each parcel. ``amount`` is m² of areas, metres of lines, 1 of points;
``official_area`` is the share of the parcel's official area [m²]."""

_DECIMALS: Final = 4
_TABLES: Final = Path(__file__).with_name("restrictions.gpkg.sql")
_SUFFIXES: Final = (".csv", ".gpkg")


class RestrictionRows:
    """All restrictions of all parcels in force at an instant, block by block.

    Args:
        register: the city's.
        instant: the point on both axes, and the draft laid over the register.
        layers: that restrict.
        language: of titles, kinds and regimes.
        workers: connections that work at once.
    """

    def __init__(
        self, register: Register, instant: Instant, layers: Sequence[Layer], language: Language, workers: int = 1
    ) -> None:
        """Keep them."""
        self._profile, self._language, self._workers = register.profile, language, workers
        self._layers = {layer.name: layer for layer in layers}
        self.parcels = 0
        self._blocks = Blocks(
            connecting=register.reading,
            instant=instant,
            srid=register.profile.srid,
            tolerance=register.profile.tolerances.linear,
            subject=PARCEL,
            shown=("cadastral_number", "official_area"),
            layers=tuple(layers),
        )

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows, those of a parcel together.

        Raises:
            BadRequest: the recorded instant lies after the last changeset.
        """
        for ground in self._blocks.grounds(self._workers):
            self.parcels += 1
            for overlap in ground.overlaps:
                yield self._row(ground, overlap)

    def _row(self, ground: Ground, overlap: Overlap) -> tuple[Any, ...]:
        laid = overlap.laid
        official = ground.values.get("official_area")
        share = overlap.share
        title, kind, basis, regime = self._told(overlap)
        return (
            ground.values["cadastral_number"],
            ground.feature_id,
            round(ground.area, _DECIMALS),
            laid.layer,
            laid.feature_id,
            title,
            kind,
            laid.since and self._profile.legal_day(laid.since).isoformat(),
            laid.until and self._profile.legal_day(laid.until).isoformat(),
            round(overlap.amount, _DECIMALS),
            share,
            None if share is None or official is None else round(share * official, _DECIMALS),
            laid.origin.number,
            laid.origin.acceptance and laid.origin.acceptance.isoformat(),
            basis,
            regime,
        )

    def _told(self, overlap: Overlap) -> tuple[str, str | None, str | None, str | None]:
        layer, values = self._layers[overlap.laid.layer], overlap.laid.values
        how = layer.restricting
        title = layer.title.in_language(self._language)
        if how is None:
            return title, None, None, None
        kind = values.get(how.kind) if how.kind else None
        if kind is not None and how.kind is not None:
            kind = value_text(layer.field(how.kind), kind, self._profile).in_language(self._language)
        regime = values.get(how.regime[LANGUAGES.index(self._language)]) if how.regime else None
        return title, kind, values.get(how.basis) if how.basis else None, regime


def write_rows(rows: RestrictionRows, file: Path, progress: Callable[[int], None] = lambda _: None) -> int:
    """Write all rows into a file, which appears under its name when it is whole; return how many there are.

    Raises:
        BadExport: of another suffix than .csv or .gpkg, or the folder can't be written.
    """
    writers = {".csv": _write_csv, ".gpkg": _write_gpkg}
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise BadExport(_SUFFIX.filled(file=file.name, known=", ".join(_SUFFIXES)), file=str(file))
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        count = writer(_watched(rows.rows(), progress), part)
        part.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BadExport(_UNWRITABLE.filled(file=str(file), reason=str(error)), file=str(file)) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return count


def _watched(rows: Iterator[tuple[Any, ...]], progress: Callable[[int], None]) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows):
        if number % 10_000 == 0:
            progress(number)
        yield row


def _write_csv(rows: Iterator[tuple[Any, ...]], file: Path) -> int:
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        for count, row in enumerate(rows, 1):  # noqa: B007 - the count is what is wanted
            writer.writerow(row)
    return count


def _write_gpkg(rows: Iterator[tuple[Any, ...]], file: Path) -> int:
    """Write an attribute table of a GeoPackage 1.3 (OGC 12-128r17, requirement 118): no geometry, parcels by number."""
    connection = sqlite3.connect(file)
    try:
        connection.executescript(_TABLES.read_text(encoding="utf-8"))
        marks = ", ".join("?" * len(COLUMNS))
        statement = f"INSERT INTO restrictions ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608 - own names
        connection.executemany(statement, rows)
        count = int(connection.execute("SELECT count(*) FROM restrictions").fetchone()[0])
        connection.execute("CREATE INDEX restrictions_number ON restrictions (cadastral_number)")
        connection.commit()
    finally:
        connection.close()
    return count


_SUFFIX: Final = Text(
    kk="{file} файлының түрі белгісіз; мына түрлерде жазылады: {known}.",
    ru="Вид файла {file} неизвестен; пишутся: {known}.",
    en="The kind of the file {file} is not known; written are: {known}.",
)
_UNWRITABLE: Final = Text(
    kk="{file} файлы жазылмады: {reason}.",
    ru="Файл {file} не записан: {reason}.",
    en="The file {file} was not written: {reason}.",
)
