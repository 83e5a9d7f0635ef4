"""Items over HTTP: boxes, coordinate systems, both axes of time, pages, validators, refusals."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from gis.edit import Put
from gis.record import Period, Write
from tests.api.server import serving
from tests.city import ORIGIN, City, square

PARCELS = "/ogc/collections/land.parcel/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
TO_DEGREES = Transformer.from_crs(3879, 4326, always_xy=True)
HOSTILE = (
    "' OR '1'='1",
    "'; DROP SCHEMA land CASCADE; --",
    '")--',
    "\x00",
    "%(valid)s",
    "{0}",
    "1e999",
    "NaN",
    "١",
    "",
)


def _get(client: httpx2.Client, path: str, **parameters: str) -> Any:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _next(document: Any) -> str | None:
    return next((link["href"] for link in document["links"] if link["rel"] == "next"), None)


def _all(client: httpx2.Client, path: str, **parameters: str) -> list[Any]:
    page = _get(client, path, **parameters)
    features = list(page["features"])
    while following := _next(page):
        page = client.get(following).json()
        features += page["features"]
    return features


def test_items_are_geojson(client: httpx2.Client) -> None:
    """Features come as GeoJSON with every property, in longitude and latitude, with the links that there must be."""
    answer = client.get(PARCELS, params={"limit": "3"})
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    document = answer.json()
    assert document["type"] == "FeatureCollection"
    assert document["numberReturned"] == len(document["features"]) == 3
    assert {"self", "alternate", "next", "collection"} <= {link["rel"] for link in document["links"]}
    first = document["features"][0]
    longitudes, latitudes = TO_DEGREES.transform(*square(0, 0).exterior.xy)
    place = shapely.Polygon(zip(longitudes, latitudes, strict=True))
    assert shape(first["geometry"]).hausdorff_distance(place) < 1e-6
    assert first["properties"]["cadastral_number"] == "91001001001"
    assert first["properties"]["valid_from"] == "2019-12-31T22:00:00+00:00"


def test_a_box_in_any_system_finds_the_same(client: httpx2.Client) -> None:
    """The middle parcel is found by a box in degrees of either order, in the city's system and in Web Mercator."""
    middle = square(2, 2).centroid
    longitude, latitude = TO_DEGREES.transform(middle.x, middle.y)
    x, y = Transformer.from_crs(3879, 3857, always_xy=True).transform(middle.x, middle.y)
    boxes = {
        None: (longitude, latitude, 1e-6),
        f"{EPSG}4326": (latitude, longitude, 1e-6),
        f"{EPSG}3879": (middle.y, middle.x, 0.1),
        f"{EPSG}3857": (x, y, 0.1),
        "EPSG:3879": (middle.x, middle.y, 0.1),
    }
    for system, (first, second, half) in boxes.items():
        box = ",".join(f"{value:.9f}" for value in (first - half, second - half, first + half, second + half))
        parameters = {"bbox": box} | ({"bbox-crs": system} if system else {})
        found = _get(client, PARCELS, **parameters)["features"]
        assert [each["properties"]["cadastral_number"] for each in found] == ["91001001013"], system
        spot = ",".join(f"{value:.9f}" for value in (first, second, first, second))
        found = _get(client, PARCELS, **parameters | {"bbox": spot})["features"]
        assert [each["properties"]["cadastral_number"] for each in found] == ["91001001013"], f"a point in {system}"
    assert _get(client, PARCELS, bbox="100,10,101,11")["features"] == []
    assert len(_get(client, PARCELS, bbox="-180,-90,180,90")["features"]) == 25


@pytest.mark.parametrize(("system", "swapped"), [(4326, True), (3879, True), (3857, False), (3067, False)])
def test_coordinates_stand_in_the_authoritys_order(client: httpx2.Client, system: int, swapped: bool) -> None:
    """The address in the centre of Helsinki stands where PROJ puts it, in the authority's order of axes."""
    answer = client.get("/ogc/collections/address.address/items", params={"crs": f"{EPSG}{system}"})
    assert answer.headers["content-crs"] == f"<{EPSG}{system}>"
    coordinates = answer.json()["features"][0]["geometry"]["coordinates"]
    there = Transformer.from_crs(3879, system, always_xy=True).transform(*ORIGIN)
    assert coordinates == pytest.approx(there[::-1] if swapped else there, abs=0.002 if system != 4326 else 1e-6)


