"""Tokens of an OpenID Connect issuer: a real one beside the server, and one that says whatever a test wants."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from jwcrypto import jwk
from jwcrypto import jwt as jose

from api import oidc_keys
from api.oidc import Issuer, configured
from api.oidc_keys import IssuerSilent
from data.catalogue import LAYERS
from gis.errors import BadRequest, Forbidden, Unauthorised
from tests.api.issuer import LocalIssuer, issuing, new_key
from tests.api.server import serving
from tests.city import City

USERS = {
    "auditor1": ["auditor", "offline_access"],
    "clerk": ["registrar.land", "registrar.address"],
    "guest": ["visitors"],
    "mapped": ["notaries"],
}
CLAIM = "qala.roles"


@pytest.fixture(scope="module")
def key() -> str:
    """The issuer's key."""
    return new_key()


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory, key: str) -> Iterator[LocalIssuer]:
    """A running issuer."""
    with issuing(tmp_path_factory.mktemp("issuer"), USERS, [key]) as running:
        yield running


def believing(issuer: LocalIssuer) -> Issuer:
    """Return a fresh believer in an issuer."""
    return Issuer(issuer.url, "qala", CLAIM)


@pytest.fixture(scope="module")
def client(issuer: LocalIssuer, fresh_city: Callable[[str], City]) -> Iterator[httpx2.Client]:
    """A client of a server that believes the issuer."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("QALA_OIDC_ISSUER", issuer.url)
        environment.setenv("QALA_OIDC_AUDIENCE", "qala")
        environment.setenv("QALA_OIDC_ROLE_CLAIM", CLAIM)
        with (
            serving(fresh_city("helsinki").register) as server,
            httpx2.Client(base_url=server.address, timeout=30.0) as opened,
        ):
            yield opened


def bearer(token: str, **headers: str) -> dict[str, str]:
    """Return the headers of a request by a token's bearer."""
    return {"Authorization": f"Bearer {token}", **headers}


QUARTER = {
    "source": {"kind": "akimat-decision", "number": "1", "acceptance": "2016-01-04"},
    "reason": "test",
    "code": "91-001-900",
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[24.94, 60.17], [24.95, 60.17], [24.95, 60.18], [24.94, 60.18], [24.94, 60.17]]],
    },
}


def test_a_person_is_let_in_by_his_role_and_named_in_the_log(client: httpx2.Client, issuer: LocalIssuer) -> None:
    """The log names him as the issuer does, with the subject that he can't choose."""
    token = issuer.token("auditor1")
    answer = client.get("/access-log", headers=bearer(token), params={"reason": "yearly audit"})
    assert answer.status_code == 200, answer.text
    look = answer.json()["looks"][-1]
    assert (look["actor"], look["role"], look["reason"]) == ("auditor1 (1)", "auditor", "yearly audit")
    refused = client.post("/land/quarters?dry-run=true", headers=bearer(token), json=QUARTER)
    assert refused.status_code == 403
    assert refused.json()["roles"] == ["registrar", "registrar.land"]


def test_who_has_several_roles_names_one(client: httpx2.Client, issuer: LocalIssuer) -> None:
    """A clerk of two cadastres acts in one role at a time; a role that he doesn't have is refused."""
    token = issuer.token("clerk")
    asked = {
        role: client.post("/land/quarters?dry-run=true", headers=bearer(token, **{"Qala-Role": role}), json=QUARTER)
        for role in ("registrar.land", "registrar.address", "registrar")
    }
    unnamed = client.post("/land/quarters?dry-run=true", headers=bearer(token), json=QUARTER)
    assert {role: answer.status_code for role, answer in asked.items()} == {
        "registrar.land": 200,
        "registrar.address": 403,
        "registrar": 403,
    }
    assert unnamed.status_code == 403
    assert unnamed.json()["roles"] == ["registrar.address", "registrar.land"]


def test_own_tokens_go_on(client: httpx2.Client) -> None:
    """A secret of the register's is looked up there, not taken for the issuer's."""
    answer = client.get("/access-log", headers=bearer("qala_nonsense"))
    assert answer.status_code == 401
    assert "ask the operator" in answer.json()["detail"]


