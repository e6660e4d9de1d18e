"""The published index: reload by swap, readers at full speed during publications."""

from __future__ import annotations

import gc
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from indexer.build import build_index
from indexer.dense import FILE_NAME as VECTORS
from indexer.hybrid import HybridIndex
from indexer.live import LiveIndex, chunking_label, one_index
from knowledge.errors import SnapshotError
from knowledge.persistence import write_passages
from knowledge.snapshot_types import LAYOUT
from knowledge.snapshots import SnapshotStore
from settings import KnowledgeSettings, Settings
from tests.indexer.conftest import FakeEncoder, make_passage

READERS, PUBLICATIONS = 8, 50
SETTLED = 10  # publications after which memory must not grow any more
# Bytes; an index with a word dictionary of its own is 20 MB.
GROWTH = 16 * 2**20


def _publish(snapshots: Path, name: str, encoder: FakeEncoder) -> str:
    """Make the snapshot of this name current, built at the first call.

    :return: its id.
    """
    store, noted = SnapshotStore(snapshots), snapshots.parent / f"{name}.id"
    if not noted.exists():
        texts = [f"版本{name}的第{number}段讲商标抢注" for number in range(4)]
        passages = [make_passage(f"d{number}#1", text) for number, text in enumerate(texts)]

        def build(folder: Path) -> dict[str, int]:
            write_passages(folder / LAYOUT.passages, passages)
            build_index(passages, encoder, out_dir=folder / "index", chunking=chunking_label())
            return {"documents": 4}

        noted.write_text(store.stage(build, by="test"), "utf-8")
    return store.publish(noted.read_text("utf-8"), by="test")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), knowledge=KnowledgeSettings(snapshots_dir=tmp_path / "snapshots"))


def test_nothing_published_says_what_to_run(settings, fake_encoder):
    with pytest.raises(SnapshotError, match="huhang kb publish"):
        LiveIndex(settings, fake_encoder).current()


def test_new_pointer_is_followed_and_the_old_index_stays_usable(settings, fake_encoder):
    live, folder = LiveIndex(settings, fake_encoder), settings.knowledge.snapshots_dir
    _publish(folder, "one", fake_encoder)
    old = live.current()
    assert live.current_id() == old.snapshot_id
    two = _publish(folder, "two", fake_encoder)
    assert live.current().snapshot_id == two
    assert "版本one" in old.search("商标抢注", 1)[0].passage.text


def test_a_turn_over_another_index_has_that_one_at_hand(settings, fake_encoder):
    live, folder = LiveIndex(settings, fake_encoder), settings.knowledge.snapshots_dir
    _publish(folder, "one", fake_encoder)
    published = live.current()
    draft = LiveIndex(settings, fake_encoder).current()
    with one_index(draft):
        assert live.at_hand() is live.current() is draft
    assert live.at_hand() is live.current() is published


def test_what_was_switched_to_needs_its_folder_no_more(settings, fake_encoder):
    live, folder = LiveIndex(settings, fake_encoder), settings.knowledge.snapshots_dir
    _publish(folder, "one", fake_encoder)
    live.current()
    two = _publish(folder, "two", fake_encoder)
    index = live.current()
    for vectors in folder.glob(f"{two}/**/{VECTORS}"):
        vectors.unlink()
    assert "版本two" in index.search("商标抢注", 1)[0].passage.text


def test_unusable_snapshot_keeps_the_old_one(settings, fake_encoder):
    live, folder = LiveIndex(settings, fake_encoder), settings.knowledge.snapshots_dir
    one = _publish(folder, "one", fake_encoder)
    live.current()
    (folder / "CURRENT").write_text("broken", "utf-8")
    assert live.current().snapshot_id == one


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), ValueError("bad magic")])
def test_whatever_fails_while_a_snapshot_is_opened_the_old_one_answers(
    settings, fake_encoder, monkeypatch, error
):
    def fail(*_args: object, **_options: object) -> None:
        raise error

    live, folder = LiveIndex(settings, fake_encoder), settings.knowledge.snapshots_dir
    one = _publish(folder, "one", fake_encoder)
    live.current()
    two = _publish(folder, "two", fake_encoder)
    with monkeypatch.context() as patch:
        patch.setattr(HybridIndex, "load", fail)
        assert live.current().snapshot_id == one
        with pytest.raises(type(error)):
            LiveIndex(settings, fake_encoder).current()
    assert live.current().snapshot_id == one, "not tried again at every message"
    monkeypatch.setattr("indexer.live.RETRY_S", 0.0)
    assert live.current().snapshot_id == two


