"""Bringing documents in: upload, watch the files being read, look at every verdict, take the good ones."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import uuid
from typing import Any

from aiohttp import hdrs, web

from curation.background import aside, stop
from curation.batch_types import Batch, State, Step
from curation.batch_work import work_on
from curation.batches import Batches
from curation.jobs import Job, Jobs
from desk.errors import TransitionError
from desk.leases import Lease
from desk.permissions import Permission
from knowledge.draft import DraftStore
from knowledge.dry_run import Finding
from knowledge.errors import SourceError
from knowledge.loaders import supported_suffixes
from knowledge.loaders.faq_table import template
from office.access import require
from office.forms import numbers_of
from office.pages import see_other
from office.workbench.live_answers import get_ready_ahead
from office.workbench.pages import login_of, render, settings_of, until_news
from office.workbench.receiving import MAX_FILES, Received, received
from server import keys
from server.errors import RequestError
from settings import Settings

routes = web.RouteTableDef()

_STOPPING_S = 0.1
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOME = "/workbench/imports"


def batches_of(request: web.Request) -> Batches:
    """The batches of this server."""
    return Batches(settings_of(request))


def job_name(identifier: str) -> str:
    """The name under which work on a batch runs."""
    return f"import-{identifier}"


@routes.get("/imports", name="imports")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The form for uploading, and the batches so far."""
    get_ready_ahead(request)
    settings = settings_of(request)
    found = await asyncio.to_thread(batches_of(request).all)
    entries = await asyncio.to_thread(DraftStore(settings.knowledge.draft_dir).entries)
    return render(
        request,
        "workbench/imports.html",
        tab="imports",
        batches=found,
        entries=entries[::-1],
        states=State,
        steps=Step,
        **accepted(settings),
    )


def accepted(settings: Settings) -> dict[str, Any]:
    """What may be uploaded, for the form."""
    return {
        "suffixes": [*(suffix.lstrip(".") for suffix in supported_suffixes()), "zip"],
        "max_mb": settings.knowledge.max_file_bytes // 2**20,
        "max_files": MAX_FILES,
    }


@routes.get("/imports/template.xlsx", name="import_template")
@require(Permission.KNOWLEDGE)
async def download_template(request: web.Request) -> web.Response:
    """The table of questions to be filled in."""
    body = await asyncio.to_thread(template)
    name = "attachment; filename=\"faq.xlsx\"; filename*=UTF-8''%E5%B8%B8%E8%A7%81%E9%97%AE%E9%A2%98%E6%A8%A1%E6%9D%BF.xlsx"
    return web.Response(body=body, content_type=_XLSX, headers={hdrs.CONTENT_DISPOSITION: name})


@routes.post("/imports", name="import_upload")
@require(Permission.KNOWLEDGE)
async def upload(request: web.Request) -> web.Response:
    """Keep the uploaded files and begin to read them."""
    _insist_on_files(request)
    batches = batches_of(request)
    folder = await asyncio.to_thread(batches.prepare)
    limit = settings_of(request).knowledge.max_file_bytes
    try:
        found = await received(request, folder / "files", limit)
        if not found.named:
            raise SourceError("请先选择文件")
        batch = await asyncio.to_thread(
            batches.create, folder, found.named, login_of(request), found.refused
        )
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, True)
        raise
    await go_on(request, batch)
    return see_other(f"{HOME}/{batch.id}", _told(found))


@routes.post("/imports/{batch}/add", name="import_add")
@require(Permission.KNOWLEDGE)
async def add(request: web.Request) -> web.Response:
    """Put more files into a batch."""
    _insist_on_files(request)
    batches = batches_of(request)
    batch = await asyncio.to_thread(batches.get, request.match_info["batch"])
    folder = batches.path(batch.id) / "files" / f"more-{uuid.uuid4().hex[:8]}"
    limit = settings_of(request).knowledge.max_file_bytes
    try:
        found = await received(request, folder, limit)
        if not found.named:
            raise SourceError("请先选择文件")
        batch = await asyncio.to_thread(batches.add, batch.id, found.named, found.refused)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, True)
        raise
    await go_on(request, batch)
    return see_other(f"{HOME}/{batch.id}?step={Step.CHECK.value}", _told(found))


def _insist_on_files(request: web.Request) -> None:
    if not request.content_type.startswith("multipart/"):
        raise RequestError(415, "unsupported_type", "请用页面上的表单上传文件")


def _told(found: Received) -> str:
    bad = f"，{len(found.refused)} 个不能用，原因见下面" if found.refused else ""
    return f"已收到 {len(found.named)} 个文件，正在解析{bad}"


