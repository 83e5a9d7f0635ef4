"""Ways over HTTP: found, told, drawn, written into files, on any date; and what is refused, and how."""

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pyogrio
import pytest
import shapely
from shapely.geometry import shape

from gis import drafts, tokens
from gis.edit import Put
from gis.record import NOWHERE, Write
from tests.api.server import serving
from tests.api.street_town import StreetTown, at, built, lonlat, lonlat_text
from tests.city import City

WEST, EAST, ISLAND = lonlat_text(5, 0), lonlat_text(195, 0), lonlat_text(950, 0)


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> StreetTown:
    """A few streets, entered as of 2020."""
    return built(fresh_city("helsinki"))


@pytest.fixture(scope="module")
def address(town: StreetTown) -> Iterator[str]:
    """Address of a server of them."""
    with serving(town.city.register) as server:
        yield server.address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx2.Client]:
    """A client of it."""
    with httpx2.Client(base_url=address, timeout=120.0) as opened:
        yield opened


def read(answer: httpx2.Response) -> Any:
    """Return an answer's document."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def way(client: httpx2.Client, **query: Any) -> Any:
    """Ask for a way from west to east."""
    return read(client.get("/routing/route", params={"from": WEST, "to": EAST, **query}))


def kinds(document: Any) -> list[str]:
    """Return what a way goes over."""
    return [piece["kind"] for piece in document["pieces"]]


def test_who_asks_decides_which_way(client: httpx2.Client) -> None:
    """On foot over the steps, by wheelchair round them, by car along the street only."""
    on_foot, in_chair = way(client), way(client, profile="wheelchair-manual")
    assert kinds(on_foot) == ["footway", "steps", "footway"]
    assert on_foot["length"] == pytest.approx(190, abs=0.1)
    assert "steps" not in kinds(in_chair)
    assert in_chair["length"] == pytest.approx(370, abs=0.1)
    assert in_chair["duration"] > on_foot["duration"] > 100
    ends = {"from": lonlat_text(10, -55), "to": lonlat_text(190, -70)}
    by_car = read(client.get("/routing/route", params={**ends, "profile": "car"}))
    assert kinds(by_car) == ["street"]
    assert (by_car["from"]["away"], by_car["to"]["away"]) == (pytest.approx(5, abs=0.05), pytest.approx(10, abs=0.05))


def test_who_may_move_is_listed(client: httpx2.Client) -> None:
    """Each preset with its limits, called as people of three languages call it."""
    listed = {}
    for language in ("kk", "ru", "en"):
        answer = client.get("/routing/profiles", params={"lang": language})
        assert answer.headers["content-language"] == language
        listed[language] = {each["name"]: each for each in read(answer)["profiles"]}
    assert len(listed["en"]) == 10
    assert listed["ru"]["wheelchair-manual"]["max_kerb"] == 0.03
    assert [listed[language]["foot"]["title"] for language in ("kk", "ru", "en")] == ["жаяу", "пешком", "on foot"]


def test_own_limits_and_places_to_avoid(client: httpx2.Client, town: StreetTown) -> None:
    """A walker who takes no steps goes round; so does one who avoids them by id, or by an area."""
    ends = {"from": WEST, "to": lonlat(195, 0)}
    area = {"type": "Polygon", "coordinates": [[lonlat(*point) for point in ((95, -5), (105, -5), (105, 5), (95, -5))]]}
    for asked in (
        {"profile": {"name": "foot", "steps": "bar"}},
        {"avoid": {"features": [town.ids["steps"]]}},
        {"avoid": {"polygons": [area]}},
        {"via": [lonlat(100, 80)]},
    ):
        told = read(client.post("/routing/route", json={**ends, **asked}))
        assert told["length"] == pytest.approx(370, abs=0.1), asked
    others = read(client.post("/routing/route", json={**ends, "alternatives": 2}))["alternatives"]
    assert len(others) <= 2


def test_a_way_is_told_in_three_languages(client: httpx2.Client) -> None:
    """As text and for a voice; names in the language that is asked for."""
    told = {}
    for language in ("kk", "ru", "en"):
        answer = client.get("/routing/route", params={"from": WEST, "to": EAST, "f": "text", "lang": language})
        assert answer.headers["content-language"] == language
        told[language] = answer.text
    assert len(set(told.values())) == 3
    assert "Абай" in told["kk"]
    assert "Абая" in told["ru"]
    spoken = client.get("/routing/route", params={"from": WEST, "to": EAST}, headers={"Accept": "application/ssml+xml"})
    assert spoken.headers["content-type"].startswith("application/ssml+xml")
    assert spoken.text.startswith("<speak")
    assert [step["type"] for step in way(client)["manoeuvres"]][-1] == "arrive"


def test_a_way_says_why_and_what_is_unknown(client: httpx2.Client, town: StreetTown) -> None:
    """The steps bar the shorter way; of the ways that were taken the cross slope is unknown, and nobody was there."""
    query = {"from": WEST, "to": EAST, "profile": "wheelchair-manual", "lang": "ru"}
    why = read(client.get("/routing/explain", params=query))
    rejected = why["rejected"][0]
    assert rejected["length"] == pytest.approx(190, abs=0.1)
    assert town.ids["steps"] in [obstacle["feature_id"] for obstacle in rejected["obstacles"]]
    assert why["route"]["length"] == pytest.approx(370, abs=0.1)
    assert why["knowledge"]["confirmed"] == 0
    assert any("370" in sentence and "190" in sentence for sentence in why["sentences"])
    unknowns = way(client, profile="wheelchair-manual")["unknowns"]
    assert {"cross_slope"} <= {each["attribute"] for each in unknowns}
    apart = read(client.get("/routing/explain", params={**query, "to": ISLAND}))
    assert (apart["route"], bool(apart["refusal"])) == (None, True)


def test_who_stands_where_all_is_barred_is_told_why(client: httpx2.Client, town: StreetTown) -> None:
    """No way may be passed near the house: the answer names what bars those that there are."""
    asked = {
        "from": WEST, "to": lonlat(150, 80), "profile": {"name": "wheelchair-manual", "min_width": 9.0},
        "avoid": {"features": [town.ids["link"], town.ids["street"]]},
    }  # fmt: skip
    assert client.post("/routing/route", json=asked).status_code == 422
    why = read(client.post("/routing/explain", json=asked))
    assert why["route"] is None
    barring = {(each["feature_id"], each["attribute"]) for each in why["rejected"][0]["obstacles"]}
    assert {(town.ids["up"], "width"), (town.ids["round"], "width")} <= barring


def test_a_way_is_held_against_norms(client: httpx2.Client, town: StreetTown) -> None:
    """Which are rows of a layer: a width is judged as soon as one is on record, with its clause."""
    norm: dict[str, Any] = {
        "code": "X 1", "edition": "2026", "clause": "4.2", "object_kind": "footway", "attribute": "width",
        "at_least": 3.0, "unit": "m", "confirmed": True, "statement_kk": "к", "statement_ru": "р", "statement_en": "e",
    }  # fmt: skip
    town.city.put("urban_planning.accessibility_norm", NOWHERE, **norm)
    told = read(client.get("/routing/conformity", params={"from": WEST, "to": EAST, "lang": "en"}))
    assert told["verdicts"] == {"met": 0, "broken": 2, "conditional": 0, "unknown": 0}
    judged = {one["feature_id"]: one["norms"][0] for one in told["objects"]}
    assert set(judged) == {town.ids["west"], town.ids["east"]}
    assert judged[town.ids["west"]]["cited"] == "X 1 (2026), cl. 4.2"
    assert (judged[town.ids["west"]]["value"], judged[town.ids["west"]]["at_least"]) == (2.5, 3.0)


def test_layers_open_from_their_address(address: str) -> None:
    """GDAL, and so QGIS, reads ways and areas with their facts straight from a GET."""
    ways = f"{address}/routing/route?from={WEST}&to={EAST}&parts=pieces&f="
    areas = f"{address}/routing/isochrone?place={WEST}&minutes=1,2&profile=wheelchair-manual&f="
    for source in (f"{ways}geojson", f"/vsicurl_streaming/{ways}fgb"):
        read_ways = pyogrio.read_dataframe(source)
        assert list(read_ways["kind"]) == ["footway", "steps", "footway"]
        assert read_ways.to_crs(3879).length.sum() == pytest.approx(190, abs=0.1)
    for source in (f"{areas}geojson", f"/vsicurl_streaming/{areas}fgb"):
        read_areas = pyogrio.read_dataframe(source)
        assert sorted(read_areas["minutes"]) == [1, 2]
        assert read_areas.geometry.is_valid.all()


def test_an_isochrone_holds_what_is_reached(client: httpx2.Client) -> None:
    """A wheelchair at 3 km/h gets 50 m far in a minute; nobody beyond the one-way street's start reaches it by car."""
    asked = {"place": WEST, "minutes": "1", "profile": "wheelchair-manual"}
    document = read(client.get("/routing/isochrone", params=asked))
    area = shape(document["features"][0]["geometry"])
    assert area.contains(shapely.Point(lonlat(50, 0)))
    assert not area.intersects(shapely.Point(lonlat(80, 0)).buffer(0.00005))
    by_car = {"place": lonlat_text(100, -60), "minutes": [1], "profile": "car"}
    reached, reaching = (
        shape(read(client.post("/routing/isochrone", json={**by_car, "direction": way}))["features"][0]["geometry"])
        for way in ("from", "to")
    )
    assert reached.contains(shapely.Point(lonlat(190, -60)))
    assert not reached.intersects(shapely.Point(lonlat(10, -60)).buffer(0.00005))
    assert reaching.contains(shapely.Point(lonlat(10, -60)))


