"""What questions to the city in three dimensions carry: places, heights, moments, the draft."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

import numpy as np
import shapely
from fastapi import Query, Request
from psycopg import Connection

from api.drafts.asked import PARAMETER
from api.moments import parse_moment
from api.ogc.request import only
from cadastres.urban_planning.city3d_scene import Scene
from gis.bbox import parse_bbox, storage_bbox
from gis.crs import CRS84, transformer
from gis.draft import Overlay
from gis.errors import BadRequest
from gis.instant import Instant, Reading, read_head, settle
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

TIMES: Final = ("datetime", "recorded-at", PARAMETER)
WIDEST: Final = 20_000.0
"""Metres: the longest side of an area that is looked at at once."""

Valid = Annotated[str | None, Query(alias="datetime", description="When it was so: a day or an instant; now.")]
Known = Annotated[str | None, Query(alias="recorded-at", description="As the register knew it then.")]
Bbox = Annotated[str | None, Query(description="West, south, east, north: degrees of WGS 84.")]

_NUMBERS: Final = re.compile(r"-?\d{1,9}(\.\d{1,12})?(,-?\d{1,9}(\.\d{1,12})?)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class View:
    """What a question is asked of."""

    register: Register
    connection: Connection
    reading: Reading
    scene: Scene

    @property
    def profile(self) -> CityProfile:
        """The city's profile."""
        return self.register.profile


def instant_of(register: Register, valid: str | None, recorded_at: str | None, draft: Overlay | None) -> Instant:
    """Return the point on both axes, and the draft, that a question is about.

    Raises:
        BadRequest: no moment.
    """
    moment = None if valid is None else parse_moment("datetime", valid, register.profile)
    known = None if recorded_at is None else parse_moment("recorded-at", recorded_at, register.profile)
    return Instant(moment, known, draft)


@contextmanager
def viewing(request: Request, instant: Instant, known: Iterable[str]) -> Iterator[View]:
    """Open the scene of a question; ``known`` are its parameters beside the times.

    Raises:
        BadRequest: a parameter that there is not.
    """
    only(request, (*TIMES, *known))
    register: Register = request.app.state.register
    with register.reading() as connection:
        reading = settle(instant, read_head(connection))
        yield View(register, connection, reading, Scene(connection, reading, register.profile))


def area_of(bbox: str, profile: CityProfile) -> shapely.Polygon:
    """Return the envelope, in the city's system, of a box in degrees.

    Raises:
        BadBbox: no box.
        BadRequest: it lies beyond the city's system, or is wider than :data:`WIDEST`.
    """
    found = storage_bbox(parse_bbox(bbox, CRS84), CRS84, profile.system)
    if not found:
        raise BadRequest(_BEYOND, parameter="bbox")
    box = shapely.box(*shapely.MultiPoint([p for b in found for p in ((b.min_x, b.min_y), (b.max_x, b.max_y))]).bounds)
    west, south, east, north = box.bounds
    if max(east - west, north - south) > WIDEST:
        raise BadRequest(_WIDE.filled(most=f"{WIDEST / 1000:g}"), parameter="bbox")
    return box


def point_of(name: str, text: str, profile: CityProfile) -> tuple[float, float]:
    """Return a point ``lon,lat`` in the city's system."""
    longitude, latitude = _numbers(name, text, 2, "76.93,43.25")
    return _placed(name, longitude, latitude, profile)


def line_of(name: str, text: str, profile: CityProfile) -> list[tuple[float, float]]:
    """Return a line ``lon,lat,lon,lat,…`` in the city's system."""
    values = _numbers(name, text, None, "76.93,43.25,76.95,43.24")
    return [_placed(name, x, y, profile) for x, y in zip(values[::2], values[1::2], strict=True)]


def space_point_of(name: str, text: str, profile: CityProfile) -> tuple[float, float, float]:
    """Return a point ``lon,lat,height`` in the city's system; the height is left as it is [m]."""
    longitude, latitude, height = _numbers(name, text, 3, "76.93,43.25,862.5")
    return (*_placed(name, longitude, latitude, profile), height)


