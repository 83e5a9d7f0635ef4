"""What strangers ask of ways: moments and numbers that nobody means, forms that don't fit, tracks of all receivers."""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx2
import pytest
from shapely import Point

from tests.api.server import serving
from tests.api.street_town import StreetTown, at, built, lonlat, lonlat_text
from tests.city import City

ENDS = {"from": lonlat_text(10, 0), "to": lonlat_text(190, 0)}
WAYPOINTS = {"type": "MultiPoint", "coordinates": [lonlat(10, 0), lonlat(190, 0)]}
GPX = {"Content-Type": "application/gpx+xml"}


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> StreetTown:
    """A few streets, and two lifts that are out of order."""
    town = built(fresh_city("helsinki"))
    for east in (0, 200):
        town.city.put("urban_planning.lift", Point(*at(east, 80)), status="out_of_order")
    return town


@pytest.fixture(scope="module")
def client(town: StreetTown) -> Iterator[httpx2.Client]:
    """A client of a server of them."""
    with serving(town.city.register) as server, httpx2.Client(base_url=server.address, timeout=120.0) as opened:
        yield opened


def refused(answer: httpx2.Response, parameter: str | None = None) -> Any:
    """Return a refusal, which must be told as one."""
    assert answer.status_code == 400, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert parameter is None or told["parameter"] == parameter, told
    return told


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("name", ["departure", "datetime", "recorded-at"])
def test_moments_of_no_year_are_refused(client: httpx2.Client, name: str, moment: str) -> None:
    """By the name of the parameter, and with the years between which it must lie."""
    told = refused(client.get("/routing/route", params={**ENDS, name: moment}), name)
    assert "1000" in told["detail"]


@pytest.mark.parametrize("year", [1000, 1583, 1899, 2035])
def test_departures_far_from_now_get_an_answer(client: httpx2.Client, year: int) -> None:
    """Clocks, days and opening hours are read in any year that is let through, of whatever map."""
    asked = {**ENDS, "departure": f"{year}-01-01T00:00:00Z", "datetime": "2021-01-01"}
    for profile in ("foot", "car"):
        answer = client.get("/routing/route", params={**asked, "profile": profile})
        assert answer.status_code in {200, 422}, answer.text
    arrival = {"waypoints": WAYPOINTS, "when": {"timestamp": f"{year}-01-01T00:00:00Z", "type": "arrival"}}
    assert client.post("/ogc/routes", json={"inputs": arrival}).status_code in {200, 422}


def test_arrivals_and_tours_of_no_year_are_refused(client: httpx2.Client) -> None:
    """As departures are."""
    when = {"timestamp": "0001-01-01T00:00:00Z", "type": "arrival"}
    refused(client.post("/ogc/routes", json={"inputs": {"waypoints": WAYPOINTS, "when": when}}))
    stops = [lonlat(10, 0), lonlat(60, 0)]
    refused(client.post("/routing/tour", json={"stops": stops, "departure": "0001-01-01T00:00:00Z"}), "departure")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("route", {"from": [10**400, 1], "to": lonlat(10, 0)}),
        ("isochrone", {"place": [1, 10**400]}),
        ("matrix", {"sources": [lonlat(10, 0), [10**400, 1]]}),
        ("route", {**ENDS, "profile": {"name": "foot", "speed": 10**400}}),
        ("route", {**ENDS, "avoid": {"polygons": [{"type": "Polygon", "coordinates": [[[10**400, 1]] * 4]}]}}),
    ],
)
def test_numbers_beyond_all_measure_are_refused(client: httpx2.Client, path: str, body: Any) -> None:
    """A whole number of 400 digits is JSON, and no coordinate."""
    refused(client.post(f"/routing/{path}", json=body))


