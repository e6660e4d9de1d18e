"""Erasing one person at the request of the staff or an operator: records, dialogue state, files."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from bot import tracker_erasure
from desk import attachments
from desk.engine import clear_log, writing
from desk.privacy import Erased, erase
from settings import Settings


def erase_person(
    engine: Engine,
    settings: Settings,
    sender: str,
    *,
    actor: str,
    reason: str = "",
    center: str | None = None,
) -> Erased:
    """Remove everything a person left, beside a running server too.

    :param reason: why; kept with the audit entry.
    :param center: whose staff ask for it.
    """
    with writing(engine) as conn:
        erased = erase(conn, sender, actor=actor, reason=reason, center=center)
    with tracker_erasure.opened(settings.bot.tracker_url) as trackers:
        if trackers is not None:
            tracker_erasure.forget(trackers, sender)
    attachments.sweep(engine, settings.desk.attachments_dir)
    clear_log(engine)
    return erased
