"""Beside the editor: what the bot would answer with the text as it is typed, and what people asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from aiohttp import web

from bot.deciding import explained
from curation import trying
from desk.permissions import Permission
from desk.times import utc_now
from indexer.hybrid import HybridIndex
from knowledge.errors import SourceError
from knowledge.loaders.places import place_codes
from knowledge.text import normalise
from office.access import require
from office.transactions import engine_of
from office.workbench.drafts import document_of, entry_of, library
from office.workbench.pages import login_of, render
from server import keys

routes = web.RouteTableDef()

MAX_QUESTION = 300
_COUNTRY_CHARS = 20


@runtime_checkable
class TriesOut(Protocol):
    """A bot in this process, which can decide a sentence without saying or keeping it."""

    async def try_out(
        self, text: str, index: HybridIndex, *, country: str | None = None
    ) -> Mapping[str, Any]:
        """How a first message would be decided over an index, as ``Plan.to_json`` gives it."""
        ...


@dataclass(frozen=True)
class Told:
    """What the bot does with a question: in words, with the text of an answer from the shelf."""

    decision: str
    confidence: float | None
    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True)
class Tried:
    """A question over the draft and over what is live."""

    question: str
    draft: Told
    live: Told
    is_own: bool

    @property
    def differs(self) -> bool:
        """Whether a person would notice."""
        return (self.draft.text, self.draft.decision) != (self.live.text, self.live.decision)


def bot_of(request: web.Request) -> TriesOut | None:
    """The bot, where it runs in this process and is ready."""
    bot = request.config_dict[keys.DIALOGUE]
    is_ready = request.config_dict[keys.READINESS].is_loaded
    return bot if isinstance(bot, TriesOut) and is_ready else None


def code_of(index: HybridIndex, name: str) -> str:
    """The country that a person typed by name, other name or code; empty when it is none."""
    code = place_codes().get(normalise(name).lower())
    return code or next(iter(index.understand(name).countries), "")


@routes.post("/drafts/{document}/try", name="draft_try")
@require(Permission.KNOWLEDGE)
async def try_typed(request: web.Request) -> web.Response:
    """The piece of the editor that says what would be answered; nothing is kept."""
    form = {key: str(value) for key, value in (await request.post()).items()}
    found = await library(request)
    document = document_of(found, request.match_info["document"])
    entry = entry_of(found, document.meta.id, form.get("passage", ""))
    try:
        typed = trying.typed(found, document, entry, form, login_of(request))
        rows = await _asked(request, typed, form)
    except SourceError as error:  # said beside the form, which stays as it is
        return render(request, "workbench/tried.html", refusal=str(error), rows=(), figures=())
    return render(
        request, "workbench/tried.html", refusal="", rows=rows, figures=typed.figures,
        is_changed=any(row.differs for row in rows),
    )  # fmt: skip


async def _asked(request: web.Request, typed: trying.Typed, form: Mapping[str, str]) -> list[Tried]:
    bot = bot_of(request)
    if bot is None:
        raise SourceError("对话程序在别处运行或还没有启动好，暂时不能试答")
    question = form.get("q", "").strip()
    if len(question) > MAX_QUESTION:
        raise SourceError(f"问题超过 {MAX_QUESTION} 字")
    live = await asyncio.to_thread(request.config_dict[keys.INDEX].current)
    named = form.get("country", "").strip()[:_COUNTRY_CHARS]
    country = code_of(live, named) if named else ""
    if named and not country:
        raise SourceError(f"不认识国家“{named}”，请写国家名称，如 美国")
    draft = await asyncio.to_thread(trying.index_of, live, typed.passages)
    own = {item.id for item in typed.entry.results}
    rows = []
    for text in trying.wordings(typed.entry, question):
        if request.transport is None or request.transport.is_closing():
            break  # the page was left or typed on; nobody reads this
        with_edit = told(await bot.try_out(text, draft, country=country or None))
        today = with_edit
        if draft is not live:
            today = told(await bot.try_out(text, live, country=country or None))
        rows.append(Tried(text, with_edit, today, bool(own.intersection(with_edit.passages))))
    return rows


def told(plan: Mapping[str, Any]) -> Told:
    """A plan in words, with what is said where the shelf answers."""
    how = explained(plan)
    said = plan.get("said") or ()
    return Told(
        decision=how.decision if how else "",
        confidence=(plan.get("seen") or {}).get("confidence"),
        text="\n\n".join(str(message["text"]) for message in said),
        passages=tuple(
            str(message["data"]["passage"]) for message in said if "passage" in message["data"]
        ),
    )


@routes.get("/drafts/{document}/asked", name="draft_asked")
@require(Permission.KNOWLEDGE)
async def show_asked(request: web.Request) -> web.Response:
    """The piece of the editor with wordings that people used."""
    found = await library(request)
    document = document_of(found, request.match_info["document"])
    entry = entry_of(found, document.meta.id, request.query.get("passage", ""))
    live = await asyncio.to_thread(request.config_dict[keys.INDEX].current)
    heard = await asyncio.to_thread(trying.suggestions, engine_of(request), live, entry, utc_now())
    return render(request, "workbench/asked_of.html", heard=heard)
