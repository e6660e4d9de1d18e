"""Files over HTTP: taken in pieces, given back only to be saved."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from aiohttp import ClientPayloadError, web
from aiohttp.http import HttpProcessingError

from desk import attachments
from desk.attachments import Attachment
from desk.errors import InvalidRecordError

T = TypeVar("T")
CHUNK = 256 * 1024
# A sender of whom nothing comes for so long is gone.
PIECE_S = 30.0
# Nothing in the file may run or load, whatever a browser makes of it.
_POLICY = "sandbox; default-src 'none'"


class TooSlowError(InvalidRecordError):
    """The sender of a file has stopped sending it."""


async def arrived(waiting: Awaitable[T]) -> T:
    """The next piece of the request.

    :raises TooSlowError: when it does not come.
    :raises InvalidRecordError: when the request is cut off or no form at all.
    """
    try:
        return await asyncio.wait_for(waiting, PIECE_S)
    except asyncio.TimeoutError as error:
        raise TooSlowError("文件没有按时传完，请检查网络后重试") from error
    except (ValueError, HttpProcessingError, ClientPayloadError) as error:
        raise InvalidRecordError("上传没有完成，请重新选择文件再传") from error


def saved(folder: Path, found: Attachment) -> web.FileResponse:
    """A file as an answer that can only be saved."""
    return web.FileResponse(
        attachments.path_of(folder, found),
        headers={
            "Content-Type": found.media_type,
            "Content-Disposition": as_attachment(found.name),
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def as_attachment(name: str) -> str:
    """The header for a name in any script (RFC 6266); plain readers get an ASCII stand-in."""
    suffix = name.rpartition(".")[2]
    return f"attachment; filename=\"file.{suffix}\"; filename*=UTF-8''{quote(name, safe='')}"
