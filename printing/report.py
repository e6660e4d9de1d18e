"""The figures of a campaign as a report on paper, for the information report (信息报送)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from desk.campaign_figures import HIDDEN, MEASURES, CampaignFigures, sheets, written
from desk.campaigns import Campaign
from printing.outlines import Paper, fitting, lines, width_of
from printing.posters import A4

_NAVY, _INK, _SOFT, _LINE, _PALE, _GREEN = (
    "#12365e",
    "#17222e",
    "#4a5968",
    "#c8d3df",
    "#e6eff9",
    "#1c6b3f",
)
_MARGIN = 44.0
_ROW = 19.0
_MOST_BARS = 12


def report(
    campaign: Campaign, found: CampaignFigures, questions: Mapping[str, str], center: str, day: date
) -> bytes:
    """The report: the sums, charts of places and days, and the tables.

    :raises FontError: no Chinese typeface is installed.
    """
    stream = io.BytesIO()
    page = _Page(Paper(stream, A4, f"{campaign.name}信息报送"))
    page.head(f"{campaign.name}：活动情况", f"{center} · {day.year}年{day.month}月{day.day}日")
    theme = f"主题“{campaign.theme}”，" if campaign.theme else ""
    page.words(
        f"{campaign.starts_on.month}月{campaign.starts_on.day}日至{campaign.ends_on.month}月{campaign.ends_on.day}日，"
        f"{theme}设{len(campaign.places)}个地点：{'、'.join(place.name for place in campaign.places)}。"
    )
    page.tiles([(label, written(found.totals[name])) for name, label in MEASURES.items()])
    names = {place.code: place.name for place in campaign.places}
    page.bars(
        "各地点扫码",
        [(names.get(code, "无地点"), numbers["scan"]) for code, numbers in found.places.items()],
    )
    page.bars(
        "每天开始答题",
        [(f"{d.month}月{d.day}日", numbers["start"]) for d, numbers in found.days.items()],
    )
    for sheet in sheets(campaign, found, questions)[1:]:
        page.table(sheet.title, sheet.headings, sheet.rows)
    page.words(f"说明：只计人次，不收集个人信息；{HIDDEN}。")
    page.end()
    return stream.getvalue()


class _Page:
    def __init__(self, paper: Paper) -> None:
        self._paper, self._top = paper, 0.0
        self._room = paper.width - 2 * _MARGIN

    def head(self, title: str, line: str) -> None:
        self._paper.box(0, 0, self._paper.width, 84, _NAVY)
        self._paper.text(
            _MARGIN, 20, title, fitting(title, 24, self._room, bold=True), "#ffffff", bold=True
        )
        self._paper.text(_MARGIN, 56, line, 12, "#ffd166")
        self._top = 102

    def words(self, text: str) -> None:
        for line in lines(text, 11, self._room):
            self._need(18)
            self._paper.text(_MARGIN, self._top, line, 11, _INK)
            self._top += 18
        self._top += 4

    def tiles(self, items: Sequence[tuple[str, str]]) -> None:
        wide = self._room / 5
        for start in range(0, len(items), 5):
            self._need(60)
            for place, (label, value) in enumerate(items[start : start + 5]):
                x = _MARGIN + place * wide
                self._paper.box(x, self._top, wide - 6, 50, _PALE, radius=6)
                self._paper.text(x + 8, self._top + 6, label, 9.5, _SOFT)
                self._paper.text(x + 8, self._top + 21, value, 19, _NAVY, bold=True)
            self._top += 58
        self._top += 6

    def bars(self, title: str, rows: Sequence[tuple[str, int | None]]) -> None:
        shown = rows[:_MOST_BARS]
        if not shown:
            return
        self._title(title, keep=len(shown) * 17 + 10)
        most = max((number or 0 for _, number in shown), default=0) or 1
        for label, number in shown:
            self._paper.text(_MARGIN, self._top, label, fitting(label, 10, 120), _INK)
            long = (self._room - 190) * (number or 0) / most
            if long:
                self._paper.box(_MARGIN + 130, self._top + 1, long, 10, _GREEN, radius=2)
            self._paper.text(_MARGIN + 136 + long, self._top, written(number), 10, _SOFT)
            self._top += 17
        self._top += 8

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        self._title(title, keep=3 * _ROW)
        first = self._room - 44 * (len(headings) - 1)
        self._row(headings, first, is_head=True)
        for row in rows:
            self._row(row, first)
        self._top += 10

    def _row(self, cells: Sequence[str], first: float, *, is_head: bool = False) -> None:
        wrapped = lines(cells[0], 9, first - 8)
        high = max(_ROW, 13 * len(wrapped) + 6)
        self._need(high)
        colour = _SOFT if is_head else _INK
        for place, line in enumerate(wrapped):
            self._paper.text(_MARGIN, self._top + 4 + 13 * place, line, 9, colour, bold=is_head)
        for place, text in enumerate(cells[1:], start=1):
            size = fitting(text, 9, 41)
            right = _MARGIN + first + 44 * place
            self._paper.text(right - width_of(text, size), self._top + 4, text, size, colour)
        self._paper.line(_MARGIN, self._top + high, _MARGIN + self._room, self._top + high, _LINE)
        self._top += high

    def _title(self, words: str, keep: float) -> None:
        self._need(24 + keep)
        self._paper.text(_MARGIN, self._top, words, 13, _NAVY, bold=True)
        self._top += 22

    def _need(self, high: float) -> None:
        if self._top + high > self._paper.height - 40:
            self._paper.canvas.showPage()
            self._top = 40

    def end(self) -> None:
        """Close the file."""
        self._paper.canvas.showPage()
        self._paper.canvas.save()
