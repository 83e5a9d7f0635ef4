"""Closures: acts by which ways and lifts are closed and opened again; ``?draft=`` plans them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from api.land.bodies import ActBody
from api.land.desk import Desk
from api.moments import parse_moment
from api.urban_planning.desk import AtPlanningDesk
from api.urban_planning.live_bodies import CloseBody, RevokeBody
from cadastres.urban_planning.street_live import Close, Reopen
from cadastres.urban_planning.street_model import STREET_SEGMENT
from cadastres.urban_planning.street_state_model import CLOSURE
from gis import store
from gis.act import Act

router = APIRouter()

InUrl = Annotated[int, Path(ge=1, le=2**62)]


@router.post("/closures", status_code=201)
def close(at: AtPlanningDesk, body: CloseBody) -> Response:
    """Close ways or lifts to all or some, from now or an instant on, until another or until it is revoked."""
    named = [(each.layer, at.known(at.register.layers[each.layer], each.id)) for each in body.objects]
    street = [] if body.street is None else _segments(at, body.street)
    command = Close(
        objects=tuple(dict.fromkeys([*named, *((STREET_SEGMENT.name, segment) for segment in street)])),
        until=None if body.until is None else parse_moment("until", body.until, at.register.profile),
        modes=tuple(dict.fromkeys(body.modes)),
        hours=body.hours,
        reasons=None if body.why is None else body.why.text(),
    )
    return at.perform(command, _since(at, body, body.since), CLOSURE)


@router.post("/closures/{closure}/revoke")
def revoke(at: AtPlanningDesk, body: RevokeBody, closure: InUrl) -> Response:
    """Open again what a closure closes, from now or an instant on."""
    command = Reopen(closures=(at.known(CLOSURE, closure),))
    return at.perform(command, _since(at, body, body.since), CLOSURE, [closure])


def _since(at: Desk, body: ActBody, since: str | None) -> Act:
    """Return the act, in force from the very moment on unless its body names another or a legal day."""
    act = at.act(body)
    if since is not None:
        return replace(act, valid_from=parse_moment("since", since, at.register.profile))
    return act if body.valid_from is not None else replace(act, valid_from=datetime.now(at.register.profile.zone))


def _segments(at: Desk, street: int) -> Sequence[int]:
    with at.register.reading() as connection:
        return list(store.related(connection, STREET_SEGMENT, "street_id", [street], at.overlay))
