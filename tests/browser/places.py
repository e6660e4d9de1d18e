"""Every page there is and how to come to it, for what looks at all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser import kept_places
from tests.browser.kept_places import Opening
from tests.browser.talking import STORY, give_day, say
from tests.browser.test_papers import send as send_paper
from tests.desk.files import pdf
from tests.serving import Server

CAMPAIGN = "/c/patent2026?p=1"
REGULATION = """# 驻场联络员管理办法

第一条 为规范驻场知识产权联络员工作，制定本办法。

第二条 驻场联络员每次驻点不超过六个月。

第三条 本办法自2026年11月1日起施行。
"""
# Of the office, by path.
OFFICE = {
    "desk-inbox": "/desk",
    "desk-all": "/desk?tab=all&status=open",
    "desk-due": "/desk/due?tab=all",
    "desk-search": "/desk/search?q=灯具",
    "desk-call": "/desk/tickets/new",
    "desk-canned": "/desk/canned",
    "desk-leads": "/desk/leads",
    "desk-lead-new": "/desk/leads/new",
    "desk-lead-drafts": "/desk/leads/drafts",
    "desk-lead-export": "/desk/leads/export",
    "desk-digest": "/desk/digest",
    "desk-figures": "/desk/figures",
    "desk-figures-list": "/desk/figures/wrong?since=2026-06-01&until=2029-05-31",
    "desk-campaigns": "/desk/campaigns",
    "desk-campaign-new": "/desk/campaigns/new",
    "desk-campaign-edit": "/desk/campaigns/patent2026/edit",
    "desk-campaign-figures": "/desk/campaigns/patent2026/figures",
    "desk-audit": "/desk/audit",
    "desk-widget": "/desk/widget",
    "desk-staff": "/desk/staff",
    "desk-settings": "/desk/settings",
    "desk-me": "/desk/me",
    "desk-nothing": "/desk/tickets/none",
    "workbench": "/workbench",
    "workbench-imports": "/workbench/imports",
    "workbench-drafts": "/workbench/drafts",
    "workbench-ask": "/workbench/ask?q=收到337立案通知几天内答辩",
    "workbench-replay": "/workbench/replay",
    "workbench-publish": "/workbench/publish",
    "workbench-listening": "/workbench/listening",
    "workbench-todo": "/workbench/listening/todo",
    "workbench-sampling": "/workbench/sampling",
    "workbench-dictionary": "/workbench/dictionary",
    "workbench-dialogue": "/workbench/dialogue",
    "workbench-material": "/workbench/material",
    "workbench-questions": "/workbench/material/questions",
}
_BATCH = "td a[href*='/workbench/imports/']"
# Of the office, by the page to begin at and the links to follow there.
LINKED = {
    "desk-case": ("/desk?tab=all&status=active", ".ticket .title"),
    "desk-case-closed": ("/desk?tab=all&status=closed", ".ticket .title"),
    "desk-lead": ("/desk/leads", "main .column h3 a"),
    "desk-campaign": ("/desk/campaigns", "main a[href='/desk/campaigns/patent2026']"),
    "workbench-draft": ("/workbench/drafts", "main a[href*='/workbench/drafts/']"),
    "workbench-edit": (
        "/workbench/drafts",
        "main a[href*='/workbench/drafts/']",
        "article.passage a[href*='edit']",
    ),
    "workbench-meta": (
        "/workbench/drafts",
        "main a[href*='/workbench/drafts/']",
        "main a[href$='/meta']",
    ),
    "workbench-question": (
        "/workbench/material/questions",
        "main a[href*='/material/questions/']",
    ),
    "workbench-batch": ("/workbench/imports", _BATCH),
    "workbench-import-file": ("/workbench/imports", _BATCH, "td a[href*='/files/']"),
    **{
        f"workbench-import-{number}": (
            "/workbench/imports",
            _BATCH,
            f".wizard li:nth-child({number}) a",
        )
        for number in range(1, 7)
    },
}

# Server, path and link -> the path of that link.
_LEADS_TO: dict[tuple[str, str, str], str] = {}


def visitor(server: Server) -> Iterator[tuple[str, Opening]]:
    """What a visitor meets, each in a browser that has never been here."""
    yield "chat-home", _at("/")
    yield "chat-about", _about
    yield "chat-story", _story
    yield "chat-matter", _matter
    yield "chat-matter-by-hand", _matter_by_hand
    yield "chat-lead", _lead
    yield "chat-quiz", _quiz
    yield "chat-waiting", _waiting
    yield "chat-paper", _paper
    yield "plan", _plan
    yield "campaign", _at(CAMPAIGN)
    yield "campaign-question", _campaign_question
    yield "campaign-game", _campaign_game
    yield "campaign-card", _campaign_card
    yield "campaign-board", _at("/c/patent2026/board")
    yield "kiosk", _at(f"{CAMPAIGN}&kiosk=1")
    yield "login", _at("/desk/login")
    yield "nothing-here", _at("/nothing-here")
    yield from kept_places.visitor(server)


def office(page: Any, server: Server) -> Iterator[str]:
    """Go through the office as the person who is logged in; the name of each page when it stands."""
    url = server.url
    _upload(page, url)
    for name, path in OFFICE.items():
        page.goto(url + path)
        yield name
    for name, (path, *links) in LINKED.items():
        page.goto(url + _end_of(page, url, path, links))
        yield name
    for name, opening in kept_places.office(server):
        opening(page, url)
        yield name


def _end_of(page: Any, url: str, path: str, links: Sequence[str]) -> str:
    """Where the first links of their kind lead to from a path; each page is asked for its link once."""
    for link in links:
        if (url, path, link) not in _LEADS_TO:
            page.goto(url + path)
            _LEADS_TO[url, path, link] = str(page.locator(link).first.get_attribute("href"))
        path = _LEADS_TO[url, path, link]
    return path


def _at(path: str) -> Opening:
    def opened(page: Any, url: str) -> None:
        page.goto(url + path, wait_until="networkidle")

    return opened


def _about(page: Any, url: str) -> None:
    page.goto(url)
    about = page.locator("details.about").filter(visible=True).first
    if about.get_attribute("open") is None:
        about.locator("summary").click()


def _story(page: Any, url: str) -> None:
    page.goto(url)
    say(page, STORY)


def _matter(page: Any, url: str) -> None:
    _story(page, url)
    matter = page.locator("#matter")
    if matter.get_attribute("open") is None:
        matter.locator("> summary").click()
    expect(page.locator("#matter .due")).to_be_visible(timeout=20_000)


def _matter_by_hand(page: Any, url: str) -> None:
    """A day and a center of one's own, and a day of receipt that came after."""
    _matter(page, url)
    matter = page.locator("#matter")
    give_day(page, "2026-12-10")
    expect(page.locator("#matter .given")).to_be_visible()
    page.locator(".who-helps .value").click()
    page.locator(".who-helps select").select_option(label="广东省知识产权保护中心")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#matter .given")).to_have_count(2)
    say(page, "是11月20日收到的")
    if matter.get_attribute("open") is None:
        matter.locator("> summary").click()
    expect(page.locator("#matter .doubt")).to_be_visible(timeout=20_000)


