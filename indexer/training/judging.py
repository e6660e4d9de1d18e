"""Judged questions in the form that votes in the second stage."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.precedents import Precedents, law_hash, wording_hash
from indexer.training.data import Corpus, Judged
from indexer.types import Encoder


def judged_precedents(encoder: Encoder, judged: Sequence[Judged], corpus: Corpus) -> Precedents:
    """The judged questions with the wordings and laws of the articles that answer them."""
    answers = [
        [
            (wording_hash(corpus.texts[row][len(corpus.laws[row]) :]), law_hash(corpus.laws[row]))
            for row in item.relevant
        ]
        for item in judged
    ]
    return Precedents.of(encoder, [item.query for item in judged], answers)
