"""An empty casework database for each test: migrated once in a run, copied for every test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import Engine

from desk.engine import open_engine
from desk.migrations import migrate


@lru_cache(maxsize=1)
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="huhang-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = open_engine(f"sqlite:///{folder / 'desk.sqlite'}")
    migrate(engine)
    engine.dispose()
    return folder / "desk.sqlite"


def fresh_database(path: Path) -> Engine:
    """An engine over a new SQLite file that has every table and no row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_migrated(), path)
    return open_engine(f"sqlite:///{path}")
