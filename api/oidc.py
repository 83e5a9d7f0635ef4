"""Bearer tokens of an OpenID Connect issuer: JSON Web Tokens (RFC 7519, RFC 9068) whose claims name a role.

Configured by the environment: ``QALA_OIDC_ISSUER`` and ``QALA_OIDC_AUDIENCE`` (both needed), ``QALA_OIDC_ROLE_CLAIM``
(``roles``; dots lead into objects: ``realm_access.roles``), and ``QALA_OIDC_ROLES`` where the issuer's names of roles
are not the register's: ``land-clerk=registrar.land,notaries=notary``.

PyJWT reads the tokens: the smallest of the well-kept libraries, on ``cryptography``, which the register needs anyway.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import jwt
from jwt import exceptions as fault

from api.oidc_keys import ALGORITHMS, Keys, require_safe
from gis import policy
from gis.errors import BadRequest, Forbidden, Unauthorised
from gis.layer import Layers
from gis.text import Text
from gis.tokens import Token

LEEWAY: Final = 30
"""Seconds by which the issuer's clock may differ from ours."""

_LONGEST: Final = 16 * 1024
_END: Final = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
_TYPES: Final = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
_REQUIRED: Final = ("iss", "aud", "exp", "sub")


@dataclass(frozen=True)
class Issuer:
    """Who issues tokens besides the register.

    Attributes:
        url: the issuer, exactly as its tokens name it.
        audience: what its tokens for this register are for.
        role_claim: the claim that names roles: a list, or words in one string.
        roles: the register's roles by the issuer's; where empty, their names are the same.
    """

    url: str
    audience: str
    role_claim: str = "roles"
    roles: Mapping[str, str] = field(default_factory=dict)
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        """Begin without keys: the issuer is asked when the first token comes."""
        object.__setattr__(self, "keys", Keys(require_safe(self.url)))

    def token(self, encoded: str, layers: Layers, chosen: str | None = None) -> Token:
        """Return what a token says of its bearer.

        Args:
            encoded: the token, as it was sent.
            layers: of the register: they tell which roles there are.
            chosen: the role to act in, where the token names several.

        Raises:
            Unauthorised: not a token of this issuer for this audience now; the message says what is wrong.
            Forbidden: it names no role of the register, several and none is chosen, or not the chosen one.
            IssuerSilent: the issuer's keys can't be had.
        """
        claims = self._claims(encoded)
        role = self._role(claims, layers, chosen)
        return Token(None, _name(claims), role, _moment(claims.get("iat")), _moment(claims["exp"]), None)

    def _claims(self, encoded: str) -> Mapping[str, Any]:
        try:
            return self._verified(encoded)
        except fault.PyJWTError as error:
            raise Unauthorised(_said(error).filled(issuer=self.url, audience=self.audience)) from error
        except (RecursionError, OverflowError) as error:  # JSON nested without end, dates beyond any calendar
            raise Unauthorised(_UNREADABLE.filled(issuer=self.url)) from error

    def _verified(self, encoded: str) -> Mapping[str, Any]:
        if len(encoded) > _LONGEST:
            raise fault.DecodeError
        header = jwt.get_unverified_header(encoded)
        if header.get("alg") not in ALGORITHMS:
            raise fault.InvalidAlgorithmError
        if "crit" in header or str(header.get("typ") or "").lower() not in _TYPES:
            raise fault.DecodeError
        key = self.keys.find(header.get("kid"), header["alg"])
        if key is None:
            raise fault.InvalidKeyError
        claims: Mapping[str, Any] = jwt.decode(
            encoded,
            key,
            algorithms=[header["alg"]],
            audience=self.audience,
            issuer=self.url,
            leeway=LEEWAY,
            options={"require": list(_REQUIRED)},
        )
        return claims

    def _role(self, claims: Mapping[str, Any], layers: Layers, chosen: str | None) -> str:
        known = set(policy.roles(layers))
        named = (self.roles.get(name) if self.roles else name for name in _names(_claim(claims, self.role_claim)))
        held = sorted({name for name in named if name in known})
        if not held:
            raise Forbidden(_NO_ROLE.filled(claim=self.role_claim, roles=", ".join(sorted(known))))
        if chosen is None and len(held) > 1:
            raise Forbidden(_SEVERAL.filled(roles=", ".join(held)), roles=held)
        if chosen is not None and chosen not in held:
            raise Forbidden(_NOT_HELD.filled(role=chosen[:80], roles=", ".join(held)), roles=held)
        return chosen or held[0]


def configured(environment: Mapping[str, str] = os.environ) -> Issuer | None:
    """Return the issuer that the environment names; none where it names none.

    Raises:
        BadRequest: no audience, an address that is not safe, or roles that can't be read.
    """
    url = environment.get("QALA_OIDC_ISSUER", "").strip()
    if not url:
        return None
    audience = environment.get("QALA_OIDC_AUDIENCE", "").strip()
    if not audience:
        raise BadRequest("QALA_OIDC_ISSUER needs QALA_OIDC_AUDIENCE: the audience of the tokens for this register")
    claim = environment.get("QALA_OIDC_ROLE_CLAIM", "").strip() or "roles"
    return Issuer(url, audience, claim, _mapping(environment.get("QALA_OIDC_ROLES", "")))


