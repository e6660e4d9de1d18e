"""How far judged questions repeat the wording of the shelf they judge.

A question that stands word by word in a document is found whatever the engine is worth, so it judges
nothing: such questions are refused, and how many merely resemble a line of the shelf is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.text import normalise
from knowledge.types import Passage

# From this likeness (percent of edits) on, a question counts as a line of the shelf in other order.
NEAR = 90.0
RELATED = 70.0
_NO_WORD = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """A question without punctuation, blanks and letter case, as it is compared."""
    return _NO_WORD.sub("", normalise(text).lower())


def lines(passages: Iterable[Passage]) -> Iterator[str]:
    """What a passage is found by: its own heading and the questions it says it answers."""
    for passage in passages:
        yield from passage.heading[-1:]
        yield from passage.similar


def copied(questions: Mapping[str, str], passages: Iterable[Passage]) -> list[str]:
    """:return: ids of the questions that equal a heading or a similar question of the shelf."""
    shelf = {bare(line) for line in lines(passages)}
    return [identifier for identifier, text in questions.items() if bare(text) in shelf]


def likeness(questions: Sequence[str], passages: Iterable[Passage]) -> list[float]:
    """:return: for every question how like the nearest line of the shelf is to it, 0 to 100."""
    shelf = sorted({bare(line) for line in lines(passages)} - {""})
    if not shelf or not questions:
        return [0.0] * len(questions)
    scores = process.cdist([bare(text) for text in questions], shelf, scorer=fuzz.ratio)
    return [float(score) for score in np.max(scores, axis=1)]
