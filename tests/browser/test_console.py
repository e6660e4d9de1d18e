"""A person at the chat page and the staff at the desk, each in a browser of their own."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD
from tests.browser.windows import windows
from tests.serving import ROOT, command

pytestmark = pytest.mark.browser

QUESTION = "收到337调查立案通知，几天内要答辩？"
SECOND = 1000
# A busy machine takes its time; what is tested is that it comes, not how fast.
expect.set_options(timeout=30 * SECOND)


@pytest.fixture(scope="module")
def accounts(open_account: Any) -> None:
    """Two people of the national desk."""
    for login, name in (("wang", "王芳"), ("li", "李雷")):
        open_account(login, name, "agent")


@pytest.fixture
def staff(accounts: None, enter: Any) -> Any:
    """Opens the desk as one of them: ``desk = staff("wang")``."""
    return enter


def say(page: Any, text: str) -> None:
    page.fill("#question", text)
    page.press("#question", "Enter")


def answer(page: Any, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")


def ask_for_human(page: Any) -> str:
    """The reference of the ticket."""
    page.click("#human")
    expect(page.locator(".card.handoff")).to_be_visible(timeout=20_000)
    expect(page.locator("#queue-text")).to_contain_text("排在第")
    return page.locator("#queue-text").inner_text().split("编号 ")[1][:12]


def claim(desk: Any, ticket: str) -> None:
    row = desk.locator(".ticket", has_text=ticket)
    row.get_by_role("button", name="接待").click()
    expect(desk.locator("#text")).to_be_visible()
    # The page's scripts show this button: from here on a reply goes through them.
    expect(desk.locator("#open-canned")).to_be_visible(timeout=15 * SECOND)


def close(desk: Any) -> None:
    desk.get_by_role("link", name="结束", exact=True).click()
    desk.locator("#close").get_by_role("button", name="已解答", exact=True).click()
    expect(desk.locator(".notice.done")).to_contain_text("已结束")


def test_an_account_of_the_command_line_gets_its_password_by_the_link(
    server: Any, browser: Any, enter: Any
) -> None:
    line, environment = command(
        server.data_dir, "staff", "add", "tong", "--name", "童", "--role", "agent"
    )
    done = subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    with windows(browser) as opened:
        page = opened(1280, 860)
        page.goto(f"{server.url}/desk/invitation/{done.stdout.strip().rpartition('/')[2]}")
        page.fill("#password", PASSWORD)
        page.fill("#again", PASSWORD)
        page.click("button.primary")
        expect(page.locator(".notice.done")).to_contain_text("以后用登录名 tong 登录")
    assert enter("tong").url.endswith("/desk")


def test_whole_service_from_the_question_to_the_rating(page, staff):
    desk = staff("wang")
    desk.evaluate(
        """() => { window.tones = 0; const make = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); }; }"""
    )
    desk.click("#sound")
    expect(desk.locator("#sound")).to_have_text("提示音：开")
    before = desk.evaluate("tones")

    say(page, QUESTION)
    expect(page.locator("article.ours").last).to_contain_text("20天", timeout=20_000)
    ticket = ask_for_human(page)

    # The ticket comes by itself, with number in the title and a sound.
    expect(desk.locator(".ticket", has_text=ticket)).to_be_visible(timeout=15 * SECOND)
    expect(desk.locator("#waiting-count")).to_be_visible()
    assert desk.title().startswith("(")
    assert desk.evaluate("tones") > before
    claim(desk, ticket)
    expect(page.locator("article.ours").last).to_contain_text("已接入", timeout=15 * SECOND)
    expect(page.locator("#queue-text")).to_contain_text("工作人员正在为您服务")

    # What is known stands beside; the transcript has the bot's answer with its source.
    expect(desk.locator("#facts")).to_contain_text("337")
    expect(desk.locator("#messages")).to_contain_text(QUESTION)
    expect(desk.locator("#messages details.source").first).to_contain_text("19 CFR § 210.13")

    # A passage is found, cited and sent; the person has it within a second.
    desk.locator(".said.user", has_text=QUESTION).get_by_text("问知识库").click()
    expect(desk.locator("#found [data-cite]").first).to_be_visible(timeout=10 * SECOND)
    desk.locator("#found [data-cite]").first.click()
    expect(desk.locator("#cited li")).to_have_count(1)
    answer(desk, "您好，我是王芳，依据见出处。")
    reply = page.locator("article.ours.staff").last
    expect(reply).to_contain_text("我是王芳", timeout=15 * SECOND)
    expect(reply.locator("details.source")).to_have_count(1)
    expect(desk.locator(".said.staff").last).to_contain_text("已送达", timeout=15 * SECOND)

    # The person answers; the bot says nothing.
    page.locator("#question").press_sequentially("谢谢，我们准备")
    expect(desk.locator("#typing")).to_be_visible(timeout=15 * SECOND)
    say(page, "谢谢，我们准备答辩")
    expect(desk.locator(".said.user").last).to_contain_text("准备答辩", timeout=15 * SECOND)
    assert page.locator("article.ours").last.inner_text().count("工作人员")

    # The end: a rating, and the bot again.
    close(desk)
    page.get_by_role("button", name="5分 很满意").click(timeout=15 * SECOND)
    expect(page.locator("article.ours").last).to_contain_text("评价：5分", timeout=20_000)
    say(page, QUESTION)
    expect(page.locator("article.answer").last).to_contain_text("20天", timeout=20_000)
    desk.goto(desk.url.split("/desk")[0] + f"/desk/tickets/{ticket}")
    expect(desk.locator(".talk .notice:not(#line-state)")).to_contain_text("用户评分 5/5")


def test_on_a_phone_the_box_to_write_in_is_in_view_after_taking_over(page, staff):
    ticket = ask_for_human(page)
    desk = staff("wang", 390)
    claim(desk, ticket)
    height = desk.viewport_size["height"]
    box = desk.locator("#text").bounding_box()
    assert 0 <= box["y"] < height - box["height"]
    close(desk)


def test_second_claimant_is_told_who_has_it(page, staff):
    ticket = ask_for_human(page)
    first, second = staff("wang"), staff("li")
    expect(second.locator(".ticket", has_text=ticket)).to_be_visible(timeout=15 * SECOND)
    # The second person's list is a moment old: the button is still there.
    second.evaluate("document.getElementById('rows').dataset.source = '/desk/nothing'")
    claim(first, ticket)
    second.locator(".ticket", has_text=ticket).get_by_role("button", name="接待").click()
    expect(second.locator(".notice.error")).to_contain_text("已由 王芳 接待")
    expect(second.locator("#text")).to_have_count(0)
    close(first)


def test_reply_written_while_the_server_is_away_is_said_once_when_it_is_back(page, staff):
    ticket = ask_for_human(page)
    desk = staff("wang")
    claim(desk, ticket)
    desk.context.set_offline(True)
    answer(desk, "断线时写的回复")
    expect(desk.locator("#outbox .failed")).to_contain_text("未发送", timeout=60 * SECOND)
    desk.context.set_offline(False)
    desk.locator("#outbox").get_by_text("重试").click()
    expect(page.locator("article.ours", has_text="断线时写的回复")).to_have_count(
        1, timeout=15 * SECOND
    )
    expect(desk.locator("#messages .said.staff", has_text="断线时写的回复")).to_have_count(1)
    expect(desk.locator("#outbox li")).to_have_count(0)
    close(desk)


def test_while_the_records_are_away_nobody_at_the_desk_has_to_press_anything(page, staff):
    ticket = ask_for_human(page)
    desk = staff("wang")
    claim(desk, ticket)
    refused: list[str] = []

    def away(route: Any) -> None:
        method = route.request.method
        if refused.count(method) > 2:
            route.continue_()
            return
        refused.append(method)
        route.fulfill(status=503, content_type="application/json", body='{"error": {}}')

    desk.route("**/desk/tickets/*/*", away)
    say(page, "我还有一个问题")
    answer(desk, "请讲")
    expect(desk.locator("#messages .said.user").last).to_contain_text("我还有一个问题")
    expect(page.locator("article.ours").last).to_contain_text("请讲")
    assert set(refused) == {"GET", "POST"}
    close(desk)


FAILED = "没有成功，请再试"


EARLIER = '<p><button type="button" id="earlier" hidden>更早的消息</button></p><ol id="messages"'


def say_unheard(desk: Any) -> None:
    """Reply until a reply is not delivered: that a page is gone may be noticed a word late."""
    for number in range(10):
        answer(desk, f"还没有看到的回复{number}")
        expect(desk.locator("#outbox li")).to_have_count(0)
        if desk.locator("#log").get_by_text("未送达").count():
            return


def test_a_lost_request_leaves_the_button_that_is_tried_again(page, staff):
    ticket = ask_for_human(page)
    desk = staff("wang")
    claim(desk, ticket)
    page.goto("about:blank")
    say_unheard(desk)

    def with_more(route: Any) -> None:
        answered = route.fetch()
        route.fulfill(response=answered, body=answered.text().replace('<ol id="messages"', EARLIER))

    # As though there were more than the page shows at first.
    desk.route(f"**/desk/tickets/{ticket}*", with_more)
    desk.reload()
    failed = desk.locator("#log [data-failed]")
    buttons = {"更早的消息": "messages?before=*", "重试": "deliver", "加入知识待办": "question"}
    for name, address in buttons.items():
        desk.route(f"**/{address}", lambda route: route.abort())
        button = desk.locator("#log").get_by_role("button", name=name)
        before = button.count()
        for _ in range(2):
            button.last.click()
            expect(failed).to_have_count(1)
            expect(failed).to_contain_text(FAILED)
        assert button.count() == before
        desk.unroute(f"**/{address}")
        button.last.click()
        expect(button).to_have_count(before - 1)
        expect(failed).to_have_count(0)
    close(desk)


def test_markup_in_a_message_stays_text_at_the_desk(page, staff):
    say(page, "<img src=x onerror=alert(1)><script>alert(2)</script>")
    expect(page.locator("article.ours").first).to_be_visible(timeout=20_000)
    ticket = ask_for_human(page)
    desk = staff("wang")
    claim(desk, ticket)
    expect(desk.locator("#messages .said.user").first).to_contain_text("<img src=x onerror")
    say(page, "<b>现场</b>")
    expect(desk.locator(".said.user").last).to_contain_text("<b>现场</b>", timeout=15 * SECOND)
    expect(desk.locator("#messages img, #messages b")).to_have_count(0)
    close(desk)


def test_ready_reply_is_found_and_filled(page, staff):
    ticket = ask_for_human(page)
    desk = staff("wang")
    claim(desk, ticket)
    desk.click("#open-canned")
    desk.fill("#canned-search", "问候")
    expect(desk.locator("#canned li:visible")).to_have_count(1)
    desk.locator("#canned li:visible button").click()
    assert ticket in desk.input_value("#text")
    close(desk)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_at_the_desk_is_cut_off_sideways(page, staff, width):
    ticket = ask_for_human(page)
    desk = staff("wang", width)
    claim(desk, ticket)
    root = desk.locator("html")
    assert root.evaluate("node => node.scrollWidth") <= width
    close(desk)
    for path in ("/desk?tab=all", "/desk/canned"):
        desk.goto(desk.url.split("/desk")[0] + path)
        assert root.evaluate("node => node.scrollWidth") <= width


def test_link_to_a_folded_part_opens_it_and_leaves_the_frame_where_it_is(page, staff):
    say(page, QUESTION)
    ticket = ask_for_human(page)
    desk = staff("wang", 1280)
    claim(desk, ticket)
    desk.get_by_role("link", name="转交", exact=True).click()
    expect(desk.locator("#to")).to_be_in_viewport()
    assert desk.evaluate("window.scrollY") == 0
    expect(desk.locator(".brand")).to_be_in_viewport()
    close(desk)


def test_desk_catches_up_when_the_live_line_is_refused(page, staff, browser):
    """Without WebSocket the pages ask every few seconds."""
    ticket = ask_for_human(page)
    desk = staff("wang")
    desk.route_web_socket("**/desk/ws", lambda socket: socket.close())
    claim(desk, ticket)
    say(page, "不用实时连接也能看到")
    expect(desk.locator(".said.user").last).to_contain_text("不用实时", timeout=20_000)
    close(desk)


def test_a_session_that_ended_while_the_line_was_down_says_so(staff):
    """The line is refused before it opens, which a browser does not tell from a lost network."""
    desk = staff("wang")
    lines: list[Any] = []
    desk.route_web_socket("**/desk/ws", lambda line: lines.append((line, line.connect_to_server())))
    desk.reload()
    expect(desk.locator("h1")).to_contain_text("收件箱")
    desk.wait_for_timeout(500)
    desk.route_web_socket("**/desk/ws", lambda line: line.close())
    desk.context.clear_cookies(name="huhang_staff")
    lines[-1][0].close()
    expect(desk.locator("#session-ended")).to_contain_text("登录已失效", timeout=20_000)
    expect(desk.locator("#inbox-lost")).to_be_hidden()
    expect(desk.get_by_role("link", name="在新窗口登录")).to_have_attribute("target", "_blank")
