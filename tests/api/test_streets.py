"""Streets over HTTP: a registrar enters, alters and retires whatever stands in them, alone, together and in a draft."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from shapely.geometry.base import BaseGeometry

from api.urban_planning.streets_bodies import KINDS
from cadastres.urban_planning.streets import LAYERS
from tests.api.office import Office, opened_office
from tests.cadastres.urban_planning.engineer import line, point
from tests.city import City

STREETS = "/urban-planning/streets"


@dataclass
class Survey:
    """A survey of streets: an office, and what it enters."""

    office: Office

    def post(self, path: str, day: str = "2016-01-01", query: str = "", **members: Any) -> httpx2.Response:
        """Order an act."""
        return self.office.client.post(f"{STREETS}/{path}{query}", json=self.office.body(day, **members))

    def enter(self, kind: str, geometry: BaseGeometry | None = None, **attributes: Any) -> int:
        """Enter an object; return its id."""
        drawn: dict[str, Any] = {} if geometry is None else {"geometry": self.office.globe(geometry)}
        answer = self.post(kind, **drawn, attributes=attributes)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["features"][0]["id"])

    def read(self, kind: str, feature: int, **query: str) -> httpx2.Response:
        """Read an object in the city's own system."""
        crs = {"crs": "http://www.opengis.net/def/crs/EPSG/0/3879"}
        path = f"/ogc/collections/urban_planning.{kind}/items/{feature}"
        return self.office.client.get(path, params={**crs, **query})


@pytest.fixture(scope="module")
def survey(fresh_city: Callable[[str], City]) -> Iterator[Survey]:
    """A survey of an empty city."""
    with opened_office(fresh_city("helsinki")) as office:
        yield Survey(office)


def test_the_interface_names_every_layer_of_streets(survey: Survey) -> None:
    """The kinds that the interface's description lists are the layers."""
    document = survey.office.client.get("/openapi.json").json()
    listed = document["paths"][STREETS + "/{kind}"]["post"]["parameters"][0]["schema"]["enum"]
    assert [f"urban_planning.{kind}" for kind in listed] == [layer.name for layer in LAYERS]
    assert list(KINDS) == listed


def test_what_is_drawn_on_the_globe_joins(survey: Survey) -> None:
    """Ways whose ends were drawn in degrees meet to the millimetre, and a kerb stands between them."""
    street = survey.enter("street_segment", line((0, 0), (60, 40)), highway="residential")
    crossing = survey.enter("crossing", line((60, 40), (60.004, 52)), markings="zebra", signals=True)
    kerb = survey.enter("kerb", point(60.003, 52.002), kerb="lowered", height=0.03)
    ends = [
        survey.read(kind, i).json()["geometry"]["coordinates"]
        for kind, i in (("street_segment", street), ("crossing", crossing), ("kerb", kerb))
    ]
    assert ends[0][1] == pytest.approx(ends[1][0], abs=1e-6)
    assert ends[1][1] == pytest.approx(ends[2], abs=1e-6)
    loose = survey.post("kerb", geometry=survey.office.globe(point(30, 20)), attributes={"kerb": "raised"})
    assert [told["rule"] for told in loose.json()["warnings"]] == ["urban_planning.street.stands-at-a-node"]


def test_a_repair_counts_from_its_day(survey: Survey) -> None:
    """What is altered is so from the legal date on; what isn't named stays."""
    ramp = survey.enter("ramp", line((0, 100), (9, 100)), incline=0.12, handrail="no", name_ru="у аптеки")
    answer = survey.post(f"ramp/{ramp}/alter", "2020-05-01", attributes={"incline": 0.05})
    assert answer.status_code == 200, answer.text
    told = [survey.read("ramp", ramp, datetime=day).json()["properties"] for day in ("2020-04-30", "2020-05-02")]
    assert [(p["incline"], p["name_ru"]) for p in told] == [(0.12, "у аптеки"), (0.05, "у аптеки")]


def test_what_speaks_of_a_street_ends_with_it(survey: Survey) -> None:
    """A retired segment takes its closure, its restriction and its speeds along; its neighbour stays."""
    first = survey.enter("street_segment", line((0, 200), (50, 200)), highway="residential")
    second = survey.enter("street_segment", line((50, 200), (50, 250)), highway="residential")
    said = {"from_segment": first, "to_segment": second, "restriction": "no_left_turn"}
    turn = survey.enter("turn_restriction", point(50, 200), **said)
    closure = survey.enter("closure", line((0, 200), (50, 200)), closed_id=first, reason="ремонт")
    speed = survey.enter("street_speed", segment_id=first, direction="forward", speed=22.5)
    retired = survey.post(f"street_segment/{first}/retire", "2021-01-01")
    assert retired.status_code == 200, retired.text
    for kind, feature in (("turn_restriction", turn), ("closure", closure), ("street_segment", first)):
        assert survey.read(kind, feature, datetime="2020-12-31").status_code == 200
        assert survey.read(kind, feature, datetime="2021-01-02").status_code == 410
    versions = survey.office.client.get(f"/ogc/collections/urban_planning.street_speed/items/{speed}/versions").json()
    assert "2020-12-31T22:00:00" in str(versions)
    assert survey.read("street_segment", second, datetime="2021-01-02").status_code == 200


