"""A request for aid that somebody began and left with a phone number, for the staff to call back."""

from __future__ import annotations

import asyncio

from aiohttp import web

from actions.lead import CONSENT_VERSION
from desk import handoffs, lead_drafts
from desk.engine import writing
from desk.errors import InvalidRecordError
from desk.messages import MessageError, check_sender
from server import intake, keys
from server.errors import json_text
from server.request_json import read_json

routes = web.RouteTableDef()

_REASON = "援助登记填了一半，留了电话，请回电"
# What the ticket shows of the draft, by the labels that staff read.
LABELS = {
    "company": "企业名称", "contact": "联系人", "region": "所在地", "country": "争议国家",
    "right": "权利类型", "stage": "程序", "served_on": "收到日期", "cost": "已花费用", "brief": "简述",
}  # fmt: skip


@routes.post("/api/v1/lead-drafts", name="lead_draft")
async def post_draft(request: web.Request) -> web.Response:
    """Keep what is filled in so far; needs consent, a phone number and the sender's token."""
    data = await read_json(request)
    if not isinstance(data, dict) or not isinstance(data.get("fields"), dict):
        raise MessageError(
            "invalid_draft",
            '请求正文应为 {"sender": "…", "fields": {"phone": "…"}, "consent": true}',
        )
    sender = check_sender(data.get("sender"))
    intake.require_token(request, sender)
    await intake.limit(request, sender)
    fields = {str(name): value for name, value in data["fields"].items() if isinstance(value, str)}
    consent = CONSENT_VERSION if data.get("consent") is True else ""

    def keep() -> str:
        with writing(request.app[keys.ENGINE]) as conn:
            phone = lead_drafts.keep(conn, sender, fields, consent)
            draft = lead_drafts.of_sender(conn, sender)
            given = draft.fields if draft else {}
            facts = {label: given[name] for name, label in LABELS.items() if given.get(name)}
            return handoffs.owe_call(conn, sender, _REASON, phone, facts=facts).reference

    try:
        reference = await asyncio.to_thread(keep)
    except InvalidRecordError as error:
        raise MessageError("invalid_draft", str(error)) from error
    request.app[keys.WATCHERS].changed()
    return web.json_response({"ticket": reference}, dumps=json_text)
