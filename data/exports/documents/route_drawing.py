"""The drawings of a route sheet: the course among the streets around it, and the slopes along it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents import route_words as words
from data.exports.documents import wording
from data.exports.documents.chart import SCALES, Chart, Pen
from data.exports.documents.flow import Box
from data.exports.documents.paper import ACCENT, INK, MM, PALE, RULE, Type
from data.exports.documents.saying import Saying
from routing.instructions import Instruction
from routing.route import Coordinates, Piece
from routing.telling import incline

Bounds = tuple[float, float, float, float]

_FOOT: Final = 30.0
_SIDE: Final = 12.0
_SLACK: Final = 0.01
_MARGIN: Final = 0.08
_LEAST: Final = 200.0
"""Metres of ground that are shown at least, so that a short way has surroundings."""

_COURSE: Final = Pen(HexColor("#1b70b0"), 3.2)
_HALO: Final = Pen(Color(1, 1, 1), 5.2)
_WAYS: Final = {
    "major": Pen(HexColor("#c9a94f"), 2.4), "street": Pen(HexColor("#b9bec4"), 1.4),
    "path": Pen(HexColor("#c9cdd2"), 0.5, dash=(2, 1.5)),
}  # fmt: skip
_NAME: Final = Type(6, color=PALE)
_NUMBER: Final = Type(6.5, bold=True, color=Color(1, 1, 1))
_TICK: Final = Type(6, color=PALE)
_MARK: Final = 5.0
_MOST_NAMES: Final = 40
_STEEP: Final = HexColor("#b3261e")
_GENTLE: Final = HexColor("#4d8c57")
_UNKNOWN: Final = HexColor("#c3c9d0")


@dataclass(frozen=True, slots=True)
class Around:
    """A way beside the route, drawn for orientation.

    Attributes:
        kind: ``major``, ``street`` or ``path``.
        course: in the city's projected system.
        name: in the sheet's language, empty where it has none.
    """

    kind: str
    course: Coordinates
    name: str = ""


def ground(course: Coordinates, width: float, height: float) -> Bounds:
    """Return which ground is shown on a map of a size [points]: the course, and what fills the sheet around it."""
    inner_width, inner_height = width - _SIDE, height - _FOOT
    (west, south), (east, north) = course.min(axis=0), course.max(axis=0)
    wide = max((east - west) * (1 + 2 * _MARGIN), _LEAST)
    high = max((north - south) * (1 + 2 * _MARGIN), _LEAST)
    needed = max(wide / inner_width, high / inner_height) * 1000 * MM
    scale = next((s for s in SCALES if s >= needed), math.ceil(needed / 100_000) * 100_000)
    across, up = (0.999 * side * scale / (1000 * MM) for side in (inner_width, inner_height))
    x, y = (west + east) / 2, (south + north) / 2
    up = min(up, max(high, 0.45 * across))
    return x - across / 2, y - up / 2, x + across / 2, y + up / 2


def map_height(bounds: Bounds, width: float) -> float:
    """Return how high the map of a ground is where it is so wide [points]."""
    west, south, east, north = bounds
    return (width - _SIDE) * (north - south) / (east - west) + _FOOT + _SLACK


@dataclass
class _Taken:
    """Places of the map that have something written on them."""

    frame: Box
    places: list[tuple[float, float, float, float]] = field(default_factory=list)

    def take(self, x: float, y: float, half_width: float, half_height: float) -> bool:
        """Take a place if it is free and inside; tell whether it was."""
        west, south, east, north = x - half_width, y - half_height, x + half_width, y + half_height
        frame = self.frame
        inside = west >= frame.left and east <= frame.left + frame.width
        inside = inside and south >= frame.bottom and north <= frame.bottom + frame.height
        if not inside or any(west < e and w < east and south < n and s < north for w, s, e, n in self.places):
            return False
        self.places.append((west, south, east, north))
        return True


@dataclass(frozen=True, slots=True)
class RouteMap:
    """What is drawn.

    Attributes:
        bounds: of the ground; course: of the route; around: ways beside it; steps: its manoeuvres, in order.
        system: name of the coordinate system.
    """

    bounds: Bounds
    course: Coordinates
    around: Sequence[Around]
    steps: Sequence[Instruction]
    system: str


def route_drawing(canvas: Canvas, box: Box, drawn: RouteMap, say: Saying) -> None:
    """Draw a route among the streets around it; numbers are those of the table."""
    inner = Box(box.left + _SIDE, box.bottom + _FOOT, box.width - _SIDE, box.height - _FOOT + _SLACK)
    chart = Chart.of(drawn.bounds, inner)
    taken = _Taken(chart.frame)
    canvas.saveState()
    chart.clip(canvas)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for kind in ("path", "street", "major"):
        for way in drawn.around:
            if way.kind == kind:
                _line(canvas, chart, way.course, _WAYS[kind])
    _line(canvas, chart, drawn.course, _HALO)
    _line(canvas, chart, drawn.course, _COURSE)
    _numbers(canvas, chart, drawn.steps, taken)
    _names(canvas, chart, drawn.around, taken)
    canvas.restoreState()
    canvas.setDash()
    chart.north_arrow(canvas, say(wording.NORTH))
    chart.border(canvas)
    chart.scale_bar(canvas, chart.frame.left, chart.frame.bottom - 25, drawn.system, unit=say(words.METRE))


def _line(canvas: Canvas, chart: Chart, course: Coordinates, pen: Pen) -> None:
    pen.take(canvas)
    path = canvas.beginPath()
    for index, (x, y) in enumerate(course.tolist()):
        (path.lineTo if index else path.moveTo)(*chart.at(x, y))
    canvas.drawPath(path, stroke=1, fill=0)


def _numbers(canvas: Canvas, chart: Chart, steps: Sequence[Instruction], taken: _Taken) -> None:
    """Write the numbers of the manoeuvres on discs, those of start and end first; one that would hide another lacks."""
    numbered = list(enumerate(steps, 1))
    for number, step in [*numbered[:1], *numbered[-1:], *numbered[1:-1]]:
        x, y = chart.at(*step.manoeuvre.location)
        if taken.take(x, y, _MARK, _MARK):
            canvas.setFillColor(_STEEP if number in {1, len(steps)} else INK)
            canvas.circle(x, y, _MARK, stroke=0, fill=1)
            _NUMBER.put(canvas, x, y - 0.35 * _NUMBER.size, str(number), "middle")


def _names(canvas: Canvas, chart: Chart, around: Iterable[Around], taken: _Taken) -> None:
    """Write the name of each street once, along its longest straight that is shown, as far as there is room."""
    best: dict[str, tuple[float, Coordinates]] = {}
    for way in around:
        if way.name:
            for length, ends in _straights(way.course, chart):
                if length > best.get(way.name, (0.0, None))[0]:
                    best[way.name] = (length, ends)
    longest = sorted(best.items(), key=lambda item: -item[1][0])
    for name, (length, ends) in longest[:_MOST_NAMES]:
        _name(canvas, chart, name, length, ends, taken)


def _straights(course: Coordinates, chart: Chart) -> Iterator[tuple[float, Coordinates]]:
    frame = chart.frame
    for first, second in pairwise(course):
        x, y = chart.at(*((first + second) / 2).tolist())
        if frame.left < x < frame.left + frame.width and frame.bottom < y < frame.bottom + frame.height:
            yield float(np.hypot(*(second - first))) * chart.factor, np.array([first, second])


def _name(canvas: Canvas, chart: Chart, name: str, length: float, ends: Coordinates, taken: _Taken) -> None:
    half = _NAME.width(name) / 2 + 1
    if length < half:
        return
    (ax, ay), (bx, by) = (chart.at(*end) for end in ends.tolist())
    angle = math.degrees(math.atan2(by - ay, bx - ax))
    upright = angle + 180 if abs(angle) > 90 else angle
    x, y = (ax + bx) / 2, (ay + by) / 2
    cosine, sine = abs(math.cos(math.radians(upright))), abs(math.sin(math.radians(upright)))
    if taken.take(x, y, half * cosine + _NAME.size * sine / 2, half * sine + _NAME.size * cosine / 2):
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(upright)
        canvas.setFillColor(Color(1, 1, 1, alpha=0.75))
        canvas.rect(-half, -_NAME.size / 2, 2 * half, _NAME.size, stroke=0, fill=1)
        _NAME.put(canvas, 0, -0.35 * _NAME.size, name, "middle")
        canvas.restoreState()


# Slopes


@dataclass(frozen=True, slots=True)
class Slopes:
    """The inclines along a route, in the direction of travel [ratio].

    Attributes:
        ends: metres of the route at which a stretch ends; values: its incline, NaN where unknown.
        up, down: the asker's limits, both positive; ``None`` without one.
    """

    ends: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    up: float | None
    down: float | None

    @classmethod
    def of(cls, pieces: Sequence[Piece], up: float | None, down: float | None) -> "Slopes":
        """Return those of pieces."""
        told = [incline(piece) for piece in pieces]
        values = np.array([np.nan if value is None else value for value in told])
        return cls(np.cumsum([piece.length for piece in pieces]), values, up, down)

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return bool(np.isfinite(self.values).any())

    @property
    def limited(self) -> bool:
        """Whether the asker has limits."""
        return self.up is not None or self.down is not None


def slope_drawing(canvas: Canvas, box: Box, slopes: Slopes, unit: str) -> None:
    """Draw the slopes as bars over the way; what passes the limits, or 5 % where there are none, is red."""
    frame = Box(box.left + 24, box.bottom + 14, box.width - 30, box.height - 20)
    shown = np.nan_to_num(slopes.values) * 100
    limits = [100 * value for value in (slopes.up, slopes.down) if value is not None]
    most = max(5.0, *np.abs(shown).tolist(), *limits) * 1.1
    zero, per = frame.bottom + frame.height / 2, frame.height / 2 / most
    starts = np.concatenate([[0.0], slopes.ends[:-1]])
    across = frame.width / max(float(slopes.ends[-1]), 1e-9)
    for start, end, value, raw in zip(starts, slopes.ends, shown, slopes.values, strict=True):
        left, width = frame.left + float(start) * across, float(end - start) * across
        if math.isnan(raw):
            _hatched(canvas, Box(left, zero - 4, width, 8))
            continue
        limit = (slopes.up if value > 0 else slopes.down) or 0.05
        canvas.setFillColor(_STEEP if abs(value) / 100 > limit else _GENTLE)
        canvas.rect(left, zero, width, float(value) * per, stroke=0, fill=1)
    _axes(canvas, frame, (zero, per, most), (across, float(slopes.ends[-1])), unit)
    for bound, sign in ((slopes.up, 1), (slopes.down, -1)):
        if bound is not None:
            _level(canvas, frame, zero + sign * bound * 100 * per)


def _hatched(canvas: Canvas, box: Box) -> None:
    canvas.setStrokeColor(_UNKNOWN)
    canvas.setLineWidth(0.5)
    canvas.setDash()
    x = box.left
    while x < box.left + box.width:
        canvas.line(x, box.bottom, min(x + 4, box.left + box.width), box.bottom + box.height)
        x += 4


def _level(canvas: Canvas, frame: Box, y: float) -> None:
    canvas.setStrokeColor(_STEEP)
    canvas.setLineWidth(0.6)
    canvas.setDash([3, 2])
    canvas.line(frame.left, y, frame.left + frame.width, y)
    canvas.setDash()


def _axes(
    canvas: Canvas, frame: Box, heights: tuple[float, float, float], widths: tuple[float, float], unit: str
) -> None:
    zero, per, most = heights
    across, length = widths
    canvas.setDash()
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.rect(frame.left, frame.bottom, frame.width, frame.height)
    canvas.setStrokeColor(ACCENT)
    canvas.line(frame.left, zero, frame.left + frame.width, zero)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500) if most / s <= 3 or s == 500)
    for level in range(-int(most // step), int(most // step) + 1):
        _TICK.put(
            canvas, frame.left - 3, zero + level * step * per - 2, f"{level * step:+d}" if level else "0", "right"
        )
    stride = next((s for s in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if length / s <= 10), 10_000)
    for mark in range(0, int(length) + 1, stride):
        label = f"{mark} {unit}" if mark + stride > length else str(mark)
        _TICK.put(canvas, frame.left + mark * across, frame.bottom - 8, label, "middle")
