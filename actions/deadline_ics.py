"""A calendar file for computed deadlines, to be opened on a phone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from actions.deadline_result import DeadlineResult

REMINDER_DAYS = (7, 3, 1)
# A day begins at midnight; its reminders ring when people are up.
_RINGS_AT = timedelta(hours=9)


@dataclass(frozen=True)
class Day:
    """A date that no rule of ours counted: what it is called and what should be known of it."""

    label: str
    day: date
    notes: str = ""


def to_ics(
    results: list[DeadlineResult], stamp: datetime, days: Sequence[Day] = (), *, case: str = ""
) -> str:
    """Write all-day events for the dates and their further steps, with reminders.

    :param stamp: when the file was made, with its time zone.
    :param days: further dates.
    :param case: what tells the matter from a person's others: its docket number, the name of its paper.
    :return: the text of an iCalendar file; no event for a result without any date.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Huhang//Deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"维权期限 {case}".rstrip())
    for result in results:
        for label, day in _dates(result):
            known = f"{result.rule.id}-{result.trigger_date}"
            calendar.add_component(
                _all_day(known, Day(label, day, _notes(result, day)), case, stamp)
            )
    for item in days:
        calendar.add_component(_all_day(item.label, item, case, stamp))
    text: bytes = calendar.to_ical()
    return text.decode("utf-8")


def _dates(result: DeadlineResult) -> list[tuple[str, date]]:
    title = result.rule.title
    dated: list[tuple[str, date]] = []
    if result.due_date is not None:
        dated.append((f"截止：{title}", result.due_date))
    elif result.estimate is not None:
        dated.append((f"估算（以文书日期为准）：{title}", result.estimate))
    if result.opens is not None:
        dated.append((f"可以开始办理：{title}", result.opens))
    dated += [(f"{title}：{step.label}", step.due_date) for step in result.also]
    return dated


def _notes(result: DeadlineResult, day: date) -> str:
    lines = [result.counted, f"依据：{result.rule.basis}", f"错过的后果：{result.rule.consequence}"]
    if result.beijing_time and day == result.shown_date:
        lines.append(result.beijing_time)
    return "\n".join([*lines, *result.notes])


def _all_day(known: str, item: Day, case: str, stamp: datetime) -> Any:
    """:param known: tells the event from others of its case; the same event again replaces the first."""
    from icalendar import Alarm, Event

    label = f"{item.label}（{case}）" if case else item.label
    mark = f"-{hashlib.sha256(case.encode()).hexdigest()[:12]}" if case else ""
    event = Event()
    event.add("uid", f"{known}-{item.day}{mark}@huhang")
    event.add("dtstamp", stamp)
    event.add("dtstart", item.day)
    event.add("dtend", item.day + timedelta(days=1))
    event.add("summary", label)
    event.add("description", item.notes)
    event.add("transp", "TRANSPARENT")
    for days in REMINDER_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"还有{days}天：{label}")
        alarm.add("trigger", _RINGS_AT - timedelta(days=days))
        event.add_component(alarm)
    return event
