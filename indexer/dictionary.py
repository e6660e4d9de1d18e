"""The words of Chinese with their counts: jieba's dictionary as a trie that is mapped, not read.

As a Python dictionary jieba's half a million words and beginnings of words take 90 MB and most of a
second of every start, and each process has its own.  Here they are three rows of numbers in a file of
six megabytes that all processes share.  The file is made by ``python -m indexer.dictionary``; a test
compares it with jieba's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_suffix(".npy")


class Dictionary:
    """Words and beginnings of words, read as jieba reads its own: a count, 0 for a mere beginning.

    A node of the trie is a number, the root 0.  The children of a node lie side by side, ordered by
    their characters, from ``first[node]`` on; the count of the root is that of all words together.
    """

    def __init__(self, rows: NDArray[np.int32], words: Iterable[str] = (), count: int = 0) -> None:
        """Hold the rows and further words.

        :param rows: shape (3, nodes + 1): characters, first children, counts.
        :param words: words that are added, or get another count.
        :param count: the count of each of them.
        """
        self._characters, self._first, self._counts = (memoryview(row) for row in rows)
        self._size = rows.shape[1] - 1
        self._roots = {self._characters[at]: at for at in range(1, self._first[1])}
        self._added: dict[int, int] = {}
        self._own: dict[int, int] = {}
        self.total = self._counts[0]
        for word in words:
            self._own[self._grown(word)] = count
            self.total += count

    def child(self, node: int, character: int) -> int:
        """The node that a character, a code point, leads to; 0 when no word goes on so."""
        if not node:
            found = self._roots.get(character, 0)
        elif node < self._size:
            end = self._first[node + 1]
            found = bisect_left(self._characters, character, self._first[node], end)
            if found == end or self._characters[found] != character:
                found = 0
        else:
            found = 0
        return found or self._added.get(node << 21 | character, 0)

    def count(self, node: int) -> int:
        """How often the word that ends at a node was counted; 0 when none ends there."""
        own = self._own.get(node)
        if own is not None:
            return own
        return self._counts[node] if node < self._size else 0

    def words_from(self, characters: Sequence[int], start: int) -> list[tuple[int, int]]:
        """The words that begin at a place, shortest first: where each ends, and its count.

        :param characters: the code points of a text.
        """
        first, known, size, last = self._first, self._characters, self._size, len(characters)
        found: list[tuple[int, int]] = []
        node, stop = self.child(0, characters[start]), start + 1
        while node:
            if node in self._own:
                found.append((stop, self._own[node]))
            elif node < size and self._counts[node]:
                found.append((stop, self._counts[node]))
            if stop == last:
                break
            wanted, after = characters[stop], 0
            if node < size and (low := first[node]) < (high := first[node + 1]):
                at = bisect_left(known, wanted, low, high)
                after = at if at < high and known[at] == wanted else 0
            node = after or self._added.get(node << 21 | wanted, 0)
            stop += 1
        return found

    def get(self, word: str, default: int | None = None) -> int | None:
        """The count of a word, 0 for the beginning of one, the default for what is neither."""
        node = self._node(word)
        return self.count(node) if node else default

    def __contains__(self, word: str) -> bool:
        return bool(self._node(word))

    def __getitem__(self, word: str) -> int:
        node = self._node(word)
        if not node:
            raise KeyError(word)
        return self.count(node)

    def _node(self, word: str) -> int:
        node = 0
        for character in word:
            node = self.child(node, ord(character))
            if not node:
                break
        return node

    def _grown(self, word: str) -> int:
        """The node of a word, made where there is none yet."""
        node = 0
        for character in map(ord, word):
            after = self.child(node, character)
            if not after:
                after = self._size + len(self._added)
                self._added[node << 21 | character] = after
            node = after
        return node


def shipped_rows() -> NDArray[np.int32]:
    """The rows of the shipped file, mapped into memory."""
    rows: NDArray[np.int32] = np.load(FILE, mmap_mode="r", allow_pickle=False)
    return rows


def rows_of(counts: Mapping[str, int], total: int) -> NDArray[np.int32]:
    """The trie of words and beginnings of words.

    :param counts: every beginning of a word is there, too.
    :param total: the count of all words together.
    """
    order = sorted(counts, key=lambda piece: (len(piece), piece))
    rows = np.zeros((3, len(order) + 2), dtype=np.int32)
    places = {"": 0}
    for place, piece in enumerate(order, start=1):
        places[piece] = place
        rows[0, place] = ord(piece[-1])
        rows[2, place] = counts[piece]
        parent = places[piece[:-1]]
        if not rows[1, parent]:
            rows[1, parent] = place
    rows[2, 0], rows[1, -1] = total, len(order) + 1
    for place in range(len(order), 0, -1):  # without children: where those of the next begin
        if not rows[1, place]:
            rows[1, place] = rows[1, place + 1]
    return rows


def main() -> None:
    """Write the file anew from the installed jieba."""
    import jieba

    base = jieba.Tokenizer()
    base.initialize()
    np.save(FILE, rows_of(base.FREQ, base.total))


if __name__ == "__main__":
    main()
