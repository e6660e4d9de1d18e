"""Days named by festivals, weeks and parts of months, read on a Wednesday in the middle of a month."""

from datetime import date, timedelta

import pytest

from actions.date_words import DAY_WORDS, VAGUE_SPANS, festival_span, fold_date_numerals
from actions.dates import DateQuestion, DateRange, ExactDate, find_dates, parse_date

TODAY = date(2026, 6, 17)  # Wednesday


def span(text, today=TODAY):
    found = parse_date(text, today)
    if isinstance(found, ExactDate):
        return found.day.isoformat()
    if isinstance(found, DateRange):
        return f"{found.first.isoformat()}/{found.last.isoformat()}"
    return tuple(day.isoformat() for day in found.candidates) if found else None


@pytest.mark.parametrize(
    ("name", "year", "first", "last"),
    [
        ("national", 2025, (10, 1), (10, 7)),
        ("labour", 2025, (5, 1), (5, 5)),
        ("new-year", 2025, (1, 1), (1, 1)),
        ("christmas", 2025, (12, 25), (12, 25)),
        ("double-eleven", 2025, (11, 11), (11, 11)),
        ("double-twelve", 2025, (12, 12), (12, 12)),
        ("june-18", 2025, (6, 18), (6, 18)),
        ("thanksgiving", 2024, (11, 28), (11, 28)),
        ("thanksgiving", 2025, (11, 27), (11, 27)),
        ("thanksgiving", 2028, (11, 23), (11, 23)),
        ("black-friday", 2024, (11, 29), (11, 29)),
        ("spring", 2025, (1, 28), (2, 4)),
        ("tomb", 2025, (4, 4), (4, 6)),
    ],
)
def test_a_festival_has_its_days(name, year, first, last):
    assert festival_span(name, year) == (date(year, *first), date(year, *last))


def test_a_festival_whose_days_are_not_published_has_none():
    assert festival_span("spring", 2090) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("元旦", "2026-01-01"),
        ("五一", "2026-05-01/2026-05-05"),
        ("五一前一天", "2026-04-30"),
        ("五一当天", "2026-05-01"),
        ("五一前", "2026-04-24/2026-04-30"),
        ("五一之后", "2026-05-06/2026-05-12"),
        ("去年双十二", "2025-12-12"),
        ("去年国庆", "2025-10-01/2025-10-07"),
        ("去年圣诞节", "2025-12-25"),
        ("前年双11", "2024-11-11"),
        # More than half a year back the year is asked.
        ("双十一", ("2025-11-11", "2026-11-11")),
        ("双十二", ("2025-12-12", "2026-12-12")),
    ],
)
def test_a_festival_is_the_last_one_or_that_of_the_year_named(text, found):
    assert span(text) == found


def test_a_festival_under_way_lasts_until_today_and_one_that_begins_today_counts():
    assert span("五一期间", date(2026, 5, 3)) == "2026-05-01/2026-05-03"
    assert span("五一", date(2026, 5, 1)) == "2026-05-01/2026-05-01"
    assert span("五一前", date(2026, 5, 1)) == "2026-04-24/2026-04-30"
    assert span("五一后", date(2026, 5, 6)) == "2026-05-06/2026-05-06"
    # On the eve it is the day before; after it one has to wait for the end.
    assert span("五一前一天", date(2026, 4, 30)) == "2026-04-30"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("上周一", "2026-06-08"),
        ("上周日", "2026-06-14"),
        ("上上周三", "2026-06-03"),
        ("本周一", "2026-06-15"),
        ("这周三", "2026-06-17"),
        ("下周二", "2026-06-23"),
        ("下下周二", "2026-06-30"),
        ("周三", "2026-06-17"),  # today
        ("周四", "2026-06-11"),  # the last one
        ("周二", "2026-06-16"),
        ("上周", "2026-06-08/2026-06-14"),
        ("上上周", "2026-06-01/2026-06-07"),
        ("本周", "2026-06-15/2026-06-17"),  # as far as it has come
        ("下周", "2026-06-22/2026-06-28"),
        ("上周末", "2026-06-13/2026-06-14"),
        ("周末", "2026-06-13/2026-06-14"),
        ("2周前", "2026-05-31/2026-06-06"),
        ("3天前", "2026-06-14"),
        ("半个月前", "2026-05-30/2026-06-05"),
        ("2个月前", "2026-04-10/2026-04-24"),
    ],
)
def test_weeks_begin_on_monday_and_end_no_later_than_today(text, found):
    assert span(text) == found