def test_pages_by_cursor_and_by_offset_agree(client: httpx2.Client) -> None:
    """Every parcel comes once, whatever the size of a page and the way to the next."""
    ids = [each["id"] for each in _get(client, PARCELS, limit="1000")["features"]]
    assert len(ids) == 25
    for limit in (1, 4, 5, 24, 25, 26):
        assert [each["id"] for each in _all(client, PARCELS, limit=str(limit))] == ids
    for offset in range(0, 30, 5):
        page = _get(client, PARCELS, limit="5", offset=str(offset))
        assert [each["id"] for each in page["features"]] == ids[offset : offset + 5]
        assert (_next(page) is None) == (offset >= 20)


def test_counting_is_asked_for(client: httpx2.Client) -> None:
    """The number of all matching features is told exactly when asked for, and else not."""
    assert "numberMatched" not in _get(client, PARCELS, limit="2")
    assert _get(client, PARCELS, limit="2", count="exact")["numberMatched"] == 25
    found = _get(client, PARCELS, cadastral_number="91001001007", count="exact")
    assert (found["numberMatched"], found["numberReturned"]) == (1, 1)


def test_long_answers_are_whole(client: httpx2.Client) -> None:
    """An answer beyond the longest page is sent in batches, and is the same document."""
    long, short = (_get(client, PARCELS, limit=limit) for limit in ("1000000", "10000"))
    assert long["features"] == short["features"]
    assert _get(client, PARCELS, limit="99999999999")["features"] == short["features"]


def test_properties_filter_by_value(client: httpx2.Client) -> None:
    """Each property can be asked for one value, typed as declared."""
    assert len(_get(client, PARCELS, category="2", divisible="true", official_area="1600.0")["features"]) == 25
    assert _get(client, PARCELS, divisible="false")["features"] == []
    address = "Testikatu 3 <&\"'> Қала"
    assert [each["properties"]["address"] for each in _get(client, PARCELS, address=address)["features"]] == [address]


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"bbx": "1,2,3,4"}, "bbx"),
        ({"limit": "0"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"offset": "1.5"}, "offset"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "1,2,3,x"}, "bbox"),
        ({"bbox": "1,50,2,40"}, "bbox"),
        ({"bbox": "nan,1,2,3"}, "bbox"),
        ({"bbox-crs": "EPSG:99999999"}, None),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/unknown"}, None),
        ({"crs": f"{EPSG}9056"}, "crs"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "2021-01-01T00:00:00"}, "datetime"),
        ({"datetime": "2021-01-01/2020-01-01"}, "datetime"),
        ({"datetime": "../.."}, "datetime"),
        ({"recorded-at": "2999-01-01T00:00:00Z"}, "recorded-at"),
        ({"cursor": "AAAA"}, "cursor"),
        ({"count": "all"}, "count"),
        ({"f": "gpkg"}, "f"),
        ({"lang": "fi"}, "lang"),
        ({"divisible": "maybe"}, "divisible"),
        ({"official_area": "wide"}, "official_area"),
        ({"version": "99999999999999999999"}, "version"),
    ],
)
def test_what_is_wrong_is_refused_with_what_is_right(
    client: httpx2.Client, parameters: dict[str, str], named: str | None
) -> None:
    """An unknown parameter or a bad value is 400, and the problem names the parameter, in three languages."""
    details = set()
    for language in ("kk", "ru", "en"):
        answer = client.get(PARCELS, params=parameters, headers={"Accept-Language": language})
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem.get("parameter") == named
        details.add(problem["detail"])
    assert len(details) == (3 if "lang" not in parameters else len(details))


