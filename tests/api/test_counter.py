"""The counter over HTTP: intake, documents, steps, what is held, what is overdue, and who sees what."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from api.main import app
from gis import tokens
from gis.database import connect
from gis.register import Register
from gis.reservation import parse_number
from tests.api.office import Office
from tests.city import City

GUIDE = Path(__file__).parents[2] / "docs" / "counter.md"
NAME, IIN = "Серікова Әсел", "010203500018"
APPLICANT = {"name": NAME, "iin_bin": IIN}


@dataclass
class Hall:
    """The hall of an office: its counter as each role sees it."""

    office: Office
    clients: dict[str, httpx2.Client]

    def apply(self, *objects: tuple[str, int], kind: str = "split-parcel", **members: Any) -> Any:
        """Hand in an application."""
        listed = [{"layer": layer, "id": i} for layer, i in objects]
        body = {"kind": kind, "applicant": APPLICANT, "objects": listed, **members}
        return self.clients["registrar"].post("/counter/applications", json=body)

    def step(self, number: str, step: str, **body: Any) -> Any:
        """Take a step."""
        return self.clients["registrar"].post(f"/counter/applications/{number}/{step}", json=body)

    def parcel(self) -> tuple[str, tuple[str, int]]:
        """Form a parcel; return its number, and it as an object."""
        formed = self.office.form(self.office.place())
        return formed["cadastral_number"], ("land.parcel", formed["id"])


@pytest.fixture(scope="module")
def hall(office: Office) -> Iterator[Hall]:
    """The hall, with a client for each role."""
    city, address = office.city, office.client.base_url
    with ExitStack() as stack:
        clients = {"nobody": stack.enter_context(httpx2.Client(base_url=address, timeout=60.0))}
        for role in ("registrar", "registrar.land", "planner", "auditor", "operator", "bank", "notary"):
            with city.register.writing() as connection:
                secret = tokens.create(connection, f"a {role}", role)
            headers = {"Authorization": f"Bearer {secret}"}
            clients[role] = stack.enter_context(httpx2.Client(base_url=address, timeout=60.0, headers=headers))
        yield Hall(office, clients)


def test_an_application_from_receipt_to_decision(hall: Hall) -> None:
    """Taken in, examined, decided by the act that carries its number; its history names every step."""
    number, parcel = hall.parcel()
    taken = hall.apply(parcel)
    assert taken.status_code == 201, taken.text
    told = taken.json()
    assert taken.headers["location"] == f"/counter/applications/{told['number']}"
    assert (told["state"], told["ahead"], told["overdue"]) == ("received", 0, False)
    assert hall.step(told["number"], "examine").json()["state"] == "examination"
    refused = hall.office.post(f"parcels/{number}/archive", "2021-01-01", headers={"Accept-Language": "ru"})
    assert refused.status_code == 409
    assert refused.json()["rule"] == "register.application.reserved"
    assert told["number"] in refused.json()["detail"]
    assert "рассматривается" in refused.json()["detail"]
    assert NAME not in refused.text
    done = hall.office.post(f"parcels/{number}/archive", "2021-01-01", application=told["number"])
    assert done.status_code == 200, done.text
    shown = hall.clients["registrar"].get(taken.headers["location"]).json()
    assert [e["state"] for e in shown["events"]] == ["received", "examination", "decided"]
    assert shown["events"][-1]["changeset"] == done.json()["changeset"]
    assert shown["events"][-1]["actor"] == "A. Registrar"
    assert shown["objects"] == [{"layer": "land.parcel", "id": parcel[1]}]


def test_the_queue_moves_up(hall: Hall) -> None:
    """The later of two waits, sees its place, and holds the parcel once the earlier is refused."""
    number, parcel = hall.parcel()
    first, second = (hall.apply(parcel).json() for _ in range(2))
    for each in (second, first):
        hall.step(each["number"], "examine")
    status = f"/counter/status/{second['number']}"
    waiting = hall.clients["nobody"].get(status, params={"code": second["code"]}).json()
    assert waiting["ahead"] == 1
    path = f"parcels/{number}/archive"
    assert first["number"] in hall.office.post(path, "2021-01-01", application=second["number"]).text
    ended = hall.step(first["number"], "refuse", reasons=["false-data"], note="Қолтаңба жалған")
    assert ended.json()["events"][-1]["reasons"][0]["code"] == "false-data"
    assert hall.clients["nobody"].get(status, params={"code": second["code"]}).json()["ahead"] == 0
    assert hall.office.post(path, "2021-01-01", application=second["number"]).status_code == 200


def test_suspended_and_resumed(hall: Hall) -> None:
    """Suspended it has no due date and its reason is told in the asker's language; resumed it has one again."""
    number = hall.apply(kind="extract").json()["number"]
    assert hall.step(number, "resume").status_code == 409
    hall.step(number, "examine")
    answer = hall.clients["registrar"].post(
        f"/counter/applications/{number}/suspend", params={"lang": "kk"}, json={"reasons": ["incomplete-documents"]}
    )
    assert answer.json()["due"] is None
    assert answer.json()["events"][-1]["reasons"] == [
        {"code": "incomplete-documents", "title": "Құжаттар топтамасы толық емес"}
    ]
    assert hall.step(number, "examine").status_code == 409
    assert date.fromisoformat(hall.step(number, "resume").json()["due"]) > date(2026, 1, 1)
    refused = hall.step(number, "refuse", reasons=["bad mood"])
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown-code")


