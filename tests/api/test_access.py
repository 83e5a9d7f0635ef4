"""Who is let in over HTTP, and the access log: of looks at persons, for auditors, itself watched."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from typer.testing import CliRunner

from api.app import create_app
from api.main import app as command_line
from api.tokens import confidant
from data.catalogue import LAYERS
from gis import policy, tokens
from gis.access import Look
from gis.errors import BadRequest, Forbidden, Unauthorised
from gis.record import NOWHERE
from tests.api.server import serving
from tests.city import City
from tests.registers import Cities, Operated

NAME = "Сериков Асан"


@dataclass(frozen=True)
class House:
    """A city that knows one person, a client of its server, and the secret of each role."""

    city: City
    client: httpx2.Client
    secrets: dict[str, str]

    def get(self, role: str | None = "auditor", /, **parameters: Any) -> httpx2.Response:
        """Ask for the access log in a role."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.secrets[role]}"}
        return self.client.get("/access-log", params=parameters, headers=headers)

    def looks(self, **parameters: Any) -> list[dict[str, Any]]:
        """Return looks as the auditor gets them."""
        answer = self.get(**parameters)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["looks"]
        return found


def look(city: City, actor: str, subject: str, role: str = "notary") -> None:
    """Look at persons."""
    with city.register.confiding(Look(actor=actor, role=role, reason="sale", subject=subject)) as connection:
        assert connection.execute("SELECT name FROM personal.party").fetchall() == [(NAME,)]


@pytest.fixture(scope="module")
def house(fresh_city: Callable[[str], City]) -> Iterator[House]:
    """The house, in which two people have looked."""
    city = fresh_city("helsinki")
    city.put("personal.party", NOWHERE, party_type="naturalPerson", name=NAME)
    with city.register.writing() as connection:
        secrets = {role: tokens.create(connection, f"the {role}", role) for role in policy.roles(LAYERS)}
    look(city, "N. Notary", "real_estate.unit 1")
    look(city, "B. Bank", "real_estate.unit 2", "bank")
    look(city, "N. Notary", "real_estate.unit 12")
    with (
        serving(city.register) as server,
        httpx2.Client(base_url=server.address, timeout=30.0) as client,
    ):
        yield House(city, client, secrets)


def test_auditors_read_the_log_and_nobody_else(house: House) -> None:
    """Everybody else is told whose role it takes; without a token, that one is needed."""
    answers = {role: house.get(role).status_code for role in house.secrets}
    assert {role for role, status in answers.items() if status == 200} == {"auditor"}
    assert set(answers.values()) == {200, 403}
    assert house.get(None).status_code == 401


def test_a_look_is_told_whole(house: House) -> None:
    """Who, in which role, at what, why and when; no cache keeps it."""
    answer = house.get(limit=1)
    first = answer.json()["looks"][0]
    assert {name: first[name] for name in ("actor", "role", "reason", "subject")} == {
        "actor": "N. Notary",
        "role": "notary",
        "reason": "sale",
        "subject": "real_estate.unit 1",
    }
    assert first["at"] > "2026-01-01"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_log_is_asked_by_who_and_by_what(house: House) -> None:
    """Filters narrow it, together if there are several."""

    def numbers(**parameters: Any) -> list[str]:
        return [one["subject"] for one in house.looks(**parameters)]

    assert numbers(actor="N. Notary") == ["real_estate.unit 1", "real_estate.unit 12"]
    assert numbers(subject="real_estate.unit 1") == ["real_estate.unit 1"]
    assert numbers(subject="real_estate.unit 1*") == ["real_estate.unit 1", "real_estate.unit 12"]
    assert numbers(actor="N. Notary", role="bank") == []
    assert numbers(role="bank") == ["real_estate.unit 2"]
    assert numbers(until="2026-01-01") == []
    assert numbers(since="2999-01-01") == []
    middle = house.looks(role="bank")[0]["at"]
    assert numbers(actor="N. Notary", since=middle) == ["real_estate.unit 12"]
    assert numbers(actor="N. Notary", until=middle) == ["real_estate.unit 1"]


def test_pages_neither_repeat_nor_miss(house: House) -> None:
    """Each page begins where the last ended, though every question adds a look."""
    seen: list[int] = []
    after = 0
    for _ in range(100):
        answer = house.get(limit=2, after=after, role="notary").json()
        assert len(answer["looks"]) <= 2
        seen += [one["number"] for one in answer["looks"]]
        if answer["next_after"] is None:
            break
        after = answer["next_after"]
    assert seen == sorted(set(seen))
    assert seen == [one["number"] for one in house.looks(role="notary")]


def test_reading_the_log_is_logged(house: House) -> None:
    """Who watches is watched, with the reason given."""
    house.get(reason="complaint 7")
    last = house.looks(subject="qala.access")[-2]
    assert (last["actor"], last["role"], last["reason"]) == ("the auditor", "auditor", "complaint 7")


@pytest.mark.parametrize(
    "parameters",
    [{"limit": 0}, {"limit": 10_001}, {"after": -1}, {"since": "yesterday"}, {"until": "2026-13-01"}, {"who": "x"}],
    ids=str,
)
def test_what_can_not_be_asked(house: House, parameters: dict[str, Any]) -> None:
    """It is refused, and nothing is logged for it."""
    before = len(house.looks())
    assert house.get(**parameters).status_code == 400
    assert len(house.looks()) == before + 1


