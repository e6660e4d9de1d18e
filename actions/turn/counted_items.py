"""The items of a message that counts what it asks (①…②…; 1. … 2. …; 第一，…；第二，…)."""

from __future__ import annotations

import re

_BEGINS = r"(?<![^\s,，。；;:：、!！?？])"
# (1)款 and 271(a)(1) name a part of a law.
_COUNTS = re.compile(
    rf"(?<![A-Za-z\d)条款项])\(([1-9一二三四五六])\)(?![款项条])|{_BEGINS}第?([一二三四五六])[、,:，：.]|{_BEGINS}([1-9])[.、:：)](?!\d)"
)
_NUMBERS = {sign: n for n, sign in enumerate("一二三四五六", start=1)}


def counted(text: str) -> list[str]:
    """The items of a normalised message that numbers them from one on; empty where it does not."""
    run = _marks(text)
    stops = [mark.start() for mark in run[1:]] + [len(text)]
    items = (text[m.end() : stop].strip(" ,，。；;、") for m, stop in zip(run, stops, strict=False))
    return [item for item in items if item]


def before_items(text: str) -> str | None:
    """What a message says before the items that it counts, which is said of all; None where it counts none."""
    run = _marks(text)
    return text[: run[0].start()] if run else None


def _marks(text: str) -> list[re.Match[str]]:
    """The numbers of the items, from one on and at least two."""
    found = [
        (int(_NUMBERS.get(sign, sign)), mark)
        for mark in _COUNTS.finditer(text)
        if (sign := next(filter(None, mark.groups())))
    ]
    run = [mark for place, (number, mark) in enumerate(found, start=1) if number == place]
    return run if len(run) > 1 and len(run) == len(found) else []
