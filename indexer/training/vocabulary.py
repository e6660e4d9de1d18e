"""Choosing the encoder's own word list from the texts it is trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.ngrams import MAX_CHARS, fold, latin_runs

_FIRST, _LAST = "\u4e00", "\u9fff"


def _is_chinese(entry: str) -> bool:
    return all(_FIRST <= character <= _LAST for character in entry)


def choose_entries(
    texts: Sequence[str],
    *,
    size: int,
    min_characters: int = 2,
    min_bigrams: int = 8,
    min_words: int = 6,
    min_latin: int = 5,
) -> list[str]:
    """The most frequent characters, bigrams, longer jieba words and Latin runs.

    :param texts: all training texts.
    :param size: the longest list allowed; characters are always kept, the rest by document count.
    :return: entries in a stable order.
    """
    import jieba

    segment = jieba.Tokenizer()
    counts: Counter[str] = Counter()
    for text in texts:
        folded = fold(text)
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
        counts.update(found)
    characters, others = [], []
    for entry, count in counts.items():
        if _is_chinese(entry):
            if len(entry) == 1 and count >= min_characters:
                characters.append(entry)
            elif (len(entry) == 2 and count >= min_bigrams) or (
                len(entry) > 2 and count >= min_words
            ):
                others.append(entry)
        elif latin_runs(entry) == [entry] and count >= min_latin and len(entry) <= 12:
            others.append(entry)
    room = max(size - len(characters), 0)
    others.sort(key=lambda entry: (-counts[entry], entry))
    return sorted(characters) + others[:room]
