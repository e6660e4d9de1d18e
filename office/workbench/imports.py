"""Bringing documents in: upload, watch the files being read, look at every verdict, take the good ones."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import BodyPartReader, hdrs, web

from curation.background import run_aside, stop
from curation.batch_types import Batch, State
from curation.batches import Batches, work_on
from curation.jobs import Job, Jobs
from desk.errors import TransitionError
from desk.leases import Lease
from desk.permissions import Permission
from knowledge.draft import DraftStore
from knowledge.dry_run import Finding
from knowledge.errors import SourceError
from knowledge.loaders import supported_suffixes
from knowledge.loaders.faq_table import template
from knowledge.loaders.registry import unsupported
from office.access import require
from office.pages import see_other
from office.workbench.live_answers import ask_live_ahead
from office.workbench.pages import login_of, render, settings_of
from server import keys
from server.errors import RequestError
from settings import Settings

routes = web.RouteTableDef()

MAX_FILES = 200
MAX_UPLOAD_BYTES = 300 * 1024 * 1024
_CHUNK = 1 << 18
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
    await ask_live_ahead(request)
    settings = settings_of(request)
    found = await asyncio.to_thread(batches_of(request).all)
    entries = await asyncio.to_thread(DraftStore(settings.knowledge.draft_dir).entries)
    return render(
        request,
        "workbench/imports.html",
        tab="imports",
        batches=found,
        entries=entries[::-1],
        suffixes=[*(suffix.lstrip(".") for suffix in supported_suffixes()), "zip"],
        max_mb=settings.knowledge.max_file_bytes // 2**20,
        max_files=MAX_FILES,
        states=State,
    )


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
    if not request.content_type.startswith("multipart/"):
        raise RequestError(415, "unsupported_type", "请用页面上的表单上传文件")
    batches = batches_of(request)
    folder = await asyncio.to_thread(batches.prepare)
    limit = settings_of(request).knowledge.max_file_bytes
    try:
        named = [item async for item in _received(request, folder, limit)]
        if not named:
            raise SourceError("请先选择文件")
        batch = await asyncio.to_thread(batches.create, folder, named, login_of(request))
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, True)
        raise
    await _go_on(request, batch)
    return see_other(f"{HOME}/{batch.id}", f"已收到 {len(named)} 个文件，正在解析")


async def _received(
    request: web.Request, folder: Path, limit: int
) -> AsyncIterator[tuple[str, Path]]:
    """Write the files of a form to disk piece by piece, under names of our own.

    :raises RequestError: one is too large or of a type that cannot be read; nothing is kept.
    """
    reader = await request.multipart()
    total = number = 0
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or not part.filename:
            continue
        number += 1
        name = Path(part.filename.replace("\\", "/")).name[:150]
        suffix = Path(name).suffix.lower()
        if number > MAX_FILES:
            raise RequestError(
                413, "too_many_files", f"一次最多上传 {MAX_FILES} 个文件，请分批或打包成 zip"
            )
        if suffix not in (*supported_suffixes(), ".zip"):
            raise RequestError(415, "unsupported_type", f"{name}：{unsupported(suffix)}")
        target = folder / "files" / str(number) / _safe(name, suffix)
        await asyncio.to_thread(target.parent.mkdir)
        size = 0
        with await asyncio.to_thread(target.open, "wb") as stream:
            while chunk := await part.read_chunk(_CHUNK):
                size += len(chunk)
                if size > limit or total + size > MAX_UPLOAD_BYTES:
                    raise RequestError(
                        413,
                        "body_too_large",
                        f"{name}：超过单个文件上限 {limit // 2**20} MB 或总上限 {MAX_UPLOAD_BYTES // 2**20} MB",
                    )
                await asyncio.to_thread(stream.write, chunk)
        total += size
        yield name, target


def _safe(name: str, suffix: str) -> str:
    """A file name that keeps the title and date which loaders read from it."""
    kept = "".join(
        char if char.isprintable() and char not in '/\\:*?"<>|' else "_" for char in name
    )
    stem = Path(kept).stem.encode("utf-8", "replace")[:180].decode("utf-8", "ignore").lstrip(".")
    return f"{stem or '文件'}{suffix}"


async def start(jobs: Jobs, settings: Settings, batch: Batch, by: str) -> None:
    """Begin or go on with a batch in a process of its own.

    What is chosen while that process is about to end is gone on with at the next look for work that
    was left; so is what another copy of the server was at when it was killed.
    """

    async def work(job: Job, lease: Lease) -> str:
        return await asyncio.to_thread(
            run_aside, work_on, settings, batch.id, jobs.fence(lease),
            report=job.tell, name=job.name,
        )  # fmt: skip

    if not batch.is_busy:
        return
    running = await jobs.seen(job_name(batch.id))
    if running is None or not running.is_running:
        with contextlib.suppress(TransitionError):  # somebody was a moment faster
            await jobs.start_alone(job_name(batch.id), by, work)


async def _go_on(request: web.Request, batch: Batch) -> None:
    await start(request.config_dict[keys.JOBS], settings_of(request), batch, login_of(request))


async def resume(app: web.Application) -> None:
    """Go on with what a stopped process left half done."""
    settings = app[keys.SETTINGS]
    for batch in await asyncio.to_thread(Batches(settings).unfinished):
        await start(app[keys.JOBS], settings, batch, batch.by)


@routes.get("/imports/{batch}", name="import_batch")
@require(Permission.KNOWLEDGE)
async def show_batch(request: web.Request) -> web.Response:
    """The files of a batch with their states and what was found."""
    batch = await asyncio.to_thread(batches_of(request).get, request.match_info["batch"])
    job = await request.config_dict[keys.JOBS].seen(job_name(batch.id))
    return render(
        request, "workbench/import_batch.html", tab="imports", batch=batch, job=job, states=State
    )


@routes.get("/imports/{batch}/state", name="import_state")
@require(Permission.KNOWLEDGE)
async def tell_state(request: web.Request) -> web.Response:
    """How far each file is, for the page that watches."""
    batch = await asyncio.to_thread(batches_of(request).get, request.match_info["batch"])
    job = await request.config_dict[keys.JOBS].seen(job_name(batch.id))
    is_running = job is not None and job.is_running
    return web.json_response(
        {
            "running": is_running,
            "step": job.step if job else "",
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
    numbers = [int(str(value)) for value in form.getall("file", []) if str(value).isdigit()]
    batches, identifier = batches_of(request), request.match_info["batch"]
    count = await asyncio.to_thread(batches.choose, identifier, numbers)
    batch = await asyncio.to_thread(batches.get, identifier)
    await _go_on(request, batch)
    return see_other(f"{HOME}/{identifier}", f"正在把 {count} 个文件导入草稿")


@routes.post("/imports/{batch}/retry", name="import_retry")
@require(Permission.KNOWLEDGE)
async def retry(request: web.Request) -> web.Response:
    """Read the failed files once more."""
    batches, identifier = batches_of(request), request.match_info["batch"]
    await asyncio.to_thread(batches.retry, identifier)
    batch = await asyncio.to_thread(batches.get, identifier)
    await _go_on(request, batch)
    return see_other(f"{HOME}/{identifier}", "正在重新解析失败的文件")


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
