"""Ways found for a question: from place to place, through others on the way, and other ways beside the best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import numpy as np

from api.routing.asked import Question, told_on_globe
from api.routing.bodies import RouteBody
from api.routing.places import Place
from gis.errors import BadRequest
from gis.text import Text
from routing.alternatives import alternatives
from routing.metric import Metric
from routing.network import INF, Graph
from routing.profile import Profile
from routing.route import Route, Snapped
from routing.router import Avoid
from routing.snapping import terminals

NOTHING: Final = 0.001
"""Metres that are no piece of a way."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        places: that were asked for: start, places on the way, end.
        routes: the best first.
        legs: of the best, one for each stretch between places.
        profile: who moves; avoid: what is not passed; metric: what ways cost.
    """

    places: Sequence[Place]
    routes: Sequence[Route]
    legs: Sequence[Route]
    profile: Profile
    avoid: Avoid
    metric: Metric


def found_ways(question: Question, body: RouteBody, leaving: datetime | None = None) -> Found:
    """Return the ways that a body asks for.

    Args:
        question: whom it is put to, and when.
        body: from where to where, and how.
        leaving: when to set off, where it is not as the question says.

    Raises:
        BadRequest: other ways are wanted beside one through given places.
        QalaError: as the router: off the network, unreachable.
    """
    if body.alternatives and body.via:
        raise BadRequest(_NO_OTHERS, parameter="alternatives")
    profile, avoid = body.mover(), question.avoid(body.avoid)
    departure = leaving or question.departure
    places = question.places.many([body.start, *body.via, body.end], "places")
    metric = question.metric(profile, avoid)
    if body.preference == "shortest":
        metric = shortest(question.graph, metric)
    snapped = question.snapped(places, metric, "places")
    legs: list[Route] = []
    for start, end in pairwise(snapped):
        legs.append(_leg(question, metric, profile, (start, end), departure))
        departure += timedelta(seconds=legs[-1].seconds)
    best = joined(legs)
    others = _others(question, metric, best, body.alternatives) if body.alternatives else []
    return Found(places, [best, *others], legs, profile, avoid, metric)


def joined(legs: Sequence[Route]) -> Route:
    """Return consecutive ways as one, without pieces of no length: a place at a junction lies on each of its ways."""
    first, last = legs[0], legs[-1]
    pieces = tuple(piece for leg in legs for piece in leg.pieces if piece.length > NOTHING or piece.delay)
    cost, access = sum(leg.cost for leg in legs), sum(leg.access for leg in legs)
    return replace(first, end=last.end, cost=cost, pieces=pieces, access=access)


def shortest(graph: Graph, metric: Metric) -> Metric:
    """Return a metric that minimises metres [mm] over what another one passes; how long it takes stays the same."""
    lengths = np.maximum(np.rint(np.repeat(graph.length, 2) * 1000), 1)
    weights = np.where(metric.weights < INF, np.minimum(lengths, INF - 1), INF).astype(np.uint32)
    turns = np.where(metric.turns < INF, 0, INF).astype(np.uint32)
    return Metric(
        metric.skeleton,
        weights,
        metric.seconds,
        metric.delays,
        turns=turns,
        approach=metric.approach,
        by_time=False,
    )


def _leg(
    question: Question, metric: Metric, profile: Profile, ends: tuple[Snapped, Snapped], departure: datetime
) -> Route:
    with told_on_globe(question.city):
        return question.desk.router.joined(question.graph, metric, profile, *ends, departure)


def _others(question: Question, metric: Metric, best: Route, count: int) -> list[Route]:
    graph, router = question.graph, question.desk.router
    starts, ends = terminals(graph, metric, best.start), terminals(graph, metric, best.end, reverse=True)
    found = alternatives(graph, metric, starts, ends, count=count)[1:]
    others = [
        joined([router.tell(graph, metric, best.profile, best.start, best.end, best.departure, each.found)])
        for each in found
    ]
    return sorted(others, key=lambda each: each.cost)


_NO_OTHERS = Text(
    kk="Аралық орындар (via) берілсе, балама жолдар (alternatives) ұсынылмайды; біреуін алып тастаңыз.",
    ru="Если заданы промежуточные места (via), другие пути (alternatives) не предлагаются; уберите одно из двух.",
    en="Where places on the way (via) are given, no alternatives are offered; leave out one of the two.",
)
