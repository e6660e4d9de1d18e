"""Releases that wait for a second person, as reminders of everybody who may approve them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from desk import preferences, releases
from desk.due import What
from desk.permissions import Permission
from desk.releases import ReleaseState
from desk.reminders import Reminder
from desk.service_clock import CHINA
from desk.staff import Staff


def present(conn: Connection, people: Sequence[Staff]) -> list[Reminder]:
    """One reminder a submission and person who may approve it, never one for whoever submitted it.

    A release that was returned and submitted once more is another cause.
    """
    waiting = releases.in_state(conn, ReleaseState.SUBMITTED)
    if not waiting:
        return []
    insists = preferences.four_eyes(conn).is_on
    able = [person for person in people if person.may(Permission.KNOWLEDGE, anywhere=True)]
    return [
        Reminder(
            person.login,
            f"{What.APPROVAL.value}:{release.id}:{release.submitted_at:%Y%m%d%H%M%S}",
            What.APPROVAL,
            f"第{release.id}次发布",
            release.submitted_at.astimezone(CHINA).date(),
        )
        for release in waiting
        for person in able
        if release.submitted_at is not None
        and person.login != release.submitted_by
        and not (insists and releases.had_a_part(release, person.login))
    ]
