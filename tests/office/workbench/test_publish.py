"""Publishing from the workbench: two people, one comparison, one swap, one way back."""

from __future__ import annotations

import asyncio
import re

import pytest

from curation import publishing, release
from desk.logins import log_in
from desk.permissions import Role
from indexer.golden import add_case
from server import keys
from tests.office.console.conftest import PASSWORD
from tests.sample_base import ORDER, sample_settings, write_guide

ORDER_HOW = "美国337调查立案后的保护令怎么申请"


@pytest.fixture
def settings(tmp_path):
    """A base with one guide live and another one written since."""
    settings = sample_settings(tmp_path)
    publishing.build(settings, by="cli", note="首次")
    publishing.publish(settings, by="cli")
    add_case(release.golden_file(settings), ORDER_HOW, by="li", documents=["us-order"])
    write_guide(settings, "us-order", "保护令", ORDER)
    return settings


@pytest.fixture
def become(visitor, engine):
    """Make the browser another person's."""

    def become(login):
        visitor.session.cookie_jar.clear()
        visitor.session.cookie_jar.update_cookies(
            {"huhang_staff": log_in(engine, login, PASSWORD)}, visitor.make_url("/")
        )

    return become


async def page(client):
    answer = await client.get("/workbench/publish")
    assert answer.status == 200
    return await answer.text()


async def built(client, app, note="新增保护令"):
    answer = await client.post("/workbench/publish/build", data={"note": note})
    assert answer.status == 200
    for _ in range(600):
        job = app[keys.JOBS].last("build")
        if not job.is_running:
            assert job.message == ""
            return
        await asyncio.sleep(0.1)
    raise AssertionError("building did not end")


async def test_two_people_publish_and_one_click_takes_it_back(enter, app, become, settings):
    first = publishing.store_of(settings).current_id()
    client = await enter(Role.TRAINER, login="wang", name="王老师")
    client = await enter(Role.TRAINER, login="li", name="李老师")
    assert "有改动" in await page(client)
    await built(client, app)
    text = await page(client)
    assert "<b>1</b> 个新答得出" in text
    assert ORDER_HOW in text
    assert "新增 1 段" in text
    number = re.search(r"/workbench/publish/(\d+)/submit", text)[1]
    await client.post(f"/workbench/publish/{number}/submit", data={})
    text = await page(client)
    assert "您提交了这次发布，需要另一位同事批准" in text
    assert f"/{number}/approve" not in text
    refused = await client.post(f"/workbench/publish/{number}/approve")
    assert refused.status == 409
    assert publishing.store_of(settings).current_id() == first
    become("wang")
    answer = await client.post(f"/workbench/publish/{number}/approve")
    text = await answer.text()
    assert "已发布" in text
    second = publishing.store_of(settings).current_id()
    assert second != first
    assert "李老师 构建，李老师 提交，王老师 批准" in text
    answer = await client.post(
        "/workbench/publish/rollback", data={"snapshot": first, "seen": second}
    )
    assert "已回到" in await answer.text()
    assert publishing.store_of(settings).current_id() == first
    again = await client.post(
        "/workbench/publish/rollback", data={"snapshot": first, "seen": second}
    )
    assert again.status == 409


async def test_a_build_needs_a_note_and_only_one_runs(enter, app):
    client = await enter(Role.TRAINER, login="li")
    empty = await client.post("/workbench/publish/build", data={"note": " "})
    assert empty.status == 400
    started = await client.post("/workbench/publish/build", data={"note": "一"})
    assert started.status == 200
    assert "正在构建" in await started.text()
    progress = await (await client.get("/workbench/publish/progress")).json()
    assert progress["running"] is True
    second = await client.post("/workbench/publish/build", data={"note": "二"})
    assert second.status == 409
    for _ in range(600):
        if not app[keys.JOBS].last("build").is_running:
            break
        await asyncio.sleep(0.1)


async def test_a_lossy_release_asks_for_a_reason_and_can_be_returned(enter, app, become, settings):
    client = await enter(Role.TRAINER, login="wang")
    client = await enter(Role.TRAINER, login="li")
    add_case(
        release.golden_file(settings),
        "收到美国337调查立案通知，几天内要答辩",
        by="li",
        documents=["us-337"],
    )
    (settings.knowledge.sources_dir / "us-337.md").unlink()
    await built(client, app)
    text = await page(client)
    assert "<b>1</b> 个会答不出" in text
    number = re.search(r"/workbench/publish/(\d+)/submit", text)[1]
    refused = await client.post(f"/workbench/publish/{number}/submit", data={"reason": ""})
    assert refused.status == 400
    await client.post(f"/workbench/publish/{number}/submit", data={"reason": "旧指南已废止"})
    become("wang")
    assert "旧指南已废止" in await page(client)
    await client.post(f"/workbench/publish/{number}/return", data={"comment": "请补上替代文档"})
    assert "请补上替代文档" in await page(client)


async def test_only_the_systems_administrator_switches_four_eyes_off_for_all(enter, engine):
    for role, login in ((Role.TRAINER, "li"), (Role.CENTER_ADMIN, "sun")):
        client = await enter(role, login=login)
        answer = await client.post("/workbench/publish/four-eyes", data={"on": "no"})
        assert answer.status == 403
        assert "关闭（只有一个人的中心）" not in await page(client)
    client = await enter(Role.ADMIN, login="wu")
    answer = await client.post("/workbench/publish/four-eyes", data={"on": "no"})
    text = await answer.text()
    assert "双人审核已关闭" in text
    assert "wu，" in text


async def test_an_agent_has_no_business_here(enter):
    client = await enter(Role.AGENT, login="zhou")
    assert (await client.get("/workbench/publish")).status == 403
    assert (await client.post("/workbench/publish/rollback", data={})).status == 403


async def test_the_differences_of_two_versions_are_marked_in_the_text(enter, settings):
    client = await enter(Role.TRAINER, login="li")
    store = publishing.store_of(settings)
    first = store.current_id()
    path = settings.knowledge.sources_dir / "us-337.md"
    path.write_text(path.read_text("utf-8").replace("应在送达后", "应在收到后"), "utf-8")
    built = publishing.build(settings, by="cli")
    answer = await client.get(f"/workbench/publish/changes?from={first}&to={built.id}")
    text = await answer.text()
    assert "<del>送达</del>" in text
    assert "<ins>收到</ins>" in text
    assert "新增 1 段" in text
    gone = await client.get("/workbench/publish/changes?from=x&to=y")
    assert gone.status == 409
