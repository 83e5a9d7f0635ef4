"""Drafts over HTTP: opened, edited and read through every interface, compared, shared, brought up to date, adopted."""

import html
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon

from gis import tokens
from tests.api.office import Office
from tests.api.test_rights_acts import Counter

_serial = count(1)
ITEMS = "/ogc/collections/land.parcel/items"


@dataclass
class Studio:
    """A planner's own draft in a land office, and the clients of a planner and of the public."""

    office: Office
    planner: httpx2.Client
    public: httpx2.Client
    name: str

    def act(self, path: str, *, query: str = "", headers: Any = None, **members: Any) -> Any:
        """Edit the draft by an act on land, without a source."""
        address = f"/land/{path}?draft={self.name}{query}"
        return self.planner.post(address, json={"reason": "variant", **members}, headers=headers or {})

    def form(self, area: Polygon, **attributes: Any) -> dict[str, Any]:
        """Form a parcel in the draft; return it as the answer names it."""
        answer = self.act("parcels", geometry=self.office.globe(area), attributes=attributes)
        assert answer.status_code == 201, answer.text
        feature: dict[str, Any] = answer.json()["features"][0]
        return feature

    def read(self, path: str, **query: Any) -> Any:
        """Read something with the draft laid over it."""
        return self.planner.get(path, params={"draft": self.name, **query})

    def of_draft(self, part: str = "", **query: Any) -> Any:
        """Read the draft itself, or a part of it."""
        return self.planner.get(f"/drafts/{self.name}{part}", params=query)

    def do(self, what: str, **members: Any) -> Any:
        """Do something with the draft as a whole."""
        return self.planner.post(f"/drafts/{self.name}/{what}", json=members or None)

    def adopt(self, **members: Any) -> Any:
        """Adopt the draft as a registrar."""
        return self.office.client.post(f"/drafts/{self.name}/adopt", json=self.office.body("2024-01-01", **members))

    def shared(self) -> str:
        """Share the draft; return the reference that opens it to anybody."""
        answer = self.do("share")
        assert answer.status_code == 201, answer.text
        reference: str = answer.json()["draft"]
        return reference


@pytest.fixture(scope="module")
def clients(office: Office) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """Clients of a planner and of the public."""
    with office.city.register.writing() as connection:
        secret = tokens.create(connection, "P. Planner", "planner")
    base = str(office.client.base_url)
    bearer = {"Authorization": f"Bearer {secret}"}
    with (
        httpx2.Client(base_url=base, timeout=60.0, headers=bearer) as planner,
        httpx2.Client(base_url=base, timeout=60.0) as public,
    ):
        yield planner, public


@pytest.fixture
def studio(office: Office, clients: tuple[httpx2.Client, httpx2.Client]) -> Studio:
    """A new draft, in force from 2020."""
    name = f"variant-{next(_serial)}"
    body = {"name": name, "title": "A variant", "purpose": "to be looked at", "valid_from": "2020-01-01"}
    answer = clients[0].post("/drafts", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/drafts/{name}"
    return Studio(office, *clients, name)


def test_a_planner_edits_without_a_source(studio: Studio) -> None:
    """The answer names draft and revision; what it links to is read in the draft, and nowhere else."""
    area = studio.office.place()
    answer = studio.act("parcels", geometry=studio.office.globe(area), attributes={"official_area": 1600.0})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["draft"], told["revision"]) == (studio.name, 1)
    assert "changeset" not in told
    assert told["valid_from"] == "2020-01-01T00:00:00+02:00"
    feature = told["features"][0]
    assert feature["etag"] == answer.headers["etag"] == f'"{feature["id"]}-draft-1"'
    assert answer.headers["location"].endswith(f"?draft={studio.name}")
    read = studio.planner.get(answer.headers["location"])
    assert read.json()["properties"]["official_area"] == 1600.0
    assert read.headers["etag"] == feature["etag"]
    assert studio.planner.get(f"/land/parcels/{feature['cadastral_number']}").status_code == 404


