"""Chinese text to lexical terms; the one function used for building and for querying.

A text becomes the words that jieba's search mode finds (with the project's own words), every
character bigram that is not already such a word, and Latin or digit runs.  Tokenizers with the same
words share a jieba instance of their own; the global one is never touched.
"""

from __future__ import annotations

import hashlib
import logging
import math
import re
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import add
from typing import Any

from indexer.dictionary import Dictionary, shipped_rows
from indexer.ngrams import fold
from indexer.remembering import remembered
from knowledge.word_table import read_words as read_words

# Raise when the terms of a text change, so that older indexes are refused.
VERSION = 1
_CHINESE_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[a-z0-9]+")
_PLAIN_RUN = re.compile(r"[\u4e00-\u9fd5]+")  # what jieba takes for Chinese
# From this share of all words on, as a logarithm, a character by itself is grammar and no part of a name.
_COMMON = math.log(1e-3)
_FIRST_CHINESE = "\u3400"
_WORD_FREQUENCY = 20000  # above any rival segmentation of the same characters
# What jieba cuts into words; everything else stands by itself, sign for sign.
_CUT_RUN = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+)")
_LINE_END = re.compile(r"(\r\n|\s)")
_LATIN_SIGN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_REMEMBERED = (
    256  # texts; a question is read by the bot, by both retrievers and by what weighs the hits
)


class Segmenter:
    """jieba's dictionary with its most probable path, computed without its per-call overhead."""

    def __init__(self, dictionary: Dictionary) -> None:
        """Hold a dictionary that is not changed any more."""
        self.dictionary = dictionary
        self._total = math.log(dictionary.total)
        self._unknown = math.log(1) - self._total
        # The terms of a question, its words and what tells of it are read from the same runs.
        self.path = remembered(self._path, _REMEMBERED)

    @cached_property
    def jieba(self) -> Any:
        """A jieba tokenizer over the same words."""
        import jieba

        logging.getLogger("jieba").setLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = self.dictionary, self.dictionary.total
        tokenizer.initialized = True
        return tokenizer

    def search_words(self, run: str) -> list[str]:
        """What jieba's ``cut_for_search(run, HMM=False)`` gives for a run of Chinese characters.

        A test compares the two.
        """
        if not _PLAIN_RUN.fullmatch(run):
            return list(self.jieba.cut_for_search(run, HMM=False))
        words: list[str] = []
        for word in self.path(run):
            for length in (2, 3):
                if len(word) > length:
                    pieces = (word[at : at + length] for at in range(len(word) - length + 1))
                    words.extend(piece for piece in pieces if self.dictionary.get(piece))
            words.append(word)
        return words

    def _path(self, run: str) -> tuple[str, ...]:
        """The most probable words of a run of Chinese characters; joined they give it again."""
        words_from, total = self.dictionary.words_from, self._total
        characters, size = [*map(ord, run)], len(run)
        best, ends = [0.0] * (size + 1), [0] * size
        for start in range(size - 1, -1, -1):
            top, end = -math.inf, start + 1
            for stop, count in words_from(characters, start):
                if (cost := math.log(count) - total + best[stop]) >= top:
                    top, end = cost, stop
            if top == -math.inf:
                top = self._unknown + best[start + 1]
            best[start], ends[start] = top, end
        words: list[str] = []
        start = 0
        while start < size:
            words.append(run[start : ends[start]])
            start = ends[start]
        return tuple(words)

    def cut(self, text: str) -> list[str]:
        """What jieba's ``cut(text, HMM=False)`` gives: words that joined give the text again.

        A test compares the two.
        """
        words: list[str] = []
        for place, part in enumerate(_CUT_RUN.split(text)):
            if place % 2:
                words += self._joined(self.path(part))
            elif part:
                for piece in _LINE_END.split(part):
                    words += [piece] if _LINE_END.match(piece) else piece
        return words

    @staticmethod
    def _joined(path: Sequence[str]) -> Iterator[str]:
        """Latin signs that follow each other without being a word, as one word."""
        run = ""
        for word in path:
            if word in _LATIN_SIGN:
                run += word
                continue
            if run:
                yield run
                run = ""
            yield word
        if run:
            yield run

    def is_rare(self, sign: str) -> bool:
        """Whether a character is seldom a word by itself, as those of names are and 是 and 个 are not."""
        count = self.dictionary.get(sign)
        return not count or math.log(count) - self._total < _COMMON