async def start(jobs: Jobs, settings: Settings, batch: Batch, by: str) -> None:
    """Begin or go on with a batch in a process of its own.

    What is chosen while that process is about to end is gone on with at the next look for work that
    was left; so is what another copy of the server was at when it was killed.
    """

    async def work(job: Job, lease: Lease) -> str:
        return await aside(work_on, settings, batch.id, jobs.fence(lease),
            report=job.tell, name=job.name, is_warm=True,
        )  # fmt: skip

    if not batch.is_busy:
        return
    running = await jobs.seen(job_name(batch.id))
    if running is None or not running.is_running:
        with contextlib.suppress(TransitionError):  # somebody was a moment faster
            await jobs.start_alone(job_name(batch.id), by, work)


async def go_on(request: web.Request, batch: Batch) -> None:
    """Begin or go on with a batch for whoever is asking."""
    await start(request.config_dict[keys.JOBS], settings_of(request), batch, login_of(request))


async def resume(app: web.Application) -> None:
    """Go on with what a stopped process left half done."""
    settings = app[keys.SETTINGS]
    for batch in await asyncio.to_thread(Batches(settings).unfinished):
        await start(app[keys.JOBS], settings, batch, batch.by)


@routes.get("/imports/{batch}/state", name="import_state")
@require(Permission.KNOWLEDGE)
async def tell_state(request: web.Request) -> web.Response:
    """How far each file is, for the page that watches."""
    await until_news(request, job_name(request.match_info["batch"]))
    batch = await asyncio.to_thread(batches_of(request).get, request.match_info["batch"])
    job = await request.config_dict[keys.JOBS].seen(job_name(batch.id))
    is_running = job is not None and job.is_running
    return web.json_response(
        {
            "running": is_running,
            "step": job.step if job else "",
            "share": job.share if job else None,
            "read": batch.read,
            "files": {str(item.number): item.state.value for item in batch.files},
        }
    )


@routes.get("/imports/{batch}/files/{number:\\d{1,6}}", name="import_file")
@require(Permission.KNOWLEDGE)
async def show_file(request: web.Request) -> web.Response:
    """Every verdict on one file."""
    batches, number = batches_of(request), int(request.match_info["number"])
    batch = await asyncio.to_thread(batches.get, request.match_info["batch"])
    file = next((item for item in batch.files if item.number == number), None)
    if file is None:
        raise web.HTTPNotFound
    rows = await asyncio.to_thread(batches.rows, batch.id, number)
    chosen = request.query.get("finding", "")
    shown = [
        row
        for row in rows
        if not chosen
        or row.finding.name == chosen
        or (chosen == "DOUBT" and row.finding.is_doubtful)
    ]
    return render(
        request,
        "workbench/import_file.html",
        tab="imports",
        batch=batch,
        file=file,
        rows=shown[:1000],
        total=len(rows),
        chosen=chosen,
        findings=[item for item in Finding if file.counts.get(item.value)],
        states=State,
    )


@routes.post("/imports/{batch}/take", name="import_take")
@require(Permission.KNOWLEDGE)
async def take(request: web.Request) -> web.Response:
    """Take the chosen files into the draft."""
    form = await request.post()
    numbers = numbers_of(form.getall("file", []))
    batches, identifier = batches_of(request), request.match_info["batch"]
    count = await asyncio.to_thread(batches.choose, identifier, numbers)
    batch = await asyncio.to_thread(batches.get, identifier)
    await go_on(request, batch)
    return see_other(
        f"{HOME}/{identifier}?step={Step.CHECK.value}", f"正在把 {count} 个文件导入草稿"
    )


@routes.post("/imports/{batch}/retry", name="import_retry")
@require(Permission.KNOWLEDGE)
async def retry(request: web.Request) -> web.Response:
    """Read the failed files once more."""
    batches, identifier = batches_of(request), request.match_info["batch"]
    await asyncio.to_thread(batches.retry, identifier)
    batch = await asyncio.to_thread(batches.get, identifier)
    await go_on(request, batch)
    return see_other(f"{HOME}/{identifier}?step={Step.CHECK.value}", "正在重新解析失败的文件")


@routes.post("/imports/{batch}/discard", name="import_discard")
@require(Permission.KNOWLEDGE)
async def discard(request: web.Request) -> web.Response:
    """Throw a batch away, also one that is being read; what was taken into the draft stays."""
    batches, identifier = batches_of(request), request.match_info["batch"]
    jobs, name = request.config_dict[keys.JOBS], job_name(identifier)
    own = jobs.last(name)
    while own is not None and own.is_running:  # it may not have begun yet, so more than once
        stop(name)
        await asyncio.sleep(_STOPPING_S)
    job = await jobs.seen(name)
    if job is not None and job.is_running:  # at another copy of the server
        raise TransitionError("这一批正在解析，请等它结束后再删除")
    await asyncio.to_thread(batches.discard, identifier)
    return see_other(HOME, "这一批上传已删除，已导入草稿的文档不受影响")
