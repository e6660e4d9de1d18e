"""Work that one copy of the server alone may do: taken, told of, and given up by its name.

Each holder gets a token larger than any before it.  Whoever is about to make something last asks with the
token (:func:`insist`) in the same transaction, or right before, whether the work is still theirs: a copy
that was thought dead, and goes on, changes nothing.  A lease is held until it is given up or its copy is
gone (:mod:`desk.copies`); nobody has to renew it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from desk import copies
from desk.copy_tables import leases
from desk.engine import is_sqlite, open_engine, writing
from desk.errors import TransitionError
from desk.signs_of_life import SignsOfLife

# Between two looks at work that somebody else is at.
_LOOK_S = 0.1


class LeaseLostError(TransitionError):
    """The work was taken over by somebody else meanwhile."""


class LeaseTakenError(TransitionError):
    """Somebody else is at this work."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(
            f"{standing.by or '别的进程'} 已经开始了这项工作（{standing.step}），请等它结束"
        )
        self.standing = standing


@dataclass(frozen=True)
class Lease:
    """One's own hold on a work."""

    name: str
    holder: str
    token: int


@dataclass(frozen=True)
class Standing:
    """What is known of a work: whether somebody is at it, and what they last said."""

    name: str
    is_held: bool
    token: int
    state: Mapping[str, Any]

    @property
    def by(self) -> str:
        """Who began it."""
        return str(self.state.get("by", ""))

    @property
    def step(self) -> str:
        """How far it is, in words."""
        return str(self.state.get("step", "")) or "进行中"


def take(conn: Connection, name: str, holder: str, state: Mapping[str, Any]) -> Lease:
    """Be the only one at a work.

    :param holder: a copy that is there.
    :param state: what others are told of it.
    :raises LeaseTakenError: another copy is at it.
    """
    make = sqlite.insert if is_sqlite(conn) else postgresql.insert
    moment = copies.present(conn)
    conn.execute(
        make(leases)
        .values(name=name, holder=None, token=0, state={}, changed_at=moment)
        .on_conflict_do_nothing()
    )
    row = conn.execute(sa.select(leases).where(leases.c.name == name).with_for_update()).one()
    standing = _standing(conn, row)
    if standing.is_held:
        raise LeaseTakenError(standing)
    token = row.token + 1
    conn.execute(
        sa.update(leases)
        .where(leases.c.name == name)
        .values(holder=holder, token=token, state=dict(state), changed_at=moment)
    )
    return Lease(name, holder, token)


def note(conn: Connection, lease: Lease, state: Mapping[str, Any]) -> None:
    """Say how far the work is.

    :raises LeaseLostError: it is somebody else's by now.
    """
    values = {"state": dict(state), "changed_at": copies.present(conn)}
    if not conn.execute(sa.update(leases).where(_is(lease)).values(**values)).rowcount:
        raise _lost(lease)


def insist(conn: Connection, lease: Lease) -> None:
    """Make sure that the work is one's own, and stays so until the transaction ends.

    :raises LeaseLostError: it is somebody else's by now.
    """
    found = conn.execute(sa.select(leases.c.name).where(_is(lease)).with_for_update()).first()
    if found is None:
        raise _lost(lease)


def adopt(conn: Connection, lease: Lease, holder: str) -> Lease:
    """Go on with a work under another name: as a process that outlives the copy which began it.

    :param holder: a copy that is there.
    :raises LeaseLostError: it is somebody else's by now.
    """
    values = {"holder": holder, "changed_at": copies.present(conn)}
    if not conn.execute(sa.update(leases).where(_is(lease)).values(**values)).rowcount:
        raise _lost(lease)
    return Lease(lease.name, holder, lease.token)


def give_up(conn: Connection, lease: Lease, state: Mapping[str, Any] | None = None) -> None:
    """End the hold; nothing happens where it is lost already.

    :param state: what is known of the work from now on.
    """
    values: dict[str, Any] = {"holder": None, "changed_at": copies.present(conn)}
    if state is not None:
        values["state"] = dict(state)
    conn.execute(sa.update(leases).where(_is(lease)).values(**values))


def standing(conn: Connection, name: str) -> Standing | None:
    """What is known of a work; None when nobody ever was at it."""
    row = conn.execute(sa.select(leases).where(leases.c.name == name)).first()
    return None if row is None else _standing(conn, row)


class Guard(Protocol):
    """Asked before something is made to last."""

    def check(self) -> None:
        """:raises LeaseLostError: the work is somebody else's by now."""
        ...


@dataclass(frozen=True)
class Fence:
    """A lease as it travels to another process, which asks before it makes something last."""

    url: str
    lease: Lease

    def check(self) -> None:
        """:raises LeaseLostError: the work is somebody else's by now."""
        engine = open_engine(self.url)
        try:
            with writing(engine) as conn:
                insist(conn, self.lease)
        finally:
            engine.dispose()


@contextmanager
def alone(
    engine: Engine,
    name: str,
    by: str,
    *,
    first: Callable[[Connection], object] | None = None,
    wait_s: float = 0.0,
) -> Iterator[Lease]:
    """Be the only one at a work until the block ends, as a copy of one's own.

    :param by: who is named to others that want the same.
    :param first: done in the transaction that takes the lease: both happen or neither.
    :param wait_s: how long to wait for somebody who is at it.
    :raises LeaseTakenError: somebody else is at it all the time.
    """
    copy = copies.new_id()

    def begin() -> Lease:
        with writing(engine) as conn:
            if first is not None:
                first(conn)
            copies.enter(conn, copy)
            return take(conn, name, copy, {"by": by})

    lease = _when_free(begin, time.monotonic() + wait_s)
    signs = SignsOfLife(engine, copy)
    signs.start()
    try:
        yield lease
    finally:
        signs.close()
        with writing(engine) as conn:
            give_up(conn, lease)
            copies.leave(conn, copy)


def _when_free(begin: Callable[[], Lease], until: float) -> Lease:
    while True:
        try:
            return begin()
        except LeaseTakenError:
            if time.monotonic() >= until:
                raise
        time.sleep(_LOOK_S)


def _is(lease: Lease) -> Any:
    return (
        (leases.c.name == lease.name)
        & (leases.c.holder == lease.holder)
        & (leases.c.token == lease.token)
    )


def _standing(conn: Connection, row: Any) -> Standing:
    is_held = row.holder is not None and not copies.gone(conn, [row.holder])
    return Standing(row.name, is_held, row.token, row.state)


def _lost(lease: Lease) -> LeaseLostError:
    return LeaseLostError(f"“{lease.name}”已由别的进程接手，这里的结果没有采用")
