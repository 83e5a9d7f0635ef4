"""Many registrars at once: of conflicting acts exactly one succeeds, and afterwards every rule holds."""

import os
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.land.territories import Reserve
from cadastres.land.verbs import Split
from gis import audit
from gis.act import Command
from gis.database import connect
from gis.errors import BadRequest, QalaError, RuleBroken
from tests.cadastres.land.chance import Chance
from tests.cadastres.land.oracle import Register, check_no_overlap, check_whole
from tests.cadastres.land.registrar import QUARTER, Registrar, box, forming, line

REGISTRARS = 16
SECONDS = float(os.environ.get("QALA_TEST_SECONDS", "4"))
"""How long the registrars work; a minute or more in a long run."""


def _at_once(registrar: Registrar, commands: Sequence[Command], day: str) -> list[QalaError | None]:
    """Perform commands at the same moment; return each one's refusal, or ``None`` where it was recorded."""
    gate = threading.Barrier(len(commands))

    def one(command: Command) -> QalaError | None:
        gate.wait()
        try:
            registrar.perform(command, day)
        except QalaError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(one, commands))


def test_of_sixteen_splits_of_one_parcel_one_succeeds(registrar: Registrar) -> None:
    """The others are told that the parcel is no longer in force."""
    parcel = registrar.form(box(0, 0, 40, 40))
    cuts = [line((2 + 2 * i, -1), (3 + 2 * i, 41)) for i in range(REGISTRARS)]
    commands = [Split(parcel=parcel, quarter=QUARTER, line=cut) for cut in cuts]
    refusals = [r for r in _at_once(registrar, commands, "2018-01-01") if r is not None]
    assert len(refusals) == REGISTRARS - 1
    assert all(isinstance(r, BadRequest) and "not in force" in str(r) for r in refusals)
    assert len(registrar.timeline(parcel)) == 2


def test_of_sixteen_parcels_on_one_place_one_is_formed(registrar: Registrar) -> None:
    """Overlapping claims that no feature id connects are kept apart by their place; numbers have no gaps."""
    commands = [forming(box(5 * i, 0, 5 * i + 200, 40)) for i in range(REGISTRARS)]
    refusals = [r for r in _at_once(registrar, commands, "2018-01-01") if r is not None]
    assert len(refusals) == REGISTRARS - 1
    assert all(isinstance(r, RuleBroken) for r in refusals)
    registrar.form(box(300, 0, 340, 40))
    numbers = sorted(row.number for row in Register.read(registrar.city).rows)
    assert numbers == [f"{QUARTER}001", f"{QUARTER}002"]


def test_acts_far_apart_all_succeed(registrar: Registrar) -> None:
    """Sixteen parcels side by side, formed at once, get sixteen numbers in series."""
    commands = [forming(box(25 * i, 0, 25 * i + 25, 40)) for i in range(REGISTRARS)]
    assert _at_once(registrar, commands, "2018-01-01") == [None] * REGISTRARS
    numbers = sorted(row.number for row in Register.read(registrar.city).rows)
    assert numbers == [f"{QUARTER}{i + 1:03d}" for i in range(REGISTRARS)]


def test_reserve_and_grant_do_not_pass_each_other(registrar: Registrar) -> None:
    """A reservation and a parcel on its land, ordered at once: never is land granted that was reserved before."""
    for i in range(4):
        place = box(60 * i, 0, 60 * i + 40, 40)
        reserve = Reserve(geometry=shapely.MultiPolygon([place]), attributes={"purpose": "road"})
        _at_once(registrar, [reserve, forming(place)], "2018-01-01")
        assert registrar.broken(forming(place), "2018-01-01")


@pytest.mark.slow
def test_sixteen_registrars_at_random(registrar: Registrar) -> None:
    """After seconds of conflicting acts all rules hold at every instant, and the chain is whole."""
    city = registrar.city
    features = [
        registrar.form(box(50 * (i % 4), 50 * (i // 4), 50 * (i % 4) + 50, 50 * (i // 4) + 50), official_area=2500.0)
        for i in range(16)
    ]
    whole = shapely.union_all([registrar.area(i, "2016-01-01") for i in features])
    until = time.monotonic() + SECONDS

    since = date(2016, 1, 1)

    def work(seed: int) -> Chance:
        chance = Chance(city, random.Random(seed), QUARTER, features, retroactive=0.1, since=since, today=since)
        # Longer where the machine is slow: whoever did nothing showed nothing.
        while time.monotonic() < until or (not chance.done and time.monotonic() < until + 60):
            chance.act()
        return chance

    with ThreadPoolExecutor(REGISTRARS) as pool:
        chances = list(pool.map(work, range(REGISTRARS)))
    assert sum(len(c.done) for c in chances) >= REGISTRARS
    assert sum(len(c.refused) for c in chances) > 0
    _check(Register.read(city), whole)
    _check_chain(registrar)


def _check(stored: Register, whole: BaseGeometry) -> None:
    instants = list(stored.instants())
    for _, _, rows in random.Random(0).sample(instants, min(len(instants), 400)):
        if rows and min(row.valid.lower for row in rows) > min(row.valid.lower for row in stored.rows):
            check_whole(rows, whole, slack=0.1)
        check_no_overlap(rows)
    stored.check_numbers()
    stored.check_lineage()
    stored.check_timelines()


def _check_chain(registrar: Registrar) -> None:
    register = registrar.city.register
    with connect(register.database.owner) as connection:
        assert list(audit.verify(connection, register.layers.values(), register.heads)) == []
        rows = connection.execute("SELECT number, recorded FROM qala.changeset ORDER BY number").fetchall()
    assert all(one[0] + 1 == other[0] and one[1] < other[1] for one, other in pairwise(rows))
