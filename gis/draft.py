"""A draft: a named set of proposed changes, and how it lies over the register.

For every feature that a draft touches, the whole timeline as it would stand is kept beside its layer's table, in
``…_draft``. Reading with an :class:`Overlay` hides the register's own versions of those features and shows the draft's.
What a draft does to the register, and the other way round, is told by :mod:`gis.drafts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal

from psycopg import Connection, sql
from psycopg.rows import dict_row

from gis.errors import Conflict, Gone, NotFound
from gis.layer import Layer
from gis.text import Text

State = Literal["open", "adopted", "withdrawn"]

REPORT: Final = "report-"
"""How the names begin of drafts that are reports from the field (:mod:`gis.reports`), and of no others."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A draft laid over the register.

    Attributes:
        draft_id: number of the draft.
        name: its name.
        revision: edits it had seen when this was read; a page tells the revision that it really shows.
        layers: names of the layers of which it touches features; all others are read as if there were no draft.
        base: the register's last changeset when the draft was opened.
    """

    draft_id: int
    name: str
    revision: int
    layers: frozenset[str]
    base: int

    def touches(self, layer: Layer) -> bool:
        """Tell whether it changes anything in a layer."""
        return layer.name in self.layers


@dataclass(frozen=True, slots=True)
class Draft:
    """What anybody who may read a draft may know of it; who owns it is not among that.

    Attributes:
        draft_id: its number.
        name: its name, lower case with hyphens.
        title: what it is called.
        purpose: what it is for.
        created: when it was opened.
        valid_from: legal date from which its changes are meant to be in force, where an edit names no other.
        base: the register's last changeset when it was opened.
        revision: how many edits it has seen.
        state: ``open``, ``adopted`` or ``withdrawn``.
        changeset: by which it was adopted.
        layers: names of the layers of which it touches features.
    """

    draft_id: int
    name: str
    title: str
    purpose: str | None
    created: datetime
    valid_from: datetime
    base: int
    revision: int
    state: State
    changeset: int | None
    layers: tuple[str, ...]

    def laid(self) -> Overlay:
        """Return the draft as an overlay, as it stood when it was read."""
        return Overlay(self.draft_id, self.name, self.revision, frozenset(self.layers), self.base)


class NoDraft(NotFound):
    """There is no such draft, or the link does not open it."""

    code = "no-draft"


class DraftClosed(Gone):
    """The draft was adopted (``data["changeset"]`` names the changeset) or withdrawn."""

    code = "draft-closed"


class DraftOfReport(Conflict):
    """The draft is a report from the field: it says what was reported, and is decided on as a report alone."""

    code = "draft-of-report"


def find(connection: Connection, name: str) -> Draft:
    """Return a draft by its name, whatever its state.

    Raises:
        NoDraft: there is none of that name.
    """
    return _one(connection, sql.SQL("d.name = %(name)s"), {"name": name}, name)


def by_link(connection: Connection, name: str, secret: str) -> Draft:
    """Return a draft by its name and the secret of the link that shares it.

    Raises:
        NoDraft: there is none of that name, or the secret is not that of its link; which of both is not told.
    """
    opens = sql.SQL("d.name = %(name)s AND qala.link_opens(d.draft_id, %(hash)s)")
    return _one(connection, opens, {"name": name, "hash": sha256(secret.encode()).digest()}, name)


def overlay(connection: Connection, draft: Draft) -> Overlay:
    """Return a draft as it lies over the register now.

    Raises:
        DraftClosed: it was adopted or withdrawn.
    """
    return require_open(find(connection, draft.name)).laid()


def listed(connection: Connection, *, closed: bool = True) -> Sequence[Draft]:
    """Return all drafts, the newest first; those adopted or withdrawn only where ``closed``."""
    condition = sql.SQL("true") if closed else sql.SQL("d.state = 'open'")
    statement = sql.SQL(_DRAFTS).format(condition)
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_draft(row) for row in cursor.execute(statement).fetchall()]


def held(connection: Connection, draft_id: int) -> Draft:
    """Take hold of a draft to change it by hand: until the transaction ends nobody else changes it in any way.

    Raises:
        NoDraft: there is none of that number.
        DraftClosed: it was adopted or withdrawn.
        DraftOfReport: it is a report from the field.
    """
    draft = hold(connection, draft_id)
    if draft.name.startswith(REPORT) and connection.execute(_OWN, (draft_id,)).fetchone() is not None:
        number = draft.name.removeprefix(REPORT)
        raise DraftOfReport(_OF_REPORT.filled(name=draft.name, number=number), draft=draft.name, report=number)
    return draft


_OWN: Final = "SELECT FROM qala.draft WHERE draft_id = %s AND owner = name"
"""A report's draft belongs to the report itself; no person stands behind it."""


