"""Every page for visitors and staff, on a phone and on a desk: what axe-core finds, and nothing cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.axe import axe_script
from tests.browser.conftest import PASSWORD
from tests.browser.page_routes import shows
from tests.browser.places import office, visitor
from tests.browser.talking import come_to_rest
from tests.serving import Server

pytestmark = pytest.mark.browser

SIZES = {"phone": (390, 844), "desk": (1280, 800)}
_BAD = ("serious", "critical")
_FINDINGS = "async (options) => (await axe.run(document, {resultTypes: ['violations'], ...options})).violations"
# In the dark other colours are shown and nothing else (tests/channels/web/test_colours.py).
_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def axe(pytestconfig: pytest.Config) -> str:
    assert pytestconfig.cache is not None
    return axe_script(Path(pytestconfig.cache.mkdir("axe-core")))


@pytest.fixture
def look(browser: Any, axe: str) -> Any:
    """Opens browsers that let the checker in; the pages' own policy forbids foreign scripts."""
    contexts: list[Any] = []

    def opened(size: tuple[int, int]) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", bypass_csp=True
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def problems(page: Any, axe: str, options: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the page as it stands."""
    come_to_rest(page)  # what fades in is no lack of contrast
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found = [
        f"{item['id']}: {node['html'][:120]}"
        for item in page.evaluate(_FINDINGS, options)
        if item["impact"] in _BAD
        for node in item["nodes"][:3]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the window")
    return found


def problems_by_light(page: Any, axe: str, name: str) -> dict[str, list[str]]:
    """What is wrong with the page as it stands in the light and in the dark; it is left in the light."""
    found = {name: problems(page, axe)}
    page.emulate_media(color_scheme="dark")
    found[f"{name} in the dark"] = problems(page, axe, _COLOURS)
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_visitors_pages_have_no_serious_finding(
    look: Any, filled: Server, axe: str, size: tuple[int, int]
) -> None:
    wrong: dict[str, list[str]] = {}
    for name, opening in visitor(filled):
        page = look(size)
        opening(page, filled.url)
        assert shows(name, page.url), (name, page.url)
        wrong |= problems_by_light(page, axe, name)
        page.context.close()
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_staff_pages_have_no_serious_finding(
    look: Any, filled: Server, axe: str, size: tuple[int, int]
) -> None:
    page = look(size)
    page.goto(f"{filled.url}/desk/login")
    page.fill("#login", "admin")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_load_state()
    wrong: dict[str, list[str]] = {}
    for name in office(page, filled):
        assert shows(name, page.url), (name, page.url)
        wrong |= problems_by_light(page, axe, name)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_office_prints_light_on_a_dark_screen(look: Any, filled: Server) -> None:
    page = look(SIZES["desk"])
    page.emulate_media(color_scheme="dark")
    page.goto(f"{filled.url}/desk/login")
    ground = "getComputedStyle(document.querySelector('.door')).backgroundColor"
    assert page.evaluate(ground) == "rgb(26, 35, 44)"
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
