"""Questions to engineering networks, as of any date on both axes and in any draft: traces, outages, loops, nearness."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
import shapely
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from api.drafts.asked import PARAMETER, InDraft
from api.moments import parse_moment
from api.ogc.request import only
from api.violations import on_globe
from cadastres.urban_planning.network_crossings import TooNear, clearances, too_near
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE, NETWORKS
from cadastres.urban_planning.network_tracing import NETWORK, Traced, features, isolated, lost, traced
from gis.bbox import parse_bbox
from gis.crs import CRS84, transformer
from gis.draft import Overlay
from gis.errors import BadRequest
from gis.instant import Instant, Reading, read_head, settle
from gis.network import Snapshot, Way, one_way_rings
from gis.register import Register
from gis.text import Text

router = APIRouter()

Valid = Annotated[str | None, Query(alias="datetime", description="When it was so: a day or an instant; now.")]
Known = Annotated[str | None, Query(alias="recorded-at", description="As the register knew it then.")]
Limit = Annotated[int, Query(ge=0, le=20_000, description="Lines, and nodes, at most; counts and lengths are whole.")]
ElementId = Annotated[int, Query(ge=1, le=2**62, description="Id of a line or a node.")]

_TIMES: Final = ("datetime", "recorded-at", PARAMETER)
_IDS: Final = re.compile(r"[1-9][0-9]{0,17}(,[1-9][0-9]{0,17}){0,99}", re.ASCII)
_GEO: Final = "application/geo+json"
WIDEST: Final = 20_000.0
"""The longest side [m] of an area in which crossings are sought at once."""


@dataclass(frozen=True, slots=True)
class _View:
    """What a question is asked of."""

    register: Register
    connection: Connection
    reading: Reading


@contextmanager
def _viewing(request: Request, valid: str | None, recorded_at: str | None, draft: Overlay | None) -> Iterator[_View]:
    register: Register = request.app.state.register
    moment = None if valid is None else parse_moment("datetime", valid, register.profile)
    known = None if recorded_at is None else parse_moment("recorded-at", recorded_at, register.profile)
    with register.reading() as connection:
        yield _View(register, connection, settle(Instant(moment, known, draft), read_head(connection)))


@router.get("/trace")
def network_trace(
    request: Request,
    element: ElementId,
    way: Annotated[Way, Query(description="With the flow, against it, or whatever is connected.")],
    through_shut: Annotated[bool, Query(alias="through-shut", description="Pass valves that are shut.")] = False,  # noqa: FBT002
    limit: Limit = 1000,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """What lies downstream or upstream of a line or node, or is connected with it."""
    only(request, ("element", "way", "through-shut", "limit", *_TIMES))
    with _viewing(request, valid, recorded_at, draft) as view:
        found = traced(view.connection, view.reading, element, way, through_shut=through_shut)
        return _answer(view, found, limit)


@router.get("/cut-off")
def network_cut_off(
    request: Request,
    elements: Annotated[str, Query(max_length=2000, description="Ids of the lines and nodes shut, with commas.")],
    limit: Limit = 1000,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """What loses every source (a sewer: every outfall) when lines or nodes are shut."""
    only(request, ("elements", "limit", *_TIMES))
    if not _IDS.fullmatch(elements):
        raise BadRequest(_NO_IDS.filled(value=elements[:80]), parameter="elements")
    with _viewing(request, valid, recorded_at, draft) as view:
        found = lost(view.connection, view.reading, [int(part) for part in elements.split(",")])
        return _answer(view, found, limit)


@router.get("/isolation")
def network_isolation(
    request: Request,
    line: Annotated[int, Query(ge=1, le=2**62, description="Id of a line.")],
    limit: Limit = 1000,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Which valves to shut so that a line can be worked on, and all that goes without service meanwhile."""
    only(request, ("line", "limit", *_TIMES))
    with _viewing(request, valid, recorded_at, draft) as view:
        found = isolated(view.connection, view.reading, line)
        gates = {"to_shut": list(found.to_shut), "shut": list(found.shut), "sources_inside": list(found.roots)}
        return _answer(view, found, limit, **gates)


