"""Bounding boxes as requests carry them, and the places in storage that they stand for."""

import itertools
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pyproj import CRS

from gis.crs import Crs, System, transformer, unbound_crs
from gis.errors import BadRequest
from gis.text import Text

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_STEPS = 21
"""Pieces of each side when a box is carried into another system, where straight sides become curves."""

_MARGIN = 3.0
"""Degrees around a system's area of use in which it still gives sound coordinates; beyond them nothing is stored."""


class BadBbox(BadRequest):
    """A bounding box that can't be read or lies nowhere."""

    code = "bad-bbox"


class Box(NamedTuple):
    """A box in ``x, y`` of some system: west, south, east, north. ``min_x > max_x`` means across the antimeridian."""

    min_x: float
    min_y: float
    max_x: float
    max_y: float


@dataclass(frozen=True, slots=True)
class Window:
    """Where a requested box lies in storage.

    Attributes:
        bounds: box around it, for the index.
        outline: the exact figure as closed ring of ``x, y``; ``None`` where it is ``bounds`` itself.
        flat: the box has no area: its figure is a line there and back, or a point.
    """

    bounds: Box
    outline: tuple[tuple[float, float], ...] | None = None
    flat: bool = False

    @property
    def wkt(self) -> str:
        """The exact figure as WKT, without SRID; a box without area is no polygon, which might meet nothing."""
        points = [f"{x!r} {y!r}" for x, y in self.outline or _corners(self.bounds)]
        if not self.flat:
            return f"POLYGON(({','.join(points)}))"
        return f"LINESTRING({','.join(points)})" if len(set(points)) > 1 else f"POINT({points[0]})"


def parse_bbox(text: str, crs: Crs) -> Box:
    """Read ``bbox=`` (OGC API Features, 7.15.3): 4 numbers, or 6 with heights, which a map's index does not use.

    Args:
        text: lower corner, upper corner, in the axis order of ``crs``.
        crs: system of the numbers.

    Returns:
        The box in ``x, y``; geographic ones clamped to the globe and, across the antimeridian, with west > east.

    Raises:
        BadBbox: not 4 or 6 finite numbers, or upper below lower, or off the globe (axes swapped?).
    """
    numbers = [_number(part, text) for part in text.split(",")]
    if len(numbers) not in {4, 6}:
        raise BadBbox(_COUNT.filled(text=text[:200], count=len(numbers)), parameter="bbox")
    half = len(numbers) // 2
    (x1, y1), (x2, y2) = numbers[:2], numbers[half : half + 2]
    box = Box(y1, x1, y2, x2) if crs.swap else Box(x1, y1, x2, y2)
    return checked_box(box, crs)


def checked_box(box: Box, crs: Crs) -> Box:
    """Return a box in ``x, y`` of ``crs`` that makes sense there, clamped to the globe.

    Raises:
        BadBbox: as :func:`parse_bbox`.
    """
    if not all(math.isfinite(value) for value in box):
        raise BadBbox(_FINITE.filled(text=_shown(box)), parameter="bbox")
    if box.min_y > box.max_y or (box.min_x > box.max_x and not crs.is_geographic):
        raise BadBbox(_ORDER.filled(text=_shown(box)), parameter="bbox")
    return _on_globe(box) if crs.is_geographic else box


def split_at_antimeridian(box: Box) -> tuple[Box, ...]:
    """Return a geographic box as one box, or two where it crosses the antimeridian."""
    if box.min_x <= box.max_x:
        return (box,)
    return (box._replace(max_x=180.0), box._replace(min_x=-180.0))


def storage_bbox(box: Box, crs: Crs, storage: System) -> tuple[Box, ...]:
    """Return the boxes in ``x, y`` of storage around what was asked for; none where storage can't reach.

    Args:
        box: as :func:`parse_bbox` returns it.
        crs: system of the box.
        storage: the city's system.
    """
    return tuple(window.bounds for window in storage_windows(box, crs, storage))


def storage_windows(box: Box, crs: Crs, storage: System) -> tuple[Window, ...]:
    """Return the places in storage that a box stands for, with their exact outlines.

    A box beyond the reach of the storage system is cut to that reach first, so that a box around the whole world finds
    everything. The answer is empty where nothing is left.

    Raises:
        NoTransformation: only a ballpark transformation leads to storage.
    """
    if crs.system == storage:
        return (Window(box, _corners(box), flat=True) if _is_flat(box) else Window(box),)
    reach = _reach(storage, crs.system)
    pieces = (_common(part, reach) if reach else part for part in split_at_antimeridian(box))
    windows = (_window(piece, crs.system, storage) for piece in pieces if piece)
    return tuple(window for window in windows if window)


def looks_swapped(box: Box, extent: Box) -> bool:
    """Tell whether a geographic box lies off a place, but on it once its axes are swapped."""
    turned = Box(box.min_y, box.min_x, box.max_y, box.max_x)
    return _common(box, extent) is None and _common(turned, extent) is not None


def _number(part: str, text: str) -> float:
    if not _NUMBER.fullmatch(part.strip()):
        raise BadBbox(_NUMBERS.filled(part=part.strip()[:50], text=text[:200]), parameter="bbox")
    return float(part)


