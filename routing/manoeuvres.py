"""A route as what one does along it, in no language yet: set off, turn, cross, mind a kerb, climb steps, arrive.

Bearings are degrees clockwise from grid north; lengths metres; times seconds; incline a ratio, positive uphill in the
direction of travel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from routing.landmarks import Beside, Point
from routing.profile import Profile
from routing.ways import Way

Type = Literal[
    "depart", "continue", "turn", "roundabout", "enter_path", "leave_path", "crossing", "steps", "ramp",
    "kerb", "lift", "barrier", "surface", "slope", "narrow", "carriageway", "arrive",
]  # fmt: skip
"""What is done, or what is warned of: ``surface``, ``slope``, ``narrow`` and ``carriageway`` tell what lies ahead."""

TYPES: Final[tuple[Type, ...]] = get_args(Type)

Modifier = Literal[
    "straight", "slight_right", "right", "sharp_right", "u_turn", "sharp_left", "left", "slight_left", "up", "down",
]  # fmt: skip

WARNINGS: Final = frozenset({"surface", "slope", "narrow", "carriageway"})
Gait = Literal["walk", "wheels", "ride", "drive"]

SLIGHT: Final = 20.0
"""A turn of less [degrees] is straight on."""
NORMAL: Final = 45.0
SHARP: Final = 120.0
REVERSED: Final = 165.0

STEEP: Final[Mapping[Gait, float]] = {"walk": 0.10, "wheels": 0.05, "ride": 0.08, "drive": 0.15}
"""From which incline on it is told, by gait; by a norm of 5 % for wheelchairs, the rest as felt."""

OFF: Final = 20.0
"""A place farther from the ways of the map [m] is told to be off them."""

NARROW: Final = 1.2
"""A way less wide [m] is told to those on wheels: two can't pass each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manoeuvre:
    """One thing to do, or to mind, at one place of a route.

    Attributes:
        type, modifier: what; of a turn where to, of a kerb, steps or a ramp up or down, of an arrival on which side.
        turning: where one turns first, before a kerb, a crossing, steps or a ramp.
        location: where; along: metres of the route before it.
        bearing_before, bearing_after: direction of travel before and after; ``None`` where there is none.
        distance, seconds: to the next manoeuvre; going: metres to the next at which something is done.
        before: metres since the last one.
        way: which is entered, passed or crossed; what is crossed is told by its names.
        landmarks: what stands near, the most telling first; landmark: the one of them by which it is told.
        attributes: of what is passed, named as in the register, in the direction of travel.
        staying: the street is the same as before; plain: it has no name, as the one before, and is of the same kind.
        signals: traffic lights stand there.
        pushed: a bicycle is pushed from here on; bicycle: what a cyclist does anew: get off and push, or ride again.
        off_before, off_after: metres from where one is to the first way of the map, and from the last to where one
            goes, where that is worth telling.
        pieces: the first piece of the route from here on, and the first of the next manoeuvre.
    """

    type: Type
    modifier: Modifier | None = None
    turning: Modifier = "straight"
    location: Point
    along: float = 0.0
    bearing_before: float | None = None
    bearing_after: float | None = None
    distance: float = 0.0
    going: float = 0.0
    seconds: float = 0.0
    before: float = 0.0
    way: Way | None = None
    landmarks: tuple[Beside, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    landmark: Beside | None = None
    staying: bool = False
    plain: bool = False
    signals: bool = False
    pushed: bool = False
    bicycle: Literal["push", "ride"] | None = None
    off_before: float = 0.0
    off_after: float = 0.0
    pieces: tuple[int, int] = (0, 0)

    @property
    def turn(self) -> float:
        """By how much the direction changes [degrees], positive to the right; nothing where it is unknown."""
        if self.bearing_before is None or self.bearing_after is None:
            return 0.0
        return turn_of(self.bearing_before, self.bearing_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What one asker is told of.

    Attributes:
        gait: how the asker moves, for verbs and for what counts as steep.
        kerbs, barriers, landmarks, surfaces, widths: whether they are told.
        steep: incline [ratio] from which it is told; ``None``: never.
        clock: turns are told by the face of a clock as well.
        touch: tactile paving, sound and vibration are told, also that they lack.
        look: over how many metres of way before and after a turn its angle is measured.
        link: a nameless way between two others that is not longer [m] is not told.
        carriageway: it is told where one goes along a carriageway that has no sidewalk on record.
        wheels_up: steps are passed by the ramp beside them.
    """

    gait: Gait
    kerbs: bool = False
    barriers: bool = False
    landmarks: bool = False
    surfaces: bool = False
    widths: bool = False
    steep: float | None = None
    clock: bool = False
    touch: bool = False
    look: float = 5.0
    link: float = 8.0
    wheels_up: bool = False
    carriageway: bool = False


def detail_for(profile: Profile) -> Detail:
    """Return what is told to one who moves by a profile: to a driver turns and names, to the blind all they touch."""
    gait = _gait(profile)
    if gait == "drive":
        return Detail(gait=gait, look=15.0)
    blind, little = profile.name.startswith("blind"), profile.name.startswith("low-vision")
    pushed = profile.name.startswith("pushchair")
    return Detail(
        gait=gait,
        kerbs=blind or little or pushed or gait == "wheels",
        barriers=True,
        landmarks=gait != "ride",
        surfaces=blind or little or pushed or gait != "walk",
        widths=pushed or gait == "wheels",
        steep=STEEP["wheels"] if pushed else STEEP[gait],
        clock=blind,
        touch=blind or little,
        look=10.0 if gait == "ride" else 5.0,
        link=4.0 if blind else 8.0,
        wheels_up=profile.steps == "ramp",
        carriageway=blind or little or gait == "wheels",
    )


def _gait(profile: Profile) -> Gait:
    if profile.name.startswith("wheelchair"):
        return "wheels"
    gaits: Mapping[str, Gait] = {"foot": "walk", "bicycle": "ride"}
    return gaits.get(profile.mode, "drive")


def turn_of(before: float, after: float) -> float:
    """Return the turn from one bearing to another, more than -180 and at most 180 degrees, positive to the right.

    >>> turn_of(350, 20), turn_of(90, 0)
    (30, -90)
    """
    turn = (after - before) % 360
    return turn - 360 if turn > 180 else turn


def modifier_of(turn: float) -> Modifier:
    """Return what a turn is called.

    >>> [modifier_of(t) for t in (5, 30, -90, 140, 178)]
    ['straight', 'slight_right', 'left', 'sharp_right', 'u_turn']
    """
    size = abs(turn)
    if size < SLIGHT:
        return "straight"
    if size >= REVERSED:
        return "u_turn"
    right: Modifier = "slight_right" if size < NORMAL else "right" if size < SHARP else "sharp_right"
    left: Modifier = "slight_left" if size < NORMAL else "left" if size < SHARP else "sharp_left"
    return right if turn > 0 else left


def clock_hour(turn: float) -> int:
    """Return a turn as an hour of the clock's face, ahead being twelve.

    >>> [clock_hour(t) for t in (0, 90, -90, 30, 180, -14)]
    [12, 3, 9, 1, 6, 12]
    """
    return int(turn % 360 / 30 + 0.5) % 12 or 12


def legs(manoeuvres: Sequence[Manoeuvre], length: float, times: Sequence[float]) -> tuple[Manoeuvre, ...]:
    """Return manoeuvres with the way and the time from each to the next.

    Args:
        manoeuvres: in order, ``along`` set.
        length: of the route.
        times: when each is reached [s], and how long the route takes, last.
    """
    ends = [*(m.along for m in manoeuvres[1:]), length]
    done = [next((m.along for m in manoeuvres[at:] if m.type not in WARNINGS), length) for at in _following(manoeuvres)]
    starts = [0.0, *(m.along for m in manoeuvres[:-1])]
    return tuple(
        replace(
            m,
            distance=max(0.0, end - m.along),
            going=max(0.0, act - m.along),
            before=max(0.0, m.along - start),
            seconds=max(0.0, after - at),
        )
        for m, end, act, start, at, after in zip(manoeuvres, ends, done, starts, times[:-1], times[1:], strict=True)
    )


def _following(manoeuvres: Sequence[Manoeuvre]) -> range:
    return range(1, len(manoeuvres) + 1)
