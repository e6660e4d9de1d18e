"""The chat in a corner of another site's page, under a policy that allows nothing but our address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from desk import widget_sites
from desk.engine import open_engine, writing
from desk.widget_sites import Site
from tests.browser.talking import STORY
from tests.serving import Server

pytestmark = pytest.mark.browser

LAUNCHER = "body > button"


class Host:
    """Another site: one page with our script tag and a strict policy."""

    def __init__(self, server: Server, name: str) -> None:
        self.key = ""
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = (
                    "<!doctype html><html lang=zh><meta charset=utf-8>"
                    "<meta name=viewport content='width=device-width'><title>园区</title>"
                    "<h1>某园区</h1><p>欢迎。</p>"
                    f"<script src='{server.url}/widget.js' data-site='{host.key}'"
                    " data-title='海外维权' data-colour='#117733' async></script>"
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'none'; require-trusted-types-for 'script'; "
                    f"script-src {server.url}; frame-src {server.url}",
                )
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://{name}:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def opened(server: Server, name: str) -> Iterator[Host]:
    host = Host(server, name)
    engine = open_engine(f"sqlite:///{server.data_dir / 'desk.sqlite'}")
    with writing(engine) as conn:
        site = Site("", host.origin, "园区法律角", "园区的朋友您好", "#117733", "park-7")
        host.key = widget_sites.save(conn, site, "tests").key
    engine.dispose()
    yield host
    host.close()


@pytest.fixture(scope="module")
def host(server: Server) -> Iterator[Host]:
    """Another site to the browser, which lets the frame keep nothing there."""
    yield from opened(server, "localhost")


@pytest.fixture(scope="module")
def neighbour(server: Server) -> Iterator[Host]:
    """Another origin of our own site, where the frame may keep its token."""
    yield from opened(server, "127.0.0.1")


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    contexts = []
    problems: list[str] = []

    def visit(address: str, width: int = 1280, context: Any = None) -> Any:
        if context is None:
            context = browser.new_context(viewport={"width": width, "height": 700}, locale="zh-CN")
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text)
                if message.type == "error" and "favicon" not in message.text
                else None
            ),
        )
        page.problems = problems
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


def ask(page: Any, text: str) -> Any:
    chat = page.frame_locator("iframe")
    chat.locator("#question").fill(text)
    chat.locator("#send").click()
    return chat


def test_the_chat_answers_inside_another_site_under_a_strict_policy(host: Host, visit: Any) -> None:
    page = visit(host.origin)
    assert page.locator("iframe").count() == 0
    page.locator(LAUNCHER).click()
    chat = page.frame_locator("iframe")
    expect(chat.locator(".hello").first).to_have_text("园区的朋友您好")
    ask(page, "收到337调查立案通知，几天内要答辩？")
    expect(chat.locator("article.ours").first).to_contain_text("20", timeout=20000)
    assert page.problems == []
    assert page.context.cookies() == []


def test_the_conversation_goes_on_when_the_page_is_entered_again(
    neighbour: Host, visit: Any
) -> None:
    page = visit(neighbour.origin)
    page.locator(LAUNCHER).click()
    chat = ask(page, "收到337调查立案通知，几天内要答辩？")
    expect(chat.locator("article.ours").first).to_be_visible(timeout=20000)
    again = visit(neighbour.origin, context=page.context)
    again.locator(LAUNCHER).click()
    expect(again.frame_locator("iframe").locator("article.theirs").first).to_contain_text(
        "337", timeout=20000
    )
    again.locator(LAUNCHER).click()
    expect(again.locator("iframe")).to_be_hidden()
    assert page.problems == []


def test_it_fits_a_narrow_phone(host: Host, visit: Any) -> None:
    page = visit(host.origin, width=320)
    page.locator(LAUNCHER).click()
    chat = page.frame_locator("iframe")
    expect(chat.locator("#question")).to_be_visible()
    box = page.locator("iframe").bounding_box()
    assert (box["x"], box["width"]) == (0, 320)
    wide = chat.locator("body").evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 320
    assert page.locator(LAUNCHER).bounding_box()["y"] >= box["y"] + box["height"] - 1
    assert page.problems == []


def test_a_site_that_is_not_allowed_sees_why(host: Host, visit: Any) -> None:
    page = visit(host.origin.replace("localhost", "127.0.0.1"))
    page.locator(LAUNCHER).click()
    refused = page.frame_locator("iframe").locator("[role=alert]")
    expect(refused).to_contain_text("没有获准嵌入护航")
    expect(refused).to_contain_text("http://127.0.0.1")


def test_claiming_another_origin_shows_nothing(host: Host, server: Server, visit: Any) -> None:
    page = visit(host.origin.replace("localhost", "127.0.0.1"))
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.evaluate(
            "(src) => { const f = document.createElement('iframe'); f.src = src; document.body.append(f); }",
            f"{server.url}/widget/frame?site={host.key}&origin={host.origin}",
        )
    frame = page.frames[-1]
    assert frame.locator("#question").count() == 0


def test_a_press_before_the_scripts_are_there_loses_nothing(host: Host, browser: Any) -> None:
    context = browser.new_context(locale="zh-CN")
    held: list[Any] = []
    context.route("**/chat/main.js*", lambda route: held.append(route))
    page = context.new_page()
    page.goto(host.origin)
    page.locator(LAUNCHER).click()
    chat = page.frame_locator("iframe")
    chat.locator("#question").fill("收到337调查立案通知，几天内要答辩？")
    expect(chat.locator("#send")).to_be_disabled()
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    held[0].continue_()
    chat.locator("#send").click()
    expect(chat.locator("article.ours").first).to_contain_text("20", timeout=20000)
    context.close()


def test_a_renewal_that_fails_once_loses_no_conversation(neighbour: Host, visit: Any) -> None:
    page = visit(neighbour.origin)
    page.locator(LAUNCHER).click()
    ask(page, "收到337调查立案通知，几天内要答辩？")
    expect(page.frame_locator("iframe").locator("article.ours").first).to_be_visible(timeout=20000)
    page.context.route("**/api/v1/widget/session", lambda route: route.abort())
    page.context.route("**/api/v1/conversations/*", lambda route: route.abort())
    broken = page.context.new_page()
    broken.goto(neighbour.origin)
    broken.locator(LAUNCHER).click()
    expect(broken.frame_locator("iframe").locator("#send")).to_be_enabled()
    page.context.unroute_all()
    again = visit(neighbour.origin, context=page.context)
    again.locator(LAUNCHER).click()
    expect(again.frame_locator("iframe").locator("article.theirs").first).to_contain_text(
        "337", timeout=20000
    )


def test_what_is_written_after_a_sleep_is_answered(neighbour: Host, visit: Any) -> None:
    """The frame's token ended while the phone slept; its timers did not run."""
    page = visit(neighbour.origin)
    frames: list[Any] = []
    page.context.route_web_socket(
        "**/ws", lambda line: frames.append((line, line.connect_to_server()))
    )
    page.locator(LAUNCHER).click()
    chat = page.frame_locator("iframe")
    expect(chat.locator("#send")).to_be_enabled()
    ended = []

    def refuse(route: Any) -> None:
        token = route.request.headers["x-sender-token"]
        ended.append(token)
        if token == ended[0]:
            error = {"code": "wrong_token", "message": "令牌不符"}
            route.fulfill(status=403, json={"error": error})
        else:
            route.continue_()

    page.context.route("**/api/v1/messages", refuse)
    page.context.route_web_socket("**/ws", lambda line: line.close())
    page.wait_for_timeout(1100)  # a token of another second is another token
    frames[0][0].close()
    ask(page, "收到337调查立案通知，几天内要答辩？")
    expect(chat.locator("article.ours").first).to_contain_text("20", timeout=20000)
    assert len(set(ended)) == 2


def test_the_form_for_a_call_back_proves_whose_it_is(host: Host, visit: Any) -> None:
    page = visit(host.origin)
    page.locator(LAUNCHER).click()
    chat = ask(page, "登记援助")
    leave = chat.locator(".leave")
    expect(leave).to_be_visible(timeout=20000)
    chat.locator(".lead-form").get_by_label("手机或座机").fill("13800138000")
    chat.locator(".lead-form").get_by_label("我同意").check()
    leave.click()
    expect(chat.locator(".lead-form")).to_contain_text("已留给工作人员")


def test_a_plan_is_saved_from_the_frame(host: Host, visit: Any) -> None:
    page = visit(host.origin)
    page.locator(LAUNCHER).click()
    chat = ask(page, STORY)
    expect(chat.locator("article.ours").first).to_be_visible(timeout=20000)
    link = chat.locator("a[href^='/plan/mine/plan.pdf']").first
    link.wait_for(state="attached", timeout=20000)
    with page.expect_download() as saved:
        link.dispatch_event("click")
    assert saved.value.suggested_filename.endswith(".pdf")
    expect(chat.locator("#question")).to_be_visible()
