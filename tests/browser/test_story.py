"""A story is answered by one calm card: date, meaning, first steps; all else one tap away."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.talking import STORY, come_to_rest, say

pytestmark = pytest.mark.browser


@pytest.fixture
def card(page: Any) -> Any:
    say(page, STORY)
    return page.locator("article.story")


def test_one_card_holds_the_whole_answer_and_the_calendar_is_above_the_fold(page, card):
    expect(page.locator("article.ours")).to_have_count(1)
    expect(card.locator(".first li")).to_have_count(3)
    expect(card.get_by_text("2026年12月7日").filter(visible=True)).to_have_count(1)
    action = card.get_by_role("link", name="存入手机日历")
    step = card.locator(".first li").first
    come_to_rest(page)  # the card has been scrolled into view
    composer = page.locator("#composer").bounding_box()["y"]
    for node in (action, step):
        box = node.bounding_box()
        assert 0 < box["y"] < composer - box["height"]


def test_everything_else_is_one_tap_away(page, card):
    titles = card.locator(".fold > summary")
    expect(titles).to_contain_text(["要准备的材料", "找谁帮忙", "出处和全文"])
    for number in range(titles.count()):
        inside = card.locator(".fold > div").nth(number)
        expect(inside).to_be_hidden()
        titles.nth(number).click()
        expect(inside).to_be_visible()
    expect(card.locator(".card.checklist .check").first).to_be_visible()
    expect(card.locator(".card.center")).to_contain_text("广州知识产权保护中心")
    expect(card.locator("details.source blockquote")).to_have_count(1)


def test_label_is_said_once_a_conversation_and_stays_after_a_reload(page, card):
    expect(page.locator(".label")).to_have_count(1)
    say(page, "美国法院起诉状，几天内要答辩？")
    expect(page.locator(".label")).to_have_count(1)
    page.reload()
    expect(page.locator("article.story .label")).to_have_count(1)
    expect(page.locator(".label")).to_have_count(1)
    expect(page.locator("article.ours").first).to_have_class("message ours answer story")


def test_a_date_alone_is_said_once_in_its_bubble(page):
    say(page, "美国337调查，11月16日收到起诉书，几号前答辩？")
    bubble = page.locator("article.deadline").last
    expect(bubble.get_by_text("12月7日").filter(visible=True)).to_have_count(1)
    bubble.locator("details.how summary").click()
    expect(bubble).to_contain_text("起算")


def test_a_story_that_the_shelf_has_no_guide_for_is_one_card_too(page):
    say(page, "我们是花都做箱包的，11月18号收到越南那边的律师函，说我们牌子是他们的")
    expect(page.locator("article.ours")).to_have_count(1)
    card = page.locator("article.story")
    expect(card.locator(".known")).to_have_text("我理解的情况：越南、警告函、皮革皮具")
    expect(card).to_contain_text("我不猜")
    expect(card.locator(".fold > summary")).to_contain_text(["要准备的材料", "找谁帮忙"])
