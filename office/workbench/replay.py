"""Asking last month's conversations again with the draft, before it is published."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from curation import replaying
from curation.background import aside
from curation.jobs import Job, Jobs
from desk import replays
from desk.errors import TransitionError
from desk.leases import Lease
from desk.permissions import Permission
from desk.times import utc_now
from office.access import require
from office.pages import see_other
from office.transactions import read, write
from office.workbench.pages import login_of, render, settings_of
from server import keys
from server.errors import json_text
from settings import Settings

routes = web.RouteTableDef()

PATH = "/workbench/replay"
JOB = replaying.JOB


@routes.get("/replay", name="replay")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """How far the replay is and what would change."""
    job = await request.config_dict[keys.JOBS].seen(JOB)
    replay = await read(request, replays.last)
    groups = []
    if replay is not None:
        counts = await read(request, replays.counts, replay.id)
        groups = [
            (kind, number, await read(request, replays.changes, replay.id, kind))
            for kind, number in counts.items()
        ]
    return render(
        request, "workbench/replay.html", tab="replay", job=job, replay=replay, groups=groups,
        total=0 if replay is None else await read(request, replays.count, replay),
        is_old=replay is not None
        and replay.draft != await asyncio.to_thread(replaying.draft_name, settings_of(request)),
    )  # fmt: skip


@routes.get("/replay/progress", name="replay-progress")
@require(Permission.KNOWLEDGE)
async def progress(request: web.Request) -> web.Response:
    """How far it is."""
    job = await request.config_dict[keys.JOBS].seen(JOB)
    return web.json_response({} if job is None else job.to_json(), dumps=json_text)


@routes.post("/replay/start", name="replay-start")
@require(Permission.KNOWLEDGE)
async def start(request: web.Request) -> web.Response:
    """Begin anew with the draft as it stands."""
    job = await request.config_dict[keys.JOBS].seen(JOB)
    if job is None or not job.is_running:
        draft = await asyncio.to_thread(replaying.draft_name, settings_of(request))
        since = utc_now() - replaying.DAYS
        await write(request, replays.begin, draft, since=since, by=login_of(request))
    await _go_on(request)
    return see_other(PATH)


@routes.post("/replay/go-on", name="replay-go-on")
@require(Permission.KNOWLEDGE)
async def go_on(request: web.Request) -> web.Response:
    """Go on where a replay was cut off or stopped."""
    replay = await read(request, replays.last)
    if replay is None or replay.state == "done":
        raise TransitionError("没有可以接着问的回放，请重新开始")
    await write(request, replays.set_state, replay.id, "running")
    await _go_on(request)
    return see_other(PATH)


@routes.post("/replay/stop", name="replay-stop")
@require(Permission.KNOWLEDGE)
async def stop(request: web.Request) -> web.Response:
    """Stop after the conversation that is being asked; what was found stays."""
    replay = await read(request, replays.last)
    if replay is not None and replay.state == "running":
        await write(request, replays.set_state, replay.id, "stopping")
    return see_other(PATH, "问完手上这段对话就停，已有的结果留着")


async def _go_on(request: web.Request) -> None:
    await _start(request.config_dict[keys.JOBS], settings_of(request), login_of(request))


async def _start(jobs: Jobs, settings: Settings, by: str) -> None:
    async def work(job: Job, lease: Lease) -> str:
        return await aside(replaying.run, settings, jobs.fence(lease), report=job.tell, name=JOB)

    await jobs.start_alone(JOB, by, work)


async def resume(app: web.Application) -> None:
    """Go on with the replay that a stopped process left half done; what failed here is not tried again."""
    jobs = app[keys.JOBS]
    own, job = jobs.last(JOB), await jobs.seen(JOB)
    if (own is not None and own.message) or (job is not None and job.is_running):
        return
    replay = await asyncio.to_thread(replaying.under_way, app[keys.ENGINE])
    if replay is None:
        return
    with contextlib.suppress(TransitionError):  # another copy was a moment faster
        await _start(jobs, app[keys.SETTINGS], replay.started_by)
