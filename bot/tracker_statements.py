"""What the store of dialogue state asks its database, each made once: every turn asks the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.shared.core.events import SessionStarted


@dataclass(frozen=True)
class Statements:
    """``session`` gives the events of a person's present session as JSON, ``newest`` the last id.

    All but ``insert`` take the ``sender``.
    """

    session: Any
    newest: Any
    insert: Any
    erase: Any

    @classmethod
    def of(cls, table: Any) -> Statements:
        """Those of Rasa's table of events."""
        earlier = table.alias()
        theirs = table.c.sender_id == sa.bindparam("sender")
        started = (
            sa.select(sa.func.max(earlier.c.timestamp))
            .where(
                earlier.c.sender_id == sa.bindparam("sender"),
                earlier.c.type_name == SessionStarted.type_name,
            )
            .scalar_subquery()
        )
        # Where no session was ever begun, everything is of the present one.
        present = sa.or_(table.c.timestamp >= started, started.is_(None))
        return cls(
            session=sa.select(table.c.data).where(theirs, present).order_by(table.c.id),
            newest=sa.select(sa.func.max(table.c.id)).where(theirs),
            insert=sa.insert(table),
            erase=sa.delete(table).where(theirs),
        )
