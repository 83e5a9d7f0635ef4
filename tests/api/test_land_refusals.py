"""What a registrar is told when a request is wrong: before anything is written, in their language."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from api.unreadable import faults
from gis.text import LANGUAGES
from tests.api.office import Office
from tests.cadastres.land.registrar import box, line

JSON = {"Content-Type": "application/json"}


def _order(office: Office, **members: Any) -> dict[str, Any]:
    return {**office.body(geometry=office.globe(box(1100, 1100, 1140, 1140))), **members}


def _acts(office: Office) -> int:
    return len(office.client.get("/changesets?limit=1000").json()["changesets"])


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("?dry-run=true&dry-run=false", "dry-run"),
        ("?dry-run=true&dry_run=false", "dry_run"),
        ("?dry-run=true&lang=xx", "kk, ru, en"),
        ("?dry-run=true&lang=%ff", "UTF-8"),
    ],
)
def test_a_doubtful_question_writes_nothing(office: Office, query: str, word: str) -> None:
    """A parameter given twice, misspelt or unreadable is refused; the register never guesses which was meant."""
    before = _acts(office)
    answer = office.client.post(f"/land/parcels{query}", json=_order(office))
    assert answer.status_code == 400, answer.text
    assert word in answer.json()["detail"]
    assert _acts(office) == before


@pytest.mark.parametrize(
    "path", ["/land/parcels/91001001001", "/land/quarters/91001001/gaps", "/health", "/changesets"]
)
def test_unknown_parameters_are_refused_when_reading(office: Office, path: str) -> None:
    """Everywhere alike, with those there are; ``lang`` is among them everywhere."""
    for query in ("foo=1", "lang=ru&lang=kk"):
        assert office.client.get(f"{path}?{query}").status_code == 400
    assert "lang" in office.client.get(f"{path}?foo=1").json()["allowed"]


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"source": {"kind": "k", "number": "a\x00b", "acceptance": "2016-01-01"}}, "U+0000"),
        ({"reason": "a\x07b"}, "U+0007"),
        ({"attributes": {"address": "a\x1bb"}}, "U+001B"),
        ({"attributes": {"official_area": 1e300}}, "official_area"),
        ({"attributes": {"official_area": -2e12}}, "official_area"),
        ({"valid_from": str(datetime.now(UTC).date() + timedelta(days=11 * 366))}, "valid_from"),
    ],
)
def test_a_dry_run_refuses_what_the_act_would(office: Office, members: dict[str, Any], word: str) -> None:
    """What can't be stored, or can't be meant, is refused to both, in the same words."""
    answers = [office.client.post(f"/land/parcels{q}", json=_order(office, **members)) for q in ("?dry-run=true", "")]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert word in answer.json()["detail"]
    assert answers[0].json() == answers[1].json()


def test_text_may_have_lines_and_half_a_character_may_not(office: Office) -> None:
    """A reason of several lines is no fault; a lone surrogate, which JSON can spell but no text can hold, is."""
    lines = office.client.post("/land/parcels?dry-run=true", json=_order(office, reason="one\n\ttwo"))
    assert lines.status_code == 200, lines.text
    for members in ({"reason": "S"}, {"attributes": {"address": "S"}}):
        raw = json.dumps(_order(office, **members)).replace('"S"', '"\\ud800"')
        answer = office.client.post("/land/parcels", content=raw, headers=JSON)
        assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    ("language", "told", "title"),
    [
        ("kk", "source: берілмеген, бірақ міндетті; colour: мұнда бұл болмайды", "Сұрау қате"),
        ("ru", "source: не задано, а это обязательно; colour: такого здесь нет", "Неверный запрос"),
        ("en", "source: it is missing; colour: there is no such thing here", "Bad Request"),
    ],
)
def test_faults_of_a_body_are_told_in_the_askers_language(office: Office, language: str, told: str, title: str) -> None:
    """Each member at fault is named, and nothing of the answer is in another language."""
    body = {"reason": "test", "colour": "red", "geometry": {}}
    answer = office.client.post("/land/parcels", json=body, headers={"Accept-Language": language}).json()
    assert told in answer["detail"]
    assert answer["title"] == title
    assert [each["parameter"] for each in answer["errors"]] == ["source", "colour"]


@pytest.mark.parametrize(("language", "told"), [("kk", "мыналардың бірі"), ("ru", "одно из"), ("en", "one of")])
def test_what_is_allowed_is_listed_without_a_word_of_another_language(office: Office, language: str, told: str) -> None:
    """Names with commas between, before the last one too."""
    body = {"source": {"kind": "x", "number": "1", "acceptance": "2016-01-01"}, "reason": "test", "layer": "x"}
    answer = office.client.post("/environment/zones/derive", json=body, headers={"Accept-Language": language}).json()
    (listed,) = (each["reason"] for each in answer["errors"] if each["parameter"] == "layer")
    assert told in listed
    assert "'urban_planning.network_line', 'urban_planning.network_structure'" in listed


def test_every_kind_of_fault_has_words_in_three_languages() -> None:
    """A kind that nobody foresaw is told by its name; none is told in English to a Kazakh."""
    seen = [
        {"type": kind, "loc": ("body", "x"), "ctx": dict.fromkeys(("gt", "ge", "lt", "le"), 1)}
        for kind in ("greater_than", "less_than_equal", "date_parsing", "int_type", "nobody_foresaw")
    ]
    for place, reason in faults(seen):
        assert place == "x"
        assert len({reason.in_language(language) for language in LANGUAGES}) == 3
    assert "nobody_foresaw" in faults(seen)[-1][1].kk


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ('{"source": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ("{", "body: it is no JSON"),
        ("[]", "body: it takes a JSON object"),
        (b'{"reason": "\xff"}', "JSON in UTF-8"),
        ("", "body: it is missing"),
    ],
)
def test_a_body_that_is_none_is_told_apart(office: Office, raw: str | bytes, word: str) -> None:
    """Each says what is wrong with the body, and never that the method can't be used."""
    answer = office.client.post("/land/parcels", content=raw, headers=JSON)
    assert answer.status_code == 400
    assert word in answer.json()["detail"]


