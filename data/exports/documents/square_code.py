"""The square code (QR) in a sheet's upper right corner: where what is printed can be looked up."""

from itertools import groupby
from typing import Final

import segno
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents.paper import INK, MM, RIGHT, TOP

CODE_SIDE: Final = 27 * MM
_MASK: Final = 2


def square_code(link: str, canvas: Canvas) -> None:
    """Draw a square code in the upper right corner of the sheet, each run of dark modules in a row as one bar.

    Every reader reads every mask; trying all eight for the evenest look would cost a quarter of the whole printing.
    """
    rows = segno.make(link, error="m", mask=_MASK, micro=False, boost_error=False).matrix
    side = CODE_SIDE / len(rows)
    canvas.setFillColor(INK)
    path = canvas.beginPath()
    for index, row in enumerate(rows):
        bottom, column = TOP - (index + 1) * side, 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                path.rect(RIGHT - CODE_SIDE + column * side, bottom, width * side, side)
            column += width
    canvas.drawPath(path, stroke=0, fill=1)
