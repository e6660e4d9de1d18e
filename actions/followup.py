"""Completing a short follow-up (那德国呢？ 期限呢？) from the question before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

_LEAD = re.compile(
    r"^(?:那么|那|如果是|如果|要是|换成|假如|改成|还有|不是.{1,6}[，, ]是?|应该是|说错了|我说错了|更正)+[，, ]*(?:是|在)?"
)
_TAIL = re.compile(
    r"(?:的话)?(?:呢|吧|啊|呀|那边|方面|也?(?:是)?(?:一样|这样)(?:的)?吗?|也是吗|怎么样|[？?。！!，,])+$"
)
_YEARS = {"前年": -2, "去年": -1, "上一年": -1, "今年": 0, "明年": 1, "后年": 2}
_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)年?")
_ANY_YEAR = re.compile("|".join((*_YEARS, r"(?:19|20)\d\d年")))
# What a bare topic asks for, in the words the documents use.
_TOPICS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(?:要|大概|一般)?(?:期限|时间|多久|几天|多长时间|时限|多少天)"), "期限是多少天"),
    (re.compile(r"费用|多少钱|贵不贵|成本"), "费用大概多少"),
    (re.compile(r"后果|不理|不回|不应诉|不处理"), "不回应有什么后果"),
    (re.compile(r"材料|文件|资料"), "需要什么材料"),
    (re.compile(r"流程|下一步|接下来|然后|之后|怎么操作|怎么做"), "下一步怎么做"),
    (re.compile(r"延期|延长"), "可以延期吗"),
    (re.compile(r"依据|哪条|出处"), "依据是什么"),
)


def core(text: str) -> str:
    """The follow-up without the words that only join it to what came before."""
    return _TAIL.sub("", _LEAD.sub("", text)).strip("，,。？? ")


def year(text: str, today: date) -> int | None:
    """The year that a follow-up names and nothing else (去年呢, 那2024年的呢)."""
    bare = core(text).removesuffix("的")
    if bare in _YEARS:
        return today.year + _YEARS[bare]
    found = _YEAR.fullmatch(bare)
    return int(found["year"]) if found else None


def names_year(question: str) -> bool:
    """Whether a question is about a year that it names."""
    return _ANY_YEAR.search(question) is not None


def of_year(question: str, year: int) -> str:
    """A question put of another year."""
    said, count = _ANY_YEAR.subn(f"{year}年", question, count=1)
    return said if count else f"{year}年{question}"


def topic(text: str) -> str | None:
    """The full question behind a bare topic; None when the text is none."""
    bare = core(text)
    return next((full for pattern, full in _TOPICS if pattern.search(bare)), None)


def complete(
    text: str,
    previous: str,
    *,
    named: Sequence[str],
    context: Sequence[str],
    stripped: str,
) -> str:
    """Write the whole question.

    :param previous: the question before, complete.
    :param named: Chinese names of what the follow-up itself names (a country, a right, a procedure).
    :param context: Chinese names of what the previous question was about.
    :param stripped: the previous question without what ``named`` replaces.
    """
    asked = topic(text)
    if named and asked is None:
        return "".join(named) + stripped
    if asked is not None:
        kept = [name for name in (*named, *context) if name and name not in asked]
        return " ".join((*dict.fromkeys(kept), asked))
    return f"{previous} {core(text)}".strip()
