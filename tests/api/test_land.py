"""The land cadastre over HTTP: acts, advice, refusals in three languages, tokens, reading on both axes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from shapely import Polygon

from gis import tokens
from gis.crs import transformer
from tests.api.office import QUARTER, Office
from tests.cadastres.land.registrar import box, line


def _cut(area: Polygon, share: float) -> Any:
    west, south, east, north = area.bounds
    at = west + share * (east - west)
    return shapely.LineString([(at, south - 1), (at, north + 1)])


def test_form_split_merge_and_read_back(office: Office) -> None:
    """The whole life of a parcel: each answer names numbers, changeset, token, and where to read on."""
    area = office.place()
    parcel = office.form(area, official_area=1600.0, category="2")
    split = office.post(f"parcels/{parcel['spelled']}/split", "2018-01-01", line=office.globe(_cut(area, 0.25)))
    assert split.status_code == 201
    children = [f["cadastral_number"] for f in split.json()["features"] if f["id"] != parcel["id"]]
    assert len(children) == 2
    assert split.headers["location"] == f"/land/parcels/{children[0]}"
    merged = office.post("parcels/merge", "2019-01-01", parcels=children)
    assert merged.status_code == 201
    child = merged.json()["features"][0]
    read = office.client.get(child["href"]).json()
    assert read["properties"]["official_area"] == 1600.0
    assert [p["cadastral_number"] for p in read["lineage"]["parents"]] == children
    assert {p["kind"] for p in read["lineage"]["parents"]} == {"merge"}


def test_a_parcel_is_read_on_both_axes(office: Office) -> None:
    """By any spelling; at another valid time 410 says when it was; before it was recorded it was unknown."""
    area = office.place()
    parcel = office.form(area, address="Testikatu")
    known = office.client.get("/changesets?limit=1000").json()["changesets"][-1]["recorded"]
    office.post(f"parcels/{parcel['cadastral_number']}/archive", "2020-01-01")
    path = f"/land/parcels/{parcel['cadastral_number']}"
    assert office.client.get(path).status_code == 410
    assert office.client.get(path, params={"datetime": "2019-12-31"}).status_code == 200
    assert office.client.get(path, params={"recorded-at": known}).status_code == 200
    assert office.client.get(path, params={"recorded-at": "2016-01-01"}).status_code == 404
    colons = parcel["spelled"].replace("-", ":")
    assert office.client.get(f"/land/parcels/{colons}", params={"datetime": "2018-01-01"}).status_code == 200
    gone = office.client.get(path).json()
    assert gone["in_force"][0]["to"].startswith("2019-12-31T22:00")


def test_unknown_parcels_and_parameters(office: Office) -> None:
    """Never issued: 404; no number: 400; a parameter that there is not: 400 with those there are."""
    assert office.client.get("/land/parcels/91-001-001-999999").status_code == 404
    assert office.client.get("/land/parcels/abc").status_code == 400
    wrong = office.client.get(f"/land/parcels/{QUARTER}001", params={"date": "2020-01-01"})
    assert wrong.status_code == 400
    assert "recorded-at" in wrong.json()["detail"]
    assert office.post("zones/999999/archive", "2020-01-01").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("kk", "баспауы"), ("ru", "накладываться"), ("en", "overlap")])
def test_a_refusal_names_rule_place_and_law_in_the_askers_language(office: Office, language: str, word: str) -> None:
    """422 with each violation: rule, statement, features, amount in m², place in longitude and latitude."""
    area = office.place()
    parcel = office.form(area)
    again = office.post("parcels", geometry=office.globe(area), headers={"Accept-Language": language})
    assert again.status_code == 422
    assert again.headers["content-type"].startswith("application/problem+json")
    (found,) = again.json()["violations"]
    assert (found["rule"], found["severity"]) == ("land.parcel.no-overlap", "error")
    assert word in found["statement"]
    assert parcel["id"] in found["features"]
    assert found["amount"] == pytest.approx(1600, rel=1e-4)
    longitude, latitude = shapely.from_geojson(json.dumps(found["place"])).centroid.coords[0]
    assert office.city.profile.extent.holds(longitude, latitude)


def test_may_i_writes_nothing_and_tells_everything(office: Office) -> None:
    """``dry-run`` runs the same rules: allowed or not, with every reason."""
    area = office.place()
    allowed = office.post("parcels", geometry=office.globe(area), query="?dry-run=true").json()
    assert allowed == {"allowed": True, "violations": []}
    parcel = office.form(area, divisible=False)
    line_ = office.globe(_cut(area, 0.5))
    path = f"parcels/{parcel['cadastral_number']}/split"
    refused = office.post(path, "2018-01-01", line=line_, query="?dry-run=true")
    assert refused.status_code == 200
    assert refused.json()["allowed"] is False
    assert [v["rule"] for v in refused.json()["violations"]] == ["land.parcel.indivisible"]
    assert office.client.get(parcel["href"]).status_code == 200


def test_a_stale_token_conflicts(office: Office) -> None:
    """The ETag of a read is the token of the write; after another's act it is stale: 409, both sides shown."""
    area = office.place()
    parcel = office.form(area)
    seen = office.client.get(parcel["href"]).headers["etag"]
    path = f"parcels/{parcel['cadastral_number']}/archive"
    office.post("zones", "2017-01-01", kind="category", code="2", geometry=office.globe(area), parcels=True)
    stale = office.post(path, "2018-01-01", headers={"If-Match": seen})
    assert stale.status_code == 409
    assert str(parcel["id"]) in json.dumps(stale.json()["stale"])
    now = office.client.get(parcel["href"]).headers["etag"]
    assert now != seen
    for bad in ("nonsense", '"999-1"'):
        assert office.post(path, "2018-01-01", headers={"If-Match": bad}).status_code == 400
    assert office.post(path, "2018-01-01", headers={"If-Match": now}).status_code == 200


