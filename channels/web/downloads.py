"""What a person takes along: a deadline for the phone's calendar, the card of a finished quiz.

Neither names a person.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timezone
from functools import lru_cache
from pathlib import Path

from aiohttp import web

from actions.deadline_ics import Day, to_ics
from actions.deadline_result import DeadlineResult
from actions.deadline_rules import compute
from curation.publishing import today_of
from desk import conversations, transcripts
from desk.engine import reading
from knowledge.deadline_table import load_deadline_table
from knowledge.deadline_types import DeadlineTable
from knowledge.errors import RuleError
from server import keys
from server.errors import RequestError

routes = web.RouteTableDef()

_LONGEST_CASE = 60
# Days that a paper of today can be about; far ones cannot be counted on from.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_PRINTED = "截止：文书上写明的最后一天"
# Least share of right answers and what is said for it, best first.
_PRAISE = (
    (1.0, "全部答对"),
    (0.8, "知识产权小达人"),
    (0.6, "继续加油"),
    (0.0, "多了解一点，多一分保护"),
)


@routes.get("/deadline.ics", name="deadline_ics")
async def get_calendar(request: web.Request) -> web.Response:
    """The dates of a rule counted from a day, or the last day that a paper names (``on``), with reminders.

    ``alternative`` and ``country`` are those that the card was counted with; ``case`` is what the card
    tells the matter from others by.
    """
    case = "".join(letter for letter in request.query.get("case", "") if letter.isprintable())
    case = " ".join(case.split())[:_LONGEST_CASE]
    if "on" in request.query:
        last = Day(_PRINTED, _day(request, "on"), "日期以文书原件为准，请与当地律师核对。")
        return await _calendar([], [last], f"{last.day}", case)
    settings = request.app[keys.SETTINGS]
    table = await asyncio.to_thread(_deadlines, settings.knowledge.tables_dir)
    day = _day(request, "from")
    rule = request.query.get("rule", "")
    if rule not in table.rules:
        raise RequestError(404, "not_found", "没有这条期限规则")
    try:
        result = compute(
            rule, day, today_of(settings), table=table,
            alternative=request.query.get("alternative"), country=request.query.get("country"),
        )  # fmt: skip
    except RuleError as error:
        raise RequestError(400, "invalid_date", str(error)) from error
    return await _calendar([result], [], f"{rule}-{day}", case)


def _day(request: web.Request, name: str) -> date:
    try:
        day = date.fromisoformat(request.query.get(name, ""))
    except ValueError as error:
        raise RequestError(400, "invalid_date", f"{name} 应为日期，如 2026-10-08") from error
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise RequestError(400, "invalid_date", f"{name} 应在{_FIRST_YEAR}年到{_LAST_YEAR}年之间")
    return day


async def _calendar(
    results: list[DeadlineResult], days: list[Day], name: str, case: str
) -> web.Response:
    text = await asyncio.to_thread(to_ics, results, datetime.now(timezone.utc), days, case=case)
    return web.Response(
        body=text.encode(),
        headers={
            "Content-Type": "text/calendar; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.ics"',
        },
    )


@lru_cache(maxsize=2)
def _deadlines(tables_dir: Path) -> DeadlineTable:
    return load_deadline_table(tables_dir)


@routes.get("/quiz/card", name="quiz_card")
async def get_card(request: web.Request) -> web.Response:
    """The page of a finished quiz, to be shown or sent on."""
    score, total = await _result(request)
    return _render(request, "quiz_card.html", "text/html", score, total)


@routes.get("/quiz/card.svg", name="quiz_card_image")
async def get_card_image(request: web.Request) -> web.Response:
    """The card alone, as a picture."""
    score, total = await _result(request)
    return _render(request, "quiz_card.svg", "image/svg+xml", score, total)


async def _result(request: web.Request) -> tuple[int, int]:
    """The score that the record of a conversation has under ``m``, the id of the message that told it.

    :raises RequestError: 404 when no such message told a score; none is taken from the address.
    """
    engine, identifier = request.app[keys.ENGINE], request.query.get("m", "")

    def find() -> conversations.Message | None:
        with reading(engine) as conn:
            return transcripts.message(conn, identifier[:64])

    found = await asyncio.to_thread(find)
    data = found.payload.get("data", {}) if found is not None and found.kind == "quiz" else {}
    if not data.get("finished") or not data.get("total"):
        raise RequestError(404, "not_found", "没有这张答题卡，答完一轮才会有")
    return int(data["score"]), int(data["total"])


def _render(
    request: web.Request, template: str, content_type: str, score: int, total: int
) -> web.Response:
    praise = next(words for share, words in _PRAISE if score >= share * total)
    text = (
        request.app[keys.TEMPLATES]
        .get_template(template)
        .render(
            score=score,
            total=total,
            praise=praise,
            filled=round(100 * score / total),
            message=request.query["m"],
        )
    )
    return web.Response(text=text, content_type=content_type, charset="utf-8")
