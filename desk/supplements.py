"""The one-time list of missing materials (一次性告知): stored, sent to the person, once per request.

A request is a lead from its registration to its end; sent again after a withdrawal it is another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import lead_tables, recording
from desk.conversations import SYSTEM, Message, storable
from desk.errors import InvalidRecordError, TransitionError
from desk.leads import Stage, move, row_of
from desk.times import or_now

MAX_ITEMS = 30
MAX_ITEM = 200


@dataclass(frozen=True)
class Supplement:
    """The list of one request; ``message`` is what the person was sent."""

    items: tuple[str, ...]
    due_on: date
    message: str
    actor: str
    at: datetime


def clean_items(lines: Sequence[str]) -> tuple[str, ...]:
    """The list as it is stored: one material an entry, none twice.

    :raises InvalidRecordError: when it is empty or too long.
    """
    items = tuple(dict.fromkeys(text for line in lines if (text := storable(line).strip())))
    if not items:
        raise InvalidRecordError("请写明还缺哪些材料，一行一项")
    if len(items) > MAX_ITEMS or any(len(item) > MAX_ITEM for item in items):
        raise InvalidRecordError(f"补正清单最多 {MAX_ITEMS} 项，每项最多 {MAX_ITEM} 字")
    return items


def send(
    conn: Connection,
    reference: str,
    items: Sequence[str],
    due_on: date,
    message: Mapping[str, Any],
    actor: str,
    *,
    now: datetime | None = None,
) -> tuple[Supplement, Message]:
    """Take a lead to 补正 and tell the person what is missing, all in the caller's transaction.

    :param message: the message object that tells the person, in their conversation.
    :raises TransitionError: when this request had its list already, or is in no stage for one.
    """
    moment = or_now(now)
    wanted = clean_items(items)
    if due_on <= moment.date():
        raise InvalidRecordError("补正期限应在今天之后")
    row = row_of(conn, reference, lock=True)
    earlier = current(conn, row.reference)
    if earlier is not None:
        raise TransitionError("这次申请的补正清单已经发过；一次性告知只发一次，不能再要新的材料")
    number = _request(conn, row.id)
    told = recording.add_message(
        conn,
        row.sender,
        "out",
        str(message.get("kind", "lead")),
        str(message["text"]),
        channel=row.channel,
        author=SYSTEM,
        payload=_payload(message),
        client_id=f"supplement:{row.reference}:{number}",
        now=moment,
    )
    conn.execute(
        sa.insert(lead_tables.lead_supplements).values(
            lead_id=row.id,
            request=number,
            items=list(wanted),
            due_on=due_on,
            message=told.id,
            actor=actor,
            at=moment,
        )
    )
    move(conn, row.reference, Stage.SUPPLEMENT, actor, "；".join(wanted), now=moment)
    return Supplement(wanted, due_on, told.id, actor, moment), told


def _payload(message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "buttons": list(message.get("buttons") or []),
        "data": dict(message.get("data") or {}),
    }


def current(conn: Connection, reference: str) -> Supplement | None:
    """The list of the lead's present request, if one was sent."""
    row = row_of(conn, reference)
    table = lead_tables.lead_supplements
    query = sa.select(table).where(
        table.c.lead_id == row.id, table.c.request == _request(conn, row.id)
    )
    found = conn.execute(query).first()
    if found is None:
        return None
    return Supplement(tuple(found.items), found.due_on, found.message, found.actor, found.at)


def _request(conn: Connection, lead_id: int) -> int:
    """How many times the lead has been new: 1, and one more for each time after a withdrawal."""
    table = lead_tables.lead_events
    again = sa.select(sa.func.count()).where(
        table.c.lead_id == lead_id,
        table.c.from_stage == Stage.WITHDRAWN.value,
        table.c.to_stage == Stage.NEW.value,
    )
    return 1 + int(conn.execute(again).scalar_one())
