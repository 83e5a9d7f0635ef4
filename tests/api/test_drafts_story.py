"""The guide to drafts tells the truth: its examples run, one after the other, and do what it says."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import shapely

from api.violations import on_globe
from gis import tokens
from tests.api.command import command_in
from tests.api.server import serving
from tests.city import square
from tests.registers import Cities, Operated

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Told:
    """What the examples of a guide said, and what they left behind."""

    output: str
    folder: Path

    def documents(self, member: str) -> list[Any]:
        """Return the values of a member in every JSON document that was said."""
        lines = [each for line in self.output.splitlines() if line.startswith("{") for each in _documents(line)]
        return [line[member] for line in lines if member in line]


def _documents(line: str) -> Iterator[Any]:
    """Yield the documents of a line: not every example ends its answer by a new line."""
    end = 0
    while line.startswith("{", end):
        document, end = json.JSONDecoder().raw_decode(line, end)
        yield document


def _examples(guide: str) -> str:
    return "\n".join(re.findall(r"```sh\n(.*?)```", (DOCS / guide).read_text(encoding="utf-8"), re.DOTALL))


def _first_acts() -> str:
    """Return the registrar's guide as far as its parcels are formed."""
    return "\n".join(re.findall(r"```sh\n(.*?)```", (DOCS / "registrar.md").read_text(encoding="utf-8"), re.DOTALL)[:2])


@pytest.fixture(scope="module")
def told(fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Run every example against a city of its own."""
    if shutil.which("curl") is None:
        pytest.skip("the guide's examples use curl")
    folder = tmp_path_factory.mktemp("drafts")
    with fresh_city.operated(folder) as operated:
        yield _run(operated, folder)


def _run(operated: Operated, folder: Path) -> Told:
    city = operated.city
    file = folder / "survey.geojson"
    place = on_globe(shapely.MultiPolygon([square(0, 0)]), city.profile.system)
    feature = {"type": "Feature", "properties": {"purpose": "park"}, "geometry": place}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    with city.register.writing() as connection:
        registrar = tokens.create(connection, "A. Registrar", "registrar")
        planner = tokens.create(connection, "P. Planner", "planner")
    with serving(city.register) as server, command_in(folder):
        environment = {
            **os.environ,
            **operated.environment,
            "BASE": server.address,
            "REGISTRAR": registrar,
            "PATH": f"{folder}:{os.environ['PATH']}",
            "FILE": str(file),
            "FOLDER": str(folder),
        }
        _bash(_first_acts(), environment | {"TOKEN": registrar})
        return Told(_bash(_examples("drafts.md"), environment | {"TOKEN": planner}), folder)


def _bash(script: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=environment, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_edits_are_warned_of_and_counted(told: Told) -> None:
    """The split, the car park, its revert and the rebase are revisions of one draft, in order."""
    revisions = told.documents("revision")
    assert (revisions[0], max(revisions)) == (0, 4)
    assert revisions[1:3] == [1, 2]
    assert told.documents("draft").count("north-gate") >= 6


def test_no_example_fails_but_those_that_are_to(told: Told) -> None:
    """The only refusal is of the draft that was adopted, which names its changeset."""
    refused = [status for status in told.documents("status") if status >= 400]
    assert refused == [410]
    changesets = [number for number in told.documents("changeset") if number]
    assert len(set(changesets)) == 2  # the register's own act, and the adoption that the refusal names


def test_the_comparison_adds_up(told: Told) -> None:
    """Two children and a car park are made, the parent is ended; the land of the split is the same as before."""
    first = told.documents("changes")[0]
    kinds = sorted(change["kind"] for change in first if change["layer"] == "land.parcel")
    assert kinds == ["created", "created", "created", "retired"]
    areas = [c["area"]["after"] for c in first if c["kind"] == "created"]
    parent = next(c["area"]["before"] for c in first if c["kind"] == "retired")
    assert min(abs(sum(areas) - area - parent) for area in areas) < 0.1


def test_the_page_says_that_a_draft_has_no_force(told: Told) -> None:
    """The link opened it in Kazakh, without a token."""
    assert "Бұл — жоба: оның заңды күші жоқ." in told.output


def test_the_operator_adopts_what_a_file_brought(told: Told) -> None:
    """The command line wrote its files and adopted the survey."""
    proposed = json.loads((told.folder / "survey-7.geojson").read_text(encoding="utf-8"))["features"]
    assert [each["properties"]["state"] for each in proposed] == ["after", "difference"]
    assert (told.folder / "as-proposed.gpkg").stat().st_size > 0
    assert re.search(r"draft: survey-7\nchangeset: [0-9]+", told.output)
