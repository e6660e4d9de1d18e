"""Two builds side by side: what one installs, how long until it answers, what it holds.

Each build is cloned into a folder of its own and started there with ``make run`` as on a fresh machine
(no cache of pip, empty data folder), one after the other; then what can be repeated is measured in turns,
so that whatever else the machine does falls on both; where it does much, compare processor seconds.  Only the older build's own lock is used for it.

Usage: ``python benchmarks/start.py --base CHECKOUT [--work FOLDER] [--times 3] [--messages 1000]
[--json FILE]``.  ``--installed`` takes the clones of an earlier run and leaves out the first start.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.typical import PER_SENDER, messages

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "收到337调查立案通知，几天内要答辩？"
LIMIT_S = 3600.0
TALKING = 4  # people at once
# What is measured: its name, its unit, and the most that the ratio may be.
AIMS = {
    "size": ("environment, MB", 0.30),
    "first_answer": ("first make run to first answer, s", 0.50),
    "first_ready": ("first make run to ready, s", None),
    "lines": ("lines on the screen at the first start", None),
    "ask": ("huhang ask 你好, s", 0.35),
    "ask_processor": ("huhang ask 你好, processor s", 0.35),
    "ask_rss": ("huhang ask 你好, peak MB", None),
    "ready": ("start to ready, s", 0.50),
    "ready_processor": ("start to ready, processor s", 0.50),
    "rss": ("resident after the messages, MB", 0.45),
}


@dataclass
class Build:
    """One clone, and what was measured of it."""

    folder: Path
    found: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, value: float) -> None:
        """Keep one measurement."""
        self.found.setdefault(name, []).append(value)

    def median(self, name: str) -> float | None:
        """The median of the measurements; None where there is none."""
        values = self.found.get(name)
        return statistics.median(values) if values else None

    def environment(self, port: int = 0) -> dict[str, str]:
        """The variables that its programs run with."""
        # Neither the settings nor the modules of whoever starts this program.
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("HUHANG_", "PYTHON", "VIRTUAL_ENV"))
        }
        data = self.folder.with_name(f"{self.folder.name}-data")
        own = {
            "HUHANG_DATA_DIR": str(data),
            "HUHANG_PORT": str(port),
            "HUHANG_RATE_PER_MINUTE": "1000000",
            "PIP_NO_CACHE_DIR": "1",
        }
        return {**kept, **own}


def clone(checkout: Path, folder: Path) -> Build:
    """The committed state of a checkout, without anything built."""
    subprocess.run(["git", "clone", "--quiet", str(checkout), str(folder)], check=True)
    head = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "HEAD"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    detach = ["git", "-C", str(folder), "checkout", "--quiet", "--detach", head.stdout.strip()]
    subprocess.run(detach, check=True)
    return Build(folder)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(build: Build, line: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A program of the build until the block ends; what it shows goes to a file beside the clone."""
    seen = build.folder.with_name(f"{build.folder.name}-screen")
    with seen.open("wb") as screen:
        process = subprocess.Popen(
            line,
            cwd=build.folder,
            env=build.environment(port),
            stdin=subprocess.DEVNULL,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def until(done: Callable[[], bool], process: subprocess.Popen[bytes]) -> float:
    """:return: the seconds until something is so."""
    begun = time.monotonic()
    while time.monotonic() < begun + LIMIT_S:
        if process.poll() is not None:
            raise SystemExit(f"{process.args} ended with {process.returncode}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if done():
                return time.monotonic() - begun
        time.sleep(0.1)
    raise SystemExit(f"{process.args}: nothing in {LIMIT_S:.0f} s")


def say(port: int, sender: str, text: str, token: str | None = None) -> tuple[Any, str | None]:
    """One message; the reply, and the token of the conversation."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["X-Sender-Token"] = token
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/messages",
        data=json.dumps({"sender": sender, "text": text}).encode(),
        headers=headers,
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=LIMIT_S) as response:
                return json.loads(response.read()), response.headers.get("X-Sender-Token", token)
        except urllib.error.HTTPError as refused:  # a machine that is too busy is asked again
            if "Retry-After" not in refused.headers:
                raise
            time.sleep(float(refused.headers["Retry-After"]))


def is_answered(port: int) -> bool:
    """Whether a new person gets a cited answer."""
    reply, _ = say(port, f"first-{time.monotonic_ns()}", QUESTION)
    return any(message["kind"] == "answer" for message in reply["messages"])


def is_ready(port: int) -> bool:
    """Whether the whole assistant answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as response:
        return bool(response.status == 200)


def first_start(build: Build) -> None:
    """``make run`` as on a fresh machine."""
    port = free_port()
    with running(build, ["make", "run"], port) as process:
        answered = until(lambda: is_answered(port), process)
        build.note("first_answer", answered)
        build.note("first_ready", answered + until(lambda: is_ready(port), process))
    screen = build.folder.with_name(f"{build.folder.name}-screen").read_bytes()
    build.note("lines", len(screen.splitlines()))


def size(build: Build) -> float:
    """Megabytes of the environment on the disk; a file with several names counts once."""
    seen: dict[int, int] = {}
    for folder, _, names in os.walk(build.folder / ".venv"):
        for name in names:
            state = os.lstat(os.path.join(folder, name))
            seen[state.st_ino] = state.st_blocks * 512
    return sum(seen.values()) / 1e6


def ask(build: Build) -> None:
    """``huhang ask 你好``: seconds and the most memory it held."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [".venv/bin/huhang", "ask", "你好"],
        cwd=build.folder,
        env=build.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, said
    assert "护航" in said, said
    build.note("ask", time.monotonic() - begun)
    build.note("ask_processor", used.ru_utime + used.ru_stime)
    build.note("ask_rss", used.ru_maxrss / 1000)


def serve(build: Build, number: int) -> None:
    """Start to ready, and what is resident after so many messages; none: only the start."""
    port = free_port()
    with running(build, [".venv/bin/huhang", "serve", "--port", str(port)], port) as process:
        build.note("ready", until(lambda: is_ready(port), process))
        build.note("ready_processor", computed(process.pid))
        if number:
            talk(port, number)
            state = Path(f"/proc/{process.pid}/status").read_text()
            line = next(line for line in state.splitlines() if line.startswith("VmRSS"))
            build.note("rss", int(line.split()[1]) / 1000)


def computed(pid: int) -> float:
    """Seconds of a processor that a process has had; what else the machine does hardly counts."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def talk(port: int, number: int) -> None:
    """Send the usual mixture, each conversation in order, several people at once."""
    mixture = messages(10**9)
    visit = f"start-{time.monotonic_ns()}"
    texts = [mixture[at % len(mixture)] for at in range(number)]

    def converse(start: int) -> None:
        token = None
        for text in texts[start : start + PER_SENDER]:
            _, token = say(port, f"{visit}-{start}", text, token)

    with ThreadPoolExecutor(TALKING) as people:
        list(people.map(converse, range(0, number, PER_SENDER)))


def table(old: Build, new: Build, load: tuple[float, float, float]) -> str:
    """What was measured, as a table in Markdown."""
    lines = ["| | before | now | ratio | aim |", "|---|---|---|---|---|"]
    for name, (title, aim) in AIMS.items():
        before, now = old.median(name), new.median(name)
        if before is None or now is None:
            continue
        wanted = "" if aim is None else f"≤ {aim:.2f} {'✓' if now <= aim * before else '✗'}"
        digits = 1 if max(before, now) < 100 else 0
        lines.append(
            f"| {title} | {before:,.{digits}f} | {now:,.{digits}f} | {now / before:.2f} | {wanted} |"
        )
    lines.append(
        f"\n{os.cpu_count()} cores, load average {load[0]:.1f} before and {os.getloadavg()[0]:.1f} after."
    )
    return "\n".join(lines)


def measured(options: argparse.Namespace, work: Path) -> tuple[Build, Build]:
    """Both builds, measured in turns; what was found so far is in the file, should the rest fail."""
    old, new = Build(work / "before"), Build(work / "now")

    def kept() -> None:
        if options.json:
            options.json.write_text(json.dumps({"before": old.found, "now": new.found}, indent=1))

    if not options.installed:
        old, new = clone(options.base, work / "before"), clone(ROOT, work / "now")
        for build in (new, old):
            first_start(build)
            kept()
    for build in (old, new):
        build.note("size", size(build))
    for turn in range(options.times):
        for build in (old, new):
            ask(build)
            serve(build, options.messages if turn == 0 else 0)
            kept()
    return old, new


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--base", type=Path, help="a checkout of the build to compare with")
    parser.add_argument(
        "--work", type=Path, help="where the clones go; else a folder that is removed"
    )
    parser.add_argument("--installed", action="store_true", help="the clones in --work are there")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    load = os.getloadavg()
    with contextlib.ExitStack() as stack:
        work = options.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.mkdir(parents=True, exist_ok=True)
        old, new = measured(options, work.resolve())
    print(table(old, new, load))
    return 0


if __name__ == "__main__":
    sys.exit(main())
