"""Days of rest of forums and the arithmetic on them."""

from datetime import date, timedelta
from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.calendars import calendars_for, easter_sunday, open_calendar, spoken, weekday_name
from actions.deadline_rules import default_table
from actions.periods import add_months, count, shift
from knowledge.deadline_types import Direction, Period, RollRule, StartRule, Unit
from knowledge.errors import RuleError


def _calendar(code: str, country: str | None = None):
    (calendar,) = calendars_for(default_table(), code, country)
    return calendar


@pytest.mark.parametrize(
    ("code", "day", "rests"),
    [
        ("US", "2026-07-03", True),  # Independence Day observed on Friday
        ("US", "2026-10-12", True),
        ("US", "2026-11-11", True),
        ("US", "2026-11-27", False),  # the day after Thanksgiving is no federal holiday
        ("US", "2026-10-10", True),
        ("DE", "2026-10-03", True),
        ("DE", "2026-01-06", False),
        ("GB-ENG", "2026-12-28", True),
        ("GB-ENG", "2026-04-06", True),
        ("FR-ouvrables", "2026-11-14", False),
        ("FR-ouvrables", "2026-11-15", True),
        ("FR-ouvrables", "2026-11-11", True),
        ("JP-office", "2025-12-29", True),
        ("JP-office", "2026-01-03", True),
        ("JP-office", "2026-11-23", True),
        ("EUIPO", "2026-04-03", True),
        ("EUIPO", "2026-05-14", True),
        ("EUIPO", "2026-05-25", True),
        ("EUIPO", "2026-11-02", False),
        ("EPO", "2026-12-24", True),
        ("EPO", "2026-12-31", True),
        ("EPO", "2026-01-06", False),
        ("CJEU", "2026-06-23", True),
        ("CJEU", "2026-04-03", False),
        ("CN-workdays", "2026-10-05", True),
        ("CN-workdays", "2026-10-10", False),  # Saturday worked in exchange
        ("CN-workdays", "2026-11-21", True),
    ],
)
def test_day_of_rest_is_known(code, day, rests):
    assert _calendar(code).is_rest(date.fromisoformat(day)) is rests


def test_subdivision_adds_its_own_holidays():
    assert _calendar("UPC", "DE-BY").is_rest(date(2027, 1, 6))
    assert not _calendar("UPC", "DE").is_rest(date(2027, 1, 6))


def test_country_not_known_gives_every_candidate():
    assert len(calendars_for(default_table(), "EU-MEMBER", None)) == 27


def test_country_without_data_is_refused():
    with pytest.raises(RuleError, match="节假日数据"):
        calendars_for(default_table(), "ANY", "XX")


def test_china_beyond_the_published_years_is_weekends_and_statutory_days_with_a_note():
    calendar = _calendar("CN-workdays")
    assert calendar.is_rest(date(2040, 10, 1))
    assert calendar.is_rest(date(2040, 10, 6))  # a Saturday
    assert not calendar.is_rest(date(2040, 11, 7))
    assert any("2040年" in note for note in calendar.notes(date(2040, 1, 1), date(2040, 2, 1)))
    assert calendar.notes(date(2026, 1, 1), date(2026, 2, 1)) == []


def test_incomplete_closing_days_are_said():
    (note,) = _calendar("EUIPO").notes(date(2026, 1, 1), date(2026, 2, 1))
    assert "不会算晚" in note


