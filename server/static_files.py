"""The pages' own files: text compressed once for each state of the file, the rest as it lies."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiohttp import hdrs, web
from aiohttp.helpers import ETag

_TEXT = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_LEVEL = 9


@dataclass(frozen=True)
class Packed:
    """A text file ready to be sent: its bytes plain and compressed, and the tag of this state."""

    plain: bytes
    compressed: bytes
    tag: str


class StaticFiles:
    """Serves the files of a folder and nothing above it."""

    def __init__(self, folder: Path) -> None:
        """:param folder: what ``/static/`` shows."""
        self._folder = folder.resolve()

    async def get(self, request: web.Request) -> web.StreamResponse:
        """One file; 304 where the browser has it, 404 where there is none."""
        path = self._find(request.match_info["path"])
        kind = _TEXT.get(path.suffix)
        if kind is None:
            return web.FileResponse(path)
        state = path.stat()
        packed = await asyncio.to_thread(_packed, path, state.st_mtime_ns, state.st_size)
        tags = request.if_none_match or ()
        is_known = any(tag.value in (packed.tag, "*") for tag in tags)
        response = web.Response(status=304) if is_known else web.Response(content_type=kind)
        response.etag = ETag(packed.tag)
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if not is_known:
            response.charset = "utf-8"
            if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "").lower():
                response.headers[hdrs.CONTENT_ENCODING] = "gzip"
                response.body = packed.compressed
            else:
                response.body = packed.plain
        return response

    def _find(self, name: str) -> Path:
        try:
            path = (self._folder / name).resolve()
        except (OSError, ValueError):
            raise web.HTTPNotFound from None
        if self._folder not in path.parents or not path.is_file():
            raise web.HTTPNotFound
        return path


@lru_cache(maxsize=256)
def _packed(path: Path, changed_ns: int, size: int) -> Packed:
    """Read and compress a file; ``changed_ns`` and ``size`` tell one state of it from another."""
    plain = path.read_bytes()
    tag = hashlib.sha256(plain).hexdigest()[:20]
    return Packed(plain, gzip.compress(plain, _LEVEL, mtime=0), tag)
