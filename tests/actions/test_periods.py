"""Counting periods: which day is the first, where the last one rolls, and how it is said."""

from datetime import date

import pytest

from actions.calendars import calendars_for, open_calendar
from actions.deadline_rules import default_table
from actions.periods import add_months, count, period_name, shift
from knowledge.deadline_types import ClosingDays, Direction, Period, RollRule, StartRule, Unit
from knowledge.errors import RuleError

TABLE = default_table()
US = open_calendar(ClosingDays("US", "美国联邦公众假日", "", country="US"))
AFTER, BEFORE = Direction.AFTER, Direction.BEFORE
NEXT, PREVIOUS, NONE = RollRule.NEXT_BUSINESS_DAY, RollRule.PREVIOUS, RollRule.NONE
DAY_AFTER, SAME, NEXT_DAY = StartRule.DAY_AFTER, StartRule.SAME_DAY, StartRule.NEXT_BUSINESS_DAY


def counted(trigger, length, unit=Unit.DAY, *, start=DAY_AFTER, roll=NONE, direction=AFTER, **more):
    return count(
        trigger, Period(length, unit), direction=direction, start_rule=start, roll_rule=roll,
        calendar=more.pop("calendar", US), **more,
    )  # fmt: skip


FRIDAY = date(2026, 11, 20)


def test_the_day_itself_is_left_out_or_counted_as_the_rule_says():
    assert counted(FRIDAY, 10).due == date(2026, 11, 30)
    assert counted(FRIDAY, 10).first == date(2026, 11, 21)
    assert counted(FRIDAY, 10, start=SAME).due == date(2026, 11, 29)
    assert counted(FRIDAY, 10, start=SAME).first == FRIDAY
    later = counted(FRIDAY, 10, start=NEXT_DAY)
    assert (later.first, later.due) == (date(2026, 11, 23), date(2026, 12, 2))
    # Without a calendar there is no working day to wait for.
    assert counted(FRIDAY, 10, start=NEXT_DAY, calendar=None).due == date(2026, 11, 30)


def test_where_the_count_starts_later_the_earlier_day_is_kept_for_the_careful():
    assert counted(FRIDAY, 10, start=NEXT_DAY).strict == date(2026, 11, 30)
    assert counted(FRIDAY, 10).strict is None
    assert counted(FRIDAY, 1, Unit.MONTH).strict is None


def test_business_days_leave_out_weekends_and_holidays_in_both_directions():
    wednesday = date(2026, 11, 25)  # the next day is Thanksgiving
    ahead = counted(wednesday, 2, Unit.BUSINESS_DAY)
    assert (ahead.first, ahead.due) == (date(2026, 11, 27), date(2026, 11, 30))
    back = counted(date(2026, 11, 30), 2, Unit.BUSINESS_DAY, direction=BEFORE)
    assert (back.first, back.due) == (date(2026, 11, 27), date(2026, 11, 25))
    with pytest.raises(RuleError, match="需要日历"):
        counted(wednesday, 2, Unit.BUSINESS_DAY, calendar=None)


def test_the_last_day_rolls_only_as_the_rule_says_and_the_reason_is_said():
    ahead = counted(date(2026, 11, 18), 10, roll=NEXT)  # Saturday
    assert (ahead.unrolled, ahead.due) == (date(2026, 11, 28), date(2026, 11, 30))
    assert ahead.words.endswith("，当天是周六，顺延到2026年11月30日（星期一）")
    back = counted(date(2026, 11, 19), 10, roll=PREVIOUS)  # Sunday
    assert back.due == date(2026, 11, 27)
    assert "当天是周日，提前到2026年11月27日（星期五）" in back.words
    holiday = counted(date(2026, 11, 16), 10, roll=NEXT)
    assert holiday.due == date(2026, 11, 27)
    assert "当天是节假日（美国联邦公众假日）" in holiday.words
    named = counted(date(2026, 11, 16), 10, roll=NEXT, calendar_name="当地法院")
    assert "当天是节假日（当地法院）" in named.words
    stays = counted(date(2026, 11, 18), 10)
    assert stays.due == stays.unrolled
    assert "当天是" not in stays.words
    assert counted(date(2026, 11, 18), 10, roll=NEXT, calendar=None).due == date(2026, 11, 28)


