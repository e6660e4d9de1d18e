from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.service_clock import (
    CHINA,
    ServiceHours,
    Urgency,
    answer_in_words,
    hours_in_words,
    hours_of,
    is_workday,
    load_service_hours,
)
from knowledge.errors import SourceError

ROOT = Path(__file__).resolve().parents[2]
WHOLE = ((time(9), time(17)),)
SPLIT = ((time(9), time(12)), (time(14), time(17, 30)))
OFFICE = ServiceHours(week=(WHOLE,) * 5 + ((),) * 2)
LUNCH = ServiceHours(week=(SPLIT,) * 5 + ((),) * 2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("hours", "start", "minutes", "due"),
    [
        pytest.param(OFFICE, "2026-11-20 16:30", 60, "2026-11-23 09:30", id="over the weekend"),
        pytest.param(LUNCH, "2026-11-23 11:30", 60, "2026-11-23 14:30", id="over lunch"),
        pytest.param(LUNCH, "2026-11-20 17:00", 60, "2026-11-23 09:30", id="lunch and weekend"),
        pytest.param(OFFICE, "2026-11-23 07:00", 60, "2026-11-23 10:00", id="before opening"),
        pytest.param(OFFICE, "2026-11-22 12:00", 60, "2026-11-23 10:00", id="on Sunday"),
        pytest.param(OFFICE, "2026-11-23 16:00", 60, "2026-11-23 17:00", id="ends with the day"),
        pytest.param(OFFICE, "2026-09-30 16:30", 60, "2026-10-08 09:30", id="National Day"),
        pytest.param(OFFICE, "2026-02-13 16:30", 60, "2026-02-14 09:30", id="a Saturday worked"),
        pytest.param(OFFICE, "2026-02-14 16:30", 60, "2026-02-24 09:30", id="Spring Festival"),
        pytest.param(
            OFFICE, "2026-11-23 09:00", 24 * 60, "2026-11-25 17:00", id="three whole days"
        ),
    ],
)
def test_opening_time_is_counted_over_breaks_weekends_and_holidays(
    hours: ServiceHours, start: str, minutes: int, due: str
) -> None:
    assert hours.add(at(start), timedelta(minutes=minutes)) == at(due)
    assert hours.between(at(start), at(due)) == timedelta(minutes=minutes)


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),
    minutes=st.integers(1, 3000),
)
def test_adding_and_measuring_agree(start: datetime, minutes: int) -> None:
    begin = start.replace(tzinfo=CHINA)
    span = timedelta(minutes=minutes)
    assert LUNCH.between(begin, LUNCH.add(begin, span)) == span


@pytest.mark.parametrize(
    ("moment", "is_open", "opening"),
    [
        ("2026-11-23 10:00", True, "2026-11-23 10:00"),
        ("2026-11-23 12:00", False, "2026-11-23 14:00"),
        ("2026-11-23 17:30", False, "2026-11-24 09:00"),
        ("2026-11-21 10:00", False, "2026-11-23 09:00"),
        ("2026-10-01 10:00", False, "2026-10-08 09:00"),
    ],
)
def test_next_opening(moment: str, is_open: bool, opening: str) -> None:
    assert LUNCH.is_open(at(moment)) is is_open
    assert LUNCH.next_opening(at(moment)) == at(opening)


def test_closed_days_of_a_center_are_skipped() -> None:
    closed = replace(OFFICE, closed=frozenset({date(2026, 11, 23)}))
    assert closed.next_opening(at("2026-11-21 10:00")) == at("2026-11-24 09:00")


def test_moments_of_other_time_zones_are_the_same_moments() -> None:
    utc = at("2026-11-23 10:00").astimezone(tz=None)
    assert LUNCH.next_opening(utc) == at("2026-11-23 10:00")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23 10:00", 3, "2026-11-26 17:00"),
        ("2026-11-20 10:00", 1, "2026-11-23 17:00"),
        ("2026-11-21 10:00", 1, "2026-11-24 17:00"),
        ("2026-09-30 10:00", 1, "2026-10-08 17:00"),
        ("2026-11-23 10:00", 0, "2026-11-23 17:00"),
    ],
)
def test_working_days_after_the_day_of_asking(start: str, days: int, due: str) -> None:
    assert OFFICE.add_days(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("answered", "closed", "now", "urgency"),
    [
        (None, None, "2026-11-23 09:30", Urgency.ON_TIME),
        (None, None, "2026-11-23 09:50", Urgency.SOON),
        (None, None, "2026-11-23 10:01", Urgency.OVERDUE),
        ("2026-11-23 09:59", None, "2026-11-30 10:00", Urgency.MET),
        ("2026-11-23 10:01", None, "2026-11-30 10:00", Urgency.MISSED),
        (None, "2026-11-23 09:40", "2026-11-30 10:00", Urgency.MET),
    ],
)
def test_first_response_stops_with_the_answer_or_the_close(
    answered: str | None, closed: str | None, now: str, urgency: Urgency
) -> None:
    target = OFFICE.first_response_target(
        at("2026-11-23 09:00"), answered and at(answered), closed and at(closed), at(now)
    )
    assert target.due == at("2026-11-23 10:00")
    assert target.urgency is urgency


