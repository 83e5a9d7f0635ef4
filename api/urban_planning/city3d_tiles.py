"""3D Tiles 1.1 of the city, as of any date and in any draft: ``/urban-planning/3d/tiles/tileset.json``."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from api.drafts.asked import InDraft
from api.ogc.request import only
from api.urban_planning.city3d_asked import TIMES, Known, Valid, instant_of
from data.exports.tiles3d import Cell, City3dTiles
from gis.draft import Overlay
from gis.register import Register

router = APIRouter(prefix="/urban-planning/3d/tiles", tags=["city in 3D"])

GLB: Final = "model/gltf-binary"

Level = Annotated[int, Path(ge=0, le=5)]
Place = Annotated[int, Path(ge=-(2**31), le=2**31 - 1)]


@router.get("/tileset.json")
def tile_set(request: Request, valid: Valid = None, recorded_at: Known = None, draft: InDraft = None) -> Response:
    """The tile set, which any viewer of 3D Tiles 1.1 opens (CesiumJS, QGIS); tiles that are missing are built."""
    only(request, TIMES)
    register: Register = request.app.state.register
    asked = {name: request.query_params[name] for name in TIMES if request.query_params.get(name)}
    found = City3dTiles(register).tile_set(
        instant_of(register, valid, recorded_at, draft), f"&{urlencode(asked)}" if asked else ""
    )
    return JSONResponse(
        found.document, headers={"Cache-Control": _freshness(draft), "Access-Control-Allow-Origin": "*"}
    )


@router.get("/{level}/{column}/{row}.glb")
def tile(
    request: Request,
    level: Level,
    column: Place,
    row: Place,
    v: Annotated[str | None, Query(max_length=64, description="The edition that the tile set names.")] = None,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """A tile: binary glTF, with the bodies' ids and heights in a property table."""
    only(request, (*TIMES, "v"))
    register: Register = request.app.state.register
    built = City3dTiles(register).tile(Cell(level, column, row), instant_of(register, valid, recorded_at, draft))
    etag = f'"{built.fingerprint.hex()}"'
    lasting = "public, max-age=31536000, immutable" if v == built.fingerprint.hex() and draft is None else "no-cache"
    headers = {"ETag": etag, "Cache-Control": lasting, "Access-Control-Allow-Origin": "*"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(built.content, headers=headers, media_type=GLB)


def _freshness(draft: Overlay | None) -> str:
    return "no-cache" if draft is None else "private, no-cache"
