"""The machine's Chromium against a real server; skipped where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from benchmarks.sample_desk import fill
from desk import staff
from desk.engine import open_engine, writing
from desk.migrations import migrate
from desk.permissions import Role
from tests.browser.windows import windows
from tests.serving import ROOT, Server, prepare, serving

LONE = "http://localhost"

PASSWORD = "correct-horse-9"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what the tests measured."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(scope="session")
def chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    return path


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("served")
    prepare(folder)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="session")
def filled(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server of its own with two months of made-up people, so that no list is empty."""
    folder = tmp_path_factory.mktemp("filled")
    prepare(folder)
    engine = open_engine(f"sqlite:///{folder / 'desk.sqlite'}")
    migrate(engine)
    fill(engine)
    engine.dispose()
    with serving(folder) as running:
        yield running


# Playwright holds an event loop while it is open, which the asynchronous tests of other modules must
# not meet; so it ends with the module.
@pytest.fixture(scope="module")
def browser(chromium: str, server: Server) -> Any:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, server: Server) -> Any:
    """A phone that has never been here; errors on the page fail the test."""
    with windows(browser) as opened:
        page = opened(390, 844)
        page.goto(server.url)
        yield page


@pytest.fixture(scope="session")
def open_account(server: Server) -> Callable[[str, str, str], None]:
    """Make an account that has its password; test_console.py has the way that people go there."""

    def opened(login: str, name: str, role: str) -> None:
        engine = open_engine(f"sqlite:///{server.data_dir / 'desk.sqlite'}")
        with writing(engine) as conn:
            staff.add(conn, login, name, Role(role), None, "test")
            secret = staff.invite(conn, login)
        staff.accept_invitation(engine, secret, PASSWORD)
        engine.dispose()

    return opened


@pytest.fixture
def enter(browser: Any, server: Server) -> Any:
    """Opens the desk: ``desk = enter("wang")``; errors on its pages fail the test."""
    with windows(browser) as opened:

        def enter(login: str, width: int = 1280, home: str = "收件箱") -> Any:
            page = opened(width, 860)
            page.on("dialog", lambda dialog: dialog.accept())
            page.goto(f"{server.url}/desk")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("button.primary")
            expect(page.locator("h1")).to_contain_text(home)
            return page

        yield enter


@pytest.fixture(scope="module")
def lone_browser(chromium: str) -> Any:
    """A browser where no server is needed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def lone(lone_browser: Any) -> Any:
    """A page of our scripts without a server: ``page = lone(html, before, ready)``.

    Scripts come from the disk; whatever else is asked for is a 404 until ``page.route`` answers it.
    ``before`` is run before any script of the page; ``ready(page)`` is called before it is opened, for a page
    that asks at once.  Errors on it fail the test.
    """
    with windows(lone_browser) as opened:

        def lone(html: str, before: str = "", ready: Callable[[Any], None] | None = None) -> Any:
            page = opened(390, 844)

            def answer(route: Any) -> None:
                path = urlsplit(route.request.url).path
                file = ROOT / "channels" / path.lstrip("/")
                if path == "/":
                    route.fulfill(body=html, content_type="text/html; charset=utf-8")
                elif path.startswith("/static/") and file.is_file():
                    route.fulfill(path=file)
                else:
                    route.fulfill(status=404, json={"error": {"code": "x", "message": "没有"}})

            page.route("**", answer)
            page.add_init_script(before)
            if ready is not None:
                ready(page)
            page.goto(f"{LONE}/")
            return page

        yield lone
