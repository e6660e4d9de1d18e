"""Compare the draft with what is live, have it approved, publish it, take it back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy.engine import Engine

from curation import publishing, release
from curation.alone import BUILDING
from curation.background import aside
from curation.jobs import Job
from desk import preferences, release_comments, releases, reminders
from desk.due import What
from desk.engine import reading
from desk.errors import InvalidRecordError
from desk.leases import Lease
from desk.permissions import Permission
from desk.preferences import Switch
from desk.releases import Release, ReleaseState
from indexer.comparison import Comparison
from knowledge.errors import SnapshotError
from knowledge.snapshot_types import SnapshotInfo
from office.access import CURRENT_STAFF, require
from office.pages import local_path, see_other
from office.transactions import engine_of, read, write
from office.workbench import wording
from office.workbench.live_answers import get_ready_ahead
from office.workbench.pages import login_of, render, settings_of, until_news
from server import keys
from server.errors import json_text
from server.names import version
from server.signals import Topic
from settings import Settings

routes = web.RouteTableDef()

PATH = "/workbench/publish"
JOB = BUILDING
_NOTE_CHARS = 200
_LOG_LINES = 30


@dataclass(frozen=True)
class PublishState:
    """What the page tells."""

    live: SnapshotInfo | None
    snapshots: Sequence[SnapshotInfo]
    back: str | None
    keep: int
    is_changed: bool
    lacks_edits: bool
    staged: str | None
    release: Release | None
    stopped: Release | None
    comparison: Comparison | None
    changes: wording.ShownChanges | None
    history: Sequence[Mapping[str, Any]]
    past: Sequence[Release]
    four_eyes: Switch


@routes.get("/publish", name="publish")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The release under way, the snapshots, the change log."""
    get_ready_ahead(request)
    state = await asyncio.to_thread(state_of, settings_of(request), engine_of(request))
    person = request[CURRENT_STAFF]
    if await read(request, reminders.unseen, person.login, (What.APPROVAL,)):
        await write(request, reminders.see, person.login, (What.APPROVAL,))
    return render(
        request,
        "workbench/publish.html",
        tab="publish",
        state=state,
        job=await request.config_dict[keys.JOBS].seen(JOB),
        comments=await read(request, release_comments.of, state.release.id)
        if state.release
        else (),
        barred=_barred(state, person.login),
        can_switch=person.may(Permission.SETTINGS, anywhere=True),
    )


@routes.get("/publish/progress", name="publish-progress")
@require(Permission.KNOWLEDGE)
async def progress(request: web.Request) -> web.Response:
    """How far building is."""
    await until_news(request, JOB)
    job = await request.config_dict[keys.JOBS].seen(JOB)
    return web.json_response({} if job is None else job.to_json(), dumps=json_text)


@routes.post("/publish/build", name="publish-build")
@require(Permission.KNOWLEDGE)
async def start_build(request: web.Request) -> web.Response:
    """Build everything edited and compare it with what is live."""
    form = await request.post()
    note = str(form.get("note", "")).strip()[:_NOTE_CHARS]
    if not note:
        raise InvalidRecordError("请用一句话写明这次改了什么，同事批准时要看")
    settings, engine, by = settings_of(request), engine_of(request), login_of(request)

    jobs = request.config_dict[keys.JOBS]

    async def work(job: Job, lease: Lease) -> str:
        prepared = await aside(release.build_and_compare, settings, by, note, jobs.fence(lease),
            report=job.tell, name=JOB, is_warm=True,
        )  # fmt: skip
        made = await asyncio.to_thread(
            release.record, engine, prepared, by=by, note=note, lease=lease
        )
        return f"草稿 {made.snapshot} 已构建并核对"

    await jobs.start_alone(JOB, by, work)
    return see_other(_back(form))


def _back(form: Mapping[str, Any]) -> str:
    """The page from which something was asked for."""
    return local_path(str(form.get("back", "")), PATH)


@routes.post("/publish/{id:[0-9]{1,12}}/submit", name="publish-submit")
@require(Permission.KNOWLEDGE)
async def submit(request: web.Request) -> web.Response:
    """Ask a colleague to approve."""
    form = await request.post()
    reason = str(form.get("reason", ""))
    await write(request, releases.submit, _number(request), by=login_of(request), reason=reason)
    return see_other(_back(form), "已提交，请另一位同事批准")


@routes.post("/publish/{id:[0-9]{1,12}}/comment", name="publish-comment")
@require(Permission.KNOWLEDGE)
async def comment(request: web.Request) -> web.Response:
    """Write a remark that whoever submits and whoever approves can read."""
    form = await request.post()
    text, number = str(form.get("text", "")), _number(request)
    await write(request, release_comments.add, number, login_of(request), text)
    return see_other(f"{PATH}#comments", "意见已留下")


