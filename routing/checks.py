"""What a profile asks of a way: each check says where ways are barred, unknown, or shunned, and by what limit.

The same checks price a whole city and name the object that blocks a single way, so that both always agree. A mask has
a place for each way; or two rows of them, for ways passed as drawn and against it, where the direction matters.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from routing.columns import CROSSING, RAMP, STEPS, STREET, Mask, Numbers, View, Ways
from routing.profile import UNKNOWN_FACTOR, Profile, Wish
from routing.usage import (
    CALM,
    MAY_NOT,
    MOTORWAYS,
    QUIET,
    SERVICE,
    SIDEWALKS,
    TRUNKS,
    against,
    against_on_foot,
    driven,
    driven_urgently,
    ridden,
    riding,
    walked,
    walking,
)

SHUNNED: Final = 1.5
"""A way without what is preferred costs so many times as much; so does a carriageway to who walks along it though its
sidewalk is drawn by itself, over and above :attr:`routing.profile.Profile.carriageway`."""
ALONG_CALM: Final = 1.1
"""Walking along a street that is shared, or hardly driven, costs so many times as much."""
ALONG_BUSY: Final = 1.25
"""Walking along a carriageway of a class above the quiet ones costs so many times as much as along theirs."""
THROUGH: Final = 3.0
"""A street open only to those who stop there costs drivers so many times as much, so that nobody drives through."""

SMOOTHNESS: Final = (
    "excellent", "good", "intermediate", "bad", "very_bad", "horrible", "very_horrible", "impassable",
)  # fmt: skip
"""From best to worst."""
RAILED: Final = ("yes", "left", "right", "both")
PAVED_FOR_FEET: Final = ("yes", "contrasted", "primitive")

State = tuple[Mask, Mask]
"""Where something is absent, and where nobody knows whether it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one limit says of some ways or fixtures.

    Attributes:
        attribute: name of the field that the limit concerns.
        limit: what is asked for, as JSON has it.
        barred: where it isn't met.
        unknown: where nobody knows whether it is.
        shunned: where it is met or doesn't bind, but a better way is preferred; ``times``: how much dearer that is.
    """

    attribute: str
    limit: object = None
    barred: Mask | None = None
    unknown: Mask | None = None
    shunned: Mask | None = None
    times: float = SHUNNED


class Sum:
    """Checks summed up: where something bars, and how much dearer the rest is."""

    def __init__(self, checks: Iterable[Check], profile: Profile, count: int) -> None:
        """Sum up checks of so many rows, as a profile treats the unknown."""
        self._barred: dict[int, Mask] = {}
        self._dearer: dict[tuple[float, int], npt.NDArray[np.uint8]] = {}
        self._count = count
        for check in checks:
            self._add(check, profile)

    def _add(self, check: Check, profile: Profile) -> None:
        if check.barred is not None:
            self._bar(check.barred)
        if check.shunned is not None:
            self._shun(check.shunned, check.times)
        if check.unknown is not None:
            treated = profile.on_unknown(check.attribute)
            if treated == "bar":
                self._bar(check.unknown)
            elif treated == "penalise":
                self._shun(check.unknown, UNKNOWN_FACTOR)

    def _bar(self, mask: Mask) -> None:
        held = self._barred.get(mask.ndim)
        if held is None:
            self._barred[mask.ndim] = mask.copy()
        else:
            np.logical_or(held, mask, out=held)

    def _shun(self, mask: Mask, times: float) -> None:
        key = times, mask.ndim
        if key in self._dearer:
            self._dearer[key] += mask.view(np.uint8)
        else:
            self._dearer[key] = mask.astype(np.uint8)

    def barred(self) -> Mask:
        """Tell where something bars: shape (2, k), or (k,) where no direction matters."""
        total = np.zeros(self._count, dtype=bool)
        for held in self._barred.values():
            total = total | held
        return total

    def factor(self) -> Numbers | None:
        """Return how much dearer than their time ways are, in the same shapes; ``None`` where none is."""
        total: Numbers | None = None
        for (times, _), counted in sorted(self._dearer.items()):
            dearer = _POWERS[times].take(counted) if times in _POWERS else _powers(times).take(counted)
            total = dearer if total is None else total * dearer
        return total


def _powers(times: float) -> Numbers:
    return np.float32(times) ** np.arange(256, dtype=np.float32).clip(0, 24)


_POWERS: Final = {times: _powers(times) for times in (ALONG_CALM, SHUNNED, UNKNOWN_FACTOR, THROUGH)}


def way_checks(ways: Ways, profile: Profile) -> Iterator[Check]:
    """Yield what a profile asks of ways, but for closures and what stands at their ends."""
    if profile.mode == "foot":
        yield from _on_foot(ways, profile)
    elif profile.mode == "bicycle":
        yield from _by_bicycle(ways)
    elif profile.mode == "ambulance":
        yield from _urgent(ways)
    else:
        yield from _by_motor(ways, profile)
    yield from _measures(ways, profile)
    yield from _steps(ways, profile)
    yield from _wishes(ways, profile)
    broken, unknown = ways.among("status", ("out_of_order",)), ways.missing("status")
    yield Check(attribute="status", limit="working", barred=broken, unknown=ways.of(RAMP) & unknown)


def _on_foot(ways: Ways, profile: Profile) -> Iterator[Check]:
    yield Check(attribute="foot", limit="yes", barred=~walked(ways))
    yield Check(attribute="one_way", limit="no", barred=against_on_foot(ways))
    drawn = ways.among("sidewalk", ("separate",))
    for times, along in _along(ways, profile.carriageway):
        yield from _dearer_along(along & ~drawn, times)
        yield from _dearer_along(along & drawn, times * SHUNNED)


def _dearer_along(ways: Mask, times: float) -> Iterator[Check]:
    if times > 1 and ways.any():
        yield Check(attribute="sidewalk", limit="both", shunned=ways, times=times)


def _along(ways: Ways, dear: float) -> Iterator[tuple[float, Mask]]:
    """Yield how much dearer walking along carriageways is, and along which; ``dear`` it is along residential streets.

    A street of which a sidewalk is recorded stands for that sidewalk. Where somebody entered as well that one may walk
    there, the sidewalk may be drawn beside it, since streets beside which it is drawn are closed to walkers otherwise.
    """
    street, sided = ways.of(STREET), ways.among("sidewalk", SIDEWALKS)
    bare = street & ~sided
    calm, quiet = bare & ways.among("highway", CALM), bare & ways.among("highway", QUIET)
    half = bare & ways.among("highway", SERVICE) | street & sided & ~ways.missing("foot")
    yield ALONG_CALM, calm
    yield (1 + dear) / 2, half
    yield dear, quiet & ~calm & ~half
    yield dear * ALONG_BUSY, bare & ~quiet


def _by_bicycle(ways: Ways) -> Iterator[Check]:
    """What binds who rides where he may and pushes where he only may walk."""
    passed = walked(ways) | ridden(ways)
    yield Check(attribute="bicycle", limit="yes", barred=~passed)
    yield Check(attribute="one_way", limit="no", barred=passed & ~(riding(ways) | walking(ways)))
    yield Check(attribute="highway", limit="cycleway", shunned=ways.among("highway", TRUNKS))


def _urgent(ways: Ways) -> Iterator[Check]:
    """What binds an ambulance: only roads on which driving against the traffic would be death."""
    yield Check(attribute="motor_vehicle", limit="yes", barred=~driven_urgently(ways))
    fast = ways.among("highway", (*MOTORWAYS, *TRUNKS))
    yield Check(attribute="one_way", limit="no", barred=against(ways) & fast)


def _by_motor(ways: Ways, profile: Profile) -> Iterator[Check]:
    """What binds motor vehicles without a siren."""
    yield Check(attribute="motor_vehicle", limit="yes", barred=~driven(ways))
    yield Check(attribute="one_way", limit="no", barred=against(ways))
    stopping = ("destination",)
    yield Check(attribute="motor_vehicle", limit="yes", shunned=ways.among("motor_vehicle", stopping), times=THROUGH)
    if profile.mode == "truck":
        yield Check(attribute="heavy", limit="yes", barred=ways.among("heavy", MAY_NOT))
        yield Check(attribute="heavy", limit="yes", shunned=ways.among("heavy", stopping), times=THROUGH)


def _measures(ways: Ways, profile: Profile) -> Iterator[Check]:
    level = ~ways.of(STEPS)
    if profile.max_incline_up is not None or profile.max_incline_down is not None:
        wheeled = profile.steps == "ramp"
        # A ramp along steps is as steep as they are.
        yield from _incline(ways, profile, level | (ways.flag("wheelchair_ramp") != 0) if wheeled else level)
    if profile.max_cross_slope is not None:
        yield at_most("cross_slope", np.abs(ways.number("cross_slope")), profile.max_cross_slope, level)
    if profile.min_width is not None:
        # A carriageway is wide enough for who goes on foot; how wide it is seldom stands in a map.
        asked = ~ways.of(STREET) if profile.mode in {"foot", "bicycle"} else np.ones(ways.count, dtype=bool)
        yield at_least("width", ways.number("width"), profile.min_width, asked)
    if profile.surfaces is not None:
        yield _listed(ways, "surface", sorted(profile.surfaces), level)
    if profile.worst_smoothness is not None:
        bearable = SMOOTHNESS[: SMOOTHNESS.index(profile.worst_smoothness) + 1]
        yield _listed(ways, "smoothness", list(bearable), level)
    if profile.wheelchair:
        yield Check(attribute="wheelchair", limit="yes", barred=ways.among("wheelchair", ("no",)))
    yield from _vehicle(ways, profile)


def _vehicle(ways: Ways, profile: Profile) -> Iterator[Check]:
    """Heights and weights: where nothing is posted, only tunnels and bridges leave a doubt."""
    for attribute, own, where in (
        ("max_height", profile.max_height, "tunnel"),
        ("max_weight", profile.max_weight, "bridge"),
    ):
        if own is not None:
            posted = ways.number(attribute)
            doubtful = np.isnan(posted) & (ways.flag(where) == 1)
            yield Check(attribute=attribute, limit=own, barred=posted < np.float32(own), unknown=doubtful)


def _incline(ways: Ways, profile: Profile, asked: Mask) -> Iterator[Check]:
    """Compare slopes by direction; one that is within the limit by less than its own error is unknown."""
    up = np.float32(np.inf if profile.max_incline_up is None else profile.max_incline_up)
    down = np.float32(np.inf if profile.max_incline_down is None else profile.max_incline_down)
    slope, limit = ways.number("incline"), {"up": profile.max_incline_up, "down": profile.max_incline_down}
    barred = np.stack([(slope > up) | (slope < -down), (slope > down) | (slope < -up)]) & asked
    yield Check(attribute="incline", limit=limit, barred=barred, unknown=np.isnan(slope) & asked)
    if ways.knows("incline_error"):
        error = np.abs(ways.number("incline_error"))
        highest, lowest = slope + error, slope - error
        beyond = np.stack([(highest > up) | (lowest < -down), (highest > down) | (lowest < -up)])
        yield Check(attribute="incline", limit=limit, unknown=beyond & ~barred & asked)


def at_most(attribute: str, known: Numbers, limit: float, asked: Mask) -> Check:
    """Check that a measure isn't above a limit."""
    barred = (known > np.float32(limit)) & asked
    return Check(attribute=attribute, limit=limit, barred=barred, unknown=np.isnan(known) & asked)


