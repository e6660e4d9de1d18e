"""A person at the chat page in the machine's Chromium: asks, looks at the source, leaves a lead, reloads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.rasa]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
LEAD = [
    ("我要登记援助线索", "同意登记吗"),
    ("同意", "企业全称"),
    ("广州小白制造有限公司", "统一社会信用代码"),
    ("跳过", "联系人怎么称呼"),
    ("张三", "手机号"),
    ("13812345678", "哪个区"),
    # Country and procedure are known from the question above and not asked again.
    ("白云区", "哪种权利"),
    ("专利", "哪天收到"),
    ("跳过", "花了多少钱"),
    ("跳过", "说说情况"),
    ("跳过", "确认后才会保存"),
    ("确认提交", "线索已登记，待受理机关审核"),
]


@pytest.fixture
def page(server) -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("这台机器没有 Chromium，跳过浏览器测试")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(server.url)
        yield page
        browser.close()


def say(page: Page, text: str) -> None:
    box = page.locator("#question")
    box.fill(text)
    box.press("Enter")


def test_question_citation_lead_and_history_after_reload(page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    log = page.locator("#log")

    say(page, "收到337调查立案通知，几天内要答辩？")
    expect(log).to_contain_text("20天", timeout=15000)
    source = log.locator("details").filter(has_text="出处").first
    expect(source).to_contain_text("19 CFR § 210.13")
    quote = source.locator("blockquote")
    expect(quote).to_be_hidden()
    source.locator("summary").click()
    expect(quote).to_be_visible()
    expect(quote).to_contain_text("20天")

    for text, expected in LEAD:
        say(page, text)
        expect(log).to_contain_text(expected, timeout=15000)

    before = log.locator("[data-kind], article, .message").count()
    page.reload()
    expect(log).to_contain_text("线索已登记，待受理机关审核", timeout=15000)
    expect(log).to_contain_text("收到337调查立案通知")
    assert log.locator("[data-kind], article, .message").count() == before
    assert errors == []


def test_human_is_one_tap_away_and_can_be_taken_back(page: Page) -> None:
    log = page.locator("#log")
    page.locator("#human").click()
    expect(log).to_contain_text("已登记人工服务", timeout=15000)
    queue = page.locator("#queue")
    expect(queue).to_be_visible()
    queue.get_by_role("button", name="继续问机器人").click()
    expect(queue).to_be_hidden(timeout=15000)
    say(page, "什么是临时限制令")
    expect(log).to_contain_text("临时限制令", timeout=15000)


def test_page_works_with_the_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("欧盟商标异议期多长")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("3个月", timeout=15000)
