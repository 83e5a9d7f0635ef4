"""Reading the real-estate cadastre: passport, extract, certificate of absence and story of a unit, by its number."""

from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from psycopg import Connection

from api.drafts.asked import PARAMETER, overlay_of, refuse_draft
from api.ogc.request import only
from api.problems import language_of
from api.real_estate.copies import TIMES, answered, instant_of, issuer_of, told, wants_json
from api.real_estate.story_page import story_page
from api.tokens import CONFIDENTIAL, confidant
from cadastres.real_estate.history_story import story
from cadastres.real_estate.sheets import Sight
from cadastres.real_estate.subject import find_known
from data.exports.documents.issuing import Kind, Looking, Order
from gis.errors import BadRequest
from gis.instant import read_head, settle
from gis.register import Register
from gis.text import Text

router = APIRouter()

_DISCLOSURE: Final = ("disclosure", "reason")
_ABSENT: Final[dict[str, Kind]] = {"encumbrances": "absence.encumbrances", "rights": "absence.rights"}

Number = Annotated[
    str, Path(max_length=80, description="Number of a unit, parcel, building or premises, in any spelling.")
]


@router.get("/units/{number:path}/passport")
def passport(request: Request, number: Number) -> Response:
    """The technical passport as of any date: PDF as issued, or its content as JSON, which may be that of a draft."""
    return _document(request, "passport", number)


@router.get("/units/{number:path}/extract")
def extract(request: Request, number: Number) -> Response:
    """An extract of the register: what the unit is and what is registered on it."""
    return _document(request, "extract", number)


@router.get("/units/{number:path}/absence")
def absence(
    request: Request,
    number: Number,
    of: Annotated[Literal["encumbrances", "rights"], Query(description="Of what: encumbrances, or rights as well.")] = (
        "encumbrances"
    ),
) -> Response:
    """A certificate that no encumbrances, or no rights either, are registered; 409 where there are some."""
    refuse_draft(request)
    only(request, ("of", "f", *TIMES))
    return _given(
        request, Order(kind=_ABSENT[of], number=number, instant=instant_of(request), language=language_of(request))
    )


def _document(request: Request, kind: Kind, number: str) -> Response:
    only(request, ("f", *TIMES, PARAMETER, *_DISCLOSURE))
    if not wants_json(request):
        refuse_draft(request)
    order = Order(
        kind=kind,
        number=number,
        instant=replace(instant_of(request), draft=overlay_of(request)),
        language=language_of(request),
        looking=_looking(request),
    )
    return _given(request, order)


def _given(request: Request, order: Order) -> Response:
    issuer = issuer_of(request)
    if wants_json(request):
        return told(request, issuer.content(order), confidential=order.looking is not None)
    return answered(request, issuer.issue(order))


def _looking(request: Request) -> Looking | None:
    """Return how persons may be seen, ``None`` where that is not asked for.

    Raises:
        Unauthorised: full disclosure without a token.
        Forbidden: a role that sees no persons.
        BadRequest: no reason, or another disclosure than there is.
    """
    asked = request.query_params.get("disclosure", "public")
    if asked not in {"public", "full"}:
        raise BadRequest(_NO_DISCLOSURE.filled(value=asked[:40]), parameter="disclosure")
    return confidant(request).at_unit if asked == "full" else None


@router.get("/units/{number:path}/story")
def unit_story(
    request: Request, number: Number, order: Annotated[Literal["legal", "recorded"], Query()] = "legal"
) -> Response:
    """The history of a unit as one story, on both axes of time: JSON, or a page to read."""
    only(request, ("f", "order", *TIMES, *_DISCLOSURE))
    register: Register = request.app.state.register
    looking = _looking(request)
    with register.reading() as connection:
        reading = settle(instant_of(request), read_head(connection))
        subject = find_known(connection, number, reading, register.profile)
    with _opened(register, looking, subject.number) as connection:
        sight = Sight(connection, reading, register.profile)
        content = story(sight, subject, "public" if looking is None else "full", order)
    return _shown(request, content, confidential=looking is not None)


def _opened(register: Register, looking: Looking | None, number: str) -> AbstractContextManager[Connection]:
    return register.reading() if looking is None else looking(number)


def _shown(request: Request, content: dict[str, Any], *, confidential: bool) -> Response:
    form = request.query_params.get("f")
    if form not in {None, "json", "html"}:
        raise BadRequest(_NO_FORM.filled(form=str(form)[:40]), parameter="f")
    if form == "html" or (form is None and "text/html" in request.headers.get("accept", "")):
        headers = CONFIDENTIAL if confidential else {"Vary": "Accept, Accept-Language"}
        return HTMLResponse(story_page(request, content), headers=headers)
    return told(request, content, confidential=confidential)


_NO_DISCLOSURE: Final = Text(
    kk="disclosure=«{value}» мәні жоқ; мыналар бар: public (дербес деректерсіз), full (құқық ұстаушылармен).",
    ru="Значения disclosure=«{value}» нет; есть: public (без персональных данных), full (с правообладателями).",
    en="There is no disclosure='{value}'; there are: public (no personal data), full (with the holders).",
)
_NO_FORM: Final = Text(
    kk="f=«{form}» түрі жоқ; мыналар бар: json, html.",
    ru="Вида f=«{form}» нет; есть: json, html.",
    en="There is no form f='{form}'; there are: json, html.",
)
