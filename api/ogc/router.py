"""OGC API Features over HTTP: the routes below ``/ogc``."""

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any, Final

from fastapi import APIRouter
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response

from api.ogc.documents import Document, Documents
from api.ogc.items import Items
from api.ogc.links import HTML, JSON, OPENAPI, SCHEMA, Address
from api.ogc.openapi import openapi, resolved
from api.ogc.pages_html import LABELS, Pages
from api.ogc.request import COMMON, only, wants_html
from api.problems import language_of
from gis.extent import extents
from gis.layer import Layer, Layers
from gis.profile import CityProfile

Endpoint = Callable[[Request], Awaitable[Response]]

PATH: Final = "/ogc"
_ALLOWED: Final = "GET, HEAD, OPTIONS"


class Ogc:
    """The service over a city's layers; one object a process.

    Args:
        profile: the city's.
        layers: all layers of the register; those that everybody may read are served.
        readers: connections of the public login, in autocommit mode.
    """

    def __init__(self, profile: CityProfile, layers: Layers, readers: AsyncConnectionPool[AsyncConnection]) -> None:
        self._profile = profile
        self._layers = Layers(layer for layer in layers.values() if "anonymous" in layer.readers)
        self._readers = readers
        self._pages = Pages(profile)
        self._items = {name: Items(layer, profile, readers, self._pages) for name, layer in self._layers.items()}

    @cached_property
    def router(self) -> APIRouter:
        """All routes, the most asked for first."""
        router = APIRouter()
        collection = f"{PATH}/collections/{{collection}}"
        routes: Mapping[str, Endpoint] = {
            f"{collection}/items": self._features,
            f"{collection}/items/{{feature}}": self._feature,
            f"{collection}/schema": self._schema,
            f"{collection}/queryables": self._queryables,
            collection: self._collection,
            f"{PATH}/collections": self._collections,
            f"{PATH}/conformance": self._conformance,
            f"{PATH}/api": self._api,
            PATH: self._landing,
            f"{PATH}/": self._landing,
        }
        for path, endpoint in routes.items():
            router.add_route(path, _with_options(endpoint), methods=["GET", "HEAD", "OPTIONS"], include_in_schema=False)
        return router

    async def _features(self, request: Request) -> Response:
        return await self._items[self._layer(request).name].items(request)

    async def _feature(self, request: Request) -> Response:
        return await self._items[self._layer(request).name].item(request)

    async def _landing(self, request: Request) -> Response:
        documents = self._documents(request)
        return self._answer(documents, documents.landing(), "landing")

    async def _conformance(self, request: Request) -> Response:
        documents = self._documents(request)
        return self._answer(documents, documents.conformance(), "conformance")

    async def _collections(self, request: Request) -> Response:
        documents = self._documents(request)
        async with self._readers.connection() as connection:
            boxes = await extents(connection, self._layers.values(), self._profile.system)
        return self._answer(documents, documents.collections(boxes), "collections")

    async def _collection(self, request: Request) -> Response:
        layer, documents = self._layer(request), self._documents(request)
        async with self._readers.connection() as connection:
            boxes = await extents(connection, [layer], self._profile.system)
        return self._answer(documents, documents.collection(layer, boxes), "collection")

    async def _schema(self, request: Request) -> Response:
        layer, documents = self._layer(request), self._documents(request)
        return self._schema_answer(documents, documents.schema(layer), "schema")

    async def _queryables(self, request: Request) -> Response:
        layer, documents = self._layer(request), self._documents(request)
        return self._schema_answer(documents, documents.queryables(layer), "queryables")

    def _schema_answer(self, documents: Documents, content: Document, label: str) -> Response:
        heading = LABELS[label].in_language(documents.language)
        return self._answer(documents, content, "schema", SCHEMA, heading=heading)

    async def _api(self, request: Request) -> Response:
        documents = self._documents(request)
        content = openapi(documents)
        return self._answer(documents, content, "api", OPENAPI, resolve=lambda each: resolved(content, each))

    def _layer(self, request: Request) -> Layer:
        """Return the layer named in the path.

        Raises:
            NotFound: there is none, or not for everybody; the message lists those there are.
        """
        return self._layers[str(request.path_params["collection"])[:100]]

    def _documents(self, request: Request) -> Documents:
        only(request, COMMON)
        html = wants_html(request)
        return Documents(self._profile, self._layers, Address.of(request), language_of(request), html)

    def _answer(
        self, documents: Documents, content: Document, template: str, media_type: str = JSON, **facts: Any
    ) -> Response:
        headers = {"Content-Language": documents.language, "Vary": "Accept, Accept-Language"}
        if documents.html:
            page = self._pages.document(template, content, documents.address, documents.language, **facts)
            return Response(page, headers=headers, media_type=HTML)
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return Response(body, headers={**headers, "Content-Type": media_type})


def _with_options(endpoint: Endpoint) -> Endpoint:
    """Answer OPTIONS beside GET: clients ask it to learn whether they may write."""

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _ALLOWED})
        return await endpoint(request)

    return answer
