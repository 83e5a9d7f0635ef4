"""Who asks: bearer tokens (RFC 6750) on every request that writes."""

from typing import Annotated

from fastapi import Depends, Header, Request

from gis import tokens
from gis.errors import Forbidden, Unauthorised
from gis.register import Register
from gis.text import Text
from gis.tokens import Token


def asker(request: Request, authorization: Annotated[str | None, Header()] = None) -> Token:
    """Return the token of the request.

    Raises:
        Unauthorised: none was sent, or it is not known.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorised(_NONE)
    register: Register = request.app.state.register
    with register.writing() as connection:
        return tokens.verify(connection, secret.strip())


class RequireRole:
    """A dependency that lets only some roles pass and returns the token."""

    def __init__(self, *roles: str) -> None:
        """Keep the roles."""
        self._roles = roles

    def __call__(self, token: Annotated[Token, Depends(asker)]) -> Token:
        """Return the token, or refuse its role."""
        if token.role not in self._roles:
            raise Forbidden(_ROLE.filled(role=token.role, roles=", ".join(self._roles)), role=token.role)
        return token


_NONE = Text(
    kk="Жазу үшін таңба керек: «Authorization: Bearer …» тақырыбын жіберіңіз.",
    ru="Для записи нужен токен: пришлите заголовок «Authorization: Bearer …».",
    en="Writing needs a token: send the header 'Authorization: Bearer ...'.",
)
_ROLE = Text(
    kk="«{role}» рөліне бұған рұқсат жоқ; мына рөлдер керек: {roles}.",
    ru="Роли «{role}» это не разрешено; нужна одна из: {roles}.",
    en="The role '{role}' may not do this; it needs one of: {roles}.",
)
