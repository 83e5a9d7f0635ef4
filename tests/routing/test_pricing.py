"""Prices of arcs: equal to a plain pricing of one arc at a time, by the city's clock, and quick."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.workdays import Workdays
from routing.hours import Clock
from routing.network import INF
from routing.presets import PRESETS
from routing.pricing import price
from routing.profile import Profile, Steps, Unknown, Wish
from tests.routing.plain_streets import NOON, Closing, Streets, Thing, Way, scattered
from tests.routing.scalar_pricing import Teller

ALMATY = Clock(zone=ZoneInfo("Asia/Almaty"))
FOOT, CHAIR, CAR = PRESETS["foot"], PRESETS["wheelchair-manual"], PRESETS["car"]

WISHES: list[Wish] = ["ignore", "prefer", "require"]
TREATED: list[Unknown] = ["accept", "penalise", "bar"]
STEPS: list[Steps] = ["pass", "handrail", "ramp", "bar"]
wish, treated = st.sampled_from(WISHES), st.sampled_from(TREATED)


def maybe(low: float, high: float) -> st.SearchStrategy[float | None]:
    """Draw a limit, as exact as a column holds it."""
    return st.none() | st.floats(low, high).map(lambda limit: float(np.float32(limit)))


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Somebody with limits of his own."""
    attributes = st.sampled_from(
        ["incline", "kerb", "width", "surface", "locked", "status", "handrail", "hours", "lit"]
    )
    return replace(
        PRESETS[draw(st.sampled_from(list(PRESETS)))],
        max_incline_up=draw(maybe(0, 0.15)),
        max_incline_down=draw(maybe(0, 0.15)),
        max_cross_slope=draw(maybe(0, 0.08)),
        max_kerb=draw(maybe(0, 0.2)),
        min_width=draw(maybe(0.5, 3)),
        max_height=draw(maybe(1.5, 5)),
        max_weight=draw(maybe(1, 40)),
        steps=draw(st.sampled_from(STEPS)),
        tactile_paving=draw(wish),
        sound_signals=draw(wish),
        light=draw(wish),
        marked_crossings=draw(wish),
        carriageway=draw(st.floats(1, 10)),
        lifts=draw(st.booleans()),
        unknown=draw(treated),
        unknowns=tuple(draw(st.lists(st.tuples(attributes, treated), max_size=2, unique_by=lambda pair: pair[0]))),
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), profile=profiles(), hours=st.integers(-30, 30))
def test_every_arc_costs_what_a_plain_pricing_says(seed: int, profile: Profile, hours: int) -> None:
    """Whatever the streets, the asker and the hour."""
    streets, moment = scattered(seed), NOON + timedelta(hours=hours / 2)
    priced = price(streets.graph(), profile, moment, clock=ALMATY, now=NOON)
    teller = Teller(streets, profile, moment, ALMATY)
    for number in range(len(streets.ways)):
        for row, forward in enumerate((True, False)):
            weight, seconds = teller.price(number, forward=forward)
            arc = 2 * number + row
            assert priced.seconds[arc] == pytest.approx(seconds, rel=1e-4)
            if weight is None:
                assert priced.weights[arc] == INF
            else:
                assert int(priced.weights[arc]) == pytest.approx(weight, rel=1e-4, abs=1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), profile=profiles(), chosen=st.lists(st.integers(0, 59), max_size=8, unique=True))
def test_few_edges_cost_to_the_bit_what_they_cost_among_all(seed: int, profile: Profile, chosen: list[int]) -> None:
    """So a metric that is brought up to date is the metric made anew."""
    graph = scattered(seed).graph()
    every, few = (price(graph, profile, NOON, edges, clock=ALMATY, now=NOON) for edges in (None, chosen))
    arcs = [arc for edge in chosen for arc in (2 * edge, 2 * edge + 1)]
    for column in ("weights", "seconds", "delays"):
        assert np.array_equal(getattr(every, column)[arcs], getattr(few, column))


def weights(streets: Streets, profile: Profile, moment: datetime = NOON, **options: Any) -> list[int]:
    """Price everything; barred arcs are told as 0."""
    found = price(streets.graph(), profile, moment, **{"clock": ALMATY, "now": NOON, **options}).weights
    return [0 if weight == INF else int(weight) for weight in found]


