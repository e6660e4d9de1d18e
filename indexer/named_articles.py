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
_PLACE = re.compile(r"^(?:[\u4e00-\u9fff]{2,7}?(?:省|市|区|县|自治区))+")
_VERSION = re.compile(r"[（(][^（）()]{0,12}(?:修订|修正|修改|版|本)[^（）()]{0,4}[)）]$")
_ISSUED = re.compile(r".*(?:印发|公布|发布|颁布)[《〈](?P<inner>.+)[》〉].*")
_LAW_BEFORE = re.compile(
    r"([\u4e00-\u9fff]{2,40}(?:法|条例|办法|规定|细则|解释|规则|意见|措施|指引))的?第[\d零〇一二三四五六七八九十百千]+条"
)
_ASKING = re.compile(r"^.*(?:请问|根据|依据|按照|依照|适用|违反|看看|查一?下|关于|中华人民共和国)")
_SHORTEST_SHORT = 5
_AMENDING = re.compile(r"修正案|修改.*决定|关于修改|关于废止")
_OF_AMENDMENTS = re.compile(r"修改|修正|修订|决定|废止|改成|改为|新旧|变化")


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
            if not labels or passage.superseded_by or passage.is_draft:
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
        found = max(named, key=len) if named else self._by_short_name(bare)
        if found is None:
            return []
        return [number for label in labels for number in self._titles[found].get(label, ())]

    def _by_short_name(self, bare: str) -> str | None:
        """:return: the one title of which a text says only some words: 海外维权资助管理办法."""
        law = named_law(bare)
        if law is None:
            return None
        found = {name: law for name in self._titles if is_short_for(law, name)}
        # A title without its official beginning stands for the same document as with it.
        longest = max(found, key=len, default=None)
        return longest if all(name in (longest or "") for name in found) else None

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
    """:return: the bare title, what is left without its official beginning, and what a notice issues."""
    issued = _ISSUED.fullmatch(title.strip())
    titles = (title, issued["inner"]) if issued else (title,)
    found: list[str] = []
    for each in titles:
        full = bare_text(_VERSION.sub("", each.strip()))
        found += [bare_text(each), full, _OFFICIAL_LEAD.sub("", full), _PLACE.sub("", full)]
    return [name for name in dict.fromkeys(found) if len(name) >= _SHORTEST_TITLE]


def named_law(text: str) -> str | None:
    """:return: the name of the law whose article a text names: 商标法第三十条 → 商标法."""
    match = _LAW_BEFORE.search(bare_text(text))
    if match is None:
        return None
    law = _ASKING.sub("", _OFFICIAL_LEAD.sub("", match[1]))
    return law if len(law) >= _SHORTEST_TITLE else None


def is_short_for(short: str, title: str) -> bool:
    """Whether a short name has the characters of a title in their order, its last word included."""
    if len(short) < _SHORTEST_SHORT or short[-2:] != title[-2:] or 2 * len(short) < len(title):
        return False
    rest = iter(title)
    return all(char in rest for char in short)


def is_about(passage: Passage, text: str) -> bool:
    """Whether a passage may answer a question about an article: of the law it names, and no amendment of it.

    A decision that amends a law says 第三十条 too, and is not the law.
    """
    law = named_law(text)
    if _AMENDING.search(passage.title) and not _OF_AMENDMENTS.search(text):
        return False
    if law is None:
        return True
    said = bare_text(f"{passage.title} {passage.basis or ''} {passage.text}")
    return law in said or any(is_short_for(law, name) for name in names(passage.title))
