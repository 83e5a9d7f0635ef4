"""What a profile asks of kerbs, lifts, barriers and signals, and how long it takes to pass them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.checks import Check, at_least
from routing.columns import BARRIER, KERB, LIFT, SIGNAL, Fixtures, Mask, Numbers
from routing.hours import Clock, Door
from routing.profile import Profile
from routing.usage import MAY_NOT, access_of

KERB_HEIGHTS: Final[Mapping[str, tuple[float, float]]] = {
    "flush": (-1.0, 0.0), "lowered": (0.0, 0.03), "rolled": (0.03, 0.1), "raised": (0.1, np.inf),
}  # fmt: skip
"""A kerb of a class whose height nobody measured is higher than the first and at most as high as the second [m]."""

RED: Final = 0.125
"""Share of a signal's cycle that one waits: half of it is red, and who comes in the red waits for half of that."""

GATES: Final = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "bump_gate", "door"})
"""Barriers that can be locked."""

_WALKERS: Final = frozenset[str]()
_CHAIRS: Final = frozenset({"stile", "turnstile", "full_height_turnstile", "kissing_gate", "log", "debris"})
_CYCLES: Final = frozenset({"stile", "turnstile", "full_height_turnstile", "kissing_gate"})
_MOTORS: Final = frozenset({
    "bollard", "kissing_gate", "cycle_barrier", "turnstile", "full_height_turnstile", "stile", "block", "chain", "rope",
    "log", "planter", "jersey_barrier", "entrance", "door", "debris",
})  # fmt: skip
_DOUBTFUL: Final = frozenset({"other", "debris"})
_DOORS: Final[tuple[Door, ...]] = ("open", "closed", "unknown")


def fixture_checks(fixtures: Fixtures, profile: Profile, moment: datetime, clock: Clock) -> Iterator[Check]:
    """Yield what a profile asks of what stands at nodes, but for closures."""
    if profile.max_kerb is not None:
        yield _kerb(fixtures, profile.max_kerb)
    yield from _lift(fixtures, profile)
    yield from _barrier(fixtures, profile)
    door = doors(fixtures, moment, clock)
    if door is not None:
        yield Check(attribute="hours", limit="open", barred=door == 1, unknown=door == 2)


def kerb_heights(fixtures: Fixtures) -> tuple[Numbers, Numbers]:
    """Return above which height each kerb is, and up to which [m]; NaN where nothing is known of it."""
    ranges = KERB_HEIGHTS.items()
    low = fixtures.looked_up("kerb", {name: low for name, (low, _) in ranges}, other=np.nan, unknown=np.nan)
    high = fixtures.looked_up("kerb", {name: high for name, (_, high) in ranges}, other=np.nan, unknown=np.nan)
    return low, high


def _kerb(fixtures: Fixtures, limit: float) -> Check:
    kerb, height, most = fixtures.of(KERB), fixtures.number("height"), np.float32(limit)
    low, high = kerb_heights(fixtures)
    measured = ~np.isnan(height)
    barred = kerb & np.where(measured, height > most, low >= most)
    passed = np.where(measured, height <= most, high <= most)
    return Check(attribute="kerb", limit=limit, barred=barred, unknown=kerb & ~barred & ~passed)


def _lift(fixtures: Fixtures, profile: Profile) -> Iterator[Check]:
    lift = fixtures.of(LIFT)
    if not lift.any():
        return
    if not profile.lifts:
        yield Check(attribute="lift", limit=False, barred=lift)
    broken, unknown = fixtures.among("status", ("out_of_order",)), fixtures.missing("status")
    yield Check(attribute="status", limit="working", barred=lift & broken, unknown=lift & unknown)
    if profile.min_width is not None:
        yield at_least("door_width", fixtures.number("door_width"), profile.min_width, lift)
    if profile.wheelchair:
        yield _no_wheelchair(fixtures, lift)


def _no_wheelchair(fixtures: Fixtures, asked: Mask) -> Check:
    return Check(attribute="wheelchair", limit="yes", barred=asked & fixtures.among("wheelchair", ("no",)))


