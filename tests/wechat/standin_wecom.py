"""A stand-in for WeCom's server: an application's messages, and 微信客服 with cursor, window and states."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import aiohttp
from aiohttp import web

from tests.wechat.wire import Secrets, document, encrypt, signature

ACCOUNT = "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q"


class WeComStandIn:
    """One company's server; ``shown`` is what each person was sent, as the bodies that came."""

    def __init__(self, known: Secrets, page: int = 3) -> None:
        self.known = known
        self.base = ""
        self.page = page
        self.items: list[dict[str, Any]] = []
        self.shown: dict[str, list[dict[str, Any]]] = {}
        self.on_event: list[dict[str, Any]] = []
        self.left: dict[str, int] = {}
        self.states: dict[str, int] = {}
        self.ids: set[str] = set()
        self.invalid: set[str] = set()
        self.cursors: list[str] = []
        # Codes with which the next calls that fetch are refused.
        self.failing: list[int] = []
        self._token = ""
        self._session: aiohttp.ClientSession | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/cgi-bin/gettoken", self._give_token)
        app.router.add_post("/cgi-bin/kf/sync_msg", self._sync)
        app.router.add_post("/cgi-bin/kf/send_msg", self._send)
        app.router.add_post("/cgi-bin/kf/send_msg_on_event", self._answer_event)
        app.router.add_post("/cgi-bin/kf/service_state/trans", self._move)
        app.router.add_post("/cgi-bin/message/send", self._to_member)
        return app

    def texts(self, person: str) -> list[str]:
        return [
            body["text"]["content"]
            if body["msgtype"] == "text"
            else body["msgmenu"]["head_content"]
            for body in self.shown.get(person, [])
        ]

    async def says(self, person: str, text: str, **more: Any) -> None:
        """A customer writes, and the server calls."""
        self.left[person] = 5
        body = {"msgtype": "text", "text": {"content": text, **more}}
        await self.arrives({"origin": 3, "external_userid": person, **body})

    async def serves(self, person: str, text: str | None, *, by: str) -> None:
        """WeCom's own staff write to a customer: words, or a picture."""
        kind, said = ("image", {"media_id": "m"}) if text is None else ("text", {"content": text})
        body = {"servicer_userid": by, "msgtype": kind, kind: said}
        await self.arrives({"origin": 5, "external_userid": person, **body})

    async def event(self, person: str, **event: Any) -> None:
        body = {"event": {"open_kfid": ACCOUNT, "external_userid": person, **event}}
        await self.arrives({"origin": 4, "msgtype": "event", **body})

    async def arrives(self, item: dict[str, Any], *, calls: bool = True) -> None:
        sent = {"msgid": secrets.token_hex(8), "open_kfid": ACCOUNT, "send_time": int(time.time())}
        self.items.append({**sent, **item})
        if calls:
            await self.call()

    async def call(self) -> int:
        """Say that something came in."""
        notice = {
            "ToUserName": self.known.receiver, "CreateTime": int(time.time()), "MsgType": "event",
            "Event": "kf_msg_or_event", "Token": "one-time", "OpenKfId": ACCOUNT,
        }  # fmt: skip
        return await self.post("/wecom/kf", notice)

    async def post(self, path: str, fields: dict[str, str | int]) -> int:
        stamp, nonce = str(int(time.time())), secrets.token_hex(5)
        sealed = encrypt(self.known, document(fields))
        query = {"timestamp": stamp, "nonce": nonce}
        query["msg_signature"] = signature(self.known.token, stamp, nonce, sealed)
        body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(self.base + path, params=query, data=body) as response:
            await response.read()
            return response.status

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _give_token(self, request: web.Request) -> web.Response:
        self._token = secrets.token_hex(16)
        return web.json_response({"errcode": 0, "access_token": self._token, "expires_in": 7200})

    async def _body(self, request: web.Request) -> tuple[dict[str, Any], web.Response | None]:
        body = json.loads(await request.text())
        if request.query.get("access_token") != self._token:
            return body, _error(40014)
        return body, None

    async def _sync(self, request: web.Request) -> web.Response:
        body, refused = await self._body(request)
        if refused is not None or self.failing:
            return refused or _error(self.failing.pop(0))
        self.cursors.append(body["cursor"])
        begin = int(body["cursor"] or 0)
        end = min(begin + self.page, len(self.items))
        return web.json_response({
            "errcode": 0, "next_cursor": str(end), "has_more": int(end < len(self.items)),
            "msg_list": self.items[begin:end],
        })  # fmt: skip

    async def _send(self, request: web.Request) -> web.Response:
        body, refused = await self._body(request)
        if refused is not None:
            return refused
        person = body["touser"]
        if self.states.get(person, 1) not in (0, 1):
            return _error(95018)
        if self.left.get(person, 0) <= 0:
            return _error(95001)
        if body["msgid"] in self.ids:
            return _error(0)
        if body["msgtype"] == "msgmenu":
            assert len(body["msgmenu"]["head_content"].encode()) <= 1024
        self.ids.add(body["msgid"])
        self.left[person] -= 1
        self.shown.setdefault(person, []).append(body)
        return _error(0)

    async def _answer_event(self, request: web.Request) -> web.Response:
        body, refused = await self._body(request)
        if refused is None:
            self.on_event.append(body)
        return refused or _error(0)

    async def _move(self, request: web.Request) -> web.Response:
        body, refused = await self._body(request)
        if refused is None:
            self.states[body["external_userid"]] = body["service_state"]
        return refused or _error(0)

    async def _to_member(self, request: web.Request) -> web.Response:
        body, refused = await self._body(request)
        if refused is not None:
            return refused
        if body["touser"] in self.invalid:
            return web.json_response({"errcode": 0, "invaliduser": body["touser"]})
        self.shown.setdefault(body["touser"], []).append(body)
        return _error(0)


def _error(code: int) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": "ok" if not code else "refused"})
