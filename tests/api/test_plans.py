"""Plans, zones and lines of regulation over HTTP, and what may be built on a parcel."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from tests.api.office import Office, opened_office
from tests.cadastres.land.registrar import box, line, many
from tests.cadastres.urban_planning.planner import named
from tests.city import City

TERRITORY = box(0, 0, 1000, 1000)


@dataclass
class PlanningOffice:
    """An office whose registrar also keeps plans."""

    office: Office

    def post(self, path: str, day: str = "2016-01-01", *, query: str = "", **members: Any) -> Any:
        """Order an act of planning."""
        return self.office.client.post(f"/urban-planning/{path}{query}", json=self.office.body(day, **members))

    def get(self, path: str, **params: str) -> Any:
        """Read."""
        return self.office.client.get(f"/urban-planning/{path}", params=params)

    def made(self, path: str, shape: BaseGeometry, day: str = "2016-01-01", **members: Any) -> int:
        """Order an act that makes a feature; return its id."""
        answer = self.post(path, day, geometry=self.office.globe(shape), **members)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["features"][0]["id"])

    def plan(self, area: Polygon = TERRITORY, day: str = "2016-01-01", **said: Any) -> int:
        """Draw up a plan."""
        return self.made("plans", many(area), day, attributes=named(**said))

    def zone(self, plan: int, area: Polygon, day: str = "2016-01-01", **said: Any) -> int:
        """Draw a zone."""
        zone = {"geometry": self.office.globe(area), "attributes": {"functional_zone": "residential", **said}}
        answer = self.post(f"plans/{plan}/zones", day, zones=[zone])
        assert answer.status_code == 201, answer.text
        return int(answer.json()["features"][0]["id"])

    def in_force(self, plan: int, day: str) -> None:
        """Adopt a plan and bring it into force."""
        for step in ("adopt", "bring-into-force"):
            assert self.post(f"plans/{plan}/{step}", day).status_code == 200


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> Iterator[PlanningOffice]:
    """A planning office with one quarter of 1200 by 1200 metres and a plan in force since 2016, in zones."""
    with opened_office(fresh_city("helsinki")) as office:
        yield PlanningOffice(office)


def test_a_plan_from_draft_to_its_end(town: PlanningOffice) -> None:
    """Each step is one act; the answer names the plan, and reading shows the step of the day."""
    area = box(1000, 1000, 1100, 1100)
    plan = town.plan(area, "2015-01-01", edition="1")
    zone = town.zone(plan, box(1000, 1000, 1050, 1100), "2015-02-01", max_height=12.0)
    assert town.post(f"plans/{plan}/bring-into-force", "2015-03-01").status_code == 409
    town.in_force(plan, "2015-06-01")
    assert town.post(f"zones/{zone}/change", "2017-01-01", attributes={"max_height": 15.0}).status_code == 200
    assert town.post(f"plans/{plan}/amend", "2017-01-01", attributes={"horizon": 2035}).status_code == 200
    assert town.post(f"plans/{plan}/end", "2020-01-01").status_code == 200
    told = town.get(f"plans/{plan}", datetime="2016-01-01").json()
    assert told["properties"]["process_step_general"] == "legalForce"
    assert told["properties"]["ordinance_date"] == "2015-06-01"
    assert [(z["id"], z["max_height"], z["share"]) for z in told["zones"]] == [(zone, 12.0, pytest.approx(0.5))]
    assert town.get(f"plans/{plan}", datetime="2018-01-01").json()["zones"][0]["max_height"] == 15.0
    assert town.get(f"plans/{plan}").status_code == 410
    assert town.get("plans/999999999").status_code == 404


def test_a_plan_in_figures(town: PlanningOffice) -> None:
    """Shares of each kind of zone, what is left unzoned, how much is built on, lines with their length."""
    plan = town.plan(box(0, 600, 200, 700), plan_type="building_project")
    town.zone(plan, box(0, 600, 100, 700))
    town.zone(plan, box(100, 600, 140, 700), functional_zone="industrial")
    red = MultiLineString([line((0, 650), (200, 650))])
    town.made("lines", red, attributes={"line_kind": "red_line", "building_side": "left"}, plan=plan)
    town.office.city.put("real_estate.building", many(box(90, 610, 110, 630)), condition_of_construction="functional")
    told = town.get(f"plans/{plan}").json()
    kinds = {kind["functional_zone"]: kind for kind in told["statistics"]["by_functional_zone"]}
    assert kinds["residential"]["share"] == pytest.approx(0.5, rel=1e-4)
    assert kinds["residential"]["coverage"] == pytest.approx(0.02, rel=1e-4)
    assert kinds["industrial"]["coverage"] == pytest.approx(0.05, rel=1e-4)
    assert kinds["industrial"]["title"] == "Industrial zone"
    assert told["statistics"]["unzoned_area"] == pytest.approx(6000.0, abs=0.1)
    assert [(row["line_kind"], row["length"]) for row in told["lines"]] == [
        ("red_line", pytest.approx(200.0, abs=0.01))
    ]


def test_bad_plans_are_refused_with_reason(town: PlanningOffice) -> None:
    """A zone outside the territory, zones over each other, a second plan in force: 422 with the rule and the place."""
    area = box(0, 800, 200, 900)
    plan = town.plan(area, plan_type="detailed_plan")
    outside = {"geometry": town.office.globe(box(150, 850, 250, 900)), "attributes": {"functional_zone": "residential"}}
    answer = town.post(f"plans/{plan}/zones", zones=[outside])
    assert answer.status_code == 422
    (found,) = answer.json()["violations"]
    assert found["rule"] == "urban_planning.zoning-element.within-plan"
    assert found["amount"] == pytest.approx(2500.0, rel=1e-3)
    assert found["place"]["type"] == "Polygon"
    over = {**outside, "geometry": town.office.globe(box(0, 800, 50, 900))}
    twice = town.post(f"plans/{plan}/zones", zones=[over, over])
    assert {v["rule"] for v in twice.json()["violations"]} == {"urban_planning.zoning-element.no-overlap"}
    town.in_force(plan, "2016-01-01")
    other = town.plan(box(100, 800, 300, 900), plan_type="detailed_plan")
    assert town.post(f"plans/{other}/adopt").status_code == 200
    second = town.post(f"plans/{other}/bring-into-force")
    assert {v["rule"] for v in second.json()["violations"]} == {"urban_planning.plan.one-in-force"}
    asked = town.post(f"plans/{other}/bring-into-force", query="?dry-run=true").json()
    assert asked["allowed"] is False


def test_a_crossed_red_line_is_told_and_recorded(town: PlanningOffice) -> None:
    """The act goes through with the violation among its warnings, and may be asked about before."""
    town.office.city.put("real_estate.building", many(box(300, 300, 310, 310)), condition_of_construction="functional")
    drawn = town.office.globe(MultiLineString([line((250, 305), (350, 305))]))
    said = {"line_kind": "red_line", "building_side": "left"}
    asked = town.post("lines", query="?dry-run=true", geometry=drawn, attributes=said).json()
    assert asked["allowed"] is True
    assert [(v["rule"], v["severity"]) for v in asked["violations"]] == [
        ("urban_planning.regulation-line.crossed", "recorded")
    ]
    answer = town.post("lines", geometry=drawn, attributes=said)
    assert [v["severity"] for v in answer.json()["warnings"]] == ["recorded"]
    red = answer.json()["features"][0]["id"]
    behind = town.post(f"lines/{red}/set-back", "2017-01-01", offset=5.0)
    assert behind.status_code == 201, behind.text
    away = MultiLineString([line((250, 290), (350, 290))])
    moved = town.post(f"lines/{red}/move", "2018-01-01", geometry=town.office.globe(away))
    assert moved.json()["warnings"] == []
    assert town.post(f"lines/{red}/cancel", "2019-01-01").status_code == 200


@pytest.fixture(scope="module")
def street(town: PlanningOffice) -> dict[str, Any]:
    """A parcel of 40 by 60 on a street to its south, among neighbours, in a zone with setbacks; with a red line."""
    parcels = [box(400, 0, 440, 60), box(360, 0, 400, 60), box(440, 0, 480, 60), box(400, 60, 440, 120)]
    parcel, *_ = [town.office.form(area) for area in parcels]
    plan = town.plan(box(380, 0, 500, 100), "2017-01-01", plan_type="general_plan")
    town.zone(
        plan,
        box(380, 0, 500, 50),
        "2017-01-01",
        setback_front=5.0,
        setback_side=3.0,
        setback_rear=4.0,
        max_height=9.0,
        max_coverage=0.4,
    )
    town.zone(plan, box(380, 50, 500, 100), "2017-01-01", functional_zone="recreation", no_building=True)
    town.in_force(plan, "2018-01-01")
    red = MultiLineString([line((380, 2), (500, 2))])
    town.made("lines", red, "2019-01-01", attributes={"line_kind": "red_line", "building_side": "left"})
    return {"number": parcel["spelled"], "plan": plan}


def test_the_envelope_of_a_parcel(town: PlanningOffice, street: dict[str, Any]) -> None:
    """What is left lies five metres from the street, three from each side, below the zone that bars building."""
    told = town.get(f"parcels/{street['number']}/envelope").json()
    assert told["buildable_area"] == pytest.approx(34 * 45, abs=0.1)
    (block,) = told["features"]
    assert block["properties"]["max_height"] == 9.0
    assert block["properties"]["limited_by"]["kind"] == "Residential zone"
    taken = {row["way"]: row for row in told["taken"]}
    assert set(taken) == {"no-building", "line", "setback-front", "setback-side"}
    assert taken["line"]["area"] == pytest.approx(80.0, abs=0.05)
    assert taken["line"]["alone"] == pytest.approx(0.0, abs=0.05)
    assert taken["no-building"]["area"] == pytest.approx(400.0, abs=0.05)
    assert taken["setback-front"]["alone"] == pytest.approx(34 * 3, abs=0.1)
    assert taken["no-building"]["layer"] == "urban_planning.zoning_element"
    zones = {row["functional_zone"]: row for row in told["zones"]}
    assert zones["residential"]["max_footprint"] == pytest.approx(0.4 * 2000, abs=0.1)
    assert told["edges"] == {"front": 40.0, "side": 120.0, "rear": 40.0}


def test_the_envelope_on_other_days(town: PlanningOffice, street: dict[str, Any]) -> None:
    """Before the plan took force nothing was taken; before the line came, the line took nothing."""
    path = f"parcels/{street['number']}/envelope"
    assert town.get(path, datetime="2017-06-01").json()["buildable_area"] == pytest.approx(2400.0, abs=0.05)
    later = town.get(path, datetime="2018-06-01").json()
    assert {row["way"] for row in later["taken"]} == {"no-building", "setback-front", "setback-side"}
    assert town.get(path, datetime="2010-01-01").status_code == 410
    assert town.get("parcels/91-001-001-999/envelope").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("kk", "шегініс"), ("ru", "отступ"), ("en", "setback")])
def test_reasons_in_three_languages(town: PlanningOffice, street: dict[str, Any], language: str, word: str) -> None:
    """Each reason stands in the reader's language."""
    path = f"/urban-planning/parcels/{street['number']}/envelope"
    told = town.office.client.get(path, headers={"Accept-Language": language}).json()
    front = next(row for row in told["taken"] if row["way"] == "setback-front")
    assert word in front["statement"].lower()


