"""``qala extract``: one parcel, all of them into a file, what a feature touches, coverage, distances."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from typer.testing import CliRunner

from api.cli import extract
from api.main import app
from gis.register import Register
from tests.city import City

NUMBER = "91-001-001-001"


@pytest.fixture
def city(furnished_city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    """The furnished city, whose register the command opens."""

    @contextmanager
    def opened(_: str | None) -> Iterator[Register]:
        yield furnished_city.register

    monkeypatch.setattr(extract, "register_of", opened)
    return furnished_city


def run(*options: str) -> Any:
    """Run the command; return what it said as JSON."""
    done = CliRunner().invoke(app, ["extract", *options, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_one_parcel(city: City) -> None:
    """The content of its extract, and a table for people."""
    told = run(NUMBER, "--datetime", "2021-01-01")
    assert {"land.zone", "land.reservation"} <= {one["layer"] for one in told["restrictions"]}
    shown = CliRunner().invoke(app, ["extract", NUMBER, "--lang", "kk"])
    assert shown.exit_code == 0, shown.output
    assert "100,00" in shown.output


def test_all_parcels_into_files(city: City, tmp_path: Path) -> None:
    """The same rows as CSV and as GeoPackage, which GDAL opens."""
    table, package = tmp_path / "all.csv", tmp_path / "all.gpkg"
    counts = [run("--all", "--to", str(file))["rows"] for file in (table, package)]
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert counts == [len(rows)] * 2
    opened = pyogrio.read_dataframe(package, layer="restrictions", read_geometry=False)
    assert list(opened["cadastral_number"]) == [row["cadastral_number"] for row in rows]
    assert list(opened["amount"]) == pytest.approx([float(row["amount"]) for row in rows])
    assert not list(tmp_path.glob(".*"))


def test_the_other_way_and_statistics(city: City) -> None:
    """A zone's parcels with totals; what covers a quarter; which parcels are near."""
    zone = next(one["id"] for one in run(NUMBER)["restrictions"] if one["layer"] == "land.zone")
    affected = run("--affected", f"land.zone/{zone}")
    assert affected["totals"]["parcels"] == len(affected["parcels"]) == 2
    assert "land.zone" in {row["layer"] for row in run("--coverage", "land.quarter")}
    near = run("--near", "land.parcel", "--of", f"land.zone/{zone}", "--distance", "5")
    assert {one["id"] for one in affected["parcels"]} < {one["id"] for one in near}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 2),
        ((NUMBER, "--all"), 2),
        (("--all",), 2),
        (("--all", "--to", "all.xlsx"), 2),
        (("--all", "--to", "/nowhere/all.csv"), 2),
        (("--affected", "land.zone"), 2),
        (("--affected", "land.zone/999999"), 3),
        (("--coverage", "address.street"), 2),
        (("--near", "land.parcel"), 2),
        ((NUMBER, "--lang", "fr"), 2),
        ((NUMBER, "--draft", "none"), 3),
        (("91-001-001-999",), 3),
    ],
)
def test_what_is_wrong_is_told_in_one_line(city: City, options: Sequence[str], code: int) -> None:
    """With the exit code of its kind, and no traceback."""
    done = CliRunner().invoke(app, ["extract", *options])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
