"""Looks at a document as a whole: numbers missing or repeated, characters unreadable, text lost on the way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from knowledge.articles import article_number, article_of
from knowledge.characters import MOST_UNREADABLE, unified, unreadable_share
from knowledge.errors import SourceError
from knowledge.sections import HISTORY, PREAMBLE
from knowledge.text import normalise
from knowledge.types import Section

_SOME_UNREADABLE = 0.003
_LONG = 1500  # characters in which something should be recognised
_LOST_SHARE = 0.02
_LOST_CHARS = 12
_SHORTEST = 3  # a shorter line proves nothing
_LOOKED_FOR = 500  # lines that are missing, at most
_NAMED = 10  # articles in one sentence
_SHOWN = 24  # characters of a lost line
_GAP = re.compile(r"\s*第[^条]{1,12}条[\u3000\s]")
_LABEL = re.compile(r"^\s*(?:问题?|答案?|Q|A)\s?\d*\s?[:：.、]")
_BARE = re.compile(r"[\W_]+")


def look_over(
    name: str, sections: Sequence[Section], plain: str | None, heads: Sequence[str] = ()
) -> tuple[str, ...]:
    """Tell what a person should compare with the original.

    :param plain: the file's text as another way of reading it gives it, where there is one.
    :param heads: lines that were read and head no section, such as the title.
    :raises SourceError: too much of the text is unreadable.
    """
    text = "\n".join(section.text for section in sections)
    share = unreadable_share(text)
    if share > MOST_UNREADABLE:
        raise SourceError(
            f"{name}：{share:.0%} 的字符读不出来（字体没有编码），请换一份文字版，或先做文字识别（OCR）再导入"
        )
    found = []
    if share > _SOME_UNREADABLE:
        found.append(f"有 {share:.1%} 的字符读不出来（显示为方块或问号），请与原件核对")
    found += _numbers(sections)
    if (
        len(text) > _LONG
        and len({section.heading for section in sections}) == 1
        and not any(s.article for s in sections)
    ):
        found.append("没有认出条、章节标题或编号，整份按连续的文字切段，引用时说不出第几条")
    if plain is not None:
        headings = (" ".join(section.heading) for section in sections)
        found += _lost("\n".join((text, *headings, *heads)), plain)
    return tuple(found)


def _numbers(sections: Sequence[Section]) -> list[str]:
    """:return: what is odd about the numbers of the articles, annexes counted by themselves."""
    rows: dict[str, list[Section]] = {}
    for section in sections:
        if (
            section.article
            and not section.article.isascii()
            and section.heading not in {(PREAMBLE,), (HISTORY,)}
        ):
            annex = next((part for part in section.heading if part.startswith("附")), "")
            rows.setdefault("" if annex.startswith("附则") else annex, []).append(section)
    found = []
    again = [label for row in rows.values() for section in row for label in _inside(section)]
    if again:
        said = "、".join(dict.fromkeys(again))
        found.append(f"有段落以{said}开头却接不上前面的条号，可能重号或倒号，已并入前一条，请核对")
    for annex, row in rows.items():
        numbers = [article_number(section.article or "") for section in row]
        counts = Counter(section.article for section in row)
        missing = sorted(set(range(min(numbers), max(numbers))) - set(numbers))
        if not annex and numbers[0] > 1:
            found.append(f"正文从第 {numbers[0]} 条开始，前面的条文不在这份文件里，请核对")
        if missing:
            found.append(f"{annex}原文缺第 {_some(missing)} 条，请核对")
        repeated = [str(label) for label, count in counts.items() if count > 1]
        if repeated:
            found.append(f"{annex}{'、'.join(repeated[:_NAMED])}出现了不止一次，请核对")
        falls = [row[n].article for n in range(1, len(row)) if numbers[n] < numbers[n - 1]]
        if falls and not repeated:
            found.append(f"{annex}条号到{falls[0]}变小了，请核对")
    return found


def _inside(section: Section) -> list[str]:
    """:return: labels at the beginning of an article's later paragraphs, as only a misplaced article has."""
    found = []
    for line in section.text.split("\n")[1:]:
        article = article_of(line, 0)
        if article is not None and _GAP.match(line):
            found.append(article.label)
    return found[:_NAMED]


def _some(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers[:_NAMED])) + (
        f" 等 {len(numbers)}" if len(numbers) > _NAMED else ""
    )


def _lost(kept: str, plain: str) -> list[str]:
    """:return: a sentence when lines of another reading are nowhere in the text."""
    whole = _bare(kept)
    lost: list[str] = []
    place = total = 0
    for line in dict.fromkeys(plain.splitlines()):
        bare = _bare(line)
        total += len(bare)
        if len(bare) <= _SHORTEST:
            continue
        at = whole.find(bare, place)
        if at >= 0:
            place = at
        elif len(lost) < _LOOKED_FOR and not _is_somewhere(line, whole):
            lost.append(bare)
    count = sum(map(len, lost))
    if count < _LOST_CHARS or count < _LOST_SHARE * total:
        return []
    return [f"与逐字提取相比少了约 {count} 字（如“{lost[0][:_SHOWN]}”），请与原件核对"]


def _is_somewhere(line: str, whole: str) -> bool:
    """Whether a line stands elsewhere, in pieces, or was drawn with each character more than once."""
    bare = _bare(line)
    once = re.sub(r"(.)\1{1,2}", r"\1", bare)
    if any(text in whole or _is_in_pieces(text, whole) for text in dict.fromkeys((bare, once))):
        return True
    # The cells of a table's row, each under its name.
    parts = _LABEL.sub("", line).split()
    return all(_bare(part) in whole for part in parts)


def _is_in_pieces(line: str, whole: str) -> bool:
    pieces = [line[start : start + 4] for start in range(0, len(line) - 3, 4)]
    return sum(piece in whole for piece in pieces) >= 0.8 * max(len(pieces), 1)


def _bare(text: str) -> str:
    return _BARE.sub("", normalise(unified(text)))
