"""The public login's asynchronous connections, tuned for pages of features."""

from asyncio import AbstractEventLoop, Future, get_running_loop
from typing import TypeVar

from psycopg import AsyncConnection
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from psycopg.waiting import Ready, Wait
from psycopg_pool import AsyncConnectionPool

from gis.database import SESSION

SERIAL = "-c max_parallel_workers_per_gather=0"
"""A page takes milliseconds, less than a helper process takes to start; other readers need the cores."""

_Answer = TypeVar("_Answer")


class ReaderConnection(AsyncConnection):
    """A connection that waits for a long answer with little ado.

    A page comes in some fifteen pieces. psycopg starts a task with a time limit for each of them, so that a keyboard
    interrupt is noticed; in a server that costs more than all the rest of the page.
    """

    async def wait(self, gen: PQGen[_Answer], interval: float = 0.0) -> _Answer:  # noqa: ARG002  (psycopg's signature)
        """Drive one exchange with the server to its end; cancelled, it cancels the statement as psycopg does."""
        try:
            return await _drive(gen, self.pgconn.socket)
        except StopIteration as done:
            answer: _Answer = done.value
            return answer
