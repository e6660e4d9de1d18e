"""The pages of trainers and of what is due, walked with real answers: pressed twice, reloaded, left, restarted."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import expect

from desk import handoffs, matters, recording, replays, staff
from desk.engine import open_engine, reading, writing
from desk.migrations import migrate
from desk.permissions import Role
from desk.times import utc_now
from tests.browser.talking import say
from tests.serving import Server, prepare, serving

pytestmark = pytest.mark.browser

PASSWORD = "correct-horse-9"
LONG = 240_000
TITLE = "广州市出海企业驻场知识产权联络员管理办法"
ARTICLES = (
    "第一条 为规范出海企业驻场知识产权联络员工作，制定本办法。",
    "第二条 驻场知识产权联络员每次驻点不超过六个月，期满可以续派一次。",
    "第三条 本办法自2026年11月1日起施行。",
)
TABLE = "问题,答案,国家\n收到337立案通知，几天内要答辩,30天。应在送达后30天内提交书面答辩。,美国\n"
ASKED = (
    "收到337立案通知，几天内要答辩",
    "商标在德国被人抢注了怎么办？",
    "亚马逊店铺被TRO冻结了怎么办？",
    "我是广州花灯有限公司的，电话13800138000，收到337立案通知要多久答辩",
)
PEOPLE = (
    ("chen", "陈老师", Role.TRAINER),
    ("lin", "林老师", Role.TRAINER),
    ("wang", "王芳", Role.AGENT),
)


@dataclass
class Place:
    """A server that may be ended and begun again over the same data."""

    folder: Path
    server: Server | None = None
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        assert self.server is not None
        return self.server.url

    def begin(self) -> None:
        self.server = self.stack.enter_context(serving(self.folder))

    def kill(self) -> None:
        """End it as a loss of power would."""
        assert self.server is not None
        os.kill(self.server.pid, signal.SIGKILL)
        self.stack.close()


@pytest.fixture(scope="module")
def place(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("trainers")
    prepare(folder)
    engine = open_engine(f"sqlite:///{folder / 'desk.sqlite'}")
    migrate(engine)
    for login, name, role in PEOPLE:
        with writing(engine) as conn:
            staff.add(conn, login, name, role, None, "tests")
            secret = staff.invite(conn, login)
        staff.accept_invitation(engine, secret, PASSWORD)
    now = utc_now()
    for number in range(40):
        with writing(engine) as conn:
            said = recording.receive(
                conn, f"asker-{number}", "web", ASKED[number % len(ASKED)],
                now=now - timedelta(days=1, minutes=number),
            )  # fmt: skip
            recording.record_replies(
                conn,
                f"asker-{number}",
                [{"kind": "text", "text": "好的"}],
                reply_to=said.inbound.id,
            )
    engine.dispose()
    place = Place(folder)
    place.begin()
    yield place
    place.stack.close()


@pytest.fixture
def enter(browser: Any, place: Place) -> Iterator[Callable[..., Any]]:
    """Logs somebody in: ``page = enter("chen", "/workbench/sampling")``; errors on the pages fail the test."""
    contexts, errors = [], []

    def entered(login: str, path: str, width: int = 1280) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 860}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{place.url}/desk/login?next={path}")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(f"**{path}*")
        return page

    yield entered
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def visitor(browser: Any, place: Place) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    page.goto(place.url)
    yield page
    context.close()


# --- 抽查 ---


def test_answers_are_judged_by_one_tap_and_the_right_passage_is_chosen_by_its_name(visitor, enter):
    for question in ASKED[:3]:
        say(visitor, question)
    chen = enter("chen", "/workbench/sampling")
    chen.get_by_role("button", name="10 条").dblclick()
    expect(chen.locator(".notice.done")).to_contain_text("可以开始判断")
    told = re.search(r"抽出 (\d+) 条", chen.locator(".notice.done").inner_text())
    assert told is not None
    drawn = int(told[1])
    assert drawn >= 3  # some answers have their options beside them
    expect(chen.locator("#judge h2")).to_contain_text(f"还有 {drawn} 条")
    chen.locator(".verdict").first.dblclick()  # 对
    expect(chen.locator("#judge h2")).to_contain_text(f"还有 {drawn - 1} 条，您已判 1 条")
    chen.reload()
    expect(chen.locator("#judge h2")).to_contain_text(f"还有 {drawn - 1} 条，您已判 1 条")
    lin = enter("lin", "/workbench/sampling", width=390)
    look = lin.locator("details.look")
    expect(look).to_have_count(1)
    look.locator("summary").click()
    assert look.locator("input[name=passage]").first.is_checked()
    assert look.get_by_role("radio").count() > 1
    lin.get_by_role("button", name="收进：用这一段回答").dblclick()
    expect(lin.locator(".notice.done")).to_contain_text("已收进判定问题")
    expect(lin.locator("#looks")).to_contain_text("没有等您复看的")
    assert lin.locator("html").evaluate("node => node.scrollWidth") <= 390


# --- 快到期 ---


def due_on(place: Place, sender: str, days: int) -> str:
    """A person whose date is so many days off, waiting for somebody; the reference of the case."""
    engine = open_engine(f"sqlite:///{place.folder / 'desk.sqlite'}")
    day = date(2026, 11, 23) + timedelta(days=days)
    with writing(engine) as conn:
        recording.receive(conn, sender, "web", "收到美国传票")
        facts = {
            "country": "US",
            "procedure": "court",
            "deadline": {"due_date": day.isoformat(), "title": "答辩"},
        }
        matters.save(conn, matters.Matter(sender, 0, facts=facts))
        ticket = handoffs.open_ticket(conn, sender, "想请人看看", deadline_on=day)
    engine.dispose()
    return str(ticket.reference)


def test_what_is_due_is_new_once_and_leads_to_its_case(place, enter):
    today, soon = due_on(place, "due-a", 0), due_on(place, "due-b", 2)
    wang = enter("wang", "/desk")
    wang.get_by_role("link", name="快到期").first.click()
    expect(wang.locator("h1")).to_have_text("快到期")
    row = wang.locator(".due-list li", has_text=today)
    expect(row).to_contain_text("就是今天")
    expect(row).to_contain_text("美国 · 法院诉讼")
    expect(wang.locator(".due-list li", has_text=soon)).to_contain_text("还有2天")
    wang.reload()
    expect(wang.locator(".due-list .badge", has_text="新")).to_have_count(0)
    row.get_by_role("link").click()
    expect(wang.locator("main")).to_contain_text(today)
    wang.go_back()
    wang.get_by_role("link", name="全部").click()
    expect(wang.locator(".due-list li", has_text=soon)).to_be_visible()
    phone = enter("wang", "/desk/due", width=390)
    assert phone.locator("html").evaluate("node => node.scrollWidth") <= 390


# --- 导入的路 ---


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A regulation in Word, a table of which one answer contradicts what is there, and a broken file."""
    document = Document()
    document.add_heading(TITLE, 0)
    for article in ARTICLES:
        document.add_paragraph(article)
    document.save(str(tmp_path / f"{TITLE}.docx"))
    (tmp_path / "问答.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "坏的.pdf").write_bytes(b"%PDF-1.4 broken")
    return [str(tmp_path / name) for name in (f"{TITLE}.docx", "问答.csv", "坏的.pdf")]


def forward(page: Any) -> None:
    """Press whatever leads on, twice."""
    page.locator("[data-next]").dblclick()


def at(page: Any, step: str) -> None:
    expect(page.locator(".wizard [aria-current=step]")).to_contain_text(step, timeout=60_000)
    page.wait_for_load_state()  # the scripts that keep what is typed are there


def test_an_import_is_walked_left_and_taken_up_until_a_colleague_is_asked(enter, files, place):
    chen = enter("chen", "/workbench/imports")
    chen.set_input_files("#files", files)
    chen.locator("#send").dblclick()
    at(chen, "检查")
    expect(chen.locator("td[data-label=状态]", has_text="就绪")).to_have_count(2, timeout=90_000)
    expect(chen.locator("td[data-label=状态]", has_text="失败")).to_have_count(1)
    expect(chen.locator("[data-watch]")).to_have_count(0, timeout=30_000)
    forward(chen)
    at(chen, "出处和说明")
    chen.fill("#f-issuer", "广州市市场监督管理局")
    chen.locator("#f-issuer").blur()
    expect(chen.locator("[data-kept]")).to_have_text("已保存")
    chen.reload()
    expect(chen.locator("#f-issuer")).to_have_value("广州市市场监督管理局")
    # Left for another page, the path is taken up where it was.
    chen.goto(f"{place.url}/workbench/imports")
    chen.locator("a[href*='/workbench/imports/2']").first.click()
    at(chen, "出处和说明")
    forward(chen)
    expect(chen).to_have_url(re.compile("file=2$"))
    at(chen, "出处和说明")
    forward(chen)
    at(chen, "相似和冲突")
    conflict = chen.locator("fieldset.pair").first
    expect(conflict).to_contain_text("30天")
    conflict.get_by_role("radio").first.check()
    expect(chen.locator("[data-kept]")).to_have_text("已保存")
    forward(chen)
    at(chen, "试问")
    expect(chen.locator("[data-watch]")).to_have_count(0, timeout=60_000)
    chen.fill("#q", "驻场知识产权联络员每次驻点最长多久")
    chen.get_by_role("button", name="试问", exact=True).dblclick()
    expect(chen.locator(".beside")).to_contain_text("不超过六个月", timeout=LONG)
    forward(chen)
    at(chen, "提交审批")
    expect(chen.locator("main")).to_contain_text("2 个文件")
    chen.get_by_role("button", name="构建并核对").dblclick()
    expect(chen.locator("#release")).to_contain_text("判定问题", timeout=LONG)
    if chen.locator("#f-reason").count():
        chen.fill("#f-reason", "新办法优先")
    chen.get_by_role("button", name="提交给同事批准").dblclick()
    expect(chen.locator("#release")).to_contain_text("等同事批准")
    lin = enter("lin", "/workbench")
    expect(lin.locator("main")).to_contain_text("待我审批")
    expect(lin.locator("main")).to_contain_text("陈老师")


# --- 回放 ---


def replayed(place: Place) -> Any:
    engine = open_engine(f"sqlite:///{place.folder / 'desk.sqlite'}")
    with reading(engine) as conn:
        found = replays.last(conn)
    engine.dispose()
    return found


def wait_for(place: Place, reached: Callable[[Any], bool]) -> Any:
    until = time.monotonic() + LONG / 1000
    while time.monotonic() < until:
        found = replayed(place)
        if found is not None and reached(found):
            return found
        time.sleep(0.1)
    raise AssertionError(f"not reached: {replayed(place)}")


def test_a_replay_goes_on_by_itself_after_a_loss_of_power(enter, place):
    chen = enter("chen", "/workbench/drafts?q=337")
    chen.locator("main a[href*='/workbench/drafts/us-337-response']").first.click()
    card = chen.locator("article.passage").filter(has_text="收到337立案通知，几天内要答辩").first
    card.get_by_role("link", name="修改").click()
    text = chen.locator("#f-text").input_value()
    chen.fill("#f-text", f"{text}先看原件。")
    chen.get_by_role("button", name="保存").click()
    chen.get_by_role("link", name="回放", exact=True).click()
    chen.get_by_role("button", name="开始回放").dblclick()
    expect(chen.locator("[data-progress]")).to_be_visible()
    chen.reload()
    expect(chen.locator("[data-progress]")).to_be_visible()
    wait_for(place, lambda found: found.asked > 0)
    place.kill()
    assert replayed(place).state == "running"
    place.begin()
    done = wait_for(place, lambda found: found.state == "done")  # nobody has opened the page
    chen = enter("chen", "/workbench/replay")
    expect(chen.locator("main")).to_contain_text(f"已重问 {done.asked} / {done.asked} 句")
    different = chen.locator("details.questions", has_text="文字不同")
    different.locator("summary").click()
    expect(different).to_contain_text("先看原件")
    expect(chen.locator("main")).not_to_contain_text("13800138000")


def test_a_replay_that_is_stopped_keeps_what_it_found_and_is_gone_on_with(enter, place):
    chen = enter("chen", "/workbench/replay")
    chen.get_by_role("button", name="重新回放").click()
    wait_for(place, lambda found: found.asked > 0 and found.state == "running")
    chen.reload()
    chen.get_by_role("button", name="停止").dblclick()
    stopped = wait_for(place, lambda found: found.state == "stopped")
    expect(chen.locator("[data-progress]")).to_have_count(0, timeout=30_000)
    expect(chen.locator("main")).to_contain_text("中途停止")
    chen.get_by_role("button", name="接着问").click()
    done = wait_for(place, lambda found: found.state == "done")
    assert done.id == stopped.id
    assert done.asked > stopped.asked
