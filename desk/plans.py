"""How the bot decided what a message gets, kept beside the message for staff and trainers.

A plan stands in a table of its own, so nothing that is sent to a person can carry it; it goes when its
message goes.  Texts in it are masked when it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import tables
from desk.conversations import storable
from desk.masking import mask, mask_value
from desk.unanswered import question_key
from desk.workbench_tables import message_plans as table

# As much of a message as the lists of trainers keep.
_LONGEST = 200


def keep(conn: Connection, message: str, plan: Mapping[str, Any]) -> bool:
    """Store how a person's message was decided, once; the last one stays.

    :param message: the message's id.
    :param plan: a JSON object; ``seen.question`` is what the message was read as.
    :return: whether it is stored: not when the message was erased meanwhile.
    """
    row = conn.execute(_SAID, {"of": message}).first()
    if row is None:
        return False
    question = (plan.get("seen") or {}).get("question") or row.text
    conn.execute(_DROP, {"of": row.id})
    kept = {
        "message_id": row.id,
        "said_key": _key(row.text),
        "question_key": _key(question),
        "plan": mask_value(dict(plan)),
    }
    conn.execute(_KEEP, kept)
    return True


# Each made once: every message asks the same.  Locked: an erasure at the same time takes the plan with it.
_SAID = (
    sa.select(tables.messages.c.id, tables.messages.c.text)
    .where(tables.messages.c.uid == sa.bindparam("of"), tables.messages.c.direction == "in")
    .with_for_update()
)
_DROP = sa.delete(table).where(table.c.message_id == sa.bindparam("of"))
_KEEP = sa.insert(table)


def of_messages(conn: Connection, messages: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The plans of these messages, by message id; a message without one is left out."""
    said = tables.messages
    query = (
        sa.select(said.c.uid, table.c.plan)
        .join(table, table.c.message_id == said.c.id)
        .where(said.c.uid.in_(list(messages)))
    )
    return {row.uid: row.plan for row in conn.execute(query)}


def of_questions(conn: Connection, questions: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """How these were decided the last time they were asked, by the text given.

    A text counts as said by a person and as what a message was read as.
    """
    texts: dict[str, list[str]] = {}
    for text in questions:
        texts.setdefault(_key(text), []).append(text)
    found: dict[str, Mapping[str, Any]] = {}
    keys = list(texts)
    query = sa.select(table).where(
        sa.or_(table.c.said_key.in_(keys), table.c.question_key.in_(keys))
    )
    for row in conn.execute(query.order_by(table.c.message_id)):
        for key in (row.said_key, row.question_key):
            found.update(dict.fromkeys(texts.get(key, ()), row.plan))
    return found


def _key(text: str) -> str:
    return question_key(mask(storable(text).strip())[:_LONGEST])