@pytest.mark.parametrize(
    "token",
    [
        "abc",
        "a.b.c",
        "..",
        "я.я.я",
        "x" * 20_000,
        base64.urlsafe_b64encode(b'{"alg":"RS256","x":' + b"[" * 9000).decode() + ".e30.x",
        base64.urlsafe_b64encode(b'{"alg":["RS256"],"kid":7}').decode() + ".e30.x",
    ],
    ids=["word", "dots", "nothing", "letters", "long", "deep", "typed"],
)
@pytest.mark.parametrize(("language", "word"), [("kk", "Токен"), ("ru", "Токен"), ("en", "token")])
def test_what_is_no_token_is_told_so(client: httpx2.Client, token: str, language: str, word: str) -> None:
    """Whatever is sent: 401, in the asker's language, with the scheme that would be right."""
    headers = {"Authorization": b"Bearer " + token.encode(), "Accept-Language": language.encode()}
    answer = client.get("/access-log", headers=headers)  # type: ignore[arg-type]  # bytes, as they may come
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert word in answer.json()["detail"]


def test_no_role_of_the_register(issuer: LocalIssuer) -> None:
    """Groups that mean nothing here open nothing."""
    with pytest.raises(Forbidden, match="names no role"):
        believing(issuer).token(issuer.token("guest"), LAYERS)


def test_roles_may_be_mapped(issuer: LocalIssuer) -> None:
    """The issuer's own names count only as the operator maps them."""
    mapping = Issuer(issuer.url, "qala", CLAIM, {"notaries": "notary"})
    assert mapping.token(issuer.token("mapped"), LAYERS).role == "notary"
    with pytest.raises(Forbidden):
        mapping.token(issuer.token("auditor1"), LAYERS)


def test_expired(tmp_path: Path) -> None:
    """A token past its time is refused, leeway and all."""
    with (
        issuing(tmp_path, USERS, [new_key()], lifetime=-31) as late,
        pytest.raises(Unauthorised, match="expired"),
    ):
        believing(late).token(late.token("auditor1"), LAYERS)


def test_another_audience(issuer: LocalIssuer) -> None:
    """A token that the same issuer gave for another system opens nothing here."""
    with pytest.raises(Unauthorised, match="another system"):
        believing(issuer).token(issuer.token("auditor1", "other"), LAYERS)


def test_another_issuer(issuer: LocalIssuer, key: str, tmp_path: Path) -> None:
    """Not even one that signs with the same key."""
    with (
        issuing(tmp_path, USERS, [key]) as other,
        pytest.raises(Unauthorised, match="another issuer's"),
    ):
        believing(issuer).token(other.token("auditor1"), LAYERS)


def test_signed_with_a_shared_secret(issuer: LocalIssuer) -> None:
    """HS256 is refused though the issuer itself signed so."""
    with pytest.raises(Unauthorised, match="RS256 and ES256"):
        Issuer(issuer.url, "shared", CLAIM).token(issuer.token("auditor1", "shared"), LAYERS)


def part(content: object) -> str:
    """Return a part of a token."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forgeries(token: str, key: str) -> dict[str, str]:
    """Return what a forger makes of a good token."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "==")) | {"qala": {"roles": ["registrar"]}}
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    public = load_pem_private_key(key.encode(), None).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    confused = f"{part(header | {'alg': 'HS256'})}.{part(claims)}"
    mine = jwk.JWK.generate(kty="RSA", size=2048)
    own = jose.JWT(
        header={"alg": "RS256", "kid": header["kid"], "jwk": mine.export_public(as_dict=True)}, claims=claims
    )
    own.make_signed_token(mine)
    return {
        "unsigned": f"{part(header | {'alg': 'none'})}.{part(claims)}.",
        "stripped": f"{head}.{body}.",
        "changed": f"{head}.{part(claims)}.{signature}",
        "confused": f"{confused}.{part(hmac.digest(pem, confused.encode(), hashlib.sha256))}",
        "own key": own.serialize(),
        "critical": f"{part(header | {'crit': ['exp']})}.{body}.{signature}",
        "typed": f"{part(header | {'typ': 'logout+jwt'})}.{body}.{signature}",
    }


