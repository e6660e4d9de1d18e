"""What open pages are told, how soon, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSCloseCode

from desk import cases
from desk.permissions import Role
from desk.staff import Staff
from knowledge.errors import StorageError
from server import watchers as live
from server.carriers.datagrams import Datagrams
from server.hub import Hub
from server.signals import Signals
from server.watchers import Overview, Watchers
from tests.office.console.conftest import Login

WANG = Staff(1, "wang", "王芳", Role.AGENT, None, True, True, None)


class Page:
    """An open page; what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    async def send_json(self, data: Any) -> None:
        self.told.append(data)

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.told]


@pytest.fixture
async def watchers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Watchers]:
    monkeypatch.setattr(live, "_TOGETHER_S", 0.05)
    monkeypatch.setattr(live, "_TALK_TOGETHER_S", 0.6)
    watchers = Watchers(Hub(), lambda: Overview((), ()), Signals(Datagrams(tmp_path, "one"), "one"))
    yield watchers
    await watchers.close()


@pytest.fixture
def pages(watchers: Watchers) -> tuple[Page, Page]:
    """One shows the conversation of ``a``, the other the inbox."""
    case, inbox = Page(), Page()
    for page in (case, inbox):
        watchers.join(page, WANG)
    watchers.look(case, "a")
    return case, inbox


async def told(page: Page, kinds: list[str]) -> None:
    """Wait until a page was told as much, and see that it is told no more soon after."""
    until = asyncio.get_running_loop().time() + 10
    while len(page.kinds()) < len(kinds):
        assert asyncio.get_running_loop().time() < until, page.kinds()
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    assert page.kinds() == kinds


async def test_talk_reaches_its_page_at_once_and_the_lists_later(
    watchers: Watchers, pages: tuple[Page, Page]
) -> None:
    case, inbox = pages
    for _ in range(5):
        watchers.said("a", is_talk=True)
        await asyncio.sleep(0.03)
    assert case.kinds() == ["conversation"] * 5
    assert inbox.kinds() == []
    await told(inbox, ["inbox"])


async def test_change_of_owner_is_not_held_up_by_talk(
    watchers: Watchers, pages: tuple[Page, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_TALK_TOGETHER_S", 60)
    _case, inbox = pages
    watchers.said("a", is_talk=True)
    watchers.said("b")
    await told(inbox, ["inbox"])


async def test_everything_within_the_same_moment_is_told_once(
    watchers: Watchers, pages: tuple[Page, Page]
) -> None:
    _case, inbox = pages
    for _ in range(20):
        watchers.changed()
    await told(inbox, ["inbox"])
    watchers.changed()
    await told(inbox, ["inbox"] * 2)


async def test_numbers_that_could_not_be_read_are_told_when_they_can(
    watchers: Watchers, pages: tuple[Page, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_AGAIN_S", 0.05)
    failures = 3

    def overview() -> Overview:
        nonlocal failures
        if failures:
            failures -= 1
            raise StorageError("away")
        return Overview((), ())

    monkeypatch.setattr(watchers, "_overview", overview)
    watchers.changed()
    await told(pages[1], ["inbox"])
    assert failures == 0


async def test_line_whose_page_cannot_be_looked_up_is_closed_so_that_it_comes_again(
    enter: Login, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left open it would tell its page nothing of what is said there."""
    client = await enter()

    def away(*_: Any) -> None:
        raise StorageError("away")

    async with client.ws_connect("/desk/ws") as line:
        assert (await line.receive_json(timeout=5))["type"] == "inbox"
        with monkeypatch.context() as patch:
            patch.setattr(cases, "find", away)
            await line.send_json({"type": "look", "ticket": ticket})
            assert (await line.receive(timeout=5)).data == WSCloseCode.TRY_AGAIN_LATER
    async with client.ws_connect("/desk/ws") as line:
        assert (await line.receive_json(timeout=5))["type"] == "inbox"
        await line.send_json({"type": "look", "ticket": "no-such-ticket"})
        await line.send_json({"type": "ping"})  # a mistake of the page closes nothing
        assert (await line.receive_json(timeout=5))["type"] == "pong"


async def test_page_is_told_to_fetch_once_the_server_knows_what_it_shows(
    enter: Login, ticket: str
) -> None:
    """What was said between the page's first fetch and that moment reached nobody else."""
    client = await enter()
    async with client.ws_connect("/desk/ws") as line:
        assert (await line.receive_json(timeout=5))["type"] == "inbox"
        await line.send_json({"type": "look", "ticket": ticket})
        assert await line.receive_json(timeout=5) == {"type": "conversation"}
