"""Construction and auctions over HTTP: the guides' examples run and do what they say; roles, times, drafts, persons."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gis import tokens
from tests.api.server import serving
from tests.cadastres.land.registrar import Registrar
from tests.cadastres.real_estate.notary import Notary
from tests.cadastres.urban_planning.builder import TERMS, Builder
from tests.city import City

DOCS = Path(__file__).parents[2] / "docs"
NAMES = ("Тестова", "Бірінші", "Екінші")


@contextmanager
def guided(city: City, guide: str, folder: Path) -> Iterator[tuple[subprocess.CompletedProcess[str], httpx2.Client]]:
    """Run a guide's examples; yield what they printed, and a client of the same city without a token."""
    examples = "\n".join(re.findall(r"```sh\n(.*?)```", (DOCS / guide).read_text(encoding="utf-8"), re.DOTALL))
    with city.register.writing() as connection:
        secret = tokens.create(connection, "A. Registrar", "registrar")
    with serving(city.register) as server, httpx2.Client(base_url=server.address, timeout=60.0) as client:
        yield (
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", examples],
                env={**os.environ, "BASE": server.address, "TOKEN": secret},
                cwd=folder, capture_output=True, text=True, check=False, timeout=180,
            ),
            client,
        )  # fmt: skip


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="the guide's examples use curl")


@needs_curl
def test_every_example_of_construction_runs(fresh_city: Callable[[str], City], tmp_path: Path) -> None:
    """From the permit to the flat handed over; progress and funds are what the guide says; nobody is named openly."""
    with guided(fresh_city("helsinki"), "construction.md", tmp_path) as (done, client):
        assert done.returncode == 0, done.stdout + done.stderr
        told = done.stdout
        assert '"planned_percent":12.5,"actual_percent":10.0,"ahead_percent":-2.5,"ahead_days":-10' in told
        assert told.count('"allowed":false') == 1
        assert "urban_planning.equity-contract.premises-sold-once" in told
        assert told.count("Тестова") == 1
        assert "planned 20\u202f000\u202f000, to this day 20\u202f000\u202f000, used 15\u202f000\u202f000" in told
        assert "Left: 9\u202f560\u202f000 tenge." in told
        assert '"building_number":"91001910001:1/А"' in told
        feed = client.get("/feed", params={"limit": 1000}).text
        assert "urban_planning.equity-contract.execute" in feed
        assert not [name for name in NAMES if name in feed]
        units = client.get("/real-estate/units/91-001-910-001:1/А:1/passport", params={"f": "json"})
        assert units.status_code == 200, units.text
        assert "ownership" in units.text


@needs_curl
def test_every_example_of_auctions_runs(fresh_city: Callable[[str], City], tmp_path: Path) -> None:
    """From the lot to the contract; the feed tells every bid and award, and nobody's name."""
    with guided(fresh_city("helsinki"), "auctions.md", tmp_path) as (done, client):
        assert done.returncode == 0, done.stdout + done.stderr
        assert '"lot_number":"91001920001-1"' in done.stdout
        assert "13000000 / 13200000 KZT" in done.stdout
        assert '"next_bid":13200000' in done.stdout
        feed = client.get("/feed", params={"limit": 1000}).text
        assert feed.count('"urban_planning.auction.bid"') == 3
        assert "urban_planning.auction.conclude" in feed
        assert not [name for name in NAMES if name in feed]
        lots = client.get("/ogc/collections/urban_planning.auction_lot/items").json()["features"]
        assert [lot["properties"]["state"] for lot in lots] == ["sold"]
        (auction,) = client.get("/urban-planning/auctions", params={"state": "concluded"}).json()["auctions"]
        assert (auction["winning_bidder"], auction["winning_price"]) == (1, 13_200_000)
        before = client.get(auction["href"], params={"datetime": "2024-02-20T10:00:08+02:00"}).json()
        assert [(bid["bidder_number"], bid["amount"]) for bid in before["bids"]] == [(1, 12_000_000), (2, 12_600_000)]
        assert client.get("/urban-planning/auctions", params={"state": "void"}).json() == {"auctions": []}


