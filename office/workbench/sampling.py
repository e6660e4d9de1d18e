"""Judging a random sample of what was answered: one tap each, a second look, figures with their interval."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from curation import sampling
from curation.drafting import draft_of
from curation.publishing import today_of
from desk import samples
from desk.permissions import Permission
from desk.samples import Sample, Taken, Verdict
from desk.times import utc_now
from indexer.hybrid import HybridIndex
from knowledge.types import Passage
from office.access import require
from office.forms import number_of
from office.pages import see_other
from office.transactions import engine_of, write
from office.workbench.pages import login_of, render, settings_of
from server import keys
from server.errors import RequestError

routes = web.RouteTableDef()

PATH = "/workbench/sampling"
CERTAINTIES = {"high": "很有把握", "middle": "比较有把握", "low": "没有把握"}
_LOOKS = 20


@routes.get("/sampling", name="sampling")
@require(Permission.KNOWLEDGE)
async def show(request: web.Request) -> web.Response:
    """The next answer to judge, those that wait for a second look, and the figures."""
    by = login_of(request)
    found = await asyncio.to_thread(sampling.listing, engine_of(request))
    index = await asyncio.to_thread(request.config_dict[keys.INDEX].current)
    waiting, looks = sampling.queue(found, by), sampling.second_looks(found, by)
    offered = await asyncio.to_thread(_offered, request, index, looks[:_LOOKS])
    return render(
        request,
        "workbench/sampling.html",
        tab="sampling",
        next=waiting[0] if waiting else None,
        waiting=len(waiting),
        looks=looks[:_LOOKS],
        offered=offered,
        more_looks=max(0, len(looks) - _LOOKS),
        figures=sampling.figures(found),
        own=sum(item.is_judged_by(by) for item in found),
        sizes=sampling.DRAWN,
        verdicts=Verdict,
        certainties=CERTAINTIES,
        procedures=await asyncio.to_thread(sampling.procedure_names, index),
    )


def _offered(
    request: web.Request, index: HybridIndex, looks: Sequence[Sample]
) -> dict[int, list[Passage]]:
    """For each answer that waits for a second look, the passages to choose from."""
    settings = settings_of(request)
    library, today = draft_of(settings), today_of(settings)
    return {item.id: sampling.candidates(index, library, item, today) for item in looks}


@routes.post("/sampling/draw", name="sampling-draw")
@require(Permission.KNOWLEDGE)
async def draw(request: web.Request) -> web.Response:
    """Draw more answers of the last month."""
    form = await request.post()
    count = number_of(form.get("count")) or 0
    index = await asyncio.to_thread(request.config_dict[keys.INDEX].current)
    drawn = await asyncio.to_thread(
        sampling.draw, engine_of(request), index, count, by=login_of(request), now=utc_now()
    )
    if not drawn:
        return see_other(PATH, "近30天没有还没抽过的回答", kind="error")
    return see_other(PATH, f"抽出 {drawn} 条，可以开始判断")


@routes.post("/sampling/{id:[0-9]{1,12}}/judge", name="sampling-judge")
@require(Permission.KNOWLEDGE)
async def judge(request: web.Request) -> web.Response:
    """Keep one colleague's judgement and go on to the next answer."""
    form = await request.post()
    verdict, note = str(form.get("verdict", "")), str(form.get("note", ""))
    sample = await write(
        request, samples.judge, _number(request), verdict, note, by=login_of(request)
    )
    label = next(item.verdict.label for item in sample.judged if item.by == login_of(request))
    return see_other(f"{PATH}#judge", f"已记下：{label}")


@routes.post("/sampling/{id:[0-9]{1,12}}/settle", name="sampling-settle")
@require(Permission.KNOWLEDGE)
async def settle(request: web.Request) -> web.Response:
    """Take a judged answer into the trial set after a second look, or leave it out."""
    form = await request.post()
    kind = await asyncio.to_thread(
        sampling.settle,
        settings_of(request),
        engine_of(request),
        _number(request),
        str(form.get("taken", "")),
        str(form.get("question", "")),
        str(form.get("passage", "")),
        by=login_of(request),
    )
    done = {
        Taken.ANSWER: "已收进判定问题：应当用这一段回答，以后每次发布前都会问",
        Taken.REFUSE: "已收进判定问题：应当拒答，以后每次发布前都会问",
        Taken.LEFT: "已复看，没有收进判定问题",
    }
    return see_other(f"{PATH}#looks", done[kind])


def _number(request: web.Request) -> int:
    number = int(request.match_info["id"])
    if number >= 2**31:
        raise RequestError(404, "not_found", "没有这条抽查")
    return number
