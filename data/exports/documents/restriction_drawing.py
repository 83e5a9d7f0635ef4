"""The drawing of a restriction extract: the parcel and its surroundings, each restriction hatched in its own way.

What takes the whole parcel is not hatched; the legend says so.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents import wording
from data.exports.documents.chart import Chart, Pen
from data.exports.documents.flow import Box
from data.exports.documents.paper import INK, MM, Type
from data.exports.documents.saying import Saying

_NEIGHBOUR: Final = Pen(HexColor("#8a929b"), 0.5, HexColor("#f7f8f9"))
_PARCEL: Final = Pen(INK, 1.6, HexColor("#ffffff"))
_EDGE: Final = Pen(INK, 1.6)
_BUILDING: Final = Pen(HexColor("#4a5058"), 0.7, HexColor("#d5d9dd"))
_COLOURS: Final = ("#b3261e", "#0b5d66", "#7b2d84", "#8a5a00", "#2b6c99", "#4d8c57", "#a03a5a", "#3d4db3")
_ANGLES: Final = (45.0, 135.0, 0.0, 90.0, 22.5, 112.5)
_FOOT: Final = 30.0
_SIDE: Final = 12.0
_SLACK: Final = 0.01
_WHOLE: Final = 0.9999
_NUMBER: Final = Type(6.5, bold=True)

SWATCH: Final = Box(0, 0, 9 * MM, 3.2 * MM)
"""Size of a sign in the legend."""


@dataclass(frozen=True, slots=True)
class Hatch:
    """How a restriction is drawn: parallel lines in a colour, at an angle [degrees], so far apart [points]."""

    colour: Color
    angle: float
    step: float

    @classmethod
    def nth(cls, number: int) -> "Hatch":
        """Return the hatch of the restriction with a number; it repeats itself only after many."""
        step = 4.0 + 1.5 * (number // (len(_COLOURS) * len(_ANGLES)))
        return cls(HexColor(_COLOURS[number % len(_COLOURS)]), _ANGLES[number % len(_ANGLES)], step)

    @property
    def pen(self) -> Pen:
        """For its edge."""
        return Pen(self.colour, 0.9)

    def fill(self, canvas: Canvas, frame: Box) -> None:
        """Draw the lines over a frame; what is clipped shows inside only."""
        canvas.setStrokeColor(self.colour)
        canvas.setLineWidth(0.4)
        canvas.setDash()
        x, y = frame.left + frame.width / 2, frame.bottom + frame.height / 2
        reach = math.hypot(frame.width, frame.height) / 2 + self.step
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(self.angle)
        for index in range(-math.ceil(reach / self.step), math.ceil(reach / self.step) + 1):
            canvas.line(-reach, index * self.step, reach, index * self.step)
        canvas.restoreState()

    def swatch(self, canvas: Canvas, box: Box, measure: str) -> None:
        """Draw its sign in a legend: an area, a line or a point."""
        self.pen.take(canvas)
        middle = box.bottom + box.height / 2
        if measure == "length":
            canvas.line(box.left, middle, box.left + box.width, middle)
        elif measure == "count":
            canvas.circle(box.left + box.width / 2, middle, 1.6, stroke=1, fill=0)
        else:
            _clipped(canvas, [_corners(box)])
            self.fill(canvas, box)
            canvas.restoreState()
            self.pen.take(canvas)
            canvas.rect(box.left, box.bottom, box.width, box.height)


def _corners(box: Box) -> list[tuple[float, float]]:
    east, north = box.left + box.width, box.bottom + box.height
    return [(box.left, box.bottom), (east, box.bottom), (east, north), (box.left, north)]


def _clipped(canvas: Canvas, rings: Sequence[Sequence[tuple[float, float]]]) -> None:
    """Let nothing show outside rings of the sheet until the canvas is restored."""
    canvas.saveState()
    path = canvas.beginPath()
    for ring in rings:
        path.moveTo(*ring[0])
        for point in ring[1:]:
            path.lineTo(*point)
        path.close()
    canvas.clipPath(path, stroke=0, fill=0, fillMode=0)


def restriction_height(plan: Mapping[str, Any], width: float, most: float) -> float:
    """Return how high the drawing is at the largest round scale that fits a width and a height."""
    chart = Chart.of(plan["frame"], Box(0, 0, width - _SIDE, most - _FOOT))
    return chart.frame.height + _FOOT


def restriction_drawing(canvas: Canvas, box: Box, content: Mapping[str, Any], say: Saying) -> None:
    """Draw the parcel of an extract with its restrictions.

    Args:
        canvas: the sheet.
        box: where.
        content: as :func:`data.exports.restrictions.restrictions` gives it, drawn.
        say: the language.
    """
    plan = content["plan"]
    inner = Box(box.left + _SIDE, box.bottom + _FOOT, box.width - _SIDE, box.height - _FOOT + _SLACK)
    chart = Chart.of(plan["frame"], inner)
    canvas.saveState()
    chart.clip(canvas)
    for neighbour in plan["neighbours"]:
        chart.shape(canvas, neighbour["outline"], _NEIGHBOUR)
    chart.shape(canvas, plan["outline"], _PARCEL)
    for building in plan["buildings"]:
        chart.shape(canvas, building["outline"], _BUILDING)
    for number, restriction in sorted(enumerate(content["restrictions"]), key=_broadest_first):
        if not covers_all(restriction):
            _draw(canvas, chart, restriction["outline"], Hatch.nth(number))
    chart.shape(canvas, plan["outline"], _EDGE)
    for neighbour in plan["neighbours"]:
        if neighbour["label"]:
            _NUMBER.put(canvas, *chart.at(*neighbour["label"]), neighbour["spelled"].rpartition("-")[2], "middle")
    canvas.restoreState()
    canvas.setDash()
    chart.grid(canvas)
    chart.north_arrow(canvas, say(wording.NORTH))
    chart.border(canvas)
    chart.scale_bar(canvas, chart.frame.left, chart.frame.bottom - 25, content["crs"])


def covers_all(restriction: Mapping[str, Any]) -> bool:
    """Tell whether a restriction takes the whole parcel: hatched, it would only hide what takes a part."""
    return float(restriction.get("share") or 0.0) > _WHOLE


def _broadest_first(numbered: tuple[int, Mapping[str, Any]]) -> tuple[float, int]:
    """Return what restrictions are drawn in order of: what is small, and lines and points, lie on top."""
    number, restriction = numbered
    return -float(restriction.get("share") or 0.0), number


def _draw(canvas: Canvas, chart: Chart, outline: Mapping[str, Any], hatch: Hatch) -> None:
    if outline["rings"]:
        _clipped(canvas, [[chart.at(x, y) for x, y in ring] for ring in outline["rings"]])
        hatch.fill(canvas, chart.frame)
        canvas.restoreState()
        chart.shape(canvas, outline["rings"], hatch.pen)
    Pen(hatch.colour, 1.8).take(canvas)
    for line in outline["lines"]:
        path = canvas.beginPath()
        path.moveTo(*chart.at(*line[0]))
        for x, y in line[1:]:
            path.lineTo(*chart.at(x, y))
        canvas.drawPath(path, stroke=1, fill=0)
    for x, y in outline["points"]:
        canvas.circle(*chart.at(x, y), 2.2, stroke=1, fill=0)
