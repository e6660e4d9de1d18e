"""How Chinese is spelled: a character by itself, or a text with its words.

pypinyin reads 47,000 words when it is imported, 40 MB that a character by itself has no use for, and
copies its tables in case somebody adds to them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

_SPARING = ("PYPINYIN_NO_PHRASES", "PYPINYIN_NO_DICT_COPY")


@lru_cache(maxsize=8192)
def syllable(character: str) -> str:
    """The most frequent reading of a character, without tone; what has none stays."""
    _import()
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


def spelled(text: str) -> list[str]:
    """The syllables of a text, without tones, read as its words are; what is not Chinese stays together."""
    _import()
    _know_words()
    from pypinyin import lazy_pinyin

    return [str(part) for part in lazy_pinyin(text, errors="default")]


@lru_cache(maxsize=1)
def _import() -> None:
    with _sparing():
        import pypinyin  # noqa: F401


@lru_cache(maxsize=1)
def _know_words() -> None:
    from pypinyin import load_phrases_dict
    from pypinyin.phrases_dict import phrases_dict

    load_phrases_dict(phrases_dict)


@contextmanager
def _sparing() -> Iterator[None]:
    """The library listens to the environment alone, and only while it is imported."""
    absent = [key for key in _SPARING if key not in os.environ]
    os.environ.update(dict.fromkeys(absent, "1"))
    try:
        yield
    finally:
        for key in absent:
            del os.environ[key]
