"""Passports, extracts, stories and issued documents over HTTP: for anybody without names, with them for confidants."""

import asyncio
from collections.abc import Callable, Iterator
from hashlib import sha256
from urllib.parse import quote

import httpx2
import pytest

from api.app import create_app
from api.real_estate.allowance import Allowance, TooMany
from gis import tokens
from gis.database import connect
from gis.record import NOWHERE
from tests.api.server import serving
from tests.cadastres.real_estate.dossier import FLAT, FLAT_1, IIN, OWNER, PARCEL, Dossier, opened
from tests.city import City

UNIT = f"/real-estate/units/{quote(FLAT, safe='')}"
FULL = {"disclosure": "full", "reason": "sale of the flat", "f": "json"}


@pytest.fixture(scope="module")
def estate(fresh_city: Callable[[str], City]) -> Iterator[Dossier]:
    """The estate."""
    dossier = opened(fresh_city("helsinki"))
    yield dossier
    dossier.city.register.close()


@pytest.fixture(scope="module")
def client(estate: Dossier) -> Iterator[httpx2.Client]:
    """Anybody."""
    with serving(estate.city.register) as server, httpx2.Client(base_url=server.address, timeout=60.0) as opened_client:
        yield opened_client


@pytest.fixture(scope="module")
def bearer(estate: Dossier) -> Callable[[str], dict[str, str]]:
    """Make the header of somebody in a role."""

    def header(role: str) -> dict[str, str]:
        with estate.city.register.writing() as connection:
            return {"Authorization": f"Bearer {tokens.create(connection, f'A {role}', role)}"}

    return header


def test_a_passport_is_given_to_anybody_as_pdf(client: httpx2.Client) -> None:
    """Twice the same file, under an entity tag that is its hash."""
    first, again = (client.get(f"{UNIT}/passport?lang=ru") for _ in range(2))
    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "application/pdf"
    assert first.content == again.content
    assert first.headers["etag"] == f'"{sha256(first.content).hexdigest()}"'
    assert first.headers["content-language"] == "ru"


@pytest.mark.parametrize("spelling", [FLAT, "91-001-002-001:1/a:1", "91:001:002:001:1/А:1"])
def test_any_spelling_leads_to_the_unit(client: httpx2.Client, spelling: str) -> None:
    """The slash in it included, escaped or not."""
    for path in (spelling, quote(spelling, safe="")):
        answer = client.get(f"/real-estate/units/{path}/passport?f=json")
        assert answer.json()["subject"]["number"] == FLAT, answer.text


def test_json_by_accept(client: httpx2.Client) -> None:
    """For programs."""
    answer = client.get(f"{UNIT}/extract", headers={"Accept": "application/json"})
    assert answer.json()["rights"][0]["attributes"]["kind"] == "ownership"
    assert OWNER not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/real-estate/units/91-001-002-777/passport", 404),
        ("/real-estate/units/house-on-the-hill/passport", 400),
        (f"{UNIT}/passport?datetime=2010-01-01", 410),
        (f"{UNIT}/passport?datetime=yesterday", 400),
        (f"{UNIT}/passport?recorded-at=2000-01-01", 404),
        (f"{UNIT}/passport?recorded-at=2999-01-01", 400),
        (f"{UNIT}/passport?disclosure=all", 400),
        (f"{UNIT}/passport?f=docx", 400),
        (f"{UNIT}/passport?day=2020-01-01", 400),
        (f"{UNIT}/absence", 409),
        (f"{UNIT}/absence?datetime=2016-06-01", 200),
        (f"{UNIT}/absence?of=rights&datetime=2016-06-01", 409),
        (f"/real-estate/units/{PARCEL}/absence?of=rights", 200),
        (f"/real-estate/units/{PARCEL}/extract", 200),
        ("/documents/K7QA-2MXD-93HT-PW6C", 404),
        (f"/documents/{'0' * 64}", 404),
    ],
)
def test_what_can_not_be_given_is_refused(client: httpx2.Client, path: str, status: int) -> None:
    """With a status that tells why."""
    answer = client.get(path)
    assert answer.status_code == status, answer.text


