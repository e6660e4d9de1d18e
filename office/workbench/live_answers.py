"""While a trainer still writes, the live version is asked its questions and a process gets ready to build."""

from __future__ import annotations

import asyncio

from aiohttp import web

from curation import release
from curation.alone import BUILDING
from curation.background import aside, warm
from curation.jobs import Job
from office.workbench.pages import login_of, settings_of
from server import keys

JOB = "live-answers"


def get_ready_ahead(request: web.Request) -> None:
    """Begin in the background what a build and its comparison will need: ask the live version, have a process ready."""
    jobs, settings = request.config_dict[keys.JOBS], settings_of(request)
    if any(job is not None and job.is_running for job in map(jobs.last, (JOB, BUILDING))):
        return

    async def work(job: Job) -> str:
        if not await asyncio.to_thread(release.takes_long, settings):
            return "问题不多，用到时再问"
        if await asyncio.to_thread(release.live_is_asked, settings):
            await asyncio.to_thread(warm, release.get_ready, settings)
        else:
            await aside(release.get_ready, settings, report=job.tell, is_warm=True)
        return "线上版本的回答已备好"

    jobs.start(JOB, login_of(request), work)
