"""``/routing/isochrone`` and ``/routing/nearest``: who reaches what in how long."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.routing.answers import Document, collection, dumped, ended, local, times
from api.routing.asked import FARTHEST, Question, asked, minutes_of
from api.routing.bodies import CrewBody, IsochroneBody, NearestBody, made
from api.routing.doors import staying
from api.routing.facts import answered
from api.routing.forms import PLAIN, TYPES, form_of
from api.routing.given import MOVING, IsMoving, Named, answering
from api.routing.layers import vector_file
from api.routing.places import Place
from api.routing.work import Tell, worked
from api.violations import on_globe
from gis.crs import transformer
from gis.errors import BadRequest
from gis.text import Text
from routing.isochrones import Isochrone, isochrones
from routing.matrices import costs_between
from routing.metric import Metric
from routing.nearest import Crew, nearest
from routing.network import INF
from routing.route import Snapped

router = APIRouter()

FORMS: Final = ("geojson", "json", "ndjson", "fgb", "gpkg")


@router.get("/isochrone", **answering(*FORMS))
async def isochrone(
    request: Request,
    place: Named,
    moving: IsMoving,
    minutes: Annotated[str, Query(max_length=100, description="Limits with commas between them.")] = "15",
    direction: Annotated[Literal["from", "to"], Query(description="What is reached, or who reaches it.")] = "from",
) -> Response:
    """What is reached from a place, or from where it is reached, within some minutes, as areas."""
    asked(request, "place", "minutes", "direction", *MOVING)
    limits = {"minutes": minutes_of(minutes), "direction": direction}
    return await _isochrone(request, made(IsochroneBody, place=place, **moving.members, **limits))


@router.post("/isochrone", **answering(*FORMS))
async def isochrone_of(request: Request, body: IsochroneBody) -> Response:
    """The same, with limits of one's own and places to avoid."""
    asked(request)
    return await _isochrone(request, body)


async def _isochrone(request: Request, body: IsochroneBody) -> Response:
    form = form_of(request, *FORMS)
    return await worked(request, partial(_areas, request, body, form), form, heavy=True)


def _areas(request: Request, body: IsochroneBody, form: str, tell: Tell) -> Response:
    question = Question.of(request, tell, body.departure, body.crs)
    place = question.places.one(body.place, "place")
    metric = question.metric(body.mover(), question.avoid(body.avoid))
    snapped = question.snapped([place], metric, "place")
    limits = [60.0 * each for each in body.minutes]
    found = isochrones(question.graph, metric, snapped, limits, inward=body.direction == "to")
    features = [_area(question, body, each) for each in reversed(found)]
    if form in {"fgb", "gpkg"}:
        return Response(vector_file(features, form, "isochrones"), media_type=TYPES[form])
    facts = {
        **times(question.graph.reading),
        "departure": local(question.departure, question.city),
        "place": ended(snapped[0], place, question.city.system),
    }
    document = collection(iter(features), **facts)
    return Response(dumped(document), media_type=TYPES["json" if form == "ndjson" else form])


def _area(question: Question, body: IsochroneBody, found: Isochrone) -> Document:
    facts = {
        "minutes": round(found.limit / 60, 3),
        "direction": body.direction,
        "profile": body.mover().name,
        "area": round(found.area.area, 1),
        "tolerance": round(found.tolerance, 2),
    }
    return {"type": "Feature", "geometry": on_globe(found.area, question.city.system), "properties": facts}


@router.post("/nearest", **answering(*PLAIN))
async def nearest_of(request: Request, body: NearestBody) -> Response:
    """Which crews are at a place first, or which of many places one gets to first."""
    asked(request)
    if bool(body.crews) == bool(body.candidates):
        raise BadRequest(_WHO, parameter="candidates")
    return await answered(request, body, _nearest, heavy=True)


def _nearest(question: Question, body: NearestBody) -> Document:
    metric = question.metric(body.mover(), question.avoid(body.avoid))
    place = question.places.one(body.place, "place")
    snapped = question.snapped([place], metric, "place")[0]
    head = {
        **times(question.graph.reading),
        "departure": local(question.departure, question.city),
        "place": ended(snapped, place, question.city.system),
    }
    told = _crews if body.crews else _places
    return {**head, **told(question, body, metric, snapped)}


def _crews(question: Question, body: NearestBody, metric: Metric, snapped: Snapped) -> Document:
    """Return those who come, the first first, and why others don't."""
    places = question.places.many([crew.place for crew in body.crews], "crews")
    crews = [
        Crew(key=crew.key, place=place.xy, heading=heading, way=crew.way, ready=crew.ready)
        for crew, place, heading in zip(body.crews, places, _grid(question, body.crews, places), strict=True)
    ]
    within = math.inf if body.within is None else body.within * 60
    staying()
    found = nearest(
        question.graph, question.index, metric, snapped, crews, count=body.count, within=within, limit=FARTHEST
    )
    return {
        "nearest": [
            {
                "rank": each.rank,
                "crew": each.crew.key,
                "seconds": round(each.seconds, 1),
                "turns": each.turns,
                "away": round(each.place.away, 2),
            }
            for each in found.arrivals
        ],
        "absent": [
            {
                "crew": each.crew.key,
                "reason": each.reason,
                "statement": each.statement.in_language(question.language),
            }
            for each in found.absent
        ],
    }


def _grid(question: Question, crews: Sequence[CrewBody], places: Sequence[Place]) -> list[float | None]:
    """Return headings from true north as ones from grid north: in the city's system they differ a little."""
    system = question.city.system
    xy = np.array([place.xy for place in places])
    longitude, latitude = transformer(system, 4326).transform(xy[:, 0], xy[:, 1])
    x, y = transformer(4326, system).transform(longitude, latitude + 0.001)
    turned = np.degrees(np.arctan2(x - xy[:, 0], y - xy[:, 1])).tolist()
    return [
        None if crew.heading is None else (crew.heading + angle) % 360
        for crew, angle in zip(crews, turned, strict=True)
    ]


def _places(question: Question, body: NearestBody, metric: Metric, snapped: Snapped) -> Document:
    """Return the places that one gets to first."""
    candidates = question.snapped(question.places.many(body.candidates, "candidates"), metric, "candidates")
    staying()
    costs = costs_between(question.graph, metric, [snapped], candidates)[0].tolist()
    most = INF if body.within is None else min(body.within * 60_000, INF)
    order = sorted((cost, number) for number, cost in enumerate(costs) if cost < INF and cost <= most)
    listed = [
        {"rank": rank, "candidate": number, "cost": cost / 1000, "away": round(candidates[number].away, 2)}
        for rank, (cost, number) in enumerate(order[: body.count], 1)
    ]
    return {"nearest": listed, "unreached": [number for number, cost in enumerate(costs) if cost >= INF]}


_WHO = Text(
    kk="crews немесе candidates беріңіз: біреуін ғана және бос емес.",
    ru="Задайте либо crews, либо candidates, и не пустыми.",
    en="Give either crews or candidates, and not empty.",
)
