"""A passage without a word on money does not answer what something costs."""

import pytest

from indexer.confidence import REFUSE, Terms, assess
from indexer.sums import asks_a_sum, states_a_sum
from indexer.types import QueryInfo, ScoredPassage
from tests.indexer.conftest import make_passage


@pytest.mark.parametrize(
    "text",
    [
        "异议官费多少比索",
        "请一位秘鲁代理人要几钱",
        "一件商标交几欧？",
        "how much does it cost",
        "律师开价大概多少",
    ],
)
def test_a_sum_is_asked_for(text):
    assert asks_a_sum(text)


@pytest.mark.parametrize(
    "text",
    ["美国商标异议多少天", "欧盟几个月内可以异议", "被扣了三万元的货怎么办", "费用由谁承担", "单元楼里的仓库", "才收了三十几美元"],
)  # fmt: skip
def test_other_questions_ask_for_none(text):
    assert not asks_a_sum(text)


@pytest.mark.parametrize(
    "text", ["官费是250欧元", "不收取任何款项", "中心的咨询是免费的", "补贴50%", "$400 a class"]
)
def test_a_passage_states_a_sum_or_that_there_is_none(text):
    assert states_a_sum(text)


@pytest.mark.parametrize(
    "text", ["自公告之日起30个工作日，不能延长。", "权利人要缴担保并在期内起诉，不然放行。"]
)
def test_a_passage_of_periods_and_one_that_only_says_that_something_is_paid_state_none(text):
    assert not states_a_sum(text)


class _Sure:
    """Chances that think well of every hit."""

    def of(self, table):
        return (0.9,) * len(table)


@pytest.mark.parametrize(
    ("question", "text", "is_refused"),
    [
        ("智利异议官费多少比索", "自公布起30个工作日，不能延长。", True),
        ("智利异议官费多少比索", "官费为3UTM，自公布起30个工作日。", False),
        ("智利异议期多长", "自公布起30个工作日，不能延长。", False),
    ],
)
def test_what_it_costs_is_refused_where_the_nearest_passage_tells_no_money(
    question, text, is_refused
):
    info = QueryInfo(text=question, expanded=question)
    found = assess(
        info, Terms((question,), {}, 1.0), [ScoredPassage(make_passage("a#1", text), 1.0)], _Sure()
    )
    assert (found.band == REFUSE) is is_refused
