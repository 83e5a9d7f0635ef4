"""What ways, fixtures, turns, closures, speeds and norms must keep: each rule broken, told, and healed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, RAMP, STEPS, STREET_SEGMENT
from cadastres.urban_planning.street_point_model import BARRIER, KERB, LIFT, TRAFFIC_SIGNAL
from cadastres.urban_planning.street_state_model import (
    ACCESSIBILITY_NORM,
    CLOSURE,
    DAILY_SPEED,
    STREET_SPEED,
    TURN_RESTRICTION,
)
from gis.layer import Layer
from tests.cadastres.urban_planning.engineer import line, point
from tests.cadastres.urban_planning.surveyor import Surveyor, entering, speeds
from tests.city import City

NORM: dict[str, Any] = {
    "code": "SP 1",
    "edition": "2012",
    "object_kind": "ramp",
    "attribute": "incline",
    "at_most": 0.08,
    "condition": "rise<=0.8 & cramped",
    "confirmed": False,
    "statement_kk": "а",
    "statement_ru": "а",
    "statement_en": "a",
}


@pytest.fixture(scope="module")
def surveyor(fresh_city: Callable[[str], City]) -> Iterator[Surveyor]:
    """A surveyor of one register for the whole file; each test works in a place of its own."""
    city = fresh_city("helsinki")
    yield Surveyor(city)
    city.register.close()


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (STREET_SEGMENT, {"max_speed": -5.0}),
        (STREET_SEGMENT, {"lanes": 0}),
        (STREET_SEGMENT, {"max_height": 0.0}),
        (FOOTWAY, {"width": -1.2}),
        (FOOTWAY, {"incline": 4.0}),
        (CROSSING, {"cross_slope": -0.02}),
        (STEPS, {"step_count": 0}),
        (RAMP, {"rise": -0.5}),
        (KERB, {"height": 12.0}),
        (LIFT, {"wait": -1.0}),
        (BARRIER, {"width": 0.0}),
        (TRAFFIC_SIGNAL, {"cycle": 0.0}),
        (STREET_SPEED, {"speed": -1.0, "segment_id": 1, "direction": "forward"}),
    ],
)
def test_measures(surveyor: Surveyor, layer: Layer, said: dict[str, Any]) -> None:
    """What no way or fixture can measure is refused, and the field and its bounds are told."""
    shape: Any = {"LineString": [line((0, 0), (9, 9))], "Point": [point(0, 0)], "": []}[layer.geometry.wkt]
    broken = surveyor.found(layer, *shape, **said)["street.measures"]
    assert broken.severity == "error"
    assert next(iter(said)) in str(broken.detail)


def test_measures_within_reason(surveyor: Surveyor) -> None:
    """Steep, narrow and low things are real and stay welcome."""
    steep = line((0, 20), (30, 20))
    assert not surveyor.found(FOOTWAY, steep, incline=-0.31, width=0.4, cross_slope=0.0, level=-2)
    assert "street.measures" not in surveyor.found(KERB, point(0, 20), kerb="flush", height=0.0)


def test_lines_without_length_and_across_themselves(surveyor: Surveyor) -> None:
    """A line of no length is refused; one across itself is warned of; a closed loop is neither."""
    assert surveyor.found(STEPS, line((0, 40), (0.004, 40)))["street.has-length"].severity == "error"
    knot = surveyor.found(STREET_SEGMENT, line((0, 40), (20, 60), (20, 40), (0, 60)))
    assert knot["street.does-not-cross-itself"].severity == "warning"
    assert not surveyor.found(STREET_SEGMENT, line((0, 40), (20, 60), (20, 40), (0, 40)))


def test_ends_that_nearly_meet(surveyor: Surveyor) -> None:
    """An end 20 cm from a way's end, or in the middle of a way, is told; one that joins, and a bridge, are not."""
    street = surveyor.street((0, 100), (50, 100))
    near = surveyor.found(FOOTWAY, line((50.2, 100), (80, 130)))["street.ends-join"]
    assert (near.other_id, near.place) == (street, point(50.2, 100))
    assert near.amount == pytest.approx(0.2, abs=1e-6)
    middle = surveyor.found(FOOTWAY, line((25, 100), (25, 130)))["street.ends-join"]
    assert (middle.severity, middle.other_id) == ("warning", street)
    for joining in (line((50, 100), (80, 130)), line((50, 100), (25, 103), (0, 100)), line((50.4, 100), (80, 130))):
        assert not surveyor.found(FOOTWAY, joining)
    assert not surveyor.found(FOOTWAY, line((25, 100), (25, 130)), level=1)


def test_fixtures_off_the_ways(surveyor: Surveyor) -> None:
    """A kerb, lift, barrier or signal that stands at no way's end is told."""
    surveyor.street((0, 200), (50, 200))
    for layer in (KERB, LIFT, BARRIER, TRAFFIC_SIGNAL):
        assert surveyor.found(layer, point(25, 200))["street.stands-at-a-node"].severity == "warning"
        assert not surveyor.found(layer, point(50, 200))


def test_kerb_of_another_height(surveyor: Surveyor) -> None:
    """A kerb's kind and height contradict each other."""
    surveyor.street((0, 250), (50, 250))
    assert surveyor.found(KERB, point(0, 250), kerb="flush", height=0.12).keys() == {"kerb.kind-agrees-with-height"}
    assert not surveyor.found(KERB, point(0, 250), kerb="raised", height=0.12)


