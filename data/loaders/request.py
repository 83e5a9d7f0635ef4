"""What to bring in, and how far it has come."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gis.act import Act
from gis.draft import Draft
from gis.text import Text


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What to bring in, and how.

    Attributes:
        layer: name of the layer.
        file: the file.
        act: who, why, by which source; rows that have no date of their own are valid from its date on.
        mapping: a mapping file.
        dataset: name of the data set, where the mapping does not give it; the file's name, where nobody does.
        crs: coordinate system (``EPSG:n``) of a file that does not say, or says wrong.
        encoding: of the file's texts, where it does not say.
        source_layer: which layer of a file of several.
        dry_run: report, write nothing.
        accept_defects: take rows that break a rule, with the defect on record.
        archive_missing: archive what earlier editions brought and this one lacks.
        report: folder for ``report.json`` and ``defects.geojson``.
        draft: into which the rows go instead of the register.
    """

    layer: str
    file: Path
    act: Act
    mapping: Path | None = None
    dataset: str | None = None
    crs: str | None = None
    encoding: str | None = None
    source_layer: str | None = None
    dry_run: bool = False
    accept_defects: bool = False
    archive_missing: bool = False
    report: Path | None = None
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come: its stage, rows done, rows in all where that is known."""

    stage: Text
    done: int
    total: int | None


def quiet(_: Progress) -> None:
    """Tell nobody."""


READING: Final = Text(kk="Оқу", ru="Чтение", en="Reading")
COMPARING: Final = Text(kk="Тізіліммен салыстыру", ru="Сравнение с регистром", en="Comparing with the register")
CHECKING: Final = Text(kk="Ережелерді тексеру", ru="Проверка правил", en="Checking the rules")
RECORDING: Final = Text(kk="Жазу", ru="Запись", en="Recording")
