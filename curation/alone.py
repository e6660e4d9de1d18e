"""What a command does alone, beside servers and other commands on the same records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from desk import leases
from desk.engine import open_engine, sqlite_file, writing
from desk.migrations import migrate
from knowledge.snapshots import Guard, unguarded
from settings import Settings

BUILDING = "build"
PUBLISHING = "publish"
TRAINING = "train"


@contextmanager
def alone(settings: Settings, name: str, by: str) -> Iterator[Guard]:
    """Be the only one at a work until the block ends.

    A data folder in which no server ever ran has no records yet and needs none: there the locks on the
    files are enough.

    :return: what to ask before the result is made to last.
    :raises LeaseTakenError: a server or another command is at it.
    """
    file = sqlite_file(settings.desk.database_url)
    if file is not None and not file.exists():
        yield unguarded
        return
    engine = open_engine(settings.desk.database_url)
    try:
        migrate(engine)
        with leases.alone(engine, name, by) as lease:

            def guard() -> None:
                with writing(engine) as conn:
                    leases.insist(conn, lease)

            yield guard
    finally:
        engine.dispose()
