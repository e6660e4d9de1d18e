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
# What a copy does with the records when it starts, at the same moment as the others.
START = """
import sys, time
from pathlib import Path
from desk import campaign_defaults, copies, staff
from desk.engine import open_engine, starting, writing
from desk.migrations import migrate
from knowledge.campaign_table import next_campaigns
from settings import load_settings
from datetime import date

settings = load_settings()
shipped = next_campaigns(settings.knowledge.tables_dir, date(2026, 11, 23))
engine = open_engine(settings.desk.database_url)
Path(sys.argv[1]).touch()
while len(list(Path(sys.argv[1]).parent.iterdir())) < 4:
    time.sleep(0.005)
migrate(engine)
with starting(engine), writing(engine) as conn:
    staff.first_admin_invitation(conn)
with starting(engine), writing(engine) as conn:
    campaign_defaults.keep(conn, shipped)
with starting(engine), writing(engine) as conn:
    copies.enter(conn, copies.new_id())
"""
# What they do with the state of dialogues.
TRACKERS = """
import sys, time, threading
from bot.trackers import SessionTrackerStore
start, failed = threading.Barrier(4), []

def begin():
    start.wait()
    try:
        SessionTrackerStore(sys.argv[1]).close()
    except BaseException as error:
        failed.append(repr(error))

threads = [threading.Thread(target=begin) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit("; ".join(failed) or 0)
"""


@pytest.mark.slow  # starts four processes
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


@pytest.mark.rasa
@pytest.mark.postgres
def test_four_begin_the_state_of_dialogues_together(fresh_postgres: str):
    done = subprocess.run(
        [sys.executable, "-c", TRACKERS, fresh_postgres],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
