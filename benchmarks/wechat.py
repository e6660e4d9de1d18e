"""An official account under load, against the stand-in for its server: is each message answered once, and how soon.

People write at a steady rate; some answers are slow, some are lost on their way, the server is killed
and started again, its token ends, and a window closes.  The bot only echoes, so that what is measured is
the channel.  With ``--beside PYTHON`` (an interpreter that has werobot 1.13) the same people then write to an
echo handler of werobot, without slow answers and kills.

    python -m benchmarks.wechat --messages 10000 --people 500 --rate 50 --kills 3
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from channels.app import create_app
from server.readiness import GOLDEN_QUESTION
from server.serving import listen, serve
from settings import WeChatSettings, load_settings
from tests.wechat.standin import StandIn
from tests.wechat.wire import Secrets

ROOT = Path(__file__).resolve().parents[1]
SLOW_S = 6.0
SLOW, LOST = 0.02, 0.02
WEROBOT = """
import sys, werobot
robot = werobot.WeRoBot(token=sys.argv[2], enable_session=False)
@robot.text
def echo(message):
    return "收到：" + message.content
robot.config["HOST"], robot.config["PORT"] = "127.0.0.1", int(sys.argv[1])
robot.run()
"""


class Echo:
    """Says what it hears; what is marked slow takes longer than the server waits."""

    async def start(self) -> None:
        """Nothing to load."""

    async def handle(self, sender: str, text: str, metadata: Mapping[str, Any]) -> Sequence[Any]:
        if text == GOLDEN_QUESTION:
            cited = {"document": "d", "title": "t", "quote": "20天", "snapshot": "s"}
            return [{"kind": "answer", "text": "20天", "citations": [cited]}]
        if text.startswith("慢"):
            await asyncio.sleep(SLOW_S)
        return [{"kind": "text", "text": f"收到：{text}"}]

    def snapshot(self) -> str:
        return "s"

    async def close(self) -> None:
        """Nothing was opened."""


def run_server(port: int, api: str) -> None:
    """The server under test, in its own process."""
    known, settings = Secrets(), load_settings()
    account = WeChatSettings(
        app_id=known.receiver, secret=known.app_secret, token=known.token, aes_key=known.aes_key,
        mode="safe", may_push=True, api=api,
    )  # fmt: skip
    web_settings = dataclasses.replace(settings.channels, port=port, rate_per_minute=100_000)
    changed = dataclasses.replace(settings, wechat=account, channels=web_settings)
    serve(create_app(changed, dialogue=Echo()), listen("127.0.0.1", port))


class Load:
    """People who write to one account."""

    def __init__(self, standin: StandIn, people: int, seed: int = 7) -> None:
        self.standin = standin
        self.people = [f"oBench{number:022d}" for number in range(people)]
        self.random = random.Random(seed)
        self.sent: dict[str, str] = {}
        self.passive_s: list[float] = []
        # Of messages that came while the server was killed and started.
        self.cut_s: list[float] = []
        self.is_down = False
        self.downs = 0

    async def write(
        self, messages: int, rate: float, *, is_rough: bool, at: Mapping[int, Any]
    ) -> None:
        """:param at: what else happens before which message."""
        tasks = []
        begun = time.monotonic()
        for number in range(messages):
            if number in at:
                tasks.append(asyncio.create_task(at[number]()))
            await asyncio.sleep(max(0, begun + number / rate - time.monotonic()))
            tasks.append(asyncio.create_task(self._one(number, is_rough=is_rough)))
        await asyncio.gather(*tasks)

    async def _one(self, number: int, *, is_rough: bool) -> None:
        person = self.people[self.random.randrange(len(self.people))]
        is_slow = is_rough and self.random.random() < SLOW
        is_lost = is_rough and self.random.random() < LOST
        text = f"{'慢' if is_slow else '问'}{number}"
        self.sent[f"收到：{text}"] = person
        begun, was_down, downs = time.monotonic(), self.is_down, self.downs
        shown = await self.standin.says(
            person, text, lost=frozenset({0}) if is_lost else frozenset()
        )
        if shown is not None and not is_slow and not is_lost:
            kept = self.cut_s if was_down or self.downs > downs else self.passive_s
            kept.append(time.monotonic() - begun)

    def counts(self) -> Counter[str]:
        """How often each answer was seen by whom it was for."""
        seen: Counter[str] = Counter()
        for person in self.standin.people.values():
            for text in person.texts:
                seen.update(text.split("\n\n"))
        return seen


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


async def run(options: argparse.Namespace, folder: str) -> int:
    standin = StandIn(Secrets())
    standin.retry_pause_s = 5.0
    runner = web.AppRunner(standin.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api = f"http://127.0.0.1:{runner.addresses[0][1]}"
    port = free_port()
    standin.callback = f"http://127.0.0.1:{port}/wechat/callback"
    server = Server(port, api, folder)
    await server.start()
    load = Load(standin, options.people)

    async def close_a_window() -> None:
        standin.people[load.people[0]].window_until = 0

    async def expire() -> None:
        standin.expire_token()

    async def kill() -> None:
        load.is_down, load.downs = True, load.downs + 1
        await server.kill_and_start()
        load.is_down = False

    step = options.messages // (options.kills + 2)
    at: dict[int, Any] = {step * (n + 1): kill for n in range(options.kills)}
    at[step // 2] = expire
    at[step // 3] = close_a_window
    await load.write(options.messages, options.rate, is_rough=True, at=at)
    missing = await settled(load)
    seen = load.counts()
    doubled = [text for text in load.sent if seen[text] > 1]
    report("护航", load.passive_s)
    if load.cut_s:
        report("护航，强行结束和重启之间发来的", load.cut_s)
    print(
        f"消息 {len(load.sent)}，人 {options.people}，每秒 {options.rate:g}，强行结束 {server.kills} 次，取令牌 {standin.tokens_given} 次："
        f"答一次 {len(load.sent) - len(missing) - len(doubled)}，没答 {len(missing)}，答两次 {len(doubled)}"
    )
    await server.stop()
    if options.beside:
        await beside(options, standin)
    await standin.close()
    await runner.cleanup()
    return 1 if missing or doubled else 0


async def settled(load: Load) -> list[str]:
    """Wait for what is still on its way; who has a closed window or used up their messages writes more."""
    for turn in range(1, 91):
        seen = load.counts()
        missing = [text for text in load.sent if not seen[text]]
        if not missing:
            return []
        if turn % 10 == 0:
            for person in {load.sent[text] for text in missing}:
                await load.standin.says(person, "1")
        await asyncio.sleep(2)
    return missing


async def beside(options: argparse.Namespace, standin: StandIn) -> None:
    """The same people and rate against an echo handler of werobot."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        options.beside, "-c", WEROBOT, str(port), standin.known.token,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await listening(port)
        standin.mode, standin.callback = "plain", f"http://127.0.0.1:{port}/"
        load = Load(standin, options.people)
        await load.write(min(options.messages, 2000), options.rate, is_rough=False, at={})
        report("werobot 1.13（明文、不保存）", load.passive_s)
    finally:
        process.kill()
        await process.wait()


def report(name: str, passive_s: Sequence[float]) -> None:
    print(
        f"{name}：被动回复 {len(passive_s)} 条，p50 {percentile(passive_s, 0.5) * 1000:.0f} 毫秒，"
        f"p95 {percentile(passive_s, 0.95) * 1000:.0f} 毫秒，最慢 {max(passive_s, default=0) * 1000:.0f} 毫秒",
        flush=True,
    )


class Server:
    """The server's process."""

    def __init__(self, port: int, api: str, folder: str) -> None:
        self.port = port
        self.kills = 0
        self._command = [sys.executable, "-m", "benchmarks.wechat", "--serve", str(port), api]
        self._environment = {**os.environ, "HUHANG_DATA_DIR": folder, "HUHANG_LOG_LEVEL": "ERROR"}
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, env=self._environment
        )
        await listening(self.port)

    async def kill_and_start(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        self.kills += 1
        await self.start()

    async def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        await self._process.wait()


async def listening(port: int) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise SystemExit("the server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--beside", help="an interpreter that has werobot")
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "API"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        run_server(int(options.serve[0]), options.serve[1])
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(options, folder))


if __name__ == "__main__":
    sys.exit(main())
