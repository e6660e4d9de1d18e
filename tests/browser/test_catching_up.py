"""A page whose line was down for a while gets what was said meanwhile, and keeps the rest as it was."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import SENDER, answered, asked, chat_page

pytestmark = pytest.mark.browser

BEGUN = (asked(1, "期限多久"), answered(1, "二十天。"), asked(2, "谢谢"), answered(2, "不客气。"))
# Everything that a screen reader would read aloud from now on.
READ_ALOUD = """() => {
  const log = document.getElementById("log");
  window.aloud = [];
  new MutationObserver((changes) => {
    if (log.getAttribute("aria-live") === "off") return;
    for (const change of changes) for (const node of change.addedNodes) window.aloud.push(node.textContent);
  }).observe(log, { childList: true, subtree: true });
}"""


@pytest.fixture
def meet(lone: Any) -> Any:
    """Opens a conversation, breaks its line, and has it come back to a history."""

    def met(begun: tuple[dict[str, Any], ...]) -> tuple[Any, Any]:
        page = lone(chat_page(*begun))
        lines: list[Any] = []
        page.route_web_socket("**/ws", lambda line: lines.append(line))
        page.reload()
        expect(page.locator("#messages article")).to_have_count(len(begun))
        page.evaluate(READ_ALOUD)

        def come_back(*messages: dict[str, Any]) -> None:
            history = {"sender": SENDER, "owner": "bot", "ticket": None, "messages": messages}
            page.route("**/api/v1/conversations/*", lambda route: route.fulfill(json=history))
            with page.expect_response("**/api/v1/conversations/*"):
                lines[-1].close()

        return page, come_back

    return met


def texts(page: Any) -> list[str]:
    return [node.inner_text() for node in page.locator("#messages article .text").all()]


def test_only_what_is_new_is_read_aloud_and_the_rest_stays_as_it_was(meet):
    page, come_back = meet(BEGUN)
    page.evaluate("document.querySelector('[data-id=out1]').dataset.mark = 'same'")
    page.locator("[data-id=out1] .rate button").first.focus()
    come_back(*BEGUN, asked(3, "还有呢"), answered(3, "没有了。"))
    expect(page.locator("#messages article")).to_have_count(6)
    assert texts(page) == ["期限多久", "二十天。", "谢谢", "不客气。", "还有呢", "没有了。"]
    expect(page.locator("[data-id=out1][data-mark=same] .rate button").first).to_be_focused()
    aloud = "".join(page.evaluate("window.aloud"))
    assert "没有了" in aloud
    assert "二十天" not in aloud


def test_what_was_said_before_a_message_that_is_shown_comes_before_it(meet):
    page, come_back = meet(BEGUN)
    staff = answered(9, "我是工作人员。", author="staff", kind="text")
    come_back(*BEGUN[:2], staff, *BEGUN[2:])
    expect(page.locator("#messages article")).to_have_count(5)
    assert texts(page) == ["期限多久", "二十天。", "我是工作人员。", "谢谢", "不客气。"]


def test_what_waits_to_be_sent_stays_behind_what_was_said(meet):
    page, come_back = meet(BEGUN)
    page.fill("#question", "等着发的")
    page.press("#question", "Enter")
    come_back(*BEGUN, answered(3, "迟到的。"))
    expect(page.locator("#messages article")).to_have_count(6)
    assert texts(page)[-2:] == ["迟到的。", "等着发的"]


def test_a_form_half_filled_in_stays_until_its_question_is_answered(meet):
    form = answered(3, "请登记", kind="question", data={"consent": True})
    page, come_back = meet((*BEGUN, form))
    page.locator(".lead-form input").first.fill("广州花灯")
    come_back(*BEGUN, form, answered(4, "工作人员说。", author="staff", kind="text"))
    expect(page.locator("#messages article")).to_have_count(6)
    expect(page.locator(".lead-form input").first).to_have_value("广州花灯")
    come_back(*BEGUN, form, answered(4, "工作人员说。", author="staff"), asked(5, "不登记"))
    expect(page.locator("#messages article")).to_have_count(7)
    expect(page.locator(".lead-form")).to_have_count(0)


@pytest.mark.parametrize(
    "history",
    [
        (asked(7, "新的"), answered(7, "新的回答。")),
        (*BEGUN[:2], answered(8, "已经删除。", data={"erased": True})),
    ],
    ids=["another conversation", "erased elsewhere"],
)
def test_what_is_not_the_same_any_more_is_drawn_anew_without_being_read_aloud(meet, history):
    page, come_back = meet(BEGUN)
    come_back(*history)
    expect(page.locator("#messages article")).to_have_count(len(history))
    assert page.evaluate("window.aloud") == []
    expect(page.locator("#log")).to_have_attribute("aria-live", "polite")
