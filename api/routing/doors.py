"""Doors to the threads that work on the street graph: who waits for one does so on the event loop and holds no thread.

Whoever hangs up is let out of the queue, and the work that goes on for him is told, so that it ends at its next step.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread

from gis.errors import QalaError
from gis.text import Text

EVERY: Final = 0.25
"""Seconds between two looks whether the asker is still there."""

_Answer = TypeVar("_Answer")
HasLeft = Callable[[], Coroutine[Any, Any, bool]]
"""Tells whether the asker has hung up."""


class Busy(QalaError):
    """As many long questions as the server takes are under way."""

    code = "busy"
    status = 503


class Left(Exception):
    """The asker has hung up."""


class Elsewhere(Exception):
    """What was let in as a short question takes long."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """Work behind a door: whether its asker has gone, and whether only short work is done there."""

    gone: Event = field(default_factory=Event)
    short: bool = False


_visit: ContextVar[_Visit | None] = ContextVar("visit", default=None)


def staying() -> None:
    """Go on if there still is somebody to answer; outside doors there always is.

    Raises:
        Left: there is nobody.
    """
    visit = _visit.get()
    if visit is not None and visit.gone.is_set():
        raise Left


def lengthy() -> None:
    """Say that what follows may take long.

    Raises:
        Elsewhere: only short work is done behind this door.
    """
    visit = _visit.get()
    if visit is not None and visit.short:
        raise Elsewhere


class Door:
    """Lets in so many at once, in the order in which they came; all on one event loop.

    Args:
        places: how many.
        patience: seconds for which somebody waits; without it, for as long as he likes.
        short: whether only short work is done behind it.
    """

    def __init__(self, places: int, patience: float | None = None, *, short: bool = False) -> None:
        self._free, self._patience, self._short = places, patience, short
        self._queue: deque[asyncio.Future[None]] = deque()
        self._threads = CapacityLimiter(places)

    async def work(self, work: Callable[[], _Answer], left: HasLeft) -> _Answer:
        """Return what some work comes to, done in a thread.

        Args:
            work: what is done.
            left: whether the asker has hung up.

        Raises:
            Busy: others' work did not end in time.
            Left: he has.
            Elsewhere: the work takes longer than is allowed here.
        """
        await self._enter(left)
        visit = _Visit(short=self._short)
        doing = asyncio.ensure_future(to_thread.run_sync(partial(_behind, visit, work), limiter=self._threads))
        doing.add_done_callback(self._ended)
        try:
            while not doing.done():
                await asyncio.wait({doing}, timeout=EVERY)
                if not doing.done() and not visit.gone.is_set() and await left():
                    visit.gone.set()
        finally:
            visit.gone.set()
        return doing.result()

    async def _enter(self, left: HasLeft) -> None:
        if self._free and not self._queue:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await self._wait(turn, left)
        except BaseException:
            self._give_up(turn)
            raise

    async def _wait(self, turn: asyncio.Future[None], left: HasLeft) -> None:
        loop = asyncio.get_running_loop()
        until = None if self._patience is None else loop.time() + self._patience
        while not turn.done():
            await asyncio.wait({turn}, timeout=EVERY if until is None else max(0.0, min(EVERY, until - loop.time())))
            if await left():
                raise Left
            if not turn.done() and until is not None and loop.time() >= until:
                raise Busy(BUSY, retry_after=30)

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn.done():
            self._leave()
        else:
            self._queue.remove(turn)

    def _leave(self) -> None:
        """Let in the next, who takes the place that is free."""
        if self._queue:
            self._queue.popleft().set_result(None)
        else:
            self._free += 1

    def _ended(self, doing: "asyncio.Future[Any]") -> None:
        if not doing.cancelled():
            doing.exception()  # who was cancelled meanwhile does not ask for it
        self._leave()


def _behind(visit: _Visit, work: Callable[[], _Answer]) -> _Answer:
    _visit.set(visit)  # of the context that the thread was given
    return work()


BUSY = Text(
    kk="Сервер қазір басқа ұзақ есептеулермен айналысуда; сәлден соң қайталаңыз.",
    ru="Сервер сейчас занят другими долгими расчётами; повторите чуть позже.",
    en="The server is at work on other long computations; try again in a little while.",
)
