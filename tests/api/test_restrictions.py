"""Restrictions over HTTP: extracts in every form, documents, drafts, the reverse question, statistics, refusals."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

import httpx2
import pypdfium2
import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cadastres.environment.zone_model import ZONE_PARAMETER
from cadastres.real_estate.subject import find
from gis import drafts, tokens
from gis.edit import Put
from gis.instant import Instant, read_head, settle
from gis.record import NOWHERE, Period, Write
from tests.api.server import serving
from tests.cadastres.real_estate.dossier import FLAT, IIN, OWNER, PARCEL, Dossier, box, opened
from tests.city import City, square

FIRST = "/restrictions/parcels/91001001001"
"""The extract of the parcel on which the furnished city's features lie."""


@pytest.fixture(scope="module")
def planner(furnished_city: City, live_server: str) -> Iterator[httpx2.Client]:
    """A planner's client."""
    with furnished_city.register.writing() as connection:
        bearer = {"Authorization": f"Bearer {tokens.create(connection, 'P. Planner', 'planner')}"}
    with httpx2.Client(base_url=live_server, timeout=60.0, headers=bearer) as client:
        yield client


@pytest.fixture(scope="module")
def draft(furnished_city: City) -> str:
    """A draft that reserves half of the first parcel."""
    city = furnished_city
    drafts.opened(city.register, "half", "Half a parcel", actor="P. Planner", role="planner")
    half = shapely.MultiPolygon([shapely.box(*_half(square(0, 1)))])
    act = city.act("2020-01-01")
    write = Write("land.reservation", -1, act.period, half, {"purpose": "variant"})
    with city.register.writing() as connection:
        number = drafts.find(connection, "half").draft_id
    city.register.perform(Put((write,)), act, draft=number)
    return "half"


def _half(parcel: shapely.Polygon) -> tuple[float, float, float, float]:
    west, south, east, north = parcel.bounds
    return west, south, (west + east) / 2, north


def read(client: httpx2.Client, path: str, **query: Any) -> Any:
    """Return an answer's document."""
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the restrictions by layer."""
    return {one["layer"]: one for one in document["restrictions"]}


def test_an_extract_tells_all_that_restricts(client: httpx2.Client) -> None:
    """Area and share, act, kind in three languages, the term; what only touches or is not in force is not there."""
    told = read(client, FIRST, f="json")
    zone = found(told)["land.zone"]
    assert (zone["area"], zone["share"]) == (pytest.approx(1600.0, abs=1e-3), pytest.approx(1.0, abs=1e-9))
    assert zone["official_area"] == pytest.approx(1600.0)
    assert zone["act"]["kind"] == "akimat-decision"
    assert zone["act"]["title"]["ru"] == "решение акимата"
    assert zone["kind"]["title"] == {
        "kk": "жер санаты аймағы",
        "ru": "зона категории земель",
        "en": "zone of a land category",
    }
    assert (zone["since"], zone["until"]) == ("2020-01-01", None)
    assert found(told)["land.reservation"]["name"] == "park"
    assert found(told)["real_estate.right_area"]["share"] == pytest.approx(16 / 1600)
    assert found(told)["urban_planning.regulation_line"]["measure"] == "length"
    assert "urban_planning.zoning_element" not in found(told)  # its plan is not in force
    assert told["parcel"]["area_ratio"] == pytest.approx(1.0)


def test_the_registered_encumbrances_are_named_without_persons(client: httpx2.Client) -> None:
    """Their kind, and where the extract of the legal cadastre is."""
    registered = read(client, FIRST, f="json")["registered"]
    assert [one["kind"] for one in registered] == ["servitude"]
    assert client.get(registered[0]["href"], params={"f": "json"}).status_code == 200


@pytest.mark.parametrize("spelling", ["91-001-001-001", "91:001:001:001", "91001001001"])
def test_any_spelling_leads_to_the_parcel(client: httpx2.Client, spelling: str) -> None:
    """Not to the unit that bears the same number."""
    told = read(client, f"/restrictions/parcels/{spelling}", f="json")
    assert told["subject"] == {"kind": "parcel", "number": "91001001001", "spelled": "91-001-001-001"}


def test_a_parcel_under_nothing(client: httpx2.Client) -> None:
    """What lies on its neighbours is not told of it."""
    told = found(read(client, "/restrictions/parcels/91001001025", f="json"))
    assert not {name for name in told if name.startswith("land.")}


def test_both_axes(client: httpx2.Client, furnished_city: City) -> None:
    """Before the parcel's time 410; before the register knew 404; a restriction that ended is told of its time only."""
    assert client.get(FIRST, params={"datetime": "2010-01-01"}).status_code == 410
    assert client.get(FIRST, params={"recorded-at": "2000-01-01"}).status_code == 404
    act = furnished_city.act("2021-01-01")
    limited = Write(
        "land.reservation", -1,
        Period(act.valid_from, furnished_city.act("2022-01-01").valid_from),
        shapely.MultiPolygon([square(1, 4)]), {"purpose": "for a year"},
    )  # fmt: skip
    before = read(client, "/restrictions/parcels/91001001022", f="json")["as_of"]["recorded"]
    furnished_city.register.perform(Put((limited,)), act)
    during = read(client, "/restrictions/parcels/91001001022", f="json", datetime="2021-06-01")
    assert found(during)["land.reservation"]["until"] == "2022-01-01"
    for query in ({"datetime": "2020-06-01"}, {"datetime": "2022-01-01"}):
        assert "land.reservation" not in found(read(client, "/restrictions/parcels/91001001022", f="json", **query))
    query = {"datetime": "2021-06-01", "recorded-at": before}
    assert "land.reservation" not in found(read(client, "/restrictions/parcels/91001001022", f="json", **query))


