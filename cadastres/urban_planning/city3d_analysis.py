"""What planners ask of the city in three dimensions: shadows at an hour, hours of shadow, lines of sight.

Shadows fall on level ground: that of the body, or of the place asked about. The plane is the city's projected system;
the earth's curvature (8 cm over a kilometre, 0.3 m over two) is left out of account.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.city3d_scene import Body, Scene
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.sight import first_meeting
from gis.sun import LONGEST, Sun, shadow, suns, thrown
from gis.terrain import along
from gis.text import Text

FARTHEST: Final = 5000.0
"""Metres: no line of sight is longer; beyond, the earth's curvature would count."""

MINUTES: Final = 10
"""Between two looks at the sun, unless asked otherwise."""

MOST_WORK: Final = 10_000_000
"""Triangles that the looks of one question may throw, each that meets the place counted for a hundred: some seconds."""

_FIRST: Final = 12
"""How many of the largest shadows are searched for smaller ones within."""

_MARGIN: Final = 0.5
"""Metres of a step over terrain that a line of sight takes at least."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The shadow of a body: on the level of its own ground, without what lies beneath the body itself."""

    body: Body
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Shade:
    """How a place is shaded in the course of a day.

    Attributes:
        sunrise, sunset: first and last look at which the sun was up; ``None`` where it never was.
        sunlit, shaded: hours, weighed by the share of the place's area (of a point: whether it lies in shadow).
        looks: the moments with the share of the place that lay in shadow.
        ground: height of the place [m] on which shadows were taken.
    """

    sunrise: datetime | None
    sunset: datetime | None
    sunlit: float
    shaded: float
    looks: Sequence[tuple[datetime, float]]
    ground: float


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What hides one point from the other: a body, or the ground where there is none; and where (x, y, z)."""

    body: Body | None
    place: tuple[float, float, float]
    distance: float


@dataclass(frozen=True, slots=True)
class Sight:
    """A line of sight: its ends (x, y, z), its length [m], and what stands in it, the nearest first."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    length: float
    obstacles: Sequence[Obstacle]
    over_terrain: bool


def casts(bodies: Iterable[Body], sun: Sun) -> list[Cast]:
    """Return the shadow of each body that throws one."""
    found = []
    for body in bodies:
        ground = body.ground_height
        if ground is not None:
            shape = shadow(body.triangles, sun, ground).difference(body.footprint)
            if not shape.is_empty:
                found.append(Cast(body, shape))
    return found


def shade(scene: Scene, place: BaseGeometry, day: date, profile: CityProfile, minutes: int = MINUTES) -> Shade:
    """Return how a place (point or area, city's system) is shaded on a legal day.

    Raises:
        BadRequest: so much stands around, or so often is looked, that the answer would take more than
            :data:`MOST_WORK`.
    """
    middle = place.centroid
    ground = _ground(scene, middle)
    moments = _moments(day, profile, minutes)
    looks = [(m, s) for m, s in zip(moments, suns(moments, middle.x, middle.y, profile.system), strict=True) if s.up]
    bodies = scene.obstacles(place.buffer(LONGEST / 2)) if looks else []
    reach = Reach(bodies, ground)
    told = [(moment, reach.share(place, sun)) for moment, sun in looks]
    hours = minutes / 60
    shaded = sum(share for _, share in told) * hours
    first, last = (told[0][0], told[-1][0]) if told else (None, None)
    return Shade(first, last, round(len(told) * hours - shaded, 4), round(shaded, 4), told, ground)


def _moments(day: date, profile: CityProfile, minutes: int) -> list[datetime]:
    """Return the middles of the day's steps, in the city's zone; a day may have 23 or 25 hours."""
    moment, end = profile.midnight(day), profile.midnight(day + timedelta(days=1))
    step = timedelta(minutes=minutes)
    count = max(1, int((end - moment) / step))
    return [(moment.astimezone(profile.zone) + step * (i + 0.5)) for i in range(count)]


