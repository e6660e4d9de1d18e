"""Dates as people write them, read on Monday 2026-11-23."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.date_words import festival_span, fold_date_numerals
from actions.dates import DateQuestion, DateRange, ExactDate, find_dates, parse_date

TODAY = date(2026, 11, 23)
OCTOBER_8 = date(2026, 10, 8)

EXACT = {
    # with a year
    "2026年10月8日": "2026-10-08",
    "2026年10月8号": "2026-10-08",
    "2026 年 10 月 8 日": "2026-10-08",
    "２０２６年１０月８日": "2026-10-08",
    "26年10月8日": "2026-10-08",
    "二〇二六年十月八日": "2026-10-08",
    "二零二六年十月八号": "2026-10-08",
    "2026.10.8": "2026-10-08",
    "2026.10.08": "2026-10-08",
    "2026-10-08": "2026-10-08",
    "2026/10/8": "2026-10-08",
    "20261008": "2026-10-08",
    "2026-10-08T09:30": "2026-10-08",
    "2025年12月31日": "2025-12-31",
    "2024年2月29日": "2024-02-29",
    "去年12月5日": "2025-12-05",
    "今年3月1日": "2026-03-01",
    "今年三月一号": "2026-03-01",
    "前年5月20号": "2024-05-20",
    "明年1月15日": "2027-01-15",
    "Oct 8 2026": "2026-10-08",
    "Oct 8, 2026": "2026-10-08",
    "October 8, 2026": "2026-10-08",
    "Oct. 8, 2026": "2026-10-08",
    "8 October 2026": "2026-10-08",
    "8 Oct 2026": "2026-10-08",
    "8th of October 2026": "2026-10-08",
    "October 8th, 2026": "2026-10-08",
    "sept 30 2026": "2026-09-30",
    "8.10.2026": "2026-10-08",
    "25/10/2026": "2026-10-25",
    "10/25/2026": "2026-10-25",
    "10/10/2026": "2026-10-10",
    # month and day
    "10月8号": "2026-10-08",
    "10月8日": "2026-10-08",
    "10月8": "2026-10-08",
    "10 月 8 号": "2026-10-08",
    "十月八日": "2026-10-08",
    "十月八号": "2026-10-08",
    "十一月二十号": "2026-11-20",
    "十月三十一日": "2026-10-31",
    "十月廿一日": "2026-10-21",
    "11月23日": "2026-11-23",
    "6月1号": "2026-06-01",
    "Oct 8": "2026-10-08",
    "8 Oct": "2026-10-08",
    "8th October": "2026-10-08",
    "10/8": "2026-10-08",
    "25/10": "2026-10-25",
    "10.8收到": "2026-10-08",
    "10-8收到的": "2026-10-08",
    # days
    "今天": "2026-11-23",
    "今日": "2026-11-23",
    "今早": "2026-11-23",
    "刚刚": "2026-11-23",
    "昨天": "2026-11-22",
    "昨日": "2026-11-22",
    "昨晚": "2026-11-22",
    "昨夜": "2026-11-22",
    "前天": "2026-11-21",
    "前日": "2026-11-21",
    "大前天": "2026-11-20",
    "明天": "2026-11-24",
    "后天": "2026-11-25",
    "三天前": "2026-11-20",
    "3天前": "2026-11-20",
    "3 天以前": "2026-11-20",
    "十天前": "2026-11-13",
    "二十一天前": "2026-11-02",
    "两天前": "2026-11-21",
    "30日前": "2026-10-24",
    # weeks
    "上周三": "2026-11-18",
    "上週三": "2026-11-18",
    "上星期三": "2026-11-18",
    "上个星期五": "2026-11-20",
    "上礼拜五": "2026-11-20",
    "上禮拜五": "2026-11-20",
    "上周日": "2026-11-22",
    "上周天": "2026-11-22",
    "上上周五": "2026-11-13",
    "上上个星期一": "2026-11-09",
    "本周一": "2026-11-23",
    "这周一": "2026-11-23",
    "周三": "2026-11-18",
    "星期天": "2026-11-22",
    "周一": "2026-11-23",
    "下周三": "2026-12-02",
    # months
    "本月15日": "2026-11-15",
    "本月十五号": "2026-11-15",
    "这个月3号": "2026-11-03",
    "上个月20号": "2026-10-20",
    "上月20日": "2026-10-20",
    "上上个月5号": "2026-09-05",
    "8号": "2026-11-08",
    "25号": "2026-10-25",
    "三十一号": "2026-10-31",
    "15日收到": "2026-11-15",
    # festivals of one day
    "双十一": "2026-11-11",
    "双11当天": "2026-11-11",
    "国庆当天": "2026-10-01",
    "国庆前一天": "2026-09-30",
    "中秋当天": "2026-09-25",
    # inside sentences
    "昨晚收到的邮件": "2026-11-22",
    "我们10月8日收到亚马逊邮件说被TRO冻结": "2026-10-08",
    "公司在广州，10月8号签收的起诉状，要20天内答辩": "2026-10-08",
    "9月20日立案，10月8号收到通知": "2026-10-08",
    "Served on October 8, 2026 by email": "2026-10-08",
    "337立案通知是上周三送达的": "2026-11-18",
    "通知落款2026年10月1日，我们10月8日收到": "2026-10-08",
    "10月8号前台签收": "2026-10-08",
}

RANGES = {
    "国庆前": ("2026-09-24", "2026-09-30"),
    "十一前": ("2026-09-24", "2026-09-30"),
    "国庆节之前": ("2026-09-24", "2026-09-30"),
    "国庆期间": ("2026-10-01", "2026-10-07"),
    "国庆": ("2026-10-01", "2026-10-07"),
    "国庆节后": ("2026-10-08", "2026-10-14"),
    "中秋节": ("2026-09-25", "2026-09-27"),
    "10月8号左右": ("2026-10-05", "2026-10-11"),
    "11月22日左右": ("2026-11-19", "2026-11-23"),
    "10月8号之前": ("2026-10-01", "2026-10-07"),
    "10月8日以后": ("2026-10-09", "2026-10-15"),
    "10月8日到10月12日": ("2026-10-08", "2026-10-12"),
    "10月8号到10号": ("2026-10-08", "2026-10-10"),
    "十月八号至十号之间": ("2026-10-08", "2026-10-10"),
    "2026年10月8日-12日": ("2026-10-08", "2026-10-12"),
    "2025年12月30日到1月3日": ("2025-12-30", "2026-01-03"),
    "上周": ("2026-11-16", "2026-11-22"),
    "上个星期": ("2026-11-16", "2026-11-22"),
    "上周末": ("2026-11-21", "2026-11-22"),
    "本周": ("2026-11-23", "2026-11-23"),
    "周末": ("2026-11-21", "2026-11-22"),
    "上个月": ("2026-10-01", "2026-10-31"),
    "上个月底": ("2026-10-27", "2026-10-31"),
    "上月初": ("2026-10-01", "2026-10-05"),
    "本月": ("2026-11-01", "2026-11-23"),
    "10月底": ("2026-10-27", "2026-10-31"),
    "10月份": ("2026-10-01", "2026-10-31"),
    "十月中旬": ("2026-10-11", "2026-10-20"),
    "10月上旬": ("2026-10-01", "2026-10-10"),
    "去年10月": ("2025-10-01", "2025-10-31"),
    "两周前": ("2026-11-06", "2026-11-12"),
    "一个星期前": ("2026-11-13", "2026-11-19"),
    "半个月前": ("2026-11-05", "2026-11-11"),
    "三个月前": ("2026-08-16", "2026-08-30"),
    "前几天": ("2026-11-16", "2026-11-21"),
    "前两天": ("2026-11-20", "2026-11-22"),
    "这两天": ("2026-11-21", "2026-11-23"),
    "最近": ("2026-11-09", "2026-11-23"),
}

QUESTIONS = {
    "3月1日": ("2026-03-01", "2027-03-01"),
    "11月25号": ("2025-11-25", "2026-11-25"),
    "12月25日": ("2025-12-25", "2026-12-25"),
    "十二月二十五日": ("2025-12-25", "2026-12-25"),
    "2月29日": ("2024-02-29", "2028-02-29"),
    "Dec 1": ("2025-12-01", "2026-12-01"),
    "10/08/2026": ("2026-10-08", "2026-08-10"),
    "03-04-2026": ("2026-03-04", "2026-04-03"),
    "黑五": ("2025-11-28", "2026-11-27"),
}

NO_DATE = [
    "", "   ", "你好", "337", "337调查", "19 CFR 210.13(a)", "20天内答辩", "15日内提交", "30日之内", "要赔10.8万元",
    "2月30日", "13月5日", "2026年2月30日", "2026-13-01", "31/31/2026", "第8号令", "3号楼", "前台", "以前没遇到过",
    "US 10,123,456", "比例是10.5%", "电话83228313", "十月初八", "D2026-1234", "1/3的货被扣", "可能以后会被告",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EXACT.items())
def test_one_day_is_understood(text, expected):
    reading = parse_date(text, TODAY)
    assert isinstance(reading, ExactDate), reading
    assert reading.day.isoformat() == expected


@pytest.mark.parametrize(("text", "expected"), RANGES.items())
def test_some_days_are_understood_as_a_range(text, expected):
    reading = parse_date(text, TODAY)
    assert isinstance(reading, DateRange), reading
    assert (reading.first.isoformat(), reading.last.isoformat()) == expected


@pytest.mark.parametrize(("text", "expected"), QUESTIONS.items())
def test_an_open_year_or_order_is_asked(text, expected):
    reading = parse_date(text, TODAY)
    assert isinstance(reading, DateQuestion), reading
    assert tuple(day.isoformat() for day in reading.candidates) == expected
    assert "还是" in reading.question()


@pytest.mark.parametrize("text", NO_DATE)
def test_what_is_no_date_is_none(text):
    assert parse_date(text, TODAY) is None


def test_at_least_a_hundred_expressions_are_held():
    assert len(EXACT) + len(RANGES) + len(QUESTIONS) >= 100


def test_the_words_come_back_with_the_reading():
    assert parse_date("是10月8号左右收到的", TODAY).text == "10月8号左右"


def test_a_printed_date_is_read_as_the_next_one():
    assert parse_date("截止12月20日", TODAY, toward_future=True) == ExactDate(
        date(2026, 12, 20), "12月20日"
    )
    assert isinstance(parse_date("截止10月8日", TODAY, toward_future=True), DateQuestion)
    assert parse_date("11月23日", TODAY, toward_future=True).day == TODAY


def test_every_date_of_a_message_is_found_in_order():
    found = find_dates("9月20日立案，10月8号收到，上周三请的律师", TODAY)
    days = [item.reading.day.isoformat() for item in found]
    assert days == ["2026-09-20", "2026-10-08", "2026-11-18"]


def test_new_year_reads_december_as_last_year():
    reading = parse_date("12月28号", date(2027, 1, 5))
    assert reading == ExactDate(date(2026, 12, 28), "12月28号")


def test_lunar_festival_is_known_only_where_the_calendar_is():
    assert festival_span("spring", 2026) is not None
    assert festival_span("spring", 2060) is None
    assert parse_date("春节前", date(2060, 3, 1)) is None


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("十月八日", "10月8日"),
        ("二〇二六年", "2026年"),
        ("二十三号", "23号"),
        ("上周三", "上周三"),
        ("星期一", "星期一"),
        ("双十一", "双十一"),
        ("五一", "五一"),
        ("一般", "一般"),
    ],
)
def test_numerals_of_dates_become_digits_and_words_stay(written, folded):
    assert fold_date_numerals(written) == folded


@settings(max_examples=300, deadline=None)
@given(day=st.dates(date(2000, 1, 1), date(2026, 11, 23)))
def test_a_full_date_is_read_back_however_it_is_written(day):
    for text in (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%b} {day.day}, {day.year}",
        f"{day.day} {day:%B} {day.year}",
    ):
        assert parse_date(text, TODAY).day == day


@settings(max_examples=300, deadline=None)
@given(days=st.integers(0, 364))
def test_a_date_without_year_is_never_put_into_the_wrong_year(days):
    day = TODAY - timedelta(days=days)
    reading = parse_date(f"{day.month}月{day.day}日", TODAY)
    if days <= 183:
        assert reading.day == day
    else:
        assert isinstance(reading, DateQuestion)
        assert day in reading.candidates


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(
        alphabet="0123456789年月日号天周前后上下个十二三一./-到初底 OctMay国庆春节", max_size=40
    )
)
def test_no_text_breaks_the_reader(text):
    for item in find_dates(text, TODAY):
        assert item.start < item.end
        if isinstance(item.reading, DateRange):
            assert item.reading.first <= item.reading.last
