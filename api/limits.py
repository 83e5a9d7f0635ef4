"""Bounds on what a request may carry, kept before anything is read into memory."""

import re
from collections.abc import Callable, Mapping, Sequence

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from gis.errors import QalaError, TooLarge
from gis.text import Language, Text, preferred_language

Report = Callable[[QalaError, Language], Response]

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes: a parcel of a hundred thousand vertices fits."""


class BodyLimit:
    """Refuses a body larger than :data:`LARGEST_BODY`, by its announced length or as it comes in."""

    def __init__(
        self, app: ASGIApp, reports: Mapping[str, Report], larger: Sequence[tuple[re.Pattern[str], int]] = ()
    ) -> None:
        """Keep how refusals are told at paths that have a form of their own for it, and where bodies may be larger."""
        self.app = app
        self._reports = reports
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, its body counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, most = dict(scope["headers"]), self._most(scope)
        if _announced(headers.get(b"content-length", b"0")) > most:
            await self._refuse(scope, receive, send)
            return
        counted = _Counted(receive, most)
        try:
            await self.app(scope, counted, send)
        except _Overflow:
            await self._refuse(scope, receive, send)

    def _most(self, scope: Scope) -> int:
        path = _path(scope)
        return next((most for pattern, most in self._larger if pattern.fullmatch(path)), LARGEST_BODY)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = preferred_language(dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1"))
        report, most = self._reports.get(_path(scope), problem), self._most(scope)
        answer = report(TooLarge(_TOO_LARGE.filled(most=most), most=most), language)
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)


class _Overflow(Exception):
    """More came in than was allowed."""


class _Counted:
    """Hands messages on until they are too many bytes."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._most:
            raise _Overflow
        return message


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def _announced(length: bytes) -> int:
    return int(length) if length.isdigit() else 0


_TOO_LARGE = Text(
    kk="Сұраудың денесі тым үлкен; ең көбі {most} байт.",
    ru="Тело запроса слишком велико; не больше {most} байт.",
    en="The body of the request is too large; at most {most} bytes.",
)
