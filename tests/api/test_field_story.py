"""The guide for field teams tells the truth: its examples run, one after the other, and do what it says."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from shapely import LineString, Point

from api.violations import on_globe
from gis import tokens
from tests.api.command import command_in
from tests.api.server import serving
from tests.city import ORIGIN, City
from tests.registers import Cities, Operated

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"
FOR_RECEIVERS = find_spec("data.exports.routes") is not None
"""Whether routes are written into GPX, KML, FIT and PDF."""


@dataclass(frozen=True)
class Told:
    """What the examples said, line by line, and the folder in which they ran."""

    output: str
    folder: Path

    def documents(self, member: str) -> list[Any]:
        """Return every JSON document said that has a member."""
        lines = [json.loads(line) for line in self.output.splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in lines if member in line]


@pytest.fixture(scope="module")
def told(fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Run every example against a city of its own."""
    if shutil.which("curl") is None:
        pytest.skip("the guide's examples use curl")
    folder = tmp_path_factory.mktemp("field")
    with fresh_city.operated(folder) as operated:
        yield _run(operated, folder)


def _furnished(city: City) -> dict[str, str]:
    """Lay a street and a footway with a kerb, and a lift on another; return the places that the guide asks for."""

    def way(kind: str, begin: float, end: float, y: float, **said: str) -> None:
        line = LineString([(ORIGIN[0] + begin, ORIGIN[1] + y), (ORIGIN[0] + end, ORIGIN[1] + y)])
        measured: dict[str, Any] = {"surface": "asphalt", "width": 2.0, "incline": 0.0, **said}
        city.put(f"urban_planning.{kind}", line, **measured)

    way("footway", 0, 100, 0, footway="sidewalk")
    way("footway", 100, 200, 0, footway="sidewalk")
    way("street_segment", 0, 200, 20, highway="residential")
    city.put("urban_planning.kerb", Point(ORIGIN[0] + 100, ORIGIN[1]), height=0.02)
    city.put("urban_planning.lift", Point(ORIGIN[0] + 200, ORIGIN[1]), status="working")
    spots = [Point(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in ((1, 0), (199, 0), (40, 0.5), (-50, -50), (250, 80))]
    lonlat = [on_globe(spot, city.profile.system)["coordinates"] for spot in spots]
    named = dict(zip(("FROM", "TO", "SPOT"), (f"{x},{y}" for x, y in lonlat), strict=False))
    return {**named, "BOX": ",".join(str(number) for corner in lonlat[3:] for number in corner)}


def _examples() -> str:
    """Return the guide's examples; those of files for receivers where the server writes them."""
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / "field.md").read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(block for block in blocks if FOR_RECEIVERS or "for form in gpx" not in block)


def _run(operated: Operated, folder: Path) -> Told:
    city = operated.city
    places = _furnished(city)
    roles = {"FIELD": "field", "INSPECTOR": "registrar.urban_planning", "OPERATOR": "operator"}
    with city.register.writing() as connection:
        places |= {name: tokens.create(connection, name.title(), role) for name, role in roles.items()}
    with serving(city.register) as server, command_in(folder):
        environment = {
            **os.environ,
            **operated.environment,
            **places,
            "BASE": server.address,
            "PATH": f"{folder}:{os.environ['PATH']}",
            "FOLDER": str(folder),
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", _examples()],
            env=environment, capture_output=True, text=True, check=False, timeout=900,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return Told(done.stdout, folder)


def test_routes_are_files(told: Told) -> None:
    """Each in the form that its receiver reads."""
    starts = {"gpkg": b"SQLite format 3"}
    if FOR_RECEIVERS:
        starts |= {"gpx": b"<?xml", "kml": b"<?xml", "pdf": b"%PDF-"}
        assert (told.folder / "way.fit").read_bytes()[8:12] == b".FIT"
    for form, start in starts.items():
        assert (told.folder / f"way.{form}").read_bytes().startswith(start), form
    assert (told.folder / "way.txt").read_text(encoding="utf-8").splitlines()[1].startswith("1. ")


def test_reports_end_as_the_guide_says(told: Told) -> None:
    """The obstacle is accepted and stands on the map, the slip of the pen is declined with its reason."""
    states = [each["state"] for each in told.documents("state")]
    assert {"open", "accepted", "declined"} <= set(states)
    assert "1.5 m in the photograph, not 15" in told.output
    barriers = [d for d in told.documents("features") if d.get("type") == "FeatureCollection"]
    assert [f["properties"]["barrier"] for f in barriers[-1]["features"]] == ["debris"]
    listed = next(d for d in told.documents("reports") if d["reports"][-1]["state"] == "declined")
    assert listed["reports"][-1]["state_title"] == "отклонено"


def test_counts_of_feeds_add_up(told: Told) -> None:
    """Every batch: what was read was recorded, known already, or refused."""
    batches = told.documents("unchanged")
    assert len(batches) == 4
    assert all(b["read"] == b["recorded"] + b["unchanged"] + b["refused"] for b in batches)
    assert "2 rows: 2 recorded" in told.output