def test_with_a_draft(planner: httpx2.Client, client: httpx2.Client, draft: str) -> None:
    """What it proposes restricts, without an act; without it, not; the public reads no draft by its name."""
    path = "/restrictions/parcels/91001001006"
    told = read(planner, path, f="json", draft=draft)
    assert told["draft"] == draft
    assert found(told)["land.reservation"]["share"] == pytest.approx(0.5, abs=1e-9)
    assert found(told)["land.reservation"]["act"] is None
    assert "land.reservation" not in found(read(planner, path, f="json"))
    assert client.get(path, params={"draft": draft}).status_code == 401


def test_the_pdf_of_a_draft_is_marked_and_not_kept(planner: httpx2.Client, draft: str) -> None:
    """It says that it has no legal force, and can't be verified."""
    path = "/restrictions/parcels/91001001006"
    for language, mark in (("kk", "заңды күші жоқ"), ("ru", "юридической силы не имеет"), ("en", "no legal force")):
        answer = planner.get(path, params={"f": "pdf", "draft": draft, "lang": language})
        assert answer.headers["content-type"] == "application/pdf", answer.text
        assert mark in text_of(answer.content)
        verified = planner.post("/documents/verify", content=answer.content)
        assert verified.json()["issued_here"] is False


def text_of(pdf: bytes) -> str:
    """Return the text of a document, its lines joined."""
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", " ")


def test_the_pdf_is_an_issued_document(client: httpx2.Client) -> None:
    """The same question gives the same file, which anybody verifies; it tells what the JSON tells."""
    first, again = (client.get(FIRST, params={"f": "pdf", "lang": "ru"}) for _ in range(2))
    assert first.content == again.content
    assert first.headers["etag"] == f'"{sha256(first.content).hexdigest()}"'
    known = client.post("/documents/verify", content=first.content).json()
    assert (known["issued_here"], known["kind"], known["reproduced"], known["current"]) == (
        True, "restrictions", True, True,
    )  # fmt: skip
    told = text_of(first.content)
    for word in ("Выписка об ограничениях", "91-001-001-001", "зона категории земель", "1 600 м²", "сервитут"):
        assert word in told.replace("\N{NO-BREAK SPACE}", " "), told
    assert client.get(f"/documents/{known['number']}", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ("шектеулері туралы үзінді", "Резервке қойылған жерлер", "сервитут")),
        ("ru", ("Выписка об ограничениях", "Зарезервированные земли", "сервитут")),
        ("en", ("Extract of the restrictions", "Reserved land", "servitude")),
    ],
)
def test_the_page_speaks_three_languages(client: httpx2.Client, language: str, words: tuple[str, ...]) -> None:
    """By a browser's own preference too."""
    page = client.get(FIRST, params={"f": "html", "lang": language})
    assert page.headers["content-type"].startswith("text/html")
    assert all(word in page.text for word in words)
    asked = client.get(FIRST, headers={"Accept": "text/html", "Accept-Language": language})
    assert words[0] in asked.text


