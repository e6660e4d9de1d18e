"""Turning a passage into what is said: in the author's order, short enough for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from actions.replies import FOLD
from indexer.asked import kinds
from knowledge.figures import figures, uncarried_figures
from knowledge.text import split_sentences
from knowledge.types import Citation, Passage

MORE = "……"


def shorten(sentences: Sequence[str], limit: int = FOLD) -> tuple[str, bool]:
    """As many whole sentences as fit, at least one.

    :return: the text and whether something was left out.
    """
    kept: list[str] = []
    used = 0
    for sentence in sentences:
        if kept and used + len(sentence) > limit:
            return "".join(kept), True
        kept.append(sentence)
        used += len(sentence)
    text = "".join(kept)
    if len(text) > limit * 2:  # one very long sentence
        return text[: limit * 2].rstrip("，、；：") + MORE, True
    return text, False


def guarded(text: str, citations: Sequence[Citation]) -> bool:
    """Whether every figure of the text stands in a quote of the citations."""
    if not figures(text):
        return True
    quoted: set[str] = set()
    for item in citations:
        quoted |= figures(item.quote)
    return not uncarried_figures(text, quoted)


def body(passage: Passage, limit: int) -> tuple[str, bool]:
    """What is said of a passage: its beginning, in the author's order.

    :return: the text and whether the passage says more.
    """
    text = passage.text
    if passage.article and not text.startswith(passage.article):
        text = f"{passage.article} {text}"
    sentences = split_sentences(text)
    return shorten(sentences, limit)


def label(passage: Passage) -> str:
    """How a passage is called in a list of choices: its last heading, else its document."""
    if passage.article:
        return f"《{passage.title}》{passage.article}"
    return passage.heading[-1] if passage.heading else passage.title


def bearing(question: str, passage: Passage, limit: int) -> str:
    """What of a passage fits, the sentences that bear on a question most before the others; in its order."""
    sentences = split_sentences(passage.text)
    # What stands in brackets says nothing by itself.
    sentences = [s for s in sentences if not s.startswith("（")] or sentences
    wanted, kinds_ = pairs(question), kinds(question)
    worth = [len(pairs(s) & wanted) + 2 * float(kinds(s) @ kinds_) for s in sentences]
    if not any(worth) and len(sentences) > 1:
        worth = [0.0] + [1.0] * (len(sentences) - 1)  # its direct answer was said before
    chosen: set[int] = set()
    used = 0
    for place in sorted(range(len(sentences)), key=lambda n: (-worth[n], n)):
        if not chosen or used + len(sentences[place]) <= limit:
            chosen.add(place)
            used += len(sentences[place])
    return "".join(sentences[place] for place in sorted(chosen))


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters."""
    signs = [sign for sign in text if sign.isalnum()]
    return {one + two for one, two in pairwise(signs)}
