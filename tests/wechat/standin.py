"""A stand-in for an official account's server: it delivers, cuts off, delivers again, and takes messages.

It keeps the limits that the public documents state: five seconds an answer, three deliveries, 2048
bytes a text, one valid token, 48 hours and five messages after a person wrote.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.wechat.wire import Secrets, decrypt, document, encrypt, fields, signature

CUT_OFF_S = 5.0
DELIVERIES = 3
WINDOW_S = 48 * 3600
QUOTA = 5
MOST_BYTES = 2048
MEDIA_PAUSE_S = 0.1


@dataclass
class Person:
    """What one person sees, and whether they may be written to: ``seen`` has way, text and moment."""

    seen: list[tuple[str, str, float]] = field(default_factory=list)
    window_until: float = 0
    left: int = 0
    is_subscribed: bool = True

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.seen]


class StandIn:
    """One official account's server.

    ``lose`` says of a delivery (its number, from 0) whether its answer is lost on the way.
    """

    def __init__(self, known: Secrets, callback: str = "", *, mode: str = "safe") -> None:
        self.known = known
        self.callback = callback
        self.mode = mode
        self.original = "gh_0123456789ab"
        self.people: dict[str, Person] = defaultdict(Person)
        self.calls: list[str] = []
        self.tokens_given = 0
        self.offset_s = 0.0
        self.token_life_s = 7200
        self.has_right = True
        self.cut_off_s = CUT_OFF_S
        self.retry_pause_s = 0.0
        self.latencies: list[float] = []
        self.media: dict[str, bytes] = {}
        self.uploaded: list[bytes] = []
        self.failing: list[int] = []
        # Why deliveries had no answer; for whoever looks into a failed test.
        self.troubles: list[str] = []
        self._token = ("", 0.0)
        self._numbers = itertools.count(23_000_000_000_000_000)
        self._session: aiohttp.ClientSession | None = None

    def now(self) -> float:
        return time.time() + self.offset_s

    # -- what people do -------------------------------------------------------------------------

    async def says(self, openid: str, text: str, **options: Any) -> str | None:
        """A person writes; :return: what they were shown at once."""
        return await self.acts(openid, {"MsgType": "text", "Content": text}, **options)

    async def acts(
        self,
        openid: str,
        content: dict[str, str | int],
        *,
        deliveries: int = DELIVERIES,
        lost: frozenset[int] = frozenset(),
    ) -> str | None:
        """Deliver one act until it is answered, at most three times.

        :param lost: deliveries whose answer is lost on the way back.
        """
        body: dict[str, str | int] = {
            "ToUserName": self.original,
            "FromUserName": openid,
            "CreateTime": int(self.now()),
            **content,
        }
        if content["MsgType"] != "event":
            body["MsgId"] = next(self._numbers)
        self._opens(openid, content)
        for number in range(deliveries):
            answer = await self.post(body)
            if answer is not None and number not in lost:
                return self._shows(openid, answer)
            if self.retry_pause_s:
                await asyncio.sleep(self.retry_pause_s)
        return None

    async def post(self, body: dict[str, str | int], **wrong: Any) -> str | None:
        """One delivery; :return: the raw answer, None when there was none in time."""
        query, sent = self.signed(document(body), **wrong)
        begun = time.monotonic()
        try:
            async with self.session().post(
                self.callback, params=query, data=sent.encode(),
                timeout=aiohttp.ClientTimeout(total=self.cut_off_s),
            ) as response:  # fmt: skip
                answer = await response.text()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            self.troubles.append(repr(error))
            return None
        self.latencies.append(time.monotonic() - begun)
        if response.status != 200:
            self.troubles.append(f"{response.status} {answer}")
            return None
        return answer

    def signed(
        self, xml: str, *, age_s: float = 0, receiver: str | None = None, token: str | None = None
    ) -> tuple[dict[str, str], str]:
        """The query and body of one delivery."""
        stamp, nonce = str(int(time.time() - age_s)), secrets.token_hex(5)
        token = token or self.known.token
        query = {"timestamp": stamp, "nonce": nonce, "signature": signature(token, stamp, nonce)}
        if self.mode == "plain":
            return query, xml
        sealed = encrypt(self.known, xml, receiver=receiver)
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(token, stamp, nonce, sealed),
        }
        clear = xml[len("<xml>") : -len("</xml>")] if self.mode == "compatible" else ""
        return query, f"<xml>{clear}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"

    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _opens(self, openid: str, content: dict[str, str | int]) -> None:
        person = self.people[openid]
        event = str(content.get("Event", "")).lower()
        if event == "unsubscribe":
            person.is_subscribed = False
            return
        if event == "subscribe":
            person.is_subscribed = True
        lasts, quota = (WINDOW_S, QUOTA) if content["MsgType"] != "event" else (60, 3)
        is_open = person.window_until > self.now()
        person.left = max(quota, person.left if is_open else 0)
        person.window_until = max(person.window_until, self.now() + lasts)

    def _shows(self, openid: str, answer: str) -> str | None:
        if answer in ("success", ""):
            return None
        if self.mode != "plain":
            outer = fields(answer)
            parts = (self.known.token, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
            assert outer["MsgSignature"] == signature(*parts), "the answer is not signed"
            answer = decrypt(self.known, outer["Encrypt"])
        found = fields(answer)
        assert found["ToUserName"] == openid
        assert found["FromUserName"] == self.original
        assert found["MsgType"] == "text"
        assert len(found["Content"].encode()) <= MOST_BYTES
        self.people[openid].seen.append(("passive", found["Content"], time.monotonic()))
        return found["Content"]

    # -- what the account asks ------------------------------------------------------------------

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**24)
        app.router.add_get("/cgi-bin/token", self._give_token)
        app.router.add_post("/cgi-bin/message/custom/send", self._send)
        app.router.add_get("/cgi-bin/media/get", self._give_media)
        app.router.add_post("/cgi-bin/media/upload", self._take_media)
        app.router.add_get("/cgi-bin/get_api_domain_ip", self._addresses)
        return app

    def expire_token(self) -> None:
        """The token in use is no longer taken, though its time is not over."""
        self._token = (self._token[0], 0.0)

    async def _give_token(self, request: web.Request) -> web.Response:
        self.calls.append("token")
        if request.query.get("appid") != self.known.receiver:
            return _error(40013)
        if request.query.get("secret") != self.known.app_secret:
            return _error(40125)
        self.tokens_given += 1
        # A new token is the only valid one.
        self._token = (secrets.token_hex(16), time.time() + self.token_life_s)
        return web.json_response({"access_token": self._token[0], "expires_in": self.token_life_s})

    def _token_error(self, request: web.Request) -> int:
        shown = request.query.get("access_token")
        if shown != self._token[0]:
            return 40001
        return 42001 if self._token[1] < time.time() else 0

    async def _send(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text())
        self.calls.append("send")
        code = self._token_error(request) or self._send_error(body)
        if code:
            return _error(code)
        person = self.people[body["touser"]]
        person.left -= 1
        shown = body["text"]["content"] if body["msgtype"] == "text" else f"[{body['msgtype']}]"
        person.seen.append(("sent", shown, time.monotonic()))
        return _error(0)

    def _send_error(self, body: dict[str, Any]) -> int:
        if self.failing:
            return self.failing.pop(0)
        if not self.has_right:
            return 48001
        person = self.people[body["touser"]]
        if not person.is_subscribed:
            return 43004
        if person.window_until < self.now():
            return 45015
        if person.left <= 0:
            return 45047
        is_text = body["msgtype"] == "text"
        return 45002 if is_text and len(body["text"]["content"].encode()) > MOST_BYTES else 0

    async def _give_media(self, request: web.Request) -> web.StreamResponse:
        code = self._token_error(request)
        content = self.media.get(request.query.get("media_id", ""))
        if code or content is None:
            return _error(code or 40007)
        response = web.StreamResponse()
        response.content_type = "image/jpeg"
        await response.prepare(request)
        middle = len(content) // 2
        await response.write(content[:middle])
        await asyncio.sleep(MEDIA_PAUSE_S)  # over a network a picture arrives in pieces
        await response.write(content[middle:])
        await response.write_eof()
        return response

    async def _take_media(self, request: web.Request) -> web.Response:
        if code := self._token_error(request):
            return _error(code)
        form = await request.post()
        self.uploaded.append(form["media"].file.read())  # type: ignore[union-attr]
        return web.json_response({"type": "image", "media_id": secrets.token_hex(8)})

    async def _addresses(self, request: web.Request) -> web.Response:
        if code := self._token_error(request):
            return _error(code)
        return web.json_response({"ip_list": ["127.0.0.1"]})


def _error(code: int) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": "ok" if not code else "refused"})
