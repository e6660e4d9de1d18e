"""Everyday words by class: a message read as a row of word classes instead of words.

The classes are kept by hand in ``bot/data/lookups/everyday.txt``, so a word that no example holds
still counts for what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "data" / "lookups" / "everyday.txt"
# Particles and marks that change nothing.
_PARTICLES = re.compile(r"[\s，,。.；;：:！!？?~～…、的了啊呀哦哈啦吧嘛呗哇喔噢吖]+")
_LONGEST_ROW = 3
_OTHER = "_"


class LexiconError(ValueError):
    """The file of everyday words cannot be read."""


def read_lexicon(lines: Iterable[str]) -> dict[str, str]:
    """Each everyday word and its class.

    :raises LexiconError: a line without a class, or a word in two classes.
    """
    words: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        name, colon, listed = line.partition(": ")
        if not colon:
            raise LexiconError(f"{FILE.name} 第{number}行应为“类别: 词 词 …”")
        for word in listed.split():
            if words.setdefault(word, name) != name:
                raise LexiconError(f"{FILE.name} 第{number}行的“{word}”已在类别 {words[word]} 里")
    return words


@lru_cache(maxsize=1)
def _by_first() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """First character -> the words that begin with it and their classes, longest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for word, name in read_lexicon(FILE.read_text("utf-8").splitlines()).items():
        found.setdefault(word[0], []).append((word, name))
    return {
        first: tuple(sorted(words, key=lambda pair: (-len(pair[0]), pair[0])))
        for first, words in found.items()
    }


def row(text: str, entities: Iterable[Mapping[str, Any]] = ()) -> list[str]:
    """The classes of a normalised text in order; recognised entities stand with their kind."""
    lowered = text.lower()
    spans = sorted(
        (item["start"], item["end"], f"<{item['entity']}>")
        for item in entities
        if item["entity"] != "region"  # its place in the text is not known
    )
    found: list[str] = []
    place = 0
    for start, end, name in [*spans, (len(lowered), len(lowered), "")]:
        if start < place:
            continue
        found += _classes(lowered[place:start])
        if name:
            found.append(name)
        place = end
    return found


def _classes(text: str) -> list[str]:
    found: list[str] = []
    between: list[str] = []
    place = 0
    while place < len(text):
        pair = _word_at(text, place)
        if pair is None:
            between.append(text[place])
            place += 1
            continue
        if _PARTICLES.sub("", "".join(between)):
            found.append(_OTHER)
        between = []
        found.append(pair[1])
        place += len(pair[0])
    if _PARTICLES.sub("", "".join(between)):
        found.append(_OTHER)
    return found


def _word_at(text: str, place: int) -> tuple[str, str] | None:
    for word, name in _by_first().get(text[place], ()):
        if text.startswith(word, place) and not _cuts_latin(text, place, place + len(word)):
            return word, name
    return None


def _cuts_latin(text: str, start: int, end: int) -> bool:
    """Whether a latin word or a number would be cut in two."""
    return (_is_latin(text[start]) and start > 0 and _is_latin(text[start - 1])) or (
        _is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end])
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def marks(text: str, entities: Iterable[Mapping[str, Any]] = ()) -> set[str]:
    """Runs of one to three classes, bounded, and what the text is wholly made of."""
    bounded = ["^", *row(text, entities), "$"]
    found = {
        "says:" + ">".join(bounded[start : start + size])
        for size in range(1, _LONGEST_ROW + 1)
        for start in range(len(bounded) - size + 1)
    }
    kinds = sorted(set(bounded[1:-1]))
    if _OTHER not in kinds:
        found.add("wholly:" + "+".join(kinds))
    return found