def test_on_a_weekend_the_weekend_is_this_one_as_far_as_it_has_come():
    assert span("周末", date(2026, 6, 20)) == "2026-06-20/2026-06-20"
    assert span("周末", date(2026, 6, 21)) == "2026-06-20/2026-06-21"
    assert span("周末", date(2026, 6, 22)) == "2026-06-20/2026-06-21"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5月初", "2026-05-01/2026-05-05"),
        ("5月上旬", "2026-05-01/2026-05-10"),
        ("5月中旬", "2026-05-11/2026-05-20"),
        ("5月下旬", "2026-05-21/2026-05-31"),
        ("5月底", "2026-05-27/2026-05-31"),
        ("2月末", "2026-02-24/2026-02-28"),
        ("5月份", "2026-05-01/2026-05-31"),
        ("6月", "2026-06-01/2026-06-17"),  # as far as it has come
        ("去年5月", "2025-05-01/2025-05-31"),
        ("2024年2月", "2024-02-01/2024-02-29"),
        ("今年4月中旬", "2026-04-11/2026-04-20"),
        ("上个月", "2026-05-01/2026-05-31"),
        ("上上个月", "2026-04-01/2026-04-30"),
        ("本月", "2026-06-01/2026-06-17"),
        ("上个月初", "2026-05-01/2026-05-05"),
        ("本月上旬", "2026-06-01/2026-06-10"),
        ("上个月8号", "2026-05-08"),
        ("8号", "2026-06-08"),
        ("17号", "2026-06-17"),
        ("18号", "2026-05-18"),  # this month's is still to come
    ],
)
def test_a_part_of_a_month_is_its_days_so_far(text, found):
    assert span(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5月30日到6月2日", "2026-05-30/2026-06-02"),
        ("6月8日至12日", "2026-06-08/2026-06-12"),
        ("2025年12月30日到1月2日", "2025-12-30/2026-01-02"),
        ("2026年6月8日到8日", "2026-06-08/2026-06-08"),
        ("去年12月31日", "2025-12-31"),
        ("明年1月3日", "2027-01-03"),
        ("今年6月1日", "2026-06-01"),
    ],
)
def test_spans_and_days_of_a_named_year(text, found):
    assert span(text) == found


def test_a_day_without_a_year_is_asked_for_when_it_is_more_than_half_a_year_off():
    assert span("12月16日") == "2025-12-16"  # 183 days ago
    assert span("12月15日") == ("2025-12-15", "2026-12-15")
    assert isinstance(parse_date("11月1日", TODAY), DateQuestion)
    assert span("1月2日") == "2026-01-02"
    assert span("11月底") == ("2025-11-01", "2026-11-01")


@pytest.mark.parametrize("word", sorted(DAY_WORDS))
def test_a_word_for_a_day_is_so_many_days_from_today(word):
    assert span(word) == (TODAY + timedelta(days=DAY_WORDS[word])).isoformat()


def test_words_for_some_days_never_end_after_today_nor_begin_after_they_end():
    for word, (far, near) in VAGUE_SPANS.items():
        first, last = TODAY - timedelta(days=far), TODAY - timedelta(days=near)
        assert span(word) == f"{first.isoformat()}/{last.isoformat()}"
        assert first < last <= TODAY


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("二〇二六年十月八日", "2026年10月8日"),
        ("二六年十月二十八日", "26年10月28日"),
        ("十二月三十一号", "12月31号"),
        ("廿三号", "23号"),
        ("卅一号", "31号"),
        ("两天前", "2天前"),
        ("2O26年1l月2O日", "2026年11月20日"),
        ("十月八", "10月8"),
        ("第一天", "第一天"),
        ("周一前", "周一前"),
        ("双十一", "双十一"),
    ],
)
def test_numerals_of_dates_become_digits_and_no_others(text, written):
    assert fold_date_numerals(text) == written


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("三个星期前的今天收到的", date(2026, 11, 2)),
        ("1周前今天寄出", date(2026, 11, 16)),
        ("两个月前的今天公告的", date(2026, 9, 23)),
        ("上个月的今天送达", date(2026, 10, 23)),
        ("上周的今天收的", date(2026, 11, 16)),
    ],
)
def test_so_long_ago_to_the_day_is_one_day(text, day):
    (found,) = find_dates(text, date(2026, 11, 23))
    assert found.reading.day == day
