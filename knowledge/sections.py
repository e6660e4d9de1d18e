"""Headings, articles and numbered items of a document: its blocks in order become sections.

Official texts keep their 编/章/节/条 structure: one article is one section labelled 第X条.  Policies
without articles are cut at their 一、 and （一） items.  Curated documents are cut at headings alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from knowledge.articles import article_number, article_of
from knowledge.types import Section

# Headings of sections that are kept with the document but answer nothing.
PREAMBLE = "引言"
HISTORY = "修订沿革"

__all__ = [
    "HISTORY",
    "PREAMBLE",
    "Block",
    "Structure",
    "article_number",
    "build_sections",
    "structure_of",
]

_NUM = "[零〇一二三四五六七八九十百千两0-9０-９]+"
_DIVISION = re.compile(rf"第\s?{_NUM}\s?(编|分编|章|节)(?:\s+.{{0,40}}|[^\s。；，]{{0,30}})?")
_DIVISION_RANK = {"编": 1, "分编": 2, "章": 3, "节": 4}
_ANNEX = re.compile(rf"附\s?(?:件|录|表)\s?(?:{_NUM})?\s?[:：]?.{{0,40}}")
_LISTED_ANNEX = re.compile(r"附\s?件\s?[:：]\s?\S")
_CAPTION = re.compile(r"(?:附表|表)\s?[\d一二三四五六七八九十]*\s?.{0,28}|[^。；：]{2,28}表")
_TOP_ITEM = re.compile(r"([一二三四五六七八九十]{1,3})、\s*\S")
_SUB_ITEM = re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]")
_NUMBERED = re.compile(r"\d{1,3}\s?[.．、](?!\d)")
_CLAUSE_END = re.compile(r"[。：；:;]")
_MAX_HEADING = 60


class Structure(str, Enum):
    """How a text is divided."""

    ARTICLES = "articles"
    ITEMS = "items"
    HEADINGS = "headings"


@dataclass(frozen=True)
class Block:
    """A paragraph, heading (``level`` 1 to 6) or table row as a loader found it."""

    text: str
    level: int = 0
    page: int | None = None
    row: bool = False


@dataclass
class _Open:
    """The section being filled."""

    heading: tuple[str, ...]
    article: str | None = None
    page: int | None = None
    lines: list[str] = field(default_factory=list)
    quotes: int = 0
    tables: list[_Open] = field(default_factory=list)
    in_table: bool = False


def is_annex_head(block: Block) -> bool:
    """Whether a line stands over an annex, and is no list of annexes (附件：1.… 2.…)."""
    return not block.row and is_annex(block.text) and not _LISTED_ANNEX.match(block.text.strip())


def _is_foreign(label: str) -> bool:
    return label.isascii()


def is_division(text: str) -> bool:
    """Whether a line heads a part, chapter or section: 第一章 总则."""
    line = text.strip()
    return len(line) <= _MAX_HEADING and _DIVISION.fullmatch(line) is not None


def is_annex(text: str) -> bool:
    """Whether a line heads an annex."""
    return _ANNEX.fullmatch(text.strip()) is not None and len(text.strip()) <= 30


def structure_of(blocks: Sequence[Block]) -> Structure:
    """Decide how a text is divided, from its own lines."""
    last = articles = items = 0
    for block in blocks:
        article = None if block.row else article_of(block.text, last)
        if article:
            articles += 1
            last = last if article.is_foreign else article.number
        elif block.level == 0 and (_TOP_ITEM.match(block.text) or _SUB_ITEM.match(block.text)):
            items += 1
    if articles >= 2:
        return Structure.ARTICLES
    return Structure.ITEMS if items >= 2 else Structure.HEADINGS


class _Sectioner:
    """Walks the blocks once and collects sections."""

    def __init__(self, structure: Structure, *, numbered: bool, annexes: int = 0) -> None:
        self.annexes_left = annexes
        self.structure = structure
        self.numbered = numbered
        self.path: list[tuple[int, str]] = []
        self.sections: list[Section] = []
        self.last_article = 0
        self.last_top = 0
        self.open = _Open(())

    def close(self) -> None:
        for part in (self.open, *self.open.tables):
            text = "\n".join(part.lines).strip()
            if text:
                self.sections.append(
                    Section(part.heading, text, article=part.article, page=part.page)
                )

    def add_row(self, text: str, page: int | None) -> None:
        """A table after an article is a passage of its own, named after its caption or the article."""
        part = self.open
        if not part.in_table:
            caption = (
                part.lines.pop()
                if len(part.lines) > 1 and _CAPTION.fullmatch(part.lines[-1])
                else ""
            )
            name = caption if caption.startswith("附") else f"附表 {caption or part.article}"
            if part.tables and not caption:
                name += f"（{len(part.tables) + 1}）"
            part.tables.append(_Open((*part.heading, name), page=page))
            part.in_table = True
        part.tables[-1].lines.append(text)

    def keep_bare_heading(self) -> None:
        """A heading with nothing under it (an item of a list of goods) is its own text."""
        if self.path and not self.open.lines and self.open.article is None:
            self.add(self.path[-1][1], self.open.page)

    def begin(self, page: int | None, article: str | None = None) -> None:
        self.close()
        self.open = _Open(tuple(label for _, label in self.path), article, page)

    def descend(self, rank: int, label: str, page: int | None) -> None:
        if self.path and self.path[-1][0] >= rank:
            self.keep_bare_heading()
        self.path = [entry for entry in self.path if entry[0] < rank]
        self.path.append((rank, " ".join(label.split())))
        self.begin(page)

    def feed(self, block: Block) -> None:
        text = block.text.strip()
        self.annexes_left -= is_annex_head(block)
        if self.structure is Structure.ARTICLES and self._feed_law(text, block):
            return
        if block.level:
            self.descend(10 + block.level, text, block.page)
        elif not (self.structure is Structure.ITEMS and self._feed_item(text, block)):
            self.add(text, block.page)

    def _feed_law(self, text: str, block: Block) -> bool:
        division = _DIVISION.fullmatch(text)
        if division and len(text) <= _MAX_HEADING:
            self.descend(_DIVISION_RANK[division[1]], text, block.page)
            return True
        article = None if block.row else article_of(text, self.last_article)
        if article:
            if not article.is_foreign:
                self.last_article = article.number
            self.begin(block.page, article.label)
            self.add(article.text, block.page)
            return True
        if block.row and self.open.article is not None and not _is_foreign(self.open.article):
            self.add_row(text, block.page)
            return True
        self.open.in_table = False
        if (
            _ANNEX.fullmatch(text)
            and (block.level or len(text) <= 30)
            and not self.lists_annexes(text)
        ):
            self.path = []
            self.last_article = 0
            self.descend(1, text, block.page)
            return True
        if block.level:
            self.path = [entry for entry in self.path if entry[0] > 10 or entry[1].startswith("附")]
        return False

    def lists_annexes(self, text: str) -> bool:
        """Whether 附件：1.… above the annexes themselves only lists them."""
        return self.annexes_left > 0 and _LISTED_ANNEX.match(text) is not None

    def _feed_item(self, text: str, block: Block) -> bool:
        if block.row:
            return False
        top = _TOP_ITEM.match(text)
        number = article_number(f"第{top[1]}条") if top else 0
        if top and number in {1, self.last_top + 1}:
            self.last_top = number
            if len(text) <= _MAX_HEADING and text[-1] not in "。；;":
                self.descend(20, text, block.page)
                return True
            rank = 20
        elif self._quoting():
            # Items of a text that this document only quotes are no items of its own.
            return False
        elif not self.numbered and _SUB_ITEM.match(text):
            rank = 21
        elif self.numbered and _NUMBERED.match(text):
            rank = 22
        else:
            return False
        clause = _CLAUSE_END.split(text, maxsplit=1)[0].strip()
        label = clause if len(clause) <= _MAX_HEADING else text[:20]
        self.descend(rank, label, block.page)
        self.add(text, block.page)
        return True

    def _quoting(self) -> bool:
        return self.open.quotes > 0

    def add(self, text: str, page: int | None) -> None:
        if text:
            if not self.open.lines:
                self.open.page = page
            self.open.lines.append(text)
            self.open.quotes += text.count("“") - text.count("”")


def _numbers_come_first(blocks: Sequence[Block]) -> bool:
    """Whether a text numbers its items 1. 2. 3. rather than （一）（二）（三）."""
    for block in blocks:
        if _SUB_ITEM.match(block.text):
            return False
        if _NUMBERED.match(block.text):
            return True
    return False


def build_sections(
    blocks: Iterable[Block], structure: Structure | None = None
) -> tuple[Section, ...]:
    """Turn blocks into sections.

    Text before the first article or item becomes the section :data:`PREAMBLE`.

    :param structure: how to divide; found from the text when omitted.
    """
    kept = [block for block in blocks if block.text.strip()]
    chosen = structure_of(kept) if structure is None else structure
    numbered = chosen is Structure.ITEMS and _numbers_come_first(kept)
    walker = _Sectioner(chosen, numbered=numbered, annexes=sum(map(is_annex_head, kept)))
    for block in kept:
        walker.feed(block)
    walker.keep_bare_heading()
    walker.close()
    sections = walker.sections
    if chosen is not Structure.HEADINGS and sections and not sections[0].heading:
        first = sections[0]
        if first.article is None:
            sections[0] = Section((PREAMBLE,), first.text, page=first.page)
    return tuple(sections)
