"""Looking at drafts: which there are, what has been edited, what would change, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.drafts.answers import (
    comparison_document,
    comparison_features,
    conflict_documents,
    draft_document,
    step_document,
    total_document,
)
from api.drafts.asked import draft_named, found_draft, require_reader
from api.drafts.page import draft_page
from api.ogc.request import COMMON, only, wants_html
from api.problems import language_of
from api.tokens import asker
from api.violations import violation_documents
from gis import draft_compare, draft_life, draft_rebase, drafts
from gis.draft import Draft, State, listed
from gis.draft_compare import Comparison, Total
from gis.errors import BadRequest
from gis.layer import Layer
from gis.register import Register
from gis.text import Text
from gis.tokens import Token

router = APIRouter()

Reference = Annotated[str, Path(max_length=200, description="A draft's name, or its link: name, dot, secret.")]
After = Annotated[int, Query(ge=0, le=2**62)]

PAGE: Final = 1000
"""Features of a comparison on one page, unless fewer are asked for."""

SHOWN: Final = 200
"""Features of each layer that a page for people shows."""


@router.get("/drafts")
def all_drafts(
    request: Request,
    token: Annotated[Token, Depends(asker)],
    state: Annotated[State | None, Query(description="Only drafts in this state.")] = None,
) -> Response:
    """All drafts, the newest first; for whoever reads them by name."""
    only(request, ("state", *COMMON))
    require_reader(token.role)
    register: Register = request.app.state.register
    with register.reading() as connection:
        found = [draft for draft in listed(connection) if state in (None, draft.state)]
    told = [draft_document(draft, draft.name, register.profile, register.layers) for draft in found]
    return JSONResponse({"drafts": told})


@router.get("/drafts/{reference}")
def one_draft(request: Request, reference: Reference) -> Response:
    """A draft and what it does in figures: JSON, or a page to read, by token or by link."""
    only(request, COMMON)
    register: Register = request.app.state.register
    draft = _seen(request, reference)
    document = draft_document(draft, reference, register.profile, register.layers)
    totals = _totals(register, draft) if draft.state == "open" else []
    document["totals"] = [total_document(each, register.layers, language_of(request)) for each in totals]
    if not wants_html(request):
        return JSONResponse(document, headers={"Vary": "Accept, Accept-Language"})
    layers = _public(register, draft) if totals else []
    pages = [_compared(register, draft, layer, _Wanted(limit=SHOWN)) for layer in layers]
    shown = [change for page in pages for change in page.changes]
    body = draft_page(request, document, [comparison_document(c, register.layers, register.profile) for c in shown])
    return HTMLResponse(body, headers={"Vary": "Accept, Accept-Language"})


def _seen(request: Request, reference: str) -> Draft:
    """Return a draft; by its link only while it is open, by its name afterwards as well."""
    return draft_named(request, reference) if "." in reference else found_draft(request, reference)


@router.get("/drafts/{reference}/steps")
def steps(
    request: Request,
    reference: Reference,
    token: Annotated[Token, Depends(asker)],
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> Response:
    """The edits of a draft in order and who made them, for the office; whoever has but the link is not told."""
    only(request, ("after", "limit", *COMMON))
    require_reader(token.role)
    register: Register = request.app.state.register
    draft = _seen(request, reference)
    with register.writing() as connection:  # the public login does not see them
        found = draft_life.steps(connection, draft, after=after, limit=limit)
    told = [step_document(step, register.profile) for step in found]
    last = found[-1].revision if len(found) == limit else None
    return JSONResponse({"draft": draft.name, "steps": told, "next_after": last})


@router.get("/drafts/{reference}/comparison")
def comparison(
    request: Request,
    reference: Reference,
    layer: Annotated[str | None, Query(max_length=100, description="Only this layer.")] = None,
    after: Annotated[int, Query(ge=0, le=2**62, description="Last feature of the page before; with layer.")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Most features of each layer.")] = PAGE,
    f: Annotated[Literal["json", "geojson"], Query()] = "json",
) -> Response:
    """What a draft would change: a list with areas and figures, or the geometries before, after and in between."""
    only(request, ("layer", "after", "limit", *COMMON))
    if after and layer is None:
        raise BadRequest(_WHICH_LAYER, parameter="layer")
    register: Register = request.app.state.register
    draft = draft_named(request, reference)
    layers = [register.layers.public[layer]] if layer else _public(register, draft)
    pages = [_compared(register, draft, each, _Wanted(after, limit, f == "geojson")) for each in layers]
    found = [change for page in pages for change in page.changes]
    if f == "geojson":
        return JSONResponse(comparison_features(found), media_type="application/geo+json")
    totals = [total for total in _totals(register, draft) if total.layer in {each.name for each in layers}]
    nexts = [(page.layer.name, page.last) for page in pages if page.last is not None]
    content: dict[str, Any] = {
        "draft": draft.name,
        "revision": draft.revision,
        "totals": [total_document(each, register.layers, language_of(request)) for each in totals],
        "changes": [comparison_document(each, register.layers, register.profile) for each in found],
        "next": [f"/drafts/{reference}/comparison?layer={name}&after={i}&limit={limit}" for name, i in nexts],
    }
    return JSONResponse(content, headers={"Vary": "Accept-Language"})


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which page of a comparison: behind which feature, how many, and with the shape of the difference or without."""

    after: int = 0
    limit: int = PAGE
    difference: bool = False


