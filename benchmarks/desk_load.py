"""The desk under load: 50 staff and 500 people at once, every message followed from end to end.

A real ``huhang serve`` with a data folder of its own, on loopback; this process plays the browsers.
People open the chat page, ask for a human, are claimed, talk, rate, and some come again.  Staff have the
inbox open, claim, and talk on the page of the conversation; a page does what its scripts do: it is told
over its WebSocket that something changed, then fetches the list or the new messages over its session,
asks for a suggested answer, and sends replies one after the other.

Prints what was sent, lost, doubled or out of order, how long a message took until the other side's page
had it, and the server's memory and processor time.  Ends with 1 when a message was lost, doubled or out of
order.

Usage: ``python benchmarks/desk_load.py [--seconds 120] [--staff 50] [--people 500] [--json FILE]``
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import psutil

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from latency import BIN, environment, free_port, prepared_data_dir, running, wait_for

from desk import staff as accounts
from desk.engine import open_engine, writing
from desk.migrations import migrate
from desk.permissions import Role
from settings import load_settings

PASSWORD = "correct-horse-9"
TARGET_MS = 300.0
TURNS = 5
# Between two messages of one person or one of the staff; people who type take this long.
PAUSE_S = (2.0, 8.0)
COMES_AGAIN = 0.3
TWO_AT_ONCE = 0.25
GIVE_UP_S = 30.0
# What the scripts of the pages wait before they fetch (inbox.js).
ROWS_AFTER_S = 0.1

_LINE = re.compile(r'<li class="said (\w+)" data-seq="(\d+)".*?<p class="prewrap">(.*?)</p>', re.S)
_TICKET = re.compile(r'action="/desk/tickets/([\w-]+)/claim"')
_SAYING = re.compile(r"\[([ps]\d+-\d+)\]")


@dataclass
class Faults:
    """Messages that did not arrive as they were sent."""

    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0

    def compare(self, sent: Sequence[str], shown: Sequence[str]) -> None:
        """Count what stands twice, and what stands before something that was said earlier."""
        self.doubled += len(shown) - len(set(shown))
        place = {item: number for number, item in enumerate(sent)}
        order = [place[item] for item in dict.fromkeys(shown)]
        self.out_of_order += sum(later < earlier for earlier, later in pairwise(order))


@dataclass
class Side:
    """One direction: what was said in which order, which pages showed it, and after how long."""

    sent: dict[str, list[str]] = field(default_factory=dict)
    pages: list[tuple[str, list[str]]] = field(default_factory=list)
    delays: dict[str, float] = field(default_factory=dict)
    _sent_at: dict[str, float] = field(default_factory=dict)
    _withdrawn: set[str] = field(default_factory=set)

    def say(self, talk: str, identity: str) -> None:
        """It leaves now."""
        self.sent.setdefault(talk, []).append(identity)
        self._sent_at[identity] = time.perf_counter()

    def begun(self, identity: str) -> float:
        """When it left, by ``time.perf_counter``."""
        return self._sent_at[identity]

    def withdraw(self, identity: str) -> None:
        """It was not for this side after all."""
        self._withdrawn.add(identity)

    def open_page(self, talk: str) -> list[str]:
        """A page of the other side; what it shows is appended."""
        page: list[str] = []
        self.pages.append((talk, page))
        return page

    def see(self, page: list[str], identity: str) -> None:
        """It stands on a page now."""
        page.append(identity)
        self.delays.setdefault(identity, (time.perf_counter() - self._sent_at[identity]) * 1000)

    def missing(self, talks: Collection[str]) -> int:
        """How much of what was said in some talks no page has shown yet."""
        arrived = self.delays.keys() | self._withdrawn
        return sum(item not in arrived for talk in talks for item in self.sent.get(talk, ()))

    def faults(self) -> Faults:
        """Compare every page with what was sent."""
        found = Faults()
        for talk, page in self.pages:
            found.compare(self.sent.get(talk, []), page)
        arrived = self.delays.keys() | self._withdrawn
        found.lost = sum(item not in arrived for said in self.sent.values() for item in said)
        return found


class Person:
    """A chat page: one WebSocket; every message is shown once."""

    def __init__(self, floor: Floor, number: int) -> None:
        self.floor = floor
        self.number = number
        self.sender = ""
        self.count = 0
        self.services = 0
        self.is_served = asyncio.Event()
        self.has_ended = asyncio.Event()
        self.heard = asyncio.Event()
        self._shown: set[str] = set()
        self._page: list[str] = []
        self._under_way: dict[str, str] = {}
        self._cookie = ""
        self._socket: aiohttp.ClientWebSocketResponse[Any] | None = None

    async def open(self) -> None:
        """Load the page and connect."""
        async with self.floor.http.get(self.floor.url + "/") as page:
            self._cookie = "; ".join(f"{m.key}={m.value}" for m in page.cookies.values())
            found = re.search(r'"sender": ?"([^"]+)"', await page.text())
        if found is None:
            raise SystemExit("聊天页里没有会话编号")
        self.sender = found.group(1)
        self._page = self.floor.to_person.open_page(self.sender)
        self._socket = await self.floor.http.ws_connect(
            self.floor.url + "/ws", headers={"Cookie": self._cookie, "Origin": self.floor.url}
        )

    async def listen(self) -> None:
        """Take what the server sends until the line is closed."""
        assert self._socket is not None
        async for frame in self._socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            event = json.loads(frame.data)
            if event["type"] == "refused":
                self.floor.refused[event["error"]["code"]] += 1
            if event["type"] in ("push", "reply", "exchange"):
                await self._take(event)

    async def _take(self, event: dict[str, Any]) -> None:
        fresh = []
        said_after_end = self._under_way.pop(event.get("message_id"), None)
        if said_after_end is not None and event["reply"]["messages"]:
            # Said while the staff ended the service: the bot has answered.
            self.floor.to_staff.withdraw(said_after_end)
            self.floor.said_after_end += 1
        for message in event["reply"]["messages"]:
            if message["id"] in self._shown:  # as on the page: each message is shown once
                continue
            self._shown.add(message["id"])
            fresh.append(message["id"])
            said = _SAYING.search(message["text"])
            if said is not None:
                self.floor.to_person.see(self._page, said.group(1))
                self.heard.set()
            data = message.get("data", {})
            if "ticket" in data:
                self.floor.tickets[data["ticket"]].tell(self.sender)
            what = data.get("event")
            if what == "joined":
                self.is_served.set()
            if what == "ended":
                self.has_ended.set()
        if event["type"] == "push" and fresh:
            await self._send({"type": "delivered", "ids": fresh})

    async def _send(self, event: dict[str, Any]) -> None:
        assert self._socket is not None
        await self._socket.send_str(json.dumps(event, ensure_ascii=False))

    async def say(self, text: str, identity: str | None = None) -> None:
        message = uuid.uuid4().hex
        if identity is not None:
            self._under_way[message] = identity
        await self._send({"type": "message", "message_id": message, "text": text})

    async def talk(self) -> None:
        """Say the next thing to whoever serves, at times two things in a row."""
        await self._send({"type": "typing"})
        for _ in range(2 if random.random() < TWO_AT_ONCE else 1):
            identity = f"p{self.number}-{self.count}"
            self.count += 1
            self.floor.to_staff.say(self.sender, identity)
            await self.say(f"通知是上周收到的，请问还要准备哪些材料？[{identity}]", identity)

    async def live(self, delay: float) -> None:
        """Ask for a human, talk for as long as one serves, perhaps come again."""
        await asyncio.sleep(delay)
        while not self.floor.is_over():
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
                await asyncio.sleep(random.uniform(*self.floor.pause))
                if not self.has_ended.is_set():
                    await self.talk()
            self.services += 1
            await asyncio.sleep(random.uniform(*self.floor.pause))
            if random.random() < 0.5:
                await self.say("评价：5分")
            if random.random() > COMES_AGAIN:
                return
            await asyncio.sleep(random.uniform(2, 6))

    async def record(self) -> list[tuple[str, str]]:
        """What the record holds of this conversation, in its order: direction and saying."""
        async with self.floor.http.get(
            f"{self.floor.url}/api/v1/conversations/{self.sender}",
            headers={"Cookie": self._cookie},
        ) as answer:
            body = await answer.json()
        return [
            (message["direction"], said.group(1))
            for message in body["messages"]
            if (said := _SAYING.search(message["text"]))
        ]

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()


async def first_of(*waits: Any) -> None:
    """Wait for one of several."""
    tasks = [asyncio.ensure_future(item) for item in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


class Member:
    """One of the staff at one window, which shows the inbox or the page of a conversation."""

    def __init__(self, floor: Floor, number: int, cookie: str) -> None:
        self.floor = floor
        self.number = number
        self.count = 0
        self.served = 0
        self.headers = {
            "Cookie": cookie,
            "Origin": floor.url,
            "Sec-Fetch-Site": "same-origin",
            "Accept": "text/html",
        }
        # the page of a conversation
        self.talk: str | None = None
        self.last_seq = 0
        self.sender = ""
        self.page: list[str] = []
        self.heard = asyncio.Event()
        self.path = ""
        self._is_fetching = False
        self._is_stale = False
        # the inbox
        self.rows: list[str] = []
        self._somebody = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._is_listing = False
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def get(self, path: str) -> str:
        async with self.floor.http.get(self.floor.url + path, headers=self.headers) as answer:
            text = await answer.text()
            if answer.status != 200:
                raise SystemExit(f"{path}：{answer.status}")
            return text

    async def post(self, path: str, form: dict[str, str], accept: str = "text/html") -> int:
        async with self.floor.http.post(
            self.floor.url + path,
            data=form,
            headers={**self.headers, "Accept": accept},
            allow_redirects=False,
        ) as answer:
            await answer.read()
            return answer.status

    async def open_line(self, ticket: str | None) -> aiohttp.ClientWebSocketResponse[Any]:
        """The live line of a page that was just loaded."""
        socket = await self.floor.http.ws_connect(self.floor.url + "/desk/ws", headers=self.headers)
        await socket.send_str('{"type":"ping","active":true}')
        if ticket is not None:
            await socket.send_str(json.dumps({"type": "look", "ticket": ticket}))
        self.begin(self._listen(socket))
        return socket

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse[Any]) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            kind = json.loads(frame.data)["type"]
            self.floor.signals[kind] += 1
            if kind == "conversation" and self.talk is not None:
                self.begin(self.fetch_new())
            if kind == "inbox" and self.talk is None:
                self._list_soon(ROWS_AFTER_S)

    # -- the inbox

    def _list_soon(self, wait: float) -> None:
        if self._soon is not None:
            self._soon.cancel()
        self._soon = asyncio.get_running_loop().call_later(wait, lambda: self.begin(self._list()))

    async def _list(self) -> None:
        if self.talk is not None:
            return
        if self._is_listing:
            self._list_soon(0.3)
            return
        self._is_listing = True
        try:
            self.rows = _TICKET.findall(await self.get("/desk/inbox/rows?tab=waiting"))
            if self.rows:
                self._somebody.set()
        finally:
            self._is_listing = False

    async def work(self) -> None:
        """Serve one person after the other until the time is over and nobody is being served."""
        while not self.floor.is_over():
            self.talk = None
            self.rows = _TICKET.findall(await self.get("/desk?tab=waiting"))
            line = await self.open_line(None)
            if not self.rows:
                self._somebody.clear()
                await self.floor.until_over(self._somebody.wait())
            await asyncio.sleep(random.uniform(0.2, 1.0))  # choosing
            ticket = random.choice(self.rows[:20]) if self.rows else None
            await line.close()
            if ticket is not None:
                await self._serve(ticket)

    # -- one conversation

    async def _serve(self, ticket: str) -> None:
        path = f"/desk/tickets/{ticket}"
        await self.post(f"{path}/claim", {})
        page = await self.get(path)
        if 'data-mine="yes"' not in page:  # somebody was faster
            return
        # The person's own page may be told a moment later than the staff.
        self.sender = await self.floor.tickets[ticket].wait()
        self.talk, self.last_seq, self.path = ticket, 0, path
        self._is_fetching = self._is_stale = False  # a page begins anew
        self.page = self.floor.to_staff.open_page(self.sender)
        self.heard.clear()
        self._add(page)
        line = await self.open_line(ticket)
        self.begin(self.fetch_new())
        try:
            for turn in range(TURNS):
                await self._reply(line, ticket)
                if turn == TURNS - 1:
                    break
                try:
                    await asyncio.wait_for(self.heard.wait(), GIVE_UP_S)
                except asyncio.TimeoutError:
                    break  # counted as lost in the end
                await asyncio.sleep(random.uniform(*self.floor.pause))
                self.heard.clear()
            await asyncio.sleep(random.uniform(1.5, 2.5))  # what the person still says
            await self.fetch_new()
            status = await self.post(f"{path}/close", {"outcome": "已解答"})
            if status != 303:
                raise SystemExit(f"结束 {ticket}：{status}")
            await asyncio.sleep(0.5)  # what was said before the person saw the end
            self._add(await self.get(f"{path}/messages?after={self.last_seq}"))
            self.served += 1
        finally:
            await line.close()

    async def _reply(self, line: aiohttp.ClientWebSocketResponse[Any], ticket: str) -> None:
        await line.send_str(json.dumps({"type": "typing", "ticket": ticket}))
        for _ in range(2 if random.random() < TWO_AT_ONCE else 1):
            identity = f"s{self.number}-{self.count}"
            self.count += 1
            self.floor.to_person.say(self.sender, identity)
            form = {"text": f"请先把送达日期告诉我。[{identity}]", "client_id": uuid.uuid4().hex}
            status = await self.post(f"{self.path}/reply", form, "application/json")
            if status != 201:
                self.floor.refused[f"reply {status}"] += 1
            await self.fetch_new()

    async def fetch_new(self) -> None:
        """As case.js does it: one request at a time, once more when something came meanwhile."""
        if self._is_fetching:
            self._is_stale = True
            return
        talk, self._is_fetching = self.talk, True
        try:
            while True:
                self._is_stale = False
                piece = await self.get(f"{self.path}/messages?after={self.last_seq}")
                if talk != self.talk:
                    return
                if self._add(piece):
                    self.begin(self.get(f"{self.path}/suggestion"))
                if not self._is_stale:
                    return
        finally:
            if talk == self.talk:
                self._is_fetching = False

    def _add(self, html: str) -> bool:
        """Put the new lines on the page.

        :return: whether the person said something.
        """
        assert self.talk is not None
        spoke = False
        for side, number, text in _LINE.findall(html):
            if int(number) <= self.last_seq:
                continue
            self.last_seq = int(number)
            said = _SAYING.search(text)
            if said is None or side != "user":
                continue
            self.floor.to_staff.see(self.page, said.group(1))
            spoke = True
            self.heard.set()
        return spoke


class Told:
    """Whose a ticket is, as soon as it is known."""

    def __init__(self) -> None:
        self._sender = ""
        self._is_told = asyncio.Event()

    def tell(self, sender: str) -> None:
        self._sender = sender
        self._is_told.set()

    async def wait(self) -> str:
        await self._is_told.wait()
        return self._sender


class Floor:
    """Everybody, and what they said and saw."""

    def __init__(
        self, url: str, http: aiohttp.ClientSession, pause: tuple[float, float] = PAUSE_S
    ) -> None:
        self.url = url
        self.http = http
        self.pause = pause
        self.ends_at = 0.0
        self.tickets: defaultdict[str, Told] = defaultdict(Told)
        self.to_staff = Side()
        self.to_person = Side()
        self.said_after_end = 0
        self.refused: Counter[str] = Counter()
        self.signals: Counter[str] = Counter()

    def is_over(self) -> bool:
        """Whether nobody new is served."""
        return time.monotonic() > self.ends_at

    async def until_over(self, wait: Coroutine[Any, Any, Any]) -> None:
        """Wait for something, at most until nobody new is served."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(wait, max(0.0, self.ends_at - time.monotonic()) + 0.01)


