"""The environmental cadastre over HTTP: acts, the zones that follow, their grounds, stations and series."""

import csv
import io
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from data.loaders.measurements import Layout, load_measurements
from gis import tokens
from tests.api.office import Office
from tests.cadastres.environment.naturalist import area, bank

LAYOUT = Layout(
    time="at", station="code", value="pm", observed_property="PM2.5", unit="ug/m3", longitude="lon", latitude="lat"
)


@pytest.fixture(scope="module")
def rows(office: Office) -> dict[str, int]:
    """Parameter rows of a zone, a strip and works; their ids by kind."""
    told = {}
    for kind, class_key, width in (
        ("water_protection_zone", "any", 500.0),
        ("water_protection_strip", "any", 35.0),
        ("sanitary", "III", 300.0),
    ):
        attributes = {"zone_kind": kind, "class_key": class_key, "width": width, "confirmed": False}
        answer = post(office, "parameters", "2010-01-01", attributes=attributes)
        assert answer.status_code == 201, answer.text
        told[kind] = answer.json()["features"][0]["id"]
    return told


def post(office: Office, path: str, day: str = "2016-01-01", **members: Any) -> Any:
    """Order an act of the environmental cadastre."""
    query = members.pop("query", "")
    headers = members.pop("headers", {})
    return office.client.post(f"/environment/{path}{query}", json=office.body(day, **members), headers=headers)


def reach_of(office: Office, north: float) -> int:
    """Enter a reach; return its id."""
    said = {"water_class": "river", "measured_from": "shoreline"}
    line = office.globe(bank((0, north), (900, north)))
    answer = post(office, "reaches", geometry=line, attributes=said)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["features"][0]["id"])


def zones(office: Office, source: int, day: str) -> dict[str, dict[str, Any]]:
    """Return the zones around a source by layer."""
    answer = office.client.get(f"/environment/sources/{source}/zones", params={"datetime": day}).json()
    return {zone["layer"]: zone for zone in answer["zones"]}


def test_a_reach_gets_its_zones_and_they_say_why(office: Office, rows: dict[str, int]) -> None:
    """Each zone names the row it follows from; after a project's widths, the project's act."""
    reach = reach_of(office, 0)
    before = zones(office, reach, "2020-01-01")
    zone = before["environment.water_protection_zone"]
    assert (zone["width"], zone["established"]) == (500.0, False)
    assert zone["parameter"]["id"] == rows["water_protection_zone"]
    widths = post(
        office, f"reaches/{reach}/widths", "2021-01-01", zone=807.5, strip=100.0, basis="Decree No. 12 of 01.12.2020"
    )
    assert widths.status_code == 200, widths.text
    after = zones(office, reach, "2022-01-01")
    assert after["environment.water_protection_strip"]["width"] == 100.0
    assert after["environment.water_protection_zone"]["legal_basis"] == "Decree No. 12 of 01.12.2020"
    assert zones(office, reach, "2020-12-31")["environment.water_protection_zone"]["width"] == 500.0


@pytest.mark.parametrize(("language", "word"), [("kk", "кем болмауы"), ("ru", "минимума"), ("en", "minimum")])
def test_a_strip_too_narrow_is_refused_in_the_askers_language(
    office: Office, rows: dict[str, int], language: str, word: str
) -> None:
    """422 with rule, place and reason; nothing is written."""
    reach = reach_of(office, 2000)
    told = post(
        office,
        f"reaches/{reach}/widths",
        zone=500.0,
        strip=20.0,
        basis="Decree No. 13",
        headers={"Accept-Language": language},
    )
    assert told.status_code == 422
    (found,) = told.json()["violations"]
    assert found["rule"] == "environment.water_protection_strip.minimum"
    assert found["amount"] == 15.0
    assert word in found["statement"]
    assert zones(office, reach, "2020-01-01")["environment.water_protection_strip"]["width"] == 35.0


def test_may_i_writes_nothing(office: Office, rows: dict[str, int]) -> None:
    """``dry-run`` asks the rules alone."""
    said = {"zone_kind": "sanitary", "class_key": "III", "width": 1.0, "confirmed": False}
    answer = post(office, "parameters", "2015-01-01", attributes=said, query="?dry-run=true").json()
    assert not answer["allowed"]
    assert {v["rule"] for v in answer["violations"]} == {"environment.zone_parameter.one-at-a-time"}
    listed = office.client.get("/environment/parameters", params={"kind": "sanitary"}).json()["parameters"]
    assert [row["width"] for row in listed] == [300.0]


def test_a_boundary_by_project_and_its_end(office: Office, rows: dict[str, int]) -> None:
    """Works get a boundary of their own; when they end, so does it."""
    works = post(office, "facilities", geometry=office.globe(area(0, 0, 60, 60)), attributes={"hazard_class": "III"})
    source = works.json()["features"][0]["id"]
    boundary = post(
        office,
        "zones/sanitary-zones/boundary",
        "2020-01-01",
        source_layer="environment.facility",
        source_id=source,
        geometry=office.globe(area(-100, -100, 160, 160)),
        attributes={"legal_basis": "Project No. 7"},
    )
    assert boundary.status_code in {200, 201}, boundary.text
    zone = zones(office, source, "2021-01-01")["environment.sanitary_zone"]
    assert (zone["derived"], zone["area"]) == (False, pytest.approx(260.0**2, rel=1e-4))
    assert post(office, f"facilities/{source}/end", "2022-01-01").status_code == 200
    assert zones(office, source, "2022-01-01") == {}


