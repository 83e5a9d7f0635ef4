"""The registrar's guide tells the truth: its examples run, one after the other, and do what it says."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gis import tokens
from tests.api.server import serving
from tests.city import City

GUIDE = Path(__file__).parents[2] / "docs" / "registrar.md"


def _examples() -> str:
    return "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL))


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide's examples use curl")
def test_every_example_runs(fresh_city: Callable[[str], City]) -> None:
    """No act of the guide fails but the one that is to be refused; the parcels have the numbers that it tells."""
    city = fresh_city("helsinki")
    with city.register.writing() as connection:
        secret = tokens.create(connection, "A. Registrar", "registrar")
    with serving(city.register) as server:
        environment = {**os.environ, "BASE": server.address, "TOKEN": secret}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", _examples()],
            env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    refused, advice = done.stdout.count('"status": 422'), done.stdout.count('"allowed":false')
    assert (refused, advice) == (1, 1)
    assert "land.parcel.not-reserved" in done.stdout
    assert '"spelled":"91-001-900-005"' in done.stdout
    assert '"status": 410' in done.stdout