def packed(text: str) -> str:
    """Return a text as the id of a route holds it."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


@pytest.mark.parametrize("inner", ["[[NaN, 1], [2, 3]]", '["\\ud800", [2, 3]]', "[[Infinity, 1], [2, 3]]"])
def test_ids_that_hold_what_no_document_can_are_unknown(client: httpx2.Client, inner: str) -> None:
    """NaN and halves of characters can't be written into a definition."""
    text = f'[{{"waypoints": {{"type": "MultiPoint", "coordinates": {inner}}}}}, null, null, null]'
    for path in ("", "/definition"):
        assert client.get(f"/ogc/routes/{packed(text)}{path}").status_code == 404


def test_a_definition_is_kept_without_what_is_not_read(client: httpx2.Client) -> None:
    """Half a character in a member that nobody reads does not get into the id; the definition is found again."""
    body = json.dumps({"inputs": {"waypoints": {**WAYPOINTS, "x": "@"}}}).replace("@", "\\ud800")
    answer = client.post("/ogc/routes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    described = next(each["href"] for each in answer.json()["links"] if each["rel"] == "describedby")
    assert client.get(described).json()["inputs"]["waypoints"] == WAYPOINTS


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/routing/profiles?datetime=nonsense", "datetime"),
        ("/routing/profiles?draft=nope", "draft"),
        ("/routing/profiles?f=banana", "f"),
        ("/ogc/routes?f=banana", "f"),
        ("/routing/route?f=gpx&alternatives=3", "alternatives"),
        ("/routing/route?f=text&alternatives=1", "alternatives"),
        ("/routing/route?f=gpx&parts=pieces", "parts"),
        ("/routing/route?parts=routes", "parts"),
    ],
)
def test_what_would_be_passed_over_is_refused(client: httpx2.Client, path: str, parameter: str) -> None:
    """By name: nobody is left to believe that it was heeded."""
    known = dict(ENDS) if "/route?" in path else {}
    refused(client.get(httpx2.URL(path).copy_merge_params(known)), parameter)