def test_split_into_parts_and_adjust(office: Office) -> None:
    """Parts carry their own attributes; a moved boundary keeps the numbers and may warn."""
    area = office.place()
    parcel = office.form(area, official_area=1600.0)
    west, south, east, north = area.bounds
    halves = [shapely.box(west, south, west + 10, north), shapely.box(west + 10, south, east, north)]
    parts = [
        {"geometry": office.globe(half), "attributes": {"official_area": a}}
        for half, a in zip(halves, (401.0, 1199.0), strict=True)
    ]
    split = office.post(f"parcels/{parcel['cadastral_number']}/split", "2018-01-01", parts=parts)
    assert split.status_code == 201, split.text
    numbers = [f["cadastral_number"] for f in split.json()["features"] if f["id"] != parcel["id"]]
    areas = [office.client.get(f"/land/parcels/{n}").json()["properties"]["official_area"] for n in numbers]
    assert areas == [401.0, 1199.0]
    moved = [shapely.box(west, south, west + 17, north), shapely.box(west + 17, south, east, north)]
    adjusted = [{"number": n, "geometry": office.globe(g)} for n, g in zip(numbers, moved, strict=True)]
    answer = office.post("parcels/adjust", "2020-01-01", parcels=adjusted)
    assert answer.status_code == 200, answer.text
    assert {f["cadastral_number"] for f in answer.json()["features"]} == set(numbers)
    assert "land.parcel.boundary-step" in {w["rule"] for w in answer.json()["warnings"]}


def test_reserve_release_and_zone(office: Office) -> None:
    """Reserved land is refused until its release; a zone gives its category to the parcels in it."""
    area = office.place()
    reserve = office.post(
        "reservations", "2016-01-01", geometry=office.globe(area), attributes={"purpose": "road", "until": "2030-01-01"}
    )
    reservation = reserve.json()["features"][0]["id"]
    refused = office.post("parcels", "2017-01-01", geometry=office.globe(area))
    assert [v["rule"] for v in refused.json()["violations"]] == ["land.parcel.not-reserved"]
    assert office.post(f"reservations/{reservation}/release", "2018-01-01").status_code == 200
    parcel = office.form(area, "2018-01-01", category="7")
    zone = office.post("zones", "2019-01-01", kind="category", code="2", geometry=office.globe(area), parcels=True)
    assert zone.status_code == 201
    assert office.client.get(parcel["href"]).json()["properties"]["category"] == "2"
    ended = office.post(f"zones/{zone.json()['features'][0]['id']}/archive", "2020-01-01")
    assert ended.status_code == 200


def test_an_act_that_outlives_its_object_lists_the_descendants(office: Office) -> None:
    """An act dated before a split is refused with the children's numbers."""
    area = office.place()
    parcel = office.form(area)
    path = f"parcels/{parcel['cadastral_number']}"
    split = office.post(f"{path}/split", "2018-01-01", line=office.globe(_cut(area, 0.5)))
    children = {f["cadastral_number"] for f in split.json()["features"]} - {parcel["cadastral_number"]}
    refused = office.post(f"{path}/archive", "2017-01-01")
    assert refused.status_code == 409
    assert {d["cadastral_number"] for d in refused.json()["descendants"]} == children


