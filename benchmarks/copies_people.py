"""Who talks with the copies: programs over REST, chat pages, staff, trainers, and one who sends too much.

Each request goes to the next copy.  What was not acknowledged is sent again under its id, to the next copy,
until it is; a page that loses its line opens another, reads its history and sends again what was not
answered, as the page's script does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import sys
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from copies_cluster import Cluster, Copy
from desk_load import _LINE, _SAYING, _TICKET, PASSWORD, Side, Told, first_of
from kills import SUBMIT, TALK

PATIENCE = aiohttp.ClientTimeout(total=90)
SENT_AGAIN = 0.2
# Who is not answered by then counts as stuck.
STUCK_S = 180.0
TURNS = 4
# When a page sends again what the server could not take (connection.js).
AGAIN_S = (0.3, 0.6, 1.2, 2.5, 5.0)
BROKEN = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError)
# What differs from one registration to the next: reference numbers and the company.
_VARYING = re.compile(r"[A-Z]{2,4}-?[0-9A-Z-]{4,}|广州小白\d+甲\d+制造有限公司")
_FORM_TURNS = TALK.index(SUBMIT) + 1


@dataclass
class Outcome:
    """What happened, and what was wrong."""

    acknowledged: int = 0
    sent_again_after_a_cut: int = 0
    sent_again_after_the_answer: int = 0
    other_answer: int = 0
    stuck: int = 0
    forms: int = 0
    derailed: list[str] = field(default_factory=list)
    cuts: Counter[str] = field(default_factory=Counter)
    # How often something failed while nothing was being restarted.
    quiet_cuts: list[str] = field(default_factory=list)
    signals: list[tuple[str, float, float]] = field(default_factory=list)
    probes: list[tuple[int, float, float]] = field(default_factory=list)


class Floor:
    """Everybody, and what they have in common."""

    def __init__(
        self, cluster: Cluster, http: aiohttp.ClientSession, pause: tuple[float, float]
    ) -> None:
        self.cluster = cluster
        self.http = http
        self.pause = pause
        self.is_over = False
        self.outcome = Outcome()
        self.to_staff = Side()
        self.to_person = Side()
        self.tickets: defaultdict[str, Told] = defaultdict(Told)
        self.reference: list[str] = []
        # People whose service has not come to its end.
        self.served: set[str] = set()

    async def rest(self) -> None:
        """As long as somebody takes who reads and types."""
        await asyncio.sleep(random.uniform(*self.pause))

    async def until(self, attempt: Callable[[Copy], Awaitable[Any]], what: str) -> Any:
        """Try at one copy after the other until it works; None when the time is over."""
        began = time.perf_counter()
        while True:
            copy, tried = self.cluster.pick(), time.perf_counter()
            try:
                found = await attempt(copy)
            except BROKEN as error:
                self.cut(type(error).__name__, what, tried, copy)
                if isinstance(error, aiohttp.ClientConnectorError):
                    copy.is_ready = False  # until it is asked again
                found = None
            if found is not None:
                return found
            if time.perf_counter() - began > STUCK_S:
                self.outcome.stuck += 1
                raise StuckError(what)
            await asyncio.sleep(0.1)

    def cut(self, kind: str, what: str, since: float, copy: Copy) -> None:
        """Something was not answered."""
        self.outcome.cuts[kind] += 1
        if not self.cluster.disturbances.meets(since, time.perf_counter()):
            self.outcome.quiet_cuts.append(f"{kind} {what} copy {copy.number}")


class StuckError(Exception):
    """Nobody answered for minutes."""


class Program:
    """Talks over REST; each message to the next copy."""

    def __init__(self, floor: Floor, number: int) -> None:
        self.floor = floor
        self.number = number
        self.answers: dict[str, list[str]] = {}
        self.submitted: list[str] = []
        self._sender = ""
        self._token: str | None = None

    async def live(self) -> None:
        """Have conversations until it is over."""
        visit = 0
        await asyncio.sleep(random.uniform(0, self.floor.pause[1]))
        with contextlib.suppress(StuckError):
            while not self.floor.is_over:
                await self.converse(visit)
                visit += 1

    async def converse(self, visit: int) -> list[str]:
        """One conversation: a registration, then questions.

        :return: what was answered in the registration.
        """
        self._sender, self._token = f"copies-{self.number}-{visit}-{uuid.uuid4().hex[:8]}", None
        company = f"广州小白{self.number}甲{visit}制造有限公司"
        said: list[str] = []
        for turn, words in enumerate(TALK):
            text = words.format(company=company)
            reply = await self._say(f"{self._sender}-{turn}", text)
            if turn < _FORM_TURNS:
                said.append(_VARYING.sub("#", "\n".join(reply)))
                self._compare(turn, said[-1])
            if words == SUBMIT:
                self.submitted.append(company)
                self.floor.outcome.forms += 1
            if self.floor.reference:
                if self.floor.is_over:
                    break
                await self.floor.rest()
        return said

    def _compare(self, turn: int, said: str) -> None:
        reference = self.floor.reference
        if reference and said != reference[turn]:
            self.floor.outcome.derailed.append(f"{self._sender} turn {turn}: {said[:120]}")

    async def _say(self, identity: str, text: str) -> list[str]:
        outcome = self.floor.outcome
        said = await self._until_acknowledged(identity, text)
        self.answers[identity] = said
        outcome.acknowledged += 1
        if random.random() < SENT_AGAIN:
            again = await self._until_acknowledged(identity, text)
            outcome.sent_again_after_the_answer += 1
            outcome.other_answer += again != said
        return said

    async def _until_acknowledged(self, identity: str, text: str) -> list[str]:
        body = {"sender": self._sender, "text": text, "message_id": identity}

        async def attempt(copy: Copy) -> list[str] | None:
            headers = {} if self._token is None else {"X-Sender-Token": self._token}
            since = time.perf_counter()
            async with self.floor.http.post(
                f"{copy.url}/api/v1/messages", json=body, headers=headers, timeout=PATIENCE
            ) as answer:
                reply: dict[str, Any] = await answer.json()
                if answer.status != 200:
                    self.floor.cut(
                        f"{answer.status} {reply['error']['code']}", "message", since, copy
                    )
                    self.floor.outcome.sent_again_after_a_cut += 1
                    return None
                self._token = answer.headers.get("X-Sender-Token", self._token)
            return [str(message["text"]) for message in reply["messages"]]

        found: list[str] = await self.floor.until(attempt, "message")
        return found


class Visitor:
    """A chat page: one line at a time, each message shown once."""

    def __init__(self, floor: Floor, number: int) -> None:
        self.floor = floor
        self.number = number
        self.sender = ""
        self.services = 0
        self.is_served = asyncio.Event()
        self.has_ended = asyncio.Event()
        self.heard = asyncio.Event()
        self._count = 0
        self._shown: set[str] = set()
        self._page: list[str] = []
        # As on the page: what is not answered, one of it under way at a time.
        self._unanswered: dict[str, tuple[str, str | None]] = {}
        self._under_way: str | None = None
        self._again: asyncio.TimerHandle | None = None
        self._refusals = 0
        self.cookie = ""
        self._socket: aiohttp.ClientWebSocketResponse[Any] | None = None

    async def open(self) -> None:
        """Load the page."""

        async def attempt(copy: Copy) -> tuple[str, str] | None:
            async with self.floor.http.get(f"{copy.url}/", timeout=PATIENCE) as page:
                found = re.search(r'"sender": ?"([^"]+)"', await page.text())
                cookie = "; ".join(f"{m.key}={m.value}" for m in page.cookies.values())
                return None if found is None else (found.group(1), cookie)

        self.sender, self.cookie = await self.floor.until(attempt, "page")
        self._page = self.floor.to_person.open_page(self.sender)

    async def listen(self) -> None:
        """Keep a line open; after it broke, read the history and send again what was not answered."""
        while True:
            copy = self.floor.cluster.pick()
            try:
                async with self.floor.http.ws_connect(
                    f"{copy.url}/ws", headers={"Cookie": self.cookie, "Origin": copy.url}
                ) as socket:
                    await self._catch_up()
                    self._socket = socket
                    await self._retry()
                    async for frame in socket:
                        if frame.type is aiohttp.WSMsgType.TEXT:
                            await self._take(json.loads(frame.data))
            except BROKEN as error:
                self.floor.outcome.cuts[f"page {type(error).__name__}"] += 1
            self._socket = None
            await asyncio.sleep(random.uniform(0.1, 0.5))

    async def _catch_up(self) -> None:
        async def attempt(copy: Copy) -> list[dict[str, Any]] | None:
            async with self.floor.http.get(
                f"{copy.url}/api/v1/conversations/{self.sender}",
                headers={"Cookie": self.cookie},
                timeout=PATIENCE,
            ) as answer:
                if answer.status != 200:
                    return None
                body: dict[str, Any] = await answer.json()
                return list(body["messages"])

        for message in await self.floor.until(attempt, "history"):
            if message["direction"] == "out":
                self._show(message)

    async def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "refused":
            await self._refused(event)
        if event["type"] not in ("push", "reply", "exchange"):
            return
        said = self._unanswered.pop(event.get("message_id"), None)
        if said is not None and said[1] is not None and event["reply"]["messages"]:
            # Said while the staff ended the service: the bot has answered.
            self.floor.to_staff.withdraw(said[1])
        if event.get("message_id") == self._under_way:
            self._refusals = 0
            await self._retry()
        fresh = [message["id"] for message in event["reply"]["messages"] if self._show(message)]
        if event["type"] == "push" and fresh:
            await self._send({"type": "delivered", "ids": fresh})

    async def _refused(self, event: dict[str, Any]) -> None:
        code, identity = event["error"]["code"], event.get("message_id")
        if code == "rate_limited":  # the person waits and says it again
            wait = AGAIN_S[-1]
        else:
            self.floor.outcome.cuts[f"refused {code}"] += 1
            wait = AGAIN_S[min(self._refusals, len(AGAIN_S) - 1)]
            self._refusals += 1
        if identity in self._unanswered:
            loop = asyncio.get_running_loop()
            self._again = loop.call_later(wait, lambda: loop.create_task(self._retry()))

    async def _retry(self) -> None:
        if self._again is not None:
            self._again.cancel()
        self._under_way = None
        await self._next()

    async def _next(self) -> None:
        """The first that is not answered, unless one is under way."""
        if self._under_way is None and self._socket is not None and self._unanswered:
            self._under_way, (text, _) = next(iter(self._unanswered.items()))
            await self._send({"type": "message", "message_id": self._under_way, "text": text})

    def _show(self, message: dict[str, Any]) -> bool:
        if message["id"] in self._shown:
            return False
        self._shown.add(message["id"])
        said = _SAYING.search(message["text"])
        if said is not None:
            self.floor.to_person.see(self._page, said.group(1))
            self.heard.set()
        data = message.get("data") or {}
        if "ticket" in data:
            self.floor.tickets[data["ticket"]].tell(self.sender)
        if data.get("event") == "joined":
            self.is_served.set()
        if data.get("event") == "ended":
            self.has_ended.set()
        return True

    async def _send(self, event: dict[str, Any]) -> None:
        if self._socket is not None:
            with contextlib.suppress(*BROKEN):
                await self._socket.send_str(json.dumps(event, ensure_ascii=False))

    async def say(self, text: str, identity: str | None = None) -> None:
        """Send a message; it stays to be sent again until it is answered."""
        self._unanswered[uuid.uuid4().hex] = (text, identity)
        await self._next()

    async def live(self) -> None:
        """Ask for a human, talk for as long as one serves, come again."""
        await asyncio.sleep(random.uniform(0, 2 * self.floor.pause[1]))
        while not self.floor.is_over:
            self.is_served.clear()
            self.has_ended.clear()
            self.heard.clear()
            await self.say("转人工")
            await self.is_served.wait()
            while not self.has_ended.is_set():
                await first_of(self.heard.wait(), self.has_ended.wait())
                self.heard.clear()
                if self.has_ended.is_set():
                    break
                await asyncio.sleep(random.uniform(1.0, 4.0))
                if not self.has_ended.is_set():
                    identity = f"p{self.number}-{self._count}"
                    self._count += 1
                    self.floor.to_staff.say(self.sender, identity)
                    await self.say(f"通知是上周收到的，还要准备哪些材料？[{identity}]", identity)
            self.services += 1
            await self.floor.rest()


class Member:
    """One of the staff: claims who waits, and talks on the page of the conversation."""

    def __init__(self, floor: Floor, number: int, login: str) -> None:
        self.floor = floor
        self.number = number
        self.login = login
        self.served = 0
        self._count = 0
        self.cookie = ""
        self._path = ""
        self._last_seq = 0
        self._page: list[str] = []
        self._heard = asyncio.Event()
        self._fetching = asyncio.Lock()
        self._is_stale = False

    async def log_in(self) -> None:
        """Have a session, which every copy knows."""

        async def attempt(copy: Copy) -> str | None:
            async with self.floor.http.post(
                f"{copy.url}/desk/login",
                data={"login": self.login, "password": PASSWORD},
                headers={"Origin": copy.url},
                allow_redirects=False,
            ) as answer:
                cookie = answer.cookies.get("huhang_staff")
                return None if cookie is None else f"huhang_staff={cookie.value}"

        self.cookie = await self.floor.until(attempt, "login")

    async def get(self, path: str) -> str:
        """A page, from the next copy."""

        async def attempt(copy: Copy) -> str | None:
            since = time.perf_counter()
            async with self.floor.http.get(
                copy.url + path,
                headers={"Cookie": self.cookie, "Accept": "text/html"},
                timeout=PATIENCE,
            ) as answer:
                text = await answer.text()
                if answer.status != 200:
                    self.floor.cut(str(answer.status), path.split("/")[-1][:12], since, copy)
                return text if answer.status == 200 else None

        found: str = await self.floor.until(attempt, path)
        return found

    async def post(
        self, path: str, form: dict[str, str], accept: str = "text/html", *, at: Copy | None = None
    ) -> int:
        """Send a form; 5xx is tried again.

        :return: the status.
        """

        async def attempt(copy: Copy) -> int | None:
            copy, since = at or copy, time.perf_counter()
            async with self.floor.http.post(
                copy.url + path,
                data=form,
                headers={"Cookie": self.cookie, "Origin": copy.url, "Accept": accept},
                allow_redirects=False,
                timeout=PATIENCE,
            ) as answer:
                await answer.read()
                if answer.status >= 500:
                    self.floor.cut(str(answer.status), path.split("/")[-1][:12], since, copy)
                    return None
                return answer.status

        found: int = await self.floor.until(attempt, path)
        return found

    async def work(self) -> None:
        """Serve one person after the other."""
        await self.log_in()
        with contextlib.suppress(StuckError):
            while not self.floor.is_over:
                rows = _TICKET.findall(await self.get("/desk/inbox/rows?tab=waiting"))
                if rows:
                    await self._serve(random.choice(rows[:20]))
                await asyncio.sleep(random.uniform(1.0, 3.0))

    async def _serve(self, ticket: str) -> None:
        path = f"/desk/tickets/{ticket}"
        await self.post(f"{path}/claim", {})
        page = await self.get(path)
        if 'data-mine="yes"' not in page:  # somebody was faster
            return
        sender = await self.floor.tickets[ticket].wait()
        self._path, self._last_seq = path, 0
        self._page = self.floor.to_staff.open_page(sender)
        self._heard.clear()
        self._add(page)
        self.floor.served.add(sender)
        line = asyncio.create_task(self._listen(ticket))
        try:
            for turn in range(TURNS):
                await self._reply(sender)
                if turn == TURNS - 1:
                    break
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._heard.wait(), STUCK_S)
                self._heard.clear()
                await asyncio.sleep(random.uniform(1.0, 4.0))
            await asyncio.sleep(2.0)
            await self._fetch()
            await self.post(f"{path}/close", {"outcome": "已解答"})
            await asyncio.sleep(0.5)
            self._add(await self.get(f"{path}/messages?after={self._last_seq}"))
            self.served += 1
            self.floor.served.discard(sender)
        finally:
            line.cancel()
            await asyncio.gather(line, return_exceptions=True)

    async def _reply(self, sender: str) -> None:
        identity = f"s{self.number}-{self._count}"
        self._count += 1
        self.floor.to_person.say(sender, identity)
        form = {"text": f"请先把送达日期告诉我。[{identity}]", "client_id": uuid.uuid4().hex}
        status = await self.post(f"{self._path}/reply", form, "application/json")
        if status not in (200, 201):
            self.floor.outcome.cuts[f"reply {status}"] += 1
        await self._fetch()

    async def _listen(self, ticket: str) -> None:
        while True:
            copy = self.floor.cluster.pick()
            with contextlib.suppress(*BROKEN):
                async with self.floor.http.ws_connect(
                    f"{copy.url}/desk/ws", headers={"Cookie": self.cookie, "Origin": copy.url}
                ) as socket:
                    await socket.send_str('{"type":"ping","active":true}')
                    await socket.send_str(json.dumps({"type": "look", "ticket": ticket}))
                    await self._fetch()
                    async for frame in socket:
                        if frame.type is not aiohttp.WSMsgType.TEXT:
                            continue
                        if json.loads(frame.data)["type"] == "conversation":
                            await self._fetch()
            await asyncio.sleep(random.uniform(0.1, 0.5))

    async def _fetch(self) -> None:
        async with self._fetching:
            self._add(await self.get(f"{self._path}/messages?after={self._last_seq}"))

    def _add(self, html: str) -> None:
        for side, number, text in _LINE.findall(html):
            if int(number) <= self._last_seq:
                continue
            self._last_seq = int(number)
            said = _SAYING.search(text)
            if said is not None and side == "user":
                self.floor.to_staff.see(self._page, said.group(1))
                self._heard.set()


class Flood:
    """One sender who sends more than is allowed, to all copies in turn."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    async def live(self) -> None:
        """Now and then."""
        number = 0
        while not self.floor.is_over:
            await asyncio.sleep(random.uniform(30, 60))
            began = time.perf_counter()
            accepted = await self._burst(f"flood-{number}-{uuid.uuid4().hex[:8]}")
            self.floor.outcome.probes.append((accepted, began, time.perf_counter()))
            number += 1

    async def _burst(self, sender: str) -> int:
        accepted, token = 0, ""
        for turn in range(48):
            copy = self.floor.cluster.pick()
            body = {"sender": sender, "text": "你好", "message_id": f"{sender}-{turn}"}
            headers = {"X-Sender-Token": token} if token else {}
            with contextlib.suppress(*BROKEN):
                async with self.floor.http.post(
                    f"{copy.url}/api/v1/messages", json=body, headers=headers, timeout=PATIENCE
                ) as answer:
                    token = answer.headers.get("X-Sender-Token", token)
                    accepted += answer.status == 200
        return accepted
