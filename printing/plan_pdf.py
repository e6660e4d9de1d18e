"""The action plan as one A4 page, in a font that every PDF reader for Chinese brings along."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

_FONT = "STSong-Light"
_MARGIN_MM = 18
_DISCLAIMER = (
    "本页由护航按您说的情况和知识库自动整理，不构成法律意见；期限以文书原件和律师核对为准。"
)


def to_pdf(matter: Mapping[str, Any], today: date) -> bytes:
    """Write a matter, as :func:`actions.matter_view.view` gives it, on one page.

    What is long is shrunk until it fits.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import KeepInFrame, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    buffer, margin = io.BytesIO(), _MARGIN_MM * mm
    document = SimpleDocTemplate(
        buffer, pagesize=A4, title=f"行动计划：{matter['title']}", author="护航",
        leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
    )  # fmt: skip
    width, height = A4[0] - 2 * margin - 12, A4[1] - 2 * margin - 12
    document.build([KeepInFrame(width, height, _story(matter, today), mode="shrink")])
    return buffer.getvalue()


def _story(matter: Mapping[str, Any], today: date) -> list[Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer, Table

    def style(size: float, colour: str = "#1b2733", space: float = 4) -> Any:
        return ParagraphStyle(
            "s", fontName=_FONT, fontSize=size, leading=size * 1.55, textColor=HexColor(colour),
            spaceAfter=space, wordWrap="CJK",
        )  # fmt: skip

    def says(text: str, form: Any) -> Any:
        return Paragraph(escape(text), form)

    plain, small, head = style(11), style(9, "#51606f"), style(13, "#12365e", 3)
    day = f"{today.year}年{today.month}月{today.day}日"
    parts = [
        says(f"行动计划：{matter['title']}", style(20, "#12365e", 2)),
        says(f"护航 · 海外知识产权维权援助 · {day}", small),
    ]
    due = matter["deadline"]
    if due is not None:
        other = due["other"]
        basis = "" if due["is_given"] and not other else due["basis"]
        parts += [
            Spacer(0, 6), says(due["title"], head), says(_stated(due), style(16, "#a8201a", 2)),
            *([says(f"{other['by']}：{_stated(other, marked=False)}", plain)] if other else []),
            *([says(due["doubt"], plain)] if due["doubt"] else []),
            *(says(f"{label}：{text}", small) for label, text in (("依据", basis), ("错过的后果", due["consequence"])) if text),
        ]  # fmt: skip
    rows = [[says(f["label"], small), says(f["value"], plain)] for f in matter["fields"] if f["value"]]  # fmt: skip
    if rows:
        parts += [
            Spacer(0, 8),
            says("情况", head),
            Table(rows, colWidths=[80, None], hAlign="LEFT"),
        ]
    if matter["steps"]:
        parts += [Spacer(0, 8), says("接下来要做", head)]
        parts += [says(f"{'■' if s['done'] else '□'} {s['text']}", plain) for s in matter["steps"]]
    parts += _contacts(matter, head, plain, small, says)
    return [*parts, Spacer(0, 10), says(_DISCLAIMER, small)]


def _contacts(matter: Mapping[str, Any], head: Any, plain: Any, small: Any, says: Any) -> list[Any]:
    from reportlab.platypus import Spacer

    center, parts = matter["center"], []
    if center:
        parts += [Spacer(0, 8), says("找谁帮忙", head), says(center["name"], plain)]
        if center.get("is_given"):
            parts.append(says("这个中心是您选的", small))
        names = ("phone", "address", "hours", "url")
        shown = [*map(center.get, names), center.get("find") or center.get("contact_note")]
        parts += [says(text, small) for text in shown if text]
        parts += [says(f"{item['number']}：{item['does']}", small) for item in center.get("hotlines") or ()]  # fmt: skip
    if matter["leads"]:
        words = "；".join(f"{item['reference']}（{item['stage']}）" for item in matter["leads"])
        parts.append(says(f"援助登记：{words}", plain))
    return parts


def _stated(dated: Mapping[str, Any], *, marked: bool = True) -> str:
    """A date with the days left, and whether the person gave it."""
    mark = f"（{dated['by']}）" if marked and dated["is_given"] else ""
    estimate = "估算：" if dated["is_estimate"] else ""
    return f"{estimate}{dated['words']}{mark}，{_left(dated['days_left'])}"


def _left(days: int) -> str:
    if days > 0:
        return f"还有{days}天"
    return "就是今天" if days == 0 else f"已过{-days}天"
