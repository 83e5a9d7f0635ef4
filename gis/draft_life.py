"""A draft's life beside its edits: it is opened, shared by a link, and withdrawn."""

import re
import secrets
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import psycopg
from psycopg import Connection
from psycopg.rows import class_row

from gis import policy
from gis.act import Act, Source
from gis.draft import REPORT, Draft, find, held
from gis.errors import BadRequest, Conflict
from gis.instant import read_head
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST: Final = 60
_SECRET_BYTES: Final = 24

SOURCE: Final = "draft"
"""Kind of the source of an edit that has none: a draft gains legal force only by the act that adopts it."""


class NameTaken(Conflict):
    """Another draft has the name already; names are never used again."""

    code = "draft-name-taken"


@dataclass(frozen=True, slots=True)
class Step:
    """One edit of a draft.

    Attributes:
        revision: the draft's revision that it made.
        at: when.
        valid_from: legal date of the edit.
        features: what it changed.
        reverted: what it gave back to the register.
    """

    revision: int
    at: datetime
    actor: str
    role: str
    verb: str
    reason: str
    valid_from: datetime
    features: Sequence[int]
    reverted: Sequence[int]


def opened(
    register: Register,
    name: str,
    title: str,
    *,
    actor: str,
    role: str,
    purpose: str | None = None,
    valid_from: datetime | None = None,
    within: Connection | None = None,
) -> Draft:
    """Open a draft.

    Args:
        register: what it will lie over.
        name: lower-case Latin letters, digits and single hyphens, 60 at most.
        title: what it is called.
        actor: who opens it, and owns it.
        role: in which role.
        purpose: what it is for.
        valid_from: from when its changes are meant to be in force; today by default.
        within: a writer's connection whose transaction it is to be part of.

    Raises:
        Forbidden: the role neither plans nor writes.
        BadRequest: a name or a title that won't do, or a name that is kept for reports from the field.
        NameTaken: there is, or was, another of that name.
    """
    policy.require_planning(role, register.layers)
    _require_name(name)
    if not title.strip():
        raise BadRequest(_UNTITLED, parameter="title")
    since = valid_from or register.profile.midnight(datetime.now(register.profile.zone).date())
    if since.tzinfo is None:
        raise BadRequest(_NAIVE.filled(value=since.isoformat()), parameter="valid_from")
    with register.writing() if within is None else nullcontext(within) as connection:
        return entered(connection, name, title.strip(), actor=actor, role=role, purpose=purpose, valid_from=since)


def entered(
    connection: Connection,
    name: str,
    title: str,
    *,
    actor: str,
    role: str,
    valid_from: datetime,
    purpose: str | None = None,
) -> Draft:
    """Enter a draft that was found to be in order; the connection is a writer's.

    Raises:
        NameTaken: there is, or was, another of that name.
    """
    facts = (name, title, purpose, actor, role, valid_from, read_head(connection).changeset)
    try:
        connection.execute(_OPEN, facts)
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken(_TAKEN.filled(name=name), draft=name) from error
    return find(connection, name)


def owner(connection: Connection, draft: Draft) -> str:
    """Return who opened a draft; the connection is a writer's."""
    row = connection.execute("SELECT owner FROM qala.draft WHERE draft_id = %s", (draft.draft_id,)).fetchone()
    return "" if row is None else str(row[0])


def steps(connection: Connection, draft: Draft, *, after: int = 0, limit: int = 1000) -> Sequence[Step]:
    """Return a draft's edits in order; the connection is a writer's."""
    with connection.cursor(row_factory=class_row(Step)) as cursor:
        return cursor.execute(_STEPS, (draft.draft_id, after, limit)).fetchall()


def share(register: Register, draft: Draft) -> str:
    """Make the link that opens a draft to anybody, and return its secret, which is shown this once.

    An earlier link opens it no more.

    Raises:
        DraftClosed: it was adopted or withdrawn.
    """
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    _set_link(register, draft, sha256(secret.encode()).digest())
    return secret


