"""Where the sun stands, and what lies in shadow.

Positions are those of NREL's Solar Position Algorithm (Reda and Andreas, 2004; ±0.0003°) by pvlib, with refraction.
Azimuths of the answer count clockwise from true north; what is computed in the plane takes the grid's own north.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import System, transformer
from gis.solid import Points

_PRESSURE, _TEMPERATURE, _REFRACTION = 1013.25, 12.0, 0.5667
"""Air at the ground [hPa, °C], and refraction at the horizon [degrees]: a year's average."""

LONGEST: Final = 2000.0
"""Metres: farther from its body no shadow is followed; the sun then stands at the horizon and light is diffuse."""

_STEP: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun somewhere: degrees clockwise from true north and above the horizon; ``grid``: from grid north."""

    azimuth: float
    elevation: float
    grid: float

    @property
    def up(self) -> bool:
        """Whether it stands above the horizon."""
        return self.elevation > 0

    @property
    def reach(self) -> float:
        """Metres that a shadow is long for each metre of height."""
        return float(1 / np.tan(np.radians(self.elevation)))

    def offset(self) -> tuple[float, float]:
        """Return by how far east and north [m] a metre of height throws its shadow."""
        away = np.radians(self.grid)
        return -float(np.sin(away)) * self.reach, -float(np.cos(away)) * self.reach


def suns(moments: Sequence[datetime], x: float, y: float, system: System) -> list[Sun]:
    """Return the sun at moments (with their offsets) over a place (x east, y north in ``system``)."""
    from pvlib import spa  # noqa: PLC0415  (its libraries take a second to load)

    longitude, latitude = transformer(system, 4326).transform(x, y)
    times = np.array([moment.timestamp() for moment in moments])
    delta = spa.calculate_deltat(moments[0].year, moments[0].month)
    told = spa.solar_position(
        times, latitude, longitude, 0.0, _PRESSURE, _TEMPERATURE, delta, _REFRACTION, numthreads=1
    )
    north = grid_north(longitude, latitude, system)
    return [
        Sun(float(azimuth), float(elevation), float((azimuth + north) % 360))
        for elevation, azimuth in zip(told[2], told[4], strict=True)
    ]


def grid_north(longitude: float, latitude: float, system: System) -> float:
    """Return by how many degrees, clockwise, true north lies off the grid's north at a place."""
    way = transformer(4326, system)
    (x1, y1), (x2, y2) = way.transform(longitude, latitude), way.transform(longitude, latitude + _STEP)
    return float(np.degrees(np.arctan2(x2 - x1, y2 - y1)))


def shadow(triangles: Points, sun: Sun, ground: float) -> BaseGeometry:
    """Return what triangles shade of a level ground [m], the ground beneath them included; empty where all lie below.

    Raises:
        ValueError: the sun stands below the horizon.
    """
    shapes = np.asarray(shapely.polygons(thrown(triangles, sun, ground)), dtype=object)
    standing = triangles[(triangles[:, :, 2] > ground).any(axis=1)]
    if not len(standing):
        return shapely.Polygon()
    return shapely.union_all(shapes[shapely.area(shapes) > 0], grid_size=0.001)


def thrown(triangles: Points, sun: Sun, ground: float) -> Points:
    """Return triangles as the sun throws them on a level ground [m]: (x, y) of three corners each.

    Raises:
        ValueError: the sun stands below the horizon.
    """
    if not sun.up:
        raise ValueError("no shadows without sun")
    east, north = sun.offset()
    above = np.maximum(triangles[:, :, 2] - ground, 0)
    above = np.minimum(above, LONGEST / sun.reach)
    return np.stack([triangles[:, :, 0] + above * east, triangles[:, :, 1] + above * north], axis=-1)
