"""Milvus: the same answers as FAISS (with Milvus Lite where it is installed), and what is refused."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from indexer import milvus
from indexer.dense import FaissStore
from indexer.milvus import LITE_FILE, MilvusStore, address_of
from knowledge.errors import SettingsError

HAS_MILVUS = all(importlib.util.find_spec(name) for name in ("pymilvus", "milvus_lite"))


def test_address_is_read_from_the_setting(tmp_path: Path):
    assert address_of("faiss", tmp_path) is None
    assert address_of("milvus", tmp_path) == str(tmp_path / LITE_FILE)
    assert address_of("milvus:http://db:19530", tmp_path) == "http://db:19530"


@pytest.mark.skipif(HAS_MILVUS, reason="pymilvus is installed")
def test_missing_package_says_what_to_install(tmp_path: Path):
    with pytest.raises(SettingsError, match="pip install"):
        MilvusStore.open(str(tmp_path / "m.db"), "s", np.zeros((1, 4), dtype=np.float32))


@pytest.mark.milvus
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(not HAS_MILVUS, reason="needs pymilvus and milvus-lite")
def test_milvus_answers_as_faiss_does(tmp_path: Path):
    rows = np.random.default_rng(0).standard_normal((300, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    store = MilvusStore.open(str(tmp_path / "m.db"), "20261123-s1", rows)
    exact = FaissStore.build(rows)
    allowed = np.arange(300) % 3 == 0
    for marks in (None, allowed):
        wanted = exact.search(rows[:5], 10, marks)[1]
        found = store.search(rows[:5], 10, marks)[1]
        assert (
            np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(wanted, found, strict=True)])
            > 0.95
        )
    again = MilvusStore.open(str(tmp_path / "m.db"), "20261123-s1", rows)
    assert len(again) == 300
    assert not len(store.search(rows[:0], 10)[1])
    from milvus_lite.server_manager import server_manager_instance

    server_manager_instance.release_all()


class Client:
    """A database of several servers in memory, as far as the store asks it."""

    tables: dict[str, dict[int, list[float]]]

    def __init__(self, uri: str) -> None:
        self.address = uri

    def has_collection(self, name: str) -> bool:
        found = name in self.tables
        time.sleep(0.002)  # so that others come in between
        return found

    def create_collection(self, name: str, **_options: object) -> None:
        if name in self.tables:
            raise MilvusError("File exists")
        self.tables[name] = {}

    def drop_collection(self, name: str) -> None:
        del self.tables[name]

    def load_collection(self, name: str) -> None:
        assert name in self.tables

    def flush(self, name: str) -> None:
        assert name in self.tables

    def upsert(self, name: str, rows: list[dict[str, Any]]) -> None:
        self.tables[name].update({row["row"]: row["vector"] for row in rows})
        time.sleep(0.001)

    def query(self, name: str, **_options: object) -> list[dict[str, int]]:
        return [{"count(*)": len(self.tables[name])}]


class MilvusError(Exception):
    """What the client raises."""


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[int, list[float]]]:
    """The collections of the database in memory."""
    monkeypatch.setattr(Client, "tables", {}, raising=False)
    module = SimpleNamespace(MilvusClient=Client, MilvusException=MilvusError)
    monkeypatch.setitem(sys.modules, "pymilvus", module)
    monkeypatch.setattr(milvus, "_BATCH", 10)
    return Client.tables


ROWS = np.eye(100, dtype=np.float32)


def test_copies_that_open_a_snapshot_at_once_all_find_it_whole(tables):
    with ThreadPoolExecutor(4) as copies:
        opened = [copies.submit(MilvusStore.open, "db", "20261123-s1", ROWS) for _ in range(4)]
        assert [len(store.result()) for store in opened] == [100] * 4
    assert {name: sorted(rows) for name, rows in tables.items()} == {
        "huhang_20261123_s1": list(range(100))
    }


def test_a_collection_that_was_cut_off_is_gone_on_with_and_never_taken_away(tables):
    first = dict(enumerate([[0.5]] * 40))
    tables["huhang_s1"] = first
    MilvusStore.open("db", "s1", ROWS)
    assert tables["huhang_s1"] is first
    assert len(first) == 100
    assert first[3] == ROWS[3].tolist()


def test_collections_of_snapshots_that_are_gone_are_dropped_and_no_others(tables, tmp_path):
    tables["huhang_of_another"] = {}
    noted = tmp_path / "milvus.json"
    for snapshot in ("s1", "s2", "s3"):
        store = MilvusStore.open("db", f"{snapshot}-e", ROWS)
        store.drop_unused(noted, snapshot, lambda other: other != "s1")
    assert set(tables) == {"huhang_of_another", "huhang_s2_e", "huhang_s3_e"}
    assert json.loads(noted.read_text()) == {"huhang_s2_e": "s2", "huhang_s3_e": "s3"}


def test_a_collection_that_cannot_be_dropped_is_dropped_the_next_time(
    tables, tmp_path, monkeypatch
):
    noted = tmp_path / "milvus.json"
    store = MilvusStore.open("db", "s1", ROWS)
    store.drop_unused(noted, "s1", lambda _other: True)
    with monkeypatch.context() as patch:
        patch.delattr(Client, "drop_collection")
        store = MilvusStore.open("db", "s2", ROWS)
        store.drop_unused(noted, "s2", lambda other: other == "s2")
    assert set(tables) == {"huhang_s1", "huhang_s2"}
    store.drop_unused(noted, "s2", lambda other: other == "s2")
    assert set(tables) == {"huhang_s2"}