def test_tables_and_the_nearest(client: httpx2.Client) -> None:
    """A table says what single ways cost; what is not reached is null; the nearest is the one of the least cost."""
    places = [lonlat(5, 0), lonlat(195, 0), lonlat(950, 0)]
    table = read(client.post("/routing/matrix", json={"sources": places}))["costs"]
    assert table[0][1] == pytest.approx(way(client)["cost"], abs=0.002)
    assert table[0][2] is None
    assert table[0][0] == 0
    lines = client.post("/routing/matrix", json={"sources": places}, params={"f": "csv"}).text.splitlines()
    assert [cell == "" for cell in lines[0].split(",")] == [False, False, True]
    nearest = {"place": lonlat(110, 20), "candidates": [lonlat(0, 60), lonlat(198, 0), lonlat(950, 0)], "count": 3}
    found = read(client.post("/routing/nearest", json=nearest))["nearest"]
    assert [one["candidate"] for one in found] == [1, 0]
    crews: list[dict[str, Any]] = [
        {"key": "A", "place": lonlat(20, -60)},
        {"key": "Б", "place": lonlat(120, -60), "heading": 270.0},
    ]
    called = {"place": lonlat(100, -60), "crews": crews, "profile": "ambulance"}
    coming = read(client.post("/routing/nearest", json=called))["nearest"]
    assert [one["crew"] for one in coming] == ["Б", "A"]
    assert not coming[0]["turns"]
    crews[1]["heading"] = 90.0
    turning = read(client.post("/routing/nearest", json=called))["nearest"]
    assert [(one["crew"], one["turns"]) for one in turning] == [("A", False), ("Б", True)]


