"""Ways of moving that are ready to be asked for, each value with where it comes from.

Limits of people differ more than any table says: these are starting points, and each of them can be overruled by the
asker (:mod:`routing.limits`).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from routing.profile import Profile

PAVED: Final = frozenset({"asphalt", "concrete", "paved", "paving_stones"})
"""Surfaces on which small wheels roll."""

FIRM: Final = PAVED | {"gravel", "grass_paver"}
"""Surfaces that larger wheels manage as well."""

_SCARCE: Final = (("cross_slope", "accept"), ("width", "accept"), ("smoothness", "accept"))
"""What hardly any city has measured: to make it dearer everywhere would tell no way from another."""

# How dear it is to walk along a carriageway is ours for all who walk: from what a walker hardly minds to what somebody
# who doesn't see the cars goes a long way round for, since no edge leads a cane along the axis of a street.

# Speed on the flat: Tobler's function at slope 0 is 5.04 km/h. Steps: our assumption, a hundred steps a minute.
_FOOT: Final = Profile(name="foot", mode="foot", speed=5.0, carriageway=1.5, step_seconds=0.6)

# Speed: about 0.8 m/s, our assumption. Inclines: 8.33 % (1:12) is the steepest ramp of ADA 405.2 and of
# ISO 21542 for short rises; 10 % down as openrouteservice has it among its classes. Cross slope: twice ISO 21542's
# design value of 1:50, which is made to be kept by builders, not to be the last that is passed. Kerb: 0.03 m, the
# height to which OpenStreetMap's lowered kerbs go, and openrouteservice's lowest class. Width: 0.9 m, the clear width
# of a door in СП РК 3.06-101-2012.
_MANUAL: Final = Profile(
    name="wheelchair-manual",
    mode="foot",
    speed=3.0,
    max_incline_up=0.08,
    max_incline_down=0.1,
    max_cross_slope=0.04,
    max_kerb=0.03,
    min_width=0.9,
    surfaces=PAVED,
    worst_smoothness="intermediate",
    wheelchair=True,
    steps="bar",
    carriageway=3.0,
    unknown="penalise",
    unknowns=_SCARCE,
    kerb_seconds=5.0,
)

# Speed: below the 6 km/h to which power chairs are usually bound on sidewalks. Inclines: chairs of class B of EN 12184
# are tried on 6 degrees (10 %). Kerb: the same class climbs 0.05 m.
_ELECTRIC: Final = Profile(
    name="wheelchair-electric",
    mode="foot",
    speed=5.0,
    max_incline_up=0.1,
    max_incline_down=0.1,
    max_cross_slope=0.05,
    max_kerb=0.05,
    min_width=0.9,
    surfaces=FIRM,
    worst_smoothness="bad",
    wheelchair=True,
    steps="bar",
    carriageway=3.0,
    unknown="penalise",
    unknowns=_SCARCE,
    kerb_seconds=4.0,
)

# A pushchair is tilted over a kerb; on steps it needs a way for its wheels. Ours: no source measures parents.
_PUSHCHAIR: Final = Profile(
    name="pushchair",
    mode="foot",
    speed=4.5,
    max_incline_up=0.15,
    max_incline_down=0.15,
    max_kerb=0.15,
    min_width=0.7,
    surfaces=FIRM | {"dirt", "unpaved", "grass"},
    steps="ramp",
    carriageway=2.5,
    unknown="penalise",
    unknowns=(("width", "accept"),),
    step_seconds=1.5,
    kerb_seconds=4.0,
)

# Speeds: 1.1 m/s, and 0.9 m/s with a long cane, our assumptions. No limits of slope, as AccessMap's profile for
# the blind and those of low vision has none.
_LOW_VISION: Final = Profile(
    name="low-vision",
    mode="foot",
    speed=4.0,
    carriageway=4.0,
    step_seconds=0.8,
    light="prefer",
    marked_crossings="prefer",
    tactile_paving="prefer",
    sound_signals="prefer",
)
_BLIND: Final = Profile(
    name="blind",
    mode="foot",
    speed=3.2,
    carriageway=5.0,
    step_seconds=0.9,
    marked_crossings="require",
    tactile_paving="prefer",
    sound_signals="prefer",
    unknown="penalise",
)

_BICYCLE: Final = Profile(name="bicycle", mode="bicycle", speed=16.0, steps="pass", step_seconds=1.5, turns=True)

# A motor vehicle's speed is the greatest it drives anywhere; the streets say the rest. An ambulance on a
# van's body: 2.8 m and 5 t; a refuse truck on three axles: 3.8 m, and 26 t with its load. An operator gives his own.
_CAR: Final = Profile(name="car", mode="car", speed=110.0, turns=True, live=True, signal_seconds=12.0)
_AMBULANCE: Final = Profile(
    name="ambulance",
    mode="ambulance",
    speed=110.0,
    max_height=2.8,
    max_weight=5.0,
    turns=True,
    live=True,
    signal_seconds=4.0,
)
_REFUSE_TRUCK: Final = Profile(
    name="refuse-truck",
    mode="truck",
    speed=70.0,
    max_height=3.8,
    max_weight=26.0,
    turns=True,
    live=True,
    signal_seconds=15.0,
    unknown="penalise",
)

PRESETS: Final[Mapping[str, Profile]] = MappingProxyType({
    profile.name: profile
    for profile in (
        _FOOT, _MANUAL, _ELECTRIC, _PUSHCHAIR, _LOW_VISION, _BLIND, _BICYCLE, _CAR, _AMBULANCE, _REFUSE_TRUCK,
    )
})  # fmt: skip
"""By name, in the order in which they are offered."""