def test_documents_come_back_as_they_were(hall: Hall) -> None:
    """Stored with their hash; read with a reason, which is logged; larger than the bound they are refused."""
    number = hall.apply(kind="extract").json()["number"]
    path, content = f"/counter/applications/{number}/documents", bytes(range(256)) * 20_000
    client, headers = hall.clients["registrar"], {"Content-Type": "application/pdf"}
    kept = client.post(path, params={"name": "Шарт №1.pdf"}, content=content, headers=headers)
    assert kept.status_code == 201, kept.text
    assert (kept.json()["sha256"], kept.json()["size"]) == (sha256(content).hexdigest(), len(content))
    assert client.get(kept.headers["location"]).status_code == 400
    read = client.get(kept.headers["location"], params={"reason": "checking the contract"})
    assert (read.content, read.headers["content-type"]) == (content, "application/pdf")
    assert read.headers["cache-control"] == "no-store"
    assert client.get(f"{path}/2", params={"reason": "checking"}).status_code == 404
    named = {"name": "a"}
    assert client.post(path, params=named, content=b"", headers=headers).status_code == 400
    assert client.post(path, params=named, content=b"x", headers={"Content-Type": "pdf"}).status_code == 400
    assert client.post(path, params=named, content=bytes(20 * 1024 * 1024 + 1), headers=headers).status_code == 413
    assert [d["name"] for d in _confided(hall, number)["documents"]] == ["Шарт №1.pdf"]


def _confided(hall: Hall, number: str) -> Any:
    return hall.clients["registrar"].get(f"/counter/applications/{number}", params={"reason": "to call her"}).json()


def test_names_show_only_with_a_logged_look(hall: Hall) -> None:
    """Neither the list nor the application nor the status tells a name; with a reason it does, and the log knows."""
    taken = hall.apply(kind="extract").json()
    number, code = taken["number"], taken["code"]
    hall.step(number, "withdraw", note=f"{NAME} өзі келді")
    client = hall.clients["registrar"]
    for answer in (
        client.get("/counter/applications"),
        client.get(f"/counter/applications/{number}"),
        hall.clients["nobody"].get(f"/counter/status/{number}", params={"code": code}),
    ):
        assert answer.status_code == 200
        assert NAME not in answer.text
        assert IIN not in answer.text
    before = _looks(hall.office.city, number)
    confided = _confided(hall, number)
    assert confided["applicant"] == {"party_type": "naturalPerson", **APPLICANT}
    assert list(confided["notes"].values()) == [f"{NAME} өзі келді"]
    assert (before, _looks(hall.office.city, number)) == ([], [("a registrar", "registrar", "to call her")])


