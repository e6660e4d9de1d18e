"""Compressed office files: checked for size, encryption and entities before anything is parsed."""

from __future__ import annotations

import io
import re
import zipfile

from knowledge.errors import SourceError

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_XML_BYTES = 64 * 1024 * 1024
MAX_RATIO = 120
MAX_ENTRIES = 5000


def check_archive(data: bytes, name: str, *, needs: str, kind: str) -> None:
    """Refuse archives that grow beyond limits or carry entities, before anything is parsed.

    :param needs: the part that a file of this kind has.
    :param kind: what the file should be, for messages (Word, Excel).
    :raises SourceError: it is damaged, encrypted, hostile or something else.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise SourceError(
                f"{name}：压缩包内有 {len(entries)} 个文件，超过上限，疑似恶意文件，已拒绝"
            )
        total = 0
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise SourceError(f"{name}：文件已加密，请去掉密码后再导入")
            total += _unpacked(archive, entry, name, total, kind)
        if needs not in archive.namelist():
            raise SourceError(f"{name}：不是 {kind} 文档（缺少正文），如果是其他文件请改正后缀")
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        OSError,
        EOFError,
    ) as error:
        raise SourceError(
            f"{name}：{kind} 文件已损坏（压缩结构无法读取），请重新另存后再导入"
        ) from error
    except (ValueError, RuntimeError, OverflowError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{name}：{kind} 文件已损坏，请重新另存后再导入") from error


def _unpacked(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, before: int, kind: str
) -> int:
    """:return: the real unpacked size of an entry, read in pieces and never trusted from its header."""
    bomb = SourceError(f"{name}：解压后体积异常（疑似压缩炸弹），已拒绝导入")
    is_xml = entry.filename.endswith((".xml", ".rels"))
    limit = min(MAX_XML_BYTES if is_xml else MAX_UNPACKED_BYTES, MAX_UNPACKED_BYTES - before)
    if entry.file_size > limit:
        raise bomb
    size, tail = 0, b""
    with archive.open(entry) as stream:
        while chunk := stream.read(1 << 20):
            size += len(chunk)
            if size > limit or (size > 1 << 20 and size > MAX_RATIO * max(entry.compress_size, 1)):
                raise bomb
            if is_xml and re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", tail + chunk, re.IGNORECASE):
                raise SourceError(
                    f"{name}：文件含有外部实体定义，出于安全不导入，请用 {kind} 另存一份"
                )
            tail = chunk[-16:]
    return size
