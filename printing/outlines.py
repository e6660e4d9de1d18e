"""Writing on paper: Chinese drawn as outlines, so that every printer shows the same letters.

reportlab cannot embed OpenType faces with cubic outlines, and a face that is only named is replaced by
whatever the print shop has.  Each letter is drawn once a file; beneath it lies the same text unseen, so
that the file can be searched and read aloud.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from printing.fonts import file_of

_HIDDEN_FONT = "STSong-Light"


class Paper:
    """A PDF whose pages are written in points from the top left."""

    def __init__(self, target: Any, size: tuple[float, float], title: str) -> None:
        """:param target: a binary stream; ``size`` width and height in points."""
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(UnicodeCIDFont(_HIDDEN_FONT))
        self.width, self.height = size
        self.canvas = Canvas(target, pagesize=size, pageCompression=1)
        self.canvas.setTitle(title)
        self.canvas.setAuthor("护航")
        self._forms: set[str] = set()

    def size(self, size: tuple[float, float]) -> None:
        """Give the page that begins another size."""
        self.width, self.height = size
        self.canvas.setPageSize(size)

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, *, radius: float = 0
    ) -> None:
        """A filled box; ``x``, ``y`` is its top left corner."""
        from reportlab.lib.colors import HexColor

        self.canvas.setFillColor(HexColor(colour))
        self.canvas.roundRect(x, self.height - y - height, width, height, radius, stroke=0, fill=1)

    def picture(self, data: bytes, x: float, y: float, width: float, height: float) -> float:
        """A picture as large as fits from ``x``, ``y`` on, its top left corner.

        :return: how wide it became.
        """
        from reportlab.lib.utils import ImageReader

        image = ImageReader(io.BytesIO(data))
        wide, high = image.getSize()
        scale = min(width / wide, height / high)
        self.canvas.drawImage(
            image, x, self.height - y - high * scale, wide * scale, high * scale, mask="auto"
        )
        return float(wide * scale)

    def line(
        self, x: float, y: float, to_x: float, to_y: float, colour: str = "#9aa8b6", dash: float = 0
    ) -> None:
        """A thin line, dashed where it is to be cut."""
        from reportlab.lib.colors import HexColor

        self.canvas.saveState()
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(0.6)
        if dash:
            self.canvas.setDash(dash, dash)
        self.canvas.line(x, self.height - y, to_x, self.height - to_y)
        self.canvas.restoreState()

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        colour: str = "#17222e",
        *,
        bold: bool = False,
        middle: bool = False,
    ) -> float:
        """One line; ``y`` is the top of its letters, ``x`` its left end or, with ``middle``, its middle.

        :return: the width.
        """
        from reportlab.lib.colors import HexColor

        wide = width_of(words, size, bold=bold)
        left = x - wide / 2 if middle else x
        base = self.height - y - size * 0.88
        place = left
        for letter in words:
            form, advance = self._letter(letter, bold=bold)
            if form:
                self.canvas.saveState()
                self.canvas.setFillColor(HexColor(colour))
                self.canvas.translate(place, base)
                self.canvas.scale(size / 1000, size / 1000)
                self.canvas.doForm(form)
                self.canvas.restoreState()
            place += advance * size / 1000
        hidden = self.canvas.beginText(left, base)
        hidden.setFont(_HIDDEN_FONT, size)
        hidden.setTextRenderMode(3)
        hidden.textOut(words)
        self.canvas.drawText(hidden)
        return wide

    def code(self, x: float, y: float, side: float, modules: list[list[bool]]) -> None:
        """A QR code with its quiet zone, on white; runs of dark modules are one box."""
        from reportlab.lib.colors import HexColor

        self.box(x, y, side, side, "#ffffff")
        self.canvas.setFillColor(HexColor("#000000"))
        unit = side / len(modules)
        for row, dark in enumerate(modules):
            column = 0
            while column < len(dark):
                end = column
                while end < len(dark) and dark[end]:
                    end += 1
                if end > column:
                    # A hair of overlap: no white line shows between rows.
                    top = self.height - y - (row + 1) * unit
                    self.canvas.rect(
                        x + column * unit, top, (end - column) * unit, unit * 1.02, stroke=0, fill=1
                    )
                column = end + 1

    def _letter(self, letter: str, *, bold: bool) -> tuple[str, float]:
        commands, advance = _glyph(letter, bold)
        if not commands:
            return "", advance
        name = f"g{'b' if bold else 'r'}{ord(letter):x}"
        if name not in self._forms:
            self._forms.add(name)
            self.canvas.beginForm(name, lowerx=-500, lowery=-500, upperx=2500, uppery=1500)
            path = self.canvas.beginPath()
            for verb, points in commands:
                getattr(path, verb)(*points)
            self.canvas.drawPath(path, stroke=0, fill=1)
            self.canvas.endForm()
        return name, advance


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is, in points."""
    return sum(_glyph(letter, bold)[1] for letter in words) * size / 1000


def fitting(words: str, size: float, room: float, *, bold: bool = False) -> float:
    """The size at which a line fits its room."""
    wide = width_of(words, size, bold=bold)
    return size if wide <= room else size * room / wide


def lines(words: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Text broken into lines; a mark that ends a clause never begins one."""
    found: list[str] = []
    for paragraph in words.splitlines():
        line = ""
        for letter in paragraph:
            if (
                line
                and width_of(line + letter, size, bold=bold) > room
                and letter not in "，。、；：！？”）》"
            ):
                found.append(line)
                line = ""
            line += letter
        found.append(line)
    return found


@lru_cache(maxsize=2)
def _face(bold: bool) -> tuple[Any, Any, Any, float]:
    from fontTools.ttLib import TTFont

    path, number = file_of(bold=bold)
    font = TTFont(str(path), fontNumber=number, lazy=True)
    return font.getGlyphSet(), font.getBestCmap(), font["hmtx"], 1000 / font["head"].unitsPerEm


@lru_cache(maxsize=4096)
def _glyph(letter: str, bold: bool) -> tuple[tuple[tuple[str, tuple[float, ...]], ...], float]:
    """A letter's outline and its advance, in thousandths of its size."""
    from fontTools.pens.qu2cuPen import Qu2CuPen
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    glyphs, characters, advances, scale = _face(bold)
    name = characters.get(ord(letter)) or characters.get(ord("□")) or ".notdef"
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(Qu2CuPen(pen, 1.0) if "glyf" in str(type(glyphs)).lower() else pen)
    verbs = {
        "moveTo": "moveTo",
        "lineTo": "lineTo",
        "curveTo": "curveTo",
        "closePath": "close",
        "endPath": "close",
    }
    commands = tuple(
        (verbs[verb], tuple(value * scale for point in points for value in point))
        for verb, points in pen.value
    )
    return commands, advances[name][0] * scale
