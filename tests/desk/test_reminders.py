"""A reminder tells once by each way, keeps quiet when asked, and ends with its cause."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from desk import reminders
from desk.due import What
from desk.engine import writing
from desk.errors import InvalidRecordError
from desk.reminders import MOST_TRIES, Reminder, Wishes
from desk.service_clock import CHINA

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)
NIGHT = datetime(2026, 11, 23, 22, 0, tzinfo=CHINA)
ONE = Reminder("wang", "deadline:R-1:2026-11-25:soon", What.DEADLINE, "R-1", date(2026, 11, 25))
OTHER = Reminder("wang", "lead:L-1:2026-11-25:soon", What.LEAD, "L-1", date(2026, 11, 25))
MAIL = "wang@example.org"


def test_each_cause_is_found_once(either_db: Engine) -> None:
    with writing(either_db) as conn:
        assert reminders.find(conn, [ONE, OTHER], now=NOW) == 2
        assert reminders.find(conn, [ONE, OTHER], now=NOW) == 0
        assert reminders.unseen(conn, "wang") == {ONE.key, OTHER.key}
        assert reminders.unseen(conn, "li") == frozenset()


def test_browser_shows_each_once_whichever_page_asks(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reminders.find(conn, [ONE], now=NOW)
        assert [item.key for item in reminders.take_to_show(conn, "wang", now=NOW)] == [ONE.key]
        assert reminders.take_to_show(conn, "wang", now=NOW) == ()
        assert reminders.unseen(conn, "wang") == {ONE.key}


def test_what_was_seen_in_the_list_is_not_shown_by_the_browser(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reminders.find(conn, [ONE], now=NOW)
        reminders.see(conn, "wang", now=NOW)
        assert reminders.take_to_show(conn, "wang", now=NOW) == ()
        assert reminders.unseen(conn, "wang") == frozenset()


def test_in_quiet_hours_it_waits(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reminders.wish(conn, "wang", Wishes(email=MAIL))
        reminders.find(conn, [ONE], now=NIGHT)
        assert reminders.take_to_show(conn, "wang", now=NIGHT) == ()
        assert reminders.take_to_mail(conn, now=NIGHT) == {}
        morning = NIGHT + timedelta(hours=10)
        assert set(reminders.take_to_mail(conn, now=morning)) == {MAIL}
        assert len(reminders.take_to_show(conn, "wang", now=morning)) == 1


@pytest.mark.parametrize(
    ("start", "end", "hour", "is_quiet"),
    [
        (20, 8, 23, True),
        (20, 8, 8, False),
        (12, 14, 13, True),
        (12, 14, 14, False),
        (0, 0, 0, False),
    ],
)
def test_quiet_hours_may_pass_midnight(start: int, end: int, hour: int, is_quiet: bool) -> None:
    wishes = Wishes(quiet_from=start, quiet_to=end)
    assert wishes.is_quiet(NOW.replace(hour=hour)) is is_quiet


def test_mail_goes_once_and_only_to_whoever_gave_an_address(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reminders.find(conn, [ONE, OTHER], now=NOW)
        assert reminders.take_to_mail(conn, now=NOW) == {}
        reminders.wish(conn, "wang", Wishes(email=MAIL))
        taken = reminders.take_to_mail(conn, now=NOW)
        assert {item.key for item in taken[MAIL]} == {ONE.key, OTHER.key}
        assert reminders.take_to_mail(conn, now=NOW) == {}


def test_whoever_switched_it_off_gets_nothing(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reminders.wish(conn, "wang", Wishes(is_on=False, email=MAIL))
        reminders.find(conn, [ONE], now=NOW)
        assert reminders.take_to_mail(conn, now=NOW) == {}
        assert reminders.take_to_show(conn, "wang", now=NOW) == ()


def test_what_a_mail_server_refused_is_tried_again_later_and_not_for_ever(
    either_db: Engine,
) -> None:
    moment, tries = NOW, 0
    with writing(either_db) as conn:
        reminders.wish(conn, "wang", Wishes(email=MAIL, quiet_from=0, quiet_to=0))
        reminders.find(conn, [ONE], now=moment)
        while taken := reminders.take_to_mail(conn, now=moment):
            reminders.not_mailed(conn, taken[MAIL], now=moment)
            assert reminders.take_to_mail(conn, now=moment) == {}
            moment += timedelta(hours=1)
            tries += 1
            assert tries <= MOST_TRIES
    assert tries == MOST_TRIES


def test_what_is_settled_reminds_no_more_and_comes_back_without_reminding_again(
    either_db: Engine,
) -> None:
    with writing(either_db) as conn:
        reminders.find(conn, [ONE], now=NOW)
        reminders.find(conn, [], now=NOW)
        assert reminders.take_to_show(conn, "wang", now=NOW) == ()
        reminders.find(conn, [ONE], now=NOW)
        assert len(reminders.take_to_show(conn, "wang", now=NOW)) == 1
        reminders.find(conn, [], now=NOW)
        reminders.find(conn, [ONE], now=NOW)
        assert reminders.take_to_show(conn, "wang", now=NOW) == ()


def test_what_ended_long_ago_is_removed(either_db: Engine) -> None:
    with writing(either_db) as conn:
        reminders.find(conn, [ONE, OTHER], now=NOW)
        reminders.find(conn, [OTHER], now=NOW)
        assert reminders.purge(conn, NOW + timedelta(days=1)) == 1


@pytest.mark.parametrize("email", ["wang", "a b@example.org", "a@b", "a@example.org\nBcc: x@y.org"])
def test_what_is_no_address_is_refused(either_db: Engine, email: str) -> None:
    with writing(either_db) as conn, pytest.raises(InvalidRecordError, match="邮箱"):
        reminders.wish(conn, "wang", Wishes(email=email))
