"""Which rows hold which terms, and how often: what a lexical index is weighed from, and what one takes over from another."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.persistence import mapped


@dataclass(frozen=True)
class LexicalLayout:
    """File names of the lexical index and of how often each term stands in each row."""

    terms: str = "lexical_terms.npy"
    indptr: str = "lexical_indptr.npy"
    rows: str = "lexical_rows.npy"
    scores: str = "lexical_scores.npy"
    times: str = "lexical_times.npy"


LAYOUT = LexicalLayout()


@lru_cache(maxsize=4096)
def term_hash(term: str) -> int:
    """A stable 64-bit number for a term."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class Postings:
    """Terms as ascending hashes; term i stands ``times[j]`` times in ``rows[j]`` for j in ``indptr[i]:indptr[i + 1]``.

    ``size`` is the number of rows, also of those that hold no term.
    """

    terms: NDArray[np.uint64]
    indptr: NDArray[np.int64]
    rows: NDArray[np.int32]
    times: NDArray[Any]
    size: int

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> Postings:
        """The postings of rows, each given by its terms."""
        vocabulary: defaultdict[str, int] = defaultdict()
        vocabulary.default_factory = vocabulary.__len__
        said, lengths = array("q"), array("q")
        for document in documents:
            said.extend(map(vocabulary.__getitem__, document))
            lengths.append(len(document))
        hashes = np.fromiter(map(term_hash, vocabulary), np.uint64, len(vocabulary))
        order = np.argsort(hashes, kind="stable")
        places = np.empty(len(order), dtype=np.int64)
        places[order] = np.arange(len(order))
        size = len(lengths)
        rows = np.repeat(np.arange(size), lengths)
        codes, times = np.unique(places[np.asarray(said)] * size + rows, return_counts=True)
        return cls._of_codes(hashes[order], codes, times, size)

    @classmethod
    def _of_codes(
        cls,
        terms: NDArray[np.uint64],
        codes: NDArray[np.int64],
        times: NDArray[Any],
        size: int,
    ) -> Postings:
        """:param codes: ascending; the number of a term times ``size``, and its row."""
        numbers, rows = np.divmod(codes, max(size, 1))
        found = np.bincount(numbers, minlength=len(terms))
        indptr = np.concatenate(([0], np.cumsum(found))).astype(np.int64)
        return cls(terms, indptr, rows.astype(np.int32), _narrow(times), size)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """For each posting the number of its term."""
        return np.repeat(np.arange(len(self.terms)), np.diff(self.indptr))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many terms each row has."""
        found = np.bincount(self.rows, weights=self.times, minlength=self.size)
        return found.astype(np.int64)

    def amended(self, sources: NDArray[np.int64], documents: Sequence[Sequence[str]]) -> Postings:
        """The postings of rows of which most are here already, as :meth:`of` gives them for all.

        :param sources: for every row its number here, each at most once, or -1 for a new one.
        :param documents: the terms of the new rows, in order.
        """
        places = np.full(self.size, -1, dtype=np.int64)
        stays = np.flatnonzero(sources >= 0)
        places[sources[stays]] = stays
        kept = np.flatnonzero(places[self.rows] >= 0)
        fresh = Postings.of(documents)
        held = self.numbers[kept]
        used = np.flatnonzero(np.bincount(held, minlength=len(self.terms)))
        terms = np.union1d(self.terms[used], fresh.terms)
        size = len(sources)
        at = np.zeros(len(self.terms), dtype=np.int64)
        at[used] = np.searchsorted(terms, self.terms[used])
        new_rows = np.flatnonzero(sources < 0)
        codes = np.concatenate(
            (
                at[held] * size + places[self.rows[kept]],
                np.searchsorted(terms, fresh.terms)[fresh.numbers] * size + new_rows[fresh.rows],
            )
        )
        times = np.concatenate((self.times[kept], fresh.times))
        order = np.argsort(
            codes, kind="stable"
        )  # two runs, each in order where no rows changed places
        return Postings._of_codes(terms, codes[order], times[order], size)

    def save(self, folder: Path) -> None:
        """Write how often each term stands in each row; the rest is written with the lexical index."""
        np.save(folder / LAYOUT.times, self.times)

    @classmethod
    def load(cls, folder: Path, size: int) -> Postings:
        """Read what :meth:`save` and the lexical index wrote."""
        names = (LAYOUT.terms, LAYOUT.indptr, LAYOUT.rows, LAYOUT.times)
        terms, indptr, rows, times = (mapped(folder / name) for name in names)
        return cls(terms, indptr, rows, times, size)


def _narrow(times: NDArray[Any]) -> NDArray[Any]:
    """Numbers in as few bytes as hold them all."""
    return times.astype(np.min_scalar_type(int(times.max(initial=0))))
