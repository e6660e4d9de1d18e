"""The published index: reload by swap, readers at full speed during publications."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from indexer.build import build_index
from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex, chunking_label
from knowledge.errors import SnapshotError
from settings import KnowledgeSettings, Settings
from tests.indexer.conftest import FakeEncoder, make_passage

READERS, PUBLICATIONS = 8, 50
SETTLED = 10  # publications after which memory must not grow any more
# Bytes; an index with a word dictionary of its own is 20 MB.
GROWTH = 16 * 2**20


def _publish(snapshots: Path, name: str, encoder: FakeEncoder) -> None:
    if not (snapshots / name).is_dir():
        texts = [f"版本{name}的第{number}段讲商标抢注" for number in range(4)]
        passages = [make_passage(f"d{number}#1", text) for number, text in enumerate(texts)]
        build_index(
            passages, encoder, out_dir=snapshots / name / "index", chunking=chunking_label()
        )
    pointer = snapshots / "pointer.new"
    pointer.write_text(name, "utf-8")
    pointer.replace(snapshots / "CURRENT")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), knowledge=KnowledgeSettings(snapshots_dir=tmp_path))


def test_nothing_published_says_what_to_run(settings, fake_encoder):
    with pytest.raises(SnapshotError, match="huhang kb publish"):
        LiveIndex(settings, fake_encoder).current()


def test_new_pointer_is_followed_and_the_old_index_stays_usable(settings, fake_encoder, tmp_path):
    live = LiveIndex(settings, fake_encoder)
    _publish(tmp_path, "one", fake_encoder)
    old = live.current()
    _publish(tmp_path, "two", fake_encoder)
    assert live.current().snapshot_id == "two"
    assert "版本one" in old.search("商标抢注", 1)[0].passage.text


def test_unusable_snapshot_keeps_the_old_one(settings, fake_encoder, tmp_path):
    live = LiveIndex(settings, fake_encoder)
    _publish(tmp_path, "one", fake_encoder)
    live.current()
    (tmp_path / "broken").mkdir()
    (tmp_path / "CURRENT").write_text("broken", "utf-8")
    assert live.current().snapshot_id == "one"


def _read_until(stop: threading.Event, live: LiveIndex, problems: list[str]) -> None:
    """Search at full speed; a passage of another snapshot than the index held is a problem."""
    try:
        while not stop.is_set():
            index = live.current()
            texts = [hit.passage.text for hit in index.search("商标抢注第二段", 4)]
            problems.extend(t for t in texts if f"版本{index.snapshot_id}的" not in t)
            if not texts:
                problems.append("nothing found")
    except Exception as error:
        problems.append(repr(error))


def _is_served(live: LiveIndex, name: str) -> bool:
    """Whether the publication arrives; a call that meets another one opening it gets the old one."""
    until = time.monotonic() + 30
    while live.current().snapshot_id != name:
        if time.monotonic() > until:
            return False
        time.sleep(0.001)
    return True


def _resident() -> int:
    """Bytes of this process in memory, after what nobody holds was given back."""
    gc.collect()
    return psutil.Process().memory_info().rss


def test_readers_never_see_a_mixed_answer_during_publications(settings, fake_encoder, tmp_path):
    live = LiveIndex(settings, fake_encoder)
    for name in ("a", "b", "c"):
        _publish(tmp_path, name, fake_encoder)
    live.current()
    stop = threading.Event()
    problems: list[str] = []
    threads = [
        threading.Thread(target=_read_until, args=(stop, live, problems)) for _ in range(READERS)
    ]
    for thread in threads:
        thread.start()
    missed, settled = [], 0
    for number in range(PUBLICATIONS):
        name = "abc"[number % 3]
        _publish(tmp_path, name, fake_encoder)
        if not _is_served(live, name):
            missed.append(number)
        if number == SETTLED:
            settled = _resident()
    grown = _resident() - settled
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert missed == []
    assert grown < GROWTH
    # Readers are gone, so nothing but the published index may be held.
    gc.collect()
    indexes = [kept for kept in gc.get_objects() if type(kept) is HybridIndex]
    held = [index.snapshot_id for index in indexes if index.snapshot_id in ("a", "b", "c")]
    assert held == [live.current().snapshot_id]
