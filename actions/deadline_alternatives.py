"""Which other length of a deadline rule a person says to apply (易腐货物, 在德国境内送达, 第二次申诉)."""

from __future__ import annotations

import re
from collections.abc import Collection

from knowledge.deadline_types import DeadlineRule
from knowledge.text import normalise

# Before the words: that it does not apply.
_DENIED = re.compile(r"(?:不是|不属于?|并非|非|不算|没有?|未|不走)[^，,。；;]{0,2}$")


def told_alternative(rule: DeadlineRule, text: str, rights: Collection[str]) -> str | None:
    """The key of the alternative that a message names, or whose right is the matter's; else None.

    :param rights: codes of the alias table.
    """
    normal = normalise(text).lower()
    for item in rule.alternatives:
        if item.key in rights or any(_is_said(word, normal) for word in item.said):
            return item.key
    return None


def _is_said(word: str, text: str) -> bool:
    word = normalise(word).lower()
    start = text.find(word)
    while start >= 0:
        if _DENIED.search(text, 0, start) is None:
            return True
        start = text.find(word, start + 1)
    return False
