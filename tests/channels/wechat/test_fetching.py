"""What customers write to 微信客服 is fetched in the end, whatever fails on the way."""

from __future__ import annotations

import time

import pytest

from channels.wechat import fetching
from channels.wechat.connection import SERVICE
from knowledge.errors import StorageError
from tests.channels.wechat.test_wecom import PERSON, company, join
from tests.scripted_app import FakeDialogue
from tests.waiting import until
from tests.wechat.standin_wecom import WeComStandIn

__all__ = ["company", "join"]


async def writes(company: WeComStandIn, text: str) -> None:
    """A customer writes, and no call tells of it."""
    company.left[PERSON] = 5
    said = {"origin": 3, "external_userid": PERSON, "msgtype": "text", "text": {"content": text}}
    await company.arrives(said, calls=False)


async def test_a_fetch_that_fails_is_tried_again(
    join, company: WeComStandIn, dialogue: FakeDialogue
) -> None:
    await join()
    company.failing = [-1]
    await company.says(PERSON, "第一问")
    await until(lambda: company.texts(PERSON) == ["收到：第一问"])


async def test_what_could_not_be_stored_is_fetched_again_and_answered_once(
    join, company: WeComStandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await join()
    fetcher = app[SERVICE].fetcher
    keep, failures = fetcher._timed.keep, [1, 2]

    async def busy(heard):
        if failures and heard.text == "第二问":
            failures.pop()
            raise StorageError("办件数据库正忙")
        return await keep(heard)

    monkeypatch.setattr(fetcher._timed, "keep", busy)
    await writes(company, "第一问")
    await company.says(PERSON, "第二问")
    await until(lambda: company.texts(PERSON) == ["收到：第一问", "收到：第二问"])
    assert [text for _, text in dialogue.seen] == ["第一问", "第二问"]


async def test_what_came_while_the_server_was_down_is_fetched_at_its_start(
    join, company: WeComStandIn, dialogue: FakeDialogue
) -> None:
    app = await join()
    await company.says(PERSON, "第一问")
    await until(lambda: company.texts(PERSON) == ["收到：第一问"])
    await app.shutdown()
    await app.cleanup()
    await writes(company, "第二问")
    await join()
    await until(lambda: company.texts(PERSON) == ["收到：第一问", "收到：第二问"])


async def test_what_failed_again_and_again_is_fetched_later(
    join, company: WeComStandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_PAUSES_S", (0.01,))
    monkeypatch.setattr(fetching, "_AGAIN_S", 0.2)
    await join()
    company.failing = [-1] * 5
    await company.says(PERSON, "第一问")
    await until(lambda: company.texts(PERSON) == ["收到：第一问"])


async def test_a_call_that_is_lost_is_made_up_for(
    join, company: WeComStandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_AGAIN_S", 0.05)
    await join()
    await company.says(PERSON, "第一问")
    await until(lambda: company.texts(PERSON) == ["收到：第一问"])
    await writes(company, "第二问")
    await until(lambda: company.texts(PERSON) == ["收到：第一问", "收到：第二问"])


async def test_calls_that_come_while_fetching_fails_do_not_queue_up(
    join, company: WeComStandIn, dialogue: FakeDialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_PAUSES_S", (0.05,) * 1000)
    await join()
    company.failing = [-1] * 1000
    for number in range(5):
        await company.says(PERSON, f"第{number}问")
    company.failing.clear()
    await until(lambda: len(company.texts(PERSON)) == 5)
    # The fetch that succeeded after all, in two pages, and one for whatever came meanwhile.
    await until(lambda: company.cursors == ["", "3", "5"])


async def test_the_server_ends_without_waiting_for_the_next_try(
    join, company: WeComStandIn, dialogue: FakeDialogue
) -> None:
    app = await join()
    company.failing = [-1] * 20
    await company.says(PERSON, "第一问")
    await until(lambda: len(company.failing) < 18)
    begun = time.monotonic()
    await app.shutdown()
    await app.cleanup()
    assert time.monotonic() - begun < 5