def test_a_junction_moves_with_its_ways(survey: Survey) -> None:
    """Several changes by one act, all or none; new objects are referred to by their order."""
    ways = [
        survey.enter("street_segment", line(*ends), highway="service")
        for ends in (((0, 300), (40, 300)), ((40, 300), (80, 300)))
    ]
    place = survey.office.globe
    changes: list[dict[str, Any]] = [
        {"do": "alter", "kind": "street_segment", "id": ways[0], "geometry": place(line((0, 300), (40, 310)))},
        {"do": "alter", "kind": "street_segment", "id": ways[1], "geometry": place(line((40, 310), (80, 300)))},
        {
            "do": "register",
            "kind": "street_segment",
            "geometry": place(line((40, 310), (40, 350))),
            "attributes": {"highway": "service"},
        },
        {
            "do": "register",
            "kind": "turn_restriction",
            "geometry": place(point(40, 310)),
            "attributes": {"from_segment": ways[0], "to_segment": -1, "restriction": "no_left_turn"},
        },
    ]
    wrong = [*changes[:3], {**changes[3], "geometry": place(point(40, 350))}]
    refused = survey.post("changes", "2020-01-01", changes=wrong)
    assert [v["rule"] for v in refused.json()["violations"]] == ["urban_planning.turn_restriction.segments-meet"]
    done = survey.post("changes", "2020-01-01", changes=changes)
    assert done.status_code == 201, done.text
    assert sorted(f["layer"].split(".")[1] for f in done.json()["features"]) == [
        *["street_segment"] * 3,
        "turn_restriction",
    ]
    ends = [survey.read("street_segment", way).json()["geometry"]["coordinates"] for way in ways]
    assert ends[0][1] == pytest.approx(ends[1][0], abs=1e-9)


def test_a_street_is_divided_for_a_footway(survey: Survey) -> None:
    """Both parts meet the footway; turns, closures and speeds go with the part of which they speak."""
    other = survey.enter("street_segment", line((90, 600), (90, 650)), highway="residential")
    street = survey.enter("street_segment", line((0, 600), (90, 600)), highway="residential", max_speed=40.0)
    turn = survey.enter(
        "turn_restriction", point(90, 600), from_segment=street, to_segment=other, restriction="no_left_turn"
    )
    closure = survey.enter("closure", line((0, 600), (90, 600)), closed_id=street, modes="car")
    survey.enter("street_speed", segment_id=street, direction="backward", speed=17.0)
    footway = survey.enter("footway", line((30, 600.02), (30, 640)), footway="footway")
    place = survey.office.globe(point(30.3, 600.4))
    answer = survey.post(f"street_segment/{street}/divide", "2018-01-01", geometry=place)
    assert answer.status_code == 201, answer.text
    made = {f["layer"].split(".")[1]: f["id"] for f in answer.json()["features"] if f["id"] != street}
    assert made.keys() == {"street_segment", "closure", "street_speed"}
    first, second, joining = (
        survey.read(kind, i).json()["geometry"]["coordinates"]
        for kind, i in (("street_segment", street), ("street_segment", made["street_segment"]), ("footway", footway))
    )
    assert first[-1] == second[0] == pytest.approx(joining[0], abs=1e-6)
    assert survey.read("street_segment", made["street_segment"]).json()["properties"]["max_speed"] == 40.0
    assert survey.read("turn_restriction", turn).json()["properties"]["from_segment"] == made["street_segment"]
    closures = [survey.read("closure", i).json()["properties"]["closed_id"] for i in (closure, made["closure"])]
    assert closures == [street, made["street_segment"]]
    at_end = survey.post(f"street_segment/{street}/divide", "2019-01-01", geometry=survey.office.globe(point(0, 600)))
    assert (at_end.status_code, at_end.json()["code"]) == (400, "not-divided")


def test_through_a_draft(survey: Survey) -> None:
    """A planner's footway is in the draft and nowhere else, and takes force when the draft is adopted."""
    client = survey.office.client
    opened = client.post("/drafts", json={"name": "footway-2027", "title": "A footway", "valid_from": "2022-01-01"})
    assert opened.status_code == 201, opened.text
    body = {
        "reason": "plan",
        "geometry": survey.office.globe(line((0, 400), (50, 400))),
        "attributes": {"footway": "sidewalk", "width": 2.0},
    }
    answer = client.post(f"{STREETS}/footway", params={"draft": "footway-2027"}, json=body)
    assert answer.status_code == 201, answer.text
    footway = answer.json()["features"][0]["id"]
    assert survey.read("footway", footway).status_code == 404
    assert survey.read("footway", footway, draft="footway-2027").json()["properties"]["width"] == 2.0


def test_refusals_say_what_would_be_right(survey: Survey) -> None:
    """Of a wrong geometry, none, one too many, an unknown kind, object or attribute, and a change of nothing named."""
    drawn = survey.office.globe(line((0, 500), (50, 500)))
    for path, members, status, told in (
        ("kerb", {"geometry": drawn}, 400, "Point"),
        ("footway", {"attributes": {"footway": "sidewalk"}}, 400, "LineString"),
        ("street_speed", {"geometry": drawn}, 400, "geometry"),
        ("tramway", {"geometry": drawn}, 400, "kind"),
        ("footway/987654321/retire", {}, 404, "987654321"),
        ("footway", {"geometry": drawn, "attributes": {"footway": "sidewalk", "colour": "red"}}, 400, "colour"),
        ("footway", {"geometry": drawn, "attributes": {"footway": "balcony"}}, 400, "balcony"),
        ("changes", {"changes": [{"do": "retire", "kind": "kerb"}]}, 400, "id"),
    ):
        answer = survey.post(path, **members)
        assert (answer.status_code, told in answer.text) == (status, True), answer.text
