"""What fails on the side says so or changes nothing: values kept by the browser, ticks, copies, previews."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import SENDER, answered, asked, chat_page

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.browser

LIST = answered(1, "清单", kind="checklist", data={"title": "材料", "items": ["合同", "发票"]})
CONSENT = answered(2, "请登记", kind="question", data={"consent": True})
LEAD = answered(3, "登记好了", kind="lead", data={"reference": "GD-1", "status": "new"})
MATTER = {
    "number": 1, "title": "美国337", "is_current": True, "fields": [], "deadline": None, "center": None,
    "leads": [], "lead": {}, "returns": "回到", "steps": [{"text": "找律师", "done": False}],
}  # fmt: skip
OFF = """for (const name of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, name, { get() { throw new Error('off'); } });
}"""
# What a script wants of its page and this test does not is an empty element.
CASE = """<!doctype html><html lang="zh"><body><div class="case" data-ticket="T1" data-mine="yes" data-path="/desk/t">
<div id="log"><div id="messages"></div></div><form id="reply"><textarea id="text"></textarea><button>发送</button></form>
<form id="ask"><input id="q"></form></div><script>
const there = document.getElementById.bind(document);
document.getElementById = (id) => there(id)
  || document.body.appendChild(Object.assign(document.createElement("div"), { id }));
</script><script type="module" src="/static/desk/case.js"></script></body></html>"""
DICTIONARY = """<!doctype html><html lang="zh"><body><form id="dictionary-form"><input name="sentence"><input name="text">
<select name="kind"><option>a</option></select></form><button id="preview">试</button><div id="effect">上一句的样子</div>
<script type="module" src="/static/workbench/dictionary.js"></script></body></html>"""


def test_a_kept_value_that_is_broken_stops_nothing(lone):
    broken = "localStorage.setItem('huhang-check-out1', '{broken'); localStorage.setItem('huhang-lead-draft', 'null');"
    page = lone(chat_page(asked(1, "问"), LIST, asked(2, "登记"), CONSENT), broken)
    expect(page.locator("#messages article")).to_have_count(4)
    page.get_by_label("合同").check()
    expect(page.locator(".card.checklist")).to_contain_text("已备 1 项")
    expect(page.locator(".lead-form")).to_be_visible()


def test_a_copy_that_is_refused_says_what_to_do(lone):
    refuse = "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } });"
    page = lone(chat_page(asked(1, "查"), LEAD), refuse)
    page.get_by_role("button", name="复制").click()
    expect(page.locator(".card.lead")).to_contain_text("没有复制成")


def test_a_tick_that_was_not_stored_says_so(lone):
    page = lone(chat_page(matters=[MATTER]))
    page.evaluate("document.getElementById('matter').open = true")
    page.route("**/steps", lambda route: route.abort())
    page.get_by_label("找律师").click()
    expect(page.locator("#matter-body [role=alert]")).to_contain_text("没有记下")
    expect(page.get_by_label("找律师")).not_to_be_checked()


def test_a_case_is_served_without_storage(lone):
    page = lone(CASE, OFF)
    page.fill("#text", "写了一半")
    expect(page.locator("#text")).to_have_value("写了一半")


@pytest.mark.parametrize(
    ("answer", "words"),
    [({"status": 401, "json": {}}, "登录已失效"), ({"body": "<p>Wi-Fi</p>"}, "连不上服务"), (None, "连不上服务")],
    ids=["logged out", "not ours", "offline"],
)  # fmt: skip
def test_a_preview_that_failed_does_not_leave_the_former_one(lone, answer, words):
    page = lone(DICTIONARY)
    path = "**/workbench/dictionary/preview"
    page.route(path, lambda route: route.fulfill(**answer) if answer else route.abort())
    page.fill("[name=sentence]", "收到337")
    expect(page.locator("#effect")).to_contain_text(words)
    expect(page.locator("#effect")).not_to_contain_text("上一句的样子")


@pytest.mark.parametrize("is_framed", [False, True])
def test_the_picture_of_a_line_is_shown_also_in_a_frame_that_has_no_cookie(lone, is_framed):
    name = base64.urlsafe_b64encode(f"{SENDER}\nsite".encode()).decode().rstrip("=")
    token = {"token": f"w1.{name}.{int(time.time()) + 1800}.x"} if is_framed else {}
    line = {
        "paper": "p1",
        "line": 3,
        "page": 1,
        "text": "Case No. 1",
        "certain": True,
        "has_picture": True,
    }
    fact = {
        "label": "案号",
        "title": "传票",
        "found": [{"label": "", "value": "1", "source": line}],
    }
    page = lone(chat_page(asked(1, "案号"), answered(1, "1", data={"fact": fact}), **token))
    tokens: list[str | None] = []

    def give(route):
        tokens.append(route.request.headers.get("x-sender-token"))
        route.fulfill(path=ROOT / "channels" / "static" / "icon-512.png")

    page.route("**/api/v1/papers/p1/lines/3.png", give)
    page.get_by_text("第1页原文").click()
    expect(page.locator(".line img")).to_have_js_property("naturalWidth", 512)
    assert tokens == [token.get("token")]
