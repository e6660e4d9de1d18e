"""Ten senders of slow messages beside one person with ordinary questions: what does that person notice?

Starts ``huhang serve`` on loopback.  One person asks ordinary questions one after the other: alone first,
then while the others send texts of full length that are dear to read (compatibility characters that grow
when they are normalised, runs of digits and numerals, names without end, pasted passages), each the next
as soon as the last was answered or refused.

Prints how long the person's answers took alone and beside the others, and what the others got.  Ends with 1
when the person's 95th percentile is more than three times what it is alone, or one answer took half a
second more than the longest alone.

Usage: ``python benchmarks/hostile.py [--questions 100] [--senders 10] [--json FILE]``
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.serving import prepare, serving

LENGTH = 2000
ROUNDS = 4
UNITS = (
    "\ufdfa", "337", "1", "一百", "①", "㏿", "ﬃ", "http://", "百", "½", "两", "1,", "美国", "万", "usd 1", "1元", "有限公司",
    "不是美国，是德国，", "第一条第1款", "jan 1, ", "XS-", "收到", "被投诉怎么办", "a1 ", "the court hereby orders ",
)  # fmt: skip
QUESTIONS = (
    "收到337调查立案通知，几天内要答辩？",
    "商标在德国被人抢注了怎么办？",
    "亚马逊店铺被TRO冻结了怎么办？",
    "资助要准备哪些材料？",
    "你好",
    "欧盟海关扣了货，多久要回复？",
    "在广州，找哪个中心帮忙？",
    "专利无效要多久？",
)
MOST_TIMES = 3.0
MOST_MORE_S = 0.5


def ask(url: str, sender: str, text: str, token: str | None) -> tuple[int, float, str | None]:
    """:return: status, seconds and the sender's token."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["X-Sender-Token"] = token
    request = urllib.request.Request(
        f"{url}/api/v1/messages",
        data=json.dumps({"sender": sender, "text": text}).encode(),
        headers=headers,
    )
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            response.read()
            status, token = 200, response.headers.get("X-Sender-Token", token)
    except urllib.error.HTTPError as error:
        status = error.code
    return status, time.perf_counter() - begun, token


def person(url: str, name: str, questions: int) -> list[float]:
    """The seconds of each of an ordinary person's answers; a new conversation every few questions."""
    taken, token = [], None
    for number in range(questions):
        if number % len(QUESTIONS) == 0:
            token = None
        sender = f"{name}-{number // len(QUESTIONS)}"
        status, seconds, token = ask(url, sender, QUESTIONS[number % len(QUESTIONS)], token)
        if status != 200:
            raise SystemExit(f"an ordinary question was answered {status}")
        taken.append(seconds)
        time.sleep(0.02)
    return taken


def hostile(url: str, number: int, stop: threading.Event, got: Counter[int]) -> None:
    """Send dear texts until told to stop."""
    token = None
    for turn in itertools.count(number):
        if stop.is_set():
            return
        unit = UNITS[turn % len(UNITS)]
        text = (unit * (LENGTH // len(unit) + 1))[:LENGTH]
        status, _seconds, token = ask(url, f"hostile-{number}", text, token)
        got[status] += 1


@contextmanager
def beside_hostile(url: str, senders: int, turn: int, got: Counter[int]) -> Iterator[None]:
    """Have the others send while the block runs."""
    stop = threading.Event()
    numbers = range(turn * senders, (turn + 1) * senders)
    threads = [threading.Thread(target=hostile, args=(url, n, stop, got)) for n in numbers]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def measured(taken: list[float]) -> dict[str, float]:
    """Median, 95th percentile and longest, in milliseconds."""
    ordered = sorted(taken)
    return {
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p95_ms": round(1000 * ordered[int(0.95 * (len(ordered) - 1))], 1),
        "max_ms": round(1000 * ordered[-1], 1),
    }


def run(questions: int, senders: int) -> dict[str, object]:
    """Measure alone, then beside the others."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        with serving(Path(folder), HUHANG_RATE_PER_MINUTE="1000000") as server:
            person(server.url, "warm", 2 * len(QUESTIONS))
            got = Counter[int]()
            taken: tuple[list[float], list[float]] = ([], [])
            # In turns, so that what else the machine does falls on both.
            for turn in range(ROUNDS):
                taken[0].extend(person(server.url, f"alone-{turn}", questions // ROUNDS))
                with beside_hostile(server.url, senders, turn, got):
                    taken[1].extend(person(server.url, f"beside-{turn}", questions // ROUNDS))
    alone, beside = (measured(item) for item in taken)
    return {
        "alone": alone,
        "beside": beside,
        "times_p95": round(beside["p95_ms"] / alone["p95_ms"], 2),
        "more_at_most_ms": round(beside["max_ms"] - alone["max_ms"], 1),
        "hostile_got": {str(status): number for status, number in sorted(got.items())},
    }


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--senders", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = run(options.questions, options.senders)
    for name, value in result.items():
        print(f"{name:16} {value}")
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), "utf-8")
    is_kept = (
        result["times_p95"] <= MOST_TIMES and result["more_at_most_ms"] <= 1000 * MOST_MORE_S  # type: ignore[operator]
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
