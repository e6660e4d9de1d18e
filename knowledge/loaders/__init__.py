"""Files to documents: ``load`` finds the loader by suffix; every refusal is a SourceError in Chinese."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from knowledge.characters import encodable
from knowledge.errors import SourceError
from knowledge.loaders.contents import without_contents
from knowledge.loaders.official import derive_meta
from knowledge.loaders.registry import (
    MAX_FILE_BYTES,
    Parsed,
    Parser,
    content_hash,
    parser_of,
    read_bytes,
    supported_suffixes,
)
from knowledge.loaders.scans import Recognise
from knowledge.loaders.tidying import paired, tidied
from knowledge.loaders.titles import is_body, is_colophon, same
from knowledge.loaders.whole import look_over
from knowledge.sections import HISTORY, Block, article_number, build_sections, structure_of
from knowledge.types import Document, Section

__all__ = ["MAX_FILE_BYTES", "load", "parse_bytes", "supported_suffixes"]
logger = logging.getLogger(__name__)
# Files whose loaders have pictures of text read to them.
_SEEING = {".pdf", ".jpg", ".jpeg", ".png"}


def load(
    path: Path,
    *,
    root: Path | None = None,
    max_bytes: int = MAX_FILE_BYTES,
    recognise: Recognise | None = None,
) -> Document:
    """Read one source file.

    :param root: the folder that ``Document.path`` is relative to; the file name alone when omitted.
    :param recognise: reads pictures and the pages of a PDF that are pictures; without it they are
        left out.
    :raises SourceError: the file cannot be used; the message names it and says what to do.
    """
    path = Path(path)
    parse = parser_of(path)
    if recognise is not None and path.suffix.lower() in _SEEING:
        seeing: Callable[..., Parsed] = parse
        parse = partial(seeing, recognise=recognise)
    data = read_bytes(path, max_bytes)
    parsed = _parse(parse, data, path.name)
    sha256 = content_hash(data)
    shown = (
        path.relative_to(root).as_posix()
        if root is not None and path.is_relative_to(root)
        else path.name
    )
    if parsed.meta is not None and parsed.sections is not None:
        document = Document(
            parsed.meta, parsed.sections, shown, sha256, parsed.warnings, parsed.rejected
        )
    else:
        document = _official(path, parsed, shown, sha256)
    if not any(section.text.strip() for section in document.sections):
        raise SourceError(f"{path.name}：没有可用的正文")
    return document


def parse_bytes(path: Path, data: bytes) -> Parsed:
    """What the loader of a path's suffix finds in bytes that were read already.

    :raises SourceError: no loader reads this suffix, or the file cannot be used.
    """
    return _parse(parser_of(path), data, path.name)


def _parse(parse: Parser, data: bytes, name: str) -> Parsed:
    """Run a loader; whatever a library raises on hostile bytes becomes a refusal of that file."""
    try:
        found: Parsed = _encodable(parse(data, name))
    except SourceError:
        raise
    except (MemoryError, RecursionError) as error:
        raise SourceError(f"{name}：内容嵌套过深或过大，无法解析，请简化后另存再导入") from error
    except Exception as error:
        logger.info("loader failed with %s", type(error).__name__)
        raise SourceError(
            f"{name}：文件已损坏或格式特殊，无法读取，请重新导出或另存后再导入"
        ) from error
    return found


def _encodable(value: Any) -> Any:
    """What a loader found with every text of it such that it can be stored."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, tuple):
        return tuple(map(_encodable, value))
    if is_dataclass(value) and not isinstance(value, type):
        found = {part.name: getattr(value, part.name) for part in fields(value)}
        changed = {name: new for name, old in found.items() if (new := _encodable(old)) != old}
        return replace(value, **changed) if changed else value
    return value


def _official(path: Path, parsed: Parsed, shown: str, sha256: str) -> Document:
    kept, contents = without_contents(tidied(parsed.blocks))
    parsed = replace(parsed, blocks=paired(kept))
    structure = structure_of(parsed.blocks)
    meta, notes = derive_meta(path, parsed, structure, sha256)
    blocks = _without_title(parsed.blocks, meta.title)
    colophon = [block for block in blocks if is_colophon(block.text)]
    history = (*parsed.history, *(block.text for block in colophon))
    sections = build_sections([block for block in blocks if block not in colophon], structure)
    if history:
        sections = (Section((HISTORY,), "\n".join(history)), *sections)
    first = next((article_number(s.article) for s in sections if s.article), 1)
    if first > 1:
        # A law published in parts: each begins where the one before ends.
        meta = replace(meta, id=f"{meta.id[:88]}-a{first}")
    heads = [meta.title, *(b.text for b in (*parsed.blocks[:3], *contents))]
    seen = look_over(path.name, sections, parsed.plain, heads)
    if contents:
        notes = (f"目录（{len(contents)} 行）是按正文编的，未导入", *notes)
    warnings = (*parsed.warnings, *notes, *seen)
    return Document(meta, sections, shown, sha256, warnings)


def _without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    """A heading that is the title, or names the site above it, heads nothing."""
    for place, block in enumerate(blocks[:3]):
        if not block.level:
            break
        if same(block.text, title):
            return blocks[place + 1 :]
        if not is_body(block.text):
            break
    return blocks
