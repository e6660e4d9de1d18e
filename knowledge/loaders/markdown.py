"""Markdown: curated documents with a YAML header and directives, and official texts without one."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.errors import SourceError
from knowledge.front_matter import Header, read_meta, split_header
from knowledge.loaders.encoding import decode
from knowledge.loaders.exported import is_exported, read_sections
from knowledge.loaders.registry import Parsed, register
from knowledge.sections import Block, Structure, build_sections
from knowledge.types import Section

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_DIRECTIVE = re.compile(r"<!--\s*(facts|similar|not)\s*:(.*?)-->\s*$")
_ANY_DIRECTIVE = re.compile(r"<!--\s*([\w-]+)\s*:.*?-->\s*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_INFO_END = re.compile(r"^\s*<!--\s*INFO END\s*-->\s*$", re.MULTILINE | re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_STRUCK = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_RULE = re.compile(r"\s*\|?[\s:|-]*-{3,}[\s:|-]*\|?\s*")


@register(".md", ".markdown")
def parse_markdown(data: bytes, name: str) -> Parsed:
    """Read a markdown file; the header decides whether it is a curated document."""
    text = decode(data, name)
    header = split_header(text, name)
    if header is not None:
        return _curated(header, name)
    parts = _INFO_END.split(text, maxsplit=1)
    blocks = _blocks(parts[-1])
    history: tuple[str, ...] = ()
    title: str | None = None
    if len(parts) == 2:
        head = _blocks(parts[0])
        history = tuple(block.text for block in head if not block.level)
        title = next((block.text for block in head if block.level == 1), None)
    elif blocks and blocks[0].level == 1:
        title, blocks = blocks[0].text, blocks[1:]
    struck = len(_STRUCK.findall(text))
    warnings = (f"有 {struck} 处带删除线的文字，按已作废处理，未导入",) if struck else ()
    return Parsed(blocks=tuple(blocks), title=title, history=history, warnings=warnings)


def plain(line: str) -> str:
    """:return: a markdown line without emphasis marks and link addresses."""
    line = _LINK.sub(lambda match: match[1], line)
    return line.replace("**", "").replace("`", "")


def links(text: str) -> list[str]:
    """:return: the targets of the links in a markdown text."""
    return [match[2] for match in _LINK.finditer(text)]


def _blocks(text: str) -> list[Block]:
    """Paragraph lines and headings of markdown without directives."""
    blocks = []
    for line in _STRUCK.sub("", _COMMENT.sub("", text)).split("\n"):
        heading = _HEADING.match(line)
        if heading:
            blocks.append(Block(plain(heading[2]), level=len(heading[1])))
        elif line.strip() and not _RULE.fullmatch(line):
            blocks.append(Block(plain(line).strip(), row=line.lstrip().startswith("|")))
    return blocks


def _curated(header: Header, name: str) -> Parsed:
    meta = read_meta(header.values, name)
    if is_exported(header):
        return Parsed(meta=meta, title=meta.title, sections=read_sections(header, meta.id, name))
    blocks: list[Block] = []
    directives: dict[int, dict[str, tuple[str, ...]]] = {}
    fenced = False
    for number, line in enumerate(header.body.split("\n"), start=header.body_line):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        directive = None if fenced else _DIRECTIVE.match(line.strip())
        heading = None if fenced else _HEADING.match(line)
        if directive:
            _note(directives.setdefault(len(blocks) - 1, {}), directive, name, number)
        elif line.strip().startswith("<!--") and not fenced:
            unknown = _ANY_DIRECTIVE.match(line.strip())
            if unknown:
                raise SourceError(
                    f"{name} 第{number}行：不认识的标记 {unknown[1]}，可用：facts、similar、not"
                )
        elif heading:
            blocks.append(Block(plain(heading[2]), level=len(heading[1])))
        elif line.strip() and not _RULE.fullmatch(line):
            blocks.append(Block(plain(line).rstrip()))
    return Parsed(meta=meta, title=meta.title, sections=_with_directives(blocks, directives, name))


def _note(
    found: dict[str, tuple[str, ...]], directive: re.Match[str], name: str, number: int
) -> None:
    key = directive[1]
    text = directive[2].replace("，", ",") if key == "facts" else directive[2].replace("｜", "|")
    values = tuple(part.strip() for part in text.split("," if key == "facts" else "|"))
    values = tuple(value for value in values if value)
    if not values:
        raise SourceError(f"{name} 第{number}行：{key} 后面没有内容")
    found[key] = found.get(key, ()) + values


def _with_directives(
    blocks: list[Block], directives: dict[int, dict[str, tuple[str, ...]]], name: str
) -> tuple[Section, ...]:
    """Build one section at a time, so that each takes the directives under its heading."""
    if -1 in directives:
        raise SourceError(f"{name}：facts、similar、not 标记要写在某个 ## 小标题下面")
    starts = [i for i, block in enumerate(blocks) if block.level] or [0]
    if starts[0] != 0:
        starts.insert(0, 0)
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        part = blocks[start:end]
        if part and part[0].level:
            level = part[0].level
            path = [entry for entry in path if entry[0] < level]
            if level > 1:
                path.append((level, part[0].text))
            part = part[1:]
        found: dict[str, tuple[str, ...]] = {}
        for i in range(start, end):
            for key, values in directives.get(i, {}).items():
                found[key] = found.get(key, ()) + values
        for section in build_sections(part, Structure.HEADINGS):
            sections.append(
                replace(
                    section,
                    heading=tuple(label for _, label in path),
                    facts=found.get("facts", ()),
                    similar=found.get("similar", ()),
                    negative=found.get("not", ()),
                )
            )
    return tuple(sections)