def test_persons_are_shown_to_confidants_with_a_reason(
    client: httpx2.Client, bearer: Callable[[str], dict[str, str]]
) -> None:
    """401 to nobody, 403 to a planner, 400 without reason; a notary sees, and no cache keeps it."""
    assert client.get(f"{UNIT}/passport", params=FULL).status_code == 401
    assert client.get(f"{UNIT}/passport", params=FULL, headers=bearer("planner")).status_code == 403
    notary = bearer("notary")
    assert client.get(f"{UNIT}/passport?disclosure=full", headers=notary).status_code == 400
    for document in ("passport", "extract", "story"):
        answer = client.get(f"{UNIT}/{document}", params=FULL, headers=notary)
        assert OWNER in answer.text, answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_each_look_is_logged(client: httpx2.Client, estate: Dossier, bearer: Callable[[str], dict[str, str]]) -> None:
    """Who, in which role, at which unit, why."""
    client.get(f"{UNIT}/passport", params={**FULL, "reason": "inheritance case 7"}, headers=bearer("registrar"))
    with connect(estate.city.register.database.owner) as connection:
        rows = connection.execute(
            "SELECT role, subject FROM qala.access WHERE reason = 'inheritance case 7'"
        ).fetchall()
    assert rows == [("registrar", f"real_estate.unit {FLAT}")]


def test_a_copy_is_verified_by_anybody(client: httpx2.Client) -> None:
    """By its file, its hash, its number; an altered file is told apart."""
    file = client.get(f"{UNIT}/extract?lang=kk").content
    verified = client.post("/documents/verify", content=file, headers={"Content-Type": "application/pdf"}).json()
    assert verified["issued_here"]
    assert (verified["kind"], verified["reproduced"], verified["current"]) == ("extract", True, True)
    for reference in (verified["number"], verified["sha256"]):
        assert client.get(f"/documents/{reference}").json()["sha256"] == sha256(file).hexdigest()
    assert client.get(f"/documents/{verified['number']}/file").content == file
    altered = client.post("/documents/verify", content=file.replace(b"%PDF-1", b"%PDF-2", 1)).json()
    assert not altered["issued_here"]
    assert client.post("/documents/verify").status_code == 400


def test_the_square_code_leads_to_a_page(client: httpx2.Client) -> None:
    """Whoever scans it reads what the document is and whether it still holds, in the asker's language."""
    number = client.post("/documents/verify", content=client.get(f"{UNIT}/passport").content).json()["number"]
    page = client.get(f"/documents/{number.lower()}", headers={"Accept": "text/html", "Accept-Language": "kk"})
    assert page.headers["content-type"].startswith("text/html")
    assert "жария мәліметтері бүгін де сол күйінде" in page.text
    assert number in page.text


def test_a_copy_with_names_is_verified_by_anybody_and_read_by_few(
    client: httpx2.Client, bearer: Callable[[str], dict[str, str]]
) -> None:
    """Its hash and number are public, its file is not."""
    notary = bearer("notary")
    file = client.get(f"{UNIT}/passport", params={**FULL, "f": "pdf"}, headers=notary)
    assert file.headers["content-type"] == "application/pdf"
    verified = client.post("/documents/verify", content=file.content).json()
    assert (verified["disclosure"], verified["current"]) == ("full", True)
    assert OWNER not in str(verified)
    path = f"/documents/{verified['number']}/file"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=bearer("planner")).status_code == 403
    assert client.get(path, params={"reason": "deal"}, headers=notary).content == file.content


def test_a_copy_is_told_to_be_outdated(client: httpx2.Client, estate: Dossier) -> None:
    """Once the register says otherwise; in the asker's language."""
    number = "91-001-002-001:1/А:2"
    file = client.get(f"/real-estate/units/{quote(number)}/passport?lang=ru").content
    second = {**FLAT_1, "premises_number": "91001002001:1/А:2", "designation": "2", "total_area": 63.0}
    estate.write(("flat 2", "real_estate.premises", NOWHERE, second), day="2021-01-01")
    verified = client.post("/documents/verify?lang=ru", content=file).json()
    assert (verified["issued_here"], verified["reproduced"], verified["current"]) == (True, True, False)
    assert "запросите новый" in verified["statement"]


def test_the_story_is_a_page_for_people(client: httpx2.Client) -> None:
    """In each language; JSON for programs."""
    page = client.get(f"{UNIT}/story?lang=kk&f=html")
    assert page.headers["content-type"].startswith("text/html")
    assert "Тіркелді: меншік құқығы, үлесі 1/1" in page.text
    assert OWNER not in page.text
    entries = client.get(f"{UNIT}/story?order=recorded").json()["entries"]
    changesets = [entry["source"]["changeset"] for entry in entries]
    assert changesets == sorted(changesets)