class Reach:
    """Bodies with the outer bounds of what they can shade, so that few are looked at closely."""

    def __init__(self, bodies: Sequence[Body], ground: float) -> None:
        self._bodies = [b for b in bodies if (b.roof_height or ground) > ground]
        self._ground = ground
        self._boxes = np.array([b.footprint.bounds for b in self._bodies]).reshape(-1, 4)
        self._heights = np.array([(b.roof_height or ground) - ground for b in self._bodies])
        self._work = 0

    def share(self, place: BaseGeometry, sun: Sun) -> float:
        """Return which share of a place lies in shadow: of a point all or nothing."""
        shapes = self._meeting(place, sun)
        if not len(shapes):
            return 0.0
        if place.area == 0 or shapely.covers(shapes, place).any():
            return 1.0
        # Only what lies in the place is united: shadows of a low sun are long and many.
        within = shapely.union_all(_largest(shapely.intersection(shapes, place)))
        return min(1.0, float(within.area / place.area))

    def _meeting(self, place: BaseGeometry, sun: Sun) -> Any:
        """Return the triangles thrown that meet a place, as polygons; together they are the shadows."""
        near = [self._bodies[i] for i in np.flatnonzero(self._near(place, sun))]
        if not near:
            return np.array([], dtype=object)
        triangles = thrown(np.concatenate([b.triangles for b in near]), sun, self._ground)
        low, high, bounds = triangles.min(axis=1), triangles.max(axis=1), np.array(place.bounds)
        meets = (low <= bounds[2:]).all(axis=1) & (high >= bounds[:2]).all(axis=1)
        (ax, ay), (bx, by) = (triangles[:, 1] - triangles[:, 0]).T, (triangles[:, 2] - triangles[:, 0]).T
        turn = ax * by - ay * bx
        # Light that enters a block leaves it again: the faces that it enters throw the whole shadow.
        block = np.repeat([b.derived for b in near], [len(b.triangles) for b in near])
        meets &= np.where(block, turn > 0, turn != 0)
        self._spend(len(meets) + 100 * int(meets.sum()))
        shapes = np.asarray(shapely.polygons(triangles[meets]), dtype=object)
        shapely.prepare(place)
        return shapes[shapely.intersects(place, shapes)]

    def _near(self, place: BaseGeometry, sun: Sun) -> Any:
        """Return of which bodies a shadow can fall on a place: by their boxes, drawn out, and in line with the sun."""
        west, south, east, north = place.bounds
        offset = sun.offset()
        dx, dy = (np.minimum(self._heights, LONGEST / sun.reach) * one for one in offset)
        low_x, high_x = self._boxes[:, 0] + np.minimum(dx, 0), self._boxes[:, 2] + np.maximum(dx, 0)
        low_y, high_y = self._boxes[:, 1] + np.minimum(dy, 0), self._boxes[:, 3] + np.maximum(dy, 0)
        near = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
        # Twice the distance of the boxes' middles across the sun's way, against their breadths across it.
        apart = self._boxes[:, :2] + self._boxes[:, 2:] - (west + east, south + north)
        broad = self._boxes[:, 2:] - self._boxes[:, :2] + (east - west, north - south)
        across = np.array([-offset[1], offset[0]])
        return near & (np.abs(apart @ across) <= broad @ np.abs(across))

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > MOST_WORK:
            raise BadRequest(_TOO_MUCH, parameter="minutes")


def _largest(shapes: Any) -> Any:
    """Return shapes without those that lie within one of the largest."""
    ordered = shapes[np.argsort(-shapely.area(shapes))]
    first, rest = ordered[:_FIRST], ordered[_FIRST:]
    shapely.prepare(first)
    return np.concatenate([first, rest[~shapely.covers(first[:, None], rest[None, :]).any(axis=0)]])


def _ground(scene: Scene, middle: shapely.Point) -> float:
    """Return the height of the ground: of the terrain, else of what stands nearest, else 0."""
    height = scene.terrain.height(middle.x, middle.y).height
    if height is not None:
        return height
    near = [b for b in scene.obstacles(middle.buffer(LONGEST / 10)) if b.ground_height is not None]
    closest = min(near, key=lambda b: b.footprint.distance(middle), default=None)
    return 0.0 if closest is None or closest.ground_height is None else closest.ground_height


def line_of_sight(scene: Scene, start: tuple[float, float, float], end: tuple[float, float, float]) -> Sight:
    """Return whether one point (x, y, z in the city's system) is seen from another, and what hides it.

    Raises:
        BadRequest: the points are one, or farther apart than :data:`FARTHEST`.
    """
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    length = float(np.linalg.norm(b - a))
    if not 0 < length <= FARTHEST:
        raise BadRequest(_LENGTH.filled(length=f"{length:.0f}", most=f"{FARTHEST:.0f}"), length=length)
    line = shapely.LineString([a[:2], b[:2]]) if (a[:2] != b[:2]).any() else shapely.Point(a[:2])
    bodies = [body for body in scene.obstacles(line) if body.footprint.distance(line) < 1.0]
    found = [(first_meeting(a, b, body.triangles), body) for body in bodies if len(body.triangles)]
    obstacles = [Obstacle(body, _at(a, b, share), round(share * length, 3)) for share, body in found if share < 1]
    ground = _behind_ground(scene, a, b, length)
    return Sight(
        start, end, round(length, 3), sorted([*obstacles, *ground], key=lambda o: o.distance), bool(scene.terrain)
    )


def _behind_ground(scene: Scene, a: Any, b: Any, length: float) -> list[Obstacle]:
    """Return where the ground first rises above the line."""
    step = scene.terrain.resolution()
    if step is None or (a[:2] == b[:2]).all():
        return []
    points = along([tuple(a[:2]), tuple(b[:2])], max(step / 4, _MARGIN))
    way = float(points[-1, 2])
    for (x, y, distance), ground in zip(points[1:-1], scene.terrain.heights(points[1:-1, :2]), strict=True):
        share = distance / way
        if ground.height is not None and ground.height > a[2] + (b[2] - a[2]) * share:
            place = round(float(x), 3), round(float(y), 3), ground.height
            return [Obstacle(None, place, round(share * length, 3))]
    return []


def _at(a: Any, b: Any, share: float) -> tuple[float, float, float]:
    x, y, z = (a + (b - a) * share).round(3).tolist()
    return x, y, z


_LENGTH: Final = Text(
    kk="Нүктелер арасы {length} м; ол нөлден үлкен және {most} м-ден аспауы тиіс.",
    ru="Между точками {length} м; должно быть больше нуля и не больше {most} м.",
    en="The points are {length} m apart; they must be more than nothing and at most {most} m apart.",
)
_TOO_MUCH: Final = Text(
    kk="Бұл жерде көлеңкелер бір жауапқа тым көп; minutes мәнін үлкейтіңіз не учаскенің орнына нүкте беріңіз.",
    ru="Теней в этом месте слишком много для одного ответа; увеличьте minutes или задайте точку вместо участка.",
    en="Too many shadows fall here for one answer; make minutes greater, or give a point instead of the parcel.",
)
