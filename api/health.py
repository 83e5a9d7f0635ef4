"""Health: can the register be read and written now?"""

import logging
from importlib.metadata import version

from fastapi import APIRouter, Request
from psycopg import Error
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from starlette.responses import JSONResponse

from api.logs import DATABASE
from api.ogc.request import only
from api.problems import NO_DATABASE, language_of
from gis.database import connect
from gis.errors import Unavailable
from gis.instant import read_head
from gis.register import Register

router = APIRouter()

_PATIENCE = "2"
"""Seconds to wait for a connection: who asks for health must hear of the lack of it soon."""
_QUICK = "-c statement_timeout=1000 -c lock_timeout=500"

_log = logging.getLogger(DATABASE)


@router.get("/health", tags=["health"])
def health(request: Request) -> JSONResponse:
    """Answer 200 while the register can be read and written, 503 while it can't; the log says why.

    It asks by connections of its own: those that are waited for in a pool tell of the load, not of the database.
    """
    only(request)
    register: Register = request.app.state.register
    state: dict[str, object] = {"software": version("qala"), "city": register.profile.id}
    try:
        with connect(_quick(register.database.reader)) as connection:
            head = read_head(connection)
        state |= {"read": True, "changeset": head.changeset, "recorded": head.recorded.isoformat()}
        state |= {"write": _can_write(register)}
    except (Unavailable, Error) as error:
        _log.error("%s: %s", request.url.path, error)
        reason = NO_DATABASE.in_language(language_of(request))
        return JSONResponse({**state, "status": "unavailable", "reason": reason}, status_code=503)
    return JSONResponse({**state, "status": "ok"})


def _can_write(register: Register) -> bool:
    """Take an id from the register's sequence, the least that any act needs of a server that can write."""
    with connect(_quick(register.database.writer)) as connection:
        connection.execute("SELECT nextval('qala.feature_id')")
    return True


def _quick(conninfo: str) -> str:
    """Return a connection string that gives up soon."""
    options = f"{conninfo_to_dict(conninfo).get('options', '')} {_QUICK}"
    return make_conninfo(conninfo, connect_timeout=_PATIENCE, options=options)
