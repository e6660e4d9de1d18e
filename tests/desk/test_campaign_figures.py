"""What a campaign's figures show, and what they do not."""

from __future__ import annotations

import io
import threading
from datetime import date, datetime, timezone

import openpyxl
import sqlalchemy as sa

from desk import (
    campaign_counts,
    campaign_plays,
    campaigns,
    digests,
    handoffs,
    lead_intake,
    privacy,
    recording,
    retention,
)
from desk.campaign_counts import Happening
from desk.campaign_figures import figures, sheets
from desk.campaign_plays import Asked, Play, board
from desk.campaign_tables import campaign_arrivals, campaign_tallies
from desk.campaign_tables import campaign_plays as plays_table
from desk.campaigns import Campaign, Occasion, Place, PlaceKind, Team
from desk.engine import reading, writing
from desk.exports import workbook
from desk.measures import Period

# 23:30 in UTC is half past seven of the next morning in China.
MORNING = datetime(2026, 4, 22, 23, 30, tzinfo=timezone.utc)


def kept(engine, places=3):
    day = date(2026, 4, 20)
    wanted = Campaign(
        "活动", Occasion.IP_DAY, day, date(2026, 4, 26), date(2026, 4, 30),
        places=tuple(Place(f"地点{n}", PlaceKind.STAND) for n in range(1, places + 1)),
        teams=(Team("", "一班"),),
    )  # fmt: skip
    with writing(engine) as conn:
        return campaigns.save(conn, wanted, "test")


def happen(engine, campaign, place, times, what=Happening.SCAN, question=""):
    for _ in range(times):
        with writing(engine) as conn:
            campaign_counts.count(conn, campaign.id, place, what, question=question, now=MORNING)


def shown(engine, campaign, **options):
    with reading(engine) as conn:
        return figures(conn, campaign, **options)


def test_day_and_hour_are_those_in_china(fresh_db):
    campaign = kept(fresh_db)
    happen(fresh_db, campaign, "1", 4)
    found = shown(fresh_db, campaign)
    assert (list(found.days), list(found.hours)) == ([date(2026, 4, 23)], [7])


def test_groups_under_three_are_hidden_and_cannot_be_worked_out(fresh_db):
    campaign = kept(fresh_db)
    for place, times in (("1", 9), ("2", 5), ("3", 2)):
        happen(fresh_db, campaign, place, times)
    found = shown(fresh_db, campaign)
    assert found.totals["scan"] == 16
    # With one place hidden alone, 16 - 9 - 5 would give it away: the next smallest goes with it.
    assert [found.places[code]["scan"] for code in "123"] == [9, None, None]
    assert shown(fresh_db, campaign, smallest=0).places["3"]["scan"] == 2


def test_a_small_sum_is_hidden_and_none_is_none(fresh_db):
    campaign = kept(fresh_db)
    happen(fresh_db, campaign, "1", 2)
    found = shown(fresh_db, campaign)
    assert (found.totals["scan"], found.totals["start"]) == (None, 0)


def test_a_question_that_few_answered_shows_neither_number(fresh_db):
    campaign = kept(fresh_db)
    happen(fresh_db, campaign, "1", 2, Happening.RIGHT, "q1")
    happen(fresh_db, campaign, "1", 3, Happening.RIGHT, "q2")
    happen(fresh_db, campaign, "1", 1, Happening.WRONG, "q2")
    happen(fresh_db, campaign, "1", 1, Happening.WRONG, "q3")
    found = [
        (item.question, item.times, item.right) for item in shown(fresh_db, campaign).questions
    ]
    # In the order of their shares the hidden ones would stand as q3, q2, q1.
    assert found == [("q2", 4, 3), ("q1", None, None), ("q3", None, None)]