def test_a_slope_is_judged_by_the_direction_in_which_it_is_passed() -> None:
    """Nine percent up is too much for a chair by hand, nine down is not."""
    street = Streets([Way("footway", 0, 1, 100, {"footway": "sidewalk", "incline": 0.09, "surface": "asphalt"})])
    up, down = weights(street, CHAIR)
    assert (up, down > 0) == (0, True)


def test_a_slope_of_four_hundred_percent_bars_and_never_overflows() -> None:
    """A slip of the pen slows nobody for ever."""
    street = Streets([Way("footway", 0, 1, 100, {"footway": "path", "incline": 4.0})])
    assert weights(street, CHAIR) == [0, 0]
    assert all(0 < weight < 10**6 for weight in weights(street, FOOT))


def test_a_slope_within_the_limit_by_less_than_its_error_is_unknown() -> None:
    """What terrain can't tell isn't taken for passable."""
    known = {"footway": "sidewalk", "incline": 0.07, "surface": "asphalt"}
    sure = Streets([Way("footway", 0, 1, 100, known)])
    doubtful = Streets([Way("footway", 0, 1, 100, {**known, "incline_error": 0.02})])
    strict = replace(CHAIR, unknowns=(("incline", "bar"), ("width", "accept"), ("cross_slope", "accept")))
    assert weights(sure, strict)[0] > 0
    assert weights(doubtful, strict)[0] == 0


@pytest.mark.parametrize(
    ("known", "passed"),
    [
        ({"kerb": "raised"}, False),
        ({"kerb": "rolled"}, False),
        ({"kerb": "lowered"}, True),
        ({"kerb": "flush"}, True),
        ({"kerb": "raised", "height": 0.02}, True),
        ({"kerb": "lowered", "height": 0.05}, False),
    ],
)
def test_a_kerb_bars_its_crossing_and_no_sidewalk_that_passes_by(known: dict[str, Any], passed: bool) -> None:
    """Who stays on the sidewalk needs no lowered kerb."""
    walk = {"footway": "sidewalk", "surface": "asphalt"}
    streets = Streets(
        [Way("footway", 0, 1, 50, walk), Way("crossing", 1, 2, 10), Way("footway", 1, 3, 50, walk)],
        [Thing("kerb", 1, known)],
    )
    found = weights(streets, CHAIR)
    assert all(found[arc] > 0 for arc in (0, 1, 4, 5))
    assert all((found[arc] > 0) is passed for arc in (2, 3))


def test_a_kerb_of_which_nothing_is_known_is_what_the_asker_says() -> None:
    """Accepted, dearer, or barred."""
    streets = Streets([Way("crossing", 0, 1, 10), Way("footway", 1, 2, 10, {"footway": "sidewalk"})])
    accepted, penalised, barred = (
        weights(streets, replace(FOOT, max_kerb=0.03, unknowns=(("kerb", treatment),)))[0]
        for treatment in ("accept", "penalise", "bar")
    )
    assert penalised == round(1.5 * accepted)
    assert barred == 0


def test_a_gate_is_passed_in_its_hours_by_the_clock_on_the_wall_when_clocks_change() -> None:
    """In Helsinki, around 29 March 2026."""
    helsinki = Clock(zone=ZoneInfo("Europe/Helsinki"))
    way = Way("footway", 0, 1, 10, {"footway": "path"})
    streets = Streets([way], [Thing("barrier", 1, {"barrier": "gate"}, hours="Mo-Su 08:00-20:00")])
    # 06:30 in Greenwich is 08:30 in winter and 09:30 in summer; 05:30 is 07:30, and 08:30 from 29 March 2026 on.
    days = {datetime(2026, 3, day, 5, 30, tzinfo=UTC): day >= 29 for day in (27, 28, 29, 30)}
    for moment, opened in days.items():
        assert (weights(streets, FOOT, moment, clock=helsinki)[0] > 0) is opened


def test_hours_that_cannot_be_read_are_unknown_and_closures_of_such_hours_hold() -> None:
    """Nobody is sent through a gate that may be shut."""
    way = Way("footway", 0, 1, 10, {"footway": "path"})
    gate = Streets([way], [Thing("barrier", 1, {"barrier": "gate"}, hours="when the guard likes")])
    assert weights(gate, replace(FOOT, unknown="bar"))[0] == 0
    assert weights(gate, FOOT)[0] > 0
    assert weights(Streets([way], closings=[Closing(way=0, hours="nights")]), FOOT) == [0, 0]


