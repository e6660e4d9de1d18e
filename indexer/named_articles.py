"""Finding the article that a question names: 专利法第七十一条 is a name, not a description."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from indexer.persistence import LAYOUT
from indexer.query import articles
from knowledge.text import normalise
from knowledge.types import Passage

_MARKS = re.compile(r"[\W_]")
_SHORTEST_TITLE = 3
# What official titles begin with and people leave out.
_OFFICIAL_LEAD = re.compile(
    r"^(?:中华人民共和国|国务院关于|国务院|最高人民法院关于|广东省|广州市)+"
)


class NamedArticles:
    """Titles of documents with numbered articles, and the passages of each article."""

    def __init__(self, titles: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        """Hold bare title → article label (第71条) → passage numbers."""
        self._titles = titles

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> NamedArticles:
        """Collect the articles of the passages in force; a longer title wins over its shorter form."""
        titles: dict[str, dict[str, list[int]]] = {}
        for number, passage in enumerate(passages):
            labels = articles(passage.article or "")
            if not labels or passage.superseded_by:
                continue
            for name in names(passage.title):
                titles.setdefault(name, {}).setdefault(labels[0], []).append(number)
        return cls(titles)

    def find(self, text: str, labels: Sequence[str]) -> list[int]:
        """Passages of the articles that the text names with their document's title.

        :param labels: the article labels that the text names.
        :return: passage numbers; none when no title or no such article is named.
        """
        if not labels:
            return []
        bare = bare_text(text)
        named = [name for name in self._titles if name in bare]
        if not named:
            return []
        longest = self._titles[max(named, key=len)]
        return [number for label in labels for number in longest.get(label, ())]

    def save(self, folder: Path) -> None:
        """Write the names."""
        content = json.dumps(self._titles, ensure_ascii=False, separators=(",", ":"))
        (folder / LAYOUT.articles).write_text(content, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> NamedArticles:
        """Read the names."""
        return cls(json.loads((folder / LAYOUT.articles).read_text(encoding="utf-8")))


def bare_text(text: str) -> str:
    """:return: the text without spaces and marks."""
    return _MARKS.sub("", normalise(text))


def names(title: str) -> list[str]:
    """:return: the bare title and, if long enough, what is left without its official beginning."""
    full = bare_text(title)
    short = _OFFICIAL_LEAD.sub("", full)
    return [name for name in dict.fromkeys((full, short)) if len(name) >= _SHORTEST_TITLE]
