"""Signals through the casework database: LISTEN and NOTIFY on two connections of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from desk.postgres_lines import Line
from knowledge.errors import StorageError
from server.carriers.line import CarrierError

CHANNEL = "huhang_signals"


class Notices:
    """A line to hear by and one to send by."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet.

        :param url: a SQLAlchemy address of PostgreSQL.
        """
        self._url = url
        self._hearing: Line | None = None
        self._sending: Line | None = None
        self._handle: int | None = None
        self._arrived = asyncio.Event()

    async def open(self) -> None:
        """Connect and listen."""
        try:
            self._hearing = await asyncio.to_thread(Line, self._url)
            self._sending = await asyncio.to_thread(Line, self._url)
            await asyncio.to_thread(self._hearing.listen, CHANNEL)
        except StorageError as error:
            await self.close()
            raise CarrierError(str(error)) from error
        self._arrived.set()  # something may have come while we listened already
        self._handle = self._hearing.fileno()
        asyncio.get_running_loop().add_reader(self._handle, self._arrived.set)

    async def heard(self) -> Sequence[str]:
        """The next notices."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            if self._hearing is None:
                raise CarrierError("closed")
            try:
                texts = self._hearing.taken()
            except StorageError as error:
                raise CarrierError(str(error)) from error
            if texts:
                return texts

    async def send(self, texts: Sequence[str]) -> None:
        """Notify everybody."""
        if self._sending is None:
            raise CarrierError("closed")
        try:
            await asyncio.to_thread(self._sending.notify, CHANNEL, texts)
        except StorageError as error:
            raise CarrierError(str(error)) from error

    async def close(self) -> None:
        """End both lines."""
        if self._handle is not None:
            asyncio.get_running_loop().remove_reader(self._handle)
        for line in (self._hearing, self._sending):
            if line is not None:
                line.close()
        self._hearing = self._sending = self._handle = None
