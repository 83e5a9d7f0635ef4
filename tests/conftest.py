"""Real registers for the tests: one PostGIS cluster a session, a fresh database wherever a test writes."""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from hypothesis import settings

from data.city import BuildReport, build_city
from data.demo import build_demo
from data.installation import Installation
from gis.edit import Put
from gis.record import Write
from tests.city import ALMATY, REAL_DATA, City, square
from tests.registers import Cities

settings.register_profile("default", max_examples=50, deadline=None)
settings.register_profile("thorough", max_examples=3000, deadline=None)
settings.load_profile(os.environ.get("QALA_HYPOTHESIS", "default"))

_CITIES = pytest.StashKey[Cities]()


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
def fresh_city(installation: Installation, request: pytest.FixtureRequest) -> Iterator[Cities]:
    """Make an empty register of a bundled city whenever asked, for as long as the module lasts."""
    cities = request.config.stash[_CITIES] = Cities(installation)
    yield cities
    del request.config.stash[_CITIES]
    cities.close()


@pytest.fixture(scope="session")
def built_city(
    fresh_city: Cities, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[City, BuildReport]]:
    """Copy a city that is built once a run, by whichever worker needs it first: ``demo``, or ``almaty`` of 2012."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def built(which: str) -> tuple[City, BuildReport]:
        known, profile_name = run / f"{which}.city", "helsinki" if which == "demo" else which
        with (run / f"{which}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not known.exists():
                made = fresh_city.keep(fresh_city(profile_name)).register
                report = build_demo(made) if which == "demo" else build_city(made, ALMATY)
                made.close()
                known.write_bytes(pickle.dumps((made.database, report)))
            source, report = pickle.loads(known.read_bytes())
            return fresh_city.like(source, profile_name), report

    return built


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Take the registers back that a module is through with."""
    yield
    if nextitem is not None and nextitem.path != item.path and _CITIES in item.config.stash:
        item.config.stash[_CITIES].take_back()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that no worker waits for another's last; skip real data where there is none."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)
    if REAL_DATA.is_dir() or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("realdata"):
            item.add_marker(pytest.mark.skip(reason="the real data is not on this machine"))
