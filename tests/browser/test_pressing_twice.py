"""Whoever presses twice has said it once; what is typed twice stays said twice."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.talking import say

pytestmark = pytest.mark.browser

ENTRY = "亚马逊店铺被TRO冻结了怎么办？"


def test_entry_and_choice_pressed_twice_are_said_once(page: Any) -> None:
    page.get_by_role("button", name=ENTRY).dblclick()
    expect(page.locator("article.ours").first).to_be_visible(timeout=20_000)
    say(page, "你好")  # messages go out in order, so a second one would have been before it
    expect(page.locator("article.theirs")).to_have_count(2)
    page.locator("#human").dblclick()
    expect(page.locator(".card.handoff")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="继续问机器人").last.click()
    expect(page.locator("article.theirs").last).to_contain_text("继续问机器人", timeout=20_000)
    expect(page.locator("article.theirs")).to_have_count(4)
    answer = page.locator("article.handoff")
    assert answer.inner_text().count(answer.locator(".reference").inner_text()) == 1


def test_same_words_typed_again_are_said_again(page: Any) -> None:
    for _ in range(2):
        say(page, ENTRY)
    expect(page.locator("article.theirs")).to_have_count(2)


def test_printed_date_goes_into_the_calendar(page: Any) -> None:
    say(page, "德国寄来一封警告函，让我们12月15日前回复，我该什么时候回")
    link = page.locator("article.deadline").get_by_role("link", name="存入手机日历")
    with page.expect_download() as taken:
        link.click()
    assert "20261215" in taken.value.path().read_text("utf-8")
