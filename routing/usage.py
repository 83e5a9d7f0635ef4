"""What is usual for a way where nothing was entered for it: who passes it, and how fast one drives there.

The classes are OpenStreetMap's; who passes them follows its table of access by default, world-wide. The speeds are
typical of a city, in km/h; none of them is a limit in law, and what is entered for a way always goes before them.
"""

from typing import Final

import numpy as np

from routing.columns import STREET, Mask, Numbers, Ways
from routing.profile import Mode

MOTORWAYS: Final = ("motorway", "motorway_link")
TRUNKS: Final = ("trunk", "trunk_link")
QUIET: Final = ("residential", "living_street", "service", "unclassified", "track", "road")
"""Streets along which one walks without a sidewalk."""
CALM: Final = ("living_street", "track")
"""Those that are shared with who walks, or hardly driven along."""
SERVICE: Final = ("service",)
"""Those that lead to houses and car parks."""

STREET_SPEEDS: Final = {
    "motorway": 100.0, "motorway_link": 50.0, "trunk": 70.0, "trunk_link": 45.0, "primary": 60.0, "primary_link": 40.0,
    "secondary": 55.0, "secondary_link": 40.0, "tertiary": 50.0, "tertiary_link": 35.0, "unclassified": 40.0,
    "residential": 35.0, "living_street": 15.0, "service": 15.0, "track": 15.0, "busway": 40.0, "road": 30.0,
}  # fmt: skip
OTHER_SPEED: Final = 10.0
"""Of motor vehicles where only people on foot are usual [km/h]."""

MAY_NOT: Final = ("no", "private")
SIDEWALKS: Final = ("both", "left", "right")


def access_of(mode: Mode) -> str:
    """Return the field that tells who of a mode may pass."""
    return mode if mode in {"foot", "bicycle"} else "motor_vehicle"


def walked(ways: Ways) -> Mask:
    """Tell where one may walk: anywhere but on fast roads without a sidewalk, on busways, and where it is forbidden."""
    fast = ways.among("highway", TRUNKS) & ~ways.among("sidewalk", SIDEWALKS)
    fast |= ways.among("highway", (*MOTORWAYS, "busway"))
    return _entered_over(ways, "foot", ~fast)


def ridden(ways: Ways) -> Mask:
    """Tell where one may ride a bicycle, whatever the direction: on streets, cycle tracks and paths, or as entered."""
    usual = ways.of(STREET) & ~ways.among("highway", (*MOTORWAYS, "busway"))
    usual |= ways.among("footway", ("cycleway", "path"))
    return _entered_over(ways, "bicycle", usual)


def driven(ways: Ways) -> Mask:
    """Tell where one may drive, whatever the direction: on streets but busways, or as entered."""
    return _entered_over(ways, "motor_vehicle", ways.of(STREET) & ~ways.among("highway", ("busway",)))


def driven_urgently(ways: Ways) -> Mask:
    """Tell where an ambulance may drive: on all streets, and where only people on foot or those with leave may go."""
    usual = ways.of(STREET) | ways.among("footway", ("pedestrian",))
    return usual | ~(ways.missing("motor_vehicle") | ways.among("motor_vehicle", ("no",)))


def against(ways: Ways) -> Mask:
    """Tell which directions one-way traffic forbids motor vehicles; shape (2, k).

    ``one_way`` is of vehicles on streets and of people on foot elsewhere; there vehicles keep to ``bicycle_one_way``.
    """
    street = ways.of(STREET)
    return _directed(ways, "one_way") & street | _directed(ways, "bicycle_one_way") & ~street


def against_on_foot(ways: Ways) -> Mask:
    """Tell which directions are forbidden people on foot: those of moving walks, escalators and signed footways."""
    return _directed(ways, "one_way") & ~ways.of(STREET)


def against_by_bicycle(ways: Ways) -> Mask:
    """Tell which directions one may not ride a bicycle: where nothing was entered for bicycles, as all vehicles."""
    own = _directed(ways, "bicycle_one_way")
    return own | against(ways) & ways.missing("bicycle_one_way")


def riding(ways: Ways) -> Mask:
    """Tell which directions one may ride a bicycle; shape (2, k)."""
    return ridden(ways) & ~against_by_bicycle(ways)


def walking(ways: Ways) -> Mask:
    """Tell which directions one may walk; shape (2, k)."""
    return walked(ways) & ~against_on_foot(ways)


def _directed(ways: Ways, attribute: str) -> Mask:
    return np.stack([ways.among(attribute, ("backward",)), ways.among(attribute, ("forward",))])


def typical_speed(ways: Ways) -> Numbers:
    """Return the speed at which one drives [km/h] where nobody entered another."""
    road = STREET_SPEEDS["road"]
    by_class = ways.looked_up("highway", STREET_SPEEDS, other=road, unknown=road)
    return np.where(ways.of(STREET), by_class, np.float32(OTHER_SPEED))


def _entered_over(ways: Ways, attribute: str, usual: Mask) -> Mask:
    """Lay what was entered over what is usual."""
    if not ways.knows(attribute):
        return usual
    return (usual | ~ways.missing(attribute)) & ~ways.among(attribute, MAY_NOT)
