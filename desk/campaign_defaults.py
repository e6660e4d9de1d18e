"""The campaigns that an installation begins with: kept once, then the center's own."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk.campaign_tables import campaigns as table
from desk.campaigns import Campaign, Occasion, Place, PlaceKind, save
from desk.engine import one_starter
from knowledge.campaign_table import Shipped

_BY = "system"


def keep(conn: Connection, shipped: Iterable[Shipped]) -> tuple[str, ...]:
    """Keep the shipped campaigns of an occasion and year that have none yet.

    Who made a campaign of their own for the same days gets no second one.

    :return: the codes of those that are new.
    """
    one_starter(conn)
    added = []
    for item in shipped:
        there = sa.select(table.c.id).where(
            table.c.occasion == item.occasion,
            table.c.starts_on <= item.ends_on,
            table.c.ends_on >= item.starts_on,
        )
        known = sa.select(table.c.id).where(table.c.code == item.code)
        if conn.execute(there).first() or conn.execute(known).first():
            continue
        campaign = Campaign(
            name=item.name, occasion=Occasion(item.occasion), starts_on=item.starts_on, ends_on=item.ends_on,
            closes_on=item.closes_on, code=item.code, theme=item.theme, theme_source=item.theme_source,
            greeting=item.greeting, program=item.program,
            places=tuple(Place(name, PlaceKind(kind)) for name, kind in item.places),
        )  # fmt: skip
        try:
            with conn.begin_nested():
                added.append(save(conn, campaign, _BY).code)
        except IntegrityError:  # another copy of the program kept it in between
            continue
    return tuple(added)
