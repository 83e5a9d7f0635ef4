"""What was acknowledged outlives the death of everything: server, database, writer."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.installation import Installation
from data.profiles import find
from gis.audit import verify
from gis.database import connect

_WRITER = """
import sys
from pathlib import Path
from data.installation import Installation
from data.profiles import find
from tests.city import City, square
installation = Installation(Path(sys.argv[1]), None)
profile = find("helsinki")
register = installation.register(installation.database(profile), profile)
city = City(register, profile)
for i in range(1_000):
    serial = 100_000 + int(sys.argv[2]) * 100_000 + i
    feature = city.put("land.parcel", square(i % 50, int(sys.argv[2]) * 1000 + i), cadastral_number=f"91001001{serial}")
    print(feature, flush=True)
"""


@pytest.fixture
def own_installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation that a test may kill; with real durability."""
    made = Installation(tmp_path / "home", None)
    yield made
    made.cluster.erase()


def _writer(home: Path, number: int, log: Path) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[1]
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(home), str(number)], cwd=root, stdout=out, stderr=subprocess.DEVNULL
        )


def _kill_cluster(installation: Installation) -> None:
    """Kill the postmaster and every process of it, as a power cut would."""
    postmaster = installation.cluster.status().pid
    assert postmaster is not None
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True, check=False
    )
    for pid in [postmaster, *(int(p) for p in listed.stdout.split())]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _acknowledged(log: Path) -> set[int]:
    return {int(line) for line in log.read_text().splitlines() if line.isdigit()}


@pytest.mark.slow
def test_kill_9_loses_no_acknowledged_act(own_installation: Installation, tmp_path: Path) -> None:
    """Killed at random moments under writers, the register keeps every acknowledged act, and its audit is clean."""
    chance = random.Random(20200101)
    profile = find("helsinki")
    own_installation.cluster.start()
    own_installation.open(profile).close()
    known: set[int] = set()
    for attempt in range(3):
        logs = [tmp_path / f"{attempt}-{n}.log" for n in range(2)]
        writers = [_writer(own_installation.home, attempt * 2 + n + 1, log) for n, log in enumerate(logs)]
        deadline = time.monotonic() + 300
        while not all(_acknowledged(log) for log in logs):
            assert time.monotonic() < deadline, "the writers never began"
            time.sleep(0.05)
        time.sleep(chance.uniform(0.1, 1.0))
        if attempt == 1:
            writers[0].kill()
        else:
            _kill_cluster(own_installation)
        for writer in writers:
            writer.kill()
            writer.wait()
        own_installation.cluster.start()
        known |= {i for log in logs for i in _acknowledged(log)}
        database = own_installation.database(profile)
        with connect(database.owner) as connection:
            kept = {row[0] for row in connection.execute("SELECT feature_id FROM land.parcel")}
            register = own_installation.register(database, profile)
            assert known <= kept
            assert list(verify(connection, register.layers.values(), register.heads)) == []
