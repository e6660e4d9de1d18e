"""Looking up a lead from outside: by its number and the end of a phone, with few tries.

Four digits can be guessed, so a number takes few wrong ones from people who did not register it, and a
person few wrong numbers.  Whoever registered the lead is never locked out of it by others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from desk import attempts, leads
from desk.errors import NotFoundError, TransitionError
from desk.lead_types import Lead
from desk.references import canonical_reference
from desk.times import or_now

MOST_TRIES = 5
LOCKED_FOR = timedelta(hours=6)


class TooManyTriesError(TransitionError):
    """Guessed too often; ``minutes`` until the next try."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"查询次数太多，请{minutes}分钟后再试，或者请工作人员帮您找")
        self.minutes = minutes


def look_up(
    conn: Connection, reference: str, phone_last4: str, sender: str, *, now: datetime | None = None
) -> Lead | None:
    """The lead of this number, for somebody who knows the end of a phone left with it.

    :return: None for any mismatch.
    :raises TooManyTriesError: too many wrong tries at this number, or by this person.
    """
    moment, number = or_now(now), canonical_reference(reference)
    if _is_theirs(conn, number, sender):
        return leads.find(conn, number, phone_last4)
    for key in _keys(number, sender):
        locked = attempts.count(conn, key, moment, most=MOST_TRIES, locked_for=LOCKED_FOR)
        if locked is not None:
            raise TooManyTriesError(attempts.minutes_until(locked, moment))
    found = leads.find(conn, number, phone_last4)
    if found is not None:
        for key in _keys(number, sender):
            attempts.clear(conn, key)
    return found


def _keys(number: str, sender: str) -> tuple[str, str]:
    return f"lead:{number}", f"looker:{sender}"


def _is_theirs(conn: Connection, number: str, sender: str) -> bool:
    try:
        lead = leads.get(conn, number)
    except NotFoundError:
        return False
    return sender in {lead.sender, *(item.get("sender") for item in lead.other_contacts)}
