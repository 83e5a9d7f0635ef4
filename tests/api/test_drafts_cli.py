"""``qala draft`` as an operator meets it: words, JSON for programs, exit codes."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.installation import Installation
from gis.database import drop_database
from gis.draft import find
from gis.edit import Put
from gis.record import Write
from tests.api.test_cli import Operator, with_register
from tests.city import City, square


@pytest.fixture(scope="module")
def clerk(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """An operator of a copy of Helsinki with one parcel."""
    city = f"dc{os.getpid()}"
    file = tmp_path_factory.mktemp("city") / f"{city}.toml"
    file.write_text(f'extends = "helsinki"\nid = "{city}"\n', encoding="utf-8")
    made = Operator(installation, file)
    with_register(made, lambda c: c.put("land.parcel", square(0, 0), cadastral_number="91001001001"))
    yield made
    drop_database(made.server, city)


def _file(folder: Path, *places: tuple[int, int]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"purpose": f"park {column}"},
            "geometry": {"type": "MultiPolygon", "coordinates": [_ring(column, row)]},
        }
        for column, row in places
    ]
    file = folder / "reserved.geojson"
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3879"}}
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    return file


def _ring(column: int, row: int) -> list[list[list[float]]]:
    return [[[x, y] for x, y in square(column, row).exterior.coords]]


def test_a_file_goes_into_a_draft_and_then_into_the_register(clerk: Operator, tmp_path: Path) -> None:
    """Imported, compared, exported and adopted; the register has nothing of it before, and all of it after."""
    clerk.told("draft", "open", "parks", "--title", "Parks", "--valid-from", "2024-01-01")
    file = _file(tmp_path, (5, 5), (7, 5))
    brought = clerk.told("import", "land.reservation", file, "--draft", "parks", "--crs", "EPSG:3879")
    assert (brought["draft"], brought["revision"]) == ("parks", 1)
    assert clerk.told("audit", "verify") == {"changesets": 1, "findings": []}
    told = clerk.told("draft", "compare", "parks")
    assert [change["kind"] for change in told["changes"]] == ["created", "created"]  # type: ignore[attr-defined]
    with_draft = clerk.told("export", "land.reservation", tmp_path / "with.geojson", "--draft", "parks")
    without = clerk.told("export", "land.reservation", tmp_path / "without.geojson")
    assert (with_draft["features"], without["features"]) == (2, 0)
    source = ("--act-kind", "akimat-decision", "--act-number", "P-1", "--act-date", "2024-01-01", "--actor", "A")
    assert clerk.told("draft", "adopt", "parks", *source)["changeset"] == 2
    assert clerk.told("export", "land.reservation", tmp_path / "after.geojson")["features"] == 2
    assert clerk.run("draft", "adopt", "parks", *source).exit_code == 3


def test_exit_codes_tell_what_stands_in_the_way(clerk: Operator) -> None:
    """No such draft: 3; a name that won't do: 2; a name taken: 4; a choice that is none: 2; nothing to adopt: 2."""
    assert clerk.run("draft", "show", "nowhere").exit_code == 3
    assert clerk.run("draft", "open", "Bad Name", "--title", "T").exit_code == 2
    clerk.told("draft", "open", "twice", "--title", "T")
    assert clerk.run("draft", "open", "twice", "--title", "T").exit_code == 4
    assert clerk.run("draft", "rebase", "twice", "--choose", "x=draft").exit_code == 2
    assert clerk.run("draft", "check", "twice").exit_code == 2
    assert clerk.told("draft", "conflicts", "twice") == {"conflicts": []}
    assert clerk.told("draft", "withdraw", "twice")["state"] == "withdrawn"
    assert clerk.run("draft", "compare", "twice").exit_code == 3
    listed = json.loads(clerk.run("draft", "list", "--state", "withdrawn", "--json").stdout)
    assert [draft["name"] for draft in listed] == ["twice"]


def test_an_act_is_taken_back_and_given_back(clerk: Operator) -> None:
    """The inverse of the first act ends the parcel; reverted, the draft proposes nothing."""
    clerk.told("draft", "open", "undo", "--title", "Undo", "--inverse-of", "1")
    shown = clerk.told("draft", "show", "undo")
    assert shown["totals"][0]["retired"] == 1  # type: ignore[index]
    (parcel,) = shown["steps"][0]["features"]  # type: ignore[index]
    assert clerk.told("draft", "revert", "undo", "--feature", parcel)["revision"] == 2
    assert clerk.told("draft", "show", "undo")["totals"] == []


def test_rules_and_conflicts_have_exit_codes(clerk: Operator) -> None:
    """A draft that would overlap a parcel: the check says 5 and so does the adoption."""
    clerk.told("draft", "open", "overlap", "--title", "Overlap")

    with_register(clerk, _propose)
    assert clerk.run("draft", "check", "overlap").exit_code == 5
    source = ("--act-kind", "akimat-decision", "--act-number", "P-9", "--act-date", "2024-01-01", "--actor", "A")
    assert clerk.run("draft", "adopt", "overlap", *source).exit_code == 5


def _propose(city: City) -> None:
    """Propose a parcel where there is one."""
    act = city.act("2021-01-01")
    with city.register.reading() as connection:
        draft = find(connection, "overlap").draft_id
    values = {"cadastral_number": "91001001002"}
    city.register.perform(Put((Write("land.parcel", -1, act.period, square(0, 0), values),)), act, draft=draft)
