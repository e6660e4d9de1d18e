"""What the intent classifier reads of a message: characters, words, what was recognised, its shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from bot.components import everyday
from indexer.linear import character_runs

_QUESTION = re.compile(r"[吗呢么?？]|怎|几|多少|什么|哪|谁|何|能不能|可以|是不是|有没有|多久")
_LENGTH_STEP = 3
_LENGTH_STEPS = 8
_COVERAGE_STEPS = 4


def terms(text: str, words: Iterable[str], entities: Iterable[Mapping[str, Any]]) -> set[str]:
    """Everything the classifier reads of a message but its vector."""
    found = list(entities)
    return (
        character_runs(text) | word_runs(words) | shape(text, found) | everyday.marks(text, found)
    )


def word_runs(words: Iterable[str]) -> set[str]:
    """Words and pairs of neighbouring words, with marks for where the text begins and ends."""
    bounded = ["<", *(word for word in words if word.strip()), ">"]
    found = {f"word:{word}" for word in bounded}
    return found | {f"pair:{one} {next_}" for one, next_ in pairwise(bounded)}


def shape(text: str, entities: Iterable[Mapping[str, Any]]) -> set[str]:
    """What kinds of things are named, how much of the text they cover, length, question words.

    A bare answer (白云区, 10月8日) is covered by its entities; a question about them is not.
    """
    found = list(entities)
    marks = {f"names:{item['entity']}" for item in found}
    marks |= {"denies" for item in found if item.get("role") == "denied"}
    covered: set[int] = set()
    for item in found:
        if item["entity"] != "region":  # its place in the text is not known
            covered.update(range(item["start"], item["end"]))
    marks.add(f"covered:{int(len(covered) / max(1, len(text)) * _COVERAGE_STEPS)}")
    marks.add(f"length:{min(_LENGTH_STEPS, len(text) // _LENGTH_STEP)}")
    marks.add("question" if _QUESTION.search(text) else "statement")
    return marks