def test_the_common_parts_on_request(client: httpx2.Client) -> None:
    """As GeoJSON in longitude and latitude, inside the parcel."""
    told = read(client, FIRST, f="json", geometry="true")
    parcel = shape(told["parcel"]["geometry"])
    for one in told["restrictions"]:
        assert shape(one["geometry"]).difference(parcel.buffer(1e-7)).is_empty
    assert "geometry" not in read(client, FIRST, f="json")["parcel"]


def test_all_parcels_as_one_table(client: httpx2.Client) -> None:
    """The same restrictions as one by one, with the same measures."""
    rows = list(csv.DictReader(io.StringIO(client.get("/restrictions/parcels").text)))
    assert rows
    for number in {row["cadastral_number"] for row in rows}:
        alone = read(client, f"/restrictions/parcels/{number}", f="json")["restrictions"]
        listed = [row for row in rows if row["cadastral_number"] == number]
        assert [(r["layer"], int(r["restriction_id"])) for r in listed] == [(o["layer"], o["id"]) for o in alone]
        shares = [float(row["share"]) for row in listed if row["share"]]
        assert shares == pytest.approx([one["share"] for one in alone if "share" in one], abs=1e-9)
    only_zones = read(client, "/restrictions/parcels", f="json", layers="land.zone")["restrictions"]
    assert {row["layer"] for row in only_zones} == {"land.zone"}


def test_a_norm_nobody_confirmed_is_told(fresh_city: Any) -> None:
    """In the document, on the page and in the PDF, in the reader's language; of a confirmed one nothing is said."""
    made = fresh_city("helsinki")
    city = City(replace(made.register, rules=(), followers=()), made.profile)
    parcel, zone = square(0, 1), shapely.MultiPolygon([square(0, 1)])
    city.put("land.parcel", parcel, cadastral_number="91001001001", official_area=1600.0)
    row: dict[str, Any] = {"zone_kind": "water_protection_zone", "width": 50.0, "no_building": False}
    for n, confirmed in enumerate((False, True)):
        number = city.put(ZONE_PARAMETER.name, NOWHERE, class_key=f"class-{n}", confirmed=confirmed, **row)
        said: dict[str, Any] = {**row, "source_id": number, "parameter_id": number}
        city.put("environment.water_protection_zone", zone, derived=True, established=False, **said)
    with serving(city.register) as server, httpx2.Client(base_url=server.address, timeout=60.0) as asker:
        told = read(asker, FIRST, f="json")["restrictions"]
        assert [one.get("confirmed") for one in told] == [False, None]
        for language, words in (("kk", "расталмаған"), ("ru", "не подтверждена"), ("en", "unconfirmed")):
            page = asker.get(FIRST, params={"f": "html", "lang": language}).text
            assert page.count(words) == 1
            pdf = asker.get(FIRST, params={"f": "pdf", "lang": language})
            assert " ".join(text_of(pdf.content).split()).count(words) == 1
    city.register.close()


def test_the_layers_that_restrict_are_listed(client: httpx2.Client) -> None:
    """Each declared so, with its collection."""
    names = [layer["name"] for layer in read(client, "/restrictions")["layers"]]
    assert {"land.zone", "land.reservation", "real_estate.right_area"} <= set(names)


@pytest.fixture(scope="module")
def estate(fresh_city: Any) -> Iterator[Dossier]:
    """A parcel with a house, flats with owners, addresses."""
    dossier = opened(fresh_city("helsinki"))
    yield dossier
    dossier.city.register.close()


