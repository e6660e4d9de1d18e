"""Which rule and which day a message means; what is no question of a date stays none."""

from datetime import date

import pytest

from actions.deadline import days_in
from actions.turn.dating import dating
from actions.turn.readings import readings
from actions.turn.rules import resting
from tests.actions.turn.shelf import TODAY, answering, hit, services

RULE = "itc-337-response-20-days"
DAY = date(2026, 11, 16)


@pytest.fixture
def shelf():
    return answering({"337 答辩": (0.9, hit("us-337", facts=(RULE,)))})


def meant(shelf, make_tracker, text, *, intent="ask", entities=(), **slots):
    at_hand = services(shelf)
    tracker = make_tracker(text, intent, entities=entities, slots=slots)
    return dating(at_hand, tracker, readings(at_hand, tracker, text))


def test_the_rule_is_the_one_the_answer_rests_on_and_the_day_is_told(shelf, make_tracker):
    found = meant(
        shelf, make_tracker, "11月16日收到337通知，最晚哪天答辩？", intent="deadline",
        entities=[("date", "11月16日"), ("procedure", "section-337"), ("country", "US")],
    )  # fmt: skip
    assert found is not None
    assert (found.rule.id, found.day) == (RULE, DAY)


def test_a_question_never_fills_a_date(shelf, make_tracker):
    found = meant(
        shelf, make_tracker, "收到337通知，最晚哪天答辩？", intent="deadline",
        entities=[("procedure", "section-337"), ("country", "US")],
    )  # fmt: skip
    assert found is not None
    assert (found.rule.id, found.day) == (RULE, None)


def test_a_day_told_after_the_rule_was_spoken_of_belongs_to_it(shelf, make_tracker):
    found = meant(
        shelf, make_tracker, "11月16日收到的", intent="inform", entities=[("date", "11月16日")],
        last_rule=RULE,
    )  # fmt: skip
    assert found is not None
    assert (found.rule.id, found.day) == (RULE, DAY)


def test_a_day_that_was_told_for_the_rule_is_used_when_it_is_asked_again(shelf, make_tracker):
    found = meant(shelf, make_tracker, "那最晚是哪天", last_rule=RULE, last_day=DAY.isoformat())
    assert found is not None
    assert (found.rule.id, found.day) == (RULE, DAY)


def test_a_day_to_come_is_no_day_of_service(shelf, make_tracker):
    told = f"{TODAY.year + 1}年1月3日"
    found = meant(
        shelf, make_tracker, told, intent="inform", entities=[("date", told)], last_rule=RULE
    )
    assert found is None or found.day is None


@pytest.mark.parametrize(
    "text", ["337答辩状怎么写", "律师费要多少钱", "谢谢", "公司在广州白云", "337应诉流程是什么"]
)
def test_what_asks_for_no_day_gets_none(shelf, make_tracker, text):
    assert meant(shelf, make_tracker, text, last_rule=RULE) is None


def test_the_rule_of_the_other_side_is_never_counted(shelf, make_tracker):
    at_hand = services(shelf)
    text = "337 答辩期限"
    owner = make_tracker(text, "ask", slots={"party": "owner"})
    [reading] = [r for r in readings(at_hand, owner, text) if r.found.hits][:1]
    bound = at_hand.deadlines.rules[RULE].bound.value
    assert bound == "respondent"
    assert resting(at_hand, owner, reading) is None
    respondent = make_tracker(text, "ask", slots={"party": "respondent"})
    assert resting(at_hand, respondent, reading).id == RULE


def test_only_an_answer_lends_its_rule(make_tracker):
    shelf = answering({})
    shelf._judge = lambda _: ("choices", 0.2, [hit("us-337", facts=(RULE,))])
    at_hand = services(shelf)
    tracker = make_tracker("337 答辩", "ask")
    assert resting(at_hand, tracker, readings(at_hand, tracker, "337 答辩")[0]) is None


