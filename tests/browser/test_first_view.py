"""The page as it is first met and lived with: light, still, readable in the dark, on paper, sideways, offline."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.talking import STORY, come_to_rest, say

pytestmark = pytest.mark.browser

MOST_BYTES = 90_000
# Of one line on a phone: the box that people write in grows with longer ones, which is their doing.
SHORT_STORY = "美国337调查，我们是被告"
SHIFTS = """() => { window.shifted = 0; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true }); }"""
# Contrast of each visible text with the first ground behind it that is painted.
CONTRASTS = """() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const node of document.querySelectorAll("body *")) {
    const text = [...node.childNodes].filter((c) => c.nodeType === 3).map((c) => c.data.trim()).join("");
    if (!text || !node.checkVisibility({ visibilityProperty: true }) || node.closest(".hidden, .skip, script, .waiting")) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(`${text.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


def test_first_view_is_light_and_comes_from_here_alone(browser: Any, server: Any, record_property):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished",
        lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}),
    )
    page.goto(server.url, wait_until="networkidle")
    context.close()
    record_property("first view", f"{sum(sizes.values())} bytes, {len(sizes)} files")
    assert {urlsplit(url).netloc for url in sizes} == {urlsplit(server.url).netloc}
    assert sum(sizes.values()) <= MOST_BYTES


def test_home_on_a_phone_says_what_can_be_asked_when_people_are_there_and_what_is_kept(page):
    for words in ("店铺冻结", "商标被抢注", "来答几道题", "服务时间"):
        expect(page.get_by_text(words).filter(visible=True).first).to_be_visible()
    about = page.locator(".welcome .about")
    about.locator("summary").click()
    expect(about).to_contain_text("不用登录")
    expect(about).to_contain_text("不构成法律意见")
    page.get_by_role("button", name="来答几道题").click()
    expect(page.locator("article.quiz").first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_an_answer_arrives(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.reload()
    page.evaluate(SHIFTS)
    say(page, SHORT_STORY)
    expect(page.locator("article.story")).to_have_count(1)
    come_to_rest(page)
    assert page.evaluate("() => window.shifted") <= 0.02


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_the_light_and_in_the_dark(page, scheme):
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate(CONTRASTS) == []
    say(page, STORY)
    for summary in page.locator("article details > summary").all():
        if summary.is_visible():
            summary.click()
    page.locator("#matter > summary").click()
    assert page.evaluate(CONTRASTS) == []


def test_on_paper_there_are_no_buttons_and_everything_is_unfolded(page):
    say(page, STORY)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for node in page.locator("button, textarea, #matter").all():
        assert not node.is_visible(), node.evaluate("node => node.outerHTML")
    expect(page.locator(".card.center")).to_be_visible()
    assert page.evaluate(CONTRASTS) == []
    page.emulate_media(media="screen")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".card.center")).to_be_hidden()


def test_place_is_kept_when_the_window_changes(page):
    say(page, STORY)
    say(page, "商标在德国被人抢注了怎么办？")
    come_to_rest(page)
    heading = page.locator("article.story .first h3")
    heading.evaluate("node => node.scrollIntoView({ block: 'start', behavior: 'instant' })")
    come_to_rest(page)
    story = page.locator("article.story")
    before = story.bounding_box()["y"]
    for size in ((390, 500), (390, 844)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        come_to_rest(page)
        assert abs(story.bounding_box()["y"] - before) <= 2


@pytest.mark.parametrize("size", [(390, 700), (844, 390)])
def test_who_comes_back_finds_a_long_answer_at_its_beginning(page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    say(page, STORY)
    page.reload()
    answer = page.locator("article.story")
    expect(answer).to_be_in_viewport()
    assert answer.bounding_box()["height"] > size[1] - 200
    assert 0 <= answer.bounding_box()["y"] < size[1] / 2


@pytest.mark.parametrize("size", [(844, 390), (640, 360), (320, 568)])
def test_newest_answer_is_in_view_sideways_and_enlarged(page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    say(page, STORY)
    say(page, "商标在德国被人抢注了怎么办？")
    come_to_rest(page)
    box = page.locator("article.ours").last.bounding_box()
    said = page.locator("article.theirs").last.bounding_box()
    assert -5 <= min(box["y"], said["y"]) < size[1] / 2
    assert page.locator("html").evaluate("node => node.scrollWidth") <= size[0]


def test_being_offline_is_said_at_once_and_unsaid(page):
    page.wait_for_load_state("networkidle")  # the scripts that listen for it are there
    page.context.set_offline(True)
    bar = page.locator("#connection")
    expect(bar).to_contain_text("没有网络", timeout=10_000)
    page.context.set_offline(False)
    expect(bar).to_be_hidden(timeout=30_000)


def test_messages_have_names_for_screen_readers(page):
    say(page, STORY)
    expect(page.get_by_role("article", name="您说")).to_have_count(1)
    expect(page.get_by_role("article", name="护航的回答")).to_have_count(1)