def unshare(register: Register, draft: Draft) -> None:
    """Take a draft's link back.

    Raises:
        DraftClosed: it was adopted or withdrawn.
    """
    _set_link(register, draft, None)


def withdraw(register: Register, draft: Draft) -> None:
    """Give a draft up: it can be neither read nor edited any more, and its name stays taken.

    Raises:
        DraftClosed: it was adopted or withdrawn already.
    """
    with register.writing() as connection, connection.transaction():
        held(connection, draft.draft_id)
        connection.execute("UPDATE qala.draft SET state = 'withdrawn' WHERE draft_id = %s", (draft.draft_id,))


def proposing(
    profile: CityProfile, draft: Draft, *, actor: str, role: str, reason: str, valid_from: datetime | None = None
) -> Act:
    """Return the act of an edit, which has no legal source yet; its date is the draft's unless another is named."""
    today = datetime.now(profile.zone).date()
    source = Source(kind=SOURCE, number=draft.name, acceptance=today, submission=today, recordation=today)
    return Act(actor=actor, role=role, reason=reason, source=source, valid_from=valid_from or draft.valid_from)


def _require_name(name: str) -> None:
    if len(name) > _LONGEST or _NAME.fullmatch(name) is None:
        raise BadRequest(_BAD_NAME.filled(name=name[:_LONGEST]), parameter="name")
    if name.startswith(REPORT):
        raise BadRequest(_RESERVED.filled(name=name, prefix=REPORT), parameter="name")


def _set_link(register: Register, draft: Draft, digest: bytes | None) -> None:
    with register.writing() as connection, connection.transaction():
        held(connection, draft.draft_id)
        connection.execute("UPDATE qala.draft SET link_hash = %s WHERE draft_id = %s", (digest, draft.draft_id))


_OPEN: Final = """
INSERT INTO qala.draft (name, title, purpose, owner, role, valid_from, base) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_STEPS: Final = """
SELECT revision, at, actor, role, verb, reason, valid_from, features, reverted FROM qala.draft_step
WHERE draft_id = %s AND revision > %s ORDER BY revision LIMIT %s
"""

_BAD_NAME = Text(
    kk="«{name}» жоба атауына жарамайды; латын кіші әріптері, цифрлар және дефис керек, мысалы: general-plan-2030.",
    ru="«{name}» не годится в имя черновика; нужны строчные латинские буквы, цифры и дефисы: general-plan-2030.",
    en="'{name}' can't name a draft; it takes lower-case Latin letters, digits and hyphens: general-plan-2030.",
)
_RESERVED = Text(
    kk="«{name}» атауын алуға болмайды: «{prefix}» деп даладан түскен хабарламалар аталады; басқа атау алыңыз.",
    ru="Имя «{name}» занять нельзя: с «{prefix}» начинаются имена сообщений с места; возьмите другое.",
    en="The name '{name}' can't be taken: names that begin with '{prefix}' are those of reports from the field; take "
    "another.",
)
_UNTITLED = Text(
    kk="Жобаның тақырыбы керек.",
    ru="Черновику нужно название.",
    en="A draft needs a title.",
)
_NAIVE = Text(
    kk="«{value}» уақытында белдеу көрсетілмеген; дұрысы, мысалы: 2030-01-01T00:00:00+05:00.",
    ru="Во времени «{value}» нет смещения от UTC; верно, например: 2030-01-01T00:00:00+05:00.",
    en="The time '{value}' has no offset from UTC; right would be, for example, 2030-01-01T00:00:00+05:00.",
)
_TAKEN = Text(
    kk="«{name}» атауы басқа жобада бар не болған; басқа атау алыңыз.",
    ru="Имя «{name}» уже есть или было у другого черновика; возьмите другое.",
    en="Another draft has, or had, the name '{name}'; take another.",
)
