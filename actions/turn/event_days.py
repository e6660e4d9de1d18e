"""Of several days that a message names, the one on which what a rule counts from happened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from actions.date_readings import ExactDate
from actions.dates import find_dates, is_denied, read_as
from knowledge.date_meanings import Meaning, meaning_of
from knowledge.deadline_types import Event

_RECEIVING = frozenset((Meaning.SERVED, Meaning.RECEIVED))
# What is said of a day where a rule counts from each event.
_MEANS: Mapping[Event, frozenset[Meaning]] = {
    Event.ISSUED: frozenset((Meaning.ISSUED,)),
    Event.FILED: frozenset((Meaning.FILED,)),
    Event.SERVED: _RECEIVING,
    Event.RECEIVED: _RECEIVING,
}
# What happens on a day of its own, not on that of a paper that comes.
_OWN_DAYS = frozenset((Event.FILED, Event.REGISTERED, Event.PRIORITY, Event.EXPIRES))
_MARK = re.compile("[，,。；;]")
_ANY_OTHER = frozenset((Meaning.OTHER,))


def day_of_event(text: str, event: Event, today: date) -> date | None:
    """The past day of an event (信11月9日寄出，我19日才收到: the 9th for a rule that counts from sending).

    :return: None where a message names fewer than two days, or its words do not tell them apart.
    """
    normal = read_as(text)
    found = find_dates(text, today)
    named, meant, start = set(), set(), 0
    for place, item in enumerate(found):
        stop = found[place + 1].start if place + 1 < len(found) else len(normal)
        before, after, start = normal[start : item.start], normal[item.end : stop], item.end
        if stop < len(normal):  # its last clause is said of the next day
            after = after[: max((m.start() for m in _MARK.finditer(after)), default=len(after))]
        if not isinstance(item.reading, ExactDate) or item.reading.day > today:
            continue
        if is_denied(normal, item):
            continue
        named.add(item.reading.day)
        if meaning_of(before, after)[0] in _MEANS.get(event, _ANY_OTHER):
            meant.add(item.reading.day)
    return meant.pop() if len(named) > 1 and len(meant) == 1 else None


def may_count_from(text: str, event: Event, today: date) -> bool:
    """Whether a rule that counts from an event may count from the day that a story tells.

    Who says that a paper came has told nothing of a filing, a registration or an expiry.
    """
    normal = read_as(text)
    told = (meaning_of(normal[: d.start], normal[d.end :])[0] for d in find_dates(text, today))
    return event not in _OWN_DAYS or _RECEIVING.isdisjoint(told)
