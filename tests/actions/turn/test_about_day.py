"""What is asked of a day that was computed, or of a period that was answered."""

from dataclasses import replace
from datetime import date

import pytest

from actions.turn.about_day import COUNT, EXTENSION, MISSED, STEP, AboutDay, about_day

ITC = "itc-337-response-20-days"
COMPUTED = {"last_rule": ITC, "last_day": "2026-11-16", "last_topic": "deadline"}


@pytest.fixture
def asked(at_hand, make_tracker):
    """What a message heard as an aspect asks: ``asked(EXTENSION, 0.9, is_answered=False, **slots)``."""

    def ask(
        aspect, chance=0.95, *, text="能延吗", is_answered=False, entities=(), passage=None, **slots
    ):
        tracker = make_tracker(text, "follow_up", entities=entities, slots=slots or COMPUTED)
        tracker.latest_message["day_aspect"] = {"name": aspect, "confidence": chance}
        return about_day(at_hand, tracker, is_answered=is_answered, passage=passage)

    return ask


@pytest.mark.parametrize("aspect", [MISSED, EXTENSION, COUNT])
def test_after_a_computed_day_its_rule_and_day_are_meant(asked, aspect):
    found = asked(aspect)
    assert (found.aspect, found.rule.id, found.day) == (aspect, ITC, date(2026, 11, 16))


def test_a_day_that_a_story_was_answered_with_counts_as_one(asked):
    assert asked(EXTENSION, **{**COMPUTED, "last_topic": "triage"}).day == date(2026, 11, 16)
    assert asked(EXTENSION, last_rule=ITC, last_topic="triage") is None


def test_what_asks_something_else_is_left_to_the_shelf(asked):
    assert asked("other") is None
    assert asked(EXTENSION, 0.4) is None


def test_another_day_or_another_country_is_no_question_about_the_day(asked):
    assert asked(COUNT, entities=[("date", "11月18日")], **COMPUTED) is None
    assert asked(MISSED, entities=[("country", "DE")], **COMPUTED) is None
    assert asked(MISSED, entities=[("country", "US")], **COMPUTED).rule.id == ITC


def test_where_the_shelf_answers_the_message_must_be_about_the_day_plainly(asked):
    longer = "那要是真的没有赶上，对我们有什么影响"
    assert asked(MISSED, 0.7, text=longer, is_answered=True) is None
    assert asked(MISSED, 0.7, text=longer) is not None
    assert (
        asked(MISSED, 0.7, text="没赶上呢", is_answered=True) is not None
    )  # so little hangs on the day
    assert asked(EXTENSION, 0.7, text="要是付钱的话能延到几月几号", is_answered=True) is not None
    assert asked(MISSED, 0.95, is_answered=True) is not None
    other = "这段时间里对方能不能先来划我们的钱"
    assert asked(EXTENSION, 0.9, text=other, is_answered=True) is None
    assert asked(EXTENSION, 0.95, text=other, is_answered=True) is not None
    assert asked(EXTENSION, 0.9, text=other) is not None


def test_without_a_computed_day_nothing_is_said_of_how_it_was_counted(asked):
    assert asked(COUNT, last_rule=ITC, last_topic="answer") is None
    assert asked(COUNT, last_topic="deadline") is None


def test_what_a_rule_does_not_say_the_shelf_is_asked(at_hand):
    silent = replace(at_hand.deadlines.rules[ITC], extension="", consequence="")
    told = AboutDay(EXTENSION, silent, None), AboutDay(MISSED, silent, None)
    assert not any(about.is_said for about in told)
    assert AboutDay(COUNT, silent, date(2026, 11, 16)).is_said


def test_the_other_sides_delay_is_none_of_ours(asked):
    assert asked(MISSED, text="他们逾期没答会怎样") is None
    assert asked(MISSED, text="我们逾期没答会怎样") is not None
    assert asked(MISSED, text="要是那边拖着没有回音") is None


def test_the_same_asked_of_once_more_is_for_the_shelf_where_it_answers(asked):
    said = {"acts": ["action_about_day"], "rule": ITC, "aspect": EXTENSION}
    assert asked(EXTENSION, is_answered=True, plan=said, **COMPUTED) is None
    assert asked(EXTENSION, plan=said, **COMPUTED) is not None
    assert asked(MISSED, is_answered=True, plan=said, **COMPUTED) is not None


@pytest.mark.parametrize("text", ["理由来不及写完整怎么办", "那理由书呢", "理由最晚几号交"])
def test_a_later_step_of_the_rule_is_asked_of_by_its_name(asked, text):
    appeal = {"last_rule": "euipo-appeal", "last_day": "2026-11-09", "last_topic": "deadline"}
    found = asked("other", text=text, **appeal)
    assert (found.aspect, found.day) == (STEP, date(2026, 11, 9))
    assert asked("other", text=text, **{**appeal, "last_topic": "answer"}) is None
    assert asked("other", text=text) is None  # the rule has no such step


def test_what_names_the_rule_itself_is_no_question_of_a_step(asked):
    appeal = {"last_rule": "euipo-appeal", "last_day": "2026-11-09", "last_topic": "deadline"}
    assert asked("other", text="上诉要花多少钱", **appeal) is None
