"""The matters of a person: what they have told of each, which one is spoken of, and links to keep.

A matter is told apart by its number within the person's conversation; at most one is current.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk.errors import NotFoundError
from desk.matter_tables import matter_links, matters
from desk.tables import OPEN_STATUSES, tickets
from desk.times import or_now

LINK_LIFE = timedelta(days=30)
# A person keeps a link on a phone and one on a computer; older ones stop working.
MOST_LINKS = 5
# More disputes than anybody has; a script that makes them up fills no table.
MOST_MATTERS = 20


@dataclass(frozen=True)
class Matter:
    """What was told of one dispute.

    ``facts`` has codes (country, procedure, party, right, industry, platform), words (region,
    company, paper), ISO dates (received_on), the last deadline object, the steps and which of them
    are done, the center and the references of leads; keys that were not told are absent.  What the person
    puts in the place of what was found out stands beside it: ``due_given`` and ``center_given``.
    """

    sender: str
    number: int
    is_current: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
    updated_at: datetime | None = None

    def text(self, name: str) -> str | None:
        """A fact that is a text; None when it was not told."""
        value = self.facts.get(name)
        return value if isinstance(value, str) and value else None

    @property
    def found_due(self) -> date | None:
        """The date that was counted or read, an estimate included; None without one."""
        return stated_date(self.facts.get("deadline") or {})

    @property
    def given_due(self) -> date | None:
        """The date that the person gave by hand; None without one."""
        return stated_date(self.facts.get("due_given") or {})

    @property
    def is_due_doubtful(self) -> bool:
        """Whether another date was found since the person gave theirs, so that they have to choose."""
        given, found = self.facts.get("due_given") or {}, self.found_due
        return bool(given) and given.get("beside") != _iso(found) and found != self.given_due

    @property
    def deadline_on(self) -> date | None:
        """The date that runs in it: the one given by hand, in doubt the earlier one; None without one."""
        found, given = self.found_due, self.given_due
        if given is None or found is None or not self.is_due_doubtful:
            return given or found
        return min(given, found)

    def items(self, name: str) -> list[str]:
        """A fact that is a list of texts."""
        return [item for item in self.facts.get(name) or () if isinstance(item, str)]


def stated_date(deadline: Mapping[str, Any]) -> date | None:
    """The date of a deadline object, an estimate included."""
    stated = deadline.get("due_date") or deadline.get("estimate")
    if not isinstance(stated, str):
        return None
    try:
        return date.fromisoformat(stated)
    except ValueError:
        return None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def listing(conn: Connection, sender: str, *, lock: bool = False) -> tuple[Matter, ...]:
    """Every matter of a person, in the order in which they began.

    :param lock: nobody else may change one of them until the transaction ends.
    """
    query = _LISTING.with_for_update() if lock else _LISTING
    return tuple(
        Matter(row.sender, row.number, row.is_current, row.facts, row.updated_at)
        for row in conn.execute(query, {"of": sender})
    )


# Asked in every turn, so it is made once.
_LISTING = (
    sa.select(matters).where(matters.c.sender == sa.bindparam("of")).order_by(matters.c.number)
)


def current(conn: Connection, sender: str) -> Matter | None:
    """The matter that is spoken of now."""
    return next((item for item in listing(conn, sender) if item.is_current), None)


def currents(conn: Connection, senders: Sequence[str]) -> dict[str, Matter]:
    """The matter that each of these people speaks of now, where there is one."""
    query = sa.select(matters).where(matters.c.sender.in_(list(senders)), matters.c.is_current)
    return {
        row.sender: Matter(row.sender, row.number, row.is_current, row.facts, row.updated_at)
        for row in conn.execute(query)
    }


def save(conn: Connection, matter: Matter, *, now: datetime | None = None) -> Matter:
    """Write a matter; number 0 begins a new one.  A current one is the only current one.

    Whoever serves the person sees the date of the current matter from then on.

    :return: as it stands in the record.
    """
    moment = or_now(now)
    mine = matters.c.sender == matter.sender
    if matter.is_current:
        conn.execute(sa.update(matters).where(mine).values(is_current=False))
    number = matter.number or _next(conn, matter.sender)
    values = {
        "is_current": matter.is_current,
        "facts": dict(matter.facts),
        "updated_at": moment,
    }
    done = conn.execute(
        sa.update(matters).where(mine, matters.c.number == number).values(**values)
    ).rowcount
    if not done:
        conn.execute(
            sa.insert(matters).values(
                sender=matter.sender, number=number, created_at=moment, **values
            )
        )
    if matter.is_current and matter.deadline_on is not None:
        _tell_tickets(conn, matter.sender, matter.deadline_on)
    return replace(matter, number=number, updated_at=moment)


def leave(conn: Connection, sender: str) -> None:
    """No matter is spoken of any more; all stay listed."""
    conn.execute(sa.update(matters).where(matters.c.sender == sender).values(is_current=False))


def tick(conn: Connection, sender: str, number: int, step: str, *, done: bool) -> Matter:
    """Note that a step is done, or is not.

    :raises NotFoundError: there is no such matter or it has no such step.
    """
    matter = get(conn, sender, number, lock=True)
    if step not in matter.items("steps"):
        raise NotFoundError("没有找到这一步，请刷新后再试")
    kept = [item for item in matter.items("done") if item != step]
    return _change(conn, matter, done=[*kept, step] if done else kept)


def get(conn: Connection, sender: str, number: int, *, lock: bool = False) -> Matter:
    """One matter of a person.

    :param lock: as of :func:`listing`.
    :raises NotFoundError: there is no such matter.
    """
    found = listing(conn, sender, lock=lock)
    matter = next((item for item in found if item.number == number), None)
    if matter is None:
        raise NotFoundError("没有找到这件事，请刷新后再试")
    return matter


def give_due(
    conn: Connection, sender: str, number: int, on: date | None, *, told: date | None = None
) -> Matter:
    """Put a date in the place of the one that was found, which stays beside it; None takes it away.

    Whoever serves the person sees the date that runs from then on.

    :param told: what they see when none runs any more.
    :raises NotFoundError: there is no such matter.
    """
    before = get(conn, sender, number, lock=True)
    given = None if on is None else {"due_date": _iso(on), "beside": _iso(before.found_due)}
    matter = _change(conn, before, due_given=given)
    if matter.is_current and matter.deadline_on != before.deadline_on:
        _tell_tickets(conn, sender, matter.deadline_on or told)
    return matter


def give_center(
    conn: Connection, sender: str, number: int, center: str | None, found: Mapping[str, Any] | None
) -> Matter:
    """Note which center the person chose; None leaves it to what was found.

    :param found: the card of the center that the facts lead to; None keeps the one on record.
    :raises NotFoundError: there is no such matter.
    """
    matter = get(conn, sender, number, lock=True)
    kept = found or matter.facts.get("center")
    return _change(conn, matter, center_given=center, center=kept)


def carry(conn: Connection, matter: Matter, sender: str) -> Matter:
    """Have another conversation go on with a matter: what tells of a dispute, and of no person.

    One that it knows already is the one that is spoken of from then on.
    """
    known = listing(conn, sender, lock=True)
    same = next((item for item in known if _dispute(item) == _dispute(matter)), None)
    facts = {name: matter.facts[name] for name in _CARRIED if name in matter.facts}
    return save(conn, replace(same, is_current=True) if same else Matter(sender, 0, facts=facts))


# What a matter takes along into another conversation.
_DISPUTE = ("country", "procedure", "party", "received_on")
_CARRIED = (
    *_DISPUTE, "right", "industry", "platform", "region", "deadline", "due_given", "steps", "done", "center",
    "center_given",
)  # fmt: skip


def _dispute(matter: Matter) -> tuple[str | None, ...]:
    return tuple(matter.text(name) for name in _DISPUTE)


def _change(conn: Connection, matter: Matter, **facts: Any) -> Matter:
    """Write facts of a matter; those that are None go."""
    kept = {name: value for name, value in {**matter.facts, **facts}.items() if value is not None}
    moment = or_now(None)
    conn.execute(
        sa.update(matters)
        .where(matters.c.sender == matter.sender, matters.c.number == matter.number)
        .values(facts=kept, updated_at=moment)
    )
    return replace(matter, facts=kept, updated_at=moment)


def _tell_tickets(conn: Connection, sender: str, on: date | None) -> None:
    is_open = tickets.c.status.in_(OPEN_STATUSES)
    conn.execute(
        sa.update(tickets).where(tickets.c.sender == sender, is_open).values(deadline_on=on)
    )


def new_link(conn: Connection, sender: str, *, now: datetime | None = None) -> tuple[str, datetime]:
    """Make a link to a person's matters; only its digest is stored.

    :return: the token and when it ends.
    """
    moment = or_now(now)
    token, ends = secrets.token_urlsafe(32), moment + LINK_LIFE
    conn.execute(
        sa.insert(matter_links).values(
            sender=sender, token_hash=_digest(token), created_at=moment, expires_at=ends
        )
    )
    newest = (
        sa.select(matter_links.c.id)
        .where(matter_links.c.sender == sender)
        .order_by(matter_links.c.id.desc())
        .limit(MOST_LINKS)
    )
    kept = conn.execute(newest).scalars().all()
    conn.execute(
        sa.delete(matter_links).where(
            matter_links.c.sender == sender, matter_links.c.id.not_in(kept)
        )
    )
    return token, ends


def sender_by_link(conn: Connection, token: str, *, now: datetime | None = None) -> str | None:
    """Whose matters a link opens; None when it never was, has ended or was erased."""
    row = conn.execute(
        sa.select(matter_links.c.sender, matter_links.c.expires_at).where(
            matter_links.c.token_hash == _digest(token)
        )
    ).first()
    return None if row is None or row.expires_at <= or_now(now) else str(row.sender)


def forget(conn: Connection, sender: str) -> int:
    """Remove every matter and link of a person.

    :return: how many matters.
    """
    conn.execute(sa.delete(matter_links).where(matter_links.c.sender == sender))
    return int(conn.execute(sa.delete(matters).where(matters.c.sender == sender)).rowcount)


def purge(conn: Connection, before: datetime, *, now: datetime | None = None) -> int:
    """Remove matters that were not touched since a moment, and links that have ended.

    :return: how many matters.
    """
    conn.execute(sa.delete(matter_links).where(matter_links.c.expires_at <= or_now(now)))
    return int(conn.execute(sa.delete(matters).where(matters.c.updated_at < before)).rowcount)


def _next(conn: Connection, sender: str) -> int:
    last = conn.execute(
        sa.select(sa.func.max(matters.c.number)).where(matters.c.sender == sender)
    ).scalar()
    number = int(last or 0) + 1
    oldest = matters.c.number <= number - MOST_MATTERS
    conn.execute(sa.delete(matters).where(matters.c.sender == sender, oldest))
    return number


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
