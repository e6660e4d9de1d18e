"""What the page says when two people, or a crash, come between a draft and its publication."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys

import pytest

from curation import publishing
from desk.logins import log_in
from desk.permissions import Role
from settings import ROOT
from tests.office.console.conftest import PASSWORD
from tests.office.workbench.test_publish import become, built, page, settings
from tests.sample_base import REPLY, write_guide

__all__ = ["become", "settings"]


@pytest.fixture
async def submitted(enter, app):
    """A release of li's that waits for wang or sun; the browser is li's."""
    for login in ("wang", "sun", "li"):
        client = await enter(Role.TRAINER, login=login)
    await built(client, app)
    number = re.search(r"/workbench/publish/(\d+)/submit", await page(client))[1]
    await client.post(f"/workbench/publish/{number}/submit", data={})
    return client, number


def live_id(settings):
    return publishing.store_of(settings).current_id()


async def test_of_two_who_approve_at_once_one_is_told_that_it_is_done(submitted, engine, settings):
    client, number = submitted
    client.session.cookie_jar.clear()
    answers = await asyncio.gather(
        *(
            client.post(
                f"/workbench/publish/{number}/approve",
                headers={"Cookie": f"huhang_staff={log_in(engine, login, PASSWORD)}"},
                allow_redirects=False,
            )
            for login in ("wang", "sun")
        )
    )
    assert sorted(answer.status for answer in answers) == [303, 409]
    told = next(answer for answer in answers if answer.status == 409)
    assert re.search(r"（(wang|sun)），不能再做这一步；请刷新页面", await told.text())
    done = [event for event in publishing.store_of(settings).history() if event["by"] != "cli"]
    assert len(done) == 1


async def test_a_draft_overtaken_by_a_rollback_says_so_where_one_goes_on(
    submitted, app, become, settings
):
    client, first = submitted
    become("wang")
    await client.post(f"/workbench/publish/{first}/approve")
    newer, older = live_id(settings), publishing.store_of(settings).previous_id()
    become("li")
    write_guide(settings, "us-337", "美国337答辩", REPLY + "\n请保留送达凭证。\n")
    await built(client, app, note="加一句提醒")
    second = re.search(r"/workbench/publish/(\d+)/submit", await page(client))[1]
    await client.post(f"/workbench/publish/{second}/submit", data={})
    become("sun")
    await client.post("/workbench/publish/rollback", data={"snapshot": older, "seen": newer})
    become("wang")
    answer = await client.post(f"/workbench/publish/{second}/approve")
    assert answer.status == 409
    assert "这次没有改动线上" in await answer.text()
    assert live_id(settings) == older
    text = await page(client)
    assert "“加一句提醒”没有发布" in text
    assert "请刷新后重新核对" in text
    assert "构建并核对" in text


KILLED = """
import os, sys
from pathlib import Path
from curation import publishing, release
from desk import releases
from desk.engine import open_engine
import tests.sample_base as base
Path.mkdir_, Path.mkdir = Path.mkdir, lambda self, *a, **k: Path.mkdir_(self, parents=True, exist_ok=True)
base.write_guide = lambda *_: None
settings = base.sample_settings(Path(sys.argv[1]))
engine = open_engine(settings.desk.database_url)
if sys.argv[2] == "building":
    found = release.build_and_compare(settings, "li", "新增保护令")
    releases.create = lambda *_a, **_k: os._exit(9)
    release.record(engine, found, by="li", note="新增保护令")
publishing.last_check = lambda settings, **_: lambda folder: os._exit(9)
release.approve(settings, engine, int(sys.argv[2]), by="wang")
"""


def killed(folder, moment):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), moment],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 9, done.stderr


async def test_what_was_built_when_the_server_was_killed_is_said_to_wait(
    enter, app, settings, tmp_path
):
    client = await enter(Role.TRAINER, login="li")
    before = live_id(settings)
    await asyncio.to_thread(killed, tmp_path, "building")
    text = await page(client)
    staged = publishing.store_of(settings).staged_id()
    assert f'title="{staged}"' in text
    assert "里，它构建好了但没有核对和提交" in text
    assert "无需发布" not in text
    assert live_id(settings) == before
    await built(client, app)
    assert "提交给同事批准" in await page(client)


async def test_an_approval_cut_off_by_a_crash_can_be_given_again(
    submitted, become, engine, settings, tmp_path
):
    client, number = submitted
    before = live_id(settings)
    await asyncio.to_thread(killed, tmp_path, number)
    become("wang")
    text = await page(client)
    assert "上次发布时服务中断，线上没有变化，请重新批准" in text
    assert live_id(settings) == before
    answer = await client.post(f"/workbench/publish/{number}/approve")
    assert "已发布" in await answer.text()
    assert live_id(settings) != before
