"""A reading in words: the card that a person sees, one short line for each thing that matters."""

from __future__ import annotations

from datetime import date

from knowledge.deadline_types import Bound
from knowledge.printed_dates import Meaning
from papers.labels import MEANINGS, amount_name, sum_of
from papers.parties import speaks, whose
from papers.types import DateRead, Party, Reading

LABEL = "这是机器读出来的，请对着原件核对；不构成法律意见。"
_SURE_KIND = 0.75
_WEEKDAYS = "一二三四五六日"


def card(reading: Reading, today: date) -> list[str]:
    """:return: the lines of the card."""
    sure = "" if is_sure(reading) else "（看着像，请核对）"
    rows = [f"这是什么：{name_of(reading)}{sure}"]
    sender = [part for part in (reading.forum, *_names(reading, sender=True)) if part]
    if sender:
        rows.append(f"谁发的：{'；'.join(sender[:3])}")
    if reading.docket:
        rows.append(f"案号：{reading.docket}")
    against = _names(reading, sender=False)
    if against:
        rows.append(f"针对谁：{'、'.join(against[:4])}")
    rows.append(f"最要紧的日子：{_pressing(reading, today)}")
    rows += [text for text in (also_due(reading, today),) if text]
    rows += [f"　{MEANINGS[item.meaning]}：{spoken(item, today)}" for item in reading.dates[:6]]
    rows += [f"要求：{text}" for text in reading.demands[:3]]
    rows += [f"金额：{amount_name(a)} {sum_of(a)}" for a in reading.amounts[:3]]
    if reading.questions:
        rows.append(f"现在先做：{reading.questions[0]}")
        rows += [f"还要问：{text}" for text in reading.questions[1:]]
    else:
        rows.append("现在先做：核对上面的日子，保留信封、邮件和送达记录，找律师或援助中心")
    rows += [f"请核对真伪：{text}" for text in reading.signs]
    return [*rows, LABEL]


def name_of(reading: Reading) -> str:
    """What a paper is called; of one of no known kind, that it was not recognised and how it begins."""
    if reading.form is not None:
        return reading.title
    return f"没有认出是哪种文书，读到的第一行是“{reading.title}”"


def is_sure(reading: Reading) -> bool:
    """Whether the kind is shown as read; where none was found there is nothing to doubt."""
    return reading.form is None or reading.confidence >= _SURE_KIND


def spoken(item: DateRead, today: date) -> str:
    """:return: a date in words, with the weekday, the days that are left, and whether it is doubtful."""
    day = item.date
    hour = f" {item.time.isoformat('minutes')}" if item.time else ""
    left = (day - today).days
    rest = f"，还有{left}天" if left > 0 else ("，就是今天" if left == 0 else "")
    doubt = "" if item.is_certain else "（没把握，请看原件）"
    return (
        f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）{hour}{rest}{doubt}"
    )


def printed_due(reading: Reading, today: date) -> DateRead | None:
    """The last day that the paper prints: the next one ahead, else the latest that is past."""
    found = _own_days(reading)
    ahead = [item for item in found if item.date >= today]
    if ahead:
        return min(ahead, key=lambda item: item.date)
    return max(found, key=lambda item: item.date, default=None)


def _own_days(reading: Reading) -> list[DateRead]:
    """The last days that the paper prints, without those that it sets the other side."""
    found = [item for item in reading.dates if item.meaning is Meaning.DUE and item.is_certain]
    if reading.side != Bound.RESPONDENT.value:
        return found
    return [item for item in found if not _is_of_sender(reading, item)]


def _is_of_sender(reading: Reading, item: DateRead) -> bool:
    role = whose(item.text)
    return role is not None and speaks(Party(role, ""), reading.parties)


def last_day(reading: Reading, today: date) -> tuple[date, str] | None:
    """The day to answer by as it is now, and the words it stands on; of printed days, the next one."""
    due = reading.due or {}
    if due.get("kind") == "printed" and (found := printed_due(reading, today)) is not None:
        return found.date, found.text
    if not due.get("due_date"):
        return None
    return date.fromisoformat(due["due_date"]), str(due["basis"])


def also_due(reading: Reading, today: date) -> str | None:
    """The last days that the paper prints beside the one that matters most, in one line; None without any."""
    last = last_day(reading, today)
    if last is None:
        return None
    days = {item.date for item in _own_days(reading)}
    later = [day for day in sorted(days) if day > last[0]]
    if not later:
        return None
    count = "一" if len(later) == 1 else str(len(later))
    said = "、".join(f"{day.year}年{day.month}月{day.day}日" for day in later)
    return f"还有{count}个截止日：{said}"


def _pressing(reading: Reading, today: date) -> str:
    last = last_day(reading, today)
    if last is not None:
        day, _ = last
        left = (day - today).days
        rest = f"还有{left}天" if left >= 0 else f"已过{-left}天，马上找律师确认能否补救"
        return f"{day.year}年{day.month}月{day.day}日前答复，{rest}"
    ahead = [item for item in reading.dates if item.date >= today and item.meaning in _AHEAD]
    if ahead:
        first = min(ahead, key=lambda item: item.date)
        return f"{MEANINGS[first.meaning]} {spoken(first, today)}"
    return "还算不出，见下面要先弄清的事" if reading.questions else "没有写明期限"


_AHEAD = (Meaning.DUE, Meaning.HEARING, Meaning.EXPIRES)


def _names(reading: Reading, *, sender: bool) -> list[str]:
    return [p.name for p in reading.parties if speaks(p, reading.parties) is sender]
