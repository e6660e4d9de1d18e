"""Rounds of a campaign's quiz: what was asked, what was chosen, how many were right; never by whom.

A round is known by an id that cannot be guessed.  Its answers are taken one after the other and once
each, so that an explanation that was read cannot be used to answer again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk.campaign_tables import campaign_plays as table
from desk.campaign_tables import campaign_teams
from desk.errors import NotFoundError, TransitionError
from desk.figures import SMALL_CELL
from desk.times import or_now


@dataclass(frozen=True)
class Asked:
    """A drawn question: its id, and the labels of its options in the order shown."""

    question: str
    order: tuple[str, ...]


@dataclass(frozen=True)
class Play:
    """One round; ``choices`` are the labels chosen so far, ``counts`` whether it enters board and figures."""

    id: str
    campaign_id: int
    place: str
    team: str
    audience: str
    snapshot: str
    asked: tuple[Asked, ...]
    choices: tuple[str, ...] = ()
    score: int = 0
    streak: int = 0
    best: int = 0
    counts: bool = True

    @property
    def is_over(self) -> bool:
        """Whether every question has its answer."""
        return len(self.choices) == len(self.asked)


@dataclass(frozen=True)
class Standing:
    """A team on the board: rounds finished and right answers of all answers, 0 to 1."""

    name: str
    code: str
    rounds: int
    share: float


def new_id() -> str:
    """An id that cannot be guessed."""
    return secrets.token_urlsafe(18)


def begin(conn: Connection, play: Play, *, now: datetime | None = None) -> Play:
    """Store a round that begins."""
    conn.execute(
        sa.insert(table).values(
            id=play.id, campaign_id=play.campaign_id, place=play.place, team=play.team, audience=play.audience,
            snapshot=play.snapshot, questions=[[item.question, "".join(item.order)] for item in play.asked],
            choices=[], given=0, score=0, streak=0, best=0, counts=play.counts, started_at=or_now(now),
        )
    )  # fmt: skip
    return play


def find(conn: Connection, campaign_id: int, identifier: str) -> Play:
    """A round of a campaign.

    :raises NotFoundError: there is none.
    """
    row = conn.execute(
        sa.select(table).where(table.c.id == identifier, table.c.campaign_id == campaign_id)
    ).first()
    if row is None:
        raise NotFoundError("这一轮已经过期，请重新开始")
    return Play(
        row.id, row.campaign_id, row.place, row.team, row.audience, row.snapshot,
        tuple(Asked(question, tuple(order)) for question, order in row.questions),
        tuple(row.choices), row.score, row.streak, row.best, row.counts,
    )  # fmt: skip


def answer(
    conn: Connection, play: Play, label: str, *, is_right: bool, now: datetime | None = None
) -> Play:
    """Take the answer to the next question.

    :raises TransitionError: another request answered it, or the round is over.
    """
    if play.is_over:
        raise TransitionError("这一轮已经答完")
    streak = play.streak + 1 if is_right else 0
    choices = (*play.choices, label)
    later = Play(
        play.id, play.campaign_id, play.place, play.team, play.audience, play.snapshot, play.asked, choices,
        play.score + is_right, streak, max(play.best, streak), play.counts,
    )  # fmt: skip
    moment = or_now(now)
    done = conn.execute(
        sa.update(table)
        .where(table.c.id == play.id, table.c.given == len(play.choices))
        .values(
            choices=list(choices), given=len(choices), score=later.score, streak=streak, best=later.best,
            finished_at=moment if later.is_over else None,
        )
    )  # fmt: skip
    if not done.rowcount:
        raise TransitionError("这一题已经答过")
    return later


def board(
    conn: Connection, campaign_id: int, *, smallest: int = SMALL_CELL
) -> tuple[Standing, ...]:
    """The teams of a campaign by their share of right answers; those with few rounds are left out."""
    rounds, right = sa.func.count(), sa.func.sum(table.c.score)
    query = (
        sa.select(campaign_teams.c.name, campaign_teams.c.code, rounds, right, sa.func.sum(table.c.given))
        .join(campaign_teams, sa.and_(
            campaign_teams.c.campaign_id == table.c.campaign_id, campaign_teams.c.code == table.c.team))
        .where(table.c.campaign_id == campaign_id, table.c.counts, table.c.finished_at.is_not(None))
        .group_by(campaign_teams.c.name, campaign_teams.c.code)
        .having(rounds >= smallest)
    )  # fmt: skip
    found = [
        Standing(name, code, int(number), int(score) / int(given))
        for name, code, number, score, given in conn.execute(query)
    ]
    return tuple(sorted(found, key=lambda item: (-item.share, -item.rounds, item.name)))


def purge(conn: Connection, before: datetime) -> int:
    """Remove the rounds that began before a moment; the numbers stay in the tallies.

    :return: how many.
    """
    return int(conn.execute(sa.delete(table).where(table.c.started_at < before)).rowcount)
