"""A certificate for schools: A4 across, with an empty line where the name is written by hand."""

from __future__ import annotations

import io
from datetime import date

from desk.campaigns import Campaign
from printing.outlines import Paper, fitting
from printing.posters import Sign

_MM = 72 / 25.4
_SIZE = (297 * _MM, 210 * _MM)
_NAVY, _GOLD, _SOFT = "#12365e", "#b8862b", "#4a5968"


def certificate(
    campaign: Campaign, score: int, total: int, team: str, sign: Sign, day: date
) -> bytes:
    """One page; no name is asked for, so none is in it.

    :raises FontError: no Chinese typeface is installed.
    """
    stream = io.BytesIO()
    paper = Paper(stream, _SIZE, f"{campaign.name}证书")
    middle = paper.width / 2
    for inset, colour in ((24, _NAVY), (30, "#ffffff"), (38, _GOLD), (40, "#ffffff")):
        paper.box(inset, inset, paper.width - 2 * inset, paper.height - 2 * inset, colour)
    if sign.logo is not None:
        paper.picture(sign.logo, 58, 58, 150, 64)
    paper.text(middle, 82, "知识产权学习证书", 44, _NAVY, bold=True, middle=True)
    paper.text(middle, 142, campaign.name, 20, _SOFT, middle=True)
    if campaign.theme:
        paper.text(
            middle,
            172,
            campaign.theme,
            fitting(campaign.theme, 16, paper.width - 160),
            _GOLD,
            middle=True,
        )
    where = f"（{team}）" if team else ""
    paper.line(200, 262, 400, 262, _NAVY)
    paper.text(408, 240, f"同学{where}：", fitting(f"同学{where}：", 22, paper.width - 408 - 90))
    said = f"在知识产权小测验中，{total}道题答对{score}道，"
    paper.text(middle, 306, said, 24, middle=True)
    paper.text(middle, 346, "懂得尊重原创、保护创新，特发此证。", 24, middle=True)
    room = paper.width / 2 - 90
    paper.text(
        paper.width - 90 - room, 430, sign.center, fitting(sign.center, 18, room), _NAVY, bold=True
    )
    paper.text(paper.width - 90 - room, 460, f"{day.year}年{day.month}月{day.day}日", 16, _SOFT)
    paper.text(90, 470, "姓名由学校或本人填写，本站不收集", 11, _SOFT)
    paper.canvas.showPage()
    paper.canvas.save()
    return stream.getvalue()