def test_a_parameter_stands_once(client: httpx2.Client) -> None:
    """A parameter that is given twice is refused; nobody could tell which one counts."""
    assert client.get(f"{PARCELS}?limit=1&limit=2").status_code == 400


@pytest.mark.parametrize(
    "name",
    ["bbox", "bbox-crs", "crs", "datetime", "recorded-at", "draft", "limit", "offset", "cursor", "count", "f", "lang",
     "address", "version", "valid_from", "derived", "no' OR true --"],
)  # fmt: skip
def test_hostile_text_changes_nothing(client: httpx2.Client, name: str) -> None:
    """SQL and other mischief in any parameter is a value like others: refused or found nowhere, and never a fault."""
    for text in HOSTILE:
        answer = client.get(PARCELS, params={name: text})
        allowed = {200, 400, 401, 404} if name == "draft" else {200, 400}
        assert answer.status_code in allowed, (name, text, answer.text)
        if answer.status_code == 200 and text:
            assert answer.json()["features"] == []
    for text in HOSTILE[:3]:
        assert client.get(f"{PARCELS}/{text}").status_code == 404
        assert client.get(f"/ogc/collections/{text}/items").status_code == 404
    assert len(_get(client, PARCELS)["features"]) == 25


def test_one_feature(client: httpx2.Client) -> None:
    """A feature by its id carries its write token as ETag and the links around it."""
    listed = _get(client, PARCELS, limit="1")["features"][0]
    answer = client.get(f"{PARCELS}/{listed['id']}")
    feature = answer.json()
    assert {key: feature[key] for key in listed} == listed
    assert {"self", "alternate", "collection", "version-history"} <= {link["rel"] for link in feature["links"]}
    changeset = listed["properties"]["changeset"]
    assert answer.headers["etag"].startswith(f'"{listed["id"]}-{changeset}')
    again = client.get(f"{PARCELS}/{listed['id']}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{PARCELS}/{listed['id']}?bbox=1,2,3,4").status_code == 400
    assert client.get(f"{PARCELS}/999999999").status_code == 404
    assert client.get(f"{PARCELS}/{10**30}").status_code == 404


@pytest.fixture(scope="module")
def changing(fresh_city: Callable[[str], City]) -> Iterator[tuple[City, httpx2.Client]]:
    """A register that tests write to, and a client of its server."""
    city = fresh_city("helsinki")
    with serving(city.register) as server, httpx2.Client(base_url=server.address, timeout=60.0) as client:
        yield city, client


ZONES = "/ogc/collections/land.reservation/items"


def _place(column: int, row: int = 0) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([square(column, row)])


def test_both_axes(changing: tuple[City, httpx2.Client]) -> None:
    """A retroactive act changes what was so in law, and never what the register had said of it."""
    city, client = changing
    feature_id = city.put("land.reservation", _place(0), "2020-01-01", purpose="road")
    before = datetime.now(UTC)
    city.put("land.reservation", _place(0), "2021-06-01", feature_id, purpose="park")
    path = f"{ZONES}/{feature_id}"
    past = {"datetime": "2021-07-01T00:00:00Z", "recorded-at": before.isoformat()}
    assert _get(client, path, datetime="2020-07-01")["properties"]["purpose"] == "road"
    assert _get(client, path, datetime="2021-07-01")["properties"]["purpose"] == "park"
    assert _get(client, path)["properties"]["purpose"] == "park"
    assert _get(client, path, **past)["properties"]["purpose"] == "road"
    for parameters, purpose in ((past, "road"), ({"datetime": "2021-07-01T00:00:00Z"}, "park")):
        listed = {each["id"]: each["properties"]["purpose"] for each in _get(client, ZONES, **parameters)["features"]}
        assert listed[feature_id] == purpose
    spans = {"2020-02-01/2021-02-01": "road", "2020-02-01/..": "park", "../2020-02-01": "road", "../2019-01-01": None}
    for span, expected in spans.items():
        found = {each["id"]: each["properties"]["purpose"] for each in _get(client, ZONES, datetime=span)["features"]}
        assert found.get(feature_id) == expected, span


