"""An index with some passages changed, made from an open one in a moment, to try a change before it is kept.

What did not change is taken over row by row; only new texts are read and encoded.  How telling a word is
stays as the open index weighs it: one passage moves that by less than a question shows.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import asked_kinds
from indexer.build import Row, is_orienting, questions_of, row_terms, rows_of
from indexer.dense import FaissStore
from indexer.facets import Facets
from indexer.hybrid import HybridIndex
from indexer.lexical import BM25Retriever
from indexer.named_articles import NamedArticles
from indexer.order import WORDINGS, fold, question_of, wording_hashes, wordings_of
from indexer.persistence import LAYOUT, TITLES_FOLDER, PassageFile, mapped
from indexer.precedents import hashes_of
from indexer.reading_memo import ReadingMemo
from knowledge.persistence import line_of
from knowledge.types import Passage

# So many rows tell how long the average one is.
_SAMPLE = 400


@dataclass(frozen=True)
class _Shelf:
    """The passages wanted: ``kept`` holds the number of each in the open index, -1 for a new one."""

    passages: Sequence[Passage]
    kept: NDArray[np.int64]
    fresh: Sequence[Passage]


class Amender:
    """Makes indexes that differ from an open one in some passages."""

    def __init__(self, base: HybridIndex) -> None:
        """Read what the open index holds."""
        self.base = base
        self._known = [base.passages[number] for number in range(len(base))]
        self._numbers = {passage.id: number for number, passage in enumerate(self._known)}
        self._owners = mapped(base.folder / LAYOUT.rows)
        self._starts = np.searchsorted(self._owners, np.arange(len(base) + 1))
        self._keys = json.loads((base.folder / LAYOUT.keys).read_text(encoding="utf-8"))
        self._reading = ReadingMemo(base.understanding, "")

    def changed(self, passages: Sequence[Passage]) -> int:
        """How many passages an index of these has otherwise than the open one, or no more."""
        wanted = {passage.id: passage for passage in passages}
        gone = sum(passage.id not in wanted for passage in self._known)
        return gone + len(self._shelf(passages).fresh)

    def amended(self, passages: Sequence[Passage]) -> HybridIndex:
        """An index of these passages; blocks for the time that changed ones take to be read.

        :param passages: the whole shelf in order; those equal to the open index's are taken over.
        """
        shelf = self._shelf(passages)
        folder = Path(tempfile.mkdtemp(prefix="huhang-amended-"))
        try:
            vectors = self._write(shelf, folder)
            store = FaissStore.build(vectors.astype(np.float32))
            name = f"{self.base.snapshot_id}+"
            return HybridIndex.load(folder, self.base.encoder, snapshot_id=name, store=store)
        finally:  # what is mapped stays readable
            shutil.rmtree(folder, ignore_errors=True)

    def _shelf(self, passages: Sequence[Passage]) -> _Shelf:
        kept = np.full(len(passages), -1, dtype=np.int64)
        for place, passage in enumerate(passages):
            number = self._numbers.get(passage.id)
            if number is not None and self._known[number] == passage:
                kept[place] = number
        return _Shelf(passages, kept, [passages[n] for n in np.flatnonzero(kept < 0)])

    def _write(self, shelf: _Shelf, folder: Path) -> NDArray[np.float16]:
        rows = rows_of(shelf.fresh, self._reading)
        sources, owners = self._placed(shelf, rows)
        lexical = self.base.lexical.amended(
            sources, [row_terms(row, self._reading) for row in rows], self._average
        )
        lexical.save(folder)
        encoded = self._encoded([row.text for row in rows])
        vectors = _taken(mapped(self.base.folder / LAYOUT.vectors), encoded, sources)
        np.save(folder / LAYOUT.vectors, vectors)
        np.save(folder / LAYOUT.rows, owners)
        fresh_keys = iter([row.key for row in rows])
        keys = [next(fresh_keys) if row < 0 else self._keys[row] for row in sources]
        (folder / LAYOUT.keys).write_text(json.dumps(keys, ensure_ascii=False), encoding="utf-8")
        asked = wording_hashes([row.key for row in rows], fold)
        known = wordings_of(self.base.folder, self._keys)
        np.save(folder / WORDINGS, _taken(known, asked, sources))
        kinds = asked_kinds.kept(self.base.folder)
        if kinds is not None:
            asks = asked_kinds.gathered(questions_of(rows, len(shelf.fresh)))
            np.save(folder / asked_kinds.FILE_NAME, _taken(kinds, asks, shelf.kept))
        self._write_passages(shelf, folder)
        self._write_titles(shelf, folder)
        self._write_negatives(shelf, folder)
        for name in (LAYOUT.aliases, LAYOUT.words, LAYOUT.glossary):
            shutil.copyfile(self.base.folder / name, folder / name)
        replace(self.base.meta, passages=len(shelf.passages), rows=len(owners)).write(folder)
        return vectors

    def _placed(
        self, shelf: _Shelf, rows: Sequence[Row]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """For every row its number in the open index (-1: new), and its passage."""
        fresh = np.bincount([row.passage for row in rows], minlength=len(shelf.fresh))
        sources, sizes, at = [], [], 0
        for number in shelf.kept:
            if number < 0:
                sources.append(np.full(int(fresh[at]), -1, dtype=np.int64))
                at += 1
            else:
                sources.append(np.arange(self._starts[number], self._starts[number + 1]))
            sizes.append(len(sources[-1]))
        owners = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        together = np.concatenate(sources) if sources else np.zeros(0, dtype=np.int64)
        return together.astype(np.int64), owners

    @cached_property
    def _average(self) -> float:
        """How many terms a row has, on average."""
        step = max(1, len(self._keys) // _SAMPLE)
        wanted = range(0, len(self._keys), step)
        asked: dict[int, set[str]] = {int(self._owners[row]): set() for row in wanted}
        for row in wanted:
            question = question_of(self._keys[row])
            if question is not None:
                asked[int(self._owners[row])].add(question)
        # Of each passage only the questions wanted: the others would be read for nothing.
        passages = [
            replace(known, similar=tuple(text for text in known.similar if text in asked[number]))
            for number, known in ((number, self._known[number]) for number in sorted(asked))
        ]
        by_key = {row.key: row for row in rows_of(passages, self._reading)}
        rows = [by_key[key] for key in map(self._keys.__getitem__, wanted) if key in by_key]
        return float(np.mean([len(row_terms(row, self._reading)) for row in rows] or [1]))

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float16]:
        encoder = self.base.encoder
        if not texts:
            return np.zeros((0, encoder.dimension), dtype=np.float16)
        return encoder.encode(list(texts)).astype(np.float16)

    def _write_passages(self, shelf: _Shelf, folder: Path) -> None:
        fresh = iter(shelf.fresh)
        lines = [
            line_of(next(fresh)) if number < 0 else self.base.passages.line(int(number))
            for number in shelf.kept
        ]
        PassageFile.write_as_kept(folder, lines)
        known = iter(Facets.of(shelf.fresh, self._reading.platforms))
        old = self.base.facets
        Facets.gathered(next(known) if n < 0 else old[int(n)] for n in shelf.kept).save(folder)
        NamedArticles.of(shelf.passages).save(folder)
        hashes = _taken(
            mapped(self.base.folder / LAYOUT.hashes).T, hashes_of(shelf.fresh).T, shelf.kept
        )
        np.save(folder / LAYOUT.hashes, np.ascontiguousarray(hashes.T))

    def _write_titles(self, shelf: _Shelf, folder: Path) -> None:
        base, fresh = self.base.folder, shelf.fresh
        vectors = mapped(base / LAYOUT.title_vectors)
        titles = [
            " ".join(map(self._reading.rewritten, (item.title, *item.heading))) for item in fresh
        ]
        numbers = np.arange(len(vectors), len(vectors) + len(fresh), dtype=np.int32)
        np.save(folder / LAYOUT.titles, _taken(mapped(base / LAYOUT.titles), numbers, shelf.kept))
        encoded = self._encoded(titles)
        np.save(folder / LAYOUT.title_vectors, np.concatenate((vectors, encoded)))
        documents: dict[str, int] = {}
        owners = [documents.setdefault(item.document, len(documents)) for item in shelf.passages]
        np.save(folder / LAYOUT.documents, np.array(owners, dtype=np.int32))
        lengths = [len(item.text) for item in shelf.passages]
        np.save(folder / LAYOUT.lengths, np.array(lengths, dtype=np.int32))
        orienting = [is_orienting(item) for item in shelf.passages]
        np.save(folder / LAYOUT.orienting, np.array(orienting, dtype=np.bool_))
        terms = [self._reading.terms(title) for title in titles]
        every = np.arange(len(vectors) + len(fresh))
        every[len(vectors) :] = -1
        average = float(np.mean([len(words) for words in terms])) if terms else 1.0
        (folder / TITLES_FOLDER).mkdir()
        old = BM25Retriever.load(base / TITLES_FOLDER, len(vectors))
        old.amended(every, terms, average).save(folder / TITLES_FOLDER)

    def _write_negatives(self, shelf: _Shelf, folder: Path) -> None:
        base = self.base.folder
        places = {int(number): place for place, number in enumerate(shelf.kept) if number >= 0}
        owners = [places.get(int(number), -1) for number in mapped(base / LAYOUT.negative_rows)]
        held = np.array(owners, dtype=np.int32).reshape(-1)
        old = mapped(base / LAYOUT.negatives)[held >= 0]
        fresh = np.flatnonzero(shelf.kept < 0)
        texts = [
            (int(place), self._reading.rewritten(text))
            for place, passage in zip(fresh, shelf.fresh, strict=True)
            for text in passage.negative
        ]
        if texts:
            read = self.base.encoder.encode([text for _, text in texts], is_query=True)
            old = np.concatenate((old, read))
        rows = np.concatenate((held[held >= 0], np.array([n for n, _ in texts], dtype=np.int32)))
        np.save(folder / LAYOUT.negatives, old)
        np.save(folder / LAYOUT.negative_rows, rows.astype(np.int32))


def _taken(old: NDArray[Any], fresh: NDArray[Any], sources: NDArray[np.int64]) -> NDArray[Any]:
    """Rows of the old array where ``sources`` names one, else those of the fresh array in order."""
    result = np.empty((len(sources), *old.shape[1:]), dtype=old.dtype)
    is_new = sources < 0
    result[~is_new] = old[sources[~is_new]]
    result[is_new] = fresh
    return result