def test_forgeries(client: httpx2.Client, issuer: LocalIssuer, key: str) -> None:
    """Unsigned, changed, signed with the public key as a secret, or with a key that it brings along: none opens."""
    token = issuer.token("auditor1")
    assert client.get("/access-log", headers=bearer(token)).status_code == 200
    answers = {
        name: client.get("/access-log", headers=bearer(forged)).status_code
        for name, forged in forgeries(token, key).items()
    }
    assert set(answers.values()) == {401}, answers


def test_keys_rotate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new key is found as soon as a token names it, and an old one ends with its publication."""
    monkeypatch.setattr(oidc_keys, "PAUSE", 0.0)
    first, second = new_key(), new_key()
    with issuing(tmp_path, USERS, [first]) as before:
        old, port = before.token("auditor1"), before.port
        believer = believing(before)
        assert believer.token(old, LAYERS).role == "auditor"
    with issuing(tmp_path, USERS, [second, first], port=port) as both:
        assert believer.token(both.token("auditor1"), LAYERS).role == "auditor"
        assert believer.token(old, LAYERS).role == "auditor"
    with issuing(tmp_path, USERS, [second], port=port):
        believer.keys._had -= oidc_keys.LIFETIME
        with pytest.raises(Unauthorised, match="does not have"):
            believer.token(old, LAYERS)


def test_the_issuer_is_down(tmp_path: Path) -> None:
    """Keys that were had go on for an hour; then, and where none were, the answer is 503 and not "unknown token"."""
    with issuing(tmp_path, USERS, [new_key()]) as running:
        token, url = running.token("auditor1"), running.url
        believer = believing(running)
        believer.token(token, LAYERS)
    began = time.monotonic()
    assert believer.token(token, LAYERS).role == "auditor"
    believer.keys._had -= oidc_keys.LIFETIME
    assert believer.token(token, LAYERS).role == "auditor"
    believer.keys._had -= oidc_keys.GRACE
    for unlucky in (believer, Issuer(url, "qala", CLAIM)):
        with pytest.raises(IssuerSilent):
            unlucky.token(token, LAYERS)
    assert time.monotonic() - began < 10


@dataclass
class Puppet:
    """An issuer that answers as a test wants, and counts how often it is asked."""

    url: str = ""
    documents: dict[str, Any] = field(default_factory=dict)
    asked: int = 0

    def publish(self, *keys: dict[str, Any], **discovery: str) -> None:
        """Publish keys."""
        self.documents["/.well-known/openid-configuration"] = {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
        } | discovery
        self.documents["/keys"] = {"keys": list(keys)}

    def sign(self, key: jwk.JWK, header: dict[str, Any], **claims: object) -> str:
        """Sign a token for the register."""
        now = int(time.time())
        standard = {"iss": self.url, "aud": "qala", "sub": "7", "exp": now + 60, "iat": now, "roles": "auditor"}
        token = jose.JWT(header=header, claims={k: v for k, v in (standard | claims).items() if v is not None})
        token.make_signed_token(key)
        return str(token.serialize())

    def believer(self) -> Issuer:
        """Return a fresh believer."""
        return Issuer(self.url, "qala")


@pytest.fixture
def puppet() -> Iterator[Puppet]:
    """A puppet, listening."""
    with _playing(Puppet()) as playing:
        yield playing


@contextmanager
def _playing(puppet: Puppet) -> Iterator[Puppet]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            puppet.asked += 1
            document = puppet.documents.get(self.path)
            self.send_response(302 if isinstance(document, str) else 200 if document else 404)
            if isinstance(document, str):
                self.send_header("Location", document)
            self.end_headers()
            self.wfile.write(document if isinstance(document, bytes) else json.dumps(document).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        puppet.url = f"http://127.0.0.1:{server.server_address[1]}"
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield puppet
        server.shutdown()


def curve_key(**facts: str) -> jwk.JWK:
    """Return a new key on the curve P-256."""
    return jwk.JWK.generate(kty="EC", crv="P-256", **facts)


def test_es256(puppet: Puppet) -> None:
    """Elliptic curves will do as well, with or without a name of the key while there is one."""
    key = curve_key(kid="a")
    puppet.publish(key.export_public(as_dict=True))
    for header in ({"alg": "ES256", "kid": "a"}, {"alg": "ES256"}, {"alg": "ES256", "typ": "at+jwt"}):
        token = puppet.believer().token(puppet.sign(key, header), LAYERS)
        assert (token.name, token.role, token.token_id) == ("7", "auditor", None)
        assert token.expires is not None
        assert token.expires - token.created == timedelta(seconds=60)


def test_an_unnamed_key_among_several_is_not_guessed(puppet: Puppet) -> None:
    """Trying all keys would let an attacker choose."""
    first, second = curve_key(kid="a"), curve_key(kid="b")
    puppet.publish(first.export_public(as_dict=True), second.export_public(as_dict=True))
    with pytest.raises(Unauthorised, match="does not have"):
        puppet.believer().token(puppet.sign(first, {"alg": "ES256"}), LAYERS)


def test_keys_for_another_purpose_or_too_weak_are_not_believed(puppet: Puppet) -> None:
    """Encryption keys, shared secrets, short RSA keys and longer hashes: a token signed so is refused."""
    encryption = curve_key(kid="a")
    secret = jwk.JWK.generate(kty="oct", size=256, kid="b")
    short = jwk.JWK.generate(kty="RSA", size=1024, kid="c")
    longer = jwk.JWK.generate(kty="EC", crv="P-384", kid="d")
    puppet.publish(
        encryption.export_public(as_dict=True) | {"use": "enc"},
        *(key.export(as_dict=True) for key in (secret, short, longer)),
    )
    signed = [
        puppet.sign(encryption, {"alg": "ES256", "kid": "a"}),
        puppet.sign(secret, {"alg": "HS256", "kid": "b"}),
        puppet.sign(short, {"alg": "RS256", "kid": "c"}),
        puppet.sign(longer, {"alg": "ES384", "kid": "d"}),
    ]
    for token in signed:
        with pytest.raises(Unauthorised):
            puppet.believer().token(token, LAYERS)


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"exp": None}, "lacks"),
        ({"sub": None}, "lacks"),
        ({"aud": None}, "lacks"),
        ({"iss": None}, "lacks"),
        ({"nbf": 4_000_000_000}, "not valid yet"),
        ({"iat": 4_000_000_000}, "not valid yet"),
        ({"aud": ["other", "another"]}, "another system"),
        ({"exp": float("inf")}, "can't be read"),
        ({"exp": "soon"}, "can't be read"),
        ({"sub": 7}, "can't be read"),
    ],
    ids=str,
)
def test_claims_that_will_not_do(puppet: Puppet, claims: dict[str, Any], word: str) -> None:
    """Each is told for what it is."""
    key = curve_key(kid="a")
    puppet.publish(key.export_public(as_dict=True))
    with pytest.raises(Unauthorised, match=word):
        puppet.believer().token(puppet.sign(key, {"alg": "ES256", "kid": "a"}, **claims), LAYERS)


@pytest.mark.parametrize("roles", [None, 7, {"auditor": True}, [["auditor"]], "", [], ["anonymous"], ["registrar.x"]])
def test_roles_that_are_none(puppet: Puppet, roles: object) -> None:
    """A claim of another shape, or of roles that no token has, gives no role."""
    key = curve_key(kid="a")
    puppet.publish(key.export_public(as_dict=True))
    with pytest.raises(Forbidden):
        puppet.believer().token(puppet.sign(key, {"alg": "ES256", "kid": "a"}, roles=roles), LAYERS)


def test_a_token_for_ever_is_believed_to_the_end_of_the_calendar(puppet: Puppet) -> None:
    """How long its tokens live is the issuer's to say."""
    key = curve_key(kid="a")
    puppet.publish(key.export_public(as_dict=True))
    token = puppet.believer().token(puppet.sign(key, {"alg": "ES256", "kid": "a"}, exp=1e300, iat=-1e300), LAYERS)
    assert token.expires is not None
    assert (token.expires.year, token.created.year) == (9999, 1970)


