"""Whoever may approve a release is told by the browser, on whatever page they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from desk import approvals, releases, reminders, staff
from desk.engine import open_engine, writing
from desk.releases import ReleaseState
from desk.reminders import Wishes
from tests.browser.conftest import PASSWORD
from tests.browser.windows import windows
from tests.serving import Server

pytestmark = pytest.mark.browser

# What the browser would show, kept on the page.
SHOWING = """
    const show = (text) => { document.documentElement.dataset.shown = text; };
    window.Notification = class extends EventTarget {
      static permission = "granted";
      static async requestPermission() { return "granted"; }
      constructor(title, options) { super(); window.last = this; show(`${title} ${options.body}`); }
    };
"""


def at_login(page: Any, url: str) -> Any:
    """The page of login, filled in by a trainer whose browser keeps what it would show."""
    page.add_init_script(SHOWING)
    page.goto(url)
    page.fill("#login", "xu")
    page.fill("#password", PASSWORD)
    return page


@pytest.fixture
def number(filled: Server) -> Iterator[int]:
    """A release that the admin submitted, taken out again when the test is over."""
    engine = open_engine(f"sqlite:///{filled.data_dir / 'desk.sqlite'}")
    with writing(engine) as conn:
        reminders.wish(conn, "xu", Wishes(quiet_from=0, quiet_to=0))
        made = releases.create(
            conn, "20261130-091500-0a1b2c3d", None, {}, by="admin", note="新的资助办法"
        )
        releases.submit(conn, made.id, by="admin")
        reminders.find(conn, approvals.present(conn, staff.listing(conn)))
    yield made.id
    with writing(engine) as conn:
        # The page of releases takes one out whose files are missing.
        if releases.get(conn, made.id).state is ReleaseState.SUBMITTED:
            releases.send_back(conn, made.id, by="xu", comment="测试结束了")
            releases.supersede(conn, made.id, "")
    engine.dispose()


def test_trainer_is_shown_once_what_waits_and_led_to_it(
    browser: Any, filled: Server, number: int
) -> None:
    with windows(browser) as opened:
        page = at_login(opened(1280, 844), f"{filled.url}/desk/login")
        page.click("button.primary")
        page.goto(f"{filled.url}/desk/me")
        expect(page.locator("#reminding")).to_contain_text("等您批准")
        # Nothing by itself before it was switched on in this browser.
        page.evaluate("localStorage.setItem('huhang-desk-notify', 'on')")
        page.goto(f"{filled.url}/workbench/dictionary")
        expect(page.locator("html")).to_have_attribute("data-shown", f"等您批准 第{number}次发布")
        page.goto(f"{filled.url}/workbench/drafts", wait_until="networkidle")
        expect(page.locator("html[data-shown]")).to_have_count(0)


def test_what_was_shown_leads_to_the_releases_where_it_is_switched(
    browser: Any, filled: Server, number: int
) -> None:
    with windows(browser) as opened:
        page = at_login(opened(390, 844), f"{filled.url}/desk/login?next=/workbench/dictionary")
        page.evaluate("localStorage.setItem('huhang-desk-notify', 'on')")
        page.click("button.primary")
        expect(page.locator("html[data-shown]")).to_have_count(1)
        page.evaluate("window.last.dispatchEvent(new Event('click'))")
        expect(page.locator("h1")).to_contain_text("发布")
        button = page.locator("#notify")
        expect(button).to_contain_text("开")
        button.click()
        expect(button).to_contain_text("关")
