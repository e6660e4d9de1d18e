"""An index with some passages changed, made from one on disk as if it had been built anew.

What did not change is taken over row by row, and only new texts are read and encoded; what hangs on the
whole shelf (how telling a term is, how long the average row, which titles there are) is reckoned again
from what is kept of each row.  Every file is, byte by byte, what :func:`indexer.build.build_index` writes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import asked_kinds
from indexer.build import (
    BuildReport,
    build_index,
    meta_of,
    negatives_of,
    questions_of,
    row_terms,
    rows_of,
    save_dense,
    save_keys,
    save_lexical,
    save_plain,
    title_of,
    title_vectors,
)
from indexer.encoder import encode_alike
from indexer.facets import Facets
from indexer.order import WORDINGS, wording_hashes
from indexer.persistence import (
    LAYOUT,
    TITLE_HASHES,
    TITLES_FOLDER,
    IndexMeta,
    PassageFile,
    mapped,
)
from indexer.postings import LAYOUT as LEXICAL
from indexer.postings import Postings, term_hash
from indexer.reading_memo import ReadingMemo, fingerprint
from indexer.reading_tables import Tables
from indexer.types import Encoder
from knowledge.errors import SnapshotError
from knowledge.persistence import line_of, read_passages
from knowledge.types import Passage

logger = logging.getLogger(__name__)

# With more of the shelf new than this, it is built anew: how texts were read is kept for that.
MOST_NEW = 0.3


def build_onto(
    former: Path | None,
    passages: Sequence[Passage],
    encoder: Encoder,
    *,
    known: Callable[[Path], Sequence[Passage]] = read_passages,
    **how: Any,
) -> BuildReport:
    """As :func:`indexer.build.build_index`, from a former index where that gives the same sooner.

    :param former: its folder; what cannot be taken over row by row may still lend its vectors.
    :param known: gives the passages of an index folder's file.
    :param how: the other arguments of :func:`indexer.build.build_index`, without ``previous``.
    """
    if former is not None:
        tables = Tables.read(
            how.get("aliases_path"), how.get("words_path"), how.get("glossary_path")
        )
        index = FormerIndex.fitting(former, encoder, tables, known)
        if index is not None and not index.is_much(passages):
            report = index.amended(passages, how["out_dir"], how.get("chunking", ""))
            if (told := how.get("told")) is not None:
                told(len(passages), len(passages))
            return report
    return build_index(passages, encoder, previous=former, **how)


@dataclass(frozen=True)
class _Shelf:
    """The passages wanted: ``kept`` holds the number of each in the former index, -1 for a new one."""

    passages: Sequence[Passage]
    kept: NDArray[np.int64]
    fresh: Sequence[Passage]


class FormerIndex:
    """An index folder from which others are made that differ in some passages."""

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        tables: Tables,
        known: Callable[[Path], Sequence[Passage]] = read_passages,
    ) -> None:
        """Read what the index holds.

        :param encoder: the one that made it.
        :param tables: what its texts were read with.
        :param known: gives the passages of its file.
        :raises SnapshotError: a passage cannot be read.
        """
        self.folder = folder
        self._encoder = encoder
        self._tables = tables
        self._known = known(folder / LAYOUT.passages)
        self._numbers = {passage.id: number for number, passage in enumerate(self._known)}
        self._reading = ReadingMemo(tables.understanding, tables.text)

    @staticmethod
    def is_complete(folder: Path) -> bool:
        """Whether an index has what only those have that another one can be made from."""
        wanted = (
            folder / LEXICAL.times,
            folder / TITLES_FOLDER / LEXICAL.times,
            folder / TITLE_HASHES,
            folder / WORDINGS,
            folder / asked_kinds.FILE_NAME,
        )
        return all(path.is_file() for path in wanted)

    @classmethod
    def fitting(
        cls,
        folder: Path,
        encoder: Encoder,
        tables: Tables,
        known: Callable[[Path], Sequence[Passage]] = read_passages,
    ) -> FormerIndex | None:
        """An index of which every row would be made alike today; None where something differs."""
        try:
            meta = IndexMeta.read(folder)
            meta.check(folder, encoder)
        except SnapshotError as error:
            logger.info("nothing is taken over: %s", error)
            return None
        if meta.reading != fingerprint(tables.text) or not cls.is_complete(folder):
            return None
        return cls(folder, encoder, tables, known)

    def changed(self, passages: Sequence[Passage]) -> int:
        """How many passages an index of these has otherwise than this one, or no more."""
        wanted = {passage.id for passage in passages}
        gone = sum(passage.id not in wanted for passage in self._known)
        return gone + len(self._shelf(passages).fresh)

    def holds(self, passages: Sequence[Passage]) -> bool:
        """Whether an index of these passages would be this one."""
        return list(passages) == list(self._known)

    def amended(
        self, passages: Sequence[Passage], out_dir: Path, chunking: str = ""
    ) -> BuildReport:
        """Write an index of these passages.

        :param passages: the whole shelf in order; those equal to this index's are taken over.
        :param chunking: how passages were cut.
        :return: how many rows were encoded and how many taken over.
        """
        out_dir.mkdir(parents=True, exist_ok=True)
        shelf = self._shelf(passages)
        report = self._write_rows(shelf, out_dir)
        self._write_passages(shelf, out_dir)
        self._write_titles(shelf, out_dir)
        self._write_negatives(shelf, out_dir)
        save_plain(passages, out_dir)
        self._tables.write(out_dir)
        meta = meta_of(report.passages, report.rows, self._encoder, self._tables, chunking)
        meta.write(out_dir)
        logger.info("index made from %s: %s", self.folder, report)
        return report

    def is_much(self, passages: Sequence[Passage]) -> bool:
        """Whether so many of these passages are new that taking over the others is not worth it."""
        return len(self._shelf(passages).fresh) > MOST_NEW * len(passages)

    def _shelf(self, passages: Sequence[Passage]) -> _Shelf:
        kept = np.full(len(passages), -1, dtype=np.int64)
        for place, passage in enumerate(passages):
            number = self._numbers.get(passage.id)
            if number is not None and self._known[number] == passage:
                kept[place] = number
        return _Shelf(passages, kept, [passages[n] for n in np.flatnonzero(kept < 0)])

    def _write_rows(self, shelf: _Shelf, folder: Path) -> BuildReport:
        base, reading = self.folder, self._reading
        rows = rows_of(shelf.fresh, reading)
        held = mapped(base / LAYOUT.rows)
        fresh = np.bincount([row.passage for row in rows], minlength=len(shelf.fresh))
        sources, owners = _placed(shelf, held, len(self._known), fresh)
        terms = [row_terms(row, reading) for row in rows]
        save_lexical(Postings.load(base, len(held)).amended(sources, terms), folder)
        encoded = encode_alike(self._encoder, [row.text for row in rows]).astype(np.float16)
        save_dense(_taken(mapped(base / LAYOUT.vectors), encoded, sources), folder)
        np.save(folder / LAYOUT.rows, owners)
        known = json.loads((base / LAYOUT.keys).read_text(encoding="utf-8"))
        keys = [row.key for row in rows]
        given = iter(keys)
        save_keys([next(given) if n < 0 else known[n] for n in sources.tolist()], folder)
        asked = wording_hashes(keys, reading.folded)
        np.save(folder / WORDINGS, _taken(mapped(base / WORDINGS), asked, sources))
        kinds = asked_kinds.gathered(questions_of(rows, len(shelf.fresh)))
        held_kinds = mapped(base / asked_kinds.FILE_NAME)
        np.save(folder / asked_kinds.FILE_NAME, _taken(held_kinds, kinds, shelf.kept))
        return BuildReport(len(shelf.passages), len(owners), len(rows), len(owners) - len(rows))

    def _write_passages(self, shelf: _Shelf, folder: Path) -> None:
        fresh, file = iter(shelf.fresh), PassageFile.open(self.folder)
        lines = [line_of(next(fresh)) if n < 0 else file.line(n) for n in shelf.kept.tolist()]
        PassageFile.write_as_kept(folder, lines)
        known, old = iter(Facets.of(shelf.fresh, self._reading.platforms)), Facets.load(self.folder)
        Facets.gathered(next(known) if n < 0 else old[n] for n in shelf.kept.tolist()).save(folder)

    def _write_titles(self, shelf: _Shelf, folder: Path) -> None:
        """The titles of the shelf, each once, in the order in which passages bear them."""
        base, reading = self.folder, self._reading
        texts = {term_hash(text): text for text in (title_of(p, reading) for p in shelf.fresh)}
        given = np.array([term_hash(title_of(p, reading)) for p in shelf.fresh], dtype=np.uint64)
        known = mapped(base / TITLE_HASHES)
        borne = _taken(known[mapped(base / LAYOUT.titles)], given, shelf.kept)
        unique, first, inverse = np.unique(borne, return_index=True, return_inverse=True)
        order = np.argsort(first)
        numbers = np.empty(len(order), dtype=np.int32)
        numbers[order] = np.arange(len(order))
        np.save(folder / LAYOUT.titles, numbers[inverse])
        titles = unique[order]
        np.save(folder / TITLE_HASHES, titles)
        at = {title: number for number, title in enumerate(known.tolist())}
        sources = np.array([at.get(title, -1) for title in titles.tolist()], dtype=np.int64)
        fresh = [texts[int(title)] for title in titles[sources < 0]]
        vectors = title_vectors(fresh, self._encoder)
        held = mapped(base / LAYOUT.title_vectors)
        np.save(folder / LAYOUT.title_vectors, _taken(held, vectors, sources))
        postings = Postings.load(base / TITLES_FOLDER, len(known))
        (folder / TITLES_FOLDER).mkdir()
        terms = [reading.terms(text) for text in fresh]
        save_lexical(postings.amended(sources, terms), folder / TITLES_FOLDER)

    def _write_negatives(self, shelf: _Shelf, folder: Path) -> None:
        held = mapped(self.folder / LAYOUT.negative_rows)
        fresh = np.array([len(passage.negative) for passage in shelf.fresh], dtype=np.int64)
        sources, owners = _placed(shelf, held, len(self._known), fresh)
        vectors = negatives_of(shelf.fresh, self._encoder, self._reading)
        old = mapped(self.folder / LAYOUT.negatives)
        np.save(folder / LAYOUT.negatives, _taken(old, vectors, sources))
        np.save(folder / LAYOUT.negative_rows, owners)


def _placed(
    shelf: _Shelf, held: NDArray[np.int32], count: int, fresh: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """For every row its number in the former index (-1: new), and its passage.

    :param held: the passage of each row there, ascending, of ``count`` passages.
    :param fresh: how many rows each new passage has.
    """
    starts = np.searchsorted(held, np.arange(count + 1))
    sizes = np.zeros(len(shelf.kept), dtype=np.int64)
    is_new = shelf.kept < 0
    old = shelf.kept[~is_new]
    sizes[is_new], sizes[~is_new] = fresh, starts[old + 1] - starts[old]
    owners = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    begins = np.cumsum(sizes) - sizes
    of_passage = np.zeros(len(sizes), dtype=np.int64)
    of_passage[~is_new] = starts[old]
    sources = np.arange(len(owners)) + np.repeat(of_passage - begins, sizes)
    sources[is_new[owners]] = -1
    return sources.astype(np.int64), owners


def _taken(old: NDArray[Any], fresh: NDArray[Any], sources: NDArray[np.int64]) -> NDArray[Any]:
    """Rows of the old array where ``sources`` names one, else those of the fresh array in order."""
    result = np.empty((len(sources), *old.shape[1:]), dtype=old.dtype)
    is_new = sources < 0
    result[~is_new] = old[sources[~is_new]]
    result[is_new] = fresh
    return result
