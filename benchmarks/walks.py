"""Four walks through the pages in a real browser, in clicks and seconds, beside another build.

``python benchmarks/walks.py --beside FOLDER [--walks lead case publish edit] [--json FILE]`` serves this checkout and
the one in FOLDER, one after the other on the same machine, walks each and prints the ratios.  A click is a
press on something (a list that opens and the choice in it are two), a turn is a message that is sent, and
seconds run from the first press to what the person waits for.  Typing costs the same in both: texts are
filled in at once.  Both begin as a fresh installation does, with a shelf that this program has built.
Each walk ends with 1 in the exit status when its ratio misses the aim.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

from docx import Document
from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parents[1]
PASSWORD = "correct-horse-9"
STORY = (
    "我们公司在番禺做灯具，收到美国337调查的立案通知，被申请人里有我们，11月16日收到的，怎么办？"
)
TITLE = "广州市出海企业驻场知识产权联络员管理办法"
ARTICLES = (
    "第一条 为规范出海企业驻场知识产权联络员工作，制定本办法。",
    "第二条 本办法所称驻场知识产权联络员，是指援助中心派到出海企业驻点服务的工作人员。",
    "第三条 驻场知识产权联络员每次驻点不超过六个月，期满可以续派一次。",
    "第四条 本办法自2026年11月1日起施行。",
)
# What each walk is to need of what the other build needs.
AIMS = {
    "lead": ("turns", 0.4), "lead ": ("seconds", 0.4), "case": ("clicks", 0.7),
    "publish": ("seconds", 0.6), "edit": ("seconds", 0.3),
}  # fmt: skip
_READY_S = 180
_LONG_MS = 600_000


@dataclass
class Walk:
    """What a walk took."""

    clicks: int = 0
    turns: int = 0
    seconds: float = 0.0
    begun: float = 0.0

    def press(self, target: Any) -> None:
        """Press something."""
        if not self.begun:
            self.begun = time.monotonic()
        self.clicks += 1
        target.click()

    def say(self, page: Page, text: str) -> None:
        """Send a message and wait for the answer."""
        if not self.begun:
            self.begun = time.monotonic()
        before = page.locator("article.ours").count()
        page.fill("#question", text)
        page.press("#question", "Enter")
        self.turns += 1
        self.answered(page, before)

    def answered(self, page: Page, before: int) -> None:
        """Wait until the answer to the last message stands."""
        expect(page.locator("article.ours").nth(before)).to_be_visible(timeout=30_000)
        expect(page.locator("#typing")).to_be_hidden(timeout=30_000)

    def end(self) -> None:
        """Stop the clock."""
        self.seconds = round(time.monotonic() - self.begun, 1)


def lead(browser: Browser, url: str) -> Walk:
    """From the story to a registered lead: by the card where there is one, else question by question."""
    page = _visitor(browser, url)
    walk = Walk()
    walk.say(page, STORY)
    walk.say(page, "我要登记援助线索")
    form = page.locator(".lead-form")
    if form.count():
        form.locator("#lead-company").fill("广州花灯有限公司")
        form.locator("#lead-contact").fill("王小明")
        form.locator("#lead-phone").fill("13800138000")
        walk.press(form.locator("input[type=checkbox]"))
        before = page.locator("article.ours").count()
        walk.press(form.get_by_role("button", name="核对并提交"))
        walk.turns += 1
        walk.answered(page, before)
    else:
        _answer_all(walk, page)
    before = page.locator("article.ours").count()
    walk.press(page.locator("article.ours").last.get_by_role("button", name="确认提交"))
    walk.turns += 1
    expect(page.locator(".card.lead")).to_contain_text("待受理机关审核", timeout=30_000)
    walk.end()
    page.context.close()
    return walk


def _answer_all(walk: Walk, page: Page) -> None:
    """Every question of the form: what the card is filled with, and 跳过 for what may be left open."""
    given = {
        "同意登记": "同意",
        "企业全称": "广州花灯有限公司",
        "联系人怎么": "王小明",
        "手机号": "13800138000",
    }
    for _ in range(16):
        asked = page.locator("article.ours").last.inner_text()
        if "请核对" in asked:
            return
        walk.say(page, next((text for key, text in given.items() if key in asked), "跳过"))


def case(browser: Browser, url: str) -> Walk:
    """A request for a human taken over, answered and closed."""
    page = _visitor(browser, url)
    page.click("#human")
    expect(page.locator(".card.handoff")).to_be_visible(timeout=30_000)
    desk = _staff(browser, url, "wang", "/desk")
    walk = Walk()
    walk.press(desk.locator(".ticket").first.get_by_role("button", name="接待"))
    expect(desk.locator("#open-canned")).to_be_visible(timeout=30_000)
    desk.fill("#text", "您好，请把通知书第一页发来。")
    desk.press("#text", "Enter")
    expect(page.locator("article.ours.staff").last).to_contain_text("第一页", timeout=30_000)
    walk.press(desk.get_by_role("link", name="结束", exact=True))
    if desk.locator("#outcome").count():
        walk.clicks += 2  # the list opens, the choice is taken
        desk.select_option("#outcome", "已解答")
        walk.press(desk.locator("#close button"))
    else:
        walk.press(desk.locator("#close").get_by_role("button", name="已解答"))
    expect(desk.locator(".notice.done")).to_contain_text("已结束", timeout=30_000)
    walk.end()
    desk.context.close()
    page.context.close()
    return walk


def publish(browser: Browser, url: str) -> Walk:
    """A regulation in Word until it is live."""
    trainer = _staff(browser, url, "chen", "/workbench/imports")
    colleague = _staff(browser, url, "lin", "/workbench/publish")
    with tempfile.TemporaryDirectory() as folder:
        path = _regulation(Path(folder))
        walk = Walk()
        trainer.set_input_files("#files", str(path))
        walk.press(trainer.locator("#send"))
        expect(trainer.locator("td[data-label=状态] .badge", has_text="就绪")).to_be_visible(
            timeout=_LONG_MS
        )
    walk.press(trainer.get_by_text("把选中的导入草稿"))
    expect(trainer.locator("td[data-label=状态] .badge", has_text="已导入")).to_be_visible(
        timeout=_LONG_MS
    )
    _built(walk, trainer, "驻场联络员管理办法")
    if trainer.locator("#f-reason").count():
        trainer.fill("#f-reason", "新办法优先")
    walk.press(trainer.get_by_role("button", name="提交给同事批准"))
    expect(trainer.locator("#release")).to_contain_text("需要另一位同事批准", timeout=30_000)
    colleague.reload()
    walk.press(colleague.get_by_role("button", name="批准并发布"))
    expect(colleague.locator(".notice.done")).to_contain_text("已发布", timeout=_LONG_MS)
    walk.end()
    trainer.context.close()
    colleague.context.close()
    return walk


def edit(browser: Browser, url: str) -> Walk:
    """One passage changed until the comparison with the live version stands."""
    trainer = _staff(browser, url, "chen", "/workbench/drafts?q=337")
    walk = Walk()
    walk.press(trainer.locator("main a[href*='/workbench/drafts/']").first)
    walk.press(trainer.locator("article.passage").first.get_by_role("link", name="修改"))
    text = trainer.locator("#f-text").input_value()
    trainer.fill("#f-text", f"{text}以文书原件为准。")
    walk.press(trainer.get_by_role("button", name="保存"))
    _built(walk, trainer, "补一句")
    walk.end()
    trainer.context.close()
    return walk


WALKS = {"lead": lead, "case": case, "publish": publish, "edit": edit}


def _built(walk: Walk, trainer: Page, note: str) -> None:
    """Build, and wait for the comparison."""
    walk.press(trainer.get_by_role("link", name="发布", exact=True))
    trainer.fill("#f-note", note)
    walk.press(trainer.get_by_role("button", name="构建并核对"))
    expect(trainer.locator("#release")).to_contain_text("判定问题", timeout=_LONG_MS)


def _regulation(folder: Path) -> Path:
    document = Document()
    document.add_heading(TITLE, 0)
    for article in ARTICLES:
        document.add_paragraph(article)
    path = folder / f"{TITLE}.docx"
    document.save(str(path))
    return path


def _visitor(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN").new_page()
    page.goto(url)
    return page


def _staff(browser: Browser, url: str, login: str, path: str) -> Page:
    page = _visitor(browser, f"{url}/desk/login?next={path}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    expect(page.locator("h1")).to_be_visible()
    page.goto(url + path)
    return page


_ACCOUNTS = """
from desk import staff
from desk.engine import open_engine, writing
from desk.migrations import migrate
from desk.permissions import Role
import sys
engine = open_engine(f"sqlite:///{sys.argv[1]}/desk.sqlite")
migrate(engine)
for login, name, role in (("wang", "王芳", Role.AGENT), ("chen", "陈老师", Role.TRAINER), ("lin", "林老师", Role.TRAINER)):
    with writing(engine) as conn:
        staff.add(conn, login, name, role, None, "walk")
        secret = staff.invite(conn, login)
    staff.accept_invitation(engine, secret, sys.argv[2])