def test_a_name_can_not_forge_a_line_of_the_log(puppet: Puppet) -> None:
    """Line breaks are gone, the subject stays, and it is not too long."""
    key = curve_key(kid="a")
    puppet.publish(key.export_public(as_dict=True))
    named = puppet.sign(key, {"alg": "ES256", "kid": "a"}, preferred_username="A. Registrar\n\u202e x")
    assert puppet.believer().token(named, LAYERS).name == "A. Registrar   x (7)"


@pytest.mark.parametrize("fault", ["another issuer", "redirected", "no json", "no object", "no keys", "file", "far"])
def test_an_issuer_that_makes_no_sense_is_as_good_as_silent(puppet: Puppet, fault: str) -> None:
    """Keys come from the address that was configured, over a safe way, as the standard has it, or not at all."""
    key = curve_key(kid="a")
    token = puppet.sign(key, {"alg": "ES256", "kid": "a"})
    puppet.publish(key.export_public(as_dict=True))
    documents = puppet.documents
    if fault == "another issuer":
        puppet.publish(key.export_public(as_dict=True), issuer="https://elsewhere.example")
    elif fault in {"file", "far"}:
        puppet.publish(issuer=puppet.url, jwks_uri={"file": "file:///etc/passwd", "far": "http://192.0.2.1/"}[fault])
    elif fault == "no keys":
        documents["/keys"] = {"keys": "none"}
    else:
        documents["/other"] = documents["/keys"]
        documents["/keys"] = {"redirected": "/other", "no json": b"<html>", "no object": [1]}[fault]
    with pytest.raises(IssuerSilent):
        puppet.believer().token(token, LAYERS)


