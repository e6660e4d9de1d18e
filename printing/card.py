"""The card of a finished round as a picture: the score, the day, and a QR code for who sees it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from printing.fonts import pillow

WIDTH = 1080
_HEIGHTS = {"tall": 1440, "square": 1080}
_NAVY, _BLUE, _GREEN, _GOLD = "#12365e", "#1d5fa6", "#1c6b3f", "#ffd166"
_PAPER, _INK, _SOFT, _LINE = "#ffffff", "#17222e", "#4a5968", "#dfe6ee"
# Least share of right answers and what is said for it, best first.
_PRAISE = (
    (1.0, "全部答对，真厉害"),
    (0.8, "知识产权小达人"),
    (0.6, "懂得不少，继续加油"),
    (0.0, "多了解一点，多一分保护"),
)


@dataclass(frozen=True)
class CardText:
    """Everything that stands on a card."""

    title: str
    theme: str
    score: int
    total: int
    streak: str
    team: str
    link: str
    center: str
    is_patent: bool = False

    @property
    def praise(self) -> str:
        """What is said of the score."""
        return next(words for share, words in _PRAISE if self.score >= share * self.total)


@lru_cache(maxsize=256)
def draw(text: CardText, shape: str = "tall") -> bytes:
    """The card as PNG, 1080 pixels wide and 1440 (tall) or 1080 (square) high.

    :raises FontError: no Chinese typeface is installed.
    """
    from PIL import Image, ImageDraw

    height = _HEIGHTS[shape]
    picture = Image.new("RGB", (WIDTH, height), _GREEN if text.is_patent else _NAVY)
    pen = ImageDraw.Draw(picture)
    is_tall = shape == "tall"
    _head(pen, text, is_tall=is_tall)
    top = 350 if is_tall else 250
    pen.rounded_rectangle((40, top, WIDTH - 40, height - 40), radius=36, fill=_PAPER)
    if is_tall:
        _ring(pen, text, (WIDTH // 2, top + 270), 190)
        _centered(pen, text.praise, top + 500, 58, _NAVY, bold=True)
        _centered(pen, _beside(text), top + 585, 34, _SOFT)
        pen.line((100, top + 660, WIDTH - 100, top + 660), fill=_LINE, width=3)
        _foot(picture, pen, text, top + 690, 310)
    else:
        _ring(pen, text, (300, top + 240), 165)
        _centered(pen, text.praise, top + 440, 44, _NAVY, bold=True, middle=300, room=480)
        _centered(pen, _beside(text), top + 508, 28, _SOFT, middle=300, room=480)
        _code(picture, text.link, (580, top + 70), 400)
        _centered(pen, "扫码也来答五题", top + 490, 36, _INK, bold=True, middle=780, room=420)
        pen.line((100, top + 590, WIDTH - 100, top + 590), fill=_LINE, width=3)
        _centered(pen, f"{text.center} · 答题不收集个人信息", top + 620, 30, _SOFT)
    packed = io.BytesIO()
    picture.quantize(128, dither=Image.Dither.NONE).save(
        packed, "PNG", optimize=False, compress_level=6
    )
    return packed.getvalue()


def _head(pen: Any, text: CardText, *, is_tall: bool) -> None:
    top = 70 if is_tall else 40
    _centered(pen, text.title, top, 66 if is_tall else 58, _PAPER, bold=True)
    for place, line in enumerate(_lines(pen, text.theme, 44 if is_tall else 36, WIDTH - 120)[:2]):
        _centered(
            pen,
            line,
            top + (115 if is_tall else 88) + place * (60 if is_tall else 48),
            44 if is_tall else 36,
            _GOLD,
        )


def _ring(pen: Any, text: CardText, middle: tuple[int, int], radius: int) -> None:
    (x, y), box = middle, None
    box = (x - radius, y - radius, x + radius, y + radius)
    pen.ellipse(box, outline=_LINE, width=34)
    if text.score:
        pen.arc(box, -90, -90 + 360 * text.score / text.total, fill=_GREEN, width=34)
    font = pillow(int(radius * 0.8), bold=True)
    pen.text((x, y - radius * 0.12), str(text.score), font=font, fill=_NAVY, anchor="mm")
    pen.text(
        (x, y + radius * 0.42),
        f"答对 / 共{text.total}题",
        font=pillow(int(radius * 0.19)),
        fill=_SOFT,
        anchor="mm",
    )


def _beside(text: CardText) -> str:
    return " · ".join(part for part in (text.team, text.streak) if part) or "保护知识产权，尊重原创"


def _foot(picture: Any, pen: Any, text: CardText, top: int, size: int) -> None:
    _code(picture, text.link, (110, top + 10), size)
    left = 470
    pen.text((left, top + 40), "扫码也来答五题", font=pillow(52, bold=True), fill=_INK)
    for place, line in enumerate(("看看身边的东西", "靠什么权利保护")):
        pen.text((left, top + 118 + 50 * place), line, font=pillow(36), fill=_SOFT)
    pen.text(
        (left, top + 236),
        text.center,
        font=pillow(_fitting(pen, text.center, 32, WIDTH - left - 80)),
        fill=_NAVY,
    )
    pen.text((left, top + 284), "答题不收集个人信息", font=pillow(28), fill=_SOFT)


def _code(picture: Any, link: str, corner: tuple[int, int], size: int) -> None:
    from PIL import Image

    modules = qr_modules(link)
    scale = size // len(modules)
    small = Image.new("L", (len(modules), len(modules)), 255)
    small.putdata([0 if dark else 255 for row in modules for dark in row])
    side = scale * len(modules)
    picture.paste(small.resize((side, side), Image.Resampling.NEAREST), corner)


def qr_modules(link: str) -> list[list[bool]]:
    """The QR code of a link, row by row, with the quiet zone of four around it."""
    import segno

    code = segno.make(link, error="m", micro=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=4)]


def _centered(
    pen: Any,
    text: str,
    top: int,
    size: int,
    colour: str,
    *,
    bold: bool = False,
    middle: int = WIDTH // 2,
    room: int = WIDTH - 120,
) -> None:
    fitting = _fitting(pen, text, size, room, bold=bold)
    pen.text((middle, top), text, font=pillow(fitting, bold=bold), fill=colour, anchor="ma")


def _fitting(pen: Any, text: str, size: int, room: int, *, bold: bool = False) -> int:
    """The size at which a line fits its room; no smaller than half."""
    width = pen.textlength(text, font=pillow(size, bold=bold))
    return size if width <= room else max(size // 2, int(size * room / width))


def _lines(pen: Any, text: str, size: int, room: int) -> list[str]:
    lines, line = [], ""
    for letter in text:
        if pen.textlength(line + letter, font=pillow(size)) > room:
            lines.append(line)
            line = ""
        line += letter
    return [*lines, line] if line else lines
