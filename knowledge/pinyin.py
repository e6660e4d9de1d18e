"""How Chinese is spelled: a character by itself, or a text with its words.

pypinyin reads 47,000 words when it is imported, 40 MB that a character by itself has no use for.
"""

from __future__ import annotations

import importlib
import sys
import threading
from functools import lru_cache
from types import ModuleType

_WORDS = "pypinyin.phrases_dict"
# What stands in for the words while the library is imported is taken away once, by who put it there.
_importing = threading.Lock()


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
    """Import the library with nothing where its words would be."""
    with _importing:
        if "pypinyin" in sys.modules:
            return
        empty = ModuleType(_WORDS)
        empty.phrases_dict = {}  # type: ignore[attr-defined]
        sys.modules[_WORDS] = empty
        try:
            importlib.import_module("pypinyin")
        finally:
            del sys.modules[_WORDS]


@lru_cache(maxsize=1)
def _know_words() -> None:
    from pypinyin import load_phrases_dict

    with _importing:
        load_phrases_dict(importlib.import_module(_WORDS).phrases_dict)
