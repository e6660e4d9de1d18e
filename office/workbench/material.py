"""Training material: what the quiz shows people get wrong, and the question bank as a spreadsheet."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from curation import publishing, question_sheet
from desk import audit, quiz
from desk.permissions import Permission
from desk.quiz import Tally
from desk.times import utc_now
from knowledge import question_bank
from knowledge.errors import SourceError
from knowledge.files import write_atomic
from knowledge.question_bank import BankImport, RowVerdict
from office.access import require
from office.pages import see_other
from office.transactions import read, write
from office.workbench.pages import login_of, render, settings_of
from server.errors import RequestError
from settings import Settings

routes = web.RouteTableDef()

PATH = "/workbench/material"
_PENDING = "quiz.pending.json"
_MOST_BYTES = 5 * 1024 * 1024
_PERIODS = {"30": "近30天", "90": "近90天", "all": "全部"}
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class _Asked:
    """A question with how it was answered; ``trap`` is the wrong option chosen most."""

    row: Mapping[str, Any]
    tally: Tally
    trap: str


@routes.get("/material", name="material")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The most often missed questions, the bank, and an import that waits for its word."""
    settings = settings_of(request)
    period = request.query.get("period", "90")
    period = period if period in _PERIODS else "90"
    since = None
    if period != "all":
        since = publishing.today_of(settings) - timedelta(days=int(period))
    tallies = await read(request, quiz.statistics, since=since)
    rows = await asyncio.to_thread(_rows, settings)
    known = {str(row["id"]): row for row in rows}
    return render(
        request,
        "workbench/material.html",
        tab="material",
        asked=[_asked(known[item.question], item) for item in tallies if item.question in known],
        answers=sum(item.times for item in tallies),
        total=len(rows),
        last=question_bank.last_change(settings.data_dir),
        pending=await asyncio.to_thread(_pending, settings),
        period=period,
        periods=_PERIODS,
    )


@routes.get("/material/bank.xlsx", name="material-export")
@require(Permission.KNOWLEDGE)
async def export(request: web.Request) -> web.Response:
    """The bank of the next build as a spreadsheet."""
    rows = await asyncio.to_thread(_rows, settings_of(request))
    body = await asyncio.to_thread(question_sheet.written, rows)
    name = quote("题库.xlsx")
    headers = {
        "Content-Disposition": f"attachment; filename=\"quiz.xlsx\"; filename*=UTF-8''{name}"
    }
    return web.Response(body=body, content_type=_SHEET, headers=headers)


@routes.post("/material/bank", name="material-check")
@require(Permission.KNOWLEDGE)
async def check(request: web.Request) -> web.Response:
    """Read a spreadsheet and tell what becomes of each row; nothing is taken over yet."""
    larger = request.clone(client_max_size=_MOST_BYTES)
    form = await larger.post()
    file = form.get("file")
    if not isinstance(file, web.FileField) or not file.filename:
        raise RequestError(400, "no_file", "请选择要导入的 .xlsx 文件")
    data = await asyncio.to_thread(file.file.read)
    settings, by = settings_of(request), login_of(request)
    found = await asyncio.to_thread(_judge, settings, data, by, file.filename)
    if not found.verdicts:
        raise SourceError("表格里没有题目")
    return see_other(f"{PATH}#import")


@routes.post("/material/bank/take", name="material-take")
@require(Permission.KNOWLEDGE)
async def take(request: web.Request) -> web.Response:
    """Take the checked spreadsheet over, or drop it."""
    form = await request.post()
    settings, by = settings_of(request), login_of(request)
    waiting = await asyncio.to_thread(_pending, settings)
    if waiting is None:
        raise SourceError("没有等待采用的题库，可能已被处理，请刷新页面")
    path = settings.data_dir / _PENDING
    if form.get("drop"):
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return see_other(PATH, "已放弃这次导入")
    found = waiting["found"]
    if not found.is_good:
        raise SourceError("有题目不合格，请改好表格重新上传")
    at = utc_now().isoformat(timespec="microseconds")
    await asyncio.to_thread(question_bank.take_over, settings.data_dir, found.rows, by=by, at=at)
    await asyncio.to_thread(path.unlink, missing_ok=True)
    detail = {"questions": len(found.rows), "removed": found.removed}
    await write(request, audit.record, by, "quiz", "question-bank", detail=detail)
    return see_other(PATH, f"题库已换成 {len(found.rows)} 题，随下次发布生效")


def _rows(settings: Settings) -> list[dict[str, Any]]:
    file = question_bank.bank_file(settings.knowledge.tables_dir, settings.data_dir)
    return question_bank.rows_of(file)


def _judge(settings: Settings, data: bytes, by: str, name: str) -> BankImport:
    found = question_bank.judge(question_sheet.read(data), _rows(settings))
    value = {"by": by, "name": Path(name).name, **asdict(found)}
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    content = json.dumps(value, ensure_ascii=False, default=str)
    write_atomic(settings.data_dir / _PENDING, content.encode("utf-8"))
    return found


def _pending(settings: Settings) -> dict[str, Any] | None:
    try:
        value = json.loads((settings.data_dir / _PENDING).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    verdicts = tuple(RowVerdict(**row) for row in value["verdicts"])
    found = BankImport(tuple(value["rows"]), verdicts, int(value["removed"]))
    return {"by": value["by"], "name": value["name"], "found": found}


def _asked(row: Mapping[str, Any], tally: Tally) -> _Asked:
    options = dict(zip(question_bank.LABELS, row.get("options") or (), strict=False))
    wrong = {label: times for label, times in tally.choices.items() if label != row.get("answer")}
    trap = max(wrong, key=lambda label: wrong[label], default="")
    return _Asked(row, tally, f"{trap}. {options.get(trap, '')}" if trap else "")
