"""A paper from a phone to the desk: chosen, agreed to, read, its day confirmed, registered, seen by staff."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from reportlab.pdfgen.canvas import Canvas

from tests.papers.papers import photographed, picture

pytestmark = [pytest.mark.browser]

PARTS = (
    "UNITED STATES DISTRICT COURT",
    "NORTHERN DISTRICT OF ILLINOIS",
    "ACME LIGHTING, INC., Plaintiff,",
    "v.",
    "GUANGZHOU LAMP CO., LTD., Defendant.",
    "Case No. 1:26-cv-01234",
    "SUMMONS IN A CIVIL ACTION",
    "TO: GUANGZHOU LAMP CO., LTD.",
    "A lawsuit has been filed against you.",
    "Within 21 days after service of this summons on you (not counting the day you received it),",
    "you must serve on the plaintiff an answer to the attached complaint or a motion under Rule 12.",
    "If you fail to respond, judgment by default will be entered against you for the relief demanded.",
    "Date: November 10, 2026",
)


def summons(mark: str = "", *, docket: str = "1:26-cv-01234") -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content, invariant=1)
    for number, text in enumerate((*PARTS, mark)):
        canvas.drawString(72, 740 - 24 * number, text.replace("1:26-cv-01234", docket))
    canvas.save()
    return content.getvalue()


def photo(folder: Path) -> bytes:
    """The summons on a desk, seen aslant by a phone, with a shadow over it."""
    content = io.BytesIO()
    photographed(picture(PARTS, folder)).save(content, "JPEG", quality=80)
    return content.getvalue()


def choose(page: Any, *files: tuple[str, str, bytes]) -> None:
    page.set_input_files(
        "#paper-files", [{"name": n, "mimeType": m, "buffer": b} for n, m, b in files]
    )


def send(page: Any, *files: tuple[str, str, bytes]) -> None:
    choose(page, *(files or (("summons.pdf", "application/pdf", summons()),)))
    expect(page.locator("#tray .terms")).to_contain_text("商业秘密")
    page.evaluate("window.shift = 0")
    page.get_by_role("button", name="同意并开始读").click()
    expect(page.locator(".card.paper")).to_be_visible(timeout=120_000)


def say(page: Any, text: str) -> None:
    page.fill("#question", text)
    page.click("#send")


def test_photo_of_a_summons_becomes_card_day_lead_and_the_desk_sees_it(
    page, open_account, enter, tmp_path
):
    taken = photo(tmp_path)
    shifts = "new PerformanceObserver((l) => { for (const e of l.getEntries()) if (!e.hadRecentInput) { window.shift = (window.shift || 0) + e.value; (window.shifts ||= []).push(e.value + ' ' + e.sources.map((s) => s.node && (s.node.id || s.node.className || s.node.nodeName)).join('/')); } }).observe({ type: 'layout-shift', buffered: true })"  # fmt: skip
    page.evaluate(shifts)
    send(page, ("IMG_0412.jpg", "image/jpeg", taken))
    card = page.locator(".card.paper").first
    for label in ("这是什么", "谁发的", "针对谁", "最要紧的日子", "现在先做"):
        expect(card.get_by_role("heading", name=label)).to_be_visible()
    expect(card.locator(".what")).to_contain_text("传票")
    expect(card).to_contain_text("1:26-cv-01234")
    card.screenshot(path=tmp_path / "card.png")
    expect(page.locator("#tray")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("window.shift || 0") < 0.1, page.evaluate("window.shifts")
    card.get_by_label("哪天收到的").fill("2026-11-18")
    card.get_by_role("button", name="按这天算").click()
    due = page.locator(".card.deadline").last
    expect(due).to_contain_text("2026年12月9日", timeout=20_000)
    expect(due.get_by_role("link", name="存入手机日历")).to_be_visible()
    page.screenshot(path=tmp_path / "day.png")
    register(page)
    open_account("gu", "顾工", "admin")
    desk = enter("gu")
    desk.goto(f"{desk.url.split('/desk')[0]}/desk/leads")
    desk.get_by_role("link", name="广州测试灯具有限公司").first.click()
    link = desk.get_by_role("link", name="IMG_0412.jpg").first
    desk.screenshot(path=tmp_path / "desk.png", full_page=True)
    with desk.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes() == taken


def register(page: Any) -> None:
    """Answer the form; what the paper tells is not asked again."""
    say(page, "我要登记援助线索")
    expect(page.locator("#messages")).to_contain_text("同意", timeout=20_000)
    said = ("同意", "广州测试灯具有限公司", "跳过", "张三", "13812345678", "白云区")
    for text in said:
        before = page.locator(".message.ours").count()
        say(page, text)
        expect(page.locator(".message.ours")).not_to_have_count(before, timeout=20_000)
        expect(page.locator("#typing")).to_be_hidden(timeout=20_000)
    for _ in range(8):
        if page.locator(".choices button", has_text="确认提交").count():
            break
        before = page.locator(".message.ours").count()
        say(page, "跳过")
        expect(page.locator(".message.ours")).not_to_have_count(before, timeout=20_000)
        expect(page.locator("#typing")).to_be_hidden(timeout=20_000)
    say(page, "确认提交")
    expect(page.locator(".card.lead")).to_be_visible(timeout=20_000)


def test_follow_up_is_answered_from_the_paper_with_its_line(page):
    send(page)
    say(page, "哪个法院发的")
    fact = page.locator(".card.paper", has_text="DISTRICT OF ILLINOIS").last
    expect(fact).to_be_visible(timeout=20_000)


def test_page_speaks_of_what_it_cannot_take_before_it_is_sent(page):
    choose(page, ("bad.exe", "application/octet-stream", b"MZ"))
    expect(page.locator("#tray .progress")).to_contain_text("读不了")
    files = [(f"{n}.png", "image/png", b"x") for n in range(21)]
    choose(page, *files)
    expect(page.locator("#tray .progress")).to_contain_text("20 个文件")
    choose(page, ("broken.pdf", "application/pdf", b"%PDF-1.4 broken"))
    page.get_by_role("button", name="同意并开始读").click()
    expect(page.locator("#tray .progress")).to_contain_text("不完整", timeout=20_000)
    expect(page.locator("#tray li")).to_have_count(1)  # kept, to be changed or taken off


def test_first_page_invites_to_hand_in_a_paper(page):
    invitation = page.get_by_role("button", name="手里有文书？")
    expect(invitation).to_be_visible()
    with page.expect_file_chooser() as opened:
        invitation.click()
    opened.value.set_files(
        [{"name": "summons.pdf", "mimeType": "application/pdf", "buffer": summons()}]
    )
    expect(page.locator("#tray li")).to_have_text(re.compile("^summons.pdf"))


def test_several_files_are_pages_in_their_order_and_can_be_taken_off(page):
    choose(page, ("1.pdf", "application/pdf", summons("a")))
    choose(
        page, ("2.pdf", "application/pdf", summons("b")), ("3.pdf", "application/pdf", summons("c"))
    )
    expect(page.locator("#tray li")).to_have_count(3)
    page.get_by_role("button", name="去掉第2个：2.pdf").click()
    expect(page.locator("#tray li span")).to_have_text([re.compile("^1.pdf"), re.compile("^3.pdf")])
    page.get_by_role("button", name="不传了").click()
    expect(page.locator("#tray")).to_be_hidden()
    expect(page.locator("#attach")).to_be_focused()


def test_files_that_may_be_several_papers_are_asked_about_and_read_apart(page):
    choose(page, ("1.png", "image/png", b"x"), ("2.png", "image/png", b"y"))
    expect(page.get_by_role("button", name="分开读")).to_be_hidden()  # photos are pages
    page.get_by_role("button", name="不传了").click()
    choose(
        page,
        ("summons.pdf", "application/pdf", summons()),
        ("another.pdf", "application/pdf", summons(docket="1:26-cv-09999")),
    )
    expect(page.locator("#tray")).to_contain_text("还是几份文书")
    page.get_by_role("button", name="同意并当作2份分开读").click()
    expect(page.locator(".card.paper")).to_have_count(2, timeout=120_000)
    cards = page.locator(".card.paper")
    expect(cards.first).to_contain_text("1:26-cv-01234")
    expect(cards.last).to_contain_text("1:26-cv-09999")
    expect(page.locator("#tray")).to_be_hidden()


def test_what_may_be_no_notice_is_asked_about_before_anything_else(page):
    content = io.BytesIO()
    canvas = Canvas(content, invariant=1)
    for number, text in enumerate(("Mike 14:32", "Hi, did you see the new lamps at the fair?", "They look nice, see you tomorrow at noon.")):  # fmt: skip
        canvas.drawString(72, 740 - 24 * number, text)
    canvas.save()
    send(page, ("chat.pdf", "application/pdf", content.getvalue()))
    card = page.locator(".card.paper")
    expect(card).to_contain_text("没有认出是哪种文书，读到的第一行是“Mike 14:32”")
    expect(card).to_contain_text("要处理的通知吗")
    expect(card.get_by_label("哪天收到的")).to_have_count(0)
    before = page.locator(".message.ours").count()
    page.get_by_role("button", name="是，要处理").click()
    expect(page.locator(".message.ours")).not_to_have_count(before, timeout=20_000)
    expect(page.locator("#typing")).to_be_hidden(timeout=20_000)
    expect(page.locator("#messages")).to_contain_text("我要维权或布局")


def test_pasted_picture_and_dropped_file_wait_in_the_tray(page):
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "shot.png", { type: "image/png" }));
          document.querySelector("#question").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }"""
    )
    expect(page.locator("#tray li")).to_have_count(1)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["y"], "drop.pdf", { type: "application/pdf" }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator("#tray li")).to_have_count(2)


def test_tray_and_card_fit_a_narrow_phone(page):
    page.set_viewport_size({"width": 320, "height": 640})
    send(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inside = page.evaluate(
        "[...document.querySelectorAll('.card.paper *')].every((n) => n.getBoundingClientRect().right <= innerWidth + 1)"
    )
    assert inside


def test_reading_goes_on_after_the_page_was_loaded_anew(page):
    choose(page, ("again.pdf", "application/pdf", summons("again")))
    page.get_by_role("button", name="同意并开始读").click()
    expect(page.locator("#tray li")).to_have_count(0, timeout=20_000)
    page.reload()
    expect(page.locator(".card.paper")).to_be_visible(timeout=60_000)
