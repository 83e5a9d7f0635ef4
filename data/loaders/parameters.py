"""Files of parameter rows: widths of protective zones by kind and class, each with its act and the days it is valid.

A CSV whose columns are the layer's fields, and ``valid_from`` and ``valid_to`` (the first day on which it no longer
holds). Rows that the register has already, word for word, are passed over; all others go in as one act.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from cadastres.environment.verbs import LoadParameters, ParameterRow
from cadastres.environment.zone_model import ZONE_PARAMETER
from data.loaders.source import BadFile
from gis import policy, store
from gis.act import Act
from gis.layer import Field, FieldType
from gis.profile import CityProfile
from gis.record import Period
from gis.register import Register
from gis.text import Text

BUNDLED: Final = files("data.parameters") / "zones-kazakhstan.csv"
"""The rows that come with the engine; those not checked against their acts say so."""

_DAYS: Final = ("valid_from", "valid_to")
_TRUTHS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class ParameterReport:
    """What became of a file: ``read == entered + known``."""

    read: int
    entered: int
    known: int
    changeset: int | None = None


def read_parameters(file: Traversable, profile: CityProfile) -> tuple[ParameterRow, ...]:
    """Read a file of parameter rows.

    Raises:
        BadFile: not readable, a column that no field has, or a value that is none; the row is named.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(_UNREADABLE.filled(file=file.name, reason=str(error)[:120]), file=file.name) from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    known = {f.name: f for f in ZONE_PARAMETER.fields}
    strange = [name for name in rows.fieldnames or () if name not in known and name not in _DAYS]
    if strange or not rows.fieldnames:
        facts = {"file": file.name, "columns": ", ".join(strange)}
        raise BadFile(_STRANGE.filled(**facts, known=", ".join((*known, *_DAYS))), **facts)
    return tuple(_row(file.name, number, row, profile) for number, row in enumerate(rows, 2))


def load_parameters(register: Register, file: Traversable, act: Act) -> ParameterReport:
    """Enter the rows of a file that the register lacks; the zones of their classes follow.

    Raises:
        BadFile: the file won't do.
        RuleBroken: rows of one class would be valid at once.
    """
    rows = read_parameters(file, register.profile)
    with register.reading() as connection:
        kinds = sorted({str(row.attributes["zone_kind"]) for row in rows})
        there = store.related(connection, ZONE_PARAMETER, "zone_kind", kinds)
    said = [(v.valid, dict(v.attributes)) for timeline in there.values() for v in timeline if not v.abolished]
    new = tuple(row for row in rows if (row.valid, dict(row.attributes)) not in said)
    if not new:
        return ParameterReport(len(rows), 0, len(rows))
    clerk = replace(act, role=policy.of_cadastre(ZONE_PARAMETER.schema))
    done = register.perform(LoadParameters(rows=new), clerk)
    return ParameterReport(len(rows), len(new), len(rows) - len(new), done.number)


def _row(file: str, number: int, row: Mapping[str, str | None], profile: CityProfile) -> ParameterRow:
    try:
        since, until = (_day(row.get(name), profile) for name in _DAYS)
        return ParameterRow(valid=Period(since, until), attributes=dict(_values(row)))
    except ValueError as error:
        facts = {"file": file, "row": number, "reason": str(error)[:120]}
        raise BadFile(_BAD_ROW.filled(**facts), **facts) from None


def _values(row: Mapping[str, str | None]) -> Iterator[tuple[str, object]]:
    return ((f.name, _value(f, (row.get(f.name) or "").strip())) for f in ZONE_PARAMETER.fields)


def _value(declared: Field, text: str) -> object:
    if not text:
        if declared.required:
            msg = f"{declared.name}?"
            raise ValueError(msg)
        return None
    if declared.type is FieldType.NUMBER:
        return float(text)
    if declared.type is FieldType.BOOLEAN:
        if text not in _TRUTHS:
            raise ValueError(text)
        return _TRUTHS[text]
    return text


def _day(text: str | None, profile: CityProfile) -> datetime | None:
    return profile.midnight(date.fromisoformat(text.strip())) if text and text.strip() else None


_UNREADABLE = Text(
    kk="{file} файлын оқу мүмкін емес ({reason}); UTF-8 кодындағы CSV керек.",
    ru="Файл {file} не читается ({reason}); нужен CSV в UTF-8.",
    en="The file {file} can't be read ({reason}); it must be CSV in UTF-8.",
)
_STRANGE = Text(
    kk="{file} файлында белгісіз бағандар бар: {columns}; болуы мүмкін бағандар: {known}.",
    ru="В файле {file} есть незнакомые столбцы: {columns}; возможны: {known}.",
    en="The file {file} has unknown columns: {columns}; there can be {known}.",
)
_BAD_ROW = Text(
    kk="{file}, {row}-жол: мән жарамсыз ({reason}).",
    ru="{file}, строка {row}: значение не годится ({reason}).",
    en="{file}, line {row}: a value won't do ({reason}).",
)
