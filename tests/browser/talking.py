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
