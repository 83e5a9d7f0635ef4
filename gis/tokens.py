"""Tokens: who may write, and who may see persons. Only a hash is kept, so that a leaked table opens nothing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from psycopg import Connection
from psycopg.rows import class_row

from gis.errors import BadRequest, NotFound, Unauthorised
from gis.policy import ROLES, well_formed
from gis.text import Text

PREFIX = "qala_"
"""How every secret of the register begins; other bearer tokens are an issuer's."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the register knows it: never the secret itself.

    Attributes:
        token_id: its number; none where an issuer of OpenID Connect gave it.
        name: whose it is; the actor of every act and look.
    """

    token_id: int | None
    name: str
    role: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None


def create(connection: Connection, name: str, role: str, days: int | None = None) -> str:
    """Make a token and return its secret, which is shown this once.

    Args:
        connection: the writer's.
        name: whose it is; it stands as the actor of every act done with it.
        role: one of :data:`gis.policy.ROLES`, or of the registrars of single cadastres.
        days: how long it lives; for ever when not given.

    Raises:
        BadRequest: an unknown role, an empty name, or a life that is over before it begins.
    """
    if not well_formed(role):
        raise BadRequest(f"there is no role {role!r}; the roles are: {', '.join(ROLES)}, registrar.<cadastre>")
    if not name.strip():
        raise BadRequest("a token needs a name: whose it is, for example --name 'A. Registrar'")
    if days is not None and days <= 0:
        raise BadRequest(f"a token must live at least one day, not {days}")
    secret = PREFIX + secrets.token_urlsafe(32)
    expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
    connection.execute(
        "INSERT INTO qala.token (hash, name, role, expires) VALUES (%s, %s, %s, %s)",
        (_hash(secret), name.strip(), role, expires),
    )
    return secret


def verify(connection: Connection, secret: str) -> Token:
    """Return the token of a secret.

    Raises:
        Unauthorised: unknown, expired or revoked.
    """
    with connection.cursor(row_factory=class_row(Token)) as cursor:
        token = cursor.execute(_FIND, (_hash(secret),)).fetchone()
    if token is None or token.revoked or (token.expires and token.expires <= datetime.now(UTC)):
        raise Unauthorised(_UNKNOWN)
    return token


def tokens(connection: Connection) -> Sequence[Token]:
    """Return all tokens, revoked ones included."""
    with connection.cursor(row_factory=class_row(Token)) as cursor:
        return cursor.execute(_ALL).fetchall()


def revoke(connection: Connection, token_id: int) -> None:
    """End a token's life.

    Raises:
        NotFound: there is none of that number.
    """
    done = connection.execute(
        "UPDATE qala.token SET revoked = coalesce(revoked, now()) WHERE token_id = %s", (token_id,)
    )
    if not done.rowcount:
        raise NotFound(f"there is no token {token_id}; 'qala token list' shows them all")


_ALL = "SELECT token_id, name, role, created, expires, revoked FROM qala.token ORDER BY token_id"
_FIND = "SELECT token_id, name, role, created, expires, revoked FROM qala.token WHERE hash = %s"


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


_UNKNOWN = Text(
    kk="Токен белгісіз, мерзімі өткен немесе кері қайтарылған; оператордан жаңасын сұраңыз.",
    ru="Токен неизвестен, просрочен или отозван; попросите у оператора новый.",
    en="The token is unknown, expired or revoked; ask the operator for a new one.",
)
