"""Work that goes on when the copy of the server which began it is gone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from curation.jobs import Job, Jobs, state_of
from curation.outliving import outliving
from desk import copies, leases
from desk.engine import reading, writing
from desk.leases import Guard, Lease, LeaseLostError
from tests.waiting import until

ROOT = Path(__file__).parents[2]


def slowly(folder: Path, fence: Guard, *, report: Callable[[str], None]) -> str:
    """Work that is at its first step until it may go on, and makes something last in the end."""
    report("第一步")
    (folder / "pid").write_text(str(os.getpid()))
    while not (folder / "go").exists():
        time.sleep(0.02)
    report("第二步")
    fence.check()
    (folder / "made").touch()
    return "好了"


@pytest.fixture
def engine(fresh_db: Engine) -> Engine:
    return fresh_db


def jobs_of(engine: Engine, name: str) -> Jobs:
    """The jobs of one more copy, which lives in this process."""
    jobs = Jobs(name)
    with writing(engine) as conn:
        copies.enter(conn, name)
    jobs.share(engine)
    return jobs


async def begin(jobs: Jobs, folder: Path, after: Job | None = None) -> Job:
    """Begin the work and wait until its process is at it."""

    async def work(job: Job, lease: Lease) -> str:
        return await outliving(
            slowly, folder, fence=jobs.fence(lease), state=state_of(job), report=job.tell
        )

    job = await jobs.start_alone("train", "li", work, goes_on=True, after=after)
    await until((folder / "pid").exists, 60)
    return job


def is_there(folder: Path) -> bool:
    """Whether the process of the work lives."""
    stat = Path(f"/proc/{(folder / 'pid').read_text()}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


async def test_work_is_waited_for_and_its_steps_are_told(engine, tmp_path):
    jobs = jobs_of(engine, "one")
    job = await begin(jobs, tmp_path)
    await until(lambda: job.step == "第一步")
    (tmp_path / "go").touch()
    await until(lambda: not job.is_running)
    assert (job.result, job.message, job.step) == ("好了", "", "完成")
    with reading(engine) as conn:
        assert not leases.standing(conn, "train").is_held


async def test_a_copy_that_ends_leaves_it_to_go_on_and_the_other_sees_it_to_its_end(
    engine, tmp_path
):
    one, two = jobs_of(engine, "one"), jobs_of(engine, "two")
    await begin(one, tmp_path)
    await one.close()
    with writing(engine) as conn:
        copies.leave(conn, "one")
    seen = await two.seen("train")
    assert (seen.is_running, seen.by, seen.step) == (True, "li", "第一步")
    assert await two.left("train") is None
    (tmp_path / "go").touch()
    await until(lambda: not standing(engine).is_held)
    seen = await two.seen("train")
    assert (seen.result, seen.message) == ("好了", "")
    assert (tmp_path / "made").exists()


async def test_alone_it_ends_with_the_last_of_the_others(engine, tmp_path):
    one, _two = jobs_of(engine, "one"), jobs_of(engine, "two")
    await begin(one, tmp_path)
    await one.close()
    with writing(engine) as conn:
        copies.leave(conn, "one")
    assert standing(engine).is_held
    with writing(engine) as conn:
        copies.leave(conn, "two")
    await until(lambda: not is_there(tmp_path), 30)
    assert not standing(engine).is_held


async def test_with_the_last_copy_it_ends_and_whoever_comes_next_begins_it_again(engine, tmp_path):
    one = jobs_of(engine, "one")
    await begin(one, tmp_path)
    await one.close()
    await until(lambda: not is_there(tmp_path))
    with writing(engine) as conn:
        copies.leave(conn, "one")
    (tmp_path / "pid").unlink()
    two = jobs_of(engine, "two")
    seen, left = await two.seen("train"), await two.left("train")
    assert seen.is_running  # nobody has to press anything
    job = await begin(two, tmp_path, left)
    assert (job.begun, job.by) == (2, "li")
    (tmp_path / "go").touch()
    await until(lambda: not job.is_running)
    assert job.result == "好了"


async def test_what_was_begun_too_often_is_told_as_cut_off(engine, monkeypatch):
    two = jobs_of(engine, "two")
    with writing(engine) as conn:
        copies.enter(conn, "one")
        state = {**state_of(Job("train", "li", goes_on=True, begun=12)), "ended_at": None}
        leases.take(conn, "train", "one", state)
        copies.leave(conn, "one")
    assert await two.left("train") is None
    assert "后台处理中断了" in (await two.seen("train")).message


COPY = """
import asyncio, sys
from pathlib import Path
from desk.engine import open_engine
from tests.curation.test_outliving import begin, jobs_of

async def serve():
    folder = Path(sys.argv[1])
    await begin(jobs_of(open_engine(f"sqlite:///{folder / 'desk.sqlite'}"), "one"), folder)
    print("begun", flush=True)
    await asyncio.sleep(60)

asyncio.run(serve())
"""


def kill_a_copy(folder: Path) -> None:
    """One whose work is at its first step."""
    line = [sys.executable, "-c", COPY, str(folder)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, cwd=ROOT) as copy:
        assert copy.stdout is not None
        assert copy.stdout.readline() == b"begun\n"
        copy.kill()


@pytest.mark.parametrize("is_last", [False, True])
async def test_it_outlives_a_copy_that_is_killed_unless_that_was_the_last(
    engine, tmp_path, is_last
):
    two = Jobs("two") if is_last else jobs_of(engine, "two")
    two.share(engine)
    await asyncio.to_thread(kill_a_copy, tmp_path)
    if is_last:
        await until(lambda: not is_there(tmp_path))
        assert (await two.left("train")).by == "li"
        return
    await until(lambda: standing(engine).is_held)
    (tmp_path / "go").touch()
    await until(lambda: not standing(engine).is_held)
    assert (await two.seen("train")).result == "好了"


def standing(engine: Engine) -> Any:
    with reading(engine) as conn:
        return leases.standing(conn, "train")


async def test_what_was_taken_over_meanwhile_makes_nothing_last(engine, tmp_path):
    one = jobs_of(engine, "one")
    job = await begin(one, tmp_path)
    with writing(engine) as conn:
        copies.leave(conn, "one")  # so it looks from another machine when the line is cut
        copies.enter(conn, "two")
        leases.take(conn, "train", "two", {"by": "wang"})
    (tmp_path / "go").touch()
    await until(lambda: not job.is_running)
    assert "接手" in job.message
    assert not (tmp_path / "made").exists()
    with writing(engine) as conn, pytest.raises(LeaseLostError):
        leases.adopt(conn, Lease("train", "one", 1), "three")
