"""Dates printed in papers of several countries, with the hour and what each stands for."""

from datetime import date, time

import pytest

from knowledge.printed_dates import Meaning, date_words, printed_dates

TODAY = date(2026, 11, 28)

# text, country, what is printed as (day, hour, meaning)
PRINTED = [
    ("TRO entered 11/9/2026, expires 11/23/2026, PI hearing 12/1/2026 at 9:30am", "US",
     [("2026-11-09", None, "issued"), ("2026-11-23", None, "expires"), ("2026-12-01", "09:30", "hearing")]),
    ("Wir fordern Sie auf, bis zum 04.12.2026, 12:00 Uhr, eine Erklärung abzugeben", "DE", [("2026-12-04", "12:00", "due")]),
    ("Frist: 4. Dezember 2026", "DE", [("2026-12-04", None, "due")]),
    ("Beschluss vom 3. November 2026", "DE", [("2026-11-03", None, "issued")]),
    ("Date: 18 November 2026. Unless we receive the undertakings by 4 pm on 2 December 2026, we will issue proceedings.", "GB",
     [("2026-11-18", None, "issued"), ("2026-12-02", "16:00", "due")]),
    ("Mailed: November 9, 2026. Opposition No. 91300001. Time to Answer: 12/19/2026.", "US",
     [("2026-11-09", None, "issued"), ("2026-12-19", None, "due")]),
    ("Issue date: November 5, 2026. A response must be received within three (3) months.", "US", [("2026-11-05", None, "issued")]),
    ("The complaint was filed on November 2, 2026 and served on November 5, 2026.", "US",
     [("2026-11-02", None, "filed"), ("2026-11-05", None, "served")]),
    ("This Order shall remain in effect until November 23, 2026.", "US", [("2026-11-23", None, "expires")]),
    ("Please respond on or before Dec. 4, 2026 at 5:00 p.m.", "US", [("2026-12-04", "17:00", "due")]),
    ("assigné à l'audience du 14 janvier 2027 à 9h30", "FR", [("2027-01-14", "09:30", "hearing")]),
    ("発送日 令和8年11月5日 意見書提出期限 令和9年1月4日", "JP", [("2026-11-05", None, "issued"), ("2027-01-04", None, "due")]),
    ("발송일자 2026. 11. 05. 제출기일 2027. 01. 05.", "KR", [("2026-11-05", None, "issued"), ("2027-01-05", None, "due")]),
    ("收到德国律师Abmahnung，信上写12月4日12点前签承诺函", None, [("2026-12-04", "12:00", "due")]),
    ("拒绝理由通知书，11月5日发的", None, [("2026-11-05", None, "issued")]),
    ("通知落款2026年11月1日，我们11月8日收到", None, [("2026-11-01", None, "issued"), ("2026-11-08", None, "received")]),
    # which number is the month: the country, another date of the paper, or left out
    ("due 12/1/2026", "US", [("2026-12-01", None, "due")]),
    ("due 12/1/2026", "GB", [("2026-01-12", None, "due")]),
    ("entered 11/20/2026, due 12/1/2026", None, [("2026-11-20", None, "issued"), ("2026-12-01", None, "due")]),
    ("due 12/1/2026", None, []),
    ("11/20/26 served", None, [("2026-11-20", None, "served")]),
    # impossible days and figures that are no dates
    ("due February 30, 2026, 37 CFR 2.105, 1:26-cv-01234, v. 12.13.2026", "US", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "country", "expected"), PRINTED)
def test_a_printed_date_has_its_hour_and_meaning(text, country, expected):
    found = printed_dates(text, country=country, today=TODAY)
    shown = [
        (item.date.isoformat(), item.time and item.time.isoformat("minutes"), item.meaning.value)
        for item in found
    ]
    assert shown == expected


def test_the_sentence_of_a_date_is_kept_with_it():
    (due,) = printed_dates("A notice was filed. Time to Answer: 12/19/2026. Regards.", country="US")
    assert (due.text, due.words, due.time) == ("Time to Answer: 12/19/2026.", "12/19/2026", None)


def test_a_year_is_only_completed_where_today_is_known():
    assert printed_dates("12月4日前答复") == ()
    (due,) = printed_dates("12月4日前答复", today=TODAY)
    assert (due.date, due.meaning) == (date(2026, 12, 4), Meaning.DUE)


def test_an_hour_belongs_to_its_own_date():
    first, second = printed_dates("hearing 12/1/2026 at 9:30am, due 12/4/2026", country="US")
    assert (first.time, second.time) == (time(9, 30), None)


def test_words_of_a_date_are_kept_even_if_its_order_is_open():
    assert date_words("due 12/1/2026, again 12/1/2026") == ("12/1/2026",)
