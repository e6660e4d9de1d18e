"""Two conversations of one person become one: messages in order of time, and everything that was left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from desk import (
    binding,
    campaign_counts,
    campaigns,
    handoffs,
    joining,
    lead_drafts,
    lead_intake,
    matters,
    reach,
    recording,
    transcripts,
)
from desk.campaign_tables import campaign_arrivals
from desk.campaigns import Campaign, Occasion, Place, PlaceKind
from desk.engine import reading, writing
from desk.errors import TransitionError
from desk.leads import Lead
from desk.matters import Matter
from desk.privacy import erase
from desk.tables import metadata

NOW = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
WEB, WECHAT = "web~a", "wechat~b"


def says(conn, sender: str, text: str, minute: int, client_id: str | None = None) -> None:
    recording.receive(
        conn, sender, "web", text, client_id=client_id, now=NOW + timedelta(minutes=minute)
    )


def test_messages_of_both_stand_in_the_order_of_time(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        says(conn, WEB, "一", 0, "x")
        says(conn, WECHAT, "二", 1, "x")
        says(conn, WEB, "三", 2)
        says(conn, WECHAT, "四", 3)
        joining.join(conn, WECHAT, WEB, now=NOW)
        says(conn, WEB, "五", 4)
    with reading(fresh_db) as conn:
        said = transcripts.history(conn, WEB)
        assert [item.text for item in said] == ["一", "二", "三", "四", "五"]
        assert [item.seq for item in said] == [1, 2, 3, 4, 5]
        assert transcripts.history(conn, WECHAT) == ()


def test_what_was_told_and_left_goes_along(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        person = reach.meet(conn, reach.Address("wechat", "gh", "openid"), now=NOW)
        matters.save(conn, Matter(WEB, 0, facts={"country": "US"}))
        matters.save(conn, Matter(person.sender, 0, facts={"country": "DE"}))
        handoffs.open_ticket(conn, person.sender, "等回电", now=NOW)
        handoffs.take_back(conn, person.sender, now=NOW)
        joining.join(conn, person.sender, WEB, now=NOW)
        assert reach.get(conn, person.id).sender == WEB
        assert [item.facts["country"] for item in matters.listing(conn, WEB)] == ["US", "DE"]
        assert [item.is_current for item in matters.listing(conn, WEB)] == [True, False]
        assert handoffs.current(conn, WEB).reason == "等回电"


def named_in(conn: Connection, *senders: str) -> set[str]:
    """Tables that name somebody, besides the conversations themselves, which stay when empty."""
    return {
        name
        for name, table in metadata.tables.items()
        if name != "conversations"
        for row in conn.execute(sa.select(table))
        if any(sender in str(row) for sender in senders)
    }


@pytest.fixture
def campaign(fresh_db: Engine) -> int:
    places = (Place("地铁口", PlaceKind.STAND),)
    days = (date(2026, 11, 20), date(2026, 11, 28), date(2026, 11, 30))
    with writing(fresh_db) as conn:
        return campaigns.save(
            conn, Campaign("活动", Occasion.IP_DAY, *days, places=places), "test"
        ).id


def begin(conn: Connection, sender: str, campaign: int, minute: int) -> None:
    """Come from a campaign and begin a request for aid there."""
    moment = NOW + timedelta(minutes=minute)
    campaign_counts.arrive(conn, sender, campaign, str(minute), now=moment)
    fields = {"phone": "13812345678", "company": f"公司{minute}"}
    lead_drafts.keep(conn, sender, fields, "v1", now=moment)


def test_of_two_drafts_the_later_and_of_two_arrivals_the_first_is_kept(
    fresh_db: Engine, campaign: int
) -> None:
    with writing(fresh_db) as conn:
        for minute, kept in ((1, "公司1"), (2, "公司2"), (0, "公司2")):
            begin(conn, f"wechat~{minute}", campaign, minute)
            joining.join(conn, f"wechat~{minute}", WEB, now=NOW)
            assert lead_drafts.of_sender(conn, WEB).fields["company"] == kept
        assert conn.execute(sa.select(campaign_arrivals.c.place)).scalars().all() == ["0"]


def test_erasing_after_joining_leaves_neither_name(
    fresh_db: Engine, campaign: int, lead: Callable[..., Lead]
) -> None:
    with writing(fresh_db) as conn:
        for minute, sender in enumerate((WEB, WECHAT)):
            says(conn, sender, "某公司", minute)
            begin(conn, sender, campaign, minute)
            matters.save(conn, Matter(sender, 0, facts={"country": "US"}))
            handoffs.open_ticket(conn, sender, "等回电", now=NOW)
            handoffs.abandon(conn, sender)
        lead_intake.upsert(conn, lead(sender="colleague"))
        lead_intake.upsert(conn, lead(sender=WECHAT, phone="13900139000"))
        assert named_in(conn, WECHAT) >= {"lead_drafts", "campaign_arrivals", "leads"}
        joining.join(conn, WECHAT, WEB, now=NOW)
        assert named_in(conn, WECHAT) == set()
        assert "leads" in named_in(conn, WEB)
        erase(conn, WEB)
        assert named_in(conn, WEB, WECHAT) == set()


def test_nothing_is_joined_while_somebody_serves(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        says(conn, WEB, "一", 0)
        says(conn, WECHAT, "二", 0)
        handoffs.open_ticket(conn, WECHAT, "", now=NOW)
        with pytest.raises(TransitionError):
            joining.join(conn, WECHAT, WEB, now=NOW)
        assert len(transcripts.history(conn, WECHAT)) == 1


def test_a_code_works_once_and_not_for_long(fresh_db: Engine) -> None:
    with writing(fresh_db) as conn:
        old = binding.new_code(conn, WECHAT, now=NOW)
        code = binding.new_code(conn, WECHAT, now=NOW)
        assert len(code) == 8
        assert binding.use(conn, old, now=NOW) is None
        assert binding.use(conn, code, now=NOW + timedelta(minutes=11)) is None
        assert binding.use(conn, code, now=NOW) == WECHAT
        assert binding.use(conn, code, now=NOW) is None
        rows = conn.exec_driver_sql("SELECT digest FROM binding_codes").all()
        assert code not in str(rows)
