"""The living street over HTTP: feeds, closures, states of lifts, reports from the field that become acts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx2
import pytest
from shapely import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from api.violations import on_globe
from gis import tokens
from tests.api.server import serving
from tests.city import ORIGIN, City

LIVE, REPORTS = "/urban-planning/live", "/urban-planning/reports"
ROLES = {
    "inspector": "registrar.urban_planning",
    "registrar": "registrar",
    "operator": "operator",
    "planner": "planner",
    "notary": "notary",
}
NAMES = {"first": "Асан Өтегенов", "second": "Мария Ершова"}
"""Two reporters, whose names are nobody's business."""

JPEG = b"\xff\xd8\xff\xe0 not much of a picture"


@dataclass
class Quarter:
    """A few ways and what stands on them, and clients in every role.

    Attributes:
        ids: features by name.
        clients: by role or reporter.
    """

    city: City
    ids: dict[str, int]
    clients: Mapping[str, httpx2.Client]
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    def post(self, who: str, path: str, **body: Any) -> httpx2.Response:
        """Send a body."""
        return self.clients[who].post(path, json=body)

    def act(self, path: str, **members: Any) -> httpx2.Response:
        """Order an inspector's act."""
        source = {"kind": "akimat-decision", "number": f"L-{next(self.serial)}", "acceptance": "2026-01-10"}
        return self.post("inspector", f"{LIVE}/{path}", source=source, reason="works", **members)

    def ask(self, path: str, who: str = "anybody", **query: Any) -> Any:
        """Ask; return the answer."""
        answer = self.clients[who].get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def kerb_height(self, **query: Any) -> float | None:
        """Return what anybody reads of the kerb."""
        path = f"/ogc/collections/urban_planning.kerb/items/{self.ids['kerb']}"
        found: float | None = self.ask(path, **query)["properties"]["height"]
        return found

    def globe(self, shape: BaseGeometry) -> dict[str, Any]:
        """Return a shape as GeoJSON."""
        return on_globe(shape, self.city.profile.system)

    def reported(self, who: str, **attributes: Any) -> dict[str, Any]:
        """Report attributes of the kerb."""
        kerb = {"layer": "urban_planning.kerb", "id": self.ids["kerb"]}
        answer = self.post(who, f"{REPORTS}/attributes", **kerb, attributes=attributes, note="бордюр өлшенді")
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told


def place(x: float, y: float) -> Point:
    """Return a point some metres from the origin."""
    return Point(ORIGIN[0] + x, ORIGIN[1] + y)


def way(*corners: tuple[float, float]) -> LineString:
    """Return a line some metres from the origin."""
    return LineString([(ORIGIN[0] + x, ORIGIN[1] + y) for x, y in corners])


def furnished(city: City) -> dict[str, int]:
    """Lay a street with a footway beside it, a kerb between, a lift and a ramp."""
    put = city.put
    street = put("address.street", MultiLineString([way((0, -10), (200, -10))]), functional_class="mainRoad")
    return {
        "street": street,
        "segment": put(
            "urban_planning.street_segment", way((0, -10), (200, -10)), highway="residential", street_id=street
        ),
        "footway": put("urban_planning.footway", way((0, 0), (100, 0)), footway="sidewalk"),
        "crossing": put("urban_planning.crossing", way((100, 0), (100, 12)), markings="zebra"),
        "kerb": put("urban_planning.kerb", place(100, 0), kerb="raised", height=0.1),
        "lift": put("urban_planning.lift", place(0, 0), status="working"),
        "ramp": put("urban_planning.ramp", way((0, 0), (0, 12)), rise=0.6),
    }


@contextmanager
def served(city: City) -> Iterator[Quarter]:
    """Furnish a city, and serve it."""
    ids = furnished(city)
    with city.register.writing() as connection:
        secrets = {who: tokens.create(connection, f"the {who}", role) for who, role in ROLES.items()}
        secrets |= {who: tokens.create(connection, name, "field") for who, name in NAMES.items()}
    with serving(city.register) as server:
        headers = {who: {"Authorization": f"Bearer {secret}"} for who, secret in secrets.items()} | {"anybody": {}}
        clients = {
            who: httpx2.Client(base_url=server.address, timeout=60.0, headers=told) for who, told in headers.items()
        }
        yield Quarter(city, ids, clients)
        for client in clients.values():
            client.close()


