"""A line that is refused: the page says why, not that the network is bad."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import SENDER, answered, asked, chat_page

pytestmark = pytest.mark.browser

BEGUN = (asked(1, "期限"), answered(1, "二十天。"))
HISTORY = {"sender": SENDER, "owner": "bot", "ticket": None, "messages": BEGUN}


def refuse(page: Any) -> None:
    page.route_web_socket("**/ws", lambda line: line.close())


def test_too_many_open_pages_are_named_and_what_is_written_goes_out_all_the_same(lone):
    page = lone("")
    page.clock.install()
    refuse(page)
    reply = {"owner": "bot", "messages": [answered(2, "收到。")]}
    page.route("**/api/v1/conversations/*", lambda route: route.fulfill(json=HISTORY))
    page.route("**/api/v1/messages", lambda route: route.fulfill(json=reply))
    page.route("http://localhost/ws", lambda route: route.fulfill(status=429, json={}))
    body = chat_page(*BEGUN)
    page.route(
        "http://localhost/",
        lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"),
    )
    page.reload()
    for _ in range(20):
        page.clock.run_for(1000)
        page.wait_for_timeout(10)
    expect(page.locator("#connection")).to_contain_text("打开的页面太多")
    page.fill("#question", "还在吗")
    page.press("#question", "Enter")
    expect(page.locator("#messages")).to_contain_text("收到。")


def test_a_browser_without_cookies_is_told_what_to_allow(lone):
    off = "Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false });"
    page = lone(chat_page(*BEGUN), off)
    refuse(page)
    page.route("**/api/v1/conversations/*", lambda route: route.fulfill(status=401, json={}))
    page.reload()
    expect(page.locator("#connection")).to_contain_text("Cookie", timeout=15_000)
    expect(page.locator("#connection button")).to_have_count(0)
