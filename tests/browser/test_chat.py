"""What a person does in the chat page: ask, open a source, leave a lead, come back, ask for a human."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.talking import last, say

pytestmark = pytest.mark.browser

QUESTION = "收到337调查立案通知，几天内要答辩？"


def test_question_is_answered_and_its_source_unfolds_to_the_quoted_words(page):
    answer = say(page, QUESTION)
    expect(answer).to_contain_text("20天")
    expect(answer).to_contain_text("不构成法律意见")
    source = answer.locator("details.source").first
    expect(source.locator("blockquote")).to_be_hidden()
    source.locator("summary").click()
    expect(source.locator("blockquote")).to_contain_text("20天")
    expect(source).to_contain_text("19 CFR § 210.13")
    expect(source).to_contain_text("美国")


def test_lead_is_left_and_everything_is_there_after_a_reload(page):
    say(page, "登记援助")
    for text in ("同意", "广州花灯有限公司", "跳过", "王小明", "13800138000"):
        say(page, text)
    for _ in range(12):
        if "请核对" in last(page).inner_text():
            break
        say(page, "跳过")
    before = page.locator("article.ours").count()
    last(page).get_by_role("button", name="确认提交").click()
    expect(page.locator("article.ours").nth(before)).to_be_visible(timeout=20_000)
    card = page.locator(".card.lead").last
    expect(card).to_contain_text("待受理机关审核")
    reference = card.locator(".reference").inner_text()
    said = page.locator("article").count()
    page.reload()
    expect(page.locator(".card.lead .reference")).to_have_text(reference)
    expect(page.locator("article")).to_have_count(said)


def test_another_browser_does_not_see_the_conversation(page, browser, server):
    say(page, QUESTION)
    context = browser.new_context()
    other = context.new_page()
    other.goto(server.url)
    expect(other.locator("article")).to_have_count(0)
    context.close()


def test_human_is_one_tap_away_and_with_nobody_on_duty_the_bot_still_answers(page):
    page.click("#human")
    expect(page.locator(".card.handoff")).to_be_visible(timeout=20_000)
    expect(page.locator("#queue")).to_contain_text("正在等待工作人员")
    expect(say(page, QUESTION)).to_contain_text("20天")
    expect(page.locator("#queue")).to_be_hidden(timeout=20_000)
    page.click("#human")
    expect(page.locator("#queue")).to_contain_text("正在等待工作人员")
    page.click("#back")
    expect(page.locator("#queue")).to_be_hidden(timeout=20_000)


def test_message_written_while_the_line_is_down_is_answered_once_when_it_is_back(page):
    say(page, "你好")
    page.context.set_offline(True)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    expect(page.locator("article.theirs.waiting")).to_be_visible()
    page.context.set_offline(False)
    expect(last(page)).to_contain_text("20天", timeout=30_000)
    expect(page.locator("article.theirs").filter(has_text=QUESTION)).to_have_count(1)


def _refuse(page: Any, refusal: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Open the page anew on a line that refuses messages for the server.

    :param refusal: given a message, what its refusal says; None where the server gets the message.
    """

    def between(line: Any) -> None:
        server = line.connect_to_server()

        def from_page(text: str) -> None:
            event = json.loads(text)
            said = refusal(event) if event["type"] == "message" else None
            if said is None:
                server.send(text)
                return
            line.send(json.dumps({"type": "refused", "message_id": event["message_id"], **said}))

        line.on_message(from_page)
        server.on_message(line.send)

    page.route_web_socket("**/ws", between)
    page.reload()


def test_what_is_said_later_waits_for_what_the_server_could_not_take(page):
    """The records are away for a moment: the first message is refused until the second is written."""
    is_away = True
    refused = []

    def refusal(event: dict[str, Any]) -> dict[str, Any] | None:
        if event["text"] != "第一句" or not is_away:
            return None
        refused.append(event["message_id"])
        return {"error": {"code": "desk_unavailable", "message": "这条消息没有保存"}}

    _refuse(page, refusal)
    for text in ("第一句", "第二句"):
        page.fill("#question", text)
        page.press("#question", "Enter")
        expect(page.locator("article.theirs").last).to_contain_text(text)
    expect(page.locator("article.theirs", has_text="第一句")).to_contain_text("稍后自动重发")
    is_away = False
    expect(page.locator("article.waiting")).to_have_count(0, timeout=30_000)
    page.reload()
    expect(page.locator("article.theirs")).to_contain_text(["第一句", "第二句"])
    assert len(set(refused)) == 1


