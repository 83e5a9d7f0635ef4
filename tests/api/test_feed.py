"""The changes feed over HTTP: a mirror that follows while others write ends up with the register, exactly."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import shapely

from gis import tokens
from gis.database import connect
from gis.record import NOWHERE
from tests.api.server import serving
from tests.cadastres.land.registrar import Registrar, box, line
from tests.city import City, square
from tests.mirror import Mirror, on_record

GUIDE = Path(__file__).parents[2] / "docs" / "mirror.md"
GREEN = "environment.green_area"


@dataclass
class Followed:
    """A served register, and clients by role."""

    city: City
    clients: dict[str, httpx2.Client]

    def get(self, role: str = "nobody", **parameters: Any) -> Any:
        """Ask for a page of the feed."""
        return self.clients[role].get("/feed", params=parameters)


@pytest.fixture(scope="module")
def followed(fresh_city: Callable[[str], City]) -> Iterator[Followed]:
    """An empty register, served."""
    city = fresh_city("helsinki")
    with ExitStack() as stack:
        address = stack.enter_context(serving(city.register)).address
        clients = {"nobody": stack.enter_context(httpx2.Client(base_url=address, timeout=60.0))}
        for role in ("planner", "registrar", "bank", "auditor"):
            with city.register.writing() as connection:
                secret = tokens.create(connection, f"a {role}", role)
            headers = {"Authorization": f"Bearer {secret}"}
            clients[role] = stack.enter_context(httpx2.Client(base_url=address, timeout=60.0, headers=headers))
        yield Followed(city, clients)
        city.register.close()


def _from_ndjson(text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the changesets of a page, and its last line, without which it would be no page."""
    lines = [json.loads(each) for each in text.splitlines()]
    changesets: list[dict[str, Any]] = []
    for each in lines[:-1]:
        if each.pop("type") == "changeset":
            changesets.append({**each, "changes": []})
        else:
            assert each.pop("changeset") == changesets[-1]["number"]
            changesets[-1]["changes"].append(each)
    assert lines[-1].pop("type") == "end"
    return changesets, lines[-1]


def _write(city: City, lane: int) -> None:
    """Do what one office does: green areas that grow and go, a parcel that is split, a person that is named."""
    lawless = City(replace(city.register, rules=(), followers=()), city.profile)
    for turn in range(6):
        column, row = 60 + lane * 10 + turn, 60
        area = shapely.MultiPolygon([square(column, row)])
        green = city.put(GREEN, area, green_area_type="park")
        city.put(GREEN, shapely.MultiPolygon([square(column, row + 1)]), "2021-01-01", green, green_area_type="park")
        lawless.put("personal.party", NOWHERE, party_type="naturalPerson", name=f"Адам {lane}-{turn}")
    lawless.register.close()
    registrar = Registrar(city)
    west = 50.0 * lane
    parcel = registrar.form(box(west, 0, west + 40, 40))
    first, _ = registrar.split(parcel, line((west + 20, -5), (west + 20, 45)))
    registrar.archive(first, "2021-01-01")


def _follow(followed: Followed, mirror: Mirror, done: threading.Event) -> None:
    """Follow the feed, by either form in turn, until the writers are done and nothing is left."""
    turn = 0
    while True:
        over = done.is_set()
        turn += 1
        if turn % 2:
            page = followed.get(after=mirror.number, limit=7, f="ndjson", wait=1)
            changesets, end = _from_ndjson(page.text)
        else:
            end = followed.get(after=mirror.number, limit=5, wait=1).json()
            changesets = end["changesets"]
        mirror.take(changesets)
        assert end["next"] == mirror.number
        if over and mirror.number == end["head"]:
            return


def test_a_mirror_follows_the_writers(followed: Followed) -> None:
    """Four offices write while it reads; afterwards it tells of every recorded instant what the register tells."""
    city, mirror, done = followed.city, Mirror(), threading.Event()
    Registrar(city).quarter()
    offices = [threading.Thread(target=_write, args=(city, lane)) for lane in range(4)]
    failures: list[BaseException] = []

    def follow() -> None:
        try:
            _follow(followed, mirror, done)
        except BaseException as failure:  # noqa: BLE001 - told by the test's own thread
            failures.append(failure)

    follower = threading.Thread(target=follow)
    for thread in (follower, *offices):
        thread.start()
    for office in offices:
        office.join()
    done.set()
    follower.join()
    assert failures == []
    instants = _instants(city)
    assert mirror.number == len(instants) == 1 + 4 * 21
    for instant in instants[::7] + instants[-1:]:
        for layer in city.register.layers.public:
            assert mirror.at(instant, layer) == on_record(city, instant, layer), (instant, layer)
    assert mirror.withheld == 4 * 6
    assert len(mirror.lineage) == 4 * 2


