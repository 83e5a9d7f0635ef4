"""Load generators: wrk for services, pgbench for bare SQL. A client in Python would measure itself."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from gis.cluster import find_server
from gis.errors import BadRequest, Unavailable

CONNECTIONS: Final = 4
SECONDS: Final = 2.0
"""How long one measurement lasts."""

_LONGEST = 30.0
_SCRIPT = Path(__file__).with_name("paths.lua")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_STRING = re.compile(r"'(?:[^']|'')*'")
_LATENCY = re.compile(r"latency average = ([0-9.]+) ms")


@dataclass(frozen=True, slots=True)
class Service:
    """Requests to a service: random ones of ``paths``, over four connections."""

    base: str
    paths: Sequence[str]

    def rate(self, seconds: float = SECONDS) -> float:
        """Return requests answered a second; slow ones are given the time for some of them.

        Raises:
            Unavailable: wrk is not installed, or a request failed.
        """
        one = self._seconds_for_one()
        with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
            prefix = urlsplit(self.base).path
            file.write("".join(f"{prefix}{path}\n" for path in self.paths))
            file.flush()
            told = _wrk(self.base, file.name, max(seconds, min(4 * one, _LONGEST), 1.5 * one))
        if told["failed"] or not told["requests"]:
            raise Unavailable(f"{told['failed']} requests to {self.base} failed, such as {self.paths[0]}")
        return told["requests"] / told["microseconds"] * 1e6

    def _seconds_for_one(self) -> float:
        start = time.perf_counter()
        fetch(self.base + self.paths[0])
        return time.perf_counter() - start


def fetch(url: str) -> bytes:
    """Return the body of an answer; anything but success raises."""
    with urllib.request.urlopen(url, timeout=300) as answer:  # noqa: S310 - our own servers
        body: bytes = answer.read()
    return body


def _wrk(base: str, paths: str, seconds: float) -> Mapping[str, int]:
    program = shutil.which("wrk")
    if program is None:
        raise Unavailable("wrk is missing: apt-get install wrk")
    environment = {**os.environ, "QALA_BENCH_PATHS": paths, "QALA_BENCH_SEED": str(Random().randrange(2**30))}  # noqa: S311
    options = ["--threads=1", f"--connections={CONNECTIONS}", f"--duration={seconds:.0f}s", "--timeout=120s"]
    command = [program, *options, f"--script={_SCRIPT}", base]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines or not lines[-1].startswith("{"):
        raise Unavailable(f"wrk failed: {(done.stderr or done.stdout).strip()[-500:]}")
    told: Mapping[str, int] = json.loads(lines[-1])
    return told


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement run by pgbench, prepared, by four clients, each time at another place.

    Attributes:
        conninfo: whose it is.
        text: SQL with ``%(name)s`` as psycopg writes it.
        fixed: values that stay the same, by name, with their PostgreSQL types.
        drawn: pgbench expressions, by name, evaluated anew each time and in this order.
        mode: ``prepared`` or ``simple``.
    """

    conninfo: str
    text: str
    fixed: Mapping[str, tuple[object, str]]
    drawn: Mapping[str, str]
    mode: str = "prepared"

    def rate(self, seconds: float = SECONDS) -> float:
        """Return statements answered a second.

        Raises:
            Unavailable: pgbench failed.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(self._script())
            file.flush()
            Path(file.name).chmod(0o644)
            return _pgbench(self.conninfo, file.name, self.mode, seconds)

    def _script(self) -> str:
        draws = [rf"\set {name} {expression}" for name, expression in self.drawn.items()]
        # pgbench takes a colon for the start of a variable, even inside a string.
        plain = _STRING.sub(lambda found: found[0].replace(":", "' || chr(58) || '"), self.text)
        body = " ".join(_PLACEHOLDER.sub(self._bound, plain).replace("%%", "%").split())
        return "\n".join([*draws, body + ";"])

    def _bound(self, found: re.Match[str]) -> str:
        name = found[1]
        if name in self.drawn:
            return f":{name}"
        if name not in self.fixed:
            raise BadRequest(f"the statement binds {name}, which has no value")
        value, kind = self.fixed[name]
        quoted = str(value).replace("'", "''")
        return f"'{quoted}'::{kind}"


def _pgbench(conninfo: str, script: str, mode: str, seconds: float) -> float:
    known = {key: str(value) for key, value in conninfo_to_dict(conninfo).items()}
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "options": "PGOPTIONS"}
    environment = {**os.environ, **{names[key]: value for key, value in known.items() if key in names}}
    program = find_server().programs / "pgbench"
    options = ["--no-vacuum", f"--client={CONNECTIONS}", "--jobs=1", f"--time={seconds:.0f}", f"--protocol={mode}"]
    command = [str(program), *options, f"--file={script}", known["dbname"]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = _LATENCY.search(done.stdout)
    if done.returncode or found is None:
        raise Unavailable(f"pgbench failed: {done.stderr.strip()[-800:]}")
    return CONNECTIONS / float(found[1]) * 1000


Measure = Callable[[], float]
"""Measures once; a rate."""
