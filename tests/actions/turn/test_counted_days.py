"""The day that a rule counts from: a day of receipt is none of sending, whichever message told which."""

from datetime import date

import pytest

from actions.deadline_rules import find_rule
from actions.turn.counted_days import day_before, day_counted
from tests.actions.turn.shelf import answering, services

SEIZURE = find_rule("cbp-seizure-petition-30-days")
DETENTION = find_rule("cbp-detention-counterfeit-5-30-days")
SENT, CAME = date(2026, 11, 9), date(2026, 11, 18)
SENT_NAMED, CAME_NAMED = ("date", "11月9日"), ("date", "11月18日")


@pytest.fixture(scope="module")
def at_hand():
    return services(answering({}))


def heard(text, *entities):
    rows = [{"entity": name, "value": value} for name, value in entities]
    return {"event": "user", "text": text, "parse_data": {"entities": rows}}


@pytest.fixture
def talked(make_tracker):
    """A conversation: what was said before with its dates, then the last message."""

    def make(text, *entities, before=()):
        tracker = make_tracker(text, entities=list(entities))
        tracker.events[:] = [heard(*said) for said in (*before, (text, *entities))]
        return tracker

    return make


def test_of_sending_and_receipt_in_one_message_each_rule_has_its_own(at_hand, talked):
    tracker = talked("邮戳是11月9日，我11月18日才拿到，最晚哪天交", SENT_NAMED, CAME_NAMED)
    assert day_counted(at_hand, tracker, SEIZURE, CAME) == SENT
    assert day_counted(at_hand, tracker, DETENTION, CAME) == CAME


def test_the_message_before_may_have_told_both(at_hand, talked):
    said = ("信封上打的邮寄日期11月9日，公司11月18日签收", SENT_NAMED, CAME_NAMED)
    tracker = talked("这个到几号截止", before=[said])
    assert day_counted(at_hand, tracker, SEIZURE, CAME) == SENT


def test_the_day_of_sending_may_have_been_told_before_the_day_of_receipt(at_hand, talked):
    sent = ("通知的邮戳是11月9日", SENT_NAMED)
    tracker = talked("我们11月18日才收到，几号截止", CAME_NAMED, before=[sent])
    assert day_counted(at_hand, tracker, SEIZURE, CAME) == SENT
    came = ("我们11月18日收到的", CAME_NAMED)
    tracker = talked("那最晚哪天", before=[sent, came])
    assert day_counted(at_hand, tracker, SEIZURE, CAME) == SENT


def test_a_day_of_receipt_alone_is_not_counted_from(at_hand, talked):
    tracker = talked("11月18日收到的，最晚哪天交", CAME_NAMED)
    assert day_counted(at_hand, tracker, SEIZURE, CAME) is None
    assert day_counted(at_hand, tracker, DETENTION, CAME) == CAME
    # What was sent later is another letter.
    later = ("另一封邮戳是11月20日", ("date", "11月20日"))
    tracker = talked("11月18日收到的，最晚哪天交", CAME_NAMED, before=[later])
    assert day_counted(at_hand, tracker, SEIZURE, CAME) is None


def test_a_day_of_which_nothing_is_said_is_taken_as_told(at_hand, talked):
    assert day_counted(at_hand, talked("11月18日", CAME_NAMED), SEIZURE, CAME) == CAME
    assert day_counted(at_hand, talked("没有日子"), SEIZURE, None) is None


def test_a_place_that_is_put_right_keeps_the_day_told_of_it(at_hand, talked):
    france, poland = ("country", "FR"), ("country", "PL")
    told = ("法国那件11月9日公告", SENT_NAMED, france)
    tracker = talked("波兰的最晚哪天", poland, before=[told])
    assert day_before(at_hand, tracker) is None
    right = talked("不对，不是法国，是波兰的", france, poland, before=[told])
    right.latest_message["entities"][0]["role"] = "denied"
    assert day_before(at_hand, right) == SENT


@pytest.mark.parametrize(
    ("rule", "country", "text", "day"),
    [
        ("br-tm-reply-60", "BR", "公报11月9日登的，代理11月18日才转来", SENT),
        ("br-pan-reply-60", "BR", "RPI是11月9日公布，我11月18日收到", SENT),
        ("eutm-opposition-evidence", "EU", "通知日11月9日，11月18日收到律师邮件", SENT),
        ("eutm-opposition-evidence", "EU", "官方11月9日给的，11月18日才收到", SENT),
        ("eu-customs-detention-10-days", "NL", "落款11月9日，11月18日收到", SENT),
        ("eu-customs-detention-10-days", "DE", "落款11月9日，11月18日收到", CAME),
        ("br-appeal-60", "BR", "决定是11月18日收到的", None),
        ("br-appeal-60", "BR", "公报11月18日看到的", CAME),
        ("itc-337-response-20-days", "US", "11月9日和11月18日各收到一份", SENT),
    ],
)
def test_a_later_receipt_gives_way_to_the_day_that_counts(
    at_hand, talked, rule, country, text, day
):
    tracker = talked(text, ("country", country), SENT_NAMED, CAME_NAMED)
    first = SENT if SENT_NAMED[1] in text else CAME
    assert day_counted(at_hand, tracker, find_rule(rule), first) == day
