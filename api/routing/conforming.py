"""``/routing/conformity``: a way, or an area, held against the norms of accessibility on record, object by object."""

from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from shapely import Point, from_wkt, union_all

from api.origin import origin
from api.routing.answers import Document, collection, dumped, route_document, times
from api.routing.asked import Question, asked
from api.routing.bodies import RouteBody
from api.routing.explaining import judgement_told, norms_of
from api.routing.facts import answered
from api.routing.finding import found_ways
from api.routing.forms import PLAIN, TYPES, form_of
from api.routing.given import ENDS, HasEnds, IsMoving, answering
from api.routing.layers import vector_file
from api.routing.work import Tell, worked
from api.violations import on_globe
from gis.bbox import parse_bbox, storage_windows
from gis.crs import CRS84
from gis.text import Text
from routing.conformity import Held, area_conformity, route_conformity
from routing.norms import Judgement, Norm

router = APIRouter()

FORMS: Final = ("json", "geojson", "ndjson", "fgb", "gpkg")

MOST: Final = 10_000
"""Objects of an area that one answer tells of."""


@router.get("/conformity", **answering(*PLAIN))
async def conformity(request: Request, ends: HasEnds, moving: IsMoving) -> Response:
    """What of a way meets the norms of accessibility, what does not, and what is not known."""
    asked(request, *ENDS)
    return await answered(request, ends.body(moving), way_held)


@router.post("/conformity", **answering(*PLAIN))
async def conformity_of(request: Request, body: RouteBody) -> Response:
    """The same, with limits of one's own."""
    asked(request)
    return await answered(request, body, way_held)


def way_held(question: Question, body: RouteBody) -> Document:
    """Return the best way that a body asks for, with each of its objects of which a norm speaks."""
    found, norms = found_ways(question, body), norms_of(question)
    judged = route_conformity(found.routes[0], norms)
    return {
        "norms": sorted({(norm.code, norm.edition) for norm in norms}),
        "verdicts": dict(judged.counts),
        "notes": _notes(question, norms),
        "objects": [_told(question, each, each.judgements) for each in judged.held],
        "without_norm": judged.without_norm,
        "route": route_document(found.routes[0], question.city, found.places),
    }


@router.get("/conformity/area", **answering(*FORMS))
async def area(
    request: Request,
    bbox: Annotated[str | None, Query(max_length=200, description="west,south,east,north; the whole city.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many objects at a time.")] = MOST,
    offset: Annotated[int, Query(ge=0, le=2**31, description="How many of them to pass over.")] = 0,
) -> Response:
    """What in an area breaks the norms of accessibility: ramps too steep, kerbs too high, lifts out of order."""
    asked(request, "bbox", "limit", "offset")
    form = form_of(request, *FORMS)
    return await worked(request, partial(_area, request, bbox, (offset, offset + limit), form), form, heavy=True)


def _area(request: Request, bbox: str | None, page: tuple[int, int], form: str, tell: Tell) -> Response:
    question = Question.of(request, tell)
    document = area_held(question, bbox, page)
    headers = {}
    if document["next_offset"] is not None:
        there = request.url.include_query_params(offset=document["next_offset"])
        headers["Link"] = f'<{origin(request)}{there.path}?{there.query}>; rel="next"'
    if form in {"fgb", "gpkg"}:
        return Response(area_file(document, form), headers=headers, media_type=TYPES[form])
    return Response(dumped(document), headers=headers, media_type=TYPES["json" if form == "ndjson" else form])


def area_held(question: Question, bbox: str | None, page: tuple[int, int] | None = None) -> Document:
    """Return what breaks the norms in a box of longitudes and latitudes, or in the whole city, as GeoJSON.

    Args:
        question: whom it is put to, and when.
        bbox: west, south, east, north.
        page: the number of the first object wanted, and of the first that is not, the worst being 0; without it, all.
    """
    shape = None
    if bbox is not None:
        windows = storage_windows(parse_bbox(bbox, CRS84), CRS84, question.city.system)
        shape = union_all([from_wkt(window.wkt) for window in windows])
    norms = norms_of(question)
    judged = area_conformity(question.graph, question.index, shape, norms)
    broken = judged.broken
    first, end = page or (0, len(broken))
    facts = {
        **times(question.graph.reading),
        "objects": dict(judged.counts),
        "without_norm": judged.without_norm,
        "notes": _notes(question, norms),
        "numberMatched": len(broken),
        "next_offset": end if end < len(broken) else None,
    }
    return collection((_feature(question, each) for each in broken[first:end]), **facts)


def _notes(question: Question, norms: tuple[Norm, ...]) -> list[str]:
    """Return what a reader of verdicts must know: that nothing was judged, where no norms are on record."""
    return [] if norms else [_NO_NORMS.in_language(question.language)]


def area_file(document: Document, form: str) -> bytes:
    """Return what :func:`area_held` returns as ``fgb`` or ``gpkg``: of the norms, what is cited."""
    features = [{**each, "properties": _cells(each["properties"])} for each in document["features"]]
    return vector_file(features, form, "conformity")


def _cells(facts: Document) -> Document:
    plain = {name: value for name, value in facts.items() if name != "norms"}
    return plain | {"norms": "; ".join(one["cited"] for one in facts["norms"])}


def _feature(question: Question, each: Held) -> Document:
    place = on_globe(Point(each.place), question.city.system)
    facts = _told(question, each, each.wrong)
    return {"type": "Feature", "id": each.feature_id, "geometry": place, "properties": facts}


def _told(question: Question, each: Held, judgements: tuple[Judgement, ...]) -> Document:
    return {
        "kind": each.kind,
        "layer": each.layer,
        "feature_id": each.feature_id,
        "href": f"/ogc/collections/{each.layer}/items/{each.feature_id}",
        "worst": each.worst,
        "out_of_order": each.out_of_order,
        "sentence": each.sentence.in_language(question.language),
        "norms": [judgement_told(question, one) for one in judgements],
    }


_NO_NORMS: Final = Text(
    kk="Бұл күнге тізілімде қолжетімділік нормалары жоқ, сондықтан ештеңе бағаланбады.",
    ru="На эту дату в регистре нет норм доступности, поэтому ничего не оценено.",
    en="No norms of accessibility are on record for this date, so nothing was judged.",
)
