"""Where the service is to the world outside: the address that links in its answers begin with."""

import os
from urllib.parse import urlsplit

from starlette.requests import Request

from gis.errors import BadRequest
from gis.text import Text

PUBLIC_URL = "QALA_PUBLIC_URL"
"""Environment variable that names the address under which a proxy offers the service, path and all."""


def public_url() -> str | None:
    """Return the public address that the environment names, without a slash at its end.

    Raises:
        BadRequest: it is no http or https URL, or has a query.
    """
    named = os.environ.get(PUBLIC_URL, "").strip().rstrip("/")
    if not named:
        return None
    parts = urlsplit(named)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise BadRequest(_NO_URL.filled(name=PUBLIC_URL, value=named[:200]))
    return named


def origin(request: Request) -> str:
    """Return what stands before a path of the service: the public address, else where the request came in."""
    public: str | None = getattr(request.app.state, "public_url", None)
    return public or f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"


def path(request: Request) -> str:
    """Return the path asked for, below the :func:`origin`."""
    return request.url.path.removeprefix(request.scope.get("root_path", ""))


_NO_URL = Text(
    kk="{name}=«{value}» мекенжай емес; дұрысы, мысалы: https://map.example.kz/qala.",
    ru="{name}=«{value}» — не адрес; верно, например: https://map.example.kz/qala.",
    en="{name}='{value}' is no address; right would be, for example, https://map.example.kz/qala.",
)
