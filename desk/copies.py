"""Which copies of the server are there.

A copy is a process with a row.  Where its process can be seen it is there as long as that lives; seen from
another machine, container or start of the machine, as long as it says so every few seconds.  Work of a copy that is gone is free for others.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk.copy_tables import copies
from desk.engine import is_sqlite
from desk.times import utc_now

# A copy says so that often ...
SAYS_EVERY_S = 5.0
# ... and is gone for who cannot see its process after so long a silence; a restart of the database is shorter.
SILENCE = timedelta(seconds=30)
_FORGOTTEN = timedelta(days=1)
# Not all of a row: a command may meet records that no server of its version has opened yet.
_PROCESS = (copies.c.id, copies.c.host, copies.c.pid, copies.c.begun, copies.c.seen_at)


@dataclass(frozen=True)
class _Process:
    host: str
    pid: int
    begun: str


def new_id() -> str:
    """A name for a copy that begins."""
    return uuid.uuid4().hex[:12]


def enter(conn: Connection, copy: str, deployment: str | None = None) -> None:
    """Be there, as this process; what ended long ago is forgotten.

    :param deployment: for a server, which all copies must have in common.
    """
    moment, own = present(conn), _own(os.getpid())
    conn.execute(sa.delete(copies).where(copies.c.seen_at < moment - _FORGOTTEN))
    conn.execute(
        sa.insert(copies).values(
            id=copy,
            host=own.host,
            pid=own.pid,
            begun=own.begun,
            seen_at=moment,
            **({} if deployment is None else {"deployment": deployment}),
        )
    )


def stay(conn: Connection, copy: str) -> None:
    """Say that this copy is still there."""
    done = conn.execute(sa.update(copies).where(copies.c.id == copy).values(seen_at=present(conn)))
    if not done.rowcount:
        enter(conn, copy)


def leave(conn: Connection, copy: str) -> None:
    """Be gone."""
    conn.execute(sa.delete(copies).where(copies.c.id == copy))


def gone(conn: Connection, names: Iterable[str]) -> set[str]:
    """Those of some copies that are not there any more."""
    wanted = set(names)
    if not wanted:
        return set()
    rows = conn.execute(sa.select(*_PROCESS).where(copies.c.id.in_(wanted))).all()
    moment, own = present(conn), _own(os.getpid())
    there = set()
    for row in rows:
        if row.host == own.host:
            is_there = _begun(row.pid) == row.begun
        else:
            is_there = row.seen_at >= moment - SILENCE
        if is_there:
            there.add(row.id)
    return wanted - there


def others(conn: Connection, copy: str) -> set[str]:
    """The copies that are there beside one."""
    names = {row[0] for row in conn.execute(sa.select(copies.c.id))} - {copy}
    return names - gone(conn, names)


def deployments(conn: Connection) -> set[str]:
    """The deployments of the servers that are there; more than one would not know each other's tokens."""
    found = conn.execute(
        sa.select(copies.c.id, copies.c.deployment).where(copies.c.deployment.is_not(None))
    ).all()
    left = gone(conn, [row.id for row in found])
    return {row.deployment for row in found if row.id not in left}


def present(conn: Connection) -> datetime:
    """The database's own clock, which all machines share."""
    if is_sqlite(conn):
        return utc_now()
    found: datetime = conn.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return found


def _own(pid: int) -> _Process:
    return _Process(_host(), pid, _begun(pid) or "")


@lru_cache(maxsize=1)
def _host() -> str:
    """This machine, and where processes are numbered apart (containers) that, too."""
    space = Path("/proc/self/ns/pid")
    number = os.stat(space).st_ino if space.exists() else 0
    return f"{socket.gethostname()[:150]}/{number}/{_boot()}"


def _boot() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text("ascii").strip()[:8] if path.exists() else ""


def _begun(pid: int) -> str | None:
    """When a process began, in the system's own count; None when there is none, or it only waits to be buried."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return None if _has_proc() else _alive(pid)
    return None if fields[0] in ("Z", "X") else fields[19]


def _has_proc() -> bool:
    return Path("/proc/self/stat").exists()


def _alive(pid: int) -> str | None:
    """Without ``/proc``: only whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return "?"
    return "?"
