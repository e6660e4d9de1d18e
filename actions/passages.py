"""Turning a passage into what is said: the direct sentence first, short enough for a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.replies import FOLD
from knowledge.text import figures, split_sentences, uncarried_figures
from knowledge.types import Citation, Passage

_ASKS_PERIOD = re.compile(
    r"几天|多少天|多久|几个?月|多长|期限|几号|什么时候|何时|截止|来得及|时限|几年|几日"
)
_ASKS_MONEY = re.compile(r"多少钱|费用|收费|花多少|贵|成本|赔多少|最高多少|几万|多少万|官费")
_PERIOD = re.compile(r"\d+ ?(?:个)?(?:工作日|自然日|天|日(?!本)|个?月|年|周|小时)")
_MONEY = re.compile(r"\d[\d,.]*(?:百|千|万|亿)?(?:元|美元|欧元|英镑|日元|瑞士法郎)|[$€£¥]\s?\d")
# Sentences that point at another one cannot stand first.
_DEPENDENT = re.compile(
    r"^(?:但|但是|其中|另外|此外|同时|如果超过|否则|这|该|上述|前述|不过|而|也)"
)
MORE = "……"


def direct_first(question: str, sentences: Sequence[str]) -> list[str]:
    """Put the sentence that answers the question first when the passage does not already.

    Only questions for a period or an amount are answered by one recognisable sentence.
    """
    ordered = list(sentences)
    for asks, gives in ((_ASKS_PERIOD, _PERIOD), (_ASKS_MONEY, _MONEY)):
        if not asks.search(question) or not ordered or gives.search(ordered[0]):
            continue
        found = next((s for s in ordered if gives.search(s) and not _DEPENDENT.match(s)), None)
        if found is not None:
            ordered.remove(found)
            return [found, *ordered]
    return ordered


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
    quoted: set[str] = set()
    for item in citations:
        quoted |= figures(item.quote)
    return not uncarried_figures(text, quoted)


def body(question: str, passage: Passage, limit: int) -> tuple[str, bool]:
    """What is said of a passage.

    :return: the text and whether the passage says more.
    """
    text = passage.text
    if passage.article and not text.startswith(passage.article):
        text = f"{passage.article} {text}"
    sentences = split_sentences(text)
    if not passage.article:
        sentences = direct_first(question, sentences)
    return shorten(sentences, limit)


def label(passage: Passage) -> str:
    """How a passage is called in a list of choices: its last heading, else its document."""
    if passage.article:
        return f"《{passage.title}》{passage.article}"
    return passage.heading[-1] if passage.heading else passage.title
