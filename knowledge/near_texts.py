"""Pairs of texts alike in nearly every character, found without comparing every text with every other.

Two such texts share most of their six-character runs.  Each text is filed under the sixteen runs whose
hashes are smallest, which are largely the same for both, and compared only with a few texts filed
beside it: the cost grows with the amount of text, not with its square.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

_RUN = 6
_FILED_UNDER = 16
# Texts of one mould (rows of a list) fill a place; each is compared with the newest there.
_COMPARED = 16
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def near_pairs(texts: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """Find the texts whose similarity (:func:`rapidfuzz.fuzz.ratio`) is at least ``least``.

    :param least: of 100; meant for 90 and more, where sharing runs can be relied upon.
    :return: the numbers of both texts, the smaller first, and their similarity; ordered by the second.
    """
    places: dict[int, deque[int]] = defaultdict(lambda: deque(maxlen=_COMPARED))
    for number, text in enumerate(texts):
        beside: set[int] = set()
        for run in _runs(text):
            filed = places[int(run)]
            beside.update(filed)
            filed.append(number)
        for other in sorted(beside):
            score = fuzz.ratio(texts[other], text, score_cutoff=least)
            if score:
                yield other, number, score


def _runs(text: str) -> NDArray[np.uint64]:
    """:return: the smallest hashes of a text's runs of characters, each once."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    length = max(len(codes) - _RUN + 1, 1)
    with np.errstate(over="ignore"):
        hashes = np.zeros(length, dtype=np.uint64)
        for shift in range(min(_RUN, len(codes))):
            hashes = hashes * _FACTOR + codes[shift : shift + length].astype(np.uint64)
        hashes *= _FACTOR
        hashes ^= hashes >> np.uint64(29)
        hashes *= _FACTOR
    return np.unique(hashes)[:_FILED_UNDER]
