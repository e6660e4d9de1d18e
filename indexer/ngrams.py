"""Counting a fixed list of words inside texts, many texts at a time.

The shipped encoder reads a text as the bag of all entries of its own word list that occur in it:
characters, character bigrams, Chinese words of three and four characters (found by jieba when the
list was made) and whole Latin or digit runs.  The list belongs to the model, so its vectors do not
change when a trainer adds words for the lexical side, and no segmentation is needed to read a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_CHARS = 4  # four 16-bit code points fill one uint64 key
_LATIN = re.compile(r"[a-z0-9]+")
_TABLE_SIZE = 1 << 16
_SEPARATOR = "\x00"

Ids = NDArray[np.int32]


def fold(text: str) -> str:
    """The form in which a model reads text: compatibility forms and case folded."""
    return unicodedata.normalize("NFKC", text).lower()


def latin_runs(text: str) -> list[str]:
    """Latin and digit runs of a folded text, in order."""
    return _LATIN.findall(text)


@dataclass(frozen=True)
class Bags:
    """Token counts of texts in compressed rows: row i is ``ids[indptr[i]:indptr[i + 1]]``."""

    indptr: NDArray[np.int64]
    ids: Ids
    counts: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.indptr) - 1


def codes(text: str) -> NDArray[np.uint64]:
    """Code points of a text, those beyond 16 bits replaced."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.where(points < _TABLE_SIZE, points, 0xFFFD).astype(np.uint64)


def keys(points: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """One key for each run of ``size`` consecutive code points."""
    length = len(points) - size + 1
    if length <= 0:
        return np.zeros(0, dtype=np.uint64)
    packed = points[:length].copy()
    for offset in range(1, size):
        packed = (packed << np.uint64(16)) | points[offset : offset + length]
    return packed


def runs_of(points: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The keys of all runs of two to four code points that begin with one, and where they begin."""
    packed, found = points, []
    for size in range(2, MAX_CHARS + 1):
        packed = (packed[:-1] << np.uint64(16)) | points[size - 1 :]
        found.append(packed)
    sizes = [len(run) for run in found]
    begins = np.concatenate([np.arange(size) for size in sizes])
    wanted = np.concatenate(found)
    wanted[points[begins] == 0] = 0  # which no run has
    return wanted, begins


class WordList:
    """An ordered list of entries and the counting of them in texts."""

    def __init__(self, entries: Sequence[str]) -> None:
        """Prepare lookup tables.

        :param entries: characters, runs of 2–4 Chinese characters, Latin or digit runs.
        """
        self.entries = tuple(entries)
        self._latin: dict[str, int] = {}
        chinese: dict[int, list[int]] = {size: [] for size in range(1, MAX_CHARS + 1)}
        for index, entry in enumerate(self.entries):
            if entry.isascii() and _LATIN.fullmatch(entry):
                self._latin[entry] = index
            elif 0 < len(entry) <= MAX_CHARS:
                chinese[len(entry)].append(index)
            else:
                raise ValueError(f"an entry has at most {MAX_CHARS} characters: {entry!r}")
        self._characters = np.full(_TABLE_SIZE, -1, dtype=np.int32)
        packed_runs: list[NDArray[np.uint64]] = [np.zeros(0, dtype=np.uint64)]
        run_ids: list[Ids] = [np.zeros(0, dtype=np.int32)]
        for size, indices in chinese.items():
            if not indices:
                continue
            ids = np.array(indices, dtype=np.int32)
            points = codes("".join(self.entries[index] for index in indices))
            packed = keys(points, size)[::size]
            if size == 1:
                self._characters[packed.astype(np.int64)] = ids
            else:
                packed_runs.append(packed)
                run_ids.append(ids)
        # Runs of all sizes in one table: what begins with a sign is longer than what begins further down.
        runs, places = np.concatenate(packed_runs), np.concatenate(run_ids)
        order = np.argsort(runs, kind="stable")
        self._runs, self._run_ids = runs[order], places[order]

    def __len__(self) -> int:
        return len(self.entries)

    def count(self, texts: Sequence[str]) -> Bags:
        """Count the entries in each text.

        :return: sorted unique entry numbers and their counts, a row a text.
        """
        folded = [fold(text).replace(_SEPARATOR, " ") for text in texts]
        lengths = np.fromiter((len(text) + 1 for text in folded), dtype=np.int64, count=len(folded))
        joined = _SEPARATOR.join(folded) + _SEPARATOR if folded else ""
        points = codes(joined)
        starts = np.concatenate(([0], np.cumsum(lengths)))
        owner = np.repeat(np.arange(len(folded), dtype=np.int64), lengths)
        found: list[NDArray[np.int64]] = []
        size_of_list = np.int64(max(len(self.entries), 1))

        def add(positions: NDArray[np.int64], ids: NDArray[np.int64]) -> None:
            found.append(owner[positions] * size_of_list + ids)

        singles = self._characters[points.astype(np.int64)]
        at = np.flatnonzero(singles >= 0)
        add(at, singles[at].astype(np.int64))
        if len(self._runs):
            wanted, begins = runs_of(points)
            place = np.minimum(self._runs.searchsorted(wanted), len(self._runs) - 1)
            at = np.flatnonzero(self._runs[place] == wanted)
            add(begins[at], self._run_ids[place[at]].astype(np.int64))
        runs = [
            (match.start(), self._latin[match.group()])
            for match in _LATIN.finditer(joined)
            if match.group() in self._latin
        ]
        if runs:
            pairs = np.array(runs, dtype=np.int64)
            add(pairs[:, 0], pairs[:, 1])
        merged, counts = np.unique(np.concatenate(found), return_counts=True)
        rows = merged // size_of_list
        indptr = np.searchsorted(rows, np.arange(len(starts), dtype=np.int64))
        return Bags(
            indptr=indptr.astype(np.int64),
            ids=(merged % size_of_list).astype(np.int32),
            counts=counts.astype(np.float32),
        )
