"""What the rule of a computed day says of it, in words."""

import pytest

from actions.about_day import ActionAboutDay
from actions.turn.about_day import COUNT, EXTENSION, MISSED
from tests.actions.turn.shelf import answering, services

ITC = "itc-337-response-20-days"


@pytest.fixture
def said(dispatcher, make_tracker):
    """The message for an aspect of a rule and a day."""

    def say(aspect, rule=ITC, day="2026-11-19"):
        plan = {"acts": ["action_about_day"], "rule": rule, "day": day, "aspect": aspect}
        at_hand = services(answering({}))
        events = ActionAboutDay(lambda: at_hand).act(dispatcher, make_tracker(slots={"plan": plan}))
        assert {event["name"]: event["value"] for event in events} == {
            "last_topic": "deadline", "last_rule": rule,
        }  # fmt: skip
        return dispatcher.messages.pop()

    return say


def test_missed_tells_the_consequence_and_whether_more_time_can_be_had(said):
    message = said(MISSED)
    assert message["body"].startswith("错过会这样：")
    assert "能否延长：" in message["body"]
    assert message["custom"]["kind"] == "deadline"
    data = message["custom"]["data"]
    assert (data["rule"], data["aspect"], data["due_date"]) == (ITC, MISSED, "2026-12-09")


def test_missed_of_a_day_that_is_over_says_so(said):
    assert said(MISSED, day="2026-10-01")["body"].startswith("已经过了会这样：")


def test_extension_keeps_the_day_until_it_is_granted(said):
    assert "没有批准之前，仍按2026年12月9日准备。" in said(EXTENSION)["body"].replace(
        "（星期三）", ""
    )


def test_without_a_day_the_extension_alone_is_told_and_no_date(said):
    message = said(EXTENSION, day=None)
    assert "没有批准之前" not in message["body"]
    assert message["custom"]["kind"] == "deadline"
    data = message["custom"]["data"]
    assert (data["rule"], data["kind"], data["aspect"]) == (ITC, "computed", EXTENSION)
    assert data["basis"]
    assert [data[key] for key in ("trigger_date", "due_date", "days_left")] == [None] * 3


@pytest.mark.parametrize(
    ("rule", "day", "words"),
    [
        (ITC, "2026-11-19", "逐日连续数，中间的周末和节假日都算在内；最后一天是休息日的，顺延到下一个工作日。"),
        ("cu-07", "2026-11-19", "只数工作日，周末和当地节假日不算"),
        ("upc-defence-3-months", "2026-11-02", "按月数，中间的周末和节假日不扣除"),
    ],
    ids=["days", "business days", "months"],
)  # fmt: skip
def test_count_tells_from_which_day_and_whether_days_of_rest_count(said, rule, day, words):
    body = said(COUNT, rule, day)["body"]
    trigger, counted = body.split("\n")[:2]
    assert trigger.startswith("从")
    assert trigger.endswith("起算。")
    assert counted.startswith("算法：2026年11月")
    assert words in body
