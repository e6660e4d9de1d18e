"""Work that one copy of the server does alone, and what the others know of it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from curation import jobs as module
from curation.background import InterruptedWorkError, run_aside
from curation.jobs import Job, Jobs
from desk import copies, leases
from desk.engine import writing
from desk.errors import TransitionError
from desk.leases import Lease

ROOT = Path(__file__).parents[2]


@pytest.fixture
def engine(fresh_db: Engine) -> Engine:
    return fresh_db


@pytest.fixture
def pair(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> tuple[Jobs, Jobs]:
    """The jobs of two copies of the server."""
    monkeypatch.setattr(module, "_TELL_EVERY_S", 0.02)
    made = (Jobs("one"), Jobs("two"))
    for name, jobs in zip(("one", "two"), made, strict=True):
        with writing(engine) as conn:
            copies.enter(conn, name)
        jobs.share(engine)
    return made


async def test_work_at_one_copy_is_refused_and_seen_at_the_other(pair):
    one, two = pair
    go = asyncio.Event()

    async def work(job: Job, _lease: Lease) -> str:
        job.tell("问判定问题 120/990")
        await go.wait()
        return "好了"

    await one.start_alone("build", "li", work)
    with pytest.raises(TransitionError, match="li 已经开始了这项工作"):
        await two.start_alone("build", "wang", work)
    with pytest.raises(TransitionError, match="li 已经开始了这项工作"):
        await one.start_alone("build", "wang", work)
    for _ in range(200):
        seen = await two.seen("build")
        if seen.share:
            break
        await asyncio.sleep(0.02)
    assert (seen.is_running, seen.by, seen.step, seen.share) == (
        True,
        "li",
        "问判定问题 120/990",
        0.121,
    )
    go.set()
    for _ in range(200):
        seen = await two.seen("build")
        if not seen.is_running:
            break
        await asyncio.sleep(0.02)
    assert (seen.step, seen.result, seen.message) == ("完成", "好了", "")
    again = await two.start_alone("build", "wang", work)  # it is free now
    await two.close()
    assert (await one.seen("build")).by == "wang"
    assert again.result == "好了"


async def test_work_cut_off_with_its_copy_is_told_and_can_be_begun_anew(pair, engine):
    _, two = pair
    with writing(engine) as conn:
        state = {"by": "li", "step": "构建", "message": "", "result": ""}
        started = {"started_at": "2026-11-29T01:00:00+00:00", "ended_at": None}
        leases.take(conn, "build", "one", {**state, **started})
        copies.leave(conn, "one")
    seen = await two.seen("build")
    assert not seen.is_running
    assert "后台处理中断了" in seen.message

    async def work(_job: Job, lease: Lease) -> str:
        return str(lease.token)

    job = await two.start_alone("build", "wang", work)
    await two.close()
    assert job.result == "2"


async def test_work_that_was_taken_over_is_stopped(pair, engine, monkeypatch):
    one, two = pair
    stopped: list[str] = []
    monkeypatch.setattr(module, "stop", stopped.append)
    over = asyncio.Event()

    async def work(job: Job, _lease: Lease) -> str:
        while not stopped:
            job.tell(f"{job.step}。")
            await asyncio.sleep(0.01)
        over.set()
        raise InterruptedWorkError("中断")

    async def quick(_job: Job, _lease: Lease) -> str:
        return "好了"

    await one.start_alone("build", "li", work)
    with writing(engine) as conn:
        copies.leave(conn, "one")  # so it looks from another machine when the line is cut
    await two.start_alone("build", "wang", quick)
    await asyncio.wait_for(over.wait(), 5)
    assert stopped == ["build"]
    await two.close()
    assert (await two.seen("build")).result == "好了"


async def test_work_that_begins_its_next_step_while_the_server_ends_is_ended_too(pair, tmp_path):
    one, _ = pair
    ending = asyncio.Event()

    async def work(_job: Job) -> str:
        await ending.wait()
        await asyncio.to_thread(run_aside, breathe, tmp_path / "breath")
        return "好了"

    job = one.start("try", "li", work)
    closing = asyncio.create_task(one.close())
    await asyncio.sleep(0)  # what runs has been ended by now, and this is about to run
    ending.set()
    await asyncio.wait_for(closing, 20)
    assert "中断" in job.message


SERVER = """
import sys
from pathlib import Path
from curation.background import run_aside
from tests.curation.test_jobs import breathe
run_aside(breathe, Path(sys.argv[1]))
"""


def breathe(file: Path, report: object) -> None:
    """Write the time again and again, as work does that nobody wants any more."""
    for _ in range(600):
        file.write_text(f"{os.getpid()} {time.time()}")
        time.sleep(0.05)


def test_work_aside_ends_with_a_server_that_is_killed(tmp_path: Path):
    file = tmp_path / "breath"
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(file)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    until = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    server.kill()
    server.wait()
    last, until = "", time.monotonic() + 30
    while (now := file.read_text()) != last:  # half a second without a breath
        assert time.monotonic() < until, "it still works"
        last = now
        time.sleep(0.5)


async def test_who_waits_for_work_is_told_at_its_end_and_not_before_its_time():
    jobs, done = Jobs("a"), asyncio.Event()

    async def work(job):
        await done.wait()
        return "好了"

    job = jobs.start("some", "li", work)
    await jobs.wait("some", 0.01)
    assert job.is_running
    waiting = asyncio.create_task(jobs.wait("some", 60))
    await asyncio.sleep(0)
    done.set()
    await asyncio.wait_for(waiting, 10)
    assert not job.is_running
    await jobs.wait("some", 60)
    await jobs.wait("unknown", 60)
