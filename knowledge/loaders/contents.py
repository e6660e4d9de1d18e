"""A table of contents written as plain lines: chapters named before they begin are no chapters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.loaders.titles import squeezed
from knowledge.sections import Block, is_annex, is_division

_HEAD = re.compile(r"目\s*[录錄次]|(?:table of )?contents", re.IGNORECASE)
# What stands behind a name in a table of contents: dots, a page, the articles of a chapter.
_BEHIND = re.compile(
    r"(?:\s*[（(]\s?第?[^（）()]{1,16}条?[)）]|[\s.．·…⋯—\-]*\d{1,4}|[\s.．·…⋯]+)\s*$"
)
_NAMED = re.compile(
    r"第[零〇一二三四五六七八九十百千\d]+条|(?:Article|Rule|Section|Part|Chapter)\s?\d"
)
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}、")
_MANY = re.compile(r"第[零〇一二三四五六七八九十百千\d]+[编章节]")
_BARE = re.compile(r"[\W_]+")
_WITHIN = 60  # blocks before a table of contents, at most
_LONGEST = 400  # its lines
_ENTRY_CHARS = 60
_FOUND_AGAIN = 0.5  # of its lines stand in the text


def without_contents(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Leave out a table of contents: a run of names of which most head something later.

    :return: what is left, and the lines that were left out.
    """
    kept = list(blocks)
    keys = [_key(block.text) for block in kept]
    for place in range(min(len(kept), _WITHIN)):
        headed = _HEAD.fullmatch(squeezed(kept[place].text).strip("：: ")) is not None
        first = place + headed
        end = _end(kept, keys, first, headed=headed)
        names = [key for key in keys[first:end] if key]
        if len(names) < 2:
            continue
        later = keys[end:]
        again = sum(any(key.startswith(name) for key in later) for name in names)
        if again >= _FOUND_AGAIN * len(names):
            return (*kept[:place], *kept[end:]), tuple(kept[place:end])
    return tuple(blocks), ()


def _end(blocks: Sequence[Block], keys: Sequence[str], first: int, *, headed: bool) -> int:
    """:return: the block after a run of names, which ends where the first of them comes again.

    Without 目录 above them only chapters that follow one another are such a run.
    """
    seen: set[str] = set()
    place = first
    while place < min(len(blocks), first + _LONGEST):
        text = squeezed(blocks[place].text)
        if keys[place] in seen or blocks[place].row or not _is_entry(text, headed=headed):
            break
        seen.add(keys[place])
        place += 1
    return place


def _is_entry(text: str, *, headed: bool) -> bool:
    name = _BEHIND.sub("", text)
    if len(_MANY.findall(text)) > 1 and headed:
        return not text.endswith("。")
    if is_division(name):
        return True
    is_name = 2 <= len(name) <= _ENTRY_CHARS and name[-1] not in "。；："
    return headed and is_name and bool(_NAMED.match(name) or is_annex(name) or _ITEM.match(name))


def _key(text: str) -> str:
    return _BARE.sub("", _BEHIND.sub("", squeezed(text)))
