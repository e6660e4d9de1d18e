"""A form of the staff on a slow line is sent once, however often it is pressed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PRESS = "document.querySelector('button').click()"
BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


@pytest.fixture
def form(lone: Any) -> Any:
    """Opens a form whose posts lead nowhere; the posts, and what the browser asks."""

    def opened(attributes: str = "") -> tuple[Any, list[str], list[str]]:
        posts: list[str] = []
        questions: list[str] = []
        page = lone(
            f"""<!doctype html><html lang="zh"><body><main id="main">
            <form method="post" action="/new" {attributes}><input name="a"><button><b>登记</b></button></form></main>
            <script type="module" src="/static/desk/shell.js"></script></body></html>"""
        )
        page.clock.install()

        def stay(route: Any) -> None:
            posts.append(route.request.post_data)
            route.fulfill(status=204)  # to the page as though no answer had come

        page.route("**/new", stay)
        page.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.dismiss()))
        page.reload()
        return page, posts, questions

    return opened


def press_after(page: Any, seconds: int) -> None:
    page.clock.run_for(seconds * 1000)
    page.evaluate(PRESS)
    page.wait_for_timeout(200)


def test_a_second_press_while_the_first_is_under_way_sends_nothing_and_the_button_says_why(form):
    page, posts, questions = form()
    for seconds in (0, 1, 4, 10):
        press_after(page, seconds)
    assert len(posts) == 1
    assert questions == []
    expect(page.locator("button")).to_have_text("正在提交……")


def test_who_stopped_the_page_may_send_again_and_is_asked_first(form):
    page, posts, questions = form()
    press_after(page, 0)
    press_after(page, 25)
    assert len(posts) == 1
    assert "可能已经收到" in questions[0]


def test_a_page_that_is_shown_again_is_ready_again(form):
    page, posts, _ = form()
    press_after(page, 0)
    page.evaluate(BACK)
    expect(page.locator("button b")).to_have_text("登记")
    press_after(page, 1)
    assert len(posts) == 2


def test_a_file_may_be_asked_for_once_more_soon(form):
    page, posts, _ = form("data-again")
    press_after(page, 0)
    press_after(page, 1)
    assert len(posts) == 1
    expect(page.locator("button")).to_have_text("登记")
    press_after(page, 4)
    assert len(posts) == 2


def test_what_asks_first_is_sent_only_after_a_yes(form):
    page, posts, questions = form("data-confirm=确定删除？")
    press_after(page, 0)
    assert posts == []
    assert questions == ["确定删除？"]
