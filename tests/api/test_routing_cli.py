"""``qala route`` and what an inspector asks by command: ways told, explained, judged, and as files that GDAL opens."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyogrio
import pypdfium2
import pytest
import shapely
from fit_tool.fit_file import FitFile
from typer.testing import CliRunner, Result

from api.cli import routing
from api.main import app
from data.exports.documents.route_words import SCAN
from data.loaders.accessibility_norms import BUNDLED, load_norms
from gis.register import Register
from tests.api.guide import pdf_text
from tests.api.street_town import StreetTown, at, built, lonlat, lonlat_text
from tests.city import City

WEST, EAST, ISLAND = lonlat_text(5, 0), lonlat_text(195, 0), lonlat_text(950, 0)
CHAIR = ("--profile", "wheelchair-manual")


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> StreetTown:
    """A few streets, and the bundled norms."""
    town = built(fresh_city("helsinki"))
    load_norms(town.city.register, BUNDLED, town.city.act("2020-01-02"))
    return town


@pytest.fixture(autouse=True)
def _opened(town: StreetTown, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(_: str | None) -> Iterator[Register]:
        yield town.city.register

    monkeypatch.setattr(routing, "register_of", opened)


def qala(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(app, [str(each) for each in arguments])


def run(*options: object) -> Result:
    """Ask for the way from west to east."""
    return qala("route", WEST, EAST, *options)


def told(*arguments: object) -> Any:
    """Return the JSON that a command prints."""
    done = qala(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_way_on_the_command_line(tmp_path: Path) -> None:
    """Told in Kazakh; as JSON; as a file; of another day; and refused with the exit codes of all commands."""
    way = run("--lang", "kk")
    assert way.exit_code == 0, way.output
    assert "Абай" in way.stdout
    file = tmp_path / "way.geojson"
    document = told("route", WEST, EAST, *CHAIR, "--to", file)
    assert document["length"] == pytest.approx(370, abs=0.1)
    assert pyogrio.read_dataframe(file).to_crs(3879).length.sum() == pytest.approx(370, abs=0.1)
    assert run("--datetime", "2019-01-01").exit_code == 5
    assert run("--profile", "horse").exit_code == 2
    assert run("--unknown", "perhaps").exit_code == 2
    assert run("--to", tmp_path / "way.exe").exit_code == 2
    assert run("--to", tmp_path / "none" / "way.gpkg").exit_code == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["way.geojson"]


def test_own_limits_and_what_to_avoid(town: StreetTown, tmp_path: Path) -> None:
    """Each of them leads round the steps."""
    area = {"type": "Polygon", "coordinates": [[lonlat(*point) for point in ((95, -5), (105, -5), (105, 5), (95, -5))]]}
    works = tmp_path / "works.geojson"
    feature = {"type": "Feature", "properties": {}, "geometry": area}
    works.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    for options in (
        ("--limit", "steps=bar"),
        ("--avoid", town.ids["steps"]),
        ("--avoid", works),
        ("--via", lonlat_text(100, 80)),
        ("--profile", "bicycle", "--limit", "speed=20", "--avoid", town.ids["steps"]),
    ):
        assert told("route", WEST, EAST, *options)["length"] == pytest.approx(370, abs=0.1), options
    assert told("route", WEST, EAST, "--alternatives", 2)["length"] == pytest.approx(190, abs=0.1)
    strict = ("--limit", "surfaces=asphalt, paving_stones", "--limit", "unknowns.width=bar")
    assert told("route", WEST, EAST, *strict)["profile"]["unknowns"] == {"width": "bar"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--limit", "max_incline_up=4"), "max_incline_up"),
        (("--limit", "max_incline_up=nan"), "max_incline_up"),
        (("--limit", "speed=-5"), "speed"),
        (("--limit", "speed=" + "9" * 300), "speed"),
        (("--limit", "max_kerb"), "NAME=VALUE"),
        (("--limit", "name=foot"), "NAME=VALUE"),
        (("--limit", "mood=good"), "mood"),
        (("--limit", "max_height=3"), "max_height"),
        (("--avoid", "no.geojson"), "no.geojson"),
        (("--alternatives", "9"), "alternatives"),
        (("--via", WEST, "--why"), "via"),
        (("--why", "--norms"), "--norms"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(options: tuple[str, ...], says: str) -> None:
    """As bad input, on standard error, without a traceback."""
    done = run(*options)
    assert done.exit_code == 2, done.output
    assert says in done.stderr


def test_a_way_is_taken_along(tmp_path: Path) -> None:
    """Each file is opened by what reads it in the field, and holds the way over the steps."""
    lines = run("--lang", "ru").stdout.splitlines()[1:]
    said = [line.partition(" ")[2] for line in lines]
    for form in ("gpx", "kml", "fit", "pdf", "geojson", "gpkg", "fgb", "txt", "ssml", "json"):
        done = run("--lang", "ru", "--to", tmp_path / f"way.{form}")
        assert done.exit_code == 0, done.output
        assert done.stdout == f"{tmp_path / f'way.{form}'}: 190 m, 2 min\n"
    assert pyogrio.read_dataframe(tmp_path / "way.gpx", layer="route_points")["desc"].tolist() == said
    assert pyogrio.read_dataframe(tmp_path / "way.gpx", layer="tracks").to_crs(3879).length.sum() == pytest.approx(
        190, abs=0.1
    )
    assert pyogrio.read_dataframe(tmp_path / "way.kml", layer="Указания")["description"].tolist() == said
    layers = {name: pyogrio.read_dataframe(tmp_path / "way.gpkg", layer=name) for name in ("route", "pieces")}
    assert layers["route"].length.sum() == layers["pieces"].length.sum() == pytest.approx(190, abs=0.01)
    assert list(layers["pieces"]["kind"]) == ["footway", "steps", "footway"]
    steps = pyogrio.read_dataframe(tmp_path / "way.gpkg", layer="manoeuvres")
    assert steps["instruction"].tolist() == said
    for form in ("geojson", "fgb"):
        read = pyogrio.read_dataframe(tmp_path / f"way.{form}")
        assert read.to_crs(3879).length.sum() == pytest.approx(190, abs=0.1)
    course = [type(each.message).__name__ for each in FitFile.from_file(str(tmp_path / "way.fit")).records]
    assert course.count("CoursePointMessage") == len(said)
    sheet = pypdfium2.PdfDocument(tmp_path / "way.pdf")
    assert "Маршрутный лист" in sheet[0].get_textpage().get_text_range()
    sheet.close()
    assert (tmp_path / "way.txt").read_text(encoding="utf-8").splitlines()[1:] == lines


def test_a_sheet_leads_back_to_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a square code, where the city is served to the world, and for a question that an address can hold."""

    def told_to_scan(*options: object) -> bool:
        assert run("--to", tmp_path / "way.pdf", "--lang", "ru", *options).exit_code == 0
        return SCAN.ru in pdf_text((tmp_path / "way.pdf").read_bytes())

    assert not told_to_scan()
    monkeypatch.setenv("QALA_PUBLIC_URL", "https://map.example.kz/qala")
    assert told_to_scan()
    assert not told_to_scan("--limit", "speed=4")


