"""Answers that are facts and nothing else: JSON, with progress line by line where that is asked for."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response

from api.routing.answers import Document, dumped
from api.routing.asked import Question
from api.routing.bodies import Asked
from api.routing.forms import PLAIN, TYPES, form_of
from api.routing.work import Tell, worked

_Body = TypeVar("_Body", bound=Asked)


async def answered(
    request: Request, body: _Body, told: Callable[[Question, _Body], Document], *, heavy: bool = False
) -> Response:
    """Return what is told of a question.

    Args:
        request: which asks it.
        body: what it says.
        told: answers, in a thread of routing.
        heavy: whether that may take long by its nature.

    Raises:
        BadRequest: another form is wanted.
    """
    form = form_of(request, *PLAIN)
    return await worked(request, partial(_answered, request, body, told), form, heavy=heavy)


def _answered(request: Request, body: _Body, told: Callable[[Question, _Body], Document], tell: Tell) -> Response:
    question = Question.of(request, tell, body.departure, body.crs)
    return Response(dumped(told(question, body)), media_type=TYPES["json"])