@dataclass(frozen=True, slots=True)
class _Page:
    """Changes of one layer, and the feature behind which there are more, if there are."""

    layer: Layer
    changes: Sequence[Comparison]
    last: int | None


def _public(register: Register, draft: Draft) -> list[Layer]:
    return [register.layers[name] for name in draft.layers if register.layers[name].public]


def _totals(register: Register, draft: Draft) -> list[Total]:
    with register.reading() as connection:
        return draft_compare.totals(connection, register, draft)


def _compared(register: Register, draft: Draft, layer: Layer, wanted: _Wanted) -> _Page:
    after, limit = wanted.after, wanted.limit
    with register.reading() as connection:
        found = draft_compare.compare(
            connection, register, draft, layer=layer.name, after=after, limit=limit, difference=wanted.difference
        )
        last = draft_compare.last_of_page(connection, draft, layer=layer.name, after=after, limit=limit)
    return _Page(layer, found, last)


@router.get("/drafts/{reference}/check")
def check(request: Request, reference: Reference, token: Annotated[Token, Depends(asker)]) -> Response:
    """All that the rules find in a draft: what would stand in the way of its adoption."""
    only(request, COMMON)
    require_reader(token.role)
    register: Register = request.app.state.register
    draft = draft_named(request, reference)
    found = drafts.check(register, draft)
    told = violation_documents(found, register.rules, language_of(request), register.profile.system)
    allowed = all(violation.severity != "error" for violation in found)
    return JSONResponse({"draft": draft.name, "revision": draft.revision, "allowed": allowed, "violations": told})


@router.get("/drafts/{reference}/conflicts")
def conflicts(request: Request, reference: Reference, token: Annotated[Token, Depends(asker)]) -> Response:
    """What the register has changed since the draft looked at it, feature by feature, attribute by attribute."""
    only(request, COMMON)
    require_reader(token.role)
    register: Register = request.app.state.register
    draft = draft_named(request, reference)
    with register.writing() as connection:
        found = draft_rebase.conflicts(connection, register, draft)
    told = conflict_documents(found, register.profile)
    return JSONResponse({"draft": draft.name, "revision": draft.revision, "conflicts": told})


_WHICH_LAYER = Text(
    kk="after параметрі layer параметрімен бірге беріледі: ол бір қабаттың келесі бетін сұрайды.",
    ru="Параметр after задаётся вместе с layer: он спрашивает следующую страницу одного слоя.",
    en="The parameter after goes with layer: it asks for the next page of one layer.",
)
