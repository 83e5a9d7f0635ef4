"""How near networks may come: norms with periods, and lines held to them in plan and in depth."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import LineString, Point

from cadastres.urban_planning.network_crossings import TooNear, too_near
from cadastres.urban_planning.network_upkeep import SetClearance
from data.loaders.clearances import BUNDLED, load_norms
from data.loaders.source import BadFile
from gis.edit import Put
from gis.record import NOWHERE, Write
from tests.cadastres.urban_planning.engineer import NORM, Engineer, laying, line
from tests.city import ORIGIN, City

CLEAR = "urban_planning.network_line.clear-of-others"
UNCONFIRMED = "urban_planning.network_line.clear-by-unconfirmed-norm"
EVERYWHERE = shapely.box(ORIGIN[0] - 1000, ORIGIN[1] - 1000, ORIGIN[0] + 5000, ORIGIN[1] + 5000)


@pytest.fixture
def engineer(fresh_city: Callable[[str], City]) -> Iterator[Engineer]:
    """A clerk of an empty register."""
    city = fresh_city("helsinki")
    yield Engineer(city)
    city.register.close()


def found(engineer: Engineer, day: str = "2030-01-01", **asked: bool) -> list[TooNear]:
    """Return all that comes too near on a day."""
    profile = engineer.city.profile
    with engineer.city.register.reading() as connection:
        reading = engineer.reading(day)
        return list(too_near(connection, reading, EVERYWHERE, profile.srid, profile.tolerances.linear, **asked))


def test_confirmed_norm_forbids(engineer: Engineer) -> None:
    """Confirmed norm forbids."""
    engineer.norm("sewer", "water", horizontal=1.5, vertical=0.4)
    engineer.lay((0, 0), (100, 0), diameter=200.0, depth_from=2.0, depth_to=2.0)
    near = laying((0, 1.7), (100, 1.7), network="sewer", diameter=400.0)
    broken = engineer.broken(near)[CLEAR]
    assert broken.amount == pytest.approx(1.4), "from edge to edge"
    assert broken.place is not None
    assert broken.place.length == pytest.approx(100.0, abs=0.1)
    assert not engineer.broken(laying((0, 1.9), (100, 1.9), network="sewer", diameter=400.0))
    over = laying((50, -20), (50, 20), network="sewer", diameter=400.0, depth_from=1.5, depth_to=1.5)
    assert engineer.broken(over)[CLEAR].detail == "depth: 0.10 m < 0.4 m"
    deeper = laying((50, -20), (50, 20), network="sewer", diameter=400.0, depth_from=2.6, depth_to=2.6)
    assert not engineer.broken(deeper)


def test_unconfirmed_norm_warns(engineer: Engineer) -> None:
    """Unconfirmed norm warns."""
    engineer.norm("gas", "water", horizontal=1.0, confirmed=False)
    engineer.lay((0, 0), (100, 0))
    assert engineer.warned(laying((0, 0.5), (100, 0.5), network="gas")).keys() == {UNCONFIRMED}
    assert not engineer.warned(laying((0, 1.5), (100, 1.5), network="gas"))


def test_a_line_is_held_to_the_norm_of_its_day(engineer: Engineer) -> None:
    """A line is held to the norm of its day."""
    engineer.norm("gas", "water", horizontal=1.0, day="2018-01-01")
    engineer.lay((0, 0), (100, 0))
    assert not engineer.broken(laying((0, 0.5), (100, 0.5), network="gas"), "2017-01-01"), "laid before the norm"
    assert CLEAR in engineer.broken(laying((0, -0.5), (100, -0.5), network="gas"), "2019-01-01")
    assert [len(found(engineer, day)) for day in ("2017-06-01", "2019-01-01")] == [0, 1]


def test_norm_that_says_nothing(engineer: Engineer) -> None:
    """Norm that says nothing."""
    silent = SetClearance(networks=("gas", "water"), horizontal=None, vertical=None, basis=NORM)
    negative = SetClearance(networks=("gas", "water"), horizontal=-1.0, vertical=None, basis=NORM)
    assert [engineer.broken(c).keys() for c in (silent, negative)] == [{"urban_planning.clearance.said"}] * 2


def test_norms_with_overlapping_periods(engineer: Engineer) -> None:
    """Norms with overlapping periods."""
    engineer.norm("gas", "water", horizontal=1.0)
    said = {"one_network": "gas", "other_network": "water", "min_horizontal": 2.0, "confirmed": True}
    again = Put((Write("urban_planning.clearance", -1, engineer.city.act("2020-01-01").period, NOWHERE, said),))
    assert engineer.broken(again).keys() == {"urban_planning.clearance.one-at-a-time"}


def test_what_is_not_on_record_is_told_where_asked(engineer: Engineer) -> None:
    """What is not on record is told where asked."""
    engineer.norm("gas", "water", vertical=0.2)
    engineer.lay((0, 0), (100, 0), depth_from=1.0)
    engineer.lay((50, -10), (50, 10), network="gas")
    assert found(engineer) == []
    (crossing,) = found(engineer, unknown=True)
    assert (crossing.nearness, crossing.gap, crossing.basis) == ("depth", None, NORM)


def test_the_finder_agrees_with_brute_force(engineer: Engineer) -> None:
    """The finder agrees with brute force."""
    engineer.norm("gas", "water", horizontal=3.0, vertical=0.5, confirmed=False)
    engineer.norm("gas", "sewer", horizontal=6.0, confirmed=False)
    engineer.norm("sewer", "sewer", horizontal=2.0, vertical=0.3, confirmed=False)
    chance = np.random.default_rng(7)
    period = engineer.city.act("2019-01-01").period
    laid: dict[int, tuple[str, LineString, float, float, float]] = {}
    writes = []
    for i in range(120):
        x, y = chance.uniform(0, 300, 2).round(2)
        east, north = chance.uniform(-60, 60, 2).round(2)
        network = str(chance.choice(["water", "gas", "sewer"]))
        width, begin, end = (float(v) for v in (chance.choice([100, 500, 900]), *chance.uniform(0.5, 3.0, 2).round(2)))
        course = line((x, y), (x + east, y + north))
        laid[-1 - i] = (network, course, width / 1000, begin, end)
        said = {
            "utility_network_type": network,
            "flow_direction": "bothDirections",
            "current_status": "projected",
            "diameter": width,
            "depth_from": begin,
            "depth_to": end,
        }
        writes.append(Write("urban_planning.network_line", -1 - i, period, course, said))
    ids = engineer.perform(Put(tuple(writes)), "2019-01-01").features
    told = {(frozenset((f.one, f.other)), f.nearness): f.gap for f in found(engineer)}
    naive = {(frozenset((ids[a], ids[b])), how): gap for a, b, how, gap in _brute_force(laid)}
    assert told.keys() == naive.keys()
    assert len(naive) > 40
    assert all(told[key] == pytest.approx(naive[key], abs=1e-6) for key in naive)


_NORMS = {
    frozenset(("gas", "water")): (3.0, 0.5),
    frozenset(("gas", "sewer")): (6.0, None),
    frozenset(("sewer",)): (2.0, 0.3),
}


def _brute_force(laid: dict[int, tuple[str, LineString, float, float, float]]) -> Iterator[tuple[int, int, str, float]]:
    ids = sorted(laid)
    for i, a in enumerate(ids):
        for b in ids[i + 1 :]:
            one, other = laid[a], laid[b]
            norm = _NORMS.get(frozenset((one[0], other[0])))
            if norm is None:
                continue
            if one[1].intersects(other[1]):
                if norm[1] is None:
                    continue
                spot = Point(one[1].intersection(other[1]).coords[0])
                tops = [o[3] + (o[4] - o[3]) * o[1].project(spot, normalized=True) for o in (one, other)]
                gap = max(tops[0] - tops[1] - other[2], tops[1] - tops[0] - one[2])
                if gap < norm[1] - 0.01:
                    yield a, b, "depth", gap
            else:
                gap = one[1].distance(other[1]) - one[2] / 2 - other[2] / 2
                if gap < norm[0] - 0.01:
                    yield a, b, "plan", max(gap, 0.0)


def test_two_clerks_at_once_lay_no_lines_too_near(engineer: Engineer) -> None:
    """Water and gas half a metre apart, on either side of a seam of the lock grid: one of each pair is refused."""
    engineer.norm("gas", "water", horizontal=1.0)

    def lay(place: int, network: str) -> bool:
        north = 0.25 if network == "gas" else -0.25
        return not engineer.broken(laying((place * 50, north), (place * 50 + 40, north), network=network))

    with ThreadPoolExecutor(8) as clerks:
        laid = [[clerks.submit(lay, place, network) for network in ("gas", "water")] for place in range(8)]
        done = [[each.result() for each in pair] for pair in laid]
    assert [sum(pair) for pair in done] == [1] * 8
    assert found(engineer) == []


def test_norms_that_come_with_the_engine(engineer: Engineer, tmp_path: Path) -> None:
    """All of them go in by one act, none of them confirmed; a second time nothing is left to enter."""
    register, act = engineer.city.register, engineer.city.act("2015-01-01")
    first = load_norms(register, BUNDLED, act)
    again = load_norms(register, BUNDLED, engineer.city.act("2016-01-01"))
    assert first.read == first.entered == again.known > 15
    assert (again.entered, again.changeset) == (0, None)
    assert engineer.warned(laying((0, 0), (100, 0), network="gas")).keys() == set()
    engineer.lay((0, 0), (100, 0), network="water")
    assert engineer.warned(laying((0, 0.5), (100, 0.5), network="gas")).keys() == {UNCONFIRMED}
    bad = tmp_path / "norms.csv"
    bad.write_text(BUNDLED.read_text(encoding="utf-8").replace("thermal", "steam"), encoding="utf-8")
    with pytest.raises(BadFile, match=r"norms\.csv, line 7"):
        load_norms(register, bad, act)
