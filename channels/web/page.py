"""The chat page itself, and its plain form for browsers without scripts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from actions.matter_view import choices, vocabulary_of
from channels.web.campaign_arrivals import note_arrival
from desk import paper_terms, papers
from desk.engine import reading
from desk.messages import InboundMessage, MessageError
from desk.paper_types import SUFFIXES
from desk.service_clock import hours_in_words, hours_of, service_hours
from desk.widget_sites import Site
from server import intake, keys
from server.errors import RequestError
from server.labels import PLACES
from server.links import origin_of
from server.own_matters import centers_of, matters_of
from server.security import cookie_sender, is_secure, new_web_sender, set_token_cookie

routes = web.RouteTableDef()

_HISTORY_MESSAGES = 200
_SIZE_COOKIE = "huhang_size"


@dataclass(frozen=True)
class Question:
    """One line to tap: what it says and the text it sends."""

    title: str
    text: str

    @classmethod
    def same(cls, text: str) -> Question:
        """A line that sends what it says."""
        return cls(text, text)


@dataclass(frozen=True)
class Situation:
    """What may have happened, with questions that are asked then."""

    icon: str
    title: str
    questions: tuple[Question, ...]


SITUATIONS = (
    Situation(
        "shield",
        "被起诉、被投诉",
        (
            Question("一步步说说我的情况", "我被诉或被投诉"),
            Question.same("收到337调查立案通知，几天内要答辩？"),
            Question.same("收到德国律师的警告函，先做什么？"),
        ),
    ),
    Situation(
        "lock",
        "店铺冻结、货被扣、展会查抄",
        (
            Question.same("亚马逊店铺被TRO冻结了怎么办？"),
            Question.same("货被欧盟海关扣了，几天内要回复？"),
            Question.same("德国展会上被查抄，现场怎么办？"),
        ),
    ),
    Situation(
        "flag",
        "商标被抢注、我要维权",
        (
            Question("一步步说说我想做的事", "我要维权或布局"),
            Question.same("商标在德国被人抢注了怎么办？"),
            Question.same("平台上有人卖仿品，怎么投诉？"),
        ),
    ),
    Situation(
        "hand",
        "找人帮忙、申请资助",
        (
            Question.same("找援助中心或申请资助"),
            Question.same("在广州，找哪个中心帮忙？"),
            Question.same("资助要准备哪些材料？"),
            Question("登记援助或资助线索", "我要登记援助线索"),
        ),
    ),
    Situation(
        "leaf",
        "世界知识产权日",
        (Question("来答几道题", "开始答题"), Question("小知识和活动", "世界知识产权日")),
    ),
)


@routes.get("/", name="chat")
async def show_chat(request: web.Request) -> web.Response:
    """The chat page with what was said so far."""
    sender = cookie_sender(request, request.app[keys.TOKENS]) or new_web_sender()
    if "c" in request.query:
        await note_arrival(request, sender)
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


def _papers(app: web.Application, sender: str) -> dict[str, Any]:
    """The terms under which papers are taken, and whether this person agreed to them."""
    with reading(app[keys.ENGINE]) as conn:
        agreed = papers.has_agreed(conn, sender, paper_terms.VERSION)
    return {"terms": paper_terms.to_json(app[keys.SETTINGS].desk.paper_days), "agreed": agreed}


async def rendered(
    request: web.Request,
    sender: str,
    *,
    notice: str = "",
    site: Site | None = None,
    token: str | None = None,
) -> str:
    """The chat page of a sender.

    :param site: the site in whose frame it is shown; such a page proves who asks by the token.
    """
    app = request.app
    conversation = await asyncio.to_thread(app[keys.CASEWORK].history, sender, _HISTORY_MESSAGES)
    await app[keys.DELIVERY].caught_up(conversation)
    limits, tables = app[keys.SETTINGS].channels, app[keys.SETTINGS].knowledge.tables_dir
    state: dict[str, Any] = {
        **conversation,
        "places": PLACES,
        "max_text_chars": limits.max_text_chars,
        "matters": await asyncio.to_thread(matters_of, app, sender),
        "choices": choices(vocabulary_of(tables), await asyncio.to_thread(centers_of, app)),
        "token": token,
        "colour": None if site is None else site.colour,
        "papers": await asyncio.to_thread(_papers, app, sender),
    }
    return (
        app[keys.TEMPLATES]
        .get_template("chat.html")
        .render(
            state=state,
            conversation=conversation,
            situations=SITUATIONS,
            origin=origin_of(request),
            places=PLACES,
            notice=notice,
            site=site,
            hours=hours_in_words(hours_of(service_hours(tables), None)),
            max_text_chars=limits.max_text_chars,
            accept=",".join(f".{suffix}" for suffix in SUFFIXES),
            is_large=request.cookies.get(_SIZE_COOKIE) == "large",
        )
    )


async def _page(
    request: web.Request, sender: str, *, notice: str = "", status: int = 200
) -> web.Response:
    app, channels = request.app, request.app[keys.SETTINGS].channels
    text = await rendered(request, sender, notice=notice)
    response = web.Response(text=text, content_type="text/html", status=status)
    response.enable_compression()
    secure = is_secure(request, channels)
    set_token_cookie(response, app[keys.TOKENS].issue(sender), secure=secure)
    return response
