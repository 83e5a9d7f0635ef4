"""A few streets in the centre of Helsinki, small enough to know every way by heart.

Metres east and north of the origin::

    (0,80)──────long way round, 360 m in all──────(200,80)
      │                                              │
    (0,0)──A──(90,0)──steps──(110,0)──B──(200,0)─────┘
      │
    (0,-60)══════════ one-way street, eastward ══════(200,-60)

    (900,0)──an island that no way leads to──(1000,0)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely

from gis.crs import transformer
from gis.edit import Put
from gis.record import Write
from tests.city import ORIGIN, City

Point = tuple[float, float]

_PAVED: Final[dict[str, Any]] = {"surface": "asphalt", "width": 2.5, "incline": 0.0, "smoothness": "good"}
_SIDEWALK: Final[dict[str, Any]] = {"footway": "sidewalk", **_PAVED}
_STREET: Final[dict[str, Any]] = {"highway": "residential", "max_speed": 36.0, "surface": "asphalt"}
WAYS: Final[Sequence[tuple[str, str, Sequence[Point], dict[str, Any]]]] = (
    ("west", "footway", [(0, 0), (90, 0)], {**_SIDEWALK, "name_kk": "Абай көшесі", "name_ru": "улица Абая"}),
    ("steps", "steps", [(90, 0), (110, 0)], {"step_count": 12, "climb": "up", "name_ru": "Лестница"}),
    ("east", "footway", [(110, 0), (200, 0)], _SIDEWALK),
    ("up", "footway", [(0, 0), (0, 80)], _SIDEWALK),
    ("round", "footway", [(0, 80), (200, 80)], _SIDEWALK),
    ("down", "footway", [(200, 80), (200, 0)], _SIDEWALK),
    ("link", "street_segment", [(0, 0), (0, -60)], {**_STREET, "sidewalk": "no"}),
    ("street", "street_segment", [(0, -60), (200, -60)], {**_STREET, "one_way": "forward"}),
    ("island", "footway", [(900, 0), (1000, 0)], _SIDEWALK),
)


def at(east: float, north: float) -> Point:
    """Return a place of the town in the city's system."""
    return ORIGIN[0] + east, ORIGIN[1] + north


def lonlat(east: float, north: float) -> list[float]:
    """Return a place of the town in degrees."""
    longitude, latitude = transformer(3879, 4326).transform(*at(east, north))
    return [round(longitude, 9), round(latitude, 9)]


def lonlat_text(east: float, north: float) -> str:
    """Return the same as parameters have it."""
    return ",".join(map(str, lonlat(east, north)))


@dataclass(frozen=True)
class StreetTown:
    """The town, and the ids of its ways."""

    city: City
    ids: dict[str, int]


def built(city: City, day: str = "2020-01-01") -> StreetTown:
    """Enter the streets as one act."""
    act = city.act(day)
    writes = [
        Write(
            f"urban_planning.{layer}",
            -1 - number,
            act.period,
            shapely.LineString([at(*point) for point in course]),
            facts,
        )
        for number, (_, layer, course, facts) in enumerate(WAYS)
    ]
    done = city.register.perform(Put(tuple(writes)), act)
    return StreetTown(city, {name: done.features[-1 - number] for number, (name, *_) in enumerate(WAYS)})