def _barrier(fixtures: Fixtures, profile: Profile) -> Iterator[Check]:
    barrier = fixtures.of(BARRIER)
    if not barrier.any():
        return
    attribute, kinds = access_of(profile.mode), _barring(profile)
    silent = barrier & ~_allowed(fixtures, attribute, profile)
    if profile.mode != "ambulance":
        # No sign stops a siren, but what it stands on may.
        forbidden = fixtures.among(attribute, MAY_NOT)
        yield Check(attribute=attribute, limit="yes", barred=barrier & forbidden)
        silent &= ~forbidden
    doubtful = fixtures.among("barrier", _DOUBTFUL - kinds)
    yield Check(attribute="barrier", barred=silent & fixtures.among("barrier", kinds), unknown=silent & doubtful)
    if profile.wheelchair:
        yield _no_wheelchair(fixtures, barrier)
    if profile.mode == "truck":
        yield Check(attribute="heavy", limit="yes", barred=barrier & fixtures.among("heavy", MAY_NOT))
    yield _lock(fixtures, barrier)
    yield from _gap(fixtures, profile, barrier)


def _allowed(fixtures: Fixtures, attribute: str, profile: Profile) -> Mask:
    """Tell where somebody entered that one may pass; that anybody on foot may says nothing of wheels."""
    if profile.wheelchair:
        attribute = "wheelchair"
    return ~(fixtures.missing(attribute) | fixtures.among(attribute, MAY_NOT))


def _barring(profile: Profile) -> frozenset[str]:
    if profile.mode == "foot":
        return _CHAIRS if profile.wheelchair or profile.steps == "bar" else _WALKERS
    return _CYCLES if profile.mode == "bicycle" else _MOTORS


def _lock(fixtures: Fixtures, barrier: Mask) -> Check:
    """A gate whose hours are known is open in them, unless it is said to be locked."""
    locked = fixtures.flag("locked")
    lockable = barrier & fixtures.among("barrier", GATES)
    told = _keeps_hours(fixtures)
    doubtful = lockable & (locked < 0) & ~told
    return Check(attribute="locked", limit=False, barred=barrier & (locked == 1), unknown=doubtful)


def _gap(fixtures: Fixtures, profile: Profile, barrier: Mask) -> Iterator[Check]:
    if profile.min_width is not None:
        yield at_least("width", fixtures.number("width"), profile.min_width, barrier)
    if profile.max_height is not None:
        low = fixtures.number("max_height") < np.float32(profile.max_height)
        yield Check(attribute="max_height", limit=profile.max_height, barred=barrier & low)


def doors(fixtures: Fixtures, moment: datetime, clock: Clock) -> npt.NDArray[np.int8] | None:
    """Return places in ("open", "closed", "unknown") for what keeps hours; ``None`` where nothing does."""
    hours = fixtures.graph.hours
    if not hours:
        return None
    found = np.flatnonzero(_keeps_hours(fixtures))
    states = np.zeros(fixtures.count, dtype=np.int8)
    for row in found.tolist():
        states[row] = _DOORS.index(clock.door(hours[int(fixtures.feature_id[row])], moment))
    return states


def _keeps_hours(fixtures: Fixtures) -> Mask:
    hours = fixtures.graph.hours
    return np.isin(fixtures.feature_id, np.fromiter(hours, np.int64, len(hours)))


def delays(fixtures: Fixtures, profile: Profile) -> Numbers:
    """Return how long it takes to pass each fixture [s], to be spent by whoever comes to its node.

    Kerbs that aren't flush cost ``kerb_seconds``; lifts their own wait where it is known, and signals an eighth of
    their cycle; which arcs spend it is in :mod:`routing.pricing`. Who walks meets signals at crossings only, which have
    them as an attribute.
    """
    spent = np.zeros(fixtures.count, dtype=np.float32)
    spent[fixtures.of(KERB) & ~fixtures.among("kerb", ("flush",))] = profile.kerb_seconds
    wait, cycle = fixtures.number("wait"), fixtures.number("cycle")
    lift, signal = fixtures.of(LIFT), fixtures.of(SIGNAL)
    spent[lift] = np.where(wait >= 0, wait, np.float32(profile.lift_seconds))[lift]
    if profile.mode != "foot":
        spent[signal] = np.where(cycle > 0, cycle * np.float32(RED), np.float32(profile.signal_seconds))[signal]
    return spent
