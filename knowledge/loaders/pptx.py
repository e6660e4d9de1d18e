"""PowerPoint files: each slide is a section under its title; tables as rows, notes after the text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from knowledge.errors import SourceError
from knowledge.loaders.archive import check_archive
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.tables import row_lines
from knowledge.sections import Block

_GROUP, _PICTURE = 6, 13  # MSO_SHAPE_TYPE
_DEEP = 8


@register(".pptx")
def parse_pptx(data: bytes, name: str) -> Parsed:
    """Read a PowerPoint file after checking its archive."""
    check_archive(data, name, needs="ppt/presentation.xml", kind="PowerPoint")
    import pptx

    try:
        slides = list(pptx.Presentation(io.BytesIO(data)).slides)
        shown = [slide for slide in slides if slide.element.get("show") != "0"]
        pictures = sum(_pictures(slide.shapes) for slide in shown)
        blocks = [block for number, slide in enumerate(shown, 1) for block in _slide(slide, number)]
    except (KeyError, ValueError, AttributeError) as error:
        raise SourceError(f"{name}：PowerPoint 文件内容已损坏，请另存一份再导入") from error
    if not any(not block.level for block in blocks):
        raise SourceError(f"{name}：幻灯片里没有文字（可能全是图片），请提供文字版")
    warnings = []
    if len(shown) < len(slides):
        warnings.append(f"有 {len(slides) - len(shown)} 张隐藏的幻灯片，未导入")
    if pictures:
        warnings.append(f"有 {pictures} 张图片，图里的文字未导入")
    return Parsed(blocks=tuple(blocks), warnings=tuple(warnings))


def _slide(slide: Any, number: int) -> Iterator[Block]:
    title = slide.shapes.title
    head = " ".join(title.text_frame.text.split()) if title is not None else ""
    yield Block(head or f"第{number}页", level=2, page=number)
    shapes = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    ordered = sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))
    for shape in ordered:
        yield from _shape(shape, number, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for line in slide.notes_slide.notes_text_frame.text.splitlines():
            if line.strip():
                yield Block(line.strip(), page=number)


def _shape(shape: Any, number: int, depth: int) -> Iterator[Block]:
    if shape.shape_type == _GROUP and depth < _DEEP:
        for inner in shape.shapes:
            yield from _shape(inner, number, depth + 1)
    elif getattr(shape, "has_table", False) and shape.has_table:
        rows = [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]
        for line in row_lines(rows):
            yield Block(line, page=number, row=True)
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            text = "".join(run.text for run in paragraph.runs) or paragraph.text
            for line in text.replace("\v", "\n").splitlines():
                if line.strip():
                    yield Block(line.strip(), page=number)


def _pictures(shapes: Any) -> int:
    return sum(
        _pictures(shape.shapes) if shape.shape_type == _GROUP else shape.shape_type == _PICTURE
        for shape in shapes
    )
