"""The HTTP application: one city, every interface."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import (
    access,
    address,
    counter,
    environment,
    feed,
    health,
    history,
    land,
    problems,
    real_estate,
    restrictions,
    routing,
    urban_planning,
)
from api.address.batch import LARGER_BODY as LARGER_FILE
from api.address.search import AddressSearch
from api.counter.documents import LARGER_BODY
from api.drafts.router import router as drafts_router
from api.limits import BodyLimit
from api.logs import keep_calm
from api.ogc.request import only
from api.ogc.router import Ogc
from api.ogc.tiles import Tiles
from api.oidc import configured
from api.origin import origin, public_url
from api.orphans import end_with_parent
from api.privacy import DraftsArePrivate
from api.real_estate.allowance import Allowance
from api.routing.work import Desk
from api.urban_planning.city3d_routes import router as city3d_router
from api.urban_planning.live import router as live_router
from api.urban_planning.live_reports import LARGER_BODY as LARGER_PHOTO
from api.urban_planning.networks import router as networks_router
from api.urban_planning.streets import router as streets_router
from api.wfs import Wfs
from api.wfs.errors import exception_report
from api.wfs.router import PATH as WFS_PATH
from cadastres.address.finder import Finder, search_pool
from data.installation import Installation
from gis.errors import QalaError
from gis.profile import checked_profile
from gis.readers import reader_pool
from gis.register import Register
from routing.shelf import Shelf

SERVED = "QALA_SERVED_PROFILE"
"""Environment variable that hands the served city's profile from ``qala up`` to its server processes."""

CONNECTIONS = 8
"""Connections of the public login in one server process."""


def create_app(register: Register, outside: str | None = None, ways: Desk | None = None) -> FastAPI:
    """Return the application over one register; it opens and closes its own connections.

    Args:
        register: the city's.
        outside: where the world outside finds it; without one, links begin with the address that was asked.
        ways: where ways are asked for, warmed as the application starts; without one, the first asker waits.
    """
    keep_calm()
    readers = reader_pool(register.database.reader, CONNECTIONS)
    searchers = search_pool(register.database.reader, CONNECTIONS)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await readers.open()
        await searchers.open()
        if ways is not None:
            ways.warm()
        yield
        await searchers.close()
        await readers.close()
        register.close()

    async def unreachable(request: Request, error: Exception) -> Response:
        renewal = asyncio.gather(readers.check(), searchers.check())
        request.state.renewal = renewal  # kept until it is done: the loop itself holds tasks weakly
        return await problems.unreachable(request, error)

    app = FastAPI(title="Qala", lifespan=lifespan, openapi_url="/openapi.json", docs_url=None, redoc_url=None)
    app.state.register = register
    app.state.public_url = outside
    app.state.issuer = configured()
    app.state.allowance = Allowance()
    app.state.finder = Finder(searchers, register.profile)
    app.state.routing = ways or Desk(register)
    app.include_router(Ogc(register.profile, register.layers.mapped, readers).router)
    app.include_router(Tiles(register.profile, register.layers.mapped, readers).router, prefix="/ogc")
    for router in (
        Wfs(register.profile, register.layers.mapped, readers).router,
        history.router,
        land.router,
        AddressSearch(register.profile, searchers).router,
        address.router,
        real_estate.router,
        networks_router,
        live_router,
        streets_router,
        urban_planning.router,
        city3d_router,
        environment.router,
        counter.router,
        feed.router,
        drafts_router,
        restrictions.router,
        routing.router,
        health.router,
        access.router,
    ):
        app.include_router(router)
    app.add_route("/", _start, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_middleware(BodyLimit, reports={WFS_PATH: exception_report}, larger=(LARGER_BODY, LARGER_FILE, LARGER_PHOTO))
    app.add_middleware(DraftsArePrivate)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        expose_headers=["ETag", "Link", "Content-Crs"],
    )
    app.add_exception_handler(QalaError, problems.refused)
    app.add_exception_handler(OperationalError, unreachable)
    app.add_exception_handler(PoolTimeout, unreachable)
    app.add_exception_handler(RequestValidationError, problems.invalid)
    app.add_exception_handler(HTTPException, problems.missing)
    app.add_exception_handler(Exception, problems.broken)
    return app


async def _start(request: Request) -> Response:
    """Lead whoever opens the bare address to the register's landing page."""
    only(request)
    query = request.url.query
    return RedirectResponse(f"{origin(request)}/ogc" + (f"?{query}" if query else ""))


def served() -> FastAPI:
    """Return the application over the city that ``qala up`` serves."""
    end_with_parent()
    profile = checked_profile(json.loads(os.environ[SERVED]), SERVED)
    installation = Installation()
    register = installation.register(installation.database(profile), profile)
    return create_app(register, public_url(), Desk(register, Shelf(installation.home / "routing")))
