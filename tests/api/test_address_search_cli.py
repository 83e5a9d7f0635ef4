"""``qala address locate``: a file in, the same rows out with what was found, and a report that adds up."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.address.batch import STATUSES
from api.cli import locate
from api.main import app
from gis.register import Register
from tests.cadastres.address.town import built
from tests.city import City


@pytest.fixture
def town(fresh_city: Callable[[str], City], monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    """The town whose register the command opens."""
    city = fresh_city("helsinki")
    built(city)

    @contextmanager
    def opened(_: str | None) -> Iterator[Register]:
        yield city.register

    monkeypatch.setattr(locate, "register_of", opened)
    yield city
    city.register.close()


def test_every_row_of_a_file_comes_back(town: City, tmp_path: Path) -> None:
    """More rows than one statement takes, in their order; the counts add up to all of them."""
    source, target = tmp_path / "asked.csv", tmp_path / "found.csv"
    texts = ["ул. Абая Кунанбаева 12", "проспкт Победы 7", "", "нигде 5"] * 400
    source.write_text("n,address\n" + "".join(f"{i},{text}\n" for i, text in enumerate(texts)), encoding="utf-8")
    done = CliRunner().invoke(app, ["address", "locate", str(source), "--out", str(target), "--lang", "ru", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["rows"] == 1600 == sum(told[status] for status in STATUSES)
    assert (told["found"], told["bad"], told["none"]) == (800, 400, 400)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["n"] for row in rows] == [str(i) for i in range(1600)]
    assert rows[5]["qala_label"] == "проспект Победы, 7"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("options", [["--column", "street"], ["--encoding", "ascii"], ["--lang", "fr"]])
def test_what_is_wrong_is_told_in_one_line(town: City, tmp_path: Path, options: list[str]) -> None:
    """Exit code 2, and no file is written."""
    source, target = tmp_path / "asked.csv", tmp_path / "found.csv"
    source.write_text("address\nулица Абая 1\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["address", "locate", str(source), "--out", str(target), *options])
    assert done.exit_code == 2
    assert not target.exists()