def test_another_country_has_its_own_like_rule_or_none(make_tracker):
    shelf = answering({})
    at_hand = services(shelf)
    rules = at_hand.deadlines.rules.values()
    mine = at_hand.deadlines.rules[RULE]
    others = [r for r in rules if r.jurisdiction == "FR" and r.procedure == mine.procedure]
    assert others == []  # France has no section 337
    found = meant(
        shelf, make_tracker, "那法国呢", intent="follow_up", entities=[("country", "FR")],
        last_rule=RULE, last_day=DAY.isoformat(), last_topic="deadline",
    )  # fmt: skip
    assert found is None or found.rule.jurisdiction == "FR"


TRO = (("date", "11月20日"), ("procedure", "tro"), ("country", "US"))


def test_a_paper_whose_periods_bind_the_other_side_is_told_apart_from_what_is_due(
    shelf, make_tracker
):
    found = meant(
        shelf, make_tracker, "收到TRO，11月20日，最晚哪天要答辩", intent="deadline", entities=TRO
    )
    assert found is not None
    assert (found.rule.id, found.day) == ("frcp-answer-21-days", None)
    assert "命令上写的失效时间" in found.misfit
    assert "传票" in found.misfit
    assert found.misfit.endswith("？")


def test_a_day_told_next_is_counted_by_the_rule_that_was_named(shelf, make_tracker):
    found = meant(
        shelf, make_tracker, "传票是11月18日送达的", intent="inform", last_rule="frcp-answer-21-days",
        entities=[("date", "11月18日"), ("procedure", "court"), ("country", "US")],
    )  # fmt: skip
    assert found is not None
    assert (found.rule.id, found.day) == ("frcp-answer-21-days", date(2026, 11, 18))


def test_who_tells_a_day_in_passing_is_refused_nothing(shelf, make_tracker):
    found = meant(
        shelf, make_tracker, "昨天律师给我发邮件了", intent="inform", entities=[("date", "昨天")],
        last_rule="tro-duration-14-days", party="respondent", country="US", procedure="tro",
    )  # fmt: skip
    assert found is None


def test_a_served_complaint_starts_the_answer_and_not_the_authoritys_own_period(
    shelf, make_tracker
):
    found = meant(
        shelf, make_tracker, "337起诉书11月20日送达的，最晚哪天答辩", intent="deadline",
        entities=[("date", "11月20日"), ("procedure", "section-337"), ("country", "US")],
    )  # fmt: skip
    assert found is not None
    assert (found.rule.id, found.day, found.misfit) == (RULE, date(2026, 11, 20), None)


@pytest.mark.parametrize("text", ["今天是几号", "今天几号？", "今天星期几", "现在是几月几号"])
def test_todays_date_is_no_deadline_and_tells_no_day(shelf, make_tracker, text):
    found = meant(
        shelf, make_tracker, text, intent="deadline", entities=[("date", "今天")],
        last_rule="ttab-answer-40-days", last_topic="deadline", procedure="opposition", country="US",
    )  # fmt: skip
    assert found is None
    tracker = make_tracker(text, "deadline", entities=[("date", "今天")])
    assert days_in(services(shelf), tracker) is None


def test_of_two_days_both_are_known(shelf, make_tracker):
    tracker = make_tracker("18号或者19号收到的", "inform", entities=[("date", "18号")])
    assert days_in(services(shelf), tracker) == (date(2026, 11, 18), date(2026, 11, 19))


def test_who_says_on_which_side_he_stands_after_a_day_is_not_left_with_the_other_sides_day(
    shelf, make_tracker
):
    found = meant(
        shelf, make_tracker, "我们是权利人那边的", intent="not_helpful", entities=[("party", "owner")],
        last_rule=RULE, last_day=DAY.isoformat(), last_topic="deadline",
    )  # fmt: skip
    assert found is not None
    assert found.misfit is not None or found.rule.bound.value != "respondent"


def test_when_an_order_ends_is_told_whichever_side_asks(make_tracker):
    found = meant(
        answering({}), make_tracker, "它什么时候到期", intent="deadline", party="respondent",
        last_rule="tro-duration-14-days", last_day="2026-11-17", last_topic="triage",
    )  # fmt: skip
    assert found is not None
    assert (found.rule.id, found.day, found.misfit) == (
        "tro-duration-14-days", date(2026, 11, 17), None
    )  # fmt: skip