@routes.post("/publish/{id:[0-9]{1,12}}/return", name="publish-send-back")
@require(Permission.KNOWLEDGE)
async def send_back(request: web.Request) -> web.Response:
    """Say what must be changed first."""
    form = await request.post()
    comment = str(form.get("comment", ""))
    number = _number(request)
    await write(request, releases.send_back, number, by=login_of(request), comment=comment)
    return see_other(PATH, "已退回")


@routes.post("/publish/{id:[0-9]{1,12}}/approve", name="publish-approve")
@require(Permission.KNOWLEDGE)
async def approve(request: web.Request) -> web.Response:
    """Approve and make it live."""
    done = await asyncio.to_thread(
        release.approve,
        settings_of(request),
        engine_of(request),
        _number(request),
        by=login_of(request),
    )
    request.config_dict[keys.SIGNALS].tell(Topic.SNAPSHOT)
    return see_other(PATH, f"已发布 {version(done.snapshot)}，正在进行的对话从下一句起使用新内容")


@routes.post("/publish/rollback", name="publish-rollback")
@require(Permission.KNOWLEDGE)
async def roll_back(request: web.Request) -> web.Response:
    """Make an older snapshot live again."""
    form = await request.post()
    chosen = await asyncio.to_thread(
        release.roll_back,
        settings_of(request),
        engine_of(request),
        str(form.get("snapshot", "")) or None,
        seen=str(form.get("seen", "")) or None,
        by=login_of(request),
    )
    request.config_dict[keys.SIGNALS].tell(Topic.SNAPSHOT)
    return see_other(PATH, f"已回到 {version(chosen)}，正在进行的对话从下一句起使用该版本")


@routes.post("/publish/four-eyes", name="publish-four-eyes")
@require(Permission.SETTINGS)
async def switch(request: web.Request) -> web.Response:
    """Insist on a second person, or not; it holds for every center, so no single one decides."""
    form = await request.post()
    is_on = form.get("on") == "yes"
    await write(request, preferences.set_four_eyes, is_on, login_of(request))
    return see_other(PATH, f"双人审核已{'开启' if is_on else '关闭'}，已记入审计")


@routes.get("/publish/changes", name="publish-changes")
@require(Permission.KNOWLEDGE)
async def show_changes(request: web.Request) -> web.Response:
    """What one snapshot says differently from another."""
    before, after = request.query.get("from") or None, request.query.get("to", "")
    if not after:
        return see_other(PATH, "请在发布页选择要对照的版本", kind="error")
    changes = await asyncio.to_thread(release.changes_of, settings_of(request), before, after)
    return render(
        request,
        "workbench/changes.html",
        tab="publish",
        before=before,
        after=after,
        changes=wording.shown(changes, limit=200),
    )


def _number(request: web.Request) -> int:
    return int(request.match_info["id"])


def _barred(state: PublishState, login: str) -> str:
    """Why this person cannot approve, empty when they can."""
    made = state.release
    if made is None or not state.four_eyes.is_on:
        return ""
    if login == made.submitted_by:
        return "您提交了这次发布，需要另一位同事批准"
    return "您参与了这次修改，需要另一位同事批准" if login in made.contributors else ""


def _stopped(past: Sequence[Release]) -> Release | None:
    """The last release, where it came to nothing and says why."""
    last = past[0] if past else None
    return last if last and last.state is ReleaseState.SUPERSEDED and last.message else None


def state_of(settings: Settings, engine: Engine) -> PublishState:
    """The release under way, the snapshots and the change log, with what a killed process left settled."""
    release.settle(settings, engine)
    store = publishing.store_of(settings)
    snapshots = store.list()
    with reading(engine) as conn:
        past = releases.listing(conn, limit=_LOG_LINES)
        four_eyes = preferences.four_eyes(conn)
    open_states = (
        ReleaseState.DRAFT,
        ReleaseState.SUBMITTED,
        ReleaseState.RETURNED,
        ReleaseState.PUBLISHING,
    )
    made = past[0] if past and past[0].state in open_states else None
    changes = None
    if made is not None:
        try:
            changes = wording.shown(release.changes_of(settings, made.base, made.snapshot))
        except SnapshotError:  # the older one was pruned meanwhile
            changes = None
    return PublishState(
        live=next((info for info in snapshots if info.state == "current"), None),
        snapshots=snapshots,
        back=store.previous_id(),
        keep=store.keep,
        is_changed=publishing.is_stale(settings),
        lacks_edits=made is not None and not publishing.holds_all(settings, made.snapshot),
        staged=store.staged_id(),
        release=made,
        stopped=_stopped(past),
        comparison=Comparison.from_json(made.report) if made else None,
        changes=changes,
        history=list(reversed(store.history()))[:_LOG_LINES],
        past=past,
        four_eyes=four_eyes,
    )
