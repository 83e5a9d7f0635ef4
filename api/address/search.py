"""``/address/search``, ``/address/reverse``, ``/address/batch``."""

from functools import cached_property

from fastapi import APIRouter
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.address import answers, asked
from api.address.batch import BATCH, PATH, table_of, written
from api.ogc.links import GEOJSON
from api.origin import origin
from api.problems import language_of
from cadastres.address.finder import Finder
from gis.profile import CityProfile
from gis.text import Language


class AddressSearch:
    """The search over one city's addresses; one object a process.

    Args:
        profile: the city's.
        searchers: connections of the public login, of :func:`cadastres.address.finder.search_pool`.
    """

    def __init__(self, profile: CityProfile, searchers: AsyncConnectionPool[AsyncConnection]) -> None:
        self._profile = profile
        self._finder = Finder(searchers, profile)

    @cached_property
    def router(self) -> APIRouter:
        """All routes."""
        router = APIRouter()
        router.add_route("/address/search", self._search, methods=["GET", "HEAD"])
        router.add_route("/address/reverse", self._reverse, methods=["GET", "HEAD"])
        router.add_route(PATH, self._batch, methods=["POST"])
        return router

    async def _search(self, request: Request) -> Response:
        """Answer what a text may mean, likeliest first."""
        query = await asked.read(request, asked.SEARCH, self._profile)
        text, near = query.text(), query.near()
        found = await self._finder.find(text, query.instant(), limit=query.limit(10), near=near)
        language = language_of(request)
        return _geojson(answers.search_document(found, text, language, origin(request)), language)

    async def _reverse(self, request: Request) -> Response:
        """Answer the addresses nearest to a place, and the units that contain it."""
        query = await asked.read(request, asked.REVERSE, self._profile)
        limit, radius = query.limit(1), query.radius()
        around = await self._finder.around(query.point(), query.instant(), limit=limit, radius=radius)
        language = language_of(request)
        return _geojson(answers.surroundings_document(around, language, origin(request)), language)

    async def _batch(self, request: Request) -> Response:
        """Answer a CSV of addresses row by row; what can't be read at all is refused before the first."""
        query, language = request.query_params, language_of(request)
        instant = (await asked.read(request, BATCH, self._profile)).instant()
        table = table_of(await request.body(), query)
        rows = self._finder.locate([row.text or "" for row in table.rows], instant)
        headers = {
            "Qala-Rows": str(len(table.rows)),
            "Qala-Bad-Rows": str(table.bad),
            "Content-Disposition": 'attachment; filename="addresses.csv"',
        }
        return StreamingResponse(written(table, rows, language), headers=headers, media_type="text/csv; charset=utf-8")


def _geojson(document: answers.Document, language: Language) -> Response:
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-cache"}
    return Response(answers.dumped(document), headers=headers, media_type=GEOJSON)
