"""Health, and what is said while the database is away."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
from psycopg.conninfo import make_conninfo

from api.logs import Seldom
from gis.database import Database
from tests.api.server import serving
from tests.city import City


def test_health_of_a_register_that_works(client: httpx2.Client) -> None:
    """It was read and written just now."""
    told = client.get("/health").json()
    assert (told["status"], told["read"], told["write"]) == ("ok", True, True)


def test_a_lost_database_is_told_soon_and_without_its_address(
    fresh_city: Callable[[str], City], tmp_path: Path
) -> None:
    """503 long before others give up waiting; where the database was to be found is for the log, not for the public."""
    register = fresh_city("helsinki").register
    logins = (register.database.owner, *register.database.logins)
    gone = Database(*(make_conninfo(each, host=str(tmp_path)) for each in logins))
    with serving(replace(register, database=gone)) as server, httpx2.Client(base_url=server.address) as client:
        begun = time.monotonic()
        health = client.get("/health", params={"lang": "ru"}, timeout=30)
        told = time.monotonic()
        assert health.status_code == 503
        assert "База данных" in health.json()["reason"]
        act = client.get("/changesets", timeout=60)
        assert told - begun < (time.monotonic() - told) / 2
    assert act.status_code == 503
    for answer in (health, act):
        assert str(tmp_path) not in answer.text
        assert "qala.changeset" not in answer.text


def test_a_flood_of_lines_is_one_line_that_counts() -> None:
    """The next line that goes into the log says how many did not."""
    seldom = Seldom(seconds=0.2)
    record = logging.LogRecord("n", logging.ERROR, "p", 1, "lost %s", ("x",), None)
    assert [seldom.filter(record) for _ in range(5)] == [True, False, False, False, False]
    time.sleep(0.25)
    assert seldom.filter(record)
    assert record.getMessage() == "lost x (and 4 more since the last line)"