@router.get("/loops")
def network_loops(
    request: Request,
    network: Annotated[str, Query(description="Kind of network.", json_schema_extra={"enum": list(NETWORKS)})],
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Rings of one-way lines of a whole network: in each, the direction of one line is wrong."""
    only(request, ("network", *_TIMES))
    if network not in NETWORKS:
        raise BadRequest(_NO_NETWORK.filled(name=network[:40], known=", ".join(NETWORKS)), parameter="network")
    with _viewing(request, valid, recorded_at, draft) as view:
        snapshot = Snapshot(view.connection, NETWORK, view.reading, network)
        rings = one_way_rings(snapshot)
    return JSONResponse({"network": network, "lines_read": len(snapshot.links), "loops": [list(r) for r in rings]})


@router.get("/crossings")
def network_crossings(
    request: Request,
    bbox: Annotated[str, Query(description="West, south, east, north; longitude and latitude.")],
    unknown: Annotated[bool, Query(description="Also crossings whose depths are not on record.")] = False,  # noqa: FBT002
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Where networks come nearer to each other than the norm of the day, in plan or in depth."""
    only(request, ("bbox", "unknown", *_TIMES))
    with _viewing(request, valid, recorded_at, draft) as view:
        profile = view.register.profile
        area = _area(view, bbox)
        found = list(
            too_near(view.connection, view.reading, area, profile.srid, profile.tolerances.linear, unknown=unknown)
        )
    told = [_near(view, one) for one in found]
    return JSONResponse({"type": "FeatureCollection", "numberReturned": len(told), "features": told}, media_type=_GEO)


@router.get("/clearances")
def network_clearances(
    request: Request, valid: Valid = None, recorded_at: Known = None, draft: InDraft = None
) -> Response:
    """The norms in force: how near two networks may come, by which act; confirmed ones forbid, others warn."""
    only(request, _TIMES)
    with _viewing(request, valid, recorded_at, draft) as view:
        return JSONResponse({"clearances": clearances(view.connection, view.reading)})


def _answer(view: _View, found: Traced, limit: int, **gates: Sequence[int]) -> Response:
    reached = found.reached
    content = {
        "type": "FeatureCollection",
        "network": found.network,
        "datetime": view.reading.valid.isoformat(),
        "recorded-at": view.reading.recorded.isoformat(),
        "lines": len(reached.lines),
        "length": round(reached.length, 3),
        "nodes": len(reached.nodes),
        "nodes_by_kind": found.kinds,
        "consumers": found.consumers,
        "lines_read": found.read,
        **gates,
        "features": [
            *features(view.connection, view.reading, NETWORK_LINE, list(reached.lines), limit),
            *features(view.connection, view.reading, NETWORK_NODE, list(reached.nodes), limit),
        ],
    }
    return JSONResponse(content, media_type=_GEO)


def _near(view: _View, near: TooNear) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": on_globe(near.place, view.register.profile.system),
        "properties": {
            "lines": [near.one, near.other],
            "networks": [near.one_network, near.other_network],
            "nearness": near.nearness,
            "gap": None if near.gap is None else round(near.gap, 3),
            "least": near.least,
            "norm": near.norm,
            "legal_basis": near.basis,
            "confirmed": near.confirmed,
        },
    }


def _area(view: _View, bbox: str) -> BaseGeometry:
    """Return a box of longitudes and latitudes in the city's projected system.

    Raises:
        BadRequest: no box, or one that is wider than :data:`WIDEST`.
    """
    box = parse_bbox(bbox, CRS84)
    outline = shapely.segmentize(shapely.box(*box), max(box[2] - box[0], box[3] - box[1], 1e-9) / 16)
    convert = transformer(4326, view.register.profile.system)
    area = shapely.transform(outline, lambda p: np.column_stack(convert.transform(p[:, 0], p[:, 1])))
    west, south, east, north = area.bounds
    if not np.isfinite(area.bounds).all() or max(east - west, north - south) > WIDEST:
        raise BadRequest(_TOO_WIDE.filled(widest=f"{WIDEST / 1000:g}"), parameter="bbox")
    return area


_NO_NETWORK: Final = Text(
    kk="«{name}» деген желі жоқ; мыналар бар: {known}.",
    ru="Сети «{name}» нет; есть: {known}.",
    en="There is no network '{name}'; there are: {known}.",
)
_TOO_WIDE: Final = Text(
    kk="bbox аумағы тым үлкен: бір сұрауда қабырғасы {widest} км-ден аспауы тиіс.",
    ru="Область bbox слишком велика: за один запрос её сторона не больше {widest} км.",
    en="The bbox is too wide: for one request its sides may have {widest} km at most.",
)
_NO_IDS: Final = Text(
    kk="elements=«{value}» нөмірлер тізімі емес; дұрысы, мысалы: 1204,1377.",
    ru="elements=«{value}» — не список номеров; верно, например: 1204,1377.",
    en="elements='{value}' is no list of ids; right would be, for example, 1204,1377.",
)
