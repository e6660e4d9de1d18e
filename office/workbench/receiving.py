"""Files of a form, written to disk piece by piece; one that cannot be taken does not stop the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import BodyPartReader, web

from knowledge.loaders import supported_suffixes
from knowledge.loaders.registry import unsupported
from server.errors import RequestError

MAX_FILES = 200
MAX_UPLOAD_BYTES = 300 * 1024 * 1024
_CHUNK = 1 << 18


@dataclass
class Received:
    """What came: files by name and place, and names that were refused with the reason."""

    named: list[tuple[str, Path]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    first: RequestError | None = None
    bytes: int = 0

    def refuse(self, name: str, error: RequestError) -> None:
        """Note a file that is not taken."""
        self.refused.append((name, str(error).removeprefix(f"{name}：")))
        self.first = self.first or error


async def received(request: web.Request, folder: Path, limit: int) -> Received:
    """Write the files of a form below a folder, under names of our own.

    :param limit: bytes that one file may have.
    :raises RequestError: none of them can be taken, or there are too many.
    """
    reader = await request.multipart()
    found = Received()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or not part.filename:
            continue
        number = len(found.named) + len(found.refused) + 1
        if number > MAX_FILES:
            raise RequestError(
                413, "too_many_files", f"一次最多上传 {MAX_FILES} 个文件，请分批或打包成 zip"
            )
        name = Path(part.filename.replace("\\", "/")).name[:150]
        try:
            found.named.append((name, await _kept(part, name, folder / str(number), found, limit)))
        except RequestError as error:
            found.refuse(name, error)
            await part.release()
    if found.first is not None and not found.named:
        raise found.first
    return found


async def _kept(part: BodyPartReader, name: str, folder: Path, found: Received, limit: int) -> Path:
    """Write one file.

    :raises RequestError: it is too large or of a type that cannot be read; nothing of it is kept.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in (*supported_suffixes(), ".zip"):
        raise RequestError(415, "unsupported_type", f"{name}：{unsupported(suffix)}")
    target = folder / _safe(name, suffix)
    await asyncio.to_thread(folder.mkdir, parents=True)
    size = 0
    with await asyncio.to_thread(target.open, "wb") as stream:
        while chunk := await part.read_chunk(_CHUNK):
            size += len(chunk)
            if size > limit or found.bytes + size > MAX_UPLOAD_BYTES:
                break
            await asyncio.to_thread(stream.write, chunk)
    if size > limit or found.bytes + size > MAX_UPLOAD_BYTES:
        await asyncio.to_thread(target.unlink)
        raise RequestError(
            413,
            "body_too_large",
            f"{name}：超过单个文件上限 {limit // 2**20} MB 或总上限 {MAX_UPLOAD_BYTES // 2**20} MB",
        )
    found.bytes += size
    return target


def _safe(name: str, suffix: str) -> str:
    """A file name that keeps the title and date which loaders read from it."""
    kept = "".join(
        char if char.isprintable() and char not in '/\\:*?"<>|' else "_" for char in name
    )
    stem = Path(kept).stem.encode("utf-8", "replace")[:180].decode("utf-8", "ignore").lstrip(".")
    return f"{stem or '文件'}{suffix}"
