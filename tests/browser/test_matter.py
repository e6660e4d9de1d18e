"""我的事项 in the page: told, seen, corrected by a tap, ticked off, taken along, kept apart, erased."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.talking import STORY, give_day, say

pytestmark = pytest.mark.browser


@pytest.fixture
def told(page: Any) -> Any:
    """A person on a wide screen who has told the story."""
    page.set_viewport_size({"width": 1280, "height": 800})
    say(page, STORY)
    expect(page.locator("#matter .due")).to_contain_text("2026年12月7日")
    return page


def value(page: Any, label: str) -> Any:
    return page.locator(".fields li").filter(has_text=label).locator(".value")


def test_a_tap_corrects_a_value_and_the_date_follows(told):
    value(told, "收到日期").click()
    told.fill(".edit input", "2026-11-20")
    told.get_by_role("button", name="保存").click()
    expect(told.locator("article.theirs").last).to_contain_text("更正这件事", timeout=20_000)
    expect(value(told, "收到日期")).to_contain_text("2026年11月20日", timeout=20_000)
    expect(told.locator("#matter .due")).to_contain_text("2026年12月14日")
    expect(told.locator("article.ours").last).to_contain_text("2026年12月14日")
    expect(told.locator("article.ours").last).to_contain_text("还剩 21 天")
    value(told, "国家或地区").click()
    told.fill(".edit input", "德国")
    told.get_by_role("button", name="保存").click()
    expect(value(told, "国家或地区")).to_contain_text("德国", timeout=20_000)
    expect(told.locator("#matter .due")).to_have_count(0)
    expect(told.locator("article.ours").last).to_contain_text("收到了什么")
    told.get_by_role("button", name="法院起诉").click()
    expect(told.locator("article.ours").last).to_contain_text("德国诉讼", timeout=20_000)
    # A month from 20 November ends on a Sunday.
    expect(told.locator("#matter .due")).to_contain_text("2026年12月21日", timeout=20_000)


def test_steps_stay_ticked_and_the_plan_opens_elsewhere_by_its_link(told, browser):
    told.locator(".matter .check input").first.check()
    expect(told.locator(".matter h3 small")).to_contain_text("还有 4 步")
    told.reload()
    expect(told.locator(".matter .check input").first).to_be_checked()
    told.get_by_role("button", name="留个链接").click()
    address = told.locator(".keep input").input_value()
    context = browser.new_context(locale="zh-CN")
    other = context.new_page()
    other.goto(address)
    expect(other.locator(".plan-due")).to_contain_text("2026年12月7日")
    expect(other.locator(".plan-steps")).to_contain_text("（已完成）")
    other.locator(".plan-steps input").nth(1).check()
    expect(other.locator("#said")).to_contain_text("已记下")
    told.reload()
    expect(told.locator(".matter h3 small")).to_contain_text("还有 3 步")
    with other.expect_download() as saved:
        other.get_by_role("link", name="下载 PDF").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    say(told, "删除我的数据")
    say(told, "确认删除")
    expect(told.locator("#matter-body")).to_contain_text("还没有记录", timeout=20_000)
    assert other.goto(address).status == 404
    context.close()


def test_second_dispute_is_kept_apart_and_the_first_is_a_tap_away(told):
    say(told, "另外我们的商标在德国被人抢注了，怎么办")
    expect(value(told, "遇到的事")).to_contain_text("商标抢注", timeout=20_000)
    expect(told.locator("#matter .due")).to_have_count(0)
    expect(told.locator(".others")).to_contain_text("美国 · 337调查")
    told.get_by_role("button", name="回到这件事").click()
    expect(value(told, "遇到的事")).to_contain_text("337调查", timeout=20_000)
    expect(told.locator("#matter .due")).to_contain_text("2026年12月7日")


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_it_is_a_bar_that_unfolds_over_the_conversation(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    before = page.locator(".chat").bounding_box()
    say(page, STORY)
    bar = page.locator("#matter summary")
    expect(bar).to_contain_text("14 天", timeout=20_000)
    assert page.locator(".chat").bounding_box() == before
    expect(page.locator("#matter-body")).to_be_hidden()
    bar.click()
    expect(page.locator("#matter-body")).to_be_visible()
    assert page.locator(".chat").bounding_box() == before
    assert page.locator("html").evaluate("node => node.scrollWidth") <= width


def test_what_is_asked_of_the_day_is_answered_in_words_and_the_day_stays(told):
    answer = say(told, "这个能延吗")
    expect(answer).to_contain_text("可向行政法官申请")
    expect(answer).to_contain_text("没有批准之前，仍按2026年12月7日")
    expect(told.locator("#matter .due")).to_contain_text("2026年12月7日")


def test_the_day_given_by_hand_is_marked_and_a_new_day_of_receipt_asks_which_one(told):
    due = told.locator("#matter .due")
    give_day(told, "2026-12-10")
    expect(due.locator("b")).to_have_text("2026年12月10日（星期四）")
    expect(due.locator(".given")).to_have_text("您改的")
    expect(due).to_contain_text("按规则算的：2026年12月7日（星期一）")
    expect(due.locator(".doubt")).to_have_count(0)
    told.reload()
    expect(due.locator(".given")).to_have_text("您改的")
    value(told, "收到日期").click()
    told.fill(".edit input", "2026-11-20")
    told.get_by_role("button", name="保存").click()
    expect(told.locator("article.ours").last).to_contain_text(
        "您自己改过截止日，是2026年12月10日（星期四）", timeout=20_000
    )
    expect(due.locator(".doubt")).to_contain_text("用哪一天")
    expect(due.locator("b")).to_have_text("2026年12月10日（星期四）")
    expect(due.locator(".given")).to_have_text("您改的")
    told.set_viewport_size({"width": 390, "height": 844})
    expect(told.locator("#matter summary")).to_contain_text("请选用哪一天")
    told.set_viewport_size({"width": 1280, "height": 800})
    due.get_by_role("button", name="用重新算的 2026年12月14日").click()
    expect(due.locator("b")).to_have_text("2026年12月14日（星期一）")
    expect(told.locator("#matter .given")).to_have_count(0)


def test_the_center_is_chosen_from_a_list_and_who_helps_is_then_the_chosen_one(told):
    helps = told.locator(".who-helps")
    expect(helps).to_contain_text("拨打 12330")
    expect(helps).to_contain_text("怎么找到")
    helps.get_by_role("button", name="改").click()
    helps.locator("select").select_option(label="广东省知识产权保护中心")
    helps.get_by_role("button", name="保存").click()
    expect(helps.locator(".given")).to_have_text("您选的")
    expect(helps.locator(".value")).to_contain_text("广东省知识产权保护中心")
    answer = say(told, "公司在番禺，找哪个援助中心")
    expect(answer).to_contain_text("广东省知识产权保护中心")
    expect(answer).to_contain_text("您在“我的事项”里选的")
    helps.get_by_role("button", name="改").click()
    helps.locator("select").select_option(label="按我的情况建议")
    helps.get_by_role("button", name="保存").click()
    expect(helps.locator(".given")).to_have_count(0)


def test_what_is_given_by_hand_is_not_lost_on_a_broken_line(told):
    told.route("**/due", lambda route: route.abort())
    due = told.locator("#matter .due")
    give_day(told, "2026-12-10")
    expect(told.locator("#matter .wrong")).to_contain_text("没有记下")
    expect(due.locator("b")).to_have_text("2026年12月7日（星期一）")


def test_the_kept_link_goes_on_asking_with_the_matter_in_another_browser(told, browser):
    told.get_by_role("button", name="留个链接").click()
    address = told.locator(".keep input").input_value()
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    other = context.new_page()
    other.goto(address)
    expect(other.locator("main")).to_contain_text("原来的对话")
    other.get_by_role("button", name="接着问这件事").click()
    expect(other.locator("article.theirs")).to_have_count(1, timeout=20_000)
    expect(other.locator("article.theirs")).to_contain_text("回到这件事：美国，337调查")
    expect(other.locator("#matter .due")).to_contain_text("2026年12月7日")
    assert STORY not in other.content()
    answer = say(other, "这个能延吗")
    expect(answer).to_contain_text("可向行政法官申请")
    context.close()
    own = told.context.new_page()
    own.goto(address)
    own.get_by_role("button", name="接着问这件事").click()
    expect(own.locator("article.theirs").first).to_contain_text(STORY[:20], timeout=20_000)
    own.close()


# The first word to the server takes longer than the second.
FIRST_IS_SLOW = """
const quick = window.fetch;
let isFirst = true;
window.fetch = async (address, options) => {
  if (options?.method === "POST" && String(address).endsWith("/steps") && isFirst) {
    isFirst = false;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  return quick(address, options);
};
"""


def test_a_step_that_is_ticked_and_unticked_at_once_ends_unticked(told, browser):
    told.get_by_role("button", name="留个链接").click()
    address = told.locator(".keep input").input_value()
    context = browser.new_context(locale="zh-CN")
    context.add_init_script(FIRST_IS_SLOW)
    other = context.new_page()
    other.goto(address)
    boxes = other.locator(".plan-steps input")
    boxes.nth(1).dblclick()
    expect(other.locator("#said")).to_contain_text("还没做")
    other.wait_for_timeout(1200)
    other.reload()
    expect(boxes.nth(1)).not_to_be_checked()
    context.close()
    told.add_init_script(FIRST_IS_SLOW)
    told.reload()
    mine = told.locator(".matter .check input")
    mine.nth(2).dblclick()
    told.wait_for_timeout(1500)
    expect(mine.nth(2)).not_to_be_checked()
    told.reload()
    expect(mine.nth(2)).not_to_be_checked()


def test_the_keyboard_stays_where_something_was_changed(told):
    step = told.locator(".matter .check input").nth(1)
    step.focus()
    told.keyboard.press("Space")
    expect(told.locator(".matter h3 small")).to_contain_text("还有 4 步")
    expect(step).to_be_focused()
    change = told.get_by_role("button", name="改截止日")
    change.focus()
    told.keyboard.press("Enter")
    told.fill(".edit input", "2026-12-10")
    told.keyboard.press("Enter")
    expect(told.locator("#matter .due .given")).to_have_text("您改的")
    expect(change).to_be_focused()
    told.keyboard.press("Enter")
    told.get_by_role("button", name="不用我改的").press("Enter")
    expect(told.locator("#matter .due .given")).to_have_count(0)
    expect(change).to_be_focused()
    center = told.locator(".who-helps button").first
    center.focus()
    told.keyboard.press("Enter")
    told.select_option(".edit select", index=3)
    told.locator(".edit").get_by_role("button", name="保存").press("Enter")
    expect(told.locator(".who-helps .given")).to_have_text("您选的")
    expect(center).to_be_focused()


def test_on_a_phone_what_became_of_a_step_is_in_sight_and_without_scripts_it_is_said_why(
    told, browser
):
    told.get_by_role("button", name="留个链接").click()
    address = told.locator(".keep input").input_value()
    phone = {"locale": "zh-CN", "viewport": {"width": 390, "height": 600}}
    context = browser.new_context(**phone)
    other = context.new_page()
    other.goto(address)
    other.route("**/steps", lambda route: route.abort())
    box = other.locator(".plan-steps input").first
    box.click()
    expect(other.locator("#said")).to_contain_text("没有连上")
    expect(other.locator("#said")).to_be_in_viewport(ratio=0.9)
    expect(box).not_to_be_checked()
    context.close()
    plain = browser.new_context(**phone, java_script_enabled=False)
    still = plain.new_page()
    still.goto(address)
    expect(still.locator("noscript p")).to_be_visible()
    expect(still.get_by_text("“接着问这件事”在这个浏览器")).to_be_hidden()
    plain.close()
