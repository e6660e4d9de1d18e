"""Choosing the encoder's own word list from the texts it is trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from indexer.ngrams import MAX_CHARS, fold, latin_runs

_FIRST, _LAST = "\u4e00", "\u9fff"


def _is_chinese(entry: str) -> bool:
    return all(_FIRST <= character <= _LAST for character in entry)


def choose_entries(
    texts: Sequence[str],
    own: Sequence[str] = (),
    *,
    size: int,
    min_characters: int = 2,
    min_bigrams: int = 8,
    min_words: int = 6,
    min_latin: int = 5,
    min_own: int = 3,
) -> list[str]:
    """The most frequent characters, bigrams, longer jieba words and Latin runs.

    :param texts: all training texts.
    :param own: the project's documents; what occurs in ``min_own`` of their texts is always kept.
    :param size: the longest list allowed; characters are always kept, the rest by document count.
    :return: entries in a stable order.
    """
    import jieba

    segment = jieba.Tokenizer()
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_entries(fold(text), segment))
    own_counts: Counter[str] = Counter()
    for text in own:
        own_counts.update(_entries(fold(text), segment))
    counts.update(own_counts)
    kept = {entry for entry, count in own_counts.items() if count >= min_own}
    characters: list[str] = []
    others: list[str] = []
    for entry, count in counts.items():
        if _is_chinese(entry):
            enough = {1: min_characters, 2: min_bigrams}.get(len(entry), min_words)
            if count >= enough or entry in kept:
                (characters if len(entry) == 1 else others).append(entry)
        elif (
            latin_runs(entry) == [entry]
            and len(entry) <= 12
            and (count >= min_latin or entry in kept)
        ):
            others.append(entry)
    room = max(size - len(characters), 0)
    others.sort(key=lambda entry: (entry not in kept, -counts[entry], entry))
    return sorted(characters) + others[:room]


def _entries(folded: str, segment: Any) -> set[str]:
    """What could be an entry in one text."""
    found = set(folded)
    found.update(folded[i : i + 2] for i in range(len(folded) - 1))
    found.update(latin_runs(folded))
    for word in segment.cut(folded, HMM=False):
        if len(word) > 2:
            found.update(
                word[start : start + length]
                for length in range(3, min(MAX_CHARS, len(word)) + 1)
                for start in range(len(word) - length + 1)
                if word[start : start + length] in segment.FREQ
                and segment.FREQ[word[start : start + length]]
            )
    return found
