"""Typed reader of ``tables/glossary.yaml``: English words that questions mix in, and the Chinese of the shelf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from knowledge.alias_table import FILE_NAME as ALIASES
from knowledge.alias_table import load_alias_rows
from knowledge.errors import SourceError
from knowledge.text import normalise

FILE_NAME = "glossary.yaml"
_WORD = re.compile(r"[a-z]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_VOWEL = re.compile(r"[aeiouy]")
_SHORTEST = 3  # letters that a word keeps when an ending is taken off
_SHORT_ROOT = re.compile(r"[a-z][aiou]|[aiou][a-z]")  # use: used, using
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")


def stem(word: str) -> str:
    """A lower-case English word without its plural, -ed or -ing, so that all its forms are one."""
    if len(word) <= _SHORTEST:
        return word
    if word.endswith(("ies", "ied")) and len(word) > len("dies"):
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ed", "ing"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= _SHORTEST and _VOWEL.search(root):
            word = _DOUBLED.sub(r"\1", root)
            break
        if _SHORT_ROOT.fullmatch(root):
            word = root + "e"
            break
    if word.endswith("ll") and len(word) > len("recall"):
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST else word


def words_of(phrase: str) -> list[str]:
    """The lower-case English words of a phrase; hyphens and apostrophes part them."""
    return _WORD.findall(phrase.lower())


def stems_of(phrase: str) -> str:
    """A phrase in the form in which all its inflections agree."""
    return " ".join(map(stem, words_of(phrase)))


def load_glossary(tables_dir: Path) -> dict[str, str]:
    """English → Chinese in file order.

    :raises SourceError: naming the entry that is no pair of texts, stands twice, is a name of the alias
        table, or has no Chinese.
    """
    aliases = set()
    if (tables_dir / ALIASES).is_file():
        rows = load_alias_rows(tables_dir)
        aliases = {normalise(name).casefold() for row in rows for name in (row.name, *row.aliases)}
    found: dict[str, str] = {}
    forms: dict[str, str] = {}
    for english, chinese, line in read_entries(tables_dir / FILE_NAME):
        exact = " ".join(words_of(english))
        if not exact or not re.fullmatch(r"[A-Za-z][A-Za-z&' -]*", english):
            raise _error(line, english, "左边应为英文词语")
        if exact in forms:
            raise _error(line, english, f"与“{forms[exact]}”重复")
        if english.casefold() in aliases:
            raise _error(line, english, f"已是 {ALIASES} 里的名称，不必再写")
        if not _CHINESE.search(chinese):
            raise _error(line, english, "右边应为中文")
        found[english], forms[exact] = chinese, english
    return found


def read_entries(path: Path) -> Iterator[tuple[str, str, int]]:
    """English, Chinese and line of the entries as they are written, a repeated key each time.

    :raises SourceError: the file is no YAML mapping of texts.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)
    except (OSError, yaml.YAMLError) as error:
        raise SourceError(f"{path.name}：读不出来：{error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise SourceError(f"{path.name}：应为“英文: 中文”的列表")
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            raise SourceError(f"{path.name} 第{key.start_mark.line + 1}行：应为“英文: 中文”")
        yield str(key.value), str(value.value), key.start_mark.line + 1


def _error(line: int, english: str, reason: str) -> SourceError:
    return SourceError(f"{FILE_NAME} 第{line}行：“{english}”：{reason}")