def test_what_is_sent_wrongly(office: Office, rows: dict[str, int]) -> None:
    """Geometry where there is none, days in the wrong order, no such feature, an unknown kind."""
    said = {"zone_kind": "gas", "class_key": "any", "width": 1.0, "confirmed": False}
    placed = post(office, "parameters", attributes=said, geometry=office.globe(area(0, 0, 1, 1)))
    assert placed.status_code == 400
    assert post(office, "parameters", attributes=said, valid_to="2015-01-01").status_code == 400
    assert post(office, "reaches/999999999/end").status_code == 404
    assert post(office, "swamps", attributes={}).status_code == 422 or post(office, "swamps").status_code == 400
    assert office.client.get("/environment/stations/none").status_code == 404
    assert office.client.get("/environment/datastreams/999999/observations").status_code == 404


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide's examples use curl")
def test_every_example_of_the_guide_runs(office: Office) -> None:
    """One after the other: widths by a project, and a boundary that takes the place of the row's width."""
    guide = (Path(__file__).parents[2] / "docs" / "environment.md").read_text(encoding="utf-8")
    examples = [each for each in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL) if not each.startswith("qala")]
    with office.city.register.writing() as connection:
        secret = tokens.create(connection, "A. Naturalist", "registrar.environment")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(examples)],
        env={**os.environ, "BASE": str(office.client.base_url).rstrip("/"), "TOKEN": secret},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Decision No. E-3 of 01.03.2017") == 2  # zone and strip
    assert "Decision No. E-5 of 02.05.2018" in done.stdout
    assert '"derived":false' in done.stdout


def test_an_unknown_kind_or_source_is_no_empty_list(office: Office, rows: dict[str, int]) -> None:
    """A misspelt kind is told those there are; a known kind without rows, and a source without zones, are no fault."""
    for language, word in (("kk", "түрі жоқ"), ("ru", "Вида зоны"), ("en", "no kind")):
        refused = office.client.get("/environment/parameters?kind=foo", headers={"Accept-Language": language})
        assert refused.status_code == 400, refused.text
        assert word in refused.json()["detail"]
        assert "electricity" in refused.json()["detail"]
    assert office.client.get("/environment/parameters", params={"kind": "gas"}).json()["parameters"] == []
    assert office.client.get("/environment/sources/999999/zones").status_code == 404
    assert office.client.get(f"/environment/sources/{rows['sanitary']}/zones").status_code == 404
    reach = reach_of(office, 4000)
    assert zones(office, reach, "2001-01-01") == {}


@pytest.fixture(scope="module")
def stream(office: Office, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A datastream of three days, one value flagged; its id."""
    lines = ["at,code,pm,lon,lat"]
    lines += [
        f"2024-01-0{day}T{hour:02}:00:00+02:00,K1,{day * 10},24.95,60.18" for day in (1, 2, 3) for hour in (6, 18)
    ]
    lines += ["2024-01-03T19:00:00+02:00,K1,-5,24.95,60.18"]
    path: Path = tmp_path_factory.mktemp("air") / "air.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    load_measurements(office.city.register, path, LAYOUT, office.city.act("2024-01-05"))
    station = office.client.get("/environment/stations/K1").json()
    return int(station["properties"]["datastreams"][0]["id"])


def test_stations_show_their_latest_good_value(office: Office, stream: int) -> None:
    """On a date on which they were in service; the flagged value does not count."""
    (feature,) = office.client.get("/environment/stations", params={"media": "air"}).json()["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx([24.95, 60.18], abs=1e-6)
    (told,) = feature["properties"]["datastreams"]
    assert (told["observedProperty"], told["unitOfMeasurement"], told["count"]) == ("PM2.5", "ug/m3", 6)
    assert told["latest"]["result"] == 30.0
    assert told["latest"]["phenomenonTime"].startswith("2024-01-03T1")
    early = office.client.get("/environment/stations", params={"datetime": "2023-01-01"}).json()
    assert early["features"] == []


def test_a_series_by_the_citys_days(office: Office, stream: int) -> None:
    """Means by day, JSON and CSV alike."""
    path = f"/environment/datastreams/{stream}/observations"
    days = office.client.get(path, params={"step": "day"}).json()["observations"]
    assert [(day["mean"], day["count"]) for day in days] == [(10.0, 2), (20.0, 2), (30.0, 2)]
    table = office.client.get(path, params={"step": "day", "f": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert [float(row["mean"]) for row in csv.DictReader(io.StringIO(table.text))] == [10.0, 20.0, 30.0]


def test_raw_pages_neither_repeat_nor_miss(office: Office, stream: int) -> None:
    """The next link goes on behind what was given."""
    seen: list[str] = []
    link: str | None = f"/environment/datastreams/{stream}/observations?limit=2&since=2024-01-01"
    while link:
        page = office.client.get(link)
        seen += [row["phenomenonTime"] for row in page.json()["observations"]]
        link = page.links.get("next", {}).get("url")
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen)
