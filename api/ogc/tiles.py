"""Vector tiles over HTTP (OGC API Tiles 1.0, 20-057): tile sets of collections in WebMercatorQuad, as MVT.

A tile of the present must be asked about each time (``no-cache``): its ETag then answers with 304, and the server looks
in its memory before it draws. A tile of a fixed point on both axes never changes and may be kept for ever.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Final

from fastapi import APIRouter
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.drafts.asked import PARAMETER, overlay_for
from api.moments import parse_moment
from api.ogc.links import Address
from api.ogc.request import only
from api.ogc.tile_sets import TILE_MATRIX_SET, WEB_MERCATOR_QUAD, tile_json, tile_matrix_sets, tile_set, tile_sets
from gis.errors import BadRequest, NotFound
from gis.instant import Instant
from gis.layer import Layer, Layers
from gis.mvt import MAX_ZOOM, MEDIA_TYPE, Tile
from gis.profile import CityProfile
from gis.text import Text
from gis.tile_cache import Drawn, LayerTiles, TileCache

_TIMES: Final = ("datetime", "recorded-at", PARAMETER)
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"

Endpoint = Callable[[Request], Awaitable[Response]]


class Tiles:
    """The tiles of a city's layers; one object a process, whose memory it bounds."""

    def __init__(self, profile: CityProfile, layers: Layers, readers: AsyncConnectionPool) -> None:
        """Keep what tiles are drawn from.

        Args:
            profile: the city's.
            layers: all layers of the register; those that everybody may read are served.
            readers: connections of the public login, in autocommit mode.
        """
        self._profile = profile
        self._layers = Layers(layer for layer in layers.values() if "anonymous" in layer.readers)
        self._readers = readers
        cache = TileCache()
        self._tiles = {name: LayerTiles(layer, profile, cache) for name, layer in self._layers.items()}

    @cached_property
    def router(self) -> APIRouter:
        """Routes below the landing page (``/ogc``)."""
        router = APIRouter()
        base = "/collections/{collection}/tiles"
        routes: Mapping[str, Endpoint] = {
            f"{base}/{WEB_MERCATOR_QUAD}/{{zoom:int}}/{{row:int}}/{{column:int}}": self._tile,
            f"{base}/{WEB_MERCATOR_QUAD}": self._tile_set,
            base: self._tile_sets,
            "/tileMatrixSets": self._tile_matrix_sets,
            "/tileMatrixSets/" + WEB_MERCATOR_QUAD: self._tile_matrix_set,
        }
        for path, endpoint in routes.items():
            router.add_route(path, endpoint, methods=["GET", "HEAD"])
        return router

    async def _tile(self, request: Request) -> Response:
        layer = self._layer(request)
        tile = Tile(*(int(request.path_params[name]) for name in ("zoom", "column", "row")))
        if not tile.exists:
            raise NotFound(
                _NO_TILE.filled(**_named(tile), last=2 ** min(max(tile.zoom, 0), MAX_ZOOM) - 1), **_named(tile)
            )
        instant = await self._instant(request)
        async with self._readers.connection() as connection:
            drawn = await self._tiles[layer.name].tile(connection, tile, instant)
        return _answer(request, drawn, instant)

    async def _tile_set(self, request: Request) -> Response:
        layer, root = self._layer(request), _root(request)
        form = self._form(request, ("json", "tilejson"), PARAMETER)
        content = tile_json if form == "tilejson" else tile_set
        return JSONResponse(content(layer, root, self._profile, await self._draft(request)))

    async def _tile_sets(self, request: Request) -> Response:
        layer = self._layer(request)
        self._form(request, ("json",), PARAMETER)
        return JSONResponse(tile_sets(layer, _root(request), await self._draft(request)))

    async def _draft(self, request: Request) -> str | None:
        """Return the draft that the tiles are to show, once it is known that there is one."""
        reference = request.query_params.get(PARAMETER)
        await overlay_for(request, reference)
        return reference

    async def _tile_matrix_sets(self, request: Request) -> Response:
        self._form(request, ("json",))
        return JSONResponse(tile_matrix_sets(_root(request)))

    async def _tile_matrix_set(self, request: Request) -> Response:
        self._form(request, ("json",))
        return JSONResponse(TILE_MATRIX_SET)

    def _layer(self, request: Request) -> Layer:
        return self._layers[str(request.path_params["collection"])]

    def _form(self, request: Request, known: tuple[str, ...], *beside: str) -> str:
        only(request, ("f", *beside))
        form = request.query_params.get("f", known[0])
        if form not in known:
            raise BadRequest(_FORM.filled(form=form[:50], known=", ".join(known)), parameter="f", allowed=list(known))
        return form

    async def _instant(self, request: Request) -> Instant:
        if not request.query_params:
            return _NOW
        only(request, _TIMES)
        valid, recorded = (self._moment(request, name) for name in _TIMES[:2])
        return Instant(valid, recorded, await overlay_for(request, request.query_params.get(PARAMETER)))

    def _moment(self, request: Request, name: str) -> datetime | None:
        text = request.query_params.get(name)
        return None if text is None else parse_moment(name, text, self._profile)


def _answer(request: Request, drawn: Drawn, instant: Instant) -> Response:
    fixed = instant.valid is not None and instant.recorded is not None and instant.draft is None
    headers = {"ETag": drawn.etag, "Cache-Control": _FOR_EVER if fixed else _ASK_AGAIN}
    if _is_known(request.headers.get("if-none-match"), drawn.etag):
        return Response(status_code=304, headers=headers)
    if not drawn.body:
        return Response(status_code=204, headers=headers)
    return Response(drawn.body, media_type=MEDIA_TYPE, headers=headers)


def _is_known(sent: str | None, etag: str) -> bool:
    """Compare weakly (RFC 9110, 13.1.2): a proxy that packs the body marks the ETag as weak."""
    return sent is not None and (
        sent.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in sent.split(","))
    )


def _root(request: Request) -> str:
    return Address.of(request).base


def _named(tile: Tile) -> dict[str, int]:
    return {"zoom": tile.zoom, "row": tile.row, "column": tile.column}


_NOW: Final = Instant()

_NO_TILE = Text(
    kk="{zoom}/{row}/{column} тайлы жоқ: масштаб 0–22, осы масштабта қатар мен баған 0–{last} болуы тиіс.",
    ru="Тайла {zoom}/{row}/{column} нет: масштаб бывает 0–22, строка и столбец в этом масштабе — 0–{last}.",
    en="There is no tile {zoom}/{row}/{column}: the zoom is 0 to 22, row and column at this zoom are 0 to {last}.",
)
_FORM = Text(
    kk="f={form} пішімі жоқ; мыналар бар: {known}.",
    ru="Формата f={form} нет; есть: {known}.",
    en="There is no format f={form}; there are: {known}.",
)
