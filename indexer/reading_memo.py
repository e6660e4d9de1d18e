"""How texts of the shelf were read, kept between builds: a build after an edit reads only what is new.

Reading twenty thousand wordings (simplified signs, spoken words, glossary, words of a dictionary) is most
of what a build does; the result depends on the text, the tables and the program alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
from importlib.metadata import version
from pathlib import Path

import knowledge.text
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
        self._fingerprint = hashlib.sha256(f"{_program()}{tables}".encode()).hexdigest()
        self._before = self._load()
        self._rewritten: dict[str, str] = {}
        self._terms: dict[str, str] = {}

    def rewritten(self, text: str) -> str:
        """A text in the form in which questions are compared with it."""
        found = self._rewritten.get(text)
        if found is None:
            found = self._before[0].get(text)
            if found is None:
                found = self._reading.rewritten(text)
            self._rewritten[text] = found
        return found

    def terms(self, text: str) -> list[str]:
        """The terms of a rewritten text, in order."""
        found = self._terms.get(text)
        if found is None:
            found = self._before[1].get(text)
            if found is None:
                found = "\n".join(self._reading.tokenizer.tokenize(text))
            self._terms[text] = found
        return found.split("\n") if found else []

    def save(self) -> None:
        """Keep what this build has read."""
        if self._path is None:
            return
        value = [self._fingerprint, self._rewritten, self._terms]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._path, json.dumps(value, ensure_ascii=False).encode())

    def _load(self) -> tuple[dict[str, str], dict[str, str]]:
        if self._path is None or not self._path.is_file():
            return {}, {}
        try:
            fingerprint, rewritten, terms = json.loads(self._path.read_text(encoding="utf-8"))
        except ValueError as error:
            logger.warning("%s cannot be read; every text is read again: %s", self._path, error)
            return {}, {}
        return (rewritten, terms) if fingerprint == self._fingerprint else ({}, {})


def _program() -> str:
    digest = hashlib.sha256(" ".join(map(version, _READERS)).encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(knowledge.text.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()
