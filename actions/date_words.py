"""The words for days, weeks and festivals that dates are written with."""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEKDAYS = {char: index for index, char in enumerate("一二三四五六日")} | {"天": 6}
WEEKS_BACK = {"上上个": -2, "上上": -2, "上个": -1, "上": -1, "本": 0, "这个": 0, "这": 0}
WEEKS_BACK |= {"下个": 1, "下": 1, "下下个": 2, "下下": 2}
DAY_WORDS = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "前晚": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "昨夜": -1,
    "昨早": -1,
    "昨儿": -1,
    "昨个": -1,
    "前儿": -2,
    "今儿": 0,
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "今晨": 0,
    "今晚": 0,
    "刚刚": 0,
    "刚才": 0,
    "刚收到": 0,
    "明天": 1,
    "明日": 1,
    "后天": 2,
    "大后天": 3,
}
# Words for some days, as the farthest and the nearest day before today.
VAGUE_SPANS = {
    "前几天": (7, 2),
    "前两天": (3, 1),
    "前些天": (14, 3),
    "前些日子": (30, 3),
    "几天前": (7, 2),
    "这几天": (5, 0),
    "这两天": (2, 0),
    "最近": (14, 0),
    "近日": (14, 0),
}
FESTIVALS = {
    "国庆": "national",
    "十一": "national",
    "五一": "labour",
    "劳动节": "labour",
    "元旦": "new-year",
    "春节": "spring",
    "过年": "spring",
    "清明": "tomb",
    "端午": "dragon",
    "中秋": "autumn",
    "圣诞": "christmas",
    "双11": "double-eleven",
    "双十一": "double-eleven",
    "双12": "double-twelve",
    "双十二": "double-twelve",
    "618": "june-18",
    "黑五": "black-friday",
    "黑色星期五": "black-friday",
    "感恩节": "thanksgiving",
}
_FIXED = {
    "national": ((10, 1), (10, 7)),
    "labour": ((5, 1), (5, 5)),
    "new-year": ((1, 1), (1, 1)),
    "christmas": ((12, 25), (12, 25)),
    "double-eleven": ((11, 11), (11, 11)),
    "double-twelve": ((12, 12), (12, 12)),
    "june-18": ((6, 18), (6, 18)),
}
_IN_CHINA = {
    "spring": "Spring Festival",
    "tomb": "Tomb-sweeping Day",
    "dragon": "Dragon Boat Festival",
    "autumn": "Mid-autumn Festival",
}
_DIGITS = {char: index for index, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = "[零〇一二三四五六七八九十廿卅两]"
_YEAR = re.compile(r"([零〇一二三四五六七八九]{4}|[零〇一二三四五六七八九]{2})(?=年)")
# The numeral must not follow 周/星期/双/第 nor tell which day (最后一日, 同一天), and 十一 or 五一 alone are festivals.
_COUNTED = re.compile(
    rf"(?<![周期拜双第初数前这])(?!(?:(?<=最后)|(?<=最末)|(?<=任何)|(?<=[每同某]))一(?= ?[天日]))({_NUMERAL}{{1,4}})(?= ?(?:月|日|号|天(?!津|河)|个?(?:多?月|周|星期|礼拜)|周{_NUMERAL}?前))"
)
_AFTER_MONTH = re.compile(rf"(?<=月)({_NUMERAL}{{1,3}})(?=$|[^{_NUMERAL[1:-1]}月])")


# Letters that stand for digits in a date somebody typed or a scan read: 2O26年11月2O日.
_LOOKALIKES = str.maketrans("OoIl", "0011")
_D = r"[\dOoIl]"
_MISTYPED = re.compile(
    rf"(?<![A-Za-z\d])(?:[12]{_D}{{3}} ?年 ?)?{_D}{{1,2}} ?月 ?{_D}{{1,2}}(?= ?[日号])"
    rf"|(?<![A-Za-z\d])[12]{_D}{{3}}(?P<sep>[-/.]){_D}{{1,2}}(?P=sep){_D}{{1,2}}(?![A-Za-z\d])"
)


def _value(numeral: str) -> int:
    if all(char in _DIGITS for char in numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    tens, _, ones = numeral.partition("十")
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def fold_date_numerals(text: str) -> str:
    """Write the Chinese numerals of dates as digits: 二〇二六年十月八日 → 2026年10月8日.

    Letters mistaken for digits inside a date become digits too.
    """
    text = _MISTYPED.sub(lambda m: m[0].translate(_LOOKALIKES), text)
    text = _YEAR.sub(lambda m: "".join(str(_DIGITS[char]) for char in m[1]), text)
    text = _COUNTED.sub(lambda m: str(_value(m[1])), text)
    return _AFTER_MONTH.sub(lambda m: str(_value(m[1])), text)


def festival_span(name: str, year: int) -> tuple[date, date] | None:
    """:return: first and last day of a festival's holidays in a year; None where they are not known."""
    if name in _FIXED:
        (month, day), (last_month, last_day) = _FIXED[name]
        return date(year, month, day), date(year, last_month, last_day)
    if name in ("thanksgiving", "black-friday"):
        november = date(year, 11, 1)
        thursday = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
        chosen = thursday if name == "thanksgiving" else thursday + timedelta(days=1)
        return chosen, chosen
    from chinese_calendar.constants import holidays

    days = [day for day, kind in holidays.items() if day.year == year and kind == _IN_CHINA[name]]
    return (min(days), max(days)) if days else None
