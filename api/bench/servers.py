"""Server processes under measurement, the engine's own started as ``qala up`` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol
from urllib.error import URLError

from api.bench.load import fetch
from gis.errors import Unavailable
from gis.profile import CityProfile

WORKERS: Final = 2
_PATIENCE = 60.0


def environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with settings added, and without a Python environment of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    return {**kept, **settings}


class Served(Protocol):
    """A city of a bench: the folder of its cluster, and its profile."""

    @property
    def home(self) -> Path:
        """Folder of the installation."""

    @property
    def profile(self) -> CityProfile:
        """The city's."""


@contextmanager
def engine(city: Served, port: int) -> Iterator[str]:
    """Serve the bench's register; yield the base URL."""
    settings = {"QALA_HOME": str(city.home), "QALA_SERVED_PROFILE": city.profile.model_dump_json()}
    command = [sys.executable, "-m", "uvicorn", "api.app:served", "--factory", f"--port={port}", f"--workers={WORKERS}"]
    with serving([*command, "--log-level=warning"], environment_with(settings), port, "/health") as base:
        yield base


@contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str], port: int, ready: str) -> Iterator[str]:
    """Run a server on a loopback port until it has been used; yield its base URL once it answers.

    Raises:
        Unavailable: the port is taken, or the server did not answer within a minute.
    """
    _require_free(port)
    base = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        list(command), env=dict(environment), start_new_session=True, cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            _await(base + ready, process)
            yield base
        finally:
            _stop(process)


def free_ports(count: int) -> list[int]:
    """Return loopback ports that are free now."""
    with_sockets = [socket.socket() for _ in range(count)]
    for each in with_sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in with_sockets]
    for each in with_sockets:
        each.close()
    return ports


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Unavailable(f"port {port} is taken") from None


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(URLError, ConnectionError, TimeoutError):
            fetch(url)
            return
        time.sleep(0.2)
    raise Unavailable(f"{url} does not answer; the server's own words are above")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for order in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, order)
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
            return
