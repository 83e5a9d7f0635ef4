"""Feeds: live and usual speeds of segments, states of lifts and ramps; one changeset a batch, refused row by row."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from api.land.bodies import require_sane
from api.moments import parse_moment
from api.ogc.request import only
from api.problems import language_of
from api.tokens import RequireRole
from api.urban_planning.live_bodies import (
    MOST_ROWS,
    DailySpeedsBody,
    FeedBody,
    RevokeSpeedsBody,
    SpeedsBody,
    StatusesBody,
)
from cadastres.urban_planning.street_fields import DIRECTIONS
from cadastres.urban_planning.street_live import period
from data.loaders.speed_rows import BatchReport, rows_of_csv
from data.loaders.speeds import (
    DAILY_COLUMNS,
    LIVE_COLUMNS,
    revoke_speeds,
    tell_daily_speeds,
    tell_speeds,
)
from data.loaders.statuses import tell_statuses
from gis.errors import BadRequest, QalaError
from gis.policy import OPERATOR
from gis.register import Register
from gis.text import Text
from gis.tokens import Token

router = APIRouter()

Feeder = Annotated[Token, Depends(RequireRole(OPERATOR, cadastre="urban_planning"))]
"""The operator, whose token a feed has, and whoever writes the cadastre's layers."""


class BatchRefused(QalaError):
    """A batch of which no row would do; the facts say why, row by row."""

    code = "batch-refused"
    status = 422


_CSV: Final = "text/csv"
_Body = TypeVar("_Body", bound=FeedBody)


def _described(body: type[FeedBody]) -> dict[str, Any]:
    """Return how the body of a batch is described: JSON, or CSV with the same columns."""
    schema = body.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)  # the bodies of acts describe them
    told = {"application/json": {"schema": schema}, _CSV: {"schema": {"type": "string"}}}
    return {"requestBody": {"required": True, "content": told}}


@router.post("/speeds", openapi_extra=_described(SpeedsBody))
async def speeds(request: Request, token: Feeder) -> Response:
    """Live speeds, by segment and time, as JSON or CSV (segment, direction, speed, from, to)."""
    only(request)
    return await run_in_threadpool(_tell_speeds, request, token, await request.body())


def _tell_speeds(request: Request, token: Token, content: bytes) -> Response:
    rows, body, first = _batch(request, content, SpeedsBody, LIVE_COLUMNS)
    register: Register = request.app.state.register
    act = body.act(register.profile, token)
    return _answer(request, tell_speeds(register, rows, act, first_row=first))


@router.post("/daily-speeds", openapi_extra=_described(DailySpeedsBody))
async def daily_speeds(request: Request, token: Feeder) -> Response:
    """Usual speeds, by segment, kind of day and quarter of an hour, as JSON or CSV."""
    only(request)
    return await run_in_threadpool(_tell_daily_speeds, request, token, await request.body())


def _tell_daily_speeds(request: Request, token: Token, content: bytes) -> Response:
    rows, body, first = _batch(request, content, DailySpeedsBody, DAILY_COLUMNS)
    register: Register = request.app.state.register
    profile = register.profile
    today = profile.legal_day(body.act(profile, token).valid_from)
    since = body.valid_from or today
    require_sane("valid_from", since, profile, today)
    act = body.act(profile, token, profile.midnight(since))
    return _answer(request, tell_daily_speeds(register, rows, act, first_row=first))


@router.post("/speeds/revoke")
def revoke(request: Request, token: Feeder, body: RevokeSpeedsBody) -> Response:
    """Revoke what was told of segments, so that their usual speeds count again."""
    only(request)
    register: Register = request.app.state.register
    profile = register.profile
    act = body.act(profile, token)
    since = act.valid_from if body.since is None else parse_moment("since", body.since, profile)
    until = None if body.until is None else parse_moment("until", body.until, profile)
    both = [(way.segment, side) for way in body.ways for side in DIRECTIONS if way.direction in {None, side}]
    ways = list(dict.fromkeys(both))
    return _answer(request, revoke_speeds(register, ways, period(since, until), act))


@router.post("/statuses")
def statuses(request: Request, token: Feeder, body: StatusesBody) -> Response:
    """States of lifts and ramps: working, out of order, unknown; of one or of many at once."""
    only(request)
    register: Register = request.app.state.register
    return _answer(request, tell_statuses(register, body.statuses, body.act(register.profile, token)))


def _answer(request: Request, report: BatchReport) -> Response:
    """Return the counts.

    Raises:
        BatchRefused: none of the rows would do.
    """
    register: Register = request.app.state.register
    language = language_of(request)
    told = report.summary(register.profile.timezone, language)
    if report.refused == report.read:
        raise BatchRefused(_NONE.filled(read=report.read), **told)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    if report.changeset is not None:
        headers["Location"] = f"/changesets/{report.changeset}"
    return JSONResponse(told, 200 if report.changeset is None else 201, headers)


def _batch(
    request: Request, content: bytes, kind: type[_Body], columns: Sequence[str]
) -> tuple[Sequence[Mapping[str, Any]], _Body, int]:
    """Return the rows of a body, what it says of itself, and the number of its first row.

    Raises:
        BadRequest: neither JSON nor CSV, or CSV with too many rows.
        RequestValidationError: JSON of another shape.
    """
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if told == _CSV:
        rows = list(rows_of_csv(content, "CSV", columns, MOST_ROWS))
        return rows, kind.model_validate({"speeds": []}), 2
    try:
        body = kind.model_validate(json.loads(content))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from None
    except (ValueError, RecursionError):
        raise BadRequest(_NEITHER.filled(told=told[:60] or "-"), header="Content-Type") from None
    return body.model_dump()["speeds"], body, 1


_NONE = Text(
    kk="Топтаманың бірде-бір жолы жазылмады; жол саны {read}, әрқайсысының себебі refusals ішінде.",
    ru="Не записана ни одна строка партии; строк {read}, причины по строкам — в refusals.",
    en="No row of the batch is recorded; it has {read}, and refusals say why, row by row.",
)
_NEITHER = Text(
    kk="Дене JSON (application/json) не CSV (text/csv) болуы тиіс; келгені: {told}.",
    ru="Тело должно быть в JSON (application/json) или CSV (text/csv); пришло: {told}.",
    en="The body must be JSON (application/json) or CSV (text/csv); what came is: {told}.",
)
