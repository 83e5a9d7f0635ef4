"""Paper and type: an A4 sheet, its fonts, and text cut to a width.

All lengths are points (1/72 inch), y upwards from the sheet's foot. PT Sans covers Kazakh and Russian Cyrillic and
Latin; of it are embedded only the letters that a document uses.
"""

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

rl_config.useA85 = 0  # streams are bytes: written out in letters they would only grow


class _Quick(pdfdoc.PDFStreamFilterZCompress):
    """Packs streams at zlib's fastest level: the usual one takes twice as long over fonts and saves a twentieth."""

    def encode(self, text: bytes | str) -> bytes:
        return zlib.compress(text.encode() if isinstance(text, str) else text, 1)


pdfdoc.PDFZCompress = _Quick()

MM: Final = 72 / 25.4
WIDTH, HEIGHT = A4
LEFT: Final = 18 * MM
RIGHT: Final = WIDTH - 15 * MM
TOP: Final = HEIGHT - 15 * MM
FOOT: Final = 18 * MM
SPAN: Final = RIGHT - LEFT

INK: Final = HexColor("#1b1f24")
PALE: Final = HexColor("#5d6670")
RULE: Final = HexColor("#c3c9d0")
ACCENT: Final = HexColor("#0b5d66")

_FILES: Final = {"regular": "PTS55F.ttf", "bold": "PTS75F.ttf"}
_LEADING: Final = 1.25
_ELLIPSIS: Final = "…"
_SHIFTS: Final = {"left": 0.0, "middle": 0.5, "right": 1.0}

Draw = Callable[[Canvas], None]


@dataclass(frozen=True, slots=True)
class Type:
    """A face in a size and a colour."""

    size: float
    bold: bool = False
    color: Color = INK

    @property
    def name(self) -> str:
        """Name under which the face is registered."""
        return _face("bold" if self.bold else "regular")[0]

    @property
    def leading(self) -> float:
        """From one baseline to the next."""
        return self.size * _LEADING

    def width(self, text: str) -> float:
        """Return how wide a text is."""
        return _width("bold" if self.bold else "regular", text) * self.size / 1000

    def lines(self, text: str, room: float) -> list[str]:
        """Return a text cut into lines no wider than ``room``; a word that is wider by itself is broken."""
        if "\n" not in text and self.width(text) <= room:
            return [text]
        return [line for paragraph in text.split("\n") for line in self._filled(paragraph, room)]

    def _filled(self, text: str, room: float) -> Iterator[str]:
        line = ""
        for word in text.split(" "):
            joined = f"{line} {word}" if line else word
            if self.width(joined) <= room:
                line = joined
                continue
            if line:
                yield line
            *broken, line = self._broken(word, room)
            yield from broken
        yield line

    def _broken(self, word: str, room: float) -> list[str]:
        pieces = [""]
        for letter in word:
            if pieces[-1] and self.width(pieces[-1] + letter) > room:
                pieces.append("")
            pieces[-1] += letter
        return pieces

    def fitted(self, text: str, room: float) -> str:
        """Return a text that is no wider than ``room``, its end cut off where it must be."""
        if self.width(text) <= room:
            return text
        while text and self.width(text + _ELLIPSIS) > room:
            text = text[:-1]
        return text + _ELLIPSIS

    def put(self, canvas: Canvas, x: float, y: float, text: str, align: str = "left") -> None:
        """Write one line on the baseline ``y``; ``x`` is its start, its middle or its end."""
        canvas.setFont(self.name, self.size)
        canvas.setFillColor(self.color)
        shift = _SHIFTS[align]
        canvas.drawString(x - shift * self.width(text) if shift else x, y, text)


@cache
def _face(style: str) -> tuple[str, dict[int, float], float]:
    """Register a face once; return its name, the widths of its letters and that of any other."""
    name = f"PTSans-{style}"
    file = resources.files("data.exports.documents") / "fonts" / _FILES[style]
    font = TTFont(name, io.BytesIO(file.read_bytes()))
    pdfmetrics.registerFont(font)
    return name, font.face.charWidths, font.face.defaultWidth


@lru_cache(maxsize=4096)
def _width(style: str, text: str) -> float:
    """Return the width of a text in thousandths of the size; documents repeat most of their words."""
    _, widths, default = _face(style)
    return sum([widths.get(ord(letter), default) for letter in text])


TITLE: Final = Type(17, bold=True)
HEADING: Final = Type(11, bold=True, color=ACCENT)
BODY: Final = Type(9)
STRONG: Final = Type(9, bold=True)
LABEL: Final = Type(9, color=PALE)
SMALL: Final = Type(7.5, color=PALE)
CELL: Final = Type(8)
CELL_HEAD: Final = Type(8, bold=True)


def printed(pages: Sequence[Sequence[Draw]], *, title: str, language: str, salt: str = "") -> bytes:
    """Return the PDF of pages of drawing steps; the same steps give the same bytes."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1, lang=language)
    canvas.setTitle(title)
    canvas.setCreator("Qala")
    canvas.setKeywords(salt)
    for page in pages:
        for draw in page:
            draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
