"""The last day that a letter sets itself: found only by the letter's own words, counted only from a known day."""

from datetime import date
from types import SimpleNamespace

import pytest

from actions.deadline_rules import default_table
from actions.turn.letters import (
    counted,
    left,
    letter_in,
    next_of,
    own_period,
    own_words,
    period_row,
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
    assert (
        "上面写的截止日：2026年12月5日（星期六）"
        in words_on_day(letter, default_table(), TODAY).text
    )


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


def test_how_long_is_left_is_said_in_words():
    assert left(date(2026, 11, 30), TODAY) == "还有1天"
    assert left(TODAY, TODAY) == "就是今天"
    assert left(date(2026, 11, 27), TODAY) == "已过2天"


def test_the_next_day_ahead_counts_else_the_latest_past():
    rows = [{"date": day} for day in ("2026-11-10", "2026-12-20", "2026-11-29", "2026-11-28")]
    assert next_of(rows, TODAY)["date"] == "2026-11-29"  # today is not past
    assert next_of(rows, date(2027, 1, 1))["date"] == "2026-12-20"


PERIOD = {"count": 10, "unit": "day", "after": "received", "text": "within 10 days"}


def paper(*periods, printed=(), **more):
    return {
        "kind": "demand-letter", "title": "警告函", "printed": list(printed), "periods": list(periods), **more
    }  # fmt: skip


def printed(day, meaning):
    return {"date": day, "time": None, "meaning": meaning, "text": "x"}


def test_one_sentence_tells_the_last_day_counts_it_or_asks_for_what_it_counts_from():
    table = default_table()
    assert words_on_day(paper(), table, TODAY).text == ""
    assert "您是哪天收到的" in words_on_day(paper(PERIOD), table, TODAY).text
    came = paper(PERIOD, printed=[printed("2026-11-20", "received")])
    assert words_on_day(came, table, TODAY).text == (
        "按上面写的期限（“within 10 days”），最后一天是2026年11月30日（星期一），还有1天"
    )
    due = paper(PERIOD, printed=[printed("2026-12-01", "due")])
    assert (
        words_on_day(due, table, TODAY).text == "上面写的截止日：2026年12月1日（星期二），还有2天"
    )


def test_a_period_from_receipt_runs_from_the_day_told_before_the_day_printed():
    came = paper(PERIOD, printed=[printed("2026-11-20", "served")])
    assert start_of(came, PERIOD, None) == date(2026, 11, 20)
    assert start_of(came, PERIOD, date(2026, 11, 22)) == date(2026, 11, 22)
    twice = paper(
        PERIOD, printed=[printed("2026-11-20", "served"), printed("2026-11-21", "received")]
    )
    assert start_of(twice, PERIOD, None) is None
    assert start_of(twice, PERIOD, date(2026, 11, 22)) == date(2026, 11, 22)


def test_a_period_from_the_letters_own_date_is_never_counted_from_receipt():
    issued = {**PERIOD, "after": "issued"}
    dated = paper(issued, printed=[printed("2026-11-18", "issued")])
    assert start_of(dated, issued, date(2026, 11, 22)) == date(2026, 11, 18)
    twice = paper(
        issued, printed=[printed("2026-11-18", "issued"), printed("2026-11-19", "issued")]
    )
    assert start_of(twice, issued, date(2026, 11, 22)) is None
    # Where the letter prints none, the day told is taken for it.
    assert start_of(paper(issued), issued, date(2026, 11, 22)) == date(2026, 11, 22)
    assert "信是哪天发出的" in what_to_tell(paper(issued), issued)


def test_hours_and_periods_from_a_filing_are_no_time_to_answer_in():
    table = default_table()
    hours = {**PERIOD, "unit": "hour"}
    filed = {**PERIOD, "after": "filed"}
    assert own_period(paper(hours, filed), table) is None
    assert own_period(paper(hours, filed, PERIOD), table) is PERIOD


def test_where_a_letter_does_not_say_from_when_it_is_said_and_weeks_are_weeks():
    asked = what_to_tell(paper(), {"count": 2, "unit": "week", "after": None, "text": "两周内"})
    assert "2周内，没有写从哪天起算，一般先按收到那天算" in asked
    assert "10天内，从收到起算" in what_to_tell(paper(), PERIOD)


def test_a_last_day_on_a_weekend_and_the_days_of_rest_taken_are_said():
    saturday = counted({"count": 1, "unit": "day"}, date(2026, 11, 27), None)
    assert saturday.day == date(2026, 11, 28)
    assert "最后一天是周末" in saturday.words
    friday = counted({"count": 1, "unit": "day"}, date(2026, 11, 26), None)
    assert "周末" not in friday.words
    abroad = counted({"count": 3, "unit": "business_day"}, date(2026, 11, 24), "US")
    assert abroad.day == date(2026, 11, 30)  # Thanksgiving and a weekend between
    assert "扣了周末和当地全国性节假日" in abroad.words
    # No country has holidays that hold in all of the European Union, nor does an unknown code.
    for code in ("EU", "XX"):
        assert counted({"count": 3, "unit": "business_day"}, date(2026, 11, 24), code).day == date(2026, 11, 27)  # fmt: skip


def test_a_chinese_tale_of_a_letter_sets_a_day_that_is_ahead_and_not_asked():
    told = letter_in("律师函说请于2026年12月8日前书面回复", TODAY)
    assert [row["date"] for row in told["printed"]] == ["2026-12-08"]
    assert told["title"]
    assert letter_in("律师函说请于2026年11月8日前书面回复", TODAY) is None  # past


def test_what_a_letter_is_and_when_it_came_is_kept_with_its_day():
    letter = letter_in(
        "对方律师写 Please reply in writing by December 5, 2026. Dated November 20, 2026. 怎么办",
        TODAY,
    )
    assert (letter["kind"], letter["title"], letter["country"]) == ("other", "这封信", None)
    assert [(row["date"], row["meaning"]) for row in letter["printed"]] == [
        ("2026-12-05", "due"), ("2026-11-20", "issued"),
    ]  # fmt: skip
    named = letter_in("德国律师的警告函要求10天内签字", TODAY)
    assert (named["kind"], named["printed"]) == ("de-abmahnung", [])
    assert "警告函" in named["title"]
    assert [(one["count"], one["unit"]) for one in named["periods"]] == [(10, "day")]


def test_a_pasted_paper_is_kept_by_its_kind():
    text = (
        "UNITED STATES DISTRICT COURT. SUMMONS IN A CIVIL ACTION. Within 21 days after service of this "
        "summons on you, you must serve on the plaintiff an answer. Dated November 20, 2026."
    )
    kept = letter_in(text, TODAY)
    assert (kept["kind"], kept["country"]) == ("us-summons", "US")
    assert [row["date"] for row in kept["printed"]] == ["2026-11-20"]
    assert [(one["count"], one["unit"], one["after"]) for one in kept["periods"]] == [
        (21, "day", "served")
    ]


def test_a_day_that_a_letter_sets_for_today_is_still_ahead_and_one_that_is_asked_is_none():
    assert letter_in("律师函说请于2026年11月29日前书面回复", TODAY) is not None
    assert letter_in("律师函说请于2026年11月28日前书面回复", TODAY) is None
    assert letter_in("律师函里写没写要在2026年12月8日前书面回复吗", TODAY) is None


def test_the_hour_of_a_printed_day_is_kept_with_two_digits_of_minutes():
    letter = letter_in(
        "对方律师写 please reply in writing by December 5, 2026 at 5:07 pm，怎么办", TODAY
    )
    assert letter["printed"][0]["time"] == "17:07"
    said = words_on_day(letter, default_table(), TODAY).text
    assert "2026年12月5日（星期六）17:07，还有6天" in said


def test_a_long_sentence_of_a_period_is_kept_as_far_as_it_is_shown():
    long = SimpleNamespace(count=10, unit="day", after="received", text="十天之内" * 50)
    kept = period_row(long)
    assert (kept["count"], kept["unit"], kept["after"]) == (10, "day", "received")
    assert kept["text"] == long.text[:160]


def test_a_last_day_on_a_sunday_is_on_a_weekend_and_monday_is_not():
    def words(day, count=1):
        return counted({"count": count, "unit": "day"}, day, None).words

    assert "周末" in words(date(2026, 11, 28))
    assert "周末" not in words(date(2026, 11, 29))
