"""Pages that one comes to by what is on record: links that were sent, a second step, a site's frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import expect
from sqlalchemy.engine import Connection

from desk import recording, second_factor, staff, tables, totp, widget_sites
from desk.engine import open_engine, writing
from desk.times import utc_now
from desk.widget_sites import Site
from server.security import Tokens, load_secret
from tests.browser.conftest import PASSWORD
from tests.serving import Server

Opening = Callable[[Any, str], None]

_ORIGIN = "https://park.example.org"
_QUIZ = {"kind": "quiz", "text": "五题答对四题", "data": {"finished": True, "score": 4, "total": 5}}


def visitor(server: Server) -> Iterator[tuple[str, Opening]]:
    """What a visitor meets by a link."""

    def whole(page: Any, url: str) -> None:
        said = tables.messages
        query = sa.select(said.c.uid).where(said.c.kind == "answer").limit(1)
        with _records(server) as conn:
            answer = str(conn.execute(query).scalar_one())
        secret = load_secret(None, server.data_dir)
        page.goto(f"{url}/a/{Tokens(secret).seal(answer)}")

    def quiz_card(page: Any, url: str) -> None:
        with _records(server) as conn:
            asked = recording.receive(conn, "quiz-card", "web", "开始答题").inbound.id
            (told,) = recording.record_replies(conn, "quiz-card", [_QUIZ], reply_to=asked)
        page.goto(f"{url}/quiz/card?m={told.id}")

    def frame(page: Any, url: str) -> None:
        site = Site("", _ORIGIN, "园区法律角", "园区的朋友您好", "#117733", "")
        with _records(server) as conn:
            kept = next(
                (one for one in widget_sites.listing(conn) if one.origin == _ORIGIN), None
            ) or widget_sites.save(conn, site, "cli:tests")
        page.goto(f"{url}/widget/frame?site={kept.key}&origin={_ORIGIN}")

    def invitation(page: Any, url: str) -> None:
        with _records(server) as conn:
            secret = staff.invite(conn, "zhao")
        page.goto(f"{url}/desk/invitation/{secret}")

    def second_step(page: Any, url: str) -> None:
        with _records(server) as conn:
            secret = second_factor.begin(conn, "li")
            step = int(utc_now().timestamp()) // totp.STEP_S
            assert second_factor.confirm(conn, "li", totp.code(secret, step))
        page.goto(f"{url}/desk/login")
        page.fill("#login", "li")
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        expect(page.locator("#code")).to_be_visible()
        with _records(server) as conn:
            second_factor.remove(conn, "li", "cli:tests")

    yield "whole", whole
    yield "quiz-card", quiz_card
    yield "widget-frame", frame
    yield "widget-refused", lambda page, url: page.goto(f"{url}/widget/frame?site=none")
    yield "login-code", second_step
    yield "invitation", invitation


def office(server: Server) -> Iterator[tuple[str, Opening]]:
    """What a person of the office meets after a click."""

    def changes(page: Any, url: str) -> None:
        live = (server.data_dir / "snapshots" / "CURRENT").read_text().strip()
        page.goto(f"{url}/workbench/publish/changes?to={live}")

    def finder(page: Any, url: str) -> None:
        page.goto(f"{url}/workbench/dictionary")
        page.keyboard.press("/")
        expect(page.locator("#finder")).to_be_visible()

    def own_code(page: Any, url: str) -> None:
        page.goto(f"{url}/desk/me")
        page.get_by_role("button", name="打开两步验证").click()
        expect(page.locator(".qr")).to_be_visible()

    def reset(page: Any, url: str) -> None:
        page.goto(f"{url}/desk/staff")
        page.on("dialog", lambda dialog: dialog.accept())
        row = page.locator("tr", has_text="赵敏")
        row.locator("summary").click()
        row.get_by_role("button", name="重置密码").click()
        link = page.locator("#link").input_value()
        engine = open_engine(_address(server))
        staff.accept_invitation(engine, link.rpartition("/")[2], PASSWORD)
        engine.dispose()

    def revealed(page: Any, url: str) -> None:
        page.goto(f"{url}/desk/leads")
        page.locator("main .column h3 a").first.click()
        page.locator(".reveal summary").click()
        page.fill("#f-reason", "回电核实")
        page.get_by_role("button", name="查看", exact=True).click()
        expect(page.locator(".notice.warn").first).to_contain_text("只在这次显示")

    yield "workbench-changes", changes
    yield "finder", finder
    yield "desk-own-code", own_code
    yield "desk-staff-reset", reset
    yield "desk-lead-revealed", revealed


@contextmanager
def _records(server: Server) -> Iterator[Connection]:
    engine = open_engine(_address(server))
    with writing(engine) as conn:
        yield conn
    engine.dispose()


def _address(server: Server) -> str:
    return f"sqlite:///{server.data_dir / 'desk.sqlite'}"