def test_routes_of_ogc_have_the_forms_they_have(client: httpx2.Client) -> None:
    """Whether they are computed or found again."""
    inputs = {"inputs": {"waypoints": WAYPOINTS}}
    refused(client.post("/ogc/routes", params={"f": "banana"}, json=inputs), "f")
    found = client.post("/ogc/routes", params={"f": "json"}, json=inputs).json()
    again = next(each["href"] for each in found["links"] if each["rel"] == "self")
    assert client.get(again).status_code == 200
    refused(client.get(again, params={"f": "banana"}), "f")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/gpx+xml, application/x-ndjson;q=0.1", "application/gpx+xml"),
        ("application/json, application/x-ndjson;q=0", "application/json"),
        ("application/x-ndjson;q=0", "application/json"),
        ("*/*, application/x-ndjson;q=0.1", "application/json"),
        ("application/xml;q=0.9, */*;q=0.8", "application/json"),
        ("application/*, application/gpx+xml", "application/gpx+xml"),
        ("application/json;q=0.5, application/x-ndjson", "application/x-ndjson"),
    ],
)
def test_the_form_liked_best_is_sent(client: httpx2.Client, accept: str, media_type: str) -> None:
    """Lines of progress come where they are liked best, and nowhere else."""
    answer = client.get("/routing/route", params=ENDS, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    lines = answer.text.splitlines()
    assert ('{"result":' in lines[-1][:10]) == (media_type == "application/x-ndjson")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("isochrone", {"place": lonlat(10, 0)}),
        ("matrix", {"sources": [lonlat(10, 0)]}),
        ("tour", {"stops": [lonlat(10, 0), lonlat(60, 0)]}),
        ("match", {"track": [lonlat(10, 0), lonlat(60, 0)]}),
        ("route", ENDS),
        ("nearest", {"place": lonlat(10, 0), "candidates": [lonlat(60, 0)]}),
    ],
)
def test_answers_tell_by_what_they_vary(client: httpx2.Client, path: str, body: Any) -> None:
    """By the form and the language that are liked."""
    answer = client.post(f"/routing/{path}", json=body, headers={"Accept-Language": "ru"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Language"] == "ru"
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


def matched(client: httpx2.Client, *parts: Sequence[tuple[float, str]]) -> Any:
    """Match a GPX of segments: metres east of the origin, and what else each point has."""
    drawn = [
        "".join('<trkpt lon="{}" lat="{}">{}</trkpt>'.format(*lonlat(east, 0), more) for east, more in part)
        for part in parts
    ]
    content = "<gpx><trk>" + "".join(f"<trkseg>{part}</trkseg>" for part in drawn) + "</trk></gpx>"
    answer = client.post("/routing/match", content=content.encode(), headers=GPX)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_way_that_was_written_is_matched(client: httpx2.Client) -> None:
    """Of a file with a route and a track, the track counts, not the points of both one after the other."""
    way = client.get("/routing/route", params=ENDS)
    file = client.get("/routing/route", params={**ENDS, "f": "gpx"})
    assert b"<rtept" in file.content
    assert b"<trkpt" in file.content
    told = client.post("/routing/match", content=file.content, headers=GPX).json()
    assert [each["properties"]["length"] for each in told["features"]] == [pytest.approx(way.json()["length"], abs=1)]
    assert (told["breaks"], len(told["fixes"])) == ([], file.content.count(b"<trkpt"))


def test_a_route_without_a_track_is_matched(client: httpx2.Client) -> None:
    """As a planner draws it."""
    points = "".join('<rtept lon="{}" lat="{}"/>'.format(*lonlat(east, 0)) for east in (10, 50, 85))
    told = client.post("/routing/match", content=f"<gpx><rte>{points}</rte></gpx>".encode(), headers=GPX).json()
    assert [each["properties"]["length"] for each in told["features"]] == [pytest.approx(75, abs=1)]


def test_segments_of_a_track_do_not_hang_together(client: httpx2.Client) -> None:
    """The receiver was off between them, wherever it was then."""
    told = matched(client, [(5, ""), (30, "")], [(60, ""), (85, "")])
    assert [(each["before"], each["after"], each["why"]) for each in told["breaks"]] == [(1, 2, "gap")]
    assert [each["properties"]["length"] for each in told["features"]] == [pytest.approx(25, abs=1)] * 2
    whole = matched(client, [(5, ""), (30, ""), (60, ""), (85, "")])
    assert [each["properties"]["length"] for each in whole["features"]] == [pytest.approx(80, abs=1)]


def test_a_point_without_its_time_is_told(client: httpx2.Client) -> None:
    """For its sake the times of the others can't be used, and the answer says so."""
    timed = [(east, f"<time>2026-03-01T08:00:{east:02d}Z</time>") for east in (5, 30, 55)]
    assert matched(client, timed)["untimed"] == []
    assert matched(client, [*timed[:1], (30, ""), *timed[2:]])["untimed"] == [1]
    assert matched(client, [(5, ""), (30, "")])["untimed"] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused_in_any_encoding(client: httpx2.Client, encoding: str) -> None:
    """Two bytes a letter hide the word from whoever looks for its letters."""
    points = "".join('<trkpt lon="{}" lat="{}"/>'.format(*lonlat(east, 0)) for east in (10, 50))
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE gpx SYSTEM "x"><gpx><trk>{points}</trk></gpx>'
    answer = client.post("/routing/match", content=text.encode(encoding), headers=GPX)
    assert "DOCTYPE" in refused(answer)["detail"]


def test_what_breaks_the_norms_comes_in_pages(client: httpx2.Client) -> None:
    """Each object once, the worst first, with a link to what follows."""
    whole = client.get("/routing/conformity/area").json()
    assert whole["numberMatched"] == len(whole["features"]) > 1
    assert whole["next_offset"] is None
    found: list[Any] = []
    path: str | None = "/routing/conformity/area?limit=1"
    while path is not None:
        answer = client.get(path)
        found += answer.json()["features"]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert found == whole["features"]
    refused(client.get("/routing/conformity/area?limit=100000"))
