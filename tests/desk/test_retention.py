from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from channels.cli import main
from desk import (
    audit,
    conversations,
    deliveries,
    handoffs,
    lead_intake,
    leads,
    outgoing,
    reach,
    staff_moves,
    transcripts,
    unanswered,
)
from desk.channel_tables import channel_inbox, channel_outbox, channel_people
from desk.engine import open_engine, reading, writing
from desk.leads import Stage
from desk.migrations import migrate
from desk.outgoing import State
from desk.reach import Address, Reached
from desk.retention import Purged, purge
from desk.times import utc_now
from tests.exchange import record_exchange

OLD = datetime(2026, 1, 1, tzinfo=timezone.utc)
CUT = datetime(2026, 6, 1, tzinfo=timezone.utc)
NEW = datetime(2026, 11, 1, tzinfo=timezone.utc)


def _talk(conn, sender: str, now: datetime) -> None:
    record_exchange(conn, sender, "web", "问", [{"text": "答"}], now=now)


def _purges(engine: Engine, lead) -> None:
    with writing(engine) as conn:
        _talk(conn, "gone", OLD)
        _talk(conn, "returned", OLD)
        _talk(conn, "returned", NEW)
        _talk(conn, "served", OLD)
        handoffs.open_ticket(conn, "served", "还在等", now=OLD)
        ended = handoffs.open_ticket(conn, "gone", "旧事", now=OLD).reference
        staff_moves.close(conn, ended, "li", "已解答", "私密备注", now=OLD)
        settled, _ = lead_intake.upsert(conn, lead(company="旧公司"), now=OLD)
        leads.move(conn, settled, Stage.WITHDRAWN, "user", now=OLD)
        lead_intake.upsert(conn, lead(company="办理中公司"), now=OLD)
        unanswered.record(conn, "gone", "冰岛怎么办", "refuse", now=OLD)
    with writing(engine) as conn:
        assert purge(conn, CUT, "system") == Purged(4, 1, 1, 1, 1)
    with reading(engine) as conn:
        assert conversations.find(conn, "gone") is None
        assert len(transcripts.history(conn, "returned")) == 2
        assert len(transcripts.history(conn, "served")) == 2
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


def _purges_addresses(engine: Engine, lead) -> None:
    def reached(conn, name: str, now: datetime, *, talks: bool = True) -> Reached:
        person = reach.meet(conn, Address("wechat", "gh_1", f"o-{name}"), now=now)
        reach.heard(conn, person.id, reach.MESSAGE, now=now)
        heard = {"kind": "text", "text": f"{name}说的话"}
        delivered = deliveries.receive(conn, "wechat", name, person.id, heard, "copy", now=now)
        if talks:
            _talk(conn, person.sender, now)
        body = [{"type": "text", "text": f"给{name}的话"}]
        outgoing.add(conn, person.id, f"m-{name}", body, State.KEPT, now=now)
        assert delivered.is_new
        return person

    with writing(engine) as conn:
        silent = reached(conn, "silent", OLD)
        follower = reached(conn, "follower", OLD, talks=False)
        talking = reached(conn, "talking", NEW)
        owed = reached(conn, "owed", OLD)
        lead_intake.upsert(conn, lead(sender=owed.sender), now=OLD)
        waiting = reached(conn, "waiting", OLD)
        handoffs.open_ticket(conn, waiting.sender, "还在等", now=OLD)
    with writing(engine) as conn:
        assert purge(conn, CUT, "system").addresses == 2
    with reading(engine) as conn:
        assert [reach.get(conn, person.id) for person in (silent, follower)] == [None, None]
        assert all(reach.get(conn, person.id) for person in (talking, owed, waiting))
        kept = str(conn.execute(sa.select(channel_people)).all())
        left = str([conn.execute(sa.select(t)).all() for t in (channel_inbox, channel_outbox)])
    assert "o-silent" not in kept
    assert "silent" not in left
    assert "follower" not in left
    assert "talking" in left


def test_purge_lets_go_of_channel_ids_of_people_of_whom_nothing_else_is_kept(
    fresh_db: Engine, lead
) -> None:
    _purges_addresses(fresh_db, lead)


@pytest.mark.postgres
def test_purge_lets_go_of_channel_ids_on_postgresql(postgres_db: Engine, lead) -> None:
    _purges_addresses(postgres_db, lead)


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
    assert "/desk/invitation/" in capsys.readouterr().out
    assert main(["staff", "disable", "nobody"]) == 1
    assert "没有登录名" in capsys.readouterr().err
