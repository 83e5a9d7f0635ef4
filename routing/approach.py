"""How a place off the ways is come to and left: over open ground, straight from or to the nearest way."""

from dataclasses import dataclass
from typing import Final

from routing.profile import Profile

VEHICLE: Final = 10.0
"""Km/h at which vehicles move off the ways of the map, bicycles among them; who walks does so as on the flat."""


@dataclass(frozen=True, slots=True)
class Approach:
    """What is true off the ways.

    Attributes:
        pace: seconds for a metre.
        joined: whether places are put onto ways that are joined to the rest for whoever moves: those who walk are put
            onto ways that the map joins to the rest, so that what bars them is told.
    """

    pace: float = 0.0
    joined: bool = False


NONE: Final = Approach()


def approach(profile: Profile) -> Approach:
    """Return how somebody comes to a way."""
    afoot = profile.mode == "foot"
    return Approach(pace=3.6 / (profile.speed if afoot else min(profile.speed, VEHICLE)), joined=not afoot)
