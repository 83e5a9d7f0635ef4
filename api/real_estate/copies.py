"""How an issued document is answered: its file, with what it is said in headers."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from api.moments import parse_moment
from api.origin import origin
from api.problems import language_of
from api.tokens import CONFIDENTIAL, asker
from data.exports.documents.issuing import Issuer, Standing
from gis.documents import Copy, Document
from gis.errors import BadRequest, Forbidden, Unauthorised
from gis.instant import Instant
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

PDF: Final = "application/pdf"
JSON: Final = "application/json"
TIMES: Final = ("datetime", "recorded-at")


def issuer_of(request: Request) -> Issuer:
    """Return the issuer of the register's documents.

    Its links begin with the configured public address only: an issued document is kept for ever, and must not lead
    where some request happened to come in.
    """
    return Issuer(request.app.state.register, request.app.state.public_url, lambda: _admit(request))


def _admit(request: Request) -> None:
    """Let a new document be issued to whoever has a token, to others as far as the allowance goes.

    Raises:
        TooMany: nothing is left of it.
    """
    try:
        asker(request)
    except (Unauthorised, Forbidden):
        request.app.state.allowance.take()


def instant_of(request: Request) -> Instant:
    """Return the point on both axes that ``datetime`` and ``recorded-at`` name.

    Raises:
        BadRequest: one of them is no moment.
    """
    profile: CityProfile = request.app.state.register.profile
    given = [request.query_params.get(name) for name in TIMES]
    moments = [
        None if text is None else parse_moment(name, text, profile) for name, text in zip(TIMES, given, strict=True)
    ]
    return Instant(moments[0], moments[1])


def wants_json(request: Request) -> bool:
    """Tell whether the content itself is wanted: by ``f``, else by ``Accept``; otherwise the document as PDF.

    Raises:
        BadRequest: ``f`` is neither.
    """
    form = request.query_params.get("f")
    if form is None:
        accept = request.headers.get("accept", "")
        return JSON in accept and PDF not in accept
    if form not in {"pdf", "json"}:
        raise BadRequest(_NO_FORM.filled(form=form[:40]), parameter="f")
    return form == "json"


def answered(request: Request, copy: Copy) -> Response:
    """Return an issued document's file."""
    document = copy.document
    digest = base64.b64encode(document.file_hash).decode()
    headers = {
        "ETag": f'"{document.file_hash.hex()}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Content-Disposition": f'inline; filename="{document.kind}-{document.number}.pdf"',
        "Content-Language": document.language,
        "Link": f'<{href(request, document)}>; rel="describedby"',
        **(CONFIDENTIAL if document.disclosure == "full" else {"Vary": "Accept, Accept-Language"}),
    }
    return Response(copy.file, 200, headers, PDF)


def told(request: Request, content: Mapping[str, Any], *, confidential: bool) -> Response:
    """Return a content as JSON."""
    headers: dict[str, str] = {"Content-Language": language_of(request)}
    headers |= CONFIDENTIAL if confidential else {"Vary": "Accept, Accept-Language"}
    return JSONResponse(content, headers=headers)


def href(request: Request, document: Document) -> str:
    """Return where a document is described."""
    return f"{origin(request)}/documents/{document.number}"


def described(request: Request, document: Document, standing: Standing) -> dict[str, Any]:
    """Return what anybody may know of an issued document, and what it is still worth."""
    register: Register = request.app.state.register
    zone, language = register.profile.zone, language_of(request)
    return {
        "number": document.number,
        "kind": document.kind,
        "subject": {"kind": document.subject_kind, "number": document.subject_number},
        "datetime": document.valid.astimezone(zone).isoformat(),
        "recorded_at": document.recorded.astimezone(zone).isoformat(timespec="microseconds"),
        "language": document.language,
        "disclosure": document.disclosure,
        "issued": document.issued.astimezone(zone).isoformat(timespec="seconds"),
        "sha256": document.file_hash.hex(),
        "length": document.length,
        "reproduced": standing.reproduced,
        "current": standing.current,
        "statement": _statement(standing).in_language(language),
        "href": href(request, document),
    }


def _statement(standing: Standing) -> Text:
    if standing.current is None:
        return _ISSUED
    if not standing.reproduced:
        return _ALTERED
    return _CURRENT if standing.current else _OUTDATED


_ISSUED: Final = Text(
    kk="Бұл құжатты тізілім берген.", ru="Этот документ выдан регистром.", en="The register issued this document."
)
_CURRENT: Final = Text(
    kk="Бұл құжатты тізілім берген; оның жария мәліметтері бүгін де сол күйінде.",
    ru="Этот документ выдан регистром; его открытые сведения сегодня те же.",
    en="The register issued this document; what it says publicly is the same today.",
)
_OUTDATED: Final = Text(
    kk="Бұл құжатты тізілім берген; содан бері тізілім мәліметтері өзгерді, жаңа көшірмесін сұраңыз.",
    ru="Этот документ выдан регистром; с тех пор сведения регистра изменились, запросите новый.",
    en="The register issued this document; its particulars have changed since, ask for a new one.",
)
_ALTERED: Final = Text(
    kk="Бұл құжатты тізілім берген, бірақ тізілім сол сәт туралы енді басқаша айтады: тексеру (qala audit) қажет.",
    ru="Этот документ выдан регистром, но о том же моменте регистр теперь говорит иное: нужна проверка (qala audit).",
    en="The register issued this document, but now says otherwise of that moment: an audit is needed (qala audit).",
)
_NO_FORM: Final = Text(
    kk="f=«{form}» түрі жоқ; мыналар бар: pdf, json.",
    ru="Вида f=«{form}» нет; есть: pdf, json.",
    en="There is no form f='{form}'; there are: pdf, json.",
)
