"""Lines as they were meant, before articles and dates are looked for: what every kind of file needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.articles import goes_on
from knowledge.characters import unified
from knowledge.sections import Block

_CJK = r"[\u2e80-\u9fff，。；：、（）“”《》]"
_SPREAD = re.compile(rf"(?<={_CJK}) (?={_CJK})")
_SPREAD_NUMBER = re.compile(rf"(?<={_CJK}) (?=\d)|(?<=\d) (?={_CJK})")
_PAIR = re.compile(rf"(?<={_CJK})(?={_CJK})|(?<={_CJK}) (?={_CJK})")
_QUESTION = re.compile(
    r"\s*(?:\d{1,3}\s?[.、．]\s?)?(?:问题?|提问|Q)\s?\d{0,3}\s?[:：.、]\s?(?P<text>.{2,120})",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\s*(?:答案?|回答|答复|A)\s?\d{0,3}\s?[:：.、]\s?", re.IGNORECASE)
_SPREAD_SHARE = 0.6
_LABEL = re.compile(
    r"^(第[零〇一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?)(?=[^\s规])"
)


def tidied(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Bring a loader's blocks into the form that articles are looked for in.

    Radicals become the characters they show, lines with a space after every character lose it, and a line
    that goes on with 第三条处理 in the middle of a sentence joins the line before.
    """
    found: list[Block] = []
    for block in blocks:
        text = unspread(unified(block.text))
        before = found[-1] if found else None
        is_text = before is not None and not (
            block.level or block.row or before.level or before.row
        )
        if before is not None and is_text and goes_on(before.text, text):
            found[-1] = replace(before, text=before.text.rstrip() + text.lstrip())
            continue
        found.append(block if text == block.text else replace(block, text=text))
    return tuple(found)


def paired(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Make each question of a text of questions and answers (问：… 答：…) the heading of its answer."""
    asked = [place for place, block in enumerate(blocks) if _QUESTION.fullmatch(block.text)]
    answered = [
        place
        for place in asked
        if place + 1 < len(blocks) and _ANSWER.match(blocks[place + 1].text)
    ]
    if len(answered) < 2:
        return tuple(blocks)
    found: list[Block] = []
    for place, block in enumerate(blocks):
        question = _QUESTION.fullmatch(block.text) if place in answered else None
        answer = _ANSWER.match(block.text) if place - 1 in answered else None
        if question:
            found.append(replace(block, text=question["text"].strip(), level=3))
        elif answer:
            found.append(replace(block, text=block.text[answer.end() :].strip(), level=0))
        else:
            found.append(block)
    return tuple(found)


def unspread(text: str) -> str:
    """:return: a line without the spaces that a layout put after nearly every character."""
    spaces = len(_SPREAD.findall(text))
    if spaces < 4 or spaces < _SPREAD_SHARE * len(_PAIR.findall(text)):
        return text
    return _LABEL.sub(r"\1 ", _SPREAD_NUMBER.sub("", _SPREAD.sub("", text)))
