"""A trainer's path: a regulation in Word to an answer that cites its article, and back, in minutes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import expect

from desk import staff
from desk.engine import open_engine, writing
from desk.permissions import Role
from tests.browser.talking import say
from tests.browser.windows import windows
from tests.serving import Server

pytestmark = pytest.mark.browser

TITLE = "广州市出海企业驻场知识产权联络员管理办法"
ARTICLES = (
    "第一条 为规范出海企业驻场知识产权联络员工作，制定本办法。",
    "第二条 本办法所称驻场知识产权联络员，是指援助中心派到出海企业驻点服物的工作人员。",
    "第三条 企业申请驻场知识产权联络员的，应当提交申请表、出口目的地清单和涉外商标专利清单。",
    "第四条 援助中心应当在十五个工作日内决定是否派驻，并书面告知企业。",
    "第五条 驻场知识产权联络员每次驻点不超过六个月，期满可以续派壹次。",
    "第六条 本办法自2026年12月1日起施行。",
)
QUESTION = "驻场知识产权联络员每次驻点最长多久"
PASSWORD = "correct-horse-9"


@pytest.fixture
def regulation(tmp_path: Path) -> Path:
    document = Document()
    document.add_heading(TITLE, 0)
    for article in ARTICLES:
        document.add_paragraph(article.replace("2026年12月1日", "2026年11月1日"))
    path = tmp_path / f"{TITLE}.docx"
    document.save(str(path))
    return path


@pytest.fixture
def people(server: Server) -> None:
    engine = open_engine(f"sqlite:///{server.data_dir / 'desk.sqlite'}")
    for login, name in (("chen", "陈老师"), ("lin", "林老师")):
        with writing(engine) as conn:
            staff.add(conn, login, name, Role.TRAINER, None, "tests")
            secret = staff.invite(conn, login)
        staff.accept_invitation(engine, secret, PASSWORD)
    engine.dispose()


@pytest.fixture
def enter(browser: Any, server: Server) -> Any:
    """Log a member of staff in, in a browser of their own, at the workbench."""
    with windows(browser) as opened:

        def enter(login: str) -> Any:
            page = opened(1280, 900)
            page.on("dialog", lambda dialog: dialog.accept())
            page.goto(f"{server.url}/desk/login?next=/workbench/publish")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit], main form button")
            expect(page.get_by_role("heading", name="发布", exact=True)).to_be_visible()
            return page

        yield enter


def take_in(page: Any, server: Server, regulation: Path) -> None:
    """Upload, look at the verdicts, take into the draft."""
    page.goto(f"{server.url}/workbench/imports")
    page.set_input_files("#files", str(regulation))
    page.click("#send")
    expect(page.locator("td[data-label=状态] .badge", has_text="就绪")).to_be_visible(
        timeout=90_000
    )
    expect(page.locator("td[data-label=结果]")).to_contain_text("新增 6")
    page.click("text=把选中的导入草稿")
    expect(page.locator("td[data-label=状态] .badge", has_text="已导入")).to_be_visible(
        timeout=60_000
    )


def correct(page: Any, article: str, wrong: str, right: str, *, question: str = "") -> None:
    """Put a word of an article right, and name a question that the article answers."""
    card = page.locator("article.passage").filter(has_text=article)
    card.get_by_role("link", name="修改").click()
    text = page.locator("#f-text").input_value()
    assert wrong in text
    page.fill("#f-text", text.replace(wrong, right))
    page.fill("#f-similar", question)
    page.get_by_role("button", name="保存").click()
    changed = page.locator("article.passage").filter(has_text=article)
    expect(changed).to_contain_text("已修改")
    expect(changed).to_contain_text(right)


def keep_as_judged(page: Any, article: str) -> None:
    """Ask the draft the question and keep it with the article that must answer it."""
    page.get_by_role("link", name="试问", exact=True).click()
    page.fill("#q", QUESTION)
    page.get_by_role("button", name="试问").click()
    card = page.locator("article.passage").filter(has_text=TITLE).filter(has_text=article)
    expect(card).to_be_visible(timeout=240_000)
    card.get_by_role("button", name="存为判定问题").click()
    expect(page.locator(".notice.done")).to_contain_text("判定问题")


def test_regulation_goes_live_is_cited_by_its_article_and_is_taken_back(
    page: Any,
    server: Server,
    people: None,
    enter: Any,
    regulation: Path,
    record_property: Any,
) -> None:
    assert "联络员管理办法" not in say(page, QUESTION).inner_text()
    started = time.monotonic()
    trainer = enter("chen")
    take_in(trainer, server, regulation)

    trainer.click("text=打开草稿")
    correct(trainer, "第二条", "服物", "服务")
    correct(trainer, "第五条", "壹次", "一次", question=QUESTION)
    keep_as_judged(trainer, "第五条")

    trainer.get_by_role("link", name="发布", exact=True).click()
    trainer.fill("#f-note", "驻场联络员管理办法")
    trainer.get_by_role("button", name="构建并核对").click()
    expect(trainer.locator("#release")).to_be_visible(timeout=240_000)
    expect(trainer.locator("#release")).to_contain_text("新增 6 段")
    expect(trainer.locator("details.gained")).to_contain_text(QUESTION)
    if trainer.locator("#f-reason").count():
        trainer.fill("#f-reason", "新办法的问题优先")
    trainer.get_by_role("button", name="提交给同事批准").click()
    expect(trainer.locator("#release")).to_contain_text("需要另一位同事批准")

    colleague = enter("lin")
    colleague.get_by_role("button", name="批准并发布").click()
    expect(colleague.locator(".notice.done")).to_contain_text("已发布", timeout=60_000)

    answer = say(page, QUESTION)
    expect(answer).to_contain_text("不超过六个月，期满可以续派一次")
    answer.locator("details.source summary").first.click()
    expect(answer.locator("details.source").first).to_contain_text("第五条")

    colleague.get_by_role("button", name="回退到这个版本").first.click()
    expect(colleague.locator(".notice.done")).to_contain_text("已回到", timeout=60_000)
    clicked = time.monotonic() - started
    record_property("a regulation from upload to rollback by clicking", f"{clicked:.0f} s")
    assert "不超过六个月" not in say(page, QUESTION).inner_text()