def test_gone_says_where_to_look(changing: tuple[City, httpx2.Client]) -> None:
    """What exists at another time is 410, with addresses at which it is found; what never was is 404."""
    city, client = changing
    unknown = datetime.now(UTC)
    feature_id = city.put("land.reservation", _place(5), "2020-01-01", purpose="pond")
    act = city.act("2022-01-01")
    ended = Write("land.reservation", feature_id, act.period, _place(5), {"purpose": "pond"}, abolished=True)
    city.register.perform(Put((ended,)), act)
    path = f"{ZONES}/{feature_id}"
    for moment in ("2019-05-01", "2022-05-01"):
        gone = client.get(path, params={"datetime": moment})
        assert gone.status_code == 410
        for address in gone.json()["look"]:
            assert client.get(address).json()["properties"]["purpose"] == "pond"
        assert client.get(gone.json()["versions"]).status_code == 200
    assert client.get(path).status_code == 410
    assert client.get(path, params={"recorded-at": unknown.isoformat()}).status_code == 410
    assert feature_id not in [each["id"] for each in _get(client, ZONES)["features"]]


def test_neighbouring_versions_are_linked(changing: tuple[City, httpx2.Client]) -> None:
    """From version to version a reader follows links, forth and back, and a memento tells its moment."""
    city, client = changing
    feature_id = city.put("land.reservation", _place(7), "2020-01-01", purpose="one")
    city.put("land.reservation", _place(7), "2021-01-01", feature_id, purpose="two")
    city.put("land.reservation", _place(7), "2022-01-01", feature_id, purpose="three")
    seen: list[str] = []
    way: str = f"{ZONES}/{feature_id}?datetime=2020-06-01"
    while way:
        answer = client.get(way)
        seen.append(answer.json()["properties"]["purpose"])
        assert answer.headers["memento-datetime"].endswith("GMT")
        links: dict[str, str] = {link["rel"]: link["href"] for link in answer.json()["links"]}
        assert ("predecessor-version" in links) == (len(seen) > 1)
        way = links.get("successor-version", "")
    assert seen == ["one", "two", "three"]


def test_answers_are_validated_until_something_changes(changing: tuple[City, httpx2.Client]) -> None:
    """A page's ETag holds while other layers are written to, and no longer than until its own layer is."""
    city, client = changing
    feature_id = city.put("land.reservation", _place(9), "2020-01-01", purpose="sand")
    answer = client.get(ZONES, params={"limit": "2"})
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(ZONES, params={"limit": "2"}, headers=known).status_code == 304
    assert client.get(ZONES, params={"limit": "3"}, headers=known).status_code == 200
    city.put("environment.green_area", _place(9), "2020-01-01", green_area_type="park")
    again = client.get(ZONES, params={"limit": "2"}, headers=known)
    assert again.status_code == 304
    assert client.get(ZONES, params={"limit": "2"}).content == answer.content
    city.put("land.reservation", _place(9), "2020-01-01", feature_id, purpose="gravel")
    assert client.get(ZONES, params={"limit": "2"}, headers=known).status_code == 200