def test_nothing_that_is_asked_breaks_it(house: House) -> None:
    """Characters that no text of the database holds match nothing."""
    assert house.looks(actor="\x00", subject="\x00*", reason="\x00\n\x1b") == []


def asked(city: City, secret: str | None, query: str) -> Request:
    """Return a request as the application sees it."""
    headers = [] if secret is None else [(b"authorization", f"Bearer {secret}".encode())]
    scope = {"type": "http", "headers": headers, "query_string": query.encode(), "app": create_app(city.register)}
    return Request(scope)


def test_confidants_see_a_unit_for_a_reason(house: House) -> None:
    """Each confidant's role, and no other; the look is logged under the token's name."""
    able = set()
    for role, secret in house.secrets.items():
        try:
            with confidant(asked(house.city, secret, "reason=%D1%81%D0%B4")).at_unit("91001001001") as connection:
                assert connection.execute("SELECT name FROM personal.party").fetchall() == [(NAME,)]
                able.add(role)
        except Forbidden:
            pass
    assert able == {"registrar", "registrar.real_estate", "notary", "bank", "auditor"}
    found = house.looks(subject="real_estate.unit 91001001001")
    assert {(one["actor"], one["role"]) for one in found} == {(f"the {role}", role) for role in able}
    assert {one["reason"] for one in found} == {"сд"}


def test_a_notary_and_a_bank_look_nobody_up(house: House) -> None:
    """They name a unit; a registrar or an auditor may ask for a person."""
    for role, secret in house.secrets.items():
        if role not in {"registrar", "registrar.real_estate", "notary", "bank", "auditor"}:
            continue
        trusted = confidant(asked(house.city, secret, "reason=r"))
        if role in {"notary", "bank"}:
            with pytest.raises(Forbidden), trusted.at_persons("personal.party 1"):
                pytest.fail("somebody was looked up")
        else:
            with trusted.at_persons("personal.party 1") as connection:
                assert connection.execute("SELECT name FROM personal.party").fetchall() == [(NAME,)]
    found = house.looks(subject="personal.party 1")
    assert {one["role"] for one in found} == {"registrar", "registrar.real_estate", "auditor"}


@pytest.mark.parametrize("query", ["", "reason=", "reason=%20%09", "reason=%00", "reason=" + "x" * 501])
def test_no_look_without_a_reason(house: House, query: str) -> None:
    """A missing, an empty, an unprintable and an endless reason are refused before anything is logged."""
    before = len(house.looks())
    with pytest.raises(BadRequest):
        confidant(asked(house.city, house.secrets["auditor"], query))
    assert len(house.looks()) == before + 1


def test_no_look_without_a_token(house: House) -> None:
    """Nobody in particular sees nobody."""
    with pytest.raises(Unauthorised):
        confidant(asked(house.city, None, "reason=r"))


def test_the_public_hears_of_acts_but_not_of_persons_rows(house: House) -> None:
    """A changeset that wrote persons lists neither their rows nor their layer; who performed it is not told."""
    answer = house.client.get("/changesets/1").json()
    assert answer["changes"] == []
    assert answer["layers"] == []
    listed = house.client.get("/changesets").json()["changesets"]
    assert all(one["layers"] == [] and "actor" not in one for one in listed)
    for path in ("", "/items", "/items/1", "/items/1/versions", "/changes"):
        found = house.client.get(f"/ogc/collections/personal.party{path}")
        assert found.status_code == 404, path
        assert NAME not in found.text


@pytest.fixture(scope="module")
def operated(fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A city of an operator's own."""
    with fresh_city.operated(tmp_path_factory.mktemp("city")) as opened:
        yield opened


def test_the_operator_lists_the_log(operated: Operated) -> None:
    """For people and for programs; his own look is the last."""
    city, operator = operated.city, operated.environment
    city.put("personal.party", NOWHERE, party_type="naturalPerson", name=NAME)
    look(city, "N. Notary", "real_estate.unit 1")
    city.register.close()
    shown = CliRunner().invoke(command_line, ["access", "list"], env=operator)
    told = CliRunner().invoke(command_line, ["access", "list", "--json", "--subject", "qala.*"], env=operator)
    wrong = CliRunner().invoke(command_line, ["access", "list", "--since", "soon"], env=operator)
    assert "N. Notary" in shown.output
    assert [one["reason"] for one in json.loads(told.stdout)] == ["qala access list"] * 2
    assert wrong.exit_code == 2


def test_the_operator_gives_tokens_of_roles_that_exist(operated: Operated) -> None:
    """A role of one cadastre is given; a mistyped one is refused with the list."""
    operator = operated.environment
    given = CliRunner().invoke(
        command_line, ["token", "create", "--role", "registrar.land", "--name", "A"], env=operator
    )
    wrong = CliRunner().invoke(
        command_line, ["token", "create", "--role", "registrar.lnd", "--name", "A"], env=operator
    )
    assert given.exit_code == 0, given.output
    assert wrong.exit_code == 2
    assert "registrar.environment" in " ".join(wrong.stderr.split())