@pytest.fixture(scope="module")
def asker(estate: Dossier) -> Iterator[httpx2.Client]:
    """Anybody."""
    with serving(estate.city.register) as server, httpx2.Client(base_url=server.address, timeout=60.0) as opened_it:
        yield opened_it


def touched(asker: httpx2.Client, estate: Dossier, area: BaseGeometry, **query: str) -> Any:
    """Ask what an area would touch."""
    body = {"geometry": shapely.geometry.mapping(area), "crs": f"EPSG:{estate.city.profile.srid}"}
    return asker.post("/restrictions/affected", json=body, params={"datetime": "2018-06-01", **query})


def test_a_new_zone(asker: httpx2.Client, estate: Dossier) -> None:
    """Parcel, share, house, address; holders are counted from rights, as many as the register has there."""
    with estate.city.register.reading() as connection:
        reading = settle(Instant(estate.city.act("2018-06-01").valid_from), read_head(connection))
        parcel = find(connection, PARCEL, reading, estate.city.profile, ("parcel",))
        outline = connection.execute(
            "SELECT ST_AsBinary(geom) FROM land.parcel WHERE feature_id = %s", (parcel.feature_id,)
        ).fetchone()
        rights = connection.execute(
            "SELECT count(*) FROM real_estate.right WHERE category = 'right' AND upper_inf(recorded) "
            "AND valid @> %s AND NOT abolished",
            (reading.valid,),
        ).fetchone()
    assert outline
    assert rights
    ground = shapely.from_wkb(bytes(outline[0]))
    answer = touched(asker, estate, box(-500, -500, 500, 500)).json()
    told = {one["number"]: one for one in answer["parcels"]}[PARCEL]
    assert (told["amount"], told["share"]) == (pytest.approx(ground.area), pytest.approx(1.0))
    assert told["buildings"] == 2  # the house and its shed
    over_the_house = touched(asker, estate, box(8, 12, 34, 26)).json()
    assert [(one["number"], one["buildings"]) for one in over_the_house["parcels"]] == [(PARCEL, 1)]
    assert over_the_house["totals"]["right_holders"] == told["right_holders"]
    assert answer["totals"]["parcels"] == len(answer["parcels"])
    assert answer["totals"]["right_holders"] == rights[0] > 0
    assert answer["totals"]["buildings"] >= 1
    assert answer["totals"]["addresses"] >= 1


def test_no_persons_in_the_reverse_question(asker: httpx2.Client, estate: Dossier) -> None:
    """Neither names nor numbers of holders in any form."""
    for form in ("json", "csv", "geojson"):
        answer = touched(asker, estate, box(-500, -500, 500, 500), f=form)
        assert answer.status_code == 200, answer.text
        assert OWNER not in answer.text
        assert IIN not in answer.text
        assert PARCEL in answer.text
        assert FLAT not in answer.text


def test_a_line_and_a_far_place(asker: httpx2.Client, estate: Dossier) -> None:
    """A line has metres; where nothing is, nothing is touched."""
    west, south, *_ = box(0, 0, 1, 1).bounds
    line = touched(asker, estate, shapely.LineString([(west - 5, south + 5), (west + 5, south + 5)])).json()
    assert [(one["amount"], one["share"]) for one in line["parcels"]] == [(pytest.approx(5.0, abs=1e-6), None)] * 2
    assert line["totals"]["amount"] == pytest.approx(10.0, abs=1e-6)
    nothing = touched(asker, estate, box(3000, 3000, 3001, 3001)).json()
    assert nothing == {
        "parcels": [],
        "totals": {"parcels": 0, "amount": 0.0, "right_holders": 0, "buildings": 0, "addresses": 0},
    }


def test_what_a_feature_touches(client: httpx2.Client) -> None:
    """A zone's own parcels, as JSON, CSV and GeoJSON; the features' outlines are the parcels'."""
    zone = found(read(client, FIRST, f="json"))["land.zone"]["id"]
    path = f"/restrictions/land.zone/{zone}/affected"
    numbers = {one["number"] for one in read(client, path)["parcels"]}
    assert numbers == {"91001001001", "91001001013"}
    rows = list(csv.DictReader(io.StringIO(client.get(path, params={"f": "csv"}).text)))
    assert {row["number"] for row in rows} == numbers
    features = read(client, path, f="geojson")["features"]
    assert {one["properties"]["number"] for one in features} == numbers
    assert all(shape(one["geometry"]).is_valid for one in features)


