"""What people asked in vain, and the list of what the knowledge needs."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from multidict import MultiDictProxy

from bot.deciding import explained
from curation import listening, publishing
from curation.background import aside
from curation.jobs import Job
from curation.todo import collect
from desk import plans, staff, topics
from desk.errors import InvalidRecordError
from desk.permissions import Permission
from desk.topics import TopicState
from indexer.hybrid import HybridIndex
from knowledge.types import GENERAL
from office.access import require
from office.pages import see_other
from office.transactions import engine_of, read
from office.workbench import wording
from office.workbench.pages import login_of, render, settings_of
from server import keys
from server.errors import json_text
from server.labels import PLACES

routes = web.RouteTableDef()

PATH = "/workbench/listening"
JOB = "todo"
_SHOWN = 60


@routes.get("/listening", name="listening")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The open questions by topic."""
    settings = settings_of(request)
    index = await asyncio.to_thread(request.config_dict[keys.INDEX].current)
    found = await asyncio.to_thread(
        listening.board, engine_of(request), index, publishing.today_of(settings), shown=_SHOWN
    )
    asked = [item.question for cluster in found[:_SHOWN] for item in cluster.questions]
    decided = await read(request, plans.of_questions, asked)
    people = await read(request, staff.listing)
    settled = await read(
        request,
        topics.listing,
        TopicState.ATTACHED,
        TopicState.ANSWERED,
        TopicState.OUT_OF_SCOPE,
        limit=30,
    )
    return render(
        request,
        "workbench/listening.html",
        tab="listening",
        clusters=found[:_SHOWN],
        total=len(found),
        settled=settled,
        people=[
            (person.login, person.name)
            for person in people
            if person.may(Permission.KNOWLEDGE, anywhere=True)
        ],
        places=[(GENERAL, "不限国家"), *PLACES.items()],
        place_of={one.id: _place(index, one.title) for one in found[:_SHOWN]},
        label=wording.label,
        how={text: explained(plan) for text, plan in decided.items()},
    )


def _place(index: HybridIndex, question: str) -> str:
    """The one country that a question names, which an answer to it is likely for."""
    named = index.understand(question).countries
    return named[0] if len(named) == 1 and named[0] in PLACES else GENERAL


@routes.post("/listening/attach", name="listening-attach")
@require(Permission.KNOWLEDGE)
async def attach(request: web.Request) -> web.Response:
    """Let a passage answer the chosen questions."""
    form = await request.post()
    passage = _pasted(str(form.get("other", ""))) or str(form.get("passage", ""))
    if not passage:
        raise InvalidRecordError("请选择归入哪一段")
    settings, engine = settings_of(request), engine_of(request)
    topic = await asyncio.to_thread(
        listening.attach, settings, engine, _questions(form), passage, by=login_of(request)
    )
    return see_other(PATH, f"“{topic.title}”已归入该段，随下次发布生效；已加入判定问题")


@routes.post("/listening/answer", name="listening-answer")
@require(Permission.KNOWLEDGE)
async def answer(request: web.Request) -> web.Response:
    """Write an answer for the chosen questions."""
    form = await request.post()
    questions = _questions(form)
    written = listening.NewAnswer(
        question=str(form.get("question", "")),
        similar=tuple(questions),
        text=str(form.get("text", "")),
        jurisdiction=str(form.get("jurisdiction", GENERAL)),
        basis=str(form.get("basis", "")),
        source=str(form.get("source", "")),
        url=str(form.get("url", "")),
    )
    topic = await asyncio.to_thread(
        listening.write_answer,
        settings_of(request),
        engine_of(request),
        questions,
        written,
        by=login_of(request),
    )
    return see_other(PATH, f"“{topic.title}”的答案已进入草稿，随下次发布生效；已加入判定问题")


@routes.post("/listening/decline", name="listening-decline")
@require(Permission.KNOWLEDGE)
async def decline(request: web.Request) -> web.Response:
    """Note that the chosen questions are to be refused."""
    form = await request.post()
    topic = await asyncio.to_thread(
        listening.decline,
        settings_of(request),
        engine_of(request),
        _questions(form),
        str(form.get("note", "")),
        by=login_of(request),
    )
    return see_other(PATH, f"“{topic.title}”已标为不在服务范围，发布前会检查它确实被拒答")


@routes.post("/listening/assign", name="listening-assign")
@require(Permission.KNOWLEDGE)
async def assign(request: web.Request) -> web.Response:
    """Give the chosen questions to a colleague."""
    form = await request.post()
    topic = await asyncio.to_thread(
        listening.assign,
        engine_of(request),
        _questions(form),
        str(form.get("assignee", "")),
        str(form.get("note", "")),
        by=login_of(request),
    )
    name = request.config_dict[keys.NAMES].who(topic.assignee)
    return see_other(PATH, f"“{topic.title}”已分派给 {name}")


@routes.get("/listening/todo", name="todo")
@require(Permission.KNOWLEDGE)
async def show_todo(request: web.Request) -> web.Response:
    """Expiring documents, reviews that are due, contradictions: looked for aside, then listed."""
    jobs = request.config_dict[keys.JOBS]
    job = jobs.last(JOB)
    if job is None or (request.query.get("again") and not job.is_running):
        settings = settings_of(request)

        async def work(job: Job) -> str:
            job.value = await aside(collect, settings, report=job.tell)
            return "已查完"

        job = jobs.start(JOB, login_of(request), work)
        if request.query.get("again"):
            return see_other(f"{PATH}/todo")
    return render(request, "workbench/todo.html", tab="listening", job=job)


@routes.get("/listening/todo/progress", name="todo-progress")
@require(Permission.KNOWLEDGE)
async def todo_progress(request: web.Request) -> web.Response:
    """How far the search is."""
    job = request.config_dict[keys.JOBS].last(JOB)
    return web.json_response({} if job is None else job.to_json(), dumps=json_text)


def _questions(form: MultiDictProxy[Any]) -> list[str]:
    return [str(text) for text in form.getall("chosen", [])]


def _pasted(text: str) -> str:
    """The passage that a pasted address of its page names; else what was typed."""
    named = parse_qs(urlsplit(text.strip()).query).get("passage", [])
    return named[0] if named else text.strip()