def test_a_track_is_put_onto_ways(client: httpx2.Client, town: StreetTown) -> None:
    """As JSON or as a GPX file with odd characters in it; a gap in time splits it and is told."""
    track = [lonlat(east, 3 * math.sin(east)) for east in range(5, 90, 10)]
    times = [f"2026-03-01T08:00:{second:02d}Z" for second in range(0, 9 * 6, 6)]
    told = read(client.post("/routing/match", json={"track": track, "times": times}))
    assert [feature["properties"]["features"] for feature in told["features"]] == [[town.ids["west"]]]
    assert told["off"] < 4
    points = "".join(
        f'<trkpt lon="{x}" lat="{y}"><time>{time}</time><name>Қ &amp; 🙂</name></trkpt>'
        for (x, y), time in zip(track, [*times[:4], *(t.replace("T08", "T09") for t in times[4:])], strict=True)
    )
    gpx = f'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'
    sent = client.post("/routing/match", content=gpx.encode(), headers={"Content-Type": "application/gpx+xml"})
    assert [each["why"] for each in read(sent)["breaks"]] == ["gap"]


def test_a_tour_takes_the_shortest_round(client: httpx2.Client) -> None:
    """Whatever the order in which its stops are named."""
    stops = [lonlat(5, 0), lonlat(100, 80), lonlat(60, 0), lonlat(195, 0)]
    told = read(client.post("/routing/tour", json={"stops": stops, "round": False}))
    assert [visit["stop"] for visit in told["visits"]] in ([0, 2, 3, 1], [0, 2, 1, 3])
    assert told["exact"]


