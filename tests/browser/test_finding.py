"""The one search from any page of the staff, by the key and by the link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD
from tests.browser.windows import windows
from tests.serving import Server

pytestmark = pytest.mark.browser

PAGES = ("/desk/figures", "/desk/leads", "/desk/me", "/workbench", "/workbench/drafts")


@pytest.fixture
def enter(browser: Any, filled: Server) -> Iterator[Any]:
    """Log a person in: ``page = enter("admin")``."""
    with windows(browser) as opened:

        def enter(login: str, width: int = 1280) -> Any:
            page = opened(width, 844)
            page.goto(f"{filled.url}/desk/login")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("button.primary")
            expect(page.locator("h1")).to_be_visible()
            return page

        yield enter


def test_the_key_finds_from_every_page_what_the_inbox_finds(enter: Any, filled: Server) -> None:
    page = enter("admin")
    page.goto(f"{filled.url}/desk")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("337-TA")
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_contain_text("说过的话")
    wanted = page.locator(".found").inner_text()
    for path in PAGES:
        page.goto(filled.url + path)
        page.keyboard.press("/")
        expect(page.locator("#find-anywhere")).to_be_focused()
        page.keyboard.type("337-TA")
        page.keyboard.press("Enter")
        expect(page.locator("#find")).to_have_value("337-TA")
        assert page.locator(".found").inner_text() == wanted, path


def test_the_key_is_a_letter_where_somebody_writes_and_the_field_goes_away_again(
    enter: Any, filled: Server
) -> None:
    page = enter("admin")
    page.goto(f"{filled.url}/workbench/drafts")
    own = page.locator("main input[type='search']").first
    own.press("/")
    expect(own).to_have_value("/")
    expect(page.locator("#finder")).to_be_hidden()
    own.blur()
    page.keyboard.press("/")
    expect(page.locator("#finder")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).to_be_hidden()


def test_a_link_that_is_pressed_twice_opens_it_and_keeps_it_open(
    enter: Any, filled: Server
) -> None:
    page = enter("admin")
    page.goto(f"{filled.url}/desk/figures")
    page.get_by_role("link", name="查找").dblclick()
    expect(page.locator("#find-anywhere")).to_be_focused()
    page.mouse.click(5, 5)
    expect(page.locator("#finder")).to_be_hidden()


def test_on_a_phone_the_link_opens_it_and_the_frame_stays_two_lines(
    enter: Any, filled: Server
) -> None:
    page = enter("admin", 390)
    page.goto(f"{filled.url}/workbench/listening")
    assert page.locator(".rail").bounding_box()["height"] < 120
    page.get_by_role("link", name="查找").click()
    page.fill("#find-anywhere", "德国")
    page.locator("#finder").get_by_role("button", name="查找").click()
    expect(page.locator(".found")).to_contain_text("人工登记")


def test_who_would_find_nothing_has_no_search(enter: Any, filled: Server) -> None:
    page = enter("xu")
    page.goto(f"{filled.url}/workbench")
    page.keyboard.press("/")
    expect(page.locator("#find-link, #finder")).to_have_count(0)
