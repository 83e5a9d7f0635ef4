"""A real OpenID Connect issuer in a process of its own: Django OAuth Toolkit over SQLite; groups are roles."""

import base64
import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_ROOT = Path(__file__).parents[2]
_BACK = "http://127.0.0.1:1/back"
PASSWORD = "correct horse battery staple"


def new_key() -> str:
    """Return a new RSA key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def secret_of(client: str) -> str:
    """Return a client's secret, long enough to sign with."""
    return f"the secret of {client}, long enough for HS256"


def free_port() -> int:
    """Return a loopback port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class LocalIssuer:
    """A running issuer; its clients are ``qala`` (RS256), ``other`` (RS256) and ``shared`` (HS256)."""

    port: int

    @property
    def url(self) -> str:
        """The issuer as its tokens name it."""
        return f"http://127.0.0.1:{self.port}/o"

    def token(self, user: str, client: str = "qala") -> str:
        """Log a user in, let him grant a client access (authorization code with PKCE), and return the ID token."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": _BACK,
            "scope": "openid profile",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20.0) as browser:
            browser.get("/login")
            form = {"username": user, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            assert browser.post("/login", data=form).status_code == 302
            granted = browser.get("/o/authorize/", params=asked)
            code = parse_qs(urlsplit(granted.headers["Location"]).query)["code"][0]
            given = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK, "code_verifier": verifier}
            answer = browser.post("/o/token/", data=given, auth=(client, secret_of(client)))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id_token"])


@contextmanager
def issuing(
    folder: Path,
    users: Mapping[str, Sequence[str]],
    keys: Sequence[str],
    *,
    port: int | None = None,
    lifetime: int = 3600,
) -> Iterator[LocalIssuer]:
    """Run an issuer for a while.

    Args:
        folder: for its database.
        users: their names and groups.
        keys: PEM; the first signs, the others are published beside it.
        port: where it listens; a free one where not given.
        lifetime: seconds for which its tokens are good.
    """
    told = {
        "database": str(folder / f"issuer-{secrets.token_hex(4)}.sqlite"),
        "port": port or free_port(),
        "users": {name: list(groups) for name, groups in users.items()},
        "keys": list(keys),
        "lifetime": lifetime,
    }
    command = [sys.executable, "-W", "ignore", "-c", "from tests.api.issuer import main; main()"]
    with subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    ) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("the issuer under test did not start")
            yield LocalIssuer(int(str(told["port"])))
        finally:
            process.terminate()
            process.wait(20)


def main() -> None:
    """Be that process: read what to be from standard input, say when ready, serve until terminated."""
    told = json.loads(sys.stdin.readline())
    _configure(told)
    _found(told["users"])
    import uvicorn  # noqa: PLC0415  (Django wants its settings first)
    from django.core.asgi import get_asgi_application  # noqa: PLC0415

    listener = socket.create_server(("127.0.0.1", told["port"]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    uvicorn.run(get_asgi_application(), fd=listener.fileno(), log_level="error", lifespan="off")


def _configure(told: Mapping[str, Any]) -> None:
    import django  # noqa: PLC0415  (only this process needs it)
    from django.conf import settings  # noqa: PLC0415

    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.api.issuer_urls",
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": told["database"]}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [("django.template.loaders.locmem.Loader", {"login.html": "{% csrf_token %}{{ form }}"})]
                },
            }
        ],
        LOGIN_URL="/login",
        LOGIN_REDIRECT_URL="/",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": told["keys"][0],
            "OIDC_RSA_PRIVATE_KEYS_INACTIVE": told["keys"][1:],
            "ID_TOKEN_EXPIRE_SECONDS": told["lifetime"],
            "SCOPES": {"openid": "who you are", "profile": "your name and roles"},
            "OAUTH2_VALIDATOR_CLASS": "tests.api.issuer_urls.RolesInTokens",
        },
    )
    django.setup()


def _found(users: Mapping[str, Sequence[str]]) -> None:
    """Make the tables, the users with their groups, and the clients."""
    from django.contrib.auth.models import Group, User  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from oauth2_provider.models import Application  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    for name, groups in users.items():
        user = User.objects.create_user(name, password=PASSWORD)
        user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    for client, algorithm in (("qala", "RS256"), ("other", "RS256"), ("shared", "HS256")):
        Application.objects.create(
            name=client,
            client_id=client,
            client_secret=secret_of(client),
            hash_client_secret=algorithm == "RS256",
            client_type="confidential",
            authorization_grant_type="authorization-code",
            redirect_uris=_BACK,
            skip_authorization=True,
            algorithm=algorithm,
        )
