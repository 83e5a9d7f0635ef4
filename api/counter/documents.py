"""Documents of applications: handed in one by one as they are, read by confidants with a logged look."""

import re
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from api.counter.answers import answer
from api.counter.desk import AtDesk, Number
from api.land.bodies import Prose
from api.ogc.request import only
from api.tokens import CONFIDENTIAL, confidant
from gis import counter
from gis.applications import LARGEST_DOCUMENT, Document, DocumentFacts
from gis.errors import BadRequest
from gis.reservation import spelled
from gis.text import Text

router = APIRouter()

LARGER_BODY: Final = (re.compile(r"/counter/applications/[^/]+/documents"), LARGEST_DOCUMENT + 1)
"""Where a body may be larger than elsewhere, and its bound: one byte more, which the counter itself refuses."""

_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}")

Name = Annotated[Prose, Query(min_length=1, max_length=200, description="The document's name.")]


@router.post("/applications/{number}/documents", status_code=201)
async def attach(request: Request, at: AtDesk, number: Number, name: Name) -> Response:
    """Keep a document: the body is its content, of the type that the header Content-Type says."""
    only(request, ("name",))
    kept = Document(name, _media_type(request), await request.body())
    facts = await run_in_threadpool(at.counter.attach, number, kept, at.clerk)
    place = f"/counter/applications/{spelled(number)}/documents/{facts.serial}"
    return answer(described(facts), 201, {"Location": place})


@router.get("/applications/{number}/documents/{serial}")
def document(
    request: Request,
    number: Number,
    serial: Annotated[int, Path(ge=1, le=10_000)],
    reason: Annotated[str, Query(description="Why you look; it is logged.")] = "",  # noqa: ARG001  (the confidant reads it)
) -> Response:
    """A document as it was handed in; the look is logged."""
    only(request, ("reason",))
    subject = f"application {spelled(number)} document {serial}"
    with confidant(request).at_persons(subject) as connection:
        found = counter.document(connection, number, serial)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        **CONFIDENTIAL,
    }
    return Response(found.content, headers=headers, media_type=found.media_type)


def described(facts: DocumentFacts) -> dict[str, Any]:
    """Return the facts of a document."""
    return {name: getattr(facts, name) for name in ("serial", "name", "media_type", "size", "sha256", "added")}


def _media_type(request: Request) -> str:
    told = request.headers.get("content-type", "").partition(";")[0].strip()
    if _MEDIA_TYPE.fullmatch(told) is None:
        raise BadRequest(_NO_TYPE.filled(told=told[:80]), header="Content-Type")
    return told


_NO_TYPE = Text(
    kk="Content-Type тақырыбында құжаттың түрі көрсетілуі тиіс, мысалы application/pdf; келгені: «{told}».",
    ru="Заголовок Content-Type должен называть тип документа, например application/pdf; пришло: «{told}».",
    en="The header Content-Type must name the document's type, such as application/pdf; it says '{told}'.",
)
