"""The floor plan of premises: rooms with their numbers and areas, to scale."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents.chart import Chart, Pen
from data.exports.documents.flow import Box
from data.exports.documents.paper import INK, PALE, Type
from data.exports.documents.saying import Saying

_ROOM: Final = Pen(INK, 1.4, HexColor("#fbfaf6"))
_NUMBER: Final = Type(8, bold=True)
_AREA: Final = Type(6.5, color=PALE)
_FOOT: Final = 30.0
_MARGIN: Final = 0.5
_SLACK: Final = 0.01


def floor_height(rooms: Sequence[Mapping[str, Any]], width: float, most: float) -> float:
    """Return how high a floor plan is at the largest round scale that fits a width and a height."""
    return Chart.of(_bounds(rooms), Box(0, 0, width, most - _FOOT)).frame.height + _FOOT


def floor_drawing(canvas: Canvas, box: Box, rooms: Sequence[Mapping[str, Any]], say: Saying) -> None:
    """Draw the rooms of a floor plan; a number stands in each that has room for it."""
    chart = Chart.of(_bounds(rooms), Box(box.left, box.bottom + _FOOT, box.width, box.height - _FOOT + _SLACK))
    for room in rooms:
        chart.shape(canvas, room["outline"], _ROOM)
    for room in rooms:
        _label(canvas, chart, room, say)
    chart.scale_bar(canvas, chart.frame.left, chart.frame.bottom - 22, "")


def _bounds(rooms: Sequence[Mapping[str, Any]]) -> tuple[float, float, float, float]:
    xs = [x for room in rooms for ring in room["outline"] for x, _ in ring]
    ys = [y for room in rooms for ring in room["outline"] for _, y in ring]
    return min(xs) - _MARGIN, min(ys) - _MARGIN, max(xs) + _MARGIN, max(ys) + _MARGIN


def _label(canvas: Canvas, chart: Chart, room: Mapping[str, Any], say: Saying) -> None:
    xs, ys = zip(*[point for ring in room["outline"] for point in ring], strict=True)
    wide, high = (max(xs) - min(xs)) * chart.factor, (max(ys) - min(ys)) * chart.factor
    x, y = chart.at(*room["label"])
    number, area = str(room.get("designation") or ""), say.number(room.get("area", room["computed_area"]), 1)
    if _NUMBER.width(number) < wide and high > _NUMBER.leading:
        _NUMBER.put(canvas, x, y if high > 2 * _NUMBER.leading else y - 3, number, "middle")
    if _AREA.width(area) < wide and high > 2 * _NUMBER.leading:
        _AREA.put(canvas, x, y - 9, area, "middle")
