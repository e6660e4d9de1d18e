"""What happened at a campaign, counted by place, day and hour; nobody is known by it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk.campaign_tables import campaign_arrivals, campaign_tallies
from desk.service_clock import CHINA
from desk.times import or_now


class Happening(str, Enum):
    """What is counted."""

    SCAN = "scan"
    START = "start"
    FINISH = "finish"
    RIGHT = "right"
    WRONG = "wrong"
    GAME = "game"
    CARD = "card"


def count(
    conn: Connection,
    campaign_id: int,
    place: str,
    happening: Happening,
    *,
    question: str = "",
    now: datetime | None = None,
) -> None:
    """Add one to the tally of this hour in China.

    :param question: which question was answered; empty for anything else.
    """
    moment = or_now(now).astimezone(CHINA)
    key = {
        "campaign_id": campaign_id, "place": place, "day": moment.date(), "hour": moment.hour,
        "event": happening.value, "question": question[:64],
    }  # fmt: skip
    table = campaign_tallies
    change = (
        sa.update(table)
        .where(*(table.c[name] == value for name, value in key.items()))
        .values(times=table.c.times + 1)
    )
    if conn.execute(change).rowcount:
        return
    try:
        with conn.begin_nested():
            conn.execute(sa.insert(table).values(**key, times=1))
    except IntegrityError:  # counted for the first time by somebody else in between
        conn.execute(change)


def arrive(
    conn: Connection, sender: str, campaign_id: int, place: str, *, now: datetime | None = None
) -> None:
    """Note that a conversation began at a campaign; the first one stays."""
    values = {"sender": sender, "campaign_id": campaign_id, "place": place, "at": or_now(now)}
    known = sa.select(campaign_arrivals.c.sender).where(campaign_arrivals.c.sender == sender)
    if conn.execute(known).first() is not None:
        return
    try:
        with conn.begin_nested():
            conn.execute(sa.insert(campaign_arrivals).values(**values))
    except IntegrityError:  # two pages of one browser opened at once
        return


def forget(conn: Connection, sender: str) -> None:
    """Remove where a person's conversation began."""
    conn.execute(sa.delete(campaign_arrivals).where(campaign_arrivals.c.sender == sender))


def purge(conn: Connection, before: datetime) -> int:
    """Remove where conversations began before a moment.

    :return: how many.
    """
    old = campaign_arrivals.c.at < before
    return int(conn.execute(sa.delete(campaign_arrivals).where(old)).rowcount)
