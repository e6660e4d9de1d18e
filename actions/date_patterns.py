"""The patterns of dates, each with the reader of what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from actions.date_readers import (
    MONTH_WORDS,
    YEAR_WORDS,
    read_day_of_month,
    read_day_word,
    read_days_ago,
    read_english,
    read_festival,
    read_full,
    read_month_day,
    read_month_span,
    read_month_word,
    read_month_word_span,
    read_months_ago,
    read_numeric,
    read_short_year,
    read_slash,
    read_span_of_days,
    read_vague,
    read_week,
    read_weekday,
    read_weekend,
    read_weeks_ago,
    read_year_word,
)
from actions.date_readings import Reading, WithoutYear
from actions.date_words import DAY_WORDS, FESTIVALS, VAGUE_SPANS, WEEKS_BACK
from knowledge.printed_dates import MONTH_NAMES

_Y = r"(?P<y>(?<!\d)\d{4}|(?<![\dA-Za-z])\d{2}(?=年))"
_M, _D = r"(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"
_DAY_MARK = r" ?[日号](?!内|以内|之内|令|案|楼|房|文件)"
_YEARS = "|".join(YEAR_WORDS)
_MONTHS = "|".join(sorted(MONTH_WORDS, key=len, reverse=True))
_FOREIGN = rf"(?P<m>{MONTH_NAMES})(?![a-zà-ÿ])\.?"
_PART = r"(?P<part>上旬|中旬|下旬|初(?![一二三四五六七八九十\d])|中(?!国|旬|标|文)|底|末)"
_WEEK = r"(?P<w>" + "|".join(sorted(WEEKS_BACK, key=len, reverse=True)) + ")"
_WEEK_NAME = r"(?:周|星期|礼拜)"
_AGO = r"(?:之前|以前|前)"
# How many ago; 哪一天以前 asks for a day, 那一天以前 points at one (那三天前收到的呢 does not).
_COUNTED = r"(?<![\d哪某每第])(?<!那(?=1 ?[天日周星礼个]))"
# Three weeks ago to the day.
_TO_THE_DAY = r"的?(?P<same>今[天日])"
_SAME_DAY = rf"(?:{_TO_THE_DAY})?"
_TAIL = r"(?![\d/.\-])"
Reader = Callable[[re.Match[str], date], Reading | WithoutYear | None]

PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (
            rf"(?:{_Y} ?年 ?)?{_M} ?月 ?{_D} ?[日号]? ?(?:到|至|-|~|—) ?(?:(?P<m2>1[0-2]|0?[1-9]) ?月 ?)?"
            rf"(?P<d2>3[01]|[12]\d|0?[1-9]) ?[日号](?:之间)?",
            read_span_of_days,
        ),
        (rf"{_Y} ?年 ?{_M} ?月 ?{_D}(?:{_DAY_MARK})?(?!\d)", read_full),
        (rf"(?<![\d.])(?P<y>\d{{4}})(?P<s>[./\-]){_M}(?P=s){_D}(?!\d)(?!(?P=s)\d)", read_full),
        (r"(?<!\d)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)", read_full),
        (
            r"(?<![\d./\-])(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,2})(?![\d./\-])",
            read_short_year,
        ),
        (rf"(?P<y>{_YEARS})的? ?{_M} ?月 ?{_D}(?:{_DAY_MARK})?(?!\d)", read_year_word),
        (
            r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<sep>[./\-])(?P<b>\d{1,2})(?P=sep)(?P<y>20\d{2})(?!\d)",
            read_numeric,
        ),
        (
            rf"(?<![a-zà-ÿ]){_FOREIGN} ?{_D}(?:st|nd|rd|th)?\b(?:,? ?(?P<y>20\d{{2}}))?(?!\d)",
            read_english,
        ),
        (
            rf"(?<!\d){_D}(?:st|nd|rd|th|er|\.)?(?: of| de)? ?{_FOREIGN}(?:,?(?: de)? ?(?P<y>20\d{{2}}))?(?!\d)",
            read_english,
        ),
        (rf"(?P<w>{_MONTHS})的? ?{_D}{_DAY_MARK}", read_month_word),
        (rf"(?<![\d年]){_M} ?月 ?{_D}(?:{_DAY_MARK})?(?!\d)(?! ?[日号])", read_month_day),
        (rf"(?P<w>{_MONTHS})(?:{_TO_THE_DAY}|(?:的|份)?{_PART}?)(?!\d)", read_month_word_span),
        (
            rf"(?P<y>{_YEARS}|(?<!\d)\d{{4}}年)?的?(?<!\d){_M} ?月份?(?!\d){_PART}?(?!初[一二三四五六七八九十\d])",
            read_month_span,
        ),
        (rf"{_COUNTED}(?P<n>\d{{1,5}}) ?(?:天|日){_AGO}", read_days_ago),
        (rf"{_COUNTED}(?P<n>\d{{1,3}}) ?个?{_WEEK_NAME}多?{_AGO}{_SAME_DAY}", read_weeks_ago),
        (
            rf"(?:(?P<half>半个月)|{_COUNTED}(?P<n>\d{{1,4}}) ?个多?月多?){_AGO}{_SAME_DAY}",
            read_months_ago,
        ),
        (rf"{_WEEK}(?:个)?{_WEEK_NAME}(?P<d>[一二三四五六日天])", read_weekday),
        (rf"{_WEEK}(?:个)?{_WEEK_NAME}(?P<end>末)?{_SAME_DAY}", read_week),
        (
            rf"(?P<w>){_WEEK_NAME}(?P<d>[一二三四五六日天])(?![内年天般些直定共样旦致律])",
            read_weekday,
        ),
        (r"(?<!黑色)(?:这个|刚过的|这)?周末", read_weekend),
        (
            rf"(?P<y>{_YEARS})?(?P<f>"
            + "|".join(sorted(FESTIVALS, key=len, reverse=True))
            + r")(?:节|假期|长假|期间|放假)*的?(?P<rel>前一天|前夕|前夜|之前|以前|之后|以后|当天|那天|前(?![台面端往后])|后(?![台来续面勤]))?",
            read_festival,
        ),
        # 提前几天 asks how long before.
        (rf"(?<!提)(?:{'|'.join(sorted(VAGUE_SPANS, key=len, reverse=True))})", read_vague),
        ("|".join(sorted(DAY_WORDS, key=len, reverse=True)), read_day_word),
        (
            rf"(?<![\d/.\-第$])(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}}){_TAIL}(?!的(?!邮件|通知|信|函|时候|那))",
            read_slash,
        ),
        (
            r"(?<![\d/.\-第$:])(?P<a>1[0-2]|0?[1-9])(?P<sep>[.\-])(?P<b>3[01]|[12]\d|0?[1-9])(?![\d/.\-%万亿元倍个条款])"
            r"(?=号|日|收|送|的|那|当|当天|$|[，,。 ])",
            read_slash,
        ),
        (
            rf"(?<![\d月第年]){_D}号(?![楼房令案文公专线])",
            read_day_of_month,
        ),
        (
            rf"(?<![\d月第年个]){_D}日(?=收|送|签|接|寄|发|才|拿|当|上午|下午|晚|早|那|$|[，,。])",
            read_day_of_month,
        ),
    )
)