def test_what_a_draft_made_is_acted_on_by_its_number(studio: Studio) -> None:
    """A split of a parcel that only the draft has, then a merger of the children, named by their numbers."""
    area = studio.office.place()
    parcel = studio.form(area, official_area=1600.0)
    west, south, _, north = area.bounds
    cut = studio.office.globe(LineString([(west + 10, south - 1), (west + 10, north + 1)]))
    split = studio.act(f"parcels/{parcel['spelled']}/split", line=cut, valid_from="2021-01-01")
    assert split.status_code == 201, split.text
    children = [f["cadastral_number"] for f in split.json()["features"] if f["id"] != parcel["id"]]
    assert len(children) == 2
    merged = studio.act("parcels/merge", parcels=children, valid_from="2022-01-01")
    assert merged.status_code == 201, merged.text
    assert merged.json()["revision"] == 3
    assert studio.read(f"/land/parcels/{parcel['cadastral_number']}").status_code == 410


def test_every_interface_reads_the_draft(studio: Studio) -> None:
    """A parcel that the draft made is in a page, by itself, in WFS and in a tile; without the draft it is nowhere."""
    parcel = studio.form(studio.office.place(), address="Luonnoskatu")
    asked = {"address": "Luonnoskatu"}
    assert studio.public.get(ITEMS, params=asked).json()["numberReturned"] == 0
    page = studio.read(ITEMS, **asked, count="exact")
    assert [f["id"] for f in page.json()["features"]] == [parcel["id"]]
    assert page.json()["numberMatched"] == 1
    item = studio.read(f"{ITEMS}/{parcel['id']}")
    assert item.headers["etag"].startswith(f'"{parcel["id"]}-draft-1.')
    assert studio.public.get(f"{ITEMS}/{parcel['id']}").status_code == 404
    wfs = {
        "SERVICE": "WFS",
        "REQUEST": "GetFeature",
        "TYPENAMES": "land:parcel",
        "RESOURCEID": f"land.parcel.{parcel['id']}",
    }
    assert "Luonnoskatu" in studio.read("/wfs", **wfs).text
    assert "Luonnoskatu" not in studio.public.get("/wfs", params=wfs).text
    for answer in (page, item, studio.read("/wfs", **wfs), studio.read(f"/land/parcels/{parcel['cadastral_number']}")):
        assert answer.headers["cache-control"].startswith("private"), answer.url
        assert "Authorization" in answer.headers["vary"]


def test_tiles_show_the_draft_and_are_kept_by_nobody(studio: Studio) -> None:
    """The set's addresses lead to the draft; its tile holds what the draft made, and is drawn anew after each edit."""
    parcel = studio.form(studio.office.place(), address="Laattakuja")
    tiles = "/ogc/collections/land.parcel/tiles/WebMercatorQuad"
    template = studio.read(tiles, f="tilejson").json()["tiles"][0]
    assert template.endswith(f"?draft={studio.name}")
    assert all(studio.name in each["href"] for each in studio.read(tiles).json()["links"] if "tiles" in each["href"])
    where = _tile_of(studio, parcel["id"])
    first = studio.planner.get(template.format(**where))
    assert b"Laattakuja" in first.content
    assert first.headers["cache-control"].startswith("private")
    assert b"Laattakuja" not in studio.public.get(template.format(**where).partition("?")[0]).content
    studio.act(f"parcels/{parcel['cadastral_number']}/archive", valid_from="2021-01-01")
    assert studio.planner.get(template.format(**where)).headers.get("etag") != first.headers["etag"]
    pinned = {"datetime": "2020-06-01", "recorded-at": _recorded(studio)}
    fixed = studio.planner.get(template.format(**where), params={"draft": studio.name, **pinned})
    assert "immutable" not in fixed.headers["cache-control"]


def _tile_of(studio: Studio, feature_id: int) -> dict[str, int]:
    """Return the tile of zoom 16 in which a feature of the draft begins."""
    geometry = studio.read(f"{ITEMS}/{feature_id}").json()["geometry"]
    longitude, latitude = shapely.from_geojson(json.dumps(geometry)).centroid.coords[0]
    x = (longitude + 180) / 360 * 2**16
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * 2**16
    return {"z": 16, "x": int(x), "y": int(y)}


def _recorded(studio: Studio) -> str:
    answer = studio.public.get("/changesets?limit=1000").json()
    recorded: str = answer["changesets"][-1]["recorded"]
    return recorded


