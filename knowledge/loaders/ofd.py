"""OFD files (GB/T 33190), the fixed layout of Chinese official documents: lines in reading order."""

from __future__ import annotations

import io

from knowledge.errors import SourceError
from knowledge.loaders.archive import check_archive
from knowledge.loaders.pdf import paragraphs
from knowledge.loaders.pdf_furniture import without_contents, without_furniture
from knowledge.loaders.pdf_page import Line, Page
from knowledge.loaders.registry import Parsed, register

MAX_PAGES = 2000


@register(".ofd")
def parse_ofd(data: bytes, name: str) -> Parsed:
    """Read an OFD file's text objects, those of its templates too.

    :raises SourceError: damaged, too long, or pictures without text.
    """
    check_archive(data, name, needs="OFD.xml", kind="OFD")
    import ofdkit

    try:
        with ofdkit.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise SourceError(f"{name}：超过 {MAX_PAGES} 页，请拆分后再导入")
            title = document.info.title
            pages = [
                Page(
                    number,
                    0.0,
                    tuple(Line(line) for line in page.text().splitlines() if line.strip()),
                )
                for number, page in enumerate(document.pages, start=1)
            ]
    except ofdkit.OFDError as error:
        raise SourceError(f"{name}：OFD 文件已损坏或格式特殊，请转成 PDF 或 docx 再导入") from error
    if not any(page.lines for page in pages):
        raise SourceError(
            f"{name}：OFD 里没有文字（可能是扫描图片），请提供文字版，或先做文字识别（OCR）再导入"
        )
    kept, contents = without_contents(without_furniture(pages))
    warnings = [f"目录（{contents} 行）是按正文编的，未导入"] if contents else []
    empty = [str(page.number) for page in pages if not page.lines]
    if empty:
        warnings.append(f"第 {'、'.join(empty[:10])} 页没有文字（可能是图片），未导入")
    return Parsed(tuple(paragraphs(kept)), label=title, warnings=tuple(warnings))
