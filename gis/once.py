"""The same act is recorded once: who submits it again is told the changeset that holds it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from json import dumps
from typing import Any

from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from gis.act import Act, Command
from gis.errors import Conflict
from gis.text import Text

RULE = "register.act.once"

STATEMENT = Text(
    kk="Бір дереккөз бойынша бір әрекет тізілімге бір рет қана жазылады.",
    ru="Одно и то же действие по одному источнику записывается в регистр один раз.",
    en="One and the same act by one source is recorded once.",
)


class AlreadyRecorded(Conflict):
    """The act stands in the register already; ``data["changeset"]`` is its number."""

    code = "already-recorded"


def fingerprint(command: Command, act: Act) -> bytes:
    """Return the SHA-256 of what an act orders, by which source and from when.

    Who submits it does not count, nor do blanks and letter case in the source's number.
    """
    source = act.source
    number = "".join(source.number.split()).casefold()
    told = [command.verb, source.kind, number, source.acceptance, act.valid_from.timestamp(), command]
    return sha256(dumps(_plain(told), ensure_ascii=False, sort_keys=True).encode()).digest()


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it, the same for equal values."""
    if isinstance(value, BaseGeometry):
        return value.wkb_hex
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(str(_plain(item)) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def require_new(connection: Connection, digest: bytes) -> None:
    """Refuse an act that is on record.

    Raises:
        AlreadyRecorded: names the changeset.
    """
    row = connection.execute("SELECT number FROM qala.changeset WHERE fingerprint = %s", (digest,)).fetchone()
    if row is not None:
        raise AlreadyRecorded(_RECORDED.filled(number=row[0]), rule=RULE, changeset=row[0])


_RECORDED = Text(
    kk=f"[{RULE}] Бұл әрекет тізілімде бар: {{number}} өзгерістер жинағы. Екінші рет жазылмады.",
    ru=f"[{RULE}] Это действие уже записано: набор изменений {{number}}. Второй раз оно не записано.",
    en=f"[{RULE}] This act is on record already: changeset {{number}}. It was not recorded again.",
)
