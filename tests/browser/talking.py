"""Speaking with the bot in the chat page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

# A story with a country, a procedure, a side and a date.
STORY = (
    "我们公司在番禺做灯具，收到美国337调查的立案通知，被申请人里有我们，11月16日收到的，怎么办？"
)
# A busy machine takes its time; what is tested is that it comes, not how fast.
_WAIT_MS = 30_000


_STILL = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const places = () => JSON.stringify(
    [scrollX, scrollY, ...[...document.querySelectorAll("main, article, [id]")].map(
      (node) => [node.scrollTop, Math.round(node.getBoundingClientRect().top)])]);
  const moves = () => document.getAnimations().some((one) => one.playState === "running" &&
    one.effect.getComputedTiming().iterations !== Infinity);
  for (let same = 0, before = ""; same < 12; await frame()) {
    const now = places();
    same = now === before && !moves() ? same + 1 : 0;
    before = now;
  }
}
"""


def come_to_rest(page: Any) -> None:
    """Wait until nothing on the page fades or moves any more: for twelve pictures in a row."""
    page.evaluate(_STILL)


def last(page: Any) -> Any:
    """The last thing the bot said."""
    return page.locator("article.ours").last


def say(page: Any, text: str) -> Any:
    """Type and send; the last of the replies that came."""
    before = page.locator("article.ours").count()
    page.fill("#question", text)
    page.press("#question", "Enter")
    expect(page.locator("article.ours").nth(before)).to_be_visible(timeout=_WAIT_MS)
    expect(page.locator("#typing")).to_be_hidden(timeout=_WAIT_MS)
    return last(page)


def give_day(page: Any, day: str) -> None:
    """Put a day (ISO) in the place of the last one that was found, in the open panel of the matter."""
    page.locator("#matter .due").get_by_role("button", name="改截止日").click()
    page.fill(".edit input", day)
    page.get_by_role("button", name="保存").click()