@pytest.fixture(scope="module")
def quarter(fresh_city: Callable[[str], City]) -> Iterator[Quarter]:
    """The quarter, served."""
    with served(fresh_city("helsinki")) as quarter:
        yield quarter


def test_speeds_come_in_as_json_and_csv(quarter: Quarter) -> None:
    """Rows that won't do are told in the asker's language; what was known before is still told."""
    segment = quarter.ids["segment"]
    start = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    rows = [
        {"segment": segment, "direction": "forward", "speed": 20, "from": start.isoformat()},
        {"segment": segment, "direction": "backward", "speed": 700, "from": start.isoformat()},
    ]
    told = quarter.clients["operator"].post(f"{LIVE}/speeds", params={"lang": "kk"}, json={"speeds": rows})
    assert (told.status_code, told.json()["recorded"], told.json()["refused"]) == (201, 1, 1), told.text
    assert "250" in told.json()["refusals"][0]["message"]
    file = f"segment,direction,speed,from,to\n{segment},forward,33,2026-09-01T12:00,revoked\n"
    headers = {"Content-Type": "text/csv"}
    second = quarter.clients["operator"].post(f"{LIVE}/speeds", content=file.encode(), headers=headers).json()
    assert (second["recorded"], second["without_offset"], second["zone"]) == (1, 1, "Europe/Helsinki")
    asked: dict[str, Any] = {"segment": segment, "datetime": "2026-09-01T09:10:00Z"}
    assert [each["speed"] for each in quarter.ask(f"{LIVE}/speeds", **asked)["speeds"]] == [33]
    known = {**asked, "recorded-at": told.json()["recorded_at"]}
    assert [each["speed"] for each in quarter.ask(f"{LIVE}/speeds", **known)["speeds"]] == [20]
    revoked = quarter.post(
        "operator", f"{LIVE}/speeds/revoke", ways=[{"segment": segment}], since="2026-09-01T09:05:00Z"
    )
    assert revoked.status_code == 201, revoked.text
    assert quarter.ask(f"{LIVE}/speeds", **asked)["speeds"] == []


@pytest.mark.parametrize(
    ("who", "status"), [("anybody", 401), ("notary", 403), ("planner", 403), ("first", 403), ("inspector", 422)]
)
def test_who_may_feed(quarter: Quarter, who: str, status: int) -> None:
    """The operator and registrars of the cadastre; a batch of which nothing will do is unprocessable."""
    rows = [{"segment": 1, "direction": "forward", "speed": 20, "from": "2026-09-01T12:00:00Z"}]
    assert quarter.post(who, f"{LIVE}/speeds", speeds=rows).status_code == status