class Clerk:
    """A client of one city in several roles, and the builder that prepares it."""

    def __init__(self, builder: Builder, client: httpx2.Client, keys: dict[str, str]) -> None:
        """Keep them."""
        self.builder = builder
        self._client = client
        self._heads = {role: {"Authorization": f"Bearer {key}"} for role, key in keys.items()}

    def act(self, path: str, day: str, role: str = "registrar.urban_planning", **members: Any) -> httpx2.Response:
        """Order an act."""
        source = {"kind": "akimat-decision", "number": f"W-{next(self.builder.serial)}", "acceptance": day}
        body = {"source": source, "reason": "test", **members}
        return self._client.post(f"/urban-planning/{path}", json=body, headers=self._heads[role])

    def get(self, path: str, **query: str) -> httpx2.Response:
        """Read as anybody."""
        return self._client.get(path, params=query)

    def look(self, path: str, role: str, **query: str) -> httpx2.Response:
        """Look at persons."""
        return self._client.post(f"/urban-planning/{path}", params=query, headers=self._heads[role])


@pytest.fixture(scope="module")
def clerk(fresh_city: Callable[[str], City]) -> Iterator[Clerk]:
    """A city with clerks of several roles."""
    city = fresh_city("helsinki")
    Registrar(city).quarter()
    roles = ("registrar", "registrar.urban_planning", "registrar.real_estate", "planner", "auditor", "notary")
    with city.register.writing() as connection:
        keys = {role: tokens.create(connection, f"the {role}", role) for role in roles}
    with serving(city.register) as server, httpx2.Client(base_url=server.address, timeout=60.0) as client:
        yield Clerk(Builder(Notary(city)), client, keys)


def test_a_clerk_of_planning_does_all_but_what_writes_rights(clerk: Clerk) -> None:
    """Everything up to the contract needs the cadastre's own role; the contract registers a right."""
    builder = clerk.builder
    number = builder.said("land.parcel", builder.notary.parcel(), "2018-01-01")["cadastral_number"]
    planned = clerk.act("auction-lots", "2018-01-01", parcel=number, attributes=dict(TERMS))
    assert planned.status_code == 201, planned.text
    lot = planned.json()["features"][0]
    assert planned.headers["Location"].endswith(f"/urban-planning/auction-lots/{lot['id']}")
    times = {"bids_deadline": "2018-03-01T18:00:00+02:00", "held": "2018-03-02T11:00:00+02:00", "place": "x"}
    announced = clerk.act(f"auction-lots/{lot['id']}/announce", "2018-02-01", kind="english", **times)
    assert announced.status_code == 201, announced.text
    auction = announced.json()["features"][0]["id"]
    buyer = builder.notary.person("Құпияева Сыр")
    entered = clerk.act(
        f"auctions/{auction}/participants", "2018-02-10", party=buyer, bidder_number=3, deposit_paid=100_000
    )
    assert entered.status_code == 201, entered.text
    assert set(entered.json()["features"][0]) == {"layer", "id", "href", "etag"}
    bid: dict[str, Any] = {"bidder_number": 3, "amount": 1_000_000, "received": "2018-02-20T12:00:00+02:00"}
    received = clerk.act(f"auctions/{auction}/bids", "2018-02-20", **bid)
    assert received.status_code == 201, received.text
    made = received.json()["features"][0]
    assert str(bid["amount"]) in clerk.get(made["href"]).text, "the answer leads to what it made"
    assert received.headers["Location"].endswith(made["href"])
    assert clerk.act(f"auctions/{auction}/award", "2018-03-02").status_code == 200
    assert clerk.act(f"auctions/{auction}/conclude", "2018-03-10").status_code == 403
    done = clerk.act(f"auctions/{auction}/conclude", "2018-03-10", "registrar")
    assert done.status_code == 201, done.text
    layers = [feature["layer"] for feature in done.json()["features"]]
    assert layers == ["urban_planning.auction", "real_estate.unit", "real_estate.right"]
    for path in (f"auctions/{auction}", f"auction-lots/{lot['id']}", "auctions"):
        told = clerk.get(f"/urban-planning/{path}").text
        assert "Құпияева" not in told
        assert f'"party_id":{buyer}' not in told