def test_coordinates_come_in_any_system_and_axis_order(office: Office) -> None:
    """The same square in four names of systems is the same parcel to a fraction of a millimetre."""
    system = office.city.profile.system
    for name, source, swap in (
        ("EPSG:3879", 3879, False),
        ("http://www.opengis.net/def/crs/EPSG/0/3879", 3879, True),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", 4326, True),
        ("EPSG:3067", 3067, False),
    ):
        area = office.place()
        x, y = transformer(system, source).transform(*shapely.get_coordinates(area).T)
        ring = [[b, a] if swap else [a, b] for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        answer = office.post("parcels", geometry={"type": "Polygon", "coordinates": [ring]}, crs=name)
        assert answer.status_code == 201, answer.text
        read = office.client.get(answer.headers["location"]).json()["geometry"]
        back = shapely.from_geojson(json.dumps(read))
        assert back.hausdorff_distance(shapely.from_geojson(json.dumps(office.globe(area)))) < 1e-7


_RING = [[24.94, 60.16], [24.95, 60.16], [24.95, 60.17], [24.94, 60.16]]


@pytest.mark.parametrize(
    ("geometry", "word"),
    [
        (None, "JSON object"),
        ({"type": "Point", "coordinates": [24.94, 60.17]}, "Polygon, MultiPolygon"),
        ({"type": "Polygon"}, "array"),
        ({"type": "Polygon", "coordinates": []}, "no coordinates"),
        ({"type": "Polygon", "coordinates": [_RING[:3]]}, "four at least"),
        ({"type": "Polygon", "coordinates": [[*_RING[:3], [24.9, 60.1]]]}, "equal to the first"),
        ({"type": "Polygon", "coordinates": [[["24.94", 60.16], *_RING[1:]]]}, "no position"),
        ({"type": "Polygon", "coordinates": [[[lat, lon] for lon, lat in _RING]]}, "axes swapped"),
        ({"type": "Polygon", "coordinates": [[[lon + 30, lat] for lon, lat in _RING]]}, "outside the city"),
        ({"type": "Polygon", "coordinates": [[[1e300, 60], *_RING[1:3], [1e300, 60]]]}, "outside the city"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[24.94, 60.16], [24.95, 60.17], [24.95, 60.16], [24.94, 60.17], [24.94, 60.16]]],
            },
            "Self-intersection",
        ),
        ({"type": "MultiPolygon", "coordinates": [[_RING], [[[a + 0.02, b] for a, b in _RING]]]}, "one outer ring"),
        ({"type": "Polygon", "coordinates": [_RING], "crs": {"type": "name"}}, "no member 'crs'"),
    ],
)
def test_bad_geometry_is_refused_in_clear_words(office: Office, geometry: Any, word: str) -> None:
    """400, and the text says what was wrong and what would be right."""
    answer = office.post("parcels", geometry=geometry)
    assert answer.status_code == 400, answer.text
    assert word in answer.text


