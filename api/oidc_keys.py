"""The public keys of an OpenID Connect issuer: discovered, kept for a while, asked for again when one is not known.

The issuer is asked rarely: a token may name any key, so what is unknown leads to one question in :data:`PAUSE` seconds
at most. Where it does not answer, keys that were had go on for :data:`GRACE` seconds.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from threading import Lock
from time import monotonic
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from gis.errors import BadRequest, QalaError
from gis.text import Text

ALGORITHMS: Final = ("RS256", "ES256")
"""Signatures that are believed: never ``none``, never a secret that the issuer shares."""

LIFETIME: Final = 600.0
"""Seconds after which keys are asked for again."""
GRACE: Final = 3600.0
"""Seconds for which keys are believed though the issuer no longer answers."""
PAUSE: Final = 2.0
"""Least seconds between two questions to the issuer."""
PATIENCE: Final = 3.0
"""Seconds to wait for its answer."""

_LARGEST: Final = 1024 * 1024
_SHORTEST_RSA: Final = 2048
_DISCOVERY: Final = "/.well-known/openid-configuration"

_log = logging.getLogger(__name__)


class IssuerSilent(QalaError):
    """The issuer's keys can't be had, so that nobody can say whether a token is good."""

    code = "issuer-unavailable"
    status = 503


class _Unreadable(Exception):
    """The issuer answered with what its standard does not allow."""


class _Straight(HTTPRedirectHandler):
    """Follows no redirection: keys come from the address that was checked, or not at all."""

    def redirect_request(self, req: Request, *_: Any) -> NoReturn:
        """Refuse."""
        msg = f"{req.full_url} redirects"
        raise _Unreadable(msg)


_OPENER: Final = build_opener(_Straight)


@dataclass
class Keys:
    """An issuer's keys. Threads share it."""

    issuer: str
    _known: Sequence[PyJWK] = ()
    _had: float = float("-inf")
    _asked: float = float("-inf")
    _asking: Lock = field(default_factory=Lock)

    def find(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        """Return the key that a token names; without a name, the only one there is of its algorithm.

        Raises:
            IssuerSilent: no keys can be had.
        """
        if self._age > LIFETIME:
            self._ask()
        found = self._lookup(key_id, algorithm)
        if found is None:
            self._ask()
            found = self._lookup(key_id, algorithm)
        if found is None and self._age > GRACE:
            raise IssuerSilent(_SILENT.filled(issuer=self.issuer), issuer=self.issuer)
        return found

    @property
    def _age(self) -> float:
        return monotonic() - self._had

    def _lookup(self, key_id: str | None, algorithm: str) -> PyJWK | None:
        if self._age > GRACE:
            return None
        fitting = [key for key in self._known if key.algorithm_name == algorithm and key_id in {key.key_id, None}]
        return fitting[0] if len(fitting) == 1 else None

    def _ask(self) -> None:
        """Ask the issuer, unless it has just been asked. Who has keys doesn't wait while another asks."""
        if not self._asking.acquire(blocking=not self._known):
            return
        try:
            if monotonic() - self._asked >= PAUSE:
                self._fetch()
        finally:
            self._asking.release()

    def _fetch(self) -> None:
        try:
            self._known, self._had = _keys(self.issuer), monotonic()
        except (OSError, HTTPException, ValueError, _Unreadable) as error:
            _log.warning("the keys of %s can't be had: %s", self.issuer, error)
        finally:
            self._asked = monotonic()


def require_safe(url: str) -> str:
    """Return an address by which keys may be fetched: https, or http on this machine.

    Raises:
        BadRequest: any other.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return url
    raise BadRequest(f"an issuer's address must be https (http only on this machine's loopback), not {url!r}")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _keys(issuer: str) -> Sequence[PyJWK]:
    """Fetch the keys that may sign (OpenID Connect Discovery 1.0, clauses 3 and 4.3)."""
    document = _fetched(issuer.removesuffix("/") + _DISCOVERY)
    if document.get("issuer") != issuer:
        msg = f"{issuer} says that it is {document.get('issuer')!r}"
        raise _Unreadable(msg)
    listed = _fetched(str(document.get("jwks_uri"))).get("keys")
    if not isinstance(listed, list):
        msg = f"{issuer} lists no keys"
        raise _Unreadable(msg)
    return [key for member in listed if (key := _key(member)) is not None]


def _fetched(url: str) -> Mapping[str, Any]:
    try:
        request = Request(require_safe(url), headers={"Accept": "application/json"})  # noqa: S310  (just checked)
    except BadRequest as refusal:
        raise _Unreadable(str(refusal)) from refusal
    answer: HTTPResponse
    with _OPENER.open(request, timeout=PATIENCE) as answer:
        content = json.loads(answer.read(_LARGEST))
    if not isinstance(content, dict):
        msg = f"{url} is no JSON object"
        raise _Unreadable(msg)
    return content


def _key(member: Any) -> PyJWK | None:
    """Read one key; none where it is for another purpose, of another kind, or too short to be believed."""
    if not isinstance(member, dict) or member.get("use", "sig") != "sig":
        return None
    try:
        key = PyJWK(member)
    except PyJWTError:
        return None
    if key.algorithm_name not in ALGORITHMS or getattr(key.key, "key_size", 0) < _least_bits(key):
        return None
    return key


def _least_bits(key: PyJWK) -> int:
    return _SHORTEST_RSA if key.key_type == "RSA" else 0


_SILENT = Text(
    kk="Токенді тексеру мүмкін емес: {issuer} берушісі жауап бермейді; сәлден соң қайталаңыз.",
    ru="Токен нельзя проверить: издатель {issuer} не отвечает; повторите чуть позже.",
    en="The token can't be checked: its issuer {issuer} does not answer; try again in a moment.",
)
