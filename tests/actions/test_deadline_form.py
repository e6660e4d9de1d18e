"""The form of a deadline: which rule and which day it takes, what it asks, and what its card says."""

from __future__ import annotations

from datetime import date

import pytest

from actions.deadline import (
    ActionAskDeadlineFrom,
    ActionAskDeadlineRule,
    ActionDeadline,
    ValidateDeadlineForm,
    at_once,
    deadline_reply,
    member_state,
)
from actions.deadline_rules import compute
from actions.periods import period_name
from actions.told_days import day_in, past_days
from tests.actions.turn.shelf import TODAY, answering, hit, services

RULE = "itc-337-response-20-days"


@pytest.fixture(scope="module")
def at_hand():
    return services(answering({}))


@pytest.fixture
def form(at_hand):
    return ValidateDeadlineForm(lambda: at_hand)


def named(items):
    return {item["name"]: item["value"] for item in items if item.get("event") == "slot"}


# --- which day ---


def test_a_past_day_counts_and_one_to_come_does_not():
    assert past_days("11月16日收到的", "11月16日", TODAY) == (date(2026, 11, 16),) * 2
    assert past_days("今天收到的", "今天", TODAY) == (TODAY, TODAY)
    assert past_days("明天收到", "明天", TODAY) is None
    assert past_days("11月18日或者19日收到", "11月18日", TODAY) == (
        date(2026, 11, 18), date(2026, 11, 19)
    )  # fmt: skip
    assert past_days("11月22日到24日之间收到", "11月22日", TODAY) is None  # may be to come


def test_the_words_that_name_the_date_are_read_where_the_message_is_not():
    assert past_days("随便说说", "11月16日", TODAY) == (date(2026, 11, 16),) * 2
    assert past_days("随便说说", "没有日期", TODAY) is None


def test_of_two_days_the_earlier_is_taken_and_of_none_nothing(at_hand, make_tracker):
    two = make_tracker("18号或者19号收到的", entities=[("date", "18号")])
    assert day_in(at_hand, two) == date(2026, 11, 18)
    assert day_in(at_hand, make_tracker("11月16日收到的")) is None  # no date was recognised


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11月16日", "2026-11-16"),
        ("今天", "2026-11-23"),
        ("11月18日或者19日", "2026-11-18/2026-11-19"),
        ("12月1日", None),
        ("不记得了", None),
    ],
)
def test_the_form_keeps_a_day_that_has_come_or_both_of_two(
    form, make_tracker, dispatcher, text, value
):
    tracker = make_tracker(text, slots={"deadline_rule": RULE})
    assert form.validate_deadline_from(text, dispatcher, tracker) == value


def test_a_day_to_come_is_refused_with_the_day_unless_the_rule_counts_from_one(
    form, at_hand, make_tracker, dispatcher
):
    form.validate_deadline_from("2026年12月1日", dispatcher, make_tracker("2026年12月1日", slots={"deadline_rule": RULE}))  # fmt: skip
    assert [m.get("response") for m in dispatcher.messages] == ["utter_date_in_future"]
    assert dispatcher.messages[0]["day"] == "2026年12月1日"
    ahead = next(r.id for r in at_hand.deadlines.rules.values() if r.trigger_may_be_future)
    tracker = make_tracker("2026年12月1日", slots={"deadline_rule": ahead})
    assert form.validate_deadline_from("2026年12月1日", dispatcher, tracker) == "2026-12-01"


MAILED = "cbp-seizure-petition-30-days"


def test_a_day_of_receipt_is_refused_where_the_rule_counts_from_sending(
    form, make_tracker, dispatcher
):
    said = "11月18日收到的"
    tracker = make_tracker(said, entities=[("date", "11月18日")], slots={"deadline_rule": MAILED})
    assert form.others(tracker)["deadline_from"] is None
    assert form.validate_deadline_from(said, dispatcher, tracker) is None
    (asked,) = dispatcher.messages
    assert asked["response"] == "utter_date_of_receipt"
    assert asked["trigger"] == "扣押通知寄出"


@pytest.mark.parametrize("said", ["11月2日申请的", "今年6月申请的"])
def test_a_day_of_filing_is_refused_where_the_rule_counts_from_publication(
    form, make_tracker, dispatcher, said
):
    tracker = make_tracker(said, slots={"deadline_rule": "de-tm-opposition-3-months"})
    assert form.validate_deadline_from(said, dispatcher, tracker) is None
    assert [m["response"] for m in dispatcher.messages] == ["utter_date_of_another"]


def test_of_sending_and_receipt_the_form_keeps_the_one_that_counts(form, make_tracker, dispatcher):
    said = "11月9日寄的，18日才收到"
    days = [("date", "11月9日"), ("date", "18日")]
    tracker = make_tracker(said, entities=days, slots={"deadline_rule": MAILED})
    assert form.others(tracker)["deadline_from"] == "2026-11-09"
    assert form.validate_deadline_from(said, dispatcher, tracker) == "2026-11-09"


