"""The last day that a letter sets itself: found only by the letter's own words, counted only from a known day."""

from datetime import date

import pytest

from actions.deadline_rules import default_table
from actions.turn.letters import (
    counted,
    letter_in,
    own_period,
    own_words,
    start_of,
    what_to_tell,
    words_on_day,
)
from actions.turn.printed import settled_by_card

TODAY = date(2026, 11, 29)
WITHIN = "No prazo de 10 (dez) dias úteis a contar do recebimento desta, cessem o uso da marca."


def test_a_day_in_a_foreign_passage_is_the_letters_own():
    letter = letter_in(
        "对方律师写 please reply in writing by December 5, 2026 at noon，怎么办", TODAY
    )
    assert letter is not None
    assert [row["date"] for row in letter["printed"]] == ["2026-12-05"]
    assert "上面写的截止日：2026年12月5日（星期六）" in words_on_day(letter, default_table(), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "2026年12月8日前要不要答复",  # asked, and of no letter
        "律师函里要求赔钱，2026年12月8日前要不要先停售",  # the day is what is asked
        "欧盟商标公告日是2026年9月30日，异议截止哪天",
        "TRO和preliminary injunction哪个更快",
        "我们10天内要发货",
    ],
)
def test_no_letter_no_day(text):
    assert letter_in(text, TODAY) is None


def test_a_period_is_counted_with_the_days_of_rest_of_the_letters_country():
    letter = letter_in(f"巴西来的信：{WITHIN} 期限是几天", TODAY)
    period = own_period(letter, default_table())
    assert (period["count"], period["unit"], period["after"]) == (10, "business_day", "received")
    assert start_of(letter, period, None) is None
    assert "10个工作日内，从收到起算" in what_to_tell(letter, period)
    found = counted(period, date(2026, 11, 20), None)
    assert found.day == date(2026, 12, 4)
    assert "只扣了周六周日" in found.words
    # 26 November 2026 is Thanksgiving.
    assert counted(period, date(2026, 11, 20), "US").day == date(2026, 12, 7)


def test_weeks_and_months_are_counted_too():
    assert counted({"count": 2, "unit": "week"}, date(2026, 11, 20), None).day == date(2026, 12, 4)
    assert counted({"count": 1, "unit": "month"}, date(2026, 1, 31), None).day == date(2026, 2, 28)


def test_a_period_from_the_letters_date_needs_no_telling():
    letter = letter_in(
        "We demand that you respond within seven (7) days of the date of this letter. Dated November 25, 2026.",
        TODAY,
    )
    period = own_period(letter, default_table())
    assert start_of(letter, period, None) == date(2026, 11, 25)
    # What was told is no date of the letter.
    assert start_of(letter, period, date(2026, 11, 27)) == date(2026, 11, 25)


def test_a_kind_with_a_rule_of_its_own_is_left_to_the_rule():
    paper = {"kind": "us-summons", "periods": [{"count": 21, "unit": "day", "after": "served", "text": "x"}]}  # fmt: skip
    assert own_period(paper, default_table()) is None
    assert own_period({**paper, "kind": "demand-letter"}, default_table()) is not None


def test_what_the_person_asks_is_told_from_the_letter():
    asked = own_words(f"{WITHIN} 这个几号前回")
    assert "recebimento" not in asked
    assert "几号前回" in asked


def test_a_paper_that_says_its_last_day_is_not_asked_for_it_in_a_later_turn(make_tracker):
    letter = letter_in("律师函说请于2026年12月8日前书面回复", TODAY)
    tracker = make_tracker("我们在德国卖", slots={"paper": letter})
    assert settled_by_card(tracker, "warning-letter") is letter
    # Of another matter it settles nothing.
    other = {**letter, "kind": "us-summons"}
    assert settled_by_card(make_tracker("海关扣货", slots={"paper": other}), "customs") is None