def test_months_end_on_the_same_day_or_the_last_there_is():
    clamped = counted(date(2026, 1, 31), 1, Unit.MONTH)
    assert clamped.due == date(2026, 2, 28)
    assert "（该月没有对应日，取月末）" in clamped.words
    plain = counted(date(2026, 1, 28), 1, Unit.MONTH)
    assert "取月末" not in plain.words
    assert counted(date(2024, 2, 29), 1, Unit.YEAR).due == date(2025, 2, 28)


def test_months_that_begin_with_the_day_itself_end_on_the_eve():
    eve = counted(date(2026, 1, 15), 1, Unit.MONTH, start=SAME)
    assert eve.due == date(2026, 2, 14)
    assert "（当天计入）" in eve.words
    assert counted(date(2026, 1, 31), 1, Unit.MONTH, start=SAME).due == date(2026, 2, 28)
    assert counted(date(2026, 1, 15), 1, Unit.YEAR, start=SAME).due == date(2027, 1, 14)


def test_an_addition_is_counted_on_top_and_said():
    added = counted(FRIDAY, 10, addition=Period(3, Unit.DAY))
    assert added.due == date(2026, 12, 3)
    assert "，再加3天到2026年12月3日（星期四）" in added.words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "2026年11月20日（星期五）当天不计，2026年11月21日（星期六）为第1天，数满10天到2026年11月30日（星期一）"),
        ({"start": SAME}, "当天计为第1天"),
        ({"start": NEXT_DAY}, "当天不计，从之后第一个工作日起算"),
        ({"direction": BEFORE}, "从2026年11月20日（星期五）往前数10天，到2026年11月10日（星期二）"),
    ],
)  # fmt: skip
def test_how_it_was_counted_is_said(options, words):
    assert words in counted(FRIDAY, 10, **options).words


def test_a_period_of_nothing_is_the_day_itself():
    same = counted(FRIDAY, 0)
    assert same.due == FRIDAY
    assert same.words == "以2026年11月20日（星期五）当天为限"


def test_months_are_added_over_years_and_not_beyond_the_calendar():
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert add_months(date(2026, 12, 1), 0) == date(2026, 12, 1)
    with pytest.raises(RuleError, match="超出"):
        add_months(date(9999, 12, 1), 1)
    with pytest.raises(RuleError, match="超出"):
        add_months(date(1, 1, 1), -1)
    assert add_months(date(9999, 11, 1), 1) == date(9999, 12, 1)


def test_a_shift_goes_both_ways_and_a_period_has_a_name():
    assert shift(FRIDAY, Period(2, Unit.MONTH), None, -1) == date(2026, 9, 20)
    assert shift(FRIDAY, Period(1, Unit.YEAR), None, -1) == date(2025, 11, 20)
    assert shift(FRIDAY, Period(3, Unit.DAY), None, -1) == date(2026, 11, 17)
    assert shift(FRIDAY, Period(1, Unit.BUSINESS_DAY), US) == date(2026, 11, 23)
    assert shift(FRIDAY, Period(1, Unit.BUSINESS_DAY), US, -1) == date(2026, 11, 19)
    names = [period_name(Period(2, unit)) for unit in (Unit.DAY, Unit.BUSINESS_DAY, Unit.MONTH, Unit.YEAR)]  # fmt: skip
    assert names == ["2天", "2个工作日", "2个月", "2年"]


def test_a_part_of_a_country_has_its_own_holidays_and_another_country_does_not_narrow():
    bavaria, whole = date(2026, 1, 6), "DE"  # Epiphany, in three of the states
    (own,) = calendars_for(TABLE, whole, "DE-BY")
    (plain,) = calendars_for(TABLE, whole, None)
    (other,) = calendars_for(TABLE, whole, "FR-BY")
    assert [c.is_rest(bavaria) for c in (own, plain, other)] == [True, False, False]
    assert calendars_for(TABLE, whole, "de-by ")[0].is_rest(bavaria)


def test_the_year_that_is_not_published_yet_is_said():
    closing = ClosingDays("X", "某局休息日", "", note="以公告为准", known_until=2026)
    calendar = open_calendar(closing)
    assert calendar.notes(date(2026, 12, 1), date(2026, 12, 31)) == ["以公告为准"]
    said = calendar.notes(date(2026, 12, 1), date(2027, 1, 4))
    assert said == ["以公告为准", "2027年的某局休息日安排未收录，按往年规律推算，公布后请重算"]
    assert open_calendar(ClosingDays("Y", "y", "")).notes(FRIDAY, FRIDAY) == []
