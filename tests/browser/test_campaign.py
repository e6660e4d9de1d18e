"""A campaign in real browsers: staff make and print it, a visitor scans, plays and gets the card."""

from __future__ import annotations

import io
import re
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_first_view import CONTRASTS

pytestmark = pytest.mark.browser

PLACES = ("北京路展台", "第一中学", "公园前地铁站")
FIRST_VIEW = 60_000


@pytest.fixture(scope="module")
def accounts(open_account: Any) -> None:
    open_account("huang", "黄静", "trainer")


def codes(data: bytes) -> list[set[str]]:
    """The codes that a decoder reads on each page of a PDF, printed at 150 dots an inch."""
    found = []
    for page in pypdfium2.PdfDocument(data):
        picture = np.array(page.render(scale=150 / 72).to_pil().convert("L"))
        _, texts, _, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(picture)
        found.append(set(texts))
    return found


def make(desk: Any, name: str) -> str:
    """Make a campaign of three places that is on today; its code."""
    desk.get_by_role("link", name="活动", exact=True).click()
    desk.get_by_role("link", name="新建活动").click()
    desk.fill("#f-name", name)
    desk.fill("#f-starts_on", "2026-11-20")
    desk.fill("#f-ends_on", "2026-11-29")
    desk.fill("#f-closes_on", "2026-12-03")
    desk.fill("#f-greeting", "欢迎来答题。")
    for number, place in enumerate(PLACES, start=1):
        desk.fill(f"#place-{number}", place)
    desk.fill("#f-teams", "三年级2班")
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator(".notice.done")).to_contain_text("已保存")
    return desk.url.rpartition("/")[2]


def visit(browser: Any, url: str, **options: Any) -> Any:
    context = browser.new_context(locale="zh-CN", **options)
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(url)
    return page


def play(page: Any, audience: str = "市民") -> None:
    page.get_by_role("button", name=audience, exact=True).click()
    for number in range(1, 6):
        expect(page.locator(".progress")).to_contain_text(f"第{number}题")
        page.locator(".option").first.click()
        expect(page.locator(".verdict")).to_be_visible()
        expect(page.locator(".why .source summary")).to_contain_text("出处")
        page.get_by_role("button", name="看成绩" if number == 5 else "下一题").click()
    expect(page.locator(".score")).to_contain_text("/ 5")


def test_from_the_desk_to_the_stand_and_back(
    browser: Any, server: Any, accounts: None, enter: Any, tmp_path: Any
) -> None:
    desk = enter("huang", home="您的角色")
    code = make(desk, "2026年社区知识产权周")
    kit = desk.request.get(f"{server.url}/desk/campaigns/{code}/kit.pdf").body()
    (tmp_path / "kit.pdf").write_bytes(kit)
    read = codes(kit)
    links = [f"{server.url}/c/{code}?p={number}" for number in (1, 2, 3)]
    assert read == [{link} for link in links for _ in range(4)]
    for _ in range(3):
        page = visit(browser, read[4].copy().pop(), viewport={"width": 390, "height": 844})
        expect(page.locator("h1")).to_have_text("2026年社区知识产权周")
        play(page)
        picture = page.locator(".card-picture")
        expect(picture).to_be_visible()
        size = picture.evaluate(
            "async (image) => { await image.decode(); return [image.naturalWidth, image.naturalHeight]; }"
        )
        assert size == [1080, 1440]
        card = Image.open(
            io.BytesIO(page.request.get(server.url + picture.get_attribute("src")).body())
        )
        _, texts, _, _ = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(np.array(card.convert("L")))
        assert list(texts) == [links[1]]
        assert page.errors == []
        assert all(url.startswith(server.url) or url.startswith("data:") for url in page.asked)
        page.context.close()
    desk.goto(f"{server.url}/desk/campaigns/{code}/figures")
    for label in ("扫码打开", "开始答题", "答完"):
        tile = desk.locator(".tile", has=desk.locator(".name", has_text=re.compile(f"^{label}$")))
        expect(tile.locator("strong")).to_have_text("3")
    row = desk.locator("tr", has=desk.get_by_role("rowheader", name=PLACES[1]))
    expect(row.locator("td").first).to_have_text("3")
    report = desk.request.get(f"{server.url}/desk/campaigns/{code}/report.pdf").body()
    assert PLACES[1] in pypdfium2.PdfDocument(report)[0].get_textpage().get_text_bounded()


