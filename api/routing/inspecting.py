"""``/routing/repairs``: what to repair first, by the people whom each repair would help."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from api.routing.answers import Document, local, times
from api.routing.asked import Question, asked
from api.routing.bodies import RepairsBody
from api.routing.doors import staying
from api.routing.explaining import finding_told
from api.routing.facts import answered
from api.routing.forms import PLAIN
from api.routing.given import answering
from gis.errors import BadRequest
from gis.text import Text
from routing.network import Graph
from routing.repairs import Programme, Repair, Trip, programme
from routing.route import Snapped

router = APIRouter()


@router.post("/repairs", **answering(*PLAIN))
async def repairs(request: Request, body: RepairsBody) -> Response:
    """What to repair first: for how many people each repair would open a way, or shorten it."""
    asked(request)
    return await answered(request, body, repairs_told, heavy=True)


def repairs_told(question: Question, body: RepairsBody) -> Document:
    """Return what to repair first for the trips that a body tells of.

    Raises:
        BadRequest: it tells of none, or of homes without anywhere to go.
        QalaError: as the router: places off the network.
    """
    trips, router = _trips(question, body), question.desk.router

    def tell(step: str, share: float) -> None:
        staying()
        question.tell(step, share)

    found = programme(router, question.graph, body.mover(), question.departure, trips, most=body.most, tell=tell)
    apart = _apart(question.graph, trips)
    return {**_document(question, found), "apart": apart, "notes": _notes(question, apart)}


def _apart(graph: Graph, trips: Sequence[Trip]) -> float:
    """Return how many people go between places that no ways of the map join: no repair helps them."""
    on_map = graph.feature_id >= 0
    ends = (graph.u[on_map], graph.v[on_map])
    links = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(graph.nodes, graph.nodes))
    _, group = connected_components(links.tocsr(), directed=False)

    def parts(place: Snapped) -> set[int]:
        return {int(group[graph.u[spot.edge]]) for spot in (place, place.outward, place.inward) if spot is not None}

    return sum(trip.people for trip in trips if not any(parts(trip.start) & parts(end) for end in trip.ends))


def _notes(question: Question, apart: float) -> list[str]:
    return [_APART.filled(people=f"{apart:g}").in_language(question.language)] if apart else []


def _trips(question: Question, body: RepairsBody) -> list[Trip]:
    """Return the trips asked for, and those from each origin to the nearest destination."""
    if bool(body.origins) != bool(body.destinations) or not (body.trips or body.origins):
        raise BadRequest(_WHOSE, parameter="trips")
    named = list(chain.from_iterable((each.start, each.end) for each in body.trips))
    ends = _put(question, body, named, "trips")
    pairs = zip(body.trips, ends[::2], ends[1::2], strict=True)
    trips = [Trip(start=start, ends=(end,), people=each.people) for each, start, end in pairs]
    if body.origins:
        homes = _put(question, body, [each.place for each in body.origins], "origins")
        goals = tuple(_put(question, body, body.destinations, "destinations"))
        lived = zip(body.origins, homes, strict=True)
        trips += [Trip(start=home, ends=goals, people=each.people) for each, home in lived]
    return trips


def _put(question: Question, body: RepairsBody, places: Sequence[Any], name: str) -> list[Snapped]:
    found = question.places.many(places, name)
    return question.barred_too(found, body.mover(), question.avoid(body.avoid), name)


def _document(question: Question, found: Programme) -> Document:
    return {
        **times(question.graph.reading),
        "departure": local(question.departure, question.city),
        "people": found.people,
        "barred": found.barred,
        "measured": found.measured,
        "left": found.left,
        "repairs": [_repair(question, each) for each in found.repairs],
        "unrepairable": [finding_told(question, each) for each in found.unrepairable],
    }


def _repair(question: Question, each: Repair) -> Document:
    return {
        "opened": each.opened,
        "shortened": each.shortened,
        "saved": round(each.saved, 1),
        "sentence": each.sentence.in_language(question.language),
        "objects": [finding_told(question, finding) for finding in each.findings],
    }


_APART = Text(
    kk="Картадағы ешбір жол жалғамайтын орындар арасында жүретін адам саны: {people}; жөндеу оларға көмектеспейді, "
    "жаңа жол салу немесе жетіспейтінін картаға енгізу керек.",
    ru="Людей, чьи места не соединены никакими путями карты: {people}; ремонт им не поможет: нужен новый путь или "
    "внесение недостающего на карту.",
    en="People whose places are joined by no ways of the map: {people}; no repair helps them: a new way is needed, or "
    "one that is missing must be recorded.",
)
_WHOSE = Text(
    kk="Кімнің жолы екенін айтыңыз: trips, немесе origins пен destinations екеуі бірге.",
    ru="Скажите, чьи это пути: trips либо origins вместе с destinations.",
    en="Say whose ways these are: trips, or origins together with destinations.",
)
