"""What strange feeds bring: moments, numbers and texts that nobody means; batches refused whole; pages of answers."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.cli.live import load
from api.urban_planning.live_bodies import MOST_ROWS
from data.loaders.source import BadFile
from gis import tokens
from tests.api.server import serving
from tests.api.test_live import LIVE, REPORTS, furnished, place
from tests.city import City

AT = "2026-11-23T09:00:00Z"


@dataclass(frozen=True)
class Feeds:
    """A quarter, and whoever feeds and reads what is told of it."""

    ids: Mapping[str, int]
    operator: httpx2.Client
    field: httpx2.Client
    anybody: httpx2.Client

    def sent(self, path: str, text: str, media_type: str = "application/json") -> httpx2.Response:
        """Send a body as it stands."""
        return self.operator.post(f"{LIVE}/{path}", content=text.encode(), headers={"Content-Type": media_type})

    def row(self, **said: Any) -> dict[str, Any]:
        """Return a row about the one segment."""
        return {"segment": self.ids["segment"], "direction": "forward", "speed": 20, "from": AT, **said}

    def refused(self, path: str, name: str, row: Mapping[str, Any]) -> Any:
        """Send one row that won't do; return what is said of it."""
        answer = self.operator.post(f"{LIVE}/{path}", json={name: [row]})
        assert answer.status_code == 422, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        told = answer.json()
        assert (told["code"], told["status"], told["read"], told["refused"]) == ("batch-refused", 422, 1, 1)
        return told["refusals"][0]["code"]


@pytest.fixture(scope="module")
def feeds(fresh_city: Callable[[str], City]) -> Iterator[Feeds]:
    """The quarter, with a second lift, served."""
    city = fresh_city("helsinki")
    ids = furnished(city)
    ids["second lift"] = city.put("urban_planning.lift", place(20, 0), status="working")
    with city.register.writing() as connection:
        secrets = [tokens.create(connection, f"the {role}", role) for role in ("operator", "field")]
    headers = [{"Authorization": f"Bearer {secret}"} for secret in secrets]
    with serving(city.register) as server, ExitStack() as stack:
        clients = [httpx2.Client(base_url=server.address, timeout=60.0, headers=told) for told in (*headers, {})]
        yield Feeds(ids, *(stack.enter_context(client) for client in clients))


@pytest.mark.parametrize(
    "moments",
    [
        {"from": "0001-01-01T00:00:00+05:00"},
        {"from": "0001-01-01T00:00:00"},
        {"from": "9999-12-31T23:59:59-05:00"},
        {"to": "9999-12-31T23:59:59-05:00"},
        {"to": "0001-01-01T00:00:00"},
    ],
)
def test_rows_of_no_year_are_refused(feeds: Feeds, moments: Mapping[str, str]) -> None:
    """At the ends of the calendar no zone's clock can be read; the row is refused, whatever its offset."""
    assert feeds.refused("speeds", "speeds", feeds.row(**moments)) == "time-far"


@pytest.mark.parametrize("name", ["since", "until"])
def test_states_of_no_year_are_refused(feeds: Feeds, name: str) -> None:
    """As rows of speeds are."""
    row = {"object": feeds.ids["lift"], "status": "working", name: "0001-01-01T00:00:00+05:00"}
    assert feeds.refused("statuses", "statuses", row) == "time-far"


def test_states_and_numbers_of_another_kind_are_refused(feeds: Feeds) -> None:
    """A list is no state; a number of 400 digits is no speed."""
    row = {"object": feeds.ids["lift"], "status": ["working"]}
    assert feeds.refused("statuses", "statuses", row) == "status"
    assert feeds.refused("speeds", "speeds", feeds.row(speed=10**400)) == "speed-no-number"
    course = {"segment": feeds.ids["segment"], "direction": "forward", "days": "workday", "speeds": [10**400] * 96}
    assert feeds.refused("daily-speeds", "speeds", course) == "speed-no-number"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_usual_speeds_of_no_day_are_refused(feeds: Feeds, day: str) -> None:
    """Their day keeps the bounds of every legal day."""
    course = {"segment": feeds.ids["segment"], "direction": "forward", "days": "workday", "speeds": [10] * 96}
    answer = feeds.operator.post(f"{LIVE}/daily-speeds", json={"speeds": [course], "valid_from": day})
    assert (answer.status_code, answer.json()["field"]) == (400, "valid_from"), answer.text


