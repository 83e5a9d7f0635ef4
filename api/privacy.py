"""What no shared cache may keep: answers with a draft in them, which a token or a link opened."""

from collections.abc import MutableMapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PRIVATE: Final = "private, no-cache"


class DraftsArePrivate:
    """Marks every answer about a draft, in whichever interface and spelling it is named."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http" or not _is_about_drafts(scope):
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                _mark(message)
            await send(message)

        await self._app(scope, receive, marked)


def _is_about_drafts(scope: Scope) -> bool:
    return b"draft" in scope["query_string"].lower() or scope["path"].startswith("/drafts")


def _mark(message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(raw=message["headers"])
    if "no-store" not in headers.get("cache-control", ""):
        headers["Cache-Control"] = _PRIVATE
    if "authorization" not in headers.get("vary", "").lower():
        headers.add_vary_header("Authorization")
    message["headers"] = headers.raw