def test_the_link_opens_the_draft_to_anybody_until_it_is_taken_back(studio: Studio) -> None:
    """By it the public reads the draft in every interface; a wrong secret opens nothing, nor does the name alone."""
    parcel = studio.form(studio.office.place())
    reference = studio.shared()
    path = f"{ITEMS}/{parcel['id']}"
    shown = studio.public.get(path, params={"draft": reference})
    assert shown.status_code == 200
    assert all(reference in link["href"] for link in shown.json()["links"] if link["rel"] in {"self", "latest-version"})
    assert studio.public.get(path, params={"draft": studio.name}).status_code == 401
    assert studio.public.get(path, params={"draft": f"{studio.name}.wrong"}).status_code == 404
    other = studio.shared()
    assert studio.public.get(path, params={"draft": reference}).status_code == 404
    assert studio.public.get(f"/drafts/{other}/comparison").json()["changes"][0]["id"] == parcel["id"]
    assert studio.planner.delete(f"/drafts/{studio.name}/share").status_code == 204
    assert studio.public.get(path, params={"draft": other}).status_code == 404


def test_a_link_tells_nobody_who_works_at_the_draft(studio: Studio) -> None:
    """The office sees the steps and their editors; whoever has but the link, or reads no drafts, sees neither."""
    studio.form(studio.office.place())
    own = studio.of_draft("/steps").json()["steps"]
    assert [(step["revision"], step["actor"], step["verb"]) for step in own] == [(1, "P. Planner", "land.parcel.form")]
    path = f"/drafts/{studio.shared()}"
    assert studio.public.get(f"{path}/steps").status_code == 401
    assert studio.planner.get(f"{path}/steps").json()["steps"] == own
    with studio.office.city.register.writing() as connection:
        bearer = {"Authorization": f"Bearer {tokens.create(connection, 'N', 'notary')}"}
    assert studio.public.get(f"{path}/steps", headers=bearer).status_code == 403
    opened = [link["href"] for link in studio.public.get(path).json()["links"]]
    assert opened
    assert all(studio.public.get(href).status_code == 200 for href in opened)


@pytest.mark.parametrize("role", ["notary", "bank"])
def test_roles_that_read_no_drafts(studio: Studio, role: str) -> None:
    """A notary and a bank see no draft by its name, and open none."""
    with studio.office.city.register.writing() as connection:
        bearer = {"Authorization": f"Bearer {tokens.create(connection, 'N', role)}"}
    asked = {"draft": studio.name}
    assert studio.public.get(ITEMS, params=asked, headers=bearer).status_code == 403
    assert studio.public.get("/drafts", headers=bearer).status_code == 403
    body = {"name": "theirs", "title": "Theirs"}
    assert studio.public.post("/drafts", json=body, headers=bearer).status_code == 403


def test_only_its_keeper_shares_and_withdraws(studio: Studio) -> None:
    """Another planner may edit a draft, but not hand it out or give it up; a registrar may."""
    with studio.office.city.register.writing() as connection:
        bearer = {"Authorization": f"Bearer {tokens.create(connection, 'Another', 'planner')}"}
    for what in ("share", "withdraw"):
        assert studio.public.post(f"/drafts/{studio.name}/{what}", headers=bearer).status_code == 403
    assert studio.office.client.post(f"/drafts/{studio.name}/withdraw").json()["state"] == "withdrawn"


def test_comparison_lists_counts_and_areas(studio: Studio) -> None:
    """What the draft makes, changes and ends, by feature and in figures, as JSON, as GeoJSON and as a page."""
    office = studio.office
    area = office.place()
    kept = office.form(area, official_area=1600.0)
    ended = office.form(office.place())
    made = studio.form(office.place())
    moved = Polygon([*list(area.exterior.coords)[:3], (area.bounds[0], area.bounds[1] + 20)])
    changed = {"number": kept["cadastral_number"], "geometry": office.globe(moved)}
    adjusted = studio.act("parcels/adjust", parcels=[changed], allocation=True)
    assert adjusted.status_code == 200, adjusted.text
    assert studio.act(f"parcels/{ended['cadastral_number']}/archive").status_code == 200
    told = studio.of_draft("/comparison", layer="land.parcel").json()
    kinds = {change["id"]: change["kind"] for change in told["changes"]}
    assert kinds == {kept["id"]: "changed", ended["id"]: "retired", made["id"]: "created"}
    change = next(c for c in told["changes"] if c["id"] == kept["id"])
    assert "geometry" in change["changed"]
    assert change["area"]["before"] == pytest.approx(area.area, abs=0.01)
    assert change["area"]["after"] == pytest.approx(moved.area, abs=0.01)
    assert change["unlike"] == pytest.approx(moved.symmetric_difference(area).area, abs=0.01)
    total = next(t for t in told["totals"] if t["layer"] == "land.parcel")
    assert (total["created"], total["changed"], total["retired"]) == (1, 1, 1)
    pictures = studio.of_draft("/comparison", layer="land.parcel", f="geojson").json()["features"]
    states = sorted(p["properties"]["state"] for p in pictures if p["properties"]["id"] == kept["id"])
    assert states == ["after", "before", "difference"]
    first = studio.of_draft("/comparison", layer="land.parcel", limit=2).json()
    rest = studio.planner.get(first["next"][0]).json()
    assert [c["id"] for c in first["changes"] + rest["changes"]] == sorted(kinds)
    assert rest["next"] == []