def test_progress_comes_line_by_line(client: httpx2.Client) -> None:
    """Of a map that must be read first; then the answer, or the refusal."""
    asked = {"from": WEST, "to": EAST, "datetime": "2021-05-05", "f": "ndjson"}
    lines = [json.loads(line) for line in client.get("/routing/route", params=asked).text.splitlines()]
    assert lines[0]["progress"]["share"] == 0
    assert lines[-2]["progress"]["share"] == 1
    assert lines[-1]["result"]["length"] == pytest.approx(190, abs=0.1)
    refused = client.get("/routing/route", params={**asked, "to": ISLAND}, headers={"Accept-Language": "kk"})
    assert json.loads(refused.text.splitlines()[-1])["problem"]["code"] == "unreachable"


def test_ogc_routes(client: httpx2.Client) -> None:
    """Declared, linked and answered in the Route Exchange Model; a route's own link gives the same route again."""
    rel = "http://www.opengis.net/def/rel/ogc/1.0/routes"
    landing = read(client.get("/ogc", params={"f": "json"}))
    routes = next(link["href"] for link in landing["links"] if link["rel"] == rel)
    declared = read(client.get("/ogc/conformance", params={"f": "json"}))
    core = "http://www.opengis.net/spec/ogcapi-routes-1/1.0.0-draft.1/conf/core"
    assert core in declared["conformsTo"]
    assert declared[core]["values"] == ["fastest", "shortest"]
    waypoints = {"type": "MultiPoint", "coordinates": [lonlat(5, 0), lonlat(195, 0)]}
    when = {"timestamp": "2026-03-02T08:30:00+02:00", "type": "arrival"}
    inputs = {"name": "Мектепке", "waypoints": waypoints, "mode": "wheelchair-electric", "when": when}
    route = read(client.post(routes, json={"inputs": inputs}))
    overview, start, *segments, end = route["features"]
    assert [each["properties"]["featureType"] for each in (overview, start, end)] == ["overview", "start", "end"]
    line = overview["geometry"]["coordinates"]
    assert (start["geometry"]["coordinates"], end["geometry"]["coordinates"]) == (line[0], line[-1])
    assert segments[-1]["geometry"]["coordinates"] == line[-1]
    for name in ("length_m", "duration_s"):
        total = round(sum(segment["properties"][name] for segment in segments), 2)
        assert total == pytest.approx(overview["properties"][name], abs=1e-9)
    assert all(segment["geometry"]["coordinates"] in line for segment in segments)
    assert [segment["properties"].get("instructions") for segment in segments] == ["right"] * 4 + [None]
    assert end["properties"]["timestamp"] == "2026-03-02T06:30:00+00:00"
    links = {link["rel"]: link["href"] for link in route["links"]}
    again = read(client.get(links["self"]))
    assert [each["geometry"] for each in again["features"]] == [each["geometry"] for each in route["features"]]
    assert again["features"][1]["properties"] == start["properties"]
    assert read(client.get(links["describedby"]))["inputs"]["waypoints"] == waypoints
    assert client.get(f"{routes}/nonsense").status_code == 404
    shortest = {"inputs": {"waypoints": waypoints, "preference": "shortest", "obstacles": None}}
    assert read(client.post(routes, json=shortest))["features"][0]["properties"]["length_m"] == pytest.approx(
        190, abs=0.1
    )


