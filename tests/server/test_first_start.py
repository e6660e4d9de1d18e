"""Several copies that start together on empty records: all of them come up, and nothing is there twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from desk import tables
from desk.campaign_tables import campaigns
from desk.engine import open_engine, reading
from desk.migrations import pending

ROOT = Path(__file__).parents[2]
# What a copy does with its stores when it starts, at the same moment as the others.
START = """
import sys, time
from pathlib import Path
from bot.trackers import SessionTrackerStore
from channels.app import _keep_campaigns
from channels.cli.serve import _first_admin
from desk import copies
from desk.engine import open_engine, writing
from desk.migrations import migrate
from server.security import load_secret
from settings import load_settings

settings = load_settings()
Path(sys.argv[1]).touch()
while len(list(Path(sys.argv[1]).parent.iterdir())) < 4:
    time.sleep(0.005)
load_secret(None, settings.data_dir)
_first_admin(settings)
engine = open_engine(settings.desk.database_url)
migrate(engine)
_keep_campaigns(settings, engine)
with writing(engine) as conn:
    copies.enter(conn, copies.new_id())
SessionTrackerStore(settings.bot.tracker_url).close()
"""


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_four_start_together(kind: str, tmp_path: Path, request: pytest.FixtureRequest):
    data = tmp_path / "data"
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("HUHANG_")},
        "PYTHONPATH": str(ROOT), "HUHANG_DATA_DIR": str(data), "HUHANG_TODAY": "2026-11-23",
    }  # fmt: skip
    url = f"sqlite:///{data / 'desk.sqlite'}"
    if kind == "postgres":
        url = request.getfixturevalue("fresh_postgres")
        environment |= {"HUHANG_DATABASE_URL": url, "HUHANG_TRACKER_URL": url}
    there = tmp_path / "there"
    there.mkdir()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(there / str(number))],
            cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    said = [process.communicate(timeout=180)[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, "\n".join(said)
    engine = open_engine(url)
    assert pending(engine) == []
    with reading(engine) as conn:
        assert conn.execute(sa.select(tables.staff.c.login)).scalars().all() == ["admin"]
        codes = conn.execute(sa.select(campaigns.c.code)).scalars().all()
        assert len(codes) == len(set(codes)) > 0
    engine.dispose()
