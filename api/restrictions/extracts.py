"""The restriction extract of a parcel as JSON, page or PDF; those of all parcels as a table."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.ogc.request import only
from api.problems import language_of
from api.real_estate.copies import PDF, answered, instant_of, issuer_of
from api.restrictions.asked import (
    CSV,
    TIMES,
    form_of,
    instant_asked,
    listed,
    restricting_layers,
    streamed,
    table,
)
from api.restrictions.page import extract_page
from api.violations import on_globe
from cadastres.real_estate.sheets import Content, Sight
from data.exports.documents import Rendering, render
from data.exports.documents.issuing import Order
from data.exports.restriction_rows import COLUMNS, RestrictionRows
from data.exports.restrictions import KIND, ground_of, parcel_of, restrictions
from gis.instant import Instant, read_head, settle
from gis.overlay import restricting
from gis.register import Register

router = APIRouter()

_VARY: Final = {"Vary": "Accept, Accept-Language"}


@router.get("")
def layers(request: Request) -> Response:
    """The layers that restrict what lies beneath their features."""
    only(request)
    register: Register = request.app.state.register
    found = [
        {
            "name": layer.name,
            "title": layer.title.as_dict(),
            "geometry": layer.geometry.wkt,
            "href": f"/ogc/collections/{layer.name}",
        }
        for layer in restricting(register.layers).values()
    ]
    return JSONResponse({"layers": found})


@router.get("/parcels")
def all_extracts(request: Request) -> Response:
    """Every restriction of every parcel in force: a row for each pair; all at one point on both axes."""
    only(request, ("f", "layers", *TIMES))
    form = form_of(request, "csv", "json")
    register: Register = request.app.state.register
    rows = RestrictionRows(register, instant_asked(request), restricting_layers(request), language_of(request))
    if form == "csv":
        return streamed(request, table(COLUMNS, rows.rows()), CSV, "restrictions.csv")
    items = (dict(zip(COLUMNS, row, strict=True)) for row in rows.rows())
    return streamed(request, listed('{"restrictions":[', items, iter(["]}"])), "application/json")


@router.get("/parcels/{number}")
def extract(
    request: Request,
    number: Annotated[str, Path(max_length=80, description="A cadastral number in any spelling.")],
    *,
    geometry: Annotated[bool, Query(description="With the common parts as GeoJSON (longitude, latitude).")] = False,
) -> Response:
    """What restricts a parcel as of any date, with or without a draft: JSON, a page, or PDF."""
    only(request, ("f", "geometry", *TIMES))
    form = form_of(request, _preferred(request), "json", "html", "pdf")
    instant = instant_asked(request)
    if form == "pdf":
        return _pdf(request, number, instant)
    content = _content(request, number, instant, geometry=geometry, drawn=False)
    if form == "html":
        return HTMLResponse(extract_page(request, content), headers=_VARY)
    headers = {**_VARY, "Content-Language": language_of(request)}
    return JSONResponse(json.loads(json.dumps(content, default=str)), headers=headers)


def _preferred(request: Request) -> str:
    accept = request.headers.get("accept", "")
    return "html" if "text/html" in accept else "pdf" if PDF in accept else "json"


def _content(request: Request, number: str, instant: Instant, *, geometry: bool, drawn: bool) -> Content:
    register: Register = request.app.state.register
    with register.reading() as connection:
        reading = settle(instant, read_head(connection))
        sight = Sight(connection, reading, register.profile)
        parcel = parcel_of(sight, number)
        content = restrictions(sight, parcel, register.layers, drawn=drawn)
        if geometry:
            _place(sight, content, ground_of(sight, parcel, register.layers, places=True), register)
    return content


def _place(sight: Sight, content: Content, ground: Any, register: Register) -> None:
    """Add the geometries of the parcel and of what lies on it."""
    system = sight.profile.system
    content["parcel"]["geometry"] = on_globe(ground.place, system)
    for told, overlap in zip(content["restrictions"], ground.overlaps, strict=True):
        told["geometry"] = None if overlap.place is None else on_globe(overlap.place, register.profile.system)


def _pdf(request: Request, number: str, instant: Instant) -> Response:
    """Return the document issued for the question; of a draft one that is made for this answer and kept nowhere."""
    language = language_of(request)
    if instant.draft is None:
        order = Order(kind=KIND, number=number, instant=instant_of(request), language=language)
        return answered(request, issuer_of(request).issue(order))
    register: Register = request.app.state.register
    content = _content(request, number, instant, geometry=False, drawn=True)
    rendering = Rendering(language=language, number=instant.draft.name, link="", profile=register.profile)
    headers = {
        "Content-Language": language,
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="restrictions-draft-{instant.draft.name}.pdf"',
    }
    return Response(render(content, rendering), 200, headers, PDF)