ENDS = {"from": WEST, "to": EAST}
FAR = lonlat_text(-700, 2000)
HOSTILE: list[tuple[str, str, Any, int]] = [
    ("GET", "/routing/route", {}, 400),
    ("GET", "/routing/route", {"from": WEST}, 400),
    ("GET", "/routing/route", {**ENDS, "nonsense": "1"}, 400),
    ("GET", "/routing/route", {**ENDS, "from": FAR}, 422),
    ("GET", "/routing/route", {**ENDS, "to": ISLAND}, 422),
    ("GET", "/routing/route", {**ENDS, "from": "NaN,NaN"}, 400),
    ("GET", "/routing/route", {**ENDS, "from": "60.17,24.94"}, 400),
    ("GET", "/routing/route", {**ENDS, "from": "нет такой улицы 5"}, 404),
    ("GET", "/routing/route", {**ENDS, "from": "\u202e\ud7ff🙂"}, 400),
    ("GET", "/routing/route", {**ENDS, "profile": "horse"}, 400),
    ("GET", "/routing/route", {**ENDS, "unknown": "maybe"}, 400),
    ("GET", "/routing/route", {**ENDS, "alternatives": "9"}, 400),
    ("GET", "/routing/route", {**ENDS, "departure": "2026-10-25T03:30:00"}, 400),
    ("GET", "/routing/route", {**ENDS, "departure": "tomorrow"}, 400),
    ("GET", "/routing/route", {**ENDS, "departure": "9999-12-31T23:59:59Z"}, 400),
    ("GET", "/routing/route", {**ENDS, "departure": "0001-01-01T00:00:00+14:00"}, 400),
    ("GET", "/routing/route", {**ENDS, "datetime": "2020-01-01/2021-01-01"}, 400),
    ("GET", "/routing/route", {**ENDS, "recorded-at": "2999-01-01"}, 400),
    ("GET", "/routing/route", {**ENDS, "crs": "EPSG:99999"}, 400),
    ("GET", "/routing/route", {**ENDS, "f": "exe"}, 400),
    ("GET", "/routing/conformity", {**ENDS, "to": ISLAND}, 422),
    ("GET", "/routing/route", {**ENDS, "draft": "none.such"}, 404),
    ("GET", "/routing/isochrone", {"place": WEST, "minutes": "a,b"}, 400),
    ("GET", "/routing/isochrone", {"place": WEST, "minutes": "nan"}, 400),
    ("GET", "/routing/isochrone", {"place": WEST, "minutes": "1e9"}, 400),
    ("GET", "/ogc/routes/eNqrrgUAAXUA-Q", {}, 404),
    ("POST", "/routing/route", None, 400),
    ("POST", "/routing/route", b"\xff\xfe{", 400),
    ("POST", "/routing/route", b'{"from": [NaN, 1], "to": [1, Infinity]}', 400),
    ("POST", "/routing/route", b"[" * 100_000, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "max_incline_up": 4.0}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "speed": -1}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "speed": 10**300}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "steps": "bar", "step_seconds": 2}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": "horse"}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": 5}, 400),
    ("POST", "/routing/route", {**ENDS, "from": None}, 400),
    ("POST", "/routing/route", {**ENDS, "from": [10**300, 60]}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "surfaces": []}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "surfaces": ["cheese"]}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "max_height": 3}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "car", "max_kerb": 0.1}}, 400),
    ("POST", "/routing/route", {**ENDS, "profile": {"name": "foot", "unknowns": {"mood": "bar"}}}, 400),
    ("POST", "/routing/route", {**ENDS, "via": [EAST] * 51}, 400),
    ("POST", "/routing/route", {**ENDS, "via": [EAST], "alternatives": 1}, 400),
    ("POST", "/routing/route", {**ENDS, "avoid": {"features": [-1]}}, 400),
    ("POST", "/routing/route", {**ENDS, "avoid": {"polygons": [{"type": "Polygon", "coordinates": [[[0, 0]]]}]}}, 400),
    ("POST", "/routing/route", {**ENDS, "avoid": {"polygons": [{"type": "Point", "coordinates": lonlat(0, 0)}]}}, 400),
    ("POST", "/routing/matrix", {"sources": []}, 400),
    ("POST", "/routing/matrix", {"sources": [lonlat(0, 0)] * 10_000}, 413),
    ("POST", "/routing/matrix", {"sources": [WEST, FAR]}, 422),
    ("POST", "/routing/matrix", {"sources": ["Абая 1"] * 101}, 413),
    ("POST", "/routing/nearest", {"place": WEST, "candidates": [EAST], "count": 0}, 400),
    ("POST", "/routing/nearest", {"place": WEST}, 400),
    ("POST", "/routing/nearest", {"place": WEST, "crews": [{"key": "A", "place": EAST, "heading": 361}]}, 400),
    ("POST", "/routing/explain", {**ENDS, "alternatives": 1}, 400),
    ("POST", "/routing/match", {"track": [lonlat(0, 0)]}, 400),
    ("POST", "/routing/match", {"track": [lonlat(0, 0)] * 2, "times": ["2026-01-01T00:00:00Z"]}, 400),
    ("POST", "/routing/match", {"track": [lonlat(0, 0)] * 2, "times": ["2026-01-01T00:00:00"] * 2}, 400),
    ("POST", "/routing/match", b"<gpx><trkpt lon='x' lat='1'/><trkpt/></gpx>", 400),
    ("POST", "/routing/match", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx>&x;</gpx>', 400),
    ("POST", "/routing/match", b"<gpx><trk>", 400),
    ("POST", "/routing/match", '<!DOCTYPE a [<!ENTITY x "y">]><gpx>&x;</gpx>'.encode("utf-16"), 400),
    ("POST", "/routing/match", {"track": [lonlat(5000, 5000), lonlat(5100, 5000)]}, 422),
    ("POST", "/routing/tour", {"stops": [WEST]}, 400),
    ("POST", "/routing/tour", {"stops": [WEST, ISLAND]}, 422),
    ("POST", "/ogc/routes", {"inputs": {"waypoints": {"type": "Point", "coordinates": lonlat(0, 0)}}}, 400),
    ("POST", "/ogc/routes", {"inputs": {"waypoints": {"type": "MultiPoint", "coordinates": [[1, 2]]}}}, 400),
]


