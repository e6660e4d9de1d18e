from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import audit, handoffs, logins, passwords, staff, tables
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.logins import LOCKED_FOR, MAX_FAILURES
from desk.passwords import LoginError
from desk.permissions import PERMISSIONS, Permission, Role, may, sees

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
PASSWORD = "两只黄鹂鸣翠柳-2026"


@pytest.fixture
def li(fresh_db: Engine) -> str:
    """An agent of one center who can log in."""
    with writing(fresh_db) as conn:
        staff.add(conn, "li", "李老师", Role.AGENT, "gz", "cli:root")
        secret = staff.invite(conn, "li", now=NOW)
    staff.accept_invitation(fresh_db, secret, PASSWORD, now=NOW)
    return "li"


def test_login_begins_a_session_that_names_the_person(fresh_db: Engine, li: str) -> None:
    secret = logins.log_in(fresh_db, " LI ", PASSWORD, now=NOW)
    with reading(fresh_db) as conn:
        person = logins.session_staff(conn, secret, now=NOW)
        assert person is not None
        assert (person.login, person.role, person.center) == ("li", Role.AGENT, "gz")
        assert logins.session_staff(conn, secret[:-1], now=NOW) is None
        assert logins.session_staff(conn, "", now=NOW) is None
        assert logins.session_staff(conn, None, now=NOW) is None


def test_every_login_has_its_own_secret(fresh_db: Engine, li: str) -> None:
    first = logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    assert logins.log_in(fresh_db, "li", PASSWORD, now=NOW) != first


def test_no_secret_is_stored(fresh_db: Engine, li: str) -> None:
    secret = logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    with writing(fresh_db) as conn:
        link = staff.invite(conn, "li")
        stored = str(
            [
                conn.execute(sa.select(table)).all()
                for table in (tables.staff, tables.staff_sessions, tables.staff_invitations)
            ]
        )
    for hidden in (secret, link, PASSWORD):
        assert hidden not in stored
    assert "$argon2id$" in stored


@pytest.mark.parametrize("login", ["li", "nobody"])
def test_wrong_password_and_unknown_login_sound_the_same(
    fresh_db: Engine, li: str, login: str
) -> None:
    with pytest.raises(LoginError, match=r"^登录名或密码不对$"):
        logins.log_in(fresh_db, login, "wrong", now=NOW)


@pytest.mark.parametrize("login", ["li", "nobody"])
def test_login_is_locked_after_failures_whether_it_exists_or_not(
    fresh_db: Engine, li: str, login: str
) -> None:
    for _ in range(MAX_FAILURES):
        with pytest.raises(LoginError, match="不对"):
            logins.log_in(fresh_db, login, "wrong", now=NOW)
    with pytest.raises(LoginError, match="15分钟后再试"):
        logins.log_in(fresh_db, login, PASSWORD, now=NOW)


def test_lock_ends_by_itself(fresh_db: Engine, li: str) -> None:
    for _ in range(MAX_FAILURES):
        with pytest.raises(LoginError):
            logins.log_in(fresh_db, "li", "wrong", now=NOW)
    assert logins.log_in(fresh_db, "li", PASSWORD, now=NOW + LOCKED_FOR)


def test_success_forgets_earlier_failures(fresh_db: Engine, li: str) -> None:
    for _ in range(3):
        for _ in range(MAX_FAILURES - 1):
            with pytest.raises(LoginError, match="不对"):
                logins.log_in(fresh_db, "li", "wrong", now=NOW)
        logins.log_in(fresh_db, "li", PASSWORD, now=NOW)


def test_guessing_in_parallel_gains_no_attempt(fresh_db: Engine, li: str) -> None:
    said: list[str] = []

    def guess(number: int) -> None:
        try:
            logins.log_in(fresh_db, "li", f"wrong {number}", now=NOW)
        except LoginError as error:
            said.append(str(error))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("不对" in text for text in said) == MAX_FAILURES
    assert sum("再试" in text for text in said) == 12 - MAX_FAILURES


def test_session_ends_when_idle_or_old(fresh_db: Engine, li: str) -> None:
    secret = logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    with writing(fresh_db) as conn:
        idle = NOW + logins.SESSION_IDLE
        assert logins.session_staff(conn, secret, now=idle - timedelta(seconds=1)) is not None
        assert logins.session_staff(conn, secret, now=idle) is None
        moment = NOW
        while moment < NOW + logins.SESSION_LIFE:
            logins.touch(conn, secret, now=moment)
            moment += timedelta(hours=1)
        assert logins.session_staff(conn, secret, now=moment - timedelta(minutes=1)) is not None
        assert logins.session_staff(conn, secret, now=NOW + logins.SESSION_LIFE) is None


