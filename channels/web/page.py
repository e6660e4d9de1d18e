"""The chat page itself, and its plain form for browsers without scripts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from channels import intake, keys
from channels.errors import RequestError
from channels.matter_view import choices, vocabulary_of
from channels.matters import matters_of
from channels.messages import InboundMessage, MessageError
from channels.security import cookie_sender, is_secure, new_web_sender, set_token_cookie
from channels.web.labels import PLACES
from desk.service_clock import hours_in_words, hours_of, service_hours

routes = web.RouteTableDef()

_HISTORY_MESSAGES = 200
_SIZE_COOKIE = "huhang_size"


@dataclass(frozen=True)
class Entry:
    """One of the four ways into a conversation."""

    icon: str
    title: str
    hint: str
    text: str


ENTRIES = (
    Entry(
        "shield", "我被诉或被投诉", "起诉、337调查、警告函、店铺冻结、展会查扣", "我被诉或被投诉"
    ),
    Entry("flag", "我要维权或布局", "海外商标被抢注、专利被侵权、提前申请", "我要维权或布局"),
    Entry(
        "hand", "找援助中心或申请资助", "离您最近的中心、联系方式、资助条件", "找援助中心或申请资助"
    ),
    Entry("leaf", "世界知识产权日", "4月26日：小知识、问答和活动", "世界知识产权日"),
)

EXAMPLES = (
    "收到337调查立案通知，几天内要答辩？",
    "亚马逊店铺被TRO冻结了怎么办？",
    "商标在德国被人抢注了怎么办？",
    "在广州，找哪个中心帮忙？",
    "资助要准备哪些材料？",
)


@routes.get("/", name="chat")
async def show_chat(request: web.Request) -> web.Response:
    """The chat page with what was said so far."""
    sender = cookie_sender(request, request.app[keys.TOKENS]) or new_web_sender()
    return await _page(request, sender)


@routes.post("/", name="chat_form")
async def send_form(request: web.Request) -> web.StreamResponse:
    """Answer a message sent by the plain form, then show the page again."""
    sender = cookie_sender(request, request.app[keys.TOKENS])
    if sender is None:
        return await _page(request, new_web_sender(), notice="页面放得太久了，请把问题再发一次。")
    form = await request.post()
    try:
        inbound = InboundMessage.from_json(
            {"sender": sender, "text": form.get("text")},
            max_text_chars=request.app[keys.SETTINGS].channels.max_text_chars,
            channel="web",
        )
        await intake.answer(request, inbound)
    except (MessageError, RequestError) as error:
        status = error.status if isinstance(error, RequestError) else 400
        return await _page(request, sender, notice=str(error), status=status)
    raise web.HTTPSeeOther(request.app.router["chat"].url_for().with_fragment("latest"))


async def _page(
    request: web.Request, sender: str, *, notice: str = "", status: int = 200
) -> web.Response:
    app = request.app
    conversation = await asyncio.to_thread(app[keys.CASEWORK].history, sender, _HISTORY_MESSAGES)
    await app[keys.DELIVERY].caught_up(conversation)
    limits, tables = app[keys.SETTINGS].channels, app[keys.SETTINGS].knowledge.tables_dir
    state: dict[str, Any] = {
        **conversation,
        "places": PLACES,
        "max_text_chars": limits.max_text_chars,
        "matters": await asyncio.to_thread(matters_of, app, sender),
        "choices": choices(vocabulary_of(tables)),
    }
    text = (
        app[keys.TEMPLATES]
        .get_template("chat.html")
        .render(
            state=state,
            conversation=conversation,
            entries=ENTRIES,
            examples=EXAMPLES,
            places=PLACES,
            notice=notice,
            hours=hours_in_words(hours_of(service_hours(tables), None)),
            max_text_chars=limits.max_text_chars,
            is_large=request.cookies.get(_SIZE_COOKIE) == "large",
        )
    )
    response = web.Response(text=text, content_type="text/html", status=status)
    secure = is_secure(request, limits.trusted_proxies)
    set_token_cookie(response, app[keys.TOKENS].issue(sender), secure=secure)
    return response
