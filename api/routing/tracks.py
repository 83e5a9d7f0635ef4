"""``/routing/match`` and ``/routing/tour``: where a receiver went, and in what order to visit many stops."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final

import shapely
from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from api.routing.answers import Document, collection, dumped, ended, local, times
from api.routing.asked import Question, asked, told_on_globe
from api.routing.bodies import STANDARD, MatchBody, TourBody, made
from api.routing.doors import staying
from api.routing.facts import answered
from api.routing.forms import PLAIN, TYPES, form_of
from api.routing.given import Preset, answering
from api.routing.gpx import TYPE, Track, track_of
from api.routing.layers import vector_file
from api.routing.work import Tell, worked
from api.violations import on_globe
from gis.errors import BadRequest
from gis.text import Text
from routing.matching import Fix, Match, Stretch, match
from routing.network import Graph
from routing.tours import tour_over

router = APIRouter()

FORMS: Final = ("json", "geojson", "ndjson", "fgb", "gpkg")
_TRACK: Final = MatchBody.model_json_schema(ref_template="#/components/schemas/{model}")
del _TRACK["$defs"]  # the other bodies of this interface describe them
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _TRACK},
            TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/tour", **answering(*PLAIN))
async def tour(request: Request, body: TourBody) -> Response:
    """In what order to visit many stops so that it takes the least time."""
    asked(request)
    return await answered(request, body, _tour, heavy=True)


def _tour(question: Question, body: TourBody) -> Document:
    places = question.places.many(body.stops, "stops")
    metric = question.metric(body.mover(), question.avoid(body.avoid))
    snapped = question.snapped(places, metric, "stops")
    service = [body.service] * len(places)
    staying()
    found = tour_over(question.graph, metric, snapped, closed=body.round, first=0, service=service)
    visits = [
        {
            "stop": visit.stop,
            **ended(snapped[visit.stop], places[visit.stop], question.city.system),
            "arrival": local(question.departure + timedelta(seconds=visit.arrival), question.city),
            "departure": local(question.departure + timedelta(seconds=visit.departure), question.city),
        }
        for visit in found.visits
    ]
    facts = {"round": found.closed, "duration": round(found.seconds, 1), "exact": found.exact}
    document = {**times(question.graph.reading), "departure": local(question.departure, question.city), **facts}
    return {**document, "visits": visits}


@router.post("/match", openapi_extra=_BODY, **answering(*FORMS))
async def matched(
    request: Request,
    profile: Preset = STANDARD,
    accuracy: Annotated[float, Query(ge=1, le=100, description="Metres, one sigma, for a track in GPX.")] = 10.0,
) -> Response:
    """The likeliest way of a track, as JSON or GPX, with what of it could not be put onto ways."""
    asked(request, "profile", "accuracy")
    form = form_of(request, *FORMS)
    content = await request.body()
    given = {"profile": profile, "accuracy": accuracy}
    return await worked(request, partial(_match, request, content, given, form), form, heavy=True)


def _track(request: Request, content: bytes, given: dict[str, Any]) -> tuple[MatchBody, Track | None]:
    """Return the track of a body, and all that is known of it where it is GPX.

    Raises:
        BadRequest: neither JSON nor GPX.
        RequestValidationError: JSON that is no track.
    """
    if TYPE in request.headers.get("content-type", "") or content.lstrip()[:1] == b"<":
        track = track_of(content)
        return made(MatchBody, track=track.positions, times=track.times, **given), track
    try:
        return MatchBody.model_validate_json(content), None
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from None


def _match(request: Request, content: bytes, given: dict[str, Any], form: str, tell: Tell) -> Response:
    body, track = _track(request, content, given)
    question = Question.of(request, tell, body.departure, body.crs)
    places = question.places.many(body.track, "track")
    fixes = _fixes(question, body, [place.xy for place in places])
    if track is not None:
        fixes = [replace(fix, part=part) for fix, part in zip(fixes, track.parts, strict=True)]
    metric = question.metric(body.mover(), question.avoid(body.avoid))
    staying()
    with told_on_globe(question.city):
        found = match(question.graph, question.index, metric, fixes, body.accuracy)
    features = list(_stretches(question, found))
    if form in {"fgb", "gpkg"}:
        return Response(vector_file(features, form, "track"), media_type=TYPES[form])
    facts = {**_told(question, found), "untimed": [] if track is None else track.untimed}
    document = collection(iter(features), **times(question.graph.reading), **facts)
    return Response(dumped(document), media_type=TYPES["json" if form == "ndjson" else form])


def _fixes(question: Question, body: MatchBody, track: list[tuple[float, float]]) -> list[Fix]:
    if body.times is None:
        return [Fix(x, y) for x, y in track]
    if len(body.times) != len(track):
        raise BadRequest(_TIMES.filled(points=len(track), times=len(body.times)), parameter="times")
    moments = [question.moment(f"times.{number}", text) for number, text in enumerate(body.times)]
    return [Fix(x, y, moment) for (x, y), moment in zip(track, moments, strict=True)]


def _stretches(question: Question, found: Match) -> Iterator[Document]:
    graph = question.graph
    for number, stretch in enumerate(found.stretches):
        ways = [int(graph.feature_id[arc // 2]) for arc in stretch.arcs]
        facts = {
            "first": stretch.first,
            "last": stretch.last,
            "length": round(stretch.length, 2),
            "features": list(dict.fromkeys(ways)),
        }
        line = on_globe(_course(graph, stretch), question.city.system)
        yield {"type": "Feature", "id": number, "geometry": line, "properties": facts}


def _course(graph: Graph, stretch: Stretch) -> shapely.LineString:
    """Return the course of a stretch, cut at its two places."""
    parts = [shapely.LineString(graph.course(arc // 2, forward=arc % 2 == 0)) for arc in stretch.arcs]
    ends = [stretch.start.point, stretch.end.point]
    if not parts:
        return shapely.LineString(ends)
    if len(parts) == 1:
        begun, ended_at = (parts[0].project(shapely.Point(end)) for end in ends)
        cut = shapely.ops.substring(parts[0], begun, ended_at)
        return cut if cut.geom_type == "LineString" else shapely.LineString(ends)
    first = shapely.ops.substring(parts[0], parts[0].project(shapely.Point(ends[0])), parts[0].length)
    last = shapely.ops.substring(parts[-1], 0, parts[-1].project(shapely.Point(ends[1])))
    points = [point for part in (first, *parts[1:-1], last) for point in part.coords]
    return shapely.LineString(points)


def _told(question: Question, found: Match) -> Document:
    system = question.city.system
    return {
        "off": round(found.off, 2),
        "reordered": found.reordered,
        "fixes": [
            {
                "fix": placed.fix,
                "left": placed.left,
                "place": None
                if placed.place is None
                else on_globe(shapely.Point(placed.place.point), system)["coordinates"],
                "away": None if placed.place is None else round(placed.place.away, 2),
            }
            for placed in found.placed
        ],
        "breaks": [
            {
                "before": each.before,
                "after": each.after,
                "why": each.why,
                "metres": round(each.metres, 1),
                "seconds": each.seconds,
            }
            for each in found.breaks
        ],
    }


_TIMES = Text(
    kk="Нүктелер саны {points}, ал уақыттар саны {times}; олар тең болуы тиіс.",
    ru="Точек {points}, а моментов времени {times}; их должно быть поровну.",
    en="There are {points} points and {times} times; there must be as many of either.",
)