def _change(path: Path) -> bytes:
    """Change one byte and nothing else, as a failing disk does.

    :return: the right content.
    """
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    return content


def _files(snapshot: Path) -> list[Path]:
    return [path for path in snapshot.rglob("*") if path.is_file() and path.stat().st_size]


def test_a_snapshot_with_one_changed_byte_is_not_opened(settings, fake_encoder):
    folder = settings.knowledge.snapshots_dir
    files = _files(folder / _publish(folder, "one", fake_encoder))
    assert len(files) > 5
    for path in files:
        right = _change(path)
        with pytest.raises(SnapshotError):
            LiveIndex(settings, fake_encoder).current()
        path.write_bytes(right)
    assert LiveIndex(settings, fake_encoder).current().snapshot_id


def test_a_changed_snapshot_is_not_switched_to_until_it_is_repaired(
    settings, fake_encoder, monkeypatch
):
    live, folder = LiveIndex(settings, fake_encoder), settings.knowledge.snapshots_dir
    one = _publish(folder, "one", fake_encoder)
    two = _publish(folder, "two", fake_encoder)
    _publish(folder, "one", fake_encoder)
    assert live.current().snapshot_id == one
    path = folder / two / "index" / "index.json"
    right = _change(path)
    (folder / "CURRENT").write_text(two, "utf-8")
    assert live.current().snapshot_id == one
    path.write_bytes(right)
    assert live.current().snapshot_id == one, "not tried again at every message"
    monkeypatch.setattr("indexer.live.RETRY_S", 0.0)
    assert live.current().snapshot_id == two


def _read_until(stop: threading.Event, live: LiveIndex, problems: list[str]) -> None:
    """Search at full speed; a passage of another snapshot than the index held is a problem."""
    try:
        while not stop.is_set():
            index = live.current()
            texts = [hit.passage.text for hit in index.search("商标抢注第二段", 4)]
            problems.extend(texts if len({text.split("的")[0] for text in texts}) > 1 else ())
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


class Watched(NamedTuple):
    """What many publications under readers at full speed came to."""

    problems: list[str]
    missed: list[int]
    grown: int  # bytes of memory, between the settled publication and the last one
    held: list[str]  # snapshots whose index is still in memory once the readers are gone
    served: str


def _watch_publications(settings: Settings, encoder: FakeEncoder) -> Watched:
    live, folder = LiveIndex(settings, encoder), settings.knowledge.snapshots_dir
    published = [_publish(folder, name, encoder) for name in ("a", "b", "c")]
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
        identifier = _publish(folder, name, encoder)
        if not _is_served(live, identifier):
            missed.append(number)
        if number == SETTLED:
            settled = _resident()
    grown = _resident() - settled
    stop.set()
    for thread in threads:
        thread.join()
    gc.collect()
    indexes = [kept for kept in gc.get_objects() if type(kept) is HybridIndex]
    held = [index.snapshot_id for index in indexes if index.snapshot_id in published]
    return Watched(problems, missed, grown, held, live.current().snapshot_id)


@pytest.mark.slow  # fifty publications
def test_readers_never_see_a_mixed_answer_during_publications(settings, fake_encoder):
    # In a process of its own: what other tests left in this one moves its memory as well.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        seen = alone.submit(_watch_publications, settings, fake_encoder).result()
    assert seen.problems == []
    assert seen.missed == []
    assert seen.grown < GROWTH
    assert seen.held == [seen.served]
