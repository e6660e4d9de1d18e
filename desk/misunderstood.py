"""Messages whose intent was in doubt, and what staff say they meant; the examples of the next training.

Texts are masked when they are recorded.  Equal messages are listed together; a person's rows are erased
with the rest of what they left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit
from desk.conversations import storable
from desk.errors import InvalidRecordError, NotFoundError
from desk.masking import mask
from desk.times import or_now
from desk.unanswered import question_key
from desk.workbench_tables import misunderstood as table

LONGEST = 200
STAFF = "staff"


@dataclass(frozen=True)
class Doubt:
    """Equal messages together; ``ranking`` is what the classifier held likely the last time."""

    key: str
    text: str
    count: int
    predicted: str
    confidence: float
    ranking: tuple[Mapping[str, Any], ...]
    last_at: datetime


@dataclass(frozen=True)
class Labelled:
    """A message with the intent that somebody gave it."""

    key: str
    text: str
    label: str
    predicted: str
    by: str
    at: datetime
    confidence: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """As another instance reads it; who said the sentence stays here."""
        return {
            "text": self.text,
            "label": self.label,
            "predicted": self.predicted,
            "confidence": self.confidence,
            "by": self.by,
            "at": self.at.isoformat(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Labelled:
        """:raises ValueError, KeyError: it is none."""
        text = str(value["text"])
        return cls(
            question_key(text),
            text,
            str(value["label"]),
            str(value["predicted"]),
            str(value["by"]),
            datetime.fromisoformat(value["at"]),
            float(value["confidence"]),
        )


def record(
    conn: Connection,
    sender: str,
    text: str,
    predicted: str,
    confidence: float,
    ranking: Sequence[Mapping[str, Any]] = (),
    *,
    now: datetime | None = None,
) -> None:
    """Note a message in doubt; one that was settled before is not brought up again."""
    words = mask(storable(text).strip())[:LONGEST]
    key = question_key(words)
    if not words or _is_settled(conn, key):
        return
    _insert(conn, sender, words, _Guess(predicted, confidence, ranking), or_now(now))


def listing(conn: Connection, *, limit: int = 100) -> tuple[Doubt, ...]:
    """What is in doubt, most frequent first, then the least certain."""
    groups = (
        sa.select(
            sa.func.max(table.c.id).label("last"),
            sa.func.count().label("times"),
        )
        .where(table.c.state == "open")
        .group_by(table.c.key)
        .subquery()
    )
    query = (
        sa.select(table, groups.c.times)
        .join(groups, table.c.id == groups.c.last)
        .order_by(groups.c.times.desc(), table.c.confidence, table.c.id.desc())
        .limit(limit)
    )
    return tuple(
        Doubt(
            row.key,
            row.text,
            row.times,
            row.predicted,
            row.confidence,
            tuple(row.ranking),
            row.at,
        )
        for row in conn.execute(query)
    )


def label(
    conn: Connection, key: str, intent: str, *, by: str, now: datetime | None = None
) -> Labelled:
    """Say what a message meant.

    :raises NotFoundError: it is not on the list.
    """
    moment = or_now(now)
    values = {"state": "labelled", "label": intent, "decided_by": by, "decided_at": moment}
    done = conn.execute(sa.update(table).where(table.c.key == key).values(**values))
    if done.rowcount == 0:
        raise NotFoundError("待标注的话里没有这一句了，请刷新页面")
    audit.record(conn, by, "intent", f"message:{key[:12]}", detail={"label": intent}, now=moment)
    return next(item for item in labelled(conn) if item.key == key)


def dismiss(conn: Connection, key: str, *, by: str, now: datetime | None = None) -> None:
    """Take a message off the list without learning from it; a label given before is dropped."""
    values = {"state": "dismissed", "label": None, "decided_by": by, "decided_at": or_now(now)}
    done = conn.execute(sa.update(table).where(table.c.key == key).values(**values))
    if done.rowcount == 0:
        raise NotFoundError("待标注的话里没有这一句了，请刷新页面")


def add(
    conn: Connection,
    text: str,
    intent: str,
    *,
    by: str,
    predicted: str = "",
    confidence: float = 0.0,
    now: datetime | None = None,
) -> Labelled:
    """Teach a sentence that staff noticed themselves.

    :raises InvalidRecordError: there is no sentence.
    """
    words = mask(storable(text).strip())[:LONGEST]
    if not words:
        raise InvalidRecordError("请填写要学习的句子")
    moment, key = or_now(now), question_key(words)
    if not _exists(conn, key):
        _insert(conn, STAFF, words, _Guess(predicted, confidence), moment)
    return label(conn, key, intent, by=by, now=moment)


def labelled(conn: Connection) -> tuple[Labelled, ...]:
    """Every sentence with a label, newest first; equal ones once."""
    rows = conn.execute(
        sa.select(table).where(table.c.state == "labelled").order_by(table.c.id.desc())
    )
    found: dict[str, Labelled] = {}
    for row in rows:
        entry = Labelled(
            row.key,
            row.text,
            row.label,
            row.predicted,
            row.decided_by,
            row.decided_at,
            row.confidence,
        )
        found.setdefault(row.key, entry)
    return tuple(found.values())


def restore(conn: Connection, rows: Sequence[Labelled], *, by: str) -> tuple[int, int]:
    """Bring in the labels of another instance; a sentence settled here keeps what was decided here.

    :param rows: the oldest first.
    :return: how many were brought in, and how many are settled otherwise here.
    """
    own = {item.key: item for item in labelled(conn)}
    added = other = 0
    for row in rows:
        text = mask(storable(row.text).strip())[:LONGEST]
        key = question_key(text)
        if not text or _is_settled(conn, key):
            other += key not in own or own[key].label != row.label
            continue
        moment = or_now(row.at)
        if not _exists(conn, key):
            _insert(conn, STAFF, text, _Guess(row.predicted, row.confidence), moment)
        values = {
            "state": "labelled",
            "label": row.label,
            "decided_by": row.by,
            "decided_at": moment,
        }
        conn.execute(sa.update(table).where(table.c.key == key).values(**values))
        added += 1
    if added:
        audit.record(conn, by, "intent", "import", detail={"labels": added})
    return added, other


def _exists(conn: Connection, key: str) -> bool:
    return conn.execute(sa.select(table.c.id).where(table.c.key == key)).first() is not None


def _is_settled(conn: Connection, key: str) -> bool:
    query = sa.select(table.c.id).where(table.c.key == key, table.c.state != "open")
    return conn.execute(query).first() is not None


@dataclass(frozen=True)
class _Guess:
    """What the model took a sentence for, how surely, and what else came near."""

    intent: str
    confidence: float
    ranking: Sequence[Mapping[str, Any]] = ()


def _insert(conn: Connection, sender: str, text: str, guess: _Guess, at: datetime) -> None:
    conn.execute(
        sa.insert(table).values(
            key=question_key(text),
            sender=sender,
            text=text,
            predicted=guess.intent[:64],
            confidence=guess.confidence,
            ranking=[dict(item) for item in guess.ranking],
            origin="staff" if sender == STAFF else "bot",
            state="open",
            at=at,
        )
    )
