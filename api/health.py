"""Health: can the register be read and written now?"""

from importlib.metadata import version

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from gis.errors import Unavailable
from gis.instant import read_head
from gis.register import Register

router = APIRouter()


@router.get("/health", tags=["health"])
def health(request: Request) -> JSONResponse:
    """Answer 200 while the register can be read and written, 503 and why while it can't."""
    register: Register = request.app.state.register
    state: dict[str, object] = {"software": version("qala"), "city": register.profile.id}
    try:
        with register.reading() as connection:
            head = read_head(connection)
        state |= {"read": True, "changeset": head.changeset, "recorded": head.recorded.isoformat()}
        state |= {"write": _can_write(register)}
    except Unavailable as error:
        return JSONResponse({**state, "status": "unavailable", "reason": str(error)}, status_code=503)
    return JSONResponse({**state, "status": "ok"})


def _can_write(register: Register) -> bool:
    """Take an id from the register's sequence, the least that any act needs of a server that can write."""
    with register.writing() as connection:
        connection.execute("SELECT nextval('qala.feature_id')")
    return True
