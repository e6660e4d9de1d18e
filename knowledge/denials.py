"""Words that deny the name after them (不是美国，是英国; 先不管英国)."""

from __future__ import annotations

import re

# What is affirmed after it is not denied (不是德国是法国).
_DENIAL = re.compile(
    r"(?:(?<!是)不是|并非|并不是|不在|没在|除了|而非|不要|不算|不管|别管|不说|不谈|不提)(?:去|在|说|指|被|查|看)?[^，,。；;是系]{0,4}$"
)


def denied_from(text: str, start: int) -> int | None:
    """Where the words begin that deny a name which starts at ``start``; None where nothing denies it."""
    found = _DENIAL.search(text[:start])
    return None if found is None else found.start()