def make_staff(data_dir: Path, number: int) -> list[str]:
    """Accounts with a password; their logins."""
    engine = open_engine(load_settings({"HUHANG_DATA_DIR": str(data_dir)}).desk.database_url)
    migrate(engine)
    logins = [f"staff{index:02}" for index in range(number)]
    for login in logins:
        with writing(engine) as conn:
            accounts.add(conn, login, f"工作人员{login[-2:]}", Role.AGENT, None, "benchmark")
            invitation = accounts.invite(conn, login)
        accounts.accept_invitation(engine, invitation, PASSWORD)
    engine.dispose()
    return logins


async def log_in(http: aiohttp.ClientSession, url: str, login: str) -> str:
    """The session cookie of one of the staff."""
    async with http.post(
        f"{url}/desk/login",
        data={"login": login, "password": PASSWORD},
        headers={"Origin": url, "Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
    ) as answer:
        if answer.status != 303:
            raise SystemExit(f"{login} 登录不了：{answer.status}")
        return f"huhang_staff={answer.cookies['huhang_staff'].value}"


async def watch_memory(server: psutil.Process, seen: list[float]) -> None:
    """Note the server's memory in MB every second."""
    while True:
        seen.append(server.memory_info().rss / 2**20)
        await asyncio.sleep(1)


async def play(
    url: str, logins: Sequence[str], server: psutil.Process, options: Any
) -> dict[str, Any]:
    """Let everybody in, let them talk, and count."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as http:
        floor = Floor(url, http, tuple(options.pause))
        members = [
            Member(floor, number, await log_in(http, url, login))
            for number, login in enumerate(logins)
        ]
        people = [Person(floor, number) for number in range(options.people)]
        for person in people:
            await person.open()
        listening = [asyncio.create_task(person.listen()) for person in people]
        memory: list[float] = []
        watching = asyncio.create_task(watch_memory(server, memory))
        used, own = server.cpu_times(), psutil.Process().cpu_times()
        began = time.monotonic()
        floor.ends_at = began + options.seconds
        asking = [
            asyncio.create_task(person.live(random.uniform(0, 0.7 * options.seconds)))
            for person in people
        ]
        await asyncio.gather(*(member.work() for member in members))
        elapsed = time.monotonic() - began
        used_now, own_now = server.cpu_times(), psutil.Process().cpu_times()
        await asyncio.sleep(2)  # what is still on its way
        for task in [*asking, watching]:
            task.cancel()
        outcome = await asyncio.gather(*asking, return_exceptions=True)
        broken = [error for error in outcome if isinstance(error, Exception)]
        if broken:
            raise broken[0]
        not_recorded = await compare_records(floor, people)
        for person in people:
            await person.close()
        await asyncio.gather(*listening)
    return {
        "seconds": elapsed,
        "services": sum(member.served for member in members),
        "people_served": sum(person.services > 0 for person in people),
        "to_staff": summary(floor.to_staff),
        "to_person": summary(floor.to_person),
        "said_after_end": floor.said_after_end,
        "not_recorded_once_in_order": not_recorded,
        "refused": dict(floor.refused),
        "signals": dict(floor.signals),
        "memory_mb_at_start": memory[0],
        "memory_mb_most": max(memory),
        "server_cores": (used_now.user + used_now.system - used.user - used.system) / elapsed,
        "driver_cores": (own_now.user + own_now.system - own.user - own.system) / elapsed,
    }


async def compare_records(floor: Floor, people: Sequence[Person]) -> int:
    """How many conversations the record holds otherwise than they were held."""
    wrong = 0
    for person in people:
        record = await person.record()
        for direction, side in (("in", floor.to_staff), ("out", floor.to_person)):
            said = [item for kind, item in record if kind == direction]
            wrong += said != side.sent.get(person.sender, [])
    return wrong


def summary(side: Side) -> dict[str, float]:
    """What became of the messages of one direction."""
    delays = sorted(side.delays.values())
    cuts = statistics.quantiles(delays, n=100)
    found = side.faults()
    return {
        "sent": sum(len(said) for said in side.sent.values()),
        "lost": found.lost,
        "doubled": found.doubled,
        "out_of_order": found.out_of_order,
        "p50_ms": cuts[49],
        "p95_ms": cuts[94],
        "p99_ms": cuts[98],
        "most_ms": delays[-1],
    }


def table(result: dict[str, Any]) -> str:
    """The outcome as a table in Markdown."""
    rows = [
        "| | 到工作人员的页面 | 到用户的页面 |",
        "|---|---|---|",
    ]
    names = (
        ("sent", "发出（条）"),
        ("lost", "丢失"),
        ("doubled", "重复"),
        ("out_of_order", "乱序"),
        ("p50_ms", "送达 p50（毫秒）"),
        ("p95_ms", "送达 p95"),
        ("p99_ms", "送达 p99"),
        ("most_ms", "最慢一条"),
    )
    for key, name in names:
        rows.append(f"| {name} | {result['to_staff'][key]:.0f} | {result['to_person'][key]:.0f} |")
    load = "、".join(f"{value:.2f}" for value in result["load_before"])
    rows += [
        "",
        f"{result['seconds']:.0f} 秒，完成服务 {result['services']} 次，"
        f"接待过 {result['people_served']} 人；"
        f"结束的同时说出、由机器人回答的 {result['said_after_end']} 条；"
        f"记录与双方所说不一致的对话 {result['not_recorded_once_in_order']} 段；"
        f"被拒绝的请求：{result['refused'] or '无'}。",
        f"服务器内存 {result['memory_mb_at_start']:.0f} MB，最高 {result['memory_mb_most']:.0f} MB；"
        f"平均占用 {result['server_cores']:.2f} 核，测量程序 {result['driver_cores']:.2f} 核"
        f"（共 {os.cpu_count()} 核，开始前一分钟、五分钟、十五分钟负载 {load}）。",
    ]
    return "\n".join(rows)


def main() -> int:
    """Print the measurement; 1 when a message was not delivered exactly once and in order."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--staff", type=int, default=50)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument(
        "--pause", type=float, nargs=2, default=PAUSE_S, help="两条消息之间的最短和最长间隔，秒"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="也把结果写入这个文件")
    options = parser.parse_args()
    random.seed(options.seed)
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as name:
        folder = prepared_data_dir(Path(name))
        logins = make_staff(folder, options.staff)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [str(BIN / "huhang"), "serve"]
        with running([command], environment(folder, port), folder / "serve.log") as processes:
            wait_for(f"{url}/readyz", processes)
            result = asyncio.run(play(url, logins, processes[0], options))
    result["load_before"] = load
    print(table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2, ensure_ascii=False), encoding="utf-8")
    sides = (result["to_staff"], result["to_person"])
    faults = sum(side[key] for side in sides for key in ("lost", "doubled", "out_of_order"))
    slowest = max(side["p95_ms"] for side in sides)
    print(f"\n目标 p95 ≤ {TARGET_MS:.0f} 毫秒：{'达到' if slowest <= TARGET_MS else '没有达到'}")
    return 1 if faults or result["not_recorded_once_in_order"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
