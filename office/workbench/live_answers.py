"""The live version is asked its questions while a trainer still writes, so that comparing need not wait."""

from __future__ import annotations

import asyncio

from aiohttp import web

from curation import release
from curation.background import run_aside
from curation.jobs import Job
from office.workbench.pages import login_of, settings_of
from server import keys

JOB = "live-answers"


async def ask_live_ahead(request: web.Request) -> None:
    """Begin asking in the background unless the answers are there or on their way."""
    jobs, settings = request.config_dict[keys.JOBS], settings_of(request)
    running = jobs.last(JOB)
    if (running is not None and running.is_running) or await asyncio.to_thread(
        release.live_is_asked, settings
    ):
        return

    async def work(job: Job) -> str:
        await asyncio.to_thread(run_aside, release.ask_live, settings, report=job.tell)
        return "线上版本的回答已备好"

    # Another request may have begun meanwhile.
    running = jobs.last(JOB)
    if running is None or not running.is_running:
        jobs.start(JOB, login_of(request), work)
