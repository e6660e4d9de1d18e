"""Reading training material: question–passage pairs, statutes, judged questions."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.ngrams import fold
from knowledge.errors import SourceError

_CITED = re.compile(
    r"^《(?P<law>[^》]+)》第[零〇一二三四五六七八九十百千0-9]+条(之[一二三四五六七八九十]+)?[：:]?"
)
_SENTENCE_END = re.compile(r"(?<=[。；！？\n])")
_MARKS = re.compile(r"\W")
_GREETING = re.compile(r"^(您好|你好)[，,。！!\s]*")


@dataclass(frozen=True)
class Judged:
    """A question with the row numbers of its relevant passages."""

    id: str
    query: str
    relevant: tuple[int, ...]


@dataclass(frozen=True)
class Corpus:
    """Passages to be found: their ids and the text the encoder reads."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    laws: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """A question and a passage that answers it; ``source`` names the data set.

    ``cited`` is the wording of the article that the passage is, without the law's name.
    """

    source: str
    query: str
    passage: str
    cited: str = ""


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """JSON objects of a file, one a line, compressed or not.

    :raises SourceError: naming file and line of what cannot be read.
    """
    if not path.is_file():
        raise SourceError(f"找不到文件 {path}")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise SourceError(f"{path} 第 {number} 行不是有效的 JSON") from error
            if not isinstance(record, dict):
                raise SourceError(f"{path} 第 {number} 行应为一个 JSON 对象")
            yield record


def passage_text(title: str, heading: Sequence[str], text: str) -> str:
    """The text an encoder reads for a passage: where it stands, then what it says."""
    return " ".join(part for part in (title, *heading, text) if part)


def read_statutes(path: Path) -> Corpus:
    """Articles, each read as its law's name and its text."""
    ids: list[str] = []
    texts: list[str] = []
    laws: list[str] = []
    for record in read_lines(path):
        ids.append(str(record["id"]))
        laws.append(str(record.get("law", "")))
        texts.append(passage_text(laws[-1], (), str(record["text"])))
    return Corpus(ids=tuple(ids), texts=tuple(texts), laws=tuple(laws))


def read_judged(path: Path, corpus: Corpus) -> list[Judged]:
    """Judged questions; relevant ids that the corpus lacks are dropped."""
    rows = {identifier: row for row, identifier in enumerate(corpus.ids)}
    judged = []
    for record in read_lines(path):
        relevant = tuple(rows[str(i)] for i in record["relevant"] if str(i) in rows)
        if relevant:
            judged.append(Judged(str(record["id"]), str(record["query"]), relevant))
    return judged


def read_pairs(path: Path) -> list[Pair]:
    """Pairs in simplified characters, article numbers and greetings taken off the passage."""
    import opencc

    simplify = opencc.OpenCC("t2s").convert
    pairs = []
    for record in read_lines(path):
        source, query, passage = (str(record[key]) for key in ("source", "query", "passage"))
        if source.lower().startswith("drcd"):
            query, passage = simplify(query), simplify(passage)
        named = _CITED.match(passage)
        cited = ""
        if named:
            cited = passage[named.end() :].strip()
            passage = passage_text(named["law"], (), cited)
        pairs.append(Pair(source, query, _GREETING.sub("", passage).strip(), cited))
    return [pair for pair in pairs if pair.query and pair.passage]


def rows_by_wording(corpus: Corpus) -> dict[str, tuple[int, ...]]:
    """The rows of each wording of an article, marks and spaces aside."""
    found: dict[str, list[int]] = {}
    for row, (text, law) in enumerate(zip(corpus.texts, corpus.laws, strict=True)):
        found.setdefault(wording(text[len(law) :]), []).append(row)
    return {key: tuple(rows) for key, rows in found.items() if key}


def wording(text: str) -> str:
    """A text without marks and spaces, so that two prints of an article agree."""
    return _MARKS.sub("", text)


def sentences(text: str) -> list[str]:
    """Sentences and clauses ended by a full stop, semicolon or line end."""
    return [part.strip() for part in _SENTENCE_END.split(text) if len(part.strip()) >= 6]


def near_duplicates(
    queries: Sequence[str], judged: Sequence[str], threshold: float = 0.6
) -> NDArray[np.bool_]:
    """Which queries say almost the same as a judged one.

    Two questions are near-duplicates when their sets of character bigrams have a Jaccard
    coefficient of at least ``threshold``.
    """
    mask = np.zeros(len(queries), dtype=np.bool_)
    mask[_alike(queries, judged, threshold)[0]] = True
    return mask


def duplicate_groups(queries: Sequence[str], threshold: float = 0.6) -> NDArray[np.int64]:
    """The number of each query's group; near-duplicates, and theirs, are in one group."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    left, right = _alike(queries, queries, threshold)
    links = csr_matrix((np.ones(len(left)), (left, right)), (len(queries), len(queries)))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _alike(
    queries: Sequence[str], judged: Sequence[str], threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of the near-duplicates on either side."""
    from scipy.sparse import csr_matrix

    vocabulary: dict[str, int] = {}

    def rows(texts: Sequence[str]) -> Any:
        indptr, indices = [0], []
        for text in texts:
            folded = re.sub(r"\W", "", fold(text))
            grams = {folded[i : i + 2] for i in range(len(folded) - 1)} or {folded}
            indices.extend(sorted(vocabulary.setdefault(gram, len(vocabulary)) for gram in grams))
            indptr.append(len(indices))
        return indptr, indices

    left, right = rows(queries), rows(judged)
    shape = len(vocabulary)
    a = csr_matrix((np.ones(len(left[1]), np.float32), left[1], left[0]), (len(queries), shape))
    b = csr_matrix((np.ones(len(right[1]), np.float32), right[1], right[0]), (len(judged), shape))
    common = (a @ b.T).tocoo()
    union = np.diff(a.indptr)[common.row] + np.diff(b.indptr)[common.col] - common.data
    alike = common.data >= threshold * union
    return common.row[alike].astype(np.int64), common.col[alike].astype(np.int64)