def test_being_logged_in_shows_as_online_until_logging_out(fresh_db: Engine, li: str) -> None:
    secret = logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    with writing(fresh_db) as conn:
        assert handoffs.open_ticket(conn, "a", center="gz", now=NOW).staff_online
        assert not handoffs.open_ticket(conn, "b", center="sz", now=NOW).staff_online
        later = NOW + timedelta(minutes=5)
        assert not handoffs.current(conn, "a", now=later).staff_online
        logins.touch(conn, secret, now=later)
        assert handoffs.current(conn, "a", now=later).staff_online
        logins.log_out(conn, secret, now=later)
        assert not handoffs.current(conn, "a", now=later).staff_online
        assert logins.session_staff(conn, secret, now=later) is None


def test_disabling_shuts_out_at_once(fresh_db: Engine, li: str) -> None:
    secret = logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    with writing(fresh_db) as conn:
        link = staff.invite(conn, "li", now=NOW)
        assert not staff.disable(conn, "li", "cli:root").is_active
        assert logins.session_staff(conn, secret, now=NOW) is None
    with pytest.raises(LoginError, match="不对"):
        logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    with pytest.raises(LoginError, match="失效"):
        staff.accept_invitation(fresh_db, link, PASSWORD, now=NOW)


def test_changed_role_holds_at_once(fresh_db: Engine, li: str) -> None:
    secret = logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    with writing(fresh_db) as conn:
        staff.change_role(conn, "li", Role.TRAINER, None, "staff:chief")
        assert logins.session_staff(conn, secret, now=NOW) is None
        (entry,) = audit.search(conn, action="role")
    assert (entry.detail["from"], entry.detail["to"]) == ("agent", "trainer")


def test_reset_gives_a_new_link_and_lifts_the_lock(fresh_db: Engine, li: str) -> None:
    for _ in range(MAX_FAILURES):
        with pytest.raises(LoginError):
            logins.log_in(fresh_db, "li", "wrong", now=NOW)
    with writing(fresh_db) as conn:
        link = staff.reset(conn, "li", "cli:root", now=NOW)
    with pytest.raises(LoginError, match="不对"):
        logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    staff.accept_invitation(fresh_db, link, "another good one", now=NOW)
    assert logins.log_in(fresh_db, "li", "another good one", now=NOW)


def test_link_works_once_and_not_after_its_time(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        staff.add(conn, "wang", "王老师", Role.TRAINER, None, "cli:root")
        link, late = staff.invite(conn, "wang", now=NOW), staff.invite(conn, "wang", now=NOW)
    with pytest.raises(LoginError, match="失效"):
        staff.accept_invitation(fresh_db, late, PASSWORD, now=NOW + staff.INVITATION_LIFE)
    with pytest.raises(InvalidRecordError, match="至少"):
        staff.accept_invitation(fresh_db, link, "short", now=NOW)
    assert staff.accept_invitation(fresh_db, link, PASSWORD, now=NOW).has_password
    for used in (link, late, "made up"):
        with pytest.raises(LoginError, match="失效"):
            staff.accept_invitation(fresh_db, used, PASSWORD, now=NOW)


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaa", "xx-li-wang-1", "0123456789", "x" * 201]
)
def test_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidRecordError, match="密码"):
        passwords.check_password(password, "li-wang")