def test_what_happens_at_once_is_counted_once_each(fresh_db):
    campaign = kept(fresh_db)
    people = [threading.Thread(target=happen, args=(fresh_db, campaign, "1", 5)) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with reading(fresh_db) as conn:
        rows = conn.execute(sa.select(campaign_tallies)).all()
    assert [row.times for row in rows] == [40]


def come(engine, campaign, sender, place="1"):
    with writing(engine) as conn:
        campaign_counts.arrive(conn, sender, campaign.id, place)
        recording.receive(conn, sender, "web", "商标怎么注册")


def test_conversations_are_followed_to_the_consultation_and_the_lead(fresh_db, lead):
    campaign = kept(fresh_db)
    for sender in ("a", "b", "c"):
        come(fresh_db, campaign, sender)
        with writing(fresh_db) as conn:
            campaign_counts.arrive(conn, sender, campaign.id, "2")  # the first place stays
            handoffs.open_ticket(conn, sender, "用户请求")
    with writing(fresh_db) as conn:
        recording.receive(conn, "stranger", "web", "没有扫码")
        handoffs.open_ticket(conn, "stranger", "用户请求")
        lead_intake.upsert(conn, lead(sender="a"))
    found = shown(fresh_db, campaign, smallest=0)
    assert {name: found.places["1"][name] for name in ("arrivals", "questions", "consultations", "leads")} == {
        "arrivals": 3, "questions": 3, "consultations": 3, "leads": 1,
    }  # fmt: skip
    assert shown(fresh_db, campaign).totals["leads"] is None


def test_who_is_erased_or_long_gone_leaves_no_arrival(fresh_db):
    campaign = kept(fresh_db)
    come(fresh_db, campaign, "a")
    come(fresh_db, campaign, "b")
    with writing(fresh_db) as conn:
        privacy.erase(conn, "a")
        assert conn.execute(sa.select(campaign_arrivals.c.sender)).scalars().all() == ["b"]
        retention.purge(conn, datetime(2100, 1, 1, tzinfo=timezone.utc), "test")
        assert conn.execute(sa.select(campaign_arrivals.c.sender)).scalars().all() == []


def test_old_rounds_go_and_their_numbers_stay(fresh_db):
    campaign = kept(fresh_db)
    team = campaign.teams[0].code
    happen(fresh_db, campaign, "1", 3, Happening.START)
    with writing(fresh_db) as conn:
        for _ in range(3):
            play = Play(
                campaign_plays.new_id(),
                campaign.id,
                "1",
                team,
                "adult",
                "s",
                (Asked("q1", ("A", "B")),),
            )
            play = campaign_plays.begin(conn, play, now=MORNING)
            campaign_plays.answer(conn, play, "A", is_right=True, now=MORNING)
        assert [item.share for item in board(conn, campaign.id)] == [1.0]
        retention.purge(conn, datetime(2100, 1, 1, tzinfo=timezone.utc), "test")
        assert conn.execute(sa.select(sa.func.count()).select_from(plays_table)).scalar() == 0
    assert shown(fresh_db, campaign).totals["start"] == 3


def test_the_workbook_and_the_digest_have_the_figures_and_hide_the_same(fresh_db):
    campaign = kept(fresh_db)
    happen(fresh_db, campaign, "1", 9)
    happen(fresh_db, campaign, "2", 1)
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(sheets(campaign, shown(fresh_db, campaign), {})))
    )
    assert book.sheetnames == ["活动", "按地点", "按日期", "按小时", "每道题"]
    rows = {row[0]: row[1] for row in book["按地点"].iter_rows(values_only=True)}
    assert (rows["地点1"], rows["地点2"], rows["地点3"]) == ("少于3", "少于3", "0")
    spring = Period(
        datetime(2026, 4, 1, tzinfo=timezone.utc), datetime(2026, 5, 1, tzinfo=timezone.utc)
    )
    with writing(fresh_db) as conn:
        data = digests.report(conn, spring, "wang", columns=())
    sheet = openpyxl.load_workbook(io.BytesIO(data))["宣传活动"]
    head, row = sheet.iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True))["扫码打开"] == "10"
    summer = Period(
        datetime(2026, 6, 1, tzinfo=timezone.utc), datetime(2026, 7, 1, tzinfo=timezone.utc)
    )
    with writing(fresh_db) as conn:
        data = digests.report(conn, summer, "wang", columns=())
    assert "宣传活动" not in openpyxl.load_workbook(io.BytesIO(data)).sheetnames
