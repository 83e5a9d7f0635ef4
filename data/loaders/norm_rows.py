"""Files of norms: CSV with the columns of a layer; what the register has already, word for word, is passed over."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from data.loaders.source import BadFile
from gis import store
from gis.act import Act, Command
from gis.layer import Layer
from gis.record import at
from gis.register import Register
from gis.text import Text

NormT = TypeVar("NormT")


@dataclass(frozen=True, slots=True)
class NormReport:
    """What became of a file: ``read == entered + known``."""

    read: int
    entered: int
    known: int
    changeset: int | None = None


def norms_of(file: Traversable, layer: Layer, made: Callable[[Mapping[str, str]], NormT]) -> tuple[NormT, ...]:
    """Read a file of norms; ``made`` makes one of the row's stripped texts.

    Raises:
        BadFile: not readable, other columns than the layer's fields, or a row of which ``made`` raises ``KeyError`` or
            ``ValueError``; the row is named.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(_UNREADABLE.filled(file=file.name, reason=str(error)[:120]), file=file.name) from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = [field.name for field in layer.fields]
    if set(rows.fieldnames or ()) != set(columns):
        strange = ", ".join(rows.fieldnames or ())[:200]
        raise BadFile(_STRANGE.filled(file=file.name, columns=strange, known=", ".join(columns)), file=file.name)
    return tuple(_norm(file.name, number, row, made) for number, row in enumerate(rows, 2))


def _norm(file: str, number: int, row: Mapping[str, str | None], made: Callable[[Mapping[str, str]], NormT]) -> NormT:
    try:
        return made({name: (value or "").strip() for name, value in row.items() if name})
    except (KeyError, ValueError) as error:
        facts = {"file": file, "row": number, "reason": str(error)[:120]}
        raise BadFile(_BAD_ROW.filled(**facts), **facts) from None


def known_norms(register: Register, layer: Layer, field: str, values: Iterable[str], act: Act) -> list[dict[str, Any]]:
    """Return the norms with one of some values in a field that are in force on an act's legal date."""
    with register.reading() as connection:
        there = store.related(connection, layer, field, sorted(set(values)))
    now = (at(timeline, act.valid_from) for timeline in there.values())
    return [dict(version.attributes) for version in now if version is not None and not version.abolished]


def entered(
    register: Register, read: int, new: Sequence[NormT], command: Callable[[tuple[NormT, ...]], Command], act: Act
) -> NormReport:
    """Enter as one act what of the norms read is new, if anything is.

    Raises:
        RuleBroken: a norm that the layer's rules refuse.
    """
    if not new:
        return NormReport(read, 0, read)
    done = register.perform(command(tuple(new)), act)
    return NormReport(read, len(new), read - len(new), done.number)


_UNREADABLE = Text(
    kk="{file} файлын оқу мүмкін емес ({reason}); UTF-8 кодындағы CSV керек.",
    ru="Файл {file} не читается ({reason}); нужен CSV в UTF-8.",
    en="The file {file} can't be read ({reason}); it must be CSV in UTF-8.",
)
_STRANGE = Text(
    kk="{file} файлының бағандары: {columns}; дәл мыналар болуы тиіс: {known}.",
    ru="Столбцы файла {file}: {columns}; должны быть именно: {known}.",
    en="The columns of {file} are {columns}; they must be exactly {known}.",
)
_BAD_ROW = Text(
    kk="{file}, {row}-жол: мән жарамсыз ({reason}).",
    ru="{file}, строка {row}: значение не годится ({reason}).",
    en="{file}, line {row}: a value won't do ({reason}).",
)