def test_why_not_the_shorter_way(town: StreetTown) -> None:
    """The steps; and where no way leads, that none does."""
    lines = run(*CHAIR, "--why", "--lang", "ru").stdout.splitlines()
    assert any("190 м" in line and str(town.ids["steps"]) in line for line in lines)
    facts = told("route", WEST, EAST, *CHAIR, "--why")
    assert town.ids["steps"] in [each["feature_id"] for each in facts["rejected"][0]["obstacles"]]
    apart = qala("route", WEST, ISLAND, "--why", "--lang", "en")
    assert apart.exit_code == 0, apart.output
    assert len(apart.stdout.splitlines()) >= 1
    refused = qala("route", WEST, ISLAND, "--lang", "ru")
    assert refused.exit_code == 5
    longitude, latitude = lonlat(200, 0)
    assert f"Ближайшая точка: {longitude:.6f},{latitude:.6f}" in refused.stderr


def test_what_breaks_the_norms(town: StreetTown, tmp_path: Path) -> None:
    """A ramp that is too steep, on a way and in its area, cited; QGIS opens what is written."""
    ramp = town.city.put("urban_planning.ramp", line((300, 0), (310, 0)), width=0.8, incline=0.2, surface="asphalt")
    way = told("route", lonlat_text(300, 0), lonlat_text(310, 0), "--norms")
    (held,) = way["objects"]
    assert (held["feature_id"], held["worst"]) == (ramp, "broken")
    lines = qala("route", lonlat_text(300, 0), lonlat_text(310, 0), "--norms", "--lang", "ru").stdout.splitlines()
    assert str(ramp) in lines[0]
    assert "СП РК" in lines[0]
    assert lines[-1].startswith("Объекты: ")
    whole = told("streets", "conformity")
    assert [each["id"] for each in whole["features"]] == [ramp]
    for form in ("geojson", "gpkg", "fgb"):
        file = tmp_path / f"broken.{form}"
        assert qala("streets", "conformity", "--to", file).exit_code == 0
        read = pyogrio.read_dataframe(file)
        assert read["feature_id"].tolist() == [ramp]
    assert "СП РК" in pyogrio.read_dataframe(tmp_path / "broken.gpkg")["norms"][0]
    box = ",".join(f"{number}" for corner in ((0, -10), (200, 90)) for number in lonlat(*corner))
    assert told("streets", "conformity", "--bbox", box)["features"] == []
    assert qala("streets", "conformity", "--bbox", box, "--to", tmp_path / "none.fgb").exit_code == 0
    assert len(pyogrio.read_dataframe(tmp_path / "none.fgb")) == 0
    assert qala("streets", "conformity", "--bbox", "1,2").exit_code == 2
    assert qala("streets", "conformity", "--to", tmp_path / "x.shp").exit_code == 2


def test_what_to_repair_first(town: StreetTown, tmp_path: Path) -> None:
    """A ramp at the steps would shorten the way of seven people; nonsense in the file is refused."""
    trips = tmp_path / "trips.json"
    trips.write_text(json.dumps({"trips": [{"from": WEST, "to": EAST, "people": 7}]}), encoding="utf-8")
    facts = told("streets", "repairs", trips)
    assert facts["people"] == 7.0
    assert facts["repairs"][0]["objects"][0]["feature_id"] == town.ids["steps"]
    lines = qala("streets", "repairs", trips, "--lang", "kk").stdout.splitlines()
    assert "пандус салу" in lines[0]
    assert lines[-1] == "Барлығы 7 адам; солардың ішінде қазір жол таба алмайтыны: 0."
    for nonsense in ("[]", "{", '{"kind": 1}', '{"trips": []}', '{"trips": 1}'):
        trips.write_text(nonsense, encoding="utf-8")
        refused = qala("streets", "repairs", trips)
        assert refused.exit_code == 2, (nonsense, refused.output)


def line(*points: tuple[float, float]) -> Any:
    """Return a line of the town."""
    return shapely.LineString([at(*point) for point in points])
