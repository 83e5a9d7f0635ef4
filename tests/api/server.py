"""A real server in a process of its own, for clients that run elsewhere or hold the interpreter while they wait."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import uvicorn

from api.app import create_app
from data.installation import Installation
from gis.database import Database
from gis.profile import checked_profile
from gis.register import Register

_ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0
"""Seconds to wait for a start; it takes a few."""


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at its end, and its process id."""

    address: str
    pid: int


@contextmanager
def serving(register: Register, outside: str | None = None) -> Iterator[Server]:
    """Serve a register on a free loopback port for a while; ``outside`` is its public address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-c", "from tests.api.server import main; main()"]
        with subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[listener.fileno()]
        ) as process:
            try:
                _tell(process, {"fd": listener.fileno(), "register": _described(register), "outside": outside})
                yield Server(address, process.pid)
            finally:
                process.terminate()
                process.wait(_PATIENCE)


def main() -> None:
    """Be that process: read what to serve from standard input, say when ready, serve until terminated."""
    told = json.loads(sys.stdin.readline())
    described = told["register"]
    installation = Installation(Path(described["home"]), None)
    profile = checked_profile(json.loads(described["profile"]), "test")
    app = create_app(installation.register(Database(**described["database"]), profile), told["outside"])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    uvicorn.run(app, fd=told["fd"], log_level="error", timeout_graceful_shutdown=2)


def _described(register: Register) -> dict[str, object]:
    return {
        "home": str(register.heads.folder.parent) if register.heads else str(_ROOT),
        "profile": register.profile.model_dump_json(),
        "database": asdict(register.database),
    }


def _tell(process: subprocess.Popen[str], what: dict[str, object]) -> None:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the server under test has no pipes")
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()
    deadline = time.monotonic() + _PATIENCE
    while process.stdout.readline().strip() != "ready":
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the server under test did not start")
