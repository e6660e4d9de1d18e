"""The index that is published now; readers keep the one they hold."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import numpy as np

from indexer.encoder import load_encoder
from indexer.hybrid import HybridIndex
from indexer.milvus import NOTED_FILE, MilvusStore, address_of
from indexer.persistence import LAYOUT
from indexer.published import snapshots_of
from indexer.types import Encoder, VectorStore
from knowledge.chunking import CHUNK_SETTINGS
from knowledge.errors import SnapshotError
from settings import Settings

logger = logging.getLogger(__name__)

# A snapshot that could not be opened may have been repaired meanwhile.
RETRY_S = 60.0
INDEX_FOLDER = "index"
_turn: ContextVar[HybridIndex | None] = ContextVar("turn", default=None)


@contextmanager
def one_index(index: HybridIndex) -> Iterator[None]:
    """Work with one index from first to last, whatever is published meanwhile.

    Holds for the running task and the threads it hands its context to (``asyncio.to_thread``).
    """
    token = _turn.set(index)
    try:
        yield
    finally:
        _turn.reset(token)


def index_of_turn() -> HybridIndex | None:
    """The index of the enclosing :func:`one_index`."""
    return _turn.get()


class LiveIndex:
    """Follows the pointer to the published snapshot.

    A change of the pointer is noticed at the next call; the new index is opened aside by one caller
    while the others go on with the old one, then swapped in whole.  Every file is compared with the
    snapshot's manifest before it is read; one that cannot be used is tried again after a while.
    """

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        """Watch the snapshots of these settings.

        :param encoder: the encoder to use; the one of the settings when omitted.
        """
        self._snapshots = snapshots_of(settings)
        self._name = settings.indexer.encoder
        self._store = settings.indexer.vector_store
        self._data = settings.data_dir
        self._encoder = encoder
        self._index: HybridIndex | None = None
        self._failed: str | None = None
        self._failed_at = 0.0
        self._loading = threading.Lock()
        # One thread opens them all: what a replaced index frees is used again by the next, where
        # each thread of a server under load would keep a heap of its own for it.
        self._opener = ThreadPoolExecutor(1, "index-opener")

    def current_id(self) -> str | None:
        """The snapshot that the pointer names; None when nothing was published."""
        try:
            return self._snapshots.pointer.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def current(self) -> HybridIndex:
        """The published index, or the one that the running turn began with.

        :raises SnapshotError: when nothing is published or it cannot be opened and no other is held.
        """
        if (at_hand := self.at_hand()) is not None:
            return at_hand
        held = self._index
        if held is not None and not self._loading.acquire(blocking=False):
            return held  # somebody else is opening the new one
        if held is None:
            self._loading.acquire()
        try:
            return self._open()
        finally:
            self._loading.release()

    def at_hand(self) -> HybridIndex | None:
        """The index that :meth:`current` gives, where it is open already; it is never waited for."""
        if (begun_with := index_of_turn()) is not None:
            return begun_with
        wanted, held = self.current_id(), self._index
        is_wanted = held is not None and wanted in (held.snapshot_id, None)
        return held if is_wanted or self._has_just_failed(wanted) else None

    def _has_just_failed(self, wanted: str | None) -> bool:
        return wanted == self._failed and time.monotonic() < self._failed_at + RETRY_S

    def _open(self) -> HybridIndex:
        # Read again under the lock: the caller may have waited while a later one was published.
        wanted, held = self.current_id(), self._index
        if held is not None and wanted in (held.snapshot_id, None):
            return held
        if wanted is None and self._snapshots.follow():
            wanted = self.current_id()
        if wanted is None:
            raise SnapshotError(
                "还没有发布任何知识快照，请先运行 huhang kb build 和 huhang kb publish"
            )
        try:
            self._snapshots.verify(wanted)
            index = self._opener.submit(self._load, wanted, whole=held is not None).result()
        except Exception:  # whatever is wrong with the new one, the held one answers
            if held is None:
                raise
            self._failed, self._failed_at = wanted, time.monotonic()
            logger.exception("snapshot %s cannot be opened, keeping %s", wanted, held.snapshot_id)
            return held
        self._failed = None
        self._index = index
        logger.info("serving snapshot %s with %d passages", wanted, len(index))
        return index

    def _load(self, snapshot: str, *, whole: bool) -> HybridIndex:
        """Open a snapshot.

        :param whole: with what else waits for the first search; so a later index fits into what the one
            before it leaves, and asks nothing of a folder that may be gone by then.
        """
        folder, encoder = folder_of(self._snapshots.path(snapshot)), self._used_encoder()
        index = HybridIndex.load(
            folder,
            encoder,
            snapshot_id=snapshot,
            chunking=chunking_label(),
            store=self._vector_store(folder, snapshot, encoder.fingerprint),
        )
        if whole:
            index.open_vectors()
        return index

    def _vector_store(self, folder: Path, snapshot: str, fingerprint: str) -> VectorStore | None:
        """The store that the settings name; None for the index's own."""
        address = address_of(self._store, self._data)
        if address is None:
            return None
        vectors = np.load(folder / LAYOUT.vectors, mmap_mode="r", allow_pickle=False)
        store = MilvusStore.open(address, f"{snapshot}_{fingerprint}", vectors)
        kept = self._snapshots.folder
        store.drop_unused(self._data / NOTED_FILE, snapshot, lambda other: (kept / other).is_dir())
        return store

    def _used_encoder(self) -> Encoder:
        if self._encoder is None:
            self._encoder = load_encoder(self._name)
        return self._encoder


def live_index(settings: Settings) -> LiveIndex:
    """The index that all of a process follows where the same snapshots are served in the same way."""
    key = (
        settings.knowledge.snapshots_dir,
        settings.indexer.encoder,
        settings.indexer.vector_store,
        settings.data_dir,
    )
    with _sharing:
        index = _shared.get(key)
        if index is None:
            index = _shared[key] = LiveIndex(settings)
        return index


_sharing = threading.Lock()
_shared: weakref.WeakValueDictionary[tuple[object, ...], LiveIndex] = weakref.WeakValueDictionary()


def chunking_label() -> str:
    """How passages are cut now, in one word, as an index records it."""
    return "-".join(f"{key}={value}" for key, value in sorted(CHUNK_SETTINGS.items()))


def folder_of(snapshot: Path) -> Path:
    """Where a snapshot keeps its index."""
    nested = snapshot / INDEX_FOLDER
    return nested if nested.is_dir() else snapshot
