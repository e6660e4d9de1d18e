"""What the pages of staff and trainers say of things: words and names, never codes, logins or names of files."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.conftest import PASSWORD
from tests.browser.places import office
from tests.serving import Server

pytestmark = pytest.mark.browser

# Everything that can be read or heard on the page, but for what people wrote and what documents say.
TOLD = """() => {
  const told = [];
  const content = "script, style, textarea, pre, blockquote, .prewrap, .clamp, .said, .cut, .hits, .quoted";
  for (const node of document.querySelectorAll("details")) { node.removeAttribute("name"); node.open = true; }
  for (const node of document.querySelectorAll("body *")) {
    if (node.closest(content) || !node.checkVisibility({ visibilityProperty: true })) continue;
    const words = [...node.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data.trim());
    told.push(words.join(" "), node.getAttribute("aria-label") || "", node.getAttribute("placeholder") || "");
    if (node.matches("input[type=text], input:not([type])")) told.push(node.value);
  }
  return told.filter(Boolean);
}"""
# Signs that begin small and are no Chinese, and the codes of countries standing alone.
CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:[a-z0-9_]*[a-z][A-Za-z0-9_]*(?:[-_.#/:]+[A-Za-z0-9_]+)*|(?:US|DE|GB|CN|VN|JP)(?![A-Za-z0-9. §-]))"
)
FINE = (
    r"https?:\S+",  # addresses that are meant to be copied
    r"www\.example\.com",
    r"#[0-9a-f]{6}",  # a colour that was chosen
    r"[A-Z]{2}-[A-Z0-9]{4}-[A-Z0-9]{4}",  # references are what people quote to each other
    r"\S+\.md",  # the name under which the trainer's own file came
)
# Where people are told the name with which they log in.
_LOGINS = {"admin", "li", "wang", "xu", "zhao"}
LOGINS = {"desk-staff": _LOGINS, "desk-staff-reset": _LOGINS}


def codes(name: str, texts: list[str]) -> list[str]:
    """What stands on a page where a word belongs, each with the text around it."""
    found = []
    for text in texts:
        plain = re.sub("|".join(FINE), " ", text)
        for match in CODE.finditer(plain):
            if match.group() not in LOGINS.get(name, ()):
                found.append(f"{match.group()}: {text[:60]}")
    return found


def test_no_page_of_the_office_shows_a_code(browser: Any, filled: Server) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()
    page.goto(f"{filled.url}/desk/login")
    page.fill("#login", "admin")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_load_state()
    seen = {name: codes(name, page.evaluate(TOLD)) for name in office(page, filled)}
    page.context.close()
    assert len(seen) > 40
    assert {name: found for name, found in seen.items() if found} == {}
