"""How texts of the shelf were read, kept between builds: a build after an edit reads only what is new.

Reading twenty thousand wordings (simplified signs, spoken words, glossary, words of a dictionary) is most
of what a build does; the result depends on the text, the tables and the program alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import knowledge.text
from indexer.order import fold
from indexer.query import QueryUnderstanding
from knowledge.files import write_atomic

logger = logging.getLogger(__name__)

_READERS = ("jieba", "opencc-python-reimplemented")


class ReadingMemo:
    """Reads texts and remembers; what no build asked for is forgotten at the next :meth:`save`."""

    def __init__(self, reading: QueryUnderstanding, tables: str, path: Path | None = None) -> None:
        """Take up what an earlier build left, unless the tables or the program differ.

        :param tables: whatever the reading depends on besides the program, as text.
        :param path: where it is kept; nothing is kept when omitted.
        """
        self._reading = reading
        self._path = path
        self._fingerprint = fingerprint(tables)
        self._before = self._load()
        self._read: dict[str, dict[str, Any]] = {}

    def rewritten(self, text: str) -> str:
        """A text in the form in which questions are compared with it."""
        found: str = self._once("rewritten", text, self._reading.rewritten)
        return found

    def terms(self, text: str) -> list[str]:
        """The terms of a rewritten text, in order."""
        found: str = self._once("terms", text, self._terms)
        return found.split("\n") if found else []

    def _terms(self, text: str) -> str:
        return "\n".join(self._reading.tokenizer.tokenize(text))

    def folded(self, text: str) -> str:
        """A question in the form in which two are the same."""
        found: str = self._once("folded", text, fold)
        return found

    def platforms(self, text: str) -> tuple[str, ...]:
        """The trading platforms that a text names."""
        return tuple(self._once("platforms", text, self._reading.platforms))

    def _once(self, kind: str, text: str, read: Callable[[str], Any]) -> Any:
        known = self._read.setdefault(kind, {})
        found = known.get(text)
        if found is None:
            found = self._before.get(kind, {}).get(text)
            if found is None:
                found = read(text)
            known[text] = found
        return found

    def save(self) -> None:
        """Keep what this build has read."""
        if self._path is None:
            return
        value = [self._fingerprint, self._read]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._path, json.dumps(value, ensure_ascii=False).encode())

    def _load(self) -> dict[str, dict[str, Any]]:
        if self._path is None or not self._path.is_file():
            return {}
        try:
            fingerprint, before = json.loads(self._path.read_text(encoding="utf-8"))
        except ValueError as error:
            logger.warning("%s cannot be read; every text is read again: %s", self._path, error)
            return {}
        return before if fingerprint == self._fingerprint else {}


def fingerprint(tables: str) -> str:
    """Changes with whatever the reading of a text depends on: the program and these tables, as text."""
    return hashlib.sha256(f"{_program()}{tables}".encode()).hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    digest = hashlib.sha256(" ".join(map(version, _READERS)).encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(knowledge.text.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