@pytest.mark.parametrize("asked", HOSTILE, ids=lambda one: f"{one[1]} {str(one[2])[:60]}")
def test_what_makes_no_sense_is_refused(client: httpx2.Client, asked: tuple[str, str, Any, int]) -> None:
    """As problem details in the asker's language; never a fault of the program."""
    method, path, said, status = asked
    told = set()
    for language in ("kk", "ru", "en"):
        headers = {"Accept-Language": language, "Content-Type": "application/json"}
        if method == "GET":
            answer = client.get(path, params=said, headers=headers)
        else:
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            answer = client.post(path, content=content, headers=headers)
        assert answer.status_code == status, answer.text[:500]
        assert answer.headers["content-type"] == "application/problem+json"
        told.add(answer.json()["detail"])
    assert len(told) == 3


def test_a_refusal_tells_how_far(client: httpx2.Client) -> None:
    """How far the nearest way is; how near one gets, and where."""
    off = client.get("/routing/route", params={**ENDS, "from": FAR}).json()
    assert off["away"] == pytest.approx(math.hypot(700, 2000 - 80), abs=1)
    assert off["asked"] == pytest.approx(lonlat(-700, 2000), abs=1e-6)
    assert off["nearest"] == pytest.approx(lonlat(0, 80), abs=1e-6)
    far = client.post("/routing/match", json={"track": [lonlat(5000, 5000), lonlat(5100, 5000)]}).json()
    assert far["asked"] == pytest.approx(lonlat(5000, 5000), abs=1e-6)
    apart = client.get("/routing/route", params={**ENDS, "to": ISLAND}).json()
    assert apart["why"] == "apart"
    assert apart["nearest"] == pytest.approx(lonlat(200, 0), abs=1e-6)
    longitude, latitude = lonlat(200, 0)
    assert f"{longitude:.6f},{latitude:.6f}" in apart["detail"]
    limit = client.post("/routing/route", json={**ENDS, "profile": {"max_incline_up": 4.0}}).json()
    assert (limit["code"], limit["limit"], limit["most"]) == ("bad-limits", "max_incline_up", 1.0)