def test_first_admin_link_is_offered_until_used(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        earlier = staff.first_admin_invitation(conn)
        link = staff.first_admin_invitation(conn)
        assert len(staff.listing(conn)) == 1
    assert link is not None
    with pytest.raises(LoginError):
        staff.accept_invitation(fresh_db, earlier, PASSWORD)
    person = staff.accept_invitation(fresh_db, link, PASSWORD)
    assert person.role is Role.ADMIN
    with writing(fresh_db) as conn:
        assert staff.first_admin_invitation(conn) is None


def test_links_of_the_first_administrator_that_copies_gave_are_good_beside_one_another(
    fresh_db: Engine,
) -> None:
    with writing(fresh_db) as conn:
        one = staff.first_admin_invitation(conn)
        two = staff.first_admin_invitation(conn, beside=True)
    assert staff.accept_invitation(fresh_db, one, PASSWORD).role is Role.ADMIN
    with pytest.raises(LoginError, match="失效"):
        staff.accept_invitation(fresh_db, two, PASSWORD)


def test_last_administrator_cannot_be_shut_out(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        staff.add(conn, "chief", "总管", Role.ADMIN, None, "cli:root")
        for step in (
            lambda: staff.disable(conn, "chief", "cli:root"),
            lambda: staff.change_role(conn, "chief", Role.AGENT, None, "cli:root"),
        ):
            with pytest.raises(TransitionError, match="最后一位"):
                step()
        staff.add(conn, "second", "副总管", Role.ADMIN, None, "cli:root")
        assert not staff.disable(conn, "chief", "cli:root").is_active


@pytest.mark.parametrize(
    ("login", "name", "role", "said"),
    [
        ("l i", "李", Role.AGENT, "登录名"),
        ("'; --", "李", Role.AGENT, "登录名"),
        ("li", " ", Role.AGENT, "姓名"),
        ("li", "李", Role.CENTER_ADMIN, "中心"),
    ],
)
def test_unusable_account_is_refused(
    fresh_db: Engine, login: str, name: str, role: Role, said: str
) -> None:
    with pytest.raises(InvalidRecordError, match=said), writing(fresh_db) as conn:
        staff.add(conn, login, name, role, None, "cli:root")


def test_taken_login_and_unknown_login_are_refused(fresh_db: Engine, li: str) -> None:
    with writing(fresh_db) as conn:
        with pytest.raises(InvalidRecordError, match="已被使用"):
            staff.add(conn, "Li", "另一位", Role.AGENT, None, "cli:root")
        with pytest.raises(NotFoundError):
            staff.disable(conn, "nobody", "cli:root")
        assert [person.login for person in staff.listing(conn, center="gz")] == ["li"]


def test_logins_and_account_changes_are_audited_without_secrets(fresh_db: Engine, li: str) -> None:
    logins.log_in(fresh_db, "li", PASSWORD, now=NOW)
    with pytest.raises(LoginError):
        logins.log_in(fresh_db, "secret-typed-as-login", PASSWORD, now=NOW)
    with reading(fresh_db) as conn:
        entries = audit.search(conn)
    assert [entry.action for entry in reversed(entries)] == [
        "staff-add",
        "password",
        "login",
        "login-failed",
    ]
    assert "secret-typed" not in str(entries)


ALLOWED = {
    Role.AGENT: "serve figures campaigns",
    Role.LEAD_OFFICER: "serve leads figures reveal export campaigns",
    Role.TRAINER: "knowledge figures campaigns",
    Role.CENTER_ADMIN: "serve leads knowledge figures reveal export staff erase campaigns",
    Role.ADMIN: "serve leads knowledge figures reveal export audit staff erase settings campaigns",
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("permission", list(Permission))
def test_permission_matrix(role: Role, permission: Permission) -> None:
    assert may(role, permission) == (permission.value in ALLOWED[role].split())
    assert set(PERMISSIONS) == set(Role)


def test_center_staff_see_their_center_and_national_staff_see_all() -> None:
    assert sees("gz", "gz")
    assert not sees("gz", "sz")
    assert not sees("gz", None)
    assert sees(None, "gz")
    assert sees(None, None)


def test_role_is_read_by_code_or_chinese_name() -> None:
    assert Role.parse("咨询员") is Role.parse("agent") is Role.AGENT
    with pytest.raises(InvalidRecordError, match="trainer"):
        Role.parse("boss")


@pytest.mark.postgres
def test_login_works_on_postgresql(postgres_db: Engine) -> None:
    with writing(postgres_db) as conn:
        link = staff.first_admin_invitation(conn)
    staff.accept_invitation(postgres_db, link, PASSWORD)
    with pytest.raises(LoginError):
        logins.log_in(postgres_db, "admin", "wrong")
    secret = logins.log_in(postgres_db, "admin", PASSWORD)
    with writing(postgres_db) as conn:
        assert logins.session_staff(conn, secret).login == "admin"
        logins.log_out(conn, secret)
        assert logins.session_staff(conn, secret) is None


@pytest.mark.parametrize(("role", "serves"), [(Role.AGENT, True), (Role.TRAINER, False)])
def test_only_who_may_serve_is_on_duty(fresh_db: Engine, role: Role, serves: bool) -> None:
    with writing(fresh_db) as conn:
        staff.add(conn, "someone", "某人", role, "gz", "test")
        conn.execute(sa.update(tables.staff).values(last_seen_at=NOW))
        assert handoffs.open_ticket(conn, "a", center="gz", now=NOW).staff_online is serves
