"""Typed reader of ``tables/aliases.yaml`` and a look-up from what a person calls a thing to its code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.table_row import load_rows
from knowledge.text import normalise

FILE_NAME = "aliases.yaml"

KINDS = (
    "country",
    "right",
    "procedure",
    "platform",
    "industry",
    "role",
    "term",
    "office",
)

_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True)
class Alias:
    """Names of one thing; several rows may share a code.

    ``expand`` only where all names are true synonyms; ``match`` is ``word`` where a name counts only
    as a whole word.
    """

    id: str
    kind: str
    code: str
    name: str
    aliases: tuple[str, ...]
    expand: bool
    match: str | None = None


def load_alias_rows(tables_dir: Path) -> tuple[Alias, ...]:
    """Read the table in file order.

    :raises SourceError: naming the row and the key that is wrong.
    """
    path = tables_dir / FILE_NAME
    try:
        state = path.stat()
    except OSError:
        return _rows_of(path)  # which says what is wrong
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int, _size: int) -> tuple[Alias, ...]:
    """The rows of a table that several readers ask for, read again only after a change of it."""
    return _rows_of(path)


def _rows_of(path: Path) -> tuple[Alias, ...]:
    found = []
    for row in load_rows(path):
        match = row.optional_text("match")
        if match not in (None, "word"):
            raise row.error("match", f"“{match}” 不是 word")
        found.append(
            Alias(
                id=row.name,
                kind=row.choice("kind", KINDS),
                code=row.text("code"),
                name=row.text("name"),
                aliases=row.texts("aliases"),
                expand=row.flag("expand"),
                match=match,
            )
        )
        row.finish()
    return tuple(found)


class CodeTable:
    """Codes of one kind by code, name or alias."""

    def __init__(self, rows: Iterable[Alias], kind: str) -> None:
        """Index the rows of a kind; an earlier row wins a shared name."""
        self.names: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._whole: dict[str, str] = {}
        self._anywhere: dict[str, str] = {}
        for row in rows:
            if row.kind != kind:
                continue
            self.names.setdefault(row.code, row.name)
            self._codes.setdefault(row.code.casefold(), row.code)
            for name in (row.name, *row.aliases):
                self._whole.setdefault(name.casefold(), row.code)
                if row.match is None:
                    self._anywhere.setdefault(name.casefold(), row.code)
        self._longest_first = sorted(self._anywhere, key=lambda name: (-len(name), name))

    def find(self, text: str | None) -> str | None:
        """The code a text names: a code or name that is the whole text, else the longest name in it."""
        folded = normalise(text or "").casefold()
        if not folded:
            return None
        whole = self._codes.get(folded) or self._whole.get(folded)
        if whole:
            return whole
        return next(
            (self._anywhere[name] for name in self._longest_first if _contains(folded, name)), None
        )


def _contains(text: str, name: str) -> bool:
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        before = start > 0 and _LATIN.match(text[start - 1]) and _LATIN.match(name)
        after = end < len(text) and _LATIN.match(text[end]) and _LATIN.match(name[-1])
        if not before and not after:
            return True
        start = text.find(name, start + 1)
    return False
