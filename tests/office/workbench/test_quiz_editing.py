"""Quiz questions edited in the browser, and remarks about a release."""

from __future__ import annotations

import pytest

from desk import release_comments, releases
from desk.engine import reading, writing
from desk.permissions import Role
from knowledge import question_bank

QUESTION = {
    "question": "世界知识产权日是哪天？", "option-A": "3月15日", "option-B": "4月26日", "answer": "B",
    "explanation": "定在每年4月26日。", "category": "常识", "level": "1", "for": "adult",
}  # fmt: skip
PATH = "/workbench/material/questions"


async def test_question_is_written_changed_and_taken_out(enter, settings):
    client = await enter(Role.TRAINER)
    done = await client.post(f"{PATH}/new", data=QUESTION, allow_redirects=False)
    assert done.status == 303
    key = done.headers["Location"].rpartition("/")[2]
    (row,) = question_bank.rows_of(question_bank.own_bank(settings.data_dir))
    assert (row["options"], row["answer"], row["for"]) == (["3月15日", "4月26日"], "B", ["adult"])
    changed = {**QUESTION, "explanation": "每年4月26日。"}
    page = await (await client.post(f"{PATH}/{key}", data=changed)).text()
    assert "题目已保存" in page
    assert "每年4月26日。</textarea>" in page
    await client.post(f"{PATH}/new", data={**QUESTION, "question": "另一题？"})
    assert len(question_bank.rows_of(question_bank.own_bank(settings.data_dir))) == 2
    await client.post(f"{PATH}/{key}/remove")
    (left,) = question_bank.rows_of(question_bank.own_bank(settings.data_dir))
    assert left["question"] == "另一题？"
    assert (await client.get(f"{PATH}/{key}")).status == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"answer": "D"}, "不在选项里"), ({"option-B": ""}, "选项至少两个"), ({"explanation": ""}, "缺少解析"),
     ({"option-B": "3月15日"}, "有两个选项相同")],
)  # fmt: skip
async def test_question_that_no_sheet_could_bring_is_refused(enter, settings, changes, message):
    client = await enter(Role.TRAINER)
    answer = await client.post(f"{PATH}/new", data={**QUESTION, **changes})
    assert answer.status == 400
    page = await answer.text()
    assert message in page
    assert "世界知识产权日是哪天？</textarea>" in page
    assert not question_bank.own_bank(settings.data_dir).exists()


async def test_same_question_twice_is_refused(enter):
    client = await enter(Role.TRAINER)
    await client.post(f"{PATH}/new", data=QUESTION)
    answer = await client.post(f"{PATH}/new", data=QUESTION)
    assert answer.status == 400
    assert "重复" in await answer.text()


async def test_remarks_about_a_release_are_read_by_name(enter, engine):
    client = await enter(Role.TRAINER, name="徐文")
    with writing(engine) as conn:
        made = releases.create(conn, "s2", None, {}, note="改第八条", by="wang")
    path = f"/workbench/publish/{made.id}/comment"
    answer = await client.post(path, data={"text": "第八条请再核对"}, allow_redirects=False)
    assert answer.status == 303
    with reading(engine) as conn:
        (kept,) = release_comments.of(conn, made.id)
    assert (kept.author, kept.text) == ("wang", "第八条请再核对")
