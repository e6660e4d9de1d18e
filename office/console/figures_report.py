"""The figures of a period to take along: a page to print and a workbook.

What leaves the center names nobody: a group of fewer than three people is said to be small.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web

from desk import audit
from desk.exports import Sheet, workbook
from desk.figures import SMALL_CELL
from desk.permissions import Permission
from desk.service_clock import hours_of
from office.access import CURRENT_STAFF, require
from office.clock import hours_table
from office.console import first_screen
from office.console.first_screen import Picture, Tile
from office.console.lead_views import vocabulary
from office.console.leads import actor_of
from office.console.reporting_period import Chosen, chosen
from office.transactions import read, write
from server import keys
from server.template_filters import center_names

routes = web.RouteTableDef()

_FONT = "STSong-Light"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Pictures that count people by what they said; the others count events or the staff.
_OF_PEOPLE = frozenset({"国家或地区", "遇到的事", "从哪里来"})


@routes.get("/report.{kind:pdf|xlsx}", name="figures_report")
@require(Permission.FIGURES)
async def export(request: web.Request) -> web.Response:
    """The first screen as a file; that it was taken is on record."""
    person, kind = request[CURRENT_STAFF], request.match_info["kind"]
    when = chosen(request, person)
    hours = hours_of(hours_table(request), when.center)
    numbers = await read(request, first_screen.load, when, hours)
    tables = request.config_dict[keys.SETTINGS].knowledge.tables_dir
    center = center_names(tables).get(when.center or "", "全部中心")
    tiles = first_screen.tiles(numbers, lambda *_: "")
    pictures = [_without_small(item) for item in first_screen.pictures(numbers, vocabulary(tables))]
    detail = {"format": kind, "since": when.first.isoformat(), "until": when.last.isoformat()}
    await write(
        request, audit.record, actor_of(person), "figures", "figures", center=when.center, detail=detail
    )  # fmt: skip
    title = f"{center}：{when.first} 至 {when.last}"
    make = _pdf if kind == "pdf" else _xlsx
    content = await asyncio.to_thread(make, title, tiles, pictures)
    return web.Response(
        body=content,
        content_type="application/pdf" if kind == "pdf" else _XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="figures-{_days(when)}.{kind}"',
            "Cache-Control": "no-store",
        },
    )


def _days(when: Chosen) -> str:
    return f"{when.first:%Y%m%d}-{when.last:%Y%m%d}"


def _without_small(picture: Picture) -> Picture:
    if picture.title not in _OF_PEOPLE:
        return picture
    rows = tuple(
        (name, number if int(number) >= SMALL_CELL else f"少于{SMALL_CELL}")
        for name, number in picture.rows
    )
    return Picture(picture.title, picture.drawn, picture.headings, rows)


def _xlsx(title: str, tiles: Sequence[Tile], pictures: Sequence[Picture]) -> bytes:
    summary = [(tile.title, tile.value, tile.change) for tile in tiles]
    sheets = [Sheet("概览", ("项目", "本期", "与上期比"), [(title, "", ""), *summary])]
    sheets += [
        Sheet(picture.title.replace("：", " "), picture.headings, list(picture.rows))
        for picture in pictures
    ]
    return workbook(sheets)


def _pdf(title: str, tiles: Sequence[Tile], pictures: Sequence[Picture]) -> bytes:
    """One A4 page across, in black and white: numbers on top, tables in columns with bars in them."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import KeepInFrame, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    page, margin, buffer = landscape(A4), 12 * mm, io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=page, title=f"数据 {title}", author="护航",
        leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
    )  # fmt: skip
    room = (page[0] - 2 * margin - 12, page[1] - 2 * margin - 12)
    document.build([KeepInFrame(*room, _story(title, tiles, pictures, room[0]), mode="shrink")])
    return buffer.getvalue()


def _story(
    title: str, tiles: Sequence[Tile], pictures: Sequence[Picture], width: float
) -> list[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer, Table

    def says(text: str, size: float = 9) -> Any:
        style = ParagraphStyle(
            "s", fontName=_FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK"
        )
        return Paragraph(escape(text), style)

    lines = [("GRID", (0, 0), (-1, -1), 0.4, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    head = Table(
        [[[says(tile.title), says(tile.value, 14), says(tile.change, 7)] for tile in tiles]],
        colWidths=[width / len(tiles)] * len(tiles),
        style=lines,
    )
    cells: list[Any] = [[says(item.title, 11), _table(item)] for item in pictures]
    cells += [""] * (-len(cells) % 4)
    body = Table(
        [cells[start : start + 4] for start in range(0, len(cells), 4)],
        colWidths=[width / 4] * 4,
        style=[("VALIGN", (0, 0), (-1, -1), "TOP")],
    )
    small = f"人数少于{SMALL_CELL}的分组不写具体数字。被判答错：同事抽查判为错的，和用户评价没帮助的回答。时间按上班时间计，取中位数。"
    return [
        says(f"护航 · 数据　{title}", 15),
        Spacer(0, 8),
        head,
        Spacer(0, 8),
        body,
        says(small, 7),
    ]


def _table(picture: Picture) -> Any:
    """The rows with a bar of their own length drawn behind the first number."""
    from reportlab.platypus import Table

    rows = [[*row] for row in picture.rows if row[1] != "0" or len(picture.rows) < 20]
    most = max((int(row[1]) for row in rows if row[1].isdigit()), default=1) or 1
    for row in rows:
        row.insert(1, "█" * round(8 * int(row[1]) / most) if row[1].isdigit() else "")
    shown = [[picture.headings[0], "", *picture.headings[1:]], *rows[:24]]
    return Table(
        shown,
        style=[
            ("FONT", (0, 0), (-1, -1), _FONT, 7.5),
            ("TOPPADDING", (0, 0), (-1, -1), 0.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5),
            ("LINEBELOW", (0, 0), (-1, 0), 0.4, "black"),
        ],
        hAlign="LEFT",
    )
