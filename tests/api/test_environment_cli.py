"""``qala zones`` and ``qala measurements`` as an operator meets them."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.main import app
from data.installation import Installation
from gis.database import drop_database

ROWS = "at,code,pm,lon,lat\n2024-01-01T00:00:00+05:00,K1,10,71.43,51.13\n2024-01-01T01:00:00,K1,11,71.43,51.13\n"
LAYOUT = """
time = "at"
station = "code"
value = "pm"
observed_property = "PM2.5"
unit = "ug/m3"
longitude = "lon"
latitude = "lat"
"""


@pytest.fixture(scope="module")
def qala(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Result]]:
    """Run a verb over an empty city of its own."""
    city = f"nature{os.getpid()}"
    profile = tmp_path_factory.mktemp("city") / f"{city}.toml"
    profile.write_text(f'extends = "astana"\nid = "{city}"\n', encoding="utf-8")
    environment = {"QALA_HOME": str(installation.home), "QALA_PROFILE": str(profile), "COLUMNS": "200"}

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], env=environment)

    yield run
    drop_database(installation.cluster.dsn("postgres"), city)


def test_the_bundled_rows_go_in_once(qala: Callable[..., Result]) -> None:
    """The first run enters them all, the second finds them known; zones have nothing to follow from yet."""
    first, second = (json.loads(qala("zones", "parameters", "--json").stdout) for _ in range(2))
    assert first["read"] == first["entered"] > 20
    assert (second["entered"], second["known"]) == (0, first["read"])
    assert json.loads(qala("zones", "derive", "--json").stdout) == {"sources": 0, "changesets": []}
    assert qala("zones", "derive", "--layer", "land.parcel").exit_code == 2


def test_a_file_of_measurements_is_counted(qala: Callable[..., Result], tmp_path: Path) -> None:
    """Exit code 5 where rows were refused, and what became of each; the same file again is refused."""
    file, mapping = tmp_path / "air.csv", tmp_path / "air.toml"
    file.write_text(ROWS, encoding="utf-8")
    mapping.write_text(LAYOUT, encoding="utf-8")
    done = qala("measurements", "load", file, "--mapping", mapping, "--act-date", "2024-01-05", "--json")
    assert done.exit_code == 5, done.output
    told = json.loads(done.stdout)
    assert (told["read"], told["kept"], told["refused"]) == (2, {"good": 1}, {"time-without-offset": 1})
    assert told["told"] == [{"row": 3, "code": "time-without-offset", "value": "2024-01-01T01:00:00"}]
    assert qala("measurements", "load", file, "--mapping", mapping).exit_code == 4
    assert qala("measurements", "load", tmp_path / "none.csv").exit_code == 2