@lru_cache(maxsize=2)
def _segmenter(words: tuple[str, ...]) -> Segmenter:
    """A segmenter with these words; publications with the same words share it, read-only."""
    return Segmenter(Dictionary(shipped_rows(), words, _WORD_FREQUENCY))


class Tokenizer:
    """Text to terms, with a list of words that must stay whole."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        """Keep the words; the dictionary is read at first use.

        :param words: the project's own words (names, terms), in any order.
        """
        self.words = tuple(sorted({fold(word).strip() for word in words} - {""}))
        self._segmenter: Segmenter | None = None
        self._lock = threading.Lock()
        self._tokenize = remembered(self._terms, _REMEMBERED)
        self._telling = remembered(self._telling_words, _REMEMBERED)
        self._words_of = remembered(self._cut, _REMEMBERED)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text may give other terms."""
        content = f"{VERSION}\n" + "\n".join(self.words)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def tokenize(self, text: str) -> list[str]:
        """The terms of a text in order; the same text always gives the same terms."""
        return list(self._tokenize(text))

    def _terms(self, text: str) -> tuple[str, ...]:
        terms: list[str] = []
        for match in _CHINESE_RUN.finditer(fold(text)):
            run = match.group()
            if run[0] < _FIRST_CHINESE:
                terms.append(run)
                continue
            if len(run) == 1:
                terms.append(run)
                continue
            words = self._segment.search_words(run)
            terms += [word for word in words if len(word) > 1]
            found = set(words)
            bigrams = map(add, run, run[1:])
            terms += [bigram for bigram in bigrams if bigram not in found]
        return tuple(terms)

    def telling(self, text: str) -> list[str]:
        """The words of a text that say what it is about, each once.

        Bigrams stand for a word only where two rare characters follow each other that are no word; those
        that reach over the edge of a word mean nothing.
        """
        return list(self._telling(text))

    def _telling_words(self, text: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for match in _CHINESE_RUN.finditer(fold(text)):
            run = match.group()
            if run[0] < _FIRST_CHINESE:
                found[run] = None
                continue
            path = self._segment.path(run)
            found.update((word, None) for word in self._segment.search_words(run) if len(word) > 1)
            singles = (
                one + two
                for one, two in pairwise(path)
                if len(one) == len(two) == 1 and all(map(self._segment.is_rare, (one, two)))
            )
            found.update(dict.fromkeys(singles))
        return tuple(found)

    def _cut(self, text: str) -> tuple[str, ...]:
        return tuple(self._segment.cut(text))

    def words_of(self, text: str) -> list[str]:
        """The text cut into words; joined they give the text again."""
        return list(self._words_of(text))

    def is_word(self, text: str, start: int, stop: int) -> bool:
        """Whether a part of a text is one of :meth:`words_of`; only the run that it stands in is cut."""
        runs = (run for run in _CUT_RUN.finditer(text) if run.end() > start)
        run = next(runs, None)
        if run is None or run.start() > start:  # what stands by itself
            return stop - start == 1
        place = run.start()
        for word in self._segment.cut(run.group()):
            if place >= start:
                return place == start and place + len(word) == stop
            place += len(word)
        return False

    @property
    def _segment(self) -> Segmenter:
        with self._lock:
            if self._segmenter is None:
                self._segmenter = _segmenter(self.words)
            return self._segmenter
