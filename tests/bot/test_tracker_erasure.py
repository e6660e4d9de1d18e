"""Dialogue state goes with age and on request, and nothing of it stays in any file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot import tracker_erasure
from desk import joining, privacy
from desk.engine import open_engine, writing
from desk.migrations import migrate
from desk.times import utc_now

CUT = datetime(2026, 6, 1, tzinfo=timezone.utc)
OLD, NEW = CUT - timedelta(days=30), CUT + timedelta(days=30)
SECRET = "绝密商业计划甲乙丙"


@pytest.fixture
def url(tmp_path: Path) -> str:
    path = tmp_path / "trackers.sqlite"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, type_name TEXT,"
            " timestamp FLOAT, intent_name TEXT, action_name TEXT, data TEXT)"
        )
    return f"sqlite:///{path}"


@pytest.fixture
def trackers(url: str) -> Iterator[Engine]:
    with tracker_erasure.opened(url) as engine:
        assert engine is not None
        yield engine


def said(url: str, sender: str, *events: tuple[str, datetime]) -> None:
    data = json.dumps({"text": SECRET}, ensure_ascii=False)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as conn, conn:
        conn.executemany(
            "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, ?, ?, ?)",
            [(sender, kind, at.timestamp(), data) for kind, at in events],
        )


def left(url: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as conn:
        return conn.execute("SELECT sender_id, type_name FROM events ORDER BY id").fetchall()


def test_what_ended_goes_and_what_is_under_way_stays(url: str, trackers: Engine) -> None:
    session = ("session_started", OLD), ("user", OLD)
    said(url, "silent", *session)
    said(url, "served", *session)
    said(url, "came-again", *session, ("session_started", NEW), ("user", NEW))
    said(url, "in-one-session", *session, ("user", NEW))
    assert tracker_erasure.purge(trackers, CUT, ["served"], dry_run=True) == 4
    assert len(left(url)) == 11
    assert tracker_erasure.purge(trackers, CUT, ["served"]) == 4
    kept = [sender for sender, _kind in left(url)]
    assert kept == ["served"] * 2 + ["came-again"] * 2 + ["in-one-session"] * 3


def test_no_byte_of_the_purged_or_forgotten_stays(
    url: str, trackers: Engine, tmp_path: Path
) -> None:
    said(url, "silent", *[("user", OLD)] * 200)
    said(url, "asked", *[("user", NEW)] * 200)
    assert any(SECRET.encode() in path.read_bytes() for path in tmp_path.iterdir())
    tracker_erasure.purge(trackers, CUT, [])
    assert tracker_erasure.forget(trackers, "asked") == 200
    for path in tmp_path.iterdir():
        assert SECRET.encode() not in path.read_bytes(), path.name


def test_an_erasure_that_was_cut_off_is_finished(
    url: str, trackers: Engine, tmp_path: Path
) -> None:
    desk = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    migrate(desk)
    said(url, "erased", ("user", utc_now() - timedelta(minutes=1)))
    said(url, "other", ("user", utc_now() - timedelta(minutes=1)))
    with writing(desk) as conn:
        privacy.erase(conn, "erased")
    said(url, "erased", ("session_started", utc_now() + timedelta(minutes=1)))
    assert tracker_erasure.finish_erasures(trackers, desk) == 1
    assert left(url) == [("other", "user"), ("erased", "session_started")]
    assert tracker_erasure.finish_erasures(trackers, desk) == 0
    desk.dispose()


def test_the_state_of_a_conversation_that_was_joined_to_another_goes(
    url: str, trackers: Engine, tmp_path: Path
) -> None:
    desk = open_engine(f"sqlite:///{tmp_path / 'desk.sqlite'}")
    migrate(desk)
    for sender in ("joined", "main"):
        said(url, sender, ("user", utc_now() - timedelta(minutes=1)))
    with writing(desk) as conn:
        joining.join(conn, "joined", "main")
    assert tracker_erasure.finish_erasures(trackers, desk) == 1
    assert left(url) == [("main", "user")]
    desk.dispose()


def test_no_database_is_made_only_to_be_searched(tmp_path: Path) -> None:
    with tracker_erasure.opened(f"sqlite:///{tmp_path / 'none.sqlite'}") as engine:
        assert engine is None
    assert list(tmp_path.iterdir()) == []