def test_a_rule_chosen_after_the_day_of_receipt_lets_it_go(form, make_tracker, dispatcher, at_hand):
    title = at_hand.deadlines.rules[MAILED].title
    slots = {"requested_slot": "deadline_rule", "deadline_from": "2026-11-18"}
    tracker = make_tracker(title, slots=slots, loop="deadline_form")
    came = {"entities": [{"entity": "date", "value": "11月18日"}]}
    tracker.events[:] = [
        {"event": "user", "text": "11月18日收到的", "parse_data": came},
        {"event": "user", "text": title},
    ]
    found = named(form.act(dispatcher, tracker))
    assert (found["deadline_rule"], found["deadline_from"]) == (MAILED, None)


def test_a_day_that_may_be_read_two_ways_is_asked_with_both(form, make_tracker, dispatcher):
    tracker = make_tracker("03/04/2026", slots={"deadline_rule": RULE})
    assert form.validate_deadline_from("03/04/2026", dispatcher, tracker) is None
    (asked,) = dispatcher.messages
    titles = [button["title"] for button in asked["buttons"]]
    assert titles == ["2026年3月4日", "2026年4月3日"]


def test_what_day_it_is_today_is_no_day_of_a_paper(form, make_tracker):
    assert form.extract_deadline_from(make_tracker("今天是几号")) is None
    assert form.extract_deadline_from(make_tracker("谢谢")) is None
    assert form.extract_deadline_from(make_tracker("今天收到的")) == "今天收到的"


# --- which rule ---


def test_rule_and_day_said_at_once_are_both_taken(form, make_tracker):
    tracker = make_tracker(
        "11月16日收到美国337调查的起诉书和立案通知",
        entities=[("date", "11月16日"), ("procedure", "section-337"), ("country", "US")],
    )
    tracker.slots["plan"] = {"rule": RULE}
    assert form.others(tracker) == {"deadline_rule": RULE, "deadline_from": "2026-11-16"}
    nothing = make_tracker("好")
    assert form.others(nothing) == {"deadline_rule": None, "deadline_from": None}


def test_a_plan_that_names_no_known_rule_counts_for_nothing(form, make_tracker):
    tracker = make_tracker("好", slots={"plan": {"rule": "gone"}})
    assert form.others(tracker)["deadline_rule"] is None


def test_of_two_titles_in_a_message_the_longer_is_meant(form, at_hand, make_tracker):
    rules = at_hand.deadlines.rules.values()
    pairs = [(a, b) for a in rules for b in rules if a is not b and a.title in b.title]
    for _short, long in pairs:
        assert (
            form.extract_deadline_rule(make_tracker(long.title))
            == max((r for r in rules if r.title in long.title), key=lambda r: len(r.title)).id
        )


# --- what is asked ---


def test_the_rule_is_asked_openly_until_something_speaks_for_some(
    at_hand, make_tracker, dispatcher
):
    ActionAskDeadlineRule(lambda: at_hand).act(dispatcher, make_tracker("帮我算期限", "deadline"))
    (openly,) = dispatcher.messages
    assert openly["response"] == "utter_ask_deadline_rule_open"
    assert not openly["buttons"]


def test_candidates_are_offered_by_title_once_the_matter_is_known(
    at_hand, make_tracker, dispatcher
):
    tracker = make_tracker(
        "商标异议", entities=[("procedure", "opposition"), ("right", "trademark")], slots={"country": "US"}
    )  # fmt: skip
    ActionAskDeadlineRule(lambda: at_hand).act(dispatcher, tracker)
    (asked,) = dispatcher.messages
    assert asked["response"] == "utter_ask_deadline_rule"
    titles = [button["title"] for button in asked["buttons"]]
    assert titles
    assert asked["titles"] == "、".join(titles)
    known = {rule.title for rule in at_hand.deadlines.rules.values()}
    assert set(titles) <= known


def test_the_day_is_asked_in_the_words_of_the_rule(at_hand, make_tracker, dispatcher):
    ask = ActionAskDeadlineFrom(lambda: at_hand)
    ask.act(dispatcher, make_tracker("", slots={"deadline_rule": RULE}))
    rule = at_hand.deadlines.rules[RULE]
    assert (dispatcher.messages[0]["title"], dispatcher.messages[0]["question"]) == (
        f"{rule.title}（{period_name(rule.period)}）", rule.trigger_question
    )  # fmt: skip
    assert [b["title"] for b in dispatcher.messages[0]["buttons"]] == ["今天", "昨天", "取消"]
    dispatcher.messages.clear()
    ask.act(dispatcher, make_tracker(""))
    assert dispatcher.messages[0]["question"] == "这份文书是哪一天收到的？"


# --- what is said ---


def ended(at_hand, make_tracker, dispatcher, **slots):
    return ActionDeadline(lambda: at_hand).end(dispatcher, make_tracker("", slots=slots))


def test_the_form_ends_with_the_date_and_leaves_it_to_hang_on(at_hand, make_tracker, dispatcher):
    events = named(
        ended(at_hand, make_tracker, dispatcher, deadline_rule=RULE, deadline_from="2026-11-16")
    )
    (said,) = dispatcher.messages
    assert "截止日是2026年12月7日（星期一），还有14天" in said["body"]
    assert events == {
        "deadline_rule": None, "deadline_from": None, "last_topic": "deadline", "last_rule": RULE,
        "last_day": "2026-11-16", "last_question": "337调查答辩",
    }  # fmt: skip


