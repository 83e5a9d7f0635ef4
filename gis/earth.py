"""From the city's plane to the globe: earth-centred coordinates of WGS 84, as viewers in three dimensions want them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from gis.crs import System, transformer
from gis.solid import Points

_A: Final = 6_378_137.0
_E2: Final = 6.69437999014e-3
"""WGS 84: half of the greater axis [m], and the first eccentricity squared."""


@dataclass(frozen=True, slots=True)
class Globe:
    """How a city's plane lies on the globe; ``geoid_height`` [m] is added to its heights."""

    system: System
    geoid_height: float = 0.0

    def degrees(self, points: Points) -> Points:
        """Return longitude, latitude [degrees] and height above the ellipsoid [m]."""
        longitude, latitude = transformer(self.system, 4326).transform(points[:, 0], points[:, 1])
        found: Points = np.column_stack([longitude, latitude, points[:, 2] + self.geoid_height])
        return found

    def centred(self, points: Points) -> Points:
        """Return earth-centred, earth-fixed coordinates [m] (EPSG:4978) of points of the city."""
        return centred(self.degrees(points))


def centred(points: Points) -> Points:
    """Return earth-centred coordinates [m] of longitudes, latitudes [degrees] and ellipsoidal heights [m]."""
    longitude, latitude = np.radians(points[:, 0]), np.radians(points[:, 1])
    across = _A / np.sqrt(1 - _E2 * np.sin(latitude) ** 2)
    flat = (across + points[:, 2]) * np.cos(latitude)
    found: Points = np.column_stack([
        flat * np.cos(longitude),
        flat * np.sin(longitude),
        (across * (1 - _E2) + points[:, 2]) * np.sin(latitude),
    ])  # fmt: skip
    return found


def local_frame(longitude: float, latitude: float) -> Points:
    """Return the directions east, north and up at a place (degrees), as columns of a rotation to earth-centred axes."""
    lam, phi = np.radians(longitude), np.radians(latitude)
    east = (-np.sin(lam), np.cos(lam), 0.0)
    north = (-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi))
    up = (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    return np.array([east, north, up], dtype=float).T
