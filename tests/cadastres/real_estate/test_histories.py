"""Whatever is done to all five kinds of unit, in whatever order of dates: the invariants hold, answers don't change."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from data.installation import Installation
from gis.database import Database, connect
from gis.heads import SignedHeads
from tests.cadastres.real_estate.histories import History, Tally, problems
from tests.cadastres.real_estate.neighbourhood import Neighbourhood
from tests.city import City

ACTS = 12
HISTORIES = max(3, settings.default.max_examples // 30 if settings.default else 0)
KINDS = ("parcel", "building", "premises", "parcel with its building", "several")

_serial = count(1)


@pytest.fixture(scope="module")
def neighbourhood(fresh_city: Callable[[str], City]) -> Neighbourhood:
    """The neighbourhood as it is before anything happens; histories run in copies of it."""
    place = Neighbourhood(fresh_city("almaty")).built()
    place.city.register.close()
    return place


@contextmanager
def copied(installation: Installation, place: Neighbourhood) -> Iterator[Neighbourhood]:
    """Copy the neighbourhood's register for as long as a history runs."""
    register = place.city.register
    source = str(conninfo_to_dict(register.database.owner)["dbname"])
    name = f"{source}_h{next(_serial)}"
    with connect(installation.cluster.dsn("postgres")) as connection:
        names = {"name": sql.Identifier(name), "source": sql.Identifier(source)}
        connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {source}").format(**names))
        logins = (register.database.owner, *register.database.logins)
        database = Database(*(make_conninfo(login, dbname=name) for login in logins))
        heads = SignedHeads(installation.home / "heads", name)
        copy = replace(register, database=database, heads=heads)
        try:
            yield replace(place, city=replace(place.city, register=copy))
        finally:
            copy.close()
            connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


def _step(history: History, number: int, seed: int) -> None:
    """Do one thing: first to a unit of each kind, then to anything; 0 is a day on which nothing happens."""
    dice = random.Random(f"{number} {seed}")
    if seed:
        history.act(dice, KINDS[number] if number < len(KINDS) else None)
    if number % 3 == 2:
        history.look(dice)


@pytest.mark.slow
def test_random_histories(installation: Installation, neighbourhood: Neighbourhood) -> None:
    """Every invariant at every instant of both axes; old answers and passports stay; what is refused writes nothing."""
    tally = Tally()

    @settings(max_examples=HISTORIES, suppress_health_check=list(HealthCheck))
    @given(seeds=st.lists(st.integers(0, 2**64 - 1), min_size=ACTS, max_size=ACTS))
    def history(seeds: list[int]) -> None:
        with copied(installation, neighbourhood) as place:
            told = History(place, tally)
            for number, seed in enumerate(seeds):
                _step(told, number, seed)
            assert list(problems(told)) == []
            told.witness.check()
            told.desk.check()
            assert told.witness.audited() == []
            tally.issued += told.desk.copies

    history()
    assert tally.part_recorded >= 0.4
    assert len(tally.recorded) >= 10
    assert set(tally.kinds) == set(KINDS)
    assert tally.issued >= HISTORIES
