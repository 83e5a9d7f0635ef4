"""Buildings, premises, rooms and addresses over HTTP: acts, advice, tokens, refusals in three languages."""

from typing import Any

import httpx2
import pytest
from shapely import Polygon
from shapely.affinity import translate
from shapely.geometry import box

from gis import tokens
from tests.api.office import Office


class Counter:
    """A registrar of real estate at the counter of a land office."""

    def __init__(self, office: Office) -> None:
        with office.city.register.writing() as connection:
            self.secret = tokens.create(connection, "O. Registrar", "registrar.real_estate")
        self.office = office

    def post(self, path: str, day: str = "2017-01-01", query: str = "", **members: Any) -> httpx2.Response:
        """Order an act."""
        headers = {"Authorization": f"Bearer {self.secret}", **members.pop("headers", {})}
        body = self.office.body(day, **members)
        return self.office.client.post(f"/real-estate/{path}{query}", json=body, headers=headers)

    def done(self, path: str, day: str = "2017-01-01", **members: Any) -> dict[str, Any]:
        """Order an act that is recorded; return the first feature that its answer names."""
        answer = self.post(path, day, **members)
        assert answer.status_code in {200, 201}, answer.text
        feature: dict[str, Any] = answer.json()["features"][0]
        return feature

    def ground(self) -> tuple[str, Polygon]:
        """Form a parcel; return its number and area."""
        area = self.office.place()
        return str(self.office.form(area)["cadastral_number"]), area

    def inside(self, area: Polygon, west: float, south: float, side: float) -> dict[str, Any]:
        """Return a square in a parcel as GeoJSON."""
        x, y = area.bounds[:2]
        return self.office.globe(translate(box(0, 0, side, side), x + west, y + south))


@pytest.fixture(scope="module")
def counter(office: Office) -> Counter:
    """A registrar of real estate."""
    return Counter(office)


def test_from_the_building_to_the_flats_address(counter: Counter) -> None:
    """Registered, surveyed, parted into flats, drawn, addressed, ended: each answer names what it made."""
    parcel, area = counter.ground()
    house = counter.done("buildings", geometry=counter.inside(area, 5, 5, 20), letter="a", attributes={"wear": 1.5})
    number = f"{parcel}:1/А"
    assert house["building_number"] == number
    surveyed = {"total_area": 300.0, "survey_date": "2017-02-01"}
    counter.done(f"buildings/{number}/change", "2017-02-02", attributes=surveyed)
    flat = counter.done("premises", "2017-03-01", building=number, attributes={"current_use": "residential"})
    assert flat["premises_number"] == f"{number}:1"
    room = {"geometry": counter.inside(area, 6, 6, 5), "use": "living", "designation": "1", "area": 25.0}
    drawn = counter.post(f"premises/{flat['id']}/rooms", "2017-03-02", rooms=[room])
    assert [f["layer"] for f in drawn.json()["features"]] == ["real_estate.room"]
    parts = [{"total_area": 10.0}, {"total_area": 15.0}]
    split = counter.post(f"premises/{number}:1/split", "2017-04-01", parts=parts)
    assert split.status_code == 201
    numbers = [f["premises_number"] for f in split.json()["features"]]
    assert numbers == [f"{number}:2", f"{number}:3", f"{number}:1"]
    whole = counter.done("premises/merge", "2017-05-01", premises=numbers[:2])
    assert whole["premises_number"] == f"{number}:4"
    assert counter.post(f"buildings/{number}/demolish", "2017-06-01").status_code == 422
    counter.done(f"premises/{number}:4/end", "2017-06-01")
    counter.done(f"buildings/{number}/demolish", "2017-07-01")


def test_an_address_is_given_and_taken(counter: Counter) -> None:
    """Named by the object's number in any spelling; a second time it is refused by the rule's id."""
    parcel, _ = counter.ground()
    said: dict[str, Any] = {"locator_designator": "7", "position_specification": "parcel"}
    address = counter.office.city.put("address.address", counter.office.place().centroid, "2016-01-01", **said)
    spelled = f"{parcel[:2]}:{parcel[2:5]}:{parcel[5:8]}:{parcel[8:]}"
    counter.done("addressing/give", address=str(address), object=spelled)
    again = counter.post("addressing/give", "2017-02-01", address=str(address), object=parcel)
    assert again.status_code == 422
    assert [v["rule"] for v in again.json()["violations"]] == ["real_estate.addressing.not-twice"]
    assert counter.post("addressing/take", "2017-03-01", address=str(address), object=parcel).status_code == 200


def test_advice_writes_nothing_and_stale_tokens_conflict(counter: Counter) -> None:
    """A dry run says what the rules would; an act on a building as it was is refused with 409."""
    _, area = counter.ground()
    house = counter.done("buildings", geometry=counter.inside(area, 5, 5, 20))
    path = f"buildings/{house['id']}/change"
    advice = counter.post(path, "2018-01-01", "?dry-run=true", attributes={"wear": 101.0})
    assert advice.status_code == 200
    assert (advice.json()["allowed"], advice.json()["violations"][0]["rule"]) == (False, "real_estate.building.wear")
    counter.done(path, "2018-01-01", attributes={"wear": 10.0})
    stale = counter.post(path, "2019-01-01", attributes={"wear": 11.0}, headers={"If-Match": house["etag"]})
    assert stale.status_code == 409


@pytest.mark.parametrize(("language", "told"), [("kk", "учаскелерінің"), ("ru", "участков"), ("en", "parcels")])
def test_refusals_speak_the_askers_language(counter: Counter, language: str, told: str) -> None:
    """A building beyond its parcel is refused with the rule and the place, in each language."""
    _, area = counter.ground()
    beyond = counter.inside(area, 30, 5, 20)
    answer = counter.post("buildings", geometry=beyond, headers={"Accept-Language": language})
    assert answer.status_code == 422
    (violation,) = answer.json()["violations"]
    assert violation["rule"] == "real_estate.building.on-parcel"
    assert told in violation["statement"]
    assert violation["place"]["type"] in {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize(
    ("path", "members", "status"),
    [
        ("buildings/20-315-094-111/change", {"attributes": {}}, 400),
        ("buildings/91-001-001-001:99/change", {"attributes": {}}, 404),
        ("buildings/999999/change", {"attributes": {}}, 404),
        ("premises", {"building": "1", "attributes": {"premises_number": "1"}}, 404),
        ("premises/1-2-3/end", {}, 400),
        ("addressing/give", {"address": "999999", "object": "91-001-001-999"}, 400),
    ],
)
def test_what_is_not_there_is_told(counter: Counter, path: str, members: dict[str, Any], status: int) -> None:
    """A parcel's number for a building's, a number never issued, an id of nothing: each is refused by name."""
    answer = counter.post(path, **members)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_numbers_are_the_registers_to_give(counter: Counter) -> None:
    """A number, a letter or a parcel sent among the attributes is refused; so is who has no registrar's token."""
    _, area = counter.ground()
    for name in ("building_number", "parcel_number", "designation"):
        answer = counter.post("buildings", geometry=counter.inside(area, 5, 5, 9), attributes={name: "1"})
        assert (answer.status_code, answer.json()["field"]) == (400, name)
    for token, status in (("", 401), ("Bearer nobody", 401)):
        bare = httpx2.post(
            f"{counter.office.client.base_url}/real-estate/buildings", json={}, headers={"Authorization": token}
        )
        assert bare.status_code == status