def at_least(attribute: str, known: Numbers, limit: float, asked: Mask) -> Check:
    """Check that a measure isn't below a limit."""
    barred = (known < np.float32(limit)) & asked
    return Check(attribute=attribute, limit=limit, barred=barred, unknown=np.isnan(known) & asked)


def _listed(rows: View, attribute: str, passed: list[str], asked: Mask) -> Check:
    absent, unknown = state(rows, attribute, passed)
    return Check(attribute=attribute, limit=passed, barred=absent & asked, unknown=unknown & asked)


def state(rows: View, attribute: str, good: Iterable[str]) -> State:
    """Tell where an attribute of a closed list has none of the good values, and where it is unknown."""
    unknown = rows.missing(attribute)
    return ~(unknown | rows.among(attribute, good)), unknown


def _steps(ways: Ways, profile: Profile) -> Iterator[Check]:
    steps = ways.of(STEPS)
    if profile.steps == "bar":
        yield Check(attribute="steps", limit="bar", barred=steps)
    elif profile.steps == "handrail":
        absent, unknown = state(ways, "handrail", RAILED)
        yield Check(attribute="handrail", limit="yes", barred=steps & absent, unknown=steps & unknown)
    elif profile.steps == "ramp":
        ramp = ways.flag("wheelchair_ramp")
        yield Check(attribute="wheelchair_ramp", limit=True, barred=steps & (ramp == 0), unknown=steps & (ramp < 0))


