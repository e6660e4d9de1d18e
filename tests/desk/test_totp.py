"""Codes as RFC 6238 has them, and a second factor that each code opens once."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from desk import logins, passwords, second_factor, staff, totp
from desk.engine import reading, writing
from desk.permissions import Role

# RFC 6238, appendix B, SHA-1: seconds since 1970 and the eight digits.
VECTORS = [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
    (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
]  # fmt: skip
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 28, 12, 0, 10, tzinfo=timezone.utc)
PASSWORD = "correct-horse-9"


@pytest.mark.parametrize(("seconds", "expected"), VECTORS)
def test_codes_are_those_of_the_standard(seconds, expected):
    assert totp.code(RFC_SECRET, seconds // totp.STEP_S, digits=8) == expected
    assert totp.code(RFC_SECRET, seconds // totp.STEP_S) == expected[-6:]


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (-30, True), (30, True), (-70, False), (70, False)])  # fmt: skip
def test_clock_may_differ_by_one_step(seconds, is_taken):
    typed = totp.code(RFC_SECRET, int((NOW + timedelta(seconds=seconds)).timestamp()) // 30)
    assert (totp.step_of(RFC_SECRET, typed, NOW) is not None) is is_taken


@pytest.fixture
def secured(fresh_db: Any) -> tuple[Any, str]:
    """An account whose second factor is on since a minute ago; the secret."""
    with writing(fresh_db) as conn:
        staff.add(conn, "wang", "王芳", Role.ADMIN, None, "test")
        link = staff.invite(conn, "wang")
    staff.accept_invitation(fresh_db, link, PASSWORD)
    with writing(fresh_db) as conn:
        secret = second_factor.begin(conn, "wang")
        assert second_factor.begin(conn, "wang") == secret
        assert not second_factor.is_on(conn, "wang")
        assert not second_factor.confirm(conn, "wang", "12345", now=NOW)
        before = NOW - timedelta(minutes=1)
        assert second_factor.confirm(conn, "wang", code_at(secret, before), now=before)
        assert second_factor.is_on(conn, "wang")
    return fresh_db, secret


def code_at(secret: str, now: datetime) -> str:
    return totp.code(secret, int(now.timestamp()) // totp.STEP_S)


def owed(engine: Any) -> str:
    with pytest.raises(logins.CodeNeededError) as needed:
        logins.log_in(engine, "wang", PASSWORD, now=NOW)
    return needed.value.token


def test_password_alone_opens_nothing(secured):
    engine, secret = secured
    token = owed(engine)
    with reading(engine) as conn:
        assert logins.session_staff(conn, token, now=NOW) is None
    session = logins.give_code(engine, token, code_at(secret, NOW), now=NOW)
    with reading(engine) as conn:
        found = logins.session_staff(conn, session, now=NOW)
        assert found is not None
        assert found.login == "wang"


def test_code_and_first_step_count_once(secured):
    engine, secret = secured
    token, other = owed(engine), owed(engine)
    code = code_at(secret, NOW)
    logins.give_code(engine, token, code, now=NOW)
    with pytest.raises(passwords.LoginError, match="已用过"):
        logins.give_code(engine, other, code, now=NOW)
    with pytest.raises(passwords.LoginError, match="重新输入"):
        logins.give_code(engine, token, code_at(secret, NOW + timedelta(seconds=30)), now=NOW)


def test_first_step_is_forgotten_after_five_minutes(secured):
    engine, secret = secured
    token, later = owed(engine), NOW + timedelta(minutes=6)
    with pytest.raises(passwords.LoginError, match="等得太久"):
        logins.give_code(engine, token, code_at(secret, later), now=later)


def test_guessing_codes_is_locked_even_for_the_right_one(secured):
    engine, secret = secured
    for _ in range(5):
        with pytest.raises(passwords.LoginError):
            logins.give_code(engine, owed(engine), "000000", now=NOW)
    with pytest.raises(passwords.LoginError):
        logins.give_code(engine, owed(engine), code_at(secret, NOW), now=NOW)
    later = NOW + timedelta(minutes=16)
    with pytest.raises(logins.CodeNeededError) as needed:
        logins.log_in(engine, "wang", PASSWORD, now=later)
    assert logins.give_code(engine, needed.value.token, code_at(secret, later), now=later)


def test_wrong_password_is_not_told_that_a_code_would_follow(secured):
    engine, _ = secured
    with pytest.raises(passwords.LoginError, match="登录名或密码不对"):
        logins.log_in(engine, "wang", "nonsense", now=NOW)


def test_reset_by_an_administrator_takes_the_second_factor_along(secured):
    engine, _ = secured
    with writing(engine) as conn:
        link = staff.reset(conn, "wang", "staff:li")
        assert not second_factor.is_on(conn, "wang")
    staff.accept_invitation(engine, link, "another-horse-7")
    assert logins.log_in(engine, "wang", "another-horse-7")


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(fresh_db):
    with writing(fresh_db) as conn:
        staff.add(conn, "li", "李雷", Role.AGENT, None, "test")
        link = staff.invite(conn, "li")
    staff.accept_invitation(fresh_db, link, PASSWORD)
    elsewhere = logins.log_in(fresh_db, "li", PASSWORD)
    with pytest.raises(passwords.LoginError, match="现在的密码不对"):
        logins.change_password(fresh_db, "li", "nonsense", "another-horse-7")
    fresh = logins.change_password(fresh_db, "li", PASSWORD, "another-horse-7")
    with reading(fresh_db) as conn:
        assert logins.session_staff(conn, elsewhere) is None
        assert logins.session_staff(conn, fresh) is not None
    with pytest.raises(passwords.LoginError):
        logins.log_in(fresh_db, "li", PASSWORD)