@pytest.mark.parametrize(
    ("language", "word"), [("kk", "заңды күші жоқ"), ("ru", "юридической силы"), ("en", "legal force")]
)
def test_the_page_of_a_draft_is_read_in_three_languages(studio: Studio, language: str, word: str) -> None:
    """It says that a draft has no force, what would change, and leads to the features as the draft has them."""
    parcel = studio.form(studio.office.place())
    page = studio.public.get(f"/drafts/{studio.shared()}", params={"f": "html", "lang": language})
    assert page.status_code == 200, page.text
    assert word in page.text
    assert "A variant" in page.text
    href = html.unescape(re.findall(rf'href="([^"]*/items/{parcel["id"]}[^"]*)"', page.text)[0])
    assert studio.public.get(href).status_code == 200


def test_two_people_edit_one_draft(studio: Studio) -> None:
    """The second, who saw an earlier revision, is told both sides and changes nothing."""
    parcel = studio.form(studio.office.place())
    change = {
        "number": parcel["cadastral_number"],
        "geometry": studio.read(f"{ITEMS}/{parcel['id']}").json()["geometry"],
    }
    seen = {"If-Match": parcel["etag"]}
    first = studio.act(
        "parcels/adjust", headers=seen, parcels=[{**change, "attributes": {"address": "A"}}], allocation=True
    )
    assert first.status_code == 200, first.text
    second = studio.act(
        "parcels/adjust", headers=seen, parcels=[{**change, "attributes": {"address": "B"}}], allocation=True
    )
    assert second.status_code == 409
    tags = [parcel["etag"].strip('"'), first.json()["features"][0]["etag"].strip('"')]
    told = second.json()["stale"][str(parcel["id"])]
    assert [told["yours"], told["current"]] == tags
    assert all(tag in second.json()["detail"] for tag in tags)
    again = {"If-Match": first.json()["features"][0]["etag"]}
    assert studio.act(
        "parcels/adjust", headers=again, parcels=[{**change, "attributes": {"address": "B"}}], allocation=True
    ).is_success


def test_advice_changes_nothing(studio: Studio) -> None:
    """A dry run asks the rules of the draft as it would stand."""
    area = studio.office.place()
    studio.form(area)
    advice = studio.act("parcels", query="&dry-run=true", geometry=studio.office.globe(area))
    assert advice.json()["allowed"] is False
    assert "land.parcel.no-overlap" in {v["rule"] for v in advice.json()["violations"]}
    assert studio.of_draft().json()["revision"] == 1


def test_broken_rules_are_warnings_until_adoption(studio: Studio) -> None:
    """A draft may hold what no register may; the check says so, adoption is refused whole, and a revert mends it."""
    area = studio.office.place()
    studio.form(area)
    again = studio.act("parcels", geometry=studio.office.globe(area))
    assert again.status_code == 201
    assert "land.parcel.no-overlap" in {w["rule"] for w in again.json()["warnings"]}
    checked = studio.of_draft("/check").json()
    assert checked["allowed"] is False
    refused = studio.adopt()
    assert refused.status_code == 422
    assert refused.json()["violations"][0]["rule"] == "land.parcel.no-overlap"
    reverted = studio.do("revert", after=1)
    assert reverted.json()["revision"] == 3
    assert studio.of_draft("/check").json()["allowed"] is True
    assert studio.adopt().status_code == 201


