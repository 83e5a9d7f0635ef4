"""Refusals.

Each kind is a class with a stable ``code`` and an HTTP ``status``; its message stands in three languages, its ``data``
carries what was wrong and what would be right. One handler in ``api`` turns them into problem+json, an OWS exception
report or an exit code.

::

    QalaError
    ├── BadRequest (400)       a parameter, a document or a file that can't be read
    │   └── BadProfile, BadGeometry, ... (declared where they are raised)
    ├── Unauthorised (401)     no token, or one that is not known
    ├── Forbidden (403)        a token whose role may not
    ├── NotFound (404)         never existed
    ├── Gone (410)             existed at another time
    ├── Conflict (409)         the register moved on: stale token, or another act was first
    ├── RuleBroken (422)       the law or the register's own rules forbid it
    ├── TooLarge (413)         a body or an answer beyond its bound
    └── Unavailable (503)      the database can't be reached or can't write
"""

from typing import Any, ClassVar

from gis.text import Language, Text


class QalaError(Exception):
    """Base of every refusal that a user may see.

    Args:
        message: what was wrong and what would be right; a plain string serves all three languages and is meant for
            operators (command line, profile files), never for citizens.
        data: machine-readable facts of the refusal.

    A class may name the ``rule`` that it enforces ahead of the register's own check; the message then begins with it.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    rule: ClassVar[str | None] = None

    def __init__(self, message: Text | str, **data: Any) -> None:
        """Keep the message in every language and the facts."""
        super().__init__(str(message))
        self.message = message if isinstance(message, Text) else Text(kk=message, ru=message, en=message)
        self.data = data if self.rule is None else {"rule": self.rule, **data}

    def in_language(self, language: Language) -> str:
        """Return the message in one language."""
        told = self.message.in_language(language)
        return told if self.rule is None else f"[{self.rule}] {told}"


class BadRequest(QalaError):
    """What was asked can't be understood: a parameter, a value, a document."""

    code = "bad-request"
    status = 400


class BadGeometry(BadRequest):
    """Coordinates that make no geometry of the layer's kind."""

    code = "bad-geometry"


class Unauthorised(QalaError):
    """No token was given where one is needed, or it is not known, expired or revoked."""

    code = "unauthorised"
    status = 401


class Forbidden(QalaError):
    """The token's role may not do this."""

    code = "forbidden"
    status = 403


class NotFound(QalaError):
    """No such thing has ever been registered."""

    code = "not-found"
    status = 404


class Gone(QalaError):
    """The thing exists at another time; ``data`` says when."""

    code = "gone"
    status = 410


class Conflict(QalaError):
    """The register moved on since the writer looked; ``data`` shows both sides."""

    code = "conflict"
    status = 409


class RuleBroken(QalaError):
    """An act would break rules; ``data["violations"]`` names each rule, feature and place."""

    code = "rule-broken"
    status = 422


class TooLarge(QalaError):
    """A body or an answer beyond its stated bound."""

    code = "too-large"
    status = 413


class Unavailable(QalaError):
    """The register can't be reached or can't write now."""

    code = "unavailable"
    status = 503
