"""Quiz questions edited one by one in the browser; what is saved goes live with the next publication."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from desk import audit
from desk.permissions import Permission
from desk.times import utc_now
from knowledge import question_bank
from knowledge.errors import SourceError
from office.access import require
from office.pages import see_other
from office.transactions import write
from office.workbench.pages import login_of, render, settings_of
from settings import Settings

routes = web.RouteTableDef()

PATH = "/workbench/material/questions"
NEW = "new"
AUDIENCES = {"child": "儿童", "student": "学生", "adult": "市民", "enterprise": "企业"}
LEVELS = {"1": "容易", "2": "中等", "3": "难"}
_TEXTS = ("question", "answer", "explanation", "category", "basis")


@routes.get("/material/questions", name="quiz_questions")
@require(Permission.KNOWLEDGE)
async def show_questions(request: web.Request) -> web.Response:
    """Every question of the next build, narrowed by words."""
    words = request.query.get("q", "").strip()[:100]
    rows = await asyncio.to_thread(_rows, settings_of(request))
    shown = [row for row in rows if words.lower() in f"{row}".lower()]
    return render(
        request, "workbench/quiz_questions.html", tab="material", rows=shown, total=len(rows),
        words=words, new=NEW,
    )  # fmt: skip


@routes.get("/material/questions/{key}", name="quiz_question")
@require(Permission.KNOWLEDGE)
async def show_question(request: web.Request) -> web.Response:
    """The form of one question, or of a new one."""
    rows = await asyncio.to_thread(_rows, settings_of(request))
    return _form(request, _find(rows, request.match_info["key"]))


@routes.post("/material/questions/{key}", name="quiz_question_save")
@require(Permission.KNOWLEDGE)
async def save(request: web.Request) -> web.StreamResponse:
    """Keep the question; what a sheet would be refused for is refused here in the same words."""
    form, key = await request.post(), request.match_info["key"]
    settings, by = settings_of(request), login_of(request)
    rows = await asyncio.to_thread(_rows, settings)
    known = _find(rows, key)
    typed = _typed({name: str(value) for name, value in form.items()}, form.getall("for", []))
    row = {**known, **typed, "id": known.get("id") or f"t{secrets.token_hex(4)}"}
    others = [item for item in rows if item.get("id") != row["id"]]
    place = next((n for n, item in enumerate(rows) if item.get("id") == row["id"]), len(rows))
    changed = [*others[:place], row, *others[place:]]
    problem = await asyncio.to_thread(_problem, changed, rows, place)
    if problem:
        return _form(request, row, problem=problem, status=400)
    await _keep(request, settings, changed, by)
    return see_other(f"{PATH}/{row['id']}", "题目已保存，随下次发布生效")


@routes.post("/material/questions/{key}/remove", name="quiz_question_remove")
@require(Permission.KNOWLEDGE)
async def remove(request: web.Request) -> web.StreamResponse:
    """Take a question out of the bank of the next build."""
    settings = settings_of(request)
    rows = await asyncio.to_thread(_rows, settings)
    row = _find(rows, request.match_info["key"])
    left = [item for item in rows if item.get("id") != row.get("id")]
    if not left:
        raise SourceError("题库至少要有一道题")
    await _keep(request, settings, left, login_of(request))
    return see_other(PATH, f"已删去“{str(row.get('question', ''))[:30]}”，随下次发布生效")


async def _keep(
    request: web.Request, settings: Settings, rows: list[dict[str, Any]], by: str
) -> None:
    at = utc_now().isoformat(timespec="microseconds")
    await asyncio.to_thread(question_bank.take_over, settings.data_dir, rows, by=by, at=at)
    detail = {"questions": len(rows)}
    await write(request, audit.record, f"staff:{by}", "quiz", "quiz", detail=detail)


def _form(
    request: web.Request, row: Mapping[str, Any], *, problem: str = "", status: int = 200
) -> web.Response:
    options = [str(option) for option in row.get("options") or ()]
    return render(
        request,
        "workbench/quiz_question.html",
        tab="material",
        status=status,
        key=request.match_info["key"],
        new=NEW,
        row=row,
        options=list(zip(question_bank.LABELS, [*options, "", "", "", ""], strict=False)),
        answers=[(label, label) for label in question_bank.LABELS],
        audiences=AUDIENCES,
        levels=list(LEVELS.items()),
        problem=problem,
    )


def _typed(form: Mapping[str, str], audiences: list[Any]) -> dict[str, Any]:
    given: dict[str, Any] = {name: form.get(name, "").strip() for name in _TEXTS}
    options = [form.get(f"option-{label}", "").strip() for label in question_bank.LABELS]
    while options and not options[-1]:
        options.pop()
    given["options"] = options
    given["level"] = int(form["level"]) if form.get("level") in LEVELS else 1
    given["for"] = [str(item) for item in audiences]
    return given


def _problem(rows: list[dict[str, Any]], before: list[dict[str, Any]], place: int) -> str:
    verdicts = question_bank.judge(list(enumerate(rows, start=1)), before).verdicts
    if verdicts[place].problem:
        return verdicts[place].problem
    # A later question that is the same as this one is said of that one.
    return next((verdict.problem for verdict in verdicts if verdict.problem), "")


def _find(rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    if key == NEW:
        return {}
    found = next((row for row in rows if str(row.get("id")) == key), None)
    if found is None:
        raise web.HTTPNotFound
    return found


def _rows(settings: Settings) -> list[dict[str, Any]]:
    file = question_bank.bank_file(settings.knowledge.tables_dir, settings.data_dir)
    return question_bank.rows_of(file)
