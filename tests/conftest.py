"""Real registers for the tests: one PostGIS cluster a session, a fresh database wherever a test writes."""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
import shapely
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from data.city import BuildReport, build_city
from data.demo import build_demo
from data.installation import Installation
from data.profiles import find
from gis.database import Database, connect
from gis.edit import Put
from gis.heads import SignedHeads
from gis.record import Write
from gis.register import Register
from tests.city import ALMATY, REAL_DATA, City, square

_serial = count(1)

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
def fresh_city(installation: Installation) -> Iterator[Callable[[str], City]]:
    """Make an empty register of a bundled city, in a database copied from one that was migrated once."""
    templates: dict[str, Register] = {}
    opened: list[Register] = []

    def fresh(profile_name: str = "helsinki") -> City:
        profile = find(profile_name)
        if profile_name not in templates:
            unique = profile.model_copy(update={"id": f"t{os.getpid()}_{profile_name}"})
            templates[profile_name] = installation.open(unique)
        template = templates[profile_name]
        name = f"t{os.getpid()}_{next(_serial)}"
        with connect(installation.cluster.dsn("postgres")) as connection:
            source = _name(template.database)
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
            connection.execute(copy)
        heads = SignedHeads(installation.home / "heads", name)
        opened.append(replace(template, database=_in(template.database, name), profile=profile, heads=heads))
        return City(opened[-1], profile)

    yield fresh
    for register in opened:
        register.close()
    if "QALA_TEST_HOME" in os.environ:  # any other home goes whole
        _drop(installation, [_name(r.database) for r in (*opened, *templates.values())])


@pytest.fixture(scope="session")
def built_city(
    fresh_city: Callable[[str], City], installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[City, BuildReport]]:
    """Copy a city that is built once a run, by whichever worker needs it first: ``demo``, or ``almaty`` of 2012."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def built(which: str) -> tuple[City, BuildReport]:
        known, profile_name = run / f"{which}.city", "helsinki" if which == "demo" else which
        with (run / f"{which}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not known.exists():
                made = fresh_city(profile_name).register
                report = build_demo(made) if which == "demo" else build_city(made, ALMATY)
                made.close()
                known.write_bytes(pickle.dumps((_name(made.database), report)))
            source, report = pickle.loads(known.read_bytes())
            city = fresh_city(profile_name)
            _become(installation, city.register, source)
            return city, report

    return built


def _become(installation: Installation, register: Register, source: str) -> None:
    """Put a copy of another database, and of its signed heads, in place of a register's own."""
    name = _name(register.database)
    register.close()
    _drop(installation, [name])
    with connect(installation.cluster.dsn("postgres")) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(source)))
    folder = installation.home / "heads"
    for number, digest in SignedHeads(folder, source).heads():
        SignedHeads(folder, name).append(number, digest)


def _name(database: Database) -> str:
    return str(conninfo_to_dict(database.owner)["dbname"])


def _in(database: Database, name: str) -> Database:
    """Return the same logins, in another database."""
    return Database(*(make_conninfo(c, dbname=name) for c in (database.owner, *database.logins)))


def _drop(installation: Installation, names: list[str]) -> None:
    with connect(installation.cluster.dsn("postgres")) as connection:
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty_city(fresh_city: Callable[[str], City]) -> Iterator[City]:
    """An empty register of Helsinki."""
    city = fresh_city("helsinki")
    yield city
    city.register.close()


@pytest.fixture(scope="module")
def small_city(fresh_city: Callable[[str], City]) -> Iterator[City]:
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
    city.register.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, so that no worker waits for another's last; skip real data where there is none."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)
    if REAL_DATA.is_dir() or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("realdata"):
            item.add_marker(pytest.mark.skip(reason="the real data is not on this machine"))