def test_a_public_holiday_makes_hours_that_name_holidays_unknown_and_is_driven_like_a_sunday() -> None:
    """The city's own calendar tells."""
    kazakh = Clock(zone=ZoneInfo("Asia/Almaty"), workdays=Workdays(holidays=("12-16",)))
    holiday, workday = (datetime(2026, 12, day, 7, tzinfo=UTC) for day in (16, 17))
    assert kazakh.door("Mo-Su 08:00-20:00; PH off", holiday) == "unknown"
    assert kazakh.door("Mo-Su 08:00-20:00; PH off", workday) == "open"
    assert (kazakh.kind_of_day(holiday), kazakh.kind_of_day(workday)) == (2, 0)


def test_a_live_speed_goes_before_the_usual_one_until_it_says_nothing_of_the_hour() -> None:
    """Three hours later the jam of now is nobody's concern."""
    way = Way("street", 0, 1, 1000, {"highway": "primary", "max_speed": 60})
    usual: list[float | None] = [30.0] * 96
    streets = Streets([way], live={(0, True): 10.0}, daily={(0, True, "workday"): usual})
    assert weights(streets, CAR)[0] == 360_000
    assert weights(streets, CAR, NOON + timedelta(hours=3))[0] == 120_000
    assert weights(streets, CAR, NOON + timedelta(hours=3), now=NOON + timedelta(hours=3))[0] == 360_000
    assert weights(streets, CAR)[1] == 60_000


def test_where_nothing_moves_one_crawls_and_does_not_drive_as_if_the_road_were_free() -> None:
    """A speed of 0, live or usual, is a speed that was told: a hundred metres at a kilometre an hour."""
    way = Way("street", 0, 1, 100, {"highway": "residential"})
    still: list[float | None] = [0.0] * 96
    jammed = Streets([way], live={(0, True): 0.0}, daily={(0, False, "workday"): still})
    assert weights(jammed, CAR) == [360_000, 360_000]


STREET = {"highway": "residential"}


@pytest.mark.parametrize(
    ("known", "passed"),
    [
        ({"barrier": "bollard"}, False),
        ({"barrier": "bollard", "motor_vehicle": "no"}, False),
        ({"barrier": "bollard", "motor_vehicle": "private"}, False),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, True),
        ({"barrier": "lift_gate", "motor_vehicle": "no"}, True),
    ],
)
def test_no_sign_stops_an_ambulance_and_no_bollard_gives_way_for_being_signed(
    known: dict[str, Any], passed: bool
) -> None:
    """What forbids a car in law leaves what stands there as hard as it was."""
    streets = Streets([Way("street", 0, 1, 100, STREET)], [Thing("barrier", 1, known)])
    assert (weights(streets, PRESETS["ambulance"])[0] > 0) is passed


RIDDEN, PUSHED = 22_500, 90_000
"""What a hundred metres cost by bicycle at 16 km/h, and on foot beside it at 4 [ms]."""


@pytest.mark.parametrize(
    ("kind", "known", "costs"),
    [
        ("street", {**STREET, "one_way": "forward"}, [RIDDEN, PUSHED]),
        ("street", {**STREET, "one_way": "forward", "bicycle_one_way": "no"}, [RIDDEN, RIDDEN]),
        ("street", {**STREET, "bicycle_one_way": "backward"}, [PUSHED, RIDDEN]),
        ("footway", {"footway": "cycleway"}, [RIDDEN, RIDDEN]),
        ("footway", {"footway": "cycleway", "bicycle_one_way": "forward"}, [RIDDEN, PUSHED]),
        ("footway", {"footway": "cycleway", "bicycle_one_way": "forward", "foot": "no"}, [RIDDEN, 0]),
        ("footway", {"footway": "path", "one_way": "forward"}, [RIDDEN, RIDDEN]),
        ("footway", {"footway": "footway", "one_way": "forward"}, [PUSHED, 0]),
    ],
)
def test_bicycles_keep_to_a_direction_of_their_own(kind: str, known: dict[str, Any], costs: list[int]) -> None:
    """Against one-way traffic where that is allowed, with it on tracks; pushed against it where one may walk."""
    assert weights(Streets([Way(kind, 0, 1, 100, known)]), PRESETS["bicycle"]) == costs


