"""Choosing the sentences of a passage that answer a question.

The sentences are scored by the question's telling characters and by nearness of meaning; the best
one is quoted with what it needs to be understood.  A list is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.encoder import encode_query
from indexer.ngrams import fold
from indexer.types import Encoder
from knowledge.figures import figures
from knowledge.text import split_sentences
from knowledge.types import Passage

# Passages up to this length are quoted whole: cutting them would save nobody time.
WHOLE_CHARS = 160
MAX_CHARS = 360
# A further sentence is added when it scores at least this part of the best one.
_ALSO = 0.75
_ASKS_FIGURE = re.compile(
    r"多久|多少|几天|几日|几个月|几年|什么时候|何时|期限|几号|多长|费用|多贵|金额|第几条|几条"
)
_LEANS_BACK = re.compile(
    r"^(?:但|但是|不过|否则|其中|此时|该|上述|前款|同时|另外|此外|因此|所以|逾期|过期)"
)
_FIGURE_BONUS = 0.15
_PUNCTUATION = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Selection:
    """Sentences chosen from a passage and their places in its text.

    ``sentences`` are in the order of the text; ``spans`` are (start, stop) character places of each.
    """

    sentences: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The chosen sentences as one quotation."""
        return "".join(self.sentences) if self.sentences else ""


def select(
    query: str, passage: Passage, encoder: Encoder | None = None, max_chars: int = MAX_CHARS
) -> Selection:
    """The sentences of a passage that answer the question.

    :param encoder: compares meaning as well as wording; wording alone when omitted.
    :param max_chars: how long the quotation may be; a single sentence or list may exceed it.
    :return: at least one sentence for any passage with text.
    """
    sentences = split_sentences(passage.text)
    spans = _spans(passage.text, sentences)
    if len(sentences) <= 1 or len(passage.text) <= WHOLE_CHARS:
        return Selection(tuple(sentences), spans)
    scores = _scores(query, sentences, encoder)
    chosen = _choose(sentences, scores, max_chars)
    return Selection(
        tuple(sentences[number] for number in chosen), tuple(spans[number] for number in chosen)
    )


def _spans(text: str, sentences: Sequence[str]) -> tuple[tuple[int, int], ...]:
    spans, position = [], 0
    for sentence in sentences:
        start = text.find(sentence, position)
        if start < 0:
            # A list joined from several lines: find it by its first and last lines.
            lines = sentence.split("\n")
            start = max(text.find(lines[0], position), 0)
            stop = text.find(lines[-1], start) + len(lines[-1])
        else:
            stop = start + len(sentence)
        spans.append((start, stop))
        position = stop
    return tuple(spans)


def _scores(query: str, sentences: Sequence[str], encoder: Encoder | None) -> list[float]:
    wanted = _grams(query)
    grams = [_grams(sentence) for sentence in sentences]
    rarity = {
        gram: 1.0 / sum(gram in sentence for sentence in grams)
        for gram in wanted
        if any(gram in sentence for sentence in grams)
    }
    total = sum(rarity.values()) or 1.0
    scores = [
        sum(rarity[gram] for gram in wanted & found if gram in rarity) / total for found in grams
    ]
    if encoder is not None:
        nearness = encoder.encode(list(sentences)) @ encode_query(encoder, query)
        scores = [
            0.5 * score + float(near)
            for score, near in zip(scores, np.maximum(nearness, 0), strict=True)
        ]
    if _ASKS_FIGURE.search(query):
        scores = [
            score + (_FIGURE_BONUS if figures(sentence) else 0.0)
            for score, sentence in zip(scores, sentences, strict=True)
        ]
    # The direct answer leads a curated section.
    scores[0] += 0.05
    return scores


def _grams(text: str) -> set[str]:
    runs = _PUNCTUATION.split(fold(text))
    return {run[i : i + 2] for run in runs for i in range(len(run) - 1)}


def _choose(sentences: Sequence[str], scores: Sequence[float], max_chars: int) -> list[int]:
    order = sorted(range(len(sentences)), key=lambda number: (-scores[number], number))
    best = order[0]
    chosen = {best}
    length = len(sentences[best])
    for number in order[1:]:
        if scores[number] < _ALSO * scores[best]:
            break
        if length + len(sentences[number]) <= max_chars:
            chosen.add(number)
            length += len(sentences[number])
    for number in sorted(chosen):
        if number and _LEANS_BACK.match(sentences[number]):
            chosen.add(number - 1)
    return sorted(chosen)