def _looks(city: City, number: str) -> list[Any]:
    with connect(city.register.database.owner) as connection:
        found = connection.execute(
            "SELECT actor, role, reason FROM qala.access WHERE subject = %s", (f"application {number}",)
        )
        return found.fetchall()


def test_who_may_what(hall: Hall) -> None:
    """Clerks take in and examine; auditor and operator read the list; nobody else enters, and persons see few."""
    number = hall.apply(kind="extract").json()["number"]
    listed, own = "/counter/applications", f"/counter/applications/{number}"
    expected = {
        "nobody": (401, 401, 401),
        "planner": (403, 403, 403),
        "bank": (403, 403, 403),
        "notary": (403, 403, 403),
        "operator": (200, 403, 403),
        "auditor": (200, 403, 200),
        "registrar": (200, 201, 200),
        "registrar.land": (200, 201, 200),
    }
    body = {"kind": "extract", "applicant": APPLICANT}
    got = {
        role: (
            client.get(listed).status_code,
            client.post(listed, json=body).status_code,
            client.get(own, params={"reason": "inspection"}).status_code,
        )
        for role, client in hall.clients.items()
    }
    assert got["registrar.land"][2] in (200, 403)  # as the layers of persons declare
    assert {**got, "registrar.land": expected["registrar.land"]} == expected
    assert got["registrar.land"][:2] == (200, 201)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"kind": "dance", "applicant": APPLICANT}, 400),
        ({"kind": "extract", "applicant": {"name": " "}}, 400),
        ({"kind": "extract", "applicant": {"name": "A", "iin_bin": "12"}}, 400),
        ({"kind": "extract", "applicant": {"name": "A", "iin_bin": "010203500017"}}, 400),
        ({"kind": "extract", "applicant": {**APPLICANT, "party_type": "nonNaturalPerson"}}, 400),
        ({"kind": "extract", "applicant": APPLICANT, "received": "2020-01-01T00:00:00Z"}, 400),
        ({"kind": "extract", "applicant": APPLICANT, "objects": [{"layer": "land.parcel", "id": 10**12}]}, 404),
        ({"kind": "extract", "applicant": APPLICANT, "objects": [{"layer": "personal.party", "id": 1}]}, 404),
        ({"kind": "extract", "applicant": {"name": "A\u0000"}}, 400),
    ],
)
def test_what_is_not_taken_in(hall: Hall, body: Any, status: int) -> None:
    """Unknown services, nameless applicants, a moment of the client's own, objects that never were: nothing is kept."""
    before = _count(hall.office.city)
    answer = hall.clients["registrar"].post("/counter/applications", json=body, headers={"Accept-Language": "kk"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-language"] == "kk"
    assert _count(hall.office.city) == before


def _count(city: City) -> int:
    with connect(city.register.database.owner) as connection:
        row = connection.execute("SELECT count(*) FROM qala.application").fetchone()
    return row[0] if row else 0


@pytest.mark.parametrize("path", ["2026-1", "x", "2026-9999999", "9999-0000001"])
def test_numbers_that_are_none(hall: Hall, path: str) -> None:
    """No number is 400, one that was never issued 404, at every address that takes one."""
    status = 404 if len(path) == 12 else 400
    client = hall.clients["registrar"]
    assert client.get(f"/counter/applications/{path}").status_code == status
    assert client.post(f"/counter/applications/{path}/examine", json={}).status_code == status
    assert client.get(f"/counter/status/{path}", params={"code": "A"}).status_code == status
    parcel, _ = hall.parcel()
    assert hall.office.post(f"parcels/{parcel}/archive", "2021-01-01", application=path).status_code == status


def test_status_needs_the_code(hall: Hall) -> None:
    """A wrong code is answered as an unknown application is; the right one tells no actor and no object."""
    taken = hall.apply(kind="extract").json()
    client, path = hall.clients["nobody"], f"/counter/status/{taken['number']}"
    assert client.get(path).status_code == 404
    assert client.get(path, params={"code": "A" * 16}).status_code == 404
    shown = client.get(path, params={"code": taken["code"].lower(), "lang": "ru"}).json()
    assert (shown["state"], shown["state_title"], shown["title"]) == (
        "received",
        "принято",
        "Выдача выписки из регистра",
    )
    assert "objects" not in shown
    assert "actor" not in shown["events"][0]


def _late(hall: Hall) -> str:
    """Hand in an application with a term of one day, three weeks ago."""
    number: str = hall.apply(kind="extract").json()["number"]
    with connect(hall.office.city.register.database.owner) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE qala.application SET received = received - interval '21 days' WHERE number = %s",
            (parse_number(number),),
        )
    return number


def test_the_overdue_are_seen(hall: Hall) -> None:
    """An application received three weeks ago with a term of one day is on the list; one of today is not."""
    fresh, late = hall.apply(kind="extract").json()["number"], _late(hall)
    shown = hall.clients["auditor"].get("/counter/applications", params={"overdue": "true", "limit": 1000}).json()
    numbers = {each["number"]: each["overdue"] for each in shown["applications"]}
    assert numbers.get(late) is True
    assert fresh not in numbers


def test_the_overdue_on_the_command_line(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """``qala counter overdue`` lists them, as a table and as JSON, and exits with 1; of another kind there is none."""

    @contextmanager
    def register_of(_: str | None) -> Iterator[Register]:
        yield hall.office.city.register

    monkeypatch.setattr("api.cli.counter.register_of", register_of)
    late = _late(hall)
    told = CliRunner().invoke(app, ["counter", "overdue", "--json"])
    assert told.exit_code == 1
    assert late in [row["number"] for row in json.loads(told.stdout)]
    assert CliRunner().invoke(app, ["counter", "overdue", "--kind", "name-street"]).exit_code == 0


def test_pages_of_the_list(hall: Hall) -> None:
    """Page by page the same applications, in order, without gap or repetition."""
    client = hall.clients["registrar"]
    whole = [a["number"] for a in client.get("/counter/applications", params={"limit": 1000}).json()["applications"]]
    paged: list[str] = []
    after: str | None = "0000-0000000"
    while after is not None:
        page = client.get("/counter/applications", params={"limit": 3, "after": after}).json()
        paged += [a["number"] for a in page["applications"]]
        after = page["next_after"]
    assert paged == whole == sorted(whole)
    assert client.get("/counter/applications", params={"colour": "red"}).status_code == 400


def test_services_are_told(hall: Hall) -> None:
    """What may be applied for, in the asker's language, with terms and reasons."""
    told = hall.clients["nobody"].get("/counter/services", params={"lang": "kk"}).json()
    by_kind = {service["kind"]: service for service in told["services"]}
    assert by_kind["split-parcel"]["title"] == "Жер учаскесін бөлу"
    assert {"term": 10, "days": "working", "confirmed": False}.items() <= by_kind["split-parcel"].items()
    assert {r["code"] for r in told["reasons"]["refused"]} >= {"false-data", "not-entitled"}


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide's examples use curl")
def test_the_guide_runs(hall: Hall) -> None:
    """Every example of the counter's guide does what it says, one after the other."""
    number, (_, parcel) = hall.parcel()
    examples = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL))
    facts = {"BASE": str(hall.office.client.base_url).rstrip("/"), "NUMBER": number, "PARCEL": str(parcel)}
    token = hall.clients["registrar"].headers["Authorization"].removeprefix("Bearer ")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", examples],
        env={**os.environ, **facts, "TOKEN": token}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the plan of the split" in done.stdout
    assert '"state_title":"шешім қабылданды"' in done.stdout