def test_resolution_is_separate_and_stops_with_the_close() -> None:
    created = at("2026-11-23 09:00")
    target = OFFICE.resolution_target(created, None, at("2026-11-27 09:00"))
    assert (target.due, target.urgency) == (at("2026-11-26 17:00"), Urgency.OVERDUE)
    done = OFFICE.resolution_target(created, at("2026-11-26 16:00"), at("2027-01-01 09:00"))
    assert done.urgency is Urgency.MET


def test_years_without_a_published_arrangement_follow_weekends_and_statutory_holidays() -> None:
    assert not is_workday(date(2035, 10, 1))
    assert not is_workday(date(2035, 10, 6))
    assert is_workday(date(2035, 11, 1))


def test_shipped_table_is_read_and_serves_every_center() -> None:
    table = load_service_hours(ROOT / "knowledge" / "tables" / "service_hours.yaml")
    assert hours_of(table, None) is table["default"]
    assert hours_of(table, "no-such-center") is table["default"]
    assert len(table["default"].week) == 7


@pytest.mark.parametrize(
    "text",
    [
        "other: {}",
        "- a",
        "default: {week: {mon: [9-12]}, first_response_minutes: 60, resolution_days: 3}",
        "default: {week: {tue: ['09:00-12:00']}, first_response_minutes: 60, resolution_days: 3}",
        "default: {week: {mon: ['14:00-17:00', '09:00-12:00']}, first_response_minutes: 1, resolution_days: 3}",
        "default: {week: {mon: ['12:00-09:00']}, first_response_minutes: 60, resolution_days: 3}",
        "default: {week: {mon: ['09:00-12:00']}}",
        "default: 5",
        "default: {",
    ],
)
def test_wrong_table_is_refused_naming_the_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "service_hours.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"service_hours\.yaml"):
        load_service_hours(path)


def test_hours_that_never_open_are_refused_instead_of_searched_for_ever() -> None:
    never = ServiceHours(week=((),) * 7)
    with pytest.raises(SourceError, match="没有开放时段"):
        never.next_opening(at("2026-11-23 10:00"))
    with pytest.raises(SourceError, match="没有开放时段"):
        never.add_days(at("2026-11-23 10:00"), 1)


def test_week_is_told_as_people_read_it():
    assert hours_in_words(LUNCH) == (
        "周一至周五 9:00–12:00、14:00–17:30，法定节假日休息，调休上班日照常"
    )
    saturday = ServiceHours(week=(WHOLE,) * 4 + (SPLIT, SPLIT, ()), keeps_public_holidays=False)
    assert hours_in_words(saturday) == "周一至周四 9:00–17:00；周五至周六 9:00–12:00、14:00–17:30"


@pytest.mark.parametrize(
    ("queued", "now", "minutes", "is_online", "told"),
    [
        ("11-23 09:10", "11-23 09:10", 30, True, "预计等待约30分钟"),
        ("11-23 09:10", "11-23 09:10", 30, False, "最迟今天10:10回复"),
        ("11-23 11:50", "11-23 11:50", 30, True, "最迟今天14:50回复"),
        ("11-28 11:00", "11-28 11:00", 30, True, "现在是非服务时间，最迟11月30日（周一）10:00回复"),
        (
            "11-28 11:00",
            "11-28 11:00",
            30,
            False,
            "现在是非服务时间，最迟11月30日（周一）10:00回复",
        ),
        ("11-23 09:00", "11-23 15:00", None, False, "已经超过应答时间，工作人员会尽快回复"),
        (
            "11-23 09:00",
            "11-23 18:00",
            None,
            False,
            "现在是非服务时间，11月24日（周二）9:00上班后尽快回复",
        ),
    ],
)
def test_person_is_told_what_the_desk_is_measured_by(queued, now, minutes, is_online, told):
    moments = at(f"2026-{queued}"), at(f"2026-{now}")
    assert answer_in_words(LUNCH, *moments, minutes=minutes, is_online=is_online) == told
    if "最迟" in told:  # the sign at the desk counts to the same moment
        due = LUNCH.first_response_target(moments[0], None, None, moments[1]).due
        assert f"{due.hour}:{due.minute:02d}" in told
