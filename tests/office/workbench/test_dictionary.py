"""The dictionary page: the effect before saving, drafts, taking back."""

from __future__ import annotations

import re

import pytest

from curation import publishing
from desk.permissions import Role
from tests.sample_base import published_sample


@pytest.fixture
def settings(tmp_path):
    return published_sample(tmp_path)


async def test_the_effect_is_shown_before_saving_and_the_edit_goes_live_with_a_release(
    enter, settings
):
    client = await enter(Role.TRAINER, login="li")
    form = {"kind": "alias", "text": "老美", "row": "country-us", "sentence": "老美的337怎么答辩"}
    answer = await client.post("/workbench/dictionary/preview", data=form)
    found = await answer.json()
    assert "美国" not in found["before"]["named"]
    assert "美国" in found["after"]["named"]
    assert (found["changed"], found["idle"]) == (True, "")
    assert "还没有改动" in await (await client.get("/workbench/dictionary")).text()
    saved = await client.post("/workbench/dictionary", data=form)
    text = await saved.text()
    assert "“老美”已存为草稿" in text
    assert ">草稿<" in text
    publishing.build(settings, by="cli")
    publishing.publish(settings, by="cli")
    text = await (await client.get("/workbench/dictionary")).text()
    assert ">已上线<" in text
    identifier = re.search(r"/workbench/dictionary/([0-9a-f]{12})/withdraw", text)[1]
    taken = await client.post(f"/workbench/dictionary/{identifier}/withdraw")
    assert "已撤回“老美”" in await taken.text()


async def test_an_edit_without_effect_is_flagged(enter):
    client = await enter(Role.TRAINER, login="li")
    form = {"kind": "word", "text": "知识产权", "sentence": "知识产权"}
    found = await (await client.post("/workbench/dictionary/preview", data=form)).json()
    assert "切分" in found["idle"]
    await client.post("/workbench/dictionary", data=form)
    assert "没有效果" in await (await client.get("/workbench/dictionary")).text()


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "nothing", "text": "词"},
        {"kind": "alias", "text": "老美", "row": "nowhere"},
        {"kind": "word", "text": "a b"},
        {"kind": "synonym", "text": "甲", "name": ""},
    ],
)
async def test_what_cannot_be_applied_is_refused_with_its_reason(enter, form):
    client = await enter(Role.TRAINER, login="li")
    assert (await client.post("/workbench/dictionary", data=form)).status == 400
    answer = await client.post(
        "/workbench/dictionary/preview", data=form, headers={"Accept": "application/json"}
    )
    assert answer.status == 400
    assert (await answer.json())["error"]["message"]
