"""Pages of trainers beside a login that has ended, work that is gone, and a service that does not answer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PROGRESS = """<!doctype html><html lang="zh"><body><p id="loads"></p>
<section data-progress="/state"><p><span data-step>开始</span></p><progress max="1"></progress></section>
<script type="module" src="/static/workbench/progress.js"></script></body></html>"""
BATCH = """<!doctype html><html lang="zh"><body>
<section data-watch="/state"><p><span data-step>开始</span><span data-read>0</span></p><progress max="1"></progress></section>
<script type="module" src="/static/workbench/imports.js"></script></body></html>"""
ANSWERS = """<!doctype html><html lang="zh"><body>
<form method="post" action="/meta" data-autosave><input name="title"><button name="go" value="next">下一步</button></form>
<script type="module" src="/static/workbench/imports.js"></script></body></html>"""
LOGGED_OUT = {"error": {"code": "login_required", "message": "登录已失效"}}
AT_WORK = {"running": True, "step": "正在训练", "share": 0.5, "seconds": 3, "read": 1, "files": {}}


def opened(lone: Any, html: str) -> tuple[Any, list[int]]:
    """The page with the work under way, and how often it asked."""
    asked: list[int] = []

    def ready(
        page: Any,
    ) -> None:  # a page that is told at once that there is no work loads itself again
        page.clock.install()
        page.route("**/state", lambda route: (asked.append(1), route.fulfill(json=AT_WORK)))

    page = lone(html, ready=ready)
    page.clock.run_for(500)
    expect(page.locator("[data-step]")).to_have_text("正在训练")
    return page, asked


def passing(page: Any, seconds: int) -> None:
    for _ in range(seconds):
        page.clock.run_for(1000)
        page.wait_for_timeout(5)


@pytest.mark.parametrize("html", [PROGRESS, BATCH], ids=["work", "batch"])
def test_a_login_that_has_ended_is_told_and_nothing_is_asked_any_more(lone, html):
    page, _ = opened(lone, html)
    asked: list[int] = []
    refused = {"status": 401, "json": LOGGED_OUT}
    page.route("**/state", lambda route: (asked.append(1), route.fulfill(**refused)))
    passing(page, 20)
    expect(page.get_by_role("alert")).to_contain_text("登录已失效")
    expect(page.get_by_role("link", name="在新窗口登录")).to_be_visible()
    assert len(asked) == 1


@pytest.mark.parametrize("html", [PROGRESS, BATCH], ids=["work", "batch"])
def test_no_answer_and_no_answer_of_ours_are_told_until_there_is_one(lone, html):
    page, _ = opened(lone, html)
    page.route("**/state", lambda route: route.fulfill(body="<p>登录 Wi-Fi</p>"))
    passing(page, 12)
    expect(page.get_by_role("alert")).to_contain_text("暂时连不上服务")
    page.route("**/state", lambda route: route.fulfill(json={**AT_WORK, "step": "快好了"}))
    passing(page, 30)
    expect(page.locator("[data-step]")).to_have_text("快好了")
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize("html", [PROGRESS, BATCH], ids=["work", "batch"])
def test_work_that_is_gone_loads_the_page_again(lone, html):
    page, _ = opened(lone, html)
    page.evaluate("document.body.dataset.old = 'yes'")
    page.route("**/state", lambda route: route.fulfill(status=404, json=LOGGED_OUT))
    passing(page, 3)
    expect(page.locator("body[data-old]")).to_have_count(0)


def test_answers_are_not_sent_away_without_a_login(lone):
    page = lone(ANSWERS)
    sent: list[str] = []
    page.route("**/meta", lambda route: route.fulfill(status=401, json=LOGGED_OUT))
    page.fill("input", "办法")
    page.locator("input").blur()
    expect(page.locator("form")).to_contain_text("登录已失效")
    page.click("button")
    expect(page.locator("input")).to_have_value("办法")

    def take(route: Any) -> None:
        sent.append(route.request.post_data)
        is_form = route.request.is_navigation_request()
        route.fulfill(**({"body": "next page"} if is_form else {"json": {"kept": True}}))

    page.route("**/meta", take)
    page.click("button")
    expect(page.locator("body")).to_contain_text("next page")
    assert "go=stay" in sent[0]
    assert "go=next" in sent[1]
