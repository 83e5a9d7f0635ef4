"""The access log over HTTP, for auditors."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from api.moments import parse_moment
from api.ogc.request import only
from api.tokens import CONFIDENTIAL, RequireRole, printable
from gis.access import Look
from gis.access_log import SUBJECT, Wanted, looks
from gis.policy import AUDITORS
from gis.register import Register
from gis.tokens import Token

router = APIRouter()

PARAMETERS = ("after", "limit", "actor", "role", "subject", "since", "until", "reason", "lang")

_MOST = 2**62
_Text = Annotated[str | None, Query(max_length=500)]


def _wanted(request: Request) -> Wanted:
    given = {name: printable(value) for name, value in request.query_params.items()}
    return Wanted(
        actor=given.get("actor"),
        role=given.get("role"),
        subject=given.get("subject"),
        since=_moment(request, "since"),
        until=_moment(request, "until"),
    )


def _moment(request: Request, name: str) -> datetime | None:
    register: Register = request.app.state.register
    text = request.query_params.get(name)
    return None if text is None else parse_moment(name, text, register.profile)


@router.get("/access-log", tags=["access"])
def access_log(
    request: Request,
    token: Annotated[Token, Depends(RequireRole(*sorted(AUDITORS)))],
    wanted: Annotated[Wanted, Depends(_wanted)],
    after: Annotated[int, Query(ge=0, le=_MOST)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    reason: _Text = None,
) -> Response:
    """Looks at persons in order of their numbers: who, in which role, at what, why and when. Asking is logged too."""
    only(request, PARAMETERS)
    register: Register = request.app.state.register
    look = Look(actor=token.name, role=token.role, reason=printable(reason or "") or "audit", subject=SUBJECT)
    with register.confiding(look) as connection:
        found = looks(connection, wanted, after=after, limit=limit)
    listed = [{**asdict(one), "at": one.at.isoformat()} for one in found]
    last = found[-1].number if len(found) == limit else None
    return JSONResponse({"looks": listed, "next_after": last}, headers=CONFIDENTIAL)
