"""The registration as one page: filled from the matter, checked as typed, kept as a draft, confirmed once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.talking import STORY, say

pytestmark = pytest.mark.browser


@pytest.fixture
def form(page: Any) -> Any:
    say(page, STORY)
    expect(page.locator("#matter summary")).to_contain_text("337调查", timeout=20_000)
    say(page, "我要登记援助线索")
    return page.locator(".lead-form")


def test_two_turns_register_what_the_card_says(page, form):
    expect(form.locator("#lead-country")).to_have_value("美国")
    expect(form.locator("#lead-served_on")).to_have_value("2026-11-16")
    form.locator("#lead-company").fill("广州花灯有限公司")
    form.locator("#lead-contact").fill("王小明")
    form.locator("#lead-phone").fill("13800138000")
    form.locator("#lead-country").fill("德国")
    form.locator("#lead-brief").fill("被申请人里有我们，需要找律师，也想问资助。")
    form.locator("input[type=checkbox]").check()
    form.get_by_role("button", name="核对并提交").click()
    summary = page.locator("article.question").last
    expect(summary).to_contain_text("请核对", timeout=20_000)
    for said in ("广州花灯有限公司", "王小明", "13800138000", "德国", "需要找律师，也想问资助"):
        expect(summary).to_contain_text(said)
    expect(page.locator(".lead-form")).to_have_count(0)
    expect(page.locator(".card.lead")).to_have_count(
        0
    )  # nothing is stored before the confirming turn
    summary.get_by_role("button", name="确认提交").click()
    expect(page.locator(".card.lead")).to_contain_text("待受理机关审核", timeout=20_000)
    answer = page.locator("article.lead")
    assert answer.inner_text().count(answer.locator(".reference").inner_text()) == 1
    expect(answer).to_contain_text("以受理机关审核为准")
    page.click("#matter > summary")
    expect(page.locator("#matter-body")).to_contain_text("援助登记")
    assert page.evaluate("localStorage.getItem('huhang-lead-draft')") == "{}"


def test_a_wrong_number_is_said_as_it_is_typed_and_the_draft_survives_a_reload(page, form):
    form.locator("#lead-company").fill("广州花灯有限公司")
    for box, value, words in (
        ("#lead-phone", "1380013800", "11 位"),
        ("#lead-credit_code", "91440101MA59ABCD1X", "校验位"),
        ("#lead-served_on", "2099-01-01", "还没有到"),
    ):
        form.locator(box).fill(value)
        form.locator(box).blur()
        expect(form.locator(f"{box}-wrong")).to_contain_text(words)
    form.locator("#lead-credit_code").fill("91350211M000100Y46")
    expect(form.locator("#lead-credit_code-wrong")).to_have_text("")
    page.reload()
    expect(page.locator("#lead-company")).to_have_value("广州花灯有限公司")


def test_without_consent_nothing_is_sent(page, form):
    said = page.locator("article.theirs").count()
    form.get_by_role("button", name="核对并提交").click()
    expect(form).to_contain_text("请先勾选同意")
    expect(page.locator("article.theirs")).to_have_count(said)


def test_who_would_rather_answer_one_by_one_still_can(page, form):
    page.get_by_role("button", name="一句一句回答").click()
    expect(page.locator("article.question").last).to_contain_text("企业全称是什么", timeout=20_000)
    expect(form).to_have_count(0)
