"""Staff of two centers and the national desk, each with a browser that is logged in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from channels import keys
from desk import staff
from desk.engine import writing
from desk.permissions import Role
from desk.staff import log_in

PASSWORD = "correct-horse-9"
CENTER = "gz-hp"
OTHER_CENTER = "gz-th"

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
    return client


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