def test_questions_are_described_for_programs(client: httpx2.Client) -> None:
    """Each with what it reads, and nothing that leads nowhere; a preset's name will do for a profile."""
    described = read(client.get("/openapi.json"))
    asked = {
        (path, method): {each["name"] for each in operation.get("parameters", [])}
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if path.startswith("/routing/")
    }
    everywhere = {"f", "datetime", "recorded-at", "draft", "lang"}
    assert all(everywhere <= names for (path, _), names in asked.items() if path != "/routing/profiles")
    ends = {"from", "to", "profile", "unknown", "departure", "crs"}
    assert asked["/routing/route", "get"] == everywhere | ends | {"alternatives", "parts"}
    assert {path for path, method in asked if method == "post"} == {
        f"/routing/{name}"
        for name in ("route", "explain", "conformity", "repairs", "isochrone", "nearest", "matrix", "tour", "match")
    }
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(described)):
        place = described
        for step in reference.split("/"):
            place = place[step]
    way = described["paths"]["/routing/route"]["get"]["responses"]["200"]["content"]
    assert {"application/gpx+xml", "application/pdf", "application/vnd.ant.fit"} <= way.keys()
    limit = described["components"]["schemas"]["ProfileBody"]["properties"]["max_incline_up"]
    assert (limit["minimum"], limit["maximum"]) == (0.0, 1.0)


def test_the_map_of_another_day(client: httpx2.Client, town: StreetTown) -> None:
    """Before the streets were there none leads anywhere; a ramp counts in its draft, and once it is recorded."""
    before = client.get("/routing/route", params={"from": WEST, "to": EAST, "datetime": "2019-06-01"})
    assert (before.status_code, before.json()["code"]) == (422, "off-network")
    past = client.get("/routing/route", params={"from": WEST, "to": EAST, "departure": "2019-06-01T08:00:00+03:00"})
    assert past.json()["code"] == "off-network"
    city = town.city
    drafts.opened(city.register, "ramp", "A ramp", actor="P. Planner", role="planner")
    act = city.act("2020-02-01")
    ramp = Write(
        "urban_planning.ramp", -1, act.period, shapely.LineString([at(90, 0), at(100, 4), at(110, 0)]),
        {"surface": "asphalt", "width": 2.0, "incline": 0.02, "smoothness": "good", "status": "working"},
    )  # fmt: skip
    with city.register.writing() as connection:
        number = drafts.find(connection, "ramp").draft_id
        bearer = {"Authorization": f"Bearer {tokens.create(connection, 'P. Planner', 'planner')}"}
    city.register.perform(Put((ramp,)), act, draft=number)
    query = {"from": WEST, "to": EAST, "profile": "wheelchair-manual"}
    drafted = client.get("/routing/route", params={**query, "draft": "ramp"}, headers=bearer)
    assert read(drafted)["draft"] == "ramp"
    assert "ramp" in kinds(drafted.json())
    assert drafted.headers["cache-control"].startswith("private")
    assert client.get("/routing/route", params={**query, "draft": "ramp"}).status_code == 401
    assert "ramp" not in kinds(way(client, profile="wheelchair-manual"))
    done = city.register.perform(Put((ramp,)), act)
    assert "ramp" in kinds(way(client, profile="wheelchair-manual"))
    assert "ramp" not in kinds(way(client, profile="wheelchair-manual", datetime="2020-01-15"))
    broken = {**ramp.attributes, "status": "out_of_order"}
    city.register.perform(Put((Write(ramp.layer, done.features[-1], act.period, ramp.geometry, broken),)), act)
    assert "ramp" not in kinds(way(client, profile="wheelchair-manual"))