@pytest.mark.parametrize("kind", ["footway", "steps"])
def test_nobody_walks_against_a_moving_walk_and_anybody_along_a_one_way_street(kind: str) -> None:
    """What runs one way on foot has no other; of streets ``one_way`` is for vehicles, as ``bicycle_one_way`` is."""
    known = {"footway": "footway"} if kind == "footway" else {"step_count": 20}
    up, down = weights(Streets([Way(kind, 0, 1, 100, {**known, "one_way": "backward"})]), FOOT)
    assert (up, down > 0) == (0, True)
    vehicles = {**STREET, "one_way": "forward", "bicycle_one_way": "forward"}
    assert all(weights(Streets([Way("street", 0, 1, 100, vehicles)]), FOOT))
    assert weights(Streets([Way(kind, 0, 1, 100, known)]), FOOT)[0] > 0


def test_a_car_on_a_footway_that_is_open_to_it_keeps_to_the_direction_of_wheels() -> None:
    """A pedestrian street with deliveries one way: who walks there goes both ways."""
    known = {"footway": "pedestrian", "motor_vehicle": "yes", "bicycle_one_way": "forward"}
    streets = Streets([Way("footway", 0, 1, 100, known)])
    assert [weight > 0 for weight in weights(streets, CAR)] == [True, False]
    assert all(weights(streets, FOOT))


GOOD = {"surface": "asphalt", "incline": 0.0, "smoothness": "good", "width": 2.0, "cross_slope": 0.0}
STRICT = replace(CHAIR, unknown="bar", unknowns=())


def test_a_footway_that_ends_at_a_street_has_a_kerb_of_which_nothing_is_known() -> None:
    """Whoever bars the unknown doesn't get off it there; a kerb on record, or a crossing, tells."""
    walk, street = Way("footway", 0, 1, 50, {**GOOD, "footway": "footway"}), Way("street", 1, 2, 50, {**GOOD, **STREET})
    assert [weight > 0 for weight in weights(Streets([walk, street]), STRICT)] == [False, False, True, True]
    flush = Streets([walk, street], [Thing("kerb", 1, {"kerb": "flush"})])
    assert all(weights(flush, STRICT))
    crossed = Streets([walk, Way("crossing", 1, 3, 10, GOOD), street])
    assert [weight > 0 for weight in weights(crossed, STRICT)] == [True, True, False, False, True, True]
    assert all(weights(Streets([walk, Way("footway", 1, 2, 50, walk.known)]), STRICT))
    plain = weights(Streets([walk]), CHAIR)[0]
    assert weights(Streets([walk, street]), CHAIR)[0] == round(1.5 * plain)


@pytest.mark.parametrize(("incline", "passed"), [(0.06, True), (0.4, False), (None, False)])
def test_the_ramp_beside_steps_is_as_steep_as_they_are(incline: float | None, passed: bool) -> None:
    """A chair that takes it isn't sent over 40 %, nor over a slope nobody knows; who climbs the steps may be."""
    known = {"wheelchair_ramp": True, "width": 1.2, **({} if incline is None else {"incline": incline})}
    flight = Streets([Way("steps", 0, 1, 5, known)])
    assert (weights(flight, replace(STRICT, steps="ramp"))[0] > 0) is passed
    assert weights(flight, replace(STRICT, steps="pass", wheelchair=False))[0] > 0


def test_whether_a_ramp_works_is_as_unknown_as_of_a_lift() -> None:
    """A ramp of the register may be a lifting platform."""
    unknown, working = (Streets([Way("ramp", 0, 1, 10, {**GOOD, **told})]) for told in ({}, {"status": "working"}))
    assert weights(unknown, STRICT) == [0, 0]
    assert all(weights(working, STRICT))
    assert weights(unknown, CHAIR)[0] == pytest.approx(1.5 * weights(working, CHAIR)[0], abs=1)


def test_an_ambulance_passes_what_a_car_may_not() -> None:
    """Against one-way traffic, onto private ground, along pedestrian streets; never the wrong way up a motorway."""
    ways = [
        Way("street", 0, 1, 100, {"highway": "residential", "one_way": "forward"}),
        Way("street", 1, 2, 100, {"highway": "service", "motor_vehicle": "private"}),
        Way("footway", 2, 3, 100, {"footway": "pedestrian"}),
        Way("street", 3, 4, 100, {"highway": "motorway", "one_way": "forward"}),
        Way("footway", 4, 5, 100, {"footway": "sidewalk"}),
    ]
    car, ambulance = (weights(Streets(ways), PRESETS[name]) for name in ("car", "ambulance"))
    assert [weight > 0 for weight in car] == [True, False, False, False, False, False, True, False, False, False]
    assert [weight > 0 for weight in ambulance] == [True] * 6 + [True, False, False, False]


