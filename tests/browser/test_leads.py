"""A request for aid from the chat page to the leads board and back, each side in a browser of its own."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.talking import say
from tests.desk.files import pdf

pytestmark = pytest.mark.browser

SECOND = 1000
COMPANY = "广州走马灯有限公司"
BRIEF = '=HYPERLINK("https://example.org","收到立案通知")'
PHONE = "13800138000"
# A busy machine takes its time; what is tested is that it comes, not how fast.
expect.set_options(timeout=30 * SECOND)


@pytest.fixture(scope="module", autouse=True)
def accounts(open_account: Any) -> None:
    """A lead officer and an agent of the national desk."""
    for login, role in (("mei", "lead-officer"), ("zhou", "agent")):
        open_account(login, login, role)


def leave_lead(page: Any, company: str) -> str:
    """Leave a request for aid in the chat; its number."""
    last = page.locator("article.ours").last
    say(page, "登记援助")
    for text in ("同意", company, "跳过", "王小明", PHONE):
        say(page, text)
    for _ in range(12):
        if "请核对" in last.inner_text():
            break
        say(page, BRIEF if "最后请用" in last.inner_text() else "跳过")
    before = page.locator("article.ours").count()
    last.get_by_role("button", name="确认提交").click()
    expect(page.locator("article.ours").nth(before)).to_be_visible()
    return str(page.locator(".card.lead .reference").last.inner_text())


@pytest.fixture
def lead(page: Any) -> str:
    return leave_lead(page, COMPANY)


@pytest.fixture
def is_uncut() -> Callable[[Any], bool]:
    def check(desk: Any) -> bool:
        width = desk.viewport_size["width"]
        return bool(desk.locator("html").evaluate("node => node.scrollWidth") <= width)

    return check


def move(desk: Any, stage: str) -> None:
    desk.locator("#stage select").select_option(label=stage)
    desk.locator("#stage button").click()
    expect(desk.locator(".notice.done")).to_contain_text(f"已改为「{stage}」")


def test_lead_goes_from_the_chat_through_screening_to_missing_materials_and_back(
    page: Any, lead: str, enter: Any, is_uncut: Any
) -> None:
    desk = enter("mei")
    desk.get_by_role("link", name="线索", exact=True).first.click()
    new = desk.locator("section.column", has=desk.locator("#s-new"))
    row = new.locator("article", has_text=lead)
    expect(row).to_contain_text("走马灯有限公司")
    assert is_uncut(desk)
    row.get_by_role("link").click()
    body = desk.locator("main")
    expect(body).to_contain_text("138****8000")
    assert PHONE not in desk.content()

    expect(desk.locator("#supplement")).to_contain_text("先转到「初审」")
    move(desk, "初审")
    desk.locator("#supplement summary").click()
    desk.locator("#supplement textarea").fill("立案通知的译文\n已付律师费的发票")
    desk.locator("#supplement input[type=date]").fill("2099-01-08")
    desk.locator("#supplement button").click()
    expect(desk.locator(".notice.done")).to_contain_text("补正清单（2 项）已发给对方")
    expect(desk.locator("#stage [aria-current=step]")).to_have_text("补正")

    told = page.locator("article.ours", has_text="需要补正")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("已付律师费的发票")
    expect(told).to_contain_text("2099年1月8日")
    page.reload()
    expect(page.locator("article.ours", has_text="需要补正")).to_have_count(1)

    # A second list cannot be sent.
    expect(desk.locator("#supplement form")).to_have_count(0)
    expect(desk.locator("#supplement")).to_contain_text("立案通知的译文")
    move(desk, "初审")
    assert is_uncut(desk)


def test_files_notes_and_dates_are_kept_with_the_lead(lead: str, enter: Any, server: Any) -> None:
    desk = enter("mei")
    desk.goto(f"{server.url}/desk/leads/{lead}")
    desk.locator("#files input[type=file]").set_input_files(
        {"name": "立案通知.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    desk.locator("#files .upload button").click()
    expect(desk.locator(".notice.done")).to_contain_text("已保存 1 个附件")
    with desk.expect_download() as download:
        desk.locator("#files a", has_text="立案通知.pdf").click()
    assert download.value.suggested_filename == "立案通知.pdf"

    # What a file is, is told by its content, not by its name.
    desk.locator("#files input[type=file]").set_input_files(
        {"name": "页面.pdf", "mimeType": "application/pdf", "buffer": b"<script>alert(1)</script>"}
    )
    desk.locator("#files .upload button").click()
    expect(desk.locator("body")).to_contain_text(re.compile("只能上传|不支持|不是"))
    desk.goto(f"{server.url}/desk/leads/{lead}")
    expect(desk.locator("#files li")).to_have_count(1)

    desk.fill("#f-note2", "已电话核实送达日期")
    desk.locator("#history form button").click()
    expect(desk.locator(".timeline")).to_contain_text("已电话核实送达日期")
    desk.locator("#plan input[name=follow_up_on]").fill("2026-11-25")
    desk.locator("#plan button").click()
    expect(desk.locator(".head .badge", has_text="回访")).to_be_visible()
    desk.locator("#follow summary").click()
    desk.locator("#follow select").select_option(index=1)
    desk.locator("#follow button").click()
    expect(desk.locator(".notice.done")).to_contain_text("回访已记录")
    expect(desk.locator("#follow .follow")).to_have_count(1)


def test_exported_table_masks_phones_and_holds_no_formula(
    lead: str, enter: Any, server: Any
) -> None:
    desk = enter("mei")
    desk.goto(f"{server.url}/desk/leads?q={lead}")
    desk.get_by_role("link", name="导出").click()
    with desk.expect_download() as download:
        desk.get_by_role("button", name="导出").click()
    content = download.value.path().read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    heading, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
    found = dict(zip(heading, row, strict=True))
    assert found["线索编号"] == lead
    assert found["联系电话"] == "138****8000"
    assert found["简述"].startswith("'=HYPERLINK")
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert PHONE.encode() not in content


def test_agent_has_neither_the_menu_entry_nor_the_pages(lead: str, enter: Any, server: Any) -> None:
    desk = enter("zhou")
    expect(desk.get_by_role("link", name="线索", exact=True)).to_have_count(0)
    for path in ("/desk/leads", f"/desk/leads/{lead}", "/desk/leads/export", "/desk/digest"):
        answer = desk.goto(server.url + path)
        assert answer.status == 403, path
        expect(desk.locator("body")).to_contain_text("您的角色不能使用这一页")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_of_the_leads_is_cut_off_sideways(
    lead: str, enter: Any, server: Any, is_uncut: Any, width: int
) -> None:
    desk = enter("mei", width)
    for path in (
        "/desk/leads",
        "/desk/leads?view=list",
        f"/desk/leads/{lead}",
        "/desk/leads/export",
        "/desk/digest",
    ):
        desk.goto(server.url + path)
        desk.evaluate(
            "document.querySelectorAll('main details').forEach(part => { part.open = true; })"
        )
        assert is_uncut(desk), path
