"""A course module: the parts it must have, and the figures that belong to its story, not to the law."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.problems import Problem, error
from knowledge.types import Document, Kind, Section

OUTLINE = "45分钟安排"
LESSON_MINUTES = 45
# Heading prefixes in the order of a lesson; 要点 are the talk itself.
PARTS = ("课程目标", OUTLINE, "要点", "案例（虚构）", "练习", "参考答案", "延伸阅读")
# Invented and marked as such, or merely asked: nothing in these parts is stated as true.
_STORY = ("案例（虚构）", "练习")
_ANSWERS = "参考答案"
_DATE = re.compile(r"(?:\d{4}-)?\d{2}-\d{2}|\d{4}-\d{2}|\d{4}")
_MINUTES = re.compile(r"(?m)^\| ?(\d{1,2}) ?\|")
_NUMBERED = re.compile(r"(?m)^(\d{1,2})\. ")


def states_nothing(document: Document, section: Section) -> bool:
    """Whether a part of a course is a story, a question or the lesson's timetable."""
    return (
        document.meta.kind is Kind.TRAINING
        and bool(section.heading)
        and section.heading[-1].startswith((*_STORY, OUTLINE))
    )


def of_the_story(document: Document, section: Section, token: str) -> bool:
    """Whether a figure of a course needs no fact: it is told, asked, or a date that follows from the story."""
    if states_nothing(document, section):
        return True
    return (
        document.meta.kind is Kind.TRAINING
        and section.heading[-1:] == (_ANSWERS,)
        and _DATE.fullmatch(token) is not None
    )


def check_course(document: Document) -> Iterator[Problem]:
    """Refuse a course that lacks a part, does not fill its time or leaves an exercise unanswered."""
    if document.meta.kind is not Kind.TRAINING:
        return
    found = {part: _texts(document, part) for part in PARTS}
    missing = [part for part, texts in found.items() if not texts]
    if missing:
        yield error("course", document.path, f"课程缺少小节：{'、'.join(missing)}")
        return
    minutes = sum(map(int, _MINUTES.findall(found[OUTLINE][0])))
    if minutes != LESSON_MINUTES:
        yield error("course", document.path, f"安排合计 {minutes} 分钟，应为 {LESSON_MINUTES} 分钟")
    asked, answered = (_NUMBERED.findall(found[part][0]) for part in ("练习", "参考答案"))
    if asked != answered:
        yield error(
            "course",
            document.path,
            f"练习有 {len(asked)} 题，参考答案有 {len(answered)} 条，应一一对应",
        )


def _texts(document: Document, part: str) -> list[str]:
    return [s.text for s in document.sections if s.heading and s.heading[-1].startswith(part)]