def test_unknown_keys_do_not_make_the_issuer_busy(puppet: Puppet) -> None:
    """A hundred tokens with invented keys lead to one question more, not to a hundred."""
    key = curve_key(kid="a")
    puppet.publish(key.export_public(as_dict=True))
    believer = puppet.believer()
    believer.token(puppet.sign(key, {"alg": "ES256", "kid": "a"}), LAYERS)
    for number in range(100):
        with pytest.raises(Unauthorised):
            believer.token(puppet.sign(key, {"alg": "ES256", "kid": f"invented-{number}"}), LAYERS)
    assert puppet.asked <= 2 * 2


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"QALA_OIDC_ISSUER": "https://login.example"}, "QALA_OIDC_AUDIENCE"),
        ({"QALA_OIDC_ISSUER": "http://login.example", "QALA_OIDC_AUDIENCE": "qala"}, "https"),
        ({"QALA_OIDC_ISSUER": "login.example", "QALA_OIDC_AUDIENCE": "qala"}, "https"),
        (
            {"QALA_OIDC_ISSUER": "https://a.example", "QALA_OIDC_AUDIENCE": "q", "QALA_OIDC_ROLES": "a=king"},
            "QALA_OIDC_ROLES",
        ),
    ],
)
def test_a_wrong_configuration_is_told(environment: dict[str, str], word: str) -> None:
    """The operator hears what is missing."""
    with pytest.raises(BadRequest, match=word):
        configured(environment)


def test_configuration() -> None:
    """Nothing is believed unless an issuer is named; roles of the issuer's own names are mapped, dots and all."""
    assert configured({}) is None
    environment = {
        "QALA_OIDC_ISSUER": "https://login.example/realms/city",
        "QALA_OIDC_AUDIENCE": "qala",
        "QALA_OIDC_ROLE_CLAIM": "https://login.example/roles",
        "QALA_OIDC_ROLES": "land-clerk = registrar.land, notaries=notary,",
    }
    issuer = configured(environment)
    assert issuer is not None
    assert issuer.roles == {"land-clerk": "registrar.land", "notaries": "notary"}
    claims = {"https://login.example/roles": ["notaries", "land-clerk"]}
    assert issuer._role(claims, LAYERS, "notary") == "notary"
