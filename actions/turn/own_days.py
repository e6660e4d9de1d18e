"""The day that a paper in hand sets itself, or that the person reads off one; it goes before any rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import conversation as talk
from actions.context import Services
from actions.deadline_asking import asks_for_a_day
from actions.told_days import day_in
from actions.turn.asking import asks
from actions.turn.letters import counted, own_period, own_words, start_of, what_to_tell
from actions.turn.printed import Printed, printed_for
from knowledge.notices import named
from knowledge.printed_dates import Meaning, printed_dates

# Said of a day that was spoken of before.
DAY_AGAIN = re.compile(
    r"(?:准|那个|这个)?日[子期](?!.{0,6}(?:收费|费用))|哪天|哪一天|几号|[还只就][剩有](?:这么|那么|下|了)?(?:几|多少|点)天|剩几天|多少天了|到期(?=日|吗|没|$|[?？])|最晚|最迟|截止"
)
# Asked of a letter in hand: by when to answer it.
_REPLY = re.compile(
    r"什么时候(?:之?前)?[^，。]{0,3}(?:回|答|交|签)|多久(?:内|之内)?[^，。]{0,3}回|几天(?:之?内)?[^，。]{0,3}回|(?:期限|时限|时间)(?:是|有)?(?:几|多少|多久|多长|哪|到)"
    r"|还?有效吗|失效|过期"
)
_SPEAKS_OF_PAPER = 60
# A message that tells a day and little else (哦说错，是11月5日；11月23日送达我们的).
TELLING = 36
_READS_OFF = re.compile(r"写着|写的是|写明|印着|印的|标着|注明|上面(?:写|说|标|印)|单子上|纸上")


def own_day(services: Services, tracker: Tracker, paper: Mapping[str, Any]) -> Printed | str | None:
    """What the paper in hand sets itself: its last day, or its period counted from the day that is known.

    :return: the day, the sentence that asks for the one it counts from, or None where it sets none.
    """
    text = own_words(talk.text(tracker))
    asks_day = asks_for_a_day(text) or _REPLY.search(text) or DAY_AGAIN.search(text)
    today = services.today()
    if asks_day and len(text) <= _SPEAKS_OF_PAPER:
        printed = printed_for(text, paper, today)
        if printed is not None:
            return printed
    told = None if asks(text) else _printed_in_words(text, today)
    if told is not None:
        return told
    period = own_period(paper, services.deadlines)
    day = day_in(services, tracker)
    is_told = day is not None and "told" not in paper and len(text) <= TELLING
    if period is None or len(text) > _SPEAKS_OF_PAPER or not (asks_day or is_told):
        return None
    if named(text) not in (None, paper["kind"]):
        return None  # another paper is spoken of
    start = start_of(paper, period, day)
    if start is None:
        return what_to_tell(paper, period)
    country = paper.get("country") or talk.slot(tracker, "country")
    found = counted(period, start, country)
    return Printed(
        str(paper["title"]), found.day, None, str(period["text"]), Meaning.DUE.value, found.words
    )  # fmt: skip


def _printed_in_words(text: str, today: date) -> Printed | None:
    """The day to come that the person reads off a paper (单子上写着11月27号到期)."""
    if len(text) > _SPEAKS_OF_PAPER or not _READS_OFF.search(text):
        return None
    ends = (Meaning.DUE, Meaning.EXPIRES, Meaning.HEARING)
    found = [f for f in printed_dates(text, today=today) if f.meaning in ends and f.date >= today]
    if len(found) != 1:
        return None
    return Printed("手里的文书", found[0].date, None, text, found[0].meaning.value)
