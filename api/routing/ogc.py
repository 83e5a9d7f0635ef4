"""OGC API - Routes - Part 1: Core (OGC 21-000, draft 1): routes below ``/ogc/routes``.

A route is named by what it is: its id holds the definition, the two points in time of the map and the departure, so
that the same id gives the same route for ever, on whichever server, and nothing is kept. Where a definition is too long
for that, the answer has no link to itself.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.drafts.asked import PARAMETER, kept
from api.ogc.links import GEOJSON, JSON, Address, Link, link
from api.ogc.request import only
from api.routing.answers import dumped
from api.routing.asked import Question
from api.routing.bodies import AvoidBody, OgcDefinition, OgcInputs, ProfileBody, RouteBody
from api.routing.exchange import route_exchanged
from api.routing.finding import Found, found_ways
from api.routing.forms import form_of
from api.routing.given import answering
from api.routing.work import Tell, desk_of, worked
from gis.errors import BadGeometry, NotFound, TooLarge
from gis.text import Text

router = APIRouter(prefix="/ogc/routes", tags=["OGC API - Routes"])

LONGEST_ID: Final = 6000
_LONGEST_DEFINITION: Final = 256 * 1024
_ROUNDS: Final = 4
"""Guesses of a departure that leads to an asked arrival; the last one stands."""

FORMS: Final = ("json", "geojson", "ndjson")

RouteId = Annotated[str, Path(max_length=LONGEST_ID, description="As a route's link has it.")]


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition with the times at which it was asked; ``None`` where it is asked now."""

    inputs: Mapping[str, Any]
    valid: str | None = None
    recorded: str | None = None
    departure: str | None = None

    @property
    def id(self) -> str | None:
        """The id of the route; ``None`` where it would be too long."""
        facts = [self.inputs, self.valid, self.recorded, self.departure]
        packed = zlib.compress(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode(), 9)
        text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
        return text if len(text) <= LONGEST_ID else None

    @classmethod
    def of(cls, route_id: str) -> "Definition":
        """Read an id.

        Raises:
            NotFound: it is none.
        """
        try:
            packed = base64.urlsafe_b64decode(route_id + "=" * (-len(route_id) % 4))
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(packed, _LONGEST_DEFINITION)
            given, valid, recorded, departure = json.loads(text)
            inputs = _stated(OgcInputs.model_validate(given))
            json.dumps(inputs, ensure_ascii=False, allow_nan=False).encode()
        except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError):
            raise NotFound(_NO_ROUTE.filled(id=route_id[:40]), route=route_id[:40]) from None
        return cls(inputs, *(None if text is None else str(text)[:40] for text in (valid, recorded, departure)))


@router.get("")
def routes(request: Request) -> Response:
    """What is to be posted here; routes are found again by their own links, so none are listed."""
    only(request, ("f",))
    form_of(request, "json")
    address = Address.of(request)
    links = [link(address.to("/routes"), "self", JSON), link(address.to("/api"), "service-desc", JSON)]
    return JSONResponse({"title": "OGC API - Routes", "links": links})


@router.post("", **answering(*FORMS))
async def compute_route(request: Request, body: OgcDefinition) -> Response:
    """Compute a route (7.3.5); the answer follows the Route Exchange Model."""
    only(request, ("f", "datetime", "recorded-at", "draft"))
    form = form_of(request, *FORMS)
    given = request.query_params
    definition = Definition(_stated(body.inputs), given.get("datetime"), given.get("recorded-at"))
    return await worked(request, partial(_answer, request, body.inputs, definition), form)


@router.get("/{route}")
async def route(request: Request, route: RouteId) -> Response:
    """A route that was computed before, by the id in its link."""
    only(request, ("f", PARAMETER))
    form = form_of(request, *FORMS)
    definition = Definition.of(route)
    inputs = OgcInputs.model_validate(definition.inputs)
    return await worked(request, partial(_answer, request, inputs, definition), form)


@router.get("/{route}/definition")
def route_definition(request: Request, route: RouteId) -> Response:
    """The definition of a route, as it was posted."""
    only(request, ("f", PARAMETER))
    form_of(request, "json")
    return JSONResponse({"inputs": Definition.of(route).inputs})


