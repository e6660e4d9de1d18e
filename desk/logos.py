"""A center's own mark, as it stands on posters and certificates: one picture a center, made anew when it came in."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from desk import audit
from desk.account_tables import center_logos as table


def find(conn: Connection, center: str | None) -> bytes | None:
    """The picture of a center, as PNG; None where it has none."""
    if not center:
        return None
    picture = conn.execute(sa.select(table.c.picture).where(table.c.center == center)).scalar()
    return None if picture is None else bytes(picture)


def save(conn: Connection, center: str, picture: bytes | None, actor: str, on: date) -> None:
    """Keep a picture that was checked, or take the present one away."""
    conn.execute(sa.delete(table).where(table.c.center == center))
    if picture is not None:
        conn.execute(
            sa.insert(table).values(center=center, picture=picture, changed_by=actor, changed_on=on)
        )
    detail = {"bytes": 0 if picture is None else len(picture)}
    audit.record(conn, actor, "setting", "logo", center=center, detail=detail)
