"""What is kept for a graph follows it, and is never right for one moment and told to another."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from routing.assembly import Speeding
from routing.hierarchy import Hierarchy
from routing.hours import Clock
from routing.kept import Kept
from routing.network import DAYS, QUARTERS, Graph
from routing.presets import PRESETS
from routing.pricing import price
from routing.reading import Told
from routing.upkeep import Step
from tests.routing.plain_streets import NOON, Closing, Streets, Way

CLOCK = Clock()
CAR = PRESETS["car"]


def jammed(until: datetime) -> Graph:
    """Return two streets that were told to be slow, as they were read at a moment of the past."""
    streets = [Way("street", n, n + 1, known={"highway": "residential"}) for n in range(2)]
    told = {(way, forward): 5.0 for way in range(2) for forward in (True, False)}
    graph = Streets(streets, live=told).graph()
    return graph.replaced(reading=replace(graph.reading, valid=until, present=False))


def test_a_jam_of_today_is_not_that_of_next_week() -> None:
    """Though a metric of the same quarter of an hour was made while it stood."""
    begun = datetime.now(UTC) - timedelta(minutes=35)
    graph = jammed(begun)
    kept = Kept(graph, CLOCK, background=False)
    slow = kept.metric(CAR, begun).weights
    later = graph.replaced(reading=replace(graph.reading, valid=begun + timedelta(minutes=34)), changeset=2)
    with kept.lock:
        kept.take(Step(graph=later, edges=np.array([1])))
    week = begun + timedelta(days=7)
    free = kept.metric(CAR, week).weights
    assert np.array_equal(free, price(later, CAR, week, clock=CLOCK).weights)
    assert (free < slow).all()


def test_hours_that_change_again_and_again_are_told_as_they_are() -> None:
    """Asked for now and then only, so that what was told may have gone meanwhile."""
    kept = Kept(Streets([Way("footway", 0, 1)], closings=[Closing(way=0, hours="01:00-02:00")]).graph(), CLOCK)
    for turn in range(60):
        hours = f"{'11' if turn % 4 == 3 else '01'}:00-13:{turn:02d}" if turn % 2 else f"01:00-02:{turn:02d}"
        graph = kept.graph.replaced(closures=replace(kept.graph.closures, hours=(hours,)))
        with kept.lock:
            kept.take(Step(graph=graph, edges=np.array([0])))
        del graph
        if turn % 2:
            fresh = price(kept.graph, PRESETS["foot"], NOON, clock=CLOCK).weights
            assert np.array_equal(kept.metric(PRESETS["foot"], NOON).weights, fresh)


@contextmanager
def failing_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the first hierarchy that a thread builds fail; yield what threads failed of."""
    failures: list[str] = []
    real = Hierarchy

    def built(*args: Any) -> Hierarchy:
        if threading.current_thread().name == "hierarchy" and not failures:
            raise MemoryError("no room")
        return real(*args)

    monkeypatch.setattr("routing.kept.Hierarchy", built)
    monkeypatch.setattr(threading, "excepthook", lambda told: failures.append(str(told.exc_value)))
    yield failures


def test_a_hierarchy_that_could_not_be_built_is_built_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile SciPy answers."""
    kept = Kept(jammed(NOON), CLOCK)
    with failing_once(monkeypatch) as failures:
        kept.prepare(wait=False)
        assert kept.settled()
        assert failures == ["no room"]
        kept.prepare(wait=False)
        assert kept.settled()
    assert kept.metric(PRESETS["foot"], NOON).accelerated


def test_usual_speeds_told_again_and_again_take_no_more_room() -> None:
    """Of courses only those that some segment has are kept, equal ones once."""
    graph = Streets([Way("street", n, n + 1, known={"highway": "residential"}) for n in range(2)]).graph()
    steady = json.dumps([30] * QUARTERS)
    for turn in range(12):
        course = json.dumps([20.0 + turn] * QUARTERS)
        told = [Told(0, True, day, 0.0, course) for day in DAYS] + [Told(1, True, "workday", 0.0, steady)]
        graph = graph.replaced(speeds=Speeding(graph).with_daily(told, [0, 1]).speeds)
        speeds = graph.speeds
        assert speeds.profiles[speeds.daily[:, 0], 0].tolist() == [20.0 + turn] * 3
        assert speeds.profiles[speeds.daily[0, 2]].tolist() == [30.0] * QUARTERS
        assert (speeds.daily[:, 1] == -1).all()
        assert len(speeds.profiles) <= 4
    again = Speeding(graph).with_daily([Told(1, False, "workday", 0.0, steady)]).speeds
    assert len(again.profiles) == len(graph.speeds.profiles)
