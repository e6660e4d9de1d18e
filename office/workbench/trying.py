"""Trying a question on the draft as it stands, and beside it on what is live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from actions.lookup import Found, look_up
from bot.deciding import Explained, explained
from curation.background import aside
from curation.draft_index import build_draft_index, opened
from curation.jobs import Job
from curation.publishing import today_of
from indexer.hybrid import HybridIndex
from knowledge.errors import SnapshotError
from office.workbench.pages import login_of, settings_of
from office.workbench.rehearsing import bot_of
from server import keys
from settings import Settings

JOB = "draft-index"
MAX_QUESTION = 300
_FIRST_HITS = 3


@dataclass(frozen=True)
class Tried:
    """What one index makes of a question: the decision, the words of an answer, the passages found.

    ``how`` and ``said`` are empty where the bot is elsewhere or not ready.
    """

    how: Explained | None
    said: Sequence[Mapping[str, Any]]
    found: Found

    @property
    def first(self) -> tuple[Any, ...]:
        """The first hits."""
        return self.found.hits[:_FIRST_HITS]


def question_of(request: web.Request) -> str:
    """The question that an address carries."""
    return request.query.get("q", "").strip()[:MAX_QUESTION]


async def draft_index(request: web.Request) -> tuple[HybridIndex | None, Job | None]:
    """The index of the draft as it stands, or None with the work on it, which begins where it must."""
    settings, jobs = settings_of(request), request.config_dict[keys.JOBS]
    index = await asyncio.to_thread(opened, settings)
    job = jobs.last(JOB)
    if index is None and (job is None or not (job.is_running or job.message)):
        job = jobs.start(JOB, login_of(request), building(settings))
    return index, job


def building(settings: Settings) -> Callable[[Job], Awaitable[str]]:
    """The work that builds the index of the draft."""

    async def work(job: Job) -> str:
        return await aside(build_draft_index, settings, report=job.tell, is_warm=True)

    return work


async def plan_of(
    request: web.Request, index: HybridIndex, question: str, country: str
) -> Mapping[str, Any] | None:
    """What the chat would do over an index; None where the bot is elsewhere or not ready."""
    bot = bot_of(request)
    return None if bot is None else await bot.try_out(question, index, country=country or None)


async def beside(request: web.Request, documents: Collection[str]) -> dict[str, Any]:
    """A question tried on the draft and on what is live, for a page.

    :param documents: the documents that are new in the draft.
    """
    index, job = await draft_index(request)
    question = question_of(request)
    shown: dict[str, Any] = {
        "question": question,
        "is_ready": index is not None,
        "index_job": job,
        "tried_after": None,
    }
    if index is None or not question:
        return shown
    try:
        live = await asyncio.to_thread(request.config_dict[keys.INDEX].current)
    except SnapshotError:  # nothing was ever published
        live = None
    after = await _tried(request, index, question)
    return {
        **shown,
        "tried_before": await _tried(request, live, question) if live is not None else None,
        "tried_after": after,
        "is_used": any(hit.passage.document in documents for hit in after.first),
        "documents": documents,
    }


async def _tried(request: web.Request, index: HybridIndex, question: str) -> Tried:
    today = today_of(settings_of(request))
    plan = await plan_of(request, index, question, "")
    found = await asyncio.to_thread(look_up, index, question, today)
    return Tried(explained(plan), (plan or {}).get("said", ()), found)
