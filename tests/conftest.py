"""Real registers for the tests: one PostGIS cluster a session, a fresh database wherever a test writes."""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from hypothesis import settings
from psycopg import sql

from data.city import BuildReport, build_city
from data.demo import build_demo
from data.installation import Installation
from gis.database import Database, connect
from gis.edit import Put
from gis.heads import SignedHeads
from gis.record import Write
from gis.register import Register
from tests.city import ALMATY, REAL_DATA, City, square
from tests.registers import Cities, drop, moved, name_of

settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("thorough", max_examples=3000, deadline=None)
settings.load_profile(os.environ.get("QALA_HYPOTHESIS", "default"))


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A throw-away installation, shared by the workers of one test run."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = Path(os.environ.get("QALA_TEST_HOME") or run / "qala-home")
    made = Installation(home, None)
    object.__setattr__(made.cluster, "settings", {"fsync": "off", "max_connections": "300"})
    object.__setattr__(made.cluster, "throw_away", True)
    with made.running():
        yield made


@pytest.fixture(scope="session")
def fresh_city(installation: Installation) -> Iterator[Cities]:
    """Make an empty register of a bundled city whenever asked."""
    cities = Cities(installation)
    yield cities
    cities.close()


@pytest.fixture(scope="session")
def built_city(
    fresh_city: Cities, installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[City, BuildReport]]]:
    """Copy a city that is built once a run, by whichever worker needs it first: ``demo``, or ``almaty`` of 2012."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    copies: list[Register] = []

    def built(which: str) -> tuple[City, BuildReport]:
        known, profile_name = run / f"{which}.city", "helsinki" if which == "demo" else which
        with (run / f"{which}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not known.exists():
                made = fresh_city(profile_name).register
                report = build_demo(made) if which == "demo" else build_city(made, ALMATY)
                made.close()
                known.write_bytes(pickle.dumps((made.database, report)))
            source, report = pickle.loads(known.read_bytes())
            city = fresh_city(profile_name)
            copies.append(_become(installation, city.register, source))
            return City(copies[-1], city.profile), report

    yield built
    for register in copies:
        register.close()


def _become(installation: Installation, register: Register, source: Database) -> Register:
    """Put a copy of another database, and of its signed heads, in place of a register's own.

    The logins are the other's: what another worker built is open to that worker's alone.
    """
    name = name_of(register.database)
    register.close()
    drop(installation, [name])
    with connect(installation.cluster.dsn("postgres")) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(name_of(source))))
    folder = installation.home / "heads"
    for number, digest in SignedHeads(folder, name_of(source)).heads():
        SignedHeads(folder, name).append(number, digest)
    return replace(register, database=moved(source, name))


@pytest.fixture
def empty_city(fresh_city: Cities) -> Iterator[City]:
    """An empty register of Helsinki."""
    city = fresh_city("helsinki")
    yield city
    fresh_city.give_back(city)


@pytest.fixture(scope="module")
def small_city(fresh_city: Cities) -> Iterator[City]:
    """A register of Helsinki with one quarter, a grid of 5 by 5 parcels, and a few features of every other layer."""
    city = fresh_city("helsinki")
    act = city.act("2020-01-01")
    writes = [Write("land.quarter", -1, act.period, shapely.MultiPolygon([square(0, 0, 200.0)]), {"code": "91001001"})]
    for i in range(25):
        attributes = {
            "cadastral_number": f"91001001{i + 1:03d}",
            "official_area": 1600.0,
            "category": "2",
            "divisible": True,
            "address": f"Testikatu {i + 1} <&\"'> Қала",
        }
        writes.append(Write("land.parcel", -2 - i, act.period, square(i % 5, i // 5), attributes))
    city.register.perform(Put(tuple(writes)), act)
    yield city
    fresh_city.give_back(city)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that no worker waits for another's last; skip real data where there is none."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)
    if REAL_DATA.is_dir() or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("realdata"):
            item.add_marker(pytest.mark.skip(reason="the real data is not on this machine"))
