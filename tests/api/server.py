"""A real server in a process of its own, for clients that run elsewhere or hold the interpreter while they wait.

Servers are forked from a process that has loaded the application once: loading takes longer than most tests.
"""

import multiprocessing
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvicorn

from api.app import create_app
from data.installation import Installation
from gis.database import Database
from gis.profile import checked_profile
from gis.register import Register

_ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0
"""Seconds to wait for a start; it takes a few."""

LOADED = multiprocessing.get_context("forkserver")
"""Starts processes that have loaded everything."""
LOADED.set_forkserver_preload(["tests.api.loaded", __name__])


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at its end, and its process id."""

    address: str
    pid: int


@contextmanager
def serving(register: Register, outside: str | None = None) -> Iterator[Server]:
    """Serve a register on a free loopback port for a while; ``outside`` is its public address."""
    ready, done = LOADED.Pipe(duplex=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        told = (listener, done, _described(register), outside, dict(os.environ))
        process = LOADED.Process(target=_serve, args=told, daemon=True)
        process.start()
        done.close()
        try:
            if not ready.poll(_PATIENCE) or ready.recv() != "ready":
                raise RuntimeError("the server under test did not start")
            yield Server(f"http://127.0.0.1:{listener.getsockname()[1]}", int(process.pid or 0))
        finally:
            process.terminate()
            process.join(_PATIENCE)


def _serve(
    listener: socket.socket, done: Connection, described: dict[str, Any], outside: str | None, env: dict[str, str]
) -> None:
    """Be that process: say when ready, serve until terminated."""
    os.environ.clear()
    os.environ.update(env)
    installation = Installation(Path(described["home"]), None)
    profile = checked_profile(described["profile"], "test")
    app = create_app(installation.register(Database(**described["database"]), profile), outside)
    done.send("ready")
    done.close()
    # By its number uvicorn would take the socket for one that is no network's, whose answers wait for each other.
    uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2)).run(sockets=[listener])


def _described(register: Register) -> dict[str, Any]:
    return {
        "home": str(register.heads.folder.parent) if register.heads else str(_ROOT),
        "profile": register.profile.model_dump(mode="json"),
        "database": asdict(register.database),
    }
