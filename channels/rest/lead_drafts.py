"""A request for aid that is not sent yet: what to hand in with it, and one left for the staff to call back."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import web

from actions.checklist import checklist_reply, for_request
from actions.lead import CONSENT_VERSION
from desk import handoffs, lead_drafts, matters, papers
from desk.engine import reading, writing
from desk.errors import InvalidRecordError
from desk.messages import MessageError, check_sender
from knowledge.checklist_table import Checklist, load_checklists
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


@routes.get("/api/v1/lead-drafts/{sender}", name="lead_materials")
async def get_materials(request: web.Request) -> web.Response:
    """What to hand in with a request in the matter that is spoken of, and the files that are here already."""
    sender = check_sender(request.match_info["sender"])
    intake.require_token(request, sender)
    found = await asyncio.to_thread(_materials, request.app, sender)
    return web.json_response({"sender": sender, **found}, dumps=json_text)


def _materials(app: web.Application, sender: str) -> dict[str, Any]:
    with reading(app[keys.ENGINE]) as conn:
        matter = matters.current(conn, sender) or matters.Matter(sender, 0)
        sent = papers.listing(conn, sender)
    told = (matter.text(name) for name in ("procedure", "country", "party"))
    item = for_request(_checklists(app[keys.SETTINGS].knowledge.tables_dir), *told)
    return {
        "materials": None if item is None else dict(checklist_reply(item).data),
        "files": [
            {
                "id": paper.uid,
                "name": file.name,
                "size": file.size,
                "is_removable": paper.is_material and paper.lead is None,
            }
            for paper in sent
            for file in paper.files
        ],
    }


@lru_cache(maxsize=2)
def _checklists(tables_dir: Path) -> tuple[Checklist, ...]:
    return tuple(load_checklists(tables_dir))
