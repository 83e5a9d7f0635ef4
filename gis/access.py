"""Looks at personal data: each is written to an access log that only grows, or shows nothing.

The database holds to it by itself: row-level security shows the confidant's login a personal row only in a transaction
that names a look which the same session has just committed to the log. A check forgotten in Python therefore leaks
nothing, and what was seen stays on record whatever becomes of the transaction that saw it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import Connection

from gis.errors import BadRequest
from gis.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks at personal data, and why.

    Attributes:
        actor: whose token it is.
        role: in which role.
        reason: for what, as the asker states it.
        subject: at what, for example ``real_estate.unit 4711``.
    """

    actor: str
    role: str
    reason: str
    subject: str


@contextmanager
def logged(connection: Connection, look: Look) -> Iterator[None]:
    """Write a look to the log and let the confidant's connection see personal rows until the block ends.

    The look is committed before anything shows, so the log keeps it even where what is done inside fails.

    Args:
        connection: the confidant's, outside any transaction.
        look: who, at what, why.

    Raises:
        BadRequest: no reason is stated.
    """
    if not look.reason.strip():
        raise BadRequest(_REASON, parameter="reason")
    with connection.transaction():
        row = connection.execute(_LOG, (look.actor, look.role, look.reason, look.subject)).fetchone()
    with connection.transaction():
        connection.execute("SELECT set_config('qala.look', %s, true)", (str(row[0]) if row else "",))
        yield


_LOG = "INSERT INTO qala.access (actor, role, reason, subject) VALUES (%s, %s, %s, %s) RETURNING access_id"
_REASON = Text(
    kk="Дербес деректерді көру үшін себебін көрсетіңіз (reason): ол қол жеткізу журналына жазылады.",
    ru="Чтобы увидеть персональные данные, назовите причину (reason): она записывается в журнал доступа.",
    en="To see personal data state a reason (reason): it is written to the access log.",
)
