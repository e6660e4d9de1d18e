"""Staff of two centers and the national desk, each with a browser that is logged in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desk import handoffs, recording, staff
from desk.engine import writing
from desk.logins import log_in
from desk.permissions import Role
from server import keys
from tests.program import remembering

PASSWORD = "correct-horse-9"
CENTER = "gz-aid"
OTHER_CENTER = "gd-ippc"

DEADLINE = {
    "kind": "deadline",
    "text": "答辩期限是2026年12月1日。",
    "data": {"due_date": "2026-12-01", "title": "337调查答辩", "basis": "19 CFR § 210.13(a)"},
}

Login = Callable[..., Awaitable[Any]]


def add_person(
    engine: Any, login: str, role: Role, center: str | None = CENTER, name: str | None = None
) -> None:
    """An account that can log in with ``PASSWORD``."""
    with writing(engine) as conn:
        staff.add(conn, login, name or login, role, center, "test")
        secret = staff.invite(conn, login)
    staff.accept_invitation(engine, secret, PASSWORD)


@pytest.fixture
async def visitor(aiohttp_client: Any, app: Any) -> Any:
    """A browser that is not logged in; it says that its requests come from our own pages."""
    client = await aiohttp_client(
        app, headers={"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    )
    assert await app[keys.READINESS].wait(5)
    return remembering(client)


@pytest.fixture
def enter(visitor: Any, engine: Any) -> Login:
    """Make an account and log in: ``client = await enter(Role.AGENT)``.

    Every call gives the same browser, which is then that person.
    """

    async def enter(
        role: Role = Role.AGENT,
        center: str | None = CENTER,
        login: str = "wang",
        name: str | None = None,
    ) -> Any:
        add_person(engine, login, role, center, name)
        visitor.session.cookie_jar.clear()
        visitor.session.cookie_jar.update_cookies(
            {"huhang_staff": log_in(engine, login, PASSWORD)}, visitor.make_url("/")
        )
        return visitor

    return enter


@pytest.fixture
def ticket(engine: Any) -> str:
    """A person of the center who waits, after a deadline and a phone; the ticket's reference."""
    with writing(engine) as conn:
        recording.receive(conn, "a", "web", "我们在美国被诉，电话13800138000")
        recording.record_replies(conn, "a", [DEADLINE])
        opened = handoffs.open_ticket(
            conn,
            "a",
            "想请人看一下",
            center=CENTER,
            facts={"企业名称": "广州花灯有限公司", "争议国家": "美国", "程序": "337调查"},
        )
        handoffs.set_callback(conn, "a", phone="13800138000", time="工作日下午")
    return opened.reference
