"""Refusals over HTTP: problem details (RFC 9457) in the asker's language."""

import json
import logging
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.logs import DATABASE
from api.ogc.links import HTML, Address
from api.ogc.pages_html import Pages
from api.ogc.request import is_for_browser
from api.plain import encoder
from api.unreadable import faults
from api.violations import violation_documents
from gis.crs import System
from gis.errors import BadRequest, NotFound, QalaError, RuleBroken, Unavailable
from gis.profile import CityProfile
from gis.register import Register
from gis.text import LANGUAGES, Language, Text, preferred_language

MEDIA_TYPE: Final = "application/problem+json"

_log = logging.getLogger(__name__)
_database = logging.getLogger(DATABASE)
_OWN: Final = frozenset({"type", "title", "status", "detail", "code"})


def language_of(request: Request) -> Language:
    """Return the asker's language: ``lang``, else ``Accept-Language``."""
    asked = request.query_params.get("lang")
    for language in LANGUAGES:
        if asked == language:
            return language
    return preferred_language(request.headers.get("accept-language"))


def problem(error: QalaError, language: Language, status: int | None = None, system: System = 4326) -> Response:
    """Return a refusal as problem details: RFC 9457's members, the refusal's stable code, and its facts.

    Args:
        error: the refusal.
        language: of title and detail.
        status: where it is not the refusal's own.
        system: the city's, in which geometries among the facts are.
    """
    number = status or error.status
    members = _members(error, language, number)
    headers = {"Content-Language": language, "Vary": _VARY, **_headers(number, error)}
    body = json.dumps(members, ensure_ascii=False, default=encoder(system)).encode(errors="backslashreplace")
    return Response(body, number, headers, MEDIA_TYPE)


def _members(error: QalaError, language: Language, status: int) -> dict[str, Any]:
    members: dict[str, Any] = {
        "type": f"urn:qala:problem:{error.code}",
        "title": _title(error, language, status),
        "status": status,
        "detail": error.in_language(language),
        "code": error.code,
    }
    return members | {name: value for name, value in error.data.items() if name not in _OWN}


def _title(error: QalaError, language: Language, status: int) -> str:
    title = _OWN_TITLES.get(error.code) or _TITLES.get(status)
    return HTTPStatus(status).phrase if title is None else title.in_language(language)


def _answer(request: Request, error: QalaError, status: int | None = None) -> Response:
    """Return a refusal as a page to a browser, as problem details to anybody else."""
    profile: CityProfile = request.app.state.register.profile
    language = language_of(request)
    if request.method not in {"GET", "HEAD"} or not is_for_browser(request):
        return problem(error, language, status, profile.system)
    number = status or error.status
    page = Pages(profile).document("error", _members(error, language, number), Address.of(request), language)
    headers = {"Content-Language": language, "Vary": _VARY, **_headers(number, error)}
    return Response(page.encode(errors="backslashreplace"), number, headers, HTML)


_VARY: Final = "Accept, Accept-Language"
_HEADERS: Final = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


def _headers(status: int, error: QalaError) -> dict[str, str]:
    """Return what else a refusal's header says: when to come again, if it knows."""
    wait = error.data.get("retry_after")
    return _HEADERS.get(status, {}) if wait is None else {"Retry-After": str(wait)}


async def refused(request: Request, error: Exception) -> Response:
    """Answer a refusal; what rules found is told in the asker's language, its places in longitude and latitude."""
    if not isinstance(error, QalaError):
        raise error
    if isinstance(error, Unavailable):  # its text is the database's own and may name machines
        return await unreachable(request, error)
    if isinstance(error, RuleBroken) and "violations" in error.data:
        register: Register = request.app.state.register
        found, system = error.data["violations"], register.profile.system
        error.data["violations"] = violation_documents(found, register.rules, language_of(request), system)
        error.data.pop("statements", None)
    return _answer(request, error)


