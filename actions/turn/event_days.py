"""Of several days that a message names, the one on which what a rule counts from happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from actions.date_readings import DateQuestion, ExactDate, Reading
from actions.dates import IN_A_ROW, FoundDate, find_dates, is_denied, is_wide, read_as
from actions.told_days import happened
from knowledge.date_meanings import UNSAID, Meaning, meaning_of
from knowledge.deadline_types import DeadlineRule, Event

_RECEIVING = frozenset((Meaning.SERVED, Meaning.RECEIVED))
_SERVED, _PUBLISHED = frozenset((Meaning.SERVED,)), frozenset((Meaning.PUBLISHED,))
_FILED, _ISSUED = frozenset((Meaning.FILED,)), frozenset((Meaning.ISSUED,))
# What is said of a day where a rule counts from each event; where that is said of none, what comes next.
_MEANS: Mapping[Event, tuple[frozenset[Meaning], ...]] = {
    Event.ISSUED: (_ISSUED,),
    Event.FILED: (_FILED,),
    Event.PUBLISHED: (_PUBLISHED, frozenset((Meaning.OTHER,))),
    Event.SERVED: (_SERVED, _RECEIVING, _ISSUED),
    Event.RECEIVED: (_RECEIVING, _ISSUED),
    Event.HEARING: (frozenset((Meaning.HEARING,)), frozenset((Meaning.OTHER,))),
    Event.EXPIRES: (frozenset((Meaning.EXPIRES,)), frozenset((Meaning.OTHER,))),
}
# What happens on a day of its own, not on that on which a paper comes.
_OWN_DAYS = frozenset(
    (
        Event.ISSUED, Event.FILED, Event.EXECUTED, Event.REGISTERED, Event.PRIORITY, Event.EXPIRES,
    )
)  # fmt: skip
# What an office does of its own some time after it was asked to.
_AFTER_FILING = frozenset((Event.PUBLISHED, Event.REGISTERED))
# What nobody learns from a gazette.
_NOT_PUBLISHED = frozenset((Event.SERVED, Event.RECEIVED, Event.FILED))
_MARK = re.compile("[，,。；;]")
# What is printed in a gazette may be told as sent (11月2日发的公告); what is only sent is not printed there.
_IN_GAZETTE = re.compile(r"公告|公布|公报|公开|刊登|登(?!记)|publi", re.IGNORECASE)
_STORY = 24  # longer than an answer to when something was
_ANY_OTHER = (frozenset((Meaning.OTHER,)),)


def day_of_event(text: str, event: Event, today: date) -> date | None:
    """The past day of an event (信11月9日寄出，我19日才收到: the 9th for a rule that counts from sending).

    :return: None where a message names fewer than two days, or its words do not tell them apart.
    """
    named = {day for day, _ in _past_days(text, today)}
    meant = days_meant(text, event, today)
    return meant.pop() if len(named) > 1 and len(meant) == 1 else None


def days_meant(text: str, event: Event, today: date) -> set[date]:
    """The past days of which a message says what a rule that counts from an event counts from."""
    return _of_event([*_past_days(text, today)], event)


def day_to_come(text: str, event: Event, today: date) -> date | None:
    """The day of an event that is yet to come (打算12月3日出庭); None where no or several days may be meant."""
    meant = _of_event([*_days(text, lambda reading: _ahead(reading, today), today)], event)
    return meant.pop() if len(meant) == 1 else None


def _of_event(told: list[tuple[date, Meaning]], event: Event) -> set[date]:
    meant = ({d for d, m in told if m in means} for means in _MEANS.get(event, _ANY_OTHER))
    return next((days for days in meant if days), set())


def _ahead(reading: Reading, today: date) -> date | None:
    """The day after today that words mean; of those without a year the one to come."""
    days = reading.candidates if isinstance(reading, DateQuestion) else ()
    days = (reading.day,) if isinstance(reading, ExactDate) else days
    ahead = [day for day in days if day > today]
    return ahead[0] if len(ahead) == 1 else None


def says_of(text: str, event: Event, today: date) -> bool:
    """Whether a message names one past day only, and says of it what happens on the day of an event."""
    told = {*_past_days(text, today)}
    means = _MEANS.get(event, ())[:1]
    return len(told) == 1 and any(m in meant for meant in means for _, m in told)


def _past_days(text: str, today: date) -> Iterator[tuple[date, Meaning]]:
    """Each past day that a message names and does not deny, and what it says of it."""
    normal = read_as(text)

    def past(reading: Reading) -> date | None:
        reading = happened(reading, normal, today) or reading
        is_past = isinstance(reading, ExactDate) and reading.day <= today
        return reading.day if isinstance(reading, ExactDate) and is_past else None

    return _days(text, past, today)


def _days(
    text: str, pick: Callable[[Reading], date | None], today: date
) -> Iterator[tuple[date, Meaning]]:
    """Each day that is picked of what a message names and does not deny, and what it says of it."""
    normal = read_as(text)
    for item, meaning, _ in _told(text, today):
        day = pick(item.reading)
        if day is not None and not is_denied(normal, item):
            yield day, meaning


def _told(text: str, today: date) -> Iterator[tuple[FoundDate, Meaning, float]]:
    """Each day that a message names, what its own clause says of it, and how surely.

    Of days in a row (11月10日和16日各收到一份) the same is said.
    """
    normal = read_as(text)
    found = find_dates(text, today)
    joined: list[FoundDate] = []
    start = 0
    for place, item in enumerate(found):
        stop = found[place + 1].start if place + 1 < len(found) else len(normal)
        joined.append(item)
        if place + 1 < len(found) and IN_A_ROW.fullmatch(normal, item.end, stop):
            continue
        before, after, start = normal[start : joined[0].start], normal[item.end : stop], item.end
        if place >= len(joined):  # what stands before the last mark is said of the day before
            before = _MARK.split(before)[-1]
        if stop < len(normal):  # its last clause is said of the next day
            after = after[: max((m.start() for m in _MARK.finditer(after)), default=len(after))]
        meant = meaning_of(before, after)
        yield from ((day, *meant) for day in joined)
        joined = []


def counted_from(text: str, event: Event, today: date, day: date) -> date | None:
    """The day that a rule counts from, where a message tells a day; None where it tells of another event."""
    counted = day_of_event(text, event, today)
    return counted or (day if may_count_from(text, event, today) else None)


def tells_receipt(text: str, today: date) -> bool:
    """Whether a message tells a day on which a paper came."""
    normal = read_as(text)
    found = find_dates(text, today)
    return any(meaning_of(normal[: d.start], normal[d.end :])[0] in _RECEIVING for d in found)


def only_received(text: str, today: date) -> bool:
    """Whether a past day is told, and all are days on which something else than a gazette came."""
    told = {meaning for _, meaning in _past_days(text, today)}
    return bool(told) and told <= _RECEIVING and not _IN_GAZETTE.search(text)


def before_receipt(text: str, today: date) -> date | None:
    """The earlier day, of which nothing is told, of two of which the later is that of receipt."""
    told = {*_past_days(text, today)}
    came = [day for day, meaning in told if meaning in _RECEIVING]
    other = [day for day, meaning in told if meaning is Meaning.OTHER]
    return other[0] if len(told) == 2 and came and other and other[0] < came[0] else None


def event_counted(rule: DeadlineRule, country: str | None) -> Event:
    """What a period counts from where the day of receipt is told beside another one.

    :param country: the country whose authority sent the paper; None where it is not known.
    """
    what, _ = meaning_of(rule.trigger, "")
    if rule.event is Event.ISSUED and what is Meaning.PUBLISHED:
        return Event.PUBLISHED
    passes_on = rule.event is Event.SERVED and what not in _RECEIVING
    return Event.ISSUED if passes_on or country in rule.dated_in else rule.event


def only_published(text: str, today: date) -> bool:
    """Whether all past days that a message tells are days of publication."""
    return {meaning for _, meaning in _past_days(text, today)} == _PUBLISHED


def may_count_from(text: str, event: Event, today: date) -> bool:
    """Whether a rule that counts from an event may count from the day that a story tells.

    Who says that a paper came has told nothing of its sending, a filing, a measure, a registration or an expiry;
    who mentions a whole month in a story (上个月他跟我说) has told no day at all, and whose publication is yet to
    come no day of one.
    """
    if event is Event.PUBLISHED and not _is_published(text, today):
        return False
    told = [*_told(text, today)]
    is_by_the_way = len(read_as(text)) > _STORY and all(
        is_wide(item) and sure <= UNSAID for item, _, sure in told
    )
    return not (told and is_by_the_way) and tells(event, (meaning for _, meaning, _ in told))


def _is_published(text: str, today: date) -> bool:
    """Whether a day may be one of publication: not where all were only sent, or the publication is to come."""
    told = {meaning for _, meaning in _past_days(text, today)}
    if told == _ISSUED and not _IN_GAZETTE.search(text):
        return False
    ahead = {meaning for _, meaning in _days(text, lambda r: _ahead(r, today), today)}
    return not (Meaning.PUBLISHED in ahead and told and Meaning.PUBLISHED not in told)


def tells(event: Event, meant: Iterable[Meaning]) -> bool:
    """Whether days of these meanings may tell of an event, and not only of a paper's coming or a publication."""
    meanings = frozenset(meant)
    if event in _NOT_PUBLISHED and meanings == _PUBLISHED:
        return False
    if event in _AFTER_FILING and meanings == _FILED:
        return False
    return event not in _OWN_DAYS or _RECEIVING.isdisjoint(meanings)
