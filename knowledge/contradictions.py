"""Whether two passages state one rule with different figures."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from knowledge.figures import figures, readable_figure
from knowledge.text import fold_numerals, normalise
from knowledge.types import Passage

# Vectors of two texts this near say the same.  Measured by benchmarks/duplicates.py: of texts retyped with
# other words it finds 97%, in another order all; 7% of passages have such a neighbour without need.
SIMILAR_FROM = 0.95
# Texts this alike once their figures are blanked state the same rule.
SAME_RULE = 90.0
# Of two passages on one rule this near, the figures should agree.  Judged against itself, the curated
# knowledge base (1,616 passages without contradictions) raises 14 such alarms.
SAME_BASIS_FROM = 0.6
_SHORTEST_BASIS = 6
_LEAD_SENTENCES = 2
_TEXTS_KEPT = 4096
_PERIOD = re.compile(r"[\d.]+(?:d|wd|w|m|y|h)")
_BARE = re.compile(r"[\W_]+")
_FIGURE = re.compile(r"[\d零〇一二三四五六七八九十百千两]+")


def contradiction(
    passage: Passage, other: Passage, score: float | None, *, same_question: bool
) -> str:
    """:return: how two statements of one rule differ in their figures; empty when they do not."""
    mine, theirs = _figures(passage.text), _figures(other.text)
    if mine == theirs or not mine or not theirs:
        return ""
    if fuzz.ratio(_masked(passage.text), _masked(other.text)) >= SAME_RULE:
        return f"数字不同（{_listed(mine - theirs)} / {_listed(theirs - mine)}）"
    near = score if score is not None else 0.0
    same_basis = near >= SAME_BASIS_FROM and _same_basis(passage, other)
    if same_question or same_basis or near >= SIMILAR_FROM:
        left, right = _periods(passage.text), _periods(other.text)
        if left and right and not left & right:
            return f"期限不同（{_listed(left)} / {_listed(right)}）"
    return ""


@lru_cache(maxsize=_TEXTS_KEPT)
def _periods(text: str) -> frozenset[str]:
    """:return: the periods that an answer begins with; what follows are exceptions and advice."""
    lead = "".join(re.split(r"(?<=[。！？])", text)[:_LEAD_SENTENCES])
    return frozenset(token for token in figures(lead) if _PERIOD.fullmatch(token))


def _same_basis(one: Passage, two: Passage) -> bool:
    """Whether both rest on one rule, however far down to its paragraphs each names it."""
    left, right = (bare(passage.basis or "") for passage in (one, two))
    shorter, longer = sorted((left, right), key=len)
    return len(shorter) >= _SHORTEST_BASIS and longer.startswith(shorter)


def _listed(tokens: frozenset[str]) -> str:
    return "、".join(sorted(map(readable_figure, tokens))) or "无"


def bare(text: str) -> str:
    """:return: the text without marks, spaces and case, its numerals as digits: what it says, however it is set."""
    return _BARE.sub("", fold_numerals(normalise(text))).lower()


# One text is compared with several neighbours, and a live one is the neighbour of many.
@lru_cache(maxsize=_TEXTS_KEPT)
def _figures(text: str) -> frozenset[str]:
    return frozenset(figures(text))


@lru_cache(maxsize=_TEXTS_KEPT)
def _masked(text: str) -> str:
    return _FIGURE.sub("0", normalise(text))