def _lead(page: Any, url: str) -> None:
    _story(page, url)
    say(page, "我要登记援助线索")
    materials = page.locator(".materials")
    if materials.get_attribute("open") is None:
        materials.locator("summary").click()
    files = [
        {"name": name, "mimeType": "application/pdf", "buffer": pdf()}
        for name in ("执照.pdf", "材料.rar")
    ]
    page.set_input_files(".materials input[type=file]", files)
    materials.get_by_role("button", name="同意并附上").click()
    expect(materials.get_by_role("button", name="撤回：执照.pdf")).to_be_visible()
    form = page.locator(".lead-form")
    form.locator("#lead-phone").fill("1380013")
    form.locator("#lead-phone").blur()


def _quiz(page: Any, url: str) -> None:
    page.goto(url)
    say(page, "开始答题")


def _waiting(page: Any, url: str) -> None:
    page.goto(url)
    page.click("#human")
    expect(page.locator(".card.handoff")).to_be_visible(timeout=20_000)


def _paper(page: Any, url: str) -> None:
    page.goto(url, wait_until="networkidle")
    send_paper(page)


def _plan(page: Any, url: str) -> None:
    _matter(page, url)
    page.get_by_role("button", name="留个链接").click()
    page.goto(page.locator(".keep input").input_value())


def _campaign_question(page: Any, url: str) -> None:
    page.goto(url + CAMPAIGN)
    page.get_by_role("button", name="市民", exact=True).click()
    page.locator(".option").first.click()
    expect(page.locator(".verdict")).to_be_visible()


def _campaign_card(page: Any, url: str) -> None:
    page.goto(url + CAMPAIGN)
    page.get_by_role("button", name="市民", exact=True).click()
    for ahead in ("下一题", "下一题", "下一题", "下一题", "看成绩"):
        page.locator(".option").first.click()
        page.get_by_role("button", name=ahead).click()
    page.goto(url + str(page.locator("a[href*='/card?']").first.get_attribute("href")))


def _campaign_game(page: Any, url: str) -> None:
    page.goto(url + CAMPAIGN)
    page.get_by_role("button", name="这件东西靠什么权利保护").click()
    page.get_by_role("button", name="一双跑鞋").click()


def _upload(page: Any, url: str) -> None:
    """Have one import to look at."""
    page.goto(f"{url}/workbench/imports")
    if page.locator("td a[href*='/workbench/imports/']").count():
        return
    file = {
        "name": f"{Path(__file__).stem}.md",
        "mimeType": "text/markdown",
        "buffer": REGULATION.encode(),
    }
    page.set_input_files("#files", [file])
    page.click("#send")
    expect(page.locator("td a[href*='/files/']")).to_be_visible(timeout=90_000)
