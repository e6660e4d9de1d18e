"""Releases of the knowledge base: built, compared, submitted, approved by a second person, published.

The row says what was decided; the pointer file says what is live.  A release is ``publishing`` only
between the approval and the swap; whoever finds one there later reconciles the two with
:func:`conclude`, so a process killed at any moment leaves a state that can be explained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit, preferences
from desk.errors import InvalidRecordError, NotFoundError, TransitionError
from desk.times import or_now
from desk.workbench_tables import releases as table

SHORTEST_REASON = 4


class ReleaseState(str, Enum):
    """Where a release stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    RETURNED = "returned"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return _LABELS[self.value]


_LABELS = {
    "draft": "待提交",
    "submitted": "待批准",
    "publishing": "发布中",
    "published": "已发布",
    "returned": "已退回",
    "superseded": "已作废",
}
_OPEN = (ReleaseState.DRAFT.value, ReleaseState.SUBMITTED.value)


class FourEyesError(TransitionError):
    """The approver built, edited or submitted what is to be approved."""


@dataclass(frozen=True)
class Release:
    """One snapshot on its way to publication.

    ``report`` is the comparison with ``base`` (the snapshot live when it was built), ``contributors``
    are those who edited or built it, ``reason`` says why it may be published although questions are lost.
    """

    id: int
    snapshot: str
    base: str | None
    state: ReleaseState
    note: str
    report: Mapping[str, Any]
    contributors: tuple[str, ...]
    reason: str | None
    built_by: str
    built_at: datetime
    submitted_by: str | None
    submitted_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    ended_at: datetime | None
    message: str

    @property
    def lost(self) -> int:
        """How many golden questions it no longer answers."""
        return len(self.report.get("lost", ()))


def create(
    conn: Connection,
    snapshot: str,
    base: str | None,
    report: Mapping[str, Any],
    *,
    by: str,
    note: str = "",
    contributors: Sequence[str] = (),
    now: datetime | None = None,
) -> Release:
    """A draft that was built and compared; releases still open before it are superseded."""
    moment = or_now(now)
    conn.execute(
        sa.update(table)
        .where(table.c.state.in_(_OPEN))
        .values(state="superseded", ended_at=moment, message="后来又构建了一版，这一版不再发布")
    )
    done = conn.execute(
        sa.insert(table).values(
            snapshot=snapshot,
            base=base,
            state=ReleaseState.DRAFT.value,
            note=note.strip(),
            report=dict(report),
            contributors=sorted({*contributors, by}),
            built_by=by,
            built_at=moment,
            message="",
        )
    )
    audit.record(conn, by, "build", snapshot, detail={"note": note, "base": base}, now=moment)
    return get(conn, int(done.inserted_primary_key[0]))


def get(conn: Connection, identifier: int) -> Release:
    """:raises NotFoundError: there is no such release."""
    row = conn.execute(sa.select(table).where(table.c.id == identifier)).first()
    if row is None:
        raise NotFoundError(f"没有第 {identifier} 次发布记录")
    return _release(row)


def listing(conn: Connection, *, limit: int = 50) -> tuple[Release, ...]:
    """Releases, newest first."""
    rows = conn.execute(sa.select(table).order_by(table.c.id.desc()).limit(limit))
    return tuple(_release(row) for row in rows)


def in_state(conn: Connection, *states: ReleaseState) -> tuple[Release, ...]:
    """Releases in one of these states, oldest first."""
    wanted = [state.value for state in states]
    rows = conn.execute(sa.select(table).where(table.c.state.in_(wanted)).order_by(table.c.id))
    return tuple(_release(row) for row in rows)


def awaiting(conn: Connection, login: str) -> tuple[Release, ...]:
    """Submitted releases that this person may approve, oldest first."""
    found = in_state(conn, ReleaseState.SUBMITTED)
    if not found or not preferences.four_eyes(conn).is_on:
        return found
    return tuple(item for item in found if not had_a_part(item, login))


def had_a_part(release: Release, login: str) -> bool:
    """Whether this person edited, built or submitted what it holds."""
    return login in {*release.contributors, release.submitted_by}


