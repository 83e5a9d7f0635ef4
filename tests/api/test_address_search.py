"""The address search over HTTP: GeoJSON in the asker's language, files of addresses, refusals that help."""

import csv
import io
from collections.abc import Callable, Iterator

import httpx2
import pytest

from api.address.batch import ADDED, MOST_ROWS, STATUSES
from tests.api.server import serving
from tests.cadastres.address.town import Town, built
from tests.city import City


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> Iterator[Town]:
    """The town that is served."""
    city = fresh_city("helsinki")
    yield built(city)
    city.register.close()


@pytest.fixture(scope="module")
def desk(town: Town) -> Iterator[httpx2.Client]:
    """A client of the town's server."""
    with serving(town.city.register) as server, httpx2.Client(base_url=server.address, timeout=60.0) as client:
        yield client


def test_a_search_answers_geojson(desk: httpx2.Client, town: Town) -> None:
    """The right address first, with its name, its place on the globe and a link to its record that works."""
    answer = desk.get("/address/search", params={"q": "ул. Абая Кунанбаева 12", "lang": "ru"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    document = answer.json()
    feature = document["features"][0]
    assert feature["id"] == town.houses["abai", "12"]
    assert feature["properties"]["label"] == "улица Абая Кунанбаева, 12"
    assert feature["properties"]["score"] == 1.0
    longitude, latitude = feature["geometry"]["coordinates"]
    assert 24.5 < longitude < 25.5
    assert 59.9 < latitude < 60.5
    record = desk.get(feature["properties"]["href"]).json()
    assert record["properties"]["locator_designator"] == "12"
    assert record["geometry"]["coordinates"] == pytest.approx([longitude, latitude], abs=1e-6)


def test_names_come_in_the_askers_language(desk: httpx2.Client) -> None:
    """By Accept-Language, and lang before it; a name that the language lacks stands as on the place."""
    asked = {"q": "Абая Кунанбаева 12 кв 7"}
    kazakh = desk.get("/address/search", params=asked, headers={"Accept-Language": "kk"}).json()
    english = desk.get("/address/search", params={**asked, "lang": "en"}, headers={"Accept-Language": "kk"}).json()
    assert kazakh["features"][0]["properties"]["label"] == "Абай Құнанбаев көшесі, 12, 7-пәтер"
    assert english["features"][0]["properties"]["label"] == "Абай Құнанбаев көшесі, 12, apt 7"


def test_a_former_name_is_told(desk: httpx2.Client) -> None:
    """Which name matched, and that it is former."""
    matched = desk.get("/address/search?q=Ленин даңғылы 7").json()["features"][0]["properties"]["matched"]
    assert (matched["name"], matched["standing"], matched["former"]) == ("Ленин даңғылы", "former", True)


def test_the_past_answers_as_it_was(desk: httpx2.Client) -> None:
    """Before the town there was no address; both axes are told back."""
    document = desk.get("/address/search?q=улица Абая 12&datetime=2019-01-01").json()
    assert document["features"] == []
    assert document["datetime"].startswith("2018-12-31T22:00")


def test_reverse_takes_a_place_in_any_system(desk: httpx2.Client, town: Town) -> None:
    """Degrees and the city's own metres in the authority's order name the same house; its units come along."""
    house = desk.get("/address/search?q=улица Абая Кунанбаева 12").json()["features"][0]
    longitude, latitude = house["geometry"]["coordinates"]
    here = desk.get("/address/reverse", params={"lon": longitude, "lat": latitude}).json()
    assert here["features"][0]["id"] == town.houses["abai", "12"]
    assert here["features"][0]["properties"]["distance"] < 0.01
    assert here["within"][0]["kato"] == "910000000"
    crs = "http://www.opengis.net/def/crs/EPSG/0/4326"
    there = desk.get("/address/reverse", params={"point": f"{latitude},{longitude}", "crs": crs}).json()
    assert there["features"][0]["id"] == here["features"][0]["id"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("search", "q"),
        ("search?q=", "q"),
        ("search?q=" + "a" * 301, "q"),
        ("search?q=a&limit=0", "limit"),
        ("search?q=a&limit=51", "limit"),
        ("search?q=a&near=1", "near"),
        ("search?q=a&near=nan,1", "near"),
        ("search?q=a&near=25,95", "near"),
        ("search?q=a&colour=red", "colour"),
        ("search?q=a&q=b", "q"),
        ("search?q=a&datetime=yesterday", "datetime"),
        ("search?q=a&recorded-at=2999-01-01", "recorded-at"),
        ("reverse", "point"),
        ("reverse?lon=25", "lat"),
        ("reverse?lon=25&lat=91", "lat"),
        ("reverse?lon=25&lat=60&point=1,2", "point"),
        ("reverse?lon=25&lat=60&radius=-1", "radius"),
        ("reverse?lon=1_0&lat=60", "lon"),
    ],
)
def test_what_is_wrong_is_named(desk: httpx2.Client, query: str, parameter: str) -> None:
    """Each refusal names its parameter, in the asker's language."""
    answer = desk.get(f"/address/{query}", headers={"Accept-Language": "kk"})
    assert answer.status_code == 400
    assert answer.headers["content-language"] == "kk"
    assert answer.json()["parameter"] == parameter


def test_a_file_comes_back_with_what_was_found(desk: httpx2.Client, town: Town) -> None:
    """Every row in its place with its own cells; the counts add up, and the report says so."""
    asked = ("1;ул. Абая Кунанбаева 12", "2;", "3;нигде 5", "4;Жеңіс даңғылы 99", "5;a;b;c", "6;пр. Победы 7")
    sent = "\r\n".join(("id;address", *asked))
    answer = desk.post("/address/batch?report=true&lang=ru", content=sent.encode())
    assert answer.status_code == 200
    assert (answer.headers["qala-rows"], answer.headers["qala-bad-rows"]) == ("6", "2")
    *lines, report = answer.text.splitlines()
    rows = list(csv.DictReader(lines, delimiter=";"))
    assert list(rows[0]) == ["id", "address", *ADDED]
    assert [row["qala_status"] for row in rows] == ["found", "bad", "none", "part", "bad", "found"]
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert rows[4]["address"] == "a b c"
    assert rows[0]["qala_address_id"] == str(town.houses["abai", "12"])
    assert rows[0]["qala_label"] == "улица Абая Кунанбаева, 12"
    assert rows[5]["qala_address_id"] == str(town.houses["jenis", "7"])
    counts = dict(pair.split("=") for pair in report.removeprefix("# ").split())
    assert int(counts.pop("rows")) == 6
    assert sum(map(int, counts.values())) == 6
    assert set(counts) == set(STATUSES)


def test_a_file_in_another_encoding_is_read_when_named(desk: httpx2.Client) -> None:
    """And refused with the line and the way out when it is not."""
    content = "мекенжай\nулица Абая Кунанбаева 12\n".encode("cp1251", "replace")
    refused = desk.post("/address/batch", content=content).json()
    assert (refused["code"], refused["parameter"], refused["line"]) == ("bad-table", "encoding", 1)
    read = desk.post("/address/batch?encoding=cp1251", content=content)
    assert next(csv.DictReader(io.StringIO(read.text)))["qala_status"] == "found"


@pytest.mark.parametrize(
    ("query", "content"),
    [
        ("", b""),
        ("", b"address\r\n"),
        ("", b"a,b\r\n1,2\r\n"),
        ("?column=street", b"address,b\r\n1,2\r\n"),
        ("?encoding=klingon", b"address\r\nx\r\n"),
        ("?encoding=hex", b"address\r\nx\r\n"),
        ("?delimiter=dash", b"address\r\nx\r\n"),
        ("?report=yes", b"address\r\nx\r\n"),
        ("?datetime=soon", b"address\r\nx\r\n"),
        ("", b'address\r\n"' + b"x" * 200_000 + b"\r\n"),
    ],
)
def test_a_file_that_is_no_table_is_refused_whole(desk: httpx2.Client, query: str, content: bytes) -> None:
    """Nothing of it is answered: the asker is told what is wrong."""
    answer = desk.post(f"/address/batch{query}", content=content)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_file_of_too_many_rows_is_refused(desk: httpx2.Client) -> None:
    """One row more than the bound."""
    answer = desk.post("/address/batch", content=b"address\n" + b"x\n" * (MOST_ROWS + 1))
    assert answer.status_code == 413
