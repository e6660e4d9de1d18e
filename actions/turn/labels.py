"""What a message labels (A是…，B是…), and what a label stands for in a later one (B呢)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions.followup import core
from actions.turn.asking import asks, clauses
from knowledge.text import normalise

_BEGINS = r"(?<![^\s,，。；;:：、!！?？])"
# A letter or a stem, or a number with what it numbers (一号店; 1号 is a day), then what is said of it.
_LABELS = re.compile(
    _BEGINS
    + r"(?:([A-Ga-g甲乙丙丁])([\u4e00-\u9fff]{0,3}?)|([一二三四1-4])(号[\u4e00-\u9fff]{1,2}?))"
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
        own = [m for m in marks if _sign(m).lower() in order and _of(m) == _of(marks[0])]
        run = [m for place, m in enumerate(own) if _sign(m).lower() == order[place]]
        if len(run) > 1 and len(run) == len(own):
            return dict(_said_of_each(text, run))
    return {}


def _sign(mark: re.Match[str]) -> str:
    return mark[1] or mark[3]


def _of(mark: re.Match[str]) -> str:
    return mark[2] or mark[4] or ""


def _said_of_each(text: str, marks: list[re.Match[str]]) -> Iterable[tuple[str, str]]:
    stops = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, stop in zip(marks, stops, strict=True):
        end = _ENDS.search(text, mark.end(), stop)
        parts = clauses(text[mark.end() : end.start() if end else stop])
        while len(parts) > 1 and asks(parts[-1]):
            parts.pop()  # is asked of all that are labelled
        if said := "".join(parts).strip(" ,，、"):
            yield f"{_sign(mark)}{_of(mark)}", said


def unlabelled(text: str, before: Iterable[str]) -> str:
    """A message with what its labels stand for in their place (B呢); as it is where it has none.

    :param before: what the person said before, the last first.
    """
    said = normalise(text)
    if len(said) > _LATER or labelled(said):
        return text
    asked = ""
    for earlier in map(normalise, before):
        labels = labelled(earlier)
        asked = asked or next(filter(asks, reversed(clauses(earlier))), "")
        named = {label: meant for label, meant in labels.items() if _whole(label).search(said)}
        if not named:
            continue
        bare = said
        for label in named:
            bare = _whole(label).sub("", bare)
        if not bare.strip(" 。.?？"):
            return text  # a letter alone chooses (a quiz's B)
        if len(named) == 1 and len(core(bare).strip(" 那呢,，。?？的")) <= _BARE:
            for other in (*labels, *labels.values()):
                asked = asked.replace(other, "")
            return f"{next(iter(named.values()))}，{asked.lstrip('的') or _WHAT_NOW}"
        for label, meant in named.items():
            said = _whole(label).sub(meant, said, count=1)
        return said
    return text


def _whole(label: str) -> re.Pattern[str]:
    """A label that is no part of another word (B2B); a letter stands for what it letters (B for B店)."""
    name = f"{label[0]}(?:{label[1:]})?" if label[0].isascii() and label[0].isalpha() else label
    return re.compile(rf"(?<![A-Za-z\d]){name}(?![A-Za-z\d])", re.IGNORECASE)
