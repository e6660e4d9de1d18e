"""Chinese text to lexical terms; the one function used for building and for querying.

A text becomes the words that jieba's search mode finds (with the project's own words), every
character bigram that is not already such a word, and Latin or digit runs.  Tokenizers with the same
words share a jieba instance of their own; the global one is never touched.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer.ngrams import fold

# Raise when the terms of a text change, so that older indexes are refused.
VERSION = 1
_CHINESE_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[a-z0-9]+")
_FIRST_CHINESE = "\u3400"
_WORD_FREQUENCY = 20000  # above any rival segmentation of the same characters


@lru_cache(maxsize=1)
def _base_dictionary() -> tuple[dict[str, int], int]:
    import jieba

    logging.getLogger("jieba").setLevel(logging.WARNING)
    base = jieba.Tokenizer()
    base.initialize()
    return base.FREQ, base.total


@lru_cache(maxsize=2)
def _segmenter(words: tuple[str, ...]) -> Any:
    """A segmenter with these words; publications with the same words share it, read-only."""
    import jieba

    frequencies, total = _base_dictionary()
    segmenter = jieba.Tokenizer()
    segmenter.FREQ = dict(frequencies)
    segmenter.total = total
    segmenter.initialized = True
    for word in words:
        segmenter.add_word(word, freq=_WORD_FREQUENCY)
    return segmenter


class Tokenizer:
    """Text to terms, with a list of words that must stay whole."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        """Keep the words; the dictionary is read at first use.

        :param words: the project's own words (names, terms), in any order.
        """
        self.words = tuple(sorted({fold(word).strip() for word in words} - {""}))
        self._segmenter: Any = None
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text may give other terms."""
        content = f"{VERSION}\n" + "\n".join(self.words)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def tokenize(self, text: str) -> list[str]:
        """The terms of a text in order; the same text always gives the same terms."""
        terms: list[str] = []
        for match in _CHINESE_RUN.finditer(fold(text)):
            run = match.group()
            if run[0] < _FIRST_CHINESE:
                terms.append(run)
                continue
            words = list(self._segment.cut_for_search(run, HMM=False))
            terms.extend(word for word in words if len(word) > 1 or len(run) == 1)
            found = set(words)
            terms.extend(
                bigram
                for bigram in (run[i : i + 2] for i in range(len(run) - 1))
                if bigram not in found
            )
        return terms

    def words_of(self, text: str) -> list[str]:
        """The text cut into words; joined they give the text again."""
        return list(self._segment.cut(text, HMM=False))

    @property
    def _segment(self) -> Any:
        with self._lock:
            if self._segmenter is None:
                self._segmenter = _segmenter(self.words)
            return self._segmenter


def read_words(path: Path) -> list[str]:
    """Words of a jieba word file: one a line, anything after the first blank ignored."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
