"""Passages → an index folder; only what changed is encoded again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import asked_kinds
from indexer.dense import FaissStore, choose_type
from indexer.encoder import encode_alike
from indexer.facets import Facets
from indexer.lexical import BM25Retriever
from indexer.named_articles import NamedArticles
from indexer.order import question_of, save_wordings
from indexer.persistence import LAYOUT, TITLE_HASHES, TITLES_FOLDER, IndexMeta, PassageFile
from indexer.postings import Postings, term_hash
from indexer.precedents import hashes_of
from indexer.query import articles
from indexer.reading_memo import ReadingMemo, fingerprint
from indexer.reading_tables import Tables
from indexer.tokenizer import VERSION
from indexer.types import Encoder, Vectors
from knowledge.errors import SnapshotError
from knowledge.option_cards import ORIENTING
from knowledge.types import Kind, Passage

logger = logging.getLogger(__name__)

# Vectors are rounded to this before use, so that a fresh and an incremental build agree exactly.
_STORED = np.float16


# How many passages have been read, of how many.
Told = Callable[[int, int], None]
_TOLD_EVERY = 50


@dataclass(frozen=True)
class BuildReport:
    """What a build did."""

    passages: int
    rows: int
    encoded: int
    reused: int


@dataclass(frozen=True)
class Row:
    """One searchable text: a passage itself or a question that it answers."""

    passage: int
    key: str
    text: str
    extra: tuple[str, ...]


def dense_text(passage: Passage) -> str:
    """What the encoder reads of a passage: where it stands, then what it says."""
    return " ".join(_parts(passage))


def _parts(passage: Passage) -> list[str]:
    return [part for part in (passage.title, *passage.heading, passage.text) if part]


def is_orienting(passage: Passage) -> bool:
    """Whether a passage says whom a guide is for, sets options side by side or belongs to a course.

    None of them answers a question by itself; a guide says the same in full.
    """
    return passage.kind is Kind.TRAINING or any(
        part.startswith(ORIENTING) for part in passage.heading
    )


def rows_of(
    passages: Sequence[Passage], reading: ReadingMemo, told: Told | None = None
) -> list[Row]:
    """The searchable texts of passages, in order, each passage's own first.

    :param told: is told now and then how many passages have been read, and of how many.
    """
    rows = []
    for number, passage in enumerate(passages):
        if told is not None and (number % _TOLD_EVERY == 0 or number + 1 == len(passages)):
            told(number + 1, len(passages))
        labels = articles(passage.article or "")
        read = " ".join(map(reading.rewritten, _parts(passage)))
        key = f"{passage.id}\n{_digest(read)}"
        rows.append(Row(number, key, read, (*map(reading.rewritten, passage.keywords), *labels)))
        asked = passage.similar
        if passage.heading and not passage.article and not is_orienting(passage):
            # A curated heading is itself a question that the passage answers.
            asked = tuple(dict.fromkeys((passage.heading[-1], *asked)))
        for question in asked:
            read = reading.rewritten(question)
            rows.append(Row(number, f"?{question}\n{_digest(read)}", read, labels))
    return rows


def questions_of(rows: Sequence[Row], count: int) -> list[list[str]]:
    """The questions that each of ``count`` passages answers, its heading first."""
    found: list[list[str]] = [[] for _ in range(count)]
    for row in rows:
        if (question := question_of(row.key)) is not None:
            found[row.passage].append(question)
    return found


def _digest(text: str) -> str:
    """Changes with what the encoder reads of a row."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def build_index(
    passages: Sequence[Passage],
    encoder: Encoder,
    *,
    aliases_path: Path | None = None,
    words_path: Path | None = None,
    glossary_path: Path | None = None,
    out_dir: Path,
    previous: Path | None = None,
    chunking: str = "",
    show_progress: bool = False,
    memo: Path | None = None,
    told: Told | None = None,
) -> BuildReport:
    """Build the lexical and the dense index of passages into a folder.

    :param aliases_path: alias table kept with the index; none when omitted.
    :param words_path: jieba word file kept with the index; none when omitted.
    :param glossary_path: English words read in Chinese, kept with the index; none when omitted.
    :param previous: an earlier index whose vectors are reused for unchanged texts.
    :param chunking: how passages were cut; loading can insist on it.
    :param memo: where it is kept between builds how texts are read; nowhere when omitted.
    :param told: is told now and then how many passages have been read, and of how many.
    :return: how many rows were encoded and how many reused.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    tables = Tables.read(aliases_path, words_path, glossary_path)
    reading = ReadingMemo(tables.understanding, tables.text, memo)
    rows = rows_of(passages, reading, told)
    vectors, reused = _vectors(rows, encoder, previous, show_progress)
    save_dense(vectors, out_dir)
    _save_rows(rows, reading, out_dir)
    _save_passages(passages, encoder, reading, out_dir)
    Facets.of(passages, reading.platforms).save(out_dir)
    reading.save()
    tables.write(out_dir)
    meta_of(len(passages), len(rows), encoder, tables, chunking).write(out_dir)
    report = BuildReport(len(passages), len(rows), len(rows) - reused, reused)
    logger.info("index built: %s", report)
    return report


def meta_of(passages: int, rows: int, encoder: Encoder, tables: Tables, chunking: str) -> IndexMeta:
    """The description of an index of so many passages and rows."""
    return IndexMeta(
        encoder=encoder.name,
        encoder_fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        tokenizer_version=VERSION,
        tokenizer_fingerprint=tables.tokenizer.fingerprint,
        passages=passages,
        rows=rows,
        store=choose_type(rows).value,
        chunking=chunking,
        reading=fingerprint(tables.text),
    )


def row_terms(row: Row, reading: ReadingMemo) -> list[str]:
    """What the lexical index holds of a row, in order."""
    return reading.terms(row.text) + [
        term for extra in row.extra for term in _terms(reading, extra)
    ]


def save_dense(vectors: NDArray[np.float16], out_dir: Path) -> None:
    """Write the vectors of the rows, and where they are searched."""
    FaissStore.build(vectors.astype(np.float32)).save(out_dir)
    np.save(out_dir / LAYOUT.vectors, vectors)


def save_lexical(postings: Postings, out_dir: Path) -> None:
    """Write a lexical index with what a later one takes over from it."""
    BM25Retriever.of(postings).save(out_dir)
    postings.save(out_dir)


def save_keys(keys: Sequence[str], out_dir: Path) -> None:
    """Write which text each row is of."""
    (out_dir / LAYOUT.keys).write_text(json.dumps(keys, ensure_ascii=False), encoding="utf-8")


def _save_rows(rows: Sequence[Row], reading: ReadingMemo, out_dir: Path) -> None:
    """Write the lexical index over the rows, and which passage and text each row is of."""
    save_lexical(Postings.of(row_terms(row, reading) for row in rows), out_dir)
    np.save(out_dir / LAYOUT.rows, np.array([row.passage for row in rows], dtype=np.int32))
    keys = [row.key for row in rows]
    save_keys(keys, out_dir)
    save_wordings(keys, out_dir, reading.folded)
    passages = rows[-1].passage + 1 if rows else 0  # each has a row of its own
    asked_kinds.save(out_dir, questions_of(rows, passages))


def _terms(reading: ReadingMemo, text: str) -> list[str]:
    """Terms of a keyword or article label; a label stays whole."""
    return [text] if articles(text) == (text,) else reading.terms(text)


def _vectors(
    rows: Sequence[Row], encoder: Encoder, previous: Path | None, show_progress: bool
) -> tuple[NDArray[np.float16], int]:
    vectors = np.zeros((len(rows), encoder.dimension), dtype=_STORED)
    known = _known(previous, encoder) if previous else {}
    missing = [number for number, row in enumerate(rows) if row.key not in known]
    for number, row in enumerate(rows):
        if row.key in known:
            vectors[number] = known[row.key]
    if missing:
        texts = [rows[number].text for number in missing]
        vectors[missing] = encode_all(encoder, texts, show_progress).astype(_STORED)
    return vectors, len(rows) - len(missing)


def encode_all(encoder: Encoder, texts: Sequence[str], show_progress: bool) -> Vectors:
    """Encode passages, with a progress bar where the encoder has one and it is wanted."""
    batched = getattr(encoder, "encode_passages", None)
    if show_progress and batched is not None:
        rows: Vectors = batched(texts)
        return rows
    return encode_alike(encoder, texts)


def _known(previous: Path, encoder: Encoder) -> dict[str, NDArray[np.float16]]:
    """Vectors of an earlier index by row key; none when another encoder made it."""
    try:
        IndexMeta.read(previous).check(previous, encoder)
    except SnapshotError as error:
        logger.info("previous index not reused: %s", error)
        return {}
    keys = json.loads((previous / LAYOUT.keys).read_text(encoding="utf-8"))
    vectors = np.load(previous / LAYOUT.vectors, mmap_mode="r", allow_pickle=False)
    return dict(zip(keys, vectors, strict=True))


def _save_passages(
    passages: Sequence[Passage], encoder: Encoder, reading: ReadingMemo, out_dir: Path
) -> None:
    """Write the passages and what is known of each: its title, its articles, what it must not answer."""
    questions = [(n, text) for n, passage in enumerate(passages) for text in passage.negative]
    np.save(out_dir / LAYOUT.negatives, negatives_of(passages, encoder, reading))
    np.save(out_dir / LAYOUT.negative_rows, np.array([n for n, _ in questions], dtype=np.int32))
    _save_titles(passages, encoder, reading, out_dir)
    save_plain(passages, out_dir)
    PassageFile.write(out_dir, passages)


def negatives_of(passages: Sequence[Passage], encoder: Encoder, reading: ReadingMemo) -> Vectors:
    """The vectors of what each passage must not answer, in order."""
    texts = [reading.rewritten(text) for passage in passages for text in passage.negative]
    if not texts:
        return np.zeros((0, encoder.dimension), dtype=np.float32)
    return encode_alike(encoder, texts, is_query=True)


def save_plain(passages: Sequence[Passage], out_dir: Path) -> None:
    """Write what is seen of each passage without reading its text as a question would be."""
    np.save(out_dir / LAYOUT.hashes, hashes_of(passages))
    NamedArticles.of(passages).save(out_dir)
    documents: dict[str, int] = {}
    owners = [documents.setdefault(passage.document, len(documents)) for passage in passages]
    np.save(out_dir / LAYOUT.documents, np.array(owners, dtype=np.int32))
    orienting = [is_orienting(passage) for passage in passages]
    np.save(out_dir / LAYOUT.orienting, np.array(orienting, dtype=np.bool_))
    lengths = [len(passage.text) for passage in passages]
    np.save(out_dir / LAYOUT.lengths, np.array(lengths, dtype=np.int32))


def title_of(passage: Passage, reading: ReadingMemo) -> str:
    """The title of a passage with its headings, as it is read."""
    return " ".join(map(reading.rewritten, (passage.title, *passage.heading)))


def title_vectors(titles: Sequence[str], encoder: Encoder) -> NDArray[np.float16]:
    """The vectors of titles."""
    return encode_alike(encoder, titles).astype(_STORED)


def _save_titles(
    passages: Sequence[Passage], encoder: Encoder, reading: ReadingMemo, out_dir: Path
) -> None:
    """Index titles with headings once each."""
    titles: dict[str, int] = {}
    read = [title_of(passage, reading) for passage in passages]
    numbers = [titles.setdefault(title, len(titles)) for title in read]
    np.save(out_dir / LAYOUT.titles, np.array(numbers, dtype=np.int32))
    np.save(out_dir / LAYOUT.title_vectors, title_vectors([*titles], encoder))
    np.save(out_dir / TITLE_HASHES, np.array([*map(term_hash, titles)], dtype=np.uint64))
    folder = out_dir / TITLES_FOLDER
    folder.mkdir(exist_ok=True)
    save_lexical(Postings.of(reading.terms(title) for title in titles), folder)
