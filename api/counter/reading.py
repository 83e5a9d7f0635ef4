"""Reading the counter: services, lists, one application, and its status for whoever holds the receipt."""

from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from api.counter.answers import answer
from api.counter.desk import Number, Shown, shown
from api.counter.documents import described
from api.ogc.request import only
from api.tokens import RequireRole, confidant
from gis.applications import OPEN, State
from gis.counter import REASONS, Counter, confidences
from gis.policy import AUDITOR, OPERATOR
from gis.register import Register
from gis.reservation import parse_number, spelled
from gis.tokens import Token

router = APIRouter()

READERS: Final = RequireRole(AUDITOR, OPERATOR, cadastre="counter")

Reader = Annotated[Token, Depends(READERS)]
Told = Annotated[Shown, Depends(shown)]


@router.get("/services")
def services(request: Request, told: Told) -> Response:
    """What may be applied for, within what terms, and the reasons for which an application is suspended or refused."""
    only(request)
    profile, language = told.profile, told.language
    kinds = [
        {
            "kind": kind,
            "title": service.title.in_language(language),
            "term": service.term,
            "days": service.days,
            "holds": service.holds,
            "act": None if service.act is None else service.act.in_language(language),
            "confirmed": service.confirmed,
        }
        for kind, service in profile.services.items()
    ]
    reasons = {
        state: [told.reason(state, entry.code) for entry in profile.classifier(name).on(None)]
        for state, name in REASONS.items()
        if name in profile.classifiers
    }
    return JSONResponse({"services": kinds, "reasons": reasons})


@router.get("/applications")
def applications(
    request: Request,
    token: Reader,  # noqa: ARG001  (it is asked for its effect)
    told: Told,
    *,
    state: Annotated[State | None, Query(description="Only those in this state; by default all that are open.")] = None,
    overdue: Annotated[bool, Query(description="Only open ones whose term is over.")] = False,
    after: Annotated[
        str, Query(max_length=40, description="Number of the last one on the page before.")
    ] = "0000-0000000",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Applications in order of receipt, which is that of priority."""
    only(request, ("state", "overdue", "after", "limit"))
    counter, states = Counter(request.app.state.register), OPEN if state is None else (state,)
    last = parse_number(after)
    if overdue:
        listed = counter.overdue(states=states, after=last)
        found = [application for application, _ in islice(listed, limit)]
    else:
        found = counter.applications(states, after=last, limit=limit)
    following = spelled(found[-1].number) if len(found) == limit else None
    return answer({"applications": [told.application(each) for each in found], "next_after": following})


@router.get("/applications/{number}")
def application(
    request: Request,
    number: Number,
    token: Reader,  # noqa: ARG001  (it is asked for its effect)
    told: Told,
    reason: Annotated[str | None, Query(description="Why you look at what is personal; it is logged.")] = None,
) -> Response:
    """An application; with ``reason`` also who applied, the documents, and what clerks noted: the look is logged."""
    only(request, ("reason",))
    register: Register = request.app.state.register
    content = told.application(Counter(register).application(number))
    return answer(content if reason is None else {**content, **_confided(request, number, told)})


def _confided(request: Request, number: int, told: Shown) -> dict[str, Any]:
    with confidant(request).at_persons(f"application {spelled(number)}") as connection:
        found = confidences(connection, number)
    return {
        "applicant": {name: getattr(found.applicant, name) for name in ("party_type", "name", "iin_bin")},
        "documents": [described(facts) for facts in found.documents],
        "notes": {told.moment(at): note for at, note in found.notes.items()},
    }


@router.get("/status/{number}")
def status(
    request: Request,
    number: Number,
    told: Told,
    code: Annotated[str, Query(max_length=80, description="The code on the receipt.")] = "",
) -> Response:
    """How an application stands, for whoever holds its receipt; nobody's name is in the answer."""
    only(request, ("code",))
    return answer(told.status(Counter(request.app.state.register).status(number, code)))
