"""How a guide begins and ends: for whom it is on either side, and what one may do, by when, at what risk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.problems import Problem, error
from knowledge.types import Document, Kind, Section

HEADING = "选项对比"
# The first section tells those who are accused and those whose right is infringed where to read on.
ABOUT = "这篇写给谁"
# Sections headed so point the way for everybody and answer nothing by themselves.
ORIENTING = (ABOUT, HEADING)
LABELS = ("时间", "费用量级", "可能结果", "风险")
# A cost stands on a card only where a fact carries it.
REQUIRED = ("时间", "可能结果", "风险")
_LEAST_CARDS = 2
_LABEL = re.compile(rf"(?m)^({'|'.join(LABELS)})：")


@dataclass(frozen=True)
class OptionCard:
    """One option with its labelled lines (时间, 费用量级, 可能结果, 风险)."""

    title: str
    lines: dict[str, str]
    section: Section


def option_cards(document: Document) -> list[OptionCard]:
    """:return: the cards of a guide in order: the ### sections under 选项对比."""
    return [
        OptionCard(section.heading[-1], _lines(section.text), section)
        for section in document.sections
        if HEADING in section.heading[:-1]
    ]


def _lines(text: str) -> dict[str, str]:
    parts = _LABEL.split(text)
    return {label: words.strip() for label, words in zip(parts[1::2], parts[2::2], strict=True)}


def check_cards(document: Document) -> Iterator[Problem]:
    """Refuse a guide that ends without options, and a card that leaves out what one must weigh."""
    if document.meta.kind is not Kind.GUIDE:
        return
    cards = option_cards(document)
    if document.meta.no_options:
        if cards:
            yield error("options", document.path, "写了选项对比，no_options 应删去")
        return
    first = document.sections[0].heading if document.sections else ()
    if not first or not first[-1].startswith(ABOUT):
        yield error(
            "options",
            document.path,
            f"第一节应是“## {ABOUT}：…”，分“我被诉、被投诉”和“我的权利被侵犯”两路说看哪里",
        )
    if len(cards) < _LEAST_CARDS:
        yield error(
            "options",
            document.path,
            f"结尾缺少“## {HEADING}”下的选项（至少{_LEAST_CARDS}个“### 选项”）；不适用的写 no_options: 原因",
        )
    elif document.sections[-1] is not cards[-1].section:
        yield error("options", document.path, f"“{HEADING}”应放在文档最后")
    for card in cards:
        where = f"{document.path}《{HEADING} / {card.title}》"
        missing = [label for label in REQUIRED if not card.lines.get(label)]
        if missing:
            yield error("options", where, f"缺少 {'、'.join(missing)}，各占一行，写作“时间：…”")
        if not card.section.facts:
            yield error("options", where, "没有写明依据的 facts")
