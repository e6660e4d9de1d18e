"""The print kit of a place: posters in A4 and A3, cards for tables, stickers, each with the place's QR code."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from desk.campaigns import Campaign, Occasion, Place
from printing.card import qr_modules
from printing.outlines import Paper, fitting, lines, width_of

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
A3 = (297 * MM, 420 * MM)
_PAPER, _INK, _SOFT, _GOLD = "#ffffff", "#17222e", "#4a5968", "#ffd166"
_GROUND = {Occasion.PATENT_WEEK: ("#0e4536", "#1c6b3f")}
_BLUE = ("#12365e", "#1d5fa6")
_STICKERS = (3, 4)
_CALL = "扫一扫，答五道小题"
_PROMISE = "答一题讲一题 · 有出处 · 不收集个人信息"


@dataclass(frozen=True)
class Sign:
    """What stands on every page: whose campaign it is, under which mark, and where its codes lead."""

    center: str
    origin: str
    # The center's mark, as PNG.
    logo: bytes | None = None

    def link(self, campaign: Campaign, place: Place) -> str:
        """The link in the QR code of a place."""
        return f"{self.origin}/c/{campaign.code}?p={place.code}"


def kit(campaign: Campaign, places: Sequence[Place], sign: Sign) -> bytes:
    """For each place an A4 and an A3 poster, a page of table cards and one of stickers.

    :raises FontError: no Chinese typeface is installed.
    """
    stream = io.BytesIO()
    paper = Paper(stream, A4, f"{campaign.name}印刷套件")
    for place in places:
        modules = qr_modules(sign.link(campaign, place))
        for size in (A4, A3):
            paper.size(size)
            _poster(paper, campaign, place, sign, modules)
            paper.canvas.showPage()
        paper.size(A4)
        _table_cards(paper, campaign, place, sign, modules)
        paper.canvas.showPage()
        _stickers(paper, campaign, place, modules)
        paper.canvas.showPage()
    paper.canvas.save()
    return stream.getvalue()


def _poster(
    paper: Paper, campaign: Campaign, place: Place, sign: Sign, modules: list[list[bool]]
) -> None:
    dark, light = _GROUND.get(campaign.occasion, _BLUE)
    unit = paper.width / 595
    middle, room = paper.width / 2, paper.width - 80 * unit
    paper.box(0, 0, paper.width, paper.height, dark)
    paper.box(0, 0, paper.width, 16 * unit, light)
    size = fitting(campaign.name, 52 * unit, room, bold=True)
    top = 66 * unit
    paper.text(middle, top, campaign.name, size, _PAPER, bold=True, middle=True)
    top += size * 1.35
    for line in lines(campaign.theme, 25 * unit, room)[:2] if campaign.theme else ():
        paper.text(middle, top, line, 25 * unit, _GOLD, middle=True)
        top += 36 * unit
    days = f"{campaign.starts_on.month}月{campaign.starts_on.day}日至{campaign.ends_on.month}月{campaign.ends_on.day}日"
    paper.text(middle, top + 4 * unit, days, 19 * unit, _PAPER, middle=True)
    panel = 250 * unit
    paper.box(40 * unit, panel, room, paper.height - panel - 76 * unit, _PAPER, radius=18 * unit)
    side = 250 * unit
    paper.code(middle - side / 2, panel + 20 * unit, side, modules)
    below = panel + side + 26 * unit
    paper.text(middle, below, _CALL, 36 * unit, dark, bold=True, middle=True)
    paper.text(middle, below + 50 * unit, _PROMISE, 15 * unit, _SOFT, middle=True)
    _program(paper, campaign, below + 88 * unit, unit, light)
    foot, left = paper.height - 54 * unit, 40 * unit
    if sign.logo is not None:
        paper.box(left, foot - 12 * unit, 48 * unit, 48 * unit, _PAPER, radius=6 * unit)
        paper.picture(sign.logo, left + 4 * unit, foot - 8 * unit, 40 * unit, 40 * unit)
        left += 58 * unit
    paper.text(
        left,
        foot,
        sign.center,
        fitting(sign.center, 18 * unit, room * 0.62 - left + 40 * unit, bold=True),
        _PAPER,
        bold=True,
    )
    where = f"{place.name} · 护航"
    shown = fitting(where, 14 * unit, room * 0.36)
    paper.text(
        paper.width - 40 * unit - width_of(where, shown), foot + 4 * unit, where, shown, _PAPER
    )


def _program(paper: Paper, campaign: Campaign, top: float, unit: float, colour: str) -> None:
    """What is on and what can be won, as far as there is room."""
    said = [
        *campaign.program.splitlines(),
        *([f"奖品：{campaign.prizes}"] if campaign.prizes else []),
    ]
    room, bottom = paper.width - 150 * unit, paper.height - 92 * unit
    for item in filter(None, (text.strip() for text in said)):
        wrapped = lines(item, 17 * unit, room)
        if top + len(wrapped) * 26 * unit > bottom:
            return
        paper.box(72 * unit, top + 5 * unit, 7 * unit, 7 * unit, colour)
        for line in wrapped:
            paper.text(90 * unit, top, line, 17 * unit, _INK)
            top += 26 * unit


def _table_cards(
    paper: Paper, campaign: Campaign, place: Place, sign: Sign, modules: list[list[bool]]
) -> None:
    """Two cards of half a page; cut along the dashed line."""
    dark, _light = _GROUND.get(campaign.occasion, _BLUE)
    half = paper.height / 2
    for top in (0.0, half):
        paper.box(24, top + 24, paper.width - 48, half - 48, dark, radius=14)
        paper.box(44, top + 108, 246, half - 152, _PAPER, radius=10)
        paper.code(56, top + 118, 222, modules)
        room = paper.width - 340
        paper.text(
            44,
            top + 46,
            campaign.name,
            fitting(campaign.name, 34, paper.width - 88, bold=True),
            _PAPER,
            bold=True,
        )
        paper.text(312, top + 128, "扫一扫", 44, _GOLD, bold=True)
        paper.text(
            312,
            top + 186,
            "答五道小题",
            fitting("答五道小题", 38, room, bold=True),
            _PAPER,
            bold=True,
        )
        for number, line in enumerate(_PROMISE.split(" · ")):
            paper.text(312, top + 246 + 25 * number, line, 17, _PAPER)
        paper.text(312, top + half - 82, sign.center, fitting(sign.center, 15, room), _PAPER)
        paper.text(312, top + half - 62, place.name, fitting(place.name, 12, room), _PAPER)
        paper.text(167, top + half - 66, "不用下载，打开就答", 12, _SOFT, middle=True)
    paper.line(0, half, paper.width, half, dash=4)


def _stickers(paper: Paper, campaign: Campaign, place: Place, modules: list[list[bool]]) -> None:
    """Twelve stickers of 70 by 74 millimetres."""
    across, down = _STICKERS
    wide, high = paper.width / across, paper.height / down
    dark, _light = _GROUND.get(campaign.occasion, _BLUE)
    for row in range(down):
        for column in range(across):
            x, y = column * wide, row * high
            middle = x + wide / 2
            paper.box(x + 8, y + 8, wide - 16, high - 16, dark, radius=12)
            side = min(wide - 60, high - 84)
            paper.code(middle - side / 2, y + 20, side, modules)
            paper.text(middle, y + 28 + side, "扫一扫答五题", 19, _GOLD, bold=True, middle=True)
            name = f"{campaign.name} · {place.name}"
            paper.text(
                middle, y + 54 + side, name, fitting(name, 9.5, wide - 36), _PAPER, middle=True
            )
    for column in range(1, across):
        paper.line(column * wide, 0, column * wide, paper.height, dash=3)
    for row in range(1, down):
        paper.line(0, row * high, paper.width, row * high, dash=3)
