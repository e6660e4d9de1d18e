"""What staff do with a conversation: claim, answer, hand over, end, write down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from desk import cases, conversations, transcripts
from desk.cases import Step
from desk.errors import ClaimedError
from desk.messages import MessageError, check_text
from desk.permissions import Permission
from office.access import CURRENT_STAFF, require
from office.forms import day_of, text_of
from office.pages import see_other
from office.transactions import read, write
from server import keys
from server.errors import RequestError, json_text

routes = web.RouteTableDef()

_LONGEST_CLIENT_ID = 64


@routes.post("/tickets/{reference}/claim", name="case_claim")
@require(Permission.SERVE)
async def claim(request: web.Request) -> web.StreamResponse:
    """Take the person over."""
    reference = request.match_info["reference"]
    try:
        await _carry_out(request, cases.claim)
    except ClaimedError as error:
        if _wants_json(request):
            raise
        return see_other(f"/desk/tickets/{reference}", str(error), kind="error")
    # On a phone the box to write in stands below the conversation.
    return see_other(f"/desk/tickets/{reference}#reply", "已接待，用户已看到提示")


@routes.post("/tickets/{reference}/release", name="case_release")
@require(Permission.SERVE)
async def release(request: web.Request) -> web.StreamResponse:
    """Put the person back into the queue."""
    step = await _carry_out(request, cases.release)
    return see_other("/desk", f"{step.ticket.reference} 已放回队列，保留原来的排队时间")


@routes.post("/tickets/{reference}/transfer", name="case_transfer")
@require(Permission.SERVE)
async def transfer(request: web.Request) -> web.StreamResponse:
    """Hand over to a colleague (``staff:LOGIN``) or a center (``center:ID``)."""
    form = await request.post()
    kind, _, name = text_of(form, "to").partition(":")
    step = await _carry_out(
        request,
        cases.transfer,
        text_of(form, "reason"),
        to_staff=name if kind == "staff" and name else None,
        to_center=name if kind == "center" and name else None,
    )
    return see_other("/desk", f"{step.ticket.reference} 已转交")


@routes.post("/tickets/{reference}/close", name="case_close")
@require(Permission.SERVE)
async def close(request: web.Request) -> web.StreamResponse:
    """End the service with an outcome."""
    form = await request.post()
    step = await _carry_out(
        request,
        cases.close,
        text_of(form, "outcome"),
        text_of(form, "note"),
        day_of(form, "follow_up_on"),
    )
    return see_other("/desk?tab=mine", f"{step.ticket.reference} 已结束")


@routes.post("/tickets/{reference}/reopen", name="case_reopen")
@require(Permission.SERVE)
async def reopen(request: web.Request) -> web.StreamResponse:
    """Serve an ended ticket again."""
    step = await _carry_out(request, cases.reopen)
    return see_other(f"/desk/tickets/{step.ticket.reference}", "已重新打开，由您接待")


@routes.post("/tickets/{reference}/reply", name="case_reply")
@require(Permission.SERVE)
async def reply(request: web.Request) -> web.StreamResponse:
    """Say something to the person; sent again with the same ``client_id`` it is said once."""
    form = await request.post()
    limit = request.config_dict[keys.SETTINGS].channels.max_text_chars
    try:
        text = check_text(text_of(form, "text"), limit)
    except MessageError as error:
        raise RequestError(400, error.code, str(error)) from error
    client_id = text_of(form, "client_id")[:_LONGEST_CLIENT_ID] or None
    passages = [str(item) for item in form.getall("passage", [])]
    shelf = request.config_dict[keys.SHELF]
    citations = await asyncio.to_thread(shelf.citations, passages) if passages else ()
    step = await _carry_out(request, cases.reply, text, citations, client_id)
    if not _wants_json(request):
        return see_other(f"/desk/tickets/{step.ticket.reference}#latest")
    said = step.said[0]
    return web.json_response({"id": said.id, "seq": said.seq}, status=201, dumps=json_text)


@routes.post("/tickets/{reference}/deliver", name="case_deliver")
@require(Permission.SERVE)
async def deliver(request: web.Request) -> web.StreamResponse:
    """Show what the person's page has not confirmed once more; pages show each message once."""
    person, reference = request[CURRENT_STAFF], request.match_info["reference"]
    ticket = await read(request, cases.find, person, reference)
    left = await read(request, transcripts.undelivered, ticket.sender)
    owner = await read(request, conversations.owner, ticket.sender)
    ours = [message for message in left if message.author != conversations.BOT]
    pages = await request.config_dict[keys.DELIVERY].show(ticket.sender, owner, ours)
    notice = "已再次发送" if pages else "用户现在没有打开页面，内容已保存，打开后就能看到"
    if _wants_json(request):
        return web.json_response({"pages": pages, "notice": notice}, dumps=json_text)
    return see_other(f"/desk/tickets/{ticket.reference}#latest", notice)


@routes.post("/tickets/{reference}/note", name="case_note")
@require(Permission.SERVE)
async def write_note(request: web.Request) -> web.StreamResponse:
    """Write a note for colleagues."""
    form = await request.post()
    reference = request.match_info["reference"]
    await write(request, cases.note, request[CURRENT_STAFF], reference, text_of(form, "text"))
    return see_other(f"/desk/tickets/{reference}#notes", "备注已保存，用户看不到")


@routes.post("/tickets/{reference}/follow-up", name="case_follow_up")
@require(Permission.SERVE)
async def follow_up(request: web.Request) -> web.StreamResponse:
    """Note what came of a follow-up."""
    form = await request.post()
    reference = request.match_info["reference"]
    await write(
        request,
        cases.follow_up,
        request[CURRENT_STAFF],
        reference,
        text_of(form, "text"),
        day_of(form, "again_on"),
    )
    return see_other(f"/desk/tickets/{reference}", "回访已记录")


@routes.post("/tickets/{reference}/question", name="case_question")
@require(Permission.SERVE)
async def add_question(request: web.Request) -> web.StreamResponse:
    """Put a question of the person on the trainers' list."""
    form = await request.post()
    reference = request.match_info["reference"]
    await write(
        request, cases.add_question, request[CURRENT_STAFF], reference, text_of(form, "message")
    )
    notice = "已加入知识库待办"
    if _wants_json(request):
        return web.json_response({"notice": notice}, dumps=json_text)
    return see_other(f"/desk/tickets/{reference}", notice)


async def _carry_out(
    request: web.Request, step: Callable[..., Step], *args: Any, **kwargs: Any
) -> Step:
    """Take a step as the person who asks, in order with the other steps of the ticket."""
    reference = request.match_info["reference"]
    done: Step = await request.config_dict[keys.DELIVERY].carry_out(
        reference.upper(), step, request[CURRENT_STAFF], reference, *args, **kwargs
    )
    return done


def _wants_json(request: web.Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")
