"""Values and protocols of retrieval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.types import Passage

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Texts to unit-length float32 rows."""

    name: str
    dimension: int
    fingerprint: str

    def encode(self, texts: Sequence[str], *, is_query: bool = False) -> Vectors:
        """:return: shape (len(texts), dimension), each row of unit length (zero for no known token)."""
        ...


class VectorStore(Protocol):
    """Nearest neighbours by inner product over an immutable set of rows."""

    def search(
        self, vectors: Vectors, top_k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Vectors, NDArray[np.int64]]:
        """:return: scores and row numbers, shape (queries, k); missing entries are -1.

        With ``allowed``, a mark for each row, only marked rows are returned.
        """
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class SearchFilters:
    """Hard limits on what may be returned.

    ``jurisdictions``: when not empty only passages of these jurisdictions or general ones.
    ``kinds``: when not empty only these document kinds.
    ``matters``: when not empty only passages about one of these pairs of jurisdiction and procedure.
    ``include_expired``: whether superseded or expired passages may be returned (history).
    """

    jurisdictions: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    matters: frozenset[tuple[str, str]] = frozenset()
    audience: str | None = None
    include_expired: bool = False


@dataclass(frozen=True)
class ScoredPassage:
    """A passage with its place in the result; ranks are 1-based, None where a retriever missed it.

    ``verdict`` is what the learned order says of it, ``line`` the features that it read (none where the
    passage was not read, as statutes are not).
    """

    passage: Passage
    score: float
    lexical_rank: int | None = None
    dense_rank: int | None = None
    lexical_score: float = 0.0
    dense_score: float = 0.0
    matched: tuple[str, ...] = ()
    verdict: float = 0.0
    line: tuple[float, ...] = ()


@dataclass(frozen=True)
class QueryInfo:
    """What a question names, recognised by the project's tables.

    ``text`` is the normalised question (typos of project terms corrected), ``expanded`` the same with
    aliases added for retrieval.  ``countries`` are jurisdiction codes (US, EU, UPC, DE …),
    ``ip_types`` of patent|trademark|copyright|design|trade-secret|domain, ``procedures`` of the codes
    in aliases.yaml (section-337, tro, customs …), ``articles`` article numbers as 第N条, ``written`` the
    normalised question with its typos.
    """

    text: str
    expanded: str
    countries: tuple[str, ...] = ()
    ip_types: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str], ...] = field(default=())
    synonyms: tuple[str, ...] = ()
    written: str = ""


@dataclass(frozen=True)
class Assessment:
    """Whether the hits answer the question.

    ``band`` is ``answer`` (say it), ``choices`` (offer up to three headings) or ``refuse``;
    ``confidence`` is the calibrated chance that the shelf has an answer, ``right`` that the first hit is
    it, ``each`` the chances of the first hits.
    """

    band: str
    confidence: float
    choices: tuple[ScoredPassage, ...] = ()
    right: float = 0.0
    each: tuple[float, ...] = ()
