"""Reading the access log: who looked at which persons, when and why. Reading it is itself a look, and logged."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

SUBJECT = "qala.access"
"""Subject of a look at the log itself."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One look, as the log keeps it; ``number`` rises with each."""

    number: int
    at: datetime
    actor: str
    role: str
    reason: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which looks are wanted; what is not given doesn't matter.

    Attributes:
        actor: who looked, exactly.
        role: in which role.
        subject: at what: exactly, or the beginning of it where it ends in ``*``.
        since: at this instant or later.
        until: before this instant.
    """

    actor: str | None = None
    role: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def looks(connection: Connection, wanted: Wanted, *, after: int = 0, limit: int = 1000) -> Sequence[Logged]:
    """Return looks in order of their numbers.

    Args:
        connection: a confidant's.
        wanted: which.
        after: number of the last look of the page before.
        limit: most looks to return.
    """
    subject = wanted.subject or ""
    parameters = {**asdict(wanted), "after": after, "limit": limit, "begins": None}
    if subject.endswith("*"):
        parameters |= {"subject": None, "begins": subject[:-1]}
    with connection.cursor(row_factory=class_row(Logged)) as cursor:
        return cursor.execute(_LOOKS, parameters).fetchall()


_LOOKS = """
SELECT access_id AS number, at, actor, role, reason, subject FROM qala.access
WHERE access_id > %(after)s
  AND (%(actor)s::text IS NULL OR actor = %(actor)s) AND (%(role)s::text IS NULL OR role = %(role)s)
  AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(begins)s::text IS NULL OR starts_with(subject, %(begins)s))
  AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
ORDER BY access_id LIMIT %(limit)s
"""