def _wishes(ways: Ways, profile: Profile) -> Iterator[Check]:
    if profile.marked_crossings != "ignore":
        yield wished("markings", profile.marked_crossings, _unmarked(ways), ways.of(CROSSING))
    if profile.sound_signals != "ignore":
        # Nothing sounds where nothing signals: whether such a crossing will do is for marked_crossings to say.
        asked = ways.of(CROSSING) & (ways.flag("signals") != 0)
        yield wished("sound_signals", profile.sound_signals, _flagged(ways, "sound_signals"), asked)
    if profile.light != "ignore":
        yield wished("lit", profile.light, _flagged(ways, "lit"), np.ones(ways.count, dtype=bool))
    if profile.tactile_paving != "ignore":
        yield wished("tactile_paving", profile.tactile_paving, unpaved_for_feet(ways), ways.of(STEPS))


def unpaved_for_feet(rows: View) -> State:
    """Tell where there is no tactile paving, and where nobody knows."""
    return state(rows, "tactile_paving", PAVED_FOR_FEET)


def _flagged(ways: Ways, attribute: str) -> State:
    flag = ways.flag(attribute)
    return flag == 0, flag < 0


def _unmarked(ways: Ways) -> State:
    """Tell which crossings are neither marked nor signalled."""
    signalled = ways.flag("signals") == 1
    return ways.among("markings", ("no",)) & ~signalled, ways.missing("markings") & ~signalled


def wished(attribute: str, wish: Wish, absent_or_unknown: State, asked: Mask) -> Check:
    """Check a wish.

    Args:
        attribute: what is wished for.
        wish: how much.
        absent_or_unknown: where it isn't, and where nobody knows.
        asked: where it matters.
    """
    absent, unknown = absent_or_unknown[0] & asked, absent_or_unknown[1] & asked
    if wish == "require":
        return Check(attribute=attribute, limit="require", barred=absent, unknown=unknown)
    return Check(attribute=attribute, limit="prefer", shunned=absent | unknown)
