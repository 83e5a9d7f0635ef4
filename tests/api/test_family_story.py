"""The family's flat: the guide's requests run one after the other, and every register says what it should.

The story is told once, section by section; after each one the passport is asked for and the register's head is noted.
What the register said at any step is then asked again by its recorded time: that is what the second axis is for.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from data.catalogue import LAYERS
from data.city import BuildReport
from gis import tokens
from gis.audit import verify
from gis.database import connect
from tests.api.guide import Shell, pdf_text, sections
from tests.api.server import serving
from tests.city import City

GUIDE: Final = Path(__file__).parents[2] / "docs" / "family.md"
ROLES: Final = {
    "LAND": "registrar.land",
    "CLERK": "registrar.address",
    "RIGHTS": "registrar.real_estate",
    "NOTARY": "notary",
}
FLAT: Final = "91-001-003-133:1/А:1"
PEOPLE: Final = {
    "«Үлгі Құрылыс» ЖШС": "100540999996",
    "Үлгібаев Үлгі": "830412399993",
    "Үлгібаева Мысал": "861003499994",
    "Сынақова Үлгі": "490217499997",
    "Сынақова Мысал": "710725499997",
    "Сынақова Мысалгүл": "740108499998",
    "«Үлгі Банк» АҚ": "040940999997",
}
NUMBERED, REGISTERED, SOLD, SPLIT, RENAMED, INHERITED, DISCHARGED, CORRECTED = range(1, 9)
"""Sections of the guide."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("curl") is None and os.environ.get("CI") != "true", reason="the guide's examples use curl"
    ),
]


@dataclass
class Told:
    """The story as it was told.

    Attributes:
        printed: what the examples printed, by section.
        recorded: the register's head after each section.
        seen: the public passport of the flat after each section, as of its last legal day.
    """

    city: City
    client: httpx2.Client
    secrets: Mapping[str, str]
    printed: dict[int, str] = field(default_factory=dict)
    recorded: dict[int, str] = field(default_factory=dict)
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def get(self, what: str, day: str | None = None, step: int | None = None, **parameters: str) -> httpx2.Response:
        """Ask about the flat on a legal day, as the register knew it after a section; of now by default."""
        asked = {"datetime": day, "recorded-at": step and self.recorded[step], **parameters}
        given = {name: str(value) for name, value in asked.items() if value is not None}
        headers = {"Authorization": f"Bearer {self.secrets['NOTARY']}"} if "reason" in given else {}
        return self.client.get(f"/real-estate/units/{FLAT}/{what}", params=given, headers=headers)

    def passport(self, day: str, step: int | None = None) -> dict[str, Any]:
        """Return the public passport."""
        return _content(self.get("passport", day, step, f="json"))

    def holders(self, day: str, step: int | None = None) -> dict[str, str | None]:
        """Return who holds the flat by which share, as the notary sees it; spouses as one."""
        full = self.get("passport", day, step, f="json", disclosure="full", reason="inheritance file 7")
        rights = [right for right in _content(full)["rights"] if right["attributes"]["kind"] == "ownership"]
        return {_called(right["holders"][0]): right["share"] for right in rights}

    def kinds(self, day: str, step: int | None = None) -> list[str]:
        """Return the kinds of what is registered on the flat."""
        return [right["attributes"]["kind"] for right in self.passport(day, step)["rights"]]

    def address(self, day: str, language: str, step: int | None = None) -> str:
        """Return the flat's address."""
        flat = next(piece for piece in self.passport(day, step)["objects"] if piece["kind"] == "premises")
        return str(flat["addresses"][0]["text"][language])

    def pdf(self, day: str, step: int | None = None, **parameters: str) -> str:
        """Return the text of the passport as it is printed."""
        answer = self.get("passport", day, step, f="pdf", **parameters)
        assert answer.status_code == 200, answer.text
        return pdf_text(answer.content)

    def story(self, order: str = "legal", step: int | None = None, **parameters: str) -> list[dict[str, Any]]:
        """Return the entries of the flat's story."""
        told: list[dict[str, Any]] = _content(self.get("story", None, step, order=order, **parameters))["entries"]
        return told


