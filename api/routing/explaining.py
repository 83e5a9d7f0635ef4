"""``/routing/explain``: why a way is as it is, in the asker's language and as facts for programs."""

from collections.abc import Iterable
from itertools import chain

from fastapi import APIRouter, Request
from fastapi.responses import Response
from shapely import Point

from api.routing.answers import Document, geometry, route_document, times, totals
from api.routing.asked import Question, asked, place_on_globe
from api.routing.bodies import RouteBody
from api.routing.doors import staying
from api.routing.facts import answered
from api.routing.finding import joined
from api.routing.forms import PLAIN
from api.routing.given import ENDS, HasEnds, IsMoving, answering
from api.violations import on_globe
from gis.errors import BadRequest
from gis.text import Text
from routing.findings import Finding, findings
from routing.norms import Judgement, Norm, read_norms
from routing.reasons import doubted
from routing.route import Route
from routing.why import Asked, Explanation, Obstacle, Rejected, arcs_of, explain

router = APIRouter()


@router.get("/explain", **answering(*PLAIN))
async def explained(request: Request, ends: HasEnds, moving: IsMoving) -> Response:
    """Why this way: the quicker ones that were not taken, and the very objects that bar them."""
    asked(request, *ENDS)
    return await answered(request, ends.body(moving), way_explained, heavy=True)


@router.post("/explain", **answering(*PLAIN))
async def explained_of(request: Request, body: RouteBody) -> Response:
    """The same, with limits of one's own."""
    asked(request)
    return await answered(request, body, way_explained, heavy=True)


def way_explained(question: Question, body: RouteBody) -> Document:
    """Return why the best way that a body asks for is as it is, or why there is none.

    Raises:
        BadRequest: it asks for more than one way from start to end.
        QalaError: as the router: places off the network.
    """
    if body.via or body.alternatives or body.preference != "fastest":
        raise BadRequest(_ONE_WAY, parameter="via")
    profile, avoid = body.mover(), question.avoid(body.avoid)
    places = question.places.many([body.start, body.end], "places")
    start, end = question.barred_too(places, profile, avoid, "places")
    told = Asked(profile=profile, departure=question.departure, avoid=avoid)
    staying()
    found = explain(question.desk.router, question.graph, told, start, end, norms=norms_of(question))
    document = _document(question, found)
    if found.route is not None:
        document["route"] = route_document(joined([found.route]), question.city, places)
    return document


def norms_of(question: Question) -> tuple[Norm, ...]:
    """Return the norms in force on the map that is read."""
    router = question.desk.router
    with question.register.reading() as connection:
        return read_norms(connection, router.streets.norms, question.graph.reading)


def _document(question: Question, found: Explanation) -> Document:
    say = question.language
    knowledge = found.knowledge
    if found.refusal is not None:
        place_on_globe(found.refusal, question.city)
    return {
        **times(question.graph.reading),
        "route": None,
        "refusal": None if found.refusal is None else found.refusal.in_language(say),
        "nearest": None if found.refusal is None else found.refusal.data.get("nearest"),
        "rejected": [_rejected(question, each) for each in found.rejected],
        "unknowns": unknowns_told(question, chain.from_iterable(doubt.findings for doubt in found.doubts)),
        "knowledge": None
        if knowledge is None
        else {name: getattr(knowledge, name) for name in ("objects", "confirmed", "oldest", "newest")},
        "sentences": [sentence.in_language(say) for sentence in found.sentences],
    }


def _rejected(question: Question, each: Rejected) -> Document:
    return {
        **totals(each.route),
        "barred": each.barred,
        "sentence": each.sentence.in_language(question.language),
        "obstacles": [_obstacle(question, obstacle) for obstacle in each.obstacles],
        "geometry": geometry(each.route, question.city.system),
    }


def _obstacle(question: Question, obstacle: Obstacle) -> Document:
    return {
        **finding_told(question, obstacle.finding),
        "sentence": obstacle.sentence.in_language(question.language),
        "norms": [judgement_told(question, norm) for norm in obstacle.norms],
    }


def found_on(question: Question, route: Route) -> tuple[Finding, ...]:
    """Return what the limits of a way's profile find on it."""
    router, graph = question.desk.router, question.graph
    return findings(graph, route.profile, route.departure, router.clock, arcs_of(graph, route)[0])


def unknowns_told(question: Question, found: Iterable[Finding]) -> list[Document]:
    """Return what nobody knows among what was found on a way: each attribute once, what is made of it, and where."""
    unknown: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        if finding.unknown:
            unknown.setdefault((finding.attribute, finding.treated or "accept"), []).append(finding)
    streets = question.desk.router.streets
    return [
        {
            "attribute": attribute,
            "treated": treated,
            "sentence": doubted(streets, attribute, treated, tuple(each)).in_language(question.language),
            "objects": [_object(finding) for finding in each],
        }
        for (attribute, treated), each in unknown.items()
    ]


def _object(finding: Finding) -> Document:
    names = ("kind", "layer", "feature_id", "checked_on")
    told = {name: getattr(finding, name) for name in names}
    return {name: value for name, value in told.items() if value is not None}


def finding_told(question: Question, finding: Finding) -> Document:
    """Return what was found at one object: what it is, its value and the limit, and what becomes of it."""
    told: Document = {
        "effect": finding.effect,
        "kind": finding.kind,
        "layer": finding.layer,
        "feature_id": finding.feature_id,
        "href": f"/ogc/collections/{finding.layer}/items/{finding.feature_id}",
        "attribute": finding.attribute,
        "value": finding.value,
        "limit": finding.limit,
        "treated": finding.treated,
        "checked_on": finding.checked_on,
        "place": on_globe(Point(finding.place), question.city.system)["coordinates"],
    }
    return {name: value for name, value in told.items() if value is not None}


def judgement_told(question: Question, judged: Judgement) -> Document:
    """Return what a norm says of an object."""
    norm = judged.norm
    told: Document = {
        "cited": norm.cited.in_language(question.language),
        "statement": norm.statement.in_language(question.language),
        "attribute": norm.attribute,
        "value": judged.value,
        "at_least": norm.at_least,
        "at_most": norm.at_most,
        "verdict": judged.verdict,
        "confirmed": norm.confirmed,
        "unless": None if judged.unless is None else judged.unless.cited.in_language(question.language),
    }
    return {name: value for name, value in told.items() if value is not None}


_ONE_WAY = Text(
    kk="Түсіндіру бастан аяққа дейінгі бір ғана ең жылдам жолға беріледі; via, alternatives және preference мүшелерін "
    "алып тастаңыз.",
    ru="Объясняется один самый быстрый путь от начала до конца; уберите via, alternatives и preference.",
    en="One quickest way from start to end is explained; leave out via, alternatives and preference.",
)
