"""Refusals as OWS exception reports (OGC 06-121r3, clause 8; WFS 2.0, 7.5)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

from fastapi import Response
from lxml import etree
from lxml.builder import ElementMaker

from gis.errors import BadRequest, QalaError
from gis.text import Language, Text

OWS: Final = "http://www.opengis.net/ows/1.1"
XML: Final = "application/xml"
ALLOWED: Final = "GET, HEAD, OPTIONS"

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEMA: Final = f"{OWS} http://schemas.opengis.net/ows/1.1.0/owsAll.xsd"

_CODE_BY_STATUS: Final = {
    400: "InvalidParameterValue",
    404: "NotFound",
    410: "NotFound",
    422: "OperationProcessingFailed",
}


class WfsRefusal(BadRequest):
    """A request that breaks WFS 2.0; ``ows_code`` is the standard's name for it."""

    code = "wfs-request"
    ows_code: ClassVar[str] = "InvalidParameterValue"


class InvalidParameterValue(WfsRefusal):
    """A parameter with a value that it can't have."""


class MissingParameterValue(WfsRefusal):
    """A parameter that the operation can't do without."""

    ows_code = "MissingParameterValue"


class VersionNegotiationFailed(WfsRefusal):
    """The client speaks no version that the service speaks."""

    ows_code = "VersionNegotiationFailed"


class OperationParsingFailed(WfsRefusal):
    """A filter or a body that is no well-formed, harmless XML."""

    ows_code = "OperationParsingFailed"


class OperationNotSupported(WfsRefusal):
    """An operation or a request method that the service does not have."""

    ows_code = "OperationNotSupported"
    status = 501


class MethodNotAllowed(OperationNotSupported):
    """Another request method than GET."""

    status = 405


class OptionNotSupported(WfsRefusal):
    """An optional part of the standard that the service does not have."""

    ows_code = "OptionNotSupported"
    status = 501


@contextmanager
def located(parameter: str) -> Iterator[None]:
    """Name the parameter at fault in any refusal raised inside."""
    try:
        yield
    except QalaError as error:
        error.data.setdefault("parameter", parameter)
        raise


def unknown_value(parameter: str, value: str, allowed: str) -> InvalidParameterValue:
    """Return the refusal of a value, with what would be right."""
    text = _UNKNOWN_VALUE.filled(parameter=parameter, value=value[:200], allowed=allowed)
    return InvalidParameterValue(text, parameter=parameter, value=value[:200])


def missing(parameter: str, example: str) -> MissingParameterValue:
    """Return the refusal of a request that lacks a parameter."""
    return MissingParameterValue(_MISSING.filled(parameter=parameter, example=example), parameter=parameter)


def exception_code(error: QalaError) -> str:
    """Return the OWS name of a refusal."""
    if isinstance(error, WfsRefusal):
        return error.ows_code
    return _CODE_BY_STATUS.get(error.status, "NoApplicableCode")


def exception_report(error: QalaError, language: Language) -> Response:
    """Return an exception report: the standard's code, the parameter at fault as locator, the text in one language."""
    ows = ElementMaker(namespace=OWS, nsmap={"ows": OWS, "xsi": _XSI})
    exception = ows.Exception(ows.ExceptionText(_harmless(error.in_language(language))))
    exception.set("exceptionCode", exception_code(error))
    if locator := error.data.get("parameter"):
        exception.set("locator", _harmless(str(locator)))
    report = ows.ExceptionReport(exception, version="2.0.0")
    report.set(_XML_LANG, language)
    report.set(f"{{{_XSI}}}schemaLocation", _SCHEMA)
    body = etree.tostring(report, xml_declaration=True, encoding="UTF-8")
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == 405:
        headers["Allow"] = ALLOWED
    return Response(body, status_code=error.status, media_type=XML, headers=headers)


def _harmless(text: str) -> str:
    """Leave out what XML 1.0 can't carry; a refusal may quote anything."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


_UNKNOWN_VALUE = Text(
    kk="{parameter} параметрінің «{value}» мәні жарамсыз. Дұрысы: {allowed}.",
    ru="Значение «{value}» параметра {parameter} не годится. Верно: {allowed}.",
    en="The parameter {parameter} can't be '{value}'. Right would be: {allowed}.",
)
_MISSING = Text(
    kk="{parameter} параметрі жетіспейді, мысалы: {example}.",
    ru="Не хватает параметра {parameter}, например: {example}.",
    en="The parameter {parameter} is missing; for example: {example}.",
)
