"""Signals between copies on one machine that share a data folder: each has a Unix socket in one folder.

Nothing else is needed, so this is what a single server has as well: it finds no sibling and sends nothing.
Who writes finds the others by reading the folder; a socket whose process has gone is removed.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from server.carriers.line import CarrierError

logger = logging.getLogger(__name__)

FOLDER = "siblings"
# What a sibling is told that was too busy to take a datagram: it reads everything again.
MISSED = "missed"
_SUFFIX = ".sock"
_MOST_BYTES = 60_000
# A sibling that does not take a datagram for so long is told later that it missed some.
_PATIENCE_S = 2.0
_AGAIN_S = 0.005
# Linux allows 108 bytes for the address of a Unix socket.
_LONGEST = 100


class Datagrams:
    """The socket of this copy and the way to those of its siblings."""

    def __init__(self, data_dir: Path, copy: str) -> None:
        """Nothing is opened yet.

        :param copy: the name of this copy, fit for a file's name.
        """
        self._folder = data_dir / FOLDER
        self._own = f"{copy}{_SUFFIX}"
        self._socket: socket.socket | None = None
        self._handle: int | None = None
        self._arrived = asyncio.Event()
        self._behind: set[str] = set()

    async def open(self) -> None:
        """Take a socket of one's own in the folder."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            found.setblocking(False)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            (self._folder / self._own).unlink(missing_ok=True)
            found.bind(self._address(self._own))
        except OSError as error:
            raise CarrierError(f"{self._folder}：{error.strerror}") from error
        self._socket = found
        asyncio.get_running_loop().add_reader(found.fileno(), self._arrived.set)

    async def heard(self) -> Sequence[str]:
        """The texts of the next datagrams."""
        if self._socket is None:
            raise CarrierError("closed")
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            texts: list[str] = []
            try:
                while True:
                    texts += self._socket.recv(_MOST_BYTES + 1).decode("utf-8").split("\n")
            except BlockingIOError:
                if texts:
                    return texts

    async def send(self, texts: Sequence[str]) -> None:
        """Send to whoever has a socket in the folder."""
        others = [name for name in os.listdir(self._folder) if name != self._own]
        for name in others:
            if not name.endswith(_SUFFIX):
                continue
            if name in self._behind and await self._sent(name, MISSED):
                self._behind.discard(name)
                continue
            for packed in _packed(texts):
                if not await self._sent(name, packed):
                    break

    async def close(self) -> None:
        """Close and remove one's own socket."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
            with contextlib.suppress(OSError):
                (self._folder / self._own).unlink(missing_ok=True)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    async def _sent(self, name: str, packed: str) -> bool:
        if self._socket is None:
            raise CarrierError("closed")
        until = asyncio.get_running_loop().time() + _PATIENCE_S
        while True:
            try:
                self._socket.sendto(packed.encode("utf-8"), self._address(name))
            except (ConnectionRefusedError, FileNotFoundError):  # its process was killed
                with contextlib.suppress(OSError):
                    (self._folder / name).unlink(missing_ok=True)
                self._behind.discard(name)
                return False
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.ENOBUFS):
                    raise CarrierError(f"{name}：{error.strerror}") from error
                if name in self._behind or asyncio.get_running_loop().time() >= until:
                    logger.warning("a copy on this machine does not take its signals: %s", name)
                    self._behind.add(name)
                    return False
                await asyncio.sleep(_AGAIN_S)
            else:
                return True

    def _address(self, name: str) -> str:
        path = str(self._folder / name)
        # A deep data folder is reached through the open folder instead.
        return path if len(path.encode()) <= _LONGEST else f"/proc/self/fd/{self._handle}/{name}"


def _packed(texts: Sequence[str]) -> list[str]:
    """Texts joined to as few datagrams as they fit into."""
    packed, size = [[]], 0  # type: list[list[str]], int
    for text in texts:
        length = len(text.encode("utf-8")) + 1
        if size + length > _MOST_BYTES and packed[-1]:
            packed.append([])
            size = 0
        packed[-1].append(text)
        size += length
    return ["\n".join(part) for part in packed if part]
