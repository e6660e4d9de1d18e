"""What a message labels (A是…，B是…), and what a label stands for in a later one (B呢)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions.followup import core
from actions.turn.asking import asks, clauses
from knowledge.text import normalise

_BEGINS = r"(?<![^\s,，。；;:：、!！?？])"
# A letter or a stem, or a number with what it numbers (一号店), then what is said of it.
_LABELS = re.compile(
    _BEGINS + r"([A-Ga-g]|[甲乙丙丁]|[一二三四1-4](?=号))([\u4e00-\u9fff]{0,3}?)"
    r"(?:[是:：、.]|(?=[在被收去]))"
)
_ORDERS = ("abcdefg", "甲乙丙丁", "一二三四", "1234")
_ENDS = re.compile("[。；;!！?？\n]")
# What is said of a label later is no longer than this.
_LATER = 40
_BARE = 1
_WHAT_NOW = "怎么办"


def labelled(text: str) -> dict[str, str]:
    """By label what a message says of each of the things that it labels in order; empty where it does not."""
    marks = list(_LABELS.finditer(text))
    for order in _ORDERS:
        own = [m for m in marks if m[1].lower() in order and m[2] == marks[0][2]]
        run = [m for place, m in enumerate(own) if m[1].lower() == order[place]]
        if len(run) > 1 and len(run) == len(own):
            return dict(_said_of_each(text, run))
    return {}


def _said_of_each(text: str, marks: list[re.Match[str]]) -> Iterable[tuple[str, str]]:
    stops = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, stop in zip(marks, stops, strict=True):
        end = _ENDS.search(text, mark.end(), stop)
        said = text[mark.end() : end.start() if end else stop].strip(" ,，、")
        if said:
            yield f"{mark[1]}{mark[2]}", said


def unlabelled(text: str, before: Iterable[str]) -> str:
    """A message with what its label stands for in the label's place (B呢); as it is where it has none.

    :param before: what the person said before, the last first.
    """
    said = normalise(text)
    if len(said) > _LATER or labelled(said):
        return text
    asked = ""
    for earlier in map(normalise, before):
        labels = labelled(earlier)
        asked = asked or next(filter(asks, reversed(clauses(earlier))), "")
        for label, meant in labels.items():
            own = re.compile(rf"(?<![A-Za-z]){label}(?![A-Za-z])", re.IGNORECASE)
            if own.search(said) is None:
                continue
            rest = core(own.sub("", said)).strip(" 那呢,，。?？的")
            if len(rest) > _BARE:
                return own.sub(meant, said, count=1)
            for other in (*labels, *labels.values()):
                asked = asked.replace(other, "")
            return f"{meant}，{asked.lstrip('的') or _WHAT_NOW}"
    return text
