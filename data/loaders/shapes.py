"""Checks of geometries, a batch at a time: what can't be stored is found, named and placed; nothing is repaired.

One part in a Multi geometry is unwrapped, one geometry of a Multi layer is wrapped, heights are kept or dropped as the
layer says: these change no place.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely import Point
from shapely.geometry.base import BaseGeometry

from data.loaders import defects
from data.loaders.defects import Flaw, Kind
from data.loaders.source import Batch, Geometries
from gis.bbox import Box
from gis.crs import System, pyproj_crs, transformer
from gis.layer import Layer
from gis.profile import CityProfile

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

_SINGLE = {"Point": 0, "LineString": 1, "Polygon": 3}
_MULTI = {"MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6}
_NAMES = {code: name for name, code in {**_SINGLE, **_MULTI, "LinearRing": 2, "GeometryCollection": 7}.items()}
_MARGIN = 3.0
"""Degrees around a system's area of use in which its coordinates are still sound."""


@dataclass(frozen=True)
class Shaped:
    """Geometries of a batch that may be stored, in the city's system, and what was wrong with the others.

    Attributes:
        geometries: ``None`` where there is a refusal.
        origin: the same in the file's own system, for the row's content hash.
        flaws: at most one refusal a row, and warnings.
        unwrapped: how many one-part Multi geometries were unwrapped, or single ones wrapped.
    """

    geometries: Geometries
    origin: Geometries
    flaws: list[Flaw]
    unwrapped: int


class Shaper:
    """Checks the geometries of one file, in ``system``, for one layer of one city."""

    def __init__(self, layer: Layer, profile: CityProfile, system: System) -> None:
        self.layer, self.system = layer, system
        self._profile = profile
        self._same = system == profile.system
        self._geographic = pyproj_crs(system).is_geographic
        self._to_city = transformer(system, profile.system)
        self._to_globe = transformer(system, 4326)
        self._from_city = transformer(profile.system, 4326)

    @cached_property
    def _reach(self) -> Box:
        crs = pyproj_crs(self._profile.system)
        area = crs.area_of_use or (crs.source_crs.area_of_use if crs.source_crs else None)
        west, south, east, north = self._profile.extent if area is None else area.bounds
        return Box(west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN)

    def shape(self, batch: Batch) -> Shaped:
        """Check a batch."""
        work = _Work(batch.geometries.copy())
        self._readable(work, batch)
        unwrapped = self._right_kind(work)
        _finite(work)
        self._in_place(work)
        in_dimension = shapely.force_3d if self.layer.z else shapely.force_2d
        origin = np.array(in_dimension(work.shapes), dtype=object)
        work.shapes = origin.copy() if self._same else _moved(origin, self._to_city)
        work.refuse(~_all_finite(work.shapes), defects.OUT_OF_RANGE, lambda i: _corner(origin[i]))
        self._valid(work)
        return Shaped(work.shapes, origin, work.flaws, unwrapped)

    def on_globe(self, place: BaseGeometry) -> BaseGeometry:
        """Carry a place from the city's system to lon/lat of WGS 84."""
        moved: BaseGeometry = _moved(np.array([shapely.force_2d(place)], dtype=object), self._from_city)[0]
        return moved

    def _readable(self, work: "_Work", batch: Batch) -> None:
        missing = shapely.is_missing(work.shapes)
        broken = np.zeros(len(missing), dtype=bool)
        broken[list(batch.broken)] = True
        work.refuse(broken, defects.GEOMETRY_BROKEN, lambda i: {"reason": batch.broken[i]}, absent=True)
        work.refuse(missing & ~broken, defects.GEOMETRY_MISSING, absent=True)
        work.refuse(shapely.is_empty(work.shapes) & ~missing, defects.GEOMETRY_EMPTY)

    def _right_kind(self, work: "_Work") -> int:
        expected = self.layer.geometry.wkt
        multi = expected.startswith("Multi")
        single = _SINGLE[expected.removeprefix("Multi")]
        kinds = shapely.get_type_id(work.shapes)
        is_single, is_multi = kinds == single, kinds == _MULTI["Multi" + expected.removeprefix("Multi")]
        parts = shapely.get_num_geometries(work.shapes)
        work.refuse(
            ~(is_single | is_multi | (kinds < 0)),
            defects.WRONG_TYPE,
            lambda i: {"found": _NAMES.get(int(kinds[i]), "?"), "expected": expected},
        )
        if multi:
            return work.replace(is_single, _WRAP[single])
        work.refuse(
            is_multi & (parts > 1), defects.SEVERAL_PARTS, lambda i: {"count": int(parts[i]), "expected": expected}
        )
        return work.replace(is_multi & (parts == 1), lambda shapes: shapely.get_geometry(shapes, 0))

    def _in_place(self, work: "_Work") -> None:
        bounds = shapely.bounds(work.shapes)
        if self._geographic:
            _on_globe(work, bounds)
        x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
        lon, lat = self._to_globe.transform(x, y)
        extent = Box(*self._profile.extent)
        away = ~_inside(lon, lat, self._reach) & work.live
        swapped = away & _inside(*self._to_globe.transform(y, x), extent)
        outside = ~_inside(lon, lat, extent) & ~away & work.live

        def told(i: int) -> dict[str, object]:
            known = np.isfinite(lon[i]) and np.isfinite(lat[i])
            return {"x": _shown(lon[i] if known else x[i]), "y": _shown(lat[i] if known else y[i])}

        work.warn(outside, defects.OUTSIDE_EXTENT, told, lambda i: Point(lon[i], lat[i]))
        work.refuse(swapped, defects.AXES_SWAPPED, told, lambda i: _point(lon[i], lat[i]))
        work.refuse(away & ~swapped, defects.OUT_OF_PLACE, told, lambda i: _point(lon[i], lat[i]))

    def _valid(self, work: "_Work") -> None:
        invalid = ~shapely.is_valid(work.shapes) & work.live
        for i in np.flatnonzero(invalid):
            kind, facts, spot = _diagnosis(work.shapes[i])
            place = self.on_globe(spot) if spot is not None else None
            work.flaws.append(Flaw(int(i), kind, facts, place))
        work.shapes[invalid] = None
        repeated = _repeated(work.shapes)
        work.warn(repeated > 0, defects.REPEATED_POINTS, lambda i: {"count": int(repeated[i])}, self._spot(work))

    def _spot(self, work: "_Work") -> "Callable[[int], BaseGeometry]":
        return lambda i: self.on_globe(shapely.point_on_surface(work.shapes[i]))