def test_adoption_is_one_act_and_closes_the_draft(studio: Studio) -> None:
    """What the draft made is the register's, under its numbers; adopting or reading it again names the changeset."""
    parcel = studio.form(studio.office.place(), address="Uusi")
    done = studio.adopt()
    assert done.status_code == 201, done.text
    number = done.json()["changeset"]
    read = studio.public.get(f"/land/parcels/{parcel['cadastral_number']}").json()
    assert read["properties"]["address"] == "Uusi"
    assert read["id"] == parcel["id"]
    assert studio.public.get(done.headers["location"]).json()["verb"] == "register.draft.adopt"
    for answer in (
        studio.adopt(),
        studio.read(ITEMS),
        studio.act("parcels", geometry={"type": "Polygon", "coordinates": []}),
    ):
        assert answer.status_code == 410
        assert answer.json()["changeset"] == number
    assert studio.of_draft().json()["state"] == "adopted"
    wfs = studio.read("/wfs", SERVICE="WFS", REQUEST="GetFeature", TYPENAMES="land:parcel")
    assert (wfs.status_code, str(number) in wfs.text) == (410, True)


def test_planners_do_not_adopt(studio: Studio) -> None:
    """Legal force is the registrar's to give, by a source."""
    studio.form(studio.office.place())
    body = studio.office.body("2024-01-01")
    assert studio.planner.post(f"/drafts/{studio.name}/adopt", json=body).status_code == 403
    del body["source"]
    assert studio.office.client.post(f"/drafts/{studio.name}/adopt", json=body).status_code == 400


def test_conflicts_are_told_attribute_by_attribute_and_settled(studio: Studio) -> None:
    """The register changed what the draft changes: adoption is refused, a choice settles it, then it goes through."""
    office = studio.office
    area = office.place()
    parcel = office.form(area, address="Ennen")
    change = {"number": parcel["cadastral_number"], "geometry": office.globe(area)}
    studio.act("parcels/adjust", parcels=[{**change, "attributes": {"address": "Luonnos"}}], allocation=True)
    assert studio.of_draft("/conflicts").json()["conflicts"] == []
    office.post(
        "parcels/adjust", "2020-01-01", parcels=[{**change, "attributes": {"address": "Rekisteri"}}], allocation=True
    )
    refused = studio.adopt()
    assert refused.status_code == 409
    conflict = next(c for c in refused.json()["conflicts"] if c["id"] == parcel["id"])
    clash = next(c for c in conflict["clashes"] if c["attribute"] == "address")
    assert (clash["base"], clash["register"], clash["draft"]) == ("Ennen", "Rekisteri", "Luonnos")
    assert studio.of_draft("/conflicts").json()["conflicts"] == refused.json()["conflicts"]
    assert studio.do("rebase").status_code == 409
    settled = studio.do("rebase", choices={str(parcel["id"]): "draft"})
    assert settled.status_code == 200, settled.text
    assert studio.adopt().status_code == 201
    read = studio.public.get(f"/land/parcels/{parcel['cadastral_number']}").json()
    assert read["properties"]["address"] == "Luonnos"


def test_an_act_is_taken_back_by_a_draft(studio: Studio) -> None:
    """The inverse of a changeset is a draft like any other, to be looked at and adopted."""
    parcel = studio.office.form(studio.office.place(), day="2022-01-01")
    number = studio.office.client.get("/changesets?limit=1000").json()["changesets"][-1]["number"]
    name = f"{studio.name}-undo"
    opened = studio.planner.post("/drafts", json={"name": name, "title": "Take it back", "inverse_of": number})
    assert opened.status_code == 201, opened.text
    told = studio.planner.get(f"/drafts/{name}/comparison").json()["changes"]
    assert {(c["id"], c["kind"]) for c in told if c["layer"] == "land.parcel"} == {(parcel["id"], "retired")}
    unknown = {"name": f"{name}-2", "title": "No", "inverse_of": 10**9}
    assert studio.planner.post("/drafts", json=unknown).status_code == 404


def test_pages_of_a_draft_that_is_edited_meanwhile(studio: Studio) -> None:
    """A cursor of an earlier revision is refused: the pages would not fit each other."""
    for _ in range(3):
        studio.form(studio.office.place(), address="Sivut")
    page = studio.read(ITEMS, address="Sivut", limit=2)
    following = next(link["href"] for link in page.json()["links"] if link["rel"] == "next")
    assert studio.planner.get(following).json()["numberReturned"] == 1
    tag = page.headers["etag"]
    unchanged = studio.planner.get(page.url, headers={"If-None-Match": tag})
    assert unchanged.status_code == 304
    studio.form(studio.office.place())
    assert studio.planner.get(following).status_code == 409
    assert studio.planner.get(page.url, headers={"If-None-Match": tag}).status_code == 200


