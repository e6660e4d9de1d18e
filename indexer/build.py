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
from indexer.aliases import read_aliases, write_aliases
from indexer.dense import FaissStore, choose_type
from indexer.facets import Facets
from indexer.glossary import read_glossary, write_glossary
from indexer.lexical import BM25Retriever
from indexer.named_articles import NamedArticles
from indexer.order import question_of, save_wordings
from indexer.persistence import LAYOUT, TITLES_FOLDER, IndexMeta, PassageFile
from indexer.precedents import hashes_of
from indexer.query import NO_GLOSSARY, QueryUnderstanding, articles
from indexer.reading_memo import ReadingMemo
from indexer.tokenizer import VERSION, Tokenizer
from indexer.types import Encoder, Vectors
from knowledge.errors import SnapshotError
from knowledge.option_cards import ORIENTING
from knowledge.types import Kind, Passage
from knowledge.word_table import read_words

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
    words = read_words(words_path) if words_path else []
    tokenizer = Tokenizer(words)
    aliases = read_aliases(aliases_path) if aliases_path else []
    glossary = read_glossary(glossary_path) if glossary_path else NO_GLOSSARY
    understanding = QueryUnderstanding(aliases, tokenizer, glossary)
    tables = f"{tokenizer.fingerprint}{aliases!r}{glossary.entries!r}"
    reading = ReadingMemo(understanding, tables, memo)
    rows = rows_of(passages, reading, told)
    vectors, reused = _vectors(rows, encoder, previous, show_progress)
    _save_rows(rows, vectors, reading, out_dir)
    _save_passages(passages, encoder, reading, out_dir)
    Facets.of(passages, reading.platforms).save(out_dir)
    reading.save()
    write_aliases(out_dir / LAYOUT.aliases, aliases)
    write_glossary(out_dir / LAYOUT.glossary, glossary)
    (out_dir / LAYOUT.words).write_text("\n".join(words), encoding="utf-8")
    IndexMeta(
        encoder=encoder.name,
        encoder_fingerprint=encoder.fingerprint,
        dimension=encoder.dimension,
        tokenizer_version=VERSION,
        tokenizer_fingerprint=tokenizer.fingerprint,
        passages=len(passages),
        rows=len(rows),
        store=choose_type(len(rows)).value,
        chunking=chunking,
    ).write(out_dir)
    report = BuildReport(len(passages), len(rows), len(rows) - reused, reused)
    logger.info("index built: %s", report)
    return report


def row_terms(row: Row, reading: ReadingMemo) -> list[str]:
    """What the lexical index holds of a row, in order."""
    return reading.terms(row.text) + [
        term for extra in row.extra for term in _terms(reading, extra)
    ]


def _save_rows(
    rows: Sequence[Row], vectors: NDArray[np.float16], reading: ReadingMemo, out_dir: Path
) -> None:
    """Write both indexes over the rows, and which passage and text each row is of."""
    FaissStore.build(vectors.astype(np.float32)).save(out_dir)
    BM25Retriever.build(row_terms(row, reading) for row in rows).save(out_dir)
    np.save(out_dir / LAYOUT.rows, np.array([row.passage for row in rows], dtype=np.int32))
    np.save(out_dir / LAYOUT.vectors, vectors)
    keys = [row.key for row in rows]
    (out_dir / LAYOUT.keys).write_text(json.dumps(keys, ensure_ascii=False), encoding="utf-8")
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
    return encoder.encode(texts)


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
    _save_negatives(passages, encoder, reading, out_dir)
    _save_titles(passages, encoder, reading, out_dir)
    np.save(out_dir / LAYOUT.hashes, hashes_of(passages))
    NamedArticles.of(passages).save(out_dir)
    PassageFile.write(out_dir, passages)


def _save_negatives(
    passages: Sequence[Passage], encoder: Encoder, reading: ReadingMemo, out_dir: Path
) -> None:
    questions = [(n, text) for n, passage in enumerate(passages) for text in passage.negative]
    vectors = (
        encoder.encode([reading.rewritten(text) for _, text in questions], is_query=True)
        if questions
        else np.zeros((0, encoder.dimension), dtype=np.float32)
    )
    np.save(out_dir / LAYOUT.negatives, vectors)
    np.save(out_dir / LAYOUT.negative_rows, np.array([n for n, _ in questions], dtype=np.int32))


def _save_titles(
    passages: Sequence[Passage], encoder: Encoder, reading: ReadingMemo, out_dir: Path
) -> None:
    """Index titles with headings once each, and note each passage's document, title and length."""
    documents: dict[str, int] = {}
    titles: dict[str, int] = {}
    numbers = np.zeros((2, len(passages)), dtype=np.int32)
    for number, passage in enumerate(passages):
        title = " ".join(map(reading.rewritten, (passage.title, *passage.heading)))
        numbers[0, number] = documents.setdefault(passage.document, len(documents))
        numbers[1, number] = titles.setdefault(title, len(titles))
    np.save(out_dir / LAYOUT.documents, numbers[0])
    np.save(out_dir / LAYOUT.titles, numbers[1])
    np.save(out_dir / LAYOUT.title_vectors, encoder.encode(list(titles)).astype(_STORED))
    np.save(
        out_dir / LAYOUT.orienting, np.array([is_orienting(p) for p in passages], dtype=np.bool_)
    )
    np.save(out_dir / LAYOUT.lengths, np.array([len(p.text) for p in passages], dtype=np.int32))
    folder = out_dir / TITLES_FOLDER
    folder.mkdir(exist_ok=True)
    BM25Retriever.build(reading.terms(title) for title in titles).save(folder)