def test_not_a_number_is_refused(office: Office) -> None:
    """JSON that says NaN or Infinity, as some libraries write it, is no coordinate."""
    for value in ("NaN", "Infinity", "-Infinity", "1e999"):
        geometry = {"type": "Polygon", "coordinates": [[["V", 60.1], *_RING[1:]]]}
        raw = json.dumps(office.body(geometry=geometry)).replace('"V"', value)
        answer = office.client.post("/land/parcels", content=raw, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"source": {"kind": "k", "number": "1", "acceptance": "2016-02-30"}}, "acceptance"),
        ({"source": {"kind": "k", "number": "1", "acceptance": "0001-01-01"}}, "1800-01-01"),
        ({"source": {"kind": "k", "number": "1", "acceptance": "2016-01-01", "file_hash": "zz"}}, "file_hash"),
        ({"source": {"kind": "", "number": "1", "acceptance": "2016-01-01"}}, "kind"),
        ({"reason": ""}, "reason"),
        ({"valid_from": "9999-12-31"}, "valid_from"),
        ({"attributes": {"colour": "red"}}, "colour"),
        ({"attributes": {"cadastral_number": "91001001001"}}, "cadastral_number"),
        ({"attributes": {"official_area": "big"}}, "official_area"),
        ({"attributes": {"category": "99"}}, "99"),
        ({"attributes": {"address": "a\x00b"}}, "address"),
        ({"quarter": "x'; DROP TABLE land.parcel; --"}, "does not belong"),
        ({"crs": "EPSG:999999"}, "EPSG:999999"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_members_are_refused(office: Office, members: dict[str, Any], word: str) -> None:
    """Each wrong member gives a refusal that names it, never a fault."""
    body = {**office.body(geometry=office.globe(box(1100, 1100, 1140, 1140))), **members}
    answer = office.client.post("/land/parcels", json=body)
    assert answer.status_code == 400, answer.text
    assert word in answer.text


def test_sources_dated_in_the_future_break_a_rule(office: Office) -> None:
    """The document's own dates are a rule of the register: 422."""
    source = {"kind": "k", "number": "1", "acceptance": str(datetime.now(UTC).date() + timedelta(days=400))}
    body = {**office.body(geometry=office.globe(box(1100, 1100, 1140, 1140))), "source": source}
    assert office.client.post("/land/parcels", json=body).status_code == 422


def test_deep_and_huge_bodies_are_refused_quickly(office: Office) -> None:
    """A hundred thousand brackets, five megabytes, no JSON: refused without a fault."""
    head = {"Content-Type": "application/json"}
    deep = '{"source": ' + "[" * 100_000 + "]" * 100_000 + "}"
    assert office.client.post("/land/parcels", content=deep, headers=head).status_code == 400
    assert office.client.post("/land/parcels", content=b"{", headers=head).status_code == 400
    with office.client.stream("POST", "/land/parcels", content=b" " * 5_000_000, headers=head) as answer:
        assert answer.status_code == 413


def test_writing_needs_a_registrars_token(office: Office) -> None:
    """No token or a wrong one: 401; a planner's: 403; reading needs none."""
    with office.city.register.writing() as connection:
        planner = tokens.create(connection, "A. Planner", "planner")
    body = office.body(geometry=office.globe(box(1100, 1100, 1140, 1140)))
    for authorization, status in (("", 401), ("Bearer qala_wrong", 401), (f"Bearer {planner}", 403)):
        headers = {"Authorization": authorization}
        assert office.client.post("/land/parcels", json=body, headers=headers).status_code == status
    assert office.client.get("/land/quarters/91-001-001/gaps", headers={"Authorization": ""}).status_code == 200


def test_gaps_of_a_quarter(office: Office) -> None:
    """A crack between two parcels is found with its width, area and neighbours; wide land is told apart by width."""
    area = office.place()
    west, south, east, north = area.bounds
    left = office.form(shapely.box(west, south, west + 19.8, north))
    right = office.form(shapely.box(west + 20, south, east, north))
    office.form(shapely.box(west, north, east, north + 10))
    office.form(shapely.box(west, south - 10, east, south)) if south > box(0, 20, 1, 21).bounds[1] else None
    found = office.client.get(f"/land/quarters/{QUARTER}/gaps").json()["features"]
    narrow = office.client.get(f"/land/quarters/{QUARTER}/gaps", params={"narrower-than": 1.0}).json()["features"]
    assert {left["cadastral_number"], right["cadastral_number"]} <= {
        n for g in found for n in g["properties"]["parcels"]
    }
    assert all(g["properties"]["width"] < 1 for g in narrow)
    assert office.client.get("/land/quarters/91-001-777/gaps").status_code == 404


def test_without_a_quarter_the_register_asks_for_one(office: Office) -> None:
    """Outside every quarter a parcel can't be numbered unless the act names the quarter."""
    far = office.globe(box(3000, 3000, 3040, 3040))
    answer = office.post("parcels", geometry=far)
    assert answer.status_code == 400
    assert "quarter" in answer.json()["detail"]
    named = office.post("parcels", geometry=far, quarter="91-001-002")
    assert named.json()["features"][0]["cadastral_number"] == "91001002001"
    assert [w["rule"] for w in named.json()["warnings"]] == ["land.parcel.quarter-known"]


def test_a_split_takes_either_a_line_or_parts(office: Office) -> None:
    """Both or neither is no order."""
    parcel = office.form(office.place())
    path = f"parcels/{parcel['cadastral_number']}/split"
    cut = office.globe(line((0, 0), (1, 1)))
    assert office.post(path, "2018-01-01").status_code == 400
    assert office.post(path, "2018-01-01", line=cut, parts=[{"geometry": cut}]).status_code == 400
