"""The shipped dictionary holds what jieba's does, and grows by the project's words as jieba's would."""

from __future__ import annotations

import jieba
import pytest

from indexer.dictionary import Dictionary, rows_of, shipped_rows

OWN = ["反向假冒", "知识产权", "龘龘龘", "𠮷野家商标"]


@pytest.fixture(scope="module")
def base() -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def test_shipped_file_is_jiebas_dictionary(base: jieba.Tokenizer):
    shipped = Dictionary(shipped_rows())
    assert shipped.total == base.total
    assert shipped_rows().shape == (3, len(base.FREQ) + 2)
    assert [piece for piece, count in base.FREQ.items() if shipped.get(piece) != count] == []


def test_own_words_count_as_jieba_counts_added_words(base: jieba.Tokenizer):
    own = Dictionary(shipped_rows(), OWN, 20000)
    for word in OWN:
        base.add_word(word, freq=20000)
    assert own.total == base.total
    pieces = [word[:end] for word in OWN for end in range(1, len(word) + 1)]
    assert [own[piece] for piece in pieces] == [base.FREQ[piece] for piece in pieces]
    assert own.get("反向假冒者") is None


def test_words_from_a_place_are_all_that_begin_there():
    counts = {"甲": 3, "甲乙": 0, "甲乙丙": 5, "乙": 2}
    dictionary = Dictionary(rows_of(counts, 10), ["甲乙丙丁"], 7)
    characters = [*map(ord, "甲乙丙丁")]
    assert dictionary.words_from(characters, 0) == [(1, 3), (3, 5), (4, 7)]
    assert dictionary.words_from(characters, 1) == [(2, 2)]
    assert dictionary.words_from(characters, 3) == []


def test_what_is_no_piece_of_a_word_is_absent():
    dictionary = Dictionary(rows_of({"甲": 3}, 3))
    assert "甲" in dictionary
    assert "乙" not in dictionary
    assert "甲甲" not in dictionary
    with pytest.raises(KeyError):
        dictionary["乙"]