def submit(
    conn: Connection,
    identifier: int,
    *,
    by: str,
    reason: str | None = None,
    now: datetime | None = None,
) -> Release:
    """Ask for approval.

    :param reason: why it may go live although golden questions are lost.
    :raises InvalidRecordError: questions are lost and no reason is given.
    :raises TransitionError: it is no draft any more.
    """
    release = get(conn, identifier)
    words = (reason or "").strip()
    if release.lost and len(words) < SHORTEST_REASON:
        raise InvalidRecordError(
            f"有 {release.lost} 个判定问题会答不出来，提交前请写明为什么仍要发布"
        )
    moment = or_now(now)
    _move(
        conn,
        release,
        (ReleaseState.DRAFT, ReleaseState.RETURNED),
        ReleaseState.SUBMITTED,
        submitted_by=by,
        submitted_at=moment,
        reason=words or None,
        message="",
    )
    detail = {"lost": release.lost, "reason": words or None}
    audit.record(conn, by, "submit", release.snapshot, detail=detail, now=moment)
    return get(conn, identifier)


def send_back(
    conn: Connection, identifier: int, *, by: str, comment: str, now: datetime | None = None
) -> Release:
    """Return a submitted release with what must be changed."""
    words = comment.strip()
    if len(words) < SHORTEST_REASON:
        raise InvalidRecordError("退回时请写明要改什么")
    release, moment = get(conn, identifier), or_now(now)
    _move(
        conn,
        release,
        (ReleaseState.SUBMITTED,),
        ReleaseState.RETURNED,
        decided_by=by,
        decided_at=moment,
        message=words,
    )
    audit.record(conn, by, "return", release.snapshot, detail={"comment": words}, now=moment)
    return get(conn, identifier)


def approve(conn: Connection, identifier: int, *, by: str, now: datetime | None = None) -> Release:
    """Approve a submitted release; the caller swaps the pointer next.

    :raises FourEyesError: the approver had a part in it, and the center insists on a second person.
    :raises TransitionError: somebody was faster, or it was never submitted.
    """
    release, moment = get(conn, identifier), or_now(now)
    insists = preferences.four_eyes(conn).is_on
    if insists and had_a_part(release, by):
        raise FourEyesError(
            "这次发布里有您改过、构建或提交的内容，需要另一位同事批准；"
            "只有一个人的中心可请系统管理员关闭双人审核"
        )
    _move(
        conn,
        release,
        (ReleaseState.SUBMITTED,),
        ReleaseState.PUBLISHING,
        decided_by=by,
        decided_at=moment,
        message="",
    )
    audit.record(conn, by, "approve", release.snapshot, detail={"four_eyes": insists}, now=moment)
    return get(conn, identifier)


def conclude(
    conn: Connection,
    identifier: int,
    *,
    is_live: bool,
    message: str = "",
    now: datetime | None = None,
) -> Release:
    """Note whether an approved release went live; otherwise it waits for approval again."""
    release, moment = get(conn, identifier), or_now(now)
    if is_live:
        _move(
            conn,
            release,
            (*(ReleaseState(state) for state in _OPEN), ReleaseState.PUBLISHING),
            ReleaseState.PUBLISHED,
            ended_at=moment,
            message=message,
        )
        actor, action = release.decided_by or "system", "publish"
    else:
        _move(
            conn,
            release,
            (ReleaseState.PUBLISHING,),
            ReleaseState.SUBMITTED,
            decided_by=None,
            decided_at=None,
            message=message,
        )
        actor, action = "system", "publish-failed"
    detail = {"base": release.base, "reason": release.reason, "message": message}
    audit.record(conn, actor, action, release.snapshot, detail=detail, now=moment)
    return get(conn, identifier)


def supersede(
    conn: Connection, identifier: int, message: str, *, now: datetime | None = None
) -> Release:
    """Take an open release out because its snapshot can no longer be published."""
    release = get(conn, identifier)
    states = (ReleaseState.DRAFT, ReleaseState.SUBMITTED, ReleaseState.RETURNED)
    _move(conn, release, states, ReleaseState.SUPERSEDED, ended_at=or_now(now), message=message)
    return get(conn, identifier)


def _move(
    conn: Connection,
    release: Release,
    allowed: Sequence[ReleaseState],
    to: ReleaseState,
    **values: Any,
) -> None:
    done = conn.execute(
        sa.update(table)
        .where(table.c.id == release.id, table.c.state.in_([state.value for state in allowed]))
        .values(state=to.value, **values)
    )
    if done.rowcount:
        return
    present = get(conn, release.id)
    who = f"（{present.decided_by}）" if present.decided_by else ""
    raise TransitionError(f"这次发布现在是“{present.state.label}”{who}，不能再做这一步；请刷新页面")


def _release(row: Any) -> Release:
    return Release(
        id=row.id,
        snapshot=row.snapshot,
        base=row.base,
        state=ReleaseState(row.state),
        note=row.note,
        report=row.report,
        contributors=tuple(row.contributors),
        reason=row.reason,
        built_by=row.built_by,
        built_at=row.built_at,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        ended_at=row.ended_at,
        message=row.message,
    )