def _content(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _called(party: Mapping[str, Any]) -> str:
    members = [str(member["name"]) for member in party.get("members", ())]
    return " + ".join(sorted(members)) or str(party["name"])


@pytest.fixture(scope="module")
def told(
    built_city: Callable[[str], tuple[City, BuildReport]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The demo city after the whole story, and what was seen on the way."""
    city, _ = built_city("demo")
    with city.register.writing() as connection:
        secrets = {name: tokens.create(connection, name, role) for name, role in ROLES.items()}
    with (
        serving(city.register) as server,
        httpx2.Client(base_url=server.address, timeout=60.0) as client,
        Shell.opened(tmp_path_factory.mktemp("story"), BASE=server.address, **secrets) as shell,
    ):
        told = Told(city, client, secrets)
        for i, examples in enumerate(sections(GUIDE)):
            told.printed[i] = shell.run(examples)
            if i:
                told.seen[i] = _content(told.get("passport", f="json"))
                told.recorded[i] = told.seen[i]["as_of"]["recorded"]
        names = ("RKA", "HOUSE", "INHERITED", "ERRED")
        told.ids = dict(zip(names, shell.run("\n".join(f'echo "${n}"' for n in names)).split("\n"), strict=False))
        yield told


def test_every_section_ran_and_refusals_say_why(told: Told) -> None:
    """All nine sections ran; the one sale of too much and the one without consent were refused with their reasons."""
    assert sorted(told.printed) == list(range(10))
    assert "Nobody can transfer a greater share than he holds" in told.printed[SOLD]
    assert "only with the pledgee's consent" in told.printed[INHERITED]
    assert told.printed[CORRECTED] == "Сынақова Мысал\nСынақова Мысалгүл\n"
    assert '"issued_here":true' in told.printed[9]
    assert len(told.ids["RKA"]) == 16


def test_passport_of_a_numbered_flat(told: Told) -> None:
    """The flat has its number, floor plan, area and address from its first day, and nobody's right yet."""
    passport = told.passport("2020-01-10", NUMBERED)
    assert passport["subject"]["spelled"] == FLAT
    assert passport["rights"] == []
    assert told.address("2020-01-10", "kk") == "Хельсинки, Алвар Аалто көшесі, 5, 12-пәтер"
    assert told.seen[NUMBERED]["floor_plans"]
    before = told.get("passport", "2020-01-08", f="json")
    assert before.status_code == 410


def test_purchase_with_a_mortgage(told: Told) -> None:
    """The day before it is the builder's; then two thirds are the family's, one the grandmother's, all pledged."""
    assert told.holders("2020-03-15") == {"«Үлгі Құрылыс» ЖШС": "1/1"}
    assert told.kinds("2020-03-15") == ["ownership"]
    assert told.holders("2020-03-16") == {"Үлгібаев Үлгі + Үлгібаева Мысал": "2/3", "Сынақова Үлгі": "1/3"}
    assert told.kinds("2020-03-16") == ["ownership", "ownership", "pledge"]
    pledge = told.passport("2020-03-16")["rights"][-1]
    assert (pledge["attributes"]["rank"], pledge["source"]["number"]) == (1, "F-15")
    holdings = {right["attributes"]["holding"] for right in told.passport("2020-03-16")["rights"][:2]}
    assert holdings == {"family", "shared"}


def test_purchase_was_not_known_before_it_was_recorded(told: Told) -> None:
    """Of the day after the sale the register of the section before still says: the builder's, not pledged."""
    assert told.holders("2020-03-17", REGISTERED) == {"«Үлгі Құрылыс» ЖШС": "1/1"}
    assert told.kinds("2020-03-17", REGISTERED) == ["ownership"]


def test_split_of_the_ground(told: Told) -> None:
    """Both parts have the builder's unit; house and flat are numbered after the part below; the flat's rights stay."""
    assert told.ids["HOUSE"].endswith(":1/А")
    assert not told.ids["HOUSE"].startswith("91001003133")
    for day, number in (("2021-05-16", "91001003133:1/А"), ("2021-05-17", told.ids["HOUSE"])):
        flat = next(piece for piece in told.passport(day)["objects"] if piece["kind"] == "premises")
        assert flat["number"] == f"{number}:1"
        assert told.passport(day)["units"][0]["number"] == f"{number}:1"
    assert told.kinds("2021-05-17") == ["ownership", "ownership", "pledge"]
    for part in _children(told):
        found = told.client.get(f"/real-estate/units/{part}/passport", params={"f": "json"}).json()
        assert [right["share"] for right in found["rights"]] == ["1/1"]
        assert found["rights"][0]["attributes"]["kind"] == "ownership"
    gone = told.client.get("/real-estate/units/91-001-003-133/passport", params={"f": "json"})
    assert gone.status_code == 410


def _children(told: Told) -> list[str]:
    parent = told.client.get("/land/parcels/91-001-003-133", params={"datetime": "2021-01-01"}).json()
    children = [str(child["spelled"]) for child in parent["lineage"]["children"]]
    assert len(children) == 2
    return children


def test_split_was_not_known_before_it_was_recorded(told: Told) -> None:
    """Asked after the sale about a day after the split, the register gives the old number."""
    then = told.passport("2021-06-01", SOLD)
    assert {piece["number"] for piece in then["objects"] if piece["kind"] == "premises"} == {"91001003133:1/А:1"}
    assert told.address("2022-05-01", "ru", SPLIT) == "Хельсинки, улица Алвара Аалто, 5, кв. 12"


def test_renamed_street(told: Told) -> None:
    """The address says the name of its day in each language; its code stays, and the old name still finds it."""
    assert told.address("2022-04-03", "ru") == "Хельсинки, улица Алвара Аалто, 5, кв. 12"
    assert told.address("2022-04-04", "ru") == "Хельсинки, улица Мира, 5, кв. 12"
    assert told.address("2022-04-04", "kk") == "Хельсинки, Бейбітшілік көшесі, 5, 12-пәтер"
    for asked in ("алвар аалто көшесі 5", "улица Алвара Аалто 5", "ул. Мира 5", "Rauhantie 5"):
        found = told.client.get("/address/search", params={"q": asked, "limit": "1"}).json()["features"]
        assert [each["properties"]["rka"] for each in found] == [told.ids["RKA"]], asked


def test_heir_takes_a_third(told: Told) -> None:
    """The third goes to whom the register was told, under the pledge as before; the family's share stays."""
    assert told.holders("2023-07-09", INHERITED)["Сынақова Үлгі"] == "1/3"
    family = {"Үлгібаев Үлгі + Үлгібаева Мысал": "2/3"}
    assert told.holders("2023-07-10", INHERITED) == family | {"Сынақова Мысалгүл": "1/3"}
    assert told.kinds("2023-07-10", INHERITED) == ["ownership", "ownership", "pledge"]


def test_discharged_pledge(told: Told) -> None:
    """The pledge stands to the day before the discharge, and always did for whoever asked before it was recorded."""
    assert told.kinds("2024-02-11") == ["ownership", "ownership", "pledge"]
    assert told.kinds("2024-02-12") == ["ownership", "ownership"]
    assert told.kinds("2024-02-12", INHERITED) == ["ownership", "ownership", "pledge"]
    assert told.get("absence", "2024-02-12", of="encumbrances", f="json").status_code == 200
    refused = told.get("absence", "2024-02-11", of="encumbrances", f="json")
    assert (refused.status_code, refused.json()["registered"]) == (409, ["pledge"])


def test_corrected_error(told: Told) -> None:
    """The right heir holds the third from the inheritance on; before the correction the register said otherwise."""
    assert told.holders("2023-07-10")["Сынақова Мысал"] == "1/3"
    assert "Сынақова Мысалгүл" not in told.holders("2023-07-10")
    assert "Сынақова Мысалгүл" in told.holders("2023-07-10", DISCHARGED)
    assert "Сынақова Мысал" not in told.holders("2023-07-10", DISCHARGED)
    right = next(r for r in told.passport("2024-08-01")["rights"] if r["id"] == int(told.ids["INHERITED"]))
    assert right["attributes"]["corrects"] == int(told.ids["ERRED"])
    assert right["changed_by"]["number"] == "F-21"


@pytest.mark.parametrize("step", range(NUMBERED, CORRECTED + 1))
def test_what_was_seen_is_seen_again(told: Told, step: int) -> None:
    """Asked by both times of a passport seen on the way, the register gives the same content after all that came."""
    seen = told.seen[step]
    again = told.get("passport", seen["as_of"]["valid"], step, f="json")
    assert _content(again) == seen


def test_story_in_both_orders(told: Told) -> None:
    """By law the correction stands with the inheritance, in the book at the end; each tells its source."""
    legal = [entry["source"]["number"] for entry in told.story() if entry["source"]["number"].startswith("F-")]
    book = [entry["source"]["number"] for entry in told.story("recorded")]
    book = [number for number in book if number.startswith("F-")]
    assert set(legal) == set(book) >= {"F-3", "F-11", "F-14", "F-15", "F-16", "F-17", "F-19", "F-20", "F-21"}
    assert book[-2:] == ["F-20", "F-21"]
    assert legal[-2:] == ["F-21", "F-20"]
    corrected = next(entry for entry in told.story() if entry["source"]["number"] == "F-21")
    assert corrected["correction"]
    assert "2023-07-10" in corrected["text"]["en"]


def test_story_names_people_only_in_full(told: Told) -> None:
    """Publicly nobody is named, neither in passport nor story nor PDF; in full the buyers and the bank are."""
    secrets = {*PEOPLE, *PEOPLE.values()}
    public = [told.get(what, f="json").text for what in ("passport", "extract", "story")]
    public.append(told.pdf("2023-08-01", lang="kk"))
    assert not [secret for secret in secrets for text in public if secret in text]
    full = told.get("story", disclosure="full", reason="inheritance file 7").text
    assert all(name in full for name in PEOPLE)


BUILDER: Final = {"«Үлгі Құрылыс» ЖШС": "1/1"}
SPOUSES: Final = {"Үлгібаев Үлгі + Үлгібаева Мысал": "2/3"}


@dataclass(frozen=True)
class Stage:
    """What is so in law from the day of an act on, as the register knew it after the act's section."""

    step: int
    day: str
    act: str
    holders: Mapping[str, str]
    pledged: bool
    street: str


STAGES: Final = (
    Stage(REGISTERED, "2020-02-03", "F-11", BUILDER, False, "Алвар Аалто көшесі"),
    Stage(SOLD, "2020-03-16", "F-15", SPOUSES | {"Сынақова Үлгі": "1/3"}, True, "Алвар Аалто көшесі"),
    Stage(SPLIT, "2021-05-17", "F-16", SPOUSES | {"Сынақова Үлгі": "1/3"}, True, "Алвар Аалто көшесі"),
    Stage(RENAMED, "2022-04-04", "F-17", SPOUSES | {"Сынақова Үлгі": "1/3"}, True, "Бейбітшілік көшесі"),
    Stage(INHERITED, "2023-07-10", "F-19", SPOUSES | {"Сынақова Мысалгүл": "1/3"}, True, "Бейбітшілік көшесі"),
    Stage(DISCHARGED, "2024-02-12", "F-20", SPOUSES | {"Сынақова Мысалгүл": "1/3"}, False, "Бейбітшілік көшесі"),
    Stage(CORRECTED, "2024-07-15", "F-21", SPOUSES | {"Сынақова Мысал": "1/3"}, False, "Бейбітшілік көшесі"),
)


@pytest.mark.parametrize("stage", STAGES, ids=[stage.act for stage in STAGES])
def test_passport_at_each_stage(told: Told, stage: Stage) -> None:
    """Content and print, public and in full, say who holds what, whether it is pledged, and where it lies."""
    assert told.holders(stage.day, stage.step) == stage.holders
    assert ("pledge" in told.kinds(stage.day, stage.step)) == stage.pledged
    assert stage.street in told.address(stage.day, "kk", stage.step)
    public = told.pdf(stage.day, stage.step, lang="kk")
    full = told.pdf(stage.day, stage.step, lang="kk", disclosure="full", reason="inheritance file 7")
    names = {name for called in stage.holders for name in called.split(" + ")}
    for printed in (public, full):
        assert stage.street in printed
        assert ("кепіл" in printed.casefold()) == stage.pledged
        assert all(share in printed for share in stage.holders.values())
    assert [name for name in names if name not in full or PEOPLE[name] not in full] == []
    assert [secret for name, number in PEOPLE.items() for secret in (name, number) if secret in public] == []


@pytest.mark.parametrize("stage", STAGES, ids=[stage.act for stage in STAGES])
def test_story_at_each_stage(told: Told, stage: Stage) -> None:
    """The story ends with the stage's act in the book of its moment, and doesn't know it a section earlier."""
    known, before = told.story("recorded", stage.step), told.story("recorded", stage.step - 1)
    assert known[-1]["source"]["number"] == stage.act
    assert stage.act not in {entry["source"]["number"] for entry in before}
    assert stage.act in known[-1]["text"]["kk"]
    begins = known[-1]["valid_from"]
    eve = (date.fromisoformat(begins) - timedelta(days=1)).isoformat()
    told_of = [
        {entry["source"]["number"] for entry in _content(told.get("story", day, stage.step))["entries"]}
        for day in (eve, begins)
    ]
    assert [stage.act in numbers for numbers in told_of] == [False, True]


def test_printed_passport(told: Told) -> None:
    """The PDF says the same as the content: shares, pledge, address of the day, in the asker's language."""
    before, after = told.pdf("2020-03-15", lang="ru"), told.pdf("2020-03-16", lang="ru")
    assert FLAT in before
    assert "залог" not in before.casefold()
    assert "залог" in after.casefold()
    assert "2/3" in after
    assert "улица Алвара Аалто" in after
    assert "Бейбітшілік көшесі" in told.pdf("2022-04-04", lang="kk")
    assert "Peace Street" in told.pdf("2022-04-04", lang="en")


def test_printed_passport_in_full(told: Told) -> None:
    """The notary's copy names the heir that the register knew at the moment he asks about."""
    known, corrected = (
        told.pdf("2023-08-01", step, lang="kk", disclosure="full", reason="inheritance file 7")
        for step in (DISCHARGED, CORRECTED)
    )
    assert "Сынақова Мысалгүл" in known
    assert "740108499998" in known
    assert "Сынақова Мысалгүл" not in corrected
    assert "710725499997" in corrected
    refused = told.client.get(f"/real-estate/units/{FLAT}/passport", params={"disclosure": "full", "f": "json"})
    assert refused.status_code == 401


def test_issued_copy_is_kept(told: Told) -> None:
    """Asked again for the same moments and language the stored file is given, and it is known by its hash."""
    one, other = (told.get("passport", "2022-01-01", RENAMED, f="pdf", lang="kk").content for _ in range(2))
    assert one == other
    checked = told.client.post("/documents/verify", content=one).json()
    assert checked["issued_here"]
    assert not checked["current"]


def test_every_look_is_logged_and_the_register_is_sound(told: Told) -> None:
    """The notary's reads stand in the access log with their reason; the audit finds nothing."""
    with connect(told.city.register.database.owner) as connection:
        before = connection.execute("SELECT count(*) FROM qala.access").fetchone()
        told.holders("2024-08-01")
        looks = connection.execute("SELECT role, reason, subject FROM qala.access ORDER BY access_id").fetchall()
        findings = list(verify(connection, LAYERS.values(), told.city.register.heads))
    assert before is not None
    assert len(looks) == before[0] + 1
    assert looks[-1][:2] == ("notary", "inheritance file 7")
    assert ("registrar.real_estate", "mortgage F-15") in {look[:2] for look in looks}
    assert not [name for _, _, subject in looks for name in PEOPLE.values() if name in subject]
    assert findings == []
