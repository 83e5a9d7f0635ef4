"""``/routing/matrix``: times between many places: seconds, made dearer by what the profile shuns."""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.routing.answers import dumped, local, times
from api.routing.asked import Question, asked
from api.routing.bodies import MOST_CELLS, MatrixBody
from api.routing.doors import staying
from api.routing.forms import TYPES, form_of
from api.routing.given import answering
from api.routing.work import Tell, worked
from gis.errors import TooLarge
from gis.text import Text
from routing.matrices import costs_between
from routing.network import INF

router = APIRouter()

FORMS: Final = ("json", "csv", "ndjson")


@router.post("/matrix", **answering(*FORMS))
async def matrix(request: Request, body: MatrixBody) -> Response:
    """Times from each source to each target [s]; ``null`` where no way leads."""
    asked(request)
    form = form_of(request, *FORMS)
    cells = len(body.sources) * len(body.targets or body.sources)
    if cells > MOST_CELLS:
        facts = {"cells": cells, "most": MOST_CELLS, "rows": max(1, MOST_CELLS // len(body.targets or body.sources))}
        raise TooLarge(_TOO_MANY.filled(**facts), **facts)
    return await worked(request, partial(_matrix, request, body, form), form, heavy=True)


def _matrix(request: Request, body: MatrixBody, form: str, tell: Tell) -> Response:
    question = Question.of(request, tell, body.departure, body.crs)
    metric = question.metric(body.mover(), question.avoid(body.avoid))
    sources = question.snapped(question.places.many(body.sources, "sources"), metric, "sources")
    targets = sources
    if body.targets is not None:
        targets = question.snapped(question.places.many(body.targets, "targets"), metric, "targets")
    staying()
    costs = costs_between(question.graph, metric, sources, targets)
    rows = ([None if cost >= INF else cost / 1000 for cost in row] for row in costs.tolist())
    if form == "csv":
        return Response(_csv(rows), media_type=TYPES["csv"])
    head = {
        **times(question.graph.reading),
        "departure": local(question.departure, question.city),
        "sources_away": [round(each.away, 2) for each in sources],
        "targets_away": [round(each.away, 2) for each in targets],
    }
    return Response(dumped({**head, "costs": list(rows)}), media_type=TYPES["json"])


def _csv(rows: Iterator[Sequence[float | None]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(["" if cell is None else cell for cell in row] for row in rows)
    return buffer.getvalue()


_TOO_MANY = Text(
    kk="Сұралған кестеде {cells} ұяшық бар; бір сұрауда ең көбі {most}. "
    "Бастапқы орындарды {rows} орыннан бөліп сұраңыз.",
    ru="В запрошенной таблице ячеек: {cells}; за один запрос можно не больше {most}. Делите начальные места по {rows}.",
    en="The table asked for has {cells} cells; one request may have {most}. Ask for {rows} sources at a time.",
)
