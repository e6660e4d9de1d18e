"""Asking the draft: what the chat would find, with ranks, words and confidence, and why not another passage."""

from __future__ import annotations

import asyncio

from aiohttp import web

from actions.lookup import Found, look_up
from bot.deciding import explained
from curation.draft_index import explain
from curation.publishing import today_of
from curation.release import golden_file
from desk.permissions import Permission
from indexer.confidence import ANSWER_FROM, CHOICES_FROM
from indexer.golden import add_case
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from knowledge.errors import SourceError
from knowledge.types import Passage
from office.access import require
from office.pages import local_path, see_other
from office.workbench.drafts import library
from office.workbench.pages import login_of, render, settings_of
from office.workbench.rehearsing import code_of
from office.workbench.trying import (
    JOB,
    MAX_QUESTION,
    building,
    draft_index,
    plan_of,
    question_of,
)
from server import keys
from server.errors import json_text
from settings import Settings

routes = web.RouteTableDef()

PATH = "/workbench/ask"
_COUNTRY_CHARS = 20


BANDS = {"answer": ("会回答", "green"), "choices": ("会让用户选择", "amber"), "country": ("会先问国家", "amber"), "refuse": ("会说答不了", "red")}  # fmt: skip


@routes.get("/ask", name="ask")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The question and what the draft answers."""
    settings = settings_of(request)
    question = question_of(request)
    wanted = request.query.get("passage", "").strip()
    named_country = request.query.get("country", "").strip()[:_COUNTRY_CHARS]
    index, job = await draft_index(request)
    found = reason = how = None
    missing = country = ""
    procedures: tuple[str, ...] = ()
    if index is not None and named_country:
        country = code_of(index, named_country)
        missing = "" if country else f"不认识国家“{named_country}”，没有按它限定"
    if index is not None and question:
        procedures = _procedures(index, question)
        found = await asyncio.to_thread(_look, index, question, settings, country)
        how = explained(await plan_of(request, index, question, country))
        if wanted:
            passage = await _passage(request, wanted)
            if passage is None:
                missing = "草稿里已经没有要查的那一段，请回到草稿页再选"
            else:
                named = scope(found.info.countries or ((country,) if country else ()))
                today = today_of(settings)
                reason = await asyncio.to_thread(explain, index, question, passage, today, named)
    return render(
        request,
        "workbench/ask.html",
        tab="ask",
        question=question,
        wanted=wanted,
        country=named_country,
        procedures=procedures,
        found=found,
        reason=reason,
        how=how,
        missing=missing,
        is_ready=index is not None,
        job=job,
        bands=BANDS,
        answer_from=ANSWER_FROM,
        choices_from=CHOICES_FROM,
    )


def _procedures(index: HybridIndex, question: str) -> tuple[str, ...]:
    """The procedures that a question names, each once."""
    mentions = index.understanding.mentions(index.understand(question).text)
    return tuple(dict.fromkeys(item.row.name for item in mentions if item.row.kind == "procedure"))


def _look(index: HybridIndex, question: str, settings: Settings, country: str) -> Found:
    return look_up(index, question, today_of(settings), country=country or None)


async def _passage(request: web.Request, identifier: str) -> Passage | None:
    found = await library(request)
    return next((item for item in found.passages if item.id == identifier), None)


@routes.get("/ask/progress", name="ask_progress")
@require(Permission.KNOWLEDGE)
async def progress(request: web.Request) -> web.Response:
    """How far the index of the draft is."""
    job = request.config_dict[keys.JOBS].last(JOB)
    return web.json_response({} if job is None else job.to_json(), dumps=json_text)


@routes.post("/ask/rebuild", name="ask_rebuild")
@require(Permission.KNOWLEDGE)
async def rebuild(request: web.Request) -> web.Response:
    """Try once more after a failure."""
    settings = settings_of(request)
    request.config_dict[keys.JOBS].start(JOB, login_of(request), building(settings))
    form = await request.post()
    return see_other(local_path(str(form.get("back", "")), PATH))


@routes.post("/ask/golden", name="ask_golden")
@require(Permission.KNOWLEDGE)
async def keep(request: web.Request) -> web.Response:
    """Keep a tried question as one that every publication must answer, or must refuse."""
    form = await request.post()
    question, passage = str(form.get("q", "")).strip(), str(form.get("passage", ""))
    refuse = form.get("refuse") == "yes"
    if len(question) > MAX_QUESTION:
        raise SourceError(f"问题超过 {MAX_QUESTION} 字")
    if not refuse and await _passage(request, passage) is None:
        raise SourceError("请选择应当用哪一段回答")
    await asyncio.to_thread(
        add_case,
        golden_file(settings_of(request)),
        question,
        by=login_of(request),
        passages=[] if refuse else [passage],
        refuse=refuse,
    )
    return see_other(PATH, "已存为判定问题，每次发布前都会检查")