def test_who_takes_part_shows_to_whom_it_may(clerk: Clerk) -> None:
    """A registrar and an auditor, with a reason, logged; no other role, not without a reason."""
    auction, _, _ = clerk.builder.auction()
    buyer = clerk.builder.bidder(auction, 1)
    path = f"auctions/{auction}/participants/find"
    seen = clerk.look(path, "auditor", reason="check").json()["participants"]
    assert [(each["bidder_number"], each["party_id"]) for each in seen] == [(1, buyer)]
    assert clerk.look(path, "auditor").status_code == 400
    for role in ("registrar.real_estate", "notary", "planner", "registrar.urban_planning"):
        assert clerk.look(path, role, reason="curious").status_code == 403
    assert clerk.look("auctions/999999/participants/find", "registrar", reason="check").status_code == 404


def test_a_bid_from_the_future_is_refused(clerk: Clerk) -> None:
    """What was not received yet is no bid."""
    auction, _, _ = clerk.builder.auction()
    bid: dict[str, Any] = {"bidder_number": 1, "amount": 1_000_000, "received": "2999-02-20T12:00:00+02:00"}
    assert clerk.act(f"auctions/{auction}/bids", "2018-02-20", **bid).status_code == 400


def test_a_bid_without_a_time_is_received_now(clerk: Clerk) -> None:
    """Bids closed years ago: the rule says so, in the asker's language."""
    auction, _, _ = clerk.builder.auction()
    clerk.builder.bidder(auction, 1)
    answer = clerk.act(f"auctions/{auction}/bids?lang=ru", "2018-02-20", bidder_number=1, amount=1_000_000)
    assert answer.status_code == 422
    assert "зарегистрированный участник" in answer.text


def test_what_the_register_gives_is_not_taken(clerk: Clerk) -> None:
    """State and number are the register's; an unknown step is no route of the act."""
    builder = clerk.builder
    parcel = builder.said("land.parcel", builder.notary.parcel(), "2018-01-01")["cadastral_number"]
    terms = {**TERMS, "state": "sold"}
    assert clerk.act("auction-lots", "2018-01-01", parcel=parcel, attributes=terms).status_code == 400
    construction, _, _ = builder.object()
    said = {"permit_number": "1"}
    assert clerk.act(f"construction/{construction}/change", "2018-02-01", attributes=said).status_code == 400
    assert clerk.act(f"construction/{construction}/steps/accept", "2018-02-01").status_code == 400
    assert clerk.act(f"construction/{construction}/accept", "2018-02-01", geometry={}).status_code in {400, 422}


def test_an_object_reads_on_both_axes(clerk: Clerk) -> None:
    """State by legal time; what was not recorded yet is not known; before its entry it is gone."""
    builder = clerk.builder
    construction, _, _ = builder.object("2018-01-01")
    known = clerk.get(f"/ogc/collections/urban_planning.construction_object/items/{construction}").json()
    builder.step(construction, "permit", "2018-02-01")
    path = f"/urban-planning/construction/{construction}"
    assert clerk.get(path, datetime="2018-01-15").json()["properties"]["state"] == "design"
    assert clerk.get(path).json()["properties"]["state"] == "permit"
    recorded = known["properties"]["begin_lifespan_version"]
    assert clerk.get(path, **{"recorded-at": recorded}).json()["properties"]["state"] == "design"
    assert clerk.get(path, datetime="2017-01-01").status_code == 410
    assert clerk.get("/urban-planning/construction/999999").status_code == 404
    assert clerk.get(path).json()["progress"] is None
    assert clerk.get(f"{path}/funds", f="pdf").status_code == 400
    assert json.loads(clerk.get(f"{path}/funds", f="json").text)["articles"] == []
