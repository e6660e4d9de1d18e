"""Campaigns as records: made, changed, copied, and shipped ready."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from desk import audit, campaign_defaults, campaigns
from desk.campaigns import Campaign, Occasion, Phase, Place, PlaceKind, Team
from desk.engine import open_engine, reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.migrations import migrate
from knowledge.campaign_table import next_campaigns

TABLES = Path(__file__).resolve().parents[2] / "knowledge" / "tables"


def made(**changes):
    values = {
        "name": "2026年世界知识产权日", "occasion": Occasion.IP_DAY, "starts_on": date(2026, 4, 20),
        "ends_on": date(2026, 4, 26), "closes_on": date(2026, 4, 30),
        "theme": "知识产权和体育", "theme_source": "WIPO", "questions": ("q01", "q06"),
        "places": (Place("展台", PlaceKind.STAND), Place("一中", PlaceKind.SCHOOL), Place("地铁口", PlaceKind.METRO)),
        "teams": (Team("", "三年级2班"), Team("", "五年级1班")),
    }  # fmt: skip
    return Campaign(**{**values, **changes})


def save(engine, campaign):
    with writing(engine) as conn:
        return campaigns.save(conn, campaign, "wang")


def test_what_was_saved_is_found_by_its_code(fresh_db):
    kept = save(fresh_db, made())
    with reading(fresh_db) as conn:
        found = campaigns.by_code(conn, kept.code)
        entry = conn.execute(
            sa.select(sa.func.count()).select_from(audit.tables.audit_log)
        ).scalar()
    assert found == kept
    assert [place.code for place in found.places] == ["1", "2", "3"]
    assert len({team.code for team in found.teams}) == 2
    assert found.team(found.teams[1].code.upper()).name == "五年级1班"
    assert entry == 1
    with reading(fresh_db) as conn, pytest.raises(NotFoundError):
        campaigns.by_code(conn, "nothing")


def test_a_printed_place_and_a_team_keep_their_codes_when_others_go(fresh_db):
    kept = save(fresh_db, made())
    places = (kept.places[2], Place("东山湖公园", PlaceKind.PARK), kept.places[1])
    later = save(
        fresh_db, replace(kept, places=places, teams=(Team("", "五年级1班"), Team("", "六年级")))
    )
    assert [(place.name, place.code) for place in later.places] == [
        ("地铁口", "3"), ("东山湖公园", "1"), ("一中", "2"),
    ]  # fmt: skip
    assert later.teams[0].code == kept.teams[1].code


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "名字"),
        ({"theme_source": ""}, "出处"),
        ({"ends_on": date(2026, 4, 1)}, "结束日期"),
        ({"closes_on": date(2026, 4, 25)}, "截止日期"),
        ({"places": ()}, "地点"),
        ({"places": (Place("", PlaceKind.STAND),)}, "不能空"),
        ({"teams": (Team("", "一班"), Team("", "一班 "))}, "同名"),
        ({"greeting": "好" * 401}, "欢迎语"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_kept(fresh_db, changes, words):
    with pytest.raises(InvalidRecordError, match=words):
        save(fresh_db, made(**changes))
    with reading(fresh_db) as conn:
        assert campaigns.listing(conn) == ()


def test_a_copy_moves_the_dates_and_leaves_the_theme_open():
    before = replace(made(), id=7, code="ipday2026")
    copy = campaigns.copied(before, 2027)
    assert (copy.id, copy.code, copy.theme, copy.questions, copy.teams) == (0, "", "", (), ())
    assert (copy.name, copy.starts_on, copy.closes_on) == (
        "2027年世界知识产权日", date(2027, 4, 20), date(2027, 4, 30),
    )  # fmt: skip
    assert [place.name for place in copy.places] == ["展台", "一中", "地铁口"]
    leap = replace(
        before, starts_on=date(2028, 2, 29), ends_on=date(2028, 3, 1), closes_on=date(2028, 3, 2)
    )
    assert campaigns.copied(leap, 2029).starts_on == date(2029, 2, 28)


def test_phases_and_the_campaign_that_is_on(fresh_db):
    kept = save(fresh_db, made())
    days = {date(2026, 4, 19): Phase.BEFORE, date(2026, 4, 20): Phase.OPEN, date(2026, 4, 30): Phase.OPEN, date(2026, 5, 1): Phase.CLOSED}  # fmt: skip
    assert {day: kept.phase(day) for day in days} == days
    with reading(fresh_db) as conn:
        assert campaigns.running(conn, date(2026, 4, 26)) == kept
        assert campaigns.running(conn, date(2026, 4, 27)) is None


def test_staff_of_a_center_see_its_own_and_the_common_ones(fresh_db):
    save(fresh_db, made(center="gz"))
    save(fresh_db, made(center="sz", name="深圳"))
    save(fresh_db, made(name="共用"))
    with reading(fresh_db) as conn:
        assert {item.center for item in campaigns.listing(conn, "gz")} == {"gz", None}
        assert len(campaigns.listing(conn)) == 3


@pytest.mark.parametrize(
    ("today", "ipday", "patent"),
    [
        (date(2026, 4, 26), "ipday2026", date(2026, 11, 23)),
        (date(2026, 4, 27), "ipday2027", date(2026, 11, 23)),
        (date(2026, 11, 29), "ipday2027", date(2026, 11, 23)),
        (date(2026, 11, 30), "ipday2027", date(2027, 11, 22)),
    ],
)
def test_the_next_day_and_week_are_shipped_ready_once(fresh_db, today, ipday, patent):
    for expected in (2, 0):
        with writing(fresh_db) as conn:
            assert len(campaign_defaults.keep(conn, next_campaigns(TABLES, today))) == expected
    with reading(fresh_db) as conn:
        found = {item.occasion: item for item in campaigns.listing(conn)}
    assert found[Occasion.IP_DAY].code == ipday
    assert found[Occasion.PATENT_WEEK].starts_on == patent
    assert found[Occasion.PATENT_WEEK].ends_on.weekday() == 6
    # A theme that nobody has published is left open, never carried over.
    assert bool(found[Occasion.IP_DAY].theme) is (ipday == "ipday2026")
    assert all(len(item.places) == 3 for item in found.values())


def test_who_made_a_campaign_for_these_days_gets_no_second_one(fresh_db):
    save(fresh_db, made())
    with writing(fresh_db) as conn:
        added = campaign_defaults.keep(conn, next_campaigns(TABLES, date(2026, 4, 1)))
    assert [code for code in added if code.startswith("ipday")] == []


@pytest.mark.postgres
def test_campaigns_are_kept_on_postgresql(postgres_db, postgres_url):
    migrate(postgres_db)
    kept = save(postgres_db, made())
    other = open_engine(postgres_url)
    with reading(other) as conn:
        assert campaigns.by_code(conn, kept.code).places == kept.places
    other.dispose()