def test_half_a_character_hides_nothing_that_was_recorded(feeds: Feeds) -> None:
    """A row with half of a character is refused; the answer about the other, which is recorded, comes through."""
    rows = [feeds.row(speed=21), feeds.row(direction="@")]
    text = str(rows).replace("'", '"').replace("@", "\\ud800")
    answer = feeds.sent("speeds", f'{{"speeds": {text}}}')
    assert answer.status_code == 201, answer.text
    assert answer.json()["refusals"][0]["value"] == "?"
    told = feeds.anybody.get(f"{LIVE}/speeds", params={"segment": feeds.ids["segment"], "datetime": AT}).json()
    assert [(each["speed"], each["changeset"]) for each in told["speeds"]] == [(21, answer.json()["changeset"])]


def test_csv_that_is_none_is_refused(feeds: Feeds) -> None:
    """Cells of any length are told to be too long, in the header and in the rows; so are too many rows."""
    head, row = "segment,direction,speed,from", f"{feeds.ids['segment']},forward,1,{AT}"
    for text in (f"{head}\n{row.replace('1,', '1' * 200_000 + ',')}\n", f"{head},{'x' * 200_000}\n{row},\n"):
        answer = feeds.sent("speeds", text, "text/csv")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-file"), answer.text
    many = feeds.sent("speeds", f"{head}\n" + f"{row}\n" * (MOST_ROWS + 1), "text/csv")
    assert (many.status_code, many.json()["most"]) == (400, MOST_ROWS), many.text


@pytest.mark.parametrize("path", ["speeds", "statuses", "closures"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:30:00Z", "0001-01-01"])
def test_moments_of_no_year_are_refused(feeds: Feeds, path: str, moment: str) -> None:
    """The parameter is named, and between which years it must lie."""
    answer = feeds.anybody.get(f"{LIVE}/{path}", params={"datetime": moment})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "datetime"), answer.text
    assert "2999" in answer.json()["detail"]


def test_speeds_of_several_segments(feeds: Feeds) -> None:
    """A segment may be named more than once; one that no segment can be is refused."""
    feeds.operator.post(f"{LIVE}/speeds", json={"speeds": [feeds.row(**{"from": "2026-11-23T10:00:00Z"})]})
    asked: dict[str, Any] = {"segment": [feeds.ids["segment"], 1], "datetime": "2026-11-23T10:05:00Z"}
    answer = feeds.anybody.get(f"{LIVE}/speeds", params=asked)
    assert [each["segment"] for each in answer.json()["speeds"]] == [feeds.ids["segment"]], answer.text
    assert feeds.anybody.get(f"{LIVE}/speeds", params={"segment": "9" * 30}).status_code == 400


def test_states_come_in_pages(feeds: Feeds) -> None:
    """Lifts and ramps by their ids, each once, whatever the length of a page."""
    whole = feeds.anybody.get(f"{LIVE}/statuses").json()
    assert {each["id"] for each in whole["statuses"]} == {feeds.ids[one] for one in ("lift", "second lift", "ramp")}
    found: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = feeds.anybody.get(f"{LIVE}/statuses", params={"limit": 1, "after": after}).json()
        found += page["statuses"]
        after = page["next_after"]
    assert found == whole["statuses"]


def test_closures_tell_their_language(feeds: Feeds) -> None:
    """Caches must not hand the Kazakh answer to a Russian."""
    answer = feeds.anybody.get(f"{LIVE}/closures", headers={"Accept-Language": "kk"})
    assert answer.headers["Content-Language"] == "kk"
    assert "Accept-Language" in answer.headers["Vary"].split(", ")


def test_reports_with_numbers_beyond_all_measure_are_refused(feeds: Feeds) -> None:
    """A height or a coordinate of 400 digits is told to be none."""
    kerb = {"layer": "urban_planning.kerb", "id": feeds.ids["kerb"], "attributes": {"height": 10**400}}
    answer = feeds.field.post(f"{REPORTS}/attributes", json=kerb)
    assert (answer.status_code, answer.json()["field"]) == (400, "height"), answer.text
    there = {"type": "Point", "coordinates": [10**400, 60]}
    answer = feeds.field.post(f"{REPORTS}/obstacles", json={"geometry": there, "blocks": ["foot"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-geometry"), answer.text


@pytest.mark.parametrize("spoil", [lambda told: told[:-9], lambda told: told[:12] + b"\xff" * 20 + told[32:]])
def test_a_broken_archive_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    """By its name: cut off, or with bytes overwritten."""
    file = tmp_path / "speeds.csv.gz"
    file.write_bytes(spoil(gzip.compress(b"segment,direction,speed,from\n" * 50)))
    with pytest.raises(BadFile, match=r"speeds\.csv\.gz"):
        load(file)