def _instants(city: City) -> list[datetime]:
    with connect(city.register.database.owner) as connection:
        return [row[0] for row in connection.execute("SELECT recorded FROM qala.changeset ORDER BY number")]


def test_both_forms_say_the_same(followed: Followed) -> None:
    """One document or lines: the same changesets, the same end."""
    followed.city.put(GREEN, shapely.MultiPolygon([square(90, 90)]), green_area_type="park")
    whole = followed.get(limit=1000).json()
    changesets, end = _from_ndjson(followed.get(limit=1000, f="ndjson").text)
    assert changesets == whole.pop("changesets")
    assert end == whole


def test_who_is_told_who_acted(followed: Followed) -> None:
    """The auditor can check the chain whole; all others get no actor, but every digest and every link."""
    followed.city.put(GREEN, shapely.MultiPolygon([square(91, 90)]), green_area_type="park")
    for role, attested in {
        "nobody": False,
        "planner": False,
        "bank": False,
        "auditor": True,
        "registrar": False,
    }.items():
        changesets = followed.get(role, limit=1000).json()["changesets"]
        assert all(("line" in c) == ("actor" in c) == attested for c in changesets), role
        Mirror().take(changesets)


def test_persons_for_those_who_may(followed: Followed) -> None:
    """With a reason, which is logged, an auditor gets what is withheld from all others; a bank never does."""
    lawless = City(replace(followed.city.register, rules=(), followers=()), followed.city.profile)
    lawless.put("personal.party", NOWHERE, party_type="naturalPerson", name="Құпия Адам")
    lawless.register.close()
    before = _looks(followed.city)
    for role, status in {"nobody": 401, "planner": 403, "bank": 403}.items():
        refused = followed.get(role, persons="true", reason="to know")
        assert (refused.status_code, "Құпия" in refused.text) == (status, False)
    assert followed.get("auditor", persons="true").status_code == 400
    assert _looks(followed.city) == before
    told = followed.get("auditor", persons="true", reason="inspection", limit=1000)
    assert "Құпия Адам" in told.text
    assert told.headers["cache-control"] == "no-store"
    assert all(changeset["withheld"] == 0 for changeset in told.json()["changesets"])
    Mirror().take(told.json()["changesets"])
    assert _looks(followed.city) > before
    for role in ("nobody", "planner", "bank", "auditor", "registrar"):
        assert "Құпия" not in followed.get(role, limit=1000).text


def _looks(city: City) -> int:
    with connect(city.register.database.owner) as connection:
        row = connection.execute("SELECT count(*) FROM qala.access").fetchone()
    return row[0] if row else 0


def test_beyond_the_head_there_is_nothing_yet(followed: Followed) -> None:
    """An empty page tells where the head is, and sends nobody back."""
    head = followed.get().json()["head"]
    for after in (head, head + 1, 10**15):
        assert followed.get(after=after).json() == {"changesets": [], "head": head, "next": after}


def test_waiting_for_the_next(followed: Followed) -> None:
    """A reader who waits is answered soon after the next act, and after its time in any case."""
    head = followed.get().json()["head"]
    start = time.monotonic()
    assert followed.get(after=head, wait=1).json()["changesets"] == []
    assert 0.9 < time.monotonic() - start < 5
    place = shapely.MultiPolygon([square(92, 90)])
    act = threading.Timer(0.5, lambda: followed.city.put(GREEN, place, green_area_type="park"))
    act.start()
    start = time.monotonic()
    found = followed.get(after=head, wait=20).json()
    act.join()
    assert [c["number"] for c in found["changesets"]] == [head + 1]
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "parameters",
    [
        {"after": "-1"}, {"after": "x"}, {"after": "9" * 30}, {"limit": "0"}, {"limit": "1001"}, {"wait": "31"},
        {"f": "xml"}, {"since": "1"}, {"after": ["1", "2"]}, {"exact": "perhaps"},
    ],
)  # fmt: skip
def test_what_is_refused(followed: Followed, parameters: dict[str, Any]) -> None:
    """Numbers beyond their bounds, unknown forms and parameters, what is given twice."""
    answer = followed.clients["nobody"].get("/feed", params=parameters, headers={"Accept-Language": "ru"})
    assert answer.status_code == 400
    assert answer.headers["content-language"] == "ru"


class _EnoughError(Exception):
    """The guide's mirror has all there is."""


def test_the_guide_s_mirror_follows(followed: Followed) -> None:
    """The few lines of Python in the mirror's guide read the whole feed and check it."""
    examples = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile("\n".join(examples), str(GUIDE), "exec"), names)
    head, applied = followed.get().json()["head"], []

    def apply(changeset: Any) -> None:
        applied.append(changeset["number"])
        if changeset["number"] == head:
            raise _EnoughError

    with pytest.raises(_EnoughError):
        names["follow"](str(followed.clients["nobody"].base_url).rstrip("/"), 0, "00" * 32, apply)
    assert applied == list(range(1, head + 1))
