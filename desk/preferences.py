"""Settings that a center changes while the service runs; every change is in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk import audit
from desk.times import or_now
from desk.workbench_tables import preferences as table

FOUR_EYES = "four-eyes"


@dataclass(frozen=True)
class Switch:
    """A setting that is on or off, and who set it so; nobody when it stands as delivered."""

    is_on: bool
    changed_by: str | None = None
    changed_at: datetime | None = None


def four_eyes(conn: Connection) -> Switch:
    """Whether a second person must approve what is published; on as delivered."""
    row = conn.execute(sa.select(table).where(table.c.name == FOUR_EYES)).first()
    return Switch(True) if row is None else Switch(bool(row.value), row.changed_by, row.changed_at)


def set_four_eyes(
    conn: Connection, is_on: bool, actor: str, *, now: datetime | None = None
) -> Switch:
    """Switch the second approval on or off."""
    moment = or_now(now)
    values = {"value": is_on, "changed_by": actor, "changed_at": moment}
    done = conn.execute(sa.update(table).where(table.c.name == FOUR_EYES).values(**values))
    if done.rowcount == 0:
        try:
            with conn.begin_nested():
                conn.execute(sa.insert(table).values(name=FOUR_EYES, **values))
        except IntegrityError:  # somebody else set it for the first time in between
            conn.execute(sa.update(table).where(table.c.name == FOUR_EYES).values(**values))
    audit.record(conn, actor, "setting", FOUR_EYES, detail={"on": is_on}, now=moment)
    return Switch(is_on, actor, moment)