def test_two_variants_are_told_apart(studio: Studio) -> None:
    """The difference of a layer between two points takes a draft at either."""
    parcel = studio.form(studio.office.place())
    changes = "/ogc/collections/land.parcel/changes"
    told = studio.read(changes, after=parcel["id"] - 1).json()
    assert [(d["feature_id"], d["kind"]) for d in told["differences"]] == [(parcel["id"], "created")]
    assert told["to"]["draft"] == studio.name
    back = studio.planner.get(changes, params={"from-draft": studio.name, "after": parcel["id"] - 1}).json()
    assert [(d["feature_id"], d["kind"]) for d in back["differences"]] == [(parcel["id"], "retired")]
    same = studio.read(changes, **{"from-draft": studio.name}).json()
    assert same["differences"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ogc/collections/land.parcel/items?draft=no-such-draft", 404),
        ("/ogc/collections/land.parcel/items/1?draft=no-such-draft", 404),
        ("/ogc/collections/land.parcel/tiles/WebMercatorQuad/0/0/0?draft=no-such-draft", 404),
        ("/ogc/collections/land.parcel/tiles?draft=no-such-draft", 404),
        ("/wfs?SERVICE=WFS&REQUEST=GetFeature&TYPENAMES=land:parcel&DRAFT=no-such-draft", 404),
        ("/land/parcels/91001001001?draft=no-such-draft", 404),
        ("/address/search?q=Abai&draft=no-such-draft", 404),
        ("/drafts/no-such-draft", 404),
        ("/drafts/no-such-draft/comparison", 404),
        ("/ogc/collections/land.parcel/items?draft=' OR 1=1", 404),
    ],
)
def test_a_draft_that_there_is_not(studio: Studio, path: str, status: int) -> None:
    """Each interface says so in its own form."""
    answer = studio.planner.get(path)
    assert answer.status_code == status, answer.text
    form = "xml" if path.startswith("/wfs") else "problem+json"
    assert form in answer.headers["content-type"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Бас жоспар", "title": "T"},
        {"name": "two--hyphens", "title": "T"},
        {"name": "no-title", "title": " "},
        {"name": "no-day", "title": "T", "valid_from": "2020-13-01"},
        {"name": "far-day", "title": "T", "valid_from": "9999-01-01"},
        {"name": "early-day", "title": "T", "valid_from": "0001-01-01"},
    ],
)
def test_what_is_no_draft(studio: Studio, body: dict[str, Any]) -> None:
    """A name that won't do, no title, no date: refused with what is wrong."""
    assert studio.planner.post("/drafts", json=body).status_code == 400


@pytest.mark.parametrize("name", ["Бас жоспар", "UPPER", "a" * 61, ""])
def test_a_bad_name_is_refused_in_words(studio: Studio, name: str) -> None:
    """What a name takes is said in the asker's language, with an example, not as a pattern."""
    answer = studio.planner.post("/drafts?lang=ru", json={"name": name, "title": "T"})
    assert answer.status_code == 400
    assert "general-plan-2030" in answer.json()["detail"]
    assert "[a-z" not in answer.text


def test_a_page_names_things_in_the_readers_language(studio: Studio) -> None:
    """A plan by its Kazakh title to who reads Kazakh; a zone by the words for its kind, not by the code."""
    area = studio.office.globe(MultiPolygon([studio.office.place()]))
    said = {
        "plan_type": "detailed_plan",
        "level_of_spatial_plan": "infraLocal",
        "title_kk": "Қақпа",
        "title_ru": "Врата",
    }
    plans = f"/urban-planning/plans?draft={studio.name}"
    made = studio.planner.post(plans, json={"reason": "variant", "geometry": area, "attributes": said}).json()
    zones = f"/urban-planning/plans/{made['features'][0]['id']}/zones?draft={studio.name}"
    zone = {"geometry": area, "attributes": {"functional_zone": "residential"}}
    assert studio.planner.post(zones, json={"reason": "variant", "zones": [zone]}).status_code == 201
    pages = {lang: studio.of_draft(f="html", lang=lang).text for lang in ("kk", "ru", "en")}
    assert [">Қақпа<" in pages["kk"], ">Врата<" in pages["kk"], ">Врата<" in pages["ru"]] == [True, False, True]
    assert ">Residential zone<" in pages["en"]