def test_coverage_of_quarters(client: httpx2.Client) -> None:
    """Area and share that each layer covers of a quarter."""
    covered = {
        one["layer"]: one for one in read(client, "/restrictions/coverage", by="land.quarter")["coverage"][0]["covered"]
    }
    assert covered["land.zone"]["amount"] == pytest.approx(3200.0, abs=1e-3)
    assert covered["land.zone"]["share"] == pytest.approx(3200 / 40_000, abs=1e-9)
    table = client.get("/restrictions/coverage", params={"by": "land.quarter", "f": "csv", "layers": "land.zone"}).text
    assert "land.zone" in table


def test_what_is_near(client: httpx2.Client) -> None:
    """Parcels within a distance of a feature, nearest first, and of a layer."""
    zone = found(read(client, FIRST, f="json"))["land.zone"]["id"]
    near = read(client, "/restrictions/near", layer="land.parcel", of=f"land.zone/{zone}", distance="10")["features"]
    distances = [one["distance"] for one in near]
    assert distances == sorted(distances)
    assert near[0]["distance"] == 0.0
    of_layer = read(client, "/restrictions/near", layer="land.parcel", of="land.zone", distance="10")["features"]
    assert {one["id"] for one in of_layer} == {one["id"] for one in near}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/restrictions/parcels/house", 400),
        ("/restrictions/parcels/91001001999", 404),
        (f"{FIRST}?f=docx", 400),
        (f"{FIRST}?datetime=yesterday", 400),
        (f"{FIRST}?recorded-at=2999-01-01", 400),
        (f"{FIRST}?draft=none.secret", 404),
        (f"{FIRST}?day=2020-01-01", 400),
        (f"{FIRST}?geometry=perhaps", 400),
        ("/restrictions/parcels?layers=land.parcel", 404),
        ("/restrictions/land.nothing/1/affected", 404),
        ("/restrictions/land.zone/999999/affected", 404),
        ("/restrictions/personal.party/1/affected", 404),
        ("/restrictions/coverage?by=address.street", 400),
        ("/restrictions/coverage?by=nothing", 404),
        ("/restrictions/coverage", 400),
        ("/restrictions/near?layer=land.parcel&of=land.zone/x&distance=1", 400),
        ("/restrictions/near?layer=land.parcel&of=land.zone/999999&distance=1", 404),
        ("/restrictions/near?layer=land.parcel&of=land.zone&distance=-1", 400),
        ("/restrictions/near?layer=land.parcel&of=land.zone&distance=nan", 400),
        ("/restrictions/near?layer=personal.party&of=land.zone&distance=1", 404),
    ],
)
def test_what_can_not_be_answered_is_refused(client: httpx2.Client, path: str, status: int) -> None:
    """With a status that tells why, in three languages that differ."""
    told = set()
    for language in ("kk", "ru", "en"):
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == status, answer.text
        told.add(answer.json()["detail"])
    assert len(told) == 3


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "GeometryCollection", "coordinates": []},
        {"type": "Polygon", "coordinates": []},
        {
            "type": "Polygon",
            "coordinates": [[[24.9, 60.2], [24.91, 60.21], [24.9, 60.21], [24.91, 60.2], [24.9, 60.2]]],
        },
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        {"type": "Point", "coordinates": ["a", "b"]},
    ],
)
def test_shapes_that_are_none_are_refused(client: httpx2.Client, geometry: dict[str, Any]) -> None:
    """Of no kind, empty, crossing itself, outside the city, no numbers."""
    answer = client.post("/restrictions/affected", json={"geometry": geometry})
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "bad-geometry"


def test_a_place_without_geometry_is_no_shape(client: httpx2.Client) -> None:
    """Unknown members and missing ones are refused."""
    assert client.post("/restrictions/affected", json={}).status_code == 400
