"""English words inside Chinese text put into the Chinese of the shelf, the same for questions and rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.glossary_table import read_entries, stem, stems_of, words_of

_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+(?![A-Za-z0-9])")
_JOINT = re.compile(r"(?: |-|'s?[ -]|[&' ]+)")


@dataclass(frozen=True)
class Gloss:
    """The Chinese for a stretch of a text."""

    start: int
    stop: int
    chinese: str


class Glossary:
    """English phrases with their Chinese; of overlapping phrases the longest from the left."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        """Index phrases by their words as written and by the form in which inflections agree."""
        self.entries = dict(entries)
        self._exact = {" ".join(words_of(english)): chinese for english, chinese in entries.items()}
        self._stems: dict[str, str] = {}
        for english, chinese in entries.items():
            self._stems.setdefault(stems_of(english), chinese)
        self._longest = max((key.count(" ") + 1 for key in self._exact), default=0)

    def __bool__(self) -> bool:
        return bool(self.entries)

    def find(self, text: str, names: Sequence[tuple[int, int]] = ()) -> list[Gloss]:
        """The phrases of a text in order.

        :param names: places of names that stay as they are, unless a longer phrase holds them.
        """
        words = list(_WORD.finditer(text)) if self.entries else []
        exact = [word.group().lower() for word in words]
        stems = [stem(word) for word in exact]
        found: list[Gloss] = []
        place = 0
        while place < len(words):
            taken = 1
            for size in range(self._reach(text, words, place), 0, -1):
                span = slice(place, place + size)
                chinese = self._exact.get(" ".join(exact[span])) or self._stems.get(
                    " ".join(stems[span])
                )
                start, stop = words[place].start(), words[place + size - 1].end()
                if chinese is not None and not _held(start, stop, names):
                    found.append(Gloss(start, stop, chinese))
                    taken = size
                    break
            place += taken
        return found

    def _reach(self, text: str, words: list[re.Match[str]], place: int) -> int:
        """How many words from here on may be one phrase."""
        size = 1
        while size < self._longest and place + size < len(words):
            between = text[words[place + size - 1].end() : words[place + size].start()]
            if not _JOINT.fullmatch(between):
                break
            size += 1
        return size


def _held(start: int, stop: int, names: Sequence[tuple[int, int]]) -> bool:
    """Whether a stretch touches a name that is no shorter."""
    return any(a < stop and start < b and b - a >= stop - start for a, b in names)


def rewrite(text: str, glosses: Iterable[Gloss]) -> str:
    """The text with the Chinese in place of what it stands for."""
    parts, end = [], 0
    for gloss in glosses:
        parts += [text[end : gloss.start], gloss.chinese]
        end = gloss.stop
    return "".join((*parts, text[end:]))


def read_glossary(path: Path) -> Glossary:
    """The glossary of a table or of an index; an empty one when there is no such file."""
    if not path.is_file():
        return Glossary({})
    if path.suffix == ".json":
        return Glossary(json.loads(path.read_text(encoding="utf-8")))
    return Glossary({english: chinese for english, chinese, _line in read_entries(path)})


def write_glossary(path: Path, glossary: Glossary) -> None:
    """Keep the entries with an index."""
    path.write_text(json.dumps(glossary.entries, ensure_ascii=False), encoding="utf-8")
