"""What a place on the globe tells about a city: its UTM zone, its time zone."""

import csv
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from zoneinfo import TZPATH, available_timezones


def utm_epsg(longitude: float, latitude: float) -> int:
    """Return the EPSG code of the UTM zone on WGS 84 in which a place lies.

    >>> utm_epsg(76.9, 43.25), utm_epsg(-70.6, -33.4)
    (32643, 32719)
    """
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return (32600 if latitude >= 0 else 32700) + zone


def nearest_timezone(longitude: float, latitude: float) -> str:
    """Return the zone whose principal city (tz database, ``zone.tab``) is nearest; UTC where the table is missing.

    Near a border it can be the neighbour's; a profile file then says the right one.
    """
    return min(
        _zone_cities(), key=lambda city: _great_circle(longitude, latitude, city[1], city[2]), default=("UTC", 0.0, 0.0)
    )[0]


@lru_cache(maxsize=1)
def _zone_cities() -> tuple[tuple[str, float, float], ...]:
    for folder in TZPATH:
        file = Path(folder) / "zone.tab"
        if file.is_file():
            return tuple(_zone_rows(file))
    return ()


def _zone_rows(file: Path) -> Iterator[tuple[str, float, float]]:
    known = available_timezones()
    for row in csv.reader(file.read_text(encoding="utf-8").splitlines(), delimiter="\t"):
        if row and not row[0].startswith("#") and row[2] in known:
            latitude, longitude = re.findall(r"[+-]\d+", row[1])
            yield row[2], _degrees(longitude, 3), _degrees(latitude, 2)


def _degrees(text: str, width: int) -> float:
    """Read ISO 6709 ``±DDMM[SS]`` with so many digits of degrees."""
    digits = text[1:]
    seconds = int(digits[width + 2 :] or 0)
    value = int(digits[:width]) + int(digits[width : width + 2]) / 60 + seconds / 3600
    return -value if text.startswith("-") else value


def _great_circle(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Return the angle between two places [radians] (haversine)."""
    turn = math.radians(other_longitude - longitude)
    one, other = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin(turn / 2) ** 2
    return 2 * math.asin(min(1.0, math.sqrt(half)))