_Facts = Callable[[int], dict[str, object]]
_Place = Callable[[int], BaseGeometry | None]


@dataclass
class _Work:
    """Geometries under check: what is refused becomes ``None``."""

    shapes: Geometries

    def __post_init__(self) -> None:
        self.flaws: list[Flaw] = []

    @property
    def live(self) -> Mask:
        """What has not been refused."""
        return ~shapely.is_missing(self.shapes)

    def refuse(
        self, mask: Mask, kind: Kind, facts: _Facts | None = None, place: _Place | None = None, *, absent: bool = False
    ) -> None:
        chosen = mask if absent else mask & self.live
        self.warn(chosen, kind, facts, place)
        self.shapes[chosen] = None

    def warn(self, mask: Mask, kind: Kind, facts: _Facts | None = None, place: _Place | None = None) -> None:
        for i in map(int, np.flatnonzero(mask)):
            self.flaws.append(Flaw(i, kind, facts(i) if facts else {}, place(i) if place else None))

    def replace(self, mask: Mask, change: Callable[[Geometries], Geometries]) -> int:
        chosen = mask & self.live
        if chosen.any():
            self.shapes[chosen] = change(self.shapes[chosen])
        return int(chosen.sum())


def _wrapping(make: Callable[[Any], Any]) -> Callable[[Geometries], Geometries]:
    return lambda shapes: make(shapes.reshape(-1, 1))


_WRAP = {
    0: _wrapping(shapely.multipoints),
    1: _wrapping(shapely.multilinestrings),
    3: _wrapping(shapely.multipolygons),
}


def _finite(work: _Work) -> None:
    work.refuse(~_all_finite(work.shapes), defects.NOT_FINITE)


