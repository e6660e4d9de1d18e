"""A colleague judges a random sample of answers, another looks again, and the trial set grows."""

from __future__ import annotations

import re

import pytest

from curation import publishing, release
from desk import privacy, samples
from desk.engine import reading, writing
from desk.permissions import Role
from tests.office.console.conftest import add_person
from tests.office.workbench.test_rehearsing import ask, live

__all__ = ["live"]

PATH = "/workbench/sampling"


@pytest.fixture
def people(engine):
    """Two colleagues who judge."""
    add_person(engine, "lin", Role.TRAINER, None, "林老师")


@pytest.fixture
async def drawn(live, trainer, settings, engine):
    """Two answered questions, drawn; the trainer 陈老师 is logged in."""
    first, second = publishing.library_of(settings).passages
    ask(engine, first, "我是广州花灯有限公司，电话13800138000，几天内答辩", 0.95, sender="a")
    ask(engine, second, "错过答辩怎么办", 0.5, sender="b")
    answer = await trainer.post(f"{PATH}/draw", data={"count": "10"}, allow_redirects=False)
    assert answer.status == 303


def all_of(engine):
    with reading(engine) as conn:
        return samples.listing(conn)


async def judge(client, sample, verdict, note=""):
    form = {"verdict": verdict, "note": note}
    return await client.post(f"{PATH}/{sample.id}/judge", data=form, allow_redirects=False)


async def as_other(client, engine, login):
    from desk.logins import log_in
    from tests.office.console.conftest import PASSWORD

    client.session.cookie_jar.clear()
    client.session.cookie_jar.update_cookies(
        {"huhang_staff": log_in(engine, login, PASSWORD)}, client.make_url("/")
    )
    return client


async def page_of(client):
    answer = await client.get(PATH)
    assert answer.status == 200
    return await answer.text()


async def test_answers_are_drawn_once_and_shown_masked(drawn, trainer, engine):
    found = all_of(engine)
    assert sorted(item.certainty for item in found) == ["high", "low"]
    assert {item.procedure for item in found} == {"section-337"}
    page = await page_of(trainer)
    assert "还有 2 条" in page
    for text in ("13800138000", "花灯"):
        assert text not in page
        assert all(text not in item.question for item in found)
    answer = await trainer.post(f"{PATH}/draw", data={"count": "10"})
    assert "没有还没抽过的回答" in await answer.text()
    assert len(all_of(engine)) == 2


async def test_one_tap_judges_and_figures_follow(drawn, trainer, engine):
    for sample, verdict in zip(all_of(engine), ("right", "wrong"), strict=True):
        assert (await judge(trainer, sample, verdict, "电话13900139000的备注")).status == 303
    page = await page_of(trainer)
    assert "对 1，部分对 0，错 1" in page
    assert re.search(r"判为对</dt><dd><b>50%</b> \d+%–\d+%", page)
    assert "没有要您判断的回答" in page
    assert "13900139000" not in str(all_of(engine))


async def test_two_people_judge_the_same_answer_without_seeing_each_other(
    drawn, trainer, people, engine
):
    first, second = all_of(engine)
    await judge(trainer, first, "right")
    await judge(trainer, second, "right", "看过原文")
    lin = await as_other(trainer, engine, "lin")
    assert "看过原文" not in (await page_of(lin)).partition("复看后收进判定问题")[0]
    await judge(lin, first, "right")
    await judge(lin, second, "partly")
    page = await page_of(lin)
    assert "两人都判过的 2 条里，判断一致的占 50%" in page
    assert [len(item.judged) for item in all_of(engine)] == [2, 2]


async def test_second_look_by_another_person_makes_a_trial_question(
    drawn, trainer, people, engine, settings
):
    passage = publishing.library_of(settings).passages[0].id
    right = next(item for item in all_of(engine) if item.certainty == "high")
    wrong = next(item for item in all_of(engine) if item.certainty == "low")
    await judge(trainer, right, "right")
    await judge(trainer, wrong, "wrong")
    form = {"taken": "answer", "question": "几天内答辩", "passage": passage}
    own = await trainer.post(f"{PATH}/{right.id}/settle", data=form)
    assert own.status == 409
    assert "另一位同事" in await own.text()
    lin = await as_other(trainer, engine, "lin")
    masked = {**form, "question": right.question}
    assert (
        "隐去的个人信息" in await (await lin.post(f"{PATH}/{right.id}/settle", data=masked)).text()
    )
    assert not release.golden_file(settings).exists()
    done = await lin.post(f"{PATH}/{right.id}/settle", data=form, allow_redirects=False)
    assert done.status == 303
    refuse = {"taken": "refuse", "question": "错过答辩怎么办", "passage": ""}
    await lin.post(f"{PATH}/{wrong.id}/settle", data=refuse, allow_redirects=False)
    kept = {row.question: row for row in release.golden_questions(settings)}
    assert kept["几天内答辩"].passages == {passage}
    assert kept["错过答辩怎么办"].refuse
    again = await lin.post(f"{PATH}/{right.id}/settle", data=form)
    assert again.status == 409
    assert (await judge(lin, right, "wrong")).status == 409


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"taken": "maybe", "question": "问"}, "请选择"),
        ({"taken": "answer", "question": " ", "passage": "p"}, "请写明要判定的问题"),
        ({"taken": "answer", "question": "问", "passage": ""}, "应当用哪一段"),
    ],
)
async def test_incomplete_second_look_is_refused_in_words(
    drawn, trainer, people, engine, form, told
):
    sample = all_of(engine)[0]
    await judge(trainer, sample, "right")
    lin = await as_other(trainer, engine, "lin")
    answer = await lin.post(f"{PATH}/{sample.id}/settle", data=form)
    assert answer.status == 400
    assert told in await answer.text()
    assert all_of(engine)[0].taken_as is None


async def test_bad_input_is_refused_in_words(drawn, trainer, engine):
    sample = all_of(engine)[0]
    assert (await judge(trainer, sample, "great")).status == 400
    assert (await judge(trainer, sample, "right", "长" * 301)).status == 400
    assert (await trainer.post(f"{PATH}/999999/judge", data={"verdict": "right"})).status == 404
    assert (await trainer.post(f"{PATH}/draw", data={"count": "7"})).status == 400
    assert all(not item.judged for item in all_of(engine))


async def test_erased_conversation_takes_its_sample_along(drawn, trainer, engine):
    await judge(trainer, all_of(engine)[0], "right")
    with writing(engine) as conn:
        privacy.erase(conn, "a")
        privacy.erase(conn, "b")
    assert all_of(engine) == []
    assert "没有要您判断的回答" in await page_of(trainer)
