from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy.engine import Engine

from channels.cli import main
from desk import audit, conversations, handoffs, leads, unanswered
from desk.engine import open_engine, reading, writing
from desk.leads import Stage
from desk.migrations import migrate
from desk.retention import Purged, purge
from desk.times import utc_now

OLD = datetime(2026, 1, 1, tzinfo=timezone.utc)
CUT = datetime(2026, 6, 1, tzinfo=timezone.utc)
NEW = datetime(2026, 11, 1, tzinfo=timezone.utc)


def _talk(conn, sender: str, now: datetime) -> None:
    conversations.record_exchange(conn, sender, "web", "问", [{"text": "答"}], now=now)


def _purges(engine: Engine, lead) -> None:
    with writing(engine) as conn:
        _talk(conn, "gone", OLD)
        _talk(conn, "returned", OLD)
        _talk(conn, "returned", NEW)
        _talk(conn, "served", OLD)
        handoffs.open_ticket(conn, "served", "还在等", now=OLD)
        ended = handoffs.open_ticket(conn, "gone", "旧事", now=OLD).reference
        handoffs.close(conn, ended, "li", "已解答", "私密备注", now=OLD)
        settled, _ = leads.upsert(conn, lead(company="旧公司"), now=OLD)
        leads.move(conn, settled, Stage.WITHDRAWN, "user", now=OLD)
        leads.upsert(conn, lead(company="办理中公司"), now=OLD)
        unanswered.record(conn, "gone", "冰岛怎么办", "refuse", now=OLD)
    with writing(engine) as conn:
        assert purge(conn, CUT, "system") == Purged(4, 1, 1, 1, 1)
    with reading(engine) as conn:
        assert conversations.find(conn, "gone") is None
        assert len(conversations.history(conn, "returned")) == 2
        assert len(conversations.history(conn, "served")) == 2
        assert handoffs.current(conn, "served").reason == "还在等"
        old = handoffs.find(conn, ended)
        assert (old.reason, old.note, old.outcome) == ("", None, "已解答")
        assert [item.company for item in leads.listing(conn)] == ["办理中公司"]
        assert unanswered.listing(conn)[0].question == "冰岛怎么办"
        (entry,) = audit.search(conn, action="purge")
        assert entry.detail["messages"] == 4
    with writing(engine) as conn:
        assert purge(conn, CUT, "system") == Purged(0, 0, 0, 0, 0)


def test_purge_removes_what_ended_and_keeps_what_is_under_way(fresh_db: Engine, lead) -> None:
    _purges(fresh_db, lead)


@pytest.mark.postgres
def test_purge_removes_what_ended_on_postgresql(postgres_db: Engine, lead) -> None:
    _purges(postgres_db, lead)


@pytest.fixture
def url(tmp_path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    monkeypatch.setenv("HUHANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HUHANG_DATABASE_URL", address)
    engine = open_engine(address)
    migrate(engine)
    with writing(engine) as conn:
        _talk(conn, "old", utc_now() - timedelta(days=200))
    engine.dispose()
    return address


def test_purge_command_counts_first_and_removes_when_told(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["purge", "--older-than", "180d", "--dry-run"]) == 0
    assert "将清除：消息 2 条" in capsys.readouterr().out
    assert main(["purge", "--older-than", "180d"]) == 0
    assert "已清除：消息 2 条" in capsys.readouterr().out
    assert main(["purge", "--older-than", "180"]) == 0
    assert "消息 0 条" in capsys.readouterr().out


@pytest.mark.parametrize("age", ["0d", "29d", "-5", "abc", "180y", "999999"])
def test_purge_command_refuses_a_careless_age(
    url: str, capsys: pytest.CaptureFixture[str], age: str
) -> None:
    assert main(["purge", f"--older-than={age}"]) == 1
    assert "至少 30 天" in capsys.readouterr().err


def test_staff_command_adds_lists_disables_and_resets(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["staff", "add", "li", "--name", "李老师", "--role", "咨询员", "--center", "gz"]) == 0
    )
    assert "只显示这一次" in capsys.readouterr().out
    assert main(["staff", "list"]) == 0
    assert capsys.readouterr().out == "li  李老师  咨询员  gz  未设密码\n"
    assert main(["staff", "disable", "li"]) == 0
    assert "已停用" in capsys.readouterr().out
    assert main(["staff", "reset", "li"]) == 0
    assert "一次性口令" in capsys.readouterr().out
    assert main(["staff", "disable", "nobody"]) == 1
    assert "没有登录名" in capsys.readouterr().err
