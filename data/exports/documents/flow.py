"""The flow of a document: headings, facts, tables and drawings, one under another, over as many pages as it takes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents.paper import (
    ACCENT,
    BODY,
    CELL,
    CELL_HEAD,
    FOOT,
    HEADING,
    LABEL,
    LEFT,
    RIGHT,
    RULE,
    SPAN,
    TOP,
    Draw,
    Type,
)

_LABEL_ROOM: Final = 0.36 * SPAN
_GAP: Final = 5.0
_UNPARTED: Final = 5 * CELL.leading
"""Rows up to this height are never parted between pages."""

_AFTER_HEADING: Final = 60.0
"""A heading is not left alone at the foot of a page: so much must still fit under it."""


Cells = Sequence[Sequence[str]]
"""The lines of a row's cells."""


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its title, its share of the width, and where its text stands."""

    title: str
    share: float
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the sheet, in points."""

    left: float
    bottom: float
    width: float
    height: float


@dataclass
class Flow:
    """Pages under construction; ``y`` is where the next thing begins."""

    y: float = TOP
    pages: list[list[Draw]] = field(default_factory=lambda: [[]])

    @property
    def left_over(self) -> float:
        """How much still fits on the page."""
        return self.y - FOOT

    def draw(self, step: Draw) -> None:
        """Add a step to the present page."""
        self.pages[-1].append(step)

    def turn(self) -> None:
        """Begin a new page."""
        self.pages.append([])
        self.y = TOP

    def need(self, height: float) -> bool:
        """Begin a new page where less than ``height`` is left; tell whether it did."""
        if self.left_over >= height or self.y == TOP:
            return False
        self.turn()
        return True

    def space(self, height: float) -> None:
        """Leave some room."""
        self.y -= height

    def heading(self, text: str) -> None:
        """Write a section's heading over a rule."""
        lines = HEADING.lines(text, SPAN)
        self.space(8)
        self.need(len(lines) * HEADING.leading + _AFTER_HEADING)
        self.text(text, HEADING)
        self.draw(partial(_rule, self.y + 1, ACCENT, 0.8))
        self.space(_GAP)

    def text(self, text: str, style: Type = BODY, room: float = SPAN) -> None:
        """Write a paragraph."""
        for line in style.lines(text, room):
            self.need(style.leading)
            self.y -= style.leading
            self.draw(partial(_line, style, LEFT, self.y + 0.3 * style.size, line))

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Write names and values, side by side."""
        for name, value in rows:
            names, values = LABEL.lines(name, _LABEL_ROOM - _GAP), BODY.lines(value, SPAN - _LABEL_ROOM)
            for index in range(max(len(names), len(values))):
                self.need(BODY.leading)
                self.y -= BODY.leading
                base = self.y + 0.3 * BODY.size
                if index < len(names):
                    self.draw(partial(_line, LABEL, LEFT, base, names[index]))
                if index < len(values):
                    self.draw(partial(_line, BODY, LEFT + _LABEL_ROOM, base, values[index]))
            self.space(1.5)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Write a table; its head is written again on every page, and only a long row is parted."""
        head = _cut([c.title for c in columns], columns, CELL_HEAD)
        self.need(_height(head) + _UNPARTED)
        self._row(head, columns, CELL_HEAD)
        for row in rows:
            cells = _cut(row, columns, CELL)
            if self.need(min(_height(cells), _UNPARTED)):
                self._row(head, columns, CELL_HEAD)
            self._row(cells, columns, CELL, head)
        self.space(_GAP)

    def _row(self, cells: Cells, columns: Sequence[Column], style: Type, head: Cells = ()) -> None:
        for index in range(max(len(cell) for cell in cells)):
            if index and self.need(CELL.leading) and head:
                self._row(head, columns, CELL_HEAD)
            self.y -= CELL.leading
            self.draw(partial(_cells, self.y + 0.3 * style.size, style, columns, [_nth(cell, index) for cell in cells]))
        self.y -= 2.5
        strong = style is CELL_HEAD
        self.draw(partial(_rule, self.y, ACCENT if strong else RULE, 0.6 if strong else 0.4))
        self.y -= 0.5

    def drawing(self, height: float, step: Callable[[Canvas, Box], None]) -> None:
        """Give a drawing the page's width and so much height, on the next page where this has not enough."""
        self.need(height)
        self.y -= height
        box = Box(LEFT, self.y, SPAN, height)
        self.draw(lambda canvas: step(canvas, box))


def _rule(y: float, color: Color, width: float, canvas: Canvas) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.line(LEFT, y, RIGHT, y)


def _line(style: Type, x: float, y: float, text: str, canvas: Canvas) -> None:
    style.put(canvas, x, y, text)


def _cut(texts: Sequence[str], columns: Sequence[Column], style: Type) -> list[list[str]]:
    return [style.lines(text, _room(column, columns) - _GAP) for text, column in zip(texts, columns, strict=True)]


def _room(column: Column, columns: Sequence[Column]) -> float:
    return SPAN * column.share / sum(c.share for c in columns)


def _height(cells: Cells) -> float:
    return max(len(cell) for cell in cells) * CELL.leading + 3


def _nth(cell: Sequence[str], index: int) -> str:
    return cell[index] if index < len(cell) else ""


def _cells(y: float, style: Type, columns: Sequence[Column], texts: Sequence[str], canvas: Canvas) -> None:
    x = LEFT
    for column, text in zip(columns, texts, strict=True):
        room = _room(column, columns)
        if text:
            style.put(canvas, x if column.align == "left" else x + room - _GAP, y, text, column.align)
        x += room