def _stated(inputs: OgcInputs) -> dict[str, Any]:
    """Return a definition as it is kept: of its geometries, what is read of them."""
    told = inputs.model_dump(exclude_none=True)
    for name in ("waypoints", "obstacles"):
        if name in told:
            told[name] = {member: told[name][member] for member in ("type", "coordinates") if member in told[name]}
    return told


def _answer(request: Request, inputs: OgcInputs, definition: Definition, tell: Tell) -> Response:
    at = {} if _is_present(request, definition) else _times(definition)
    question = Question.of(request, tell, definition.departure or _when(inputs), at=at)
    body = _body(inputs)
    arriving = definition.departure is None and inputs.when is not None and inputs.when.type == "arrival"
    found = _arriving(question, body) if arriving else found_ways(question, body)
    way = found.routes[0]
    settled = replace(
        definition,
        valid=way.reading.valid.isoformat(),
        recorded=way.reading.recorded.isoformat(),
        departure=way.departure.isoformat(),
    )
    links = _links(request, settled, inputs.name)
    document = route_exchanged(way, question.city.system, question.language, inputs.name, links)
    return Response(dumped(document), media_type=GEOJSON)


def _times(definition: Definition) -> Mapping[str, str]:
    given = {"datetime": definition.valid, "recorded-at": definition.recorded}
    return {name: text for name, text in given.items() if text}


def _is_present(request: Request, definition: Definition) -> bool:
    """Tell whether the map of a route is the one of now, which needn't be read again."""
    if definition.departure is None or PARAMETER in request.query_params:
        return False
    reading = desk_of(request).router.graph().reading
    return (definition.valid, definition.recorded) == (reading.valid.isoformat(), reading.recorded.isoformat())


def _when(inputs: OgcInputs) -> str | None:
    return inputs.when.timestamp if inputs.when else None


def _arriving(question: Question, body: RouteBody) -> Found:
    """Return the way that arrives when it is wanted, found by setting off as much earlier as the last one took."""
    wanted = question.departure
    found = found_ways(question, body)
    for _ in range(_ROUNDS):
        leaving = wanted - timedelta(seconds=found.routes[0].seconds)
        if abs((leaving - found.routes[0].departure).total_seconds()) < 1:
            break
        found = found_ways(question, body, leaving)
    return found


def _body(inputs: OgcInputs) -> RouteBody:
    """Return the same as Qala's own question.

    Raises:
        BadGeometry: the waypoints are no MultiPoint of two points at least.
        BadRequest: the mode is none, or has no height or weight.
    """
    waypoints = inputs.waypoints
    points = waypoints.get("coordinates")
    if waypoints.get("type") != "MultiPoint" or not isinstance(points, list) or len(points) < 2:
        raise BadGeometry(_WAYPOINTS, parameter="inputs.waypoints")
    if len(points) > 52:
        raise TooLarge(_MANY, parameter="inputs.waypoints", most=52)
    profile = ProfileBody(name=inputs.mode, max_height=inputs.height, max_weight=inputs.weight)
    avoid = AvoidBody(polygons=[inputs.obstacles] if inputs.obstacles else [])
    start, *via, end = points
    made = {"from": start, "to": end, "via": via, "profile": profile, "avoid": avoid, "preference": inputs.preference}
    return RouteBody(**made)


def _links(request: Request, definition: Definition, name: str | None) -> list[Link]:
    if definition.id is None:
        return []
    here = Address.of(request).to(f"/routes/{definition.id}")
    return [
        link(kept(request, here), "self", GEOJSON, name),
        link(kept(request, f"{here}/definition"), "describedby", JSON),
    ]


_NO_ROUTE = Text(
    kk="«{id}…» маршруты жоқ; маршруттың нөмірі оның өз сілтемесінен алынады.",
    ru="Маршрута «{id}…» нет; номер маршрута берётся из его собственной ссылки.",
    en="There is no route '{id}…'; a route's id comes from its own link.",
)
_WAYPOINTS = Text(
    kk="waypoints — кемінде екі нүктесі бар MultiPoint болуы тиіс.",
    ru="waypoints должен быть геометрией MultiPoint не меньше чем из двух точек.",
    en="waypoints must be a MultiPoint of two points at least.",
)
_MANY = Text(
    kk="waypoints ішінде нүкте тым көп; ең көбі 52.",
    ru="В waypoints слишком много точек; не больше 52.",
    en="waypoints has too many points; 52 at most.",
)
