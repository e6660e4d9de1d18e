"""What is certain of a question's hits before any chance is weighed: it names an article, an order or a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.confidence import ANSWER, REFUSE
from indexer.named_articles import NamedArticles, is_about
from indexer.order import ShelfOrder
from indexer.persistence import PassageFile
from indexer.query import QueryUnderstanding
from indexer.types import Assessment, QueryInfo, ScoredPassage
from knowledge.text import fold_numerals
from knowledge.types import Passage

# The number of an order or a notice, before its kind or after it.
_OFFICIAL_NUMBER = re.compile(r"(\d{2,4})\s*号(?=令|文|公告)|(?:令|公告)第\s*(\d{2,4})\s*号")


@dataclass(frozen=True)
class Certainty:
    """The cases that need no chance; ``covered`` are the places that some passage is about."""

    passages: PassageFile
    named_articles: NamedArticles
    order: ShelfOrder
    understanding: QueryUnderstanding
    covered: frozenset[str]

    def of(self, info: QueryInfo, hits: Sequence[ScoredPassage]) -> Assessment | None:
        """A certain answer or refusal; None where the chances decide."""
        named = self.named_articles.find(info.text, info.articles)
        if named:
            ids = {self.passages[number].id for number in named}
            return _certain(bool(hits) and hits[0].passage.id in ids)
        if info.countries and self.covered.isdisjoint(info.countries):
            return _certain(False)
        return self._of_first(info, hits) if hits else None

    def _of_first(self, info: QueryInfo, hits: Sequence[ScoredPassage]) -> Assessment | None:
        first = hits[0].passage
        if self._is_of_another_platform(info, first):
            return _certain(False)
        approved = self.order.approved(info)
        if approved is not None and first.id == self.passages[approved].id:
            return _certain(True)
        if info.articles and not (
            _names_article(first, info.articles) and is_about(first, info.text)
        ):
            return _certain(False)
        return _by_official_number(official_numbers(info.text), hits)

    def _is_of_another_platform(self, info: QueryInfo, passage: Passage) -> bool:
        """Whether the question names a trading platform and the passage is about another one."""
        if not info.platforms:
            return False
        about = self.understanding.platforms(" ".join((passage.title, *passage.heading)))
        return bool(about) and frozenset(info.platforms).isdisjoint(about)


def _certain(is_answer: bool) -> Assessment:
    return Assessment(ANSWER, 1.0, right=1.0) if is_answer else Assessment(REFUSE, 0.0)


def _by_official_number(
    numbers: frozenset[str], hits: Sequence[ScoredPassage]
) -> Assessment | None:
    """Another order than the one that is named is no answer, however near it is."""
    if not numbers:
        return None
    named_in = [numbers <= official_numbers(_words_of(hit.passage)) for hit in hits]
    if named_in[0]:
        return _certain(True)
    return None if any(named_in) else _certain(False)


def _words_of(passage: Passage) -> str:
    return " ".join((passage.title, *passage.heading, passage.basis or "", passage.text))


def official_numbers(text: str) -> frozenset[str]:
    """The numbers of orders and notices that a text names (第835号令, 国务院令第835号)."""
    return frozenset(one or other for one, other in _OFFICIAL_NUMBER.findall(text))


def _names_article(passage: Passage, labels: Sequence[str]) -> bool:
    """Whether a passage is, rests on or speaks of one of the articles; another article is no answer."""
    stated = fold_numerals(
        " ".join(filter(None, (passage.article, passage.basis, *passage.heading, passage.text)))
    )
    numbers = set(re.findall(r"\d+", passage.basis or ""))
    return any(label in stated or label.strip("第条") in numbers for label in labels)