async def missing(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: an unknown path, a method that can't be used, a body it can't read."""
    if not isinstance(error, HTTPException):
        raise error
    answer = _answer(request, _framework(request, error), error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def _framework(request: Request, error: HTTPException) -> QalaError:
    if error.status_code == 404:
        return NotFound(_NO_PATH.filled(path=request.url.path[:200]))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return BadRequest(_NO_METHOD.filled(method=request.method, allowed=allowed), allowed=allowed.split(", "))
    if isinstance(error.__cause__, RecursionError):
        return BadRequest(_TOO_DEEP)
    return BadRequest(_NO_BODY)


async def invalid(request: Request, error: Exception) -> Response:
    """Answer parameters or a body that don't fit their declaration."""
    if not isinstance(error, RequestValidationError):
        raise error
    found, language = faults(error.errors()), language_of(request)
    listed = [{"parameter": place, "reason": reason.in_language(language)} for place, reason in found]
    told = {each: "; ".join(f"{place}: {reason.in_language(each)}" for place, reason in found) for each in LANGUAGES}
    told_text = Text(**{each: text[:1000] for each, text in told.items()})
    return _answer(request, BadRequest(_UNREADABLE.filled(told=told_text), errors=listed))


async def unreachable(request: Request, error: Exception) -> Response:
    """Answer while the database can't be reached; the log keeps the reason, the asker is told none of it."""
    _database.error("%s %s: %s", request.method, request.url.path, error)
    return _answer(request, Unavailable(NO_DATABASE))


async def broken(request: Request, error: Exception) -> Response:
    """Answer a fault of the program itself; the log has its traceback, the asker never."""
    if isinstance(error, OperationalError | PoolTimeout):
        return await unreachable(request, error)
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(request, QalaError(_FAULT))


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
NO_DATABASE = Text(
    kk="Тізілімнің дерекқоры қазір жауап бермейді; сәлден соң қайталаңыз.",
    ru="База данных регистра сейчас не отвечает; повторите чуть позже.",
    en="The register's database does not answer now; try again in a moment.",
)
_TOO_DEEP = Text(
    kk="Сұраудың денесі оқылмайды: JSON ішінде массивтер мен объектілер тым терең кірістірілген.",
    ru="Тело запроса не читается: массивы и объекты JSON вложены слишком глубоко.",
    en="The body of the request can't be read: its JSON arrays and objects are nested too deeply.",
)
_NO_BODY = Text(
    kk="Сұраудың денесі оқылмайды; ол UTF-8 кодтауындағы JSON болуы тиіс.",
    ru="Тело запроса не читается; это должен быть JSON в кодировке UTF-8.",
    en="The body of the request can't be read; it must be JSON in UTF-8.",
)
_TITLES: Final = {
    400: Text(kk="Сұрау қате", ru="Неверный запрос", en="Bad Request"),
    401: Text(kk="Токен керек", ru="Нужен токен", en="Unauthorized"),
    403: Text(kk="Рұқсат жоқ", ru="Нет разрешения", en="Forbidden"),
    404: Text(kk="Табылмады", ru="Не найдено", en="Not Found"),
    405: Text(kk="Бұл әдіс қолданылмайды", ru="Метод не годится", en="Method Not Allowed"),
    409: Text(kk="Тізіліммен қайшылық", ru="Конфликт с регистром", en="Conflict"),
    410: Text(kk="Күшінде емес", ru="Не действует", en="Gone"),
    413: Text(kk="Тым үлкен", ru="Слишком большой объём", en="Content Too Large"),
    422: Text(kk="Ережелер бұзылады", ru="Нарушены правила", en="Unprocessable Content"),
    429: Text(kk="Сұраулар тым көп", ru="Слишком много запросов", en="Too Many Requests"),
    500: Text(kk="Бағдарламаның қатесі", ru="Ошибка программы", en="Internal Server Error"),
    503: Text(kk="Қазір қолжетімсіз", ru="Сейчас недоступно", en="Service Unavailable"),
}
_OWN_TITLES: Final = {
    "off-network": Text(kk="Жақын маңда жол жоқ", ru="Рядом нет пути", en="Off the network"),
    "unreachable": Text(kk="Ол жерге жол жоқ", ru="Пути туда нет", en="Unreachable"),
    "no-tour": Text(kk="Бәрін аралап шығу мүмкін емес", ru="Обойти все места нельзя", en="No such round"),
    "uncertain-place": Text(kk="Орын анық емес", ru="Место не ясно", en="Uncertain place"),
}
_FAULT = Text(
    kk="Бағдарламада қате шықты; ол журналға жазылды.",
    ru="В программе произошла ошибка; она записана в журнал.",
    en="The program failed; the fault is in its log.",
)
