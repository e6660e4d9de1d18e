"""The tray of papers on a line that stalls, answers nonsense or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

POLL = "/api/v1/papers/p1"
HTML = """<!doctype html><html lang="zh"><body>
<section id="tray" hidden></section><button id="attach">上传</button><button id="photo">拍</button>
<input type="file" id="paper-files" multiple><input type="file" id="paper-camera">
<script type="module">
import { papers } from "/static/chat/papers.js";
import { openStorage } from "/static/chat/storage.js";
const terms = { text: "条款", version: "1", max_files: 20, max_bytes: 30e6, suffixes: ["pdf"], accepted: "PDF" };
papers({
  sender: "web~x", terms, hasAgreed: true, storage: openStorage("sessionStorage"),
  find: (id) => document.getElementById(id), ready: () => { document.body.dataset.ready = "yes"; },
});
document.body.dataset.begun = "yes";
</script></body></html>"""
TAKEN = {"poll": POLL}
PENDING = {"status": "pending", "pages": 3, "pages_done": 1}
READ = {"status": "read"}


@pytest.fixture
def tray(lone: Any) -> Any:
    """Opens the tray; time passes when the test says so."""

    def opened(before: str = "") -> Any:
        page = lone(HTML, before)
        page.clock.install()
        page.reload()
        expect(page.locator("body[data-begun]")).to_be_attached()
        return page

    return opened


def choose(page: Any, name: str = "a.pdf") -> None:
    page.set_input_files(
        "#paper-files", [{"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}]
    )


def words(page: Any) -> Any:
    return page.locator("#tray .progress")


def upload(page: Any) -> None:
    choose(page)
    page.get_by_role("button", name="开始读").click()


def test_an_upload_that_stands_still_can_be_stopped_and_ends_by_itself(tray):
    page = tray()
    page.route("**/api/v1/papers", lambda route: None)
    upload(page)
    expect(words(page)).to_contain_text("正在上传")
    page.get_by_role("button", name="不传了").click()
    expect(page.locator("#tray")).to_be_hidden()
    upload(page)
    expect(words(page)).to_contain_text("正在上传")
    page.clock.run_for(50_000)
    expect(words(page)).to_contain_text("没有传完")
    expect(page.locator("#tray li")).to_have_count(1)


def test_a_reading_that_cannot_be_asked_for_says_so_and_is_asked_for_less_often(tray):
    page = tray()
    asked: list[str] = []
    page.route("**/api/v1/papers", lambda route: route.fulfill(status=202, json=TAKEN))

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(status=429, json={"error": {"code": "rate_limited", "message": "太快"}})

    page.route(f"**{POLL}", refuse)
    upload(page)
    for _ in range(30):
        page.clock.run_for(1000)
        page.wait_for_timeout(10)
    expect(words(page)).to_contain_text("暂时连不上")
    assert len(asked) <= 7
    page.route(f"**{POLL}", lambda route: route.fulfill(json=READ))
    page.clock.run_for(16_000)
    expect(page.locator("body[data-ready]")).to_be_attached()


def test_what_is_no_answer_of_ours_is_asked_for_again(tray):
    page = tray()
    page.route("**/api/v1/papers", lambda route: route.fulfill(status=202, json=TAKEN))
    page.route(f"**{POLL}", lambda route: route.fulfill(body="<p>登录 Wi-Fi</p>"))
    upload(page)
    page.clock.run_for(1000)
    page.route(f"**{POLL}", lambda route: route.fulfill(json=READ))
    page.clock.run_for(5000)
    expect(page.locator("body[data-ready]")).to_be_attached()


def test_without_storage_a_reading_ends_all_the_same(tray):
    off = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new Error('off'); } });"
    page = tray(off)
    page.route("**/api/v1/papers", lambda route: route.fulfill(status=202, json=TAKEN))
    page.route(f"**{POLL}", lambda route: route.fulfill(json=READ))
    upload(page)
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(page.locator("#tray")).to_be_hidden()


def test_a_file_chosen_while_another_is_read_is_not_lost_without_a_word(tray):
    page = tray()
    page.route("**/api/v1/papers", lambda route: route.fulfill(status=202, json=TAKEN))
    page.route(f"**{POLL}", lambda route: route.fulfill(json=PENDING))
    upload(page)
    expect(words(page)).to_contain_text("正在读第 2 页")
    choose(page, "b.pdf")
    expect(page.locator("#tray")).to_contain_text("读完以后请再选一次")


def test_a_conversation_that_is_over_is_not_told_in_words_for_programs(tray):
    page = tray()
    refused = {"error": {"code": "token_required", "message": "请带上 X-Sender-Token"}}
    page.route("**/api/v1/papers", lambda route: route.fulfill(status=401, json=refused))
    upload(page)
    expect(words(page)).to_contain_text("请刷新页面")