def test_a_legal_date_that_passes_ends_an_etag(changing: tuple[City, httpx2.Client]) -> None:
    """What was recorded ahead comes into force by itself: the next question sees it, old validators fail."""
    city, client = changing
    act = city.act("2020-01-01")
    soon = datetime.now(UTC) + timedelta(seconds=2)
    writes = (
        Write("land.reservation", -1, Period(act.valid_from, soon), _place(11), {"purpose": "ends soon"}),
        Write("land.reservation", -2, Period(soon, None), _place(12), {"purpose": "begins soon"}),
    )
    city.register.perform(Put(writes), act)
    before = client.get(ZONES)
    purposes = {each["properties"]["purpose"] for each in before.json()["features"]}
    assert "ends soon" in purposes
    while datetime.now(UTC) <= soon:
        threading.Event().wait(0.1)
    after = client.get(ZONES, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    purposes = {each["properties"]["purpose"] for each in after.json()["features"]}
    assert ("begins soon" in purposes, "ends soon" in purposes) == (True, False)


def test_pages_neither_repeat_nor_miss_while_others_write(changing: tuple[City, httpx2.Client]) -> None:
    """All pages of one walk show the same state, though a writer changes every feature between them."""
    city, client = changing
    act = city.act("2020-01-01")
    places = [_place(i % 10, 20 + i // 10) for i in range(30)]
    writes = tuple(Write("land.zone", -1 - i, act.period, p, _zone(0)) for i, p in enumerate(places))
    ids = sorted(city.register.perform(Put(writes), act).features.values())
    done = threading.Event()

    def write() -> None:
        for state in itertools.count(1):
            if done.is_set():
                return
            act = city.act("2020-01-01")
            pairs = zip(ids, places, strict=True)
            city.register.perform(Put(tuple(Write("land.zone", i, act.period, p, _zone(state)) for i, p in pairs)), act)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        states = set()
        for _ in range(8):
            features = _all(client, "/ogc/collections/land.zone/items", limit="4")
            assert [each["id"] for each in features] == ids
            assert len({each["properties"]["name"] for each in features}) == 1
            states.add(features[0]["properties"]["name"])
    finally:
        done.set()
        writer.join()
    assert len(states) > 1


def _zone(state: int) -> dict[str, object]:
    return {"kind": "category", "category": "2", "name": str(state)}


def test_links_are_in_the_header_too(client: httpx2.Client) -> None:
    """A client that does not read the body finds the next page by the Link header."""
    answer = client.get(PARCELS, params={"limit": "10"})
    assert answer.links["next"]["url"] == _next(answer.json())
    assert json.loads(client.get(answer.links["next"]["url"]).content)["numberReturned"] == 10


def test_codes_that_nobody_listed_are_refused(client: httpx2.Client) -> None:
    """A misspelt category is not answered by an empty page; the codes that there are come with the refusal."""
    items = "/ogc/collections/land.parcel/items"
    assert client.get(items, params={"category": "2"}).json()["numberReturned"] > 0
    answer = client.get(items, params={"category": "99"})
    assert answer.status_code == 400
    assert {"1", "2"} <= set(answer.json()["allowed"])
    assert client.get("/ogc/collections/land.zone/items", params={"kind": "nothing"}).status_code == 400


@pytest.mark.parametrize("query", ["address=%ff", "datetime=%c3%28", "%ff=1"])
def test_a_query_that_is_no_text_is_refused(client: httpx2.Client, query: str) -> None:
    """What is no UTF-8 is not silently read as something else."""
    answer = client.get(f"/ogc/collections/land.parcel/items?{query}")
    assert answer.status_code == 400
    assert "UTF-8" in answer.json()["detail"]


def test_types_are_named_in_the_askers_language(client: httpx2.Client) -> None:
    """A Russian or Kazakh sentence has no English word for the type in it."""
    items = "/ogc/collections/land.parcel/items"
    for language, word in (("ru", "ожидается число."), ("kk", "керегі — сан.")):
        answer = client.get(items, params={"official_area": "big", "lang": language})
        assert word in answer.json()["detail"]


def test_pages_show_what_people_call_things(client: httpx2.Client) -> None:
    """Titles of codes beside the codes, legal days in the city's zone, square metres; the JSON stays as it is."""
    page = client.get("/ogc/collections/land.parcel/items?f=html&lang=en&limit=1").text
    number = client.get("/ogc/collections/land.parcel/items?limit=1").json()["features"][0]["id"]
    one = client.get(f"/ogc/collections/land.parcel/items/{number}?f=html&lang=en").text
    for text in (page, one):
        assert "settlements (2)" in text
        assert "m²" in text
        assert "m2" not in text
    assert "<td>2020-01-01</td>" in one
    assert "+00:00" not in one