def test_a_class_plays_by_its_code_and_stands_on_the_board_without_names(
    browser: Any, server: Any, accounts: None, enter: Any
) -> None:
    desk = enter("huang", home="您的角色")
    code = make(desk, "班级答题")
    team = desk.locator("tr", has_text="三年级2班").locator("td.mono").inner_text().strip()
    pupils = visit(browser, f"{server.url}/c/{code}?p=2", viewport={"width": 390, "height": 844})
    pupils.get_by_text("有班级或队伍码").click()
    pupils.get_by_label("班级或队伍码").fill("没有这个码")
    pupils.get_by_role("button", name="市民", exact=True).click()
    expect(pupils.get_by_role("alert")).to_contain_text("码")
    for _ in range(3):
        pupils.goto(f"{server.url}/c/{code}?p=2")
        pupils.get_by_text("有班级或队伍码").click()
        pupils.get_by_label("班级或队伍码").fill(team)
        play(pupils)
    pupils.goto(f"{server.url}/c/{code}/board")
    expect(pupils.get_by_role("rowheader", name="三年级2班")).to_be_visible()
    assert pupils.errors == []
    pupils.context.close()


@pytest.fixture(scope="module")
def stand(server: Any) -> str:
    """A campaign that ships with the program and is on in the tests' week."""
    return f"{server.url}/c/patent2026"


def test_the_first_view_is_small_and_comes_from_here_alone(
    browser: Any, server: Any, stand: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", service_workers="block"
    )
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.__setitem__(response.url, len(response.body())))
    page.goto(f"{stand}?p=1", wait_until="networkidle")
    assert all(url.startswith(server.url) for url in sizes)
    weight = sum(size for url, size in sizes.items() if not url.endswith((".png", ".svg")))
    assert weight <= FIRST_VIEW, sizes
    context.close()


@pytest.mark.parametrize("query", ["", "&kiosk=1"])
def test_every_text_stands_out_from_its_ground(browser: Any, stand: str, query: str) -> None:
    page = visit(browser, f"{stand}?p=1{query}", viewport={"width": 390, "height": 844})
    assert page.evaluate(CONTRASTS) == []
    page.get_by_role("button", name="小朋友").click()
    page.locator(".option").first.click()
    expect(page.locator(".verdict")).to_be_visible()
    assert page.evaluate(CONTRASTS) == []
    page.context.close()


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 400), (1080, 1920)])
def test_nothing_runs_over_and_the_keyboard_alone_will_do(
    browser: Any, stand: str, width: int, height: int
) -> None:
    page = visit(browser, stand, viewport={"width": width, "height": height})
    wide = "() => document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide)
    page.get_by_role("button", name="小朋友").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_be_focused()
    assert page.evaluate(wide)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_be_focused()
    assert page.evaluate(wide)
    assert page.locator("#stage").get_attribute("aria-live") == "polite"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_contain_text("第2题")
    page.context.close()


def test_every_verdict_of_the_game_shows_where_the_shelf_says_so(browser: Any, stand: str) -> None:
    page = visit(browser, stand, viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="这件东西靠什么权利保护").click()
    page.get_by_role("button", name="一双跑鞋").click()
    page.get_by_role("button", name="商标").click()
    page.get_by_role("button", name="选好了").click()
    expect(page.locator(".why")).to_have_count(5)
    expect(page.locator(".why .source")).to_have_count(5)
    expect(page.locator(".why", has_text="商标")).to_contain_text("能保护（您选了能）")
    page.context.close()


def test_a_stand_begins_again_after_a_minute_and_is_left_by_nobody(
    browser: Any, stand: str
) -> None:
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, locale="zh-CN")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{stand}?p=1&kiosk=1")
    page.get_by_role("button", name="市民", exact=True).click()
    expect(page.locator(".question")).to_be_visible()
    page.clock.run_for(50_000)
    page.locator(".progress").click()
    page.clock.run_for(50_000)
    expect(page.locator(".question")).to_be_visible()
    page.clock.run_for(15_000)
    expect(page.locator("#home")).to_be_visible()
    expect(page.locator(".question")).to_be_hidden()
    expect(page.locator(".own-phone img")).to_be_visible()
    context.close()


def test_without_a_network_the_page_and_the_game_stay_and_no_answer_is_there(
    browser: Any, stand: str
) -> None:
    page = visit(browser, f"{stand}?p=1&kiosk=1", viewport={"width": 1080, "height": 1920})
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => document.body.dataset.kept === 'yes'")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_contain_text("专利周")
    expect(page.locator("#offline")).to_be_visible()
    page.get_by_role("button", name="这件东西靠什么权利保护").click()
    page.get_by_role("button", name="一首歌").click()
    expect(page.locator(".option")).to_have_count(5)
    page.get_by_role("button", name="回到首页").click()
    page.get_by_role("button", name="市民", exact=True).click()
    expect(page.locator("#alert")).to_contain_text("网络断了")
    kept = page.evaluate(
        "async () => { const found = []; for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname); return found; }"
    )
    assert kept
    assert not [path for path in kept if "/plays" in path]
    page.context.close()
