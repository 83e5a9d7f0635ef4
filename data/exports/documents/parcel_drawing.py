"""The plan of a parcel: its outline and turning points, the parcels and buildings around, scale, north, coordinates."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents import wording
from data.exports.documents.chart import Chart, Pen
from data.exports.documents.flow import Box
from data.exports.documents.paper import ACCENT, INK, MM, Type
from data.exports.documents.saying import Saying

_NEIGHBOUR: Final = Pen(HexColor("#8a929b"), 0.5, HexColor("#f5f6f7"))
_PARCEL: Final = Pen(HexColor("#b3261e"), 1.6, HexColor("#fdf0e4"))
_PARCEL_LINE: Final = Pen(HexColor("#b3261e"), 1.6)
_BUILDING: Final = Pen(INK, 0.7, HexColor("#d5d9dd"))
_SERVITUDE: Final = Pen(HexColor("#7b2d84"), 0.9, HexColor("#ecd9ef"), (4, 2))
_NUMBER: Final = Type(6.5, color=HexColor("#5d6670"))
_POINT: Final = Type(6.5, bold=True)
_LENGTH: Final = Type(6, color=ACCENT)
_LETTER: Final = Type(7, bold=True)
_FOOT: Final = 30.0
_SIDE: Final = 12.0
_SLACK: Final = 0.01
"""A hundredth of a point, so that what was found to fit still does after rounding."""

_DOT: Final = 1.4
_MOST_LENGTHS: Final = 60


@dataclass
class _Labels:
    """Labels written so far; a new one that would lie on another is left out, the tables have it."""

    canvas: Canvas
    frame: Box
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def put(self, style: Type, x: float, y: float, text: str, room: float | None = None) -> bool:
        """Write a label around a point unless it is wider than ``room``, leaves the frame or meets another."""
        half, height = style.width(text) / 2, style.size * 0.5
        place = (x - half - 1, y - height, x + half + 1, y + height)
        if (room is not None and 2 * half > room) or not self._free(place):
            return False
        self.taken.append(place)
        style.put(self.canvas, x, y - 0.35 * style.size, text, "middle")
        return True

    def _free(self, place: tuple[float, float, float, float]) -> bool:
        west, south, east, north = place
        frame = self.frame
        inside = west >= frame.left and east <= frame.left + frame.width
        inside = inside and south >= frame.bottom and north <= frame.bottom + frame.height
        return inside and not any(west < e and w < east and south < n and s < north for w, s, e, n in self.taken)


def parcel_height(plan: Mapping[str, Any], width: float, most: float) -> float:
    """Return how high a parcel's plan is at the largest round scale that fits a width and a height."""
    chart = Chart.of(plan["frame"], Box(0, 0, width - _SIDE, most - _FOOT))
    return chart.frame.height + _FOOT


def parcel_drawing(
    canvas: Canvas, box: Box, plan: Mapping[str, Any], servitudes: Iterable[Any], system: str, say: Saying
) -> None:
    """Draw a parcel's plan.

    Args:
        canvas: the sheet.
        box: where.
        plan: as :func:`cadastres.real_estate.plan.parcel_plan` gives it.
        servitudes: rings of the areas of servitudes on the parcel.
        system: name of the coordinate system.
        say: the language of what is written.
    """
    inner = Box(box.left + _SIDE, box.bottom + _FOOT, box.width - _SIDE, box.height - _FOOT + _SLACK)
    chart = Chart.of(plan["frame"], inner)
    canvas.saveState()
    chart.clip(canvas)
    for neighbour in plan["neighbours"]:
        chart.shape(canvas, neighbour["outline"], _NEIGHBOUR)
    chart.shape(canvas, plan["outline"], _PARCEL)
    for area in servitudes:
        chart.shape(canvas, area, _SERVITUDE)
    for building in plan["buildings"]:
        chart.shape(canvas, building["outline"], _BUILDING)
    chart.shape(canvas, plan["outline"], _PARCEL_LINE)
    canvas.setDash()
    _write(canvas, chart, plan, say)
    canvas.restoreState()
    chart.grid(canvas)
    chart.north_arrow(canvas, say(wording.NORTH))
    chart.border(canvas)
    chart.scale_bar(canvas, chart.frame.left, chart.frame.bottom - 25, system)


def _write(canvas: Canvas, chart: Chart, plan: Mapping[str, Any], say: Saying) -> None:
    labels = _Labels(canvas, chart.frame)
    corner = chart.frame.left + chart.frame.width, chart.frame.bottom + chart.frame.height
    labels.taken.append((corner[0] - 24, corner[1] - 46, *corner))  # the arrow's place
    _points(canvas, labels, chart, plan["points"])
    for building in plan["buildings"]:
        letter = building["designation"] or _last(building["building_number"])
        _label(labels, chart, building, _LETTER, letter)
    for neighbour in plan["neighbours"]:
        number = neighbour["spelled"]
        if not _label(labels, chart, neighbour, _NUMBER, number):
            _label(labels, chart, neighbour, _NUMBER, number.rpartition("-")[2])
    _lengths(labels, chart, plan["points"], say)


def _last(number: str | None) -> str:
    return (number or "").rpartition("/")[2]


def _label(labels: _Labels, chart: Chart, drawn: Mapping[str, Any], style: Type, text: str) -> bool:
    if not drawn["label"] or not text:
        return False
    xs = [x for ring in drawn["outline"] for x, _ in ring]
    return labels.put(style, *chart.at(*drawn["label"]), text, (max(xs) - min(xs)) * chart.factor)


def _points(canvas: Canvas, labels: _Labels, chart: Chart, points: Sequence[Mapping[str, Any]]) -> None:
    """Mark the turning points, and number those around which there is room, outside the parcel."""
    middle = chart.frame.left + chart.frame.width / 2, chart.frame.bottom + chart.frame.height / 2
    canvas.setStrokeColor(_PARCEL.stroke)
    places = [chart.at(point["x"], point["y"]) for point in points]
    labels.taken += [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in places]
    for point, (x, y) in zip(points, places, strict=True):
        canvas.setFillColor(HexColor("#ffffff"))
        canvas.setLineWidth(0.8)
        canvas.circle(x, y, _DOT, stroke=1, fill=1)
        away = math.hypot(x - middle[0], y - middle[1]) or 1
        labels.put(_POINT, x + 7 * (x - middle[0]) / away, y + 7 * (y - middle[1]) / away, str(point["point"]))


def _lengths(labels: _Labels, chart: Chart, points: Sequence[Mapping[str, Any]], say: Saying) -> None:
    """Write the length along each edge that is long enough on the sheet."""
    if len(points) > _MOST_LENGTHS:
        return
    place = {point["point"]: chart.at(point["x"], point["y"]) for point in points}
    for point in points:
        (ax, ay), (bx, by) = place[point["point"]], place[point["to"]]
        if math.hypot(bx - ax, by - ay) > 11 * MM:
            # Clockwise, the inside lies to the right of the edge: the figure stands there, the neighbour's number not.
            length = math.hypot(bx - ax, by - ay)
            nx, ny = (by - ay) / length, -(bx - ax) / length
            reach = 6 + 6 * abs(nx)
            told = say.number(point["length"])
            labels.put(_LENGTH, (ax + bx) / 2 + reach * nx, (ay + by) / 2 + reach * ny, told)
