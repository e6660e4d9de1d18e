"""The pages of the staff as they open: light, and nothing jumps while their scripts begin."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import PASSWORD
from tests.browser.test_first_view import MOST_BYTES, SHIFTS
from tests.serving import Server

pytestmark = pytest.mark.browser

PAGES = ("/desk", "/desk/due", "/workbench/sampling", "/workbench/replay", "/workbench/imports")
# Where pages count as still; below it nobody loses the line that they read.
STILL = 0.02


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_staff_are_light_and_still(browser: Any, filled: Server, width: int) -> None:
    page = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN").new_page()
    page.goto(f"{filled.url}/desk/login")
    page.fill("#login", "admin")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_load_state()
    for path in PAGES:
        fresh = browser.new_context(
            viewport={"width": width, "height": 844},
            locale="zh-CN",
            storage_state=page.context.storage_state(),
        ).new_page()
        sizes: dict[str, int] = {}
        fresh.on(
            "requestfinished",
            lambda request, sizes=sizes: sizes.update(
                {request.url: request.sizes()["responseBodySize"]}
            ),
        )
        fresh.add_init_script(f"({SHIFTS})()")
        fresh.goto(filled.url + path, wait_until="networkidle")
        assert sum(sizes.values()) <= MOST_BYTES, path
        assert fresh.evaluate("() => window.shifted") <= STILL, path
        fresh.context.close()
    page.context.close()
