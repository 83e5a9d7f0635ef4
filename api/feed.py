"""The changes feed over HTTP: ``/feed?after=<changeset>``, for mirrors that stay in step."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.ogc.request import only
from api.tokens import CONFIDENTIAL, asker, confidant
from gis.feed import Entry, Feed, View
from gis.layer import Layers
from gis.policy import AUDITOR, OPERATOR, may_read
from gis.register import Register

router = APIRouter()

PARAMETERS: Final = ("after", "limit", "wait", "f", "exact", "persons", "reason")
LONGEST_WAIT: Final = 30
"""Seconds."""

_PAUSE: Final = 0.25
_CHUNK: Final = 1 << 16
_MOST_NUMBER: Final = 2**62

Form = Literal["json", "ndjson"]
_MEDIA_TYPES: Final = {"json": "application/json", "ndjson": "application/x-ndjson"}


@dataclass(frozen=True, slots=True)
class _Page:
    """What one request is answered with."""

    feed: Feed
    after: int
    until: int
    head: int

    @property
    def last(self) -> dict[str, Any]:
        """What stands at the end: the register's head, and where to go on."""
        return {"head": self.head, "next": max(self.after, self.until)}

    def json(self) -> Iterator[str]:
        """Yield one document."""
        yield '{"changesets": ['
        for number, entry in enumerate(self.feed.entries(self.after, self.until)):
            yield (", " if number else "") + _object(entry)[:-1] + ', "changes": ['
            yield from _separated(entry)
            yield "]}"
        yield "], " + json.dumps(self.last)[1:] + "\n"

    def ndjson(self) -> Iterator[str]:
        """Yield lines: each changeset, each of its events, and one that says that the page is complete."""
        for entry in self.feed.entries(self.after, self.until):
            yield '{"type": "changeset", ' + _object(entry)[1:] + "\n"
            opening = f'{{"type": "change", "changeset": {entry.number}, '
            for batch in entry.events:
                yield "".join(f"{opening}{text[1:]}\n" for text in batch)
        yield json.dumps({"type": "end", **self.last}) + "\n"


@router.get("/feed", tags=["mirror"])
async def feed(
    request: Request,
    *,
    after: Annotated[int, Query(ge=0, le=_MOST_NUMBER, description="The last changeset that you have.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="Changesets in the answer, at most.")] = 100,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait where there is nothing yet.")] = 0,
    f: Form = "json",
    exact: Annotated[bool, Query(description="Geometries as stored, too: WKB in the city's system.")] = False,
    persons: Annotated[bool, Query(description="Persons too, for those who may; needs a reason.")] = False,
    reason: Annotated[str, Query(description="Why you look at persons; it is logged.")] = "",  # noqa: ARG001  (the confidant reads it)
) -> Response:
    """What each changeset recorded, in order; what you may not see is withheld but for its hash."""
    only(request, PARAMETERS)
    read = await run_in_threadpool(_feed, request, exact=exact, persons=persons)
    head = await _head(request.app.state.register, after, wait)
    page = _Page(read, after, min(after + limit, head), head)
    # The first part is read before anything is sent: a database that fails is told as a refusal.
    parts = _coalesced(page.json() if f == "json" else page.ndjson())
    first = await run_in_threadpool(next, parts, "")
    headers = CONFIDENTIAL if "Authorization" in request.headers else {"Cache-Control": "no-cache"}
    return StreamingResponse(chain([first], parts), headers=headers, media_type=_MEDIA_TYPES[f])


def _feed(request: Request, *, exact: bool, persons: bool) -> Feed:
    """Return the feed as the asker may see it."""
    register: Register = request.app.state.register
    layers = register.layers
    role = asker(request).role if "Authorization" in request.headers else None
    attest = register.writing if role in {AUDITOR, OPERATOR} else None
    if not persons:
        return Feed(register.reading, View(layers.public, exact), attest)
    confided = confidant(request)
    shown = Layers(layer for layer in layers.values() if may_read(confided.token.role, layer))
    with confided.at_persons("feed"):  # refuses who may not, before anything is sent
        return Feed(lambda: confided.at_persons("feed"), View(shown, exact), attest)


async def _head(register: Register, after: int, wait: int) -> int:
    """Return the register's head, waiting for one behind ``after`` for a while; no connection is held meanwhile."""
    look = Feed(register.reading, View({}))
    deadline = asyncio.get_running_loop().time() + wait
    head = await run_in_threadpool(look.head)
    while head <= after and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(_PAUSE)
        head = await run_in_threadpool(look.head)
    return head


def _object(entry: Entry) -> str:
    return json.dumps(entry.facts, ensure_ascii=False, default=lambda value: value.isoformat())


def _separated(entry: Entry) -> Iterator[str]:
    separator = ""
    for batch in entry.events:
        if batch:
            yield separator + ", ".join(batch)
            separator = ", "


def _coalesced(texts: Iterator[str]) -> Iterator[str]:
    """Yield the same in parts of a useful size."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _CHUNK:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)
