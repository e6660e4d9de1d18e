"""A thousand people at a campaign in ten minutes, on loopback: is anything lost, and how long do they wait?

Starts ``huhang serve`` with a data folder of its own, on a day in a campaign that ships with the program.
People come at random moments spread over the time.  Each scans a place's code, loads the page with its
scripts, begins a round, answers five questions with a pause before each, and fetches the card.  At the end
the record must have every scan, start, answer, finish and card, and the board every right answer.

With ``--chat CHECKOUT`` the same people play the quiz in the conversation instead (page, 开始答题, five
answers, card), against the server of another checkout, say a worktree of an earlier commit; its numbers
beside the first give the ratio.

Prints median, 95th percentile and longest wait of each step, and what was lost.  Ends with 1 when anything
was, when an answer's 95th percentile is over 150 ms, or a card's over 400 ms.

Usage: ``python benchmarks/campaign.py [--people 1000] [--minutes 10] [--chat CHECKOUT] [--json FILE]``
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from desk import campaigns
from desk.campaign_figures import figures
from desk.campaign_plays import board
from desk.engine import open_engine, reading

ROOT = Path(__file__).resolve().parents[1]
TODAY = "2026-04-26"
CODE = "ipday2026"
ANSWER_MS, CARD_MS = 150.0, 400.0
PAUSE_S = (1.0, 4.0)
PREPARING_S, STARTING_S = 900, 240
PARTS = ("campaign.css", "main.js", "quiz.js", "rights.js", "dom.js", "kiosk.js")
AUDIENCES = ("child", "student", "adult", "enterprise")


@dataclass
class Seen:
    """What the people met: seconds waited by step, failures, and what they know they did."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: Counter[str] = field(default_factory=Counter)
    right: int = 0
    finished: int = 0


