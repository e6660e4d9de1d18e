from datetime import date

import pytest

from actions import followup
from actions.followup import complete, core, topic


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("那德国呢？", "德国"),
        ("如果是英国呢", "英国"),
        ("换成韩国呢", "韩国"),
        ("德国", "德国"),
        ("不是美国，是德国", "德国"),
    ],
)
def test_core_drops_what_only_joins(text, bare):
    assert core(text) == bare


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("期限呢？", "期限是多少天"),
        ("要多少钱", "费用大概多少"),
        ("不理会怎么样", "不回应有什么后果"),
        ("那德国呢", None),
    ],
)
def test_topic_of_a_bare_follow_up(text, asked):
    assert topic(text) == asked


def test_another_country_replaces_the_first():
    question = complete(
        "那德国呢？", "美国商标异议期多久", named=["德国"], context=[], stripped="商标异议期多久"
    )
    assert question == "德国商标异议期多久"


def test_a_topic_takes_its_matter_from_before():
    question = complete(
        "期限呢？",
        "收到337调查通知怎么办",
        named=[],
        context=["美国", "337调查"],
        stripped="怎么办",
    )
    assert question == "美国 337调查 期限是多少天"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("去年呢", 2025),
        ("那前年的呢", 2024),
        ("2019年的呢", 2019),
        ("去年的异议期呢", None),
        ("泰国呢", None),
    ],
)
def test_a_year_alone_asks_the_question_before_of_that_year(text, year):
    assert followup.year(text, date(2026, 11, 23)) == year


def test_a_question_is_put_of_another_year():
    assert followup.of_year("2026年的主题是什么", 2025) == "2025年的主题是什么"
    assert followup.of_year("有什么活动", 2025) == "2025年有什么活动"
