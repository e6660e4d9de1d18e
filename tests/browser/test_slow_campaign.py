"""The quiz of a campaign on a line that is slow, loses replies, or answers when the next visitor stands there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HTML = """<!doctype html><html lang="zh"><link rel="stylesheet" href="/static/campaign/campaign.css">
<body data-campaign="ip26" data-place="" data-team=""><main id="main" tabindex="-1"><section id="home">
<button data-audience="adult">市民</button><button data-audience="child">小朋友</button>
<button id="play-rights">游戏</button><p id="alert" role="alert" hidden></p></section>
<section id="stage" hidden></section></main>
<button id="again" hidden>回到首页</button><span id="offline" hidden></span>
<script type="module" src="/static/campaign/main.js"></script></body></html>"""
FIRST = {"number": 1, "text": "第一问", "options": ["甲", "乙", "丙"]}
BEGUN = {"play": "p1", "total": 2, "question": FIRST}
TOLD = {
    "number": 1, "right": False, "answer": 2, "choice": 0, "explanation": "因为。", "source": None,
    "score": 0, "streak": 0, "next": {**FIRST, "number": 2, "text": "第二问"},
}  # fmt: skip
START, ANSWER = "**/c/ip26/plays", "**/c/ip26/plays/p1"


@pytest.fixture
def home(lone: Any) -> Any:
    page = lone(HTML)
    page.clock.install()
    page.reload()
    return page


def held(page: Any, pattern: str, value: Any) -> tuple[list[Any], Callable[[], None]]:
    """Answers that are held back: who asks, and what lets them go."""
    waiting: list[Any] = []
    page.route(pattern, lambda route: waiting.append(route))

    def let_go() -> None:
        for route in waiting:
            route.fulfill(json=value)

    return waiting, let_go


def press(page: Any, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def started(page: Any) -> None:
    page.route(START, lambda route: route.fulfill(json=BEGUN))
    press(page, "市民")
    expect(page.locator(".question")).to_have_text("第一问")


def test_a_second_press_begins_no_second_round_and_the_first_says_that_it_is_under_way(home):
    waiting, let_go = held(home, START, BEGUN)
    press(home, "市民")
    expect(home.locator("[data-audience]").first).to_have_text("正在准备……")
    for button in home.locator("#home button").all():
        expect(button).to_be_disabled()
    assert len(waiting) == 1
    let_go()
    expect(home.locator(".question")).to_have_text("第一问")


def test_a_dead_line_is_told_after_a_while_and_may_be_tried_again(home):
    held(home, START, BEGUN)
    press(home, "市民")
    expect(home.locator("[data-audience]").first).to_be_disabled()
    home.clock.run_for(21_000)
    expect(home.get_by_role("alert")).to_contain_text("请再试")
    expect(home.locator("[data-audience]").first).to_be_enabled()
    expect(home.locator("[data-audience]").first).to_have_text("市民")


def test_what_one_visitor_asked_for_is_not_shown_to_the_next(home):
    started(home)
    waiting, let_go = held(home, ANSWER, TOLD)
    press(home, "甲")
    home.wait_for_timeout(100)
    press(home, "回到首页")
    assert len(waiting) == 1
    let_go()
    home.wait_for_timeout(200)
    expect(home.locator("#home")).to_be_visible()
    expect(home.locator("#stage")).to_be_empty()


def test_after_a_lost_reply_what_counted_is_named(home):
    started(home)
    home.route(ANSWER, lambda route: route.abort())
    press(home, "甲")
    expect(home.get_by_role("alert").last).to_contain_text("再点一次就会重发")
    home.route(ANSWER, lambda route: route.fulfill(json=TOLD))
    press(home, "丙")
    expect(home.locator("#stage")).to_contain_text("先前选的“甲”已经收到")
    expect(home.locator(".option.wrong")).to_have_text("甲")
    expect(home.locator(".option.right")).to_have_text("丙")


@pytest.mark.parametrize("status", [404, 409])
def test_a_round_that_is_not_known_any_more_is_begun_anew_not_repeated(home, status):
    started(home)
    refused = {"error": {"code": "x", "message": "没有这一轮"}}
    home.route(ANSWER, lambda route: route.fulfill(status=status, json=refused))
    press(home, "甲")
    expect(home.locator("#stage [role=alert]")).to_contain_text("没有这一轮")
    expect(home.locator("#stage")).not_to_contain_text("重发")
    press(home, "重新开始")
    expect(home.locator("#home")).to_be_visible()