def test_bodies_that_are_no_batch(quarter: Quarter) -> None:
    """Neither of both forms, another shape, nothing at all."""
    client = quarter.clients["operator"]
    for content, kind in ((b"<x/>", "text/xml"), (b"[1]", "application/json"), (b"", ""), (b"a,b\n1,2\n", "text/csv")):
        answer = client.post(f"{LIVE}/speeds", content=content, headers={"Content-Type": kind})
        assert answer.status_code == 400, (content, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_lifts_state_is_told_at_once(quarter: Quarter) -> None:
    """Out of order until the evening, as far as anybody knows; then working again."""
    lift, ramp = quarter.ids["lift"], quarter.ids["ramp"]
    now = datetime.now(UTC)
    later = (now + timedelta(hours=6)).isoformat()
    feed = [
        {"object": lift, "status": "out_of_order", "until": later},
        {"object": ramp, "status": "working"},
        {"object": quarter.ids["kerb"], "status": "working"},
        {"object": lift, "status": "broken"},
        {"object": ramp, "status": "working", "since": (now + timedelta(days=1)).isoformat()},
    ]
    told = quarter.post("operator", f"{LIVE}/statuses", statuses=feed).json()
    assert (told["read"], told["recorded"], told["refused"]) == (5, 2, 3), told
    assert {each["row"]: each["code"] for each in told["refusals"]} == {
        3: "object-unknown",
        4: "status",
        5: "time-far",
    }
    states = {each["id"]: each for each in quarter.ask(f"{LIVE}/statuses")["statuses"]}
    assert (states[lift]["status"], states[ramp]["status"]) == ("out_of_order", "working")
    assert states[lift]["until"] is not None
    after = quarter.ask(f"{LIVE}/statuses", datetime=(now + timedelta(hours=7)).isoformat())["statuses"]
    assert {each["id"]: each["status"] for each in after}[lift] == "unknown"
    again = quarter.post("operator", f"{LIVE}/statuses", statuses=[{"object": lift, "status": "working"}])
    assert again.status_code == 201
    known = {each["id"]: each for each in quarter.ask(f"{LIVE}/statuses")["statuses"]}[lift]
    assert (known["status"], known["until"]) == ("working", None)
    same = quarter.post("operator", f"{LIVE}/statuses", statuses=[{"object": lift, "status": "working"}])
    assert (same.status_code, same.json()["unchanged"]) == (200, 1)


def test_closing_and_opening(quarter: Quarter) -> None:
    """A street by night to cars until a day, a lift to all; why is told in the asker's language; revoked, it opens."""
    why = {"kk": "Жол жөндеу", "ru": "Ремонт дороги", "en": "Road works"}
    night = {"hours": "22:00-06:00", "modes": ["car", "truck"], "until": "2030-01-01", "why": why}
    closed = quarter.act("closures", street=quarter.ids["street"], **night)
    assert closed.status_code == 201, closed.text
    lift = quarter.act("closures", objects=[{"layer": "urban_planning.lift", "id": quarter.ids["lift"]}])
    assert lift.status_code == 201, lift.text
    told = {each["closed"]: each for each in quarter.ask(f"{LIVE}/closures", lang="kk")["closures"]}
    night_told = told[quarter.ids["segment"]]
    assert (night_told["modes"], night_told["hours"]) == (["car", "truck"], "22:00-06:00")
    assert night_told["why"] == "Жол жөндеу"
    assert told[quarter.ids["lift"]]["until"] is None
    number = closed.json()["features"][0]["id"]
    assert quarter.act(f"closures/{number}/revoke").status_code == 200
    left = [each["closed"] for each in quarter.ask(f"{LIVE}/closures")["closures"]]
    assert left == [quarter.ids["lift"]]
    assert quarter.act(f"closures/{number}/revoke").status_code == 400
    wrong: dict[str, Any]
    for wrong in (
        {"street": quarter.ids["street"], "hours": "at night"},
        {"street": quarter.ids["street"], "until": "2020-01-01"},
        {"objects": [{"layer": "urban_planning.kerb", "id": quarter.ids["kerb"]}]},
        {"objects": []},
    ):
        assert quarter.act("closures", **wrong).status_code == 400, wrong


def test_a_report_is_checked_accepted_and_counts(quarter: Quarter) -> None:
    """A kerb is measured: it is a draft until an inspector accepts it; whoever reported is told."""
    before = quarter.kerb_height()
    told = quarter.reported("first", height=0.03, kerb="lowered")
    number = told["number"]
    assert (told["state"], told["allowed"], told["reporter"]) == ("open", True, NAMES["first"])
    assert quarter.kerb_height() == before
    whole = quarter.ask(f"{REPORTS}/{number}", "inspector")
    assert set(whole["changes"][0]["changed"]) == {"height", "kerb", "checked_on", "inferred"}
    assert (whole["allowed"], whole["conflicts"], whole["note"]) == (True, [], "бордюр өлшенді")
    assert quarter.post("planner", f"{REPORTS}/{number}/accept").status_code == 403
    assert quarter.post("first", f"{REPORTS}/{number}/accept").status_code == 403
    done = quarter.post("inspector", f"{REPORTS}/{number}/accept", answer="Рақмет!")
    assert done.status_code == 201, done.text
    assert quarter.kerb_height() == 0.03
    mine = quarter.ask(f"{REPORTS}/{number}", "first")
    assert (mine["state"], mine["answer"], mine["changeset"]) == ("accepted", "Рақмет!", done.json()["changeset"])
    assert quarter.post("inspector", f"{REPORTS}/{number}/accept").status_code == 409


def test_a_report_is_declined_with_a_reason(quarter: Quarter) -> None:
    """In the reader's language it is declined, in the inspector's words why."""
    number = quarter.reported("first", height=0.9)["number"]
    assert quarter.post("inspector", f"{REPORTS}/{number}/decline", answer=" ").status_code == 400
    before = quarter.kerb_height()
    answer = quarter.post("inspector", f"{REPORTS}/{number}/decline", answer="Өлшем бірлігі қате")
    assert answer.status_code == 200, answer.text
    mine = quarter.ask(f"{REPORTS}/{number}", "first", lang="kk")
    assert (mine["state_title"], mine["answer"]) == ("қабылданбады", "Өлшем бірлігі қате")
    assert quarter.kerb_height() == before


def test_two_reports_about_one_thing_conflict(quarter: Quarter) -> None:
    """The first is accepted; the second shows both sides, and takes a choice."""
    one, other = quarter.reported("first", height=0.05), quarter.reported("second", height=0.06)
    assert one["number"] in other["alike"]
    assert quarter.post("inspector", f"{REPORTS}/{one['number']}/accept").status_code == 201
    refused = quarter.post("inspector", f"{REPORTS}/{other['number']}/accept")
    assert refused.status_code == 409, refused.text
    clash = next(c for c in refused.json()["conflicts"][0]["clashes"] if c["attribute"] == "height")
    assert (clash["register"], clash["draft"]) == (0.05, 0.06)
    chosen = {str(quarter.ids["kerb"]): "draft"}
    done = quarter.post("inspector", f"{REPORTS}/{other['number']}/accept", choices=chosen)
    assert done.status_code == 201, done.text
    assert quarter.kerb_height() == 0.06


def test_an_obstacle_parts_a_footway(quarter: Quarter) -> None:
    """It stands where two halves of the footway meet; when it is gone, the ways stay."""
    spot = quarter.globe(place(40, 0.8))
    sent = quarter.post(
        "first", f"{REPORTS}/obstacles", geometry=spot, barrier="debris", blocks=["wheelchair"], width_left=0.5
    )
    assert sent.status_code == 201, sent.text
    number = sent.json()["number"]
    assert sent.json()["layer"] == "urban_planning.barrier"
    whole = quarter.ask(f"{REPORTS}/{number}", "inspector")
    assert sorted(change["layer"] for change in whole["changes"]) == [
        "urban_planning.barrier",
        "urban_planning.footway",
        "urban_planning.footway",
    ]
    assert whole["allowed"], whole["violations"]
    assert quarter.post("inspector", f"{REPORTS}/{number}/accept").status_code == 201
    ways = quarter.ask("/ogc/collections/urban_planning.footway/items")["features"]
    ends = [tuple(f["geometry"]["coordinates"][i]) for f in ways for i in (0, -1)]
    stands = quarter.ask(f"/ogc/collections/urban_planning.barrier/items/{sent.json()['id']}")
    assert ends.count(tuple(stands["geometry"]["coordinates"])) == 2
    assert stands["properties"]["wheelchair"] == "no"
    gone = quarter.post("second", f"{REPORTS}/gone", layer="urban_planning.barrier", id=sent.json()["id"])
    assert gone.status_code == 201, gone.text
    assert quarter.post("inspector", f"{REPORTS}/{gone.json()['number']}/accept").status_code == 201
    assert quarter.ask("/ogc/collections/urban_planning.barrier/items")["features"] == []


def test_an_obstacle_on_a_street_closes_its_segment(quarter: Quarter) -> None:
    """To whom it bars; far from any way, or harmless, it is refused and leaves no report."""
    spot = quarter.globe(place(50, -9))
    sent = quarter.post(
        "second", f"{REPORTS}/obstacles", geometry=spot, blocks=["motor_vehicle"], description="құлаған ағаш"
    )
    assert (sent.status_code, sent.json()["layer"]) == (201, "urban_planning.closure"), sent.text
    count_before = len(quarter.ask(REPORTS, "second")["reports"])
    far = quarter.globe(place(50, 60))
    for wrong in (
        {"geometry": far, "blocks": ["foot"]},
        {"geometry": spot},
        {"geometry": spot, "barrier": "dragon", "blocks": ["foot"]},
    ):
        assert quarter.post("second", f"{REPORTS}/obstacles", **wrong).status_code == 400, wrong
    assert len(quarter.ask(REPORTS, "second")["reports"]) == count_before


def test_who_reported_is_nobodys_business(quarter: Quarter) -> None:
    """Names show to inspectors and to the reporter himself; not in the draft, the changeset, or to others."""
    number = quarter.reported("first", tactile_paving="yes")["number"]
    assert quarter.post("inspector", f"{REPORTS}/{number}/accept").status_code == 201
    open_one = quarter.reported("second", tactile_paving="contrasted")["number"]
    draft = f"report-{open_one}"
    paths = [REPORTS, f"{REPORTS}/{open_one}", "/drafts", f"/drafts/{draft}", f"/drafts/{draft}/steps", "/changesets"]
    for who in ("planner", "first", "anybody", "notary", "operator"):
        for path in paths:
            told = quarter.clients[who].get(path)
            assert NAMES["second"] not in told.text, (who, path)
            assert "reporter" not in told.text or who == "first", (who, path)
    assert quarter.clients["first"].get(f"{REPORTS}/{open_one}").status_code == 404
    assert quarter.clients["anybody"].get(REPORTS).status_code == 401
    assert quarter.clients["notary"].get(REPORTS).status_code == 403
    assert {each["reporter"] for each in quarter.ask(REPORTS, "inspector")["reports"]} == set(NAMES.values())
    assert {each["reporter"] for each in quarter.ask(REPORTS, "second")["reports"]} == {NAMES["second"]}
    assert quarter.clients["first"].post("/drafts", json={"name": "mine", "title": "Mine"}).status_code == 403


def test_photographs_come_with_a_report(quarter: Quarter) -> None:
    """Whoever reported adds them; inspectors and he see them, nobody else; what is no picture is refused."""
    number = quarter.reported("first", tactile_paving="no")["number"]
    path = f"{REPORTS}/{number}/photos"
    sent = quarter.clients["first"].post(path, content=JPEG, headers={"Content-Type": "image/jpeg"})
    assert sent.status_code == 201, sent.text
    got = quarter.clients["inspector"].get(sent.json()["href"])
    assert (got.content, got.headers["Cache-Control"]) == (JPEG, "no-store")
    assert {
        who: quarter.clients[who].get(sent.json()["href"]).status_code for who in ("planner", "second", "anybody")
    } == {
        "planner": 403,
        "second": 404,
        "anybody": 401,
    }
    disguised = quarter.clients["first"].post(path, content=JPEG, headers={"Content-Type": "image/png"})
    assert disguised.status_code == 400
    html = quarter.clients["first"].post(path, content=b"<script>", headers={"Content-Type": "text/html"})
    assert html.status_code == 400
    assert quarter.clients["second"].post(path, content=JPEG, headers={"Content-Type": "image/jpeg"}).status_code == 404
    assert quarter.post("first", f"{REPORTS}/{number}/withdraw").status_code == 200
    assert quarter.ask(REPORTS, "first", state="withdrawn")["reports"][-1]["number"] == number


def test_a_report_that_says_nothing_new(quarter: Quarter) -> None:
    """Confirming twice on one day changes nothing the second time; unknown attributes and objects are refused."""
    kerb = {"layer": "urban_planning.crossing", "id": quarter.ids["crossing"]}
    confirmed = quarter.post("first", f"{REPORTS}/attributes", **kerb).json()
    assert quarter.post("inspector", f"{REPORTS}/{confirmed['number']}/accept").status_code == 201
    said = quarter.ask(f"/ogc/collections/urban_planning.crossing/items/{kerb['id']}")["properties"]
    assert (said["markings"], said["inferred"]) == ("zebra", False)
    assert said["checked_on"] >= "2026-01-01"
    for wrong in (
        kerb,
        {**kerb, "attributes": {"colour": "red"}},
        {**kerb, "attributes": {"width": "narrow"}},
        {**kerb, "id": 10**9},
        {**kerb, "layer": "land.parcel"},
        {**kerb, "seen": "2200-01-01"},
    ):
        assert quarter.post("first", f"{REPORTS}/attributes", **wrong).status_code == 400, wrong