def test_a_stale_token_shows_what_stands_now(office: Office) -> None:
    """The versions in the register come as GeoJSON: legal dates, attributes, longitude and latitude."""
    area = office.place()
    parcel = office.form(area)
    seen = office.client.get(parcel["href"]).headers["etag"]
    office.post("zones", "2017-01-01", kind="category", code="2", geometry=office.globe(area), parcels=True)
    path = f"parcels/{parcel['cadastral_number']}/archive"
    stale = office.post(path, "2018-01-01", headers={"If-Match": seen}).json()["stale"][str(parcel["id"])]
    assert f"{parcel['id']}-{stale['yours']}" == seen.strip('"')
    assert [v["properties"]["valid_from"] for v in stale["versions"]] == [
        "2015-12-31T22:00:00+00:00",
        "2016-12-31T22:00:00+00:00",
    ]
    assert stale["versions"][-1]["properties"]["category"] == "2"
    assert shapely.from_geojson(json.dumps(stale["versions"][-1]["geometry"])).equals(shape(office.globe(area)))


def test_a_weak_tag_is_no_write_token(office: Office) -> None:
    """RFC 9110, 13.1.1: ``If-Match`` compares strongly."""
    parcel = office.form(office.place())
    tag = office.client.get(parcel["href"]).headers["etag"]
    path = f"parcels/{parcel['cadastral_number']}/archive"
    for sent in (f"W/{tag}", f"{tag}, W/{tag}"):
        weak = office.post(path, "2018-01-01", headers={"If-Match": sent})
        assert weak.status_code == 400
        assert "weak" in weak.json()["detail"]
    assert office.post(path, "2018-01-01", headers={"If-Match": tag}).status_code == 200


def test_neither_and_both_are_told_apart(office: Office) -> None:
    """A split without an order is not told 'not both'."""
    parcel = office.form(office.place())
    path = f"parcels/{parcel['cadastral_number']}/split"
    cut = office.globe(line((0, 0), (1, 1)))
    assert "how to split" in office.post(path, "2018-01-01").json()["detail"]
    assert "both" in office.post(path, "2018-01-01", line=cut, parts=[{"geometry": cut}]).json()["detail"]


def test_legal_days_are_told_in_the_citys_zone(office: Office) -> None:
    """A parcel that began on 1 January in Helsinki is not told to have begun on 31 December."""
    parcel = office.form(office.place(), "2016-01-01")
    office.post(f"parcels/{parcel['cadastral_number']}/archive", "2020-01-01")
    assert "2016-01-01 – 2020-01-01" in office.client.get(parcel["href"]).json()["detail"]
    item = office.client.get(f"/ogc/collections/land.parcel/items/{parcel['id']}")
    assert "2016-01-01 – 2020-01-01" in item.json()["detail"]
    query = "STOREDQUERY_ID=urn:ogc:def:query:OGC-WFS::GetFeatureById"
    wfs = office.client.get(f"/wfs?SERVICE=WFS&REQUEST=GetFeature&{query}&ID=land.parcel.{parcel['id']}")
    assert "2016-01-01 – 2020-01-01" in wfs.text


@pytest.mark.parametrize("member", ["reason", "source.number"])
@pytest.mark.parametrize("text", [" ", "—", "a\u202eb", "№\u200b7"])
def test_a_text_with_nothing_to_read_is_no_reason(office: Office, member: str, text: str) -> None:
    """Neither is one with marks that nobody sees."""
    order, before = _order(office), _acts(office)
    (order["source"] if "." in member else order)[member.rpartition(".")[2]] = text
    answer = office.client.post("/land/parcels", json=order)
    assert answer.status_code == 400
    assert member in answer.text
    assert _acts(office) == before


@pytest.mark.parametrize(
    "path", ["/land/parcels/%00", "/real-estate/units/%00/passport", "/real-estate/units/1%00/story", "/documents/%00"]
)
def test_a_control_character_in_a_path_is_bad_input(office: Office, path: str) -> None:
    """The database could not hold it; nobody's number has one."""
    answer = office.client.get(path)
    assert answer.status_code == 400
    assert "U+0000" in answer.text
