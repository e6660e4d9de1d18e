"""Renew what docs/screenshots shows of the program as it is now: the right half of each picture.

The left half, the pages as they were, stays.  A server of its own with made-up people is started, and each
page is opened in Chromium as the browser tests open it, at both widths.

    python scripts/write_screenshots.py [NAME …]
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.sample_desk import fill  # noqa: E402
from desk.engine import open_engine  # noqa: E402
from desk.migrations import migrate  # noqa: E402
from tests.browser.conftest import PASSWORD  # noqa: E402
from tests.browser.places import LINKED, OFFICE, visitor  # noqa: E402
from tests.serving import Server, prepare, serving  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
# Width and height of the window, and of one half of the picture; between the halves lies a gap.
SIZES = {1280: ((1280, 805), (700, 440)), 390: ((390, 855), (308, 675))}
# The pictures of visitors and of the office, by the names of tests/browser/places.py.
VISITORS = {"home": "chat-home", "story": "chat-story", "lead": "chat-lead", "quiz": "chat-quiz"}
STAFF = {
    "inbox": "desk-inbox", "case": "desk-case", "leads": "desk-leads", "figures": "desk-figures",
    "audit": "desk-audit", "imports": "workbench-imports", "edit": "workbench-edit",
    "publish": "workbench-publish",
}  # fmt: skip
QUALITY = 60


def main(names: list[str]) -> None:
    """Renew the pictures of these names, all where none is given."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    wanted = names or [*VISITORS, *STAFF]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        prepare(data)
        engine = open_engine(f"sqlite:///{data / 'desk.sqlite'}")
        migrate(engine)
        fill(engine)
        engine.dispose()
        with serving(data) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for width in SIZES:
                _visitors(browser, server, width, wanted)
                _staff(browser, server, width, wanted)
            browser.close()


def _visitors(browser: Any, server: Server, width: int, wanted: list[str]) -> None:
    openings: Mapping[str, Callable[[Any, str], None]] = dict(visitor(server))
    for name, place in VISITORS.items():
        if name in wanted:
            page = _window(browser, width)
            openings[place](page, server.url)
            _keep(page, name, width)
            page.context.close()


def _staff(browser: Any, server: Server, width: int, wanted: list[str]) -> None:
    if not set(STAFF) & set(wanted):
        return
    page = _window(browser, width)
    _log_in(page, server)
    for name, place in STAFF.items():
        if name not in wanted:
            continue
        path, *links = LINKED[place] if place in LINKED else (OFFICE[place],)
        page.goto(server.url + path, wait_until="networkidle")
        for link in links:
            page.goto(server.url + str(page.locator(link).first.get_attribute("href")))
        _keep(page, name, width)
    page.context.close()


def _window(browser: Any, width: int) -> Any:
    (wide, high), _ = SIZES[width]
    context = browser.new_context(viewport={"width": wide, "height": high}, locale="zh-CN")
    return context.new_page()


def _log_in(page: Any, server: Server) -> None:
    page.goto(f"{server.url}/desk/login")
    page.fill("#login", "admin")
    page.fill("#password", PASSWORD)
    page.click("button.primary")


def _keep(page: Any, name: str, width: int) -> None:
    """Put what the window shows into the right half of a picture."""
    page.wait_for_timeout(1_000)  # until nothing moves
    _, (wide, high) = SIZES[width]
    file = PICTURES / f"{name}-{width}.webp"
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize((wide, high))
    with Image.open(file) as kept:
        whole = kept.convert("RGB")
    whole.paste(shown, (whole.width - wide, 0))
    whole.save(file, "WEBP", quality=QUALITY, method=6)
    print(file.relative_to(ROOT), file.stat().st_size // 1024, "kB")


if __name__ == "__main__":
    main(sys.argv[1:])
