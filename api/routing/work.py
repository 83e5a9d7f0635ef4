"""Work on the street graph: in threads of its own, so many at once, with progress for whoever wants to hear of it.

Routing never holds the event loop, nor the threads that other interfaces answer in: it has a few of its own. What takes
long by its nature (matrices, isochrones, tours, repairs) goes through a narrower door to threads of its own, and who
finds it shut is told when to come again; a plain way waits for none of that. A graph of the past, which may have to be
built first, makes any question long and has a door of its own as well. Who asks with ``Accept: application/x-ndjson``
(or ``f=ndjson``) gets a line for each step of it, and the answer as the last line. A progress that streams needs no
place where it is kept, so it holds whichever server process answers.
"""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, Final

from anyio import from_thread
from fastapi import Request
from psycopg import Error as PsycopgError
from starlette.responses import Response, StreamingResponse

from api import problems
from api.problems import language_of
from api.routing.doors import BUSY, Busy, Door, Elsewhere, Left, lengthy
from api.routing.forms import TYPES
from cadastres.address.finder import Finder
from cadastres.address.search import Found
from data.catalogue import STREETS
from gis.errors import QalaError
from gis.instant import Instant
from gis.register import Register
from routing.presets import PRESETS
from routing.router import Router
from routing.shelf import Shelf

THREADS: Final = 16
"""Plain questions that one server process works on at once."""

HEAVY: Final = 2
"""Questions that may take long that it works on beside them, and as many about maps of another day."""

PATIENCE: Final = 10.0
"""Seconds for which a long question waits to be let in."""

_HUNG_UP: Final = 499
"""Status for the log alone of a request whose sender is gone."""

WARM: Final = ("foot", "car")
"""Standard profiles that are priced before anybody asks: one without turns, one with them."""

Tell = Callable[[str, float], None]
"""Hears what is being done, and the share that is done, from 0 to 1."""

Work = Callable[[Tell], Response]


@dataclass
class Desk:
    """What routing needs in one server process: the router, made when it is first asked, its threads and its doors.

    Attributes:
        register: the city's.
        shelf: where server processes keep the orders of hierarchies.
        plain: the door of questions that are answered at once.
        heavy: of those that may take long.
        past: of plain ones about another map than the present one.
    """

    register: Register
    shelf: Shelf | None = None
    plain: Door = field(default_factory=lambda: Door(THREADS, short=True))
    heavy: Door = field(default_factory=lambda: Door(HEAVY, PATIENCE))
    past: Door = field(default_factory=lambda: Door(HEAVY, PATIENCE))
    _router: Router | None = None
    _making: Lock = field(default_factory=Lock)
    _archive: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(HEAVY))

    @property
    def router(self) -> Router:
        """The one router of this process."""
        with self._making:
            if self._router is None:
                self._router = Router(self.register, STREETS, shelf=self.shelf)
            return self._router

    def warm(self) -> None:
        """Read the streets in the background, so that nobody who asks for a way waits for it; return at once."""
        Thread(target=self._warm, name="streets", daemon=True).start()

    def _warm(self) -> None:
        # Whoever asks meets the same trouble and is told of it; a server that is being stopped closes connections.
        with suppress(QalaError, PsycopgError):
            self.router.warm([PRESETS[name] for name in WARM])
        # What is kept for good needn't be looked over by each collection: with a large city that takes a fifth of a
        # second, and somebody waits.
        gc.collect()
        gc.freeze()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Look up a map that is not the present one, which may have to be read first.

        Raises:
            Busy: others' maps were not read in time.
            Elsewhere: it is not done behind the door that the question came through.
        """
        lengthy()
        if not self._archive.acquire(timeout=PATIENCE):
            raise Busy(BUSY, retry_after=30)
        try:
            yield
        finally:
            self._archive.release()


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that a request came to."""
    state = request.app.state
    if not hasattr(state, "routing"):
        state.routing = Desk(state.register)
    desk: Desk = state.routing
    return desk


def finding(request: Request) -> Callable[[str, Instant], list[Found]]:
    """Return what finds addresses from a thread of routing: the application's own search."""
    finder: Finder = request.app.state.finder

    def find(text: str, instant: Instant) -> list[Found]:
        return list(from_thread.run(partial(finder.find, text, instant, limit=5)).found)

    return find


async def worked(request: Request, work: Work, form: str, *, heavy: bool = False) -> Response:
    """Return the answer that some work comes to, in the asker's language.

    Args:
        request: whose form and language the answer follows.
        work: what is done; its answer is JSON where progress is wanted.
        form: of the answer, as it was agreed on; with ``ndjson``, progress is told in lines, the answer in the last.
        heavy: whether it may take long by its nature.
    """
    headers = {"Content-Language": language_of(request), "Vary": "Accept, Accept-Language"}
    if form == "ndjson":
        headers["Cache-Control"] = "no-store"
        return StreamingResponse(_lines(request, work, heavy=heavy), headers=headers, media_type=TYPES[form])
    try:
        answer = await _done(request, partial(work, lambda _step, _share: None), heavy=heavy)
    except Left:
        return Response(status_code=_HUNG_UP)
    answer.headers.update(headers)
    answer.headers.setdefault("Cache-Control", "no-cache")
    return answer


async def _done(request: Request, work: Callable[[], Response], *, heavy: bool) -> Response:
    desk = desk_of(request)
    try:
        return await (desk.heavy if heavy else desk.plain).work(work, request.is_disconnected)
    except Elsewhere:
        return await desk.past.work(work, request.is_disconnected)


async def _lines(request: Request, work: Work, *, heavy: bool) -> AsyncIterator[bytes]:
    """Yield a line for each step, then the answer, or the refusal as problem details."""
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()

    def tell(step: str, share: float) -> None:
        line = json.dumps({"progress": {"step": step, "share": round(share, 3)}}, ensure_ascii=False)
        loop.call_soon_threadsafe(queue.put_nowait, line.encode() + b"\n")

    task = asyncio.ensure_future(_settled(request, _done(request, partial(work, tell), heavy=heavy)))
    task.add_done_callback(lambda _: queue.put_nowait(None))
    while (line := await queue.get()) is not None:
        yield line
    yield await task


async def _settled(request: Request, answering: Any) -> bytes:
    """Return the last line: a refusal comes too late for a status of its own."""
    try:
        answer = await answering
        return b'{"result":' + bytes(answer.body) + b"}\n"
    except Left:
        return b""
    except QalaError as error:
        answer = await problems.refused(request, error)
    except Exception as error:  # noqa: BLE001  # whatever it is, the asker gets an end to the stream
        answer = await problems.broken(request, error)
    return b'{"problem":' + bytes(answer.body) + b"}\n"
