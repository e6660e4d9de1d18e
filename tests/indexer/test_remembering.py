"""Results kept for the same arguments, without keeping what gave them."""

import gc
import weakref

import pytest

from indexer.remembering import remembered


class Counting:
    def __init__(self):
        self.asked = []
        self.length = remembered(self._length, 2)

    def _length(self, word):
        self.asked.append(word)
        return len(word)


def test_the_same_argument_is_asked_once():
    counting = Counting()
    assert [counting.length(word) for word in ("商标", "商标", "337")] == [2, 2, 3]
    assert counting.asked == ["商标", "337"]


def test_the_oldest_is_dropped():
    counting = Counting()
    for word in ("商标", "专利", "337", "商标"):
        counting.length(word)
    assert counting.asked == ["商标", "专利", "337", "商标"]


def test_owner_is_freed_without_the_collector():
    gc.disable()
    try:
        counting = Counting()
        counting.length("商标")
        seen, kept = weakref.ref(counting), counting.length
        del counting
        assert seen() is None
    finally:
        gc.enable()
    with pytest.raises(ReferenceError):
        kept("专利")
