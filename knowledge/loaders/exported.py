"""Documents that an export wrote: each passage under its own id, its text taken letter for letter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from knowledge.errors import SourceError
from knowledge.front_matter import Header
from knowledge.types import Section

_PASSAGE = re.compile(r"<!-- passage: (\{.*\}) -->")
_HEADING = re.compile(r"(#{1,6}) (.*)")
_DIRECTIVE = re.compile(r"<!-- (facts|similar|not): (.*) -->")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,95}#[^\s<>]{1,120}")
_TEXTS = ("article", "basis", "url", "as_of")
_LISTS = ("jurisdiction", "similar", "negative")


@dataclass
class _Open:
    """The passage being read."""

    values: dict[str, Any]
    lines: list[str] = field(default_factory=list)


def is_exported(header: Header) -> bool:
    """Whether a document names its passages itself."""
    return any(_PASSAGE.fullmatch(line) for line in header.body.split("\n"))


def read_sections(header: Header, document: str, name: str) -> tuple[Section, ...]:
    """Read the sections of an exported document.

    The visible headings count, so that they can be changed by hand: what a passage states itself is only
    taken where the headings above it shorten or smooth it.

    :raises SourceError: naming file and line of what cannot be read.
    """
    found: list[Section] = []
    path: list[str] = []
    current: _Open | None = None
    for number, line in enumerate(header.body.split("\n"), start=header.body_line):
        where = f"{name} 第{number}行"
        passage, heading = _PASSAGE.fullmatch(line), _HEADING.fullmatch(line)
        if passage or heading:
            found.extend(_closed(current))
            current = None
        if passage:
            current = _Open(_values(passage[1], path, document, where))
        elif heading:
            level = len(heading[1]) - 2
            path = [*path[:level], heading[2]] if level >= 0 else []
        elif current is None:
            if line.strip():
                raise SourceError(f"{where}：这一行不属于任何段落，请放到 <!-- passage: … --> 之后")
        elif not current.lines and (directive := _DIRECTIVE.fullmatch(line)):
            _note(current.values, directive)
        elif line.startswith("\\"):
            current.lines.append(line[1:-1] if len(line) > 1 and line.endswith("\\") else line[1:])
        elif line.strip():
            current.lines.append(line)
    found.extend(_closed(current))
    return tuple(found)


def _note(values: dict[str, Any], directive: re.Match[str]) -> None:
    key = "negative" if directive[1] == "not" else directive[1]
    parts = directive[2].split("," if key == "facts" else "|")
    values[key] = tuple(part.strip() for part in parts if part.strip())


def _values(text: str, path: list[str], document: str, where: str) -> dict[str, Any]:
    try:
        stated = json.loads(text)
        identifier = stated.get("id")
        heading = tuple(map(str, stated.get("heading", path)))
        page = stated.get("page")
        values: dict[str, Any] = {"passage": identifier, "page": int(page) if page else None}
        values.update({key: str(stated[key]) for key in _TEXTS if key in stated})
        values.update({key: tuple(map(str, stated[key])) for key in _LISTS if key in stated})
        values["disabled"] = stated.get("disabled") is True
        if "text" in stated:
            values["text"] = str(stated["text"])
    except (ValueError, TypeError, AttributeError) as error:
        raise SourceError(f"{where}：passage 标记无法读取，请恢复导出时的写法") from error
    if identifier is not None and (
        not _ID.fullmatch(str(identifier)) or not str(identifier).startswith(f"{document}#")
    ):
        raise SourceError(f"{where}：段落编号 {identifier} 应以 {document}# 开头")
    visible = tuple(" ".join(label.split()) for label in heading)[: len(path)]
    values["heading"] = heading if visible == tuple(path) and path else tuple(path) or heading
    return values


def _closed(current: _Open | None) -> list[Section]:
    if current is None or not any(line.strip() for line in current.lines):
        return []
    return [Section(**{"text": "\n".join(current.lines), **current.values})]