def _all_finite(shapes: Geometries) -> Mask:
    coordinates, owners = shapely.get_coordinates(shapes, include_z=False, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[owners[~np.isfinite(coordinates).all(axis=1)]] = False
    return finite


def _repeated(shapes: Geometries) -> npt.NDArray[np.int64]:
    """Count the points of each geometry that repeat the one before."""
    coordinates, owners = shapely.get_coordinates(shapes, return_index=True)
    same = (coordinates[1:] == coordinates[:-1]).all(axis=1) & (owners[1:] == owners[:-1])
    suspects = np.unique(owners[1:][same])
    lean = shapely.remove_repeated_points(shapes[suspects], 0.0)
    counts = np.zeros(len(shapes), dtype=np.int64)
    counts[suspects] = shapely.get_num_coordinates(shapes[suspects]) - shapely.get_num_coordinates(lean)
    return counts


def _on_globe(work: _Work, bounds: Numbers) -> None:
    west, south, east, north = bounds.T
    with np.errstate(invalid="ignore"):
        beyond = (west < -180) | (east > 180) | (south < -90) | (north > 90)
        leap = (east - west) > 180
    work.refuse(beyond, defects.OUT_OF_RANGE, lambda i: {"x": _shown(west[i]), "y": _shown(south[i])})
    work.refuse(leap, defects.ANTIMERIDIAN, lambda i: {"west": _shown(west[i]), "east": _shown(east[i])})


def _inside(x: Numbers, y: Numbers, box: Box) -> Mask:
    with np.errstate(invalid="ignore"):
        inside: Mask = (x >= box.min_x) & (x <= box.max_x) & (y >= box.min_y) & (y <= box.max_y)
    return inside


def _moved(shapes: Geometries, by: Transformer) -> Geometries:
    def move(coordinates: Numbers) -> Numbers:
        x, y = by.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y, *coordinates.T[2:]])

    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        moved = shapely.transform(shapes, move, include_z=bool(shapely.has_z(shapes).any()))
    return np.asarray(moved, dtype=object)


def _diagnosis(shape: BaseGeometry) -> tuple[Kind, dict[str, object], Point | None]:
    """Return the kind of an invalid geometry, its facts, and the spot (in the geometry's own system)."""
    reason = shapely.is_valid_reason(shape)
    words, _, spot = reason.partition("[")
    kind = next((kind for start, kind in _REASONS if words.startswith(start)), defects.INVALID)
    if kind is defects.SELF_CROSSING and _has_ring_twice(shape):
        kind = defects.DUPLICATE_RINGS
    numbers = [float(part) for part in spot.rstrip("]").split()[:2]]
    if len(numbers) < 2:
        return kind, {"reason": words, "x": "?", "y": "?"}, None
    return kind, {"reason": words, "x": f"{numbers[0]:.3f}", "y": f"{numbers[1]:.3f}"}, Point(numbers)


_REASONS = (
    ("Self-intersection", defects.SELF_CROSSING),
    ("Ring Self-intersection", defects.SELF_CROSSING),
    ("Interior is disconnected", defects.SELF_CROSSING),
    ("Nested", defects.HOLE_OUTSIDE),
    ("Hole lies outside shell", defects.HOLE_OUTSIDE),
    ("Holes are nested", defects.HOLE_OUTSIDE),
    ("Too few", defects.TOO_FEW_POINTS),
)


def _has_ring_twice(shape: BaseGeometry) -> bool:
    rings = shapely.normalize(shapely.get_rings(shape))
    return len({ring.wkb for ring in rings}) < len(rings)


def _corner(shape: BaseGeometry) -> dict[str, object]:
    x, y, *_ = shape.bounds
    return {"x": _shown(x), "y": _shown(y)}


def _shown(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1000 else f"{value:.2f}"


def _point(longitude: float, latitude: float) -> Point | None:
    on_globe = -180 <= longitude <= 180 and -90 <= latitude <= 90
    return Point(longitude, latitude) if on_globe else None


def digests(shapes: Geometries) -> Iterator[bytes]:
    """Yield what stands for each geometry in a content hash: little-endian ISO WKB of the file's own coordinates."""
    yield from (wkb or b"" for wkb in shapely.to_wkb(shapes, byte_order=1, flavor="iso"))
