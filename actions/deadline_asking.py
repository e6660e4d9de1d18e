"""Whether a message asks for a day, a period or more of one, by its words.  Pure."""

from __future__ import annotations

import re

# A message that asks for a day rather than for the law.
_ASKS_DAY = re.compile(
    r"来得及|来不及|最晚|最迟|最后(?:一?[天日]|期限|日期)|截止|哪天|哪一天|哪日|边日|邊日|几号|(?:几时|何时|什么时候)(?:之前|以前|前)|还有几天|还有多少天|还剩|剩几天|倒计时|到什么时候|到哪(?!个(?!日)|家|里|些|儿|级)|"
    # Whether or when it has run out; what then (过了期限还有什么办法) asks for no day.
    r"(?:是不是|是否|有没有|会不会|算不算|什么时候|啥时候|几时|何时|多久)[^，,。；;]{0,12}(?:超期|过了?期|到期)|"
    r"(?:超期|过了?期|到期)限?了?(?:吗|没|未|冇|日|吧|[?？]|$)|"
    r"\b(?:due (?:date|by|on)|due\b(?=\s*[?？]|$)|deadline|last (?:day|date)|by when|until when|what date|which (?:exact )?da(?:y|te)|date(?=\s*[?？]|$)|when (?:is|are|must|do|does|should)\b.{0,40}\b(?:due|expire|answer|respond|reply|file))",
    re.IGNORECASE,
)
_ASKS_PERIOD = re.compile(
    r"还有时间|赶得[上及]|晚不晚|过没过|多久|多长时间|几天|几日|几时|多少天|多少日|几个(?:工作)?[天日月]|几周|多少时间|时间限制|期限|什么时候(?:前|之前|要|该|交|回|答)|"
    r"\bhow (?:long|many (?:\w+ )?days|much time)\b",
    re.IGNORECASE,
)
# How far a period may be stretched.
_ASKS_MORE = re.compile(r"最晚最晚|最多|顶多|拖到|能拖|(?<![不没别])延|宽限|多要|再给")
# What day it is, which is no deadline and tells no day.
_DAY_OF_TODAY = re.compile(
    r"(?:今天|今日|现在|明天|昨天)(?:是|系)?(?:几月)?(?:几号|哪天|哪一天|星期几|周几|礼拜几|什么日子)"
)


def asks_for_a_day(text: str) -> bool:
    """Whether a message asks on which day something ends."""
    return _ASKS_DAY.search(_DAY_OF_TODAY.sub("", text)) is not None


def asks_a_period(text: str) -> bool:
    """Whether a message asks how long there is, or until when."""
    return _ASKS_PERIOD.search(text) is not None or asks_for_a_day(text)


def asks_for_more(text: str) -> bool:
    """Whether a message asks for the most that can be had of a period."""
    return _ASKS_MORE.search(text) is not None


def asks_what_day_it_is(text: str) -> bool:
    """Whether a message asks for the date of today and for no deadline."""
    return _DAY_OF_TODAY.search(text) is not None and not asks_for_a_day(text)