def test_turn_restrictions(surveyor: Surveyor) -> None:
    """A restriction stands where both its segments meet, and goes on doing so when one of them moves."""
    one, other = surveyor.street((0, 300), (50, 300)), surveyor.street((50, 300), (50, 350))
    far = surveyor.street((80, 300), (90, 300))
    said: dict[str, Any] = {"from_segment": one, "restriction": "no_left_turn"}
    wrong = surveyor.found(TURN_RESTRICTION, point(50, 300), **said, to_segment=far)["turn_restriction.segments-meet"]
    assert (wrong.other_id, wrong.detail) == (far, "to_segment")
    right = surveyor.enter(TURN_RESTRICTION, point(50.04, 300), **said, to_segment=other)
    standing = surveyor.now(TURN_RESTRICTION, right)
    assert standing is not None
    assert standing.geometry.equals(point(50, 300)), "drawn to the node"
    with pytest.raises(Exception, match="segments-meet"):
        surveyor.alter(STREET_SEGMENT, other, line((60, 300), (50, 350)))


def test_closures(surveyor: Surveyor) -> None:
    """A closure lies on what it closes, which must exist."""
    street = surveyor.street((0, 400), (50, 400))
    assert not surveyor.found(CLOSURE, line((0, 400), (50, 400)), closed_id=street)
    off = surveyor.found(CLOSURE, line((0, 420), (50, 420)), closed_id=street)["closure.lies-on-what-it-closes"]
    assert off.amount == pytest.approx(20)
    nothing = surveyor.found(CLOSURE, line((0, 400), (50, 400)), closed_id=987_654_321)
    assert nothing.keys() == {"register.reference.in-force"}


def test_modes(surveyor: Surveyor) -> None:
    """Modes are of the list."""
    street = surveyor.street((0, 450), (50, 450))
    course = line((0, 450), (50, 450))
    assert not surveyor.found(CLOSURE, course, closed_id=street, modes="foot, car")
    assert surveyor.found(CLOSURE, course, closed_id=street, modes="car;tram").keys() == {"street.known-modes"}


def test_speeds(surveyor: Surveyor) -> None:
    """One speed at a time for a segment's direction; a daily course has 96 numbers."""
    street = surveyor.street((0, 500), (50, 500))
    ahead: dict[str, Any] = {"segment_id": street, "direction": "forward"}
    surveyor.enter(STREET_SPEED, **ahead, speed=31.5)
    assert surveyor.found(STREET_SPEED, **ahead, speed=40.0).keys() == {"street.one-speed-at-a-time"}
    assert not surveyor.found(STREET_SPEED, segment_id=street, direction="backward", speed=40.0)
    surveyor.enter(DAILY_SPEED, **ahead, days="workday", speeds=speeds())
    assert surveyor.found(DAILY_SPEED, **ahead, days="workday", speeds=speeds()).keys() == {
        "street.one-speed-at-a-time"
    }
    assert not surveyor.found(DAILY_SPEED, **ahead, days="sunday", speeds=speeds().replace("40.0", "null", 3))
    for wrong in (speeds(count=95), speeds(251.0), speeds(-1.0), "[]", "40", speeds().replace("40.0", "NaN", 1), "{"):
        assert surveyor.found(DAILY_SPEED, **ahead, days="sunday", speeds=wrong).keys() == {"daily_speed.one-a-quarter"}


def test_norms_that_cannot_be_checked(surveyor: Surveyor) -> None:
    """A norm names a field that there is, a bound, and a condition that a machine reads."""
    assert not surveyor.found(ACCESSIBILITY_NORM, **NORM)
    for wrong in (
        {"attribute": "steepness"},
        {"object_kind": "kerb"},
        {"at_most": None},
        {"at_least": 0.1},
        {"condition": "in cramped conditions"},
    ):
        assert surveyor.found(ACCESSIBILITY_NORM, **{**NORM, **wrong}).keys() == {
            "accessibility_norm.can-be-checked"
        }, wrong


def test_a_norm_entered_twice(surveyor: Surveyor) -> None:
    """The same clause on the same attribute is refused; under another condition it is another norm."""
    surveyor.enter(ACCESSIBILITY_NORM, **NORM)
    assert surveyor.found(ACCESSIBILITY_NORM, **{**NORM, "at_most": 0.1}).keys() == {"accessibility_norm.entered-once"}
    assert not surveyor.found(ACCESSIBILITY_NORM, **{**NORM, "condition": None})


def test_two_at_once_tell_one_speed(surveyor: Surveyor) -> None:
    """Of several acts at once that tell the speed of one direction, one is recorded and the others are refused."""
    street = surveyor.street((0, 700), (50, 700))
    told = entering(STREET_SPEED, segment_id=street, direction="forward", speed=20.0)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: surveyor.broken(told), range(4)))
    assert sorted(map(len, outcomes)) == [0, 1, 1, 1]


def test_one_act_may_hold_what_refers_to_each_other(surveyor: Surveyor) -> None:
    """Two segments and the restriction between them are entered at once, drawn together where they nearly meet."""
    done = surveyor.change(
        entering(STREET_SEGMENT, line((0, 600), (50, 600))),
        entering(STREET_SEGMENT, line((50.03, 600), (50, 650))),
        entering(TURN_RESTRICTION, point(50.05, 600), from_segment=-1, to_segment=-2, restriction="no_right_turn"),
    )
    second = surveyor.now(STREET_SEGMENT, done.features[-2])
    assert second is not None
    assert second.geometry.equals_exact(line((50, 600), (50, 650)), 0.0)
