"""A calendar file for computed deadlines, to be opened on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from actions.deadline_result import DeadlineResult

REMINDER_DAYS = (7, 3, 1)


@dataclass(frozen=True)
class Day:
    """A date that no rule of ours counted: what it is called and what should be known of it."""

    label: str
    day: date
    notes: str = ""


def to_ics(results: list[DeadlineResult], stamp: datetime, days: Sequence[Day] = ()) -> str:
    """Write all-day events for the dates and their further steps, with reminders.

    :param stamp: when the file was made, with its time zone.
    :param days: further dates.
    :return: the text of an iCalendar file; no event for a result without any date.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Huhang//Deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "维权期限")
    for result in results:
        for label, day in _dates(result):
            calendar.add_component(_event(result, label, day, stamp))
    for item in days:
        known = f"{item.label}-{item.day}@huhang"
        calendar.add_component(_all_day(known, item.label, item.day, item.notes, stamp))
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


def _event(result: DeadlineResult, label: str, day: date, stamp: datetime) -> Any:
    lines = [result.counted, f"依据：{result.rule.basis}", f"错过的后果：{result.rule.consequence}"]
    if result.beijing_time and day == result.shown_date:
        lines.append(result.beijing_time)
    uid = f"{result.rule.id}-{result.trigger_date}-{day}@huhang"
    return _all_day(uid, label, day, "\n".join([*lines, *result.notes]), stamp)


def _all_day(uid: str, label: str, day: date, notes: str, stamp: datetime) -> Any:
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", label)
    event.add("description", notes)
    event.add("transp", "TRANSPARENT")
    for days in REMINDER_DAYS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"还有{days}天：{label}")
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    return event
