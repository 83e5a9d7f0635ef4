"""Refusals over HTTP: problem details (RFC 9457) in the asker's language."""

import json
import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.violations import violation_documents
from gis.errors import BadRequest, NotFound, QalaError, RuleBroken, Unavailable
from gis.register import Register
from gis.text import LANGUAGES, Language, Text, preferred_language

MEDIA_TYPE: Final = "application/problem+json"

_log = logging.getLogger(__name__)
_OWN: Final = frozenset({"type", "title", "status", "detail", "code"})


def language_of(request: Request) -> Language:
    """Return the asker's language: ``lang``, else ``Accept-Language``."""
    asked = request.query_params.get("lang")
    for language in LANGUAGES:
        if asked == language:
            return language
    return preferred_language(request.headers.get("accept-language"))


def problem(error: QalaError, language: Language, status: int | None = None) -> Response:
    """Return a refusal as problem details: RFC 9457's members, the refusal's stable code, and its facts."""
    number = status or error.status
    members: dict[str, Any] = {
        "type": f"urn:qala:problem:{error.code}",
        "title": HTTPStatus(number).phrase,
        "status": number,
        "detail": error.in_language(language),
        "code": error.code,
    }
    members |= {name: value for name, value in error.data.items() if name not in _OWN}
    headers = {"Content-Language": language, "Vary": "Accept-Language", **_HEADERS.get(number, {})}
    body = json.dumps(members, ensure_ascii=False, default=_plain).encode(errors="backslashreplace")
    return Response(body, number, headers, MEDIA_TYPE)


_HEADERS: Final = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


async def refused(request: Request, error: Exception) -> Response:
    """Answer a refusal; what rules found is told in the asker's language, its places in longitude and latitude."""
    if not isinstance(error, QalaError):
        raise error
    language = language_of(request)
    if isinstance(error, RuleBroken) and "violations" in error.data:
        register: Register = request.app.state.register
        found, system = error.data["violations"], register.profile.system
        error.data["violations"] = violation_documents(found, register.rules, language, system)
        error.data.pop("statements", None)
    return problem(error, language)


async def missing(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: an unknown path, a method that can't be used."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404:
        return problem(NotFound(_NO_PATH.filled(path=request.url.path[:200])), language_of(request))
    allowed = (error.headers or {}).get("Allow", "")
    refusal = BadRequest(_NO_METHOD.filled(method=request.method, allowed=allowed), allowed=allowed.split(", "))
    answer = problem(refusal, language_of(request), error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def invalid(request: Request, error: Exception) -> Response:
    """Answer parameters or a body that don't fit their declaration."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = [{"parameter": _place(each["loc"]), "reason": each["msg"]} for each in error.errors()]
    told = "; ".join(f"{each['parameter']}: {each['reason']}" for each in found)
    return problem(BadRequest(_UNREADABLE.filled(told=told[:1000]), errors=found), language_of(request))


async def unreachable(request: Request, error: Exception) -> Response:
    """Answer while the database can't be reached; the log keeps the reason."""
    _log.error("%s %s: %s", request.method, request.url.path, error)
    return problem(Unavailable(_NO_DATABASE), language_of(request))


async def broken(request: Request, error: Exception) -> Response:
    """Answer a fault of the program itself; the log has its traceback, the asker never."""
    if isinstance(error, OperationalError | PoolTimeout):
        return await unreachable(request, error)
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return problem(QalaError(_FAULT), language_of(request))


def _place(location: Iterable[object]) -> str:
    return ".".join(str(part) for part in location if part not in {"query", "path", "body", "header"})


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_NO_PATH = Text(
    kk="«{path}» мекенжайында ештеңе жоқ; бастапқы бет: /ogc.",
    ru="По адресу «{path}» ничего нет; начальная страница: /ogc.",
    en="There is nothing at '{path}'; start at /ogc.",
)
_NO_METHOD = Text(
    kk="Мұнда {method} әдісі қолданылмайды; мыналар болады: {allowed}.",
    ru="Метод {method} здесь не годится; можно: {allowed}.",
    en="The method {method} can't be used here; allowed: {allowed}.",
)
_UNREADABLE = Text(
    kk="Сұрау түсініксіз: {told}.", ru="Запрос не понят: {told}.", en="The request can't be understood: {told}."
)
_NO_DATABASE = Text(
    kk="Тізілімнің дерекқоры қазір жауап бермейді; сәлден соң қайталаңыз.",
    ru="База данных регистра сейчас не отвечает; повторите чуть позже.",
    en="The register's database does not answer now; try again in a moment.",
)
_FAULT = Text(
    kk="Бағдарламада қате шықты; ол журналға жазылды.",
    ru="В программе произошла ошибка; она записана в журнал.",
    en="The program failed; the fault is in its log.",
)
