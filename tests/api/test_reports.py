"""Reports from the field over HTTP: what becomes of each, who may touch it, and what stays closed until then."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import psycopg
import pytest

from gis.access import Look
from gis.access_log import Logged, Wanted, looks
from gis.report import found
from gis.report_photos import MOST_PHOTOS, erase
from gis.reports import MOST_OPEN
from tests.api.test_live import JPEG, NAMES, REPORTS, Quarter, place, served
from tests.registers import Cities


@pytest.fixture
def quarter(fresh_city: Cities) -> Iterator[Quarter]:
    """A quarter of its own, served."""
    city = fresh_city("helsinki")
    with served(city) as quarter:
        yield quarter
    fresh_city.give_back(city)


SOURCE = {"kind": "akimat-decision", "number": "T-1", "acceptance": "2026-01-10"}


def accepted(quarter: Quarter, number: int, **body: Any) -> httpx2.Response:
    """Accept a report as an inspector."""
    return quarter.post("inspector", f"{REPORTS}/{number}/accept", **body)


def numbers(quarter: Quarter, who: str, **query: Any) -> list[int]:
    """Return the numbers of the reports that somebody sees in the list."""
    return [each["number"] for each in quarter.ask(REPORTS, who, **query)["reports"]]


def photographed(quarter: Quarter, number: int) -> httpx2.Response:
    """Add a photograph as the first reporter."""
    headers = {"Content-Type": "image/jpeg"}
    return quarter.clients["first"].post(f"{REPORTS}/{number}/photos", content=JPEG, headers=headers)


def drafted(quarter: Quarter, layer: str, column: str) -> set[str | None]:
    """Return what the public login reads of a column in drafts."""
    with psycopg.connect(quarter.city.register.database.reader) as connection:
        rows = connection.execute(f"SELECT {column} FROM urban_planning.{layer}_draft").fetchall()
    return {row[0] for row in rows}


def logged(quarter: Quarter) -> list[Logged]:
    """Return the looks at reports on record."""
    look = Look(actor="test", role="auditor", reason="test", subject="qala.access")
    with quarter.city.register.confiding(look) as connection:
        return list(looks(connection, Wanted(subject="qala.report*")))


def test_the_same_said_twice_is_a_confirmation(quarter: Quarter) -> None:
    """Nothing is recorded by the second, which stays in every list; its reporter is told."""
    one, other = (quarter.reported(who, height=0.03)["number"] for who in ("first", "second"))
    first = accepted(quarter, one)
    assert (first.status_code, first.json()["confirms"]) == (201, False)
    second = accepted(quarter, other, answer="Рақмет!")
    assert second.status_code == 200, second.text
    assert (second.json()["confirms"], second.json()["changeset"]) == (True, None)
    assert max(each["number"] for each in quarter.ask("/changesets")["changesets"]) == first.json()["changeset"]
    told = quarter.ask(f"{REPORTS}/{other}", "second", lang="kk")
    assert (told["state"], told["answer"]) == ("accepted", "Рақмет!")
    assert told["state_title"] == "қабылданды: тізілімдегі жазбаны растайды"
    assert numbers(quarter, "second") == [other]
    assert numbers(quarter, "inspector", state="accepted") == [one, other]
    assert quarter.kerb_height() == 0.03


def test_a_report_of_which_a_choice_leaves_nothing(quarter: Quarter) -> None:
    """It is not accepted, stays open and listed, and is declined with a reason."""
    one, other = (quarter.reported(who, height=height)["number"] for who, height in (("first", 0.05), ("second", 0.06)))
    assert accepted(quarter, one).status_code == 201
    refused = accepted(quarter, other, choices={str(quarter.ids["kerb"]): "register"})
    assert (refused.status_code, f"report {other}" in refused.text) == (409, True), refused.text
    whole = quarter.ask(f"{REPORTS}/{other}", "second")
    clash = next(c for c in whole["conflicts"][0]["clashes"] if c["attribute"] == "height")
    assert (whole["state"], clash["register"], clash["draft"]) == ("open", 0.05, 0.06)
    assert quarter.post("inspector", f"{REPORTS}/{other}/decline", answer="0.05").status_code == 200
    assert quarter.ask(REPORTS, "second")["reports"][0]["answer"] == "0.05"
    assert quarter.kerb_height() == 0.05


def test_nobody_touches_a_reports_draft(quarter: Quarter) -> None:
    """Neither by acts of a cadastre nor as a draft, whatever the role; it is decided on as it came in."""
    number = quarter.reported("first", height=0.04)["number"]
    name = f"report-{number}"
    before = quarter.ask(f"{REPORTS}/{number}", "inspector")["changes"]
    kerb, act = quarter.ids["kerb"], {"source": SOURCE, "reason": "tampering"}
    ring = quarter.globe(place(0, 0).buffer(20, quad_segs=1))
    reserved = {"geometry": {"type": "MultiPolygon", "coordinates": [ring["coordinates"]]}, "attributes": {}}
    lift = {"geometry": quarter.globe(place(0, 0)), "attributes": {"status": "working"}}
    tried: list[tuple[str, dict[str, Any]]] = [
        (f"/urban-planning/streets/kerb/{kerb}/alter?draft={name}", {**act, "attributes": {"height": 0.77}}),
        (
            f"/urban-planning/streets/kerb/{kerb}/alter?draft={name}&dry-run=true",
            {**act, "attributes": {"height": 0.7}},
        ),
        (f"/urban-planning/streets/lift?draft={name}", {**act, **lift}),
        (f"/land/reservations?draft={name}", {**act, **reserved}),
        (f"/drafts/{name}/rebase", {"reason": "x"}),
        (f"/drafts/{name}/revert", {"reason": "x", "features": [kerb]}),
        (f"/drafts/{name}/adopt", act),
        (f"/drafts/{name}/withdraw", {}),
        (f"/drafts/{name}/share", {}),
    ]
    for who in ("planner", "inspector", "registrar", "operator", "first"):
        for path, body in tried:
            answer = quarter.post(who, path, **body)
            assert answer.status_code in {403, 409}, (who, path, answer.text)
            if (who, answer.status_code) == ("planner", 409):
                assert (answer.json()["code"], f"/urban-planning/reports/{number}" in answer.text) == (
                    "draft-of-report",
                    True,
                )
    assert {quarter.post("registrar", path, **body).status_code for path, body in tried} == {409}
    assert quarter.ask(f"{REPORTS}/{number}", "inspector")["changes"] == before
    assert quarter.ask(f"/drafts/{name}", "planner")["state"] == "open"
    assert accepted(quarter, number).status_code == 201
    assert quarter.kerb_height() == 0.04


def test_names_of_reports_are_kept_for_them(quarter: Quarter) -> None:
    """Nobody opens a draft by such a name, and so no report is turned away for it."""
    number = quarter.reported("first", height=0.02)["number"]
    for name in (f"report-{number + 1}", "report-on-parks"):
        answer = quarter.clients["planner"].post("/drafts?lang=ru", json={"name": name, "title": "T"})
        assert (answer.status_code, "сообщений с места" in answer.text) == (400, True), answer.text
    assert quarter.post("planner", "/drafts", name="reports", title="T").status_code == 201
    assert quarter.reported("second", height=0.02)["number"] == number + 1


def test_words_stay_closed_until_the_report_is_accepted(quarter: Quarter) -> None:
    """Not even the public login of the database reads them, in open and withdrawn reports alike."""
    said = {"height": 0.02, "description": "Иванов И. мешает проезду"}
    number, gone = (quarter.reported(who, **said)["number"] for who in ("first", "second"))
    assert quarter.post("second", f"{REPORTS}/{gone}/withdraw").status_code == 200
    assert drafted(quarter, "kerb", "description") == {None}
    for who in ("planner", "inspector", "first"):
        whole = quarter.clients[who].get(f"{REPORTS}/{number}")
        assert ("Иванов" in whole.text) == (who != "planner"), whole.text
        assert ("description" in whole.json()["changes"][0]["changed"]) == (who != "planner")
    assert "Иванов" not in quarter.clients["planner"].get(f"/drafts/report-{number}").text
    assert accepted(quarter, number).status_code == 201
    public = quarter.ask(f"/ogc/collections/urban_planning.kerb/items/{quarter.ids['kerb']}")["properties"]
    assert (public["height"], public["description"], public["inferred"]) == (0.02, said["description"], False)


def test_words_conflict_like_anything_else(quarter: Quarter) -> None:
    """Two descriptions of one kerb: the second takes a choice; words that can't be stored are refused at once."""
    one, other = (quarter.reported(who, description=f"by {who}")["number"] for who in ("first", "second"))
    assert accepted(quarter, one).status_code == 201
    refused = accepted(quarter, other)
    assert refused.status_code == 409, refused.text
    clashes = refused.json()["conflicts"][0]["clashes"]
    assert [(c["attribute"], c["register"], c["draft"]) for c in clashes] == [("description", "by first", "by second")]
    chosen = {str(quarter.ids["kerb"]): "draft"}
    assert accepted(quarter, other, choices=chosen).status_code == 201
    again = {"layer": "urban_planning.kerb", "id": quarter.ids["kerb"]}
    same = quarter.post("first", f"{REPORTS}/attributes", **again, attributes={"description": "by second"})
    assert same.status_code == 400, same.text
    words = quarter.reported("first", description="only words")
    assert accepted(quarter, words["number"]).status_code == 201
    item = quarter.ask(f"/ogc/collections/urban_planning.kerb/items/{quarter.ids['kerb']}")
    assert item["properties"]["description"] == "only words"


