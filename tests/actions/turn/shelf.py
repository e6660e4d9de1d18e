"""A shelf for tests: the project's own words and countries, answers as the test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from actions.deadline_rules import default_table
from actions.vocabulary import Vocabulary
from indexer.aliases import read_aliases
from indexer.encoder import load_encoder
from indexer.hybrid import MODEL_DIR
from indexer.query import QueryUnderstanding
from indexer.tokenizer import Tokenizer
from indexer.types import Assessment, QueryInfo, ScoredPassage, SearchFilters
from knowledge.types import Kind, Passage
from knowledge.word_table import read_words
from settings import ROOT

TODAY = date(2026, 11, 23)
TABLES = ROOT / "knowledge" / "tables"


def passage(name: str, *, country: str = "US", facts: Sequence[str] = ()) -> Passage:
    """A section of a guide."""
    return Passage(
        id=f"{name}#1", version="v", document=name, title=name, heading=(name,), text="答。",
        kind=Kind.GUIDE, jurisdiction=(country,), facts=tuple(facts),
    )  # fmt: skip


def hit(name: str, *matched: str, **options: Any) -> ScoredPassage:
    """A passage that was found."""
    return ScoredPassage(passage(name, **options), 1.0, matched=matched)


class Read:
    """A reading with a band and the facts of its first hit; no hit where they are None."""

    def __init__(
        self, band: str = "answer", right: float = 0.9, facts: Sequence[str] | None = ()
    ) -> None:
        hits = (hit("g", facts=facts),) if facts is not None else ()
        self.found = SimpleNamespace(band=band, right=right, hits=hits)


class Shelf:
    """Answers by ``judge``: what the shelf says to a question, as (band, confidence, hits)."""

    snapshot_id = "s"

    def __init__(self, judge: Callable[[str], tuple[str, float, Sequence[ScoredPassage]]]) -> None:
        self._judge = judge
        self.searched: list[str] = []
        self.understanding = _understanding()
        self.tokenizer = self.understanding.tokenizer
        self.encoder = _encoder()
        self.order = SimpleNamespace(approved=lambda info: None)
        self.passages: list[Passage] = []

    def __len__(self) -> int:
        return len(self.passages)

    def understand(self, text: str) -> QueryInfo:
        return self.understanding.understand(text)

    def term_weights(self, info: QueryInfo) -> tuple[list[str], dict[str, float], float]:
        terms = self.tokenizer.telling(info.text)
        return terms, {term: 1.0 for term in terms if "火星" not in term}, 1.0

    def search(
        self, question: str, top_k: int, filters: SearchFilters, today: date
    ) -> list[ScoredPassage]:
        self.searched.append(question)
        return list(self._judge(question)[2])

    def assess(self, question: str, hits: Sequence[ScoredPassage]) -> Assessment:
        band, confidence, _ = self._judge(question)
        return Assessment(band, confidence)


@lru_cache(maxsize=1)
def _encoder() -> Any:
    return load_encoder(MODEL_DIR)


@lru_cache(maxsize=1)
def _understanding() -> QueryUnderstanding:
    tokenizer = Tokenizer(read_words(TABLES / "jieba_words.txt"))
    return QueryUnderstanding(read_aliases(TABLES / "aliases.yaml"), tokenizer)


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return Vocabulary.load(TABLES)


def services(shelf: Shelf) -> Any:
    """What actions work with, over a shelf."""
    return SimpleNamespace(
        index=SimpleNamespace(current=lambda: shelf),
        vocabulary=_vocabulary(),
        deadlines=default_table(),
        today=lambda: TODAY,
    )


def answering(answers: Mapping[str, tuple[float, ScoredPassage]]) -> Shelf:
    """A shelf that answers every question in which one of the words stands, the first one first."""

    def judge(question: str) -> tuple[str, float, Sequence[ScoredPassage]]:
        for words, (confidence, found) in answers.items():
            if all(word in question for word in words.split()):
                return "answer", confidence, [found]
        return "refuse", 0.1, []

    return Shelf(judge)