def _on_globe(box: Box) -> Box:
    if box.min_y > 90 or box.max_y < -90:
        raise BadBbox(_OFF_GLOBE.filled(text=_shown(box)), parameter="bbox")
    south, north = max(box.min_y, -90.0), min(box.max_y, 90.0)
    if box.max_x - box.min_x >= 360:
        return Box(-180.0, south, 180.0, north)
    return Box(_longitude(box.min_x), south, _longitude(box.max_x), north)


def _longitude(degrees: float) -> float:
    return degrees if -180 <= degrees <= 180 else (degrees + 180) % 360 - 180


@lru_cache(maxsize=256)
def _reach(storage: System, source: System) -> Box | None:
    """Return the box of ``source`` that holds all that storage can hold; ``None`` where ``source`` can't express it."""
    area = _area_of_use(storage)
    wide = Box(
        max(area.min_x - _MARGIN, -180), max(area.min_y - _MARGIN, -90),
        min(area.max_x + _MARGIN, 180), min(area.max_y + _MARGIN, 90),
    )  # fmt: skip
    bounds = Box(*transformer(4326, source).transform_bounds(*wide, densify_pts=_STEPS))
    usable = all(math.isfinite(value) for value in bounds) and bounds.min_x < bounds.max_x
    return bounds if usable else None


def _area_of_use(system: System) -> Box:
    crs = unbound_crs(system)
    known = crs.area_of_use
    if known and known.west < known.east:
        return Box(known.west, known.south, known.east, known.north)
    # Without a stated area: some degrees around the projection's middle, where no projection of a city breaks down.
    middle = _middle(crs, system)
    return Box(max(middle - 5, -180), -80, min(middle + 5, 180), 84)


def _middle(projected: CRS, system: System) -> float:
    operation = projected.coordinate_operation
    named = {parameter.name: parameter.value for parameter in operation.params} if operation else {}
    origin = (float(named.get("False easting", 0)), float(named.get("False northing", 0)))
    return float(transformer(system, 4326).transform(*origin)[0])


def _common(one: Box, other: Box) -> Box | None:
    box = Box(
        max(one.min_x, other.min_x), max(one.min_y, other.min_y),
        min(one.max_x, other.max_x), min(one.max_y, other.max_y),
    )  # fmt: skip
    return box if box.min_x <= box.max_x and box.min_y <= box.max_y else None


def _window(box: Box, source: System, storage: System) -> Window | None:
    bounds = Box(*transformer(source, storage).transform_bounds(*box, densify_pts=_STEPS))
    x, y = transformer(source, storage).transform(*_sides(box))
    if not all(math.isfinite(value) for value in (*bounds, *x, *y)):
        return None
    return Window(bounds, tuple(zip(x, y, strict=True)), flat=_is_flat(box))


def _is_flat(box: Box) -> bool:
    return box.min_x == box.max_x or box.min_y == box.max_y


def _corners(box: Box) -> tuple[tuple[float, float], ...]:
    """Return the ring round a box, from its south-western corner."""
    west, south, east, north = box
    return (west, south), (east, south), (east, north), (west, north), (west, south)


def _sides(box: Box) -> tuple[list[float], list[float]]:
    corners = _corners(box)
    points = [corners[0]]
    for (x1, y1), (x2, y2) in itertools.pairwise(corners):
        points += [(x1 + (x2 - x1) * i / _STEPS, y1 + (y2 - y1) * i / _STEPS) for i in range(1, _STEPS + 1)]
    points[-1] = corners[0]
    return [x for x, _ in points], [y for _, y in points]


def _shown(box: Box) -> str:
    return ",".join(f"{value:g}" for value in box)


_COUNT = Text(
    kk="bbox={text} ішінде {count} сан бар; 4 (немесе биіктіктермен 6) болуы тиіс, мысалы 76.8,43.2,77.0,43.3.",
    ru="В bbox={text} чисел: {count}; должно быть 4 (или 6 с высотами), например 76.8,43.2,77.0,43.3.",
    en="bbox={text} has {count} numbers; it takes 4 (or 6 with heights), for example 76.8,43.2,77.0,43.3.",
)
_NUMBERS = Text(
    kk="bbox={text} ішіндегі «{part}» сан емес; дұрысы, мысалы: 76.8,43.2,77.0,43.3.",
    ru="«{part}» в bbox={text} — не число; верно, например: 76.8,43.2,77.0,43.3.",
    en="'{part}' in bbox={text} is not a number; right would be, for example, 76.8,43.2,77.0,43.3.",
)
_FINITE = Text(
    kk="{text} шегінде шексіз немесе анықталмаған сан бар; барлығы шекті болуы тиіс.",
    ru="В рамке {text} есть бесконечное или неопределённое число; все должны быть конечными.",
    en="The box {text} has an infinite or undefined number; all must be finite.",
)
_ORDER = Text(
    kk="{text} шегінде жоғарғы бұрыш төменгі бұрыштан төмен; алдымен төменгі, сосын жоғарғы бұрышты беріңіз.",
    ru="В рамке {text} верхний угол лежит ниже нижнего; задайте сначала нижний угол, потом верхний.",
    en="In the box {text} the upper corner lies below the lower one; give the lower corner first, then the upper.",
)
_OFF_GLOBE = Text(
    kk="{text} шегінің ендігі ±90° шегінен тыс; осьтердің реті ауысып кеткен болуы мүмкін.",
    ru="Широта рамки {text} вне ±90°; возможно, переставлены оси.",
    en="The latitude of the box {text} is beyond ±90°; the axes may be swapped.",
)