def test_words_of_obstacles_join_when_accepted(quarter: Quarter) -> None:
    """On a footway they describe the barrier, on a street they are why it is closed."""
    sent = {
        "footway": quarter.globe(place(40, 0.5)),
        "street": quarter.globe(place(50, -9)),
    }
    for where, spot in sent.items():
        answer = quarter.post(
            "first",
            f"{REPORTS}/obstacles",
            geometry=spot,
            blocks=["motor_vehicle", "wheelchair"],
            description=f"{where}: heap",
        )
        assert answer.status_code == 201, answer.text
        layer, feature = answer.json()["layer"], answer.json()["id"]
        field = "description" if where == "footway" else "reason"
        assert "street: heap" not in drafted(quarter, layer.partition(".")[2], field)
        assert "footway: heap" not in drafted(quarter, layer.partition(".")[2], field)
        assert accepted(quarter, answer.json()["number"]).status_code == 201
        item = quarter.ask(f"/ogc/collections/{layer}/items/{feature}")
        assert item["properties"][field] == f"{where}: heap"


def test_looks_at_photographs_are_logged(quarter: Quarter) -> None:
    """Each one, with the report as its reason; nobody reads one past the log."""
    number = quarter.reported("first", height=0.02)["number"]
    href = photographed(quarter, number).json()["href"]
    for who in ("inspector", "first", "planner", "second"):
        quarter.clients[who].get(href)
    assert [(each.actor, each.reason, each.subject) for each in logged(quarter)] == [
        (actor, f"report {number}", f"qala.report {number} photo 1") for actor in ("the inspector", NAMES["first"])
    ]
    with psycopg.connect(quarter.city.register.database.confidant) as connection:
        assert connection.execute("SELECT count(*) FROM qala.report_photo").fetchone() == (0,)
    with (
        psycopg.connect(quarter.city.register.database.reader) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM qala.report_photo")


def test_photographs_are_erased_for_good(quarter: Quarter) -> None:
    """By the operator, on record; nothing else about them is ever changed."""
    register, number = quarter.city.register, quarter.reported("first", height=0.02)["number"]
    hrefs = [photographed(quarter, number).json()["href"] for _ in range(2)]
    done = erase(register, found(register, number), actor="op", role="operator", reason="a passer-by asked")
    assert (done, quarter.ask(f"{REPORTS}/{number}", "first")["photos"]) == (2, 0)
    assert {quarter.clients["inspector"].get(href).status_code for href in hrefs} == {410}
    assert ("op", "a passer-by asked", f"qala.report {number} photos erased") in [
        (each.actor, each.reason, each.subject) for each in logged(quarter)
    ]
    with psycopg.connect(register.database.owner) as connection:
        assert (
            connection.execute("SELECT erased_by, erased_for FROM qala.report_photo").fetchall()
            == [("op", "a passer-by asked")] * 2
        )
    assert photographed(quarter, number).status_code == 201
    for statement in (
        "UPDATE qala.report_photo SET content = '\\x00', sha256 = sha256('\\x00')",
        "UPDATE qala.report_photo SET content = NULL, erased = now(), erased_by = 'x', erased_for = 'x', serial = 9",
        "DELETE FROM qala.report_photo",
        "TRUNCATE qala.report_photo",
    ):
        with (
            psycopg.connect(register.database.owner) as connection,
            pytest.raises(psycopg.errors.DatabaseError, match="not allowed"),
        ):
            connection.execute(statement)


def test_the_eleventh_photograph_is_refused_in_words(quarter: Quarter) -> None:
    """In the asker's language, and ten are kept."""
    number = quarter.reported("first", height=0.02)["number"]
    assert {photographed(quarter, number).status_code for _ in range(MOST_PHOTOS)} == {201}
    answer = photographed(quarter, number)
    assert answer.status_code == 400
    assert f"One report takes {MOST_PHOTOS} photographs at most." in answer.text
    assert quarter.ask(f"{REPORTS}/{number}", "first")["photos"] == MOST_PHOTOS


_COPIES = """
WITH opened AS (
  INSERT INTO qala.draft (name, title, owner, role, valid_from, base)
  SELECT 'report-' || n, title, 'report-' || n, role, valid_from, base
  FROM qala.draft, generate_series(1001, 1000 + %(copies)s) AS n WHERE name = %(name)s
  RETURNING draft_id, name)
INSERT INTO qala.report (number, draft_id, kind, layer, place, seen, language, reporter, token_id)
SELECT substr(o.name, 8)::bigint, o.draft_id, kind, layer, place, seen, language, reporter, token_id
FROM opened AS o, qala.report AS r JOIN qala.draft AS d USING (draft_id) WHERE d.name = %(name)s
"""
"""Enters as many more open reports like one."""


def test_a_token_has_so_many_open_reports(quarter: Quarter) -> None:
    """One more is refused until one is decided or taken back; others report all the same."""
    number = quarter.reported("first", height=0.02)["number"]
    with psycopg.connect(quarter.city.register.database.owner) as connection:
        connection.execute(_COPIES, {"copies": MOST_OPEN - 1, "name": f"report-{number}"})
    kerb = {"layer": "urban_planning.kerb", "id": quarter.ids["kerb"], "attributes": {"height": 0.04}}
    refused = quarter.post("first", f"{REPORTS}/attributes", **kerb)
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-reports")
    quarter.reported("second", height=0.02)
    assert quarter.post("first", f"{REPORTS}/{number}/withdraw").status_code == 200
    assert quarter.post("first", f"{REPORTS}/attributes", **kerb).status_code == 201
    assert len(numbers(quarter, "inspector", state="open", limit=1000)) == MOST_OPEN + 1


def test_one_decision_wins(quarter: Quarter) -> None:
    """Whoever comes second is told that the report was decided, and by which of both ways it stays so."""
    for height in (0.02, 0.03, 0.04):
        number = quarter.reported("first", height=height)["number"]
        ways = [
            ("inspector", "accept", {}),
            ("registrar", "decline", {"answer": "no"}),
            ("first", "withdraw", {}),
            ("registrar", "accept", {}),
        ]
        with ThreadPoolExecutor(len(ways)) as pool:
            sent = [pool.submit(quarter.post, who, f"{REPORTS}/{number}/{way}", **body) for who, way, body in ways]
        answers = [each.result() for each in sent]
        won = [way[1] for way, answer in zip(ways, answers, strict=True) if answer.status_code < 300]
        lost = {(a.status_code, a.json()["code"]) for a in answers if a.status_code >= 300}
        assert (len(won), lost) == (1, {(409, "report-closed")}), [a.text for a in answers]
        state = {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn"}[won[0]]
        told = quarter.ask(f"{REPORTS}/{number}", "first")
        assert (told["state"], told["answer"]) == (state, "no" if state == "declined" else None)
        assert (quarter.kerb_height() == height) == (state == "accepted")
        late = photographed(quarter, number)
        assert (late.status_code, late.json()["code"]) == (409, "report-closed")


def test_what_is_refused_leaves_nothing(quarter: Quarter) -> None:
    """Neither a report nor a draft, opened or withdrawn."""
    wrong = {"layer": "urban_planning.kerb", "id": quarter.ids["kerb"], "attributes": {"height": "high"}}
    assert quarter.post("first", f"{REPORTS}/attributes", **wrong).status_code == 400
    assert numbers(quarter, "inspector") == []
    assert quarter.ask("/drafts", "planner")["drafts"] == []
