"""A city inspector over HTTP: what breaks the norms, and what to repair first for whom."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import shapely

from data.loaders.accessibility_norms import BUNDLED, load_norms
from gis.edit import Put
from gis.record import Write
from tests.api.server import serving
from tests.api.street_town import StreetTown, at, built, lonlat, lonlat_text
from tests.city import City


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> StreetTown:
    """The town with a lift out of order on the way round, and the bundled norms."""
    town = built(fresh_city("helsinki"))
    act = town.city.act("2020-01-02")
    lift = Write("urban_planning.lift", -1, act.period, shapely_point(0, 80), {"status": "out_of_order"})
    town.city.register.perform(Put((lift,)), act)
    load_norms(town.city.register, BUNDLED, town.city.act("2020-01-02"))
    return town


def shapely_point(east: float, north: float) -> Any:
    """Return a place of the town."""
    return shapely.Point(at(east, north))


@pytest.fixture(scope="module")
def client(town: StreetTown) -> Iterator[httpx2.Client]:
    """A client of a server of it."""
    with serving(town.city.register) as server, httpx2.Client(base_url=server.address, timeout=120.0) as opened:
        yield opened


def test_an_area_is_held_against_the_norms(client: httpx2.Client) -> None:
    """The lift is out of order wherever it lies in the box, and nowhere else."""
    whole = client.get("/routing/conformity/area", params={"lang": "ru"}).json()
    (lift,) = whole["features"]
    assert lift["properties"]["sentence"].endswith("Не работает.")
    assert whole["objects"]["broken"] == 1
    west, south = lonlat(50, -20)
    east, north = lonlat(150, 20)
    part = client.get("/routing/conformity/area", params={"bbox": f"{west},{south},{east},{north}"}).json()
    assert part["features"] == []
    everywhere = client.get("/routing/conformity/area", params={"bbox": "-180,-90,180,90"}).json()
    assert [each["id"] for each in everywhere["features"]] == [each["id"] for each in whole["features"]]
    assert client.get("/routing/conformity/area", params={"bbox": "0,0,1,1"}).json()["features"] == []
    assert client.get("/routing/conformity/area", params={"bbox": "1,2,3"}).status_code == 400


def test_what_to_repair_first_is_told_with_the_people_it_helps(client: httpx2.Client) -> None:
    """Seven people in chairs can't go east: a ramp at the steps, or the lift, would let them."""
    trip = {"from": lonlat_text(5, 0), "to": lonlat_text(195, 0), "people": 7}
    told = client.post("/routing/repairs", json={"trips": [trip]}, params={"lang": "kk"}).json()
    assert (told["people"], told["barred"]) == (7.0, 7.0)
    found = {tuple(each["kind"] for each in repair["objects"]): repair for repair in told["repairs"]}
    assert {kinds: repair["opened"] for kinds, repair in found.items()} == {("lift",): 7.0, ("steps",): 7.0}
    assert "пандус салу" in found[("steps",)]["sentence"]
    nearest = {"origins": [{"place": trip["from"], "people": 2}], "destinations": [trip["to"]]}
    assert client.post("/routing/repairs", json=nearest).json()["barred"] == 2.0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"origins": [{"place": lonlat_text(5, 0)}]},
        {"trips": [{"from": "0,0", "to": "0,0", "people": -1}]},
        {"trips": [], "profile": {"name": "wheelchair-manual", "steps": "pass"}},
    ],
)
def test_what_makes_no_sense_is_refused(client: httpx2.Client, body: dict[str, Any]) -> None:
    """Nobody's trips, negative people, a chair that passes steps."""
    assert client.post("/routing/repairs", json=body).status_code == 400
