"""How long it takes to pass ways: on foot by the slope, by bicycle by slope and surface, by motor by speeds told.

All in float32 and element by element, so that a few ways cost to the bit what they cost among all.
"""

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from routing.columns import CROSSING, STEPS, Numbers, Ways
from routing.hours import Clock
from routing.network import Graph, Speeds
from routing.profile import Profile
from routing.usage import against, riding, typical_speed

TREAD: Final = 0.3
"""Depth of a step, from which their number follows where nobody counted them [m]."""

STEEPEST: Final = 0.5
"""Slopes beyond it are slips of the pen, and slow nobody further."""

PUSHED: Final = 4.0
"""Speed of somebody who pushes a bicycle [km/h]."""

SLOWEST_RIDE: Final = 6.0
FASTEST_RIDE: Final = 1.6
"""Nobody rides slower than 6 km/h, nor downhill faster than 1.6 times his speed on the flat."""

UP_A_PERCENT: Final = 1.44
DOWN_A_PERCENT: Final = 0.86
"""What a percent of slope takes from, and adds to, a cyclist's speed [km/h].

J. Parkin, J. Rotheram: Design speeds and acceleration characteristics of bicycle traffic, Transport Policy 17 (2010).
"""

CREEPING: Final = 20.0
"""The most an ambulance drives against a one-way street [km/h]."""

LIVE: Final = timedelta(minutes=30)
"""How long before or after its reading a live speed still tells of the road."""

ON_WHEELS: Final = {
    "gravel": 0.6, "dirt": 0.6, "grass": 0.5, "grass_paver": 0.7, "unpaved": 0.6, "paving_stones": 0.9,
}  # fmt: skip
BY_BICYCLE: Final = {
    "gravel": 0.6, "dirt": 0.6, "grass": 0.4, "grass_paver": 0.6, "unpaved": 0.6, "paving_stones": 0.8,
}  # fmt: skip
BY_MOTOR: Final = {
    "gravel": 0.6, "dirt": 0.4, "grass": 0.2, "grass_paver": 0.5, "unpaved": 0.5, "paving_stones": 0.8,
}  # fmt: skip
"""Share of the speed on asphalt that is left on other surfaces; where the surface is unknown, all of it."""


def way_seconds(ways: Ways, profile: Profile, moment: datetime, clock: Clock, *, live: bool) -> Numbers:
    """Return the seconds that each way takes, forward and backward; shape (2, k).

    Args:
        ways: which.
        profile: whose.
        moment: when they are passed.
        clock: the city's.
        live: whether the speeds told at the graph's reading hold at the moment.
    """
    if profile.mode == "foot":
        return _on_foot(ways, profile)
    if profile.mode == "bicycle":
        return _by_bicycle(ways, profile)
    return _by_motor(ways, profile, moment, clock, live=live)


def holds_live(graph: Graph, moment: datetime, now: datetime) -> bool:
    """Tell whether the speeds told at a graph's reading hold at a moment.

    They do within half an hour of the reading's valid time; of the present, within half an hour of now too, since a
    speed that still stands in the register is still told.
    """
    told = graph.reading.valid
    until = max(told, now) if graph.reading.present else told
    return told - LIVE <= moment <= until + LIVE


def _on_foot(ways: Ways, profile: Profile) -> Numbers:
    """Walk by Tobler's function of the slope, scaled to the profile's speed on the flat.

    W. Tobler: Three presentations on geographical analysis and modeling, NCGIA report 93-1 (1993): 6 km/h times
    exp(-3.5 |slope + 0.05|). A slope that isn't known counts as flat.
    """
    flat = ways.length * np.float32(3.6 / profile.speed)
    if profile.wheelchair or profile.steps in {"bar", "ramp"}:
        flat /= _factor(ways, ON_WHEELS)
    slope = _slope(ways)
    slope[ways.of(STEPS)] = 0
    seconds = np.stack([slope, -slope])
    seconds += np.float32(0.05)
    np.abs(seconds, out=seconds)
    seconds -= np.float32(0.05)
    seconds *= np.float32(3.5)
    np.exp(seconds, out=seconds)
    seconds *= flat
    _climb(seconds, ways, profile)
    return seconds


