"""Refusals and answers that say what is so: which streets, which limits, which parameter, under which title."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.api.server import serving
from tests.api.street_town import StreetTown, built, lonlat, lonlat_text
from tests.city import City

ENDS = {"from": lonlat_text(5, 0), "to": lonlat_text(195, 0)}
ISLAND = lonlat_text(950, 0)


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> StreetTown:
    """A few streets, and no norms."""
    return built(fresh_city("helsinki"))


@pytest.fixture(scope="module")
def client(town: StreetTown) -> Iterator[httpx2.Client]:
    """A client of a server of them."""
    with serving(town.city.register) as server, httpx2.Client(base_url=server.address, timeout=120.0) as opened:
        yield opened


def refused(client: httpx2.Client, body: Any, **query: str) -> Any:
    """Return the refusal of a way."""
    answer = client.post("/routing/route", json={**ENDS, **body}, params=query)
    assert answer.status_code == 422, answer.text
    return answer.json()


def test_a_day_without_streets_is_told_as_such(client: httpx2.Client) -> None:
    """No nearer point helps there."""
    told = refused(client, {}, datetime="1850-01-01", lang="en")
    assert told["code"] == "off-network"
    assert "No streets are on record for 1850-01-01" in told["detail"]


def test_limits_that_close_all_ways_near_are_told(client: httpx2.Client, town: StreetTown) -> None:
    """With the nearest of those ways; the others are farther than one may stand from a way."""
    told = refused(client, {"profile": {"name": "wheelchair-manual", "min_width": 9.0}, "from": ISLAND}, lang="en")
    assert told["barred"] == {"away": pytest.approx(0, abs=0.1), "feature_id": town.ids["island"]}
    assert "limits" in told["detail"]


def test_titles_say_what_is_wrong(client: httpx2.Client) -> None:
    """Nobody broke rules who asked for a way that there isn't."""
    assert refused(client, {"to": ISLAND}, lang="ru")["title"] == "Пути туда нет"
    assert refused(client, {}, datetime="1850-01-01", lang="kk")["title"] == "Жақын маңда жол жоқ"


def test_the_parameter_that_was_given_is_named(client: httpx2.Client) -> None:
    """Not the one that it stands for."""
    told = client.get("/routing/route", params={**ENDS, "datetime": "2099-01-01"}).json()
    assert (told["parameter"], told["detail"].startswith("datetime=")) == ("datetime", True)


@pytest.mark.parametrize("name", ["maxHeight", "maxWeight", "height", "weight"])
def test_ogc_limits_below_nought_are_refused(client: httpx2.Client, name: str) -> None:
    """Under either name, and sensible ones are heeded."""
    waypoints = {"type": "MultiPoint", "coordinates": [lonlat(10, -60), lonlat(190, -60)]}
    inputs = {"waypoints": waypoints, "mode": "car"}
    for value, status in ((-3, 400), (3.5, 200)):
        assert client.post("/ogc/routes", json={"inputs": {**inputs, name: value}}).status_code == status


def test_places_are_told_even_where_they_are_points(client: httpx2.Client) -> None:
    """As a label each, and in a sentence."""
    told = client.get("/routing/route", params={**ENDS, "lang": "en"}).json()
    assert re.fullmatch(r"60\.\d{5}, 24\.\d{5}", told["from"]["label"])
    assert told["places"] == f"Route from {told['from']['label']} to {told['to']['label']}."
    others = client.post("/routing/route", json={**ENDS, "alternatives": 3}).json()["alternatives"]
    assert [each["cost"] for each in others] == sorted(each["cost"] for each in others)


def test_verdicts_without_norms_say_so(client: httpx2.Client) -> None:
    """Nothing was judged, which is no praise."""
    for path in ("/routing/conformity", "/routing/conformity/area"):
        told = client.get(path, params={**(ENDS if path.endswith("conformity") else {}), "lang": "en"}).json()
        assert any("No norms" in note for note in told["notes"]), path


def test_places_that_nothing_joins_are_told_apart(client: httpx2.Client) -> None:
    """No repair helps there, and no shorter way is spoken of."""
    trips = {"trips": [{"from": ENDS["from"], "to": ISLAND, "people": 40}]}
    told = client.post("/routing/repairs", json=trips, params={"lang": "en"}).json()
    assert (told["barred"], told["apart"], told["repairs"]) == (40.0, 40.0, [])
    assert "40" in told["notes"][0]
    why = client.get("/routing/explain", params={**ENDS, "to": ISLAND, "lang": "en"}).json()
    assert "join" in why["refusal"]
    assert not any("no way is shorter" in sentence for sentence in why["sentences"])
