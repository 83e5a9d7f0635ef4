"""Bounds on what a request may carry, kept before anything is read into memory."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from gis.errors import TooLarge
from gis.text import Text, preferred_language

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes: a parcel of a hundred thousand vertices fits."""


class BodyLimit:
    """Refuses a body larger than :data:`LARGEST_BODY`, by its announced length or as it comes in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if _announced(headers.get(b"content-length", b"0")) > LARGEST_BODY:
            await self._refuse(scope, receive, send)
            return
        counted = _Counted(receive)
        try:
            await self.app(scope, counted, send)
        except _Overflow:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = preferred_language(dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1"))
        answer = problem(TooLarge(_TOO_LARGE.filled(most=LARGEST_BODY), most=LARGEST_BODY), language)
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)


class _Overflow(Exception):
    """More came in than was allowed."""


class _Counted:
    """Hands messages on until they are too many bytes."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > LARGEST_BODY:
            raise _Overflow
        return message


def _announced(length: bytes) -> int:
    return int(length) if length.isdigit() else 0


_TOO_LARGE = Text(
    kk="Сұраудың денесі тым үлкен; ең көбі {most} байт.",
    ru="Тело запроса слишком велико; не больше {most} байт.",
    en="The body of the request is too large; at most {most} bytes.",
)
