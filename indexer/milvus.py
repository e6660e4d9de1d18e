"""The same vectors in Milvus, for several servers that share one vector database.

A collection belongs to one snapshot and is filled from the snapshot's own vectors when it is first
opened; it is never changed afterwards, so readers of an older snapshot keep theirs.  It goes when its
snapshot has gone.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.types import Vectors
from knowledge.errors import SettingsError, SnapshotError
from knowledge.files import write_atomic

logger = logging.getLogger(__name__)
PREFIX = "milvus"
LITE_FILE = "milvus.db"
# The collections that this installation opened, each with its snapshot.
NOTED_FILE = "milvus.json"
_BATCH = 1000
_APPEARS_S = 2.0
_FIELD = "vector"
_KEY = "row"
_COUNT = "count(*)"
_FILTERED = (
    16384  # Milvus returns at most this many rows; also the longest list of marks in a filter
)


def address_of(setting: str, folder: Path) -> str | None:
    """Where Milvus is, from ``HUHANG_VECTOR_STORE``; None when another store is meant.

    ``milvus`` alone is Milvus Lite in a file of the data folder, ``milvus:http://host:19530`` a server.
    """
    if setting == PREFIX:
        return str(folder / LITE_FILE)
    if setting.startswith(f"{PREFIX}:"):
        return setting[len(PREFIX) + 1 :]
    return None


class MilvusStore:
    """A collection of one snapshot, searched by inner product."""

    def __init__(self, client: Any, collection: str, size: int) -> None:
        """Wrap a loaded collection; use :meth:`open`."""
        self._client = client
        self._collection = collection
        self._size = size

    @classmethod
    def open(cls, address: str, name: str, vectors: NDArray[Any]) -> MilvusStore:
        """Open the collection of a snapshot, filling it when it is not complete.

        :param name: the snapshot with its encoder; letters other than a–z, 0–9 become underscores.
        :param vectors: the snapshot's vectors, in row order.
        :raises SettingsError: when pymilvus is missing.
        :raises SnapshotError: when the database cannot be reached.
        """
        try:
            from pymilvus import MilvusClient, MilvusException
        except ImportError as error:
            raise SettingsError(
                "HUHANG_VECTOR_STORE 设为 milvus，但没有安装 pymilvus；请运行 pip install 'pymilvus<2.6' "
                "（本机文件方式另需 milvus-lite），或改回 faiss"
            ) from error
        collection = _collection_of(name)
        try:
            client = MilvusClient(uri=address)
            if not _is_complete(client, collection, len(vectors)):
                _fill(client, collection, vectors)
            client.load_collection(collection)
        except (MilvusException, ConnectionError) as error:
            raise SnapshotError(f"无法使用 Milvus（{address}）：{error}") from error
        return cls(client, collection, len(vectors))

    def drop_unused(self, noted: Path, snapshot: str, is_kept: Callable[[str], bool]) -> None:
        """Drop the collections of snapshots that are gone, of those that this installation opened.

        :param noted: the file in which it notes them; others in the same database are not touched.
        :param snapshot: the one that this collection belongs to.
        :param is_kept: whether a snapshot is still there.
        """
        opened = {**_noted(noted), self._collection: snapshot}
        try:
            for collection, owner in list(opened.items()):
                if not is_kept(owner):
                    self._client.drop_collection(collection)
                    del opened[collection]
        except Exception as error:  # the search works all the same; they are dropped next time
            logger.warning("a collection was not dropped: %s", type(error).__name__)
        write_atomic(noted, json.dumps(opened, indent=1).encode())

    def search(
        self, vectors: Vectors, top_k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Vectors, NDArray[np.int64]]:
        """The nearest rows of each vector, as :class:`indexer.types.VectorStore` says."""
        k = min(top_k, self._size)
        scores = np.full((len(vectors), max(k, 0)), -np.inf, dtype=np.float32)
        rows = np.full(scores.shape, -1, dtype=np.int64)
        if k <= 0 or not len(vectors):
            return scores, rows
        places = None if allowed is None else np.flatnonzero(allowed)
        options: dict[str, Any] = {"limit": k}
        if places is not None and len(places) <= _FILTERED:
            if not len(places):
                return scores, rows
            options["filter"] = f"{_KEY} in {places.tolist()}"
        elif places is not None:
            options["limit"] = min(self._size, _FILTERED)
        answers = self._client.search(
            self._collection, data=vectors.tolist(), anns_field=_FIELD, **options
        )
        for number, hits in enumerate(answers):
            kept = [hit for hit in hits if allowed is None or allowed[_row(hit)]][:k]
            rows[number, : len(kept)] = [_row(hit) for hit in kept]
            scores[number, : len(kept)] = [float(hit["distance"]) for hit in kept]
        return scores, rows

    def __len__(self) -> int:
        return self._size


def _collection_of(name: str) -> str:
    return "huhang_" + re.sub(r"[^a-z0-9]", "_", name.lower())


def _noted(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _row(hit: Any) -> int:
    """The key of a hit; its name differs between versions of the client."""
    return int(hit["id"] if "id" in hit else hit[_KEY])


def _is_complete(client: Any, collection: str, size: int) -> bool:
    if not client.has_collection(collection):
        return False
    client.load_collection(collection)
    (counted,) = client.query(
        collection, filter="", output_fields=[_COUNT], consistency_level="Strong"
    )
    return int(counted[_COUNT]) == size


def _fill(client: Any, collection: str, vectors: NDArray[Any]) -> None:
    """Put in every row by its key.

    Copies of the server may do so at once, and one may go on where another was cut off: each writes the
    same rows under the same keys, and none takes anything away.
    """
    _make(client, collection, int(vectors.shape[1]))
    for start in range(0, len(vectors), _BATCH):
        part = vectors[start : start + _BATCH].astype(np.float32)
        client.upsert(
            collection,
            [{_KEY: start + n, _FIELD: row.tolist()} for n, row in enumerate(part)],
        )
    client.flush(collection)


def _make(client: Any, collection: str, dimension: int) -> None:
    if client.has_collection(collection):
        return
    try:
        client.create_collection(
            collection,
            dimension=dimension,
            primary_field_name=_KEY,
            vector_field_name=_FIELD,
            metric_type="IP",
            consistency_level="Strong",
        )
    except Exception:  # another copy is making it
        if not _appears(client, collection):
            raise


def _appears(client: Any, collection: str) -> bool:
    """Whether a collection is there within a moment."""
    deadline = time.monotonic() + _APPEARS_S
    while not (is_there := client.has_collection(collection)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(is_there)
