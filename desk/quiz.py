"""How the quiz is answered: counts by question, choice and day, never by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from desk.workbench_tables import quiz_tallies as table


@dataclass(frozen=True)
class Tally:
    """How one question was answered; ``choices`` holds label → times."""

    question: str
    times: int
    wrong: int
    choices: Mapping[str, int] = field(default_factory=dict)

    @property
    def wrong_share(self) -> float:
        """Part of the answers that were wrong."""
        return self.wrong / self.times if self.times else 0.0


def record(conn: Connection, question: str, choice: str, is_right: bool, day: date) -> None:
    """Count one answer."""
    where = sa.and_(table.c.question == question, table.c.choice == choice, table.c.day == day)
    change = sa.update(table).where(where).values(times=table.c.times + 1)
    if conn.execute(change).rowcount:
        return
    values = {
        "question": question[:64],
        "choice": choice[:8],
        "day": day,
        "is_right": is_right,
        "times": 1,
    }
    try:
        with conn.begin_nested():
            conn.execute(sa.insert(table).values(**values))
    except IntegrityError:  # the same answer was counted for the first time in between
        conn.execute(change)


def statistics(conn: Connection, *, since: date | None = None) -> tuple[Tally, ...]:
    """Every question that was answered, the most often wrong first."""
    query = sa.select(
        table.c.question,
        table.c.choice,
        table.c.is_right,
        sa.func.sum(table.c.times).label("times"),
    ).group_by(table.c.question, table.c.choice, table.c.is_right)
    if since is not None:
        query = query.where(table.c.day >= since)
    times: dict[str, int] = {}
    wrong: dict[str, int] = {}
    choices: dict[str, dict[str, int]] = {}
    for row in conn.execute(query):
        number = int(row.times)
        times[row.question] = times.get(row.question, 0) + number
        wrong[row.question] = wrong.get(row.question, 0) + (0 if row.is_right else number)
        chosen = choices.setdefault(row.question, {})
        chosen[row.choice] = chosen.get(row.choice, 0) + number
    found = [Tally(key, times[key], wrong[key], choices[key]) for key in times]
    return tuple(sorted(found, key=lambda item: (-item.wrong_share, -item.times, item.question)))
