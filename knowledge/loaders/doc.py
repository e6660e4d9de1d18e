"""Word 97–2003 files and those of WPS: converted to docx in the worker, then read like any docx.

A file called .doc may be anything that Word opens: its first bytes decide.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from knowledge.errors import SourceError
from knowledge.loaders.docx import parse_docx
from knowledge.loaders.html import parse_html
from knowledge.loaders.registry import Parsed, register
from knowledge.loaders.rtf import parse_rtf

_MAX_BYTES = 64 * 1024 * 1024
_CONVERTED = "这是旧版 Word 文件，经转换读取，请与原件核对"


@register(".doc", ".wps")
def parse_doc(data: bytes, name: str) -> Parsed:
    """Read a Word 97–2003 or WPS file.

    :raises SourceError: it is encrypted, damaged, or older than Word 97.
    """
    if data.startswith(b"PK\x03\x04"):
        return parse_docx(data, name)
    if data.startswith(b"{\\rtf"):
        return parse_rtf(data, name)
    if data.lstrip()[:1] == b"<" and b"<html" in data[:4096].lower():
        return parse_html(data, name)
    parsed = parse_docx(_converted(data, name), name)
    return replace(parsed, warnings=(_CONVERTED, *parsed.warnings))


def _converted(data: bytes, name: str) -> bytes:
    from doc2docx import convert
    from doc2docx.cfb import CompoundFileLimits
    from doc2docx.errors import Doc2DocxError

    limits = CompoundFileLimits(max_input_bytes=_MAX_BYTES, max_stream_bytes=_MAX_BYTES)
    try:
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.doc", Path(folder) / "out.docx"
            source.write_bytes(data)
            convert(source, target, limits=limits)
            return target.read_bytes()
    except Doc2DocxError as error:
        if "encrypt" in type(error).__name__.lower() or "password" in str(error).lower():
            raise SourceError(f"{name}：文件已加密，请去掉密码后再导入") from error
        raise SourceError(
            f"{name}：旧版 Word 文件读不出来，请用 Word 或 WPS 打开，另存为 .docx 再导入"
        ) from error