# Days proclaimed, moved or abolished since 2025, as the governments published them.
CHANGED = {
    "KR": ("2026-05-01 2026-07-17 2027-05-03 2027-07-19 2028-05-01 2028-07-17", ""),
    "TW": ("2025-09-29 2025-10-24 2026-10-26 2027-04-30 2027-12-24", ""),
    "VN": ("2026-08-31 2026-11-24 2027-11-24 2028-11-24", ""),
    "KZ": ("2027-03-15 2028-03-15", "2026-08-31 2027-08-30 2028-08-30"),
    "KG": (
        "2026-01-02 2026-01-05 2026-01-06 2026-05-04 2026-05-06 2026-05-07 2026-05-08",
        "2026-02-23 2026-04-07 2026-12-31",
    ),
    "RU": (
        "2026-01-09 2026-03-09 2026-05-11 2026-12-31 2027-02-22 2027-05-03 2027-05-10 2027-06-14"
        " 2027-11-05 2027-12-31",
        "",
    ),
    "AM": ("2026-01-27 2027-01-27 2028-01-27", ""),
    "BY": ("2026-04-20", ""),
    "AR": ("2026-03-23 2026-07-10 2026-11-09 2026-12-07", ""),
    "IN": ("2026-03-04 2026-03-26 2026-04-14 2026-05-27", "2026-05-28"),
    "SG": ("2026-11-09 2027-05-17 2027-10-28", ""),
    "HU": ("2027-12-24", ""),
    # a forum's own list, not its country's default
    "CA-CIPO": (
        "2026-04-06 2026-05-18 2026-09-30 2026-10-12 2026-11-11 2026-12-28 2028-10-02",
        "2026-12-29",
    ),
    "CA-FC": ("2026-04-06 2026-05-18 2026-09-30 2026-10-12 2026-11-11", "2028-10-02"),
    "AU-IP": ("2026-03-09 2026-04-27 2026-10-05 2026-12-28", "2026-12-29"),
    "HK": ("2026-04-03 2026-04-07 2026-10-10 2026-10-11 2027-12-27", "2026-04-08"),
}  # fmt: skip


@pytest.mark.parametrize("code", CHANGED)
def test_days_changed_lately_and_a_forums_own_days_are_known(code):
    rests, works = (map(date.fromisoformat, days.split()) for days in CHANGED[code])
    calendar = _calendar(code)
    assert [day for day in rests if not calendar.is_rest(day)] == []
    assert [day for day in works if calendar.is_rest(day)] == []


@pytest.mark.parametrize(
    ("country", "code"), [("CA", "CA-CIPO"), ("AU", "AU-IP"), ("JP", "JP-office"), ("KR", "KR")]
)
def test_an_office_abroad_is_closed_on_its_own_days(country, code):
    assert _calendar("ANY", country).closing.code == code


def test_the_table_names_the_packages_that_are_installed():
    for name, library in default_table().libraries.items():
        assert version(name) == library.version


def test_the_last_year_of_chinas_arrangement_is_the_packages():
    from chinese_calendar.constants import holidays

    assert default_table().calendars["CN-workdays"].known_until == max(holidays).year


@pytest.mark.parametrize(
    ("year", "day"), [(2024, "2024-03-31"), (2026, "2026-04-05"), (2027, "2027-03-28")]
)
def test_easter(year, day):
    assert easter_sunday(year).isoformat() == day


def test_dates_are_spoken_with_their_weekday():
    assert spoken(date(2026, 10, 8)) == "2026年10月8日（星期四）"
    assert weekday_name(date(2026, 11, 22)) == "星期日"


@pytest.mark.parametrize("code", sorted(default_table().calendars))
def test_every_declared_calendar_opens(code):
    calendar = open_calendar(default_table().calendars[code])
    assert any(calendar.is_rest(date(2026, 11, 16) + timedelta(days=offset)) for offset in range(7))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-05-31", 1, "2026-06-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-02-28", 1, "2026-03-28"),
    ],
)
def test_months_clamp_at_the_end(day, months, expected):
    assert add_months(date.fromisoformat(day), months).isoformat() == expected


def test_months_beyond_the_calendar_are_refused():
    with pytest.raises(RuleError):
        add_months(date(9999, 12, 1), 1)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (StartRule.DAY_AFTER, "2026-05-31"),
        (StartRule.SAME_DAY, "2026-05-30"),
    ],
)
def test_months_that_begin_with_the_day_itself_end_a_day_earlier(start, expected):
    counted = count(
        date(2026, 3, 31),
        Period(2, Unit.MONTH),
        direction=Direction.AFTER,
        start_rule=start,
        roll_rule=RollRule.NONE,
        calendar=None,
    )
    assert counted.due.isoformat() == expected


def test_business_days_without_a_calendar_are_refused():
    with pytest.raises(RuleError, match="日历"):
        shift(date(2026, 11, 23), Period(3, Unit.BUSINESS_DAY), None)


@given(day=st.dates(date(2015, 1, 1), date(2030, 1, 1)), days=st.integers(1, 40))
def test_business_days_forward_and_back_meet(day, days):
    calendar = _calendar("US")
    start = calendar.next_working(day)
    period = Period(days, Unit.BUSINESS_DAY)
    assert shift(shift(start, period, calendar), period, calendar, -1) == start