def test_the_envelope_as_cityjson(town: PlanningOffice, street: dict[str, Any], tmp_path: Path) -> None:
    """An independent reader opens it; the solid is closed and measures area by height."""
    answer = town.get(f"parcels/{street['number']}/envelope", f="cityjson")
    assert answer.headers["content-type"] == "application/city+json"
    model = answer.json()
    assert "3879" in _told_by_cjio(tmp_path / "envelope.city.json", answer.text)
    (thing,) = model["CityObjects"].values()
    (geometry,) = thing["geometry"]
    scale, corner = np.array(model["transform"]["scale"]), np.array(model["transform"]["translate"])
    vertices = np.array(model["vertices"]) * scale + corner
    faces = [[vertices[i] for i in face[0]] for face in geometry["boundaries"][0]]
    assert _volume(faces) == pytest.approx(34 * 45 * 9, rel=1e-4)
    edges = [
        (a, b) for face in geometry["boundaries"][0] for a, b in zip(face[0], face[0][1:] + face[0][:1], strict=True)
    ]
    assert sorted(edges) == sorted((b, a) for a, b in edges)
    assert vertices[:, 2].max() - vertices[:, 2].min() == pytest.approx(9.0)


def _told_by_cjio(file: Path, document: str) -> str:
    """Return what cjio tells of a file, in a process of its own: importing it bends how JSON writes numbers."""
    file.write_text(document)
    command = [sys.executable, "-c", "from cjio.cjio import cli; cli()", str(file), "info"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _volume(faces: list[list[Any]]) -> float:
    """Return the volume enclosed by outward faces, as a sum of tetrahedra."""
    first = faces[0][0]
    fans = ((f[0] - first, f[i] - first, f[i + 1] - first) for f in faces for i in range(1, len(f) - 1))
    return float(sum(np.dot(a, np.cross(b, c)) for a, b, c in fans)) / 6


def test_the_envelope_under_a_plan_that_is_not_in_force_is_the_whole_parcel(town: PlanningOffice) -> None:
    """A zone of a plan in elaboration takes nothing."""
    parcel = town.office.form(box(700, 0, 740, 40))
    plan = town.plan(box(690, 0, 750, 50), "2017-01-01")
    town.zone(plan, box(690, 0, 750, 50), "2017-01-01", no_building=True)
    told = town.get(f"parcels/{parcel['spelled']}/envelope").json()
    assert told["buildable_area"] == pytest.approx(1600.0, abs=0.05)
    assert told["features"][0]["properties"]["max_height"] is None
    flat = town.get(f"parcels/{parcel['spelled']}/envelope", f="cityjson").json()
    assert [g["type"] for o in flat["CityObjects"].values() for g in o["geometry"]] == ["MultiSurface"]


def test_acts_of_planning_need_a_token(town: PlanningOffice) -> None:
    """Without one nothing is written; reading is open to all."""
    bare = {"Authorization": ""}
    body = town.office.body(geometry=town.office.globe(TERRITORY), attributes=named())
    assert town.office.client.post("/urban-planning/plans", json=body, headers=bare).status_code == 401


def test_a_plan_in_a_draft_shows_on_the_parcel_before_it_is_adopted(town: PlanningOffice) -> None:
    """Drawn up, zoned and brought into force in a draft: the envelope shrinks there alone, and for all once adopted."""
    parcel = town.office.form(box(900, 0, 940, 40))
    client, path = town.office.client, f"parcels/{parcel['spelled']}/envelope"
    opened = client.post("/drafts", json={"name": "variant-b", "title": "Variant B", "valid_from": "2020-01-01"})
    assert opened.status_code == 201, opened.text

    def edit(where: str, **members: Any) -> Any:
        done = client.post(f"/urban-planning/{where}?draft=variant-b", json={"reason": "variant", **members})
        assert done.status_code in {200, 201}, done.text
        return done.json()["features"][0]["id"]

    plan = edit("plans", geometry=town.office.globe(box(890, 0, 950, 60)), attributes=named())
    area = town.office.globe(box(890, 0, 950, 60))
    barred = {"functional_zone": "recreation", "no_building": True}
    edit(f"plans/{plan}/zones", zones=[{"geometry": area, "attributes": barred}])
    edit(f"plans/{plan}/adopt")
    edit(f"plans/{plan}/bring-into-force")
    assert town.get(path, draft="variant-b").json()["buildable_area"] == 0.0
    assert town.get(path).json()["buildable_area"] == pytest.approx(1600.0, abs=0.05)
    assert town.get(f"plans/{plan}", draft="variant-b").json()["zones"][0]["no_building"] is True
    refused = client.post("/drafts/variant-b/adopt", json=town.office.body("2020-01-01"))
    assert {v["rule"] for v in refused.json()["violations"]} == {"urban_planning.plan.ordinance"}
    ordinance = {"ordinance_date": "2019-12-01", "ordinance_reference": "akimat-decision 7"}
    edit(f"plans/{plan}/amend", attributes=ordinance)
    adopted = client.post("/drafts/variant-b/adopt", json=town.office.body("2020-01-01"))
    assert adopted.status_code == 201, adopted.text
    assert town.get(path).json()["buildable_area"] == 0.0
    assert town.get(path, datetime="2019-12-31").json()["buildable_area"] == pytest.approx(1600.0, abs=0.05)
