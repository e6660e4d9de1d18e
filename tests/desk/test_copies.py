"""Copies of the server: who is there, who alone does what, and what becomes of it when they end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import claims, copies, deliveries, leases, papers
from desk.channel_tables import channel_inbox
from desk.copies import _begun
from desk.copy_tables import copies as rows
from desk.engine import reading, writing
from desk.leases import Fence, LeaseLostError, LeaseTakenError
from desk.papers import Status
from desk.times import utc_now
from tests.desk.test_papers import _add


def _enter(engine: Engine, *names: str) -> None:
    with writing(engine) as conn:
        for name in names:
            copies.enter(conn, name)


@pytest.fixture
def killed(either_db: Engine) -> str:
    """A copy whose process was killed."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    begun = _begun(process.pid)
    _enter(either_db, "killed")
    with writing(either_db) as conn:
        conn.execute(
            sa.update(rows).where(rows.c.id == "killed").values(pid=process.pid, begun=begun)
        )
        assert copies.gone(conn, ["killed"]) == set()
    process.kill()
    process.communicate()
    return "killed"


def test_a_copy_is_there_while_its_process_lives(either_db, killed):
    _enter(either_db, "alive")
    with writing(either_db) as conn:
        assert copies.gone(conn, ["alive", killed, "never"]) == {killed, "never"}
        copies.leave(conn, "alive")
        assert copies.gone(conn, ["alive"]) == {"alive"}


def test_a_process_that_got_the_number_of_another_is_not_it(either_db):
    _enter(either_db, "one")
    with writing(either_db) as conn:
        conn.execute(sa.update(rows).values(begun="1"))
        assert copies.gone(conn, ["one"]) == {"one"}


@pytest.mark.parametrize("host", ["another/1/x", "same/2/boot", "same/1/other-boot"])
def test_a_copy_whose_process_cannot_be_seen_is_gone_when_it_is_silent(
    either_db, host, monkeypatch
):
    monkeypatch.setattr(copies, "_host", lambda: "same/1/boot")
    _enter(either_db, "there")
    with writing(either_db) as conn:
        conn.execute(sa.update(rows).values(host=host))
        assert copies.gone(conn, ["there"]) == set()
        conn.execute(sa.update(rows).values(seen_at=utc_now() - copies.SILENCE - timedelta(1)))
        assert copies.gone(conn, ["there"]) == {"there"}
        copies.stay(conn, "there")
        assert copies.gone(conn, ["there"]) == set()


def test_a_copy_that_was_forgotten_enters_again_when_it_says_that_it_is_there(either_db):
    with writing(either_db) as conn:
        copies.stay(conn, "one")
        assert copies.gone(conn, ["one"]) == set()


def test_only_one_of_many_takes_the_work(either_db):
    names = [f"copy{n}" for n in range(6)]
    _enter(either_db, *names)
    got: list[str] = []
    start = threading.Barrier(len(names))

    def take(name: str) -> None:
        start.wait()
        try:
            with writing(either_db) as conn:
                leases.take(conn, "build", name, {"by": name})
        except LeaseTakenError:
            return
        got.append(name)

    threads = [threading.Thread(target=take, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_work_is_free_again_when_it_is_given_up_and_the_next_token_is_larger(either_db):
    _enter(either_db, "one", "two")
    with writing(either_db) as conn:
        first = leases.take(conn, "build", "one", {"by": "王芳", "step": "构建"})
        told = leases.standing(conn, "build")
        assert (told.is_held, told.by, told.step) == (True, "王芳", "构建")
        leases.note(conn, first, {"by": "王芳", "step": "核对"})
        assert leases.standing(conn, "build").step == "核对"
        leases.give_up(conn, first, {"result": "好了"})
        assert leases.standing(conn, "build").state == {"result": "好了"}
        second = leases.take(conn, "build", "two", {})
        assert second.token > first.token
        assert leases.standing(conn, "other") is None


def test_work_of_a_killed_copy_is_taken_over_at_once_and_it_cannot_make_anything_last(
    either_db, killed
):
    _enter(either_db, "two")
    with writing(either_db) as conn:
        old = leases.take(conn, "build", killed, {})
        leases.insist(conn, old)
        new = leases.take(conn, "build", "two", {})
        leases.insist(conn, new)
        for refused in (leases.insist, lambda c, lease: leases.note(c, lease, {})):
            with pytest.raises(LeaseLostError):
                refused(conn, old)
        leases.give_up(conn, old)  # changes nothing
        leases.insist(conn, new)
    url = str(either_db.url.render_as_string(hide_password=False))
    Fence(url, new).check()
    with pytest.raises(LeaseLostError, match="没有采用"):
        Fence(url, old).check()


def test_a_short_work_is_free_after_the_block_however_it_ends(either_db):
    def fails() -> None:
        with leases.alone(either_db, "publish", "王芳"):
            taken = leases.alone(either_db, "publish", "李雷")
            with pytest.raises(LeaseTakenError, match="王芳 已经开始了这项工作"):
                taken.__enter__()
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with leases.alone(either_db, "publish", "李雷") as lease:
        assert lease.token == 2
    with reading(either_db) as conn:
        assert conn.execute(sa.select(rows)).all() == []


def test_what_goes_with_taking_the_work_happens_only_with_it(either_db):
    with leases.alone(either_db, "publish", "王芳"):
        second = leases.alone(
            either_db, "publish", "李雷", first=lambda conn: copies.enter(conn, "beside")
        )
        with pytest.raises(LeaseTakenError):
            second.__enter__()
        with reading(either_db) as conn:
            assert copies.gone(conn, ["beside"]) == {"beside"}


def test_long_work_of_a_command_gives_signs_of_life(either_db, monkeypatch):
    monkeypatch.setattr(copies, "SAYS_EVERY_S", 0.02)
    with leases.alone(either_db, "build", "王芳") as lease:
        with writing(either_db) as conn:
            past = utc_now() - timedelta(hours=1)
            conn.execute(sa.update(rows).values(seen_at=past, host="another/1/x"))
        until = time.monotonic() + 5
        while time.monotonic() < until:
            with reading(either_db) as conn:
                if not copies.gone(conn, [lease.holder]):
                    return
            time.sleep(0.02)
    raise AssertionError("no sign of life came")


def test_what_a_gone_copy_had_claimed_waits_again(either_db, killed, tmp_path: Path):
    _enter(either_db, "here")
    paper, _ = _add(either_db, tmp_path / "attachments")
    with writing(either_db) as conn:
        assert papers.claim(conn, killed).uid == paper.uid
        deliveries.receive(conn, "wechat", "k1", None, {}, killed)
        assert papers.claim(conn, "here") is None
        assert deliveries.unfinished(conn, "wechat", "here") == ()
        assert claims.free_what_is_left(conn) == 1
        assert papers.get(conn, paper.uid).status is Status.WAITING
        assert [item.is_ours for item in deliveries.unfinished(conn, "wechat", "here")] == [True]
        assert claims.free_what_is_left(conn) == 0
    with reading(either_db) as conn:
        assert conn.execute(sa.select(channel_inbox.c.claimed_by)).scalars().all() == ["here"]
