"""Pictures of pages: what optical recognition reads on them, to be compared with the original."""

from __future__ import annotations

from knowledge.errors import SourceError
from knowledge.loaders.pdf import as_seen, paragraphs, with_rows
from knowledge.loaders.pdf_page import Page
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.scans import LEAST_SEEN, Recognise, told


@register(".jpg", ".jpeg", ".png")
def parse_picture(data: bytes, name: str, recognise: Recognise | None = None) -> Parsed:
    """Read a picture of one page; of the file itself nothing is used but its name.

    :param recognise: reads the picture as page 1.
    :raises SourceError: without ``recognise``, or when there is hardly any text.
    """
    if recognise is None:
        raise SourceError(
            f"{name}：这是图片，要识别文字才能导入：请用工作台的导入或 huhang kb import"
        )
    seen = recognise([1])
    page = as_seen(Page(1, 0.0, (), is_scan=True), seen)
    said = sum(len(line.text) for line in page.lines)
    if said < LEAST_SEEN:
        raise SourceError(
            f"{name}：图片里识别不出正文（只认出 {said} 个字），请提供更清楚的图片或文字版"
        )
    return Parsed(tuple(paragraphs([with_rows(page)])), warnings=tuple(told(seen)))