def test_a_name_is_used_once(studio: Studio) -> None:
    """Even a withdrawn draft keeps its name."""
    studio.do("withdraw")
    assert studio.planner.post("/drafts", json={"name": studio.name, "title": "Again"}).status_code == 409
    assert studio.read(ITEMS).status_code == 410
    listed = studio.planner.get("/drafts", params={"state": "withdrawn"}).json()["drafts"]
    assert studio.name in {draft["name"] for draft in listed}


def test_documents_are_not_issued_of_a_draft(studio: Studio) -> None:
    """A passport has legal force, a draft has none: the refusal says so."""
    answer = studio.read("/real-estate/units/91001001001/passport")
    assert answer.status_code == 400
    assert "draft" in answer.json()["detail"]


@pytest.fixture(scope="module")
def desk(office: Office) -> Counter:
    """A registrar of rights."""
    return Counter(office)


def test_rights_are_transferred_in_a_draft(studio: Studio, desk: Counter) -> None:
    """The extract of the draft has the buyer's right, the register's the seller's; no person is named anywhere."""
    seller, buyer = desk.person("Меирманова Айгерім"), desk.person("Меирманов Дәурен")
    parcel, (right,) = desk.owned(seller)
    bearer = {"Authorization": f"Bearer {desk.secret}"}
    body = {"reason": "what if", "to": [{"holder": buyer}]}
    path = f"/real-estate/rights/{right}/transfer?draft={studio.name}"
    sold = studio.public.post(path, json=body, headers=bearer)
    assert sold.status_code == 201, sold.text
    bought = sold.json()["features"][0]
    assert bought["href"].endswith(f"draft={studio.name}")
    drafted = studio.planner.get(bought["href"])
    assert drafted.status_code == 200, drafted.text
    assert [r["id"] for r in drafted.json()["rights"]] == [bought["id"]]
    extract = f"/real-estate/units/{parcel}/extract"
    assert [r["id"] for r in studio.public.get(extract, params={"f": "json"}).json()["rights"]] == [right]
    for text in (drafted.text, studio.of_draft("/comparison").text, studio.of_draft("/steps").text, sold.text):
        assert "Меирманов" not in text
    _, (other,) = desk.owned(seller)
    held = f"/real-estate/rights/{other}/transfer?draft={studio.name}"
    assert studio.planner.post(held, json=body).status_code == 403
    assert studio.read(extract, f="pdf").status_code == 400


def test_addresses_are_made_and_found_in_a_draft(studio: Studio) -> None:
    """A street and an address on it that only the draft has: by id, by place, and as what the street is called."""
    office = studio.office
    area = office.place()
    west, south, east, _ = area.bounds
    line = office.globe(LineString([(west, south), (east, south)]))
    named = {"names": {"name_kk": "Жоба көшесі"}, "attributes": {"functional_class": "mainRoad"}}
    body = {"reason": "new street", "geometry": line, **named}
    street = studio.planner.post(f"/address/streets?draft={studio.name}", json=body)
    assert street.status_code == 201, street.text
    street_id = street.json()["features"][0]["id"]
    point = office.globe(area.centroid)
    house = {"reason": "house", "geometry": point, "street": street_id, "number": "7"}
    made = studio.planner.post(f"/address/addresses?draft={studio.name}", json=house)
    assert made.status_code == 201, made.text
    address_id = made.json()["features"][0]["id"]
    read = studio.read(f"/address/addresses/{address_id}")
    assert read.json()["hangs_on"][0]["id"] == street_id
    assert studio.read(f"/address/streets/{street_id}").json()["properties"]["name_kk"] == "Жоба көшесі"
    assert studio.planner.get(f"/address/addresses/{address_id}").status_code == 404
    longitude, latitude = point["coordinates"]
    near = {"lon": longitude, "lat": latitude, "radius": 20}
    found = studio.read("/address/reverse", **near).json()["features"]
    assert found[0]["id"] == address_id
    assert not studio.planner.get("/address/reverse", params=near).json()["features"]