def test_of_two_days_the_span_is_said_and_the_first_is_kept(at_hand, make_tracker, dispatcher):
    events = named(
        ended(
            at_hand, make_tracker, dispatcher, deadline_rule=RULE,
            deadline_from="2026-11-16/2026-11-18",
        )
    )  # fmt: skip
    assert "触发日不确定" in dispatcher.messages[0]["body"]
    assert events["last_day"] == "2026-11-16"


@pytest.mark.parametrize("missing", ["deadline_rule", "deadline_from"])
def test_a_form_that_was_left_says_nothing_and_is_emptied(
    at_hand, make_tracker, dispatcher, missing
):
    slots = {"deadline_rule": RULE, "deadline_from": "2026-11-16", missing: None}
    events = named(ended(at_hand, make_tracker, dispatcher, **slots))
    assert dispatcher.messages == []
    assert events == {"deadline_rule": None, "deadline_from": None}


def test_dates_that_contradict_are_said_and_a_person_is_offered(at_hand, make_tracker, dispatcher):
    ended(
        at_hand, make_tracker, dispatcher, deadline_rule=RULE, deadline_from="2026-11-18/2026-11-16"
    )
    (said,) = dispatcher.messages
    assert (said["response"], said["reason"]) == (
        "utter_deadline_error", "最早的日期晚于最晚的日期，请再核对"
    )  # fmt: skip
    assert said["buttons"]


def card(at_hand, rule, trigger, today=TODAY, **options):
    return deadline_reply(
        at_hand, compute(rule, trigger, today, table=at_hand.deadlines, **options)
    )


def test_how_long_is_left_is_said_before_on_and_after_the_day(at_hand):
    said = {
        day: card(at_hand, RULE, date(2026, 11, 16), day).fields["body"].splitlines()[0]
        for day in (date(2026, 12, 6), date(2026, 12, 7), date(2026, 12, 8))
    }
    assert [line.rpartition("，")[2] for line in said.values()] == [
        "还有1天。",
        "就是今天。",
        "已过1天。",
    ]


def test_near_the_day_a_person_is_offered_first(at_hand):
    near = card(at_hand, RULE, date(2026, 11, 16), date(2026, 12, 1))
    far = card(at_hand, RULE, date(2026, 11, 16), TODAY)
    assert (near.response, far.response) == ("utter_deadline_urgent", "utter_deadline")
    assert near.buttons[0].title == far.buttons[1].title == "转人工"
    assert "要准备什么材料" in [button.title for button in far.buttons]


def test_an_estimate_is_never_called_the_last_day(at_hand):
    body = card(at_hand, "ttab-answer-40-days", date(2026, 11, 2)).fields["body"]
    first = body.splitlines()[0]
    assert "请先看文书上印的日期；按规则估算约为2026年12月14日（星期一）" in first
    assert "截止日是" not in first


def test_the_card_says_how_it_was_counted_and_on_what(at_hand):
    rule = at_hand.deadlines.rules[RULE]
    body = card(at_hand, RULE, date(2026, 11, 16)).fields["body"]
    assert f"依据：{rule.basis}。" in body
    assert ("错过的后果：" in body) is bool(rule.consequence)
    assert ("能否延长：" in body) is bool(rule.extension)
    assert "。。" not in body


def test_what_rests_on_the_rule_is_cited(at_hand):
    shelf = answering({})
    shelf.passages = [hit("us-337", facts=(RULE,)).passage]
    cited = deadline_reply(services(shelf), compute(RULE, date(2026, 11, 16), TODAY)).citations
    assert [item.document for item in cited] == ["us-337"]
    assert card(at_hand, RULE, date(2026, 11, 16)).citations == []


def test_a_card_at_once_needs_a_day_that_has_come(at_hand):
    rule = at_hand.deadlines.rules[RULE]
    assert at_once(at_hand, rule, date(2026, 11, 16)) is not None
    assert at_once(at_hand, rule, date(2026, 12, 1)) is None


def test_only_a_member_of_the_union_lends_its_holidays():
    assert member_state("DE") == "DE"
    assert member_state("US") is None
    assert member_state(None) is None


def test_a_day_without_a_year_that_something_happened_on_is_past():
    march = date(2026, 3, 5)
    assert past_days("3月5号登报公告的", "3月5号", TODAY) == (march, march)
    assert past_days("授权公告日是3月5号", "3月5号", TODAY) == (march, march)
    assert past_days("3月5号收到诉状", "3月5号", TODAY) == (march, march)
    assert past_days("如果3月5号收到诉状", "3月5号", TODAY) is None
    assert past_days("3月5号才会公告", "3月5号", TODAY) is None
    assert past_days("11月30号收到诉状", "11月30号", TODAY) is None  # a slip, or to come
    assert past_days("3月5号", "3月5号", TODAY) is None
    assert past_days("3月5号到期的", "3月5号", TODAY) is None
