"""What an edit of the words and names would change, before it is saved."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer.aliases import AliasRow, alias_row
from indexer.glossary import read_glossary
from indexer.hybrid import HybridIndex
from indexer.jurisdictions import scope
from indexer.query import QueryUnderstanding
from indexer.tokenizer import Tokenizer
from indexer.types import QueryInfo, SearchFilters
from knowledge.dictionary import (
    DictionaryEdit,
    EditKind,
    alias_records,
    edited_aliases,
    edited_words,
)
from knowledge.glossary_table import FILE_NAME as GLOSSARY_FILE
from knowledge.text import normalise
from knowledge.types import Passage
from knowledge.word_table import load_words

_HITS = 5


@dataclass(frozen=True)
class Reading:
    """How one state of the dictionary reads a text."""

    words: frozenset[str]
    tokenizer: Tokenizer
    understanding: QueryUnderstanding

    def cut(self, text: str) -> list[str]:
        """The words of a text."""
        return [word for word in self.tokenizer.words_of(normalise(text)) if word.strip()]


@dataclass(frozen=True)
class Seen:
    """What a sentence becomes: its words, what it names, and the passages found with it."""

    words: tuple[str, ...]
    info: QueryInfo
    hits: tuple[Passage, ...]


@dataclass(frozen=True)
class Effect:
    """A sentence before and after an edit."""

    before: Seen
    after: Seen

    @property
    def is_changed(self) -> bool:
        """Whether anything differs."""
        return self.before != self.after


@dataclass(frozen=True)
class Idle:
    """An entry that changes nothing, and why."""

    name: str
    reason: str


@lru_cache(maxsize=4)
def reading(tables_dir: Path, edits: tuple[DictionaryEdit, ...]) -> Reading:
    """The shipped tables with edits laid over them."""
    words = edited_words(load_words(tables_dir), edits)
    rows = [alias_row(record) for record in edited_aliases(alias_records(tables_dir), edits)]
    tokenizer = Tokenizer(words)
    glossary = read_glossary(tables_dir / GLOSSARY_FILE)
    understanding = QueryUnderstanding(rows, tokenizer, glossary)
    return Reading(frozenset(tokenizer.words), tokenizer, understanding)


def effect(
    index: HybridIndex,
    tables_dir: Path,
    edits: Sequence[DictionaryEdit],
    proposed: DictionaryEdit | None,
    sentence: str,
    today: date,
) -> Effect:
    """How a sentence is read and answered without and with a proposed edit.

    Passages are those of the live index: a new word cuts them anew only at the next build.
    """
    before = reading(tables_dir, tuple(edits))
    after = before if proposed is None else reading(tables_dir, (*edits, proposed))
    first = _seen(index, before, sentence, today)
    return Effect(first, first if proposed is None else _seen(index, after, sentence, today))


def _seen(index: HybridIndex, by: Reading, sentence: str, today: date) -> Seen:
    info = by.understanding.understand(sentence)
    view = copy.copy(index)
    view.tokenizer, view.understanding = by.tokenizer, by.understanding
    view._understand = by.understanding.understand
    filters = SearchFilters(jurisdictions=scope(info.countries))
    hits = view.search(sentence, _HITS, filters, today)
    return Seen(tuple(by.cut(sentence)), info, tuple(hit.passage for hit in hits))


def is_idle(tables_dir: Path, edits: Sequence[DictionaryEdit], edit: DictionaryEdit) -> str:
    """Why an edit changes nothing by itself; empty when it changes something."""
    others = tuple(other for other in edits if other.id != edit.id)
    without, having = reading(tables_dir, others), reading(tables_dir, (*others, edit))
    if edit.kind is EditKind.WORD:
        if without.tokenizer.tokenize(edit.text) == having.tokenizer.tokenize(edit.text) and (
            without.cut(edit.text) == having.cut(edit.text)
        ):
            return "切分结果和没有它时一样"
        return ""
    text = edit.text
    before, after = without.understanding.understand(text), having.understanding.understand(text)
    return "" if before != after else "识别结果和没有它时一样"


def idle_words(words: Sequence[str]) -> list[Idle]:
    """Words that the general dictionary keeps whole anyway."""
    plain = Tokenizer()
    return [
        Idle(word, "通用词典里已有，切分不变")
        for word in sorted(set(words))
        if plain.words_of(normalise(word)) == [normalise(word)]
    ]


def idle_aliases(records: Sequence[Mapping[str, Any]]) -> list[Idle]:
    """Aliases written twice: under the same row, or in another row of the same thing and rules."""
    seen: dict[tuple[str, str, str, bool, str], str] = {}
    found = []
    for row in map(alias_row, records):
        for number, name in enumerate(row.names):
            key = (normalise(name).lower(), *_rules(row))
            first = seen.setdefault(key, row.id)
            if number and (first != row.id or _repeats(row, number)):
                where = "本行" if first == row.id else first
                found.append(Idle(f"{row.name}：{name}", f"与{where}里的重复"))
    return found


def _rules(row: AliasRow) -> tuple[str, str, bool, str]:
    return (row.kind, row.code, row.expand, row.match)


def _repeats(row: AliasRow, number: int) -> bool:
    earlier = {normalise(name).lower() for name in row.names[:number]}
    return normalise(row.names[number]).lower() in earlier
