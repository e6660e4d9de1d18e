"""Reminders by mail: once, to the right people, with nothing personal, through a mail server that may fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from desk import copies, handoffs, leases, recording, releases, reminders, staff
from desk.engine import open_engine, writing
from desk.permissions import Role
from desk.reminders import Wishes
from desk.service_clock import CHINA
from server import mail
from server.mail import MailError
from server.reminding import Reminding
from settings import MailSettings, Settings
from tests.smtp import MailServer, certificate, mail_server

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
WANG, LI = "wang@example.org", "li@example.org"


@pytest.fixture
def post() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailing(settings: Settings, post: MailServer) -> Settings:
    sender = MailSettings("127.0.0.1", post.port, sender="desk@example.org", tls="none")
    return replace(settings, mail=sender, today="2026-11-23")


@pytest.fixture
def reminding(mailing: Settings, engine: Engine) -> Reminding:
    return copy_of(mailing, engine, "one")


def copy_of(settings: Settings, engine: Engine, name: str) -> Reminding:
    with writing(engine) as conn:
        copies.enter(conn, name)
    return Reminding(settings, engine, name)


@pytest.fixture
def reference(engine: Engine) -> str:
    """Somebody with a deadline in two days whom nobody has taken, and two colleagues with addresses."""
    with writing(engine) as conn:
        for login, address in (("wang", WANG), ("li", LI)):
            staff.add(conn, login, login, Role.AGENT, "gz-aid", "test")
            reminders.wish(conn, login, Wishes(email=address))
        recording.receive(conn, "a", "web", "我是广州花灯有限公司的张三，电话13800138000", now=NOW)
        return handoffs.open_ticket(
            conn, "a", "广州花灯有限公司想请人看看", center="gz-aid", now=NOW,
            facts={"企业名称": "广州花灯有限公司"}, deadline_on=date(2026, 11, 25),
        ).reference  # fmt: skip


def test_mail_says_the_reference_what_is_due_and_when_and_nothing_else(
    reminding: Reminding, post: MailServer, reference: str
) -> None:
    assert reminding.look(NOW) == 2
    assert {str(item["To"]) for item in post.taken} == {WANG, LI}
    text = post.taken[0].get_content()
    assert f"{reference} 当事人的期限：2026-11-25（周三），还有2天" in text
    assert str(post.taken[0]["Subject"]) == "护航工作台：1件事到期或快到期"
    whole = post.taken[0].as_string() + text
    assert not [word for word in ("花灯", "张三", "13800138000", "想请人") if word in whole]


def test_each_reminds_once_before_and_once_on_the_day(
    reminding: Reminding, mailing: Settings, engine: Engine, post: MailServer, reference: str
) -> None:
    with writing(engine) as conn:
        handoffs.set_callback(conn, "a", phone="13800138000", time="下午")
    assert reminding.look(NOW) == 2
    assert reminding.look(NOW + timedelta(minutes=1)) == 0
    on_the_day = Reminding(replace(mailing, today="2026-11-25"), engine, "one")
    on_the_day.look(NOW + timedelta(minutes=2))
    assert on_the_day.look(NOW + timedelta(minutes=3)) == 0
    assert sum(str(item["To"]) == WANG for item in post.taken) == 2


def test_several_copies_at_once_send_each_mail_once(
    mailing: Settings, post: MailServer, reference: str
) -> None:
    engines = [open_engine(mailing.desk.database_url) for _ in range(4)]
    looking = [copy_of(mailing, engine, f"copy-{n}") for n, engine in enumerate(engines)]
    start = threading.Barrier(len(looking))

    def look(one: Reminding) -> None:
        start.wait()
        for _ in range(3):
            one.look(NOW)

    threads = [threading.Thread(target=look, args=(one,)) for one in looking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert sorted(str(item["To"]) for item in post.taken) == [LI, WANG]


def test_copy_that_is_not_alone_leaves_it(
    reminding: Reminding, engine: Engine, post: MailServer, reference: str
) -> None:
    with writing(engine) as conn:
        copies.enter(conn, "other")
        held = leases.take(conn, "reminders", "other", {})
    assert reminding.look(NOW) == 0
    with writing(engine) as conn:
        leases.give_up(conn, held)
    assert reminding.look(NOW) == 2


def test_refused_address_keeps_nobody_else_from_their_mail_and_is_tried_again(
    reminding: Reminding, post: MailServer, reference: str
) -> None:
    post.refused.add(WANG)
    assert reminding.look(NOW) == 1
    post.refused.clear()
    assert reminding.look(NOW) == 0
    assert reminding.look(NOW + timedelta(minutes=5)) == 1
    assert sorted(str(item["To"]) for item in post.taken) == [LI, WANG]


def test_mail_server_that_is_away_loses_no_reminder(
    mailing: Settings,
    engine: Engine,
    post: MailServer,
    reference: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    away = replace(mailing, mail=replace(mailing.mail, port=1))
    assert copy_of(away, engine, "one").look(NOW) == 0
    assert "连不上邮件服务器" in caplog.text
    assert "example.org" not in caplog.text
    assert Reminding(mailing, engine, "one").look(NOW + timedelta(minutes=5)) == 2


def test_without_a_mail_server_reminders_are_found_all_the_same(
    settings: Settings, engine: Engine, reference: str
) -> None:
    assert copy_of(replace(settings, today="2026-11-23"), engine, "one").look(NOW) == 0
    with writing(engine) as conn:
        assert len(reminders.unseen(conn, "wang")) == 1


async def test_running_goes_on_after_a_failure(
    mailing: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.reminding.EVERY_S", 0.01)
    one, looks, again = Reminding(mailing, engine, "one"), [], asyncio.Event()
    loop = asyncio.get_running_loop()

    def fail() -> int:
        looks.append(1)
        if len(looks) == 3:
            loop.call_soon_threadsafe(again.set)
        raise KeyError("x")

    monkeypatch.setattr(one, "look", fail)
    running = asyncio.create_task(one.run())
    await asyncio.wait_for(again.wait(), 5)
    running.cancel()


class TestApproval:
    """Whoever may approve a release is told when it is submitted, as of a matter that is due."""

    @pytest.fixture
    def release(self, engine: Engine) -> int:
        with writing(engine) as conn:
            for login, address in (("chen", "chen@example.org"), ("lin", "lin@example.org")):
                staff.add(conn, login, login, Role.TRAINER, None, "test")
                reminders.wish(conn, login, Wishes(email=address))
            made = releases.create(conn, "s2", "s1", {}, by="chen", note="广州花灯的案子", now=NOW)
            return releases.submit(conn, made.id, by="chen", now=NOW).id

    def test_mail_goes_once_a_submission_and_not_to_the_submitter(
        self, reminding: Reminding, engine: Engine, post: MailServer, release: int
    ) -> None:
        assert reminding.look(NOW) == 1
        assert reminding.look(NOW + timedelta(minutes=1)) == 0
        with writing(engine) as conn:
            releases.send_back(conn, release, by="lin", comment="写明依据", now=NOW)
            releases.submit(conn, release, by="chen", now=NOW + timedelta(hours=1))
        assert reminding.look(NOW + timedelta(hours=1)) == 1
        assert {str(item["To"]) for item in post.taken} == {"lin@example.org"}
        first = post.taken[0]
        assert str(first["Subject"]) == "护航工作台：1次发布等您批准"
        text = first.get_content()
        assert f"第{release}次发布等您批准：2026-11-23（周一）提交" in text
        assert "知识台「发布」" in text
        assert "花灯" not in text
        assert "快到期" not in text

    def test_in_quiet_hours_it_waits_and_what_was_decided_meanwhile_sends_nothing(
        self, reminding: Reminding, engine: Engine, post: MailServer, release: int
    ) -> None:
        night = NOW.replace(hour=22)
        assert reminding.look(night) == 0
        with writing(engine) as conn:
            releases.send_back(conn, release, by="lin", comment="写明依据", now=night)
        assert reminding.look(night + timedelta(hours=12)) == 0
        with writing(engine) as conn:
            releases.submit(conn, release, by="chen", now=night + timedelta(hours=3))
        assert reminding.look(night + timedelta(hours=4)) == 0
        assert reminding.look(night + timedelta(hours=11)) == 1

    def test_who_also_has_something_due_gets_one_mail_with_both(
        self, mailing: Settings, engine: Engine, post: MailServer, release: int
    ) -> None:
        with writing(engine) as conn:
            staff.add(conn, "zhao", "zhao", Role.CENTER_ADMIN, "gz-aid", "test")
            reminders.wish(conn, "zhao", Wishes(email="zhao@example.org"))
            reminders.wish(conn, "lin", Wishes(is_on=False, email="lin@example.org"))
            recording.receive(conn, "a", "web", "您好", now=NOW)
            handoffs.open_ticket(
                conn, "a", "问", center="gz-aid", now=NOW, deadline_on=date(2026, 11, 25)
            )
        public = replace(mailing.channels, public_url="https://ip.example.org")
        assert copy_of(replace(mailing, channels=public), engine, "one").look(NOW) == 1
        (mail,) = post.taken
        assert str(mail["To"]) == "zhao@example.org"
        assert str(mail["Subject"]) == "护航工作台：1件事到期或快到期，1次发布等您批准"
        addresses = "https://ip.example.org/desk/due，https://ip.example.org/workbench/publish"
        assert addresses in mail.get_content()


class TestEncrypted:
    """The mail server's certificate is checked, and a password never travels in the clear."""

    @pytest.fixture
    def trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
        public, context = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
        with mail_server(context, ("desk", "secret")) as running:
            yield running

    def account(self, post: MailServer, password: str = "secret") -> MailSettings:
        return MailSettings("localhost", post.port, "desk", password, "desk@example.org")

    def test_mail_arrives(self, trusted: MailServer) -> None:
        settings = self.account(trusted)
        one = mail.message(settings, WANG, "试发", "您好")
        assert mail.send(settings, {WANG: one}) == {}
        assert [str(item["Subject"]) for item in trusted.taken] == ["试发"]

    def test_wrong_password_is_said(self, trusted: MailServer) -> None:
        with pytest.raises(MailError, match="用户名或密码"):
            mail.check(self.account(trusted, "wrong"))

    def test_unknown_certificate_is_refused(self, tmp_path: Path) -> None:
        _, context = certificate(tmp_path)
        with mail_server(context) as running, pytest.raises(MailError, match="证书"):
            mail.check(self.account(running))

    def test_server_without_encryption_gets_no_password(self, post: MailServer) -> None:
        with pytest.raises(MailError, match="加密"):
            mail.check(self.account(post))
