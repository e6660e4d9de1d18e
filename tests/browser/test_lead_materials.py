"""What to hand in beside the registration: a list to tick off, and files that reach the staff with the lead."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.talking import STORY, come_to_rest, say
from tests.desk.files import PNG_HEAD, pdf

pytestmark = pytest.mark.browser

LICENCE = {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": pdf("licence")}
PHOTO = {"name": "信封.png", "mimeType": "image/png", "buffer": PNG_HEAD}
ARCHIVE = {"name": "材料.rar", "mimeType": "application/x-rar", "buffer": b"Rar!"}
PROGRAM = {"name": "清单.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00not a paper"}


@pytest.fixture(scope="module", autouse=True)
def accounts(open_account: Any) -> None:
    """A lead officer of the national desk."""
    open_account("lan", "lan", "lead-officer")


@pytest.fixture
def materials(page: Any) -> Any:
    """The materials of a person on a wide screen who has told the story."""
    page.set_viewport_size({"width": 1280, "height": 800})
    say(page, STORY)
    say(page, "我要登记援助线索")
    expect(page.locator(".materials summary")).to_contain_text("10 项")
    return page.locator(".materials")


def choose(page: Any, *files: Any) -> None:
    page.set_input_files(".materials input[type=file]", list(files))


def attached(materials: Any) -> Any:
    return materials.locator(".sent li")


def test_the_list_of_the_matter_stands_beside_the_form_and_below_it_on_a_phone(page, materials):
    expect(materials.locator("summary")).to_contain_text("美国337调查应诉材料（已备 0/10 项）")
    come_to_rest(page)
    form, beside = page.locator(".lead-form").bounding_box(), materials.bounding_box()
    assert beside["x"] >= form["x"] + form["width"]
    assert abs(beside["y"] - form["y"]) < 5
    materials.get_by_label("营业执照").check()
    expect(materials.locator("summary")).to_contain_text("已备 1/10 项")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    expect(materials.locator("summary")).to_contain_text("已备 1/10 项")
    expect(materials.locator(".ticks")).to_be_hidden()
    come_to_rest(page)
    form, beside = page.locator(".lead-form").bounding_box(), materials.bounding_box()
    assert beside["y"] >= form["y"] + form["height"]
    materials.locator("summary").click()
    expect(materials.get_by_label("营业执照")).to_be_checked()
    assert page.locator("html").evaluate("node => node.scrollWidth") <= 390


def test_where_no_matter_is_known_it_is_what_every_request_needs(page):
    say(page, "我要登记援助线索")
    expect(page.locator(".materials summary")).to_contain_text("海外维权资助线索登记材料")


def test_files_outlive_a_reload_are_kept_once_and_reach_the_staff_with_the_lead(
    page, materials, enter, server
):
    page.locator("#lead-company").fill("广州附件灯饰有限公司")
    choose(page, LICENCE, PHOTO)
    expect(materials.locator(".terms")).to_contain_text("请不要上传商业秘密")
    materials.get_by_role("button", name="同意并附上").dblclick()
    expect(materials.locator(".progress")).to_contain_text("已附上")
    expect(attached(materials)).to_have_count(2)
    choose(page, LICENCE)
    expect(materials.locator(".progress")).to_contain_text("已附上")
    expect(attached(materials)).to_have_count(2)
    page.reload()
    expect(attached(materials)).to_have_count(2)
    expect(page.locator("#lead-company")).to_have_value("广州附件灯饰有限公司")
    expect(page.locator(".card.paper")).to_have_count(0)  # handed in, not read
    materials.get_by_role("button", name="撤回：信封.png").click()
    expect(attached(materials)).to_have_count(1)
    page.locator("#lead-contact").fill("王小明")
    page.locator("#lead-phone").fill("13800138000")
    page.locator(".lead-form input[type=checkbox]").check()
    page.get_by_role("button", name="核对并提交").click()
    summary = page.locator("article.question").last
    expect(summary).to_contain_text("请核对", timeout=20_000)
    expect(materials).to_have_count(0)
    summary.get_by_role("button", name="确认提交").click()
    reference = page.locator(".card.lead .reference")
    expect(reference).to_be_visible(timeout=20_000)
    desk = enter("lan")
    desk.goto(f"{server.url}/desk/leads/{reference.inner_text()}")
    expect(desk.locator("#files .files li")).to_have_count(1)
    expect(desk.locator("#files .files")).to_contain_text("营业执照.pdf")
    expect(desk.locator("#files .files")).to_contain_text("用户")


def test_a_refused_file_says_why_and_the_others_and_the_form_stay(page, materials):
    page.locator("#lead-company").fill("广州附件灯饰有限公司")
    choose(page, ARCHIVE, PROGRAM, LICENCE)
    materials.get_by_role("button", name="同意并附上").click()
    expect(materials.locator(".sent")).to_contain_text("撤回")
    wrong = materials.locator("li .wrong")
    expect(wrong).to_have_count(2)
    expect(wrong.first).to_contain_text("不能附上「材料.rar」；可以传PDF")
    expect(wrong.last).to_contain_text("清单.pdf")
    expect(page.locator("#lead-company")).to_have_value("广州附件灯饰有限公司")
    materials.get_by_role("button", name="去掉：材料.rar").click()
    expect(wrong).to_have_count(1)


def test_a_file_that_a_broken_line_lost_is_there_to_be_tried_again(page, materials):
    page.route("**/api/v1/papers", lambda route: route.abort())
    choose(page, LICENCE)
    materials.get_by_role("button", name="同意并附上").click()
    expect(materials.locator("li .wrong")).to_contain_text("没有传完")
    page.unroute("**/api/v1/papers")
    materials.get_by_role("button", name="再试：营业执照.pdf").click()
    expect(materials.locator(".progress")).to_contain_text("已附上")
    expect(materials.locator("li .wrong")).to_have_count(0)
    expect(attached(materials)).to_have_count(1)


def test_no_chosen_file_is_lost_by_a_registration_that_is_sent_before_it(page, materials):
    page.locator("#lead-company").fill("广州附件灯饰有限公司")
    page.locator("#lead-contact").fill("王小明")
    page.locator("#lead-phone").fill("13800138000")
    page.locator(".lead-form input[type=checkbox]").check()
    choose(page, LICENCE)
    submit = page.get_by_role("button", name="核对并提交")
    submit.click()
    expect(page.locator(".lead-form")).to_contain_text("还有 1 个文件没有附上")
    agree = materials.get_by_role("button", name="同意并附上")
    expect(agree).to_be_focused()
    page.keyboard.press("Enter")
    expect(materials.locator(".progress")).to_contain_text("已附上")
    submit.click()
    expect(page.locator("article.question").last).to_contain_text("请核对", timeout=20_000)


def test_a_file_is_taken_back_once_and_the_keyboard_stays_there(page, materials):
    asked = []
    page.on("request", lambda request: request.method == "DELETE" and asked.append(request.url))
    choose(page, LICENCE)
    agree = materials.get_by_role("button", name="同意并附上")
    agree.focus()
    page.keyboard.press("Enter")
    expect(materials.locator(".progress")).to_contain_text("已附上")
    attach = materials.get_by_role("button", name="把材料附上")
    expect(attach).to_be_focused()
    materials.get_by_role("button", name="撤回：营业执照.pdf").evaluate(
        "one => { one.click(); one.click(); one.focus(); }"
    )
    expect(materials.locator(".progress")).to_contain_text("已撤回")
    expect(attached(materials)).to_have_count(0)
    expect(attach).to_be_focused()
    assert len(asked) == 1


def test_a_file_that_another_window_took_back_is_said_to_be_gone(page, materials):
    choose(page, LICENCE)
    materials.get_by_role("button", name="同意并附上").click()
    expect(attached(materials)).to_have_count(1)
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(".materials summary").click()
    other.get_by_role("button", name="撤回：营业执照.pdf").click()
    expect(other.locator(".materials .progress")).to_contain_text("已撤回")
    other.close()
    materials.get_by_role("button", name="撤回：营业执照.pdf").click()
    expect(materials.locator(".progress")).to_contain_text("可能已经删除")
    expect(attached(materials)).to_have_count(0)
