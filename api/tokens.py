"""Who asks: bearer tokens (RFC 6750), the register's own or an OpenID Connect issuer's.

A route that writes depends on :class:`RequireRole`; one that shows persons asks :func:`confidant`, whose connections
are the only ones that see them, each after its look is logged. Both derive who may from the layers (:mod:`gis.policy`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from psycopg import Connection

from api.oidc import Issuer
from gis import policy, tokens
from gis.access import Look
from gis.errors import BadRequest, Forbidden, Unauthorised
from gis.register import Register
from gis.text import Text
from gis.tokens import Token

CONFIDENTIAL: Final = {"Cache-Control": "no-store", "Vary": "Authorization"}
"""Headers of every answer that shows persons: no cache keeps it."""

LONGEST_REASON: Final = 500


def asker(request: Request) -> Token:
    """Return the token of the request.

    Raises:
        Unauthorised: none was sent, or it is not known.
        IssuerSilent: it is an issuer's, whose keys can't be had.
        Forbidden: the issuer's token names no role of the register, or several.
    """
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    secret = credentials.strip()
    if scheme.lower() != "bearer" or not secret:
        raise Unauthorised(_NONE)
    register: Register = request.app.state.register
    issuer: Issuer | None = request.app.state.issuer
    if issuer is not None and not secret.startswith(tokens.PREFIX):
        return issuer.token(secret, register.layers, request.headers.get("Qala-Role"))
    with register.writing() as connection:
        return tokens.verify(connection, secret)


class RequireRole:
    """A dependency that lets only some roles pass and returns the token."""

    def __init__(self, *roles: str, cadastre: str | None = None) -> None:
        """Keep who may pass: these roles, and the writers of a cadastre's layers."""
        self._roles = frozenset(roles)
        self._cadastre = cadastre

    def __call__(self, request: Request, token: Annotated[Token, Depends(asker)]) -> Token:
        """Return the token, or refuse its role."""
        register: Register = request.app.state.register
        able = self._roles | (policy.performers(register.layers, self._cadastre) if self._cadastre else frozenset())
        _require(token, able)
        return token


@dataclass(frozen=True, slots=True)
class Confidant:
    """Somebody who may look at persons, and why; each look is logged before anything shows."""

    register: Register
    token: Token
    reason: str

    @contextmanager
    def at_unit(self, number: str) -> Iterator[Connection]:
        """Take a connection that sees persons, to show those of one unit: for every confidant."""
        with self.register.confiding(self._look(f"real_estate.unit {number}")) as connection:
            yield connection

    @contextmanager
    def at_persons(self, subject: str) -> Iterator[Connection]:
        """Take a connection that sees persons, to look somebody up, for example ``personal.party 4711``.

        The subject stands in the access log: it names a feature, never a person.

        Raises:
            Forbidden: a notary's or a bank's, who see persons of a unit that they name only.
        """
        if self.token.role in policy.NAMED_UNIT_ONLY:
            raise Forbidden(_UNIT_ONLY.filled(role=self.token.role), role=self.token.role)
        with self.register.confiding(self._look(subject)) as connection:
            yield connection

    def _look(self, subject: str) -> Look:
        return Look(actor=self.token.name, role=self.token.role, reason=self.reason, subject=subject)


def confidant(request: Request) -> Confidant:
    """Return whoever asks as a confidant, with the reason that the parameter ``reason`` states.

    It is a dependency, and can be called where an answer shows persons only if asked to.

    Raises:
        Unauthorised: no token, or one that is not known.
        Forbidden: a role that sees no persons.
        BadRequest: no reason, or one of more than :data:`LONGEST_REASON` characters.
    """
    token = asker(request)
    register: Register = request.app.state.register
    _require(token, policy.confidants(register.layers))
    reason = printable(request.query_params.get("reason", ""))
    if not reason or len(reason) > LONGEST_REASON:
        raise BadRequest(_REASON.filled(most=LONGEST_REASON), parameter="reason")
    return Confidant(register, token, reason)


def printable(text: str) -> str:
    """Return a text on one line, without characters that no log could keep or show."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _require(token: Token, roles: frozenset[str]) -> None:
    if token.role not in roles:
        listed = ", ".join(sorted(roles))
        raise Forbidden(_ROLE.filled(role=token.role, roles=listed), role=token.role, roles=sorted(roles))


_NONE = Text(
    kk="Бұл үшін токен керек: «Authorization: Bearer …» тақырыбын жіберіңіз.",
    ru="Для этого нужен токен: пришлите заголовок «Authorization: Bearer …».",
    en="This needs a token: send the header 'Authorization: Bearer ...'.",
)
_ROLE = Text(
    kk="«{role}» рөліне бұған рұқсат жоқ; мына рөлдердің бірі керек: {roles}.",
    ru="Роли «{role}» это не разрешено; нужна одна из ролей: {roles}.",
    en="The role '{role}' may not do this; it needs one of: {roles}.",
)
_UNIT_ONLY = Text(
    kk="«{role}» рөлі дербес деректерді тек өзі атаған жылжымайтын мүлік бірлігі бойынша көреді; "
    "тұлға бойынша іздеуге болмайды. Бірліктің нөмірін беріңіз.",
    ru="Роль «{role}» видит персональные данные только по названной ею единице недвижимости; "
    "искать по лицу ей нельзя. Назовите номер единицы.",
    en="The role '{role}' sees persons only of a unit that it names, and may not look persons up. "
    "Give the number of the unit.",
)
_REASON = Text(
    kk="Дербес деректерді көру үшін reason параметрінде себебін көрсетіңіз (ең көбі {most} таңба): "
    "ол қол жеткізу журналына жазылады.",
    ru="Чтобы увидеть персональные данные, назовите причину в параметре reason (не длиннее {most} знаков): "
    "она записывается в журнал доступа.",
    en="To see persons state why by the parameter reason (at most {most} characters): it is written to the access log.",
)
