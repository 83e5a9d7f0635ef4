"""Drawing to scale: from metres of the city's projected system (x east, y north) to points on the sheet."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents.flow import Box
from data.exports.documents.paper import INK, MM, PALE, RULE, SMALL, Type

SCALES: Final = (20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 20_000, 25_000, 50_000, 100_000)
"""Denominators of the scales used; beyond the last, round hundreds of thousands."""

_POINTS_PER_METRE: Final = 1000 * MM
_BAR: Final = 45 * MM
_TICK: Final = Type(6, color=PALE)

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A frame on the ground, drawn in a frame on the sheet.

    Attributes:
        west: least x of the ground shown [m].
        south: least y of the ground shown [m].
        denominator: of the scale, 500 for 1:500.
        frame: where on the sheet.
    """

    west: float
    south: float
    denominator: int
    frame: Box

    @classmethod
    def of(cls, bounds: Sequence[float], box: Box) -> "Chart":
        """Return the chart of a ground (west, south, east, north) at the largest round scale that fits a box."""
        west, south, east, north = bounds
        width, height = (east - west) * _POINTS_PER_METRE, (north - south) * _POINTS_PER_METRE
        needed = max(width / box.width, height / box.height)
        denominator = next((s for s in SCALES if s >= needed), math.ceil(needed / 100_000) * 100_000)
        width, height = width / denominator, height / denominator
        left = box.left + (box.width - width) / 2
        bottom = box.bottom + box.height - height
        return cls(west, south, denominator, Box(left, bottom, width, height))

    @property
    def factor(self) -> float:
        """Points on the sheet for a metre on the ground."""
        return _POINTS_PER_METRE / self.denominator

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the ground lies on the sheet."""
        return self.frame.left + (x - self.west) * self.factor, self.frame.bottom + (y - self.south) * self.factor

    def shape(self, canvas: Canvas, rings: Iterable[Ring], style: "Pen") -> None:
        """Draw a polygon or several: outlines and holes together."""
        path = canvas.beginPath()
        for ring in rings:
            path.moveTo(*self.at(*ring[0]))
            for x, y in ring[1:-1]:
                path.lineTo(*self.at(x, y))
            path.close()
        style.take(canvas)
        canvas.drawPath(path, stroke=1, fill=0 if style.fill is None else 1, fillMode=0)

    def border(self, canvas: Canvas) -> None:
        """Draw the frame."""
        canvas.setDash()
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.8)
        canvas.rect(self.frame.left, self.frame.bottom, self.frame.width, self.frame.height)

    def clip(self, canvas: Canvas) -> None:
        """Let nothing be drawn outside the frame until the canvas is restored."""
        path = canvas.beginPath()
        path.rect(self.frame.left, self.frame.bottom, self.frame.width, self.frame.height)
        canvas.clipPath(path, stroke=0, fill=0)

    def grid(self, canvas: Canvas) -> None:
        """Mark round coordinates by crosses inside and by figures at the frame."""
        step = _round_up(30 * MM / self.factor)
        east = self.west + self.frame.width / self.factor
        north = self.south + self.frame.height / self.factor
        columns, rows = list(_round_values(self.west, east, step)), list(_round_values(self.south, north, step))
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.4)
        for x in columns:
            for y in rows:
                a, b = self.at(x, y)
                canvas.line(a - 3, b, a + 3, b)
                canvas.line(a, b - 3, a, b + 3)
        self._figures(canvas, columns, rows)

    def _figures(self, canvas: Canvas, columns: Iterable[float], rows: Iterable[float]) -> None:
        for x in columns:
            a, _ = self.at(x, self.south)
            _TICK.put(canvas, a, self.frame.bottom - 7, f"{x:.0f}", "middle")
        for y in rows:
            _, b = self.at(self.west, y)
            canvas.saveState()
            canvas.translate(self.frame.left - 3, b)
            canvas.rotate(90)
            _TICK.put(canvas, 0, 0, f"{y:.0f}", "middle")
            canvas.restoreState()

    def scale_bar(self, canvas: Canvas, left: float, bottom: float, note: str, *, unit: str = "m") -> None:
        """Draw the scale in words and as a bar of round metres, two of its four parts filled."""
        length = _round_down(_BAR / self.factor)
        part = length * self.factor / 4
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.5)
        for index in range(4):
            canvas.setFillColor(INK if index % 2 == 0 else Color(1, 1, 1))
            canvas.rect(left + index * part, bottom, part, 4, stroke=1, fill=1)
        for index in (0, 2, 4):
            figure = f"{length * index / 4:g}"
            SMALL.put(canvas, left + index * part, bottom + 6, figure + (f" {unit}" if index == 4 else ""), "middle")
        SMALL.put(canvas, left + 4 * part + 22, bottom, f"1:{self.denominator}   {note}")

    def north_arrow(self, canvas: Canvas, letter: str) -> None:
        """Draw an arrow to grid north in the upper right corner, on white."""
        x, y = self.frame.left + self.frame.width - 14, self.frame.bottom + self.frame.height - 40
        canvas.setFillColor(Color(1, 1, 1, alpha=0.8))
        canvas.rect(x - 9, y - 4, 18, 40, stroke=0, fill=1)
        path = canvas.beginPath()
        for index, (dx, dy) in enumerate(((0, 24), (5, 0), (0, 5), (-5, 0))):
            (path.lineTo if index else path.moveTo)(x + dx, y + dy)
        path.close()
        canvas.setFillColor(INK)
        canvas.drawPath(path, stroke=0, fill=1)
        Type(8, bold=True).put(canvas, x, y + 26, letter, "middle")


@dataclass(frozen=True, slots=True)
class Pen:
    """How a shape is drawn: line colour and width, filling, dashes."""

    stroke: Color
    width: float
    fill: Color | None = None
    dash: tuple[float, ...] = ()

    def take(self, canvas: Canvas) -> None:
        """Make it the canvas's."""
        canvas.setStrokeColor(self.stroke)
        canvas.setLineWidth(self.width)
        canvas.setDash(list(self.dash))
        if self.fill is not None:
            canvas.setFillColor(self.fill)


def _round_up(value: float) -> float:
    """Return the least of 1, 2, 5 times a power of ten that is not below a value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * 0.999)


def _round_down(value: float) -> float:
    """Return the greatest of 1, 2, 4 times a power of ten that is not above a value: it has four round parts."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (8, 4, 2, 1) if step * power <= value)


def _round_values(low: float, high: float, step: float) -> Iterator[float]:
    value = math.ceil(low / step) * step
    while value < high:
        yield value
        value += step
