"""A server reads the streets as it starts, in the background, and is none the worse where there are none."""

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routing.work import Desk
from routing import router
from routing.shelf import Shelf
from tests.api.street_town import StreetTown, built, lonlat_text
from tests.city import City


@pytest.fixture(scope="module")
def town(fresh_city: Callable[[str], City]) -> StreetTown:
    """A few streets."""
    return built(fresh_city("helsinki"))


@contextmanager
def started(city: City, folder: Path) -> Iterator[tuple[TestClient, Desk]]:
    """Start an application of its own over a register, warmed; what it would have told nobody is an error."""
    register = replace(city.register)
    desk = Desk(register, Shelf(folder))
    with TestClient(create_app(register, None, desk)) as client:
        yield client, desk
    warmed()
    gc.unfreeze()


def warmed() -> None:
    """Wait until all is made."""
    for name in ("streets", "hierarchy"):
        for thread in threading.enumerate():
            if thread.name == name:
                thread.join(60.0)


def refused(*_: Any) -> Any:
    """Stand for a reading of streets for which somebody would wait."""
    raise AssertionError("the streets are read once more")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No thread ends with an error, and nothing is logged as one."""
    failed: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    yield
    assert not failed
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


@pytest.mark.usefixtures("silent")
def test_the_first_asker_waits_for_no_reading(
    town: StreetTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the orders of hierarchies, without turns and with them, are kept for the next start."""
    with started(town.city, tmp_path) as (client, _):
        warmed()
        monkeypatch.setattr(router, "read_graph", refused)
        asked = {"from": lonlat_text(5, 0), "to": lonlat_text(195, 0)}
        for profile in ("foot", "wheelchair-manual"):
            assert client.get("/routing/route", params={**asked, "profile": profile}).status_code == 200
    assert len(list(tmp_path.glob("*.order"))) == 2


@pytest.mark.usefixtures("silent")
def test_a_register_without_streets_is_served_as_ever(empty_city: City, tmp_path: Path) -> None:
    """A question about ways gets its refusal."""
    with started(empty_city, tmp_path) as (client, _):
        warmed()
        assert client.get("/ogc").status_code == 200
        answer = client.get("/routing/route", params={"from": lonlat_text(5, 0), "to": lonlat_text(195, 0)})
        assert (answer.status_code, answer.json()["code"]) == (422, "off-network")
    assert not list(tmp_path.glob("*.order"))


@pytest.mark.usefixtures("silent")
def test_a_server_that_is_stopped_while_it_reads_ends_quietly(town: StreetTown, tmp_path: Path) -> None:
    """Its connections are closed meanwhile."""
    with started(town.city, tmp_path):
        pass
