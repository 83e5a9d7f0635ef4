"""The public login's connections, tuned for pages of features."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from psycopg import AsyncConnection, waiting
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from psycopg.errors import InternalError_
from psycopg_pool import AsyncConnectionPool

from gis.database import SESSION
from gis.errors import BadRequest
from gis.text import Text

SERIAL = "-c max_parallel_workers_per_gather=0"
"""A page takes milliseconds, less than a helper process takes to start; other readers need the cores."""

_Answer = TypeVar("_Answer")


class ReaderConnection(AsyncConnection):
    """A connection that can wait for a long answer in a thread.

    A page comes in some fifteen pieces. The event loop would be woken for each of them; a thread takes them all in C,
    in little more than half the time.
    """

    in_thread = False

    async def wait(self, gen: PQGen[_Answer], interval: float = 0.1, timeout: float | None = None) -> _Answer:  # noqa: ASYNC109
        """Drive one exchange with the server to its end, in a thread where that was asked for."""
        if not self.in_thread:
            return await super().wait(gen, interval, timeout)
        answer = asyncio.get_running_loop().run_in_executor(None, waiting.wait, gen, self.pgconn.socket, interval)
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            # The asker has gone, but the thread holds the connection: let it come to the end of its page first.
            await asyncio.wait([answer])
            raise


@contextmanager
def long_answer(connection: AsyncConnection) -> Iterator[None]:
    """Say that what is asked inside brings many bytes."""
    if not isinstance(connection, ReaderConnection):
        yield
        return
    connection.in_thread = True
    try:
        yield
    finally:
        connection.in_thread = False


class Undeliverable(BadRequest):
    """A coordinate system into which the database can't carry what lies here."""

    code = "undeliverable"


@contextmanager
def delivering() -> Iterator[None]:
    """Tell the database's failure to transform coordinates as the asker's choice of a system that does not fit."""
    try:
        yield
    except InternalError_ as error:
        reason = str(error).strip().splitlines()[0]
        raise Undeliverable(_UNDELIVERABLE.filled(reason=reason), parameter="crs") from error


_UNDELIVERABLE = Text(
    kk="Бұл деректерді сұралған координаттар жүйесінде беру мүмкін емес ({reason}); қабат ұсынған жүйені таңдаңыз.",
    ru="Эти данные нельзя выдать в запрошенной системе координат ({reason}); выберите одну из предложенных слоем.",
    en="These data can't be given in the coordinate system asked for ({reason}); choose one that the layer offers.",
)


GENERIC = "-c plan_cache_mode=force_generic_plan"
"""For statements of one shape whose plan takes longer to make than to run, and does not depend on their values."""


def reader_pool(conninfo: str, connections: int, settings: str = "") -> AsyncConnectionPool[AsyncConnection]:
    """Return a pool, still closed, of at most so many connections in autocommit mode, with further settings."""
    return AsyncConnectionPool(
        make_conninfo(conninfo, options=f"{SESSION} {SERIAL} {settings}".rstrip()),
        connection_class=ReaderConnection,
        min_size=1,
        max_size=connections,
        open=False,
        timeout=10.0,
        kwargs={"autocommit": True, "prepare_threshold": 3},
    )
