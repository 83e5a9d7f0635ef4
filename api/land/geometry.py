"""Geometries that a registrar sends: GeoJSON in, shapes of the city's projected system out, or a refusal that says why.

Coordinates are longitude and latitude of WGS 84 (RFC 7946) unless the body names another system; axis order is settled
here by :func:`gis.crs.parse_crs` and nowhere further in.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gis.crs import CRS84, Crs, OwnSystem, parse_crs, transformer
from gis.errors import BadGeometry
from gis.profile import CityProfile
from gis.text import Text
from gis.validity import is_number

Position = tuple[float, float]
Coordinates = npt.NDArray[np.float64]
_Shape = TypeVar("_Shape", bound=BaseGeometry)

_DEPTHS: Final = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""How many arrays stand around a position."""


@dataclass(frozen=True, slots=True)
class Geometer:
    """Reads the geometries of one body.

    Attributes:
        crs: the system that the body names.
    """

    profile: CityProfile
    crs: Crs

    @classmethod
    def of(cls, profile: CityProfile, crs: str | None) -> "Geometer":
        """Return the reader for a system by name; ``None`` is CRS84.

        Raises:
            UnknownCrs: no such system.
        """
        own = profile.system if isinstance(profile.system, OwnSystem) else None
        return cls(profile, CRS84 if crs is None else parse_crs(crs, own))

    def polygon(self, document: Any) -> Polygon:
        """Return a parcel's area: a Polygon, or a MultiPolygon of one part."""
        parts = self.multipolygon(document).geoms
        if len(parts) != 1:
            raise BadGeometry(_ONE_PART.filled(count=len(parts)), parts=len(parts))
        return parts[0]

    def multipolygon(self, document: Any) -> MultiPolygon:
        """Return a territory: a MultiPolygon or a Polygon."""
        kind, coordinates = _opened(document, "Polygon", "MultiPolygon")
        parts = coordinates if kind == "MultiPolygon" else [coordinates]
        if not parts:
            raise BadGeometry(_EMPTY)
        area = self._projected(MultiPolygon([_polygon(rings) for rings in parts]))
        _require_valid(area)
        return MultiPolygon([orient(part) for part in area.geoms])

    def line(self, document: Any) -> LineString | MultiLineString:
        """Return a line to cut along."""
        kind, coordinates = _opened(document, "LineString", "MultiLineString")
        if kind == "LineString":
            return self._projected(_line(coordinates))
        if not coordinates:
            raise BadGeometry(_EMPTY)
        return self._projected(MultiLineString([_line(part) for part in coordinates]))

    def point(self, document: Any) -> Point:
        """Return a point."""
        _, coordinates = _opened(document, "Point")
        return self._projected(Point(coordinates))

    def _projected(self, shape: _Shape) -> _Shape:
        points = shapely.get_coordinates(shape)
        x, y = (points[:, 1], points[:, 0]) if self.crs.swap else (points[:, 0], points[:, 1])
        longitude, latitude = transformer(self.crs.system, 4326).transform(x, y)
        self._require_in_city(longitude, latitude)
        east, north = transformer(self.crs.system, self.profile.system).transform(x, y)
        if not (np.isfinite(east).all() and np.isfinite(north).all()):
            raise BadGeometry(_BEYOND.filled(crs=self.crs.srs_name))
        return shapely.set_coordinates(shape, np.column_stack((east, north)))

    def _require_in_city(self, longitudes: Coordinates, latitudes: Coordinates) -> None:
        """Refuse coordinates outside the city, and say so when their axes look swapped."""
        extent = self.profile.extent
        for longitude, latitude in zip(longitudes.tolist(), latitudes.tolist(), strict=True):
            if extent.holds(longitude, latitude):
                continue
            facts = {"x": f"{longitude:.6g}", "y": f"{latitude:.6g}", "extent": ", ".join(f"{v:g}" for v in extent)}
            swapped = self.crs.is_geographic and extent.looks_swapped(longitude, latitude)
            raise BadGeometry((_SWAPPED if swapped else _OUTSIDE).filled(**facts), **facts)


def _opened(document: Any, *kinds: str) -> tuple[str, list[Any]]:
    """Return type and coordinates of a GeoJSON geometry, checked down to each position."""
    if not isinstance(document, dict) or document.get("type") not in kinds:
        found = document.get("type") if isinstance(document, dict) else type(document).__name__
        raise BadGeometry(_KIND.filled(found=str(found)[:40], kinds=", ".join(kinds)), expected=list(kinds))
    stray = sorted(set(document) - {"type", "coordinates", "bbox"})
    if stray:
        raise BadGeometry(_MEMBER.filled(member=str(stray[0])[:40]), member=str(stray[0])[:40])
    kind = str(document["type"])
    depth, coordinates = _DEPTHS[kind], document.get("coordinates")
    return kind, _nested(coordinates, depth) if depth else list(_position(coordinates))


