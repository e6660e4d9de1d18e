"""Signs of life of a copy of the server, given by a thread that waits for nothing else in its process.

A copy that says nothing for :data:`desk.copies.SILENCE` is gone for whoever cannot see its process (another
machine or container), which takes over its work.  So neither a loop that is busy, nor threads that all wait, nor a pool without a free connection may
hold a sign up: it has a thread and a connection of its own.
"""

from __future__ import annotations

import logging
import threading

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from desk import copies
from desk.engine import open_engine, writing
from knowledge.errors import DeskError

logger = logging.getLogger(__name__)

# After a sign that could not be stored the next one is tried so soon.
_AGAIN_S = 1.0


class SignsOfLife:
    """Says every few seconds that a copy is there."""

    def __init__(self, engine: Engine, copy: str) -> None:
        """Say nothing yet.

        :param engine: the records, of which only the address is used.
        :param copy: one that has entered them.
        """
        self._url = engine.url.render_as_string(hide_password=False)
        self._copy = copy
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="signs-of-life", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Wait until nothing more will be said; blocks as long as one sign takes."""
        self._ended.set()
        if self._thread.ident is not None:  # it was started
            self._thread.join()

    def _run(self) -> None:
        engine = open_engine(self._url)
        wait = copies.SAYS_EVERY_S
        while not self._ended.wait(wait):
            wait = copies.SAYS_EVERY_S
            try:
                with writing(engine) as conn:
                    copies.stay(conn, self._copy)
            except (DeskError, sa.exc.IntegrityError) as error:
                logger.warning("a sign of life was not stored: %s", error)
                wait = min(wait, _AGAIN_S)
            except Exception:  # silence would have others take over what goes on here
                logger.exception("a sign of life was not stored")
        engine.dispose()
