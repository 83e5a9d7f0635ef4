"""Map matching: made-up tracks on the streets of Almaty, and tracks with everything that is wrong with tracks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.loaders.osm_streets import read_streets
from data.profiles import find
from gis.errors import QalaError
from routing.matching import Fix, Match, match
from routing.metric import Metric, Terminal
from routing.network import INF, Graph
from routing.snapping import OffNetwork, WayIndex
from tests.city import ALMATY
from tests.routing.bent_town import NOON, graph_of, metric_of

SPEEDS = {"motorway": 90, "trunk": 70, "primary": 60, "secondary": 55, "tertiary": 50, "service": 15}


@dataclass
class Ground:
    """What is moved on."""

    graph: Graph
    index: WayIndex
    metric: Metric

    def match(self, track: Sequence[Fix], noise: float = 10.0) -> Match:
        """Put a track onto it."""
        return match(self.graph, self.index, self.metric, track, noise)


def ground_of(courses: Sequence[Any], weights: Any = None) -> Ground:
    """Return ways that are passed at 10 m/s, both ways unless told otherwise."""
    graph = graph_of(courses)
    same = np.repeat(np.rint(graph.length * 100), 2).astype(np.uint32)
    return Ground(graph, WayIndex(graph), metric_of(graph, same if weights is None else weights))


@pytest.fixture(scope="module")
def almaty() -> Ground:
    """Return the streets of Almaty in 2012 with their one-way rules, at usual speeds."""
    rows = read_streets(ALMATY, find("almaty").system)["urban_planning.street_segment"].features
    ground = ground_of([np.array(row.geometry.coords) for row in rows])
    speeds = [SPEEDS.get(str(row.attributes.get("highway")).removesuffix("_link"), 35) for row in rows]
    weights = np.repeat(np.rint(ground.graph.length * 3600 / np.array(speeds)), 2).astype(np.uint32)
    told = np.array([str(row.attributes.get("one_way")) for row in rows])
    weights[1::2][told == "forward"] = weights[::2][told == "backward"] = INF
    return Ground(ground.graph, ground.index, metric_of(ground.graph, weights))


def drive(ground: Ground, chance: np.random.Generator, shortest: float, longest: float) -> tuple[Any, list[Fix]]:
    """Return the arcs of a random drive, and a fix every 5 s, off by 10 m (one sigma along either axis)."""
    graph, weights = ground.graph, ground.metric.weights
    arcs = np.zeros(0, dtype=np.int64)
    while not shortest <= graph.length[arcs // 2].sum() <= longest:
        start, end = chance.integers(0, graph.nodes, 2).tolist()
        found = ground.metric.path([Terminal(start)], [Terminal(end)])
        arcs = arcs if found is None else found.arcs
    clock, times, places = 0.0, [], []
    for arc in arcs.tolist():
        course = graph.course(arc // 2, forward=arc % 2 == 0)
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
        times.append(clock + run / max(run[-1], 1e-9) * weights[arc] / 1000)
        places.append(course)
        clock += weights[arc] / 1000
    seconds = np.append(np.arange(0, clock, 5.0), clock)
    known = np.concatenate(times), np.concatenate(places)
    xy = np.column_stack([np.interp(seconds, known[0], known[1][:, axis]) for axis in (0, 1)])
    xy += chance.normal(0, 10, xy.shape)
    return arcs, [
        Fix(x, y, NOON + timedelta(seconds=s)) for (x, y), s in zip(xy.tolist(), seconds.tolist(), strict=True)
    ]


@pytest.mark.realdata
def test_nearly_all_ways_of_200_tracks_are_recovered(almaty: Ground) -> None:
    """As a receiver in a car would tell them."""
    chance = np.random.default_rng(2026)
    passed = recovered = added = 0
    for _ in range(200):
        arcs, track = drive(almaty, chance, 1500, 5000)
        true = set((arcs // 2).tolist())
        found = {arc // 2 for stretch in almaty.match(track).stretches for arc in stretch.arcs}
        passed, recovered, added = passed + len(true), recovered + len(true & found), added + len(found - true)
    assert recovered >= 0.97 * passed
    assert added <= 0.05 * passed


def along(xs: Sequence[float], y: float = 0.0, every: float = 10.0, start: datetime = NOON) -> list[Fix]:
    """Return fixes along a street that runs east, a little beside it."""
    return [Fix(x, y + 3 * (-1) ** n, start + timedelta(seconds=every * n)) for n, x in enumerate(xs)]


STREET = [[(0.0, 0.0), (1000.0, 0.0)], [(1000.0, 0.0), (2000.0, 0.0)], [(1000.0, 0.0), (1000.0, 800.0)]]


def test_a_drive_is_put_onto_its_street_with_its_length() -> None:
    """The plainest case, with its figures."""
    (stretch,) = ground_of(STREET).match(along([100, 300, 500, 700, 900, 1100, 1300])).stretches
    assert stretch.arcs == (0, 2)
    assert stretch.length == pytest.approx(1200, abs=1)
    assert (stretch.first, stretch.last) == (0, 6)
    assert (stretch.start.point, stretch.end.point) == ((100.0, 0.0), (1300.0, 0.0))


def test_one_way_streets_are_passed_their_way_only() -> None:
    """The nearer carriageway leads the other way."""
    pair = [[(0.0, 0.0), (2000.0, 0.0)], [(2000.0, 0.0), (2000.0, 25.0)], [(2000.0, 25.0), (0.0, 25.0)]]
    weights = np.array([200_000, INF, 2500, 2500, 200_000, INF], dtype=np.uint32)
    track = along([1500, 1300, 1100, 900], y=10.0)
    (stretch,) = ground_of(pair, weights).match(track).stretches
    assert stretch.arcs == (4,)


def test_where_somebody_turned_back_both_directions_are_told() -> None:
    """Even in the middle of a street."""
    (stretch,) = ground_of(STREET).match(along([100, 300, 500, 300, 100])).stretches
    assert stretch.arcs == (0, 1)
    assert stretch.length == pytest.approx(800, abs=1)


def test_gaps_jumps_and_ways_that_do_not_meet_split_a_track() -> None:
    """Each split is told with its reason."""
    apart = [*STREET, [(1100.0, 150.0), (2000.0, 150.0)]]
    track = along([100, 300, 500])
    track += along([700, 900], start=NOON + timedelta(hours=1))
    track += along([1900, 1950], start=NOON + timedelta(hours=1, seconds=12))
    track += along([1600, 1300], y=150, start=NOON + timedelta(hours=1, seconds=40))
    found = ground_of(apart).match(track)
    told = [(each.before, each.after, each.why, each.seconds) for each in found.breaks]
    assert told == [(2, 3, "gap", 3580.0), (4, 5, "jump", 2.0), (6, 7, "no-way", 18.0)]
    assert [(s.first, s.last) for s in found.stretches] == [(0, 2), (3, 4), (5, 6), (7, 8)]


def test_what_tells_nothing_of_the_way_is_left_out_and_told() -> None:
    """One bad fix splits nothing."""
    track = along([100, 300, 500, 700, 900])
    track.insert(2, Fix(300, 0, track[1].moment))
    track.insert(3, Fix(305, 4, NOON + timedelta(seconds=12)))
    track.insert(4, Fix(5000, 4000, NOON + timedelta(seconds=15)))
    track.insert(6, Fix(600, 220, NOON + timedelta(seconds=25)))
    found = ground_of(STREET).match(track)
    left = {placed.fix: placed.left for placed in found.placed if placed.left}
    assert left == {2: "duplicate", 3: "still", 4: "outlier", 6: "off-network"}
    assert [placed.fix for placed in found.placed if placed.place is None] == [4, 6]
    assert (len(found.stretches), found.breaks) == (1, ())


def test_somebody_who_stands_still_went_nowhere() -> None:
    """Noise is no way."""
    chance = np.random.default_rng(3)
    spots = (400 + chance.normal(0, 5, (60, 2)) * (1, 0.5)).tolist()
    track = [Fix(x, y, NOON + timedelta(seconds=n)) for n, (x, y) in enumerate(spots)]
    found = ground_of([[(0.0, 400.0), (1000.0, 400.0)]]).match(track)
    assert sum(stretch.length for stretch in found.stretches) < 40
    assert found.placed[30].place is not None


def test_fixes_are_put_into_the_order_of_their_times() -> None:
    """Receivers may send late what they saw early."""
    track = along([100, 300, 500, 700, 900])
    found = ground_of(STREET).match([track[i] for i in (0, 3, 1, 2, 4)])
    assert found.reordered == 2
    assert [stretch.arcs for stretch in found.stretches] == [(0,)]
    assert found.stretches[0].length == pytest.approx(800, abs=1)


def test_the_hour_that_comes_twice_in_autumn_is_no_gap() -> None:
    """Times are instants, not what a clock on the wall shows."""
    zone = ZoneInfo("Europe/Helsinki")
    before = datetime(2026, 10, 25, 0, 59, 40, tzinfo=ZoneInfo("UTC"))
    moments = [(before + timedelta(seconds=10 * n)).astimezone(zone) for n in range(5)]
    assert moments[4] < moments[0]  # by the clock on the wall
    track = [Fix(x, 2.0, moment) for x, moment in zip([100, 300, 500, 700, 900], moments, strict=True)]
    found = ground_of(STREET).match(track)
    assert (len(found.stretches), found.breaks, found.reordered) == (1, (), 0)


def test_a_track_without_times_is_matched_by_its_course() -> None:
    """Tracks that were drawn have none."""
    (stretch,) = ground_of(STREET).match([Fix(x, 4.0) for x in (100, 500, 990)] + [Fix(1003.0, 300.0)]).stretches
    assert stretch.arcs == (0, 4)


@pytest.mark.parametrize(
    ("track", "noise"),
    [
        ([], 10),
        (along([100]), 10),
        ([Fix(float("nan"), 0), Fix(1, 1)], 10),
        ([Fix(0, 0, NOON), Fix(100, 0)], 10),
        ([Fix(0, 0, NOON.replace(tzinfo=None)), Fix(100, 0, NOON)], 10),
        (along([100, 300]), 0),
        (along([100, 300]), float("nan")),
    ],
)
def test_a_track_that_can_not_be_read_is_refused(track: list[Fix], noise: float) -> None:
    """Each with what would be right."""
    with pytest.raises(QalaError) as refusal:
        ground_of(STREET).match(track, noise)
    assert refusal.value.code == "bad-track"


def test_a_track_far_from_all_ways_is_refused_with_the_distance() -> None:
    """Nothing is put onto a way 900 m off."""
    with pytest.raises(OffNetwork) as refusal:
        ground_of(STREET).match(along([100, 300, 500], y=-900))
    assert refusal.value.data["away"] == pytest.approx(897, abs=5)