def test_holdings_are_told_to_those_who_may_look_persons_up(
    client: httpx2.Client, estate: Dossier, bearer: Callable[[str], dict[str, str]]
) -> None:
    """By number or id; not to a notary, who must name a unit; every look is logged, the number in none."""
    path, whose = "/real-estate/holdings?reason=claim", {"iin_bin": IIN}
    assert client.post(path, json=whose).status_code == 401
    assert client.post(path, json=whose, headers=bearer("notary")).status_code == 403
    registrar = bearer("registrar")
    found = client.post(path, json=whose, headers=registrar)
    assert [r["attributes"]["kind"] for r in found.json()["parties"][0]["rights"]] == ["ownership"]
    assert found.json()["parties"][0]["units"][0]["number"] == FLAT
    by_id = client.post(path, json={"party": estate.ids["owner"]}, headers=registrar)
    assert by_id.json()["parties"][0]["rights"] == found.json()["parties"][0]["rights"]
    assert client.post(path, json={"iin_bin": "88010130001"}, headers=registrar).status_code == 400
    assert client.post(path, json={"iin_bin": "920524400126"}, headers=registrar).status_code == 404
    mistyped = client.post(path, json={"iin_bin": "880101300011"}, headers=registrar)
    assert (mistyped.status_code, mistyped.json()["code"]) == (400, "invalid-identity-number-check-digit")
    assert "880101300011" not in mistyped.text
    assert client.post(path, json={}, headers=registrar).status_code == 400
    with connect(estate.city.register.database.owner) as connection:
        log = str(connection.execute("SELECT * FROM qala.access").fetchall())
    assert IIN not in log
    assert f"personal.party {estate.ids['owner']}" in log


def test_a_certificate_that_a_party_holds_nothing(
    client: httpx2.Client, estate: Dossier, bearer: Callable[[str], dict[str, str]]
) -> None:
    """PDF for a party without rights, 409 for the owner; the file is read with the right to look persons up."""
    estate.write(("poor", "personal.party", NOWHERE, {"party_type": "nonNaturalPerson", "name": "«Бос» ЖШС"}))
    path, auditor = "/real-estate/holdings/absence?reason=court", bearer("auditor")
    assert client.post(path, json={"party": estate.ids["owner"]}, headers=auditor).status_code == 409
    given = client.post(path, json={"party": estate.ids["poor"]}, headers=auditor)
    assert given.headers["content-type"] == "application/pdf", given.text
    verified = client.post("/documents/verify", content=given.content).json()
    assert (verified["subject"]["number"], verified["current"]) == (None, None)
    file = f"/documents/{verified['number']}/file?reason=court"
    assert client.get(file, headers=bearer("bank")).status_code == 403
    assert client.get(file, headers=auditor).content == given.content


def test_new_documents_are_issued_to_the_nameless_within_bounds(
    estate: Dossier, bearer: Callable[[str], dict[str, str]]
) -> None:
    """Once the allowance is used up: 429 with when to come again; kept copies, JSON and holders of tokens go on."""
    app = create_app(estate.city.register)
    app.state.allowance = Allowance(2, 3600.0)
    days = [f"{UNIT}/extract?lang=kk&datetime=2017-05-{day:02d}" for day in range(1, 5)]
    token, stale = bearer("planner"), {"Authorization": "Bearer nobody"}
    asked = [*days[:3], days[0], f"{days[2]}&f=json", (days[2], token), days[2], (days[3], stale)]

    async def answers() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://register", timeout=60.0) as anybody:
            told = [each if isinstance(each, tuple) else (each, {}) for each in asked]
            return [await anybody.get(path, headers=headers) for path, headers in told]

    given = asyncio.run(answers())
    assert [answer.status_code for answer in given] == [200, 200, 429, 200, 200, 200, 200, 429]
    assert 3000 < int(given[2].headers["retry-after"]) <= 3601
    assert given[2].json()["title"] == "Сұраулар тым көп"


def test_an_allowance_grows_again() -> None:
    """One more after its seconds, never more than at once."""
    now = [0.0]
    allowance = Allowance(2, 6.0, lambda: now[0])

    def taken() -> int:
        count = 0
        while True:
            try:
                allowance.take()
            except TooMany:
                return count
            count += 1

    found = []
    for moment in (0.0, 5.9, 6.1, 1000.0):
        now[0] = moment
        found.append(taken())
    assert found == [2, 0, 1, 2]
