"""Wrong answers and the question bank on their page."""

from __future__ import annotations

from datetime import date

import aiohttp
import pytest

from actions import campaign
from curation import publishing, question_sheet
from desk import quiz
from desk.engine import writing
from desk.permissions import Role
from knowledge import question_bank
from knowledge.errors import SourceError
from tests.sample_base import sample_settings

ROWS = [
    {"id": "q1", "category": "日子", "question": "世界知识产权日是哪天", "options": ["4月26日", "5月1日"],
     "answer": "A", "explanation": "每年4月26日。", "facts": ["q1"]},
]  # fmt: skip
NEW = {
    "id": "q2", "question": "337调查由谁立案", "options": ["ITC", "USPTO"], "answer": "A",
    "explanation": "由美国国际贸易委员会立案。",
}  # fmt: skip


@pytest.fixture
def settings(tmp_path):
    settings = sample_settings(tmp_path)
    import yaml

    text = yaml.safe_dump({"questions": ROWS}, allow_unicode=True)
    (settings.knowledge.tables_dir / "quiz.yaml").write_text(text, "utf-8")
    publishing.build(settings, by="cli")
    publishing.publish(settings, by="cli")
    return settings


def upload(rows):
    form = aiohttp.FormData()
    form.add_field("file", question_sheet.written(rows), filename="题库.xlsx")
    return form


async def test_missed_questions_are_listed_with_the_option_that_traps(enter, engine):
    with writing(engine) as conn:
        for choice in "ABBB":
            quiz.record(conn, "q1", choice, choice == "A", date(2026, 11, 20))
    client = await enter(Role.TRAINER, login="li")
    text = await (await client.get("/workbench/material")).text()
    assert "世界知识产权日是哪天" in text
    assert "75%" in text
    assert "B. 5月1日" in text
    assert "共 4 次作答" in text


@pytest.mark.parametrize("answer", ["AB", "C"])
def test_no_snapshot_holds_a_bank_that_cannot_be_asked(settings, answer):
    store = publishing.store_of(settings)
    before = store.current_id(), len(store.list())
    rows = [*ROWS, {**NEW, "answer": answer}]
    question_bank.take_over(settings.data_dir, rows, by="li", at="2026")
    with pytest.raises(SourceError, match="q2"):
        publishing.build(settings, by="cli")
    assert (store.current_id(), len(store.list())) == before


async def test_a_bank_is_checked_taken_over_and_asked_after_the_release(enter, settings):
    client = await enter(Role.TRAINER, login="li")
    exported = await client.get("/workbench/material/bank.xlsx")
    assert len(question_sheet.read(await exported.read())) == 1
    checked = await client.post("/workbench/material/bank", data=upload([*ROWS, NEW]))
    assert "2 题：新增 1，改动 0，删去 0" in await checked.text()
    taken = await client.post("/workbench/material/bank/take", data={})
    assert "题库已换成 2 题" in await taken.text()
    old = publishing.store_of(settings).current_id()
    assert publishing.is_stale(settings)
    publishing.build(settings, by="cli")
    new = publishing.publish(settings, by="cli")

    class Services:
        pass

    services = Services()
    services.settings = settings
    assert len(campaign.draw(services, campaign.seed_of("v1", 3, old))) == 1
    drawn = campaign.draw(services, campaign.seed_of("v1", 3, new))
    assert {question.id for question in drawn} == {"q1", "q2"}


async def test_a_bank_with_a_bad_row_is_not_taken_over(enter):
    client = await enter(Role.TRAINER, login="li")
    checked = await client.post(
        "/workbench/material/bank", data=upload([*ROWS, {**NEW, "answer": "D"}])
    )
    assert "第 3 行：答案“D”不在选项里" in await checked.text()
    assert (await client.post("/workbench/material/bank/take", data={})).status == 400
    dropped = await client.post("/workbench/material/bank/take", data={"drop": "yes"})
    assert "已放弃" in await dropped.text()
    assert (await client.post("/workbench/material/bank/take", data={})).status == 400


async def test_what_is_no_spreadsheet_is_refused(enter):
    client = await enter(Role.TRAINER, login="li")
    assert (await client.post("/workbench/material/bank", data={"file": "text"})).status == 400
    form = aiohttp.FormData()
    form.add_field("file", b"MZ", filename="题库.xlsx")
    assert (await client.post("/workbench/material/bank", data=form)).status == 400
