"""Files of norms on how near networks may come to each other: a CSV whose columns are the layer's fields.

Rows that the register has already, word for word, are passed over; all others go in as one act.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from cadastres.urban_planning.network_model import CLEARANCE, NETWORKS
from cadastres.urban_planning.network_upkeep import SetClearance, SetClearances
from data.loaders.source import BadFile
from gis import store
from gis.act import Act
from gis.record import at
from gis.register import Register
from gis.text import Text

BUNDLED: Final = files("data.parameters") / "clearances-kazakhstan.csv"
"""The norms that come with the engine; none of them was checked against its act, and they say so."""

_COLUMNS: Final = tuple(f.name for f in CLEARANCE.fields)


@dataclass(frozen=True, slots=True)
class NormReport:
    """What became of a file: ``read == entered + known``."""

    read: int
    entered: int
    known: int
    changeset: int | None = None


def read_norms(file: Traversable) -> tuple[SetClearance, ...]:
    """Read a file of norms.

    Raises:
        BadFile: not readable, other columns than the layer's fields, or a value that is none; the row is named.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(_UNREADABLE.filled(file=file.name, reason=str(error)[:120]), file=file.name) from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if set(rows.fieldnames or ()) != set(_COLUMNS):
        columns = ", ".join(rows.fieldnames or ())[:200]
        raise BadFile(_STRANGE.filled(file=file.name, columns=columns, known=", ".join(_COLUMNS)), file=file.name)
    return tuple(_norm(file.name, number, row) for number, row in enumerate(rows, 2))


def load_norms(register: Register, file: Traversable, act: Act) -> NormReport:
    """Enter the norms of a file that the register lacks on the act's legal date.

    Raises:
        BadFile: the file won't do.
        RuleBroken: a norm that says nothing, or two for one pair of networks.
    """
    norms = read_norms(file)
    with register.reading() as connection:
        there = store.related(connection, CLEARANCE, "one_network", sorted({min(n.networks) for n in norms}))
    now = [v for timeline in there.values() if (v := at(timeline, act.valid_from)) is not None and not v.abolished]
    known = [dict(v.attributes) for v in now]
    new = tuple(norm for norm in norms if norm.said not in known)
    if not new:
        return NormReport(len(norms), 0, len(norms))
    done = register.perform(SetClearances(norms=new), act)
    return NormReport(len(norms), len(new), len(norms) - len(new), done.number)


def _norm(file: str, number: int, row: Mapping[str, str | None]) -> SetClearance:
    try:
        one, other = (_network(row.get(name)) for name in ("one_network", "other_network"))
        return SetClearance(
            networks=(one, other),
            horizontal=_metres(row.get("min_horizontal")),
            vertical=_metres(row.get("min_vertical")),
            basis=(row.get("legal_basis") or "").strip(),
            confirmed={"true": True, "false": False}[(row.get("confirmed") or "").strip()],
        )
    except (KeyError, ValueError) as error:
        facts = {"file": file, "row": number, "reason": str(error)[:120]}
        raise BadFile(_BAD_ROW.filled(**facts), **facts) from None


def _network(text: str | None) -> str:
    name = (text or "").strip()
    if name not in NETWORKS:
        raise ValueError(name)
    return name


def _metres(text: str | None) -> float | None:
    return float(text) if text and text.strip() else None


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