@pytest.mark.parametrize("code", ["overloaded", "rate_limited", "internal"])
def test_what_the_server_asks_to_send_again_is_sent_again(page, code):
    refused = []

    def refusal(event: dict[str, Any]) -> dict[str, Any] | None:
        if refused:
            return None
        refused.append(event["message_id"])
        return {"error": {"code": code, "message": "请过几秒再发一次"}, "retry_after": 1}

    _refuse(page, refusal)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    expect(page.locator("article.theirs")).to_contain_text("稍后自动重发")
    expect(last(page)).to_contain_text("20天", timeout=30_000)


def test_a_failure_of_one_message_does_not_hold_up_the_next(page):
    error = {"code": "internal", "message": "服务出了点问题"}
    _refuse(page, lambda event: {"error": error} if event["text"] == "坏消息" else None)
    for text in ("坏消息", QUESTION):
        page.fill("#question", text)
        page.press("#question", "Enter")
    expect(last(page)).to_contain_text("20天", timeout=30_000)
    failed = page.locator("article.theirs", has_text="坏消息")
    expect(failed).to_contain_text("没有发送成功")
    expect(failed.get_by_role("button", name="重试")).to_be_visible()


def test_a_conversation_that_is_over_says_so_and_keeps_what_was_written(page):
    lines: list[Any] = []
    page.route_web_socket("**/ws", lambda line: lines.append((line, line.connect_to_server())))
    page.reload()
    say(page, "你好")
    page.context.clear_cookies()
    page.route_web_socket("**/ws", lambda line: line.close())
    lines[0][0].close()
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    notice = page.locator("#connection")
    expect(notice).to_contain_text("这段对话已失效", timeout=20_000)
    page.route_web_socket("**/ws", lambda line: line.connect_to_server())
    notice.get_by_role("button", name="刷新").click()
    expect(last(page)).to_contain_text("20天", timeout=30_000)


@pytest.fixture
def begun_again(page):
    """Another tab begins another conversation, says a word there, and the page's line breaks."""

    def begin() -> None:
        page.context.clear_cookies()
        other = page.context.new_page()
        other.goto(page.url)
        say(other, "你好")
        other.close()
        lines[0].close()

    lines: list[Any] = []

    def between(line: Any) -> None:
        def from_server(text: str) -> None:
            line.send(text)
            lines.append(line)

        server = line.connect_to_server()
        line.on_message(server.send)
        server.on_message(from_server)

    page.route_web_socket("**/ws", between)
    page.reload()
    while not lines:
        page.wait_for_timeout(50)
    return begin


def test_a_page_on_which_nothing_was_said_shows_the_conversation_that_goes_on(page, begun_again):
    begun_again()
    expect(page.locator("article.theirs")).to_contain_text("你好", timeout=20_000)
    expect(say(page, QUESTION)).to_contain_text("20天")


def test_a_page_whose_conversation_was_replaced_says_so_and_keeps_what_was_said(page, begun_again):
    say(page, QUESTION)
    begun_again()
    notice = page.locator("#connection")
    expect(notice).to_contain_text("这段对话已失效", timeout=20_000)
    expect(page.locator("article.theirs")).to_contain_text(QUESTION)
    page.fill("#question", "还在吗")
    page.press("#question", "Enter")
    notice.get_by_role("button", name="刷新").click()
    expect(page.locator("article.theirs")).to_contain_text(["你好", "还在吗"], timeout=20_000)
    expect(page.locator("article.waiting")).to_have_count(0, timeout=20_000)


def test_keyboard_alone_reaches_everything(page):
    page.keyboard.press("Tab")
    assert page.evaluate_handle("document.activeElement").get_attribute("class") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.type("今天天气怎么样")
    page.keyboard.press("Enter")
    expect(page.locator("article.refusal")).to_be_visible(timeout=20_000)


def test_large_text_is_larger_and_stays_after_a_reload(page):
    page.click("#size")
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    expect(page.locator("#size")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("width", [360, 180, 1280])
def test_nothing_is_cut_off_sideways_even_when_enlarged(page, width):
    # 180 is what a 360-pixel phone has left at 200 % zoom.
    page.set_viewport_size({"width": width, "height": 640})
    say(page, QUESTION)
    root = page.locator("html")
    assert root.evaluate("node => node.scrollWidth") <= width


def test_markup_in_a_message_stays_text(page):
    say(page, "<img src=x onerror=alert(1)>")
    expect(page.locator("article img[src=x]")).to_have_count(0)
    expect(page.locator("article.theirs").last).to_contain_text("<img src=x")


def test_page_works_without_scripts(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    page.fill("#question", QUESTION)
    page.click("#send")
    expect(page.locator("article.ours").last).to_contain_text("20天")
    page.locator("details.source summary").first.click()
    expect(page.locator("details.source blockquote").first).to_contain_text("20天")
    context.close()