def command(checkout: Path, data_dir: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """A ``huhang`` command of a checkout and its environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HUHANG_")}
    script = "import sys; from channels.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {
        **kept,
        "HUHANG_DATA_DIR": str(data_dir),
        "HUHANG_TODAY": TODAY,
        "PYTHONPATH": str(checkout),
    }
    return [sys.executable, "-c", script, *arguments], environment


@contextlib.contextmanager
def serving(checkout: Path, data_dir: Path) -> Iterator[str]:
    """Run a checkout's server on a fresh data folder; its address."""
    for name in ("snapshots", "models"):
        if (checkout / "var" / name).is_dir():
            shutil.copytree(checkout / "var" / name, data_dir / name, symlinks=True)
    for arguments in (("kb", "build", "--if-stale", "--publish"), ("train", "bot")):
        line, environment = command(checkout, data_dir, *arguments)
        subprocess.run(
            line,
            cwd=checkout,
            env=environment,
            check=True,
            capture_output=True,
            timeout=PREPARING_S,
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line, environment = command(checkout, data_dir, "serve", "--port", str(port))
    with (data_dir / "serve.log").open("w") as log:
        process = subprocess.Popen(line, cwd=checkout, env=environment, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


async def ready(session: aiohttp.ClientSession, url: str) -> None:
    """Wait until the server says so.

    :raises TimeoutError: it does not.
    """
    ends = time.monotonic() + STARTING_S
    while time.monotonic() < ends:
        with contextlib.suppress(aiohttp.ClientError):
            async with session.get(f"{url}/readyz") as response:
                if response.status == 200:
                    return
        await asyncio.sleep(0.5)
    raise TimeoutError("the server is not ready")


class Person:
    """One visitor with a connection of their own."""

    def __init__(self, url: str, number: int, seen: Seen) -> None:
        self._url, self._seen = url, seen
        self._chance = random.Random(number)
        self._number = number

    async def ask(
        self,
        session: aiohttp.ClientSession,
        step: str,
        path: str,
        body: object = None,
        **headers: str,
    ) -> bytes:
        """One request, timed under its step."""
        begun = time.perf_counter()
        method = "GET" if body is None else "POST"
        try:
            async with session.request(
                method, self._url + path, json=body, headers=headers
            ) as response:
                data = await response.read()
                if response.status != 200:
                    self._seen.failures[f"{step} {response.status}"] += 1
        except (aiohttp.ClientError, TimeoutError) as error:
            self._seen.failures[f"{step} {type(error).__name__}"] += 1
            raise
        self._seen.waits[step].append(time.perf_counter() - begun)
        return data

    async def pause(self) -> None:
        """Read and think."""
        await asyncio.sleep(self._chance.uniform(*PAUSE_S))

    async def at_the_campaign(self) -> None:
        """Scan, play and take the card."""
        place = str(self._chance.randrange(3) + 1)
        async with aiohttp.ClientSession() as session:
            await self.ask(session, "page", f"/c/{CODE}?p={place}")
            for part in PARTS:
                await self.ask(session, "script", f"/static/campaign/{part}")
            await self.pause()
            wanted = {"audience": self._chance.choice(AUDIENCES), "place": place}
            told = json.loads(await self.ask(session, "start", f"/c/{CODE}/plays", wanted))
            path = f"/c/{CODE}/plays/{told['play']}"
            options = told["question"]["options"]
            for number in range(1, told["total"] + 1):
                await self.pause()
                choice = {"number": number, "choice": self._chance.randrange(len(options))}
                told = json.loads(await self.ask(session, "answer", path, choice))
                options = told["next"]["options"] if told["next"] else []
            self._seen.right += told["result"]["score"]
            self._seen.finished += 1
            await self.ask(session, "card", told["result"]["card"].replace("/card?", "/card.png?"))

    async def in_the_chat(self) -> None:
        """The same in the conversation, as the chat page of a checkout without campaigns does it."""
        sender = f"bench-{self._number}"
        async with aiohttp.ClientSession() as session:
            await self.ask(session, "page", "/")
            await self.pause()
            headers: dict[str, str] = {}
            for step, text in (("start", "开始答题"), *(("answer", letter) for letter in "ABCDA")):
                begun = time.perf_counter()
                body = {"sender": sender, "text": text}
                async with session.post(
                    f"{self._url}/api/v1/messages", json=body, headers=headers
                ) as response:
                    await response.read()
                    if response.status != 200:
                        self._seen.failures[f"{step} {response.status}"] += 1
                    token = response.headers.get("X-Sender-Token")
                    headers = {"X-Sender-Token": token} if token else headers
                self._seen.waits[step].append(time.perf_counter() - begun)
                await self.pause()
            await self.ask(session, "card", "/quiz/card.svg?score=4&total=5")
            self._seen.finished += 1


async def crowd(url: str, people: int, seconds: float, *, is_chat: bool) -> Seen:
    """Let the people come; every one is waited for."""
    seen = Seen()
    chance = random.Random(426)
    async with aiohttp.ClientSession() as session:
        await ready(session, url)

    async def come(number: int, after: float) -> None:
        await asyncio.sleep(after)
        person = Person(url, number, seen)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, KeyError, ValueError):
            await (person.in_the_chat() if is_chat else person.at_the_campaign())

    await asyncio.gather(*(come(n, chance.uniform(0, seconds)) for n in range(people)))
    return seen


def lost(data_dir: Path, people: int, seen: Seen) -> dict[str, int]:
    """What the record lacks of what was done; empty when nothing."""
    engine = open_engine(f"sqlite:///{data_dir / 'desk.sqlite'}")
    with reading(engine) as conn:
        campaign = campaigns.by_code(conn, CODE)
        found = figures(conn, campaign, smallest=0)
        assert board(conn, campaign.id) == ()
    engine.dispose()
    answers = sum(item.times or 0 for item in found.questions)
    right = sum(item.right or 0 for item in found.questions)
    wanted = {"scan": people, "start": people, "finish": people, "card": people}
    gone = {name: number - (found.totals[name] or 0) for name, number in wanted.items()}
    gone |= {"answers": 5 * people - answers, "right": seen.right - right}
    return {name: number for name, number in gone.items() if number}


def summary(seen: Seen) -> dict[str, dict[str, float]]:
    """Milliseconds by step: median, 95th percentile, longest, and how many."""
    return {
        step: {
            "p50": 1000 * statistics.median(waits),
            "p95": 1000 * statistics.quantiles(waits, n=20)[-1]
            if len(waits) > 1
            else 1000 * waits[0],
            "max": 1000 * max(waits),
            "n": len(waits),
        }
        for step, waits in seen.waits.items()
    }


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument(
        "--chat", type=Path, help="a checkout whose quiz is played in the conversation"
    )
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    checkout = (given.chat or ROOT).resolve()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        with serving(checkout, data_dir) as url:
            seen = asyncio.run(
                crowd(url, given.people, 60 * given.minutes, is_chat=given.chat is not None)
            )
        gone = {} if given.chat else lost(data_dir, given.people, seen)
    found = summary(seen)
    print(f"{given.people} people in {given.minutes:g} minutes, {seen.finished} finished")
    for step, numbers in found.items():
        print(
            f"{step:8} n={numbers['n']:<6.0f} p50 {numbers['p50']:7.1f}  p95 {numbers['p95']:7.1f}  max {numbers['max']:7.1f} ms"
        )
    print("lost:", gone or "nothing", "failures:", dict(seen.failures) or "none")
    if given.json:
        given.json.write_text(
            json.dumps({"steps": found, "lost": gone, "failures": seen.failures}, indent=1), "utf-8"
        )
    is_slow = given.chat is None and (
        found["answer"]["p95"] > ANSWER_MS or found["card"]["p95"] > CARD_MS
    )
    return 1 if gone or seen.failures or is_slow else 0


if __name__ == "__main__":
    sys.exit(main())