"""
_CLI = "import sys; from channels.cli import main; sys.exit(main(sys.argv[1:]))"


@contextlib.contextmanager
def served(checkout: Path) -> Iterator[str]:
    """A server of a checkout with what it has built and three accounts, in a folder of its own."""
    python = str(checkout / ".venv" / "bin" / "python")
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        folder = Path(name)
        for kept in ("snapshots", "models", "readings.json", "answers"):
            source = checkout / "var" / kept
            if source.is_dir():
                shutil.copytree(source, folder / kept, symlinks=True)
            elif source.is_file():
                shutil.copy(source, folder / kept)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        plain = {key: value for key, value in os.environ.items() if not key.startswith("HUHANG_")}
        env = {
            **plain,
            "HUHANG_DATA_DIR": name,
            "HUHANG_TODAY": "2026-11-23",
            "PYTHONPATH": str(checkout),
        }
        for line in (
            ["-c", _CLI, "kb", "build", "--publish"],
            ["-c", _CLI, "train", "bot"],
            ["-c", _ACCOUNTS, name, PASSWORD],
        ):
            subprocess.run([python, *line], cwd=checkout, env=env, check=True, capture_output=True)
        server = subprocess.Popen(
            [python, "-c", _CLI, "serve", "--port", str(port)],
            cwd=checkout, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            yield url
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def _wait(url: str) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until:
        with (
            contextlib.suppress(URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"{url}/readyz", timeout=5) as response,
        ):
            if response.status == 200:
                return
        time.sleep(0.5)
    raise TimeoutError(f"{url} was not ready within {_READY_S} s")


def measured(checkout: Path, names: list[str], chromium: str) -> dict[str, Walk]:
    """Every walk through one build."""
    with served(checkout) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            return {name: WALKS[name](browser, url) for name in names}
        finally:
            browser.close()


def main() -> int:
    """:return: 1 when a walk misses its aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, required=True, help="a checkout of the other build")
    parser.add_argument("--walks", nargs="*", default=[*WALKS], choices=[*WALKS])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    before = measured(options.beside.resolve(), options.walks, chromium)
    after = measured(HERE, options.walks, chromium)
    rows, missed = [], False
    for key, (measure, aim) in AIMS.items():
        name = key.strip()
        if name not in options.walks:
            continue
        old, new = getattr(before[name], measure), getattr(after[name], measure)
        ratio = new / old
        missed = missed or ratio > aim
        rows.append(
            {
                "walk": name,
                "measure": measure,
                "before": old,
                "after": new,
                "ratio": round(ratio, 2),
                "aim": aim,
            }
        )
        sys.stdout.write(f"{name:8} {measure:8} {old:>7} -> {new:>7}  x{ratio:.2f}  aim x{aim}\n")
    if options.json:
        detail = {
            name: {"before": asdict(before[name]), "after": asdict(after[name])}
            for name in options.walks
        }
        options.json.write_text(
            json.dumps({"rows": rows, "walks": detail}, indent=1), encoding="utf-8"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