def _slope(ways: Ways) -> Numbers:
    slope = np.clip(ways.number("incline"), np.float32(-STEEPEST), np.float32(STEEPEST))
    slope[np.isnan(slope)] = 0
    return slope


def _factor(ways: Ways, table: dict[str, float]) -> Numbers:
    return ways.looked_up("surface", table, other=1.0, unknown=1.0)


def _climb(seconds: Numbers, ways: Ways, profile: Profile) -> None:
    """Add the time for each step."""
    steps = np.flatnonzero(ways.of(STEPS))
    if profile.step_seconds and steps.size:
        counted = ways.number("step_count")[steps]
        number = np.where(counted > 0, counted, ways.length[steps] / np.float32(TREAD))
        seconds[:, steps] += number * np.float32(profile.step_seconds)


def _by_bicycle(ways: Ways, profile: Profile) -> Numbers:
    """Ride where that is allowed, and push where it isn't."""
    percent = _slope(ways) * np.float32(100)
    speeds = np.stack([percent, -percent])
    speeds *= np.where(speeds > 0, np.float32(-UP_A_PERCENT), np.float32(-DOWN_A_PERCENT))
    speeds += np.float32(profile.speed)
    np.clip(speeds, np.float32(SLOWEST_RIDE), np.float32(FASTEST_RIDE * profile.speed), out=speeds)
    speeds *= _factor(ways, BY_BICYCLE)
    speeds[~riding(ways)] = PUSHED
    np.divide(ways.length * np.float32(3.6), speeds, out=speeds)
    _climb(speeds, ways, profile)
    return speeds


def _by_motor(ways: Ways, profile: Profile, moment: datetime, clock: Clock, *, live: bool) -> Numbers:
    """Drive at the live speed, else at the usual one of the hour, else at the greatest allowed or typical of the class.

    Nobody drives faster than the profile does.
    """
    allowed = ways.number("max_speed")
    free = np.where(allowed > 0, allowed, typical_speed(ways))
    free *= _factor(ways, BY_MOTOR)
    speeds = np.stack([free, free])
    if profile.live:
        _lay(speeds, _daily(ways, moment, clock))
        if live:
            _lay(speeds, _live(ways))
    if profile.mode == "ambulance":
        np.minimum(speeds, np.float32(CREEPING), out=speeds, where=against(ways))
    np.clip(speeds, np.float32(1), np.float32(profile.speed), out=speeds)
    np.divide(ways.length * np.float32(3.6), speeds, out=speeds)
    return speeds


def _lay(speeds: Numbers, told: Numbers | None) -> None:
    """Lay speeds that were told over others; 0 tells that nothing moves, NaN nothing."""
    if told is not None:
        np.copyto(speeds, told, where=told >= 0)


def _live(ways: Ways) -> Numbers | None:
    live = ways.graph.speeds.live
    return None if not len(live) else ways.pick(live.reshape(-1, 2)).T


def _daily(ways: Ways, moment: datetime, clock: Clock) -> Numbers | None:
    speeds: Speeds = ways.graph.speeds
    if not speeds.daily.shape[1] or not len(speeds.profiles):
        return None
    rows = ways.pick(speeds.daily[clock.kind_of_day(moment)].reshape(-1, 2)).T
    now = np.append(speeds.profiles[:, clock.quarter(moment)], np.float32(np.nan))
    return now.astype(np.float32, copy=False).take(rows, mode="wrap")


def crossing_wait(ways: Ways, profile: Profile) -> Numbers:
    """Return the seconds for which one waits at the signals of crossings."""
    if profile.mode not in {"foot", "bicycle"}:
        return np.zeros(ways.count, dtype=np.float32)
    signalled = ways.of(CROSSING) & (ways.flag("signals") == 1)
    return np.where(signalled, np.float32(profile.signal_seconds), np.float32(0))
