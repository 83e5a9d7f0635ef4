"""The inspector's guide tells the truth: its examples run, one after the other, and say what it says they do."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely

from gis import tokens
from tests.api.command import command_in
from tests.api.guide import Shell, sections
from tests.api.server import serving
from tests.api.street_town import at, built, lonlat, lonlat_text
from tests.registers import Cities, Operated

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "docs" / "accessibility.md"


@dataclass(frozen=True)
class Walk:
    """What the examples said, section by section, the ids of what stands in the way, and where files are."""

    said: list[str]
    steps: int
    kerb: int
    folder: Path

    def documents(self, section: int) -> list[Any]:
        """Return the JSON that a section's examples answered."""
        return [json.loads(line) for line in self.said[section].splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def walk(fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Go the inspector's way through a town where steps bar the short way, and a high kerb the long one."""
    if shutil.which("curl") is None:
        pytest.skip("the guide's examples use curl")
    folder = tmp_path_factory.mktemp("accessibility")
    with fresh_city.operated(folder) as operated:
        yield _walked(operated, folder)


def _walked(operated: Operated, folder: Path) -> Walk:
    town = built(operated.city)
    kerb = operated.city.put("urban_planning.kerb", shapely.Point(at(200, 80)), kerb="raised", height=0.15)
    with operated.city.register.writing() as connection:
        token = tokens.create(connection, "R. Registrar", "registrar.urban_planning")
    box = ",".join(str(number) for corner in ((-50, -100), (250, 130)) for number in lonlat(*corner))
    with serving(operated.city.register) as server, command_in(folder):
        variables = {
            **operated.environment,
            "BASE": server.address,
            "TOKEN": token,
            "HOME_AT": lonlat_text(5, 0),
            "CLINIC": lonlat_text(195, 0),
            "BOX": box,
            "PATH": f"{folder}:{os.environ['PATH']}",
            "FOLDER": str(folder),
        }
        with Shell.opened(folder, **variables) as shell:
            said = [shell.run(section) for section in sections(GUIDE)]
    return Walk(said, town.ids["steps"], kerb, folder)


def test_the_letter_is_true(walk: Walk) -> None:
    """On foot over the steps; by wheelchair no way; with another chair and other limits, round."""
    assert "no way: 5" in walk.said[0]
    assert "190 метров" in walk.said[0]
    (own,) = walk.documents(0)
    assert own["length"] == pytest.approx(370, abs=0.1)
    assert own["profile"]["max_kerb"] == 0.2


def test_the_guide_names_what_bars(walk: Walk) -> None:
    """The steps and the kerb, by their numbers, in words and as facts."""
    (why,) = walk.documents(1)
    barring = {each["feature_id"] for way in why["rejected"] for each in way["obstacles"]}
    assert {walk.steps, walk.kerb} <= barring
    words = walk.said[1].splitlines()
    assert all(any(f"№ {number}" in line for line in words) for number in (walk.steps, walk.kerb))


def test_the_unknown_is_told(walk: Walk) -> None:
    """The cross slope of every way."""
    (on_foot,) = walk.documents(2)
    assert on_foot["length"] == pytest.approx(190, abs=0.1)
    assert "cross slope" in walk.said[2]


def test_the_norms_are_cited(walk: Walk) -> None:
    """Of the way and of the area; the file opens in GDAL with as many objects."""
    held, area = walk.documents(3)
    assert walk.kerb in [each["id"] for each in area["features"]]
    assert {each["worst"] for each in held["objects"]} <= {"met", "broken", "conditional", "unknown"}
    assert "СП РК" in walk.said[3]
    layer = pyogrio.read_dataframe(walk.folder / "broken.gpkg")
    assert sorted(layer["feature_id"]) == sorted(each["id"] for each in area["features"])
    assert len(pyogrio.read_dataframe(walk.folder / "broken.geojson")) == len(layer)


def test_repairs_are_counted_in_people(walk: Walk) -> None:
    """Forty would have a way, were either the steps or the kerb made good."""
    (told,) = walk.documents(4)
    assert (told["people"], told["barred"]) == (40.0, 40.0)
    opened = {each["objects"][0]["feature_id"]: each["opened"] for each in told["repairs"] if len(each["objects"]) == 1}
    assert opened == {walk.steps: 40.0, walk.kerb: 40.0}
    assert "не пройти: 40" in walk.said[4]


def test_the_works_count_at_once(walk: Walk) -> None:
    """The way goes round now, and did not go on the day before."""
    assert "no way then: 5" in walk.said[5]
    assert "no way: " not in walk.said[5]
    assert any(line.startswith("1. ") for line in walk.said[5].splitlines())
