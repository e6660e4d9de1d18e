"""A real server killed again and again under traffic: what was acknowledged, is it kept, once, as it was said?

People (threads) talk with ``huhang serve`` on loopback: questions, and the form that registers a lead.
Each message has an id; one that was not acknowledged (connection cut, refused) is sent again under its id
until it is.  The server gets ``SIGKILL`` at random moments while messages are under way, and is started
anew.  Some acknowledged messages are sent again, too, and must bring the same answer.

A start that fails is tried again, three times; then the program says what the server said and ends with 2.
At the end the databases are read: every acknowledged message stands once in the record with exactly the
acknowledged answer, its turn stands once in the dialogue state with the same answer, and every company
has one lead.  Prints the counts; ends with 1 when one is wrong.

Usage: ``python benchmarks/kills.py [--kills 30] [--people 6] [--seed 1] [--json FILE]``
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.serving import Server, prepare, serving

# A life lasts for so many acknowledged messages, on a quick machine or a busy one, and a moment more, so
# that the kill falls anywhere in a turn.
ALIVE_MESSAGES = (20, 60)
MOMENT_S = (0.0, 0.3)
SENT_AGAIN = 0.2
# How often a start is tried, and how long anybody waits for the server, or for a last answer.
STARTS = 3
DOWN_S = 900.0
LAST_ANSWER_S = 60.0
# What the dialogue keeps of every conversation, in order.
STORED_TURNS = (
    "SELECT sender_id, type_name, data FROM events WHERE type_name IN ('user', 'bot') ORDER BY id"
)
# One conversation; everybody begins another when it is over.
SUBMIT = "确认提交"
TALK = (
    "我要登记援助线索", "同意", "{company}", "跳过", "张三", "13812345678", "白云区", "美国", "商标", "平台投诉", "跳过", "跳过",
    "跳过", SUBMIT, "谢谢", "收到337调查立案通知，几天内要答辩？", "亚马逊店铺被TRO冻结了怎么办？", "那德国呢？",
)  # fmt: skip


class StartError(Exception):
    """The server does not start any more."""


@dataclass
class Counts:
    """What happened, and what was wrong."""

    kills: int = 0
    failed_starts: int = 0
    stuck: int = 0
    sent: int = 0
    acknowledged: int = 0
    sent_again_after_a_cut: int = 0
    sent_again_after_the_answer: int = 0
    other_answer: int = 0
    not_kept_once: int = 0
    turn_not_once: int = 0
    kept_answer_differs: int = 0
    leads_not_once: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        """How much was lost, doubled or changed."""
        return (
            self.stuck
            + self.other_answer
            + self.not_kept_once
            + self.turn_not_once
            + self.kept_answer_differs
            + self.leads_not_once
        )


class Person:
    """Sends one message after the other, each until it is acknowledged."""

    def __init__(self, number: int, counts: Counts, choice: random.Random) -> None:
        self.answers: dict[str, list[str]] = {}
        self.submitted: list[str] = []
        self._number = number
        self._counts = counts
        self._choice = choice
        self._sender = ""
        self._token: str | None = None

    def talk(self, server: Running) -> None:
        """Have conversations until the traffic ends."""
        visit = 0
        while not server.is_over:
            self._sender = f"kills-{self._number}-{visit}-{self._choice.randrange(16**8):08x}"
            self._token = None
            company = f"广州小白{self._number}甲{visit}制造有限公司"
            for turn, words in enumerate(TALK):
                text = words.format(company=company)
                if not self._say(server, f"{self._sender}-{turn}", text):
                    return
                if words == SUBMIT:
                    self.submitted.append(company)
            visit += 1

    def _say(self, server: Running, identity: str, text: str) -> bool:
        """:return: False when the traffic ended before the message was acknowledged."""
        said = self._until_acknowledged(server, identity, text)
        if said is None:
            return False
        self.answers[identity] = said
        self._counts.acknowledged += 1
        if self._choice.random() < SENT_AGAIN:
            again = self._until_acknowledged(server, identity, text)
            self._counts.sent_again_after_the_answer += again is not None
            self._counts.other_answer += again is not None and again != said
        return not server.is_over

    def _until_acknowledged(self, server: Running, identity: str, text: str) -> list[str] | None:
        first = True
        while True:
            self._counts.sent += 1
            self._counts.sent_again_after_a_cut += not first
            first = False
            try:
                return self._send(server.url, identity, text)
            except urllib.error.HTTPError as error:
                self._counts.errors[str(error.code)] += 1
            except (OSError, ValueError) as error:
                self._counts.errors[type(error).__name__] += 1
            if not server.wait():
                return None

    def _send(self, url: str, identity: str, text: str) -> list[str]:
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["X-Sender-Token"] = self._token
        body = {"sender": self._sender, "text": text, "message_id": identity}
        request = urllib.request.Request(
            f"{url}/api/v1/messages", data=json.dumps(body).encode(), headers=headers
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            reply: dict[str, Any] = json.loads(response.read())
            self._token = response.headers.get("X-Sender-Token", self._token)
        return [str(message["text"]) for message in reply["messages"]]


class Running:
    """Where the server is now; between two lives nobody sends."""

    def __init__(self) -> None:
        self.url = ""
        self.is_over = False
        self._up = threading.Event()

    def up(self, url: str) -> None:
        """The server answers."""
        self.url = url
        self._up.set()

    def down(self) -> None:
        """The server is about to be killed or is gone."""
        self._up.clear()

    def end(self) -> None:
        """No more messages; those who wait stop waiting."""
        self.is_over = True
        self._up.set()

    def wait(self) -> bool:
        """:return: whether to send again."""
        time.sleep(0.05)
        return self._up.wait(DOWN_S) and not self.is_over


def run(data_dir: Path, kills: int, people: int, seed: int) -> Counts:
    """Kill a server under traffic and compare what was said with what is kept."""
    counts, choice, state = Counts(), random.Random(seed), Running()
    crowd = [
        Person(number, counts, random.Random(choice.random())) for number in range(1, people + 1)
    ]
    # Nobody may keep the program from ending, whatever a server does to them.
    threads = [threading.Thread(target=person.talk, args=(state,), daemon=True) for person in crowd]
    try:
        for life in range(kills + 1):
            with contextlib.ExitStack() as stack:
                server = _started(stack, data_dir, counts)
                state.up(server.url)
                if life == 0:
                    for thread in threads:
                        thread.start()
                _has_served(counts, choice.randint(*ALIVE_MESSAGES))
                time.sleep(choice.uniform(*MOMENT_S))
                if life < kills:
                    os.kill(server.pid, signal.SIGKILL)
                    state.down()
                    counts.kills += 1
                else:
                    state.is_over = True
                    counts.stuck = _joined(threads)
    finally:
        state.end()
    compare(data_dir, crowd, counts)
    return counts


def _started(stack: contextlib.ExitStack, data_dir: Path, counts: Counts) -> Server:
    """A server that is ready; a start that fails is tried again, a few times.

    :raises StartError: saying what the last one said.
    """
    for left in reversed(range(STARTS)):
        try:
            return stack.enter_context(serving(data_dir, HUHANG_RATE_PER_MINUTE="100000"))
        except AssertionError as error:
            counts.failed_starts += 1
            print(f"start failed after kill {counts.kills}, {left} tries left", file=sys.stderr)
            reason = str(error)
    raise StartError(
        f"the server did not start {STARTS} times running, after kill {counts.kills}:\n{reason}"
    )


def _has_served(counts: Counts, messages: int) -> None:
    """Wait until so many more messages are acknowledged, or nobody has had an answer for long."""
    enough, seen = counts.acknowledged + messages, counts.acknowledged
    until = time.monotonic() + LAST_ANSWER_S
    while counts.acknowledged < enough and time.monotonic() < until:
        time.sleep(0.01)
        if counts.acknowledged > seen:
            seen, until = counts.acknowledged, time.monotonic() + LAST_ANSWER_S


def _joined(threads: list[threading.Thread]) -> int:
    """:return: how many had no answer in time."""
    until = time.monotonic() + LAST_ANSWER_S
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    return sum(thread.is_alive() for thread in threads)


def compare(data_dir: Path, crowd: list[Person], counts: Counts) -> None:
    """Count what the databases hold otherwise than it was acknowledged."""
    with contextlib.closing(sqlite3.connect(data_dir / "trackers.sqlite")) as trackers:
        turns, uttered = turns_of(trackers.execute(STORED_TURNS))
    with contextlib.closing(sqlite3.connect(data_dir / "desk.sqlite")) as desk:
        for person in crowd:
            for identity, said in person.answers.items():
                rows = desk.execute(
                    "SELECT uid FROM messages WHERE client_id = ?", (identity,)
                ).fetchall()
                counts.not_kept_once += len(rows) != 1
                (uid,) = rows[0] if rows else ("",)
                kept = desk.execute(
                    "SELECT text FROM messages WHERE reply_to = ? ORDER BY seq", (uid,)
                ).fetchall()
                counts.turn_not_once += turns[uid] != 1
                answers = ([text for (text,) in kept], uttered.get(uid, []))
                counts.kept_answer_differs += any(answer != said for answer in answers)
        companies = desk.execute("SELECT company, count(*) FROM leads GROUP BY company").fetchall()
        submitted = {company for person in crowd for company in person.submitted}
        counts.leads_not_once += sum(number != 1 for _company, number in companies)
        counts.leads_not_once += len(submitted - {company for company, _number in companies})


def turns_of(events: Iterable[Any]) -> tuple[Counter[str], dict[str, list[str]]]:
    """How often each message's turn is stored, and what was said in it.

    :param events: the rows of :data:`STORED_TURNS`.
    """
    turns: Counter[str] = Counter()
    uttered: dict[str, list[str]] = {}
    present: dict[str, str] = {}
    for sender, kind, data in events:
        event = json.loads(data)
        if kind == "user":
            present[sender] = event.get("metadata", {}).get("message_id", "")
            turns[present[sender]] += 1
            uttered[present[sender]] = []
        else:
            uttered[present[sender]].append(event.get("text") or "")
    return turns, uttered


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        try:
            counts = run(Path(folder), options.kills, options.people, options.seed)
        except StartError as error:
            print(error, file=sys.stderr)
            return 2
    result = {**asdict(counts), "errors": dict(counts.errors), "wrong": counts.wrong}
    for name, value in result.items():
        print(f"{name:28} {value}")
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    return 1 if counts.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
