"""``/routing/profiles`` and ``/routing/route``: who may move, and the way that is best for whom."""

from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from api.ogc.request import only
from api.origin import origin
from api.problems import language_of
from api.routing.asked import Question, asked, told_profile
from api.routing.bodies import RouteBody
from api.routing.finding import found_ways
from api.routing.forms import ATTACHED, TYPES, form_of, require_room
from api.routing.given import ENDS, HasEnds, IsMoving, answering
from api.routing.telling import written
from api.routing.work import Tell, worked
from data.exports.documents.route_words import MOVERS
from routing.presets import PRESETS

router = APIRouter()

FORMS: Final = ("json", "geojson", "ndjson", "text", "ssml", "gpkg", "fgb", "gpx", "kml", "fit", "pdf")

_Others = Annotated[int, Query(alias="alternatives", ge=0, le=5, description="How many other ways are wanted.")]
_Parts = Annotated[
    Literal["routes", "pieces"] | None,
    Query(description="Whether a layer has a feature for each route, or for each way; GeoPackage has both, of one."),
]


@router.get("/profiles")
def profiles(request: Request) -> Response:
    """Who may move: the presets with their limits, delays and speeds, titled in the asker's language."""
    only(request, ("f",))
    form_of(request, "json")
    language = language_of(request)
    listed = [{**told_profile(each), "title": MOVERS[name].in_language(language)} for name, each in PRESETS.items()]
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return JSONResponse({"profiles": listed}, headers=headers)


@router.get("/route", **answering(*FORMS))
async def route(
    request: Request, ends: HasEnds, moving: IsMoving, alternatives: _Others = 0, parts: _Parts = None
) -> Response:
    """The best way from one place to another, on any date, told and drawn."""
    asked(request, *ENDS, "alternatives", "parts")
    return await _worked(request, ends.body(moving, alternatives=alternatives), parts)


@router.post("/route", **answering(*FORMS))
async def route_of(request: Request, body: RouteBody, parts: _Parts = None) -> Response:
    """The same, with limits of one's own, places to avoid and to pass through."""
    asked(request, "parts")
    return await _worked(request, body, parts)


async def _worked(request: Request, body: RouteBody, parts: str | None) -> Response:
    form = form_of(request, *FORMS)
    require_room(form, body.alternatives, parts)
    return await worked(request, partial(_route, request, body, form, parts), form)


def _route(request: Request, body: RouteBody, form: str, parts: str | None, tell: Tell) -> Response:
    question = Question.of(request, tell, body.departure, body.crs)
    found = found_ways(question, body)
    content = written(question, found, "json" if form == "ndjson" else form, parts, _link(request))
    headers = {"Content-Disposition": f'attachment; filename="route.{form}"'} if form in ATTACHED else None
    return Response(content, headers=headers, media_type=TYPES["json" if form == "ndjson" else form])


def _link(request: Request) -> str:
    """Return where a way can be asked for again; nothing for one that was asked for in a body."""
    if request.method != "GET":
        return ""
    return f"{origin(request)}{request.url.path}?{request.url.remove_query_params('f').query}"
