"""While a trainer still writes, the live version is asked its questions and a process gets ready to build."""

from __future__ import annotations

import asyncio

from aiohttp import web

from curation import release
from curation.background import aside, warm
from curation.jobs import Job
from office.workbench.pages import login_of, settings_of
from server import keys

JOB = "live-answers"


async def ask_live_ahead(request: web.Request) -> None:
    """Begin asking in the background, or where the answers are there, have a process ready to build."""
    jobs, settings = request.config_dict[keys.JOBS], settings_of(request)
    running = jobs.last(JOB)
    if running is not None and running.is_running:
        return
    if await asyncio.to_thread(release.live_is_asked, settings):
        if await asyncio.to_thread(release.takes_long, settings):
            await asyncio.to_thread(warm, release.get_ready, settings)
        return

    async def work(job: Job) -> str:
        await aside(release.ask_live, settings, report=job.tell)
        return "线上版本的回答已备好"

    # Another request may have begun meanwhile.
    running = jobs.last(JOB)
    if running is None or not running.is_running:
        jobs.start(JOB, login_of(request), work)