def hold(connection: Connection, draft_id: int) -> Draft:
    """Take hold of a draft, be it a report or not: what does so for a report is the report's own business.

    Raises:
        NoDraft: there is none of that number.
        DraftClosed: it was adopted or withdrawn.
    """
    connection.execute("SELECT FROM qala.draft WHERE draft_id = %s FOR UPDATE", (draft_id,))
    return require_open(_one(connection, sql.SQL("d.draft_id = %(id)s"), {"id": draft_id}, str(draft_id)))


def require_open(draft: Draft) -> Draft:
    """Refuse a draft that is not open any more.

    Raises:
        DraftClosed: names the changeset that adopted it.
    """
    if draft.state == "open":
        return draft
    told = _ADOPTED if draft.state == "adopted" else _WITHDRAWN
    message = told.filled(name=draft.name, changeset=draft.changeset)
    raise DraftClosed(message, draft=draft.name, state=draft.state, changeset=draft.changeset)


def _one(connection: Connection, condition: sql.SQL, values: Mapping[str, Any], name: str) -> Draft:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(sql.SQL(_DRAFTS).format(condition), values).fetchone()
    if row is None:
        raise NoDraft(_UNKNOWN.filled(name=name), draft=name)
    return _draft(row)


def _draft(row: Mapping[str, Any]) -> Draft:
    return Draft(**{**row, "layers": tuple(row["layers"])})


_DRAFTS: Final = """
SELECT draft_id, name, title, purpose, created, valid_from, base, revision, state, changeset, layers
FROM qala.draft AS d WHERE {} ORDER BY draft_id DESC
"""

_UNKNOWN = Text(
    kk="«{name}» деген жоба жоқ немесе сілтеме оны ашпайды.",
    ru="Черновика «{name}» нет, или ссылка его не открывает.",
    en="There is no draft '{name}', or the link does not open it.",
)
_ADOPTED = Text(
    kk="«{name}» жобасы бекітілген: {changeset} өзгерістер жинағы. Енді тізілімнің өзін оқыңыз.",
    ru="Черновик «{name}» принят: набор изменений {changeset}. Читайте теперь сам регистр.",
    en="The draft '{name}' was adopted as changeset {changeset}. Read the register itself now.",
)
_OF_REPORT = Text(
    kk="«{name}» — даладан түскен {number}-хабарлама: оны жоба ретінде өзгертуге, бекітуге, бөлісуге немесе қайтарып "
    "алуға болмайды. Шешім хабарламаның өзі бойынша қабылданады: /urban-planning/reports/{number}.",
    ru="«{name}» — сообщение с места № {number}: его нельзя менять, принимать, отзывать или открывать по ссылке как "
    "черновик. Решение принимают по самому сообщению: /urban-planning/reports/{number}.",
    en="'{name}' is report {number} from the field: it can't be changed, adopted, shared or withdrawn as a draft. It "
    "is decided on as a report: /urban-planning/reports/{number}.",
)
_WITHDRAWN = Text(
    kk="«{name}» жобасы кері қайтарып алынған; оны енді оқуға да, өзгертуге де болмайды.",
    ru="Черновик «{name}» отозван; его больше нельзя ни читать, ни менять.",
    en="The draft '{name}' was withdrawn; it can be neither read nor changed any more.",
)