def _nested(value: Any, depth: int) -> list[Any]:
    if not isinstance(value, list):
        raise BadGeometry(_NESTING.filled(found=str(value)[:60]))
    return [_nested(part, depth - 1) if depth > 1 else _position(part) for part in value]


def _position(value: Any) -> Position:
    if not isinstance(value, list) or not 2 <= len(value) <= 4 or not all(is_number(part) for part in value):
        raise BadGeometry(_POSITION.filled(found=str(value)[:60]))
    return float(value[0]), float(value[1])


def _polygon(rings: list[list[Position]]) -> Polygon:
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise BadGeometry(_RING.filled(count=len(ring)), positions=len(ring))
    if not rings:
        raise BadGeometry(_EMPTY)
    return Polygon(rings[0], rings[1:])


def _line(positions: list[Position]) -> LineString:
    if len(set(positions)) < 2:
        raise BadGeometry(_TWO_POINTS.filled(count=len(positions)))
    return LineString(positions)


def _require_valid(area: MultiPolygon) -> None:
    if not area.is_valid:
        reason = shapely.is_valid_reason(area)
        raise BadGeometry(_INVALID.filled(reason=reason), reason=reason)


_EMPTY = Text(
    kk="Геометрияда координаталар жоқ.", ru="В геометрии нет координат.", en="The geometry has no coordinates."
)
_ONE_PART = Text(
    kk="Учаскенің бір сыртқы контуры болады, мұнда {count}; әр бөлікті жеке учаске етіп құрыңыз.",
    ru="У участка один внешний контур, здесь их {count}; образуйте из каждой части свой участок.",
    en="A parcel has one outer ring, here are {count}; form each part as a parcel of its own.",
)
_KIND = Text(
    kk="GeoJSON геометриясының түрі {found}; мыналардың бірі керек: {kinds}.",
    ru="Тип геометрии GeoJSON — {found}; нужен один из: {kinds}.",
    en="The GeoJSON geometry's type is {found}; it must be one of: {kinds}.",
)
_MEMBER = Text(
    kk="Геометрияда «{member}» мүшесі болмайды; координаттар жүйесі сұраудың crs мүшесінде беріледі.",
    ru="В геометрии нет места члену «{member}»; систему координат называет член crs самого запроса.",
    en="A geometry has no member '{member}'; the coordinate system is named by the body's own member crs.",
)
_NESTING = Text(
    kk="«{found}» орнында координаталар массиві тұруы тиіс.",
    ru="На месте «{found}» должен стоять массив координат.",
    en="Where '{found}' stands there must be an array of coordinates.",
)
_POSITION = Text(
    kk="«{found}» нүкте емес; нүкте — екі не үш ақырлы сан: [76.945, 43.238].",
    ru="«{found}» — не точка; точка — два или три конечных числа: [76.945, 43.238].",
    en="'{found}' is no position; a position is two or three finite numbers: [76.945, 43.238].",
)
_RING = Text(
    kk="Сақинада {count} нүкте бар; кемінде төртеу керек, біріншісі мен соңғысы бірдей болуы тиіс.",
    ru="В кольце точек: {count}; нужно не меньше четырёх, первая и последняя должны совпадать.",
    en="The ring has {count} positions; it takes four at least, the last of them equal to the first.",
)
_TWO_POINTS = Text(
    kk="Сызықта {count} нүкте бар; кемінде екі түрлі нүкте керек.",
    ru="В линии точек: {count}; нужно не меньше двух разных.",
    en="The line has {count} positions; it takes two different ones at least.",
)
_INVALID = Text(
    kk="Геометрия жарамсыз: {reason}; шекара өзін қимауы тиіс.",
    ru="Геометрия неверна: {reason}; граница не должна пересекать себя.",
    en="The geometry is not valid: {reason}; a boundary must not cross itself.",
)
_BEYOND = Text(
    kk="Координаталар {crs} жүйесінің шегінен тыс.",
    ru="Координаты вне пределов системы {crs}.",
    en="The coordinates lie beyond the system {crs}.",
)
_OUTSIDE = Text(
    kk="({x}, {y}) нүктесі қаладан тыс; қала {extent} шегінде (батыс, оңтүстік, шығыс, солтүстік).",
    ru="Точка ({x}, {y}) вне города; город лежит в пределах {extent} (запад, юг, восток, север).",
    en="The position ({x}, {y}) is outside the city, which lies within {extent} (west, south, east, north).",
)
_SWAPPED = Text(
    kk="({x}, {y}) нүктесі қаладан тыс, бірақ осьтері ауысса қалада жатыр: алдымен бойлық, сосын ендік жазылады.",
    ru="Точка ({x}, {y}) вне города, но с переставленными осями лежит в нём: сначала долгота, потом широта.",
    en="The position ({x}, {y}) is outside the city, but inside with its axes swapped: longitude comes first.",
)
