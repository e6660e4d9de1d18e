"""A process is ready to do what a trainer begins, and the live version is asked its questions before anybody waits."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from curation import getting_ready
from curation.alone import BUILDING
from curation.background import aside, warm
from curation.jobs import Job
from desk.errors import TransitionError
from desk.leases import Lease
from knowledge.errors import AssistantError
from office.workbench.pages import login_of, settings_of
from server import keys
from settings import Settings

logger = logging.getLogger(__name__)
JOB = "live-answers"
_READY = "get-ready"
_BY = "系统"
_DONE = "线上版本的回答已备好"


def get_ready_ahead(request: web.Request) -> None:
    """Begin in the background what a build and its comparison will need: have a process ready, ask the live version."""
    jobs, settings, by = request.config_dict[keys.JOBS], settings_of(request), login_of(request)
    if any(job is not None and job.is_running for job in map(jobs.last, (_READY, BUILDING))):
        return

    async def work(_: Job) -> str:
        if not await asyncio.to_thread(getting_ready.takes_long, settings):
            return "问题不多，用到时再问"
        await asyncio.to_thread(warm, getting_ready.get_ready, settings)
        last = jobs.last(JOB)
        if last is None or not last.is_running:
            jobs.start(JOB, by, lambda job: _ask(job, settings))
        return "已备好"

    jobs.start(_READY, by, work)


async def _ask(job: Job, settings: Settings) -> str:
    if not await asyncio.to_thread(getting_ready.live_is_asked, settings):
        await aside(getting_ready.ask_live, settings, report=job.tell)
    return _DONE


async def ask_at_leisure(app: web.Application) -> None:
    """Have the live version asked while nobody waits for that, by one copy of the server."""
    settings, jobs = app[keys.SETTINGS], app[keys.JOBS]

    async def work(job: Job, _: Lease) -> str:
        await aside(getting_ready.ask_live_at_leisure, settings, report=job.tell)
        return _DONE

    try:
        if not await asyncio.to_thread(getting_ready.live_is_asked, settings):
            await jobs.start_alone(JOB, _BY, work)
    except TransitionError:  # another copy is at it
        return
    except AssistantError as error:
        logger.warning("the live version is asked later: %s", error)
