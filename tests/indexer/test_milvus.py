"""Milvus: the same answers as FAISS (with Milvus Lite where it is installed), and what is refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

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