def _numbers(name: str, text: str, count: int | None, example: str) -> list[float]:
    values = [float(part) for part in text.split(",")] if _NUMBERS.fullmatch(text) and len(text) < 4000 else []
    fits = len(values) == count if count else len(values) >= 4 and len(values) % 2 == 0
    if not fits:
        raise BadRequest(_POINT.filled(name=name, text=text[:80], example=example), parameter=name)
    return values


def _placed(name: str, longitude: float, latitude: float, profile: CityProfile) -> tuple[float, float]:
    if not profile.extent.holds(longitude, latitude):
        facts = {"name": name, "x": longitude, "y": latitude, "extent": ", ".join(map(str, profile.extent))}
        raise BadRequest(_OUTSIDE.filled(**facts), parameter=name)
    x, y = transformer(4326, profile.system).transform(longitude, latitude)
    return float(x), float(y)


def moment_of(text: str, profile: CityProfile) -> datetime:
    """Return the moment of a date and hour; without an offset it is the city's own time.

    Raises:
        BadRequest: no moment.
    """
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise BadRequest(_MOMENT.filled(text=text[:80]), parameter="at") from None
    moment = moment.replace(tzinfo=profile.zone) if moment.tzinfo is None else moment
    if not 1900 <= moment.year <= 2200:
        raise BadRequest(_MOMENT.filled(text=text[:80]), parameter="at")
    return moment.astimezone(UTC).astimezone(profile.zone)


def day_of(text: str) -> date:
    """Return a day.

    Raises:
        BadRequest: no day.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 2200:
        raise BadRequest(_DAY.filled(text=text[:80]), parameter="date")
    return day


def degrees(point: tuple[float, float, float], profile: CityProfile) -> list[float]:
    """Return a point of the city as longitude, latitude [degrees] and height [m]."""
    longitude, latitude = transformer(profile.system, 4326).transform(point[0], point[1])
    values: list[Any] = np.round([longitude, latitude], 9).tolist()
    return [*values, round(point[2], 3)]


_POINT: Final = Text(
    kk="{name}=«{text}» түсініксіз; дұрысы, мысалы: {example} (бойлық, ендік).",
    ru="{name}=«{text}» непонятно; верно, например: {example} (долгота, широта).",
    en="{name}='{text}' can't be read; right would be, for example, {example} (longitude, latitude).",
)
_OUTSIDE: Final = Text(
    kk="{name}: {x}, {y} нүктесі қаладан тыс; қала {extent} аралығында жатыр (бойлық, ендік).",
    ru="{name}: точка {x}, {y} вне города; город лежит в пределах {extent} (долгота, широта).",
    en="{name}: the point {x}, {y} lies outside the city, which lies within {extent} (longitude, latitude).",
)
_BEYOND: Final = Text(
    kk="bbox қаланың координаттар жүйесінен тыс жатыр.",
    ru="bbox лежит за пределами системы координат города.",
    en="The bbox lies beyond the city's coordinate system.",
)
_WIDE: Final = Text(
    kk="bbox тым кең; қабырғасы {most} км-ден аспауы тиіс.",
    ru="bbox слишком велик; сторона не должна превышать {most} км.",
    en="The bbox is too wide; its sides must be at most {most} km.",
)
_MOMENT: Final = Text(
    kk="at=«{text}» күн мен сағатты білдірмейді; дұрысы, мысалы: 2026-06-21T15:00 (қала уақыты).",
    ru="at=«{text}» не обозначает даты и часа; верно, например: 2026-06-21T15:00 (время города).",
    en="at='{text}' is no date and hour; right would be, for example, 2026-06-21T15:00 (the city's own time).",
)
_DAY: Final = Text(
    kk="date=«{text}» күнді білдірмейді; дұрысы, мысалы: 2026-06-21.",
    ru="date=«{text}» не обозначает дня; верно, например: 2026-06-21.",
    en="date='{text}' is no day; right would be, for example, 2026-06-21.",
)
