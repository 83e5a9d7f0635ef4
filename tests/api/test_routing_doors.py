"""Long questions wait for their door without a thread, so plain ways are found meanwhile; who hangs up is forgotten."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routing import reach
from api.routing.doors import Busy, Door, Elsewhere, Left, lengthy, staying
from api.routing.work import THREADS, Desk
from routing.nearest import nearest
from tests.api.street_town import StreetTown, built, lonlat, lonlat_text
from tests.city import City


async def _stays() -> bool:
    return False


async def _leaves() -> bool:
    return True


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> StreetTown:
    """A few streets."""
    return built(fresh_city("helsinki"))


@pytest.fixture
def client(town: StreetTown) -> Iterator[TestClient]:
    """A client of an application whose threads are its own."""
    with TestClient(create_app(town.city.register, None, Desk(town.city.register))) as opened:
        yield opened


def test_plain_ways_are_found_while_all_long_work_hangs(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """More long questions than there are threads, none of which ends before a plain way was told; then they all do."""
    told = threading.Event()
    hung: list[bool] = []

    def slow(*given: Any, **more: Any) -> Any:
        hung.append(told.wait(60.0))
        return nearest(*given, **more)

    monkeypatch.setattr(reach, "nearest", slow)
    crews = [{"key": str(east), "place": lonlat(east, 0), "heading": 90.0} for east in (10, 30, 60)]
    asked = {"place": lonlat(80, 0), "crews": crews}
    with ThreadPoolExecutor(THREADS + 8) as many:
        waiting = [many.submit(client.post, "/routing/nearest", json=asked) for _ in range(THREADS + 8)]
        way = client.get("/routing/route", params={"from": lonlat_text(5, 0), "to": lonlat_text(195, 0)})
        assert not any(each.done() for each in waiting)
        told.set()
        codes = [each.result().status_code for each in waiting]
    assert way.status_code == 200
    assert set(codes) <= {200, 503}
    assert 200 in codes
    assert all(hung)


def test_whoever_hangs_up_is_let_out_of_the_queue() -> None:
    """And the next is let in; whoever stays and is patient enough is answered in turn."""

    async def run() -> None:
        door, go = Door(1), threading.Event()
        first = asyncio.ensure_future(door.work(lambda: go.wait(60.0), _stays))
        await asyncio.sleep(0)
        gone = asyncio.ensure_future(door.work(lambda: "never", _leaves))
        last = asyncio.ensure_future(door.work(lambda: "last", _stays))
        with pytest.raises(Left):
            await gone
        assert not last.done()
        go.set()
        assert await first
        assert await last == "last"

    asyncio.run(run())


def test_work_for_whoever_hangs_up_ends_at_its_next_step() -> None:
    """Its place is free again."""

    async def run() -> None:
        door, left = Door(1), False

        async def hung_up() -> bool:
            return left

        begun = threading.Event()

        def steps() -> None:
            begun.set()
            while True:
                staying()
                threading.Event().wait(0.01)

        doing = asyncio.ensure_future(door.work(steps, hung_up))
        assert await asyncio.to_thread(begun.wait, 60.0)
        left = True
        with pytest.raises(Left):
            await doing
        assert await door.work(lambda: "next", _stays) == "next"

    asyncio.run(run())


def test_patience_ends_with_a_refusal_and_long_work_stays_outside_short_doors() -> None:
    """Told when to come again; nobody's place is lost by it."""

    async def run() -> None:
        door, go = Door(1, 0.01), threading.Event()
        first = asyncio.ensure_future(door.work(lambda: go.wait(60.0), _stays))
        await asyncio.sleep(0)
        with pytest.raises(Busy) as refusal:
            await door.work(lambda: None, _stays)
        assert refusal.value.data["retry_after"] > 0
        go.set()
        await first
        assert await door.work(lambda: 1, _stays) == 1
        with pytest.raises(Elsewhere):
            await Door(1, short=True).work(lengthy, _stays)

    asyncio.run(run())


def test_a_map_of_another_day_is_read_behind_its_own_door(client: TestClient) -> None:
    """The plain door sends it there, and the answer is the same as ever."""
    asked = {"from": lonlat_text(5, 0), "to": lonlat_text(195, 0), "datetime": "2021-05-05"}
    answer = client.get("/routing/route", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.json()["datetime"].startswith("2021-05-0")