def _mapping(text: str) -> Mapping[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    mapping = {theirs.strip(): ours.strip() for theirs, _, ours in pairs}
    wrong = [f"{theirs}={ours}" for theirs, ours in mapping.items() if not theirs or not policy.well_formed(ours)]
    if wrong:
        raise BadRequest(f"QALA_OIDC_ROLES is 'theirs=ours,…' with roles of the register on the right, not {wrong}")
    return mapping


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its whole name, which may hold dots, or by a path of names."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _names(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _name(claims: Mapping[str, Any]) -> str:
    """Return who bears a token: the name by which people know him, and always the subject, which nobody can choose."""
    subject, known_as = str(claims["sub"]), claims.get("preferred_username")
    told = f"{known_as} ({subject})" if isinstance(known_as, str) and known_as != subject else subject
    return "".join(letter if letter.isprintable() else " " for letter in told)[:200]


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(max(0.0, min(float(seconds or 0), _END)), UTC)


def _said(error: fault.PyJWTError) -> Text:
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), _UNREADABLE)


_UNREADABLE = Text(
    kk="Токен оқылмайды немесе қолтаңбасы дұрыс емес; {issuer} берушісінен жаңасын алыңыз.",
    ru="Токен не читается или его подпись неверна; получите новый у издателя {issuer}.",
    en="The token can't be read, or its signature is wrong; get a new one from its issuer {issuer}.",
)
_REASONS: Final[Mapping[type[fault.PyJWTError], Text]] = {
    fault.ExpiredSignatureError: Text(
        kk="Токеннің мерзімі өткен; {issuer} берушісінен жаңасын алыңыз.",
        ru="Срок токена истёк; получите новый у издателя {issuer}.",
        en="The token has expired; get a new one from its issuer {issuer}.",
    ),
    fault.ImmatureSignatureError: Text(
        kk="Токен әлі күшіне енген жоқ; сағаттарды тексеріңіз.",
        ru="Токен ещё не действует; проверьте часы.",
        en="The token is not valid yet; check the clocks.",
    ),
    fault.InvalidAudienceError: Text(
        kk="Токен басқа жүйеге берілген; оның aud мүшесінде «{audience}» болуы тиіс.",
        ru="Токен выдан для другой системы; в его aud должно стоять «{audience}».",
        en="The token is for another system; its aud must name '{audience}'.",
    ),
    fault.InvalidIssuerError: Text(
        kk="Токенді басқа беруші берген; бұл тізілім тек {issuer} берушісіне сенеді.",
        ru="Токен выдан другим издателем; этот регистр верит только {issuer}.",
        en="The token is another issuer's; this register believes {issuer} only.",
    ),
    fault.InvalidAlgorithmError: Text(
        kk="Токеннің қолтаңба алгоритмі жарамайды; тек RS256 немесе ES256 қолданылады.",
        ru="Алгоритм подписи токена не годится; принимаются только RS256 и ES256.",
        en="The token's signature algorithm will not do; only RS256 and ES256 are believed.",
    ),
    fault.InvalidKeyError: Text(
        kk="Токенге {issuer} берушісінде жоқ кілтпен қол қойылған; жаңасын алыңыз.",
        ru="Токен подписан ключом, которого у издателя {issuer} нет; получите новый.",
        en="The token is signed by a key that its issuer {issuer} does not have; get a new one.",
    ),
    fault.MissingRequiredClaimError: Text(
        kk="Токенде міндетті мүшелердің бірі жоқ: iss, aud, exp, sub.",
        ru="В токене нет одного из обязательных членов: iss, aud, exp, sub.",
        en="The token lacks one of the claims that it must have: iss, aud, exp, sub.",
    ),
}
_NO_ROLE = Text(
    kk="Токенде тізілімнің ешқандай рөлі жоқ; оның {claim} мүшесінде мыналардың бірі болуы тиіс: {roles}.",
    ru="В токене нет ни одной роли регистра; в его члене {claim} должна стоять одна из: {roles}.",
    en="The token names no role of the register; its claim {claim} must hold one of: {roles}.",
)
_SEVERAL = Text(
    kk="Токенде бірнеше рөл бар: {roles}; Qala-Role тақырыбында біреуін көрсетіңіз.",
    ru="В токене несколько ролей: {roles}; назовите одну в заголовке Qala-Role.",
    en="The token names several roles: {roles}; choose one by the header Qala-Role.",
)
_NOT_HELD = Text(
    kk="Токенде «{role}» рөлі жоқ; ондағы рөлдер: {roles}.",
    ru="В токене нет роли «{role}»; в нём есть: {roles}.",
    en="The token does not name the role '{role}'; it has: {roles}.",
)