@pytest.mark.parametrize(
    ("known", "times"),
    [
        ({"highway": "residential"}, 3.0),
        ({"highway": "unclassified", "sidewalk": "no"}, 3.0),
        ({"highway": "primary"}, 3.75),
        ({"highway": "service"}, 2.0),
        ({"highway": "living_street"}, 1.1),
        ({"highway": "residential", "sidewalk": "separate"}, 4.5),
        ({"highway": "residential", "sidewalk": "both"}, 1.0),
        ({"highway": "primary", "sidewalk": "left", "foot": "yes"}, 2.0),
    ],
)
def test_walking_among_cars_is_dear_by_what_drives_there_and_takes_no_longer(
    known: dict[str, Any], times: float
) -> None:
    """Least where the street stands for its sidewalk, most where that is drawn by itself; none of it is time."""
    priced = price(
        Streets([Way("street", 0, 1, 100, known)]).graph(), replace(FOOT, carriageway=3.0), NOON, clock=ALMATY, now=NOON
    )
    assert priced.seconds.tolist() == pytest.approx([72.0, 72.0])
    assert priced.weights.tolist() == pytest.approx([72_000 * times] * 2, abs=1)


def test_the_blind_go_further_than_others_who_walk_so_as_not_to_go_among_cars() -> None:
    """Nobody who walks is led along a carriageway beside which a footway as long lies."""
    ways = [Way("street", 0, 1, 100, {**GOOD, **STREET}), Way("footway", 0, 1, 100, {**GOOD, "footway": "sidewalk"})]
    dearer = {}
    for name in ("foot", "pushchair", "wheelchair-manual", "wheelchair-electric", "low-vision", "blind"):
        alone = [weights(Streets([way]), PRESETS[name])[0] for way in ways]
        dearer[name] = alone[0] / alone[1]
    assert dearer["foot"] > 1.25
    assert dearer["foot"] < dearer["pushchair"] < dearer["wheelchair-manual"] < dearer["low-vision"] < dearer["blind"]
    assert dearer["wheelchair-electric"] == pytest.approx(dearer["wheelchair-manual"], rel=1e-3)


@pytest.mark.parametrize(("apart", "waits"), [(1.4, 1), (30.0, 1), (31.0, 2)])
def test_at_the_signals_of_one_junction_a_car_waits_once(apart: float, waits: int) -> None:
    """In both directions, where carriageways of a dual one are crossed; at those of the next junction again."""
    ways = [Way("street", node, node + 1, length, STREET) for node, length in enumerate((100.0, apart, 100.0))]
    lights = [Thing("signal", 1), Thing("signal", 2)]
    priced = price(Streets(ways, lights).graph(), CAR, NOON, clock=ALMATY, now=NOON)
    assert priced.delays[0::2].sum() == priced.delays[1::2].sum() == CAR.signal_seconds * waits


def test_a_broken_lift_bars_until_it_works() -> None:
    """And working, it is waited for by whoever comes to it."""
    way = Way("footway", 0, 1, 10, {"footway": "footway"})
    broken, working = (
        weights(Streets([way], [Thing("lift", 1, {"status": status, "door_width": 1.0})]), FOOT)
        for status in ("out_of_order", "working")
    )
    assert broken == [0, 0]
    assert working[0] - working[1] == 60_000


def test_a_whole_city_is_priced_anew_in_little_time() -> None:
    """400 000 arcs with all limits of a wheelchair."""
    streets = scattered(3, nodes=400, ways=800, things=80)
    graph = streets.graph()
    times = 250
    columns = {name: np.tile(getattr(graph, name), times) for name in ("u", "v", "length", "kind", "feature_id")}
    attributes = {name: np.tile(column, times) for name, column in graph.attributes.items()}
    large = graph.replaced(**columns, attributes=attributes, speeds=type(graph.speeds)())
    price(large, CHAIR, NOON, now=NOON)
    spent = []
    for _ in range(5):
        begun = time.process_time()
        price(large, CHAIR, NOON, now=NOON)
        spent.append(time.process_time() - begun)
    assert min(spent) < 0.15
